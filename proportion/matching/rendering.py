"""Skeletons as small pictures of one channel a part, and the frames that they are drawn in.

The *frame* is the square [-1, 1] x [-1, 1], x right, y down, as `torch.nn.functional.affine_grid` has it
(pixel edges at +-1). A skeleton's *upright frame* has its torso axis upright, the middle of its torso at
the origin and its joints `MEAN_REACH` away from there on average.
"""

from __future__ import annotations

import numpy as np
import torch

from proportion.geometry import similarity
from proportion.skeleton import BONES, JOINT_INDEX, joint_points

SIZE = 64
MEAN_REACH = 0.40
LINE_RADIUS = 4 / SIZE
"""Distance in the frame at which a drawn bone has faded to nothing: two pixels, so that the sum across a
line is the same wherever it falls between the pixels."""


def _ends(name: str) -> np.ndarray:
    weights = np.zeros(len(JOINT_INDEX), np.float32)
    derived = {"neck": "shoulder", "pelvis": "hip"}
    names = [f"{s}_{derived[name]}" for s in ("left", "right")] if name in derived else [name]
    for joint in names:
        weights[JOINT_INDEX[joint]] = 1 / len(names)
    return weights


STARTS = torch.tensor(np.stack([_ends(bone.start) for bone in BONES]))
STOPS = torch.tensor(np.stack([_ends(bone.end) for bone in BONES]))


def placing_frame(points: np.ndarray, *, upright: bool) -> np.ndarray:
    """Similarity that brings skeletons into the frame.

    Args:
        points: ``(..., 18, 2)`` joints in any frame with y down; NaN where missing.
        upright: turn the torso axis upright (the upright frame) or leave the turn as it is.

    Returns:
        ``(..., 2, 3)`` points' frame -> frame. Where the torso is missing, the centre is the joints'
        mean and nothing is turned.
    """
    points = np.asarray(points, float)
    neck, pelvis = joint_points(points, "neck"), joint_points(points, "pelvis")
    present = np.isfinite(points).all(-1)
    count = np.maximum(present.sum(-1), 1)
    filled = np.where(present[..., None], points, 0.0)
    has_torso = np.isfinite(neck + pelvis).all(-1)
    mean = filled.sum(-2) / count[..., None]
    centre = np.where(has_torso[..., None], (neck + pelvis) / 2, mean)
    reach = np.linalg.norm(filled - centre[..., None, :], axis=-1) * present
    reach = np.maximum(reach.sum(-1) / count, 1e-9)
    axis = np.where(has_torso[..., None] & upright, neck - pelvis, np.array([0.0, -1.0]))
    size = np.linalg.norm(axis, axis=-1)
    axis = np.where((size > 1e-9)[..., None], axis, np.array([0.0, -1.0]))
    axis = axis / np.maximum(size, 1e-9)[..., None]
    scale = MEAN_REACH / reach
    # The turn that takes the axis to (0, -1).
    cos, sin = -axis[..., 1] * scale, -axis[..., 0] * scale
    linear = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    return np.concatenate([linear, -linear @ centre[..., None]], axis=-1)


def frame_to_pixels(size: int) -> np.ndarray:
    """``(2, 3)`` transform from the frame to pixel coordinates (centres whole) of a square picture."""
    return similarity(size / 2, 0.0, (size / 2 - 0.5, size / 2 - 0.5))


def bone_ends(points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Start and end ``(N, 17, 2)`` of each part's bone, and ``(N, 17)`` whether both are known."""
    known = torch.isfinite(points).all(-1).to(points.dtype)
    points = torch.nan_to_num(points)
    needed = ((STARTS + STOPS) > 0).to(points)
    drawn = (1 - known) @ needed.T == 0
    return STARTS.to(points) @ points, STOPS.to(points) @ points, drawn


def render_parts(points: torch.Tensor, size: int = SIZE) -> torch.Tensor:
    """Draw each part as a soft line in its own channel; differentiable in the joints.

    A line's brightness falls linearly across, so a channel's sum measures the part's length.

    Args:
        points: ``(N, 18, 2)`` joints in the frame; NaN where missing.
        size: side of the picture in pixels.

    Returns:
        ``(N, 17, size, size)`` in [0, 1], channels in the order of `PARTS`; parts with a missing end
        are empty.
    """
    starts, stops, drawn = bone_ends(points)
    starts, stops = starts[..., None, None, :], stops[..., None, None, :]
    centres = (torch.arange(size, dtype=points.dtype, device=points.device) + 0.5) * (2 / size) - 1
    ray = stops - starts
    length2 = (ray * ray).sum(-1).clamp_min(1e-8)
    x = centres[None, :] - starts[..., 0]
    y = centres[:, None] - starts[..., 1]
    along = ((x * ray[..., 0] + y * ray[..., 1]) / length2).clamp(0, 1)
    x = x - along * ray[..., 0]
    y = y - along * ray[..., 1]
    distance = torch.sqrt(x * x + y * y + 1e-12)
    line = (1 - distance / LINE_RADIUS).clamp_min(0)
    return line * drawn[:, :, None, None]
