"""The measure of the corrected figure, on judges whose answers are known."""

from dataclasses import replace

import numpy as np
import pytest

from proportion.assessment.measures import scale_parts
from proportion.assessment.report import Finding, Report
from proportion.evaluation.corrections import evaluate_corrections
from proportion.geometry import segment_lengths
from proportion.skeleton import PARTS, Skeleton


@pytest.fixture
def skeleton() -> Skeleton:
    return Skeleton((400, 400), np.random.default_rng(3).uniform(20, 380, (18, 2)))


def _judge(right: np.ndarray, spill: float):
    """Knows each part's right length; changes the parts without a finding by a factor, too."""

    def judge(skeleton: Skeleton) -> Report:
        ratio = segment_lengths(skeleton.points) / right
        part = int(np.abs(np.log(ratio)).argmax())
        if abs(np.log(ratio[part])) < 0.2:
            return Report("anime", "auto", "style", "fine", 100, skeleton)
        percent = 100 * (ratio[part] - 1)
        wrong = Finding(PARTS[part], "too long", percent, percent, percent, 1.0, "key")
        factors = np.full(len(PARTS), spill)
        factors[part] = 1 / ratio[part]
        better = skeleton.with_points(scale_parts(skeleton.points, factors))
        report = Report("anime", "auto", "style", "needs work", 50, skeleton, findings=(wrong,))
        return replace(report, corrected_skeleton=better)

    return judge


def test_a_perfect_correction_turns_and_changes_nothing_else(skeleton):
    judge = _judge(segment_lengths(skeleton.points), spill=1.0)
    result = evaluate_corrections([skeleton] * 6, judge)
    assert result["n"] == 6 and result["fine_again"] == 1
    assert result["most_turned"] < 1e-6 and result["most_others_changed"] < 1e-6


def test_a_correction_that_spills_over_is_caught(skeleton):
    judge = _judge(segment_lengths(skeleton.points), spill=1.1)
    result = evaluate_corrections([skeleton] * 6, judge)
    assert result["most_others_changed"] == pytest.approx(0.1, abs=1e-6)


def test_figures_without_findings_are_not_counted(skeleton):
    def silent(figure: Skeleton) -> Report:
        return Report("anime", "auto", "style", "fine", 100, figure)

    assert evaluate_corrections([skeleton], silent) == {
        "n": 0,
        "fine_again": None,
        "most_turned": 0.0,
        "most_others_changed": 0.0,
    }
