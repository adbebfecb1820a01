"""The figures that region localisation is measured on: originals, pools of standards, and references.

Data sets: ``narrow`` and ``wide`` are projections of the poses of test clips (yaw within 60 degrees,
joint noise 1% of the figure's height); ``anime`` are the val drawings of AnimeDrawings with its train
drawings as further standards; ``paper`` are the test originals of what stands in
for the paper's 417 (`training.paper_samples`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proportion.synthesis.anime_poses import load_anime_poses
from proportion.synthesis.poses import PoseBank
from proportion.training.pairs import figure_height, make_originals, nearest_by_angle
from proportion.training.paper_samples import paper_originals

DATA_SETS: tuple[str, ...] = ("narrow", "wide", "paper", "anime")
REFERENCES: tuple[str, ...] = ("own", "retrieved", "random_same_pose", "none", "shuffled")
NOISE = 0.01
_SEED = 20240
_POOL = 8000
_SAME_POSE = 30
"""A random one of so many nearest poses stands for "another standard of the same pose"."""


@dataclass(frozen=True)
class RegionData:
    """Originals to distort and the pool that references come from.

    Attributes:
        points: ``(N, 18, 2)`` originals.
        pool: ``(M, 18, 2)`` standards; the first N are the originals themselves.
    """

    points: np.ndarray
    pool: np.ndarray

    def noisy(self, points: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Learners with joint noise of 1% of their undistorted height (``rows``: their originals)."""
        level = NOISE * figure_height(self.points[rows])
        return points + rng.normal(0, 1, points.shape) * level[:, None, None]

    def reference(
        self, kind: str, learner: np.ndarray, rows: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """``(K, 18, 2)`` standards for learners made of the originals ``rows``.

        ``retrieved`` and ``random_same_pose`` search by the learner's own, distorted and noisy, bone
        angles and never find its original; ``none`` is all missing; ``shuffled`` is any other.
        """
        if kind == "own":
            return self.points[rows]
        if kind == "none":
            return np.full_like(learner, np.nan)
        if kind == "shuffled":
            return self.pool[(rows + rng.integers(1, len(self.pool), len(rows))) % len(self.pool)]
        near = nearest_by_angle(learner, self.pool, _SAME_POSE + 1, skip_self=False)
        others = np.array([row[row != own][:_SAME_POSE] for row, own in zip(near, rows, strict=True)])
        pick = 0 if kind == "retrieved" else rng.integers(_SAME_POSE, size=len(rows))
        return self.pool[others[np.arange(len(rows)), pick]]


def load_region_data(name: str, data: Path, count: int) -> RegionData:
    """Originals of a data set, at most ``count``, the same for the same arguments."""
    rng = np.random.default_rng(_SEED)
    if name in ("narrow", "wide"):
        bank = PoseBank.load(data).upright().split("test")
        pool = make_originals(rng, bank, name, _POOL)
        return RegionData(pool[:count], pool)
    if name == "paper":
        originals = paper_originals(data)
        pool = np.concatenate([originals[split] for split in ("test", "val", "train")])
        return RegionData(originals["test"][:count], pool)
    val, train = (load_anime_poses(data, split).points for split in ("val", "train"))
    return RegionData(val[:count], np.concatenate([val, train]))
