"""Refits the verdicts' thresholds on figures that trained nothing: what `calibrate` runs.

Right figures of the validation clips (from the front, from everywhere, cut, with a character sheet) and
published figures kept apart set how sure a finding must be; figures with known errors then say how often
findings of a certain log odds are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from proportion.assessment.lifting import NO_SHEET, Lifter, Sheet, combine, visible_parts
from proportion.assessment.measures import scale_parts
from proportion.assessment.verdicts import Thresholds, log_odds
from proportion.skeleton import PARTS
from proportion.training.figures import SHEET_DRAWINGS, Figures, FigureSampler, published, random_errors

ALARMS = {"front": 0.035, "all": 0.035, "cut": 0.06, "published": 0.055}
"""Share of right figures of each kind that may get a finding: a margin under the promised rates."""


@dataclass(frozen=True, eq=False)
class _Odds:
    """``(N, 17)`` log odds of N figures, -inf for parts that are not there, and their signs."""

    odds: np.ndarray
    sign: np.ndarray

    @classmethod
    def of(cls, lifter: Lifter, points: np.ndarray, sigma: np.ndarray, sheet: Sheet = NO_SHEET) -> _Odds:
        lifted = lifter.lift(points, sigma, "auto", sheet)
        odds, sign = zip(*(log_odds(figure) for figure in lifted), strict=True)
        return cls(np.where(visible_parts(points), np.array(odds), -np.inf), np.array(sign))

    def threshold(self, alarms: float) -> float:
        """Log odds that the surest part of all but a share of these (right) figures stays under."""
        return float(np.quantile(self.odds.max(1), 1 - alarms))


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
    """Fit thresholds and certainty.

    Args:
        data: the data pack.
        lifter: the trained lifter.
        count: synthetic figures of each kind.
        seed: of all randomness.
    """
    rng = np.random.default_rng(seed)
    sampler = FigureSampler(data, "val")

    def draw(errors: np.ndarray, view: str, crops: float) -> Figures:
        return sampler.draw(rng, *sampler.bodies(rng, len(errors)), errors, view=view, crops=crops)

    right = np.zeros((count, len(PARTS)))
    front, everywhere, cut = (
        draw(right, "front", 0.0),
        draw(right, "all", 0.0),
        draw(right, "front", 1.0),
    )
    drawings = published(data, apart=True)
    by_hand = np.full(drawings.shape[:2], np.nan)
    limits = [
        _Odds.of(lifter, figures.points, figures.sigma).threshold(ALARMS[name])
        for name, figures in (("front", front), ("all", everywhere), ("cut", cut))
    ]
    limits.append(_Odds.of(lifter, drawings, by_hand).threshold(ALARMS["published"]))
    sheet = sheets_of(lifter, sampler, rng, everywhere)
    with_sheet = _Odds.of(lifter, everywhere.points, everywhere.sigma, sheet)

    wrong = draw(random_errors(rng, 2 * count), "mixed", 0.1)
    factors = random_errors(rng, len(drawings))
    shown = _Odds.of(lifter, wrong.points, wrong.sigma)
    painted = _Odds.of(lifter, scale_parts(drawings, np.exp(factors)), by_hand)
    slope, offset = _fit_certainty(
        np.concatenate([shown.odds, painted.odds]),
        np.concatenate([shown.sign, painted.sign]),
        np.concatenate([wrong.errors, factors]),
        max(limits),
    )
    return Thresholds(max(limits), with_sheet.threshold(ALARMS["all"]), slope, offset)


def _fit_certainty(
    odds: np.ndarray, sign: np.ndarray, errors: np.ndarray, threshold: float
) -> tuple[float, float]:
    found = odds > threshold
    right = (np.sign(errors) == sign)[found]
    model = LogisticRegression(C=10.0).fit(odds[found][:, None], right)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def recalibrate(data: Path) -> Thresholds:
    """Fit the thresholds anew for the shipped lifter and ship them."""
    thresholds = calibrate(data, Lifter.load())
    thresholds.save()
    return thresholds
