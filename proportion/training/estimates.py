"""What the shipped pose estimator makes of drawings whose truth is known: its errors as they really are.

An estimator's errors are correlated along a limb, have heavy tails and draw wrong limbs towards usual
lengths, which no simple noise does. So drawings that it was not trained on are estimated, and what comes
out is kept in ``estimates.npz``: the lifter trains on a part of it, `calibrate` sets thresholds by the
rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from proportion.assessment.lifting import figure_size
from proportion.paths import CHECKPOINTS
from proportion.pose.boxes import Box, around
from proportion.pose.checkpoint import LIMBS_FILE, POSE_FILES
from proportion.pose.estimator import NoFigureFound, PoseEstimator
from proportion.skeleton import MIRROR_INDEX, PART_PARTNER, PARTS
from proportion.synthesis.dataset import SyntheticDataset
from proportion.synthesis.generator import MIXTURES
from proportion.training.labels import as_marked

FILE = Path(__file__).with_name("estimates.npz")
_APART = 4
"""Every fourth drawing that is not familiar is kept from training, for calibration."""
_BOX = 0.05  # how far the first pass's box is off, as a share of the figure
_MIRROR_PART = [PARTS.index(PART_PARTNER[part]) for part in PARTS]


@dataclass(frozen=True, eq=False)
class Estimates:
    """N drawn figures, in figure sizes about the mean of their true joints.

    Attributes:
        exact: ``(N, 18, 2)`` true joints as people mark them; NaN where missing.
        points: ``(N, 18, 2)`` as estimated; NaN where the estimator calls them missing.
        sigma: ``(N, 18)`` standard deviations that the estimator tells.
        errors: ``(N, 17)`` log factors of what is drawn wrong.
        judged: ``(N,)`` bool: all else about the figure counts as right (no random style, no half).
        familiar: ``(N,)`` bool: of characters and clips that the estimator was trained on, in other
            drawings of them. Its errors are a little smaller there, so these train only.
    """

    exact: np.ndarray
    points: np.ndarray
    sigma: np.ndarray
    errors: np.ndarray
    judged: np.ndarray
    familiar: np.ndarray

    def __len__(self) -> int:
        return len(self.exact)

    def take(self, rows: np.ndarray) -> Estimates:
        """Only these figures, indices or a mask."""
        return Estimates(*(values[rows] for values in vars(self).values()))

    def mirrored(self) -> Estimates:
        """The same figures seen in a mirror."""
        exact, points = ((p * (-1, 1))[:, MIRROR_INDEX] for p in (self.exact, self.points))
        sigma, errors = self.sigma[:, MIRROR_INDEX], self.errors[:, _MIRROR_PART]
        return replace(self, exact=exact, points=points, sigma=sigma, errors=errors)

    def apart(self, apart: bool) -> Estimates:
        """Those kept for calibration, or the rest; both with their mirror images."""
        kept = ~self.familiar & (np.cumsum(~self.familiar) % _APART == 1)
        chosen = self.take(kept == apart)
        sides = zip(vars(chosen).values(), vars(chosen.mirrored()).values(), strict=True)
        return Estimates(*(np.concatenate(pair) for pair in sides))

    @classmethod
    def load(cls, file: Path = FILE) -> Estimates:
        """Read the kept estimates."""
        with np.load(file) as kept:
            return cls(*(kept[name].astype(bool if kept[name].ndim == 1 else float) for name in _FIELDS))

    def save(self, file: Path = FILE) -> None:
        """Keep them, in half precision, with the hash of the estimator that made them."""
        values = {
            name: value if value.ndim == 1 else value.astype(np.float16)
            for name, value in vars(self).items()
        }
        np.savez_compressed(file, estimator=estimator_hash(), **values)


_FIELDS = tuple(Estimates.__dataclass_fields__)


def estimator_hash(folder: Path = CHECKPOINTS) -> str:
    """SHA-256 of the pose estimator's weights and calibration, the limbs' included."""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob(POSE_FILES)), folder / LIMBS_FILE, folder / "pose.json"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def collect(folders: Sequence[Path], *, most: int | None = None, seed: int = 7) -> Estimates:
    """Estimate drawings that `synthesize` wrote; those in which no figure is found are left out.

    Args:
        folders: of drawings that the estimator was not trained on; those of the split ``train`` count
            as familiar.
        most: drawings of each folder that are used; all if None.
        seed: of the boxes, which are off as those of a first pass are, and of the order.
    """
    estimator, rng = PoseEstimator.load(), np.random.default_rng(seed)
    rows = []
    for folder in folders:
        drawings = SyntheticDataset.open(folder)
        for index in tqdm(range(min(len(drawings), most or len(drawings))), unit="drawing"):
            row = _estimate(estimator, drawings, index, rng)
            if row is not None:
                rows.append(row)
    order = rng.permutation(len(rows))
    return Estimates(*(np.array(column)[order] for column in zip(*rows, strict=True)))


def _estimate(
    estimator: PoseEstimator, drawings: SyntheticDataset, index: int, rng: np.random.Generator
) -> tuple[np.ndarray, ...] | None:
    """One row of `Estimates`, or None where no figure is found."""
    labels = {name: values[index : index + 1] for name, values in drawings.labels.items()}
    true = drawings.skeleton(index).points[None]
    true = as_marked(true, labels["family"], labels["character"])
    size = figure_size(true)[0]
    box = Box(*np.array(around(true[0])) + rng.normal(0, _BOX * size, 4))
    try:
        found = estimator.estimate(drawings.pictures[index], box)
    except NoFigureFound:
        return None
    part, errors = str(labels["part"][0]), np.zeros(len(PARTS))
    if part in PARTS:
        errors[PARTS.index(part)] = np.log(labels["factor"][0])
    mixture = MIXTURES[str(drawings.manifest["mixture"])]
    all_known = mixture.plain == 1.0 and mixture.uneven == 0.0 and (not part or part in PARTS)
    centre = np.nanmean(true[0], axis=0)
    return (
        (true[0] - centre) / size,
        (found.points - centre) / size,
        found.sigma / size,
        errors,
        np.array(all_known),
        np.array(drawings.manifest["split"] == "train"),
    )
