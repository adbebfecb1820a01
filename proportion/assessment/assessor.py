"""From joints to Report: lifting, verdicts, references and the matcher tied together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proportion.assessment import advice
from proportion.assessment.consistency import consistency
from proportion.assessment.correction import corrected
from proportion.assessment.lifting import NO_SHEET, Sheet, visible_parts
from proportion.assessment.profiles import heads_tall
from proportion.assessment.report import Against, ReferenceNote, Report, Style
from proportion.assessment.verdicts import Judge, Judgement
from proportion.errors import BadInput
from proportion.matching.matcher import Comparison, Matcher
from proportion.references.library import ReferenceLibrary
from proportion.references.retrieval import Match, Retriever
from proportion.skeleton import JOINTS, PARTS, Skeleton

MAX_SHEET = 6
_REFERENCES = 5
_FEWEST_JOINTS = 5
_SAME_POSE = 12.0  # degrees


@dataclass(frozen=True, eq=False)
class Assessment:
    """A report with what its pictures are drawn from.

    Attributes:
        report: all that was found.
        comparison: with the chosen reference or the user's own; None where there is none.
        matches: references, nearest in pose first.
        chosen: number of the reference compared with; None for the user's own, or where there is none.
    """

    report: Report
    comparison: Comparison | None
    matches: list[Match]
    chosen: int | None


class Assessor:
    """Assesses figures.

    Args:
        judge: verdicts.
        retriever: where references come from; None to go without.
        matcher: compares with the reference; None to go without.
    """

    def __init__(
        self, judge: Judge, retriever: Retriever | None = None, matcher: Matcher | None = None
    ) -> None:
        self.judge = judge
        self.retriever = retriever
        self.matcher = matcher

    @classmethod
    def load(cls) -> Assessor:
        """With everything that the project ships."""
        return cls(Judge.load(), Retriever(ReferenceLibrary.load()), Matcher.load())

    def assess(
        self,
        skeleton: Skeleton,
        *,
        style: Style | str = "auto",
        sheet: Sequence[Skeleton] = (),
        reference: Skeleton | None = None,
        nearest: int = 0,
        foreshortened: frozenset[str] = frozenset(),
        compare: bool = True,
    ) -> Assessment:
        """Judge one figure.

        Args:
            skeleton: its joints.
            style: to judge against; ``auto`` infers it.
            sheet: up to six other drawings of the same character; verdicts are then against these.
            reference: the user's own reference, compared with instead of the library's.
            nearest: which of the library's references to compare with, of those found; the first where
                there is none of that number.
            foreshortened: parts that the user says point at the viewer.
            compare: also search references and compare with one; the verdicts are the same without.

        Raises:
            BadInput: with too few joints to say anything, or too many drawings.
        """
        for figure in (skeleton, *sheet):
            _require_joints(figure)
        if len(sheet) > MAX_SHEET:
            raise BadInput(
                f"A character sheet can have at most {MAX_SHEET} other drawings.",
                "sheet_too_large",
                most=MAX_SHEET,
            )
        norms: Sheet = NO_SHEET
        against: Against = "sheet" if sheet else "style"
        drawings = np.array([skeleton.points, *(figure.points for figure in sheet)])
        sigmas = np.array([skeleton.sigma, *(figure.sigma for figure in sheet)])
        whole = None
        if sheet:
            norms = self.judge.lifter.sheet(drawings[1:], sigmas[1:])
            lifted = self.judge.lifter.lift(drawings, sigmas, style)
            whole = consistency(lifted, visible_parts(drawings))
        judgement = self.judge.judge(skeleton, style, norms, foreshortened)
        matches, comparison, chosen = [], None, None
        if compare:
            if self.retriever is not None:
                matches = self.retriever.search(skeleton, _REFERENCES, judgement.style)
            if reference is None and matches:
                chosen = nearest if 0 <= nearest < len(matches) else 0
                reference = matches[chosen].skeleton
            if self.matcher is not None and reference is not None:
                comparison = self.matcher.compare(skeleton, reference)
        report = Report(
            style=judgement.style,
            style_requested=style,
            against=against,
            verdict=judgement.verdict,
            score=judgement.score,
            skeleton=skeleton,
            similarity=None if comparison is None else comparison.similarity,
            heads_tall=_heads_tall(skeleton, judgement),
            consistency=whole,
            good=advice.praise(judgement),
            findings=tuple(advice.finding(wrong, against) for wrong in judgement.wrong),
            unsure=advice.unsure(judgement),
            references=tuple(_note(match) for match in matches),
            corrected_skeleton=corrected(skeleton, judgement.factors),
            pose_3d=_pose(judgement),
            alignment={}
            if comparison is None
            else {
                "learner": comparison.alignment.tolist(),
                "standard": comparison.standard_alignment.tolist(),
            },
            heat={} if comparison is None else comparison.heat_of_parts(),
        )
        return Assessment(report, comparison, matches, chosen)


def _require_joints(skeleton: Skeleton) -> None:
    points = skeleton.points[skeleton.present]
    if len(points) < _FEWEST_JOINTS or np.ptp(points, axis=0).max() <= 0:
        raise BadInput(
            f"Too few joints to judge this figure; mark at least {_FEWEST_JOINTS} of them.",
            "too_few_joints",
            fewest=_FEWEST_JOINTS,
        )


def _heads_tall(skeleton: Skeleton, judgement: Judgement) -> float | None:
    """Heads tall of the figure as drawn; None without a head or without feet."""
    feet = any(skeleton.state(f"{side}_ankle") != "missing" for side in ("left", "right"))
    if not feet or not visible_parts(skeleton.points)[PARTS.index("head")]:
        return None
    return round(float(heads_tall(np.exp(judgement.lifted.log_lengths))), 1)


def _pose(judgement: Judgement) -> dict[str, tuple[float, float, float]]:
    return {
        joint: tuple(round(float(value), 4) for value in point)
        for joint, point in zip(JOINTS, judgement.lifted.points_3d, strict=True)
        if np.isfinite(point).all()
    }


def _note(match: Match) -> ReferenceNote:
    key = "reference.same_pose" if match.pose_distance <= _SAME_POSE else "reference.near_pose"
    values = {"degrees": round(match.pose_distance), "heads": round(match.figure.heads_tall, 1)}
    return ReferenceNote(match.figure.id, match.pose_distance, match.mirrored, key, values)
