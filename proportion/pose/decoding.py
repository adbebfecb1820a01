"""From the network's maps to joints, their standard deviations and states.

A map cell covers 4 input pixels; cell c has its centre at input pixel ``4 c + 1.5`` (pixel centres are
whole numbers everywhere in this project).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from proportion.pose.movenet import FEATURE_STRIDE
from proportion.pose.network import PoseMaps

WINDOW = 5
_CELL_CENTRE = (FEATURE_STRIDE - 1) / 2


@dataclass(frozen=True)
class Decoded:
    """Joints of B figures in input pixels.

    Attributes:
        points: ``(B, 18, 2)`` (x, y).
        spread: ``(B, 18)`` expected error in input pixels, not calibrated.
        states: ``(B, 18, 3)`` probabilities of seen, guessed, missing.
        figure: ``(B,)`` probability that there is a figure.
    """

    points: Tensor
    spread: Tensor
    states: Tensor
    figure: Tensor


def to_cells(points: Tensor) -> Tensor:
    """Input pixels to map cells."""
    return (points - _CELL_CENTRE) / FEATURE_STRIDE


def to_pixels(cells: Tensor) -> Tensor:
    """Map cells to input pixels."""
    return cells * FEATURE_STRIDE + _CELL_CENTRE


def peaks(heat: Tensor) -> tuple[Tensor, Tensor]:
    """Highest cell of each map, refined by the mean of the window around it.

    Args:
        heat: ``(B, J, M, M)`` logits.

    Returns:
        ``(B, J, 2)`` places (x, y) in cells, and ``(B, J)`` flat indices of the highest cells.
    """
    size = heat.shape[-1]
    probability = heat.flatten(2).softmax(2).unflatten(2, (size, size))
    # The heaviest window, not the highest cell: a flat peak then beats a lone spike.
    mass = functional.avg_pool2d(probability, 3, 1, 1)
    best = mass.flatten(2).argmax(2)
    row, column = best // size, best % size
    reach = torch.arange(WINDOW, device=heat.device) - WINDOW // 2
    rows, columns = (row[..., None] + reach), (column[..., None] + reach)
    inside = ((rows >= 0) & (rows < size))[..., :, None] & ((columns >= 0) & (columns < size))[
        ..., None, :
    ]
    rows, columns = rows.clamp(0, size - 1), columns.clamp(0, size - 1)
    flat = (rows[..., :, None] * size + columns[..., None, :]).flatten(2)
    weight = probability.flatten(2).gather(2, flat).unflatten(2, (WINDOW, WINDOW)) * inside
    weight = weight / weight.sum((2, 3), keepdim=True).clamp_min(1e-12)
    x = (weight.sum(2) * columns).sum(2)
    y = (weight.sum(3) * rows).sum(2)
    return torch.stack([x, y], -1), best


def decode(maps: PoseMaps) -> Decoded:
    """Joints of a batch of maps."""
    heat = maps.heat.float()
    cells, best = peaks(heat)
    log_spread = maps.log_spread.float().flatten(2).gather(2, best[..., None])[..., 0]
    return Decoded(
        to_pixels(cells),
        log_spread.exp() * FEATURE_STRIDE,
        maps.states.float().softmax(2),
        maps.figure.float().sigmoid(),
    )
