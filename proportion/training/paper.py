"""Trains the paper's networks by the paper's recipe: ``python -m proportion.training.paper``.

Adam 1e-3, batch 32, cosine embedding loss with margin 0, split by original. Picture size and epochs are
arguments: at 156 pixels and 100 epochs one network takes half a day on one core.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from proportion.matching.paper import PaperNetwork, render_colours
from proportion.training.loop import AveragedWeights, resume_run, save_run
from proportion.training.paper_samples import Samples, build_samples, paper_originals

BATCH = 32
RATE = 1e-3


class Variant(NamedTuple):
    """One column of the paper's table."""

    deterministic: bool
    bends: bool


VARIANTS = {
    "STN": Variant(deterministic=False, bends=False),
    "STN_bend": Variant(deterministic=False, bends=True),
    "Deterministic": Variant(deterministic=True, bends=False),
    "Deterministic_bend": Variant(deterministic=True, bends=True),
}


def cosine_loss(cosine: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """1 - cos for the same proportions, max(0, cos) for different ones."""
    return torch.where(label > 0, 1 - cosine, cosine.clamp_min(0)).mean()


def _pictures(samples: Samples, rows: np.ndarray, size: int) -> list[torch.Tensor]:
    figures = (samples.learner[rows], samples.standard[rows])
    return [render_colours(torch.from_numpy(points).float(), size) for points in figures]


def train_paper(
    data: Path, out: Path, variant: str, *, epochs: int, size: int, seed: int = 0, say=print
) -> Path:
    """Train one network; goes on where a stopped run left off.

    Returns:
        ``out/<variant>-<seed>.safetensors``, with a JSON beside it that says how far training went.
    """
    setting = VARIANTS[variant]
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    originals = paper_originals(data)
    samples, held_out = (
        build_samples(originals[split], rng, deterministic=setting.deterministic, bends=setting.bends)
        for split in ("train", "val")
    )
    network = PaperNetwork(transformer=not setting.deterministic, size=size)
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    folder = out / f"{variant}-{seed}"
    average = AveragedWeights(network, decay=0.0)  # the paper averages nothing
    steps = len(samples.label) // BATCH
    for epoch in range(resume_run(folder, network, average, optimiser) // steps, epochs):
        order = np.random.default_rng((seed, epoch)).permutation(len(samples.label))
        network.train()
        total = 0.0
        for start in range(0, steps * BATCH, BATCH):
            rows = order[start : start + BATCH]
            pictures = _pictures(samples, rows, size)
            with torch.autocast("cpu", torch.bfloat16):
                embeddings = network.embed(network.align(pictures[0])[0]), network.embed(pictures[1])
            cosine = F.cosine_similarity(*(embedding.float() for embedding in embeddings))
            loss = cosine_loss(cosine, torch.from_numpy(samples.label[rows]))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += loss.item()
        average.update(network, epoch)
        save_run(folder, (epoch + 1) * steps, network, average, optimiser)
        accuracy = _accuracy(network, held_out, size)
        facts = {"variant": variant, "seed": seed, "size": size, "epochs": epoch + 1}
        facts |= {"steps": (epoch + 1) * steps, "originals": len(originals["train"])}
        facts |= {"loss": total / steps, "val_accuracy": accuracy}
        say(json.dumps(facts))
        _save(network, out / f"{variant}-{seed}", facts)
    return out / f"{variant}-{seed}.safetensors"


def _accuracy(network: PaperNetwork, samples: Samples, size: int) -> float:
    """Share of pairs on the right side of cos 0.5, same and different weighing the same."""
    network.eval()
    rows = np.arange(len(samples.label))
    with torch.inference_mode():
        cosine = torch.cat(
            [
                network(*_pictures(samples, block, size))
                for block in np.array_split(rows, len(rows) // 50)
            ]
        )
    right = (cosine.numpy() > 0.5) == (samples.label > 0)
    return float(np.mean([right[samples.label == label].mean() for label in (1, -1)]))


def _save(network: PaperNetwork, stem: Path, facts: dict) -> None:
    tensors = {name: tensor.contiguous().clone() for name, tensor in network.state_dict().items()}
    save_file(tensors, stem.with_suffix(".safetensors"))
    stem.with_suffix(".json").write_text(json.dumps(facts, indent=1))


def load_paper(path: Path) -> tuple[PaperNetwork, dict]:
    """A trained network in evaluation mode, and what its run says of itself."""
    facts = json.loads(path.with_suffix(".json").read_text())
    transformer = not VARIANTS[facts["variant"]].deterministic
    network = PaperNetwork(transformer=transformer, size=facts["size"])
    network.load_state_dict(load_file(path))
    return network.eval(), facts


def main() -> None:
    """Train the named networks one epoch after another, so that all are about equally far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--networks", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--size", type=int, default=156)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    for epoch in range(1, options.epochs + 1):
        for variant in options.networks:
            train_paper(
                options.data,
                options.run,
                variant,
                epochs=epoch,
                size=options.size,
                seed=options.seed,
                say=lambda line: print(line, file=sys.stderr, flush=True),
            )


if __name__ == "__main__":
    main()
