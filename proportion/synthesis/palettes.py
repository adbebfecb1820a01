"""Colours of drawn figures: every material recoloured, skin as skin or not."""

from __future__ import annotations

import colorsys

import numpy as np
from numba import njit

_SKINS = np.array(
    [
        (255, 224, 196), (255, 236, 220), (246, 205, 170), (233, 185, 148), (212, 160, 120),
        (176, 122, 84), (132, 86, 58), (94, 60, 42), (255, 210, 190), (255, 244, 234),
    ]
) / 255.0  # fmt: skip

_TONES = {
    "saturated": ((0.6, 1.0), (0.55, 1.0)),
    "pastel": ((0.1, 0.4), (0.8, 1.0)),
    "natural": ((0.15, 0.6), (0.25, 0.9)),
    "dark": ((0.2, 0.7), (0.1, 0.5)),
    "grey": ((0.0, 0.08), (0.1, 1.0)),
}


def skin(rng: np.random.Generator) -> np.ndarray:
    """``(3,)`` sRGB colour of skin; now and then one that only drawings have."""
    if rng.random() < 0.07:
        return colour(rng)
    base = _SKINS[rng.integers(len(_SKINS))]
    return np.clip(base + rng.normal(0, 0.03, 3), 0, 1)


def colour(rng: np.random.Generator, tone: str | None = None) -> np.ndarray:
    """``(3,)`` random sRGB colour of a tone: saturated, pastel, natural, dark or grey."""
    saturation, value = _TONES[tone or str(rng.choice(list(_TONES)))]
    return np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value)))


@njit(cache=True)
def _sums(colour, material, count):
    sums = np.zeros((count, 4), np.float64)
    for y in range(material.shape[0]):
        for x in range(material.shape[1]):
            index = material[y, x]
            if index >= 0:
                sums[index, 0] += colour[y, x, 0]
                sums[index, 1] += colour[y, x, 1]
                sums[index, 2] += colour[y, x, 2]
                sums[index, 3] += 1
    return sums


@njit(cache=True)
def _shift(colour, material, mean, target, keep, out):
    for y in range(material.shape[0]):
        for x in range(material.shape[1]):
            index = material[y, x]
            for c in range(3):
                if index < 0:
                    out[y, x, c] = 1.0
                else:
                    value = target[index, c] + keep * (colour[y, x, c] - mean[index, c])
                    out[y, x, c] = min(max(value, 0.0), 1.0)


def _is_mark(rgb: np.ndarray, share: float) -> bool:
    """Whether a material is a small black or white one: pupils, whites of eyes, brows, teeth."""
    return share < 0.02 and (rgb.max() < 0.3 or rgb.min() > 0.8)


def _is_skin(rgb: np.ndarray) -> bool:
    hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
    return 0.02 < hue < 0.12 and 0.15 < saturation < 0.75 and value > 0.35


def recolour(colour_map: np.ndarray, material: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give every material a new colour.

    Args:
        colour_map: ``(H, W, 3)`` flat sRGB in [0, 1].
        material: ``(H, W)`` material ids, -1 where there is nothing.
        rng: chooses the palette: as it was, one tone for all, or white as in a colouring book. New
            palettes leave small black and white materials, such as eyes, as they are.

    Returns:
        ``(H, W, 3)`` float32 sRGB in [0, 1], white where there is nothing.
    """
    count = int(material.max(initial=0)) + 1
    sums = _sums(colour_map, material, count)
    mean = sums[:, :3] / np.maximum(sums[:, 3:], 1)
    way = rng.choice(["own", "palette", "palette with skin", "white"], p=[0.4, 0.15, 0.37, 0.08])
    keep, target = 1.0, mean + rng.normal(0, 0.04, (count, 3))
    if way == "white":
        keep, target = 0.0, np.full((count, 3), rng.uniform(0.85, 1))
    elif way != "own":
        tone = str(rng.choice(list(_TONES), p=[0.3, 0.22, 0.28, 0.1, 0.1]))
        options = np.array([colour(rng, tone) for _ in range(rng.integers(2, 6))])
        keep, target = rng.uniform(0, 1), options[rng.integers(len(options), size=count)]
        if way == "palette with skin":
            one_skin = skin(rng)
            target = np.array(
                [one_skin if _is_skin(m) else t for m, t in zip(mean, target, strict=True)]
            )
        shares = sums[:, 3] / max(sums[:, 3].sum(), 1)
        marks = [_is_mark(m, share) for m, share in zip(mean, shares, strict=True)]
        target = np.where(np.array(marks)[:, None], mean, target)
    out = np.empty(colour_map.shape, np.float32)
    _shift(colour_map, material, mean, target, keep, out)
    return out
