"""The pose estimator's files: weights below 10 MB each, and what is fitted after the training."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from proportion.paths import CHECKPOINTS
from proportion.skeleton import JOINTS

LIMBS_FILE = "limbs.safetensors"
POSE_FILES = "pose-*.safetensors"


@dataclass(frozen=True)
class Calibration:
    """What is fitted on validation drawings after the training.

    Attributes:
        coarse_size: side in pixels of the picture that the first pass sees.
        fine_size: side of the picture of the figure's box that the second pass sees.
        sigma_scale: 18 factors from the network's spread to a standard deviation.
        figure_threshold: probability under which there is no figure.
    """

    coarse_size: int = 192
    fine_size: int = 192
    sigma_scale: tuple[float, ...] = (1.0,) * len(JOINTS)
    figure_threshold: float = 0.5


def save_calibration(calibration: Calibration, folder: Path = CHECKPOINTS) -> None:
    """Write ``pose.json``."""
    (folder / "pose.json").write_text(json.dumps(asdict(calibration), indent=1) + "\n")


def load_calibration(folder: Path = CHECKPOINTS) -> Calibration:
    """Read ``pose.json``."""
    settings = json.loads((folder / "pose.json").read_text())
    settings["sigma_scale"] = tuple(settings["sigma_scale"])
    return Calibration(**settings)


def pose_weights(folder: Path = CHECKPOINTS) -> dict[str, np.ndarray]:
    """The pose network's weights by name, float32."""
    return _weights(*sorted(folder.glob(POSE_FILES)))


def limb_weights(folder: Path = CHECKPOINTS) -> dict[str, np.ndarray]:
    """The limb network's weights by name, float32."""
    return _weights(folder / LIMBS_FILE)


def _weights(*files: Path) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float32) for file in files for name, array in load_file(file).items()}
