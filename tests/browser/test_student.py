"""The student's way through the page: a drawing, its joints, a check, the result."""

from __future__ import annotations

import struct
import time
import zlib

import pytest
from PIL import Image

from tests.browser.steps import check, drag, middle, show_joints, start_from_pose, touch, upload


def test_drawing_to_findings(open_page, drawing, shoot):
    page = open_page()
    shoot(page, "desktop-1-drawing")
    started = time.perf_counter()
    show_joints(page, drawing)
    print(f"joints shown after {time.perf_counter() - started:.2f} s")
    shoot(page, "desktop-2-joints")

    before = middle(page, "left_wrist")
    elbow = middle(page, "left_elbow")
    # Too long, which foreshortening cannot explain.
    drag(page, "left_wrist", (before[0] - elbow[0]) * 1.4, (before[1] - elbow[1]) * 1.4)
    after = middle(page, "left_wrist")
    assert abs(after[0] - elbow[0]) + abs(after[1] - elbow[1]) > 2 * (
        abs(before[0] - elbow[0]) + abs(before[1] - elbow[1])
    )
    steps_ms = page.evaluate("Proportion.state.drag_ms")
    print(f"script time of drag steps {[round(step, 1) for step in steps_ms]} ms")
    assert min(steps_ms) <= 8  # the others may have waited for the processor

    started = time.perf_counter()
    check(page)
    print(f"result after {time.perf_counter() - started:.2f} s")
    finding = page.locator(".finding[data-part=left_forearm]")
    assert "left forearm" in finding.inner_text()
    for panel in ("drawing", "reference", "aligned", "heat"):
        assert page.locator(f"[data-panel={panel}] .bone").count() > 0
    assert page.locator("[data-panel=reference] image").get_attribute("href").startswith("data:image/")
    finding.click()
    for panel in ("drawing", "reference", "aligned", "heat", "space"):
        lit = page.locator(f"[data-panel={panel}] .bone.lit")
        assert lit.count() > 0
    shoot(page, "desktop-3-result")


DROP = """async ([selector, kind, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], 'drawing.png', { type: 'image/png' }));
  const target = document.querySelector(selector), bubbles = true;
  target.dispatchEvent(kind === 'paste'
    ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles })
    : new DragEvent('drop', { dataTransfer: transfer, bubbles, cancelable: true }));
}"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_drawing_can_be_dropped_and_pasted(open_page, drawing, kind):
    page = open_page()
    page.evaluate(DROP, [".step-one .drop", kind, list(drawing.read_bytes())])
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    assert page.locator("svg.figure image").count() == 1


def test_a_pen_drags_a_joint(open_page):
    page = open_page()
    start_from_pose(page)
    x, y = middle(page, "left_knee")
    pen = page.context.new_cdp_session(page)
    for kind, dx in (("mousePressed", 0), ("mouseMoved", 10), ("mouseMoved", 30), ("mouseReleased", 30)):
        event = {"type": kind, "x": x + dx, "y": y, "button": "left", "buttons": 1, "pointerType": "pen"}
        pen.send("Input.dispatchMouseEvent", event)
    assert middle(page, "left_knee") == pytest.approx((x + 30, y), abs=1.5)


def hide_joints(page, names):
    """Hide joints of both sides with the keyboard."""
    for name in names:
        for side in ("left", "right"):
            joint = page.locator(f".joint[data-joint={side}_{name}]")
            if joint.is_visible():
                joint.focus()
                page.keyboard.press("h")


def test_half_of_the_joints_missing_still_gives_a_result(open_page, drawing):
    page = open_page()
    show_joints(page, drawing)
    hide_joints(page, ("knee", "ankle", "toe", "wrist", "hand"))
    page.click("[data-act=check]")
    page.wait_for_selector("#result-title:visible")
    assert not page.locator(".problem").is_visible()


def test_all_limbs_missing_gives_one_clear_sentence(open_page, drawing):
    page = open_page()
    show_joints(page, drawing)
    hide_joints(page, ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "toe"))
    page.click("[data-act=check]")
    page.wait_for_selector(".problem:visible")
    assert "Too many joints are missing" in page.inner_text(".problem")


def bomb() -> bytes:
    """A PNG of 169 megapixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 13000, 13000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(13000 * 1626), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.png", b"this is no picture", "not a picture that we can open"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture that we can open"),
        ("torn.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50), "not a picture that we can open"),
        ("bomb.png", bomb(), "megapixels"),
        ("huge.png", bytes(9_000_000), "larger than 8 MB"),
        ("phone.heic", bytes(1000), "HEIC"),
    ],
)
def test_bad_upload_gives_one_clear_sentence(open_page, name, content, sentence):
    page = open_page()
    upload(page, {"name": name, "mimeType": "image/png", "buffer": content})
    page.wait_for_selector(".problem:visible")
    assert sentence in page.inner_text(".problem")
    assert page.locator(".step-one .drop .primary").is_visible()


def test_a_picture_without_a_figure_gives_one_to_place_by_hand(open_page, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (600, 800), "white").save(blank)
    page = open_page()
    show_joints(page, blank)
    assert "could not find a figure" in page.inner_text(".problem")
    assert page.locator(".joint.doubtful").count() >= 10
    drag(page, "left_wrist", 20, 0)
    assert "doubtful" not in page.get_attribute(".joint[data-joint=left_wrist]", "class")


def test_on_a_phone_with_a_finger(open_page, drawing, shoot):
    page = open_page(
        viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    shoot(page, "phone-1-drawing")
    assert page.locator("[data-act=camera]").is_visible()
    assert page.get_attribute(".from-camera", "capture") == "environment"
    show_joints(page, drawing)
    x, y = middle(page, "left_elbow")
    touch(page, [(x, y)], [(x + 10, y + 8)], [(x + 30, y + 20)])
    assert middle(page, "left_elbow") == pytest.approx((x + 30, y + 20), abs=3)
    shoot(page, "phone-2-joints")
    width = page.evaluate("document.querySelector('svg.figure').viewBox.baseVal.width")
    touch(page, [(150, 400), (240, 400)], [(130, 400), (260, 400)], [(105, 400), (285, 400)])
    assert page.evaluate("document.querySelector('svg.figure').viewBox.baseVal.width") < 0.7 * width
    page.tap("[data-act=check]")
    page.wait_for_selector("#result-title:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("[data-toggle=ruler]")
    assert page.locator("[data-panel=drawing] .ruler .landmark").count() >= 2
    shoot(page, "phone-3-result")


@pytest.mark.parametrize("locale", ["zh-TW", "ja-JP"])
def test_language_follows_the_browser_and_can_be_switched(open_page, drawing, shoot, locale):
    page = open_page(locale=locale, color_scheme="dark")
    title = {"zh-TW": "你的角色比例對嗎？", "ja-JP": "キャラクターの比率、合っていますか？"}[locale]
    assert page.inner_text("#start-title") == title
    shoot(page, f"{locale}-1-drawing")
    show_joints(page, drawing)
    shoot(page, f"{locale}-2-joints")
    check(page)
    shoot(page, f"{locale}-3-result")
    page.select_option("select.language", "en")
    assert page.inner_text("[data-panel=drawing] h3") == "Your drawing"
