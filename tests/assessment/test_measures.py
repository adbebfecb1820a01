import numpy as np
import pytest

from proportion.assessment.measures import log_ratios, misfit, relative_log_lengths, scale_parts
from proportion.geometry import apply_transform, segment_angles, segment_lengths, similarity
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


def test_relative_lengths_do_not_know_place_turn_or_size(points):
    moved = apply_transform(similarity(2.5, 40, (7, -3)), points)
    assert np.allclose(relative_log_lengths(moved), relative_log_lengths(points))


def test_one_wrong_part_stands_out_against_the_reference(points):
    factors = np.ones(len(PARTS))
    factors[PARTS.index("left_shin")] = 0.7
    ratios = log_ratios(scale_parts(points, factors), apply_transform(similarity(0.4, 10), points))
    assert np.allclose(ratios, np.log(factors))


def test_misfit_points_at_the_moved_joints(points):
    factors = np.ones(len(PARTS))
    factors[PARTS.index("left_hand")] = 3.0
    distance = misfit(scale_parts(points, factors), points)
    assert distance.argmax() == 5
    assert np.all(np.delete(distance, 5) < 1e-3)
