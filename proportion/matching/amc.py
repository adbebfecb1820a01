"""Attention-based multi-scale convolution (AMC block of ST-AMCNN, Qiu et al. 2022)."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class SqueezeExcitation(nn.Module):
    """Channel attention (Hu et al. 2018) with the paper's reduction of 2."""

    def __init__(self, channels: int, reduction: int = 2) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Linear(channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
            nn.Sigmoid(),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Scale each channel of ``(N, C, H, W)`` by a gate computed from all channel means."""
        return features * self.gate(features.mean((2, 3)))[:, :, None, None]


class MultiScaleBlock(nn.Module):
    """Three parallel convolutions (kernels 1, 3, 5), summed, normalised, rectified, then SE attention.

    A sum of convolutions of one input is one convolution with the sum of their kernels, so the three are
    applied at once; they stay separate weights.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Conv2d(inputs, outputs, k, stride, k // 2, bias=False) for k in (1, 3, 5)
        )
        self.norm = nn.BatchNorm2d(outputs)
        self.attention = SqueezeExcitation(outputs)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """``(N, inputs, H, W)`` -> ``(N, outputs, H / stride, W / stride)``."""
        one, three, five = (branch.weight for branch in self.branches)
        kernel = five + F.pad(three, [1] * 4) + F.pad(one, [2] * 4)
        fused = F.conv2d(features, kernel, stride=self.branches[0].stride, padding=2)
        return self.attention(torch.relu(self.norm(fused)))
