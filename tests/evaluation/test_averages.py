from __future__ import annotations

import numpy as np

from proportion.evaluation.averages import mean_or_none


def test_the_mean_of_what_is_there():
    assert mean_or_none([True, False]) == 0.5
    assert mean_or_none(value for value in (1.0, 3.0)) == 2.0
    assert mean_or_none(np.array([[np.nan, 2.0], [np.nan, 4.0]])) == 3.0


def test_nothing_has_no_mean():
    assert mean_or_none([]) is None
    assert mean_or_none(np.array([np.nan])) is None
