"""Hair and hats of drawn heads: what falls behind the body, and what frames the face."""

from __future__ import annotations

import numpy as np

from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline, tube
from proportion.synthesis.faces import Head

HAIR: tuple[str, ...] = (
    "bald",
    "short",
    "spiky",
    "bob",
    "long",
    "twin tails",
    "ponytail",
    "bun",
    "curly",
    "cap",
)
"""Kinds of hair."""


def hair_behind(
    canvas: Canvas, head: Head, kind: str, colour: np.ndarray, ink: np.ndarray | None, line: float
) -> None:
    """What hangs behind head and body; draw it first."""
    rng = canvas.rng
    if kind in ("long", "bob"):
        fall = rng.uniform(1.4, 4.5) if kind == "long" else rng.uniform(0.7, 1.3)
        wide = rng.uniform(1.05, 1.4)
        corners = [
            (-wide * 0.8, 0.8),
            (0, 1.15),
            (wide * 0.8, 0.8),
            (wide, 0),
            (wide * 0.95, -fall),
            (0, -fall * 0.97),
            (-wide * 0.95, -fall),
            (-wide, 0),
        ]
        canvas.shape(closed_spline(head.at(*np.array(corners).T)), colour, ink, line)
    elif kind in ("twin tails", "ponytail"):
        sides = (-1, 1) if kind == "twin tails" else (-np.sign(head.yaw + 1e-6),)
        out, fall = rng.uniform(1.3, 2.8), rng.uniform(0.5, 4)
        for side in sides:
            path = head.at(
                *np.array(
                    [
                        (side * 0.85, 0.6),
                        (side * out * 0.9, 0.5),
                        (side * out, -fall * 0.5),
                        (side * out * rng.uniform(0.7, 1.2), -fall),
                    ]
                ).T
            )
            thick = head.half_width * rng.uniform(0.2, 0.4)
            canvas.shape(tube(path, [thick * 0.6, thick, thick, thick * 0.15]), colour, ink, line)
    elif kind == "bun":
        for side in (-1, 1) if rng.random() < 0.4 else (0,):
            radius = head.half_width * rng.uniform(0.25, 0.5)
            canvas.shape(ellipse(head.at(side * 0.75, 1.1), (radius, radius)), colour, ink, line)
    elif kind == "curly":
        for turn in np.linspace(-20, 200, 9):
            x, y = 1.0 * np.cos(np.deg2rad(turn)), 0.35 + 0.85 * np.sin(np.deg2rad(turn))
            radius = head.half_width * rng.uniform(0.28, 0.5)
            canvas.shape(ellipse(head.at(x, y), (radius, radius)), colour, ink, line)


def hair_over(
    canvas: Canvas, head: Head, kind: str, colour: np.ndarray, ink: np.ndarray | None, line: float
) -> None:
    """The cap of hair over the skull, with its fringe; from behind it covers the head."""
    if kind == "bald":
        return
    rng = canvas.rng
    if kind == "cap":
        _hat(canvas, head, colour, ink, line)
        return
    lift = rng.uniform(1.04, 1.2)
    turn = np.deg2rad(np.linspace(-15, 195, 12))
    crown = np.stack([1.08 * np.cos(turn), 0.05 + (lift - 0.05) * np.sin(turn)], 1)
    if kind == "spiky":
        crown[1:-1:2] *= rng.uniform(1.1, 1.45)
    if not head.faces_viewer:
        low = rng.uniform(0.5, 1.0)
        nape = np.array([(-0.9, -0.3), (-0.6, -low), (0.6, -low), (0.9, -0.3)])
        canvas.shape(head.at(*np.concatenate([crown, nape]).T), colour, ink, line)
        return
    parting = np.clip(np.sin(np.deg2rad(head.yaw)) * 0.8 + rng.normal(0, 0.25), -0.9, 0.9)
    tips = int(rng.integers(2, 7))
    fringe, floor = [(-1.05, rng.uniform(-0.5, 0.2))], rng.uniform(0.1, 0.6)
    for x in np.linspace(-0.85, 0.85, tips * 2 + 1)[1:-1]:
        raised = 0.22 if len(fringe) % 2 else 0.0
        fringe.append((x, floor + raised + 0.25 * (1 - abs(x - parting)) * rng.uniform(0, 1)))
    fringe.append((1.05, rng.uniform(-0.5, 0.2)))
    # The side turned away from the viewer shows the back of the head, which is hair.
    back = -np.sin(np.deg2rad(head.yaw))
    edge = np.array(fringe)
    behind = np.sign(back) * edge[:, 0] > 1 - 1.3 * abs(back)
    edge[behind, 1] = np.minimum(edge[behind, 1], -0.45)
    outline = (
        np.concatenate([crown, edge]) if kind == "spiky" else np.concatenate([spline(crown, 3), edge])
    )
    canvas.shape(head.at(*outline.T), colour, ink, line)


def _hat(canvas: Canvas, head: Head, colour: np.ndarray, ink: np.ndarray | None, line: float) -> None:
    rng = canvas.rng
    tall, brim = rng.uniform(1.15, 1.9), rng.uniform(1.05, 1.8)
    base = rng.uniform(0.35, 0.6)
    dome = [(-0.98, base), (-0.9, tall * 0.85), (0, tall), (0.9, tall * 0.85), (0.98, base)]
    canvas.shape(head.at(*spline(np.array(dome), 4).T), colour, ink, line)
    tilt = float(np.rad2deg(np.arctan2(head.up[0], -head.up[1])))
    canvas.shape(
        ellipse(head.at(0, base), (brim * head.half_width, 0.12 * head.half_height), tilt),
        colour * 0.8,
        ink,
        line,
    )
