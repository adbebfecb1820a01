"""What holds for the whole page: tour, forgetting, keyboard alone, frames elsewhere, no other host."""

from __future__ import annotations

import http.server
import threading
from functools import partial

import pytest


def test_tour_is_shown_once_skipped_and_shown_again_after_forgetting(open_page):
    page = open_page(tour=True)
    page.wait_for_selector(".tour:visible")
    page.click("[data-tour=skip]")
    assert not page.locator(".tour").is_visible()
    page.reload()
    page.wait_for_selector(".step-one .drop .primary")
    assert not page.locator(".tour").is_visible()
    page.click(".foot [data-act=tour]")
    page.wait_for_selector(".tour:visible")
    page.click("[data-tour=skip]")
    page.select_option("select.language", "ja")
    page.click(".foot [data-act=forget]")
    page.wait_for_selector(".tour:visible")
    assert page.evaluate("document.documentElement.lang") == "en"
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert not [name for name in kept if name.startswith("proportion.") and "language" not in name]


def press(page, selector, most=120):
    """Tab to an element and press it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return page.keyboard.press("Enter")
    pytest.fail(f"Tab does not reach {selector}")


def test_keyboard_alone_leads_to_findings_and_through_a_lesson(open_page):
    page = open_page()
    page.wait_for_selector(".samples .tile")
    press(page, ".samples .tile")
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    press(page, "[data-act=check]")
    page.wait_for_selector("#result-title:visible")
    press(page, "nav [data-go=demonstrate]")
    page.wait_for_selector(".stage .show image")
    press(page, "[data-lesson=short_legs]")
    page.wait_for_selector(".verdicts .changed:text('both legs')")


@pytest.fixture
def other_site(address, tmp_path):
    """Address of a page of another origin that holds the app in a frame."""
    frame = f'<iframe src="{address}" title="app" style="width:100%;height:1500px;border:0"></iframe>'
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Space</title>{frame}")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_in_a_frame_of_another_site_with_every_other_host_cut_off(
    browser, address, other_site, drawing, shoot
):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page, strangers, errors = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))

    def pass_or_cut(route):
        if route.request.url.startswith((address, other_site, "data:", "blob:")):
            return route.continue_()
        strangers.append(route.request.url)
        return route.abort()

    context.route("**/*", pass_or_cut)
    page.goto(other_site)
    app = page.frame_locator("iframe")
    app.locator(".step-one .from-files").set_input_files(drawing)
    app.locator(".joint[data-joint=chin]").wait_for()
    app.locator("[data-act=check]").click()
    app.locator("#result-title").wait_for()
    app.locator("nav [data-go=demonstrate]").click()
    app.locator(".stage .show image.heat").wait_for(state="attached")
    app.locator("[data-act=big]").click()
    shoot(page, "in-a-frame")
    context.close()
    errors = [error for error in errors if "favicon" not in error]
    assert not strangers, strangers
    assert not errors, errors
