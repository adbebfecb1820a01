"""What to say about a judgement: message keys and values, praise first (words: ``ui/languages``)."""

from __future__ import annotations

import numpy as np

from proportion.assessment.evidence import OTHER_SEGMENT
from proportion.assessment.measures import KIND_INDEX, KINDS_OF_PART, kind_of_part
from proportion.assessment.report import Against, Finding, Praise, Unsure
from proportion.assessment.verdicts import Judgement, Wrong
from proportion.skeleton import PART_PARTNER, PARTS

_INTERVAL = 1.282  # standard deviations on either side that hold 80%
_MOST_PRAISE = 3
_PRAISE = {
    "good.arms": ("upper_arm", "forearm"),
    "good.legs": ("thigh", "shin"),
    "good.head": ("head",),
    "good.trunk": ("torso", "shoulder_width"),
    "good.hands_feet": ("hand", "foot"),
}


def _percent(shift: float) -> float:
    return round(100 * float(np.expm1(np.clip(shift, -2.3, 1.4))), 1)


def finding(wrong: Wrong, against: Against) -> Finding:
    """The finding with its advice's key, ``finding.<subject>.<less|more>``.

    The subject is the kind of part, ``sheet``, ``uneven``, ``instead`` (of the limb's other segment) or
    ``other_side`` (instead of the other limb).
    """
    part = PARTS[wrong.part]
    other = PART_PARTNER[part]
    way = "more" if wrong.shift > 0 else "less"
    subject = "sheet" if against == "sheet" else kind_of_part(part)
    if wrong.kind == "uneven":
        subject = "uneven"
    if wrong.instead_of is not None:
        other = PARTS[wrong.instead_of]
        same_side = OTHER_SEGMENT[wrong.part] == wrong.instead_of
        subject = "instead" if same_side else "other_side"
    percent = _percent(wrong.shift)
    return Finding(
        part=part,
        kind=wrong.kind,
        percent=percent,
        low=_percent(wrong.shift - _INTERVAL * wrong.sd),
        high=_percent(wrong.shift + _INTERVAL * wrong.sd),
        certainty=wrong.certainty,
        message=f"finding.{subject}.{way}",
        values={"part": part, "other": other, "percent": round(abs(percent))},
    )


def praise(judgement: Judgement) -> tuple[Praise, ...]:
    """What is right: everything, or groups of parts that were judged and found right."""
    if judgement.verdict == "fine":
        return (Praise("good.all"),)
    wrong = {wrong.part for wrong in judgement.wrong}
    right = judgement.judged & ~np.isin(np.arange(len(PARTS)), list(wrong))
    said = [
        Praise(key)
        for key, kinds in _PRAISE.items()
        if right[np.isin(KIND_INDEX, [KINDS_OF_PART.index(kind) for kind in kinds])].all()
    ]
    return tuple(said[:_MOST_PRAISE]) or (Praise("good.start"),)


def unsure(judgement: Judgement) -> tuple[Unsure, ...]:
    """Parts without a verdict, each with its reason."""
    return tuple(
        Unsure(PARTS[part], reason, {"part": PARTS[part]}) for part, reason in judgement.unsure.items()
    )
