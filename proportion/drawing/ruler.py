"""A ruler in heads beside the figure: how many heads tall it is and where its landmarks fall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.lettering import write_words
from proportion.drawing.palette import INK, PAPER
from proportion.drawing.skeletons import figure_size
from proportion.skeleton import Skeleton

LANDMARKS: tuple[str, ...] = ("chin", "shoulders", "elbows", "wrists", "crotch", "knees", "ankles")
"""Message keys ``landmark_<name>`` that a ruler asks words for."""

JOINTS_OF_LANDMARK: dict[str, tuple[str, ...]] = {
    "chin": ("chin",),
    "shoulders": ("left_shoulder", "right_shoulder"),
    "elbows": ("left_elbow", "right_elbow"),
    "wrists": ("left_wrist", "right_wrist"),
    "crotch": ("left_hip", "right_hip"),
    "knees": ("left_knee", "right_knee"),
    "ankles": ("left_ankle", "right_ankle"),
}
_LEVEL = 0.06  # of the figure's size: a pair further apart in height has no common level
_MAX_HEADS = 12


def landmark_heights(skeleton: Skeleton) -> dict[str, float]:
    """Pixel rows of the landmarks that are there; pairs count where both are on about one level."""
    limit = _LEVEL * figure_size(skeleton.points)
    heights = {}
    for name in LANDMARKS:
        rows = [skeleton.point(joint)[1] for joint in JOINTS_OF_LANDMARK[name]]
        if np.isfinite(rows).all() and np.ptp(rows) <= limit:
            heights[name] = float(np.mean(rows))
    return heights


def draw_ruler(
    picture: np.ndarray,
    skeleton: Skeleton,
    say: Callable[[str], str] | None = None,
    language: str = "en",
) -> np.ndarray:
    """The picture with a ruler at its left edge: one band a head, from the crown down to the feet.

    Args:
        picture: (H, W, 3) uint8 RGB.
        skeleton: the figure's joints in the picture; without crown or chin there is no ruler.
        say: gives the words of ``landmark_<name>``; without it the landmarks stay unnamed.
        language: of those words.
    """
    crown, chin = skeleton.point("head_top"), skeleton.point("chin")
    if not np.isfinite([crown, chin]).all():
        return picture.copy()
    head = float(np.linalg.norm(crown - chin))
    bottom = float(np.nanmax(skeleton.points[:, 1]))
    if head < 2 or bottom <= crown[1]:
        return picture.copy()
    canvas = Canvas(picture)
    height, width = picture.shape[:2]
    unit = figure_size(skeleton.points) / 100
    left, right = 1.5 * unit, 4.5 * unit
    heads = min(_MAX_HEADS, int(np.ceil((bottom - crown[1]) / head - 0.05)))
    rows = [crown[1] + k * head for k in range(heads + 1)]
    words = []
    for k, row in enumerate(rows):
        canvas.capsule((left, row), (width - 1, row), (0.25 * unit, 0.25 * unit), INK, 0.22)
        if k < heads:
            box = np.array([(left, row), (right, row), (right, row + head), (left, row + head)])
            canvas.polygon(box, INK if k % 2 == 0 else PAPER, 0.9)
            canvas.polygon(box, INK, 1.0, edge=0.35 * unit)
        words.append((str(k), (right + unit, row)))
    for name, row in landmark_heights(skeleton).items():
        canvas.dashes((right + 5 * unit, row), (width - 1, row), 0.4 * unit, INK, 0.6)
        if say is not None:
            words.append((say(f"landmark_{name}"), (right + 5 * unit, row - 2 * unit)))
    words = [(text, (x, y)) for text, (x, y) in words if y < height]
    return write_words(canvas.picture(), words, max(11.0, 3.2 * unit), language)
