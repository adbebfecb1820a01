"""What `evaluate regions` compares: our matcher, the paper's, a uniform map, and joints alone."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch

from proportion.geometry import apply_transform, fit_similarity, invert
from proportion.matching.matcher import Matcher
from proportion.matching.paper import PaperNetwork, render_colours
from proportion.matching.rendering import SIZE, placing_frame, render_parts
from proportion.skeleton import PARTS
from proportion.synthesis.distortions2d import HALVES, PARTS_OF_HALF, undo
from proportion.training.paper_samples import aligned_by_torso

HALF_FACTORS = (0.5, 0.7, 1.3, 1.5)
PART_FACTORS = (0.6, 0.75, 1.3, 1.6)
MILD_FACTORS = (0.75, 1.3)
_LINE = 0.4


class Scores(NamedTuple):
    """What a scorer says about N pairs.

    Attributes:
        heat: ``(N, S, S)`` map, high where alike.
        bones: ``(N, 17, S, S)`` bool, where the re-rendered learner's parts lie on that map.
        similarity: ``(N,)``, higher for better proportioned.
    """

    heat: np.ndarray
    bones: np.ndarray
    similarity: np.ndarray


class Scorer(Protocol):
    """Compares learners with standards, ``(N, 18, 2)`` each."""

    def __call__(self, learner: np.ndarray, standard: np.ndarray) -> Scores:
        """Score a batch."""
        ...


def _common(learner: np.ndarray, standard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Joints that either lacks are missing in both; a standard without any joint is no reference."""
    blank = np.isnan(standard).all((1, 2), keepdims=True)
    gone = np.isnan(learner) | (np.isnan(standard) & ~blank)
    return np.where(gone, np.nan, learner), np.where(gone, np.nan, standard)


class MatcherScorer:
    """The Siamese network (trained or not), with its own alignment."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher

    def __call__(self, learner: np.ndarray, standard: np.ndarray) -> Scores:
        """Maps in the aligned frame, learners re-rendered there."""
        learner, standard = _common(learner, standard)
        placed = apply_transform(placing_frame(learner, upright=False), learner)
        standing = apply_transform(placing_frame(standard, upright=True), standard)
        with torch.inference_mode():
            match = self.matcher.network(_tensor(placed), _tensor(standing))
            heat = torch.sigmoid(match.logits).numpy()
            similarity = self.matcher.calibrate(match.similarity).numpy()
        return Scores(heat, _drawn_through(match.matrix, placed), similarity)


class PaperScorer:
    """The paper's network with its Grad-CAM: clipped at zero, each map stretched to its own maximum."""

    def __init__(self, network: PaperNetwork) -> None:
        self.network = network

    def __call__(self, learner: np.ndarray, standard: np.ndarray) -> Scores:
        """Maps of cos(learner, standard) at the last convolution; the cosine as similarity."""
        learner, standard = _common(learner, standard)
        if self.network.transformer is None:
            placed, other = aligned_by_torso(learner), aligned_by_torso(standard)
        else:
            placed, other = (
                apply_transform(placing_frame(points, upright=False), points)
                for points in (learner, standard)
            )
        with torch.no_grad():
            picture = render_colours(_tensor(placed), self.network.size)
            aligned, matrix = self.network.align(picture)
            target = self.network.embed(render_colours(_tensor(other), self.network.size))
            seen = self.network.encoder[:-1](aligned)
        seen.requires_grad_(True)
        embedding = self.network.embedding(self.network.encoder[-1](seen))
        cosine = torch.nn.functional.cosine_similarity(embedding, target)
        (gradient,) = torch.autograd.grad(cosine.sum(), seen)
        heat = torch.relu((gradient.mean((2, 3), keepdim=True) * seen.detach()).sum(1, keepdim=True))
        heat = heat / heat.amax((2, 3), keepdim=True).clamp_min(1e-7)
        heat = torch.nn.functional.interpolate(heat, SIZE, mode="bilinear", align_corners=False)[:, 0]
        return Scores(heat.numpy(), _drawn_through(matrix, placed), cosine.detach().numpy())


def _tensor(points: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(points).float()


def _drawn_through(matrix: torch.Tensor, placed: np.ndarray) -> np.ndarray:
    """The learner's bones in the target frame of A."""
    aligned = apply_transform(invert(matrix.double().numpy()), placed)
    return render_parts(_tensor(aligned)).numpy() > _LINE


def _drawn_upright(learner: np.ndarray) -> np.ndarray:
    points = apply_transform(placing_frame(learner, upright=True), learner)
    return render_parts(_tensor(points)).numpy() > _LINE


def uniform_scorer(learner: np.ndarray, standard: np.ndarray) -> Scores:
    """The same warmth everywhere: every comparison is a tie."""
    bones = _drawn_upright(_common(learner, standard)[0])
    return Scores(np.ones((len(bones), *bones.shape[2:])), bones, np.zeros(len(bones)))


class JointsScorer:
    """Analysis by synthesis on joints alone: undo each change, re-fit, and believe the best.

    Args:
        halves: try the halves; else the single parts. The baseline is told which of the two it faces.
    """

    def __init__(self, *, halves: bool) -> None:
        targets, factors = (HALVES, HALF_FACTORS) if halves else (PARTS, PART_FACTORS)
        self.candidates = [(target, factor) for target in targets for factor in factors]

    def __call__(self, learner: np.ndarray, standard: np.ndarray) -> Scores:
        """A map that is cold on the parts of the best explanation."""
        learner, standard = _common(learner, standard)
        bones = _drawn_upright(learner)
        plain = _misfit(learner, standard)
        misfits = np.stack([_misfit(undo(learner, *c), standard) for c in self.candidates], 1)
        misfits = np.where(np.isfinite(misfits), misfits, np.inf)
        best = misfits.argmin(1)
        cold = np.zeros((len(learner), len(PARTS)), bool)
        for row, choice in enumerate(best):
            target = self.candidates[choice][0]
            cold[row, [PARTS.index(p) for p in PARTS_OF_HALF.get(target, (target,))]] = True
        heat = 1.0 - (bones & cold[:, :, None, None]).any(1)
        return Scores(heat, bones, misfits[np.arange(len(best)), best] / np.maximum(plain, 1e-9))


def _misfit(learner: np.ndarray, standard: np.ndarray) -> np.ndarray:
    """Mean distance of the fitted learner's joints from the standard's, in the standard's unit."""
    fitted = apply_transform(fit_similarity(learner, standard), learner)
    distance = np.linalg.norm(fitted - standard, axis=-1)
    known = np.isfinite(distance).any(1)
    return np.where(known, np.nanmean(np.where(known[:, None], distance, 0.0), axis=1), np.inf)
