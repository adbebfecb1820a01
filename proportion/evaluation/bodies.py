"""The synthetic test bodies that verdicts are measured on: clips and families that trained nothing.

Configuration: bodies are drawn from the style profiles in the training's shares, a quarter of them from
the rigged characters of the held-out families (log lengths varied by 0.03); poses are upright ones of
test clips; cameras and joint noise as in training, a person's and the estimator's, the latter from
drawings that the lifter's training did not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proportion.assessment.assessor import Assessor
from proportion.assessment.lifting import NO_SHEET, Sheet
from proportion.assessment.profiles import body_unit
from proportion.assessment.report import STYLES, Report
from proportion.assessment.verdicts import Judge
from proportion.evaluation.corrections import evaluate_corrections
from proportion.evaluation.verdicts import evaluate_verdicts
from proportion.skeleton import PARTS, Skeleton
from proportion.synthesis.body_statistics import part_lengths, style_of
from proportion.synthesis.gltf import load_character
from proportion.synthesis.poses import TEST_FAMILIES
from proportion.training.calibration import sheets_of
from proportion.training.estimates import Estimates
from proportion.training.figures import Figures, FigureSampler, View

HELD_OUT_SHARE = 0.25
HELD_OUT_SPREAD = 0.03
_SIDE = 1000


@dataclass(frozen=True)
class Protocol:
    """One set of test figures: its cameras and its share of half-figures."""

    view: View
    crops: float


PROTOCOLS = {
    "front": Protocol("front", 0.0),
    "all": Protocol("all", 0.0),
    "half": Protocol("front", 1.0),
}


class TestBodies:
    """Draws right test figures.

    Args:
        data: the data pack.
    """

    def __init__(self, data: Path) -> None:
        self.sampler = FigureSampler(data, "test", Estimates.load().apart(True))
        paths = [
            path
            for family in sorted(TEST_FAMILIES)
            for path in sorted((data / "characters" / family).iterdir())
            if path.suffix in (".glb", ".vrm")
        ]
        characters = [load_character(path) for path in paths]
        lengths = np.array([part_lengths(character) for character in characters])
        self._held_out = np.log(lengths / body_unit(lengths)[:, None])
        self._styles = np.array([STYLES.index(style_of(character)) for character in characters])

    def draw(self, protocol: Protocol, count: int, seed: int) -> Figures:
        """Right figures of a protocol."""
        rng = np.random.default_rng((seed, *protocol.view.encode()))
        bodies, style = self.sampler.bodies(rng, count)
        rows = np.flatnonzero(rng.random(count) < HELD_OUT_SHARE)
        pick = rng.integers(len(self._styles), size=len(rows))
        bodies[rows] = self._held_out[pick] + rng.normal(0, HELD_OUT_SPREAD, (len(rows), len(PARTS)))
        style[rows] = self._styles[pick]
        return self.sampler.draw(
            rng, bodies, style, np.zeros_like(bodies), view=protocol.view, crops=protocol.crops
        )


def to_skeletons(figures: Figures) -> list[Skeleton]:
    """The figures in pictures of 1,000 pixels, filling most of them."""
    skeletons = []
    for points, sigma in zip(figures.points, figures.sigma, strict=True):
        low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
        scale = 0.9 * _SIDE / (high - low).max()
        placed = (points - (low + high) / 2) * scale + _SIDE / 2
        skeletons.append(Skeleton((_SIDE, _SIDE), placed, sigma=sigma * scale))
    return skeletons


def evaluate_bodies(
    data: Path, assessor: Assessor, *, count: int = 200, changes: int = 4, seed: int = 0
) -> dict[str, Any]:
    """All that is promised of the test bodies.

    Args:
        data: the data pack.
        assessor: what is measured.
        count: right figures of each protocol.
        changes: changed figures for each right one.
        seed: of all randomness.

    Returns:
        The table of `evaluate_verdicts` for each of `PROTOCOLS`; ``sheet`` as `evaluate_sheet` gives it,
        and ``corrected`` as `evaluate_corrections` does for figures from the front.
    """
    bodies = TestBodies(data)
    figures = {name: to_skeletons(bodies.draw(p, count, seed)) for name, p in PROTOCOLS.items()}

    def report(skeleton: Skeleton) -> Report:
        return assessor.assess(skeleton).report

    tables = {
        name: evaluate_verdicts(skeletons, report, changes_per_figure=changes, seed=seed)
        for name, skeletons in figures.items()
    }
    return {
        **tables,
        "sheet": evaluate_sheet(bodies, assessor.judge, count, seed),
        "corrected": evaluate_corrections(figures["front"], report, seed=seed),
    }


def evaluate_sheet(bodies: TestBodies, judge: Judge, count: int, seed: int = 0) -> dict[str, Any]:
    """False alarms and detection (x 0.7 or 1.3, all views) without and with a sheet of three."""
    rng = np.random.default_rng(seed)
    right = bodies.draw(PROTOCOLS["all"], count, seed)
    sheets = sheets_of(judge.lifter, bodies.sampler, rng, right)
    part = rng.integers(len(PARTS), size=count)
    factor = rng.choice((0.7, 1.3), count)
    errors = np.zeros((count, len(PARTS)))
    errors[np.arange(count), part] = np.log(factor)
    wrong = bodies.sampler.draw(rng, right.body, right.style, errors, view="all", crops=0.0)
    result = {}
    for name in ("alone", "with_sheet"):
        norms = [
            Sheet(sheets.mean[i], sheets.precision[i]) if name == "with_sheet" else NO_SHEET
            for i in range(count)
        ]
        alarms = [
            bool(judge.judge(s, sheet=n).wrong) for s, n in zip(to_skeletons(right), norms, strict=True)
        ]
        found = [
            any(
                w.part == p and np.sign(w.shift) == np.sign(f - 1) for w in judge.judge(s, sheet=n).wrong
            )
            for s, n, p, f in zip(to_skeletons(wrong), norms, part, factor, strict=True)
        ]
        result[name] = {"false_alarm": float(np.mean(alarms)), "found": float(np.mean(found))}
    return {"n": count, **result}
