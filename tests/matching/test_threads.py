"""Checks of several visitors at once give each their own heatmap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from proportion.matching.matcher import Matcher
from proportion.references.library import ReferenceLibrary


def test_comparisons_in_several_threads_are_those_of_one():
    matcher = Matcher.load()
    figures = [figure.skeleton for figure in ReferenceLibrary.load().figures[::200]][:8]
    pairs = list(pairwise(figures)) * 3
    alone = [matcher.compare(*pair) for pair in pairs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: matcher.compare(*pair), pairs))
    for one, other in zip(alone, together, strict=True):
        assert abs(one.similarity - other.similarity) < 1e-3
        np.testing.assert_allclose(one.heatmap, other.heatmap, atol=1e-2)
