"""A layered figure redrawn with one part longer, shorter, bigger, smaller, wider or narrower."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from proportion.geometry import downstream_joints
from proportion.references.layers import LayeredFigure, PartLayer
from proportion.skeleton import BONE_OF_PART, JOINT_INDEX, PARTS, Skeleton, joint_points


@dataclass(frozen=True, eq=False)
class _Move:
    """Where the pixels of a layer go.

    Attributes:
        back: from ``(N, 2)`` pixels of the new picture to those of the figure as it was.
        reach: no pixel of the layer moves further than this.
    """

    back: Callable[[np.ndarray], np.ndarray]
    reach: float


_STAY = _Move(lambda pixels: pixels, 0.0)

_UNIFORM = ("head", "hand", "foot")
_SIDE_VIEW = 0.2  # sine of the angle between spine and width: below it widths are not seen
_WIDTHS = {"shoulder_width": ("shoulder", "upper_arm"), "hip_width": ("hip", "thigh")}


def rescale_part(figure: LayeredFigure, part: str, factor: float) -> tuple[np.ndarray, Skeleton]:
    """The figure with one part changed: `rescale_parts` for a single one."""
    return rescale_parts(figure, {part: factor})


def rescale_parts(figure: LayeredFigure, factors: Mapping[str, float]) -> tuple[np.ndarray, Skeleton]:
    """The figure with some parts changed; what hangs on a part moves along, nothing else does.

    Limbs, neck and torso change along their bone only, head, hands and feet in every direction; widths
    move the limbs apart and stretch the torso between them.

    Args:
        figure: with its layers.
        factors: new length over old, greater than 0, of some of `skeleton.PARTS`.

    Returns:
        ``(H, W, 4)`` uint8 RGBA on a transparent ground, grown where the change needs room, and the
        skeleton in its pixels.
    """
    points = moved = figure.skeleton.points
    moves = [_STAY] * len(figure.layers)
    for part, factor in factors.items():
        if part not in PARTS or not factor > 0:
            raise ValueError(f"no part {part!r} times {factor}")
        moves = [
            _then(move, _move(moved, part, factor, layer), factor)
            for move, layer in zip(moves, figure.layers, strict=True)
        ]
        moved = rescaled_points(moved, part, factor)
    size = np.array(figure.skeleton.image_size)
    low = np.minimum(0, np.floor(np.nanmin(moved - points, axis=0)).astype(int))
    high = np.maximum(0, np.ceil(np.nanmax(moved - points, axis=0)).astype(int))
    width, height = size + high - low
    picture = np.zeros((height, width, 4), np.float32)
    for layer, move in zip(figure.layers, moves, strict=True):
        _paint(picture, layer, move, low)
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


def _move(points: np.ndarray, part: str, factor: float, layer: PartLayer) -> _Move:
    """What happens to a layer when ``part`` is changed."""
    if part in _WIDTHS:
        return _move_of_width(points, part, factor, layer)
    start, end = (joint_points(points, name) for name in _ends(part))
    if layer.part == part:
        return _scaling(start, end, factor, layer)
    return _shift((factor - 1) * (end - start)) if _hangs_on(layer.part, part) else _STAY


def _then(first: _Move, second: _Move, factor: float) -> _Move:
    """Both moves in turn; the second was bounded for a layer that had not moved yet."""
    if first is _STAY or second is _STAY:
        return second if first is _STAY else first
    reach = first.reach + second.reach + abs(factor - 1) * first.reach
    return _Move(lambda pixels: first.back(second.back(pixels)), reach)


def _hangs_on(layer_part: str, part: str) -> bool:
    """Whether a layer moves along with the end of a part."""
    return layer_part != part and _ends(layer_part)[1] in downstream_joints(part)


def _shift(shift: np.ndarray) -> _Move:
    return _Move(lambda pixels: pixels - shift, float(np.hypot(*shift)))


def _furthest(layer: PartLayer, point: np.ndarray) -> float:
    """Distance from a point to the furthest corner of a layer."""
    size = np.array(layer.pixels.shape[1::-1])
    corners = layer.offset + np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) * size
    return float(np.linalg.norm(corners - point, axis=1).max())


def _scaling(start: np.ndarray, end: np.ndarray, factor: float, layer: PartLayer) -> _Move:
    """A scaling about the bone's start: of head, hands and feet as a whole, else along the bone only."""
    along = end - start
    length = float(np.hypot(*along))
    if layer.part.rpartition("_")[2] in _UNIFORM or length < 1e-6:
        reach = abs(factor - 1) * _furthest(layer, start)
        return _Move(lambda pixels: start + (pixels - start) / factor, reach)
    unit = along / length

    def back(pixels: np.ndarray) -> np.ndarray:
        distance = (pixels - start) @ unit
        # Rounded ends beyond the joints keep their shape: only the stretch between them scales.
        between = np.clip(distance, 0, factor * length)
        return pixels + (between / factor - between)[:, None] * unit

    return _Move(back, abs(factor - 1) * length)


def _move_of_width(points: np.ndarray, part: str, factor: float, layer: PartLayer) -> _Move:
    limb = _WIDTHS[part][1]
    for side in ("left", "right"):
        if layer.part == f"{side}_{limb}" or _hangs_on(layer.part, f"{side}_{limb}"):
            return _shift(_width_shift(points, part, side, factor))
    pelvis, neck = joint_points(points, "pelvis"), joint_points(points, "neck")
    left, right = (joint_points(points, name) for name in _ends(part))
    basis = np.stack([neck - pelvis, left - right], axis=1)
    sine = abs(np.linalg.det(basis)) / max(float(np.linalg.norm(basis, axis=0).prod()), 1e-9)
    if layer.part != "torso" or sine < _SIDE_VIEW:
        return _STAY
    inverse = np.linalg.inv(basis)

    def back(pixels: np.ndarray) -> np.ndarray:
        up, out = inverse @ (pixels - pelvis).T
        share = np.clip(up if part == "shoulder_width" else 1 - up, 0, 1)
        return pelvis + (basis @ np.stack([up, out / (1 + (factor - 1) * share)])).T

    return _Move(back, abs(factor - 1) * _furthest(layer, pelvis))


def _paint(picture: np.ndarray, layer: PartLayer, move: _Move, low: np.ndarray) -> None:
    """Composite one moved layer over a premultiplied RGBA picture whose origin is at ``low``."""
    size, reach = np.array(layer.pixels.shape[1::-1]), int(np.ceil(move.reach)) + 1
    limit = np.array(picture.shape[1::-1])
    left, top = np.clip(layer.offset - low - reach, 0, limit)
    right, bottom = np.clip(layer.offset + size - low + reach, 0, limit)
    rows, columns = np.mgrid[top:bottom, left:right]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=-1) + low.astype(float)
    source = (move.back(pixels) - layer.offset).astype(np.float32).reshape(*rows.shape, 2)
    colours = layer.pixels.astype(np.float32) / 255
    colours[..., :3] *= colours[..., 3:]
    moved = cv2.remap(colours, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    region = picture[top:bottom, left:right]
    region *= 1 - moved[..., 3:]
    region += moved
