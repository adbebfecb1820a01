from functools import partial

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from proportion.errors import BadInput
from proportion.paths import CHECKPOINTS
from proportion.pose.network import PoseMaps, PoseNetwork, load_pose
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX
from proportion.synthesis.dataset import Pictures, SyntheticDataset, synthesize
from proportion.training import limbs, pose
from proportion.training.augment import MISSING
from proportion.training.labels import as_marked
from proportion.training.pose import Batch, Recipe, pose_loss, train_pose

CELLS = 24


def _batch(points, states):
    figure = torch.ones(1)
    return Batch(torch.zeros(1, 3, 96, 96, dtype=torch.uint8), points[None], states[None], figure)


def _maps(cells):
    axis = torch.arange(CELLS)
    near = -((axis[None, None] - cells[:, 0, None, None]) ** 2)
    near = near - (axis[None, :, None] - cells[:, 1, None, None]) ** 2
    heat = (near / 2.0)[None]
    return PoseMaps(heat, torch.zeros_like(heat), torch.zeros(1, 18, 3), torch.full((1,), 9.0))


def test_loss_is_least_where_the_joint_is():
    cells = torch.rand(18, 2, generator=torch.Generator().manual_seed(0)) * 12 + 6
    batch = _batch(cells * 4 + 1.5, torch.zeros(18, dtype=torch.long))
    right = pose_loss(_maps(cells), batch)
    wrong = pose_loss(_maps(cells + 3), batch)
    assert right["place"] < wrong["place"]
    assert right["spread"] < wrong["spread"]
    assert right["figure"] < 0.01
    # Cross-entropy of a Gaussian with itself is its entropy, ln(2 pi e) for one cell of deviation.
    assert right["place"].item() == pytest.approx(np.log(2 * np.pi * np.e), abs=0.02)


def test_missing_joints_do_not_place_anything():
    points = torch.full((18, 2), float("nan"))
    loss = pose_loss(_maps(torch.full((18, 2), 9.0)), _batch(points, torch.full((18,), MISSING)))
    assert loss["place"] == 0
    assert loss["spread"] == 0


def _figure():
    points = np.random.default_rng(0).uniform(50, 200, (2, 18, 2))
    points[1, JOINT_INDEX["left_elbow"]] = np.nan
    return points


def test_only_known_sources_are_moved_and_sides_alike():
    points = _figure()
    same = as_marked(
        points, np.array(["kaykit_adventurers"] * 2), np.array(["kaykit_adventurers/Mage"] * 2)
    )
    assert np.array_equal(same, points, equal_nan=True)
    names = np.array(["chibi", "quaternius_men"]), np.array(["chibi/quaternius_men-King-1f", "x"])
    moved = as_marked(points, *names)
    wrist, elbow = JOINT_INDEX["right_wrist"], JOINT_INDEX["right_elbow"]
    expected = points[0, wrist] + 0.2 * (points[0, wrist] - points[0, elbow])
    assert moved[0, wrist] == pytest.approx(expected)
    # A wrist whose elbow is missing stays.
    left = JOINT_INDEX["left_wrist"]
    assert np.array_equal(moved[1, left], points[1, left])
    swapped = as_marked(points[:, MIRROR_INDEX], *names)[:, MIRROR_INDEX]
    assert np.allclose(swapped, moved, equal_nan=True)


def test_held_out_families_are_marked_like_those_they_resemble():
    points = _figure()
    names = np.array(["makehuman/a", "makehuman/b"])
    seen, held_out = (
        as_marked(points, np.array([f] * 2), names) for f in ("makehuman", "makehuman_test")
    )
    assert np.array_equal(seen, held_out, equal_nan=True)
    assert not np.array_equal(seen, points, equal_nan=True)


def test_a_run_gives_the_mean_of_its_last_saved_averages(tmp_path):
    torch.manual_seed(0)
    points = np.random.default_rng(0).uniform(20, 70, (4, 18, 2)).astype(np.float32)
    labels = {"points": points, "states": np.zeros((4, 18), np.uint8)}
    drawings = SyntheticDataset({}, Pictures((np.full((4, 96, 96, 3), 255, np.uint8),)), labels)
    recipe = Recipe(steps=3, batch=2, sizes=(64,), last=2)

    def run():
        network = train_pose(PoseNetwork(), [drawings], drawings, tmp_path, recipe, save_every=1)
        assert not network.training
        return network.state_dict()

    trained = run()
    second, third = (load_file(tmp_path / f"average-00000{step}.safetensors") for step in (2, 3))
    assert len(list(tmp_path.glob("average-*"))) == 2
    assert any(not torch.equal(second[name], third[name]) for name in second)
    again = run()  # nothing is left to do
    for name, weight in trained.items():
        assert torch.allclose(weight, (second[name] + third[name]) / 2, atol=1e-6), name
        assert torch.equal(weight, again[name]), name


def test_the_mean_with_other_weights_lies_halfway_to_what_the_run_gives(tmp_path, data_dir):
    data = tmp_path / "data"
    synthesize(data_dir, data / "val", 4, split="val", workers=1)
    synthesize(data_dir, data / "drawings", 4, workers=1)
    run = partial(pose.train, data, start=CHECKPOINTS, recipe=Recipe(steps=1, batch=2, sizes=(64,)))
    start, alone, mean = (
        load_pose(folder)[0].state_dict()
        for folder in (
            CHECKPOINTS,
            run(tmp_path / "alone"),
            run(tmp_path / "mean", mean_with=[CHECKPOINTS]),
        )
    )
    assert any(not torch.equal(start[name], alone[name]) for name in start)
    for name, weight in mean.items():
        assert torch.allclose(weight, (start[name] + alone[name]) / 2, rtol=2e-3, atol=1e-5), name


def test_training_says_that_drawings_are_missing_besides_those_that_validate(tmp_path, data_dir):
    synthesize(data_dir, tmp_path / "val", 1, split="val", workers=1)
    for train in (pose.train, limbs.train):
        with pytest.raises(BadInput, match="besides val"):
            train(tmp_path, tmp_path / "run")
    assert not (tmp_path / "run").exists()
