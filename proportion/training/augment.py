"""Cheap random changes of drawings for the pose trainer: framing, bending, mirroring, lines, colour."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from proportion.geometry import apply_transform, compose, invert, similarity
from proportion.skeleton import MIRROR_INDEX
from proportion.synthesis.negatives import draw_negative

MISSING = 2
_BLUR_SHARE, _INVERT_SHARE, _GREY_SHARE, _COMPRESS_SHARE = 0.15, 0.06, 0.12, 0.2
_BEND_SHARE, _LINES_SHARE, _PENCIL_SHARE, _SHADOW_SHARE = 0.4, 0.12, 0.12, 0.15
_BEND_KNOTS = (3, 6)  # a side of the bend's grid
_BEND = 0.09  # of the distance of two knots, that each is moved by: folds nothing


def random_framing(points: np.ndarray, width: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """A random square view of a figure, as wide as the two passes of the estimator show it, and wider.

    Args:
        points: ``(18, 2)`` joints, NaN where missing.
        width: side of the source picture.
        size: side of the view.
        rng: randomness.

    Returns:
        ``(2, 3)`` transform from source pixels to the view's.
    """
    low, high = np.nanmin(points, 0), np.nanmax(points, 0)
    side = max(*(high - low), 0.15 * width)
    kind = rng.random()
    if kind < 0.15:  # the whole picture, as the first pass sees it: it need only find the box
        centre, side = np.full(2, (width - 1) / 2), width * np.exp(rng.normal(0, 0.12))
    elif kind < 0.93:  # the figure's box, as the second pass sees it
        centre, side = (low + high) / 2, side * rng.uniform(1.1, 1.5)
    else:  # a part of the figure, cut off by the edge
        centre, side = rng.uniform(low, high), side * rng.uniform(0.55, 1.0)
    centre = centre + rng.normal(0, 0.05, 2) * side
    turn = rng.normal(0, 8) if rng.random() < 0.85 else rng.normal(0, 40)
    scale = size / side
    back = similarity(translation=-centre)
    return compose(similarity(scale, turn, np.full(2, (size - 1) / 2)), back)


def mirror(width: int) -> np.ndarray:
    """The ``(2, 3)`` transform that flips a picture of this width left to right."""
    return np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0]])


def view(
    picture: np.ndarray, points: np.ndarray, states: np.ndarray, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random view of a labelled drawing.

    Args:
        picture: ``(W, W, 3)`` uint8 RGB.
        points: ``(18, 2)`` joints in its pixels, NaN where missing.
        states: ``(18,)`` 0 seen, 1 guessed, 2 missing.
        size: side of the view.
        rng: randomness.

    Returns:
        ``(size, size, 3)`` uint8 picture, and points and states in it; what falls outside is missing.
    """
    transform = random_framing(points, picture.shape[1], size, rng)
    if rng.random() < 0.5:
        transform = compose(mirror(size), transform)
        points, states = points[MIRROR_INDEX], states[MIRROR_INDEX]
    bend = random_bend(size, rng) if rng.random() < _BEND_SHARE else None
    points, states = apply_transform(transform, points), states.copy()
    if bend is not None:
        points = bent(points, bend)
    with np.errstate(invalid="ignore"):
        outside = ~((points >= 0) & (points <= size - 1)).all(-1)
    states[outside] = MISSING
    points[outside] = np.nan
    seen = _warp(picture, transform, bend, size, rng)
    return recolour(redraw(seen, rng), rng), points, states


def random_bend(size: int, rng: np.random.Generator) -> np.ndarray:
    """A smooth random displacement, as of a drawing by an unsure hand; parts change their proportions.

    Args:
        size: side of the view.
        rng: randomness.

    Returns:
        ``(size, size, 2)`` float32: the bent view has at p what the straight one has at p + bend[p].
    """
    knots = int(rng.integers(*_BEND_KNOTS))
    moves = rng.normal(0, _BEND * size / (knots - 1), (knots, knots, 2)).astype(np.float32)
    # Whole rows move together more than single knots do: legs, trunk and head get other shares.
    moves[..., 1] += rng.normal(0, _BEND * size / (knots - 1), (knots, 1))
    return cv2.resize(moves, (size, size), interpolation=cv2.INTER_CUBIC)


def bent(points: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Where `random_bend` brings ``(18, 2)`` points of the straight view, NaN where missing."""
    places = points
    for _ in range(12):  # knots move by far less than they lie apart, so the error halves each time
        at = np.nan_to_num(places).astype(np.float32)[None]
        places = points - cv2.remap(bend, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
    return places


def _warp(
    picture: np.ndarray,
    transform: np.ndarray,
    bend: np.ndarray | None,
    size: int,
    rng: np.random.Generator,
) -> np.ndarray:
    if rng.random() < 0.7:
        border, value = cv2.BORDER_REPLICATE, 0
    else:
        border, value = cv2.BORDER_CONSTANT, int(rng.choice([0, 127, 255]))
    edge: dict[str, Any] = {"borderMode": border, "borderValue": (value,) * 3}
    if bend is None:
        return cv2.warpAffine(picture, transform, (size, size), flags=cv2.INTER_LINEAR, **edge)
    straight = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1) + bend
    source = cv2.transform(straight.astype(np.float32), invert(transform).astype(np.float32))
    return cv2.remap(picture, source, None, cv2.INTER_LINEAR, **edge)


def redraw(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other lines for a uint8 RGB picture: thicker or thinner ones, lines without fills, a shadow."""
    if rng.random() < _LINES_SHARE:
        change = cv2.erode if rng.random() < 0.5 else cv2.dilate
        picture = change(picture, np.ones((2, 2), np.uint8))
    if rng.random() < _PENCIL_SHARE:
        picture = _lines_only(picture, rng)
    if rng.random() < _SHADOW_SHARE:
        corners = rng.uniform(0.55, 1.0, (2, 2)).astype(np.float32)
        light = cv2.resize(corners, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        picture = np.rint(picture * light[..., None]).astype(np.uint8)
    return picture


def _lines_only(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What is darker than its surroundings, on paper."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) + 8
    around = cv2.GaussianBlur(grey, (0, 0), rng.uniform(1.5, 4.0))
    lines = np.clip(grey / around, 0, 1) ** rng.uniform(2.0, 6.0)
    return np.repeat(np.rint(255 * lines).astype(np.uint8)[..., None], 3, -1)


def recolour(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random tone, tint, blur and compression of a uint8 RGB picture."""
    tones = np.linspace(0, 1, 256)[:, None] ** np.exp(rng.normal(0, 0.25, 3) * [1, 0.4, 0.4]).cumprod()
    low, high = rng.uniform(0, 0.15) * rng.random(), 1 - rng.uniform(0, 0.2) * rng.random()
    tones = low + (high - low) * tones
    if rng.random() < _INVERT_SHARE:
        tones = 1 - tones
    picture = cv2.LUT(picture, np.rint(255 * tones).astype(np.uint8)[:, None, :])
    if rng.random() < 0.3:
        picture = np.ascontiguousarray(picture[..., rng.permutation(3)])
    if rng.random() < _GREY_SHARE:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, -1)
    if rng.random() < _BLUR_SHARE:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < _COMPRESS_SHARE:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
    return np.ascontiguousarray(picture)


def without_figure(
    picture: np.ndarray, points: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    """A view with no figure in it: something else drawn, the paper beside the figure, or shuffled tiles.

    Args and returns are those of `view`, the picture only.
    """
    kind = rng.random()
    if kind < 0.6:
        patch = _zoomed(draw_negative(rng, size), rng)
    elif kind < 0.85:
        patch = _beside(picture, points)
    else:
        patch = _shuffled(picture, int(rng.choice([8, 12, 16])), rng)
    return recolour(cv2.resize(patch, (size, size), interpolation=cv2.INTER_LINEAR), rng)


def _zoomed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sometimes a square part of it, as the second pass would see it."""
    if rng.random() < 0.5:
        return picture
    side = int(len(picture) * rng.uniform(0.35, 1.0))
    top, left = rng.integers(0, len(picture) - side + 1, 2)
    return picture[top : top + side, left : left + side]


def _beside(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A square in the widest margin around the figure."""
    width = picture.shape[1]
    low, high = np.nanmin(points, 0), np.nanmax(points, 0)
    margins = [low[0], low[1], width - high[0], width - high[1]]
    widest = int(np.argmax(margins))
    side = max(8, int(0.75 * margins[widest]))
    left, top = [(0, 0), (0, 0), (width - side, 0), (0, width - side)][widest]
    return picture[top : top + side, left : left + side]


def _shuffled(picture: np.ndarray, cells: int, rng: np.random.Generator) -> np.ndarray:
    """The picture cut into cells x cells tiles, laid anew."""
    step = picture.shape[1] // cells
    tiles = picture[: step * cells, : step * cells].reshape(cells, step, cells, step, 3)
    tiles = tiles.swapaxes(1, 2).reshape(-1, step, step, 3)[rng.permutation(cells * cells)]
    return tiles.reshape(cells, cells, step, step, 3).swapaxes(1, 2).reshape(step * cells, -1, 3)
