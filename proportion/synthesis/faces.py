"""Simple drawn faces: anime, cartoon, dots and lines, drawn into a head of any tilt and turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.brush import Canvas, ellipse, spline


@dataclass(frozen=True, eq=False)
class Head:
    """The frame that a face and hair are drawn in.

    Attributes:
        centre: ``(2,)`` middle between crown and chin, in pixels.
        up: ``(2,)`` unit vector from chin to crown.
        half_height: half the distance from chin to crown, in pixels.
        half_width: half the width of the skull from the front, in pixels.
        yaw: degrees; 0 faces the viewer, positive faces the picture's right.
    """

    centre: np.ndarray
    up: np.ndarray
    half_height: float
    half_width: float
    yaw: float

    @classmethod
    def between(cls, crown: np.ndarray, chin: np.ndarray, yaw: float, roundness: float = 0.78) -> Head:
        """From the two joints of a head; `roundness` is its width as a share of its height."""
        along = np.asarray(crown, float) - chin
        height = max(float(np.linalg.norm(along)), 1e-3)
        yaw = (yaw + 180) % 360 - 180
        return cls((crown + chin) / 2, along / height, height / 2, roundness * height / 2, yaw)

    def at(self, x: float | np.ndarray, y: float | np.ndarray) -> np.ndarray:
        """``(..., 2)`` pixels of flat coordinates: x right in half widths, y up in half heights."""
        right = np.array([-self.up[1], self.up[0]])
        x, y = np.asarray(x, float)[..., None], np.asarray(y, float)[..., None]
        return self.centre + x * self.half_width * right + y * self.half_height * self.up

    def around(self, degrees: float, y: float) -> tuple[np.ndarray, float]:
        """Pixel of a spot on the skull at an angle from the nose, and how much it faces the viewer."""
        turn = np.deg2rad(degrees + self.yaw)
        bulge = np.sqrt(max(1 - 0.7 * y * y, 0.2))
        return self.at(0.95 * bulge * np.sin(turn), y), float(np.cos(turn))

    @property
    def faces_viewer(self) -> bool:
        """Whether enough of the face is turned to the viewer to be drawn."""
        return abs(self.yaw) < 100


def _arc(head: Head, degrees: float, y: float, half: float, bend: float) -> np.ndarray:
    """A short line around a spot of the face; positive bend is a smile."""
    spots = [
        head.around(degrees + d * half, y + bend * (abs(d) ** 2 - 0.5))[0] for d in (-1, -0.5, 0, 0.5, 1)
    ]
    return spline(np.array(spots), 3)


def _anime_eye(
    canvas: Canvas,
    head: Head,
    place: np.ndarray,
    width: float,
    height: float,
    iris: np.ndarray,
    ink: np.ndarray,
    line: float,
) -> None:
    tilt = float(np.rad2deg(np.arctan2(head.up[0], -head.up[1])))
    canvas.shape(ellipse(place, (width, height), tilt), np.ones(3), None)
    look = place - 0.05 * height * head.up
    canvas.shape(ellipse(look, (0.78 * width, 0.92 * height), tilt), iris, ink, line * 0.5)
    canvas.shape(ellipse(look, (0.38 * width, 0.5 * height), tilt), iris * 0.25, None)
    right = np.array([-head.up[1], head.up[0]])
    canvas.shape(
        ellipse(
            look + 0.45 * height * head.up - 0.25 * width * right, (0.25 * width, 0.22 * height), tilt
        ),
        np.ones(3),
        None,
    )
    lash = [
        place + x * width * right + y * height * head.up
        for x, y in ((-1.15, 0.45), (-0.6, 0.95), (0.2, 1.05), (1.15, 0.5))
    ]
    canvas.line(spline(np.array(lash), 3), ink, line * 1.8)


def _eyes(canvas: Canvas, head: Head, kind: str, ink: np.ndarray, line: float, bold: float) -> None:
    rng = canvas.rng
    apart, y = rng.uniform(22, 36), rng.uniform(-0.25, 0.08)
    size = (rng.uniform(0.2, 0.34) if kind == "anime" else rng.uniform(0.05, 0.13)) * head.half_height
    narrow, iris = rng.uniform(0.6, 0.95), palettes.colour(rng, "saturated")
    brow = rng.uniform(0.15, 0.4) + (0.25 if kind == "anime" else 0)
    for side in (-1, 1):
        place, facing = head.around(side * apart, y)
        if facing < 0.12:
            continue
        wide = narrow * size * max(facing, 0.35)
        if kind == "anime":
            _anime_eye(canvas, head, place, wide, size, iris, ink, line)
        elif kind == "dot":
            canvas.shape(ellipse(place, (max(wide, 1), max(size, 1))), ink, None)
        elif kind == "ring":
            canvas.shape(ellipse(place, (1.7 * wide, 1.7 * size)), np.ones(3), ink, line)
            canvas.shape(ellipse(place, (0.6 * size, 0.6 * size)), ink, None)
        elif kind == "arc":
            canvas.line(_arc(head, side * apart, y, 9, rng.choice([-0.1, 0.1])), ink, line)
        else:
            canvas.line(_arc(head, side * apart, y + 0.03, 10, -0.05), ink, line * 1.3)
            canvas.shape(ellipse(place, (0.55 * size, 0.55 * size)), ink, None)
        if bold < 0.6:
            canvas.line(_arc(head, side * apart, y + brow, 11, -0.08), ink, line * (1 + bold))


def _mouth(canvas: Canvas, head: Head, kind: str, ink: np.ndarray, line: float) -> None:
    rng = canvas.rng
    y, half = rng.uniform(-0.62, -0.42), rng.uniform(6, 26)
    if kind in ("smile", "flat", "sad"):
        bend = {"smile": rng.uniform(0.08, 0.25), "flat": 0.0, "sad": -0.12}[kind]
        canvas.line(_arc(head, 0, y, half, bend), ink, line)
    else:
        place, facing = head.around(0, y)
        if facing > 0.15:
            size = head.half_width * half / 60
            lips = np.array([0.75, 0.25, 0.25]) if rng.random() < 0.6 else ink
            canvas.shape(ellipse(place, (size * facing, size * rng.uniform(0.4, 1))), lips, ink, line)


def _nose(canvas: Canvas, head: Head, kind: str, ink: np.ndarray, line: float) -> None:
    tip, facing = head.around(0, -0.18)
    if facing <= 0.05:
        return
    side = 1 if head.yaw >= 0 else -1
    if kind == "dot":
        canvas.line(np.stack([tip, tip + 0.04 * head.half_height * head.up]), ink, line)
    elif kind == "line":
        bridge = head.around(0, 0.15)[0]
        point = tip + (head.at(0.12 * side, 0) - head.centre)
        canvas.line(
            spline(np.stack([bridge, point, tip - 0.05 * head.half_height * head.up]), 4), ink, line
        )
    elif kind == "ball":
        radius = 0.13 * head.half_height
        canvas.shape(ellipse(tip, (radius, radius)), palettes.skin(canvas.rng), ink, line)


FACES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "anime": (("anime",), ("none", "dot", "dot", "line"), ("smile", "flat", "open", "sad")),
    "cartoon": (("ring", "dot", "lid", "arc"), ("dot", "line", "ball"), ("smile", "open", "flat")),
    "line": (("dot", "lid", "arc"), ("line", "dot"), ("smile", "flat", "sad")),
    "child": (
        ("dot", "dot", "ring"),
        ("none", "none", "dot", "line"),
        ("smile", "smile", "sad", "open"),
    ),
}
"""Kind of face -> possible eyes, noses and mouths."""


def draw_face(canvas: Canvas, head: Head, kind: str, ink: np.ndarray, line: float) -> None:
    """Draw eyes, brows, nose, mouth and blush on a head that is there already.

    Args:
        canvas: to draw on.
        head: where; nothing is drawn if it is seen from behind.
        kind: one of `FACES`.
        ink: colour of the lines.
        line: their width in pixels.
    """
    if not head.faces_viewer:
        return
    rng = canvas.rng
    eyes, noses, mouths = FACES[kind]
    if kind in ("anime", "cartoon") and rng.random() < 0.25:
        blush = np.array([1.0, 0.65, 0.6])
        for side in (-1, 1):
            place, facing = head.around(side * 40, -0.35)
            if facing > 0.2:
                canvas.shape(
                    ellipse(place, (0.16 * head.half_width, 0.08 * head.half_height)), blush, None
                )
    _eyes(canvas, head, str(rng.choice(eyes)), ink, line, rng.random())
    _nose(canvas, head, str(rng.choice(noses)), ink, line)
    _mouth(canvas, head, str(rng.choice(mouths)), ink, line)
