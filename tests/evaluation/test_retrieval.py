from __future__ import annotations

import numpy as np
import pytest

from proportion.evaluation import retrieval
from proportion.evaluation.retrieval import evaluate_retrieval
from proportion.synthesis.poses import split_of_clip


@pytest.fixture(scope="module")
def small_crowd():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrieval, "_MILLION", 20_000)
        yield


def test_held_out_poses_find_figures_near_them(data_dir, small_crowd):
    result = evaluate_retrieval(data_dir, count=90)
    groups = result["median_degrees_by_group"]
    assert result["n"] == 180 and result["figures"] >= 1500
    assert groups["standing"] < groups["all_views"]
    assert groups["standing"] <= 10 and result["median_degrees"] <= 12
    assert result["median_degrees_any_style"] <= result["median_degrees"]
    assert result["unchanged_by_scaling"] >= 0.95
    assert 0 < result["million_ms"] < 1000


def test_queries_come_from_clips_that_train_nothing(data_dir):
    groups = retrieval._queries(data_dir, 12, np.random.default_rng(0))
    for queries in groups.values():
        assert {query.style for query in queries} == {"realistic", "anime", "chibi"}
        assert all(split_of_clip(query.clip) != "train" for query in queries)
