"""Losses of maps that say where joints are and how surely, for all networks that draw such maps."""

from __future__ import annotations

import torch
from torch import Tensor

from proportion.pose.decoding import peaks

HEAT_SIGMA = 1.0  # cells
HIDDEN_WEIGHT = 0.6
"""What a joint counts that is guessed, not seen."""


def place_loss(heat: Tensor, cells: Tensor) -> Tensor:
    """Cross-entropy against a small Gaussian around each joint.

    Args:
        heat: ``(B, J, M, M)`` logits.
        cells: ``(B, J, 2)`` true places (x, y) in cells.

    Returns:
        ``(B, J)`` nats.
    """
    axis = torch.arange(heat.shape[-1], dtype=torch.float32)
    near = torch.exp(-((axis - cells[..., None]) ** 2) / (2 * HEAT_SIGMA**2))
    near = near / near.sum(-1, keepdim=True).clamp_min(1e-9)
    expected = torch.einsum("bjyx,bjy,bjx->bj", heat, near[:, :, 1], near[:, :, 0])
    return heat.flatten(2).logsumexp(2) - expected


def spread_loss(heat: Tensor, log_spread: Tensor, cells: Tensor) -> Tensor:
    """How unlikely the decoded places' own errors are: a two-dimensional Laplace.

    With heavier tails than a normal, one swapped limb does not rule it.

    Args:
        heat: ``(B, J, M, M)`` logits.
        log_spread: ``(B, J, M, M)`` logarithm of the expected error in cells.
        cells: ``(B, J, 2)`` true places (x, y) in cells.

    Returns:
        ``(B, J)``.
    """
    with torch.no_grad():
        found, best = peaks(heat)
        error = torch.linalg.vector_norm(found - cells, dim=-1)
    told = log_spread.flatten(2).gather(2, best[..., None])[..., 0].clamp(-4, 4)
    return 2 * told + 2 * error * torch.exp(-told)
