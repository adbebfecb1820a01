"""Where the drawing differs from the reference, as colours over the figure's limbs."""

from __future__ import annotations

import cv2
import numpy as np

from proportion.drawing.palette import heat_colours
from proportion.drawing.skeletons import bone_ends, figure_size
from proportion.skeleton import Skeleton

_LIMB_WIDTH = 0.075  # of the figure's diagonal
_WIDTHS = {"torso": (1.6, 1.4)}  # in limb widths, at the bone's ends
_SOFT = 0.2  # of the limb's width: its edge
_FADE = 0.7  # how far the picture itself steps back towards white
HEAT_STRENGTH = 0.9
"""Opacity of heat's colours over a limb."""


def draw_heatmap(picture: np.ndarray, heat: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """The picture, pale and grey, with heat over the limbs of its figure and nowhere else.

    Only heat has colour here, so that an orange coat cannot be taken for it.

    Args:
        picture: (H, W, 3) uint8 RGB.
        heat: (H, W), 1 where the figure is like the reference, 0 where it differs, NaN where unknown
            (those pixels show the picture only).
        skeleton: the figure's joints in the picture.

    Returns:
        (H, W, 3) uint8.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    pale = grey * (1 - _FADE) + 255 * _FADE
    heat, area = heat_on_limbs(heat, skeleton)
    alpha = HEAT_STRENGTH * area[..., None]
    # Ink stays readable through the colour: heat multiplies the darkness of the drawing's lines.
    colours = heat_colours(heat) * pale / 255
    return np.rint(pale * (1 - alpha) + colours * alpha).astype(np.uint8)


def draw_heat_legend(size: tuple[int, int] = (256, 16)) -> np.ndarray:
    """A bar from alike (left) to different (right), ``(height, width, 3)``; its words are the page's."""
    bar = heat_colours(np.linspace(1, 0, size[0]))
    return np.rint(np.broadcast_to(bar, (size[1], size[0], 3))).astype(np.uint8)


def heat_on_limbs(heat: np.ndarray, skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Heat carried from each bone across the width of its limb, where the map itself says nothing.

    The matcher sees bones, so that its map is about the places where one is drawn. A place of a limb
    has the heat of the nearest place of its bone; where limbs overlap, the colder one is on top.

    Args:
        heat: ``(H, W)`` over the picture, NaN where unknown.
        skeleton: the figure's joints in the picture.

    Returns:
        ``(H, W)`` heat and ``(H, W)`` how much of a pixel the limbs cover, with soft edges, both in
        [0, 1]; a limb is not covered where nothing of its bone is known.
    """
    value, area = np.ones(heat.shape), np.zeros(heat.shape)
    width = _LIMB_WIDTH * figure_size(skeleton.points)
    limbs = [
        limb
        for part, ends in bone_ends(skeleton.points).items()
        if (limb := _limb(heat, part, *ends, width)) is not None
    ]
    for box, hot, cover in sorted(limbs, key=lambda limb: -float(limb[1].mean())):
        value[box] += cover * (hot - value[box])
        area[box] = np.maximum(area[box], cover)
    return value, area


def _limb(
    heat: np.ndarray, part: str, start: np.ndarray, end: np.ndarray, width: float
) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray] | None:
    """Box of the picture around a limb, its bone's heat and the limb's cover there; None if unseen."""
    along = end - start
    length = max(float(np.linalg.norm(along)), 1e-6)
    # Half widths at both ends; the head is a ball.
    first, last = np.array(_WIDTHS.get(part, (1.0, 0.8))) * width / 2
    soft = max(_SOFT * width, 1.0)
    reach = (max(length, width) / 2 if part == "head" else max(first, last)) + soft
    size = np.array(heat.shape[::-1])
    left, top = np.clip(np.floor(np.minimum(start, end) - reach), 0, size).astype(int)
    right, bottom = np.clip(np.ceil(np.maximum(start, end) + reach) + 1, 0, size).astype(int)
    if right <= left or bottom <= top:
        return None
    x, y = np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32)[:, None]
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length**2, 0, 1)
    bone_x, bone_y = start[0] + share * along[0], start[1] + share * along[1]
    hot = cv2.remap(
        np.ascontiguousarray(heat, np.float32),
        np.clip(bone_x, 0, size[0] - 1).astype(np.float32),
        np.clip(bone_y, 0, size[1] - 1).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    if part == "head":
        middle = (start + end) / 2
        distance = np.hypot(x - middle[0], y - middle[1])
        radius: float | np.ndarray = max(length, width) / 2
    else:
        distance = np.hypot(x - bone_x, y - bone_y)
        radius = first + share * (last - first)
    cover = np.clip((radius - distance) / soft + 0.5, 0, 1)
    known = np.isfinite(hot)
    if not (cover * known).any():
        return None
    # A bone may end outside of the matcher's frame: then the rest of it speaks for it.
    box = (slice(top, bottom), slice(left, right))
    return box, np.where(known, hot, hot[known].mean()), cover
