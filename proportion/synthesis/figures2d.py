"""Figures that no mesh gives, drawn flat by code, each with its skeleton."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from proportion.skeleton import JOINTS, JointState, Skeleton
from proportion.synthesis import palettes
from proportion.synthesis.bodies2d import Body, pose_body
from proportion.synthesis.brush import Canvas
from proportion.synthesis.figures_dressed import GROUPS, DressedFigure, choose_look
from proportion.synthesis.figures_line import draw_child, draw_construction, draw_stick
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.texture import grain, warp

_SCALE = 2

KINDS: dict[str, tuple[float, tuple[str, ...], float]] = {
    "stick": (0.17, ("stick",), 0.75),
    "child": (0.2, ("child",), 0.85),
    "construction": (0.1, ("realistic", "anime"), 0.15),
    "tube": (0.08, ("realistic", "child", "cartoon"), 0.4),
    "mannequin": (0.05, ("realistic", "anime"), 0.1),
    "peep": (0.16, ("realistic", "cartoon", "cartoon", "anime"), 0.3),
    "clipart": (0.12, ("realistic", "cartoon", "anime", "child"), 0.3),
    "chibi": (0.12, ("chibi",), 0.45),
}
"""Kind -> (how often, plans of its body, share of flat poses)."""


@dataclass(frozen=True, eq=False)
class FigureInfo:
    """What is known about a drawn figure besides its joints.

    Attributes:
        kind: one of `KINDS`.
        yaw: degrees; 0 faces the viewer, positive faces the picture's right.
        mask: ``(H, W)`` uint8, 255 where the figure was painted.
    """

    kind: str
    yaw: float
    mask: np.ndarray


_OWN_GROUPS = {"shoulder": "arm", "elbow": "arm", "wrist": "arm", "hand": "arm"}
_BODY = {"shoulder", "hip"}  # joints on the torso's rim: under its cloth they still count as seen


def _seen_under(joint: str) -> set[int]:
    side, _, name = joint.partition("_")
    if side not in ("left", "right"):
        return {GROUPS.index("head") + 1, GROUPS.index("torso") + 1}
    groups = {GROUPS.index(f"{side}_{_OWN_GROUPS.get(name, 'leg')}") + 1}
    return groups | ({GROUPS.index("torso") + 1} if name in _BODY else set())


def _states(canvas: Canvas, points: np.ndarray, layered: bool) -> tuple[JointState, ...]:
    """``guessed`` under another group's paint, ``missing`` outside the canvas."""
    height, width = canvas.mask.shape
    states: list[JointState] = []
    for joint, (x, y) in zip(JOINTS, points, strict=True):
        if not (0 <= x < width and 0 <= y < height):
            states.append("missing")
            continue
        owner = int(canvas.owner[int(y), int(x)])
        hidden = layered and owner > 0 and owner not in _seen_under(joint)
        states.append("guessed" if hidden else "seen")
    return tuple(states)


def _paint(kind: str, canvas: Canvas, body: Body) -> None:
    rng = canvas.rng
    if kind in ("stick", "child", "construction"):
        chance = rng.random()
        ink = np.full(3, rng.uniform(0, 0.25))
        if chance < 0.35:
            ink = palettes.colour(rng, "saturated") * rng.uniform(0.5, 1)
        low, high = {"stick": (0.004, 0.05), "child": (0.004, 0.015), "construction": (0.002, 0.006)}[
            kind
        ]
        line = body.stature * np.exp(rng.uniform(np.log(low), np.log(high)))
        draw = {"stick": draw_stick, "child": draw_child, "construction": draw_construction}[kind]
        draw(canvas, body, ink, max(line, 1.6))
        return
    look = choose_look(kind, body.stature, rng)
    if kind == "tube" and rng.random() < 0.5:
        DressedFigure(canvas, body, replace(look, ink=None)).draw()
        _outline(canvas, np.full(3, rng.uniform(0, 0.2)), look.line)
        return
    DressedFigure(canvas, body, look).draw()
    if kind in ("clipart", "chibi", "mannequin") and rng.random() < 0.35:
        _shade(canvas, body.stature * rng.uniform(0.012, 0.03))


def _outline(canvas: Canvas, ink: np.ndarray, line: float) -> None:
    """One line around everything that was painted, as around a paper doll."""
    rings, _ = cv2.findContours(
        (canvas.owner > 0).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    for ring in rings:
        if len(ring) > 8:
            canvas.shape(ring[:, 0].astype(float), None, ink, line)


def _shade(canvas: Canvas, reach: float) -> None:
    """Shadow along the sides that look away from the light, limb by limb."""
    angle = canvas.rng.uniform(-0.9, 0.9)
    shift = np.float32([[1, 0, reach * np.sin(angle)], [0, 1, -reach * np.cos(angle)]])
    size = canvas.mask.shape[::-1]
    moved = cv2.warpAffine(canvas.owner, shift, size, flags=cv2.INTER_NEAREST)
    away = (canvas.owner > 0) & (moved != canvas.owner)
    tone = canvas.rng.uniform((0.6, 0.6, 0.7), (0.85, 0.8, 0.95))
    canvas.picture[away] = (canvas.picture[away] * tone).astype(np.uint8)


def draw_figure(
    rng: np.random.Generator, size: int, poses: PoseBank | None, kind: str | None = None
) -> tuple[np.ndarray, Skeleton, FigureInfo]:
    """Draw one figure on white.

    Args:
        rng: chooses everything; the same state gives the same picture.
        size: side of the square picture in pixels.
        poses: poses to project, or None for flat ones only.
        kind: one of `KINDS`, or None to choose.

    Returns:
        ``(size, size, 3)`` uint8 picture, its skeleton, and what else is known (`paper.finish` wants
        the mask).
    """
    if kind is None:
        weights = np.array([weight for weight, _, _ in KINDS.values()])
        kind = str(rng.choice(list(KINDS), p=weights / weights.sum()))
    _, plans, flat = KINDS[kind]
    large = size * _SCALE
    body = pose_body(str(rng.choice(plans)), large, rng, poses, flat=flat)
    unsteady = {"child": 0.9, "stick": 0.5}.get(kind, 0.25) * rng.random()
    canvas = Canvas.blank((large, large), rng, wobble=unsteady * body.stature * 0.008)
    _paint(kind, canvas, body)
    picture = canvas.picture
    if rng.random() < 0.3:
        picture = warp(picture, rng.uniform(0.5, 1.6), rng.uniform(10, 30), rng)
    picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(canvas.mask, (size, size), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.3:
        rough = np.clip(0.85 + rng.uniform(0.05, 0.3) * grain((size, size), rng), 0, 1)[..., None]
        picture = (255 - (255 - picture) * rough).astype(np.uint8)
    layered = kind not in ("stick", "child", "construction")
    points = (body.points + 0.5) / _SCALE - 0.5
    skeleton = Skeleton((size, size), points, _states(canvas, body.points, layered))
    return picture, skeleton, FigureInfo(kind, body.yaw, mask)
