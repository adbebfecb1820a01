import numpy as np
import pytest
import torch

from proportion.geometry import apply_transform
from proportion.matching.rendering import placing_frame, render_parts
from proportion.matching.stn import (
    SCALE_GAIN,
    SpatialTransformer,
    after,
    alignment_loss,
    sample,
    to_target,
    transform_matrix,
)


def test_parametrisation_is_the_papers_with_one_or_two_scales():
    theta = np.deg2rad(20.0)
    ours = transform_matrix(torch.tensor([[0.2, theta, 0.1, -0.3]]))[0].numpy()
    scale = 1 + SCALE_GAIN * 0.2
    cos, sin = scale * np.cos(theta), scale * np.sin(theta)
    np.testing.assert_allclose(ours, [[cos, -sin, 0.1], [sin, cos, -0.3]], rtol=1e-6)
    paper = transform_matrix(torch.tensor([[0.2, -0.4, theta, 0.1, -0.3]]))[0].numpy()
    np.testing.assert_allclose(paper[0], ours[0], rtol=1e-6)
    np.testing.assert_allclose(paper[1, :2], ours[1, :2] * 0.8 / 1.1, rtol=1e-5)


def test_the_matrix_maps_target_to_source():
    picture = torch.zeros(1, 1, 64, 64)
    picture[0, 0, 32, 48] = 1.0  # source x about +0.5
    shift = torch.tensor([[[1.0, 0, 0.5], [0, 1, 0]]])
    moved = sample(picture, shift)[0, 0]
    assert divmod(int(moved.argmax()), 64) == (32, 32)
    there = to_target(torch.tensor([[[0.5, 0.0]]]), shift)
    torch.testing.assert_close(there, torch.zeros(1, 1, 2))


def figures(count: int) -> np.ndarray:
    """Standing figures with some joints moved, in no particular frame."""
    head = [[0, -9], [0, -7]]
    arms = [[1, -6], [2, -4], [2, -2], [2, -1], [-1, -6], [-2, -4], [-2, -2], [-2, -1]]
    legs = [[0.6, 0], [0.7, 4], [0.7, 8], [1.2, 8.5], [-0.6, 0], [-0.7, 4], [-0.7, 8], [-1.2, 8.5]]
    pose = np.array([*head, *arms, *legs])
    return pose + np.random.default_rng(0).normal(0, 0.3, (count, 18, 2))


def test_starts_at_the_plain_fit_and_learns_from_the_known_transform():
    torch.manual_seed(0)
    transformer = SpatialTransformer(17).eval()
    upright = figures(3)
    upright = torch.from_numpy(apply_transform(placing_frame(upright, upright=True), upright)).float()
    known = transform_matrix(torch.tensor([[0.2, 0.4, 0.1, -0.3]] * 3))
    points = upright @ known[:, :, :2].transpose(1, 2) + known[:, None, :, 2]
    for picture in (None, render_parts(points)):
        matrix = transformer(points, picture)
        torch.testing.assert_close(matrix, known, atol=1e-5, rtol=1e-5)
        assert alignment_loss(matrix, known).item() == pytest.approx(0.0, abs=1e-5)
    moved = known + torch.tensor([[[0.0, 0, 0.3], [0, 0, 0.4]]])
    assert alignment_loss(known, moved).item() == pytest.approx(0.5)


def test_a_correction_turns_with_the_figure():
    torch.manual_seed(0)
    transformer = SpatialTransformer(17).eval()
    torch.nn.init.normal_(transformer.from_squeeze[-1].weight, std=0.05)
    points = torch.from_numpy(figures(3)).float() / 20
    upside_down = transform_matrix(torch.tensor([[0.0, np.pi, 0.0, 0.0]] * 3)).float()
    found = transformer(to_target(points, upside_down))
    torch.testing.assert_close(found, after(upside_down, transformer(points)), atol=1e-5, rtol=1e-4)


def test_matrices_follow_each_other():
    first = transform_matrix(torch.tensor([[0.2, 0.4, 0.1, -0.3]]))
    second = transform_matrix(torch.tensor([[-0.4, 1.0, -0.2, 0.5]]))
    points = torch.rand(1, 5, 2)
    once = to_target(points, after(first, second))
    torch.testing.assert_close(once, to_target(to_target(points, first), second))
