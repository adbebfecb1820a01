"""The pose network: MoveNet's backbone with heads for our 18 joints; its weights on disk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from proportion.paths import CHECKPOINTS
from proportion.pose.checkpoint import (
    POSE_FILES,
    Calibration,
    load_calibration,
    pose_weights,
    save_calibration,
)
from proportion.pose.context import CONTEXT_CHANNELS, WIDTH, ContextDecoder
from proportion.pose.movenet import FEATURE_CHANNELS, TOP_CHANNELS, MoveNetBackbone, SeparableConv
from proportion.skeleton import JOINTS, STATES

HEAT_CHANNELS = 96
SPREAD_CHANNELS = 32
SHARD_BYTES = 8_000_000


class PoseMaps(NamedTuple):
    """What the network says about a batch of B square pictures with maps of M = S / 4 cells a side.

    Attributes:
        heat: ``(B, 18, M, M)`` logits; softmax over the cells is where the joint may be.
        log_spread: ``(B, 18, M, M)`` logarithm of the expected error, in cells, if the joint is there.
        states: ``(B, 18, 3)`` logits of seen, guessed (hidden) and missing (outside).
        figure: ``(B,)`` logit that there is a figure at all.
    """

    heat: Tensor
    log_spread: Tensor
    states: Tensor
    figure: Tensor


class PoseNetwork(nn.Module):
    """Maps for joints, their uncertainty, their states, and whether there is a figure."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = MoveNetBackbone()
        self.heat = nn.Sequential(
            SeparableConv(FEATURE_CHANNELS, HEAT_CHANNELS), nn.Conv2d(HEAT_CHANNELS, len(JOINTS), 1)
        )
        self.spread = nn.Sequential(
            SeparableConv(FEATURE_CHANNELS, SPREAD_CHANNELS), nn.Conv2d(SPREAD_CHANNELS, len(JOINTS), 1)
        )
        self.whole = nn.Linear(TOP_CHANNELS, len(JOINTS) * len(STATES) + 1)
        self.context = ContextDecoder()
        self.context_maps = nn.Conv2d(CONTEXT_CHANNELS, 2 * len(JOINTS), 1)
        self.context_whole = nn.Linear(WIDTH, len(JOINTS) * len(STATES) + 1)
        for layer in (self.context_maps, self.context_whole):  # it starts without a say
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.peak_weight = nn.Parameter(torch.zeros(len(JOINTS), len(STATES)))

    def forward(self, pictures: Tensor) -> PoseMaps:
        """Maps of ``(B, 3, S, S)`` pictures in [-1, 1], S a multiple of 32."""
        features, top, taps = self.backbone(pictures)
        context, summary = self.context(taps, top)
        more_heat, more_spread = self.context_maps(context).chunk(2, 1)
        heat = self.heat(features) + more_heat
        whole = self.whole(top.mean((2, 3))) + self.context_whole(summary)
        peak = heat.flatten(2).amax(2) - heat.flatten(2).mean(2)
        states = (
            whole[:, :-1].unflatten(1, (len(JOINTS), len(STATES))) + peak[..., None] * self.peak_weight
        )
        return PoseMaps(heat, self.spread(features) + more_spread, states, whole[:, -1])


def save_pose(network: PoseNetwork, calibration: Calibration, folder: Path = CHECKPOINTS) -> None:
    """Write ``pose-1.safetensors``, ``pose-2.safetensors``, ... and ``pose.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(POSE_FILES):
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


def load_pose(folder: Path = CHECKPOINTS) -> tuple[PoseNetwork, Calibration]:
    """Read what `save_pose` wrote: the network in evaluation mode, and its calibration."""
    calibration = load_calibration(folder)  # first: says best that nothing is there
    network, weights = PoseNetwork(), pose_weights(folder)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return network.to(memory_format=torch.channels_last).eval(), calibration
