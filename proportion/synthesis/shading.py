"""Light and tone on a G-buffer: cel steps, hatching, screentone and watercolour."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from proportion.synthesis.raster import Raster
from proportion.synthesis.texture import grain, smooth_noise


@njit(cache=True)
def _lambert(normal, part, light, out):
    for y in range(part.shape[0]):
        for x in range(part.shape[1]):
            if part[y, x] >= 0:
                out[y, x] = (
                    normal[y, x, 0] * light[0] + normal[y, x, 1] * light[1] + normal[y, x, 2] * light[2]
                )


def light(raster: Raster, rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 Lambert light in [-1, 1] from a random side above, a little smoothed."""
    direction = np.array([rng.uniform(-1, 1), rng.uniform(0.1, 1.2), rng.uniform(0.3, 1)], np.float32)
    out = np.ones(raster.part.shape, np.float32)
    _lambert(raster.normal, raster.part, direction / np.linalg.norm(direction), out)
    return cv2.blur(out, (3 * raster.scale, 3 * raster.scale))


@njit(cache=True)
def _steps(light, thresholds, levels, out):
    for y in range(light.shape[0]):
        for x in range(light.shape[1]):
            value = np.float32(1.0)
            for step in range(len(thresholds)):
                if light[y, x] < thresholds[step]:
                    value = levels[step]
            out[y, x] = value


def cel_tone(lit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 brightness in two or three hard steps, 1 in the light."""
    first = rng.uniform(0.05, 0.5)
    thresholds, levels = [first], [rng.uniform(0.6, 0.88)]
    if rng.random() < 0.4:
        thresholds.append(first - rng.uniform(0.2, 0.5))
        levels.append(levels[0] * rng.uniform(0.6, 0.85))
    out = np.empty(lit.shape, np.float32)
    _steps(lit, np.array(thresholds, np.float32), np.array(levels, np.float32), out)
    return out


def soft_tone(lit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 brightness that falls off smoothly, at most 1."""
    return np.minimum(rng.uniform(0.65, 0.9) + rng.uniform(0.15, 0.4) * lit, 1).astype(np.float32)


@njit(cache=True)
def _stripes(dark, wave, cosine, sine, period, share, out):
    for y in range(dark.shape[0]):
        for x in range(dark.shape[1]):
            if dark[y, x] <= 0:
                continue
            phase = ((x * cosine + y * sine + wave[y, x]) / period) % 1.0
            cover = share * dark[y, x] * period - abs(phase - 0.5) * 2 * period * 0.5 + 0.5
            out[y, x] = max(out[y, x], min(max(cover, 0.0), 1.0))


def hatching(dark: np.ndarray, period: float, rng: np.random.Generator) -> np.ndarray:
    """Parallel strokes where it is dark, crossed where it is darker.

    Args:
        dark: ``(H, W)`` float32 darkness; nothing is drawn where it is 0 or less, full strokes at 1.
        period: distance of the strokes in pixels.
        rng: angles and unevenness.

    Returns:
        ``(H, W)`` float32 coverage in [0, 1].
    """
    angle = rng.uniform(0, np.pi)
    wave = (period * 0.5 * smooth_noise(dark.shape, 50, rng)).astype(np.float32)
    out = np.zeros(dark.shape, np.float32)
    for turn, floor in ((0.0, 0.0), (rng.uniform(0.5, 1.6), rng.uniform(0.35, 0.8))):
        cosine, sine = np.cos(angle + turn), np.sin(angle + turn)
        _stripes(dark - np.float32(floor), wave, cosine, sine, period, rng.uniform(0.2, 0.5), out)
    return out


@njit(cache=True)
def _dots(dark, cosine, sine, period, out):
    for y in range(dark.shape[0]):
        for x in range(dark.shape[1]):
            if dark[y, x] <= 0:
                continue
            u = ((x * cosine + y * sine) / period) % 1.0 - 0.5
            v = ((y * cosine - x * sine) / period) % 1.0 - 0.5
            cover = (0.62 * np.sqrt(dark[y, x]) - np.sqrt(u * u + v * v)) * period + 0.5
            out[y, x] = min(max(cover, 0.0), 1.0)


def screentone(dark: np.ndarray, period: float, rng: np.random.Generator) -> np.ndarray:
    """``(H, W)`` float32 coverage of manga dots whose size follows `dark` (H, W) in [0, 1]."""
    angle = rng.choice([np.pi / 4, rng.uniform(0, np.pi)])
    out = np.zeros(dark.shape, np.float32)
    _dots(dark.astype(np.float32), np.cos(angle), np.sin(angle), period, out)
    return out


def washed(albedo: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Watercolour: uneven pigment that gathers at the rims and bleeds a little.

    Args:
        albedo: ``(H, W, 3)`` float32 in [0, 1], white outside.
        mask: ``(H, W)`` bool, the figure.
        rng: where pigment gathers.

    Returns:
        ``(H, W, 3)`` float32 in [0, 1].
    """
    reach = int(rng.integers(2, 6)) * 2 + 1
    bled = cv2.blur(albedo, (reach, reach))
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    rim = np.exp(-inside / rng.uniform(2, 6))
    pigment = (
        rng.uniform(0.6, 0.95) + 0.12 * smooth_noise(mask.shape, rng.uniform(20, 60), rng) + 0.5 * rim
    )
    pigment += 0.04 * grain(mask.shape, rng)
    return 1 - (1 - bled) * np.clip(pigment, 0.3, 1.3).astype(np.float32)[..., None]
