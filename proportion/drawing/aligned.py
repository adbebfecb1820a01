"""Learner and standard on top of each other, so that what differs stands out."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.palette import CALM, INK, PAPER, PART_COLOURS
from proportion.drawing.skeletons import draw_limbs
from proportion.geometry import IDENTITY, apply_transform, fit_similarity_robust
from proportion.skeleton import Skeleton

_MARGIN = 0.08


def draw_aligned(
    learner: Skeleton,
    standard: Skeleton,
    alignment: np.ndarray | None = None,
    standard_alignment: np.ndarray | None = None,
    *,
    highlight: Collection[str] = (),
    side: int = 640,
) -> np.ndarray:
    """The learner's limbs in their colours over the standard's as broad grey ones.

    Args:
        learner: the skeleton that is judged.
        standard: the figure that it is compared with.
        alignment: ``(2, 3)`` from the learner's pixels to the shared frame; with ``standard_alignment``
            None, the learner is brought onto the standard by a robust similarity fit.
        standard_alignment: ``(2, 3)`` from the standard's pixels to the shared frame.
        highlight: parts of the learner to stress.
        side: of the square picture in pixels.

    Returns:
        ``(side, side, 3)`` uint8 on white; the view is fitted to both figures.
    """
    if alignment is None or standard_alignment is None:
        alignment = fit_similarity_robust(learner.points, standard.points)
        standard_alignment = IDENTITY
    mine = apply_transform(alignment, learner.points)
    theirs = apply_transform(standard_alignment, standard.points)
    mine, theirs = _fit_view(np.stack([mine, theirs]), side)
    canvas = Canvas.blank((side, side), PAPER)
    unit = side / 100
    draw_limbs(canvas, theirs, dict.fromkeys(PART_COLOURS, CALM), 5.0 * unit)
    calm = {part: colour for part, colour in PART_COLOURS.items() if part not in highlight}
    stressed = {part: PART_COLOURS[part] for part in PART_COLOURS if part in highlight}
    draw_limbs(canvas, mine, calm, 1.5 * unit, 0.45 if highlight else 0.95, PAPER)
    draw_limbs(canvas, mine, stressed, 2.2 * unit, 1.0, INK)
    for points, radius, colour in ((theirs, 0.9, PAPER), (mine, 0.7, INK)):
        for point in points[np.isfinite(points[:, 0])]:
            canvas.disc(point, radius * unit, colour, 0.9)
    return canvas.picture()


def _fit_view(points: np.ndarray, side: int) -> np.ndarray:
    """Scale and centre ``(..., 2)`` points into a square of ``side`` pixels."""
    flat = points.reshape(-1, 2)
    flat = flat[np.isfinite(flat[:, 0])]
    if not len(flat):
        return points
    low, high = flat.min(0), flat.max(0)
    scale = side * (1 - 2 * _MARGIN) / max(float((high - low).max()), 1e-9)
    return (points - (low + high) / 2) * scale + (side - 1) / 2
