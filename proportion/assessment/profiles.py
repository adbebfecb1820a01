"""Style profiles: how long each part of a body is in a style, and how much that may vary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from proportion.assessment.measures import KIND_INDEX
from proportion.assessment.report import STYLES, Style
from proportion.skeleton import PARTS

_FILE = Path(__file__).with_name("profiles.json")
_UNIT_PARTS = ("torso", "left_upper_arm", "left_forearm", "left_thigh", "left_shin")
_UNIT_PARTS += tuple(part.replace("left_", "right_") for part in _UNIT_PARTS[1:])
_UNIT_SHARES = np.array([(1.0 if p == "torso" else 0.5) * (p in _UNIT_PARTS) for p in PARTS])
_SOLE = 0.04
"""Height of the ankle over the sole as a share of stature (Drillis & Contini: .039)."""


def body_unit(lengths: np.ndarray) -> np.ndarray:
    """``(...)`` torso + upper arm + forearm + thigh + shin (means of the sides) of ``(..., 17)``."""
    return lengths @ _UNIT_SHARES


def heads_tall(lengths: np.ndarray) -> np.ndarray:
    """Stature in heads of ``(..., 17)`` true part lengths, standing straight."""
    named = {part: lengths[..., index] for index, part in enumerate(PARTS)}
    legs = sum(named[f"{side}_{part}"] for side in ("left", "right") for part in ("thigh", "shin")) / 2
    return (named["head"] + named["neck"] + named["torso"] + legs) / (1 - _SOLE) / named["head"]


@dataclass(frozen=True, eq=False)
class StyleProfile:
    """A normal distribution of log part lengths relative to the body unit, both sides alike.

    Attributes:
        style: its name.
        mean: ``(11,)`` in the order of `KINDS_OF_PART`.
        covariance: ``(11, 11)``.
        heads: least and greatest usual heads tall.
    """

    style: Style
    mean: np.ndarray
    covariance: np.ndarray
    heads: tuple[float, float]

    @property
    def log_lengths(self) -> np.ndarray:
        """``(17,)`` usual log lengths of `PARTS` relative to the body unit."""
        return self.mean[KIND_INDEX]

    @property
    def spread(self) -> np.ndarray:
        """``(17,)`` standard deviation of the log lengths."""
        return np.sqrt(np.diag(self.covariance))[KIND_INDEX]

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """``(count, 17)`` log lengths of symmetric bodies, relative to each body's own unit."""
        logs = rng.multivariate_normal(self.mean, self.covariance, count, method="cholesky")
        logs = logs[:, KIND_INDEX]
        return logs - np.log(body_unit(np.exp(logs)))[:, None]


@cache
def load_profiles() -> Mapping[Style, StyleProfile]:
    """The shipped profiles by style."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))["profiles"]
    return {
        style: StyleProfile(
            style,
            np.array(data[style]["mean"]),
            np.array(data[style]["covariance"]),
            tuple(data[style]["heads"]),
        )
        for style in STYLES
    }
