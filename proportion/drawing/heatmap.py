"""Where the drawing differs from the reference, as colours over the figure's limbs."""

from __future__ import annotations

import cv2
import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.palette import heat_colours
from proportion.drawing.skeletons import bone_ends, figure_size
from proportion.skeleton import Skeleton

_LIMB_WIDTH = 0.075  # of the figure's diagonal
_FADE = 0.55  # how far the picture itself steps back towards white
_STRENGTH = 0.82


def draw_heatmap(picture: np.ndarray, heat: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """The picture, paled, with heat over the limbs of its figure and nowhere else.

    Args:
        picture: (H, W, 3) uint8 RGB.
        heat: (H, W), 1 where the figure is like the reference, 0 where it differs, NaN where unknown
            (those pixels show the picture only).
        skeleton: the figure's joints in the picture.

    Returns:
        (H, W, 3) uint8.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    pale = (0.4 * picture + 0.6 * grey) * (1 - _FADE) + 255 * _FADE
    known = np.isfinite(heat)
    alpha = _STRENGTH * (limb_area(skeleton, picture.shape[:2]) * known)[..., None]
    # Ink stays readable through the colour: heat multiplies the darkness of the drawing's lines.
    colours = heat_colours(heat) * (0.35 + 0.65 * grey / 255)
    return np.rint(pale * (1 - alpha) + colours * alpha).astype(np.uint8)


def draw_heat_legend(size: tuple[int, int] = (256, 16)) -> np.ndarray:
    """A bar from alike (left) to different (right), ``(height, width, 3)``; its words are the page's."""
    bar = heat_colours(np.linspace(1, 0, size[0]))
    return np.rint(np.broadcast_to(bar, (size[1], size[0], 3))).astype(np.uint8)


def limb_area(skeleton: Skeleton, shape: tuple[int, int]) -> np.ndarray:
    """Softly edged area around the limbs, ``shape`` = (height, width), float32 in [0, 1]."""
    canvas = Canvas(np.zeros((*shape, 3), np.uint8), supersample=1)
    width = _LIMB_WIDTH * figure_size(skeleton.points)
    for part, (start, end) in bone_ends(skeleton.points).items():
        if part == "head":
            radius = max(0.5 * float(np.linalg.norm(end - start)), width / 2)
            canvas.disc((start + end) / 2, radius, (255, 255, 255))
        elif part == "torso":
            canvas.capsule(start, end, (1.4 * width, 1.6 * width), (255, 255, 255))
        else:
            canvas.capsule(start, end, (width, 0.8 * width), (255, 255, 255))
    mask = canvas.picture()[..., 0].astype(np.float32) / 255
    return cv2.GaussianBlur(mask, (0, 0), max(0.5, width / 10))
