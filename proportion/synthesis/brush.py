"""Drawing in two dimensions: a canvas with a figure mask, and the outlines that people draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

Colour = Sequence[float] | np.ndarray
"""sRGB in [0, 1]."""

_SHIFT = 4  # OpenCV takes sub-pixel coordinates as integers with this many binary digits


def _fixed(points: np.ndarray) -> np.ndarray:
    return np.round(np.clip(points, -4000, 4000) * (1 << _SHIFT)).astype(np.int32)


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (int(255 * min(max(float(c), 0.0), 1.0)) for c in colour)
    return red, green, blue


@dataclass(eq=False)
class Canvas:
    """A picture being drawn. Pixels; origin top-left.

    Attributes:
        picture: ``(H, W, 3)`` uint8.
        mask: ``(H, W)`` uint8, 255 where something was painted.
        rng: source of the unsteadiness.
        wobble: how far the hand strays, in pixels.
        group: what is being painted now, such as one limb.
        owner: ``(H, W)`` uint8, the group that was painted last; 0 where there is none.
    """

    picture: np.ndarray
    mask: np.ndarray
    rng: np.random.Generator
    wobble: float = 0.0
    group: int = 1
    owner: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.owner = np.zeros(self.mask.shape, np.uint8)

    @classmethod
    def blank(cls, size: tuple[int, int], rng: np.random.Generator, wobble: float = 0.0) -> Canvas:
        """A white canvas of (width, height)."""
        width, height = size
        return cls(
            np.full((height, width, 3), 255, np.uint8), np.zeros((height, width), np.uint8), rng, wobble
        )

    def _stray(self, points: np.ndarray) -> np.ndarray:
        if self.wobble <= 0 or len(points) < 3:
            return points
        knots = max(4, len(points) // 5)
        noise = self.rng.normal(0, self.wobble, (knots, 2))
        noise[-1] = noise[0]
        where = np.linspace(0, knots - 1, len(points))
        return points + np.stack([np.interp(where, np.arange(knots), noise[:, a]) for a in (0, 1)], 1)

    def shape(
        self, outline: np.ndarray, fill: Colour | None, ink: Colour | None, width: float = 1.0
    ) -> None:
        """A closed outline ``(N, 2)``, filled and then inked; None leaves either out."""
        points = _fixed(self._stray(outline))
        if fill is not None:
            cv2.fillPoly(self.picture, [points], _bytes(fill), cv2.LINE_AA, _SHIFT)
            cv2.fillPoly(self.mask, [points], 255, cv2.LINE_AA, _SHIFT)
            cv2.fillPoly(self.owner, [points], self.group, cv2.LINE_8, _SHIFT)
        if ink is not None:
            self._stroke(points, True, ink, width)

    def line(self, path: np.ndarray, ink: Colour, width: float = 1.0) -> None:
        """An open stroke through ``(N, 2)``."""
        self._stroke(_fixed(self._stray(np.asarray(path, float))), False, ink, width)

    def _stroke(self, points: np.ndarray, closed: bool, ink: Colour, width: float) -> None:
        thickness = max(1, round(width))
        for target, value in ((self.picture, _bytes(ink)), (self.mask, 255)):
            cv2.polylines(target, [points], closed, value, thickness, cv2.LINE_AA, _SHIFT)


def ellipse(centre: np.ndarray, half: tuple[float, float], degrees: float = 0.0) -> np.ndarray:
    """``(32, 2)`` outline of an ellipse with half axes along x and y, turned by an angle."""
    turn = np.linspace(0, 2 * np.pi, 33)[:-1]
    x, y = half[0] * np.cos(turn), half[1] * np.sin(turn)
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.stack([x * cosine - y * sine, x * sine + y * cosine], 1) + centre


def spline(points: np.ndarray, steps: int = 8) -> np.ndarray:
    """A smooth path ``((N - 1) * steps + 1, D)`` through ``(N, D)`` points (Catmull-Rom)."""
    points = np.asarray(points, float)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate([*pieces, points[-1:]])


def closed_spline(points: np.ndarray, steps: int = 6) -> np.ndarray:
    """A smooth closed outline through ``(N, 2)`` corners."""
    points = np.asarray(points, float)
    around = np.concatenate([points[-1:], points, points[:2]])
    return spline(around, steps)[steps : -steps - 1]


def tube(path: np.ndarray, radii: Sequence[float], steps: int = 6, smooth: bool = True) -> np.ndarray:
    """Outline of a limb with rounded ends.

    Args:
        path: ``(N, 2)`` points along its middle.
        radii: N half widths in pixels.
        steps: points a segment.
        smooth: whether it bends like rubber instead of at its joints.

    Returns:
        ``(M, 2)`` closed outline.
    """
    profile = np.column_stack([path, radii])
    if smooth and len(path) > 2:
        profile = spline(profile, steps)
    else:
        knots = np.arange(len(path))
        fine = np.linspace(0, len(path) - 1, (len(path) - 1) * steps + 1)
        profile = np.stack([np.interp(fine, knots, profile[:, axis]) for axis in range(3)], 1)
    middle, half = profile[:, :2], np.maximum(profile[:, 2], 0.3)
    along = np.gradient(middle, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    side = np.stack([-along[:, 1], along[:, 0]], 1) * half[:, None]
    return np.concatenate(
        [middle + side, _cap(middle[-1], side[-1]), (middle - side)[::-1], _cap(middle[0], -side[0])]
    )


def _cap(centre: np.ndarray, side: np.ndarray) -> np.ndarray:
    turn = np.linspace(0, np.pi, 7)[1:-1, None]
    forward = np.array([side[1], -side[0]])
    return centre + side * np.cos(turn) + forward * np.sin(turn)
