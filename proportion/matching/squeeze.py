"""Squeezes a figure into numbers: how long each part is, where it lies and which way it runs.

Global average pooling, as in SE attention, keeps only a channel's brightness, the part's length; here
its place and its direction are kept too.
"""

from __future__ import annotations

import torch

from proportion.matching.rendering import bone_ends
from proportion.skeleton import PARTS

NUMBERS = 6
"""Of each part: log length, 1 if drawn, twice its middle, and the cosine and sine of its direction."""
_SHORTEST = 0.02


def squeeze(points: torch.Tensor) -> torch.Tensor:
    """Numbers of figures.

    Args:
        points: ``(N, 18, 2)`` joints in the frame; NaN where missing.

    Returns:
        ``(N, 17, NUMBERS)``, parts in the order of `PARTS`; all zero where a part is not drawn.
    """
    starts, stops, drawn = bone_ends(points)
    vector = stops - starts
    length = torch.sqrt(vector.square().sum(-1, keepdim=True) + 1e-12)
    log_length = torch.log(length.clamp_min(_SHORTEST) / 0.2)
    numbers = [log_length, torch.ones_like(length), starts + stops, vector / length]
    return torch.cat(numbers, -1) * drawn[..., None]


def off_proportion(own: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """``(N, 17)`` log ratio of each part's length against the median part's, for squeezed figures."""
    drawn = (own[..., 1] * other[..., 1]) > 0
    ratio = own[..., 0] - other[..., 0]
    middle = torch.where(drawn, ratio, torch.nan).nanmedian(dim=1, keepdim=True).values
    return torch.where(drawn, ratio - torch.nan_to_num(middle), 0.0)


SQUEEZED = NUMBERS * len(PARTS)
