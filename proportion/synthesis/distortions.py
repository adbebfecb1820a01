"""Proportions of one drawing: its style (even on both sides) and, on purpose, one error or many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from proportion.geometry import align_torso_axis, apply_transform, invert
from proportion.skeleton import PARTS
from proportion.synthesis.skinning import Proportions

HALVES: tuple[str, ...] = ("left", "right", "upper", "lower")
LIMB_PARTS: tuple[str, ...] = tuple(
    part for part in PARTS if part.endswith(("forearm", "shin", "thigh", "upper_arm"))
)
UNEVEN_PARTS: tuple[str, ...] = (*LIMB_PARTS, "head", "neck", "torso")
_WIDTHS = ("shoulder_width", "hip_width")
_FEWEST_HEADS = 3.2  # heads tall, down to which heads are enlarged
_LIMB_NAMES = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")


@dataclass(frozen=True)
class Distortion:
    """One wrong proportion.

    Attributes:
        part: one of `skeleton.PARTS`, one of `HALVES`, or empty where nothing is wrong.
        factor: of its length (of a half: of its width or height).
    """

    part: str = ""
    factor: float = 1.0

    def proportions(self) -> Proportions:
        """Its factors on the parts (all 1 for a half, which is warped in the picture)."""
        return Proportions() if self.part in ("", *HALVES) else Proportions().scaled(*self._pair())

    def _pair(self) -> tuple[str, float]:
        return self.part, self.factor

    def warp(self, points: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """The half's warp of the picture plane, or the identity.

        Args:
            points: ``(18, 2)`` joints in that plane, whose torso gives the axis.
        """
        if self.part not in HALVES:
            return lambda plane: plane
        to_torso = align_torso_axis(points)
        if not np.isfinite(to_torso).all():
            return lambda plane: plane
        # In the torso frame the character's left is where its left shoulder and hip are.
        left_x = apply_transform(to_torso, points)[[2, 10], 0].mean()
        axis = 0 if self.part in ("left", "right") else 1
        sign = {"left": np.sign(left_x), "right": -np.sign(left_x), "upper": -1, "lower": 1}[self.part]

        def warp(plane: np.ndarray) -> np.ndarray:
            local = apply_transform(to_torso, plane)
            beyond = local[:, axis] * sign > 0
            local[beyond, axis] *= self.factor
            return apply_transform(invert(to_torso), local)

        return warp


def random_style(rng: np.random.Generator, heads_tall: float) -> Proportions:
    """Proportions of a style: larger heads, other lengths and girths of the limbs, both sides alike.

    Args:
        rng: randomness.
        heads_tall: of the character as it is; one with a large head already keeps it about so.
    """
    length, girth = np.ones(len(PARTS)), np.ones(len(PARTS))

    def put(values: np.ndarray, names: tuple[str, ...], factor: float) -> None:
        for name in names:
            values[PARTS.index(name)] *= factor

    largest = float(np.clip(heads_tall / _FEWEST_HEADS, 1.1, 2.2))
    head = rng.uniform(0.75, 1.1) if largest < 1.3 or rng.random() < 0.35 else rng.uniform(1.0, largest)
    put(length, ("head",), head)
    arms, legs = np.clip(rng.normal(1, 0.12, 2), 0.7, 1.35)
    thin = float(np.clip(rng.normal(0.95, 0.15), 0.6, 1.35))
    for name in _LIMB_NAMES:
        sides = (f"left_{name}", f"right_{name}")
        if name in ("hand", "foot"):
            put(length, sides, float(np.clip(rng.normal(1.0, 0.15), 0.7, 1.5)))
            continue
        whole = arms if name.endswith("arm") else legs
        put(length, sides, whole * float(np.clip(rng.normal(1, 0.06), 0.85, 1.15)))
        put(girth, sides, thin * rng.uniform(0.92, 1.08))
    put(length, ("torso",), float(np.clip(rng.normal(1, 0.1), 0.75, 1.25)))
    put(girth, ("torso",), float(np.clip(thin * rng.normal(1, 0.05), 0.75, 1.2)))
    put(length, ("neck",), rng.uniform(0.7, 1.2))
    for name in _WIDTHS:
        put(length, (name,), float(np.clip(rng.normal(1, 0.08), 0.8, 1.25)))
    return Proportions(length, girth)


def uneven_limbs(rng: np.random.Generator) -> Proportions:
    """Limb segments, each side for itself, far from any norm, as no body is but as beginners draw them.

    Who learns from such figures has to look where a limb ends; one wrong part in a figure that is right
    otherwise is too rare for that, and gets drawn back to its usual length.
    """
    length = np.ones(len(PARTS))
    for part in UNEVEN_PARTS:
        length[PARTS.index(part)] = np.clip(np.exp(rng.normal(0, 0.25)), 0.5, 1.8)
    return Proportions(length)


def random_error(rng: np.random.Generator) -> Distortion:
    """One part (70%) or one half (30%) clearly too small or too large."""
    factor = rng.uniform(0.5, 0.8) if rng.random() < 0.5 else rng.uniform(1.25, 1.8)
    part = rng.choice(PARTS) if rng.random() < 0.7 else rng.choice(HALVES)
    return Distortion(str(part), float(factor))
