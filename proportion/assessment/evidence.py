"""How much speaks for an error of each part, and which other part may be the wrong one instead.

Estimated joints often tell that a leg is too short but not whether its thigh or its shin is: the knee
under a trouser leg may lie here or there. The chances of both then count together. Or they tell that the
legs do not match, but not which of them is off. Then the likeliest other part is named beside the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from proportion.assessment.lifting import Lifted
from proportion.assessment.measures import PARTNER
from proportion.skeleton import JOINT_INDEX, PARTS

_SEGMENTS = (("upper_arm", "elbow", "forearm"), ("thigh", "knee", "shin"))
_POSSIBLE = 0.1  # share of the limb's chance from which a segment may be the wrong one
_INSTEAD = 0.15  # share of a part's chance from which another is named beside it


def _limbs() -> tuple[np.ndarray, np.ndarray]:
    other, between = np.arange(len(PARTS)), np.full(len(PARTS), -1)
    for side in ("left", "right"):
        for upper, joint, lower in _SEGMENTS:
            pair = [PARTS.index(f"{side}_{segment}") for segment in (upper, lower)]
            other[pair] = pair[::-1]
            between[pair] = JOINT_INDEX[f"{side}_{joint}"]
    return other, between


OTHER_SEGMENT, _BETWEEN = _limbs()
"""``(17,)`` index of the other segment of each part's limb; parts that are no segment are their own."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of N figures, or with `of` of one, whose arrays are ``(17,)``.

    Attributes:
        sign: ``(N, 17)`` -1 for too short, 1 for too long, whichever is likelier.
        own: ``(N, 17)`` log odds that the part is wrong in this direction; -inf where it is not there.
        limb: ``(N, 17)`` log odds that it or the other segment of its limb is, where that segment may be
            meant instead; the same as ``own`` elsewhere.
        open: ``(N, 17)`` bool: segments of limbs that the joints do not tell apart surely.
    """

    sign: np.ndarray
    own: np.ndarray
    limb: np.ndarray
    open: np.ndarray

    def of(self, index: int) -> Evidence:
        """One figure's."""
        return Evidence(self.sign[index], self.own[index], self.limb[index], self.open[index])

    def surest(self, among: Iterable[int] | None = None) -> int:
        """The part of one figure that is likeliest wrong, of all or of some."""
        parts = np.arange(len(PARTS)) if among is None else np.array(list(among))
        return int(parts[np.lexsort((self.own[parts], self.limb[parts]))[-1]])

    def meant(self, part: int) -> list[int]:
        """A part of one figure, and the one that may be meant instead, if any is likely enough.

        It is the other segment of its limb, wrong in the same direction, or a segment of the limb on the
        other side, wrong in the opposite direction: where legs do not match, either may be off.
        """
        if not self.open[part]:
            return [part]
        near, across = OTHER_SEGMENT[part], PARTNER[part]
        same, opposite = self.sign[part], -self.sign[part]
        others = {near: same, across: opposite, OTHER_SEGMENT[across]: opposite}
        likely = [
            other
            for other, sign in others.items()
            if self.sign[other] == sign and expit(self.own[other]) >= _INSTEAD * expit(self.own[part])
        ]
        return [part, *sorted(map(int, likely), key=lambda other: -self.own[other])[:1]]


def weigh(
    lifted: Sequence[Lifted], sigma: np.ndarray, visible: np.ndarray, never_short: np.ndarray
) -> Evidence:
    """The evidence on lifted figures.

    Args:
        lifted: N figures.
        sigma: ``(N, 18)`` standard deviations of the joints, NaN where a person placed them: the joint
            between two segments then tells them apart.
        visible: ``(N, 17)`` bool: parts that are there.
        never_short: ``(17,)`` bool: parts that the user says point at the viewer.
    """
    chances = np.array([[figure.too_short, figure.too_long] for figure in lifted])
    chances = chances * visible[:, None]
    chances[:, 0, never_short] = 0.0
    longer = chances.argmax(1)[:, None]
    own = np.take_along_axis(chances, longer, 1)[:, 0]
    others = np.take_along_axis(chances[..., OTHER_SEGMENT], longer, 1)[:, 0]
    open_ = (_BETWEEN >= 0) & np.isfinite(sigma[:, _BETWEEN])
    both = own + np.where(open_, others, 0.0)
    limb = np.where(own >= _POSSIBLE * both, both, own)
    there = own > 0
    return Evidence(
        2 * longer[:, 0] - 1,
        np.where(there, _log_odds(own), -np.inf),
        np.where(there, _log_odds(limb), -np.inf),
        open_ & there,
    )


def _log_odds(chance: np.ndarray) -> np.ndarray:
    clipped = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.log(clipped / (1 - clipped))
