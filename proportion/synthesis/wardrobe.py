"""The figures that drawings are made of, besides the rigged characters: made once and worn often."""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from proportion.synthesis.body_plans import BodyPlan
from proportion.synthesis.character import Character
from proportion.synthesis.library import load_characters
from proportion.synthesis.makehuman import load_makehuman
from proportion.synthesis.mannequin import doll, mannequin
from proportion.synthesis.poses import Split
from proportion.synthesis.stylise import stylise

POOL = 320
"""Number of different figures of a split and a set of people; a process keeps those that it has made."""

_SHARES = {"makehuman": 0.2, "mannequin": 0.1, "anime": 0.4, "chibi": 0.3}
_BODIES = {"anime": (0.7, 0.15, 0.15), "chibi": (0.5, 0.15, 0.35)}
"""Shares of MakeHuman people, rigged characters and dolls among the bodies that are stylised."""


def random_character(
    data: Path, rng: np.random.Generator, split: Split = "train", people: int = 0
) -> Character:
    """One of the split's figures. Which figure has which number does not depend on the order of calls.

    Args:
        data: the data pack.
        rng: chooses the figure.
        split: figures of the test split wear hair and clothes that no others wear; their families end
            in ``_test``.
        people: which set of them; each number gives others, made of the same parts.
    """
    return pool_character(data, int(rng.integers(POOL)), split, people)


@lru_cache(maxsize=POOL)
def pool_character(data: Path, index: int, split: Split = "train", people: int = 0) -> Character:
    """The figure of a number below `POOL` in a set of people."""
    # numpy pads a short seed with zeros: people 0 are those whom it gave before there were others.
    rng = np.random.default_rng([zlib.crc32(split.encode()), index, people])
    kind = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
    if kind == "makehuman":
        return load_makehuman(data).person(rng, split)
    if kind == "mannequin":
        style = str(rng.choice(["realistic", "anime", "chibi"]))
        make = mannequin if rng.random() < 0.6 else doll
        return make(BodyPlan.random(style, rng), rng)
    source = rng.choice(3, p=_BODIES[kind])
    if source == 0:
        body = load_makehuman(data).person(rng, split, bald=True)
    elif source == 1:
        rigged = _rigged(data, split)
        body = rigged[rng.integers(len(rigged))]
    else:
        body = doll(BodyPlan.random(kind, rng), rng)
    return stylise(body, kind, rng, split)


@lru_cache(maxsize=2)
def _rigged(data: Path, split: Split) -> list[Character]:
    return load_characters(data, split)
