"""My character: drawings of one character against each other."""

from __future__ import annotations


def test_a_sheet_shows_which_drawing_differs(open_page, drawing, two_figures, shoot):
    page = open_page()
    page.click("nav [data-go=character]")
    assert page.locator("[data-act=compare]").is_disabled()
    page.set_input_files(".step-character .from-files", [drawing, drawing, two_figures])
    page.wait_for_function("document.querySelectorAll('.sheet figure').length === 3")
    page.wait_for_selector(".wait", state="hidden")
    page.click(".step-character [data-act=compare]")
    page.wait_for_selector(".step-character .outcome:visible")
    agreement = page.inner_text(".agreement")
    assert 50 <= int("".join(filter(str.isdigit, agreement))) <= 100
    assert page.locator(".advice li").count() >= 1
    shoot(page, "desktop-character")
    page.click(".sheet figure:last-child button")
    assert page.locator(".sheet figure").count() == 2
    assert not page.locator(".step-character .outcome").is_visible()
    page.click(".step-character [data-act=compare]")
    page.wait_for_selector(".step-character .outcome:visible")
    assert "100" in page.inner_text(".agreement")  # the same drawing twice


def test_a_file_that_is_no_drawing_gives_one_sentence(open_page, drawing):
    page = open_page()
    page.click("nav [data-go=character]")
    bad = {"name": "notes.png", "mimeType": "image/png", "buffer": b"this is no picture"}
    page.set_input_files(".step-character .from-files", bad)
    page.wait_for_selector(".problem:visible")
    assert "not a picture" in page.inner_text(".problem")
    page.set_input_files(".step-character .from-files", drawing)
    page.wait_for_selector(".sheet figure")
