"""Random fields that make drawn things uneven: smooth noise, grain and wobble."""

from __future__ import annotations

import cv2
import numpy as np


def smooth_noise(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 noise of about zero mean and unit spread that changes over `cell` pixels."""
    height, width = shape
    grid = rng.standard_normal((int(height / cell) + 3, int(width / cell) + 3)).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def grain(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 grain of unit spread per pixel.

    One tile is repeated: fresh noise for every pixel would cost more than the drawing.
    """
    tile = rng.standard_normal((128, 128)).astype(np.float32)
    repeats = (shape[0] // 128 + 1, shape[1] // 128 + 1)
    return np.tile(tile, repeats)[: shape[0], : shape[1]]


def warp(picture: np.ndarray, amount: float, cell: float, rng: np.random.Generator) -> np.ndarray:
    """Shift every pixel of a picture or field by smooth noise of `amount` pixels (a trembling hand)."""
    height, width = picture.shape[:2]
    grid_x, grid_y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    grid_x += amount * smooth_noise((height, width), cell, rng)
    grid_y += amount * smooth_noise((height, width), cell, rng)
    return cv2.remap(picture, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
