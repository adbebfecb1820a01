"""Weights of the pose network on disk: half precision, in shards that stay below 10 MB."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from proportion.paths import CHECKPOINTS
from proportion.pose.network import PoseNetwork
from proportion.skeleton import JOINTS

SHARD_BYTES = 8_000_000


@dataclass(frozen=True)
class Calibration:
    """What is fitted on validation drawings after the training.

    Attributes:
        coarse_size: side in pixels of the picture that the first pass sees.
        fine_size: side of the picture of the figure's box that the second pass sees.
        sigma_scale: 18 factors from the network's spread to a standard deviation.
        figure_threshold: probability under which there is no figure.
    """

    coarse_size: int = 192
    fine_size: int = 192
    sigma_scale: tuple[float, ...] = (1.0,) * len(JOINTS)
    figure_threshold: float = 0.5


def save_pose(network: PoseNetwork, calibration: Calibration, folder: Path = CHECKPOINTS) -> None:
    """Write ``pose-1.safetensors``, ``pose-2.safetensors``, ... and ``pose.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("pose-*.safetensors"):
        old.unlink()
    shards: list[dict[str, torch.Tensor]] = [{}]
    filled = 0
    for name, tensor in network.state_dict().items():
        half = tensor.detach().half().contiguous().clone()
        if filled + half.nbytes > SHARD_BYTES:
            shards.append({})
            filled = 0
        shards[-1][name] = half
        filled += half.nbytes
    for number, shard in enumerate(shards, 1):
        save_file(shard, folder / f"pose-{number}.safetensors")
    save_calibration(calibration, folder)


def save_calibration(calibration: Calibration, folder: Path = CHECKPOINTS) -> None:
    """Write ``pose.json``."""
    (folder / "pose.json").write_text(json.dumps(asdict(calibration), indent=1) + "\n")


def load_pose(folder: Path = CHECKPOINTS) -> tuple[PoseNetwork, Calibration]:
    """Read what `save_pose` wrote: the network in evaluation mode, and its calibration."""
    settings = json.loads((folder / "pose.json").read_text())  # first: says best that nothing is there
    network = PoseNetwork()
    tensors: dict[str, torch.Tensor] = {}
    for path in sorted(folder.glob("pose-*.safetensors")):
        tensors |= load_file(path)
    network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    settings["sigma_scale"] = tuple(settings["sigma_scale"])
    return network.to(memory_format=torch.channels_last).eval(), Calibration(**settings)
