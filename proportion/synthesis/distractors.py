"""What else is in a drawing: props, wings, hair, bubbles, words, and things before the figure."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis import palettes
from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline, tube

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?.,"


class _Scene:
    """The figure's joints and the pens that a distractor is drawn with."""

    def __init__(self, canvas: Canvas, points: np.ndarray) -> None:
        rng = canvas.rng
        self.canvas, self.points, self.rng = canvas, points, rng
        present = points[~np.isnan(points[:, 0])]
        self.low, self.high = present.min(0), present.max(0)
        self.stature = float((self.high - self.low).max())
        self.ink = np.full(3, rng.uniform(0, 0.3)) if rng.random() < 0.8 else None
        self.fill = palettes.colour(rng) if rng.random() < 0.65 or self.ink is None else np.ones(3)
        self.line = max(1.0, self.stature * rng.uniform(0.003, 0.012))
        self.size = np.array(canvas.mask.shape[::-1])

    def joint(self, name: str) -> np.ndarray | None:
        """``(2,)`` a joint, or None where it is missing."""
        point = self.points[JOINT_INDEX[name]]
        return None if np.isnan(point[0]) else point

    def shape(self, outline: np.ndarray, fill: np.ndarray | None = None) -> None:
        self.canvas.shape(outline, self.fill if fill is None else fill, self.ink, self.line)


def _staff(scene: _Scene) -> None:
    """A stick, sword or staff through a hand."""
    hand = scene.joint(str(scene.rng.choice(["left_hand", "right_hand"])))
    if hand is None:
        return
    angle, reach = scene.rng.uniform(0, np.pi), scene.stature * scene.rng.uniform(0.15, 0.6)
    way = np.array([np.cos(angle), np.sin(angle)])
    split = scene.rng.uniform(0.1, 0.6)
    ends = np.stack([hand - way * reach * 2 * split, hand + way * reach * 2 * (1 - split)])
    thick = scene.stature * scene.rng.uniform(0.004, 0.016)
    scene.shape(tube(ends, [thick, thick * scene.rng.uniform(0.2, 1.2)]))
    if scene.rng.random() < 0.4:
        radius = scene.stature * scene.rng.uniform(0.015, 0.05)
        scene.shape(ellipse(ends[1], (radius, radius)), palettes.colour(scene.rng))


def _held(scene: _Scene) -> None:
    """A ball, a bag or a box at a hand."""
    hand = scene.joint(str(scene.rng.choice(["left_hand", "right_hand"])))
    if hand is None:
        return
    half = scene.stature * scene.rng.uniform(0.02, 0.09, 2)
    if scene.rng.random() < 0.5:
        scene.shape(ellipse(hand + np.array((0, half[1] * 0.5)), (half[0], half[0])))
    else:
        scene.shape(
            hand + np.array((0, half[1])) + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        )


def _things(scene: _Scene) -> None:
    """Boxes, balls and posts that stand about."""
    for _ in range(scene.rng.integers(1, 4)):
        centre = scene.rng.random(2) * scene.size
        half = scene.stature * np.exp(scene.rng.uniform(np.log(0.02), np.log(0.2), 2))
        fill = palettes.colour(scene.rng)
        if scene.rng.random() < 0.4:
            scene.shape(ellipse(centre, (half[0], half[0])), fill)
        else:
            scene.shape(centre + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half, fill)


def _wings(scene: _Scene) -> None:
    """A pair of wings from the shoulders."""
    roots = [scene.joint(name) for name in ("left_shoulder", "right_shoulder")]
    if roots[0] is None or roots[1] is None:
        return
    middle, reach = (roots[0] + roots[1]) / 2, scene.stature * scene.rng.uniform(0.2, 0.5)
    lift, drop = scene.rng.uniform(-0.2, 1.0), scene.rng.uniform(0.2, 1.0)
    for side in (-1, 1):
        corners = [
            (0, 0),
            (0.5, -lift * 0.8),
            (1, -lift),
            (0.95, 0.1),
            (0.7, drop * 0.6),
            (0.4, drop),
            (0.1, 0.3),
        ]
        scene.shape(middle + closed_spline(np.array(corners), 4) * (side * reach, reach))


def _tails(scene: _Scene) -> None:
    """Twin tails, ribbons or ears from the head."""
    crown, chin = scene.joint("head_top"), scene.joint("chin")
    if crown is None or chin is None:
        return
    half = np.linalg.norm(crown - chin) / 2
    root = (crown + chin) / 2
    out, fall = scene.rng.uniform(1.2, 3), scene.rng.uniform(-1.5, 5)
    for side in (-1, 1):
        path = np.array(
            [(side * 0.6, -0.6), (side * out, -0.5), (side * out, fall * 0.5), (side * out, fall)]
        )
        thick = half * scene.rng.uniform(0.15, 0.4)
        scene.shape(tube(root + half * path, [thick * 0.5, thick, thick, thick * 0.2]))


def _cape(scene: _Scene) -> None:
    """A cape or coat tails behind the body."""
    roots = [scene.joint(name) for name in ("left_shoulder", "right_shoulder")]
    if roots[0] is None or roots[1] is None:
        return
    low, wide = scene.rng.uniform(0.2, 0.7) * scene.stature, scene.rng.uniform(0.05, 0.3) * scene.stature
    left, right = sorted(roots, key=lambda point: -point[0])
    hem = [
        left + np.array((wide, low)),
        (left + right) / 2 + np.array((0, low * 1.05)),
        right + np.array((-wide, low)),
    ]
    scene.shape(np.array([left, *hem, right]))


def _ground(scene: _Scene) -> None:
    """A shadow or a patch of ground under the feet."""
    centre = np.array([(scene.low[0] + scene.high[0]) / 2, scene.high[1]])
    half = (scene.stature * scene.rng.uniform(0.1, 0.45), scene.stature * scene.rng.uniform(0.01, 0.07))
    scene.canvas.shape(ellipse(centre, half), np.full(3, scene.rng.uniform(0.3, 0.9)), None)


def _motion(scene: _Scene) -> None:
    """Speed lines beside the figure."""
    for _ in range(scene.rng.integers(3, 12)):
        start = scene.low + scene.rng.random(2) * (scene.high - scene.low)
        start[0] = (
            scene.rng.choice([scene.low[0], scene.high[0]]) + scene.rng.normal(0, 0.06) * scene.stature
        )
        step = scene.rng.normal(0, 0.05, 2) * scene.stature
        path = np.stack([start, start + step + scene.rng.normal(0, 2, 2), start + 2 * step])
        scene.canvas.line(spline(path, 4), np.zeros(3), scene.line)


def write(canvas: Canvas, at: np.ndarray, height: float, ink: np.ndarray, lines: int = 1) -> None:
    """Random words in a random face, `height` pixels high, downwards from ``(2,)`` `at`."""
    rng = canvas.rng
    font = int(rng.choice(_FONTS))
    value = tuple((255 * ink).astype(int).tolist())
    for row in range(lines):
        text = "".join(rng.choice(list(_LETTERS + "   "), int(rng.integers(2, 16))))
        where = (int(at[0]), int(at[1] + row * height * 1.5))
        for target, colour in ((canvas.picture, value), (canvas.mask, 255)):
            thickness = 1 if height < 20 else 2
            cv2.putText(target, text, where, font, height / 22, colour, thickness, cv2.LINE_AA)


def scribble(canvas: Canvas, at: np.ndarray, width: float, ink: np.ndarray, line: float) -> None:
    """A line of handwriting that says nothing."""
    rng = canvas.rng
    steps = np.linspace(0, 1, int(rng.integers(15, 50)))
    tall = width * rng.uniform(0.03, 0.12)
    path = np.stack([steps * width, rng.normal(0, tall / 2, len(steps))], 1)
    canvas.line(at + spline(path, 3), ink, line)


def _words(scene: _Scene) -> None:
    """A title, a signature or notes in the margin."""
    ink = scene.ink if scene.ink is not None else palettes.colour(scene.rng)
    for _ in range(scene.rng.integers(1, 4)):
        at = scene.rng.random(2) * scene.size * (0.8, 1)
        if scene.rng.random() < 0.5:
            write(
                scene.canvas,
                at,
                scene.size[1] * scene.rng.uniform(0.03, 0.09),
                ink,
                int(scene.rng.integers(1, 4)),
            )
        else:
            scribble(scene.canvas, at, scene.size[0] * scene.rng.uniform(0.1, 0.4), ink, scene.line)


def _bubble(scene: _Scene) -> None:
    """A speech bubble near the head."""
    crown = scene.joint("head_top")
    if crown is None:
        return
    side = scene.rng.choice((-1, 1))
    half = scene.size * scene.rng.uniform((0.1, 0.05), (0.22, 0.13))
    centre = crown + np.array((side * half[0] * 1.8, scene.rng.uniform(-1, 1) * half[1]))
    tail = np.stack(
        [
            centre + np.array((-side * half[0] * 0.5, 0)),
            centre + np.array((0, half[1] * 0.4)),
            crown + np.array((side * half[0] * 0.5, half[1])),
        ]
    )
    ink = np.zeros(3)
    scene.canvas.shape(tail, np.ones(3), ink, scene.line)
    scene.canvas.shape(ellipse(centre, (half[0], half[1])), np.ones(3), ink, scene.line)
    write(scene.canvas, centre - np.array((half[0] * 0.7, 0)), half[1] * 0.4, ink, 2)


def _screen(scene: _Scene) -> None:
    """Something that stands before the figure: a table, a sign, a bush, a bar across the picture."""
    rng = scene.rng
    chance = rng.random()
    if chance < 0.4:
        top = scene.low[1] + rng.uniform(0.45, 0.95) * (scene.high[1] - scene.low[1])
        left, right = np.sort(rng.uniform(-0.1, 1.1, 2)) * scene.size[0]
        bottom = (
            scene.size[1] + 9 if rng.random() < 0.6 else top + rng.uniform(0.03, 0.15) * scene.size[1]
        )
        scene.shape(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
        return
    centre = scene.low + rng.random(2) * (scene.high - scene.low)
    radius = scene.stature * rng.uniform(0.05, 0.16)
    turn = np.linspace(0, 2 * np.pi, int(rng.integers(5, 12)))[:-1]
    reach = radius * rng.uniform(0.7, 1.3, len(turn))
    blob = centre + np.stack([np.cos(turn), np.sin(turn)], 1) * reach[:, None]
    scene.shape(closed_spline(blob) if chance < 0.8 else blob)


_BEHIND: tuple[Callable[[_Scene], None], ...] = (
    _things, _wings, _tails, _cape, _ground, _motion, _words, _bubble, _staff
)  # fmt: skip
_BEFORE: tuple[Callable[[_Scene], None], ...] = (_staff, _held, _staff, _screen, _words)


def add(
    picture: np.ndarray, mask: np.ndarray, points: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put things behind and before a figure drawn on white; most pictures get none or one.

    Args:
        picture: ``(H, W, 3)`` uint8, white around the figure.
        mask: ``(H, W)`` uint8, 255 on the figure.
        points: ``(18, 2)`` joints in pixels, NaN where missing.
        rng: chooses everything.

    Returns:
        The picture, the mask with the things added, and ``(18,)`` bool: joints now hidden by a thing.
    """
    hidden = np.zeros(len(points), bool)
    if np.isnan(points[:, 0]).all():
        return picture, mask, hidden
    size = (picture.shape[1], picture.shape[0])
    if rng.random() < 0.38:
        behind = Canvas.blank(size, rng)
        for _ in range(rng.integers(1, 3)):
            _BEHIND[rng.integers(len(_BEHIND))](_Scene(behind, points))
        cover = (mask / np.float32(255))[..., None]
        under = cv2.multiply(picture, behind.picture, scale=1 / 255)
        picture = (under + cover * (picture.astype(np.float32) - under)).astype(np.uint8)
        mask = np.maximum(mask, behind.mask)
    if rng.random() < 0.2:
        before = Canvas(picture.copy(), mask.copy(), rng)
        _BEFORE[rng.integers(len(_BEFORE))](_Scene(before, points))
        picture, mask = before.picture, before.mask
        inside = ~np.isnan(points[:, 0])
        column, row = np.clip(np.nan_to_num(points).astype(int), 0, np.array(size) - 1).T
        hidden = inside & (before.owner[row, column] > 0)
    return picture, mask, hidden
