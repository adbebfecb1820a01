"""What the limb network is trained on, and by which loss."""

import numpy as np
import pytest
import torch

from proportion.images import load_picture
from proportion.paths import CHECKPOINTS
from proportion.pose.estimator import PoseEstimator
from proportion.pose.limbs import CELLS
from proportion.synthesis.dataset import Pictures, SyntheticDataset
from proportion.training.limbs import HIDDEN_WEIGHT, Batch, LimbSampler, Recipe, limb_loss

SAMPLE = sorted((CHECKPOINTS.parent / "assets" / "samples").glob("*.webp"))[0]


@pytest.fixture(scope="module")
def sampler():
    picture = load_picture(SAMPLE)
    points = PoseEstimator.load().estimate(picture).points.astype(np.float32)
    states = np.zeros((1, 18), np.uint8)
    states[0, 5] = 1
    drawings = SyntheticDataset(
        {}, Pictures((picture[None],)), {"points": points[None], "states": states}
    )
    return LimbSampler([drawings], [points[None]], Recipe(batch=6))


def test_a_batch_depends_on_the_step_alone(sampler):
    one, same, other = sampler.batch(3), sampler.batch(3), sampler.batch(4)
    for name, value in vars(one).items():
        assert torch.equal(value, getattr(same, name))
    assert not torch.equal(one.pictures, other.pictures)


def test_marks_lie_near_the_true_joints_of_the_shown_limb_alone(sampler):
    batch = sampler.batch(0)
    assert len(batch.pictures) == 6 * 4
    for kind, (first, last) in enumerate(((0, 4), (4, 8))):
        arms = torch.arange(24) % 2 == kind
        assert not batch.weight[~arms, first:last].any() and batch.weight[arms, first:last].any()
    shown = batch.weight > 0
    peaks = batch.marks[:, :8].flatten(2).argmax(2)
    peaks = torch.stack([peaks % CELLS, peaks // CELLS], -1).float()
    off = torch.linalg.vector_norm(peaks - batch.cells, dim=-1)[shown]
    assert off.median() < 2.5
    assert batch.weight.unique().tolist() == pytest.approx([0.0, HIDDEN_WEIGHT, 1.0])


def test_loss_is_least_where_the_joint_is():
    cells = torch.rand(2, 8, 2, generator=torch.Generator().manual_seed(0)) * 30 + 8
    weight = torch.ones(2, 8)
    weight[0, 4:] = 0
    batch = Batch(torch.zeros(2, 3, 96, 96), torch.zeros(2, 9, CELLS, CELLS), cells, weight)

    def loss(at):
        axis = torch.arange(CELLS)
        heat = -((axis - at[:, :, 0, None, None]) ** 2) - (axis[:, None] - at[:, :, 1, None, None]) ** 2
        return limb_loss(heat / 2.0, torch.zeros(2, 8, CELLS, CELLS), batch)

    right, wrong = loss(cells), loss(cells + 3)
    assert right["place"] < wrong["place"] and right["spread"] < wrong["spread"]
    # Cross-entropy of a Gaussian with itself is its entropy, ln(2 pi e) for one cell of deviation.
    assert right["place"].item() == pytest.approx(np.log(2 * np.pi * np.e), abs=0.02)
    elsewhere = cells.clone()
    elsewhere[0, 4:] += 5
    assert loss(elsewhere)["place"].item() == pytest.approx(right["place"].item())
