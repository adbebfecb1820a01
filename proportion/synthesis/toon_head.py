"""The head of an anime figure: a smooth skull with a pointed jaw, on which a face is drawn.

Head coordinates: chin at y = 0, crown at y = 1, x to the figure's left, z forward, neck at x = z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator

from proportion.synthesis import palettes
from proportion.synthesis.layers import Layer, on_bone, plain_layer
from proportion.synthesis.shapes import Surface, ball, fan, grid_triangles, merge, ribbon

_HEIGHTS = np.array([0.0, 0.06, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88, 0.96, 1.0])
_WIDTHS = np.array([0.035, 0.13, 0.225, 0.335, 0.40, 0.425, 0.40, 0.295, 0.165, 0.0])
_FRONT = np.array([0.30, 0.335, 0.34, 0.345, 0.35, 0.365, 0.34, 0.235, 0.11, -0.03])
_BACK = np.array([0.24, 0.06, -0.10, -0.30, -0.42, -0.45, -0.43, -0.31, -0.18, -0.03])
_ROUNDNESS = 2.3  # exponent of the cross-sections: 2 is an ellipse, more is squarer


@dataclass(frozen=True)
class HeadShape:
    """The surface of a head.

    Attributes:
        width: factor on the width.
        jaw: factor on the width of the lower face; small is pointed, large is round.
        depth: factor on the depth.
    """

    width: float = 1.0
    jaw: float = 1.0
    depth: float = 1.0

    @classmethod
    def random(cls, rng: np.random.Generator, chibi: bool) -> HeadShape:
        """Chibi heads are wide and round, anime heads narrower and more pointed."""
        if chibi:
            return cls(rng.uniform(1.05, 1.4), rng.uniform(1.0, 1.5), rng.uniform(1.0, 1.2))
        return cls(rng.uniform(0.85, 1.1), rng.uniform(0.75, 1.25), rng.uniform(0.9, 1.1))

    @cached_property
    def _profile(self) -> PchipInterpolator:
        jaw = np.interp(_HEIGHTS, [0, 0.15, 0.5], [self.jaw, self.jaw, 1.0])
        front, back = _FRONT * self.depth, _BACK * self.depth
        outlines = np.stack([_WIDTHS * self.width * jaw, (front + back) / 2, (front - back) / 2], 1)
        return PchipInterpolator(_HEIGHTS, outlines)

    def section(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Half width, middle z and half depth of the cross-sections at heights y."""
        width, middle, depth = np.moveaxis(self._profile(np.clip(y, 0, 1)), -1, 0)
        return width, middle, depth

    def point(self, angle: np.ndarray, y: np.ndarray, lift: np.ndarray | float = 0.0) -> np.ndarray:
        """``(..., 3)`` surface points.

        Args:
            angle: radians about the vertical, 0 in front, positive to the figure's left.
            y: height; below 0 the section of the widest cheeks goes on straight down.
            lift: how far outside the surface.
        """
        angle, y = np.broadcast_arrays(angle, y)
        hanging = np.where(np.abs(angle) > 1.0, np.maximum(y, 0.5), np.maximum(y, 0.25))
        width, middle, depth = self.section(hanging)
        sine, cosine = np.sin(angle), np.cos(angle)
        x = np.sign(sine) * np.abs(sine) ** (2 / _ROUNDNESS)
        z = np.sign(cosine) * np.abs(cosine) ** (2 / _ROUNDNESS)
        return np.stack(
            [(width + lift) * x, y + lift * np.clip(2 * y - 1, 0, 1), middle + (depth + lift) * z], -1
        )

    def front(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """z of the face at (x, y)."""
        width, middle, depth = self.section(y)
        inside = np.clip(1 - np.abs(x / np.maximum(width, 1e-6)) ** _ROUNDNESS, 0, 1)
        return middle + depth * inside ** (1 / _ROUNDNESS)

    def surface(self) -> Surface:
        """The bare skull."""
        y = np.sin(np.linspace(0, np.pi / 2, 18)) * 0.5
        y = np.concatenate([0.5 - y[::-1], 0.5 + y[1:]])
        angle = np.arange(28) * 2 * np.pi / 28
        width, middle, depth = self.section(y[:, None])
        sine, cosine = np.sin(angle), np.cos(angle)
        x = width * np.sign(sine) * np.abs(sine) ** (2 / _ROUNDNESS)
        z = middle + depth * np.sign(cosine) * np.abs(cosine) ** (2 / _ROUNDNESS)
        vertices = np.stack(np.broadcast_arrays(x, y[:, None], z), -1).reshape(-1, 3)
        under = np.append(vertices, [[0, 0, middle[0, 0]]], axis=0)
        ring = np.arange(28)
        cap = np.stack([np.roll(ring, -1), ring, np.full(28, len(vertices))], 1)
        return under, np.concatenate([grid_triangles(len(y), 28), cap])

    def landmarks(self) -> tuple[np.ndarray, np.ndarray]:
        """Crown and chin ``(3,)``."""
        return np.array([0, 1.0, -0.03 * self.depth]), np.array([0, 0.0, 0.29 * self.depth])


@dataclass(frozen=True)
class Face:
    """Where and how large the features are, in head heights."""

    eye_y: float
    eye_x: float
    eye_width: float
    eye_height: float
    eyes: str
    mouth: str

    @classmethod
    def random(cls, rng: np.random.Generator, head: HeadShape, chibi: bool) -> Face:
        """Large eyes below the middle; now and then dots or closed arcs."""
        tall = rng.uniform(0.2, 0.34) if chibi else rng.uniform(0.13, 0.26)
        return cls(
            eye_y=rng.uniform(0.3, 0.42),
            eye_x=0.2 * head.width * rng.uniform(0.92, 1.12),
            eye_width=min(tall * rng.uniform(0.65, 1.15), 0.27 * head.width),
            eye_height=tall,
            eyes=str(rng.choice(["drawn", "dots", "closed"], p=(0.82, 0.1, 0.08))),
            mouth=str(
                rng.choice(["line", "smile", "open", "cat", "none"], p=(0.25, 0.3, 0.25, 0.1, 0.1))
            ),
        )


def head_layers(
    head: HeadShape, skin: np.ndarray, hair: np.ndarray, rng: np.random.Generator, chibi: bool
) -> list[Layer]:
    """Skull, ears, nose and a drawn face, in head coordinates on the head bone."""
    ears = [
        ball((side * 0.98 * head.section(0.38)[0], 0.36, -0.05), (0.035, 0.085, 0.05))
        for side in (1, -1)
    ]
    nose = ball((0, 0.24, head.front(0.0, 0.24)), (0.018, 0.022, 0.03 if not chibi else 0.012), 6)
    surface, triangles = merge([head.surface(), *ears, nose])
    skull = plain_layer(surface, on_bone("head", len(surface)), triangles, "Skin", skin)
    return [skull, *_features(head, Face.random(rng, head, chibi), skin, hair, rng)]


def _features(
    head: HeadShape, face: Face, skin: np.ndarray, hair: np.ndarray, rng: np.random.Generator
) -> list[Layer]:
    dark = np.clip(np.full(3, rng.uniform(0.02, 0.15)) + hair * 0.15, 0, 1)
    iris = palettes.colour(rng, "saturated")
    layers = []

    def put(flat: Surface, order: int, name: str, colour: np.ndarray) -> None:
        vertices = flat[0].copy()
        vertices[:, 2] = head.front(vertices[:, 0], vertices[:, 1]) + 0.004 * order + 0.002
        layers.append(plain_layer(vertices, on_bone("head", len(vertices)), flat[1], name, colour))

    angle = np.arange(20) * 2 * np.pi / 20
    round_ = np.stack([np.cos(angle), np.sin(angle)], 1)
    glance = rng.normal(0, 0.04) * face.eye_width
    slant = rng.normal(0, 0.12)
    lash = rng.uniform(0.14, 0.28) * face.eye_height
    for side in (1, -1):
        centre = np.array([side * face.eye_x, face.eye_y])
        size = np.array([face.eye_width, face.eye_height]) / 2
        t = np.linspace(-1.05, 1.05, 9)
        tilt = np.outer(t * side * slant * size[0], (0, 1))
        arc = centre + np.stack([t, 1.1 * np.sqrt(np.maximum(1.12 - t**2, 0))], 1) * size + tilt
        taper = lash * (1 - 0.75 * t**2)
        if face.eyes == "drawn":
            put(fan(centre + round_ * size), 0, "Eye white", np.full(3, 0.98))
            ball_ = np.array([centre[0] + glance, centre[1]])
            put(fan(ball_ + round_ * size * (0.68, 0.95)), 1, "Iris", iris)
            put(fan(ball_ + (0, 0.1 * size[1]) + round_ * size * (0.36, 0.5), 2), 2, "Pupil", dark)
            put(fan(ball_ + size * (0.28, 0.42) + round_ * size.min() * 0.26, 1), 3, "Glint", np.ones(3))
            put(ribbon(arc, taper), 3, "Lash", dark)
            put(
                ribbon(
                    centre + np.stack([t * 0.6, -np.sqrt(1.05 - 0.36 * t**2)], 1) * size, taper * 0.3
                ),
                3,
                "Lash",
                dark,
            )
        elif face.eyes == "dots":
            put(fan(centre + round_ * size * (0.35, 0.5), 2), 1, "Pupil", dark)
        else:
            put(ribbon(arc - (0, size[1]), taper), 1, "Lash", dark)
        brow = centre + np.stack([t, 1.75 + 0.25 * (1 - t**2)], 1) * size + tilt * 2
        put(ribbon(brow, 0.5 * taper), 1, "Brow", np.clip(hair * 0.6, 0, 1))
        if rng.random() < 0.12:
            put(
                fan(centre + (side * 0.03, -1.3 * size[1]) + round_ * (0.06, 0.03), 2),
                0,
                "Blush",
                skin * (1, 0.75, 0.75),
            )
    width, y = rng.uniform(0.03, 0.08), rng.uniform(0.1, 0.145)
    t = np.linspace(-1, 1, 7)
    line = {"line": 0 * t, "smile": 0.4 * t**2, "cat": 0.35 * np.abs(np.sin(t * np.pi)) * -1}
    if face.mouth in line:
        path = np.stack([t * width, y + width * line[face.mouth]], 1)
        put(ribbon(path, 0.016 * (1.1 - t**2)), 1, "Mouth", dark)
    elif face.mouth == "open":
        lower = round_ * width * (1, rng.uniform(0.5, 1.0))
        lower[:, 1] = np.minimum(lower[:, 1], 0.2 * width)
        put(
            fan(lower + np.array([0, y]), 2),
            1,
            "Mouth",
            np.array([0.6, 0.2, 0.2]) * rng.uniform(0.6, 1.2),
        )
    return layers
