"""What trainers share: the learning-rate schedule, averaged weights, and runs that can go on."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from proportion.files import written_whole


def cosine_rate(step: int, steps: int, warm_up: int, floor: float = 0.02) -> float:
    """Factor of the learning rate: a linear rise, then half a cosine down to the floor."""
    if step < warm_up:
        return (step + 1) / warm_up
    progress = min(1.0, (step - warm_up) / max(1, steps - warm_up))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))


def rows_of_step(seed: int, step: int, batch: int, total: int) -> list[int]:
    """Which of all rows the batch of a step takes: a random permutation of them, epoch by epoch."""
    places = (divmod(step * batch + slot, total) for slot in range(batch))
    return [int(_order(seed, epoch, total)[place]) for epoch, place in places]


@lru_cache(maxsize=2)
def _order(seed: int, epoch: int, total: int) -> np.ndarray:
    return np.random.default_rng([seed, 1, epoch]).permutation(total)


class AveragedWeights:
    """An exponential moving average of a network's weights (Polyak and Juditsky 1992).

    Attributes:
        tensors: the averages by name.
    """

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.decay = decay
        self.tensors = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights of a step; early steps are forgotten faster."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                self.tensors[name].lerp_(tensor, 1 - decay)
            else:
                self.tensors[name].copy_(tensor)


def save_run(
    folder: Path,
    step: int,
    network: nn.Module,
    average: AveragedWeights,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Write all that `resume_run` needs, replacing what was there in one move."""
    tensors: dict[str, Tensor] = {f"network.{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.tensors.items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{k}": torch.as_tensor(v) for k, v in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    tensors["step.done"] = torch.tensor(step)
    with written_whole(folder / "state.safetensors") as file:
        save_file({k: v.contiguous().clone() for k, v in tensors.items()}, file)


def resume_run(
    folder: Path, network: nn.Module, average: AveragedWeights, optimiser: torch.optim.Optimizer
) -> int:
    """Go on with a run if the folder holds one.

    Returns:
        Steps already done.
    """
    path = folder / "state.safetensors"
    if not path.exists():
        return 0
    groups: dict[str, dict[str, Tensor]] = {"network": {}, "average": {}, "optimiser": {}, "step": {}}
    for key, tensor in load_file(path).items():
        kind, _, name = key.partition(".")
        groups[kind][name] = tensor
    network.load_state_dict(groups["network"])
    average.tensors = groups["average"]
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in groups["optimiser"].items():
        index, _, field = name.partition(".")
        state.setdefault(int(index), {})[field] = tensor
    packed = optimiser.state_dict()
    optimiser.load_state_dict({"state": state, "param_groups": packed["param_groups"]})
    return int(groups["step"]["done"])


def train_steps(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    run: Path,
    steps: int,
    losses: Callable[[int], dict[str, Tensor]],
    *,
    clip: float,
    save_every: int,
    warm_up: int = 200,
    saved: Callable[[AveragedWeights, int], str] | None = None,
) -> AveragedWeights:
    """Train a network, or go on with the run that the folder holds.

    Args:
        network: what to train; its layers are brought into channels-last order.
        optimiser: its groups' ``rate`` is the highest learning rate of each.
        run: folder of the run's state.
        steps: batches.
        losses: of a step, the terms whose sum is minimised.
        clip: greatest norm of the gradient.
        save_every: steps between saved states.
        warm_up: steps in which the learning rate rises.
        saved: told the averages and the steps done just before each state is saved, so that each has
            what this writes beside it; gives what to print.
    """
    run.mkdir(parents=True, exist_ok=True)
    network.to(memory_format=torch.channels_last)
    average = AveragedWeights(network)
    done = resume_run(run, network, average, optimiser)
    running: dict[str, float] = {}
    with tqdm(total=steps, initial=done, unit="step", mininterval=10) as progress:
        for step in range(done, steps):
            network.train()
            for group in optimiser.param_groups:
                group["lr"] = group["rate"] * cosine_rate(step, steps, warm_up)
            terms = losses(step)
            optimiser.zero_grad(set_to_none=True)
            torch.stack(list(terms.values())).sum().backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimiser.step()
            average.update(network, step)
            for name, value in ((name, float(term.detach())) for name, term in terms.items()):
                running[name] = 0.98 * running.get(name, value) + 0.02 * value
            progress.update()
            progress.set_postfix(
                {name: f"{value:.3f}" for name, value in running.items()}, refresh=False
            )
            if (step + 1) % save_every == 0 or step + 1 == steps:
                if saved:
                    progress.write(f"step {step + 1}: {saved(average, step + 1)}")
                save_run(run, step + 1, network, average, optimiser)
    return average
