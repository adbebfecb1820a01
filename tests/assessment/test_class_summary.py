from __future__ import annotations

import json

from proportion.assessment.class_summary import summarise
from proportion.assessment.report import Finding, Report
from proportion.skeleton import Skeleton


def _report(score: int, *findings: tuple[str, str]) -> Report:
    return Report(
        "anime",
        "auto",
        "style",
        "needs work" if findings else "fine",
        score,
        Skeleton((10, 10)),
        findings=tuple(Finding(part, kind, -30, -36, -24, 0.9, "key") for part, kind in findings),
    )


def test_mistakes_are_counted_once_a_drawing_and_without_sides():
    both = (("left_forearm", "too short"), ("right_forearm", "too short"), ("head", "too big"))
    summary = summarise([_report(50, *both), _report(70, ("right_forearm", "too short")), _report(90)])
    assert summary.drawings == 3 and summary.median_score == 70
    assert summary.verdicts == {"fine": 1, "needs work": 2, "can't tell": 0}
    first, second = summary.mistakes
    assert (first.part, first.kind, first.drawings) == ("forearm", "too short", 2)
    assert (second.part, second.drawings) == ("head", 1)


def test_an_empty_class_is_a_class():
    summary = summarise([])
    assert summary.median_score is None and summary.mistakes == ()
    json.dumps(summary.to_json(), allow_nan=False)
