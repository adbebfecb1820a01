"""Squeezes drawn parts into numbers: how long each is, where it lies and which way it runs.

Global average pooling, as in SE attention, keeps only a channel's brightness; its first and second
moments keep the place and the direction too.
"""

from __future__ import annotations

import numpy as np
import torch

from proportion.matching.rendering import LINE_RADIUS, bone_ends
from proportion.skeleton import PARTS

FEATURES = 6 * len(PARTS)
_CAPS = np.pi * LINE_RADIUS**2 / 3
_SHORTEST = 0.02
_DOT = 1e-4
"""Second moment below which a drawn part is a dot without a direction."""


def squeeze_picture(parts: torch.Tensor) -> torch.Tensor:
    """Numbers of a figure from its drawn parts.

    Args:
        parts: ``(N, 17, S, S)`` of `rendering.render_parts`, perhaps resampled.

    Returns:
        ``(N, FEATURES)``: of each part log length, 1 if drawn, twice its middle (x, y) and its direction
        as cosine and sine of the double angle; all zero where a part is not drawn.
    """
    size = parts.shape[-1]
    centres = (torch.arange(size, dtype=parts.dtype, device=parts.device) + 0.5) * (2 / size) - 1
    columns, rows = parts.sum(2), parts.sum(3)
    mass = rows.sum(2)
    safe = mass.clamp_min(1e-3)
    x, y = (columns @ centres) / safe, (rows @ centres) / safe
    xx = (columns @ centres.square()) / safe - x * x
    yy = (rows @ centres.square()) / safe - y * y
    xy = ((parts @ centres) @ centres) / safe - x * y
    length = (mass * (2 / size) ** 2 - _CAPS) / LINE_RADIUS
    # The line's own thickness adds the same to xx and yy, so their difference is the segment's.
    return _features(length, (x, y), (xx - yy, 2 * xy), mass > 1.0)


def squeeze_joints(points: torch.Tensor) -> torch.Tensor:
    """What `squeeze_picture` would say of ``(N, 18, 2)`` joints in the frame, without drawing them."""
    starts, stops, drawn = bone_ends(points)
    middle, ray = (starts + stops) / 2, stops - starts
    length = torch.linalg.vector_norm(ray, dim=-1)
    across, down = ray.unbind(-1)
    moments = (across.square() - down.square()) / 12, across * down / 6
    return _features(length, middle.unbind(-1), moments, drawn)


def _features(length, middle, moments, drawn) -> torch.Tensor:
    strength = torch.sqrt(moments[0].square() + moments[1].square() + 1e-12) + _DOT
    numbers = [torch.log(length.clamp_min(_SHORTEST) / 0.2), torch.ones_like(length)]
    numbers += [2 * value for value in middle] + [value / strength for value in moments]
    return (torch.stack(numbers, -1) * drawn[..., None]).flatten(1)
