"""The pose estimator on synthetic drawings, on pictures without a figure, and against the clock."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from tqdm import tqdm

from proportion.errors import BadInput
from proportion.evaluation.pose import Estimate, score
from proportion.skeleton import JOINTS
from proportion.synthesis.dataset import SyntheticDataset
from proportion.synthesis.negatives import draw_negative
from proportion.training.labels import marked

NEGATIVE_STREAM = 977  # apart from the streams that training and calibration draw from


def evaluate_synthetic(
    data: SyntheticDataset, estimate: Estimate, count: int | None = None
) -> dict[str, Any]:
    """Score an estimator on a dataset against joints where people would mark them, by character family.

    Args:
        data: drawings of unseen characters and clips.
        estimate: picture to skeleton.
        count: drawings from the first on; all if None.

    Returns:
        See `evaluation.pose.score`.
    """
    rows = range(min(count or len(data.pictures), len(data.pictures)))
    found, sigma = [], []
    for row in tqdm(rows, unit="drawing"):
        try:
            skeleton = estimate(data.pictures[row])
            found.append(skeleton.points)
            sigma.append(skeleton.sigma)
        except BadInput:
            found.append(np.full((len(JOINTS), 2), np.nan))
            sigma.append(np.full(len(JOINTS), np.nan))
    truth = list(marked(data).labels["points"][: len(rows)].astype(float))
    return score(found, sigma, truth, [str(name) for name in data.labels["family"][: len(rows)]])


def no_figure_rate(estimate: Estimate, count: int = 200, size: int = 512, seed: int = 0) -> float:
    """Share of pictures without a figure that the estimator turns away."""
    rng = np.random.default_rng([seed, NEGATIVE_STREAM])
    turned_away = 0
    for _ in tqdm(range(count), unit="picture"):
        try:
            estimate(draw_negative(rng, size))
        except BadInput:
            turned_away += 1
    return turned_away / count


def pose_latency(estimate: Estimate, picture: np.ndarray, repeats: int = 30) -> dict[str, float]:
    """Milliseconds from a decoded picture to joints, warm: median and 95th percentile."""
    for _ in range(3):
        estimate(picture)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        estimate(picture)
        times.append(1000 * (time.perf_counter() - start))
    return {"median_ms": float(np.median(times)), "p95_ms": float(np.quantile(times, 0.95))}
