"""The figures that drawings are made of, besides the rigged characters: made once and worn often."""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from proportion.synthesis.character import Character
from proportion.synthesis.makehuman import load_makehuman
from proportion.synthesis.poses import Split

POOL = 240
"""Number of different figures of a split; a process keeps those that it has made."""


def random_character(data: Path, rng: np.random.Generator, split: Split = "train") -> Character:
    """One of the split's figures. Which figure has which number does not depend on the order of calls.

    Args:
        data: the data pack.
        rng: chooses the figure.
        split: figures of the test split wear hair and clothes that no others wear.
    """
    return pool_character(data, int(rng.integers(POOL)), split)


@lru_cache(maxsize=POOL)
def pool_character(data: Path, index: int, split: Split = "train") -> Character:
    """The figure of a number below `POOL`."""
    rng = np.random.default_rng([zlib.crc32(split.encode()), index])
    return load_makehuman(data).person(rng, split)
