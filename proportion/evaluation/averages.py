"""The mean of a protocol's cases, of which there may be none."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


def mean_or_none(values: Iterable[float]) -> float | None:
    """Mean over all values that are not NaN, of an array of any shape; None where there is none."""
    values = np.asarray(values if isinstance(values, np.ndarray) else list(values), float)
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None
