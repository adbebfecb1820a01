"""How far verdicts can be trusted: false alarms on fine figures, detection of known errors.

Every figure taken as fine is judged as it is, and again with one part changed by a known factor in the
picture plane, joints beyond moved along (`synthesis.distortions2d.distort`). A change is *found* when a
finding names that part with the right sign; ``unsure`` counts as not found.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from proportion.assessment.report import Report
from proportion.errors import BadInput
from proportion.evaluation.averages import mean_or_none
from proportion.geometry import segment_lengths
from proportion.skeleton import PARTS, Skeleton
from proportion.synthesis.anime_poses import read_anime_poses
from proportion.synthesis.dataset import SyntheticDataset
from proportion.synthesis.distortions2d import distort

FACTORS = (0.6, 0.7, 1.3, 1.6)
SURE = 0.9

Judge = Callable[[Skeleton], Report]


@dataclass
class _Tally:
    """Counts over all judged figures, clean and changed."""

    found: dict[tuple[str, float], list[bool]] = field(default_factory=lambda: defaultdict(list))
    first: list[bool] = field(default_factory=list)
    sign: list[bool] = field(default_factory=list)
    percent_error: list[float] = field(default_factory=list)
    findings: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, report: Report, part: str, factor: float) -> None:
        """Count one report of a figure whose ``part`` was changed by ``factor``."""
        right = [
            finding.part == part and np.sign(finding.percent) == np.sign(factor - 1)
            for finding in report.findings
        ]
        self.found[part, factor].append(any(right))
        self.first.append(bool(right) and right[0])
        self.sign += [
            ok for finding, ok in zip(report.findings, right, strict=True) if finding.part == part
        ]
        self.percent_error += [
            abs(finding.percent - 100 * (factor - 1))
            for finding, ok in zip(report.findings, right, strict=True)
            if ok
        ]
        self.findings += [
            (finding.certainty, ok) for finding, ok in zip(report.findings, right, strict=True)
        ]

    def share(self, part: str | None = None, factor: float | None = None) -> float | None:
        """Share found over some parts and factors."""
        return mean_or_none(
            hit
            for (name, value), hits in self.found.items()
            if part in (None, name) and factor in (None, value)
            for hit in hits
        )


def read_skeletons(path: Path) -> list[Skeleton]:
    """Skeletons of a JSON list of our own format, or of an AnimeDrawings file.

    Raises:
        BadInput: it is neither.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"'{path}' is not a readable JSON file.", "skeletons_unreadable") from None
    if not isinstance(data, list):
        raise BadInput(f"'{path}' must hold a list of skeletons.", "skeletons_unreadable")
    if data and isinstance(data[0], dict) and "points" in data[0]:
        poses = read_anime_poses(data)
        return [
            Skeleton(tuple(int(side) for side in np.nanmax(points, axis=0) + 1), points)
            for points in poses.points
        ]
    return [Skeleton.from_json(entry) for entry in data]


def evaluate_verdicts(
    skeletons: Sequence[Skeleton],
    judge: Judge,
    *,
    factors: Sequence[float] = FACTORS,
    changes_per_figure: int = 8,
    seed: int = 0,
) -> dict[str, Any]:
    """The table of `evaluate verdicts` for figures taken as fine.

    Args:
        skeletons: the figures.
        judge: skeleton to report.
        factors: of the changed part's length.
        changes_per_figure: how many (part, factor) pairs are tried on each figure, drawn at random.
        seed: of that draw.

    Returns:
        Shares in [0, 1] (None where nothing was counted). ``first_finding_right`` is over all changed
        figures, ``sign_right`` over findings on the changed part, ``percent_error_median`` (points) over
        found changes, ``precision_at_certainty_0.9`` over all findings, those on fine figures included.
    """
    rng = np.random.default_rng(seed)
    tally, alarms, whole_unsure, part_unsure = _Tally(), [], [], []
    for skeleton in tqdm(skeletons, unit="figure"):
        parts = [PARTS[i] for i in np.flatnonzero(segment_lengths(skeleton.points) > 0)]
        report = judge(skeleton)
        alarms.append(bool(report.findings))
        whole_unsure.append(report.verdict == "can't tell")
        unsure = {entry.part for entry in report.unsure}
        part_unsure += [part in unsure for part in parts]
        tally.findings += [(finding.certainty, False) for finding in report.findings]
        cases = [(part, factor) for part in parts for factor in factors]
        for index in rng.permutation(len(cases))[:changes_per_figure]:
            part, factor = cases[index]
            tally.add(judge(skeleton.with_points(distort(skeleton.points, part, factor))), part, factor)
    sure = [ok for certainty, ok in tally.findings if certainty >= SURE]
    return {
        "n": len(skeletons),
        "figure_false_alarm": mean_or_none(alarms),
        "part_detection": {str(factor): tally.share(factor=factor) for factor in factors},
        "first_finding_right": mean_or_none(tally.first),
        "sign_right": mean_or_none(tally.sign),
        "percent_error_median": float(np.median(tally.percent_error)) if tally.percent_error else None,
        "precision_at_certainty_0.9": mean_or_none(sure),
        "share_of_findings_at_certainty_0.9": len(sure) / len(tally.findings)
        if tally.findings
        else None,
        "figure_cant_tell": mean_or_none(whole_unsure),
        "part_cant_tell": mean_or_none(part_unsure),
        "by_part": {
            part: {str(factor): tally.share(part, factor) for factor in factors} for part in PARTS
        },
    }


def evaluate_drawings(
    dataset: SyntheticDataset, judge: Callable[[np.ndarray], Report]
) -> dict[str, Any]:
    """Verdicts from pictures with known errors, such as the mixture ``standing-errors``.

    Args:
        dataset: synthetic drawings; a label ``part`` names what is wrong with a figure, if anything.
        judge: ``(H, W, 3)`` picture to report; `BadInput` means that nothing could be said.

    Returns:
        ``fine``: share of right figures that are called so; ``false_alarm``: share with any finding;
        ``cant_tell``: share of all figures called so or in which no figure was found;
        ``named_in_first_two``: share of wrong figures whose part is among the first two findings with
        the right sign, over all, by part, by factor and by family; ``findings_right``: share of the
        first two findings on wrong figures that are right.
    """
    fine, alarm, cant_tell, right = [], [], [], []
    named: dict[str, list[bool]] = defaultdict(list)
    for index in tqdm(range(len(dataset.pictures)), unit="drawing"):
        part, factor = str(dataset.labels["part"][index]), float(dataset.labels["factor"][index])
        try:
            report = judge(dataset.pictures[index])
        except BadInput:
            report = None
        findings = report.findings[:2] if report else ()
        cant_tell.append(report is None or report.verdict == "can't tell")
        if part not in PARTS:
            fine.append(report is not None and report.verdict == "fine")
            alarm.append(bool(findings))
            continue
        hits = [f.part == part and np.sign(f.percent) == np.sign(factor - 1) for f in findings]
        right += hits
        for group in ("all", part, f"{factor:.2g}", str(dataset.labels["family"][index])):
            named[group].append(any(hits))
    return {
        "n": len(dataset.pictures),
        "fine": mean_or_none(fine),
        "false_alarm": mean_or_none(alarm),
        "cant_tell": mean_or_none(cant_tell),
        "findings_right": mean_or_none(right),
        "named_in_first_two": {group: mean_or_none(hits) for group, hits in sorted(named.items())},
    }
