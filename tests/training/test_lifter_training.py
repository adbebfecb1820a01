"""A run of the lifter's training, as short as it can be."""

import numpy as np
import pytest
from safetensors.torch import load_file

from proportion.assessment.lifting import Lifter
from proportion.skeleton import JOINTS
from proportion.training import lifter
from proportion.training.lifter import Recipe, train

SHORT = Recipe(steps=4, figures=16, published=4, estimated=4, sheets=4)


def test_a_run_that_was_stopped_goes_on_and_ends_where_an_unbroken_one_does(
    data_dir, tmp_path, monkeypatch
):
    whole = load_file(train(data_dir, tmp_path / "whole", recipe=SHORT))
    rest = iter(range(3))

    def stopped_in_the_fourth_step(*arguments):
        if next(rest, None) is None:
            raise KeyboardInterrupt
        return learners(*arguments)

    learners = lifter._learners
    monkeypatch.setattr(lifter, "_learners", stopped_in_the_fourth_step)
    with pytest.raises(KeyboardInterrupt):
        train(data_dir, tmp_path / "broken", recipe=SHORT, save_every=2)
    assert not (tmp_path / "broken" / "lifter.safetensors").exists()
    monkeypatch.undo()
    again = load_file(train(data_dir, tmp_path / "broken", recipe=SHORT, save_every=2))
    for name, tensor in whole.items():
        assert tensor.equal(again[name]), name

    points = np.random.default_rng(0).uniform(0, 100, (1, len(JOINTS), 2))
    (lifted,) = Lifter.load(tmp_path / "whole").lift(points, np.ones((1, len(JOINTS))), "auto")
    assert np.isfinite(lifted.log_lengths).all()
