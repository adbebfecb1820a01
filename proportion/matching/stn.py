"""The Spatial Transformer that brings the learner upright (Jaderberg et al. 2015, as in ST-AMCNN).

Only the learner passes through it. ``A`` maps *target* (aligned) coordinates to *source* (the learner's)
coordinates, both in the frame [-1, 1]::

    A = [[s_x cos t, -s_x sin t, t_x],
         [s_y sin t,  s_y cos t, t_y]],   s = 1 + alpha * s_raw
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from proportion.matching.rendering import SIZE
from proportion.matching.squeeze import SQUEEZED

SCALE_GAIN = 0.5
"""The paper's alpha."""


def transform_matrix(raw: torch.Tensor) -> torch.Tensor:
    """``(N, 2, 3)`` matrices A of raw parameters.

    Args:
        raw: ``(N, 4)`` as (s_raw, theta in radians, t_x, t_y), one scale for both axes so that the
            alignment cannot hide an error of width; or ``(N, 5)`` with the paper's separate s_x, s_y.
    """
    s_x, s_y = raw[:, 0], raw[:, 0 if raw.shape[1] == 4 else 1]
    theta, t_x, t_y = raw[:, -3], raw[:, -2], raw[:, -1]
    s_x, s_y = 1 + SCALE_GAIN * s_x, 1 + SCALE_GAIN * s_y
    cos, sin = torch.cos(theta), torch.sin(theta)
    first = torch.stack([s_x * cos, -s_x * sin, t_x], -1)
    return torch.stack([first, torch.stack([s_y * sin, s_y * cos, t_y], -1)], -2)


def sample(picture: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Grid generator and grid sampler: the picture seen in the target frame, zero outside."""
    grid = F.affine_grid(matrix, list(picture.shape), align_corners=False)
    return F.grid_sample(picture, grid, align_corners=False, padding_mode="zeros")


def to_target(points: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """``(N, J, 2)`` points of the source frame in the target frame of ``(N, 2, 3)`` matrices A."""
    return (points - matrix[:, None, :, 2]) @ torch.linalg.inv(matrix[:, :, :2]).transpose(1, 2)


def alignment_loss(matrix: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Mean distance in the frame between where both transforms take the corners of a body-sized box."""
    corners = matrix.new_tensor([[-0.6, -0.7, 1], [0.6, -0.7, 1], [-0.6, 0.7, 1], [0.6, 0.7, 1]])
    return torch.linalg.vector_norm(corners @ (matrix - truth).transpose(1, 2), dim=-1).mean()


class SpatialTransformer(nn.Module):
    """Localization network for our part channels: convolutions, and the squeeze of the whole picture.

    Starts at the identity.

    Args:
        channels: channels of the learner's picture.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.localization = nn.Sequential(
            nn.AvgPool2d(2),
            nn.Conv2d(channels, 24, 5, stride=2, padding=2),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            nn.Conv2d(24, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * (SIZE // 8) ** 2, 64),
            nn.ReLU(),
            nn.Linear(64, 4),
        )
        self.from_squeeze = nn.Sequential(
            nn.Linear(SQUEEZED, 192), nn.ReLU(), nn.Linear(192, 192), nn.ReLU(), nn.Linear(192, 4)
        )
        for last in (self.localization[-1], self.from_squeeze[-1]):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, picture: torch.Tensor, squeezed: torch.Tensor) -> torch.Tensor:
        """The learner ``(N, C, S, S)`` drawn and ``(N, 17, NUMBERS)`` squeezed -> ``(N, 2, 3)`` A."""
        raw = self.localization(picture) + self.from_squeeze(squeezed.flatten(1))
        return transform_matrix(raw)
