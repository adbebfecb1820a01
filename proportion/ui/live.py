"""The numbers that follow a dragged joint: a table that the page and Python evaluate alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from proportion.skeleton import PARTS, bone_vectors

Terms = tuple[tuple[tuple[str, ...], ...], ...]
"""Terms to add up; a term is the mean over its ways (left, right), a way the sum of its parts."""

_ABOVE_THE_SOLE = 1 / (1 - 0.039)  # ankle height is .039 of stature (Drillis & Contini)
_LEGS = (("left_thigh", "left_shin"), ("right_thigh", "right_shin"))
_ARMS = (("left_upper_arm", "left_forearm"), ("right_upper_arm", "right_forearm"))


@dataclass(frozen=True)
class Measure:
    """``factor * sum(over) / sum(under)`` of part lengths, named by its text key."""

    key: str
    over: Terms
    under: Terms
    factor: float = 1.0


MEASURES: tuple[Measure, ...] = (
    Measure(
        "page.heads_tall",
        ((("head",),), (("neck",),), (("torso",),), _LEGS),
        ((("head",),),),
        _ABOVE_THE_SOLE,
    ),
    Measure("page.arm_torso", (_ARMS,), ((("torso",),),)),
    Measure("page.leg_torso", (_LEGS,), ((("torso",),),)),
    Measure(
        "page.upper_lower_arm",
        ((("left_upper_arm",), ("right_upper_arm",)),),
        ((("left_forearm",), ("right_forearm",)),),
    ),
    Measure(
        "page.thigh_shin", ((("left_thigh",), ("right_thigh",)),), ((("left_shin",), ("right_shin",)),)
    ),
    Measure("page.shoulders_heads", ((("shoulder_width",),),), ((("head",),),)),
)


def table() -> list[dict[str, Any]]:
    """The measures as JSON for the page."""
    return [asdict(measure) for measure in MEASURES]


def evaluate(points: np.ndarray) -> dict[str, float | None]:
    """Every measure of a figure by its key; None where a part that it needs is missing.

    Args:
        points: ``(18, D)`` joints, flat in the picture or lifted into space; NaN where missing.
    """
    lengths = dict(zip(PARTS, np.linalg.norm(bone_vectors(points), axis=-1).tolist(), strict=True))
    values = {}
    for measure in MEASURES:
        over, under = _total(measure.over, lengths), _total(measure.under, lengths)
        value = measure.factor * over / under if under > 0 else float("nan")
        values[measure.key] = None if np.isnan(value) else value
    return values


def _total(terms: Terms, lengths: dict[str, float]) -> float:
    total = 0.0
    for ways in terms:
        seen = [length for way in ways if not np.isnan(length := sum(lengths[part] for part in way))]
        total += float(np.mean(seen)) if seen else float("nan")
    return total
