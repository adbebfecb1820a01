"""What a corrected figure promises: the same pose, nothing changed but findings, nothing left wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from proportion.assessment.report import Report
from proportion.geometry import angle_difference, segment_angles, segment_lengths
from proportion.skeleton import PARTS, Skeleton
from proportion.synthesis.distortions2d import distort

FACTORS = (0.6, 0.7, 1.3, 1.6)


def evaluate_corrections(
    skeletons: Sequence[Skeleton], judge: Callable[[Skeleton], Report], *, seed: int = 0
) -> dict[str, Any]:
    """Change one part of each figure at random, and look at what is offered as its correction.

    Args:
        skeletons: right figures.
        judge: skeleton to report.
        seed: of the changes.

    Returns:
        ``n`` figures with findings; ``fine_again``: share whose correction is called fine;
        ``most_turned``: degrees that any bone turned by; ``most_others_changed``: greatest relative
        change of a part without a finding, unsure ones among them.
    """
    rng = np.random.default_rng(seed)
    fine, turned, changed = [], [0.0], [0.0]
    for skeleton in tqdm(skeletons, unit="figure"):
        parts = [PARTS[i] for i in np.flatnonzero(segment_lengths(skeleton.points) > 0)]
        part, factor = str(rng.choice(parts)), float(rng.choice(FACTORS))
        wrong = skeleton.with_points(distort(skeleton.points, part, factor))
        report = judge(wrong)
        if not report.findings:
            continue
        right = report.corrected_skeleton
        fine.append(judge(right).verdict == "fine")
        turn = angle_difference(segment_angles(wrong.points), segment_angles(right.points))
        turned.append(float(np.nanmax(np.abs(turn))))
        named = {finding.part for finding in report.findings}
        others = [index for index, name in enumerate(PARTS) if name not in named]
        before, after = segment_lengths(wrong.points)[others], segment_lengths(right.points)[others]
        changed.append(float(np.nanmax(np.abs(after / np.where(before > 0, before, np.nan) - 1))))
    return {
        "n": len(fine),
        "fine_again": float(np.mean(fine)) if fine else None,
        "most_turned": max(turned),
        "most_others_changed": max(changed),
    }
