"""Measures of a figure's parts: lengths relative to the body, against a reference, and changed ones."""

from __future__ import annotations

import numpy as np

from proportion.geometry import (
    apply_transform,
    downstream_joints,
    fit_similarity_robust,
    segment_lengths,
)
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
    push = (np.asarray(factors)[..., None] - 1) * bone_vectors(points)
    return points + _CARRIED @ np.nan_to_num(push)


def relative_log_lengths(points: np.ndarray) -> np.ndarray:
    """``(..., 17)`` natural logs of the parts' lengths, their median taken out; NaN where missing."""
    with np.errstate(divide="ignore"):
        logs = np.log(segment_lengths(points))
    logs = np.where(np.isfinite(logs), logs, np.nan)
    return logs - np.nanmedian(logs, axis=-1, keepdims=True)


def log_ratios(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Log of each part's length over the reference's, centred on the median part.

    The median is the robust body unit: one wrong limb does not move it.

    Args:
        points: ``(..., 18, 2)`` the figure.
        reference: ``(..., 18, 2)`` a figure in about the same pose, of any size.

    Returns:
        ``(..., 17)``; NaN where either lacks the part.
    """
    ratios = relative_log_lengths(points) - relative_log_lengths(reference)
    return ratios - np.nanmedian(ratios, axis=-1, keepdims=True)


def misfit(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Distance of each joint from the reference after a robust similarity fit.

    Returns:
        ``(..., 18)`` in the unit of ``reference``; NaN where either lacks the joint.
    """
    fitted = apply_transform(fit_similarity_robust(points, reference), points)
    return np.linalg.norm(fitted - reference, axis=-1)
