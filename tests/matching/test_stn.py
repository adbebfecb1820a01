import numpy as np
import pytest
import torch

from proportion.matching.squeeze import squeeze
from proportion.matching.stn import (
    SCALE_GAIN,
    SpatialTransformer,
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


def test_starts_at_the_identity_and_learns_from_the_known_transform():
    torch.manual_seed(0)
    transformer = SpatialTransformer(17).eval()
    identity = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
    picture = torch.rand(1, 17, 64, 64)
    matrix = transformer(picture, squeeze(torch.rand(1, 18, 2)))
    torch.testing.assert_close(matrix, identity)
    assert alignment_loss(matrix, identity).item() == pytest.approx(0.0, abs=1e-6)
    moved = identity + torch.tensor([[[0.0, 0, 0.3], [0, 0, 0.4]]])
    assert alignment_loss(matrix, moved).item() == pytest.approx(0.5)
