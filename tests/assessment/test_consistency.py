"""How constant a character is over its drawings, on lengths that are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from proportion.assessment.consistency import consistency
from proportion.skeleton import PARTS

HEAD = PARTS.index("head")


def _drawing(head: float) -> SimpleNamespace:
    lengths = np.zeros(len(PARTS))
    lengths[HEAD] = np.log(head)
    return SimpleNamespace(log_lengths=lengths, sd=np.full(len(PARTS), 0.05))


def _consistency(*heads: float):
    visible = np.ones((len(heads), len(PARTS)), dtype=bool)
    return consistency([_drawing(head) for head in heads], visible)


def test_equal_drawings_are_consistent():
    assert _consistency(1, 1, 1).score == pytest.approx(1)
    assert _consistency(1, 1, 1).deviations == ()


def test_the_drawing_that_differs_is_named_by_its_whole_difference():
    (row,) = _consistency(1.0, 1.5, 1.0, 1.0).deviations
    assert (row.drawing, row.part, row.percent) == (1, "head", pytest.approx(50))


def test_two_drawings_are_compared_once():
    (row,) = _consistency(1.5, 1.0).deviations
    assert (row.drawing, row.part, row.percent) == (0, "head", pytest.approx(50))
