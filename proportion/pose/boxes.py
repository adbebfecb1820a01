"""Boxes of figures in a picture, and square views of them."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np


class Box(NamedTuple):
    """An upright rectangle in pixels of the picture; may reach beyond its edge."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def overlap(self, other: Box) -> float:
        """Shared area over the area of the smaller box."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height) / max(1e-9, min(self.area, other.area))

    def grown(self, margin: float) -> Box:
        """The box around the same centre whose sides are the margin times as long."""
        across, down = ((margin - 1) * (b - a) / 2 for a, b in (self[::2], self[1::2]))
        return Box(self.left - across, self.top - down, self.right + across, self.bottom + down)

    def square(self, margin: float = 1.0) -> Box:
        """The square around the same centre whose side is the longer side times the margin."""
        half = margin * max(self.right - self.left, self.bottom - self.top) / 2
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        return Box(x - half, y - half, x + half, y + half)


def whole(picture: np.ndarray) -> Box:
    """The box of the whole picture."""
    return Box(0.0, 0.0, float(picture.shape[1]), float(picture.shape[0]))


def around(points: np.ndarray) -> Box:
    """The box of the points that are there, ``(N, 2)`` with NaN for those that are not."""
    (left, top), (right, bottom) = np.nanmin(points, 0), np.nanmax(points, 0)
    return Box(float(left), float(top), float(right), float(bottom))


def square_view(
    picture: np.ndarray, box: Box, size: int, *, quick: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """A square box of a picture at another size; beyond the edge the edge's pixels go on.

    Args:
        picture: ``(H, W, 3)`` uint8.
        box: a square; rounded to whole pixels.
        size: side of the view.
        quick: shrink large pictures in steps, in a third of the time; lines blur a little.

    Returns:
        ``(size, size, 3)`` view, and the ``(2, 3)`` transform from the view's pixels to the picture's.
    """
    left, top = round(box.left), round(box.top)
    side = max(8, round(box.right - box.left))
    height, width = picture.shape[:2]
    inner = picture[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    if inner.size == 0:
        raise ValueError(f"{box} lies outside the picture of {width} x {height}")
    # Shrink before padding, so that large margins cost nothing.
    scale = size / side
    before = np.rint(scale * np.maximum(0, [-top, -left])).astype(int)
    inside = np.maximum(1, np.rint(scale * np.array(inner.shape[:2]))).astype(int)
    before = np.minimum(before, size - 1)
    inside = np.minimum(inside, size - before)
    small = inner
    while quick and (np.array(small.shape[:2]) >= 2 * inside).all():
        small = small[: small.shape[0] // 2 * 2, : small.shape[1] // 2 * 2]
        half = (small.shape[1] // 2, small.shape[0] // 2)
        small = cv2.resize(small, half, interpolation=cv2.INTER_AREA)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(small, (int(inside[1]), int(inside[0])), interpolation=method)
    after = size - before - inside
    view = cv2.copyMakeBorder(
        small, int(before[0]), int(after[0]), int(before[1]), int(after[1]), cv2.BORDER_REPLICATE
    )
    step_x, step_y = inner.shape[1] / inside[1], inner.shape[0] / inside[0]
    start_x = max(0, left) - before[1] * step_x + 0.5 * step_x - 0.5
    start_y = max(0, top) - before[0] * step_y + 0.5 * step_y - 0.5
    return view, np.array([[step_x, 0.0, start_x], [0.0, step_y, start_y]])
