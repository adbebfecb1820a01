"""What a visitor waits for in a browser: first paint, joints, a dragged joint, the result, a slider."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from proportion.errors import BadInput
from proportion.paths import ASSETS

_NO_BROWSER = "Timing the page needs playwright and a Chromium: python -m playwright install chromium."
_PHOTO = (3024, 4032)  # a phone's 12 megapixels

# All clocks run in the page, so that the driver's own delays do not count; a frame later it is painted.
_WATCH = """() => {
  window.took = {};
  const started = {}, painted = name => requestAnimationFrame(() => setTimeout(() => {
    if (started[name]) { took[name] = performance.now() - started[name]; started[name] = null; }
  }));
  const start = name => { took[name] = null; started[name] = performance.now(); };
  const see = (selector, inside, name) => new MutationObserver(() => {
    if (document.querySelector(inside)) painted(name);
  }).observe(document.querySelector(selector), { childList: true, subtree: true });
  const on = (selector, event, name) => document.querySelector(selector)
    .addEventListener(event, () => start(name), true);
  on('.from-files', 'change', 'joints');
  on('.view-editor [data-act=check]', 'click', 'result');
  on('svg.figure', 'pointerup', 'release');
  on('.making input[type=range]', 'input', 'slider');
  see('.stage .show', '.stage .show image.heat', 'slider');
  see('svg.figure .scene', 'svg.figure .joint', 'joints');
  see('[data-panel=heat] svg', '[data-panel=heat] image.heat', 'result');
  Proportion.on('measured', () => painted('release'));
}"""


def time_page(address: str, rounds: int = 20) -> dict[str, float]:
    """Medians in seconds over some visits to a running, warm page.

    Args:
        address: of the page.
        rounds: uploads, drags and checks.

    Returns:
        ``first_paint``; ``joints`` (from the chosen file to its joints) and ``joints_photo`` (of a
        12 megapixel photograph, which the browser shrinks first); ``drag_step`` (script time of a move);
        ``release`` (from the released joint to new ratios and first finding, which come together);
        ``result`` (from Check to the last panel); ``slider`` (from the teacher's slider to the new
        picture with its verdict and heatmap).

    Raises:
        BadInput: there is no Chromium here.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise BadInput(_NO_BROWSER, "no_browser") from None

    drawing = sorted((ASSETS / "samples").glob("*.webp"))[0]
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": _photograph(drawing)}
    taken: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        try:
            page = chromium(playwright).new_page(viewport={"width": 1366, "height": 820})
        except Error:
            raise BadInput(_NO_BROWSER, "no_browser") from None
        for _ in range(3):
            page.goto(address)
            page.wait_for_selector(".poses .tile")
            paints = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            taken.setdefault("first_paint", []).append(paints)
        page.evaluate(_WATCH)
        for turn in range(rounds + 2):
            row = {} if turn < 2 else taken  # the first two warm the browser up
            _visit(page, drawing, row)
            if turn % 4 == 0:
                _upload(page, photo)
                row.setdefault("joints_photo", []).append(_took(page, "joints"))
        _demonstrate(page, rounds, taken)
    return {name: round(median(values) / 1000, 4) for name, values in taken.items()}


def chromium(playwright: Any) -> Any:
    """The system's Chromium, or the one that Playwright brought.

    Raises:
        playwright.sync_api.Error: there is neither.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])


def _visit(page: Any, drawing: Path, taken: dict[str, list[float]]) -> None:
    _upload(page, drawing)
    taken.setdefault("joints", []).append(_took(page, "joints"))
    box = page.locator(".joint[data-joint=left_wrist] circle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + 2 * step, y + step)
    page.mouse.up()
    taken.setdefault("drag_step", []).append(median(page.evaluate("Proportion.state.drag_ms")))
    taken.setdefault("release", []).append(_took(page, "release"))
    page.click(".view-editor [data-act=check]")
    taken.setdefault("result", []).append(_took(page, "result"))


def _demonstrate(page: Any, rounds: int, taken: dict[str, list[float]]) -> None:
    page.evaluate("Proportion.go('demonstrate')")
    page.wait_for_selector(".stage .show image.heat", state="attached")
    slider = page.locator(".making input[type=range]")
    for turn in range(rounds + 2):
        slider.fill(str(130 + 5 * (turn % 5)))
        took = _took(page, "slider")
        if turn >= 2:
            taken.setdefault("slider", []).append(took)


def _upload(page: Any, file: Any) -> None:
    page.evaluate("Proportion.go('check', 1)")
    page.set_input_files(".step-one .from-files", file)


def _took(page: Any, name: str) -> float:
    page.wait_for_function(f"window.took.{name}")
    return page.evaluate(f"window.took.{name}")


def _photograph(drawing: Path) -> bytes:
    """The drawing as a phone would take it: large, with a sensor's noise."""
    with Image.open(drawing) as picture:
        large = np.asarray(picture.convert("RGB").resize(_PHOTO), np.int16)
    noise = np.random.default_rng(0).integers(-12, 13, (*large.shape[:2], 1), np.int16)
    content = io.BytesIO()
    Image.fromarray((large + noise).clip(0, 255).astype(np.uint8)).save(content, "JPEG", quality=90)
    return content.getvalue()
