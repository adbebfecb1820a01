"""Walks through every view of the page as a visitor would, with something in each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proportion.paths import ASSETS

SAMPLES = sorted((ASSETS / "samples").glob("*.webp"))


def every_view(page: Any, drawing: Path) -> Iterator[str]:
    """Brings the page to one view after the other and yields its name."""
    page.wait_for_selector(".samples .tile")
    yield "drawing"
    page.set_input_files(".step-one .from-files", drawing)
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    yield "joints"
    page.click("[data-act=check]")
    page.wait_for_selector("[data-panel=heat] image.heat", state="attached")
    page.wait_for_selector("#result-title:visible")
    yield "result"
    page.click("nav [data-go=character]")
    page.set_input_files(".step-character .from-files", SAMPLES[:2])
    page.wait_for_selector(".sheet figure >> nth=1")
    page.click("[data-act=compare]")
    page.wait_for_selector(".step-character .outcome:visible")
    yield "character"
    page.click("nav [data-go=demonstrate]")
    page.wait_for_selector(".stage .show image.heat", state="attached")
    yield "demonstrate"
    page.click(".step-demo [data-act=quiz]")
    page.wait_for_selector(".guesses:visible")
    yield "quiz"
    page.click("nav [data-go=class]")
    page.set_input_files(".step-class .from-files", SAMPLES[:3])
    page.wait_for_selector(".step-class .outcome:visible", timeout=60_000)
    page.click(".each summary")
    yield "class"
