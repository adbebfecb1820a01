"""A picture to draw crisp, translucent shapes on."""

from __future__ import annotations

import cv2
import numpy as np

from proportion.drawing.palette import Colour

_SHIFT = 4  # cv2's fixed-point coordinates: sixteenths of a pixel.


class Canvas:
    """Anti-aliased shapes over an RGB picture, drawn at twice its size and shrunk at the end.

    All coordinates, radii and widths are pixels of the original picture, pixel centres at integers.
    Pixels that no shape touches come out exactly as they went in.
    """

    def __init__(self, picture: np.ndarray, supersample: int = 2) -> None:
        self._factor = supersample
        self._pixels = picture.repeat(supersample, axis=0).repeat(supersample, axis=1)

    @classmethod
    def blank(cls, size: tuple[int, int], colour: Colour) -> Canvas:
        """A canvas of ``(width, height)`` filled with one colour."""
        return cls(np.full((size[1], size[0], 3), colour, np.uint8))

    def picture(self) -> np.ndarray:
        """The drawn picture, (H, W, 3) uint8, at its original size."""
        height, width = self._pixels.shape[:2]
        size = (width // self._factor, height // self._factor)
        return cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA)

    def polygon(
        self, points: np.ndarray, colour: Colour, opacity: float = 1.0, edge: float = 0.0
    ) -> None:
        """Fill an ``(N, 2)`` polygon, or with ``edge`` > 0 draw its outline that many pixels wide."""
        points = self._scaled(np.asarray(points, float))
        pad = edge * self._factor + 2
        left, top = np.floor(points.min(0) - pad).astype(int).clip(0)
        height, width = self._pixels.shape[:2]
        right, bottom = np.minimum(np.ceil(points.max(0) + pad).astype(int) + 1, (width, height))
        if right <= left or bottom <= top:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        fixed = np.round((points - (left, top)) * (1 << _SHIFT)).astype(np.int32)
        if edge:
            thickness = max(1, round(edge * self._factor))
            cv2.polylines(mask, [fixed], True, 255, thickness, cv2.LINE_AA, _SHIFT)
        else:
            cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _SHIFT)
        region = self._pixels[top:bottom, left:right]
        alpha = (mask.astype(np.float32) * (opacity / 255.0))[..., None]
        region[:] = np.rint(region + alpha * (np.array(colour, np.float32) - region)).astype(np.uint8)

    def capsule(
        self,
        start: np.ndarray,
        end: np.ndarray,
        widths: tuple[float, float],
        colour: Colour,
        opacity: float = 1.0,
        edge: float = 0.0,
    ) -> None:
        """A limb: a rounded bar from start to end with these widths at its ends."""
        self.polygon(capsule_outline(start, end, widths), colour, opacity, edge)

    def disc(
        self, centre: np.ndarray, radius: float, colour: Colour, opacity: float = 1.0, edge: float = 0.0
    ) -> None:
        """A filled circle, or with ``edge`` > 0 a ring."""
        turn = np.linspace(0, 2 * np.pi, 33)[:-1]
        circle = np.stack([np.cos(turn), np.sin(turn)], -1)
        self.polygon(np.asarray(centre) + radius * circle, colour, opacity, edge)

    def dashes(
        self, start: np.ndarray, end: np.ndarray, width: float, colour: Colour, opacity: float = 1.0
    ) -> None:
        """A dashed line; a dash is three widths long and so is a gap."""
        start, end = np.asarray(start, float), np.asarray(end, float)
        count = max(1, round(float(np.linalg.norm(end - start)) / (6 * width)))
        for k in range(count):
            first, last = (start + (end - start) * (k + t) / count for t in (0.0, 0.5))
            self.capsule(first, last, (width, width), colour, opacity)

    def _scaled(self, points: np.ndarray) -> np.ndarray:
        return (points + 0.5) * self._factor - 0.5


def capsule_outline(start: np.ndarray, end: np.ndarray, widths: tuple[float, float]) -> np.ndarray:
    """``(22, 2)`` outline of a rounded bar, widths in the points' unit at its two ends."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    along = end - start
    angle = np.arctan2(along[1], along[0])
    turn = np.linspace(np.pi / 2, 3 * np.pi / 2, 11) + angle
    cap = np.stack([np.cos(turn), np.sin(turn)], -1)
    return np.concatenate([start + cap * widths[0] / 2, end - cap * widths[1] / 2])
