"""Rig joints moved to where people mark the joints of drawings.

A rig bends where its maker found it handy; people mark what they see. MoveNet, which learnt from marked
people, lies between both: the medians of (MoveNet - rig) on rendered drawings of each family, less those
of (MoveNet - marked) on `data/drawings`, gave these moves as shares of a limb or of the trunk; only what
exceeded 3% of the torso diagonal is moved. Hips were then moved by what a first network still missed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from proportion.skeleton import JOINT_INDEX, joint_points
from proportion.synthesis.dataset import SyntheticDataset

# source: (wrists outwards along the forearm, shoulders up along the trunk, hips down along the trunk)
_MOVES = {
    "quaternius_men": (0.2, 0.04, 0.03),
    "quaternius_women": (0.2, 0.04, 0.06),
    "makehuman": (0.0, 0.04, 0.11),
    "flat/peep": (0.0, 0.0, 0.07),
    "flat/clipart": (0.0, 0.0, 0.07),
    "flat/mannequin": (0.0, 0.0, 0.07),
}


def _source(family: str, character: str) -> str:
    """What a figure was made of: stylised ones keep the joints of the body that they started from."""
    family = family.removesuffix("_test")
    if family in ("anime", "chibi"):
        return character.rpartition("/")[2].partition("-")[0]
    return character if family == "flat" else family


def as_marked(points: np.ndarray, families: np.ndarray, characters: np.ndarray) -> np.ndarray:
    """Training labels in the convention of marked drawings.

    Args:
        points: ``(N, 18, 2)`` joints of rendered drawings; NaN where missing.
        families: ``(N,)`` names, as in `SyntheticDataset.labels`.
        characters: ``(N,)`` names; those of unknown make stay as they are.

    Returns:
        ``(N, 18, 2)``.
    """
    moved = points.copy()
    sources = np.array([_source(str(f), str(c)) for f, c in zip(families, characters, strict=True)])
    for source, (wrists, shoulders, hips) in _MOVES.items():
        rows = np.flatnonzero(sources == source)
        figures = points[rows]
        trunk = joint_points(figures, "neck") - joint_points(figures, "pelvis")
        trunk = np.where(np.isfinite(trunk), trunk, 0.0)
        for side in ("left", "right"):
            elbow, wrist = (figures[:, JOINT_INDEX[f"{side}_{name}"]] for name in ("elbow", "wrist"))
            along = np.where(np.isfinite(elbow), wrist - elbow, 0.0)
            moved[rows, JOINT_INDEX[f"{side}_wrist"]] += (wrists * along).astype(points.dtype)
            moved[rows, JOINT_INDEX[f"{side}_shoulder"]] += (shoulders * trunk).astype(points.dtype)
            moved[rows, JOINT_INDEX[f"{side}_hip"]] -= (hips * trunk).astype(points.dtype)
    return moved


def marked(data: SyntheticDataset) -> SyntheticDataset:
    """A dataset with its joints where people mark them."""
    labels = data.labels
    points = as_marked(labels["points"], labels["family"], labels["character"])
    return replace(data, labels={**labels, "points": points})
