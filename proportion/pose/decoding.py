"""From the network's maps to joints, their standard deviations and states.

A map cell covers 4 input pixels; cell c has its centre at input pixel ``4 c + 1.5`` (pixel centres are
whole numbers everywhere in this project).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from proportion.pose.movenet import FEATURE_STRIDE
from proportion.pose.network import PoseMaps
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX

WINDOW = 5
_CELL_CENTRE = (FEATURE_STRIDE - 1) / 2
_SHOULDERS, _HIPS = (
    [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right")] for joint in ("shoulder", "hip")
)
_LIMBS = torch.tensor(
    [
        [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right")]
        for joint in ("elbow", "wrist", "knee", "ankle")
    ]
)
_MIRROR = torch.from_numpy(MIRROR_INDEX)
_CANDIDATES, _PEAK_RADIUS = 4, 3  # peaks of a map, and cells around one in which there is no other
_NEAR, _LEAST_TORSO = 0.1, 4.0  # one place: as a share of the torso, which has at least so many cells


class Decoded(NamedTuple):
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
    probability, mass = _probability(heat)
    best = mass.flatten(2).argmax(2)
    return _refined(probability, best), best


def decode(maps: PoseMaps) -> Decoded:
    """Joints of a batch of maps."""
    heat = maps.heat.float()
    cells, best = _peaks_apart(heat)
    log_spread = maps.log_spread.float().flatten(2).gather(2, best[..., None])[..., 0]
    return Decoded(
        to_pixels(cells),
        log_spread.exp() * FEATURE_STRIDE,
        maps.states.float().softmax(2),
        maps.figure.float().sigmoid(),
    )


def merge_mirrored(maps: PoseMaps) -> PoseMaps:
    """The mean of maps of B pictures followed by their B mirror images, brought back."""

    def mean(values: Tensor, per_cell: bool) -> Tensor:
        plain, mirrored = values.chunk(2)
        mirrored = mirrored[:, _MIRROR]
        return (plain + (mirrored.flip(3) if per_cell else mirrored)) / 2

    plain, mirrored = maps.figure.chunk(2)
    return PoseMaps(
        mean(maps.heat, True),
        mean(maps.log_spread, True),
        mean(maps.states, False),
        (plain + mirrored) / 2,
    )


def _probability(heat: Tensor) -> tuple[Tensor, Tensor]:
    """``(B, J, M, M)`` probability of each cell, and the mean of the nine around it.

    The heaviest window counts, not the highest cell: a flat peak then beats a lone spike.
    """
    probability = heat.flatten(2).softmax(2).unflatten(2, heat.shape[2:])
    return probability, functional.avg_pool2d(_quick_to_pool(probability), 3, 1, 1)


def _quick_to_pool(maps: Tensor) -> Tensor:
    """The same maps with channels last in memory: pooling on a processor is four times as fast then."""
    return maps.contiguous(memory_format=torch.channels_last)


def _refined(probability: Tensor, best: Tensor) -> Tensor:
    """``(B, J, 2)`` mean places (x, y) of the windows around ``(B, J)`` flat indices."""
    size = probability.shape[-1]
    row, column = best // size, best % size
    reach = torch.arange(WINDOW, device=probability.device) - WINDOW // 2
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
    return torch.stack([x, y], -1)


def _peaks_apart(heat: Tensor) -> tuple[Tensor, Tensor]:
    """As `peaks`, but the left and the right joint of a limb prefer not to lie in one place.

    Where a map cannot tell left from right, both of a pair have their highest peak on the same limb. Of
    all pairs of their peaks the one is taken whose log probabilities, less 1 for one place, are highest.
    """
    probability, mass = _probability(heat)
    best = mass.flatten(2).argmax(2)
    size = heat.shape[-1]
    torso = _places(best[:, _SHOULDERS], size).mean(1) - _places(best[:, _HIPS], size).mean(1)
    near = _NEAR * torso.norm(dim=-1).clamp_min(_LEAST_TORSO)

    indices, chance = _highest(mass[:, _LIMBS.flatten()], _CANDIDATES)
    indices, chance = (values.unflatten(1, _LIMBS.shape) for values in (indices, chance))
    left, right = _places(indices, size).unbind(2)
    apart = (left[..., :, None, :] - right[..., None, :, :]).square().sum(-1)
    same = torch.exp(-apart / (2 * near.square()[:, None, None, None]))
    together = chance[:, :, 0, :, None] + chance[:, :, 1, None, :] - same
    chosen = together.flatten(2).argmax(2)
    chosen = torch.stack([chosen // _CANDIDATES, chosen % _CANDIDATES], -1)
    places = indices.gather(3, chosen[..., None]).flatten(1)
    best = best.scatter(1, _LIMBS.flatten().expand_as(places), places)
    return _refined(probability, best), best


def _highest(mass: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """``(B, J, count)`` flat indices of the highest peaks of each map, and their log probabilities."""
    around, side = _quick_to_pool(mass), 2 * _PEAK_RADIUS + 1
    for down, across in ((1, 0), (0, 1)):
        kernel, padding = (side**down, side**across), (_PEAK_RADIUS * down, _PEAK_RADIUS * across)
        around = functional.max_pool2d(around, kernel, 1, padding)
    chance, found = torch.where(mass == around, mass, 0).flatten(2).topk(count, 2)
    return found, (9 * chance + 1e-12).log()


def _places(indices: Tensor, size: int) -> Tensor:
    """(x, y) of flat indices in cells."""
    return torch.stack([indices % size, indices // size], -1).float()
