"""Files for ONNX Runtime made from a pass compute what it does, with whatever weights."""

import numpy as np
import pytest
import torch

pytest.importorskip("onnx", reason="needs the extra 'train'")

from proportion.images import load_picture
from proportion.paths import CHECKPOINTS
from proportion.pose import runtime
from proportion.pose.estimator import PoseEstimator
from proportion.pose.limb_network import LimbNetwork
from proportion.pose.limbs import CELLS, MARKS, SIZE
from proportion.pose.passes import LimbPass
from proportion.training.graphs import graph, save_graphs


@pytest.mark.filterwarnings("ignore")  # PyTorch's on its older exporter
def test_a_file_takes_the_weights_of_any_network(tmp_path, monkeypatch):
    views = torch.zeros(2, SIZE, SIZE, 3, dtype=torch.uint8)
    examples = {"views": views, "marks": torch.zeros(2, MARKS, CELLS, CELLS)}
    (tmp_path / "limbs.onnx").write_bytes(graph(LimbPass(LimbNetwork()), examples))
    monkeypatch.setattr(runtime, "GRAPHS", tmp_path)
    torch.manual_seed(0)
    network = LimbNetwork().eval()
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    rng = np.random.default_rng(0)
    inputs = (
        rng.integers(0, 256, views.shape, dtype=np.uint8),
        rng.random(examples["marks"].shape, dtype=np.float32),
    )
    found = runtime.Graph("limbs", weights)(*inputs)
    with torch.inference_mode():
        expected = LimbPass(network)(*map(torch.from_numpy, inputs))
    for ours, theirs in zip(found, expected, strict=True):
        assert np.allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_the_shipped_files_compute_what_the_code_says(tmp_path, monkeypatch):
    picture = load_picture(sorted((CHECKPOINTS.parent / "assets" / "samples").glob("*.webp"))[0])
    shipped = PoseEstimator.load().estimate(picture)
    save_graphs(tmp_path)
    monkeypatch.setattr(runtime, "GRAPHS", tmp_path)
    made_anew = PoseEstimator.load().estimate(picture)
    assert np.allclose(made_anew.points, shipped.points, atol=0.1, equal_nan=True)
    assert np.allclose(made_anew.sigma, shipped.sigma, rtol=1e-3, equal_nan=True)
