import numpy as np
import pytest
import torch

from proportion.pose.decoding import decode, merge_mirrored, peaks, to_cells, to_pixels
from proportion.pose.network import PoseMaps
from proportion.skeleton import JOINT_INDEX, JOINTS

SIZE = 48


def gaussian_heat(points: np.ndarray, sigma: float = 1.0) -> torch.Tensor:
    """Logits of Gaussians around (18, 2) cells, as the training asks for."""
    axis = np.arange(SIZE)
    x, y = points[:, 0, None, None], points[:, 1, None, None]
    square = (axis[None, None, :] - x) ** 2 + (axis[None, :, None] - y) ** 2
    return torch.from_numpy(-square / (2 * sigma**2)).float()[None]


def maps_of(heat: torch.Tensor) -> PoseMaps:
    return PoseMaps(heat, torch.zeros_like(heat), torch.zeros(len(heat), 18, 3), torch.zeros(len(heat)))


def test_cells_and_pixels():
    points = torch.tensor([[0.0, 3.0], [17.25, 90.0]])
    assert torch.allclose(to_pixels(to_cells(points)), points)
    assert to_pixels(torch.zeros(1)).item() == 1.5


def test_peaks_are_found_below_a_cell():
    points = np.random.default_rng(0).uniform(4, SIZE - 5, (18, 2))
    found, _ = peaks(gaussian_heat(points))
    assert np.abs(found[0].numpy() - points).max() < 0.08


def test_peak_at_the_edge_stays_inside():
    points = np.tile([[0.0, SIZE - 1.0]], (18, 1))
    found, _ = peaks(gaussian_heat(points))
    assert ((found >= 0) & (found <= SIZE - 1)).all()
    assert np.abs(found[0].numpy() - points).max() < 1


@pytest.mark.parametrize(
    ("share", "places"), [(0.45, {10.0, 40.0}), (0.02, {10.0})], ids=["cannot tell", "is sure"]
)
def test_knees_are_on_two_legs_where_the_maps_cannot_tell_left_from_right(share, places):
    points = np.full((18, 2), 25.0)
    points[[JOINT_INDEX[f"{side}_shoulder"] for side in ("left", "right")], 1] = 5
    knees = [JOINT_INDEX[f"{side}_knee"] for side in ("left", "right")]
    elsewhere = points.copy()
    points[knees, 0], elsewhere[knees, 0] = 10, 40
    both = [gaussian_heat(each).exp() for each in (points, elsewhere)]
    heat = torch.log((1 - share) * both[0] + share * both[1] + 1e-9)
    found = to_cells(decode(maps_of(heat)).points[0, knees, 0])
    assert {round(x, 1) for x in found.tolist()} == places


def test_decoded_spread_and_probabilities():
    decoded = decode(maps_of(gaussian_heat(np.full((18, 2), 20.0))))
    assert decoded.points[0, 0].tolist() == pytest.approx([81.5, 81.5], abs=0.01)
    assert decoded.spread[0, 0].item() == pytest.approx(4.0)
    assert decoded.states[0].sum(1) == pytest.approx(torch.ones(18))
    assert decoded.figure.item() == pytest.approx(0.5)


def test_mirrored_maps_come_back_with_sides_swapped():
    points = np.random.default_rng(1).uniform(5, SIZE - 6, (18, 2))
    mirrored = points * [-1, 1] + [SIZE - 1, 0]
    for name in JOINTS:
        if name.startswith("left_"):
            left, right = JOINT_INDEX[name], JOINT_INDEX[name.replace("left", "right")]
            mirrored[[left, right]] = mirrored[[right, left]]
    both = torch.cat([gaussian_heat(points), gaussian_heat(mirrored)])
    assert torch.allclose(merge_mirrored(maps_of(both)).heat, both[:1], atol=1e-4)
