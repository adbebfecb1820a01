import numpy as np
import pytest
import torch

from proportion.geometry import apply_transform, compose, similarity
from proportion.matching.rendering import LINE_RADIUS, SIZE, placing_frame, render_parts
from proportion.matching.squeeze import off_proportion, squeeze
from proportion.skeleton import JOINT_INDEX, PARTS, joint_points
from proportion.synthesis.distortions2d import distort
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints, project

T_POSE = np.zeros((1, 22, 4))
T_POSE[..., 3] = 1.0


@pytest.fixture
def figure():
    joints = pose_joints(PLANS["anime"][None], pose_basis(T_POSE))
    return project(joints, yaw=20.0)[0].astype(float) * 300 + (200, 260)


def test_upright_frame_does_not_depend_on_how_the_figure_lies(figure):
    move = similarity(1.7, 33.0, (50.0, -20.0))
    moved = apply_transform(move, figure)
    stood = apply_transform(placing_frame(moved, upright=True), moved)
    np.testing.assert_allclose(stood, apply_transform(placing_frame(figure, upright=True), figure))
    axis = joint_points(stood, "neck") - joint_points(stood, "pelvis")
    assert axis[0] == pytest.approx(0.0, abs=1e-9) and axis[1] < 0
    assert np.abs(stood).max() < 1
    rough = compose(placing_frame(moved, upright=False), move)
    assert np.arctan2(rough[1, 0], rough[0, 0]) == pytest.approx(np.deg2rad(33.0))


def test_a_bust_or_a_single_joint_still_gets_a_frame(figure):
    figure[[i for name, i in JOINT_INDEX.items() if "hip" in name or "knee" in name]] = np.nan
    assert np.isfinite(placing_frame(figure, upright=True)).all()
    figure[1:] = np.nan
    assert np.isfinite(placing_frame(figure, upright=True)).all()


def test_parts_are_drawn_where_they_are_and_their_brightness_measures_them(figure):
    placed = apply_transform(placing_frame(figure, upright=True), figure)
    drawn = render_parts(torch.tensor(placed[None]).float())
    assert drawn.shape == (1, len(PARTS), SIZE, SIZE)
    assert drawn.min() >= 0 and drawn.max() <= 1
    wrist = (placed[JOINT_INDEX["left_wrist"]] + 1) * SIZE / 2 - 0.5
    x, y = np.round(wrist).astype(int)
    assert drawn[0, PARTS.index("left_forearm"), y, x] > 0.5
    assert drawn[0, PARTS.index("right_forearm"), y, x] == 0
    length = torch.exp(squeeze(torch.tensor(placed[None]))[0, :, 0]) * 0.2
    brightness = drawn.sum((0, 2, 3)).double()
    bright_ends = np.pi * (LINE_RADIUS * SIZE / 2) ** 2 / 3
    torch.testing.assert_close(
        (brightness - bright_ends) / (SIZE / 2) / (LINE_RADIUS * SIZE / 2), length, atol=0.01, rtol=0.03
    )


def test_a_missing_joint_empties_its_parts_and_gradients_flow(figure):
    placed = apply_transform(placing_frame(figure, upright=True), figure)
    placed[JOINT_INDEX["left_shoulder"]] = np.nan
    points = torch.tensor(placed[None]).float().requires_grad_()
    drawn = render_parts(points)
    empty = {part for k, part in enumerate(PARTS) if drawn[0, k].sum() == 0}
    assert empty == {"left_upper_arm", "shoulder_width", "torso", "neck"}
    drawn.sum().backward()
    assert torch.isfinite(points.grad).all() and points.grad.abs().sum() > 0


def test_the_squeeze_says_which_part_is_off_whatever_the_size(figure):
    longer = distort(figure, "right_shin", 1.4) * 2.5
    own, other = (squeeze(torch.tensor(points[None] / 400)) for points in (longer, figure))
    off = off_proportion(own, other)[0]
    assert off[PARTS.index("right_shin")] == pytest.approx(np.log(1.4), abs=1e-6)
    assert off.abs().sort().values[:-1].max() < 1e-6
    longer[JOINT_INDEX["right_knee"]] = np.nan
    gone = squeeze(torch.tensor(longer[None]))[
        0, [PARTS.index("right_thigh"), PARTS.index("right_shin")]
    ]
    assert (gone == 0).all()
