from __future__ import annotations

import json

import numpy as np
import pytest

from proportion.assessment.report import Finding, Report
from proportion.errors import BadInput
from proportion.evaluation.verdicts import evaluate_verdicts, read_skeletons
from proportion.geometry import segment_lengths
from proportion.skeleton import PARTS, Skeleton

_HEAD = PARTS.index("head")


@pytest.fixture
def skeletons() -> list[Skeleton]:
    rng = np.random.default_rng(0)
    return [Skeleton((400, 400), rng.uniform(20, 380, (18, 2))) for _ in range(5)]


def _report(skeleton: Skeleton, *findings: Finding) -> Report:
    verdict = "needs work" if findings else "fine"
    return Report("anime", "auto", "style", verdict, 50, skeleton, findings=findings)


def test_a_judge_that_knows_everything_is_perfect(skeletons):
    lengths = {i: segment_lengths(s.points) for i, s in enumerate(skeletons)}

    def judge(skeleton: Skeleton) -> Report:
        ratios = segment_lengths(skeleton.points) / lengths[judge.index]
        changed = int(np.abs(np.log(ratios)).argmax())
        # A width moves only its own two joints' chains, so the most changed part is the right one.
        if np.abs(np.log(ratios[changed])) < 0.01:
            return _report(skeleton)
        percent = 100 * (ratios[changed] - 1)
        kind = "too short" if percent < 0 else "too long"
        return _report(skeleton, Finding(PARTS[changed], kind, percent, percent, percent, 1.0, "key"))

    results = []
    for index, skeleton in enumerate(skeletons):
        judge.index = index
        results.append(evaluate_verdicts([skeleton], judge, changes_per_figure=6))
    assert all(result["figure_false_alarm"] == 0 for result in results)
    assert np.mean([result["sign_right"] or 1 for result in results]) == 1
    assert np.median([result["percent_error_median"] or 0 for result in results]) < 1e-6


def test_a_judge_that_says_nothing_finds_nothing(skeletons):
    result = evaluate_verdicts(skeletons, _report, changes_per_figure=3)
    assert result["n"] == 5 and result["figure_false_alarm"] == 0
    assert set(result["part_detection"]) == {"0.6", "0.7", "1.3", "1.6"}
    assert result["first_finding_right"] == 0
    assert result["percent_error_median"] is None and result["precision_at_certainty_0.9"] is None
    json.dumps(result, allow_nan=False)


def test_a_judge_that_always_blames_the_head_raises_false_alarms(skeletons):
    def judge(skeleton: Skeleton) -> Report:
        return _report(skeleton, Finding("head", "too big", 30, 20, 40, 0.95, "key"))

    result = evaluate_verdicts(skeletons, judge, changes_per_figure=68)
    assert result["figure_false_alarm"] == 1
    assert result["by_part"]["head"] == {"0.6": 0, "0.7": 0, "1.3": 1, "1.6": 1}
    assert result["by_part"]["torso"]["1.6"] == 0
    assert result["precision_at_certainty_0.9"] < 0.1


def test_reads_our_own_list_and_refuses_others(tmp_path, skeletons):
    path = tmp_path / "list.json"
    path.write_text(json.dumps([skeleton.to_json() for skeleton in skeletons]))
    assert read_skeletons(path) == skeletons
    for text in ("{", '{"a": 1}'):
        path.write_text(text)
        with pytest.raises(BadInput):
            read_skeletons(path)


def test_reads_published_anime_figures(data_dir):
    skeletons = read_skeletons(data_dir / "anime_poses" / "val.json")
    assert len(skeletons) > 90
    assert all(np.isnan(skeleton.point("chin")).all() for skeleton in skeletons)
