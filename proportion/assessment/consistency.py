"""BPLP-C: how constant each part of one character is over several drawings.

Body Part Length Proportion Consistency asks how little each part's length, relative to the body, varies
over figures of the same person, without ground truth; here over the drawings of a character sheet.
"""

from __future__ import annotations

import numpy as np

from proportion.assessment.lifting import Lifted
from proportion.assessment.report import Consistency, Deviation
from proportion.skeleton import PARTS

_MOST, _NOTABLE, _SURE = 8, 0.10, 1.5


def consistency(lifted: list[Lifted], visible: np.ndarray) -> Consistency | None:
    """Score and deviations of K drawings of one character.

    Args:
        lifted: the K drawings; the checked one first.
        visible: ``(K, 17)`` bool: which parts each shows.

    Returns:
        ``score`` = 1 - mean coefficient of variation over the parts seen at least twice (0 at worst);
        deviations of more than 10% from the median of the other drawings that exceed their own
        uncertainty, largest first; of two drawings only those of the first, as the second's are the
        same. None where no part is seen twice.
    """
    logs = np.where(visible, np.array([figure.log_lengths for figure in lifted]), np.nan)
    doubt = np.array([figure.sd for figure in lifted])
    shared = visible.sum(0) >= 2
    if not shared.any():
        return None
    lengths = np.exp(logs[:, shared])
    variation = np.nanstd(lengths, axis=0) / np.nanmean(lengths, axis=0)
    usual = [
        np.nanmedian(np.where(shared, np.delete(logs, row, axis=0), 0.0), axis=0)
        for row in range(len(logs))
    ]
    away = np.where(visible & shared, logs - usual, 0.0)
    if len(away) == 2:
        away[1] = 0.0
    notable = (np.abs(away) > _NOTABLE) & (np.abs(away) > _SURE * doubt)
    rows = sorted(zip(*np.nonzero(notable), strict=True), key=lambda at: -abs(away[at]))[:_MOST]
    return Consistency(
        float(np.clip(1 - variation.mean(), 0, 1)),
        tuple(
            Deviation(int(drawing), PARTS[part], round(100 * float(np.expm1(away[drawing, part])), 1))
            for drawing, part in rows
        ),
    )
