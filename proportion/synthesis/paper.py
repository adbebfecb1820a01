"""From a drawn figure to the picture that reaches the app: ground, photograph, scan and compression."""

from __future__ import annotations

import cv2
import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.backgrounds import background
from proportion.synthesis.texture import grain, smooth_noise


def lay_on(picture: np.ndarray, mask: np.ndarray, ground: np.ndarray, see_through: bool) -> np.ndarray:
    """Put a figure drawn on white onto a ground.

    Args:
        picture: ``(H, W, 3)`` uint8, white around the figure.
        mask: ``(H, W)`` the figure, bool, uint8 in [0, 255] or float in [0, 1].
        ground: ``(H, W, 3)`` uint8.
        see_through: whether the ground shows through the figure's light areas too (ink on paper).
    """
    multiplied = cv2.multiply(picture, ground, scale=1 / 255)
    if see_through:
        return multiplied
    scale = 255.0 if mask.dtype == np.uint8 else 1.0
    cover = (mask.astype(np.float32) / scale)[..., None]
    return (multiplied + cover * (picture.astype(np.float32) - multiplied)).astype(np.uint8)


def _negative(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light on dark: an inverted picture, or chalk on a board or blueprint."""
    if rng.random() < 0.5:
        return 255 - picture
    board = palettes.colour(rng, "dark") * 0.7
    chalk = 1 - (1 - palettes.colour(rng, "pastel")) * 0.6
    dark = (1 - cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) / np.float32(255))[..., None]
    return (255 * (board + (chalk - board) * dark)).astype(np.uint8)


def slant(
    picture: np.ndarray, points: np.ndarray, rng: np.random.Generator, amount: float = 0.06
) -> tuple[np.ndarray, np.ndarray]:
    """See the sheet from aside: a small homography of picture and ``(N, 2)`` points alike."""
    height, width = picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + rng.normal(0, amount / 2, (4, 2)).astype(np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    table = tuple((255 * palettes.colour(rng, "natural")).tolist())
    seen = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=table
    )
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], 1) @ matrix.T
    return seen, homogeneous[:, :2] / homogeneous[:, 2:]


def _crease(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Folds: one side of a straight line a little brighter than the other, fading away from it."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    shade = np.ones((height, width), np.float32)
    for _ in range(rng.integers(1, 4)):
        angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.2)
        offset = (x - rng.uniform(0, width)) * np.cos(angle) + (y - rng.uniform(0, height)) * np.sin(
            angle
        )
        shade += rng.uniform(0.02, 0.12) * np.sign(offset) * np.exp(-np.abs(offset) / rng.uniform(4, 40))
    return np.clip(picture * shade[..., None], 0, 255).astype(np.uint8)


def _uneven_light(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lamp on one side, the shadow of a hand or phone, and the cast of a warm or cold light."""
    height, width = picture.shape[:2]
    corners = rng.uniform(0.55, 1.1, (2, 2)).astype(np.float32)
    shade = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        shadow = (smooth_noise((height, width), rng.uniform(60, 140), rng) > 0.5).astype(np.float32)
        reach = int(rng.integers(2, 16)) * 2 + 1
        shade *= 1 - rng.uniform(0.1, 0.35) * cv2.blur(shadow, (reach, reach))
    cast = np.clip(rng.normal(1, 0.04, 3), 0.85, 1.1).astype(np.float32)
    return np.clip(picture * shade[..., None] * cast, 0, 255).astype(np.uint8)


def photograph(
    picture: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A drawing photographed on a table: slant, creases, uneven light. Returns picture and points."""
    if rng.random() < 0.7:
        picture, points = slant(picture, points, rng)
    if rng.random() < 0.5:
        picture = _crease(picture, rng)
    return _uneven_light(picture, rng), points


def degrade(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What scanners, screens and messengers do: contrast, grey, blur, noise, small size, JPEG."""
    height, width = picture.shape[:2]
    if rng.random() < 0.15:
        low, high = rng.uniform(0, 90), rng.uniform(150, 255)
        picture = (low + picture * np.float32((high - low) / 255)).astype(np.uint8)
    if rng.random() < 0.06:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.06:
        share = rng.uniform(0.45, 0.85)
        small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    elif rng.random() < 0.1:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.1))
    if rng.random() < 0.2:
        noise = rng.uniform(2, 14) * grain((height, width), rng)
        picture = np.clip(picture + noise[..., None], 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.uniform(20, 95))
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return picture


def finish(
    picture: np.ndarray, mask: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Give a figure drawn on white its ground and its way into the computer.

    Args:
        picture: ``(H, W, 3)`` uint8, white around the figure.
        mask: ``(H, W)`` the figure, bool, uint8 in [0, 255] or float in [0, 1].
        points: ``(N, 2)`` joints in pixels, NaN where missing.
        rng: chooses everything; the same state gives the same picture.

    Returns:
        The picture, and the points where they are now; a slant may push some out of the picture.
    """
    ground, name = background((picture.shape[1], picture.shape[0]), rng)
    see_through = rng.random() < (0.8 if name == "paper" else 0.15 if name in ("plain", "panels") else 0)
    picture = lay_on(picture, mask, ground, see_through)
    if rng.random() < 0.04:
        picture = _negative(picture, rng)
    if rng.random() < (0.55 if name == "paper" else 0.05):
        picture, points = photograph(picture, points, rng)
    return degrade(picture, rng), points
