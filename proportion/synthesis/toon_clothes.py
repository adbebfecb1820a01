"""Procedural clothes on a figure at rest: skirts, capes, wide sleeves, flared trouser legs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proportion.synthesis.character import BODY_BONES, BONE_INDEX, Character
from proportion.synthesis.layers import Layer, plain_layer
from proportion.synthesis.shapes import grid_triangles

_AROUND = 24


def _cone(middle: np.ndarray, radii: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """``(R * _AROUND, 3)`` rings about ``(R, 3)`` middles, radii ``(R, 2)`` along ``(2, 3)`` axes."""
    angle = np.arange(_AROUND) * 2 * np.pi / _AROUND
    flat = np.cos(angle)[None, :, None] * radii[:, :1, None] * axes[0]
    flat = flat + np.sin(angle)[None, :, None] * radii[:, 1:, None] * axes[1]
    return (middle[:, None] + flat).reshape(-1, 3)


def _trunk_width(body: Character, y: float, band: float) -> np.ndarray:
    """``(2,)`` half width and half depth of the trunk and thighs at a height (arms left out)."""
    bones = [BONE_INDEX[name] for name in ("hips", "spine", "chest", "upperChest")]
    bones += [BONE_INDEX[f"{side}UpperLeg"] for side in ("left", "right")]
    here = (np.abs(body.vertices[:, 1] - y) < band) & (body.weights[:, bones].sum(1) > 0.6)
    points = body.vertices[here]
    if len(points) < 4:
        return np.array([band * 5, band * 4])
    return np.array([np.abs(points[:, 0]).max(), np.ptp(points[:, 2]) / 2])


def skirt(body: Character, rng: np.random.Generator, colour: np.ndarray) -> Layer:
    """A skirt from the waist to anywhere between the upper thigh and the ankle; pleated or smooth."""
    joints = body.joints
    hips, spine = joints[BONE_INDEX["hips"]], joints[BONE_INDEX["spine"]]
    knee, ankle = (joints[BONE_INDEX[f"left{name}"], 1] for name in ("LowerLeg", "Foot"))
    top = float(spine[1] + rng.uniform(-0.2, 0.6) * (spine[1] - hips[1]))
    thigh = joints[BONE_INDEX["leftUpperLeg"], 1] - knee
    hem = float(rng.choice([knee + rng.uniform(0.1, 0.6) * thigh, knee, ankle], p=(0.7, 0.15, 0.15)))
    rows = 8
    share = np.linspace(0, 1, rows)
    start = _trunk_width(body, top, 0.02) * 1.06
    crotch = _trunk_width(body, joints[BONE_INDEX["leftUpperLeg"], 1] - 0.02, 0.03) * 1.08
    flare = rng.uniform(0.05, 0.6) if hem > knee else rng.uniform(0.25, 0.5)
    y = top + share * (hem - top)
    down = np.clip((top - y) / max(top - joints[BONE_INDEX["leftUpperLeg"], 1], 1e-3), 0, 1)
    radii = (
        start
        + down[:, None] * (np.maximum(crotch, start) - start)
        + (flare * (top - y))[:, None] * (1, 0.9)
    )
    middle = np.stack([np.zeros(rows), y, np.full(rows, hips[2])], 1)
    points = _cone(middle, radii, np.eye(3)[[0, 2]])
    if rng.random() < 0.5:  # pleats
        wave = 1 + 0.06 * np.repeat(share, _AROUND) * np.tile([1, -1], len(points) // 2)
        points[:, [0, 2]] = (points[:, [0, 2]] - hips[[0, 2]]) * wave[:, None] + hips[[0, 2]]
    side = np.clip(0.5 + points[:, 0] / (2 * radii[-1, 0]) * 1.6, 0, 1)
    loose = np.repeat(0.85 * np.clip(share * 1.4, 0, 1), _AROUND)
    skin = np.zeros((len(points), len(BODY_BONES)), np.float32)
    skin[:, BONE_INDEX["leftUpperLeg"]] = loose * side
    skin[:, BONE_INDEX["rightUpperLeg"]] = loose * (1 - side)
    skin[:, BONE_INDEX["hips"]] = 1 - loose
    return plain_layer(points, skin, grid_triangles(rows, _AROUND), "Skirt", colour)


def cape(body: Character, rng: np.random.Generator, colour: np.ndarray) -> Layer:
    """A sheet that hangs from the shoulders behind the body."""
    joints = body.joints
    left, right = (joints[BONE_INDEX[f"{side}UpperArm"]] for side in ("left", "right"))
    top = float(left[1] + 0.15 * (left[0] - right[0]))
    ground = float(body.vertices[:, 1].min())
    hem = ground + rng.uniform(0.05, 0.6) * (top - ground)
    rows, columns = 8, 13
    share = np.linspace(0, 1, rows)[:, None]
    across = np.linspace(-1, 1, columns)[None]
    depth = _trunk_width(body, float(joints[BONE_INDEX["chest"], 1]), 0.03)[1]
    half = (left[0] - right[0]) / 2 * (1.05 + share * rng.uniform(0.1, 0.9))
    back = left[2] - depth * (1.1 + 0.25 * share) - 0.03 * np.cos(across * 9) * share
    x, y = (
        half * across,
        top + share * (hem - top) - 0.1 * np.abs(across) * (1 - share) * (left[0] - right[0]),
    )
    z = back + 0.9 * depth * across**4 * (1 - 0.5 * share)
    points = np.stack(np.broadcast_arrays(x, y, z), -1).reshape(-1, 3)
    skin = np.zeros((len(points), len(BODY_BONES)), np.float32)
    lower = np.repeat(np.clip(share[:, 0] * 1.5 - 0.2, 0, 1), columns)
    skin[:, BONE_INDEX["upperChest"]], skin[:, BONE_INDEX["hips"]] = 1 - lower, lower
    return plain_layer(points, skin, grid_triangles(rows, columns, closed=False), "Cape", colour)


def _limb_cone(
    body: Character,
    bones: tuple[str, str],
    reach: tuple[float, float],
    radii: tuple[float, float],
    colour: np.ndarray,
    name: str,
) -> Layer:
    """A cone round a limb between two shares of its length, riding on its bone."""
    low, high = body.joints[BONE_INDEX[bones[0]]], body.joints[BONE_INDEX[bones[1]]]
    axis = (high - low) / np.linalg.norm(high - low)
    first = np.cross(axis, (0.0, 0.0, 1.0))
    first /= np.linalg.norm(first)
    share = np.linspace(0, 1, 5)[:, None]
    middle = low + (reach[0] + share * (reach[1] - reach[0])) * (high - low)
    radius = np.repeat(radii[0] + share * (radii[1] - radii[0]), 2, axis=1)
    points = _cone(middle, radius, np.stack([first, np.cross(axis, first)]))
    skin = np.zeros((len(points), len(BODY_BONES)), np.float32)
    skin[:, BONE_INDEX[bones[0]]] = 1
    return plain_layer(points, skin, grid_triangles(5, _AROUND), name, colour)


def _limb_radius(body: Character, bones: tuple[str, str], share: float) -> float:
    """Radius in metres of the surface round a limb at a share of its length."""
    low, high = body.joints[BONE_INDEX[bones[0]]], body.joints[BONE_INDEX[bones[1]]]
    axis = high - low
    local = body.vertices[body.weights[:, BONE_INDEX[bones[0]]] > 0.4] - low
    along = local @ axis / (axis @ axis)
    near = np.abs(along - share) < 0.12
    if near.sum() < 4:
        return 0.2 * float(np.linalg.norm(axis))
    return float(np.percentile(np.linalg.norm(local[near] - along[near, None] * axis, axis=1), 90))


def wide_sleeves(body: Character, rng: np.random.Generator, colour: np.ndarray) -> list[Layer]:
    """Sleeves that widen from the elbow (or the upper arm) to the wrist."""
    flare, start, end = rng.uniform(1.3, 2.3), rng.uniform(-0.1, 0.3), rng.uniform(0.85, 1.1)
    layers = []
    for side in ("left", "right"):
        bones = (f"{side}LowerArm", f"{side}Hand")
        radius = _limb_radius(body, bones, 0.3)
        layers.append(
            _limb_cone(body, bones, (start, end), (radius * 1.15, radius * flare), colour, "Sleeve")
        )
    return layers


def flared_legs(body: Character, rng: np.random.Generator, colour: np.ndarray) -> list[Layer]:
    """Wide trouser legs, or tall boots where they are narrow."""
    flare, start = rng.uniform(1.1, 2.2), rng.uniform(0.0, 0.5)
    layers = []
    for side in ("left", "right"):
        bones = (f"{side}LowerLeg", f"{side}Foot")
        radius = _limb_radius(body, bones, 0.25)
        layers.append(
            _limb_cone(body, bones, (start, 1.0), (radius * 1.15, radius * flare), colour, "Trousers")
        )
    return layers


def random_clothes(
    body: Character, rng: np.random.Generator, colour: Callable[[], np.ndarray]
) -> list[Layer]:
    """Some loose clothes for a body at rest, or none; `colour` is asked once a garment."""
    layers: list[Layer] = []
    if rng.random() < 0.4:
        layers.append(skirt(body, rng, colour()))
    if rng.random() < 0.1:
        layers.append(cape(body, rng, colour()))
    if rng.random() < 0.22:
        layers += wide_sleeves(body, rng, colour())
    if rng.random() < 0.15:
        layers += flared_legs(body, rng, colour())
    return layers
