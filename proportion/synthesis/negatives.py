"""Pictures without a figure: blank, landscape, pattern, words, things and animals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proportion.synthesis import backgrounds, palettes
from proportion.synthesis.backgrounds import Size
from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline, tube
from proportion.synthesis.distractors import scribble, write
from proportion.synthesis.paper import degrade, photograph


def _on(ground: np.ndarray, rng: np.random.Generator) -> Canvas:
    wobble = float(rng.choice([0, ground.shape[0] * 0.004]))
    return Canvas(ground, np.zeros(ground.shape[:2], np.uint8), rng, wobble)


def _ground(size: Size, rng: np.random.Generator) -> np.ndarray:
    return backgrounds.background(size, rng)[0]


def _blank(size: Size, rng: np.random.Generator) -> np.ndarray:
    kinds = (backgrounds.white, backgrounds.sheet_of_paper, backgrounds.plain, backgrounds.gradient)
    return kinds[rng.integers(len(kinds))](size, rng)


def _view(size: Size, rng: np.random.Generator) -> np.ndarray:
    return (backgrounds.landscape, backgrounds.room)[rng.integers(2)](size, rng)


def _pattern(size: Size, rng: np.random.Generator) -> np.ndarray:
    kinds = (backgrounds.pattern, backgrounds.panels, backgrounds.blots)
    return kinds[rng.integers(len(kinds))](size, rng)


def _text(size: Size, rng: np.random.Generator) -> np.ndarray:
    canvas = _on(_blank(size, rng), rng)
    ink = np.full(3, rng.uniform(0, 0.3)) if rng.random() < 0.7 else palettes.colour(rng, "dark")
    if rng.random() < 0.5:
        height = size[1] * rng.uniform(0.03, 0.12)
        rows = int(0.8 * size[1] / (1.5 * height))
        write(
            canvas,
            np.array([0.05 * size[0], 0.1 * size[1]]),
            height,
            ink,
            int(rng.integers(1, rows + 1)),
        )
    else:
        gap = size[1] * rng.uniform(0.05, 0.12)
        for y in np.arange(gap, size[1] - gap, gap)[: rng.integers(1, 14)]:
            scribble(canvas, np.array([0.07 * size[0], y]), size[0] * rng.uniform(0.3, 0.85), ink, 1.5)
    return canvas.picture


def _pens(rng: np.random.Generator, size: Size) -> tuple[np.ndarray | None, np.ndarray, float]:
    """Ink, fill and line width of one thing."""
    ink = np.full(3, rng.uniform(0, 0.3)) if rng.random() < 0.8 else None
    fill = palettes.colour(rng) if rng.random() < 0.65 or ink is None else np.ones(3)
    return ink, fill, size[0] * rng.uniform(0.004, 0.015)


def _things(size: Size, rng: np.random.Generator) -> np.ndarray:
    """Boxes, balls, blobs and curves: what could be a cup, a car or a doodle."""
    canvas = _on(_ground(size, rng), rng)
    for _ in range(rng.integers(1, 8)):
        ink, fill, line = _pens(rng, size)
        centre, half = rng.random(2) * size, rng.uniform(0.03, 0.3, 2) * size
        kind = rng.integers(4)
        if kind == 0:
            canvas.shape(centre + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half, fill, ink, line)
        elif kind == 1:
            canvas.shape(ellipse(centre, (half[0], half[1]), rng.uniform(0, 180)), fill, ink, line)
        elif kind == 2:
            blob = centre + rng.uniform(-1, 1, (int(rng.integers(4, 8)), 2)) * half
            canvas.shape(closed_spline(blob), fill, ink, line)
        else:
            curve = centre + rng.uniform(-1, 1, (int(rng.integers(3, 9)), 2)) * half
            canvas.line(spline(curve), np.zeros(3) if ink is None else ink, line)
    return canvas.picture


def _plant(size: Size, rng: np.random.Generator) -> np.ndarray:
    """A flower or a bare tree: upright, with branches, yet nobody."""
    canvas = _on(_ground(size, rng), rng)
    ink, fill, line = _pens(rng, size)
    stem_ink = palettes.colour(rng, "dark")
    foot, top = (
        np.array([0.5, 0.92]) * size,
        np.array([rng.uniform(0.4, 0.6), rng.uniform(0.15, 0.4)]) * size,
    )
    canvas.line(
        spline(np.stack([foot, (foot + top) / 2 + rng.normal(0, 8, 2), top])), stem_ink, 2 * line
    )
    for _ in range(rng.integers(2, 9)):
        root = foot + rng.uniform(0.2, 1) * (top - foot)
        tip = root + rng.uniform((-0.3, -0.25), (0.3, 0.05)) * size
        canvas.line(np.stack([root, tip]), stem_ink, line)
        if rng.random() < 0.6:
            canvas.shape(
                ellipse(tip, (0.05 * size[0], 0.03 * size[0]), rng.uniform(0, 180)), fill, ink, line
            )
    if rng.random() < 0.6:
        for turn in np.linspace(0, 360, int(rng.integers(5, 10)))[:-1]:
            way = np.array([np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))])
            radius = 0.07 * size[0]
            canvas.shape(
                ellipse(top + 1.2 * radius * way, (radius, radius * 0.5), turn), fill, ink, line
            )
        canvas.shape(ellipse(top, (0.05 * size[0],) * 2), palettes.colour(rng), ink, line)
    return canvas.picture


def _four_legs(canvas: Canvas, size: Size) -> None:
    """A dog, cat or horse seen from the side."""
    rng = canvas.rng
    ink, fill, line = _pens(rng, size)
    side, unit = rng.choice((-1, 1)), size[0] * rng.uniform(0.12, 0.25)
    body = rng.uniform((0.4, 0.45), (0.6, 0.6)) * size
    legs = rng.uniform(0.5, 1.6)
    for x in (-0.9, -0.7, 0.65, 0.9):
        hip = body + np.array((x * unit, 0.2 * unit))
        foot = hip + np.array((rng.normal(0, 0.12) * unit, (0.3 + legs) * unit))
        canvas.shape(tube(np.stack([hip, foot]), [0.16 * unit, 0.11 * unit]), fill, ink, line)
    tail = [
        body + np.array((-side * unit, -0.1 * unit)),
        body + np.array((-side * 1.4 * unit, rng.uniform(-0.9, 0.6) * unit)),
    ]
    canvas.shape(tube(np.stack(tail), [0.1 * unit, 0.05 * unit]), fill, ink, line)
    canvas.shape(ellipse(body, (1.15 * unit, rng.uniform(0.4, 0.6) * unit)), fill, ink, line)
    head = body + np.array((side * rng.uniform(1.1, 1.5) * unit, -rng.uniform(0.3, 1.1) * unit))
    canvas.shape(
        tube(np.stack([body + np.array((side * 0.8 * unit, 0)), head]), [0.35 * unit, 0.25 * unit]),
        fill,
        ink,
        line,
    )
    radius = unit * rng.uniform(0.3, 0.5)
    for x in (-0.6, 0.6):
        ear = [(x - 0.35, -0.6), (x + 0.1, -1.0 - rng.uniform(0, 1)), (x + 0.35, -0.5)]
        canvas.shape(head + radius * np.array(ear), fill, ink, line)
    canvas.shape(ellipse(head, (radius * 1.2, radius)), fill, ink, line)
    muzzle = head + np.array((side * radius, 0.25 * radius))
    canvas.shape(ellipse(muzzle, (radius * 0.6, radius * 0.45)), fill, ink, line)
    canvas.shape(
        ellipse(head + np.array((side * 0.3 * radius, -0.25 * radius)), (radius * 0.12,) * 2),
        np.zeros(3),
        None,
    )


def _bird_or_fish(canvas: Canvas, size: Size) -> None:
    rng = canvas.rng
    ink, fill, line = _pens(rng, size)
    side, unit = rng.choice((-1, 1)), size[0] * rng.uniform(0.12, 0.28)
    body = rng.uniform((0.4, 0.4), (0.6, 0.6)) * size
    tail = np.array([(-0.9, 0), (-1.7, -0.5), (-1.5, 0), (-1.7, 0.5)]) * (side * unit, unit)
    canvas.shape(body + tail, fill, ink, line)
    canvas.shape(ellipse(body, (unit, unit * rng.uniform(0.4, 0.7))), fill, ink, line)
    fin = np.array([(-0.4, 0), (0.2, 0), (-0.5, rng.choice((-1, 1)) * rng.uniform(0.6, 1.2))])
    canvas.shape(body + fin * (side * unit, unit), palettes.colour(rng), ink, line)
    if rng.random() < 0.5:
        beak = np.array([(0.9, -0.15), (1.4, 0), (0.9, 0.15)]) * (side * unit, unit)
        canvas.shape(body + beak, palettes.colour(rng), ink, line)
        for x in (-0.2, 0.15):
            canvas.line(body + np.array([(x, 0.5), (x, 1.1)]) * unit, np.zeros(3), line)
    canvas.shape(
        ellipse(body + np.array((side * 0.6 * unit, -0.12 * unit)), (0.08 * unit,) * 2),
        np.zeros(3),
        None,
    )


def _crawler(canvas: Canvas, size: Size) -> None:
    """A snake, a spider or a caterpillar."""
    rng = canvas.rng
    ink, fill, line = _pens(rng, size)
    unit, centre = size[0] * rng.uniform(0.05, 0.12), rng.uniform((0.35, 0.35), (0.65, 0.65)) * size
    if rng.random() < 0.5:
        xs = np.linspace(-4, 4, 7)
        path = centre + unit * np.stack([xs, rng.uniform(0.5, 1.5) * np.sin(xs * 1.6)], 1)
        canvas.shape(tube(path, [0.2 * unit, *[0.5 * unit] * 5, 0.6 * unit]), fill, ink, line)
        return
    for side in (-1, 1):
        for y in np.linspace(-1.5, 1.5, 4):
            leg = centre + unit * np.array(
                [(0, y * 0.3), (side * 2, y * 1.2 - 0.5), (side * 3, y * 1.5 + 0.6)]
            )
            canvas.line(leg, np.zeros(3) if ink is None else ink, line)
    canvas.shape(ellipse(centre, (unit, 1.3 * unit)), fill, ink, line)
    canvas.shape(ellipse(centre - np.array((0, 1.7 * unit)), (0.6 * unit,) * 2), fill, ink, line)


def _animal(size: Size, rng: np.random.Generator) -> np.ndarray:
    canvas = _on(_ground(size, rng), rng)
    (_four_legs, _four_legs, _bird_or_fish, _crawler)[rng.integers(4)](canvas, size)
    return canvas.picture


NEGATIVES: dict[str, tuple[float, Callable[[Size, np.random.Generator], np.ndarray]]] = {
    "blank": (0.12, _blank),
    "view": (0.15, _view),
    "pattern": (0.14, _pattern),
    "text": (0.14, _text),
    "things": (0.15, _things),
    "plant": (0.08, _plant),
    "animal": (0.22, _animal),
}
"""Kind -> (how often, how)."""


def draw_negative(rng: np.random.Generator, size: int, kind: str | None = None) -> np.ndarray:
    """A square picture without a figure.

    Args:
        rng: chooses everything; the same state gives the same picture.
        size: side in pixels.
        kind: one of `NEGATIVES`, or None to choose.

    Returns:
        ``(size, size, 3)`` uint8.
    """
    if kind is None:
        weights = np.array([weight for weight, _ in NEGATIVES.values()])
        kind = str(rng.choice(list(NEGATIVES), p=weights / weights.sum()))
    picture = NEGATIVES[kind][1]((size, size), rng)
    if rng.random() < 0.15:
        picture, _ = photograph(picture, np.zeros((0, 2)), rng)
    return degrade(picture, rng)
