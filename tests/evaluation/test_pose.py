from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from proportion.errors import BadInput
from proportion.evaluation.pose import bones_found, evaluate_pose, joint_errors, pdj, read_annotations
from proportion.geometry import torso_diagonal
from proportion.skeleton import JOINT_INDEX, Skeleton


@pytest.fixture
def truth() -> np.ndarray:
    return np.random.default_rng(3).uniform(20, 380, (6, 18, 2))


def test_the_truth_itself_is_perfect(truth):
    scores = pdj(joint_errors(truth, truth), 0.1)
    assert set(scores.values()) == {1.0}
    assert (bones_found(truth, truth) == 1).all()


def test_errors_are_in_torso_diagonals(truth):
    moved = truth.copy()
    moved[0, JOINT_INDEX["left_knee"]] += (0.15 * torso_diagonal(truth)[0], 0)
    errors = joint_errors(moved, truth)
    assert errors[0, JOINT_INDEX["left_knee"]] == pytest.approx(0.15)
    assert pdj(errors, 0.2)["knee"] == 1
    assert pdj(errors, 0.1)["knee"] == pytest.approx(11 / 12)
    assert pdj(errors, 0.1)["limbs"] == pytest.approx(71 / 72)
    assert pdj(errors, 0.1)["all"] == pytest.approx(77 / 78)


def test_the_head_counts_as_one_point(truth):
    moved = truth.copy()
    far = torso_diagonal(truth)[0]
    moved[0, JOINT_INDEX["head_top"]] += (0, far)
    moved[0, JOINT_INDEX["chin"]] -= (0, far)
    scores = pdj(joint_errors(moved, truth), 0.1)
    assert scores["head"] == 1 and scores["chin"] == pytest.approx(5 / 6)


def test_missing_in_the_truth_is_left_out_and_not_found_is_a_miss(truth):
    found, marked = truth.copy(), truth.copy()
    marked[:, JOINT_INDEX["left_toe"]] = np.nan
    found[0, JOINT_INDEX["right_toe"]] = np.nan
    scores = pdj(joint_errors(found, marked), 0.2)
    assert scores["toe"] == pytest.approx(5 / 6)


def test_a_bust_without_its_torso_diagonal_is_left_out_found_or_not(truth):
    found, marked = truth.copy(), truth.copy()
    marked[0, JOINT_INDEX["right_hip"]] = np.nan
    found[0] = np.nan
    assert np.isnan(joint_errors(found, marked)[0]).all()
    assert pdj(joint_errors(found, marked), 0.2)["all"] == 1


def test_pcp_needs_both_ends(truth):
    found = truth.copy()
    found[0, JOINT_INDEX["left_wrist"]] += 1000
    bones = bones_found(found, truth)
    assert np.isclose(bones.sum(), bones.size - 2)  # the forearm and the hand of one figure


def _annotations(tmp_path, skeletons, sides_sure=True):
    drawings = []
    for index, skeleton in enumerate(skeletons):
        name = f"{index}.png"
        Image.new("RGB", skeleton.image_size, "white").save(tmp_path / name)
        entry = {**skeleton.to_json(), "file": name, "style": "line", "sides_sure": sides_sure}
        entry["format"] = "proportion-drawings/1"
        drawings.append(entry)
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps({"format": "proportion-drawings/1", "drawings": drawings}))
    return path


def test_an_undetected_figure_misses_every_joint(tmp_path, truth):
    skeletons = [Skeleton((400, 400), points) for points in truth[:2]]
    answers = iter([skeletons[0], BadInput("nobody", "no_figure")])

    def estimate(picture):
        answer = next(answers)
        if isinstance(answer, BadInput):
            raise answer
        return answer

    overlays = tmp_path / "overlays"
    result = evaluate_pose(
        _annotations(tmp_path, skeletons), tmp_path, overlays=overlays, estimate=estimate
    )
    assert result["n"] == 2
    assert result["pdj"]["0.2"]["all"] == result["by_style"]["line"]["0.1"]["limbs"] == 0.5
    assert len(list(overlays.iterdir())) == 2


def test_unsure_sides_count_the_better_way(tmp_path, truth):
    skeleton = Skeleton((400, 400), truth[0])
    for sides_sure, expected in ((True, 0.1), (False, 1.0)):
        path = _annotations(tmp_path, [skeleton], sides_sure)
        result = evaluate_pose(path, tmp_path, estimate=lambda picture: skeleton.swapped_sides())
        limbs = result["pdj"]["0.2"]["limbs"]
        assert limbs == 1.0 if expected == 1.0 else limbs < 0.5


def test_an_unreadable_file_is_said(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[1]")
    with pytest.raises(BadInput):
        read_annotations(path)
