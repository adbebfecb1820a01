"""Trains the lifter on figures made as it goes, and on published figures with known errors."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from proportion.assessment.lifting import (
    SHEET_VARIANCE,
    LiftingNetwork,
    features,
    normalise,
    visible_parts,
)
from proportion.assessment.measures import KIND_INDEX, KINDS_OF_PART, scale_parts
from proportion.assessment.report import STYLES
from proportion.paths import CHECKPOINTS
from proportion.skeleton import PARTS
from proportion.training.figures import (
    SHEET_DRAWINGS,
    Figures,
    FigureSampler,
    published,
    random_errors,
)
from proportion.training.loop import AveragedWeights, cosine_rate, resume_run, save_run

_SMALL = 0.10  # log factors below it count as right
_OTHER_DRAWING = 0.04  # how much published figures are varied, so that none is learnt by heart


@dataclass(frozen=True)
class Recipe:
    """What a run does; the same recipe gives the same weights on the same machine.

    Attributes:
        figures: a batch's learners.
        published: published figures in a batch.
        sheets: learners in a batch that come with other drawings of the same character.
    """

    steps: int = 10000
    figures: int = 256
    published: int = 48
    sheets: int = 20
    rate: float = 2e-3
    seed: int = 0


def train(
    data: Path,
    run: Path | None = None,
    *,
    seed: int = 0,
    steps: int = Recipe.steps,
    out: Path = CHECKPOINTS,
) -> None:
    """Train and write ``lifter.safetensors`` (fp16) to a folder.

    Args:
        data: the data pack.
        run: folder of a run that can go on when interrupted; none is kept if None.
        seed: of all randomness.
        steps: how long.
        out: where the weights go.
    """
    recipe = Recipe(steps=steps, seed=seed)
    torch.manual_seed(recipe.seed)
    sampler = FigureSampler(data, "train")
    drawings = published(data, apart=False)
    network = LiftingNetwork()
    average = AveragedWeights(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=0.02)
    done = resume_run(run, network, average, optimiser) if run else 0
    with tqdm(range(done, recipe.steps), initial=done, total=recipe.steps, unit="step") as steps:
        for step in steps:
            rng = np.random.default_rng((recipe.seed, step))
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * cosine_rate(step, recipe.steps, 200)
            losses = _losses(network, sampler, drawings, recipe, rng)
            optimiser.zero_grad()
            sum(losses.values()).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            average.update(network, step)
            if step % 100 == 0:
                steps.set_postfix({name: f"{float(loss):.3f}" for name, loss in losses.items()})
            if run and step % 500 == 499:
                save_run(run, step + 1, network, average, optimiser)
    weights = {name: tensor.half().contiguous() for name, tensor in average.tensors.items()}
    save_file(weights, out / "lifter.safetensors", {"recipe": json.dumps(asdict(recipe))})


def _losses(
    network: LiftingNetwork,
    sampler: FigureSampler,
    drawings: np.ndarray,
    recipe: Recipe,
    rng: np.random.Generator,
) -> dict[str, Tensor]:
    learners = sampler.sample(rng, recipe.figures)
    rows = np.tile(np.arange(recipe.sheets), SHEET_DRAWINGS)
    others = sampler.draw(
        rng, learners.body[rows], learners.style[rows], np.zeros((len(rows), len(PARTS)))
    )
    shown, shown_sigma, shown_errors = _published_learners(rng, drawings, recipe.published)
    inputs = [features(f.points, f.sigma) for f in (learners, others)]
    lifted = network.lift(torch.cat([*inputs, features(shown, shown_sigma)]))
    synthetic = recipe.figures + len(rows)
    losses = _lifting_losses(tuple(part[:synthetic] for part in lifted), learners, others)

    keep = np.r_[: recipe.figures, synthetic : synthetic + recipe.published]
    judged = tuple(part[keep] for part in lifted)
    own = np.r_[learners.style, np.full(recipe.published, STYLES.index("anime"))]
    named = torch.from_numpy(rng.random(len(keep)) < 0.5)[:, None]
    style = F.one_hot(torch.from_numpy(own), len(STYLES)) * named
    mean, precision = _sheets(rng, lifted, others, recipe.figures, recipe.sheets)
    padding = torch.zeros(recipe.published, len(PARTS))
    logits, shift, log_variance = network.verdicts(
        judged, style.float(), torch.cat([mean, padding]), torch.cat([precision, padding])
    )
    errors = torch.from_numpy(np.r_[learners.errors, shown_errors]).float()
    visible = torch.from_numpy(visible_parts(np.r_[learners.points, shown]))
    target = (errors > _SMALL).long() - (errors < -_SMALL).long() + 1
    judge = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    losses["judge"] = 3 * judge[visible].mean()
    wrong = visible & (target != 1)
    losses["shift"] = 0.3 * _gaussian(errors, shift, log_variance)[wrong].mean()
    return losses


def _published_learners(
    rng: np.random.Generator, drawings: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points = drawings[rng.integers(len(drawings), size=count)]
    errors = random_errors(rng, count)
    other = rng.normal(0, _OTHER_DRAWING, (count, len(KINDS_OF_PART)))[:, KIND_INDEX]
    points = scale_parts(points, np.exp(errors + other))
    size = np.nanstd(points, axis=(1, 2))[:, None, None]
    points = points + rng.normal(0, 0.006, points.shape) * size
    lost = rng.random(points.shape[:2]) < 0.02
    points[lost] = np.nan
    return points, np.full(points.shape[:2], np.nan), errors


def _gaussian(value: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    return 0.5 * (log_variance + (value - mean) ** 2 * torch.exp(-log_variance))


def _lifting_losses(lifted: tuple[Tensor, ...], learners: Figures, others: Figures) -> dict[str, Tensor]:
    _, depth, mean, log_variance, style = lifted
    points, lengths, deep = (
        np.concatenate([getattr(learners, name), getattr(others, name)])
        for name in ("points", "log_lengths", "depth")
    )
    seen = torch.from_numpy(np.isfinite(points[..., 0]))
    _, scale = normalise(points)
    true_depth = torch.from_numpy(deep / scale[:, None]).float()
    weight = seen.float()
    centre = (true_depth * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True)
    visible = torch.from_numpy(visible_parts(points)).float()
    length = _gaussian(torch.from_numpy(lengths).float(), mean, log_variance)
    styles = torch.from_numpy(np.r_[learners.style, others.style])
    return {
        "depth": (
            F.smooth_l1_loss(depth, true_depth - centre, beta=0.1, reduction="none") * weight
        ).mean(),
        "length": 0.5 * (length * (0.25 + 0.75 * visible)).mean(),
        "style": 0.3 * F.cross_entropy(style, styles),
    }


def _sheets(
    rng: np.random.Generator,
    lifted: tuple[Tensor, ...],
    others: Figures,
    figures: int,
    with_sheet: int,
) -> tuple[Tensor, Tensor]:
    """Each learner's norms from one to all of its other drawings; precision 0 for those without."""
    rows = slice(figures, figures + with_sheet * SHEET_DRAWINGS)
    shape = (SHEET_DRAWINGS, with_sheet, len(PARTS))
    means = lifted[2][rows].detach().view(shape)
    variances = lifted[3][rows].detach().exp().view(shape)
    visible = torch.from_numpy(visible_parts(others.points)).view(shape)
    used = torch.arange(SHEET_DRAWINGS)[:, None] <= torch.from_numpy(
        rng.integers(SHEET_DRAWINGS, size=with_sheet)
    )
    precisions = (visible & used[..., None]) / (variances + SHEET_VARIANCE)
    total = precisions.sum(0)
    mean = (precisions * means).sum(0) / total.clamp_min(1e-9)
    padding = torch.zeros(figures - with_sheet, len(PARTS))
    return torch.cat([mean, padding]), torch.cat([total, padding])
