"""What figures wear and hold besides clothes: none of it is a limb or a crown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis.character import BONE_INDEX, Character
from proportion.synthesis.layers import Layer, on_bone, plain_layer
from proportion.synthesis.shapes import Surface, ball, grid_triangles, merge, tube
from proportion.synthesis.toon_head import HeadShape

Colour = Callable[[], np.ndarray]


def _layer(surface: Surface, bone: str, name: str, colour: np.ndarray) -> Layer:
    return plain_layer(surface[0], on_bone(bone, len(surface[0])), surface[1], name, colour)


def _cone(base: np.ndarray, tip: np.ndarray, radii: tuple[float, float], sides: int = 10) -> Surface:
    """From an elliptic base (radii along x and across) to a tip, slightly rounded on the way."""
    share = np.array([0.0, 0.35, 0.7, 1.0])
    path = base + share[:, None] * (np.asarray(tip) - base)
    size = np.array([1.0, 0.75, 0.42, 0.02])[:, None] * np.array(radii)
    return tube(path, size, np.array([1.0, 0.0, 0.0]), sides)


def head_gear(
    head: HeadShape, rng: np.random.Generator, hair: np.ndarray, colour: Colour
) -> list[Layer]:
    """Now and then animal ears, horns, a bow, a hat or a cap, in head coordinates."""
    kind = rng.choice(["", "ears", "horns", "bow", "hat", "cap"], p=(0.64, 0.12, 0.03, 0.09, 0.06, 0.06))
    wide = head.width
    if kind == "ears":
        size, spread = rng.uniform(0.2, 0.6), rng.uniform(0.2, 0.34) * wide
        bases = [np.array([side * spread, 0.86, 0.0]) for side in (1, -1)]
        leaning = rng.uniform(-0.2, 0.7)
        tips = [base * (1 + leaning, 1, 1) + (0, size, 0) for base in bases]
        pieces = [_cone(b, t, (0.13, 0.06)) for b, t in zip(bases, tips, strict=True)]
        return [_layer(merge(pieces), "head", "Ears", hair if rng.random() < 0.7 else colour())]
    if kind == "horns":
        share = np.linspace(0, 1, 7)
        bend = rng.uniform(0.1, 0.4)
        pieces = []
        for side in (1, -1):
            x = side * (0.28 * wide + bend * np.sin(share * 2.2))
            path = np.stack([x, 0.85 + 0.35 * share, 0.12 - 0.1 * share], 1)
            pieces.append(tube(path, 0.06 * (1 - share) + 0.004, sides=8))
        return [_layer(merge(pieces), "head", "Horns", colour())]
    if kind == "bow":
        at = np.array(
            [rng.choice([0.0, 0.4, -0.4]) * wide, rng.uniform(0.85, 1.0), rng.uniform(-0.3, 0.1)]
        )
        size = rng.uniform(0.12, 0.28)
        wings = [
            _cone(at + np.array([side * size, 0.02, 0]), at, (0.02, 0.6 * size)) for side in (1, -1)
        ]
        return [_layer(merge([*wings, ball(at, 0.05, 8)]), "head", "Bow", colour())]
    if kind == "hat":
        brim, tall = rng.uniform(0.6, 1.0) * wide, rng.uniform(0.25, 0.9)
        y = rng.uniform(0.78, 0.86)
        rings = np.array([[0.4, y + 0.02], [brim, y - 0.03], [brim, y], [0.46 * wide, y + 0.05]])
        top = [
            [0.4 * wide, y + 0.6 * tall],
            [rng.choice([0.02, 0.36]) * wide, y + tall],
            [0.001, y + tall],
        ]
        return [_layer(_turned(np.array([*rings.tolist(), *top])), "head", "Hat", colour())]
    if kind == "cap":
        y = np.linspace(0, np.pi / 2, 6)
        dome = np.stack([0.49 * wide * np.cos(y), 0.74 + 0.36 * np.sin(y)], 1)
        peak = ball((0, 0.75, 0.45 * head.depth), (0.3 * wide, 0.02, 0.28))
        return [_layer(merge([_turned(dome), peak]), "head", "Cap", colour())]
    return []


def _turned(profile: np.ndarray, sides: int = 20) -> Surface:
    """A surface of revolution about the head's vertical axis from ``(R, 2)`` radii and heights."""
    angle = np.arange(sides) * 2 * np.pi / sides
    radius, y = profile[:, :1], profile[:, 1:]
    x, z = radius * np.sin(angle), radius * np.cos(angle) * 1.05 - 0.04
    points = np.stack(np.broadcast_arrays(x, y, z), -1).reshape(-1, 3)
    return points, grid_triangles(len(profile), sides)


def body_gear(body: Character, rng: np.random.Generator, colour: Colour) -> list[Layer]:
    """Now and then something in a hand, wings or a tail, on a figure at rest."""
    layers = []
    if rng.random() < 0.08:
        layers.append(_held(body, rng, colour()))
    if rng.random() < 0.03:
        layers.append(_wings(body, rng, colour()))
    if rng.random() < 0.04:
        layers.append(_tail(body, rng, colour()))
    return layers


def _held(body: Character, rng: np.random.Generator, colour: np.ndarray) -> Layer:
    """A staff, a sword, a wand or a ball in one fist."""
    side = str(rng.choice(["left", "right"]))
    wrist = body.joints[BONE_INDEX[f"{side}Hand"]]
    tip = body.landmarks[JOINT_INDEX[f"{side}_hand"]]
    fist, size = wrist + 0.55 * (tip - wrist), body.height
    if rng.random() < 0.15:
        radius = rng.uniform(0.05, 0.11) * size
        return _layer(ball(tip - (0, radius, 0), radius), f"{side}Hand", "Ball", colour)
    ahead = np.array([0.0, rng.normal(0, 0.25), 1.0])
    long, back = rng.uniform(0.15, 0.75) * size, rng.choice([0.06, 0.5]) * size
    share = np.array([-back, -back, 0.06 * size, 0.08 * size, long, long])
    thick = rng.uniform(0.006, 0.012) * size
    radii = thick * np.array([0.1, 1, 1, rng.choice([1.0, 2.5]), 1, 0.1])
    path = fist + share[:, None] * ahead / np.linalg.norm(ahead)
    return _layer(tube(path, radii), f"{side}Hand", "Held", colour)


def _wings(body: Character, rng: np.random.Generator, colour: np.ndarray) -> Layer:
    chest, size = body.joints[BONE_INDEX["upperChest"]], body.height
    span, rise = rng.uniform(0.2, 0.5) * size, rng.uniform(-0.1, 0.25) * size
    pieces = []
    for side in (1, -1):
        share = np.linspace(0, 1, 9)
        x = side * (0.03 * size + share * span)
        y = chest[1] + rise * np.sin(share * np.pi * 0.7)
        path = np.stack([x, y, np.full(9, chest[2] - 0.1 * size)], 1)
        tall = 0.16 * size * np.interp(share, [0, 0.5, 1], [0.3, 1, 0.03])
        path[:, 1] -= 0.6 * tall
        pieces.append(tube(path, np.stack([np.full(9, 0.004 * size), tall], 1), sides=8))
    return _layer(merge(pieces), "upperChest", "Wings", colour)


def _tail(body: Character, rng: np.random.Generator, colour: np.ndarray) -> Layer:
    root, size = body.joints[BONE_INDEX["hips"]], body.height
    share = np.linspace(0, 1, 10)
    sway, long = rng.normal(0, 0.15), rng.uniform(0.2, 0.5) * size
    x = sway * long * np.sin(3 * share)
    y = root[1] - 0.02 * size + long * (0.9 * share**2 - 0.7 * share)
    path = np.stack([x, y, root[2] - 0.04 * size - 0.75 * long * share], 1)
    radii = rng.uniform(0.008, 0.03) * size * np.interp(share, [0, 0.6, 1], [0.8, 1, 0.05])
    return _layer(tube(path, radii), "hips", "Tail", colour)
