import numpy as np
import pytest
import torch

from proportion.geometry import apply_transform, similarity
from proportion.matching.explain import CHANGES, Explanations
from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.synthesis.distortions2d import PARTS_OF_HALF, distort
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints, project

T_POSE = np.zeros((1, 22, 4))
T_POSE[..., 3] = 1.0


@pytest.fixture
def figure():
    joints = pose_joints(PLANS["anime"][None], pose_basis(T_POSE))
    return project(joints, yaw=50.0)[0].astype(float)


def _tensor(points):
    return torch.from_numpy(points[None]).float()


def test_fields_move_joints_as_the_distortions_do(figure):
    moves = Explanations()._moved(_tensor(figure), torch.ones(1, 18, 1))[0].numpy()
    for move, change in zip(moves, CHANGES, strict=True):
        wanted = distort(figure, change, 2.0) - figure
        np.testing.assert_allclose(move, wanted - wanted.mean(0), atol=1e-5, err_msg=change)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_explains_itself_under_any_similarity(figure, change):
    learner = apply_transform(similarity(1.04, 2.0, (0.1, -0.05)), distort(figure, change, 1.5))
    each, together = Explanations()(_tensor(learner), _tensor(figure))
    changed = [part in PARTS_OF_HALF.get(change, (change,)) for part in PARTS]
    odds = each[0, :, 0].detach().numpy()
    assert odds[changed].min() > 0.5
    assert odds[~np.array(changed)].max() < -0.5
    if change in PARTS:
        assert each[0, PARTS.index(change), -1].item() == pytest.approx(0.5, abs=0.1)
    assert together[0, -1] == 1.0


def test_without_a_reference_nothing_is_said(figure):
    each, together = Explanations()(_tensor(figure), torch.full((1, 18, 2), torch.nan))
    assert (each == 0).all() and (together == 0).all()


def test_missing_joints_leave_the_rest_explained(figure):
    figure[[JOINT_INDEX["left_elbow"], JOINT_INDEX["head_top"]]] = np.nan
    each, _ = Explanations()(_tensor(distort(figure, "right_shin", 0.7)), _tensor(figure))
    assert torch.isfinite(each).all()
    assert each[0, :, 0].argmax() == PARTS.index("right_shin")
