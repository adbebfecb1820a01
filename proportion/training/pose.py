"""Trains the pose network on synthetic drawings, starting from MoveNet Thunder's weights.

The heatmaps learn by cross-entropy against a small Gaussian around the joint, the spread by the
likelihood of the decoded place's own error, states and figure by cross-entropy. The trunk's first blocks
keep MoveNet's weights: they know lines and edges already, and the gradient there is what costs most.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from proportion.files import written_whole
from proportion.pose.checkpoint import LIMBS_FILE
from proportion.pose.decoding import decode, to_cells
from proportion.pose.limb_network import load_limbs
from proportion.pose.movenet import scaled_input
from proportion.pose.network import PoseMaps, PoseNetwork, load_pose, save_pose
from proportion.skeleton import JOINTS, STATES
from proportion.synthesis.dataset import SyntheticDataset, to_train_on
from proportion.training.augment import MISSING, view, without_figure
from proportion.training.heatmaps import HIDDEN_WEIGHT, place_loss, spread_loss
from proportion.training.labels import marked
from proportion.training.loop import AveragedWeights, rows_of_step, train_steps
from proportion.training.movenet import KEYPOINTS, MoveNet, load_movenet
from proportion.training.pose_calibration import calibrate

_HARD = ("elbow", "wrist", "hand", "knee", "ankle", "toe")
JOINT_WEIGHTS = torch.tensor([2.0 if name.split("_")[-1] in _HARD else 1.0 for name in JOINTS])
_START = {"head_top": "left_eye", "chin": "nose"} | {
    f"{side}_{ours}": f"{side}_{theirs}"
    for side in ("left", "right")
    for ours, theirs in (("hand", "wrist"), ("toe", "ankle"))
}


@dataclass(frozen=True)
class Recipe:
    """What a run does; the same recipe and data give the same weights on the same machine.

    Attributes:
        steps: batches.
        batch: views a batch.
        sizes: sides of the views in pixels; each batch has one of them, chosen at random.
        small_until: share of the run whose views all have the smallest of the sizes: almost twice
            as many are seen in the same time, and the fine ones matter at the end.
        rate: learning rate of the heads; the pyramid takes half of it and the trunk a quarter or less.
        frozen: trunk blocks that keep the weights they start with.
        empty: share of views without a figure.
        last: how many of the last saved averages the result is the mean of.
        seed: of all randomness.
    """

    steps: int
    batch: int = 32
    sizes: tuple[int, ...] = (192,)
    small_until: float = 0.0
    rate: float = 1e-3
    frozen: int = 3
    empty: float = 0.08
    last: int = 3
    seed: int = 0


SHIPPED = Recipe(steps=6000, sizes=(192, 256, 256), small_until=0.3)
MOVENET_FILE = "movenet-thunder.json"


def start_from_movenet(network: PoseNetwork, movenet: MoveNet) -> None:
    """Take over the backbone and the heatmap head; new joints start from their nearest keypoint."""
    network.backbone.load_state_dict(movenet.backbone.state_dict())
    theirs = movenet.heads["kpt_heatmap"]
    network.heat[0].load_state_dict(theirs[0].state_dict())
    rows = [KEYPOINTS.index(_START.get(name, name)) for name in JOINTS]
    network.heat[1].weight.data.copy_(theirs[1].weight.data[rows])
    network.heat[1].bias.data.copy_(theirs[1].bias.data[rows])


@dataclass(frozen=True)
class Batch:
    """Views with their truth: uint8 pictures ``(B, 3, S, S)``, points ``(B, 18, 2)`` in view pixels
    (NaN where missing), states ``(B, 18)`` int64 and figure ``(B,)`` 1 where there is one.
    """

    pictures: Tensor
    points: Tensor
    states: Tensor
    figure: Tensor


class ViewSampler:
    """Random views of several datasets; a batch depends on the seed and the step alone."""

    def __init__(self, datasets: Sequence[SyntheticDataset], recipe: Recipe) -> None:
        self.datasets, self.recipe = datasets, recipe
        self.usable = [
            np.flatnonzero(np.isfinite(data.labels["points"][..., 0]).sum(1) >= 4) for data in datasets
        ]
        self.ends = np.cumsum([len(usable) for usable in self.usable])

    def batch(self, step: int) -> Batch:
        """The views of a step: a random permutation of all pictures, epoch by epoch."""
        recipe, total = self.recipe, int(self.ends[-1])
        rng = np.random.default_rng([recipe.seed, step])
        small = step < recipe.small_until * recipe.steps
        size = min(recipe.sizes) if small else int(rng.choice(recipe.sizes))
        pictures, points, states = [], [], []
        figure = (rng.random(recipe.batch) >= recipe.empty).astype(np.float32)
        for slot, row in enumerate(rows_of_step(recipe.seed, step, recipe.batch, total)):
            drawing = self._drawing(row)
            if figure[slot]:
                picture, joints, state = view(*drawing, size, rng)
            else:
                picture = without_figure(drawing[0], drawing[1], size, rng)
                joints, state = np.full((len(JOINTS), 2), np.nan), np.full(len(JOINTS), MISSING)
            pictures.append(picture)
            points.append(joints)
            states.append(state)
        return Batch(
            torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2),
            torch.from_numpy(np.stack(points)).float(),
            torch.from_numpy(np.stack(states)).long(),
            torch.from_numpy(figure),
        )

    def _drawing(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        which = int(np.searchsorted(self.ends, index, side="right"))
        data = self.datasets[which]
        row = self.usable[which][index - self.ends[which]]
        return data.pictures[row], data.labels["points"][row].astype(float), data.labels["states"][row]


def pose_loss(maps: PoseMaps, batch: Batch) -> dict[str, Tensor]:
    """The terms of the loss, each a mean; their sum is what training minimises."""
    here = batch.states != MISSING
    weight = JOINT_WEIGHTS * here * torch.where(batch.states == 1, HIDDEN_WEIGHT, 1.0)
    total = weight.sum().clamp_min(1.0)
    cells = to_cells(torch.nan_to_num(batch.points))
    heat = maps.heat.float()
    place = weight * place_loss(heat, cells)
    spread = here * spread_loss(heat, maps.log_spread.float(), cells)

    known = batch.figure > 0
    states = functional.cross_entropy(
        maps.states.float()[known].reshape(-1, len(STATES)), batch.states[known].reshape(-1)
    )
    figure = functional.binary_cross_entropy_with_logits(maps.figure.float(), batch.figure)
    return {
        "place": place.sum() / total,
        "spread": 0.05 * spread.sum() / here.sum().clamp_min(1),
        "states": 0.5 * states,
        "figure": 0.5 * figure,
    }


def parameter_groups(network: PoseNetwork, recipe: Recipe) -> list[dict[str, object]]:
    """Learning rates by depth: full for the heads, falling towards the first blocks, none below."""
    backbone = network.backbone
    frozen = [backbone.stem, *backbone.blocks[: recipe.frozen]]
    for module in frozen if recipe.frozen else ():
        module.requires_grad_(False)
    middle = list(backbone.blocks[recipe.frozen : 13])
    late = [*backbone.blocks[13:], backbone.top]
    pyramid = [backbone.top_lateral, backbone.laterals, backbone.smooths]
    heads = [
        network.heat,
        network.spread,
        network.whole,
        network.context,
        network.context_maps,
        network.context_whole,
    ]
    groups: list[dict[str, object]] = [
        {"params": [p for module in modules for p in module.parameters()], "rate": factor * recipe.rate}
        for modules, factor in ((middle, 0.15), (late, 0.25), (pyramid, 0.5), (heads, 1.0))
    ]
    groups[-1]["params"] = [*groups[-1]["params"], network.peak_weight]
    return groups


def train_pose(
    network: PoseNetwork,
    datasets: Sequence[SyntheticDataset],
    validation: SyntheticDataset,
    run: Path,
    recipe: Recipe,
    save_every: int = 500,
) -> PoseNetwork:
    """Train, or go on with the run that the folder holds.

    The result is a mean of weights along the run (stochastic weight averaging, Izmailov et al. 2018,
    section 3): as good as the last ones on validation drawings, better on real ones so far.

    Args:
        network: what to start from.
        datasets: synthetic drawings to train on.
        validation: drawings of other clips.
        run: folder of the run's state and of its last averaged weights.
        recipe: what to do.
        save_every: steps between saved states, each with its validation figures printed.

    Returns:
        The network with the mean of the last averaged weights, in evaluation mode.
    """
    groups = parameter_groups(network, recipe)
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    sampler = ViewSampler(datasets, recipe)

    def losses(step: int) -> dict[str, Tensor]:
        batch = sampler.batch(step)
        pictures = scaled_input(batch.pictures).contiguous(memory_format=torch.channels_last)
        # The fused attention's gradient takes two to four times as long on a CPU as the plain one's.
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            maps = network(pictures)
        return pose_loss(maps, batch)

    def saved(average: AveragedWeights, done: int) -> str:
        with written_whole(run / f"average-{done:06d}.safetensors") as file:
            save_file({name: tensor.contiguous() for name, tensor in average.tensors.items()}, file)
        for older in _averages(run)[: -recipe.last]:
            older.unlink()
        figures = quick_pdj(with_weights(average.tensors), validation, max(recipe.sizes))
        return f"validation {figures}"

    train_steps(
        network, optimiser, run, recipe.steps, losses, clip=5.0, save_every=save_every, saved=saved
    )
    return with_weights(mean_of([load_file(file) for file in _averages(run)]))


def _averages(run: Path) -> list[Path]:
    """A run's kept averaged weights, the oldest first."""
    return sorted(run.glob("average-*.safetensors"))


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
    start: Path | None = None,
    mean_with: Sequence[Path] = (),
) -> Path:
    """Train on folders of synthetic drawings, calibrate, and write the checkpoint.

    Args:
        data: folder with one or more datasets written by `synthesize`; the one named ``val`` validates.
            With ``movenet-thunder.json`` and ``.bin`` beside them (see `training.movenet`) it starts
            from MoveNet's weights, else from random ones.
        out: folder of the run: its state, and in the end the checkpoint.
        seed: of all randomness.
        recipe: what to do; the shipped recipe if None.
        start: folder with a checkpoint to go on from, such as an earlier run's, instead of MoveNet.
            If it holds a limb network, the calibration is of both.
        mean_with: folders with checkpoints of other runs: the result is the mean of theirs and of what
            this run gives, which keeps more of what each has learnt from its own drawings.

    Returns:
        ``out``.
    """
    folders, validation = to_train_on(data)
    others = [load_pose(folder)[0].state_dict() for folder in mean_with]
    recipe = replace(recipe or SHIPPED, seed=seed)
    torch.manual_seed(seed)
    network = PoseNetwork()
    if start:
        network = load_pose(start)[0]
    elif (data / MOVENET_FILE).exists():
        start_from_movenet(network, load_movenet(data / MOVENET_FILE))
    else:
        print(f"{data / MOVENET_FILE} is not there: training from scratch.", file=sys.stderr)
        recipe = replace(recipe, frozen=0)
    datasets = [marked(SyntheticDataset.open(folder)) for folder in folders]
    trained = train_pose(network, datasets, validation, out, recipe)
    if others:
        trained = with_weights(mean_of([*others, trained.state_dict()]))
    sizes = (min(recipe.sizes), max(recipe.sizes))
    limbs = load_limbs(start) if start and (start / LIMBS_FILE).exists() else None
    save_pose(trained, calibrate(trained, marked(validation), sizes, limbs, seed=seed), out)
    return out


def mean_of(weights: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several networks' weights."""
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]}


def with_weights(weights: Mapping[str, Tensor]) -> PoseNetwork:
    """A network with these weights, in evaluation mode."""
    network = PoseNetwork()
    network.load_state_dict(weights)
    return network.to(memory_format=torch.channels_last).eval()


@torch.no_grad()
def quick_pdj(
    network: PoseNetwork, data: SyntheticDataset, size: int, count: int = 320
) -> dict[str, float]:
    """PDJ over all joints of whole pictures, one pass, no flip: for watching a run."""
    errors = []
    for start in range(0, min(count, len(data.pictures)), 32):
        rows = range(start, min(start + 32, len(data.pictures)))
        pictures = torch.from_numpy(np.stack([data.pictures[row] for row in rows])).permute(0, 3, 1, 2)
        scaled = functional.interpolate(
            scaled_input(pictures), (size, size), mode="bilinear", antialias=True
        )
        with torch.autocast("cpu", torch.bfloat16):
            maps = network(scaled.contiguous(memory_format=torch.channels_last))
        points = torch.from_numpy(data.labels["points"][rows.start : rows.stop])
        found = (decode(maps).points + 0.5) * (pictures.shape[-1] / size) - 0.5
        unit = torch.linalg.vector_norm(
            points[:, JOINTS.index("left_shoulder")] - points[:, JOINTS.index("right_hip")], dim=-1
        )
        errors.append(torch.linalg.vector_norm(found - points, dim=-1) / unit[:, None])
    joined = torch.cat(errors)
    joined = joined[torch.isfinite(joined)]
    return {f"PDJ@{limit}": round(float((joined <= limit).float().mean()), 4) for limit in (0.2, 0.1)}
