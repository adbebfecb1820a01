"""Steps of a visit that several browser tests take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def upload(page: Any, path: Any) -> None:
    """Choose a file in step 1, as the file dialog would."""
    page.set_input_files(".step-one .from-files", path)


def show_joints(page: Any, path: Any) -> None:
    """Upload a drawing and wait for its joints."""
    upload(page, path)
    page.wait_for_selector(".joint[data-joint=chin]:visible")


def start_from_pose(page: Any) -> None:
    """Take the first pose of the shelf."""
    page.click(".poses .tile >> nth=0")
    page.wait_for_selector(".joint[data-joint=chin]:visible")


def check(page: Any) -> None:
    """Press Check and wait for the whole result."""
    page.click("[data-act=check]")
    page.wait_for_selector("[data-panel=heat] image.heat", state="attached")
    page.wait_for_selector("#result-title:visible")


def middle(page: Any, joint: str) -> tuple[float, float]:
    """Where a joint is on the screen, in CSS pixels."""
    box = page.locator(f".joint[data-joint={joint}] circle").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Any, joint: str, dx: float, dy: float) -> None:
    """Drag a joint with the mouse in five moves."""
    x, y = middle(page, joint)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + dx * step / 5, y + dy * step / 5)
    page.mouse.up()


def joints(page: Any) -> dict[str, dict[str, Any]]:
    """The joints as the page holds them, in pixels of the picture."""
    return page.evaluate("Proportion.state.skeleton.joints")


def touch(page: Any, *moves: list[tuple[float, float]]) -> None:
    """Fingers go down at the first places, move through the others and lift; a place a finger."""
    session = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(moves) - 1), "touchMove", "touchEnd"]
    for kind, places in zip(kinds, [*moves, moves[-1], []], strict=True):
        page.wait_for_timeout(60)  # fingers that stop before they lift: the browser sees no fling
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def saved(page: Any, kind: str) -> tuple[str, bytes]:
    """Press a button of "take it with you"; the file's name and content."""
    with page.expect_download() as waiting:
        page.click(f"[data-save={kind}]")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def saved_json(page: Any, kind: str) -> dict[str, Any]:
    """The same for a JSON file."""
    return json.loads(saved(page, kind)[1])
