"""Trains the limb network on synthetic drawings, with marks where the pose network found joints.

Most of them should have limb segments of lengths of their own (the mixtures ``uneven``): this network
must not go by what usual limbs look like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from proportion.files import written_whole
from proportion.geometry import apply_transform, compose, similarity
from proportion.pose.boxes import Box, around, square_view
from proportion.pose.checkpoint import save_calibration
from proportion.pose.estimator import FIGURE_MARGIN, PoseEstimator, see
from proportion.pose.limb_network import LimbNetwork, load_limbs, save_limbs
from proportion.pose.limbs import (
    CELLS,
    SIZE,
    channels_of,
    limb_frames,
    limb_view,
    marks_of,
    to_cells,
)
from proportion.pose.movenet import scaled_input
from proportion.pose.network import load_pose
from proportion.skeleton import JOINTS, LIMBS
from proportion.synthesis.dataset import SyntheticDataset, to_train_on
from proportion.training.augment import recolour, redraw
from proportion.training.heatmaps import HIDDEN_WEIGHT, place_loss, spread_loss
from proportion.training.labels import marked
from proportion.training.loop import rows_of_step, train_steps
from proportion.training.pose_calibration import calibrate

_BOX = 0.05  # how far the first pass's box is off, as a share of the figure
_TURN, _RESIZE, _SHIFT = 10.0, 0.09, 0.05  # degrees; log factor; share of the view
_JITTER, _ASTRAY = 0.01, 0.15  # of the figure that marks are off, and share that are off by much more


@dataclass(frozen=True)
class Recipe:
    """What a run does; the same recipe and data give the same weights on the same machine.

    Attributes:
        steps: batches.
        batch: drawings a batch, each with its four limbs.
        rate: the highest learning rate.
        seed: of all randomness.
    """

    steps: int = 12000
    batch: int = 16
    rate: float = 1e-3
    seed: int = 0


def joints_found(drawings: SyntheticDataset, cache: Path, *, seed: int = 0) -> np.ndarray:
    """``(N, 18, 2)`` joints that the shipped network sees in its second pass, NaN where it sees none.

    Args:
        drawings: which it was not trained on.
        cache: file that keeps them.
        seed: of the boxes, which are off as those of a first pass are.
    """
    if cache.exists():
        return np.load(cache)
    estimator, rng = PoseEstimator.load(), np.random.default_rng(seed)
    found = np.full(drawings.points.shape, np.nan, np.float32)
    for row in tqdm(np.flatnonzero(np.isfinite(drawings.points[..., 0]).sum(1) >= 4), unit="drawing"):
        box = around(drawings.points[row])
        off = rng.normal(0, _BOX * max(box.right - box.left, box.bottom - box.top), 4)
        box = Box(*np.array(box) + off).square(FIGURE_MARGIN)
        look = square_view(drawings.pictures[row], box, estimator.calibration.fine_size)
        sight = see(estimator.second, *look)
        found[row] = np.where(sight.here[:, None], sight.points, np.nan)
    with written_whole(cache) as file:
        np.save(file, found)
    return found


@dataclass(frozen=True, eq=False)
class Batch:
    """Views of B limbs: pictures ``(B, 3, 96, 96)`` in [-1, 1], marks ``(B, 9, 48, 48)``, and the true
    cells ``(B, 8, 2)`` with weights ``(B, 8)``, zero for what is not there or of the other kind of limb.
    """

    pictures: Tensor
    marks: Tensor
    cells: Tensor
    weight: Tensor


class LimbSampler:
    """Random views of limbs; a batch depends on the seed and the step alone."""

    def __init__(
        self, datasets: Sequence[SyntheticDataset], found: Sequence[np.ndarray], recipe: Recipe
    ) -> None:
        self.datasets, self.found, self.recipe = datasets, found, recipe
        self.rows = [
            (which, row)
            for which, points in enumerate(found)
            for row in np.flatnonzero(np.isfinite(points[..., 0]).sum(1) >= 6)
        ]

    def batch(self, step: int) -> Batch:
        """The views of a step."""
        rng = np.random.default_rng([self.recipe.seed, step])
        limbs = []
        for index in rows_of_step(self.recipe.seed, step, self.recipe.batch, len(self.rows)):
            which, row = self.rows[index]
            data = self.datasets[which]
            limbs += _limbs(
                data.pictures[row],
                data.points[row].astype(float),
                data.states[row],
                self.found[which][row].astype(float),
                rng,
            )
        pictures, marks, cells, weight = zip(*limbs, strict=True)
        return Batch(
            scaled_input(torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)),
            torch.from_numpy(np.stack(marks)),
            torch.from_numpy(np.stack(cells)).float(),
            torch.from_numpy(np.stack(weight)).float(),
        )


def _limbs(
    picture: np.ndarray,
    points: np.ndarray,
    states: np.ndarray,
    found: np.ndarray,
    rng: np.random.Generator,
) -> list[tuple[np.ndarray, ...]]:
    """Views of a drawing's limbs: picture, marks, true cells and their weights."""
    size = np.ptp(found[np.isfinite(found[:, 0])], axis=0).max()
    off = np.where(rng.random((len(JOINTS), 1)) < _ASTRAY, 5 * _JITTER, _JITTER) * size
    shaken = found + rng.normal(0, 1, found.shape) * off
    frames = np.array([compose(_change(rng), frame) for frame in limb_frames(shaken)])
    views = []
    for limb in np.flatnonzero(np.isfinite(frames[:, 0, 0])):
        frame, joints = frames[limb], list(LIMBS[limb])
        cells = np.zeros((8, 2))
        weight = np.zeros(8)
        channels = channels_of(limb)
        places = to_cells(apply_transform(frame, points[joints]))
        with np.errstate(invalid="ignore"):
            inside = ((places >= 0) & (places <= CELLS - 1)).all(1)
        cells[channels] = np.where(inside[:, None], places, 0)
        weight[channels] = inside * np.where(states[joints] == 1, HIDDEN_WEIGHT, 1.0)
        seen = recolour(redraw(limb_view(picture, frame), rng), rng)
        views.append((seen, marks_of(shaken, frame, limb), cells, weight))
    return views


def _change(rng: np.random.Generator) -> np.ndarray:
    """A random ``(2, 3)`` change of a view: turned, shifted and larger."""
    middle = np.full(2, (SIZE - 1) / 2)
    moved = middle + rng.normal(0, _SHIFT * SIZE, 2)
    back = similarity(translation=-middle)
    return compose(similarity(np.exp(rng.normal(0, _RESIZE)), rng.normal(0, _TURN), moved), back)


def limb_loss(heat: Tensor, spread: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Cross-entropy of the maps, and the likelihood of the decoded places' own errors."""
    place = batch.weight * place_loss(heat, batch.cells)
    likelihood = (batch.weight > 0) * spread_loss(heat, spread, batch.cells)
    total = batch.weight.sum().clamp_min(1.0)
    return {"place": place.sum() / total, "spread": 0.05 * likelihood.sum() / total}


def train_limbs(
    network: LimbNetwork, sampler: LimbSampler, run: Path, recipe: Recipe, save_every: int = 500
) -> LimbNetwork:
    """Train, or go on with the run that the folder holds; returns the averaged weights' network."""
    groups = [{"params": list(network.parameters()), "rate": recipe.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)

    def losses(step: int) -> dict[str, Tensor]:
        batch = sampler.batch(step)
        with torch.autocast("cpu", torch.bfloat16):
            heat, spread = network(
                batch.pictures.contiguous(memory_format=torch.channels_last),
                batch.marks.contiguous(memory_format=torch.channels_last),
            )
        return limb_loss(heat.float(), spread.float(), batch)

    average = train_steps(network, optimiser, run, recipe.steps, losses, clip=1.0, save_every=save_every)
    trained = LimbNetwork()
    trained.load_state_dict(average.tensors)
    return trained.eval()


def train(
    data: Path, out: Path, *, seed: int = 0, recipe: Recipe | None = None, start: Path | None = None
) -> Path:
    """Train on folders of synthetic drawings, calibrate the estimator anew, and write the checkpoint.

    Args:
        data: folder with one or more datasets written by `synthesize`, which the pose network was not
            trained on; the one named ``val`` calibrates.
        out: folder of the run: its state, and in the end ``limbs.safetensors`` and ``pose.json``.
        seed: of all randomness.
        recipe: what to do; the shipped recipe if None.
        start: folder with a ``limbs.safetensors`` to go on from; random weights if None.

    Returns:
        ``out``.
    """
    recipe = replace(recipe or Recipe(), seed=seed)
    torch.manual_seed(seed)
    folders, validation = to_train_on(data)
    datasets = [marked(SyntheticDataset.open(folder)) for folder in folders]
    out.mkdir(parents=True, exist_ok=True)
    found = [
        joints_found(drawings, out / f"found-{folder.name}.npy", seed=seed)
        for folder, drawings in zip(folders, datasets, strict=True)
    ]
    network = load_limbs(start) if start else LimbNetwork()
    trained = train_limbs(network, LimbSampler(datasets, found, recipe), out, recipe)
    save_limbs(trained, out)
    pose_network, last = load_pose()
    sizes = (last.coarse_size, last.fine_size)
    save_calibration(calibrate(pose_network, marked(validation), sizes, trained, seed=seed), out)
    return out
