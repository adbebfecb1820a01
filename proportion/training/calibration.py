"""Refits the verdicts' thresholds on figures that trained nothing: what `calibrate` runs.

Right figures set how sure a finding must be; figures with known errors then say how often findings of
certain log odds are right. Joints that a person placed: validation clips from the front, from everywhere
and cut, and published figures kept apart. Joints that the pose estimator found: the same clips with its
errors, and its estimates of drawings kept apart. With a character sheet: all views of those clips.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from proportion.assessment.evidence import Evidence, weigh
from proportion.assessment.lifting import NO_SHEET, Lifter, Sheet, combine, visible_parts
from proportion.assessment.measures import scale_parts
from proportion.assessment.verdicts import Scale, Thresholds
from proportion.paths import CHECKPOINTS
from proportion.skeleton import PARTS
from proportion.training.estimates import Estimates, collect, estimator_hash
from proportion.training.figures import SHEET_DRAWINGS, Figures, FigureSampler, published, random_errors

PLACED_ALARMS = {"front": 0.04, "all": 0.04, "cut": 0.06, "published": 0.05}
ESTIMATED_ALARMS = {"front": 0.07, "all": 0.06, "cut": 0.08, "drawings": 0.07}
"""Share of right figures of each kind that may get a finding; of the bodies that promises are made on, a
third is judged as placed by hand."""
_DOUBT = 0.35  # logits off every certainty: figures of other people are less like these
_VIEWS = {"front": ("front", 0.0), "all": ("all", 0.0), "cut": ("front", 1.0)}
_CARD = CHECKPOINTS / "lifter.md"
_Pair = tuple[Evidence, np.ndarray]


def _evidence(
    lifter: Lifter, points: np.ndarray, sigma: np.ndarray, sheet: Sheet = NO_SHEET
) -> Evidence:
    lifted = lifter.lift(points, sigma, "auto", sheet)
    return weigh(lifted, sigma, visible_parts(points), np.zeros(len(PARTS), bool))


def _threshold(right: Evidence, alarms: float) -> float:
    """Log odds that the surest part of all but a share of right figures stays under."""
    return float(np.quantile(right.limb.max(1), 1 - alarms))


def sheets_of(
    lifter: Lifter, sampler: FigureSampler, rng: np.random.Generator, figures: Figures
) -> Sheet:
    """``(N, 17)`` norms of each figure from three other right drawings of the same body."""
    count = len(figures.body)
    rows = np.tile(np.arange(count), SHEET_DRAWINGS)
    right = np.zeros((len(rows), len(PARTS)))
    others = sampler.draw(rng, figures.body[rows], figures.style[rows], right, crops=0.0)
    lifted = lifter.lift(others.points, others.sigma, "auto")
    shape = (SHEET_DRAWINGS, count, len(PARTS))
    means, deviations = (
        np.array([getattr(figure, name) for figure in lifted]).reshape(shape)
        for name in ("log_lengths", "sd")
    )
    return combine(means, deviations**2, visible_parts(others.points).reshape(shape))


def calibrate(data: Path, lifter: Lifter, *, count: int = 1500, seed: int = 1) -> Thresholds:
    """Fit thresholds and certainties.

    Args:
        data: the data pack.
        lifter: the trained lifter.
        count: synthetic figures of each kind.
        seed: of all randomness.
    """
    rng = np.random.default_rng(seed)
    drawn = Estimates.load().apart(True)
    sampler = FigureSampler(data, "val", drawn)
    wrong = random_errors(rng, count)

    def draw(errors: np.ndarray, view: str, crops: float, by_hand: float) -> Figures:
        bodies, style = sampler.bodies(rng, len(errors))
        return sampler.draw(rng, bodies, style, errors, view=view, crops=crops, by_hand=by_hand)

    def evidence_of(figures: Figures) -> Evidence:
        return _evidence(lifter, figures.points, figures.sigma)

    def fit(
        by_hand: float, alarms: Mapping[str, float], own: str, right: Evidence, known: _Pair
    ) -> Scale:
        limits = [_threshold(right, alarms[own])]
        for name, (view, crops) in _VIEWS.items():
            figures = draw(np.zeros_like(wrong), view, crops, by_hand)
            limits.append(_threshold(evidence_of(figures), alarms[name]))
        return _scale(max(limits), (evidence_of(draw(wrong, "mixed", 0.1, by_hand)), wrong), known)

    drawings = published(data, apart=True)
    factors = random_errors(rng, len(drawings))
    placed = np.full(drawings.shape[:2], np.nan)
    changed = _evidence(lifter, scale_parts(drawings, np.exp(factors)), placed)
    judged = drawn.take(drawn.judged)
    fine = judged.take(~judged.errors.any(1))
    return Thresholds(
        placed=fit(
            1.0, PLACED_ALARMS, "published", _evidence(lifter, drawings, placed), (changed, factors)
        ),
        estimated=fit(
            0.0,
            ESTIMATED_ALARMS,
            "drawings",
            _evidence(lifter, fine.points, fine.sigma),
            (_evidence(lifter, judged.points, judged.sigma), judged.errors),
        ),
        sheet=_sheet_scale(lifter, sampler, rng, wrong),
        estimator=estimator_hash(),
    )


def _sheet_scale(
    lifter: Lifter, sampler: FigureSampler, rng: np.random.Generator, errors: np.ndarray
) -> Scale:
    bodies, style = sampler.bodies(rng, len(errors))
    found = []
    for put_in in (np.zeros_like(errors), errors):
        figures = sampler.draw(rng, bodies, style, put_in, view="all", crops=0.0)
        sheet = sheets_of(lifter, sampler, rng, figures)
        found.append(_evidence(lifter, figures.points, figures.sigma, sheet))
    right, wrong = found
    return _scale(_threshold(right, PLACED_ALARMS["all"]), (wrong, errors))


def _scale(needed: float, *known: _Pair) -> Scale:
    """The certainty of findings above a threshold, from figures with known errors ``(N, 17)``."""
    own, limb, sign = (
        np.concatenate([getattr(found, name) for found, _ in known]) for name in ("own", "limb", "sign")
    )
    errors = np.concatenate([errors for _, errors in known])
    said = limb > needed
    right = (np.sign(errors) == sign)[said]
    model = LogisticRegression(C=10.0).fit(own[said][:, None], right)
    return Scale(needed, float(model.coef_[0, 0]), float(model.intercept_[0]) - _DOUBT)


def recalibrate(data: Path, drawings: Sequence[Path] = ()) -> Thresholds:
    """Fit the thresholds anew for the shipped networks and ship them; the lifter's card gets the hash.

    Args:
        data: the data pack.
        drawings: folders of `synthesize` to measure the estimator's errors on anew; the kept ones serve
            if there is none.
    """
    if drawings:
        collect(drawings).save()
    thresholds = calibrate(data, Lifter.load())
    thresholds.save()
    card = _CARD.read_text(encoding="utf-8")
    _CARD.write_text(re.sub(r"\b[0-9a-f]{64}\b", thresholds.estimator, card), encoding="utf-8")
    return thresholds
