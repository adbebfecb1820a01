"""The shipped estimator and the sample drawings, for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from proportion.paths import CHECKPOINTS
from proportion.pose.estimator import PoseEstimator


@pytest.fixture(scope="session")
def estimator() -> PoseEstimator:
    return PoseEstimator.load()


@pytest.fixture(scope="session")
def samples() -> list[Path]:
    return sorted((CHECKPOINTS.parent / "assets" / "samples").glob("*.webp"))
