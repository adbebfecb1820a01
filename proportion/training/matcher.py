"""Trains the matcher on pairs made as it goes.

First only what looks at the joints' numbers (see `matching.network.Evidence`), which is a hundred times
faster than drawing; then the whole network. The transform is known, so the transformer is told (it would
not learn rotation from the comparison alone); each location of the map is told whether the bones drawn
there were changed; the similarity is told whether anything was.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from proportion.files import written_whole
from proportion.matching.network import MatchNetwork
from proportion.matching.rendering import bone_ends
from proportion.matching.stn import alignment_loss, to_target
from proportion.training.loop import train_steps
from proportion.training.matcher_calibration import fit_calibration, warm_perfect_matches
from proportion.training.pairs import Originals, Pairs, PairSampler, training_originals


@dataclass(frozen=True)
class Recipe:
    """What a run does.

    Attributes:
        originals: figures of each synthetic style.
        steps, batch, rate: of the second phase, the whole network.
        numbers_steps, numbers_batch, numbers_rate: of the first phase.
        calibration_draws: learners of each kind that the similarity is calibrated on.
        calibration_figures: of each style, that a perfect match is made warm on.
    """

    originals: int = 8000
    numbers_steps: int = 4000
    numbers_batch: int = 512
    numbers_rate: float = 2e-3
    steps: int = 600
    batch: int = 32
    rate: float = 2e-3
    calibration_draws: int = 160
    calibration_figures: int = 1000


_DRAWN = 0.25
_BACKGROUND = 0.05
_LOSS_WEIGHTS = {"align": 2.0, "map": 1.0, "evidence": 0.5, "similarity": 0.3}
_SETTLED_RATE = 0.1
"""In the second phase, what the first has trained learns this much slower."""


def map_targets(parts: torch.Tensor, changed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What the map should say where, and how much that counts.

    Args:
        parts: ``(N, 17, S, S)`` learner's parts in the aligned frame.
        changed: ``(N, 17)`` 1 distorted, 0 not, NaN undecided.

    Returns:
        ``(N, S, S)`` targets (0 where a changed part is drawn, else 1) and weights. Every part of a
        figure counts by the root of its length, so that hands and feet are not drowned; places without
        a bone count little, those with an undecided one alone not at all.
    """
    bones = (parts > _DRAWN).to(parts)
    decided = torch.isfinite(changed).to(parts)
    mass = bones.sum((2, 3)).clamp_min(1.0)
    total = torch.einsum("nphw,np->nhw", bones, decided * mass.rsqrt())
    cold = torch.einsum("nphw,np->nhw", bones, torch.nan_to_num(changed)) > 0
    empty = (bones.amax(1) == 0).to(parts)
    weights = total / total.sum((1, 2), keepdim=True).clamp_min(1e-6)
    weights = weights + _BACKGROUND * empty / empty.sum((1, 2), keepdim=True).clamp_min(1e-6)
    return 1 - cold.to(parts), weights


def _tensors(pairs: Pairs) -> list[torch.Tensor]:
    return [torch.from_numpy(array.astype(np.float32)) for array in pairs]


def _evidence_loss(evidence: torch.Tensor, changed: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    known = torch.isfinite(changed) & seen
    loss = F.binary_cross_entropy_with_logits(evidence, 1 - torch.nan_to_num(changed), reduction="none")
    return (loss * known).sum() / known.sum().clamp_min(1)


def is_fine(changed: torch.Tensor) -> torch.Tensor:
    """``(N,)`` 1 where no part was changed."""
    return (torch.nan_to_num(changed).amax(1) == 0).float()


def numbers_losses(network: MatchNetwork, pairs: Pairs) -> dict[str, torch.Tensor]:
    """Losses of what looks at the joints' numbers, without drawing any."""
    learner, standard, truth, changed = _tensors(pairs)
    matrix = network.transformer(learner)
    numbers = network.evidence(to_target(learner, matrix.detach()), standard)
    return {
        "align": alignment_loss(matrix, truth),
        "evidence": _evidence_loss(numbers.evidence, changed, bone_ends(learner)[2] > 0),
        "similarity": F.binary_cross_entropy_with_logits(numbers.fine, is_fine(changed)),
    }


def losses(network: MatchNetwork, pairs: Pairs) -> dict[str, torch.Tensor]:
    """Losses of the whole network, each a mean over the pairs."""
    learner, standard, truth, changed = _tensors(pairs)
    match = network(learner, standard)
    target, weights = map_targets(match.aligned, changed)
    per_place = F.binary_cross_entropy_with_logits(match.logits, target, reduction="none")
    return {
        "align": alignment_loss(match.matrix, truth),
        "map": (per_place * weights).sum((1, 2)).mean(),
        "evidence": _evidence_loss(match.evidence, changed, bone_ends(learner)[2] > 0),
        "similarity": F.binary_cross_entropy_with_logits(match.similarity, is_fine(changed)),
    }


class _Phase(NamedTuple):
    name: str
    steps: int
    batch: int
    rate: float
    losses: Callable[[MatchNetwork, Pairs], dict[str, torch.Tensor]]


def _groups(network: MatchNetwork, phase: _Phase) -> list[dict]:
    numbers = [*network.transformer.from_squeeze.parameters(), *network.evidence.parameters()]
    if phase.losses is numbers_losses:
        return [{"params": numbers, "rate": phase.rate}]
    settled = {id(parameter) for parameter in numbers}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in settled]
    return [
        {"params": numbers, "rate": _SETTLED_RATE * phase.rate},
        {"params": rest, "rate": phase.rate},
    ]


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
) -> Path:
    """Train and calibrate; goes on where a stopped run in ``out`` left off.

    The weights depend on recipe and seed only, not on the machine's speed.

    Args:
        data: the data pack.
        out: folder of the run: states, recipe and the weights.
        seed: of weights and pairs.
        recipe: how long and how; the shipped one if None.

    Returns:
        Path of the finished checkpoint, ``out/matcher.safetensors``.
    """
    recipe = recipe or Recipe()
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe) | {"seed": seed}, indent=1))
    torch.manual_seed(seed)
    network = MatchNetwork().to(memory_format=torch.channels_last)
    originals = training_originals(data, seed, recipe.originals)
    for phase in (
        _Phase(
            "numbers", recipe.numbers_steps, recipe.numbers_batch, recipe.numbers_rate, numbers_losses
        ),
        _Phase("whole", recipe.steps, recipe.batch, recipe.rate, losses),
    ):
        _run_phase(network, originals, phase, out / phase.name, seed)
    network.eval()
    warmed = warm_perfect_matches(network, data, seed, recipe.calibration_figures)
    print(f"map's bias raised by {warmed:.3f}", file=sys.stderr)
    weights = out / "matcher.safetensors"
    save_weights(network, weights, *fit_calibration(network, data, seed, recipe.calibration_draws))
    return weights


def _run_phase(
    network: MatchNetwork,
    originals: dict[str, Originals],
    phase: _Phase,
    folder: Path,
    seed: int,
) -> None:
    """Train one phase and leave the averaged weights in the network."""
    optimiser = torch.optim.AdamW(_groups(network, phase), weight_decay=1e-4)
    sampler = PairSampler(originals)

    def losses(step: int) -> dict[str, torch.Tensor]:
        # A stream of its own for each step: a run that went on is the same run.
        rng = np.random.default_rng((seed, step, phase.batch))
        found = phase.losses(network, sampler.draw(rng, phase.batch))
        return {name: _LOSS_WEIGHTS[name] * value for name, value in found.items()}

    average = train_steps(
        network, optimiser, folder, phase.steps, losses, clip=2.0, save_every=200, warm_up=100
    )
    network.load_state_dict(average.tensors)


def save_weights(network: MatchNetwork, path: Path, slope: float, offset: float) -> None:
    """Write the checkpoint: half precision, with the similarity's calibration (see `Matcher`)."""
    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in network.state_dict().items()
    }
    with written_whole(path) as file:
        save_file(tensors | {"calibration": torch.tensor([slope, offset])}, file)
