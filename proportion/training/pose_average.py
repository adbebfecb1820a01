"""Ships the mean of several pose runs, each of which went on from the one before.

A run that goes on fits the synthetic drawings better and real ones not always; the mean of the weights
of such warm restarts generalises better than the last of them (stochastic weight averaging, Izmailov et
al. 2018, section 3).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from proportion.pose.checkpoint import load_pose, save_pose
from proportion.pose.network import PoseNetwork
from proportion.synthesis.dataset import SyntheticDataset
from proportion.training.labels import marked
from proportion.training.pose_calibration import calibrate


def mean_of(networks: Sequence[PoseNetwork]) -> PoseNetwork:
    """A network in evaluation mode whose every weight is the mean of the networks'."""
    states = [network.state_dict() for network in networks]
    mean = PoseNetwork()
    mean.load_state_dict({name: torch.stack([s[name] for s in states]).mean(0) for name in states[0]})
    return mean.to(memory_format=torch.channels_last).eval()


def average(runs: Sequence[Path], drawings: Path, out: Path, *, seed: int = 0) -> None:
    """Average runs' checkpoints, calibrate the mean and write it.

    Args:
        runs: folders with checkpoints of `training.pose.train`.
        drawings: the last run's; the dataset named ``val`` in it calibrates.
        out: folder of the checkpoint.
        seed: of the calibration.
    """
    networks, calibrations = zip(*(load_pose(run) for run in runs), strict=True)
    mean, last = mean_of(networks), calibrations[-1]
    validation = marked(SyntheticDataset.open(drawings / "val"))
    save_pose(mean, calibrate(mean, validation, (last.coarse_size, last.fine_size), seed=seed), out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Ship the mean of several pose runs.")
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--data", type=Path, required=True, help="folder of drawings with val in it")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    average(options.runs, options.data, options.out)
