"""Anime hair in head coordinates: a cap over the skull, and locks that hang, stick out or are tied."""

from __future__ import annotations

import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.character import BONE_INDEX
from proportion.synthesis.layers import Layer, on_bone, plain_layer
from proportion.synthesis.shapes import Surface, ball, grid_triangles, merge, tube
from proportion.synthesis.toon_head import HeadShape

BACK_STYLES: tuple[str, ...] = (
    *("short", "bob", "long", "spiky", "ponytail", "twin tails"),
    *("side tail", "braids", "buns", "very long", "hime", "curls"),
)
TEST_STYLES: frozenset[str] = frozenset({"side tail", "buns", "hime"})
"""Styles that no training ever sees."""


def hair_colour(rng: np.random.Generator) -> np.ndarray:
    """``(3,)`` sRGB: half natural (black to blond), half free."""
    if rng.random() < 0.5:
        base = np.array([(0.12, 0.1, 0.1), (0.3, 0.18, 0.1), (0.55, 0.35, 0.18), (0.93, 0.8, 0.5)])
        return np.clip(base[rng.integers(4)] + rng.normal(0, 0.04, 3), 0, 1)
    return palettes.colour(rng, str(rng.choice(["saturated", "pastel", "grey", "natural"])))


def hair_layer(
    head: HeadShape, style: str, colour: np.ndarray, body: float, rng: np.random.Generator
) -> Layer:
    """All hair of a head.

    Args:
        head: the skull below.
        style: of `BACK_STYLES`.
        colour: ``(3,)`` sRGB.
        body: from the chin to the soles in head heights, which long hair goes by.
        rng: numbers, lengths and bends of the locks.
    """
    lift = rng.uniform(0.03, 0.1)
    pieces = [_cap(head, lift), *_bangs(head, lift, rng), *_back(head, style, lift, body, rng)]
    if rng.random() < 0.2:  # one lock that stands up
        root = head.point(np.array(rng.normal(0, 0.3)), np.array(0.98), lift)
        pieces.append(_spike(root, np.array([rng.normal(0, 0.15), 0.22, rng.normal(0.05, 0.1)]), 0.025))
    vertices, triangles = merge(pieces)
    return plain_layer(vertices, _weights(vertices), triangles, "Hair", colour)


def _weights(vertices: np.ndarray) -> np.ndarray:
    """What hangs below the chin follows the back a little."""
    weights = on_bone("head", len(vertices))
    share = 0.6 * np.clip(-vertices[:, 1] / 0.8, 0, 1)
    weights[:, BONE_INDEX["head"]] = 1 - share
    weights[:, BONE_INDEX["upperChest"]] = share
    return weights


def _cap(head: HeadShape, lift: float) -> Surface:
    """The scalp: down to the brow in front, to the ears at the sides and to the nape behind."""
    angle = np.arange(32) * 2 * np.pi / 32
    turn = np.abs((angle + np.pi) % (2 * np.pi) - np.pi)
    edge = np.interp(turn, [0, 0.9, 1.3, 1.7, 2.2, np.pi], [0.8, 0.74, 0.5, 0.34, 0.14, 0.08])
    share = np.sin(np.linspace(0, np.pi / 2, 9))[:, None]
    y = edge + (1 - edge) * share
    return head.point(angle, y, lift * np.minimum(3 * share + 0.3, 1)).reshape(-1, 3), grid_triangles(
        9, 32
    )


def _strand(head: HeadShape, angle: np.ndarray, y: np.ndarray, width: float, lift: float) -> Surface:
    """A lock along the surface, through angles and heights, thickest near its root."""
    path = head.point(angle, y, lift)
    share = np.linspace(0, 1, len(path))
    half = width * np.interp(share, [0, 0.25, 0.7, 1], [0.75, 1, 0.75, 0.02])
    outwards = np.stack([np.sin(angle.mean()), 0.0, np.cos(angle.mean())])
    return tube(path, np.stack([0.35 * half, half], 1), outwards, sides=6)


def _spike(root: np.ndarray, reach: np.ndarray, width: float, bend: np.ndarray | None = None) -> Surface:
    """A free lock from a root to root + reach, sagging by `bend` in between."""
    share = np.linspace(0, 1, 7)[:, None]
    path = root + share * reach + (0 if bend is None else np.sin(share * np.pi) * bend)
    half = width * np.interp(share[:, 0], [0, 0.3, 1], [0.8, 1, 0.02])
    return tube(path, half, sides=6)


def _bangs(head: HeadShape, lift: float, rng: np.random.Generator) -> list[Surface]:
    """Fringe and side locks; sometimes the forehead is free."""
    count = int(rng.choice([0, 3, 5, 6, 7, 9], p=(0.1, 0.15, 0.25, 0.2, 0.2, 0.1)))
    low, parting = rng.uniform(0.42, 0.66), rng.uniform(-0.4, 0.4)
    locks = []
    for start in np.linspace(-0.95, 0.95, count) if count else ():
        tip = low + rng.normal(0, 0.04)
        angle = start + np.linspace(0, 1, 6) * ((start - parting) * 0.35 + rng.normal(0, 0.06))
        y = np.linspace(0.93, tip, 6)
        locks.append(_strand(head, angle, y, 2.4 / count * 0.2 * head.width + 0.03, lift + 0.01))
    if rng.random() < 0.7:
        length, width = rng.choice([0.2, 0.0, -0.25, -0.6]) + rng.normal(0, 0.05), rng.uniform(0.05, 0.1)
        for side in (1, -1):
            angle = np.full(7, side * rng.uniform(1.15, 1.4))
            locks.append(_strand(head, angle, np.linspace(0.85, length, 7), width, lift + 0.01))
    return locks


def _back(
    head: HeadShape, style: str, lift: float, body: float, rng: np.random.Generator
) -> list[Surface]:
    hang = {"bob": 0.05, "long": -0.2 * body, "very long": -0.45 * body}
    hang |= {"hime": -0.3 * body, "curls": -0.15 * body}
    if style in hang:
        return _curtain(head, hang[style] * rng.uniform(0.8, 1.25), lift, rng, curly=style == "curls")
    if style == "spiky":
        return _spikes(head, lift, rng)
    if style == "buns":
        size = rng.uniform(0.14, 0.22)
        return [ball((side * 0.36 * head.width, 0.93, -0.1), size) for side in (1, -1)]
    if style == "braids":
        return [bead for side in (1, -1) for bead in _braid(head, side, body, rng)]
    if style in ("ponytail", "twin tails", "side tail"):
        return _tails(head, style, body, rng)
    return []


def _curtain(
    head: HeadShape, length: float, lift: float, rng: np.random.Generator, curly: bool
) -> list[Surface]:
    """Locks side by side from ear to ear behind the head, hanging to a height below the chin."""
    count = int(rng.integers(7, 12))
    locks = []
    for angle in np.linspace(1.5, 2 * np.pi - 1.5, count):
        tip = length + rng.normal(0, 0.06)
        y = np.linspace(0.75, tip, 10)
        sway = 0.15 * np.sin(np.linspace(0, 9, 10) + angle) if curly else rng.normal(0, 0.05)
        turn = (angle + np.pi) % (2 * np.pi) - np.pi
        out = lift + 0.02 + np.clip(0.5 - y, 0, 1) * rng.uniform(0.0, 0.08)
        locks.append(_strand(head, turn + sway * np.linspace(0, 1, 10), y, 1.5 / count, out))
    return locks


def _spikes(head: HeadShape, lift: float, rng: np.random.Generator) -> list[Surface]:
    back, locks = rng.uniform(0.0, 0.5), []
    length = rng.uniform(0.2, 0.45)
    for angle in np.linspace(0.5, 2 * np.pi - 0.5, 9):
        for y in (0.45, 0.68, 0.88):
            root = head.point(np.array(angle), np.array(y), 0.5 * lift)
            outwards = (root - (0, 0.5, 0)) / np.linalg.norm(root - (0, 0.5, 0))
            reach = length * rng.uniform(0.7, 1.3) * (outwards + np.array([0, 0.25, -back]))
            locks.append(_spike(root - 0.08 * outwards, reach, 0.11, np.array([0, -0.04, 0])))
    return locks


def _tails(head: HeadShape, style: str, body: float, rng: np.random.Generator) -> list[Surface]:
    length, width = 0.6 + rng.uniform(0.05, 0.4) * body, rng.uniform(0.08, 0.17)
    y = rng.uniform(0.6, 0.95)
    if style == "ponytail":
        roots = [(0.0, y, -0.42 * head.depth)]
    else:
        roots = [(0.42 * head.width, y, -0.15), (-0.42 * head.width, y, -0.15)]
        roots = roots if style == "twin tails" else [roots[rng.integers(2)]]
    out, locks = rng.uniform(0.1, 0.7), []
    for root in roots:
        sideways = np.sign(root[0]) * out if root[0] else rng.normal(0, 0.15)
        reach = length * np.array([sideways, -1.0, -0.25 if root[0] else -0.45])
        bend = np.array([np.sign(root[0]) * 0.2, 0.25, -0.15]) * rng.uniform(0.3, 1.2)
        locks += [_spike(np.array(root), reach, width, bend), ball(root, 0.06, 8)]
    return locks


def _braid(head: HeadShape, side: int, body: float, rng: np.random.Generator) -> list[Surface]:
    length = 0.3 + rng.uniform(0.1, 0.35) * body
    y = np.linspace(0.2, 0.2 - length, int(length * 9))
    z = rng.choice([0.1, -0.25])
    return [ball((side * (0.42 * head.width + 0.03), at, z), (0.075, 0.085, 0.075), 8) for at in y]
