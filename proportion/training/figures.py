"""Figures for the lifter, made as training goes: posed bodies of many styles, drawn as people do.

A *figure* is a body sampled from a style profile, in a pose of the bank, perhaps with known errors of
proportion, projected by a camera, with joints lost and joint noise as of a hand or an estimator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from proportion.assessment.measures import kind_of_part
from proportion.assessment.profiles import load_profiles
from proportion.assessment.report import STYLES
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX, PARTS
from proportion.synthesis.anime_poses import load_anime_poses
from proportion.synthesis.poses import PoseBank, Split
from proportion.synthesis.projections import pose_basis, pose_joints, project, sample_views

View = Literal["mixed", "front", "all"]

STYLE_SHARES = (0.38, 0.40, 0.22)
ASYMMETRY = 0.012
"""Standard deviation of log lengths between sides and drawings of a figure that counts as right."""
SHEET_DRAWINGS = 3
APART = 300
"""Published training figures that no training sees, for calibration."""

_GROUPS = {
    "arm": ("upper_arm", "forearm", "hand"),
    "leg": ("thigh", "shin", "foot"),
    "arm bones": ("upper_arm", "forearm"),
    "leg bones": ("thigh", "shin"),
}
_JOINT_NOISE = np.array(
    [1.0, 0.8, *(2 * (0.8, 1.2, 1.4, 1.8)), *(2 * (1.0, 1.1, 1.1, 1.4))]
)  # an estimator's error grows outwards along a limb
_UNMARKED = [JOINT_INDEX[j] for j in ("head_top", "chin", "left_hand", "right_hand")]
_LOWER = [
    [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in joints]
    for joints in (("toe",), ("ankle", "toe"), ("knee", "ankle", "toe"), ("hip", "knee", "ankle", "toe"))
]


@dataclass(frozen=True, eq=False)
class Figures:
    """N figures with their truth.

    Attributes:
        points: ``(N, 18, 2)`` as drawn, NaN where missing.
        sigma: ``(N, 18)`` uncertainty told, NaN where a person placed the joint.
        depth: ``(N, 18)`` away from the viewer in the unit of ``points``.
        log_lengths: ``(N, 17)`` true, with errors, relative to the unit of the right body.
        errors: ``(N, 17)`` log factor of each part's error, 0 where right.
        style: ``(N,)`` index into `STYLES`.
        body: ``(N, 17)`` log lengths of the right body.
    """

    points: np.ndarray
    sigma: np.ndarray
    depth: np.ndarray
    log_lengths: np.ndarray
    errors: np.ndarray
    style: np.ndarray
    body: np.ndarray


def random_errors(rng: np.random.Generator, count: int) -> np.ndarray:
    """``(count, 17)`` log factors: 30% right figures, else one part, both sides of one, a limb, or two.

    Factors are between 0.5 and 0.87 or their inverses, some of them hardly noticeable ones.
    """
    errors = np.zeros((count, len(PARTS)))
    size = rng.uniform(0.14, 0.65, count) * rng.choice((-1, 1), count)
    cases = rng.choice(5, count, p=(0.30, 0.45, 0.09, 0.08, 0.08))
    one, other = rng.integers(len(PARTS), size=(2, count))
    groups = list(_GROUPS.values())
    for row in np.flatnonzero(cases):
        part = PARTS[one[row]]
        if cases[row] == 1:
            errors[row, one[row]] = size[row]
        elif cases[row] == 2:
            errors[row, [kind_of_part(p) == kind_of_part(part) for p in PARTS]] = size[row]
        elif cases[row] == 3:
            kinds = groups[rng.integers(len(groups))]
            sides = (("left_",), ("right_",), ("left_", "right_"))[rng.integers(3)]
            errors[row, [p.startswith(sides) and kind_of_part(p) in kinds for p in PARTS]] = size[row]
        else:
            errors[row, one[row]] = size[row]
            errors[row, other[row]] = rng.uniform(0.14, 0.65) * rng.choice((-1, 1))
    return errors


def cameras(rng: np.random.Generator, count: int, view: View) -> tuple[np.ndarray, ...]:
    """Yaw, pitch, roll in degrees and perspective of random cameras.

    ``front`` is within 60 degrees of the front, ``all`` is from everywhere, ``mixed`` is three of
    five from the front.
    """
    near = sample_views(rng, count)
    far = (
        rng.uniform(-180, 180, count),
        np.clip(rng.normal(5, 18, count), -45, 60),
        rng.normal(0, 6, count),
        rng.uniform(0, 0.45, count),
    )
    wide = rng.random(count) < {"front": 0.0, "mixed": 0.4, "all": 1.0}[view]
    return tuple(np.where(wide, b, a) for a, b in zip(near, far, strict=True))


class FigureSampler:
    """Draws figures from the pose bank's clips of one split.

    Args:
        data: the data pack.
        split: whose clips.
    """

    def __init__(self, data: Path, split: Split) -> None:
        bank = PoseBank.load(data).split(split)
        upright = set(bank.upright().clips)
        self.basis = pose_basis(bank.rotations)
        self.upright = np.flatnonzero([clip in upright for clip in bank.clips])

    def bodies(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Right bodies: ``(count, 17)`` log lengths relative to their units, and styles ``(count,)``."""
        style = rng.choice(len(STYLES), count, p=STYLE_SHARES)
        logs = np.empty((count, len(PARTS)))
        for index, name in enumerate(STYLES):
            rows = style == index
            logs[rows] = load_profiles()[name].sample(rng, int(rows.sum()))
        return logs, style

    def draw(
        self,
        rng: np.random.Generator,
        bodies: np.ndarray,
        style: np.ndarray,
        errors: np.ndarray,
        *,
        view: View = "mixed",
        crops: float = 0.2,
        noise: float | None = None,
    ) -> Figures:
        """Pose, project and draw bodies.

        Args:
            rng: randomness.
            bodies: ``(N, 17)`` log lengths; style: ``(N,)``; errors: ``(N, 17)`` log factors.
            view: which cameras.
            crops: share of busts and half-figures.
            noise: joint noise as a share of the figure's size; random, hands among estimators, if None.
        """
        count = len(bodies)
        logs = bodies + errors + rng.normal(0, ASYMMETRY, bodies.shape)
        pick = rng.choice(self.upright, count)
        anything = rng.random(count) < (0.1 if view == "mixed" else 0.0)
        pick[anything] = rng.integers(len(self.basis), size=int(anything.sum()))
        yaw, pitch, roll, perspective = cameras(rng, count, view)
        joints = pose_joints(np.exp(logs), self.basis[pick])
        points = project(joints, yaw, pitch, roll, perspective).astype(float)
        a, b = np.deg2rad(yaw)[:, None], np.deg2rad(pitch)[:, None]
        ahead = np.cos(a) * joints[..., 2] - np.sin(a) * joints[..., 0]
        depth = -(np.cos(b) * ahead + np.sin(b) * joints[..., 1])
        points, sigma = draw_joints(rng, points, crops=crops, noise=noise)
        return Figures(points, sigma, depth, logs, errors, style, bodies)

    def sample(self, rng: np.random.Generator, count: int, **drawing: object) -> Figures:
        """Random bodies with random errors, drawn."""
        bodies, style = self.bodies(rng, count)
        return self.draw(rng, bodies, style, random_errors(rng, count), **drawing)


def draw_joints(
    rng: np.random.Generator, points: np.ndarray, *, crops: float, noise: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Lose joints and shake the others as hands and estimators do.

    Args:
        rng: randomness.
        points: ``(N, 18, 2)`` exact joints.
        crops: share of figures cut at toes, ankles, knees or hips; of the others such a share lacks
            single joints, and half as many lack what the published annotations lack.
        noise: see `FigureSampler.draw`.

    Returns:
        points ``(N, 18, 2)`` and the sigmas told ``(N, 18)``.
    """
    count = len(points)
    points = points.copy()
    size = np.sqrt(((points - points.mean(1, keepdims=True)) ** 2).sum(-1).mean(1))
    by_hand = rng.random(count) < 0.35
    level = np.where(by_hand, rng.uniform(0.002, 0.012, count), np.exp(rng.uniform(-4.6, -2.9, count)))
    level = np.full(count, noise) if noise is not None else level
    spread = level[:, None] * np.where(by_hand[:, None], 1.0, _JOINT_NOISE)
    spread = spread * size[:, None]
    spread *= np.where(by_hand[:, None], 1.0, np.exp(rng.normal(0, 0.4, spread.shape)))
    shake = rng.standard_t(6, points.shape) * np.sqrt(4 / 6)
    points += shake * spread[..., None]
    sigma = spread * np.exp(rng.normal(0, 0.25, spread.shape))
    sigma[by_hand] = np.nan
    cut = rng.random(count) < crops
    for row in np.flatnonzero(cut):
        points[row, _LOWER[rng.integers(len(_LOWER))]] = np.nan
    lacking = np.where(cut, 0.5, rng.random(count))
    points[np.ix_(np.flatnonzero(lacking < crops / 2), _UNMARKED)] = np.nan
    some = (lacking > 1 - crops)[:, None] & (rng.random((count, len(JOINT_INDEX))) < 0.1)
    points[some] = np.nan
    sigma[np.isnan(points[..., 0])] = np.nan
    return points, sigma


def published(data: Path, *, apart: bool) -> np.ndarray:
    """``(N, 18, 2)`` published training figures, mirrored ones too: those kept apart, or the rest."""
    points = load_anime_poses(data, "train").points
    points = points[-APART:] if apart else points[:-APART]
    return np.concatenate([points, (points * (-1, 1))[:, MIRROR_INDEX]])
