"""Sizes of well-proportioned figures, by style, as fractions of their stature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

PlanStyle = Literal["realistic", "anime", "chibi"]

ANKLE = 0.04
"""Height of the ankle as a share of stature."""

_HEADS = {"realistic": (6.5, 7.6, 8.7), "anime": (4.2, 6.5, 7.8), "chibi": (1.9, 2.6, 3.6)}
"""Heads tall: least, most frequent, most."""


@dataclass(frozen=True)
class BodyPlan:
    """Lengths of the parts between joints; the limbs of both sides are alike.

    Attributes:
        gap: height of the chin over the shoulder line.
    """

    head: float
    gap: float
    torso: float
    shoulder_width: float
    hip_width: float
    upper_arm: float
    forearm: float
    hand: float
    thigh: float
    shin: float
    foot: float

    @classmethod
    def random(cls, style: PlanStyle, rng: np.random.Generator) -> BodyPlan:
        """A figure of a style, within the canons of TEACHING.md.

        Realistic: about 7.6 heads. Anime: 6.5 heads, children from 4, the crotch at about half the
        height, the wrist at or just above it, legs a little longer than life. Chibi: 2 to 3.5 heads,
        short limbs, tiny hands.
        """
        head = 1 / rng.triangular(*_HEADS[style])
        if style == "chibi":
            gap = rng.uniform(-0.015, 0.02)
            hip = (1 - head - gap) * rng.uniform(0.38, 0.56)
            arm = (1 - head - gap - hip) * rng.uniform(0.65, 1.05)
            widths = rng.uniform(0.13, 0.2), rng.uniform(0.075, 0.13)
            hand, foot = rng.uniform(0.045, 0.085), rng.uniform(0.06, 0.11)
            arms, legs = rng.uniform(0.95, 1.25), rng.uniform(0.85, 1.15)
        else:
            low = 0.475 if style == "realistic" else 0.49
            gap, hip = rng.uniform(0.025, 0.05), rng.uniform(low, low + 0.07)
            arm = (1 - head - gap - hip + 0.02) * rng.uniform(0.93, 1.12)
            widths = rng.uniform(0.14, 0.215), rng.uniform(0.075, 0.115)
            hand, foot = rng.uniform(0.08, 0.105), rng.uniform(0.09, 0.125)
            arms, legs = rng.uniform(1.0, 1.25), rng.uniform(0.9, 1.08)
        leg = max(hip - ANKLE, 0.08)
        return cls(
            head=head,
            gap=gap,
            torso=1 - head - gap - hip,
            shoulder_width=widths[0],
            hip_width=widths[1],
            upper_arm=arm * arms / (1 + arms),
            forearm=arm / (1 + arms),
            hand=hand,
            thigh=leg * legs / (1 + legs),
            shin=leg / (1 + legs),
            foot=foot,
        )
