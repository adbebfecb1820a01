import numpy as np
import pytest

from proportion.skeleton import PARTS
from proportion.synthesis.body_plans import BodyPlan
from proportion.synthesis.body_statistics import heads_tall, part_lengths
from proportion.synthesis.mannequin import doll, mannequin


@pytest.mark.parametrize("make", [mannequin, doll])
@pytest.mark.parametrize("style", ["realistic", "anime", "chibi"])
def test_a_figure_has_the_lengths_of_its_plan(make, style):
    rng = np.random.default_rng(0)
    plan = BodyPlan.random(style, rng)
    figure = make(plan, rng, stature=1.6)
    lengths = dict(zip(PARTS, part_lengths(figure) / 1.6, strict=True))
    for part in ("upper_arm", "forearm", "hand", "thigh", "shin"):
        assert lengths[f"left_{part}"] == pytest.approx(getattr(plan, part), rel=1e-4)
        assert lengths[f"right_{part}"] == pytest.approx(lengths[f"left_{part}"])
    assert lengths["torso"] == pytest.approx(plan.torso)
    assert heads_tall(figure) == pytest.approx(1 / plan.head, rel=0.02)


@pytest.mark.parametrize("make", [mannequin, doll])
def test_weights_are_shares(make):
    rng = np.random.default_rng(1)
    figure = make(BodyPlan.random("anime", rng), rng)
    np.testing.assert_allclose(figure.weights.sum(1), 1, atol=1e-5)
    assert np.isfinite(figure.vertices).all()
