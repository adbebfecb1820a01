import numpy as np
import pytest

from proportion.geometry import apply_transform, fit_similarity_robust, segment_lengths
from proportion.skeleton import JOINT_INDEX, PARTS, joint_points
from proportion.synthesis.distortions2d import HALVES, bend, changed_parts, distort, swirl, undo
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints, project

T_POSE = np.zeros((1, 22, 4))
T_POSE[..., 3] = 1.0


@pytest.fixture
def figure():
    joints = pose_joints(PLANS["realistic"][None], pose_basis(T_POSE))
    return project(joints, yaw=25.0, roll=4.0)[0].astype(float)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_changes_by_its_factor_and_limbs_keep_theirs(figure, part):
    before, after = segment_lengths(figure), segment_lengths(distort(figure, part, 1.3))
    column = PARTS.index(part)
    assert after[column] == pytest.approx(1.3 * before[column])
    limbs = [PARTS.index(p) for p in PARTS if p != part and p.startswith(("left_", "right_"))]
    np.testing.assert_allclose(after[limbs], before[limbs])


@pytest.mark.parametrize("target", [*PARTS, *HALVES])
@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_undo_brings_the_figure_back(figure, target, factor):
    np.testing.assert_allclose(undo(distort(figure, target, factor), target, factor), figure, atol=1e-9)


def test_upper_and_lower_can_be_told_apart(figure):
    # No similarity turns the one drawing into the other, as it would for plain scalings.
    upper, lower = distort(figure, "upper", 0.7), distort(figure, "lower", 1 / 0.7)
    fitted = apply_transform(fit_similarity_robust(upper, lower), upper)
    assert np.abs(fitted - lower).max() > 0.03


def test_halves_leave_the_other_half_and_recompute_the_middle(figure):
    moved = distort(figure, "left", 0.5)
    right = [index for name, index in JOINT_INDEX.items() if name.startswith("right_")]
    np.testing.assert_array_equal(moved[right], figure[right])
    middle = (moved[JOINT_INDEX["left_hip"]] + moved[JOINT_INDEX["right_hip"]]) / 2
    np.testing.assert_allclose(joint_points(moved, "pelvis"), middle)


def test_factor_one_changes_nothing_and_batches_agree(figure):
    for target in (*PARTS, *HALVES):
        np.testing.assert_allclose(distort(figure, target, 1.0), figure, atol=1e-12)
    batch = distort(np.stack([figure, figure]), "left_thigh", np.array([0.6, 1.6]))
    np.testing.assert_allclose(batch[1], distort(figure, "left_thigh", 1.6))
    with pytest.raises(ValueError, match="neither"):
        distort(figure, "tail", 1.2)


def test_missing_joints_stay_missing_and_spoil_only_what_hangs_on_them(figure):
    figure[JOINT_INDEX["left_elbow"]] = np.nan
    moved = distort(figure, "left_upper_arm", 1.3)
    gone = {name for name, index in JOINT_INDEX.items() if np.isnan(moved[index]).any()}
    assert gone == {"left_elbow", "left_wrist", "left_hand"}


def test_bend_and_swirl_turn_what_they_should(figure):
    bowed = bend(figure, 30.0)
    legs = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("knee", "toe")]
    np.testing.assert_allclose(bowed[legs], figure[legs])
    assert bowed[JOINT_INDEX["head_top"], 0] > figure[JOINT_INDEX["head_top"], 0] + 0.1
    turned = swirl(figure, 30.0, 0.2)
    far = np.linalg.norm(figure - figure.mean(0), axis=1) > 0.2
    np.testing.assert_allclose(turned[far], figure[far])


def test_changed_parts_tells_side_effects_from_changes():
    left = dict(zip(PARTS, changed_parts("left"), strict=True))
    assert left["left_shin"] == 1 and left["right_shin"] == 0 and np.isnan(left["torso"])
    assert changed_parts("head").sum() == 1
