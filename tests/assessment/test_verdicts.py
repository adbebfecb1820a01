"""The shipped lifter and thresholds at work on posed bodies."""

import time
from dataclasses import replace

import numpy as np
import pytest

from proportion.assessment.assessor import Assessor
from proportion.assessment.lifting import NO_SHEET, Sheet, combine, normalise, visible_parts
from proportion.assessment.measures import scale_parts
from proportion.assessment.report import Report
from proportion.assessment.verdicts import Judge, Scale, Thresholds
from proportion.errors import BadInput
from proportion.geometry import angle_difference, segment_angles, segment_lengths
from proportion.skeleton import JOINTS, PARTS, Skeleton
from proportion.ui.texts import LANGUAGES, knows, say, texts

_STANDING = {
    "head_top": (500, 60),
    "chin": (500, 180),
    "left_shoulder": (572, 232),
    "left_elbow": (600, 370),
    "left_wrist": (612, 492),
    "left_hand": (616, 570),
    "left_hip": (536, 480),
    "left_knee": (548, 680),
    "left_ankle": (552, 876),
    "left_toe": (580, 930),
}


def _standing() -> Skeleton:
    points = np.zeros((18, 2))
    for index, name in enumerate(JOINTS):
        x, y = _STANDING[name.replace("right_", "left_")]
        points[index] = (1000 - x, y) if name.startswith("right_") else (x, y)
    return Skeleton((1000, 1000), points)


def _scaled(skeleton: Skeleton, part: str, factor: float) -> Skeleton:
    factors = np.ones(len(PARTS))
    factors[PARTS.index(part)] = factor
    return skeleton.with_points(scale_parts(skeleton.points, factors))


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(Judge.load())


@pytest.fixture(scope="module")
def standing() -> Skeleton:
    return _standing()


def _report(assessor: Assessor, skeleton: Skeleton, **settings) -> Report:
    return assessor.assess(skeleton, **settings).report


def test_a_right_figure_is_fine(assessor, standing):
    report = _report(assessor, standing)
    assert (report.verdict, report.findings) == ("fine", ())
    assert report.good[0].message == "good.all"
    assert 5.5 < report.heads_tall < 9
    assert report.corrected_skeleton == standing


def test_a_figure_of_which_little_can_be_judged_is_not_called_fine(assessor, standing):
    blurred = replace(standing, sigma=np.where(np.char.endswith(JOINTS, "shoulder"), 10.0, 300.0))
    report = _report(assessor, blurred)
    assert len(report.unsure) > 11
    assert report.verdict == "can't tell"


@pytest.mark.parametrize(
    ("part", "factor"),
    [("left_shin", 1.6), ("right_thigh", 0.6), ("left_forearm", 1.6), ("left_upper_arm", 1.6)],
)
def test_a_wrong_part_is_named_first_and_put_right(assessor, standing, part, factor):
    wrong = _scaled(standing, part, factor)
    report = _report(assessor, wrong)
    assert report.verdict == "needs work"
    assert report.findings[0].part == part
    assert np.sign(report.findings[0].percent) == np.sign(factor - 1)
    again = _report(assessor, report.corrected_skeleton)
    assert again.verdict == "fine"
    assert again.score > report.score
    named = {finding.part for finding in report.findings}
    before, after = segment_lengths(wrong.points), segment_lengths(report.corrected_skeleton.points)
    others = [index for index, name in enumerate(PARTS) if name not in named]
    assert np.allclose(after[others], before[others])
    turned = angle_difference(
        segment_angles(wrong.points), segment_angles(report.corrected_skeleton.points)
    )
    assert np.abs(turned).max() < 1e-6


def test_the_verdict_does_not_know_place_or_size(assessor, standing):
    wrong = _scaled(standing, "left_shin", 1.6)
    moved = Skeleton((4000, 4000), wrong.points * 3 + (20, 50))
    here, there = _report(assessor, wrong), _report(assessor, moved)
    assert [f.part for f in here.findings] == [f.part for f in there.findings]
    assert here.findings[0].percent == pytest.approx(there.findings[0].percent, abs=0.2)


def test_the_mirror_image_gets_the_mirrored_verdict(assessor, standing):
    wrong = _scaled(standing, "left_shin", 1.6)
    here, there = _report(assessor, wrong), _report(assessor, wrong.mirrored())
    assert there.findings[0].part == "right_shin"
    assert here.findings[0].percent == pytest.approx(there.findings[0].percent, abs=0.2)
    assert here.score == there.score


def test_a_mark_points_at_the_viewer_is_obeyed(assessor, standing):
    mark = frozenset({"right_thigh"})
    short = _report(assessor, _scaled(standing, "right_thigh", 0.6), foreshortened=mark)
    assert "right_thigh" not in {finding.part for finding in short.findings}
    assert ("right_thigh", "points_at_viewer") in {(row.part, row.message) for row in short.unsure}
    long = _report(assessor, _scaled(standing, "right_thigh", 1.6), foreshortened=mark)
    assert long.findings[0].part == "right_thigh"


def test_a_bust_is_judged_by_what_is_there(assessor, standing):
    legs = [f"{side}_{j}" for side in ("left", "right") for j in ("hip", "knee", "ankle", "toe")]
    report = _report(assessor, standing.without(*legs))
    assert report.heads_tall is None
    assert ("left_shin", "hidden") in {(row.part, row.message) for row in report.unsure}
    assert report.findings == ()


def test_too_few_joints_are_refused(assessor, standing):
    with pytest.raises(BadInput, match="Too few joints"):
        assessor.assess(standing.without(*JOINTS[4:]))


def test_a_sheet_gives_consistency_and_norms(assessor, standing):
    wrong = _scaled(standing, "left_thigh", 1.5)
    report = _report(assessor, wrong, sheet=[standing, standing.mirrored()])
    assert report.against == "sheet"
    assert 0 <= report.consistency.score <= 1
    assert report.findings[0].part == "left_thigh"
    with pytest.raises(BadInput):
        assessor.assess(standing, sheet=[standing] * 7)


def test_the_report_survives_its_json_and_every_message_has_words(assessor, standing):
    for part in PARTS:
        for factor in (0.55, 1.7):
            report = _report(assessor, _scaled(standing, part, factor))
            assert Report.from_json(report.to_json()) == report
            for row in (*report.good, *report.findings, *report.unsure):
                assert knows(row.message), row.message
                for language in LANGUAGES:
                    assert "{" not in say(language, row.message, **row.values)


def test_languages_say_the_same_things():
    keys = [set(texts(language)) for language in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]


def test_norms_of_drawings_weigh_by_their_certainty():
    means = np.tile([[0.0], [1.0]], (1, len(PARTS)))
    variances = np.tile([[0.01], [1e9]], (1, len(PARTS)))
    seen = np.ones((2, len(PARTS)), bool)
    seen[:, 3] = False
    sheet = combine(means, variances, seen)
    assert np.allclose(np.delete(sheet.mean, 3), 0, atol=1e-6)
    assert sheet.precision[3] == 0 and isinstance(sheet, Sheet) and not NO_SHEET.precision.any()


def test_normalised_figures_stand_upright_at_size_one(standing):
    placed, scale = normalise(standing.points[None] * 2)
    assert scale[0] == pytest.approx(2 * normalise(standing.points[None])[1][0])
    assert np.sqrt((placed**2).sum(-1).mean()) == pytest.approx(1, abs=1e-5)


def test_visible_parts_need_all_their_joints(standing):
    seen = visible_parts(standing.without("left_hip").points)
    assert not seen[PARTS.index("torso")] and not seen[PARTS.index("left_thigh")]
    assert seen[PARTS.index("left_shin")]


def test_thresholds_come_back_from_their_file(tmp_path):
    scales = (Scale(0.4, 1.5, -0.1), Scale(0.1, 1.1, -0.2), Scale(0.2, 1.5, 0.3))
    thresholds = Thresholds(*scales, estimator="abc")
    thresholds.save(tmp_path / "thresholds.json")
    assert Thresholds.load(tmp_path / "thresholds.json") == thresholds


def test_estimated_joints_are_judged_by_their_own_threshold(standing):
    scales = (Scale(0.4, 1.5, -0.1), Scale(0.1, 1.1, -0.2), Scale(0.2, 1.5, 0.3))
    placed, estimated, by_sheet = scales
    thresholds = Thresholds(*scales, estimator="abc")
    assert thresholds.scale(standing, NO_SHEET) is placed
    told = Skeleton((1000, 1000), standing.points, sigma=np.full(18, 5.0))
    assert thresholds.scale(told, NO_SHEET) is estimated
    few_moved = Skeleton((1000, 1000), standing.points, sigma=np.r_[np.full(15, 5.0), [np.nan] * 3])
    assert thresholds.scale(few_moved, NO_SHEET) is estimated
    norms = Sheet(np.zeros(len(PARTS)), np.ones(len(PARTS)))
    assert thresholds.scale(told, norms) is by_sheet


def test_surer_findings_are_more_certain():
    scale = Scale(0.4, 1.5, -0.1)
    certainties = [scale.certainty(odds) for odds in (-2.0, 0.0, 2.0, 6.0)]
    assert certainties == sorted(certainties) and certainties[-1] > 0.99
    assert scale.certainty(0.1 / 1.5) == pytest.approx(0.5)


def test_joints_to_report_takes_less_than_a_tenth_of_a_second(assessor, standing):
    wrong = _scaled(standing, "left_shin", 1.6)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        assessor.assess(wrong)
        times.append(time.perf_counter() - start)
    assert np.median(times) < 0.1
