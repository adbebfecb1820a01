"""The test bodies that verdicts are measured on."""

import numpy as np
import pytest

from proportion.assessment.assessor import Assessor
from proportion.assessment.verdicts import Judge
from proportion.evaluation.bodies import PROTOCOLS, evaluate_bodies, to_skeletons
from proportion.evaluation.bodies import TestBodies as Bodies


@pytest.fixture(scope="module")
def bodies(data_dir) -> Bodies:
    return Bodies(data_dir)


def test_a_seed_gives_the_same_figures(bodies):
    first, again = (bodies.draw(PROTOCOLS["all"], 8, seed=3) for _ in range(2))
    assert np.array_equal(first.points, again.points, equal_nan=True)
    assert not first.errors.any()


def test_half_figures_lack_joints_and_whole_ones_do_not(bodies):
    whole = bodies.draw(PROTOCOLS["front"], 60, seed=0).points
    half = bodies.draw(PROTOCOLS["half"], 60, seed=0).points
    assert np.isnan(half[..., 0]).any(1).all()
    assert np.isnan(whole[..., 0]).mean() < 0.05


def test_skeletons_fill_their_picture(bodies):
    for skeleton in to_skeletons(bodies.draw(PROTOCOLS["front"], 10, seed=1)):
        low, high = np.nanmin(skeleton.points, 0), np.nanmax(skeleton.points, 0)
        assert (high - low).max() == pytest.approx(900, abs=1)


def test_the_whole_table_has_every_protocol(data_dir):
    result = evaluate_bodies(data_dir, Assessor(Judge.load()), count=6, changes=1)
    assert set(result) == {*PROTOCOLS, "sheet", "corrected"}
    assert all(result[name]["n"] == 6 for name in PROTOCOLS)
    assert result["sheet"]["n"] == 6
