"""Figures for the lifter, made as training goes: posed bodies of many styles, drawn as people do.

A *figure* is a body sampled from a style profile, in a pose of the bank, perhaps with known errors of
proportion, projected by a camera, with joints lost and shaken as by a hand or by the pose estimator;
the estimator's errors are those that it really made on some drawing (`training.estimates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.spatial.transform import Rotation

from proportion.assessment.lifting import figure_size
from proportion.assessment.measures import kind_of_part
from proportion.assessment.profiles import body_unit, load_profiles
from proportion.assessment.report import STYLES
from proportion.skeleton import JOINT_INDEX, LIMBS, MIRROR_INDEX, PARTS
from proportion.synthesis.anime_poses import load_anime_poses
from proportion.synthesis.poses import PoseBank, Split
from proportion.synthesis.posing import PoseSampler, standing
from proportion.synthesis.projections import pose_basis, pose_joints, project, sample_views
from proportion.training.estimates import Estimates

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
_LIMB_PARTS = [
    PARTS.index(p) for p in PARTS if p.endswith(("upper_arm", "forearm", "thigh", "shin", "head"))
]
BY_HAND = 0.35
"""Share of the figures whose joints a person placed."""
_STANDING, _ANYTHING = 0.4, 0.1
_STANDING_POSES = 2500
_BETWEEN = 0.5  # share of bodies that may lie between two neighbouring styles, as anime children do
_PULL = 0.5  # an estimator may draw wrong parts towards usual ones by up to half of their error
_TURN = 0.5  # radians
_LIMBS = [[JOINT_INDEX["head_top"], JOINT_INDEX["chin"]], *map(list, LIMBS)]
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

    Factors are between 0.5 and 0.87 or their inverses, some of them hardly noticeable ones; limbs and
    the head are wrong more often than the other parts.
    """
    errors = np.zeros((count, len(PARTS)))
    size = rng.uniform(0.14, 0.65, count) * rng.choice((-1, 1), count)
    cases = rng.choice(5, count, p=(0.30, 0.50, 0.07, 0.07, 0.06))
    one, other = rng.integers(len(PARTS), size=(2, count))
    one = np.where(rng.random(count) < 0.4, rng.choice(_LIMB_PARTS, count), one)
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
        estimates: the estimator's errors to draw from; the kept ones that training uses if None.
    """

    def __init__(self, data: Path, split: Split, estimates: Estimates | None = None) -> None:
        bank = PoseBank.load(data).split(split)
        upright = set(bank.upright().clips)
        loose, rng = PoseSampler(standing(bank)), np.random.default_rng(0)
        poses = np.array([loose.draw(rng).rotations for _ in range(_STANDING_POSES)])
        quaternions = Rotation.from_matrix(poses.reshape(-1, 3, 3)).as_quat()
        self.basis = np.concatenate(
            [
                pose_basis(bank.rotations),
                pose_basis(quaternions.reshape(*poses.shape[:2], 4)),
            ]
        )
        self.upright = np.flatnonzero([clip in upright for clip in bank.clips])
        self.standing = np.arange(len(bank), len(self.basis))
        estimates = Estimates.load().apart(False) if estimates is None else estimates
        self.shakes = estimates.take(np.isfinite(estimates.exact).all((1, 2)) & ~estimates.familiar)

    def bodies(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Right bodies: ``(count, 17)`` log lengths relative to their units, and styles ``(count,)``."""
        style = rng.choice(len(STYLES), count, p=STYLE_SHARES)
        logs = np.empty((count, len(PARTS)))
        for index, name in enumerate(STYLES):
            rows = style == index
            logs[rows] = load_profiles()[name].sample(rng, int(rows.sum()))
        other = rng.permutation(count)
        between = (rng.random(count) < _BETWEEN) & (np.abs(style - style[other]) == 1)
        share = np.where(between, rng.uniform(0, 0.5, count), 0.0)[:, None]
        logs = (1 - share) * logs + share * logs[other]
        return logs - np.log(body_unit(np.exp(logs)))[:, None], style

    def draw(
        self,
        rng: np.random.Generator,
        bodies: np.ndarray,
        style: np.ndarray,
        errors: np.ndarray,
        *,
        view: View = "mixed",
        crops: float = 0.2,
        by_hand: float = BY_HAND,
    ) -> Figures:
        """Pose, project and draw bodies.

        Args:
            rng: randomness.
            bodies: ``(N, 17)`` log lengths; style: ``(N,)``; errors: ``(N, 17)`` log factors.
            view: which cameras.
            crops: share of busts and half-figures.
            by_hand: share of figures whose joints a person placed; the estimator found the others.
        """
        count = len(bodies)
        placed = rng.random(count) < by_hand
        pull = np.where(placed, 0.0, rng.uniform(0, _PULL, count))
        logs = bodies + errors * (1 - pull[:, None]) + rng.normal(0, ASYMMETRY, bodies.shape)
        pick = rng.choice(self.upright, count)
        if view == "mixed":
            kind = rng.random(count)
            pick = np.where(kind < _STANDING, rng.choice(self.standing, count), pick)
            pick = np.where(kind > 1 - _ANYTHING, rng.integers(len(self.basis), size=count), pick)
        yaw, pitch, roll, perspective = cameras(rng, count, view)
        joints = pose_joints(np.exp(logs), self.basis[pick])
        points = project(joints, yaw, pitch, roll, perspective).astype(float)
        a, b = np.deg2rad(yaw)[:, None], np.deg2rad(pitch)[:, None]
        ahead = np.cos(a) * joints[..., 2] - np.sin(a) * joints[..., 0]
        depth = -(np.cos(b) * ahead + np.sin(b) * joints[..., 1])
        found, sigma = self._estimated(rng, points)
        points = np.where(placed[:, None, None], _placed(rng, points), found)
        sigma = np.where(placed[:, None], np.nan, sigma)
        points = lose_joints(rng, points, crops)
        sigma = np.where(np.isnan(points[..., 0]), np.nan, sigma)
        return Figures(points, sigma, depth, logs, errors, style, bodies)

    def _estimated(self, rng: np.random.Generator, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The figures ``(N, 18, 2)`` as the estimator would find them, and the sigmas it would tell.

        Each limb takes over the errors that the estimator made on a limb of some drawing, larger or
        smaller by a factor and turned a little; a whole figure's could be learnt by heart.
        """
        count = len(points)
        size = figure_size(points)[:, None] * np.exp(rng.normal(0, 0.3, (count, 1)))
        points, sigma = points.copy(), np.empty(points.shape[:2])
        for limb in _LIMBS:
            donor = rng.integers(len(self.shakes), size=count)[:, None]
            shake = (self.shakes.points - self.shakes.exact)[donor, limb]
            angle = rng.normal(0, _TURN, count)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            points[:, limb] += np.einsum("ijn,nkj->nki", turn, shake) * size[..., None]
            sigma[:, limb] = self.shakes.sigma[donor, limb] * size
        return points, sigma * told_anew(rng, sigma.shape)

    def sample(self, rng: np.random.Generator, count: int, **drawing: object) -> Figures:
        """Random bodies with random errors, drawn."""
        bodies, style = self.bodies(rng, count)
        return self.draw(rng, bodies, style, random_errors(rng, count), **drawing)


def _placed(rng: np.random.Generator, points: np.ndarray) -> np.ndarray:
    """``(N, 18, 2)`` joints as a person places them, off by a share of the figure's size."""
    level = rng.uniform(0.002, 0.012, len(points))
    shake = rng.standard_t(6, points.shape) * np.sqrt(4 / 6)
    return points + shake * (level * figure_size(points))[:, None, None]


def told_anew(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """``(N, 18)`` factors by which an estimator might have told its sigmas otherwise."""
    return np.exp(rng.normal(0, 0.2, (shape[0], 1)) + rng.normal(0, 0.2, shape))


def lose_joints(rng: np.random.Generator, points: np.ndarray, crops: float) -> np.ndarray:
    """Leave out joints of ``(N, 18, 2)`` figures.

    Args:
        rng: randomness.
        points: joints, NaN where missing already.
        crops: share of figures cut at toes, ankles, knees or hips; of the others such a share lacks
            single joints, and half as many lack what the published annotations lack.
    """
    points, count = points.copy(), len(points)
    cut = rng.random(count) < crops
    for row in np.flatnonzero(cut):
        points[row, _LOWER[rng.integers(len(_LOWER))]] = np.nan
    lacking = np.where(cut, np.nan, rng.random(count))
    points[np.ix_(np.flatnonzero(lacking < crops / 2), _UNMARKED)] = np.nan
    some = (lacking > 1 - crops)[:, None] & (rng.random((count, len(JOINT_INDEX))) < 0.1)
    points[some] = np.nan
    return points


def published(data: Path, *, apart: bool) -> np.ndarray:
    """``(N, 18, 2)`` published training figures, mirrored ones too: those kept apart, or the rest."""
    points = load_anime_poses(data, "train").points
    points = points[-APART:] if apart else points[:-APART]
    return np.concatenate([points, (points * (-1, 1))[:, MIRROR_INDEX]])
