"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data pack (characters, poses, drawings); skips where it is not there."""
    folder = Path(os.environ.get("PROPORTION_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "poses" / "poses.npz").is_file():
        pytest.skip("needs the training data pack; set PROPORTION_DATA to its folder")
    return folder
