from __future__ import annotations

import numpy as np
import pytest

from proportion.geometry import (
    align_torso_axis,
    angle_difference,
    apply_transform,
    compose,
    downstream_joints,
    fit_similarity,
    fit_similarity_robust,
    invert,
    rotation_degrees,
    scale_of,
    segment_angles,
    segment_lengths,
    similarity,
    torso_diagonal,
)
from proportion.skeleton import JOINT_INDEX, PARTS, joint_points


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, 18, 2)) * 50 + 200


def test_similarity_turns_clockwise_on_screen():
    assert np.allclose(apply_transform(similarity(2, 90, (1, 0)), np.array([[1.0, 0.0]])), [[1, 2]])
    assert rotation_degrees(similarity(3, 40)) == pytest.approx(40)
    assert scale_of(similarity(3, 40)) == pytest.approx(3)


def test_inverse_and_composition(points):
    transform = similarity(1.7, -33, (20, 5))
    there = apply_transform(transform, points)
    assert np.allclose(apply_transform(invert(transform), there), points)
    assert np.allclose(compose(invert(transform), transform), similarity(), atol=1e-12)


@pytest.mark.parametrize("fit", [fit_similarity, fit_similarity_robust])
def test_fit_finds_the_known_transform(fit, points):
    transform = similarity(0.6, 25, (-30, 80))
    target = apply_transform(transform, points)
    target[0, 3] = np.nan
    assert np.allclose(fit(points, target), transform)


def test_one_wrong_limb_hardly_moves_the_robust_fit(points):
    target = points.copy()
    limb = [JOINT_INDEX[name] for name in downstream_joints("left_upper_arm")]
    target[:, limb] += 120
    robust = fit_similarity_robust(points, target)
    assert np.abs(scale_of(robust) - 1).max() < 1e-3
    assert np.abs(scale_of(fit_similarity(points, target)) - 1).max() > 1e-2


def test_weights_of_zero_leave_points_out(points):
    target = points.copy()
    target[:, 5] += 1000
    weights = np.ones(18)
    weights[5] = 0
    assert np.allclose(fit_similarity(points, target, weights), similarity(), atol=1e-9)


def test_fit_of_too_few_points_is_a_shift_or_nan():
    one = np.full((18, 2), np.nan)
    one[3] = (5, 6)
    assert np.allclose(fit_similarity(one, one + 2), similarity(1, 0, (2, 2)))
    assert np.isnan(fit_similarity(one * np.nan, one)).any()


def test_torso_alignment_puts_the_neck_above_the_pelvis(points):
    aligned = apply_transform(align_torso_axis(points), points)
    assert np.allclose(joint_points(aligned, "pelvis"), 0, atol=1e-9)
    assert np.allclose(joint_points(aligned, "neck"), (0, -1), atol=1e-9)


def test_torso_alignment_needs_a_torso():
    assert np.isnan(align_torso_axis(np.zeros((18, 2)))).all()


def test_lengths_scale_and_angles_turn_with_the_figure(points):
    moved = apply_transform(similarity(2, 30, (7, 7)), points)
    assert np.allclose(segment_lengths(moved), 2 * segment_lengths(points))
    assert np.allclose(angle_difference(segment_angles(moved), segment_angles(points)), 30)
    assert np.allclose(torso_diagonal(moved), 2 * torso_diagonal(points))


def test_known_length_and_angle():
    points = np.full((18, 2), np.nan)
    points[JOINT_INDEX["left_elbow"]], points[JOINT_INDEX["left_wrist"]] = (0, 0), (0, 5)
    forearm = PARTS.index("left_forearm")
    assert segment_lengths(points)[forearm] == 5
    assert segment_angles(points)[forearm] == 90
    assert np.isnan(segment_lengths(points)[PARTS.index("right_forearm")])


def test_angle_difference_wraps():
    assert angle_difference(170, -170) == -20


def test_what_hangs_on_a_part():
    assert downstream_joints("left_forearm") == ("left_wrist", "left_hand")
    assert downstream_joints("right_foot") == ("right_toe",)
    assert set(downstream_joints("torso")) >= {"head_top", "left_hand", "right_shoulder"}
    with pytest.raises(ValueError):
        downstream_joints("hip_width")
