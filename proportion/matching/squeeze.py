"""Squeezes drawn parts into numbers: how long each is, where it lies and which way it runs.

Global average pooling, as in SE attention, keeps only a channel's brightness; its first and second
moments keep the place and the direction too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from proportion.matching.rendering import LINE_RADIUS, bone_ends
from proportion.skeleton import PARTS

FEATURES = 6 * len(PARTS)
_CAPS = np.pi * LINE_RADIUS**2 / 3
_SHORTEST = 0.02
_DOT = 1e-4
"""Second moment below which a drawn part is a dot without a direction."""


class Squeezed(NamedTuple):
    """N figures in numbers of the frame, ``(N, 17)`` each.

    Attributes:
        length: of each part.
        x, y: its middle.
        across, along: difference of its second moments (xx - yy) and twice the mixed one (2 xy).
        drawn: whether it is there.
    """

    length: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor
    across: torch.Tensor
    along: torch.Tensor
    drawn: torch.Tensor

    def through(self, matrix: torch.Tensor) -> Squeezed:
        """The same figures in the target frame of similarities A ``(N, 2, 3)``, target to source.

        Exact, where measuring the resampled picture would take thickened lines for longer ones.
        """
        cos, sin = matrix[:, 0, :1], matrix[:, 1, :1]
        square = cos * cos + sin * sin
        x, y = self.x - matrix[:, 0, 2:], self.y - matrix[:, 1, 2:]
        cos2, sin2 = (cos * cos - sin * sin) / square**2, 2 * cos * sin / square**2
        return Squeezed(
            self.length * square.rsqrt(),
            (cos * x + sin * y) / square,
            (cos * y - sin * x) / square,
            cos2 * self.across + sin2 * self.along,
            cos2 * self.along - sin2 * self.across,
            self.drawn,
        )

    def features(self) -> torch.Tensor:
        """``(N, FEATURES)`` for a network.

        Of each part log length, 1 if drawn, twice its middle and its direction as cosine and sine of the
        double angle; all zero where a part is not drawn.
        """
        strength = torch.sqrt(self.across.square() + self.along.square() + 1e-12) + _DOT
        numbers = (
            torch.log(self.length.clamp_min(_SHORTEST) / 0.2),
            torch.ones_like(self.length),
            2 * self.x,
            2 * self.y,
            self.across / strength,
            self.along / strength,
        )
        return (torch.stack(numbers, -1) * self.drawn[..., None]).flatten(1)


def squeeze_picture(parts: torch.Tensor) -> Squeezed:
    """Numbers of figures from their parts as `rendering.render_parts` draws them, ``(N, 17, S, S)``."""
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
    return Squeezed(length, x, y, xx - yy, 2 * xy, mass > 1.0)


def squeeze_joints(points: torch.Tensor) -> Squeezed:
    """What `squeeze_picture` would say of ``(N, 18, 2)`` joints in the frame, without drawing them."""
    starts, stops, drawn = bone_ends(points)
    x, y = ((starts + stops) / 2).unbind(-1)
    right, down = (stops - starts).unbind(-1)
    length = torch.sqrt(right.square() + down.square() + 1e-12)
    return Squeezed(length, x, y, (right.square() - down.square()) / 12, right * down / 6, drawn)
