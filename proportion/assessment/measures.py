"""The kinds of a figure's parts, and the figure with parts of other lengths."""

from __future__ import annotations

import numpy as np

from proportion.geometry import downstream_joints
from proportion.skeleton import JOINT_INDEX, JOINTS, PART_PARTNER, PARTS, bone_vectors

KINDS_OF_PART: tuple[str, ...] = (
    *("head", "neck", "torso", "shoulder_width", "hip_width"),
    *("upper_arm", "forearm", "hand", "thigh", "shin", "foot"),
)
"""The parts without their side."""
WIDTHS: tuple[str, ...] = ("shoulder_width", "hip_width")


def kind_of_part(part: str) -> str:
    """``left_forearm`` is a ``forearm``."""
    return part.removeprefix("left_").removeprefix("right_")


KIND_INDEX: np.ndarray = np.array([KINDS_OF_PART.index(kind_of_part(part)) for part in PARTS])
"""``(17,)`` index of each part's kind."""
PARTNER: np.ndarray = np.array([PARTS.index(PART_PARTNER[part]) for part in PARTS])
"""``(17,)`` index of each part on the other side; middle parts are their own."""


def _carried() -> np.ndarray:
    moves = np.zeros((len(JOINTS), len(PARTS)))
    chains = {"shoulder_width": ("shoulder", "elbow", "wrist", "hand")}
    chains["hip_width"] = ("hip", "knee", "ankle", "toe")
    for column, part in enumerate(PARTS):
        if part in WIDTHS:
            for side, share in (("left", -0.5), ("right", 0.5)):
                moves[[JOINT_INDEX[f"{side}_{joint}"] for joint in chains[part]], column] = share
        else:
            moves[[JOINT_INDEX[joint] for joint in downstream_joints(part)], column] = 1.0
    return moves


_CARRIED = _carried()


def scale_parts(points: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Make parts longer or shorter; what hangs on them moves along, every direction stays.

    Args:
        points: ``(..., 18, D)`` joints; NaN where missing.
        factors: ``(..., 17)`` new over old length.

    Returns:
        ``(..., 18, D)`` joints in the same frame, pelvis fixed. A part that lacks a joint stays.
    """
    return _pushed(points, (np.asarray(factors)[..., None] - 1) * bone_vectors(points))


def turn_parts(points: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Turn parts in the picture plane; what hangs on them moves along, every length stays.

    Args:
        points: ``(..., 18, 2)`` joints; NaN where missing.
        angles: ``(..., 17)`` radians from x towards y.

    Returns:
        ``(..., 18, 2)`` joints in the same frame, pelvis fixed. A part that lacks a joint stays.
    """
    vectors, cos, sin = bone_vectors(points), np.cos(angles), np.sin(angles)
    x, y = vectors[..., 0], vectors[..., 1]
    return _pushed(points, np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1) - vectors)


def _pushed(points: np.ndarray, push: np.ndarray) -> np.ndarray:
    return points + _CARRIED @ np.nan_to_num(push)
