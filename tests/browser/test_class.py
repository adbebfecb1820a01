"""A whole class: files and zips, progress, the anonymous sheet, every drawing's report."""

from __future__ import annotations

import io
import json
import zipfile

from tests.browser.walk import SAMPLES


def class_page(open_page):
    page = open_page()
    page.click("nav [data-go=class]")
    page.evaluate("""() => {
      window.progress = [];
      const line = document.querySelector('.step-class .advance p');
      new MutationObserver(() => progress.push(line.textContent)).observe(line, { childList: true });
    }""")
    return page


def judge(page, files):
    page.set_input_files(".step-class .from-files", files)
    page.wait_for_selector(".step-class .outcome:visible", timeout=60_000)


def reports(page):
    with page.expect_download() as download:
        page.click("[data-act=reports]")
    return zipfile.ZipFile(download.value.path())


def test_files_give_an_anonymous_sheet_and_a_report_each(open_page, shoot):
    page = class_page(open_page)
    bad = {"name": "Ann torn.png", "mimeType": "image/png", "buffer": b"no picture"}
    photo = {"name": "Ben.heic", "mimeType": "image/heic", "buffer": bytes(100)}
    good = [
        {"name": f"Child {n}.webp", "mimeType": "image/webp", "buffer": file.read_bytes()}
        for n, file in enumerate(SAMPLES[:3])
    ]
    judge(page, [*good, bad, photo])
    assert page.inner_text(".how-many") == "3 drawings judged"
    assert page.evaluate("document.activeElement.matches('.how-many')")
    assert "Sending 1 of 5…" in page.evaluate("progress")
    assert "Looking at drawing 2 of 4…" in page.evaluate("progress")
    page.click(".each summary")
    rows = page.locator(".rows li").all_inner_texts()
    assert len(rows) == 5
    assert rows[0].startswith("Drawing 1")
    assert "not a picture that we can open" in rows[3]
    assert "HEIC" in rows[4]
    assert "Child" not in page.inner_text(".step-class")
    shoot(page, "class-sheet")
    with reports(page) as pack:
        names = pack.namelist()
        assert names[:3] == ["drawing-01.png", "drawing-02.png", "drawing-03.png"]
        assert pack.read(names[0]).startswith(b"\x89PNG")
        assert "3 drawings judged" in pack.read("summary.txt").decode("utf-8-sig")
        assert json.loads(pack.read("summary.json"))["drawings"] == 3
        assert not any("Child" in name for name in names)


def test_a_zip_is_looked_into_and_names_are_kept_on_request(open_page):
    page = class_page(open_page)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.write(SAMPLES[0], "class 5b/Ann B.webp")
        pack.write(SAMPLES[1], "class 5b/小明.webp")
        pack.writestr("notes.txt", bytes(9_000_000))  # no drawing; a zip may be larger than a picture
    page.check(".step-class .named")
    judge(page, {"name": "class.zip", "mimeType": "application/zip", "buffer": packed.getvalue()})
    assert page.inner_text(".how-many") == "2 drawings judged"
    with reports(page) as pack:
        assert pack.namelist()[:2] == ["01-Ann-B.png", "02-小明.png"]


def test_too_many_or_no_drawings_give_one_sentence(open_page):
    page = class_page(open_page)
    many = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": b"x"} for n in range(61)]
    page.set_input_files(".step-class .from-files", many)
    page.wait_for_selector(".problem:visible")
    assert "At most 60 drawings" in page.inner_text(".problem")
    packed = io.BytesIO()
    zipfile.ZipFile(packed, "w").close()
    page.set_input_files(
        ".step-class .from-files",
        {"name": "class.zip", "mimeType": "application/zip", "buffer": packed.getvalue()},
    )
    page.wait_for_selector(".problem:has-text('There are no PNG')")
    assert page.locator(".step-class [data-act=choose]").is_enabled()
