"""ONNX Runtime finds what PyTorch finds, from any thread, and without PyTorch."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from proportion.images import load_picture
from proportion.pose.limb_network import load_limbs
from proportion.pose.network import load_pose
from proportion.pose.passes import estimator_by_torch
from proportion.pose.runtime import GRAPHS, usual_threads


@pytest.fixture(scope="module")
def pictures(samples):
    return [load_picture(path) for path in samples[:3]]


def test_it_finds_the_joints_that_pytorch_finds(estimator, pictures):
    by_torch = estimator_by_torch(*load_pose(), load_limbs())
    for picture in pictures:
        found, expected = estimator.estimate(picture), by_torch.estimate(picture)
        assert found.states == expected.states
        assert np.nanmax(np.abs(found.points - expected.points)) < 0.1  # of 800 pixels
        assert np.allclose(found.sigma, expected.sigma, rtol=1e-3, equal_nan=True)


def test_many_threads_find_what_one_does(estimator, pictures):
    alone = [estimator.estimate(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(estimator.estimate, pictures * 4))
    for index, found in enumerate(together):
        assert np.array_equal(found.points, alone[index % len(alone)].points, equal_nan=True)


@pytest.fixture
def alone(tmp_path, samples):
    """Finds joints in a process of its own, whose home and temporary files lie in a folder."""
    code = (
        "import sys; from proportion.images import load_picture; "
        "from proportion.pose.estimator import PoseEstimator; "
        f"PoseEstimator.load().estimate(load_picture({str(samples[0])!r})); "
        "sys.exit('torch' in sys.modules)"
    )
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    environment = {**os.environ, **places, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", code], check=False, env=environment)


def test_finding_joints_needs_no_pytorch(alone):
    assert alone.returncode == 0


def test_finding_joints_leaves_nothing_behind(alone, tmp_path):
    """Releases of ONNX Runtime that report to their makers keep what they will send in such files."""
    assert alone.returncode == 0
    assert not list(tmp_path.rglob("*"))


def test_the_files_hold_no_weights():
    assert {path.stem for path in GRAPHS.glob("*.onnx")} == {"first", "second", "limbs"}
    assert all(path.stat().st_size < 300_000 for path in GRAPHS.glob("*.onnx"))


@pytest.mark.parametrize(
    ("wanted", "threads"),
    [("3", 3), ("4,2", 4), ("", os.cpu_count()), ("0", os.cpu_count()), ("many", os.cpu_count())],
)
def test_the_usual_number_of_threads(monkeypatch, wanted, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert usual_threads() == threads
