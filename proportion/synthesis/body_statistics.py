"""How long the 17 parts of the characters are: samples for style profiles and for the lifter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np

from proportion.skeleton import bone_vectors
from proportion.synthesis.character import Character
from proportion.synthesis.skinning import pose_character

Style = Literal["realistic", "anime", "chibi"]

_ANIME_AND_CHIBI = 3.8
"""Heads tall that part chibi from taller figures, halfway between the canons 2-3 and 4-5 for a child."""

_UPRIGHT = np.tile(np.eye(3), (22, 1, 1))


def part_lengths(character: Character) -> np.ndarray:
    """``(17,)`` lengths in metres of `skeleton.PARTS` between the character's own 18 joints, in 3D."""
    points = pose_character(character, _UPRIGHT).points
    return np.linalg.norm(bone_vectors(points), axis=-1)


def stature(character: Character) -> float:
    """Height in metres of the crown over the soles in the T-pose: hair and hats do not count."""
    posed = pose_character(character, _UPRIGHT)
    return float(posed.points[0, 1] - posed.vertices[:, 1].min())


def heads_tall(character: Character) -> float:
    """Stature over the vertical distance from chin to crown in the T-pose."""
    crown, chin = pose_character(character, _UPRIGHT).points[:2, 1]
    return stature(character) / float(crown - chin)


def style_of(character: Character) -> Style:
    """The style that a figure counts as: stylised ones say so, others by heads tall."""
    for style in ("anime", "chibi"):
        if character.family.startswith(style):
            return style
    return "chibi" if heads_tall(character) < _ANIME_AND_CHIBI else "realistic"


def write_part_lengths(path: Path, characters: Iterable[Character]) -> int:
    """Measure characters into an npz file.

    Args:
        path: gets arrays ``lengths (N, 17)`` as fractions of stature in the order of `PARTS`,
            ``heads_tall (N,)``, and the names ``style``, ``family`` and ``character`` ``(N,)``.
        characters: whom to measure.

    Returns:
        N.
    """
    rows = [
        (part_lengths(c) / stature(c), heads_tall(c), style_of(c), c.family, c.name) for c in characters
    ]
    lengths, heads, styles, families, names = zip(*rows, strict=True)
    np.savez(
        path,
        lengths=np.array(lengths),
        heads_tall=np.array(heads),
        style=np.array(styles),
        family=np.array(families),
        character=np.array(names),
    )
    return len(rows)
