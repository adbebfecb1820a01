"""Trains the matcher on pairs made as it goes.

First, for a few minutes, only what looks at squeezed figures (see `matching.squeeze`), fed from joints
without drawing them, which is a hundred times faster; then the whole network. The transform is known, so
the transformer is told (it would not learn rotation from the comparison alone); each location of the map
is told whether the bones drawn there were changed; the similarity is told whether anything was.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from proportion.files import written_whole
from proportion.matching.network import MAP_SIZE, MatchNetwork
from proportion.matching.rendering import bone_ends, render_parts
from proportion.matching.squeeze import squeeze_joints, squeeze_picture
from proportion.matching.stn import alignment_loss, transform_matrix
from proportion.training.pairs import Originals, Pairs, PairSampler, training_originals


@dataclass(frozen=True)
class Recipe:
    """What a run does; phases end by the clock, so that it fits any machine.

    Attributes:
        seconds: time to train; the learning rate falls along it.
        originals: figures of each synthetic style.
        squeeze_seconds, squeeze_batch, squeeze_rate: the first phase.
    """

    seconds: float = 1200.0
    batch: int = 64
    rate: float = 2e-3
    originals: int = 16000
    squeeze_seconds: float = 600.0
    squeeze_batch: int = 1024
    squeeze_rate: float = 2e-3


def map_targets(parts: torch.Tensor, changed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What the map should say where, and how much that counts.

    Args:
        parts: ``(N, 17, S, S)`` learner's parts in the aligned frame.
        changed: ``(N, 17)`` 1 distorted, 0 not, NaN undecided.

    Returns:
        ``(N, MAP_SIZE, MAP_SIZE)`` targets (1 alike, 0 changed) and weights. Every part of a figure
        counts by the root of its length, so that hands and feet are not drowned; places without a bone
        count little and are alike.
    """
    bones = F.max_pool2d(parts, parts.shape[-1] // MAP_SIZE)
    mass = bones.sum((2, 3), keepdim=True)
    bones = bones * mass.clamp_min(1.0).rsqrt() * torch.isfinite(changed)[:, :, None, None]
    cold = torch.nan_to_num(changed)[:, :, None, None]
    total = bones.sum(1)
    target = (bones * (1 - cold)).sum(1) / total.clamp_min(1e-6)
    # An undecided part drawn alone is no background.
    background = (parts.sum(1, keepdim=True) == 0).to(parts)
    empty = F.avg_pool2d(background, parts.shape[-1] // MAP_SIZE)[:, 0] * (total < 1e-3)
    weights = total / total.sum((1, 2), keepdim=True).clamp_min(1e-6)
    weights = weights + 0.05 * empty / empty.sum((1, 2), keepdim=True).clamp_min(1e-6)
    return torch.where(empty > 0, torch.ones_like(target), target), weights


def _tensors(pairs: Pairs) -> list[torch.Tensor]:
    return [torch.from_numpy(array.astype(np.float32)) for array in pairs]


def _evidence_loss(evidence: torch.Tensor, changed: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    known = torch.isfinite(changed) & seen
    loss = F.binary_cross_entropy_with_logits(evidence, 1 - torch.nan_to_num(changed), reduction="none")
    return (loss * known).sum() / known.sum().clamp_min(1)


def _is_fine(changed: torch.Tensor) -> torch.Tensor:
    return (torch.nan_to_num(changed).amax(1) == 0).float()


def squeeze_losses(network: MatchNetwork, pairs: Pairs) -> dict[str, torch.Tensor]:
    """Losses of the parts that look at squeezed figures, without drawing any."""
    learner, standard, truth, changed = _tensors(pairs)
    figure = squeeze_joints(learner)
    matrix = transform_matrix(network.transformer.from_squeeze(figure.features()))
    squeeze = network.head.squeeze
    aligned = figure.through(matrix.detach())
    evidence, context = squeeze(aligned.features(), squeeze_joints(standard).features())
    return {
        "align": alignment_loss(matrix, truth),
        "evidence": _evidence_loss(evidence, changed, figure.drawn),
        "similarity": F.binary_cross_entropy_with_logits(squeeze.fine(context)[:, 0], _is_fine(changed)),
    }


def losses(network: MatchNetwork, pairs: Pairs) -> dict[str, torch.Tensor]:
    """Losses of the whole network, each a mean over the pairs."""
    learner, standard, truth, changed = _tensors(pairs)
    with torch.no_grad():
        drawn, other = (
            render_parts(points).contiguous(memory_format=torch.channels_last)
            for points in (learner, standard)
        )
    matrix = network.transformer(drawn, squeeze_picture(drawn))
    with torch.autocast("cpu", torch.bfloat16):
        match = network(drawn, other, matrix.detach())
    with torch.no_grad():
        target, weights = map_targets(match.aligned, changed)
    per_place = F.binary_cross_entropy_with_logits(match.logits.float(), target, reduction="none")
    return {
        "align": alignment_loss(matrix, truth),
        "map": (per_place * weights).sum((1, 2)).mean(),
        "evidence": _evidence_loss(match.evidence.float(), changed, bone_ends(learner)[2]),
        "similarity": F.binary_cross_entropy_with_logits(match.similarity.float(), _is_fine(changed)),
    }


class _Phase(NamedTuple):
    name: str
    seconds: float
    batch: int
    rate: float
    losses: Callable[[MatchNetwork, Pairs], dict[str, torch.Tensor]]


_LOSS_WEIGHTS = {"align": 2.0, "map": 1.0, "evidence": 0.5, "similarity": 0.3}
_SETTLED_RATE = 0.1
"""In the second phase, what the first has trained learns this much slower."""


def _groups(network: MatchNetwork, phase: _Phase) -> list[dict]:
    squeezed = [*network.transformer.from_squeeze.parameters(), *network.head.squeeze.parameters()]
    if phase.name == "squeeze":
        return [{"params": squeezed, "share": 1.0}]
    settled = {id(parameter) for parameter in squeezed}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in settled]
    return [{"params": squeezed, "share": _SETTLED_RATE}, {"params": rest, "share": 1.0}]


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),
) -> Path:
    """Train, resuming from ``out/<phase>.safetensors`` where there is one, and calibrate.

    Args:
        data: the data pack.
        out: folder of the run: states, recipe and the weights.
        seed: of weights and pairs.
        recipe: how long and how; the shipped one if None.
        say: receives a line of progress now and then.

    Returns:
        Path of the finished checkpoint, ``out/matcher.safetensors``.
    """
    recipe = recipe or Recipe()
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1))
    torch.manual_seed(seed)
    network = MatchNetwork().to(memory_format=torch.channels_last)
    originals = training_originals(data, seed, recipe.originals)
    for phase in (
        _Phase(
            "squeeze", recipe.squeeze_seconds, recipe.squeeze_batch, recipe.squeeze_rate, squeeze_losses
        ),
        _Phase("whole", recipe.seconds, recipe.batch, recipe.rate, losses),
    ):
        network = _run_phase(network, originals, phase, out / f"{phase.name}.safetensors", seed, say)
    network.eval()
    weights = out / "matcher.safetensors"
    save_weights(network, weights, *fit_calibration(network, data, seed))
    return weights


def _run_phase(
    network: MatchNetwork,
    originals: dict[str, Originals],
    phase: _Phase,
    state: Path,
    seed: int,
    say: Callable[[str], None],
) -> MatchNetwork:
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    spent, step = 0.0, 0
    if state.is_file():
        saved = load_file(state)
        spent, step = float(saved.pop("spent")), int(saved.pop("step"))
        network.load_state_dict({k[4:]: v for k, v in saved.items() if k.startswith("now.")})
        average.module.load_state_dict({k[5:]: v for k, v in saved.items() if k.startswith("mean.")})
    optimiser = torch.optim.AdamW(_groups(network, phase), lr=phase.rate, weight_decay=1e-4)
    sampler = PairSampler(originals, seed + step)
    running: dict[str, float] = {}
    mark = saved_at = time.monotonic()
    network.train()
    while spent < phase.seconds:
        fade = 0.5 + 0.5 * math.cos(math.pi * spent / phase.seconds)
        for group in optimiser.param_groups:
            group["lr"] = group["share"] * phase.rate * min(1.0, (step + 1) / 100) * (0.01 + 0.99 * fade)
        found = phase.losses(network, sampler.draw(phase.batch))
        optimiser.zero_grad(set_to_none=True)
        sum(_LOSS_WEIGHTS[name] * value for name, value in found.items()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(network)
        step += 1
        now = time.monotonic()
        spent, mark = spent + now - mark, now
        for name, value in found.items():
            running[name] = 0.98 * running.get(name, value.item()) + 0.02 * value.item()
        if step % 100 == 0:
            told = " ".join(f"{name} {value:.4f}" for name, value in running.items())
            say(f"{phase.name} {step} {spent:.0f}s {told}")
        if now - saved_at > 60:
            saved_at = now
            _save_state(state, network, average.module, spent, step)
    _save_state(state, network, average.module, spent, step)
    return average.module


def _save_state(
    path: Path, network: MatchNetwork, average: MatchNetwork, spent: float, step: int
) -> None:
    tensors = {f"now.{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"mean.{k}": v for k, v in average.state_dict().items()}
    tensors |= {"spent": torch.tensor(spent), "step": torch.tensor(step)}
    with written_whole(path) as file:
        save_file({k: v.contiguous() for k, v in tensors.items()}, file)


def save_weights(network: MatchNetwork, path: Path, slope: float, offset: float) -> None:
    """Write the checkpoint: half precision, with the similarity's calibration (see `Matcher`)."""
    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in network.state_dict().items()
    }
    save_file(tensors | {"calibration": torch.tensor([slope, offset])}, path)


def fit_calibration(
    network: MatchNetwork, data: Path, seed: int, batches: int = 30
) -> tuple[float, float]:
    """Platt scaling of the similarity on figures of val clips, as many fine as wrong ones.

    Returns:
        slope and offset of the logit (see `matching.matcher.Matcher`).
    """
    sampler = PairSampler(training_originals(data, seed, 1500, "val"), seed)
    logits, fine = [], []
    with torch.inference_mode():
        for _ in range(batches):
            pairs = sampler.draw(64, strong_placement=0.0)
            given = np.isfinite(pairs.standard).any((1, 2))
            learner, standard, _, changed = _tensors(Pairs(*(array[given] for array in pairs)))
            logits.append(network(render_parts(learner), render_parts(standard)).similarity)
            fine.append(_is_fine(changed))
    logits, fine = torch.cat(logits), torch.cat(fine)
    weights = torch.where(fine > 0, 0.5 / fine.mean(), 0.5 / (1 - fine.mean()))
    slope, offset = torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([slope, offset], max_iter=50)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = F.binary_cross_entropy_with_logits(slope * logits + offset, fine, weights)
        value.backward()
        return value

    optimiser.step(loss)
    return float(slope), float(offset)
