"""What lies behind a figure: plain grounds, rooms, landscapes, patterns, panels and paper."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import cv2
import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline
from proportion.synthesis.texture import grain, smooth_noise

Size = tuple[int, int]
"""(width, height) in pixels."""


def _filled(size: Size, colour: np.ndarray) -> np.ndarray:
    return np.full((size[1], size[0], 3), np.clip(colour, 0, 1) * 255, np.uint8)


def white(size: Size, rng: np.random.Generator) -> np.ndarray:
    """White, as scans and exports have it."""
    return _filled(size, np.full(3, 1.0 if rng.random() < 0.8 else rng.uniform(0.93, 1)))


def plain(size: Size, rng: np.random.Generator) -> np.ndarray:
    """One colour."""
    return _filled(size, palettes.colour(rng, None if rng.random() < 0.5 else "pastel"))


def gradient(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Two colours that run into each other along a random direction."""
    first, second = palettes.colour(rng), palettes.colour(rng)
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    share = np.clip(0.5 + 0.5 * (x * np.cos(angle) + y * np.sin(angle)), 0, 1)[..., None]
    return (255 * (first + (second - first) * share)).astype(np.uint8)


def sheet_of_paper(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Paper: a light tone with fibre, often ruled or squared, sometimes with a margin line."""
    tint = np.clip(np.array([1.0, 0.985, 0.95]) * rng.uniform(0.8, 1) + rng.normal(0, 0.015, 3), 0, 1)
    picture = _filled(size, tint)
    chance = rng.random()
    if chance < 0.45:
        line = tint * np.array(((0.75, 0.85, 1.0), (0.8, 0.8, 0.8), (1.0, 0.8, 0.8))[rng.integers(3)])
        gap = rng.uniform(0.035, 0.13) * size[1]
        upright = rng.random() < 0.4
        for axis in (0, 1) if chance < 0.18 else (int(upright),):
            for at in np.arange(rng.uniform(0, gap), size[1 - axis], gap):
                ends = [(int(at), 0), (int(at), size[1])] if axis else [(0, int(at)), (size[0], int(at))]
                cv2.line(picture, *ends, (255 * line).tolist(), 1)
        if rng.random() < 0.4:
            at = int(rng.uniform(0.08, 0.2) * size[0])
            cv2.line(picture, (at, 0), (at, size[1]), (230, 130, 130), 1)
    fibre = rng.uniform(0.5, 4) * grain(picture.shape[:2], rng)
    fibre += rng.uniform(0, 4) * smooth_noise(picture.shape[:2], 12, rng)
    return np.clip(picture + fibre[..., None], 0, 255).astype(np.uint8)


def _hills(canvas: Canvas, tone: str) -> None:
    height, width = canvas.mask.shape
    rng = canvas.rng
    ink = None if rng.random() < 0.6 else np.zeros(3)
    for level in np.sort(rng.uniform(0.35, 0.95, rng.integers(1, 4))):
        xs = np.linspace(-0.1, 1.1, 6) * width
        ys = (level + rng.normal(0, 0.05, 6)) * height
        ridge = spline(np.stack([xs, ys], 1))
        ground = np.concatenate([ridge, [(1.2 * width, 1.1 * height), (-0.2 * width, 1.1 * height)]])
        canvas.shape(ground, palettes.colour(rng, tone), ink)


def landscape(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Sky, hills, sun or moon, clouds, trees and houses, in simple shapes."""
    tone = str(rng.choice(["pastel", "natural", "saturated"]))
    canvas = Canvas(plain(size, rng), np.zeros(size[::-1], np.uint8), rng, rng.choice([0, 1.5]))
    width, height = size
    ink = None if rng.random() < 0.5 else np.full(3, rng.uniform(0, 0.4))
    sun = ellipse(rng.random(2) * (width, height * 0.4), (rng.uniform(0.03, 0.1) * width,) * 2)
    canvas.shape(sun, palettes.colour(rng, tone), ink)
    for _ in range(rng.integers(0, 4)):
        centre = rng.random(2) * (width, height * 0.5)
        for _ in range(3):
            puff = centre + rng.normal(0, 0.04, 2) * width
            canvas.shape(
                ellipse(puff, (0.06 * width, 0.035 * height)), np.full(3, rng.uniform(0.8, 1)), None
            )
    _hills(canvas, tone)
    for _ in range(rng.integers(0, 5)):
        x, y = rng.uniform(0, width), rng.uniform(0.5, 1) * height
        tall = rng.uniform(0.1, 0.4) * height
        if rng.random() < 0.6:
            canvas.line(np.array([(x, y), (x, y - tall)]), palettes.colour(rng, "dark"), 0.02 * width)
            crown = ellipse(np.array([x, y - tall]), (0.4 * tall, 0.5 * tall))
            canvas.shape(crown, palettes.colour(rng, tone), ink)
        else:
            wall = np.array([(x, y), (x + tall, y), (x + tall, y - tall), (x, y - tall)])
            canvas.shape(wall, palettes.colour(rng, tone), ink)
            roof = np.array(
                [(x - 5, y - tall), (x + tall + 5, y - tall), (x + tall / 2, y - 1.6 * tall)]
            )
            canvas.shape(roof, palettes.colour(rng, tone), ink)
    return canvas.picture


def room(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Wall, floor, window, picture frames, table: rectangles with outlines."""
    canvas = Canvas(plain(size, rng), np.zeros(size[::-1], np.uint8), rng)
    width, height = size
    ink = None if rng.random() < 0.4 else np.full(3, rng.uniform(0, 0.5))
    floor = rng.uniform(0.6, 0.92) * height
    canvas.shape(
        np.array([(-9, floor), (width + 9, floor), (width + 9, height + 9), (-9, height + 9)]),
        palettes.colour(rng),
        ink,
    )
    for _ in range(rng.integers(1, 6)):
        centre = rng.random(2) * (width, floor)
        half = rng.uniform(0.05, 0.22, 2) * size
        box = centre + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        canvas.shape(box, palettes.colour(rng), ink, rng.integers(1, 4))
        if rng.random() < 0.5 and ink is not None:
            canvas.line(np.array([box[:2].mean(0), box[2:].mean(0)]), ink)
            canvas.line(np.array([box[1:3].mean(0), box[[0, 3]].mean(0)]), ink)
    return canvas.picture


def pattern(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Dots, stripes, checks, rays or scattered shapes in a few colours."""
    canvas = Canvas(plain(size, rng), np.zeros(size[::-1], np.uint8), rng)
    width, height = size
    colours = [palettes.colour(rng) for _ in range(3)]
    kind, gap = rng.integers(5), rng.uniform(0.05, 0.2) * width
    if kind == 0:
        for y in np.arange(0, height + gap, gap):
            for x in np.arange(0, width + gap, gap):
                canvas.shape(ellipse(np.array([x, y]), (gap * 0.25, gap * 0.25)), colours[0], None)
    elif kind == 1:
        slant = rng.uniform(-1, 1) * height
        for x in np.arange(-height, width + height, gap):
            stripe = np.array(
                [(x, 0), (x + gap / 2, 0), (x + gap / 2 + slant, height), (x + slant, height)]
            )
            canvas.shape(stripe, colours[0], None)
    elif kind == 2:
        y, x = np.mgrid[: size[1], : size[0]]
        odd = ((x // gap).astype(int) + (y // gap).astype(int)) % 2 == 1
        canvas.picture[odd] = (255 * colours[0]).astype(np.uint8)
    elif kind == 3:
        centre = rng.random(2) * size
        for turn in np.arange(0, 2 * np.pi, rng.uniform(0.1, 0.4)):
            far = centre + 2 * width * np.array([np.cos(turn), np.sin(turn)])
            wide = centre + 2 * width * np.array([np.cos(turn + 0.07), np.sin(turn + 0.07)])
            canvas.shape(np.array([centre, far, wide]), colours[0], None)
    else:
        for _ in range(rng.integers(8, 40)):
            centre, radius = rng.random(2) * size, rng.uniform(0.01, 0.06) * width
            corners = int(rng.integers(3, 9))
            turn = np.linspace(0, 2 * np.pi, 2 * corners + 1)[:-1] + rng.random()
            reach = radius * np.where(np.arange(2 * corners) % 2, 1, rng.uniform(0.4, 1))
            star = centre + np.stack([np.cos(turn), np.sin(turn)], 1) * reach[:, None]
            canvas.shape(star, colours[rng.integers(3)], None)
    return canvas.picture


def panels(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Frames of a comic page, some of them toned."""
    canvas = Canvas(white(size, rng), np.zeros(size[::-1], np.uint8), rng)
    columns, rows = rng.integers(1, 4), rng.integers(1, 3)
    xs = np.sort(np.concatenate([[0.02, 0.98], rng.uniform(0.15, 0.85, columns - 1)])) * size[0]
    ys = np.sort(np.concatenate([[0.02, 0.98], rng.uniform(0.2, 0.8, rows - 1)])) * size[1]
    for left, right in itertools.pairwise(xs):
        for top, bottom in itertools.pairwise(ys):
            box = np.array(
                [
                    (left + 2, top + 2),
                    (right - 2, top + 2),
                    (right - 2, bottom - 2),
                    (left + 2, bottom - 2),
                ]
            )
            tone = np.full(3, rng.uniform(0.6, 1)) if rng.random() < 0.4 else None
            canvas.shape(box, tone, np.zeros(3), rng.integers(1, 4))
    return canvas.picture


def blots(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Large soft shapes, as behind a character illustration."""
    canvas = Canvas(plain(size, rng), np.zeros(size[::-1], np.uint8), rng)
    for _ in range(rng.integers(1, 5)):
        turn = np.linspace(0, 2 * np.pi, 8)[:-1]
        reach = rng.uniform(0.1, 0.4) * size[0] * rng.uniform(0.6, 1.2, 7)
        blob = rng.random(2) * size + np.stack([np.cos(turn), np.sin(turn)], 1) * reach[:, None]
        canvas.shape(closed_spline(blob), palettes.colour(rng), None)
    return canvas.picture if rng.random() < 0.6 else cv2.blur(canvas.picture, (15, 15))


BACKGROUNDS: dict[str, tuple[float, Callable[[Size, np.random.Generator], np.ndarray]]] = {
    "white": (0.52, white),
    "paper": (0.2, sheet_of_paper),
    "plain": (0.1, plain),
    "gradient": (0.06, gradient),
    "landscape": (0.06, landscape),
    "room": (0.05, room),
    "pattern": (0.04, pattern),
    "panels": (0.03, panels),
    "blots": (0.04, blots),
}
"""Name -> (how often, how)."""


def background(size: Size, rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """A random ground ``(H, W, 3)`` uint8 and its name."""
    weights = np.array([weight for weight, _ in BACKGROUNDS.values()])
    name = str(rng.choice(list(BACKGROUNDS), p=weights / weights.sum()))
    return BACKGROUNDS[name][1](size, rng), name
