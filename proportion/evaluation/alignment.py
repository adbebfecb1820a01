"""How well the Spatial Transformer finds the undistorted figure's frame; how warm a perfect match is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from proportion.evaluation.region_data import load_region_data
from proportion.geometry import apply_transform, compose, rotation_degrees, scale_of
from proportion.matching.matcher import Matcher
from proportion.matching.rendering import placing_frame, render_parts
from proportion.synthesis.distortions2d import HALVES, distort
from proportion.training.matcher_calibration import coldest_bones


def random_moves(rng: np.random.Generator, count: int) -> np.ndarray:
    """``(N, 2, 3)`` turns of up to 30 degrees, scales 0.8-1.2 and shifts of up to 20% of the frame."""
    angle = np.deg2rad(rng.uniform(-30, 30, count))
    scale = rng.uniform(0.8, 1.2, count)
    cos, sin, shift = scale * np.cos(angle), scale * np.sin(angle), rng.uniform(-0.4, 0.4, (2, count))
    return np.stack([np.stack([cos, -sin, shift[0]], -1), np.stack([sin, cos, shift[1]], -1)], 1)


def evaluate_alignment(
    matcher: Matcher, data: Path, name: str = "narrow", *, count: int = 100, seed: int = 0
) -> dict[str, float]:
    """Median errors on figures that `random_moves` has moved.

    Half of the figures are well proportioned, half have one half changed by 0.7 or 1.3; all have joint
    noise. The truth is the transform of the undistorted, noise-free figure.

    Returns:
        ``degrees``, ``scale`` (a fraction), ``shift`` (a fraction of the frame's side).
    """
    rng = np.random.default_rng(seed)
    originals = load_region_data(name, data, count)
    rows = np.arange(len(originals.points))
    upright = placing_frame(originals.points, upright=True)
    errors = []
    for target in (None, None, *HALVES[::2]):
        factor = rng.choice((0.7, 1.3), len(rows))
        learner = originals.points if target is None else distort(originals.points, target, factor)
        learner = originals.noisy(learner, rows, rng)
        truth = random_moves(rng, len(rows))
        placed = apply_transform(compose(truth, upright), learner)
        with torch.inference_mode():
            joints = torch.from_numpy(placed).float()
            found = matcher.network.transformer(joints, render_parts(joints))
        found = found.double().numpy()
        turn = np.abs(rotation_degrees(found) - rotation_degrees(truth))
        size = np.abs(np.log(scale_of(found) / scale_of(truth)))
        errors.append([turn, size, np.linalg.norm(found[..., 2] - truth[..., 2], axis=-1) / 2])
    degrees, scale_error, shift_error = np.median(np.concatenate(errors, axis=1), axis=1)
    return {"degrees": float(degrees), "scale": float(scale_error), "shift": float(shift_error)}


def evaluate_perfect_match(
    matcher: Matcher, data: Path, name: str = "narrow", *, count: int = 100
) -> dict[str, float]:
    """How warm the map of figures compared with themselves is.

    Returns:
        ``perfect_coldest``: the heat of each figure's coldest bone, the lowest of all figures;
        ``perfect_coldest_5``: its 5% quantile.
    """
    points = load_region_data(name, data, count).points
    coldest = coldest_bones(matcher.network, points)
    return {
        "perfect_coldest": float(coldest.min()),
        "perfect_coldest_5": float(np.quantile(coldest, 0.05)),
    }
