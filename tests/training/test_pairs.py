import numpy as np
import pytest

from proportion.geometry import apply_transform, invert
from proportion.matching.rendering import placing_frame
from proportion.training.estimates import Estimates
from proportion.training.pairs import (
    PairSampler,
    as_estimated,
    figure_height,
    nearest_by_angle,
    training_originals,
)


@pytest.fixture(scope="module")
def originals(data_dir):
    return training_originals(data_dir, seed=0, count=60)


def test_batches_are_seeded_and_of_every_kind(originals):
    first, again = (PairSampler(originals).draw(np.random.default_rng(5), 200) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    changed = np.nan_to_num(first.changed).max(1)
    assert 0.1 < (changed == 0).mean() < 0.5
    blank = np.isnan(first.standard).all((1, 2))
    assert 0 < blank.mean() < 0.25


def test_the_known_transform_brings_a_fine_learner_upright(originals):
    pairs = PairSampler(originals).draw(np.random.default_rng(1), 300)
    fine = np.nan_to_num(pairs.changed).max(1) == 0
    aligned = apply_transform(invert(pairs.matrix[fine]), pairs.learner[fine])
    upright = apply_transform(placing_frame(aligned, upright=True), aligned)
    assert np.nanmedian(np.abs(aligned - upright)) < 0.02


def test_learner_and_standard_have_the_same_joints(originals):
    pairs = PairSampler(originals).draw(np.random.default_rng(2), 300)
    given = ~np.isnan(pairs.standard).all((1, 2))
    np.testing.assert_array_equal(np.isnan(pairs.learner[given]), np.isnan(pairs.standard[given]))


def test_neighbours_are_by_angle_and_blind_to_size(originals):
    points = originals["narrow"].points
    found = nearest_by_angle(points * 3.0 + 7.0, points, 1, skip_self=False)
    np.testing.assert_array_equal(found[:, 0], np.arange(len(points)))
    assert (originals["narrow"].neighbours != np.arange(len(points))[:, None]).all()


def test_joints_err_as_those_that_the_estimator_found():
    kept, shares = Estimates.load(), (0.5, 0.75)
    kept = kept.take(~kept.familiar)  # on familiar characters it errs less
    errors = (kept.points - kept.exact) / figure_height(kept.exact)[:, None, None]
    errors = errors - np.nanmedian(errors, axis=1, keepdims=True)
    real = np.nanquantile(np.linalg.norm(errors, axis=-1), shares)
    made = as_estimated(np.random.default_rng(0), np.zeros((2000, 18, 2)), np.ones(2000))
    np.testing.assert_allclose(np.quantile(np.linalg.norm(made, axis=-1), shares), real, rtol=0.3)
