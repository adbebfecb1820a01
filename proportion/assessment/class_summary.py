"""What a whole class of drawings has in common: the mistakes made most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from proportion.assessment.report import VERDICTS, Kind, Report

FORMAT = "proportion-class/1"


@dataclass(frozen=True)
class CommonMistake:
    """A mistake and how many drawings show it.

    Attributes:
        part: part of the body without its side, such as ``forearm``.
        kind: what is wrong with it.
        drawings: number of drawings with it, on either side.
    """

    part: str
    kind: Kind
    drawings: int


@dataclass(frozen=True)
class ClassSummary:
    """A class at a glance; nobody's drawing can be told from it.

    Attributes:
        drawings: how many were judged.
        verdicts: how many got each verdict.
        median_score: None if no drawing was judged.
        mistakes: most common first.
    """

    drawings: int
    verdicts: dict[str, int]
    median_score: float | None
    mistakes: tuple[CommonMistake, ...]

    def to_json(self) -> dict[str, Any]:
        """The ``proportion-class/1`` object."""
        return {
            "format": FORMAT,
            "drawings": self.drawings,
            "verdicts": self.verdicts,
            "median_score": self.median_score,
            "mistakes": [vars(mistake) for mistake in self.mistakes],
        }


def summarise(reports: Sequence[Report]) -> ClassSummary:
    """Count what the reports of a class have in common."""
    counts = Counter(
        mistake
        for report in reports
        for mistake in {(without_side(finding.part), finding.kind) for finding in report.findings}
    )
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    verdicts = Counter(report.verdict for report in reports)
    return ClassSummary(
        len(reports),
        {verdict: verdicts[verdict] for verdict in VERDICTS},
        float(median(report.score for report in reports)) if reports else None,
        tuple(CommonMistake(part, kind, count) for (part, kind), count in ranked),
    )


def without_side(part: str) -> str:
    """``forearm`` for ``left_forearm``."""
    return part.removeprefix("left_").removeprefix("right_")
