"""Characters and poses that the synthesis tests share; loaded once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from proportion.synthesis.character import Character
from proportion.synthesis.gltf import load_character
from proportion.synthesis.poses import PoseBank


@pytest.fixture(scope="session")
def suit(data_dir: Path) -> Character:
    return load_character(data_dir / "characters" / "quaternius_men" / "Suit.glb")


@pytest.fixture(scope="session")
def rogue(data_dir: Path) -> Character:
    return load_character(data_dir / "characters" / "kaykit_adventurers" / "Rogue.glb")


@pytest.fixture(scope="session")
def godette(data_dir: Path) -> Character:
    return load_character(data_dir / "characters" / "godette" / "Godette_vrm_v4.vrm")


@pytest.fixture(scope="session")
def bank(data_dir: Path) -> PoseBank:
    return PoseBank.load(data_dir)


@pytest.fixture
def tpose() -> np.ndarray:
    return np.tile(np.eye(3), (22, 1, 1))
