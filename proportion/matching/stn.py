"""The Spatial Transformer that brings the learner upright (Jaderberg et al. 2015, as in ST-AMCNN).

Only the learner passes through it. ``A`` maps *target* (aligned) coordinates to *source* (the learner's)
coordinates, both in the frame [-1, 1]::

    A = [[s_x cos t, -s_x sin t, t_x],
         [s_y sin t,  s_y cos t, t_y]],   s = 1 + alpha * s_raw

Ours starts from a plain fit of the joints, and the network gives the correction in these parameters.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from proportion.geometry import invert
from proportion.matching.rendering import SIZE, placing_frame
from proportion.matching.squeeze import SQUEEZED, squeeze

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


def upright_frames(points: torch.Tensor) -> torch.Tensor:
    """``(N, 2, 3)`` A of a plain fit: upright frame of each learner as it is -> its own frame.

    Args:
        points: ``(N, 18, 2)`` joints in the learner's frame; NaN where missing. No gradient runs back.
    """
    found = invert(placing_frame(points.detach().cpu().numpy(), upright=True))
    return torch.from_numpy(found).to(points)


def after(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """``(N, 2, 3)`` matrices that apply ``second`` and then ``first``."""
    linear = first[:, :, :2] @ second[:, :, :2]
    shift = first[:, :, :2] @ second[:, :, 2:] + first[:, :, 2:]
    return torch.cat([linear, shift], 2)


class SpatialTransformer(nn.Module):
    """Corrects a plain fit for what is out of proportion, by the learner's joints and its picture.

    A part that is too long makes the plain fit too small, and a half-width moves its middle. The
    localization network looks at the figure as plainly fitted, so that it need not learn to find it, and
    gives the paper's parameters of the correction. Starts at the plain fit.

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

    def forward(self, points: torch.Tensor, picture: torch.Tensor | None = None) -> torch.Tensor:
        """``(N, 2, 3)`` A of learners.

        Args:
            points: ``(N, 18, 2)`` joints in the learner's frame; NaN where missing.
            picture: ``(N, C, S, S)`` the same drawn; None: by the joints alone.
        """
        plain = upright_frames(points)
        raw = self.from_squeeze(squeeze(to_target(points, plain)).flatten(1))
        if picture is not None:
            raw = raw + self.localization(sample(picture, plain))
        return after(plain, transform_matrix(raw))
