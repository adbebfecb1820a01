"""Clothes painted on a bare body, by how far along trunk and limbs they reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.character import BONE_INDEX


@dataclass(frozen=True)
class Outfit:
    """How far clothes reach.

    Attributes:
        sleeve, glove: lower end of a sleeve and upper end of a glove on the arm: 0 shoulder, 1 elbow,
            2 wrist; beyond, none.
        trousers, boot: the same on the leg: 0 hip, 1 knee, 2 ankle.
        waist: border of top and bottom on the trunk, 0 hips, 1 base of the neck.
        neckline: upper end of the top on the trunk.
        stripes: bands a metre on the top, 0 for none.
    """

    sleeve: float
    glove: float
    trousers: float
    boot: float
    waist: float
    neckline: float
    stripes: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Outfit:
        """Anything from a leotard to a suit with gloves and boots."""
        sleeve = rng.choice([0.0, 0.0, rng.uniform(0.3, 0.8), rng.uniform(1.0, 1.6), 1.93])
        trousers = rng.choice([0.05, rng.uniform(0.15, 0.5), rng.uniform(0.9, 1.3), 1.93])
        return cls(
            sleeve=float(sleeve),
            glove=float(rng.choice([9.0, 9.0, 1.93, rng.uniform(min(max(sleeve, 1.0), 1.8), 1.9)])),
            trousers=float(trousers),
            boot=float(rng.choice([9.0, 2.0, 2.0, rng.uniform(max(trousers - 0.4, 1.2), 1.9)])),
            waist=float(rng.uniform(0.15, 0.5)),
            neckline=float(rng.uniform(0.78, 1.0)),
            stripes=float(rng.choice([0.0, 0.0, 0.0, rng.uniform(12, 30)])),
        )


_ZONES = ("Skin", "Top", "Bottom", "Glove", "Boot", "Stripe")


def paint(
    points: np.ndarray,
    weights: np.ndarray,
    joints: np.ndarray,
    outfit: Outfit,
    skin: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Colour the surface of a bare body.

    Args:
        points: ``(T, 3)`` rest position of each triangle.
        weights: ``(T, 22)`` its share of each bone.
        joints: ``(22, 3)`` rest joints.
        outfit: how far clothes reach.
        skin: ``(3,)`` sRGB.
        rng: chooses the colours.

    Returns:
        ``(T,)`` material of each triangle, the materials' names and ``(M, 3)`` colours.
    """
    zone = np.zeros(len(points), int)
    arm, leg, trunk = _along(points, weights, joints)
    zone[(trunk >= 0) & (trunk < outfit.neckline)] = 1
    zone[(trunk >= 0) & (trunk < outfit.waist)] = 2
    if outfit.stripes:
        zone[(zone == 1) & (np.floor(points[:, 1] * outfit.stripes) % 2 == 0)] = 5
    zone[(arm >= 0) & (arm < outfit.sleeve)] = 1
    zone[arm >= outfit.glove] = 3
    zone[(leg >= 0) & (leg < outfit.trousers)] = 2
    zone[leg >= outfit.boot] = 4
    tone = str(rng.choice(["saturated", "pastel", "natural", "dark", "grey"]))
    colours = np.array([skin, *(palettes.colour(rng, tone) for _ in _ZONES[1:])])
    if rng.random() < 0.25:  # one piece
        colours[2] = colours[1]
    return zone, _ZONES, colours


def _along(
    points: np.ndarray, weights: np.ndarray, joints: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far along arm, leg and trunk each point lies, ``(T,)`` each; -1 on other parts."""
    bone = weights.argmax(1)
    found = []
    chains = (("UpperArm", "LowerArm", "Hand"), ("UpperLeg", "LowerLeg", "Foot", "Toes"))
    for chain in chains:
        value = np.full(len(points), -1.0)
        for side in ("left", "right"):
            index = [BONE_INDEX[side + name] for name in chain]
            for step in range(2):
                start, axis = joints[index[step]], joints[index[step + 1]] - joints[index[step]]
                here = bone == index[step]
                share = (points[here] - start) @ axis / (axis @ axis)
                value[here] = step + np.clip(share, 0, 0.999)
            value[np.isin(bone, index[2:])] = 2.0
        found.append(value)
    low, high = joints[BONE_INDEX["hips"], 1], joints[BONE_INDEX["neck"], 1]
    names = ("hips", "spine", "chest", "upperChest", "leftShoulder", "rightShoulder")
    on_trunk = np.isin(bone, [BONE_INDEX[name] for name in names])
    trunk = np.where(on_trunk, np.maximum((points[:, 1] - low) / (high - low), 0), -1)
    return found[0], found[1], trunk
