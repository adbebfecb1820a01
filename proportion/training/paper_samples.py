"""The paper's data, as far as it can be had: originals in three poses and their variants.

Its 417 originals are not published. The drawings of AnimeDrawings nearest to its three poses stand in,
as many of each as it had. Where the paper contradicts itself, the choice made here is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from proportion.geometry import align_torso_axis, apply_transform, segment_angles, similarity
from proportion.matching.rendering import placing_frame
from proportion.skeleton import PARTS
from proportion.synthesis.anime_poses import load_anime_poses
from proportion.synthesis.distortions2d import HALVES, bend, distort, swirl

CLUSTERS = {"open_arms": 156, "hands_on_hips": 141, "kneeling": 120}
BENDS = (15.0, 30.0, 45.0, 60.0)
_SPLIT = (0.7, 0.1, 0.2)
_SEED = 417
_PICTURE = 512
"""Side of the paper's pictures in pixels, which it does not state; its shifts are 60-90 of them."""
_TORSO = 0.3
"""Length of the torso in the frame after deterministic alignment."""


class Samples(NamedTuple):
    """Pairs to train on: ``(N, 18, 2)`` learner and standard in the frame, ``(N,)`` +1 same, -1 not."""

    learner: np.ndarray
    standard: np.ndarray
    label: np.ndarray


def pose_clusters(points: np.ndarray) -> dict[str, np.ndarray]:
    """Indices of the drawings nearest to the paper's three poses, as many as it had of each.

    Each pose is a prototype of bone directions (degrees, 0 right, 90 down, seen from the front).
    """
    legs = {"thigh": (88, 92), "shin": (88, 92)}
    poses = {
        "open_arms": {"upper_arm": (35, 145), "forearm": (35, 145)} | legs,
        "hands_on_hips": {"upper_arm": (55, 125), "forearm": (140, 40)} | legs,
        "kneeling": {
            "upper_arm": (80, 100),
            "forearm": (100, 80),
            "thigh": (60, 120),
            "shin": (100, 80),
        },
    }
    taken = np.zeros(len(points), bool)
    found = {}
    for name, size in CLUSTERS.items():
        likeness = _likeness(points, poses[name])
        likeness[taken] = -np.inf
        found[name] = np.argsort(-likeness)[:size]
        taken[found[name]] = True
    return found


def _likeness(points: np.ndarray, prototype: dict[str, tuple[int, int]]) -> np.ndarray:
    angles = np.deg2rad(segment_angles(points))
    likeness = np.zeros(len(points))
    for part, both in prototype.items():
        for side, degrees in zip(("left", "right"), both, strict=True):
            likeness += np.cos(angles[:, PARTS.index(f"{side}_{part}")] - np.deg2rad(degrees))
    return np.nan_to_num(likeness, nan=-np.inf)


def paper_originals(data: Path) -> dict[str, np.ndarray]:
    """Joints ``(N, 18, 2)`` of the originals by split, 7 : 1 : 2, no original in two of them."""
    everything = np.concatenate([load_anime_poses(data, split).points for split in ("val", "train")])
    chosen = np.concatenate(list(pose_clusters(everything).values()))
    np.random.default_rng(_SEED).shuffle(chosen)
    ends = np.round(np.cumsum(_SPLIT) * len(chosen)).astype(int)[:-1]
    parts = np.split(everything[chosen], ends)
    return dict(zip(("train", "val", "test"), parts, strict=True))


def aligned_by_torso(points: np.ndarray) -> np.ndarray:
    """Deterministic alignment: torso axis upright, of one length, pelvis below the centre."""
    placing = similarity(_TORSO, 0.0, (0.0, _TORSO / 2))
    return apply_transform(placing, apply_transform(align_torso_axis(points), points))


def build_samples(
    originals: np.ndarray, rng: np.random.Generator, *, deterministic: bool, bends: bool
) -> Samples:
    """The originals with the paper's variants.

    18 samples an original: itself; 8 that keep proportions (scaled down, up; turned both ways; shifted
    four ways at 80%); 9 that do not (each half smaller and larger, as `synthesis.distortions2d` changes
    them, and the swirl). Four bends make 22, the number that the paper's shares imply. Deterministic
    alignment undoes the 8, so it uses 10 or 14.
    """
    base = apply_transform(placing_frame(originals, upright=False), originals)
    count = len(base)
    changed = [
        distort(base, half, rng.uniform(low, high, count))
        for half in HALVES
        for low, high in ((0.5, 0.8), (1.2, 1.5))
    ]
    middle = np.nanmean(base, axis=1, keepdims=True)
    reach = np.nanmax(np.linalg.norm(base - middle, axis=-1), axis=1)
    changed.append(swirl(base, rng.uniform(-30, 30, count), reach))
    changed += [bend(base, degrees * rng.choice((-1.0, 1.0), count)) for degrees in BENDS if bends]
    same = [base, *([] if deterministic else _moved(base, rng))]
    learner = np.concatenate(same + changed)
    standard = np.concatenate([base] * (len(same) + len(changed)))
    if deterministic:
        learner, standard = aligned_by_torso(learner), aligned_by_torso(standard)
    label = np.repeat([1.0, -1.0], [len(same) * count, len(changed) * count])
    return Samples(learner, standard, label)


def _moved(base: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """The eight variants that keep proportions."""

    def move(scale: float, degrees: float, shift: np.ndarray) -> np.ndarray:
        each = [similarity(s, d, t) for s, d, t in zip(scale, degrees, shift, strict=True)]
        return apply_transform(np.stack(each), base)

    count = len(base)
    still, one, straight = np.zeros((count, 2)), np.ones(count), np.zeros(count)
    found = [move(rng.uniform(*limits, count), straight, still) for limits in ((0.8, 1.0), (1.0, 1.2))]
    found += [move(one, sign * rng.uniform(0, 30, count), still) for sign in (1, -1)]
    for direction in ((0, -1), (0, 1), (-1, 0), (1, 0)):
        pixels = rng.uniform(60, 90, count)
        found.append(move(0.8 * one, straight, pixels[:, None] * 2 / _PICTURE * np.array(direction)))
    return found
