"""Known errors of proportion on projected skeletons: parts, halves, bends and the paper's swirl.

Joints beyond a changed part move along with it. Neck and pelvis are derived from shoulders and hips, so
they are recomputed by themselves and give nothing away.

How halves are changed: ``left`` and ``right`` scale that side's arm about the neck and its leg about the
pelvis. ``upper`` and ``lower`` scale only *along* the torso axis, away from the pelvis, and leave the
head's size as it is: a plain scaling of the upper half by 0.7 would be the same drawing as one of
the lower half by 1.43, seen smaller. Widths and the head hold the scale.
"""

from __future__ import annotations

import numpy as np

from proportion.geometry import downstream_joints
from proportion.skeleton import BONE_OF_PART, JOINT_INDEX, JOINTS, PARTS, joint_points

HALVES: tuple[str, ...] = ("left", "right", "upper", "lower")
BEND = "bend"

_ARMS = ("shoulder", "elbow", "wrist", "hand")
_LEGS = ("hip", "knee", "ankle", "toe")


def _indices(*names: str) -> list[int]:
    return [JOINT_INDEX[name] for name in names]


_UPPER = _indices("chin", *(f"{s}_{j}" for s in ("left", "right") for j in _ARMS))
_LOWER = _indices(*(f"{s}_{j}" for s in ("left", "right") for j in _LEGS))


def _limbs(side: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{side}_{kind}" for kind in kinds)


_ARM_PARTS, _LEG_PARTS = ("upper_arm", "forearm", "hand"), ("thigh", "shin", "foot")
PARTS_OF_HALF: dict[str, tuple[str, ...]] = {
    "left": _limbs("left", *_ARM_PARTS, *_LEG_PARTS),
    "right": _limbs("right", *_ARM_PARTS, *_LEG_PARTS),
    "upper": ("neck", "torso", *_limbs("left", *_ARM_PARTS), *_limbs("right", *_ARM_PARTS)),
    "lower": (*_limbs("left", *_LEG_PARTS), *_limbs("right", *_LEG_PARTS)),
}
"""Parts that a half consists of when a map is judged; middle parts belong to neither side."""
OTHER_HALF: dict[str, str] = {"left": "right", "right": "left", "upper": "lower", "lower": "upper"}
_UNDECIDED = {
    "left": ("torso", "neck", "shoulder_width", "hip_width"),
    "right": ("torso", "neck", "shoulder_width", "hip_width"),
    "upper": ("shoulder_width",),
    "lower": ("hip_width",),
    BEND: ("shoulder_width",),
}


def changed_parts(target: str) -> np.ndarray:
    """``(17,)`` what a change does to each part: 1 changed, 0 not, NaN undecided.

    Undecided are parts that move or stretch as a side effect.
    """
    parts = PARTS_OF_HALF["upper" if target == BEND else target] if target not in PARTS else (target,)
    changed = np.array([float(part in parts) for part in PARTS])
    for part in _UNDECIDED.get(target, ()):
        changed[PARTS.index(part)] = np.nan
    return changed


def _distort_part(points: np.ndarray, part: str, factor: np.ndarray) -> np.ndarray:
    bone = BONE_OF_PART[part]
    vector = joint_points(points, bone.end) - joint_points(points, bone.start)
    push = (factor[..., None] - 1) * vector
    moved = points.copy()
    if part in ("shoulder_width", "hip_width"):
        for side, share in (("left", -0.5), ("right", 0.5)):
            chain = _ARMS if part == "shoulder_width" else _LEGS
            moved[..., _indices(*_limbs(side, *chain)), :] += share * push[..., None, :]
        return moved
    moved[..., _indices(*downstream_joints(part)), :] += push[..., None, :]
    return moved


def _distort_half(points: np.ndarray, half: str, factor: np.ndarray) -> np.ndarray:
    neck, pelvis = joint_points(points, "neck"), joint_points(points, "pelvis")
    moved = points.copy()
    stretch = (factor - 1)[..., None, None]
    if half in ("left", "right"):
        for chain, root in ((_ARMS, neck), (_LEGS, pelvis)):
            joints = _indices(*_limbs(half, *chain))
            moved[..., joints, :] += stretch * (points[..., joints, :] - root[..., None, :])
        return moved
    axis = neck - pelvis
    axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-9)
    joints = _UPPER if half == "upper" else _LOWER
    height = ((points[..., joints, :] - pelvis[..., None, :]) * axis[..., None, :]).sum(-1)
    shift = stretch * height[..., None] * axis[..., None, :]
    moved[..., joints, :] += shift
    if half == "upper":
        top = JOINT_INDEX["head_top"]
        head = points[..., top, :] - points[..., JOINT_INDEX["chin"], :]
        moved[..., top, :] = moved[..., JOINT_INDEX["chin"], :] + head
    return moved


def distort(points: np.ndarray, target: str, factor: float | np.ndarray) -> np.ndarray:
    """Change one part's length (or width), or one half, by a factor.

    Args:
        points: ``(..., 18, 2)`` joints, y down.
        target: one of `PARTS` or `HALVES`.
        factor: new over old size, scalar or ``(...)``.

    Returns:
        ``(..., 18, 2)`` changed joints in the same frame. Where an end of the part is missing, what
        hangs on it becomes missing too.
    """
    factor = np.broadcast_to(np.asarray(factor, points.dtype), points.shape[:-2])
    if target in PARTS:
        return _distort_part(points, target, factor)
    if target in HALVES:
        return _distort_half(points, target, factor)
    raise ValueError(f"{target} is neither a part nor a half")


def undo(points: np.ndarray, target: str, factor: float) -> np.ndarray:
    """The figure before `distort` changed it so (exact without joint noise)."""
    if target not in ("left", "right"):
        return distort(points, target, 1 / factor)
    restored = points.copy()
    other = OTHER_HALF[target]
    for chain in (_ARMS, _LEGS):
        near, far = (points[..., JOINT_INDEX[f"{side}_{chain[0]}"], :] for side in (target, other))
        # The middle between both roots moved when one of them did; this is where it was.
        root = (far + (near - far) / (1 + factor))[..., None, :]
        joints = _indices(*_limbs(target, *chain))
        restored[..., joints, :] = root + (points[..., joints, :] - root) / factor
    return restored


def bend(points: np.ndarray, degrees: float | np.ndarray) -> np.ndarray:
    """Bow the upper body: above the pelvis each height turns about it in proportion, the crown by all.

    Args:
        points: ``(..., 18, 2)`` joints.
        degrees: turn at the highest joint, positive clockwise on screen, scalar or ``(...)``.
    """
    pelvis = joint_points(points, "pelvis")
    axis = joint_points(points, "neck") - pelvis
    length = np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-9)
    offset = points - pelvis[..., None, :]
    height = (offset * (axis / length)[..., None, :]).sum(-1)
    reach = np.maximum(np.nanmax(height, axis=-1, keepdims=True), 1e-9)
    upper = np.zeros(len(JOINTS), bool)
    upper[[*_UPPER, JOINT_INDEX["head_top"]]] = True
    share = np.where(upper, np.clip(height / reach, 0, 1), 0.0)
    return pelvis[..., None, :] + _turn(offset, np.deg2rad(np.asarray(degrees))[..., None] * share)


def swirl(points: np.ndarray, degrees: float | np.ndarray, radius: float | np.ndarray) -> np.ndarray:
    """The paper's swirl: a turn about the figure's centre that decays linearly to zero at a radius.

    Args:
        points: ``(..., 18, 2)`` joints.
        degrees: turn at the centre, scalar or ``(...)``.
        radius: in the points' unit, scalar or ``(...)``.
    """
    centre = np.nanmean(points, axis=-2, keepdims=True)
    offset = points - centre
    fade = 1 - np.linalg.norm(offset, axis=-1) / np.asarray(radius)[..., None]
    return centre + _turn(offset, np.deg2rad(np.asarray(degrees))[..., None] * np.clip(fade, 0, 1))


def _turn(offset: np.ndarray, angle: np.ndarray) -> np.ndarray:
    x, y = np.moveaxis(offset, -1, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x - sin * y, sin * x + cos * y], -1)
