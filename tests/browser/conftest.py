"""A running app, a browser, and pages that fail their test on console errors and on other hosts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image

from proportion.evaluation.page_timings import chromium
from tests.conftest import REPOSITORY

OUT = REPOSITORY / ".ci" / "out"
# A reload cuts off the answers that are under way, and Gradio calls that an error of the page that goes.
LEAVING = "addEventListener('beforeunload', () => { console.error = () => {}; })"
HINT = "needs a Chromium: apt-get install chromium, or python -m playwright install chromium"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of the app as `app.py` serves it, its networks loaded."""
    from proportion.evaluation.server import free_port
    from proportion.ui.page import launch

    page = launch(port=free_port(), prevent_thread_lock=True, quiet=True)
    while not json.load(urlopen(f"{page.local_url}health"))["ready"]:
        time.sleep(0.2)
    yield page.local_url
    page.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or the one that Playwright brought; without one it skips (in CI: fails)."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            opened = chromium(playwright)
        except Error:
            if os.environ.get("PROPORTION_REQUIRE_BROWSER") == "1":
                pytest.fail(HINT)
            pytest.skip(HINT)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, address) -> Iterator[Any]:
    """Opens the app in a fresh context: ``open_page(viewport=..., locale=..., has_touch=...)``.

    The first visit's tour is over unless ``tour=True``.
    """
    contexts, complaints = [], []

    def open_one(*, tour: bool = False, **settings: Any) -> Any:
        settings = {"viewport": {"width": 1366, "height": 820}, "locale": "en-GB", **settings}
        context = browser.new_context(**settings)
        contexts.append(context)
        context.add_init_script(LEAVING)
        if not tour:
            context.add_init_script("localStorage.setItem('proportion.tour', 'done')")
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: message.type == "error" and complaints.append(f"console: {message.text}"),
        )
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "data:", "blob:"))
                or complaints.append(f"another host: {request.url}")
            ),
        )
        page.goto(address)
        page.wait_for_selector(".step-one .drop .primary")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def shoot() -> Any:
    """``shoot(page, name)`` writes a screenshot for people to look at."""
    OUT.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=OUT / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def drawing(tmp_path_factory) -> Path:
    """A drawing of one whole figure, as a visitor would have it."""
    path = tmp_path_factory.mktemp("drawings") / "drawing.png"
    with Image.open(Path(__file__).with_name("drawing.webp")) as small:
        small.resize((768, 768), Image.Resampling.NEAREST).save(path)
    return path


@pytest.fixture(scope="session")
def two_figures(drawing, tmp_path_factory) -> Path:
    """A picture with the same figure twice, side by side, the right one smaller."""
    with Image.open(drawing) as figure:
        big, small = figure.convert("RGB"), figure.convert("RGB").resize((512, 512))
    picture = Image.new("RGB", (1280, 768), "white")
    picture.paste(big, (0, 0))
    picture.paste(small, (768, 200))
    path = tmp_path_factory.mktemp("drawings") / "two.png"
    picture.save(path)
    return path
