"""Similarity and affine transforms in the plane, fits between point sets, segment lengths and angles.

A transform is a ``(..., 2, 3)`` float array ``[A | t]`` that maps points of a *source* frame to a
*target* frame by ``A p + t``. Points are ``(..., N, 2)`` as (x, y), origin top-left, y down. All
functions are pure and batched over the leading axes unless they say otherwise.
"""

from __future__ import annotations

import numpy as np

from proportion.skeleton import BONES, bone_vectors, joint_points

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def similarity(
    scale: float = 1.0, degrees: float = 0.0, translation: tuple[float, float] | np.ndarray = (0.0, 0.0)
) -> np.ndarray:
    """A ``(2, 3)`` similarity: scale, then turn (positive is clockwise on screen), then shift."""
    angle = np.deg2rad(degrees)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cos, -sin, translation[0]], [sin, cos, translation[1]]])


def apply_transform(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map ``(..., N, 2)`` points from the transform's source frame to its target frame."""
    transform = np.asarray(transform)
    return points @ np.swapaxes(transform[..., :2], -1, -2) + transform[..., None, :, 2]


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The ``(..., 2, 3)`` transform that does ``first``, then ``second``."""
    linear = second[..., :2] @ first[..., :2]
    shift = (second[..., :2] @ first[..., 2:]) + second[..., 2:]
    return np.concatenate([linear, shift], axis=-1)


def invert(transform: np.ndarray) -> np.ndarray:
    """The transform from the target frame back to the source frame."""
    linear = np.linalg.inv(transform[..., :2])
    return np.concatenate([linear, -linear @ transform[..., 2:]], axis=-1)


def scale_of(transform: np.ndarray) -> np.ndarray:
    """Lengths in the target frame for one unit in the source frame (geometric mean of both axes)."""
    return np.sqrt(np.abs(np.linalg.det(transform[..., :2])))


def rotation_degrees(transform: np.ndarray) -> np.ndarray:
    """Turn of the source's x axis in degrees, positive clockwise on screen."""
    return np.rad2deg(np.arctan2(transform[..., 1, 0], transform[..., 0, 0]))


def fit_similarity(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Weighted least-squares similarity from source to target points (Umeyama 1991, no reflection).

    Args:
        source: ``(..., N, 2)``; points that are NaN in either set are left out.
        target: ``(..., N, 2)``.
        weights: ``(..., N)`` non-negative; all ones if None.

    Returns:
        ``(..., 2, 3)`` transform from the source's to the target's frame; where fewer than two distinct
        points are left, a pure shift (or NaN if none is).
    """
    usable = np.isfinite(source).all(-1) & np.isfinite(target).all(-1)
    weights = usable.astype(float) if weights is None else np.where(usable, weights, 0.0)
    source = np.where(usable[..., None], source, 0.0)
    target = np.where(usable[..., None], target, 0.0)
    total = weights.sum(-1)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        source_mean = (weights[..., None] * source).sum(-2) / total
        target_mean = (weights[..., None] * target).sum(-2) / total
    x, y = np.moveaxis(source - source_mean[..., None, :], -1, 0)
    u, v = np.moveaxis(target - target_mean[..., None, :], -1, 0)
    spread = (weights * (x * x + y * y)).sum(-1)
    safe = np.where(spread > 1e-12, spread, 1.0)
    cos = np.where(spread > 1e-12, (weights * (x * u + y * v)).sum(-1) / safe, 1.0)
    sin = np.where(spread > 1e-12, (weights * (x * v - y * u)).sum(-1) / safe, 0.0)
    linear = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    shift = target_mean[..., None] - linear @ source_mean[..., None]
    return np.concatenate([linear, shift], axis=-1)


def fit_similarity_robust(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None, iterations: int = 20
) -> np.ndarray:
    """Similarity by iteratively re-weighted least squares (Geman-McClure weights, shrinking scale).

    One wrong limb then hardly moves the fit, where torso-length alignment or plain least squares would
    spread its error over the rest of the body.

    Args and returns are those of `fit_similarity`.
    """
    usable = np.isfinite(source).all(-1) & np.isfinite(target).all(-1)
    base = usable.astype(float) if weights is None else np.where(usable, weights, 0.0)
    transform = fit_similarity(source, target, base)
    for _ in range(iterations):
        residual = np.linalg.norm(apply_transform(transform, source) - target, axis=-1)
        residual = np.where(usable, residual, np.nan)
        with np.errstate(invalid="ignore"):
            unit = 1.5 * np.nanmedian(residual, axis=-1, keepdims=True)
        unit = np.maximum(np.nan_to_num(unit), 1e-9)
        robust = 1.0 / (1.0 + (np.nan_to_num(residual) / unit) ** 2) ** 2
        transform = fit_similarity(source, target, base * robust)
    return transform


def align_torso_axis(points: np.ndarray) -> np.ndarray:
    """Deterministic alignment: pelvis to the origin, neck straight above it at distance one.

    Args:
        points: ``(..., 18, 2)`` skeleton points.

    Returns:
        ``(..., 2, 3)`` transform from the points' frame to the torso frame (y down, so the neck is at
        (0, -1)); NaN where a shoulder or a hip is missing or the torso has no length.
    """
    pelvis = joint_points(points, "pelvis")
    x, y = np.moveaxis(joint_points(points, "neck") - pelvis, -1, 0)
    square = x * x + y * y
    square = np.where(square > 0, square, np.nan)
    # The similarity that takes (x, y) to (0, -1), written as division of complex numbers.
    cos, sin = -y / square, -x / square
    linear = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    return np.concatenate([linear, -linear @ pelvis[..., None]], axis=-1)


def segment_lengths(points: np.ndarray) -> np.ndarray:
    """Lengths of the 17 parts.

    Args:
        points: ``(..., 18, D)`` skeleton points.

    Returns:
        ``(..., 17)`` in the order of `skeleton.PARTS`, in the points' unit; NaN where a
        joint is missing.
    """
    return np.linalg.norm(bone_vectors(points), axis=-1)


def segment_angles(points: np.ndarray) -> np.ndarray:
    """Directions of the 17 parts in degrees, in (-180, 180], 0 = right, positive clockwise on screen.

    Args:
        points: ``(..., 18, 2)`` skeleton points.

    Returns:
        ``(..., 17)`` in the order of `skeleton.PARTS`; NaN where a joint is missing or the part has no
        length.
    """
    vectors = bone_vectors(points)
    angles = np.rad2deg(np.arctan2(vectors[..., 1], vectors[..., 0]))
    return np.where((vectors == 0).all(-1), np.nan, angles)


def angle_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Signed difference first - second of angles in degrees, wrapped to [-180, 180)."""
    return (np.asarray(first) - np.asarray(second) + 180.0) % 360.0 - 180.0


def torso_diagonal(points: np.ndarray) -> np.ndarray:
    """``|left shoulder - right hip|``, the unit of PDJ, of ``(..., 18, 2)`` points."""
    return np.linalg.norm(
        joint_points(points, "left_shoulder") - joint_points(points, "right_hip"), axis=-1
    )


def downstream_joints(part: str) -> tuple[str, ...]:
    """Stored joints that move along when a part's end moves (the end itself included).

    The torso carries shoulders, arms and head; widths are not chains and carry nothing here.
    """
    limbs = {"upper_arm": 3, "forearm": 2, "hand": 1, "thigh": 3, "shin": 2, "foot": 1}
    chains = {"arm": ("elbow", "wrist", "hand"), "leg": ("knee", "ankle", "toe")}
    if part == "head":
        return ("head_top",)
    if part == "neck":
        return ("chin", "head_top")
    if part == "torso":
        sides = [
            f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", *chains["arm"])
        ]
        return (*sides, "chin", "head_top")
    side, _, name = part.partition("_")
    if name not in limbs:
        raise ValueError(f"{part} carries no joints; parts with a chain are {[b.part for b in BONES]}")
    chain = chains["arm" if name in ("upper_arm", "forearm", "hand") else "leg"]
    return tuple(f"{side}_{joint}" for joint in chain[-limbs[name] :])
