"""Trains the lifter on figures made as it goes, and on published and estimated ones of known errors."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from proportion.assessment.lifting import (
    SHEET_VARIANCE,
    Lifter,
    LiftingNetwork,
    features,
    figure_size,
    normalise,
    visible_parts,
)
from proportion.assessment.measures import KIND_INDEX, KINDS_OF_PART, scale_parts, turn_parts
from proportion.assessment.report import STYLES
from proportion.files import written_whole
from proportion.skeleton import PARTS
from proportion.training.estimates import Estimates, estimator_hash
from proportion.training.figures import (
    SHEET_DRAWINGS,
    Figures,
    FigureSampler,
    published,
    random_errors,
    told_anew,
)
from proportion.training.loop import train_steps

FILE = "lifter.safetensors"
_SMALL = 0.10  # log factors below it count as right
_OTHER_DRAWING, _OTHER_POSE, _TURNED, _PLACED = 0.08, 0.2, 0.06, 0.012  # see `_varied`
_VARIED_ESTIMATED = 0.5  # half as much: there are many of them, and all of it hides what is wrong


@dataclass(frozen=True)
class Recipe:
    """What a run does; the same recipe gives the same weights on the same machine.

    Attributes:
        figures: a batch's learners.
        published: published figures in a batch.
        estimated: drawings as the estimator found them in a batch.
        sheets: learners in a batch that come with other drawings of the same character.
    """

    steps: int = 20000
    figures: int = 224
    published: int = 40
    estimated: int = 64
    sheets: int = 56
    rate: float = 8e-4
    seed: int = 0


def train(
    data: Path,
    out: Path,
    *,
    recipe: Recipe | None = None,
    start: Path | None = None,
    save_every: int = 500,
) -> Path:
    """Train, or go on with the run that ``out`` holds, and write ``lifter.safetensors`` (fp16) there.

    Args:
        data: the data pack.
        out: folder for the run's state and the weights.
        recipe: what to do.
        start: folder with a ``lifter.safetensors`` to go on from; random weights if None.
        save_every: steps between saved states.

    Returns:
        Path of the weights.
    """
    recipe = recipe or Recipe()
    torch.manual_seed(recipe.seed)
    sampler = FigureSampler(data, "train")
    drawings, estimates = published(data, apart=False), Estimates.load().apart(False)
    estimates = estimates.take(estimates.judged)
    network = Lifter.load(start).network if start else LiftingNetwork()
    groups = [{"params": list(network.parameters()), "rate": recipe.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.02)

    def losses(step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((recipe.seed, step))
        learners, others = _learners(rng, sampler, recipe)
        known = _with_known_errors(rng, drawings, estimates, recipe)
        with torch.autocast("cpu", torch.bfloat16):
            return _losses(network, learners, others, known, recipe, rng)

    average = train_steps(network, optimiser, out, recipe.steps, losses, clip=2.0, save_every=save_every)
    weights = {name: tensor.half().contiguous() for name, tensor in average.tensors.items()}
    with written_whole(out / FILE) as file:
        save_file(weights, file, {"recipe": json.dumps(asdict(recipe)), "estimator": estimator_hash()})
    return out / FILE


@dataclass(frozen=True, eq=False)
class _Known:
    """Figures of which only the errors are known: points, sigmas, errors, style (-1 unknown)."""

    points: np.ndarray
    sigma: np.ndarray
    errors: np.ndarray
    style: np.ndarray


def _learners(
    rng: np.random.Generator, sampler: FigureSampler, recipe: Recipe
) -> tuple[Figures, Figures]:
    """A batch's learners, and other drawings of the first of them."""
    learners = sampler.sample(rng, recipe.figures)
    rows = np.tile(np.arange(recipe.sheets), SHEET_DRAWINGS)
    right = np.zeros((len(rows), len(PARTS)))
    return learners, sampler.draw(rng, learners.body[rows], learners.style[rows], right)


def _with_known_errors(
    rng: np.random.Generator, drawings: np.ndarray, estimates: Estimates, recipe: Recipe
) -> _Known:
    """Published figures with errors put in, and drawings as estimated, with the errors they have."""
    shown = drawings[rng.integers(len(drawings), size=recipe.published)]
    rows = estimates.take(rng.integers(len(estimates), size=recipe.estimated))
    errors = random_errors(rng, len(shown) + len(rows))
    # An error is added after the estimation to half of the drawings that have none.
    spared = rows.errors.any(1) | (rng.random(len(rows)) < 0.5)
    errors[len(shown) :][spared] = 0
    size = rng.uniform(0.6, 1.4, (len(rows), 1, 1))
    found = rows.exact + size * (rows.points - rows.exact)
    told = rows.sigma * size[..., 0] * told_anew(rng, rows.sigma.shape)
    points = scale_parts(np.concatenate([shown, found]), np.exp(errors))
    errors[len(shown) :] += rows.errors
    amount = np.repeat([1.0, _VARIED_ESTIMATED], [len(shown), len(rows)])
    return _Known(
        _varied(rng, points, amount),
        np.concatenate([np.full(shown.shape[:2], np.nan), told]),
        errors,
        np.repeat([STYLES.index("anime"), -1], [len(shown), len(rows)]),
    )


def _varied(rng: np.random.Generator, points: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """``(N, 18, 2)`` figures as if drawn another time, so that none is learnt by heart.

    Both sides of a part alike get a little longer or shorter, every part points elsewhere, the figure is
    turned a little (narrower or wider), every joint is placed anew, and a few are left out.

    Args:
        rng: randomness.
        points: the figures.
        amount: ``(N,)`` how much each is varied; 1 as much as other drawings vary.
    """
    each = amount[:, None]
    other = each * rng.normal(0, _OTHER_DRAWING, (len(points), len(KINDS_OF_PART)))
    points = scale_parts(points, np.exp(other[:, KIND_INDEX]))
    points = turn_parts(points, each * rng.normal(0, _OTHER_POSE, (len(points), len(PARTS))))
    turned = np.exp(each * rng.normal(0, _TURNED, (len(points), 1)))[..., None]
    points = points * np.concatenate([turned, np.ones_like(turned)], axis=-1)
    placed = _PLACED * (amount * figure_size(points))[:, None, None]
    points = points + placed * rng.normal(0, 1, points.shape)
    points[rng.random(points.shape[:2]) < 0.03] = np.nan
    return points


def _losses(
    network: LiftingNetwork,
    learners: Figures,
    others: Figures,
    known: _Known,
    recipe: Recipe,
    rng: np.random.Generator,
) -> dict[str, Tensor]:
    inputs = [features(figures.points, figures.sigma) for figures in (learners, others, known)]
    lifted = network.lift(torch.cat(inputs))
    synthetic = recipe.figures + len(others.points)
    losses = _lifting_losses(tuple(part[:synthetic] for part in lifted), learners, others)

    keep = np.r_[: recipe.figures, synthetic : len(lifted[0])]
    judged = tuple(part[keep] for part in lifted)
    own = np.r_[learners.style, known.style]
    named = torch.from_numpy((rng.random(len(keep)) < 0.5) & (own >= 0))[:, None]
    style = F.one_hot(torch.from_numpy(own.clip(0)), len(STYLES)) * named
    mean, precision = _sheets(rng, lifted, others, recipe.figures, recipe.sheets)
    padding = torch.zeros(len(known.points), len(PARTS))
    logits, shift, log_variance = network.verdicts(
        judged, style.float(), torch.cat([mean, padding]), torch.cat([precision, padding])
    )
    errors = torch.from_numpy(np.r_[learners.errors, known.errors]).float()
    visible = torch.from_numpy(visible_parts(np.r_[learners.points, known.points]))
    target = (errors > _SMALL).long() - (errors < -_SMALL).long() + 1
    judge = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    losses["judge"] = 3 * judge[visible].mean()
    losses["estimated"] = judge[-recipe.estimated :][visible[-recipe.estimated :]].mean()
    wrong = visible & (target != 1)
    losses["shift"] = 0.3 * _gaussian(errors, shift, log_variance)[wrong].mean()
    return losses


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
