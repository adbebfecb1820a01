"""A layered figure redrawn with one part longer, shorter, bigger, smaller, wider or narrower."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from proportion.geometry import downstream_joints
from proportion.references.layers import LayeredFigure, PartLayer
from proportion.skeleton import BONE_OF_PART, JOINT_INDEX, PARTS, Skeleton, joint_points

Move = Callable[[np.ndarray], np.ndarray]
"""From ``(N, 2)`` pixels of the new picture back to pixels of the figure as it was."""

_UNIFORM = ("head", "hand")
_WIDTHS = {"shoulder_width": ("shoulder", "upper_arm"), "hip_width": ("hip", "thigh")}


def rescale_part(figure: LayeredFigure, part: str, factor: float) -> tuple[np.ndarray, Skeleton]:
    """The figure with one part changed; what hangs on the part moves along, nothing else does.

    Limbs, neck and torso change along their bone only; head and hands in every direction; widths move
    the limbs apart and stretch the torso between them.

    Args:
        figure: with its layers.
        part: one of `skeleton.PARTS`.
        factor: new length over old, greater than 0.

    Returns:
        ``(H, W, 4)`` uint8 RGBA on a transparent ground, grown where the change needs room, and the
        skeleton in its pixels.
    """
    if part not in PARTS or not factor > 0:
        raise ValueError(f"no part {part!r} times {factor}")
    points = figure.skeleton.points
    moved = rescaled_points(points, part, factor)
    size = np.array(figure.skeleton.image_size)
    low = np.minimum(0, np.floor(np.nanmin(moved - points, axis=0)).astype(int))
    high = np.maximum(0, np.ceil(np.nanmax(moved - points, axis=0)).astype(int))
    width, height = size + high - low
    picture = np.zeros((height, width, 4), np.float32)
    for layer in figure.layers:
        _paint(picture, layer, _back(points, part, factor, layer.part), low)
    alpha = np.maximum(picture[..., 3:], 1e-6)
    straight = np.concatenate([picture[..., :3] / alpha * 255, picture[..., 3:] * 255], axis=-1)
    skeleton = Skeleton((int(width), int(height)), moved - low, figure.skeleton.states)
    return np.clip(np.rint(straight), 0, 255).astype(np.uint8), skeleton


def over_white(picture: np.ndarray) -> np.ndarray:
    """(H, W, 4) RGBA over white, (H, W, 3) uint8."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.rint(picture[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def rescaled_points(points: np.ndarray, part: str, factor: float) -> np.ndarray:
    """``(18, 2)`` joints after the change of `rescale_part`, in the frame that they came in."""
    moved = points.copy()
    if part in _WIDTHS:
        for side in ("left", "right"):
            shift = _width_shift(points, part, side, factor)
            joints = (f"{side}_{_WIDTHS[part][0]}", *downstream_joints(f"{side}_{_WIDTHS[part][1]}"))
            moved[[JOINT_INDEX[joint] for joint in joints]] += shift
        return moved
    start, end = (joint_points(points, name) for name in _ends(part))
    moved[[JOINT_INDEX[joint] for joint in downstream_joints(part)]] += (factor - 1) * (end - start)
    return moved


def _ends(part: str) -> tuple[str, str]:
    bone = BONE_OF_PART[part]
    return bone.start, bone.end


def _width_shift(points: np.ndarray, part: str, side: str, factor: float) -> np.ndarray:
    start, end = (joint_points(points, name) for name in _ends(part))
    return (factor - 1) * (start - end) * (0.5 if side == "left" else -0.5)


def _back(points: np.ndarray, part: str, factor: float, layer_part: str) -> Move:
    """Where the pixels of one layer come from when `part` is changed."""
    if part in _WIDTHS:
        return _back_of_width(points, part, factor, layer_part)
    start, end = (joint_points(points, name) for name in _ends(part))
    if layer_part == part:
        return _scaling(start, end, factor, uniform=part.rpartition("_")[2] in _UNIFORM)
    if _hangs_on(layer_part, part):
        shift = (factor - 1) * (end - start)
        return lambda pixels: pixels - shift
    return lambda pixels: pixels


def _hangs_on(layer_part: str, part: str) -> bool:
    """Whether a layer moves along with the end of a part."""
    carried = downstream_joints(part)
    return layer_part != part and _ends(layer_part)[1] in carried


def _scaling(start: np.ndarray, end: np.ndarray, factor: float, uniform: bool) -> Move:
    """Inverse of a scaling about the bone's start, in all directions or along the bone only."""
    along = end - start
    length = float(np.hypot(*along))
    if uniform or length < 1e-6:
        return lambda pixels: start + (pixels - start) / factor
    unit = along / length

    def back(pixels: np.ndarray) -> np.ndarray:
        distance = (pixels - start) @ unit
        # Rounded ends beyond the joint keep their shape: only the stretch between them scales.
        source = np.where(
            distance < 0,
            distance,
            np.minimum(distance / factor, length) + np.maximum(distance - factor * length, 0),
        )
        return pixels + (source - distance)[:, None] * unit

    return back


def _back_of_width(points: np.ndarray, part: str, factor: float, layer_part: str) -> Move:
    limb = _WIDTHS[part][1]
    for side in ("left", "right"):
        if layer_part == f"{side}_{limb}" or _hangs_on(layer_part, f"{side}_{limb}"):
            shift = _width_shift(points, part, side, factor)
            return lambda pixels: pixels - shift
    if layer_part != "torso":
        return lambda pixels: pixels
    pelvis, neck = joint_points(points, "pelvis"), joint_points(points, "neck")
    left, right = (joint_points(points, name) for name in _ends(part))
    axis, across = neck - pelvis, left - right
    span = float(np.hypot(*across))
    basis = np.stack([axis, across], axis=1)
    if span < 1e-6 or abs(np.linalg.det(basis)) < 1e-3 * span * float(np.hypot(*axis)):
        return lambda pixels: pixels
    inverse = np.linalg.inv(basis)

    def back(pixels: np.ndarray) -> np.ndarray:
        up, out = inverse @ (pixels - pelvis).T
        share = np.clip(up if part == "shoulder_width" else 1 - up, 0, 1)
        return pelvis + (basis @ np.stack([up, out / (1 + (factor - 1) * share)])).T

    return back


def _paint(picture: np.ndarray, layer: PartLayer, back: Move, low: np.ndarray) -> None:
    """Composite one moved layer over a premultiplied RGBA picture whose origin is at ``low``."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.stack([columns.ravel() + low[0], rows.ravel() + low[1]], axis=-1).astype(float)
    source = (back(pixels) - layer.offset).astype(np.float32).reshape(height, width, 2)
    colours = layer.pixels.astype(np.float32) / 255
    colours[..., :3] *= colours[..., 3:]
    moved = cv2.remap(colours, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    picture *= 1 - moved[..., 3:]
    picture += moved
