import numpy as np
import pytest

from proportion.geometry import segment_lengths
from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.projections import (
    PLANS,
    heading_degrees,
    pose_basis,
    pose_joints,
    project,
    sample_lengths,
    sample_views,
)

T_POSE = np.zeros((1, 22, 4))
T_POSE[..., 3] = 1.0


@pytest.mark.parametrize("plan", PLANS)
def test_t_pose_has_the_lengths_asked_for(plan):
    joints = pose_joints(PLANS[plan][None], pose_basis(T_POSE))
    lengths = segment_lengths(joints)[0]
    # The foot's direction is rounded to two decimals.
    np.testing.assert_allclose(lengths, PLANS[plan], rtol=5e-3)
    assert joints[0, JOINT_INDEX["left_hand"], 0] > 0 > joints[0, JOINT_INDEX["right_hand"], 0]
    assert joints[0, JOINT_INDEX["left_toe"], 2] > 0
    assert np.ptp(joints[0, :, 1]) == pytest.approx(1.0, abs=0.08)


def test_limbs_keep_their_lengths_in_every_pose(data_dir):
    bank = PoseBank.load(data_dir).take(np.arange(0, 4000, 40))
    lengths = np.repeat(PLANS["anime"][None], len(bank), 0)
    measured = segment_lengths(pose_joints(lengths, pose_basis(bank.rotations)))
    for part in ("left_upper_arm", "right_forearm", "left_hand", "right_thigh", "left_shin", "head"):
        column = PARTS.index(part)
        np.testing.assert_allclose(measured[:, column], lengths[:, column], rtol=1e-3)


def test_bodies_face_the_camera_whatever_their_heading():
    half = np.deg2rad(130.0) / 2
    turned = T_POSE.copy()
    turned[..., 1], turned[..., 3] = np.sin(half), np.cos(half)
    assert heading_degrees(turned) == pytest.approx([130.0])
    np.testing.assert_allclose(pose_basis(turned), pose_basis(T_POSE), atol=1e-6)


def test_project_keeps_the_viewers_sides_and_turns():
    joints = pose_joints(PLANS["realistic"][None], pose_basis(T_POSE))
    front = project(joints)[0]
    assert front[JOINT_INDEX["left_hand"], 0] > 0  # the character's left is on the viewer's right
    assert front[JOINT_INDEX["head_top"], 1] < 0
    side = project(joints, yaw=90.0)[0]
    assert side[JOINT_INDEX["left_toe"], 0] > 0.1
    assert abs(side[JOINT_INDEX["left_hand"], 0]) < 0.01
    rolled = project(joints, roll=90.0)[0]
    np.testing.assert_allclose(rolled, np.stack([-front[:, 1], front[:, 0]], -1), atol=1e-6)
    near = project(joints, yaw=90.0, perspective=0.5)[0]
    assert abs(near[JOINT_INDEX["right_shoulder"], 1]) > abs(side[JOINT_INDEX["right_shoulder"], 1])


def test_sampled_lengths_are_symmetric_seeded_and_spread_as_asked():
    lengths = sample_lengths(np.random.default_rng(3), 4000, limb_sd=0.12, head_sd=0.35)
    spread = np.log(lengths / PLANS["realistic"]).std(0)
    assert spread[PARTS.index("head")] == pytest.approx(0.35, rel=0.1)
    assert spread[PARTS.index("left_shin")] == pytest.approx(0.12, rel=0.1)
    np.testing.assert_array_equal(
        lengths[:, PARTS.index("left_shin")], lengths[:, PARTS.index("right_shin")]
    )
    again = sample_lengths(np.random.default_rng(3), 4000, limb_sd=0.12, head_sd=0.35)
    np.testing.assert_array_equal(lengths, again)
    yaw, *_ = sample_views(np.random.default_rng(0), 1000, max_yaw=60)
    assert -60 <= yaw.min() < -50 and 50 < yaw.max() <= 60
