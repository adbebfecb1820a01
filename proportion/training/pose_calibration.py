"""Fits what turns the pose network's numbers into promises: sigma, and when there is no figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tqdm import tqdm

from proportion.evaluation.pose import REGION_90
from proportion.pose.checkpoint import Calibration
from proportion.pose.estimator import NoFigureFound, PoseEstimator
from proportion.pose.limb_network import LimbNetwork
from proportion.pose.network import PoseNetwork
from proportion.pose.passes import estimator_by_torch
from proportion.skeleton import JOINTS
from proportion.synthesis.dataset import SyntheticDataset
from proportion.synthesis.negatives import draw_negative

# Drawings by hand differ more from training drawings than validation ones do: aim above 90%.
COVERAGE = 0.93
MAX_EMPTY_FOUND, MAX_THRESHOLD = 0.02, 0.94
_EMPTY_PICTURES, _EMPTY_SIZE = 120, 256


def calibrate(
    network: PoseNetwork,
    validation: SyntheticDataset,
    sizes: tuple[int, int],
    limbs: LimbNetwork | None = None,
    *,
    count: int = 600,
    seed: int = 0,
) -> Calibration:
    """Fit the calibration on drawings that the networks were not trained on.

    Args:
        network: in evaluation mode.
        validation: drawings of other clips than those of the training.
        sizes: sides of the pictures of the first and the second pass.
        limbs: what looks at the limbs in a third pass, if anything does.
        count: drawings to use.
        seed: of the pictures without a figure.

    Returns:
        Factors per joint with which a share `COVERAGE` of true joints lies in the radius that holds
        90% of a normal distribution; the lowest threshold in [0.5, 0.94] that lets no more than 2% of
        pictures without a figure pass.
    """
    start = Calibration(*sizes, figure_threshold=0.0)
    estimator = estimator_by_torch(network, start, limbs)
    ratios: list[np.ndarray] = []
    for row in tqdm(range(min(count, len(validation.pictures))), unit="drawing"):
        try:
            found = estimator.estimate(validation.pictures[row])
        except NoFigureFound:
            continue
        error = np.linalg.norm(found.points - validation.labels["points"][row], axis=1)
        ratios.append(error / found.sigma)
    scale = np.nanquantile(np.array(ratios), COVERAGE, axis=0) / REGION_90
    rng = np.random.default_rng([seed, 2])
    empty = [
        figure_score(estimator, draw_negative(rng, _EMPTY_SIZE))
        for _ in tqdm(range(_EMPTY_PICTURES), unit="empty picture")
    ]
    threshold = float(np.clip(np.quantile(empty, 1 - MAX_EMPTY_FOUND), 0.5, MAX_THRESHOLD))
    assert scale.shape == (len(JOINTS),)
    return replace(
        start, sigma_scale=tuple(float(round(s, 4)) for s in scale), figure_threshold=round(threshold, 4)
    )


def figure_score(estimator: PoseEstimator, picture: np.ndarray) -> float:
    """The estimator's probability that there is a figure, 0 where it sees too few joints."""
    sight = estimator.sight(picture)
    return 0.0 if sight is None else sight.figure
