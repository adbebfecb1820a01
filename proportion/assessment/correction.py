"""The corrected figure: the same pose and place on the page, lengths moved until nothing is wrong."""

from __future__ import annotations

import numpy as np

from proportion.assessment.measures import scale_parts
from proportion.skeleton import Skeleton


def corrected(skeleton: Skeleton, factors: np.ndarray) -> Skeleton:
    """Scale parts along their own directions; what hangs on them moves along, the pelvis stays.

    Args:
        skeleton: the figure as drawn.
        factors: ``(17,)`` of each part's length, 1 where nothing is to change.
    """
    return skeleton.with_points(scale_parts(skeleton.points, factors))
