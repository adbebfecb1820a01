"""What is set on val figures after training: how warm a perfect match is, what the similarity means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from proportion.geometry import apply_transform, invert
from proportion.matching.matcher import heat_along_bones
from proportion.matching.network import MatchNetwork
from proportion.matching.rendering import placing_frame
from proportion.synthesis.distortions2d import HALVES, distort
from proportion.training.pairs import Originals, figure_height, training_originals

_FACTORS = (0.5, 0.7, 1.3, 1.5)
_STYLES = ("narrow", "wide")
_NOISE = 0.01
_FIGURES = 1500
_WARM = 0.8
_RARE = 0.01
_ROUNDS = 5  # a bone's heat is a mean of probabilities: one step is nearly enough
_CHUNKS = 16


def coldest_bones(network: MatchNetwork, points: np.ndarray) -> np.ndarray:
    """``(N,)`` heat of the coldest bone of each of ``(N, 18, 2)`` figures compared with itself."""
    placed = apply_transform(placing_frame(points, upright=False), points)
    standing = apply_transform(placing_frame(points, upright=True), points)
    with torch.inference_mode():
        match = network(*(torch.from_numpy(joints).float() for joints in (placed, standing)))
    aligned = apply_transform(invert(match.matrix.double().numpy()), placed)
    return np.nanmin(heat_along_bones(torch.sigmoid(match.logits).numpy(), aligned), axis=1)


@torch.no_grad()
def warm_perfect_matches(network: MatchNetwork, data: Path, seed: int, figures: int) -> float:
    """Raise the map's bias until bones below `_WARM` are `_RARE` in figures compared with themselves.

    The map is a probability where most figures have an error, as in training. Never lowers the bias.

    Args:
        network: in evaluation mode; its bias changes. Fit the similarity, which sees the map, after it.
        data, seed: see `fit_calibration`.
        figures: of each of narrow and wide, from val clips.

    Returns:
        What was added to the bias.
    """
    originals = training_originals(data, seed, figures, "val")
    points = np.concatenate([originals[style].points for style in _STYLES])
    bias, before = network.head.logit.bias, network.head.logit.bias.item()
    for _ in range(_ROUNDS):
        found = [coldest_bones(network, rows) for rows in np.array_split(points, _CHUNKS)]
        coldest = float(np.quantile(np.concatenate(found), _RARE))
        if coldest >= _WARM:
            break
        bias += _logit(_WARM) - _logit(coldest) + 1e-3
    return bias.item() - before


def _logit(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def fit_calibration(network: MatchNetwork, data: Path, seed: int, draws: int) -> tuple[float, float]:
    """Fit slope and offset of the similarity's logit (see `matching.matcher.Matcher`).

    Wrong figures have a half changed, as in `evaluate regions`, on clips that neither training nor the
    evaluation uses; standards are the figure itself or its nearest neighbour. Fine and wrong weigh
    the same. ``draws`` learners of each kind are made.
    """
    rng = np.random.default_rng(seed)
    originals = training_originals(data, seed, _FIGURES, "val")
    logits, fine = [], []
    for style in _STYLES:
        for target in (None, *HALVES):
            for own in (True, False):
                logits.append(_logits(network, originals[style], target, own, rng, draws))
                fine.append(np.full(len(logits[-1]), target is None))
    model = LogisticRegression(C=1e6, class_weight="balanced")
    model.fit(np.concatenate(logits)[:, None], np.concatenate(fine))
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _logits(
    network: MatchNetwork,
    originals: Originals,
    target: str | None,
    own: bool,
    rng: np.random.Generator,
    draws: int,
) -> np.ndarray:
    rows = rng.integers(len(originals.points), size=draws)
    learner = originals.points[rows]
    if target is not None:
        learner = distort(learner, target, rng.choice(_FACTORS, draws))
    level = _NOISE * figure_height(originals.points[rows])
    learner = learner + rng.normal(0, 1, learner.shape) * level[:, None, None]
    standard = originals.points[rows if own else originals.neighbours[rows, 0]]
    placed = apply_transform(placing_frame(learner, upright=False), learner)
    standing = apply_transform(placing_frame(standard, upright=True), standard)
    with torch.inference_mode():
        match = network(*(torch.from_numpy(points).float() for points in (placed, standing)))
    return match.similarity.double().numpy()
