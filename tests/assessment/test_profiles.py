import numpy as np
import pytest

from proportion.assessment.profiles import body_unit, heads_tall, load_profiles
from proportion.assessment.report import STYLES
from proportion.skeleton import PARTS


@pytest.mark.parametrize("style", STYLES)
def test_samples_are_symmetric_bodies_of_unit_size_within_the_heads_of_their_style(style):
    profile = load_profiles()[style]
    lengths = np.exp(profile.sample(np.random.default_rng(0), 500))
    assert np.allclose(body_unit(lengths), 1)
    assert np.allclose(lengths[:, PARTS.index("left_shin")], lengths[:, PARTS.index("right_shin")])
    low, high = profile.heads
    assert low - 0.5 < np.median(heads_tall(lengths)) < high + 0.5


def test_drillis_and_contini_are_seven_and_a_half_heads():
    lengths = np.zeros(len(PARTS))
    for part, length in (("head", 0.130), ("neck", 0.052), ("torso", 0.288)):
        lengths[PARTS.index(part)] = length
    for side in ("left", "right"):
        lengths[PARTS.index(f"{side}_thigh")] = 0.245
        lengths[PARTS.index(f"{side}_shin")] = 0.246
    assert heads_tall(lengths) == pytest.approx(1 / 0.130, abs=0.2)
