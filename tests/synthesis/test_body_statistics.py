from dataclasses import replace

import numpy as np
import pytest

from proportion.skeleton import PARTS
from proportion.synthesis.body_plans import BodyPlan
from proportion.synthesis.body_statistics import (
    heads_tall,
    part_lengths,
    stature,
    style_of,
    write_part_lengths,
)
from proportion.synthesis.mannequin import doll


@pytest.fixture
def figure():
    rng = np.random.default_rng(2)
    return doll(BodyPlan.random("anime", rng), rng, stature=1.5)


def test_a_body_of_known_stature(figure):
    assert stature(figure) == pytest.approx(1.5, rel=0.01)
    assert part_lengths(figure)[PARTS.index("head")] > 1.5 / heads_tall(figure) * 0.99


def test_heads_tall_do_not_depend_on_size(figure):
    larger = replace(
        figure,
        vertices=figure.vertices * 2,
        joints=figure.joints * 2,
        landmarks=figure.landmarks * 2,
    )
    assert heads_tall(larger) == pytest.approx(heads_tall(figure), rel=1e-5)
    np.testing.assert_allclose(part_lengths(larger), 2 * part_lengths(figure), rtol=1e-5)


def test_style_goes_by_family_then_by_heads_tall(figure):
    assert style_of(figure) == "realistic"
    assert style_of(replace(figure, family="chibi_test")) == "chibi"
    rng = np.random.default_rng(0)
    assert style_of(doll(BodyPlan.random("chibi", rng), rng)) == "chibi"


def test_measured_lengths_are_written_as_shares_of_stature(figure, tmp_path):
    assert write_part_lengths(tmp_path / "lengths.npz", [figure, figure]) == 2
    with np.load(tmp_path / "lengths.npz") as written:
        assert written["lengths"].shape == (2, 17)
        assert written["family"].tolist() == ["mannequin"] * 2
        assert 0.1 < written["lengths"][0, PARTS.index("left_thigh")] < 0.35
