"""A skeleton drawn over its picture, and the limb shapes that other drawings share."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from proportion.drawing.canvas import Canvas
from proportion.drawing.palette import INK, PAPER, PART_COLOURS, Colour
from proportion.skeleton import BONES, JOINTS, Skeleton, joint_points

DRAW_ORDER: tuple[str, ...] = (
    "hip_width",
    "shoulder_width",
    "torso",
    "neck",
    *(f"{side}_{part}" for part in ("thigh", "shin", "foot") for side in ("left", "right")),
    "head",
    *(f"{side}_{part}" for part in ("upper_arm", "forearm", "hand") for side in ("left", "right")),
)
_BONE = {bone.part: bone for bone in BONES}

_JOINT_PART = {bone.end: bone.part for bone in BONES} | {
    f"{side}_{joint}": f"{side}_{part}"
    for side in ("left", "right")
    for joint, part in (("shoulder", "upper_arm"), ("hip", "thigh"))
}
"""The part whose colour a joint wears."""


def figure_size(points: np.ndarray) -> float:
    """Diagonal of the box around ``(18, 2)`` joints in pixels, at least 40: what line widths follow."""
    present = points[~np.isnan(points[:, 0])]
    if not len(present):
        return 40.0
    return max(40.0, float(np.linalg.norm(np.ptp(present, axis=0))))


def bone_ends(points: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Start and end of every part with both ends, in the order in which parts are drawn."""
    ends = {}
    for part in DRAW_ORDER:
        start, end = joint_points(points, _BONE[part].start), joint_points(points, _BONE[part].end)
        if np.isfinite([start, end]).all():
            ends[part] = (start, end)
    return ends


def draw_limbs(
    canvas: Canvas,
    points: np.ndarray,
    colours: Mapping[str, Colour],
    width: float,
    opacity: float = 1.0,
    outline: Colour | None = None,
) -> None:
    """Tapered bars for the parts that have a colour, ``width`` pixels at their thick end."""
    for part, (start, end) in bone_ends(points).items():
        if part not in colours:
            continue
        widths = (width, 0.55 * width)
        if outline is not None:
            rim = 0.45 * width
            canvas.capsule(start, end, (widths[0] + rim, widths[1] + rim), outline, 0.85 * opacity)
        canvas.capsule(start, end, widths, colours[part], opacity)


def draw_joints(canvas: Canvas, skeleton: Skeleton, radius: float) -> None:
    """Dots in their part's colour with a white rim; guessed joints are hollow."""
    for name, state, point in zip(JOINTS, skeleton.states, skeleton.points, strict=True):
        if state == "missing":
            continue
        colour = PART_COLOURS[_JOINT_PART[name]]
        if state == "guessed":
            canvas.disc(point, radius, PAPER)
            canvas.disc(point, radius, colour, edge=0.55 * radius)
        else:
            canvas.disc(point, 1.3 * radius, PAPER, 0.95)
            canvas.disc(point, 0.9 * radius, colour)


def draw_skeleton(
    picture: np.ndarray, skeleton: Skeleton, highlight: Collection[str] = ()
) -> np.ndarray:
    """The picture with its skeleton: limbs in their colours, guessed joints hollow, missing left out.

    Args:
        picture: (H, W, 3) uint8 RGB, the picture that the skeleton belongs to.
        highlight: parts to stress; the others step back.

    Returns:
        A new picture of the same size.
    """
    canvas = Canvas(picture)
    unit = figure_size(skeleton.points) / 100
    stressed = {part: PART_COLOURS[part] for part in PART_COLOURS if part in highlight}
    calm = {part: colour for part, colour in PART_COLOURS.items() if part not in highlight}
    draw_limbs(canvas, skeleton.points, calm, 1.5 * unit, 0.4 if highlight else 0.9, PAPER)
    draw_limbs(canvas, skeleton.points, stressed, 3.0 * unit, 1.0, INK)
    draw_joints(canvas, skeleton, max(2.0, 0.85 * unit))
    return canvas.picture()
