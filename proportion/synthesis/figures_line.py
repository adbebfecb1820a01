"""Figures of few lines: stick figures, children's people and construction drawings."""

from __future__ import annotations

import itertools

import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.bodies2d import Body
from proportion.synthesis.brush import Canvas, ellipse, spline, tube
from proportion.synthesis.faces import Head, draw_face

_SIDES = ("left", "right")


def _scribble(canvas: Canvas, head: Head, ink: np.ndarray, line: float) -> None:
    """Hair as a child draws it: strokes out of the crown, a curly cap, or long lines at both sides."""
    rng = canvas.rng
    kind = rng.integers(4)
    if kind == 0:
        for x in np.linspace(-0.8, 0.8, int(rng.integers(3, 12))):
            root = head.at(x, np.sqrt(1 - x * x) * 0.95)
            tip = head.at(x * 1.2 + rng.normal(0, 0.1), np.sqrt(1 - x * x) + rng.uniform(0.1, 0.45))
            canvas.line(np.stack([root, tip]), ink, line)
    elif kind == 1:
        turns = np.linspace(0, np.pi, 60)
        curl = 0.12 * np.stack([np.cos(turns * 16), np.sin(turns * 16)], 1)
        path = np.stack([np.cos(turns), 0.2 + 0.85 * np.sin(turns)], 1) + curl
        canvas.line(head.at(*path.T), ink, line)
    elif kind == 2:
        fall = rng.uniform(-2.5, -0.4)
        for side in (-1, 1):
            for out in np.linspace(0.9, 1.25, int(rng.integers(2, 6))):
                path = [
                    (0.1 * side, 1.02),
                    (side * out * 0.8, 0.75),
                    (side * out, 0),
                    (side * out, fall),
                ]
                canvas.line(spline(head.at(*np.array(path).T), 4), ink, line)
    else:
        corners = [
            (-1.0, 0.15),
            (-0.9, 0.75),
            (0, 1.12),
            (0.9, 0.75),
            (1.0, 0.15),
            (0, rng.uniform(0.3, 0.7)),
        ]
        canvas.shape(spline(head.at(*np.array([*corners, corners[0]]).T), 4), ink, ink, line)


def _fork(canvas: Canvas, start: np.ndarray, end: np.ndarray, ink: np.ndarray, line: float) -> None:
    """Fingers: a few strokes that fan out from the wrist to the fingertips."""
    reach = end - start
    fan = canvas.rng.uniform(25, 50)
    for degrees in np.linspace(-fan, fan, int(canvas.rng.integers(3, 6))):
        turn = np.deg2rad(degrees)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        canvas.line(np.stack([start, start + spin @ reach * canvas.rng.uniform(0.8, 1.05)]), ink, line)


def _claw(canvas: Canvas, start: np.ndarray, end: np.ndarray, ink: np.ndarray, line: float) -> None:
    """Fingers as small children draw them: two or three long strokes that curl away from each other."""
    reach = (end - start) * canvas.rng.uniform(0.7, 1.6)
    across = np.array([-reach[1], reach[0]])
    for bend in np.linspace(-1, 1, int(canvas.rng.integers(2, 4))):
        bend = bend * canvas.rng.uniform(0.4, 1.0)
        curl = canvas.rng.uniform(0.2, 1.0)
        stroke = [start, start + 0.4 * reach + 0.6 * bend * across, start + curl * reach + bend * across]
        canvas.line(spline(np.array(stroke), 4), ink, line)


def _end(canvas: Canvas, kind: str, start: np.ndarray, end: np.ndarray, ink, fill, line: float) -> None:
    """A hand or a foot: more line, a fork, a claw, a mitten, an oval, or a ball with fingers."""
    length = float(np.linalg.norm(end - start))
    if kind == "line":
        canvas.line(np.stack([start, end]), ink, line)
    elif kind == "fork":
        _fork(canvas, start, end, ink, line)
    elif kind == "claw":
        _claw(canvas, start, end, ink, line)
    else:
        degrees = float(np.rad2deg(np.arctan2(*(end - start)[::-1])))
        half = (0.5 * length, length * (0.26 if kind == "oval" else 0.42))
        if kind == "ball":
            _fork(canvas, (start + end) / 2, end, ink, line)
            half = (0.32 * length, 0.32 * length)
            end = start + 0.64 * (end - start)
        canvas.shape(ellipse((start + end) / 2, half, degrees), fill, ink, line)


def _limb(body: Body, side: str, names: tuple[str, str, str]) -> np.ndarray:
    return np.stack([body.point(f"{side}_{name}") for name in names])


def draw_stick(canvas: Canvas, body: Body, ink: np.ndarray, line: float) -> None:
    """Body and limbs are one line each; the head is a ring."""
    rng = canvas.rng
    rubber = rng.random() < 0.4
    ends = rng.choice(["line", "fork", "claw", "oval", "ball"], 2, p=[0.45, 0.14, 0.21, 0.11, 0.09])
    fill = None if rng.random() < 0.5 else np.ones(3)
    spine = np.stack([body.point("chin"), body.point("neck"), body.point("pelvis")])
    canvas.line(spline(spine, 5), ink, line)
    for side in _SIDES:
        for names, root, kind in (
            (("shoulder", "elbow", "wrist"), "neck", ends[0]),
            (("hip", "knee", "ankle"), "pelvis", ends[1]),
        ):
            path = np.concatenate([body.point(root)[None], _limb(body, side, names)])
            canvas.line(spline(path, 5) if rubber else path, ink, line)
            tip = "hand" if root == "neck" else "toe"
            _end(canvas, kind, path[-1], body.point(f"{side}_{tip}"), ink, fill, line)
    head = Head.between(body.point("head_top"), body.point("chin"), body.yaw, rng.uniform(0.75, 1.2))
    solid = rng.random() < 0.12
    outline = ellipse(head.centre, (head.half_width, head.half_height), _tilt(head))
    canvas.shape(outline, ink if solid else np.ones(3) if fill is not None else None, ink, line)
    if not solid and rng.random() < 0.7:
        draw_face(canvas, head, "child", ink, line * 0.8)
        if rng.random() < 0.35:
            _scribble(canvas, head, ink, line)


def _tilt(head: Head) -> float:
    return float(np.rad2deg(np.arctan2(head.up[0], -head.up[1])))


def _child_clothes(
    canvas: Canvas, body: Body, colours: list[np.ndarray | None], ink, line: float
) -> None:
    """A dress, a box, an oval, or shirt and trousers: whatever holds the limbs together."""
    rng = canvas.rng
    ends = [body.point(name) for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")]
    wide = (ends[0] - ends[1]) / 2
    if np.linalg.norm(wide) < 1:
        wide = np.array([0.05 * body.stature, 0.0])
    down = body.point("pelvis") - body.point("neck")
    kind = rng.choice(["dress", "box", "oval", "triangle"], p=[0.3, 0.4, 0.18, 0.12])
    top, bottom = body.point("neck"), body.point("pelvis")
    if kind == "oval":
        middle, degrees = (top + bottom) / 2, float(np.rad2deg(np.arctan2(-down[0], down[1])))
        half = (np.linalg.norm(wide) * 1.2, np.linalg.norm(down) * 0.56)
        canvas.shape(ellipse(middle, half, degrees), colours[0], ink, line)
        return
    flare = {
        "dress": rng.uniform(1.3, 2.2),
        "box": rng.uniform(0.8, 1.15),
        "triangle": rng.uniform(1.4, 2.4),
    }[kind]
    upper = 0.1 if kind == "triangle" else rng.uniform(0.85, 1.1)
    hem = bottom + (rng.uniform(0.1, 0.45) * down if kind != "box" else 0.06 * down)
    box = np.stack([top - upper * wide, top + upper * wide, hem + flare * wide, hem - flare * wide])
    canvas.shape(box, colours[0], ink, line)
    if kind == "box" and rng.random() < 0.5:
        waist = top + 0.55 * down
        lower = np.stack(
            [waist - 1.02 * wide, waist + 1.02 * wide, hem + flare * wide, hem - flare * wide]
        )
        canvas.shape(lower, colours[1], ink, line)
    elif rng.random() < 0.4:
        for share in np.linspace(0.25, 0.85, int(rng.integers(2, 5))):
            canvas.line(
                np.stack([top + share * down]).repeat(2, 0) + np.stack([-wide, wide]) * 0.1, ink, line
            )


def draw_child(canvas: Canvas, body: Body, ink: np.ndarray, line: float) -> None:
    """A child's person: big head with a face, a body of one shape, limbs of one or two lines."""
    rng = canvas.rng
    coloured = rng.random() < 0.6
    skin = palettes.skin(rng) if coloured else (np.ones(3) if rng.random() < 0.7 else None)
    colours = [palettes.colour(rng) if coloured else skin for _ in range(4)]
    tubes = rng.random() < 0.45
    half = body.stature * rng.uniform(0.018, 0.045)
    hands = ["mitten", "fork", "claw", "oval", "ball", "line"]
    ends = rng.choice(hands), rng.choice(["oval", "mitten", "line", "claw"], p=[0.3, 0.3, 0.3, 0.1])
    body_last = rng.random() < 0.5

    def limbs() -> None:
        for side in _SIDES:
            for names, tip, kind, fill in (
                (("hip", "knee", "ankle"), "toe", ends[1], colours[1]),
                (
                    ("shoulder", "elbow", "wrist"),
                    "hand",
                    ends[0],
                    colours[0] if rng.random() < 0.5 else skin,
                ),
            ):
                path = _limb(body, side, names)
                if tubes:
                    canvas.shape(tube(path, [half * 1.1, half, half * 0.9]), fill, ink, line)
                else:
                    canvas.line(spline(path, 4), ink, line)
                shade = skin if tip == "hand" else colours[2]
                _end(canvas, kind, path[-1], body.point(f"{side}_{tip}"), ink, shade, line)

    if body_last:
        limbs()
    canvas.line(np.stack([body.point("neck"), body.point("chin")]), ink, line * (3 if tubes else 1))
    _child_clothes(canvas, body, colours, ink, line)
    if not body_last:
        limbs()
    head = Head.between(
        body.point("head_top"), body.point("chin"), body.yaw * 0.3, rng.uniform(0.8, 1.25)
    )
    canvas.shape(ellipse(head.centre, (head.half_width, head.half_height), _tilt(head)), skin, ink, line)
    draw_face(canvas, head, "child", ink, line * 0.8)
    if rng.random() < 0.8:
        _scribble(canvas, head, colours[3] if coloured else ink, line)


def draw_construction(canvas: Canvas, body: Body, ink: np.ndarray, line: float) -> None:
    """A drawing teacher's construction: ovals and boxes on an action line, balls at the joints."""
    rng = canvas.rng
    fill = None if rng.random() < 0.5 else np.ones(3)
    light = ink + (1 - ink) * rng.uniform(0.2, 0.6)
    action = spline(np.stack([body.point(n) for n in ("head_top", "chin", "neck", "pelvis")]), 6)
    thick = body.stature * rng.uniform(0.022, 0.04)
    kind = rng.choice(["lines", "ovals", "tubes"])

    def segment(a: np.ndarray, b: np.ndarray, radius: float) -> None:
        if kind == "lines":
            canvas.line(np.stack([a, b]), ink, line)
        elif kind == "ovals":
            reach, degrees = np.linalg.norm(b - a) / 2, float(np.rad2deg(np.arctan2(*(b - a)[::-1])))
            canvas.shape(ellipse((a + b) / 2, (reach * 1.05, radius), degrees), fill, ink, line)
        else:
            canvas.shape(tube(np.stack([a, b]), [radius, radius * 0.8]), fill, ink, line)

    def limbs(sides: list[str]) -> None:
        for side in sides:
            for names in (("hip", "knee", "ankle", "toe"), ("shoulder", "elbow", "wrist", "hand")):
                path = np.stack([body.point(f"{side}_{name}") for name in names])
                for share, (a, b) in zip((1.25, 1.0, 0.7), itertools.pairwise(path), strict=True):
                    segment(a, b, thick * share)
                if rng.random() < 0.8:
                    for at, share in zip(path, (0.8, 0.7, 0.55), strict=False):
                        canvas.shape(ellipse(at, (thick * share,) * 2), fill, light, line)

    order = sorted(_SIDES, key=lambda side: body.depth_of(f"{side}_elbow", f"{side}_hip"))
    limbs(order[:1])
    up = body.point("neck") - body.point("pelvis")
    degrees = float(np.rad2deg(np.arctan2(up[0], -up[1])))
    reach = np.linalg.norm(up)
    width = max(
        np.linalg.norm(body.point("left_shoulder") - body.point("right_shoulder")) / 2, 0.2 * reach
    )
    hips = max(np.linalg.norm(body.point("left_hip") - body.point("right_hip")) * 0.7, 0.16 * reach)
    canvas.shape(
        ellipse(body.point("neck") - 0.32 * up, (width * 0.95, reach * 0.36), degrees), fill, ink, line
    )
    canvas.shape(
        ellipse(body.point("pelvis") + 0.06 * up, (hips * 1.1, reach * 0.2), degrees), fill, ink, line
    )
    ends = np.stack([body.point("left_shoulder"), body.point("right_shoulder")])
    canvas.line(ends, light, line)
    canvas.line(np.stack([body.point("left_hip"), body.point("right_hip")]), light, line)
    limbs(order[1:])
    head = Head.between(body.point("head_top"), body.point("chin"), body.yaw, rng.uniform(0.7, 0.85))
    for _ in range(rng.integers(1, 3)):
        canvas.shape(
            ellipse(head.centre, (head.half_width, head.half_height), _tilt(head)), fill, ink, line
        )
    if head.faces_viewer and rng.random() < 0.8:
        middle = [head.around(0, y)[0] for y in (-0.95, -0.4, 0.2, 0.9)]
        canvas.line(spline(np.array(middle), 4), light, line)
        canvas.line(spline(np.array([head.around(d, 0)[0] for d in (-70, -30, 30, 70)]), 4), light, line)
    if rng.random() < 0.7:
        canvas.line(action, light, line)
