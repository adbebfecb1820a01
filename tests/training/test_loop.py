import itertools

import pytest
import torch
from torch import nn

from proportion.training.loop import AveragedWeights, cosine_rate, resume_run, save_run, train_steps


def test_learning_rate_rises_then_falls():
    rates = [cosine_rate(step, 100, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 0.03
    assert all(a >= b for a, b in itertools.pairwise(rates[10:]))


def _train(network, average, optimiser, steps):
    for step in steps:
        data = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        optimiser.zero_grad()
        network(data).square().mean().backward()
        optimiser.step()
        average.update(network, step)


def _fresh():
    torch.manual_seed(0)
    network = nn.Linear(3, 2)
    return network, AveragedWeights(network), torch.optim.AdamW(network.parameters(), 0.1)


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path):
    whole = _fresh()
    _train(*whole, range(8))
    first = _fresh()
    _train(*first, range(5))
    save_run(tmp_path, 5, *first)
    second = _fresh()
    done = resume_run(tmp_path, *second)
    assert done == 5
    _train(*second, range(done, 8))
    assert torch.equal(second[0].weight, whole[0].weight)
    assert torch.equal(second[1].tensors["weight"], whole[1].tensors["weight"])


def test_nothing_to_resume(tmp_path):
    assert resume_run(tmp_path / "none", *_fresh()) == 0


def test_a_run_killed_while_it_saves_leaves_no_state_without_what_belongs_to_it(tmp_path):
    network, _, optimiser = _fresh()
    optimiser.param_groups[0]["rate"] = 0.1

    def losses(step):
        return {"size": network(torch.ones(2, 3)).square().mean()}

    def killed(average, done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_steps(network, optimiser, tmp_path, 2, losses, clip=1.0, save_every=1, saved=killed)
    assert resume_run(tmp_path, *_fresh()) == 0
