"""The figures that drawings are made of, besides the rigged characters: made once and worn often."""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from proportion.synthesis.character import Character
from proportion.synthesis.library import load_characters
from proportion.synthesis.makehuman import load_makehuman
from proportion.synthesis.poses import Split
from proportion.synthesis.stylise import stylise

POOL = 320
"""Number of different figures of a split; a process keeps those that it has made."""

_SHARES = {"makehuman": 0.25, "anime": 0.45, "chibi": 0.3}
_RIGGED = 0.15  # share of the stylised figures whose body is a rigged character's


def random_character(data: Path, rng: np.random.Generator, split: Split = "train") -> Character:
    """One of the split's figures. Which figure has which number does not depend on the order of calls.

    Args:
        data: the data pack.
        rng: chooses the figure.
        split: figures of the test split wear hair and clothes that no others wear; their families end
            in ``_test``.
    """
    return pool_character(data, int(rng.integers(POOL)), split)


@lru_cache(maxsize=POOL)
def pool_character(data: Path, index: int, split: Split = "train") -> Character:
    """The figure of a number below `POOL`."""
    rng = np.random.default_rng([zlib.crc32(split.encode()), index])
    kind = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
    people = load_makehuman(data)
    if kind == "makehuman":
        return people.person(rng, split)
    if rng.random() < _RIGGED:
        rigged = _rigged(data, split)
        body = rigged[rng.integers(len(rigged))]
    else:
        body = people.person(rng, split, bald=True)
    return stylise(body, kind, rng, split)


@lru_cache(maxsize=2)
def _rigged(data: Path, split: Split) -> list[Character]:
    return load_characters(data, split)
