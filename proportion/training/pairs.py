"""Pairs of learner and standard for the matcher, made as training goes: nothing is stored.

An *original* is a well-proportioned figure. A learner is an original with known errors of proportion and
the joint noise of an estimator; its standard is the original itself (``own``), another original in a
similar pose (``retrieved``), or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from proportion.geometry import apply_transform, compose, invert, segment_angles
from proportion.matching.rendering import placing_frame
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX, PARTS
from proportion.synthesis.anime_poses import load_anime_poses
from proportion.synthesis.distortions2d import BEND, HALVES, bend, changed_parts, distort
from proportion.synthesis.poses import PoseBank, Split
from proportion.synthesis.projections import (
    PLANS,
    pose_basis,
    pose_joints,
    project,
    sample_lengths,
    sample_views,
)

Stage = tuple[float, float | None, str]
STYLES: dict[str, Stage] = {
    "narrow": (0.05, None, "realistic"),
    "broad": (0.12, 0.15, "realistic"),
    "anime_plan": (0.08, 0.12, "anime"),
    "chibi": (0.10, 0.20, "chibi"),
    "wide": (0.12, 0.35, "realistic"),
}
"""Spread of log limb lengths and of the head, and the plan they spread around."""


def figure_height(points: np.ndarray) -> np.ndarray:
    """``(...)`` extent of ``(..., 18, 2)`` joints: the larger side of their bounding box."""
    return np.max(np.nanmax(points, axis=-2) - np.nanmin(points, axis=-2), axis=-1)


def make_originals(rng: np.random.Generator, bank: PoseBank, style: str, count: int) -> np.ndarray:
    """``(count, 18, 2)`` float64 projections of posed bodies of a style, yaw within 60 degrees."""
    limb_sd, head_sd, plan = STYLES[style]
    basis = pose_basis(bank.rotations)
    lengths = sample_lengths(rng, count, limb_sd=limb_sd, head_sd=head_sd, centre=PLANS[plan])
    joints = pose_joints(lengths, basis[rng.integers(len(bank), size=count)])
    return project(joints, *sample_views(rng, count)).astype(float)


def nearest_by_angle(
    queries: np.ndarray, pool: np.ndarray, count: int, *, skip_self: bool
) -> np.ndarray:
    """Pool figures with the most similar bone directions, blind to lengths.

    Args:
        queries: ``(N, 18, 2)``; pool: ``(M, 18, 2)``; bones missing in a query do not count.
        count: neighbours wanted.
        skip_self: query i is pool figure i and must not find itself.

    Returns:
        ``(N, count)`` indices into the pool, nearest first.
    """
    found = np.empty((len(queries), count), int)
    wide = _directions(pool)
    for start in range(0, len(queries), 2048):
        rows = slice(start, start + 2048)
        likeness = _directions(queries[rows]) @ wide.T
        if skip_self:
            block = np.arange(start, min(start + 2048, len(queries)))
            likeness[block - start, block] = -np.inf
        best = np.argpartition(-likeness, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(likeness, best, 1), axis=1)
        found[rows] = np.take_along_axis(best, order, 1)
    return found


def _directions(points: np.ndarray) -> np.ndarray:
    angles = np.deg2rad(segment_angles(points)).astype(np.float32)
    known = np.isfinite(angles)
    angles = np.where(known, angles, 0)
    return np.concatenate([np.cos(angles) * known, np.sin(angles) * known], axis=1)


@dataclass(frozen=True)
class Originals:
    """Well-proportioned figures of one style with their neighbours by pose.

    Attributes:
        points: ``(N, 18, 2)``.
        neighbours: ``(N, K)`` other originals, nearest in pose first.
    """

    points: np.ndarray
    neighbours: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, points: np.ndarray, neighbours: int = 6) -> Originals:
        """Find each figure's neighbours among the others."""
        return cls(points, nearest_by_angle(points, points, neighbours, skip_self=True))


def training_originals(
    data: Path, seed: int, count: int, split: Split = "train"
) -> dict[str, Originals]:
    """Originals of every style: ``count`` of each synthetic one, the anime drawings also mirrored."""
    rng = np.random.default_rng(seed)
    bank = PoseBank.load(data).upright().split(split)
    found = {style: Originals.of(make_originals(rng, bank, style, count)) for style in STYLES}
    anime = load_anime_poses(data, "train" if split == "train" else "val").points
    mirrored = (anime * (-1, 1))[:, MIRROR_INDEX]
    found["anime"] = Originals.of(np.concatenate([anime, mirrored]))
    return found


SHARES = {"narrow": 0.22, "broad": 0.26, "anime_plan": 0.10, "chibi": 0.08, "anime": 0.34}
"""How often a pair is of a style. Not `wide`, which is for measuring: where heads vary by 35% one of any
size looks right, and the map of a drawing with a head half too large stayed warm."""


class Pairs(NamedTuple):
    """A batch of pairs.

    Attributes:
        learner: ``(N, 18, 2)`` joints in the learner's frame.
        standard: ``(N, 18, 2)`` joints in the upright frame; all NaN for no reference.
        matrix: ``(N, 2, 3)`` the undistorted learner's upright frame -> the learner's frame.
        changed: ``(N, 17)`` 1 distorted, 0 not, NaN undecided.
    """

    learner: np.ndarray
    standard: np.ndarray
    matrix: np.ndarray
    changed: np.ndarray


_ESTIMATED = 0.2
"""Share of learners with joints as the pose estimator finds them; the rest as people place them."""
_TARGETS = (*PARTS, *HALVES, BEND)
_TARGET_WEIGHTS = np.array([1.0] * len(PARTS) + [4.0] * len(HALVES) + [1.0])


def distort_some(
    rng: np.random.Generator, points: np.ndarray, chance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Change one part, half or bend of a share of the figures, by a random factor.

    Returns:
        ``(N, 18, 2)`` figures and ``(N, 17)`` what was changed (see `changed_parts`).
    """
    count = len(points)
    size = np.exp(rng.uniform(np.log(1.15), np.log(1.9), count))
    factor = np.where(rng.random(count) < 0.5, size, 1 / size)
    target = rng.choice(len(_TARGETS), count, p=_TARGET_WEIGHTS / _TARGET_WEIGHTS.sum())
    target[rng.random(count) >= chance] = -1
    distorted, changed = points.copy(), np.zeros((count, len(PARTS)))
    for index in np.unique(target[target >= 0]):
        rows, name = np.flatnonzero(target == index), _TARGETS[index]
        if name == BEND:
            turn = rng.uniform(15, 60, len(rows)) * rng.choice([-1, 1], len(rows))
            distorted[rows] = bend(points[rows], turn)
        else:
            distorted[rows] = distort(points[rows], name, factor[rows])
        changed[rows] = changed_parts(name)
    return distorted, changed


def random_placement(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """``(N, 2, 3)`` similarities of the frame: strong ones in a share, else a slight turn."""
    strong = rng.random(count) < share
    angle = np.deg2rad(np.where(strong, rng.uniform(-35, 35, count), rng.normal(0, 5, count)))
    scale = np.where(strong, rng.uniform(0.75, 1.28, count), 1.0)
    shift = np.where(strong[:, None], rng.uniform(-0.42, 0.42, (count, 2)), 0.0)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return np.stack([np.stack([cos, -sin, shift[:, 0]], -1), np.stack([sin, cos, shift[:, 1]], -1)], 1)


def _drop_joints(rng: np.random.Generator, points: np.ndarray) -> None:
    """What drawings lack: hands, feet, legs below the knee or hip, a head, an arm, single joints."""
    sides = ("left", "right")
    groups = [[f"{s}_hand" for s in sides], [f"{s}_toe" for s in sides], ["head_top"]]
    groups += [["head_top", "chin", *groups[0]]]
    groups += [[f"{s}_{j}" for s in sides for j in ("ankle", "toe")]]
    groups += [[f"{s}_{j}" for s in sides for j in ("knee", "ankle", "toe")]]
    groups += [[f"{s}_{j}" for j in ("elbow", "wrist", "hand")] for s in sides]
    groups += [[f"{s}_{j}" for j in ("wrist", "hand")] for s in sides]
    for row in np.flatnonzero(rng.random(len(points)) < 0.22):
        names = groups[rng.integers(len(groups))]
        points[row, [JOINT_INDEX[name] for name in names]] = np.nan


class PairSampler:
    """Draws training batches.

    Args:
        originals: of every style in `SHARES`.
    """

    def __init__(self, originals: dict[str, Originals]) -> None:
        self.originals = originals

    def draw(self, rng: np.random.Generator, count: int, *, strong_placement: float = 0.5) -> Pairs:
        """A batch of pairs (see `Pairs`)."""
        shares = np.array(list(SHARES.values()))
        styles = rng.multinomial(count, shares / shares.sum())
        truth, standard = [], []
        for (_, bank), size in zip(
            ((name, self.originals[name]) for name in SHARES), styles, strict=True
        ):
            index = rng.integers(len(bank.points), size=size)
            nth = np.minimum(rng.geometric(0.5, size) - 1, bank.neighbours.shape[1] - 1)
            own = rng.random(size) < 0.3
            truth.append(bank.points[index])
            standard.append(bank.points[np.where(own, index, bank.neighbours[index, nth])])
        truth, standard = np.concatenate(truth), np.concatenate(standard)
        learner, changed = distort_some(rng, truth, 0.75)
        again, also = distort_some(rng, learner, 0.12)
        learner, changed = again, np.maximum(changed, also)
        height = figure_height(truth)
        placed = _add_noise(rng, learner, height, 0.016, 0.15)
        estimated = rng.random(count) < _ESTIMATED
        learner = np.where(estimated[:, None, None], as_estimated(rng, learner, height), placed)
        standard = _add_noise(rng, standard, figure_height(standard), 0.008, 0.6)
        _drop_joints(rng, learner)
        return _place(rng, truth, learner, standard, changed, strong_placement)


def _place(rng, truth, learner, standard, changed, strong_placement) -> Pairs:
    gone = np.isnan(learner) | np.isnan(standard)
    truth, learner, standard = (np.where(gone, np.nan, p) for p in (truth, learner, standard))
    rough = placing_frame(learner, upright=False)
    rough = compose(random_placement(rng, len(truth), strong_placement), rough)
    upright = placing_frame(truth, upright=True)
    matrix = compose(rough, invert(upright))
    standard = apply_transform(placing_frame(standard, upright=True), standard)
    standard[rng.random(len(standard)) < 0.08] = np.nan
    return Pairs(apply_transform(rough, learner), standard, matrix, changed)


def _add_noise(
    rng: np.random.Generator, points: np.ndarray, height: np.ndarray, most: float, clean: float
) -> np.ndarray:
    """Joint noise of up to ``most`` figure heights; none in a share ``clean`` of the figures."""
    level = rng.uniform(0, most, len(points)) * (rng.random(len(points)) >= clean) * height
    return points + rng.normal(0, 1, points.shape) * level[:, None, None]


def as_estimated(rng: np.random.Generator, points: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Joint errors as those of the estimator (see `training.estimates`), whose tails are heavy.

    Student's t with two degrees of freedom and a scale of .72% of the figure's height has their
    quantiles: half within 1.0%, three quarters within 1.8%.
    """
    tail = np.sqrt(rng.exponential(size=(*points.shape[:2], 1)).clip(0.02))
    return points + 0.0072 * rng.normal(0, 1, points.shape) * height[:, None, None] / tail
