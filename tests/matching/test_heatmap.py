import gc

import numpy as np
import pytest
import torch

from proportion.geometry import apply_transform
from proportion.matching.heatmap import grad_cam_heat
from proportion.matching.matcher import Matcher, heat_along_bones
from proportion.matching.network import MAP_SIZE, MatchNetwork, local_correlation
from proportion.matching.rendering import placing_frame
from proportion.skeleton import PARTS, Skeleton
from proportion.synthesis.distortions2d import distort
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints, project

T_POSE = np.zeros((1, 22, 4))
T_POSE[..., 3] = 1.0


@pytest.fixture(scope="module")
def figure():
    joints = pose_joints(PLANS["anime"][None], pose_basis(T_POSE))
    return Skeleton((400, 520), project(joints, yaw=20.0)[0].astype(float) * 300 + (200, 260))


def test_grad_cam_equals_the_supervised_map_on_any_input():
    torch.manual_seed(1)
    network = MatchNetwork().eval()
    figures = torch.rand(2, 2, 18, 2) - 0.5
    figures[1, 1] = torch.nan  # no reference
    heat, match = grad_cam_heat(network, *figures)
    with torch.no_grad():
        supervised = torch.sigmoid(network(*figures).logits).numpy()
    np.testing.assert_allclose(torch.sigmoid(match.logits).detach(), supervised, atol=1e-6)
    assert heat.shape == (2, MAP_SIZE, MAP_SIZE)
    np.testing.assert_allclose(heat, supervised, atol=1e-4)
    assert heat.std() > 1e-5  # neither blank nor even


def test_the_shipped_map_is_warm_on_a_perfect_match_and_cold_where_it_differs(figure):
    matcher = Matcher.load()
    perfect = matcher.compare(figure, figure)
    parts = perfect.heat_of_parts()
    assert min(parts.values()) >= 0.8
    wrong = figure.with_points(distort(figure.points, "left_thigh", 0.6))
    comparison = matcher.compare(wrong, figure)
    cold = comparison.heat_of_parts()
    assert min(cold, key=cold.__getitem__) == "left_thigh"
    assert comparison.similarity < 0.5 < perfect.similarity
    points = torch.from_numpy(
        np.stack(
            [
                apply_transform(placing_frame(s.points, upright=upright), s.points)
                for s, upright in ((wrong, False), (figure, True))
            ]
        )
    ).float()
    with torch.no_grad():
        supervised = torch.sigmoid(matcher.network(*points[:, None]).logits[0]).numpy()
    np.testing.assert_allclose(comparison.heatmap, supervised, atol=1e-4)


def test_local_correlation_finds_the_shift():
    torch.manual_seed(0)
    features = torch.randn(1, 8, 10, 10)
    shifted = torch.roll(features, (1, -1), dims=(2, 3))
    best = local_correlation(features, shifted)[0, :, 3:7, 3:7].argmax(0)
    assert (best == 2 * 3 + 0).all()  # row +1, column -1 of the 3 x 3 window


def test_heat_along_bones_reads_the_map_at_the_bone(figure):
    heat = np.ones((1, 32, 32))
    heat[:, :, 16:] = 0.0
    points = np.full((1, 18, 2), np.nan)
    points[0, [2, 3]] = [[-0.6, 0], [-0.2, 0.1]]
    points[0, [6, 7]] = [[0.2, 0], [0.6, 0.1]]
    parts = dict(zip(PARTS, heat_along_bones(heat, points)[0], strict=True))
    assert parts["left_upper_arm"] == pytest.approx(1.0)
    assert parts["right_upper_arm"] == pytest.approx(0.0)
    assert np.isnan(parts["left_thigh"])


def test_comparison_brings_the_map_back_into_the_picture(figure):
    torch.manual_seed(0)
    comparison = Matcher(MatchNetwork()).compare(figure, figure)
    full = comparison.heat_in_picture((400, 520))
    assert full.shape == (520, 400)
    parts = comparison.heat_of_parts()
    assert set(parts) == set(PARTS) and all(0 <= value <= 1 for value in parts.values())
    middle = (figure.point("left_knee") + figure.point("left_hip")) / 2
    x, y = np.round(middle).astype(int)
    assert full[y, x] == pytest.approx(parts["left_thigh"], abs=0.05)
    half = comparison.heat_in_picture((200, 260))
    assert half[y // 2, x // 2] == pytest.approx(full[y, x], abs=0.02)
    bust = comparison.learner.without("left_wrist")
    assert Matcher(MatchNetwork()).compare(bust, figure).heat_of_parts()["left_forearm"] is None


def test_nothing_of_a_comparison_stays_in_memory(figure):
    matcher = Matcher(MatchNetwork())

    def tensors() -> int:
        matcher.compare(figure, figure)
        gc.collect()
        return sum(type(each) is torch.Tensor for each in gc.get_objects())

    tensors()
    before = tensors()
    assert [tensors() for _ in range(3)] == [before] * 3
