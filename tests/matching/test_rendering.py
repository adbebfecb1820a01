import numpy as np
import pytest
import torch

from proportion.geometry import apply_transform, compose, invert, similarity
from proportion.matching.rendering import SIZE, placing_frame, render_parts
from proportion.matching.squeeze import squeeze_joints, squeeze_picture
from proportion.skeleton import JOINT_INDEX, PARTS, joint_points
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
    points = torch.tensor(placed[None]).float()
    difference = (
        (squeeze_picture(drawn).features() - squeeze_joints(points).features())
        .reshape(len(PARTS), 6)
        .abs()
    )
    assert difference[:, :4].max() < 0.03


def test_a_missing_joint_empties_its_parts_and_gradients_flow(figure):
    placed = apply_transform(placing_frame(figure, upright=True), figure)
    placed[JOINT_INDEX["left_shoulder"]] = np.nan
    points = torch.tensor(placed[None]).float().requires_grad_()
    drawn = render_parts(points)
    empty = {part for k, part in enumerate(PARTS) if drawn[0, k].sum() == 0}
    assert empty == {"left_upper_arm", "shoulder_width", "torso", "neck"}
    drawn.sum().backward()
    assert torch.isfinite(points.grad).all() and points.grad.abs().sum() > 0


def test_the_squeeze_goes_through_a_transform_as_the_joints_do(figure):
    points = apply_transform(placing_frame(figure, upright=True), figure)
    matrix = similarity(1.25, 30.0, (0.1, -0.2))
    moved = apply_transform(invert(matrix), points)
    through = squeeze_joints(torch.tensor(points[None])).through(torch.tensor(matrix[None]))
    expected = squeeze_joints(torch.tensor(moved[None]))
    torch.testing.assert_close(through.features(), expected.features())
