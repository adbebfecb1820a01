"""The corrected figure as a ghost over the drawing."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.palette import GHOST, INK, PAPER, PART_COLOURS
from proportion.drawing.skeletons import bone_ends, figure_size
from proportion.skeleton import Skeleton


def draw_ghost(
    picture: np.ndarray, corrected: Skeleton, drawn: Skeleton, highlight: Collection[str] = ()
) -> np.ndarray:
    """Pale bodies of the corrected limbs, over dashes where the limbs were drawn.

    Args:
        picture: (H, W, 3) uint8 RGB.
        corrected: the corrected figure in the picture's pixels.
        drawn: the figure as it was drawn, in the same pixels.
        highlight: parts to show more strongly than the rest; all alike if empty.
    """
    canvas = Canvas(picture)
    width = 0.05 * figure_size(drawn.points)
    for part, (start, end) in bone_ends(corrected.points).items():
        if part.endswith("_width"):
            continue
        strength = 1.0 if not highlight or part in highlight else 0.45
        widths = _body_widths(part, width, float(np.linalg.norm(end - start)))
        if part == "head":  # its round ends stop at crown and chin
            along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
            start, end = start + along * widths[0] / 2, end - along * widths[1] / 2
        canvas.capsule(start, end, widths, GHOST, 0.34 * strength)
        canvas.capsule(start, end, widths, PAPER, 0.9 * strength, edge=width / 5)
        canvas.capsule(start, end, widths, GHOST, 1.0 * strength, edge=width / 11)
    for part, (start, end) in bone_ends(drawn.points).items():
        stressed = part in highlight
        canvas.dashes(
            start,
            end,
            width / (6 if stressed else 10),
            PART_COLOURS[part] if stressed else INK,
            1.0 if stressed else 0.55,
        )
    return canvas.picture()


def _body_widths(part: str, width: float, length: float) -> tuple[float, float]:
    """Widths at the start and end of a limb's pale body; a head is nearly round."""
    if part == "head":
        return min(0.7 * length, 4 * width), min(0.85 * length, 5 * width)
    if part == "torso":
        return 1.7 * width, 2.0 * width
    if part.endswith(("thigh", "upper_arm")):
        return 1.25 * width, width
    return width, 0.75 * width
