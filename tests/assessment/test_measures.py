import numpy as np
import pytest

from proportion.assessment.measures import scale_parts, turn_parts
from proportion.geometry import segment_angles, segment_lengths
from proportion.skeleton import PARTS


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 300, (18, 2))


def test_scaling_changes_only_the_length_asked_for(points):
    for index, part in enumerate(PARTS):
        factors = np.ones(len(PARTS))
        factors[index] = 1.3
        ratio = segment_lengths(scale_parts(points, factors)) / segment_lengths(points)
        assert np.allclose(ratio, factors), part


def test_scaling_keeps_every_direction(points):
    factors = np.random.default_rng(1).uniform(0.5, 2, len(PARTS))
    scaled = scale_parts(points, factors)
    assert np.allclose(segment_angles(scaled), segment_angles(points))
    assert np.allclose(segment_lengths(scaled), factors * segment_lengths(points))


def test_missing_joints_stay_missing_and_spoil_nothing(points):
    points[2] = np.nan
    scaled = scale_parts(points, np.full(len(PARTS), 1.2))
    assert np.array_equal(np.isnan(scaled), np.isnan(points))


def test_turning_changes_only_the_directions_asked_for(points):
    angles = np.zeros(len(PARTS))
    angles[PARTS.index("left_forearm")] = 0.4
    turned = turn_parts(points, angles)
    assert np.allclose(segment_angles(turned), segment_angles(points) + np.rad2deg(angles))
    assert np.allclose(segment_lengths(turned), segment_lengths(points))
