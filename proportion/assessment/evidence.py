"""How much speaks for an error of each part, of itself and together with the other half of its limb.

Estimated joints often tell that a leg is too short but not whether its thigh or its shin is: the knee
under a trouser leg may lie here or there. The chances of both then count together, and both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from proportion.assessment.lifting import Lifted
from proportion.skeleton import JOINT_INDEX, PARTS

_SEGMENTS = (("upper_arm", "elbow", "forearm"), ("thigh", "knee", "shin"))
_POSSIBLE = 0.1  # share of the limb's chance from which a segment may be the wrong one


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
    """

    sign: np.ndarray
    own: np.ndarray
    limb: np.ndarray

    def of(self, index: int) -> Evidence:
        """One figure's."""
        return Evidence(self.sign[index], self.own[index], self.limb[index])

    def surest(self, among: Iterable[int] | None = None) -> int:
        """The part of one figure that is likeliest wrong, of all or of some."""
        parts = np.arange(len(PARTS)) if among is None else np.array(list(among))
        return int(parts[np.lexsort((self.own[parts], self.limb[parts]))[-1]])

    def meant(self, part: int, needed: float) -> list[int]:
        """A part of one figure, and the other segment of its limb where that may be meant instead.

        Args:
            part: likelier than the other segment.
            needed: log odds of an error that a finding needs.
        """
        other = int(OTHER_SEGMENT[part])
        doubted = self.limb[part] > self.own[part] and self.limb[other] > max(needed, self.own[other])
        return [part, other] if doubted and self.sign[other] == self.sign[part] else [part]


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
    )


def _log_odds(chance: np.ndarray) -> np.ndarray:
    clipped = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.log(clipped / (1 - clipped))
