from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proportion.errors import BadInput
from proportion.keypoint_files import from_coco, from_openpose, read_skeleton, to_coco, to_openpose
from proportion.skeleton import (
    BONES,
    DERIVED_JOINTS,
    JOINT_INDEX,
    JOINT_PARTNER,
    JOINTS,
    PARTS,
    Skeleton,
    bone_vectors,
)


@pytest.fixture
def skeleton() -> Skeleton:
    points = np.random.default_rng(0).uniform(0, 400, (18, 2)).round(2)
    points[JOINT_INDEX["left_toe"]] = np.nan
    states = ["seen"] * 18
    states[JOINT_INDEX["left_toe"]] = "missing"
    states[JOINT_INDEX["right_elbow"]] = "guessed"
    sigma = np.full(18, np.nan)
    sigma[3] = 4.5
    return Skeleton((640, 480), points, tuple(states), sigma)


def test_joints_and_parts_are_those_of_the_design():
    assert len(JOINTS) == 18 and len(set(JOINTS)) == 18
    assert len(PARTS) == 17
    assert {bone.start for bone in BONES} | {bone.end for bone in BONES} == set(JOINTS) | set(
        DERIVED_JOINTS
    )


def test_partner_of_the_partner_is_the_joint_itself():
    assert all(JOINT_PARTNER[JOINT_PARTNER[name]] == name for name in JOINTS)
    assert JOINT_PARTNER["left_hip"] == "right_hip" and JOINT_PARTNER["chin"] == "chin"


def test_derived_joints_are_midpoints(skeleton):
    expected = (skeleton.point("left_hip") + skeleton.point("right_hip")) / 2
    assert np.allclose(skeleton.point("pelvis"), expected)


def test_bone_vectors_point_from_start_to_end(skeleton):
    vectors = bone_vectors(skeleton.points)
    forearm = skeleton.point("left_wrist") - skeleton.point("left_elbow")
    assert np.allclose(vectors[PARTS.index("left_forearm")], forearm)
    assert np.isnan(vectors[PARTS.index("left_foot")]).all()


def test_json_round_trip(skeleton):
    assert read_skeleton(json.dumps(skeleton.to_json())) == skeleton


def test_json_has_no_nan(skeleton):
    json.dumps(skeleton.to_json(), allow_nan=False)


def test_mirroring_twice_is_nothing(skeleton):
    back = skeleton.mirrored().mirrored()
    assert np.allclose(back.points, skeleton.points, equal_nan=True)
    assert back.states == skeleton.states
    flipped = skeleton.mirrored()
    assert flipped.point("left_hip")[0] == pytest.approx(639 - skeleton.point("right_hip")[0])


def test_without_drops_coordinates(skeleton):
    assert np.isnan(skeleton.without("chin").point("chin")).all()
    assert skeleton.without("chin").state("chin") == "missing"


def test_neck_in_a_file_is_ignored(skeleton):
    data = skeleton.to_json()
    data["joints"]["neck"] = {"x": 1, "y": 2, "state": "seen"}
    assert Skeleton.from_json(data) == skeleton


def _changed(skeleton: Skeleton, **joint) -> dict:
    data = skeleton.to_json()
    data["joints"]["chin"].update(joint)
    return data


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda s: [], "skeleton_not_object"),
        (lambda s: {**s.to_json(), "format": "other/1"}, "skeleton_wrong_format"),
        (lambda s: {**s.to_json(), "joints": [1]}, "skeleton_no_joints"),
        (lambda s: {**s.to_json(), "joints": {"tail": {}}}, "skeleton_unknown_joint"),
        (lambda s: {**s.to_json(), "image_size": [0, 10]}, "skeleton_bad_image_size"),
        (lambda s: {**s.to_json(), "image_size": [10, 10, 10]}, "skeleton_bad_image_size"),
        (lambda s: {**s.to_json(), "image_size": [float("inf"), 10]}, "skeleton_bad_image_size"),
        (lambda s: _changed(s, x=float("nan")), "skeleton_bad_joint"),
        (lambda s: _changed(s, y=float("inf")), "skeleton_bad_joint"),
        (lambda s: _changed(s, y=10**400), "skeleton_bad_joint"),
        (lambda s: _changed(s, x=True), "skeleton_bad_joint"),
        (lambda s: _changed(s, state="visible"), "skeleton_bad_joint"),
        (lambda s: _changed(s, state=["seen"]), "skeleton_bad_joint"),
        (lambda s: _changed(s, sigma=-1), "skeleton_bad_joint"),
    ],
)
def test_bad_skeletons_are_refused_with_one_sentence(skeleton, change, key):
    with pytest.raises(BadInput) as refusal:
        Skeleton.from_json(change(skeleton))
    assert refusal.value.key == key
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00", b"\xff\xfe"])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(BadInput):
        read_skeleton(text)


def test_fifty_thousand_joints_are_refused():
    joints = {f"joint_{i}": {"x": 1, "y": 1} for i in range(50_000)}
    with pytest.raises(BadInput):
        read_skeleton(json.dumps({"image_size": [9, 9], "joints": joints}))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["joints", "image_size", "chin", "x", "y", "state", "people", "annotations", "images"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_json)
def test_any_json_is_read_or_refused(data):
    with contextlib.suppress(BadInput):
        assert isinstance(read_skeleton(json.dumps(data)), Skeleton)


def test_openpose_round_trip_keeps_what_it_can_hold(skeleton):
    back = from_openpose(to_openpose(skeleton))
    assert back.image_size == skeleton.image_size
    assert np.allclose(back.point("left_wrist"), skeleton.point("left_wrist"))
    assert back.state("right_elbow") == "guessed"
    assert {n for n in JOINTS if back.state(n) == "missing"} == {
        *("head_top", "chin", "left_hand", "right_hand", "left_toe", "right_toe")
    }


def test_openpose_order_is_the_standard_one(skeleton):
    numbers = to_openpose(skeleton)["people"][0]["pose_keypoints_2d"]
    assert len(numbers) == 54
    assert numbers[3:5] == pytest.approx(skeleton.point("neck"))
    assert numbers[4 * 3 : 4 * 3 + 2] == pytest.approx(skeleton.point("right_wrist"))
    assert numbers[13 * 3 : 13 * 3 + 2] == pytest.approx(skeleton.point("left_ankle"))


def test_coco_round_trip_keeps_what_it_can_hold(skeleton):
    data = to_coco(skeleton)
    assert len(data["annotations"][0]["keypoints"]) == 51
    back = from_coco(data)
    assert np.allclose(back.point("right_knee"), skeleton.point("right_knee"))
    assert back.state("right_elbow") == "guessed" and back.state("chin") == "missing"
    assert read_skeleton(json.dumps(data)) == back


@pytest.mark.parametrize(
    "data",
    [
        {"people": []},
        {"people": [{"pose_keypoints_2d": [1, 2, 3]}], "canvas_width": 5, "canvas_height": 5},
        {"people": [{"pose_keypoints_2d": [float("nan")] * 54}], "canvas_width": 5, "canvas_height": 5},
        {"annotations": [{"keypoints": [0] * 51}]},
        {"annotations": [3], "images": [{}]},
    ],
)
def test_broken_keypoint_files_are_refused(data):
    with pytest.raises(BadInput):
        read_skeleton(json.dumps(data))
