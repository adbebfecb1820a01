"""Limbs coloured by the sign of their error: blue for too long, orange for too short."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.palette import INK, PAPER, PART_COLOURS, signed_colour
from proportion.drawing.skeletons import draw_limbs, figure_size
from proportion.skeleton import Skeleton


def draw_signed(
    picture: np.ndarray,
    skeleton: Skeleton,
    percents: Mapping[str, float],
    highlight: Collection[str] = (),
) -> np.ndarray:
    """The picture with its limbs in blue (too long), orange (too short) or grey (fine).

    Args:
        picture: (H, W, 3) uint8 RGB.
        skeleton: the figure's joints in the picture.
        percents: part to percent off, as findings have them; parts not named are fine.
        highlight: parts to outline in ink.
    """
    canvas = Canvas(picture)
    unit = figure_size(skeleton.points) / 100
    fine = {part: signed_colour(0) for part in PART_COLOURS if not percents.get(part)}
    wrong = {part: signed_colour(percent) for part, percent in percents.items() if percent}
    stressed = {part: colour for part, colour in (fine | wrong).items() if part in highlight}
    draw_limbs(canvas, skeleton.points, fine, 1.5 * unit, 0.9, PAPER)
    draw_limbs(canvas, skeleton.points, wrong, 2.8 * unit, 1.0, PAPER)
    draw_limbs(canvas, skeleton.points, stressed, 2.8 * unit, 1.0, INK)
    return canvas.picture()
