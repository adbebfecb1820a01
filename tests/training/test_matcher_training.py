import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from proportion.matching.matcher import Matcher
from proportion.matching.network import MatchNetwork
from proportion.skeleton import PARTS
from proportion.training.matcher import Recipe, map_targets, train
from proportion.training.matcher_calibration import coldest_bones, warm_perfect_matches
from proportion.training.pairs import training_originals

SHORT = Recipe(
    originals=40,
    numbers_steps=4,
    numbers_batch=16,
    steps=3,
    batch=4,
    calibration_draws=3,
    calibration_figures=12,
)


def test_the_map_is_cold_where_a_changed_part_is_drawn():
    parts = torch.zeros(1, len(PARTS), 64, 64)
    thigh, shin, width = (PARTS.index(p) for p in ("left_thigh", "left_shin", "hip_width"))
    parts[0, thigh, 10:20, 30:34] = parts[0, shin, 19:30, 30:34] = parts[0, width, 40:44, 5:9] = 1.0
    changed = torch.zeros(1, len(PARTS))
    changed[0, shin], changed[0, width] = 1.0, torch.nan
    target, weights = (array[0] for array in map_targets(parts, changed))
    assert target[12, 31] == 1 and target[25, 31] == 0
    assert target[19, 31] == 0  # where they cross, the changed one shows
    assert weights[41, 6] == 0  # undecided
    assert target[50, 50] == 1 and 0 < weights[50, 50] < weights[12, 31]


def test_a_run_that_went_on_is_the_same_run(data_dir, tmp_path):
    whole = load_file(train(data_dir, tmp_path, recipe=SHORT))
    (tmp_path / "whole" / "state.safetensors").unlink()  # as if stopped after the first phase
    resumed = load_file(train(data_dir, tmp_path, recipe=SHORT))
    for name, tensor in whole.items():
        torch.testing.assert_close(resumed[name], tensor, msg=name)
    matcher = Matcher.load(tmp_path)
    assert np.isfinite([matcher.slope, matcher.offset]).all()
    assert matcher.slope == pytest.approx(float(whole["calibration"][0]))


def test_perfect_matches_are_made_warm_and_not_warmer_than_needed(data_dir):
    torch.manual_seed(0)
    network = MatchNetwork().eval()
    with torch.no_grad():
        network.head.logit.bias -= 4
    figures = training_originals(data_dir, 0, 12, "val")["narrow"].points
    before = coldest_bones(network, figures)
    assert warm_perfect_matches(network, data_dir, 0, 12) > 0
    after = coldest_bones(network, figures)
    assert before.min() < 0.8 <= after.min() + 0.02
    assert warm_perfect_matches(network, data_dir, 0, 12) == 0
