"""Figures that the lifter trains on."""

import numpy as np
import pytest

from proportion.assessment.lifting import figure_size
from proportion.geometry import segment_lengths
from proportion.skeleton import PARTS
from proportion.training.figures import FigureSampler, lose_joints, random_errors


@pytest.fixture(scope="module")
def sampler(data_dir) -> FigureSampler:
    return FigureSampler(data_dir, "val")


def test_errors_are_mostly_of_one_part_and_never_too_small_to_see():
    errors = random_errors(np.random.default_rng(0), 4000)
    wrong = np.count_nonzero(errors, axis=1)
    assert (wrong == 0).mean() == pytest.approx(0.3, abs=0.03)
    assert (wrong == 1).mean() > 0.5
    sizes = np.abs(errors[errors != 0])
    assert sizes.min() >= 0.14 and sizes.max() <= 0.65


def test_figures_placed_by_a_person_show_their_errors(sampler):
    rng = np.random.default_rng(1)
    bodies, style = sampler.bodies(rng, 300)
    shin = PARTS.index("left_shin")
    errors = np.zeros_like(bodies)
    errors[:, shin] = np.log(1.6)
    drawn = sampler.draw(rng, bodies, style, errors, view="front", crops=0.0, by_hand=1.0)
    assert np.isnan(drawn.sigma).all()
    lengths = segment_lengths(drawn.points)
    ratio = lengths[:, shin] / lengths[:, PARTS.index("right_shin")]
    assert np.median(ratio) == pytest.approx(1.6, rel=0.08)


def test_estimated_figures_are_off_as_the_estimator_is(sampler):
    rng = np.random.default_rng(2)
    bodies, style = sampler.bodies(rng, 400)
    drawn = sampler.draw(rng, bodies, style, np.zeros_like(bodies), crops=0.0, by_hand=0.0)
    there = np.isfinite(drawn.points[..., 0])
    assert np.isfinite(drawn.sigma[there]).all()
    told = np.nanmedian(drawn.sigma / figure_size(drawn.points)[:, None])
    assert told == pytest.approx(np.nanmedian(sampler.shakes.sigma), rel=0.3)


def test_half_figures_lose_their_lower_joints():
    points = np.random.default_rng(3).normal(size=(200, 18, 2))
    cut = lose_joints(np.random.default_rng(4), points, crops=1.0)
    missing = np.isnan(cut[..., 0])
    assert missing[:, -1].all() and not missing[:, 2:6].any()
    assert np.array_equal(cut[~missing], points[~missing])
