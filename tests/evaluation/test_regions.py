import numpy as np
import pytest

from proportion.evaluation.region_data import load_region_data
from proportion.evaluation.region_scorers import JointsScorer, Scores, uniform_scorer
from proportion.evaluation.regions import (
    Network,
    evaluate_regions,
    expected_calibration_error,
    heat_of_drawn_parts,
    judge_half,
    judge_part,
)
from proportion.skeleton import PARTS
from proportion.training.paper_samples import CLUSTERS


def _scores(heat_left: float, heat_right: float) -> Scores:
    heat, bones = np.ones((1, 8, 8)), np.zeros((1, len(PARTS), 8, 8), bool)
    for part, columns, value in (
        ("left_thigh", slice(5, 7), heat_left),
        ("right_thigh", slice(1, 3), heat_right),
    ):
        bones[0, PARTS.index(part), 4, columns] = True
        heat[0, 4, columns] = value
    return Scores(heat, bones, np.zeros(1))


def test_a_half_is_right_when_it_is_colder_and_a_tie_is_wrong():
    assert judge_half(_scores(0.1, 0.9), "left")["intensity"].all()
    assert not judge_half(_scores(0.1, 0.9), "right")["either"].any()
    tie = judge_half(_scores(0.5, 0.5), "left")
    assert tie["ties"].all() and not tie["either"].any()


def test_a_part_is_right_when_it_is_the_coldest():
    heat, bones = np.ones((1, 8, 8)), np.zeros((1, len(PARTS), 8, 8), bool)
    hand, torso = PARTS.index("left_hand"), PARTS.index("torso")
    bones[0, torso, :, 4] = bones[0, hand, 4, 2:5] = True
    heat[0, :, 4] = 0.2
    scores = Scores(heat, bones, np.zeros(1))
    parts = heat_of_drawn_parts(scores)[0]
    assert parts[hand] == pytest.approx(2.2 / 3) and parts[torso] == pytest.approx(0.2)
    assert judge_part(parts[None], "torso")[0] == 1.0
    assert judge_part(parts[None], "left_hand")[0] == 0.0
    assert np.isnan(judge_part(parts[None], "head")[0])
    parts[hand] = parts[torso]
    right, ties = judge_part(parts[None], "torso")
    assert ties == 1.0 and right == 0.0


def test_calibration_error_of_a_known_forecast():
    truth = np.array([1.0, 0, 0, 0, 1, 1, 1, 0])
    assert expected_calibration_error(np.repeat([0.25, 0.75], 4), truth) == pytest.approx(0.0)
    assert expected_calibration_error(np.ones(8), truth) == pytest.approx(0.5)


def test_joints_alone_find_halves_against_their_own_standard(data_dir):
    joints = JointsScorer(halves=True)
    networks = {
        "joints": Network(joints, joints, ("own",)),
        "uniform": Network(uniform_scorer, uniform_scorer, ("own",)),
    }
    report = evaluate_regions(
        data_dir, ["narrow"], networks=networks, count=12, parts=False, progress=lambda jobs: jobs
    )
    assert len(report["cells"]) == 32
    joints_row, uniform_row = report["summary"]
    assert joints_row["mean"] > 0.95
    assert uniform_row["mean"] == 0.0 and uniform_row["ties"] == 1.0


def test_references_never_are_the_original_unless_asked(data_dir):
    data = load_region_data("anime", data_dir, 10)
    rng = np.random.default_rng(0)
    rows = np.arange(len(data.points))
    for kind in ("retrieved", "random_same_pose", "shuffled"):
        found = data.reference(kind, data.points, rows, rng)
        same = (np.nan_to_num(found) == np.nan_to_num(data.points)).all((1, 2))
        assert not same.any()
    assert np.isnan(data.reference("none", data.points, rows, rng)).all()


def test_the_papers_stand_in_has_417_originals(data_dir):
    data = load_region_data("paper", data_dir, 1000)
    assert len(data.pool) == sum(CLUSTERS.values())
    assert len(data.points) == len(data.pool) // 5
