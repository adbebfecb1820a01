"""The joints of published anime drawings (Khungurn & Chou 2016) as our skeletons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from proportion.geometry import segment_lengths
from proportion.skeleton import JOINT_INDEX, JOINTS, PARTS

_NAMES = {"shoulder": "arm", "hip": "leg", "toe": "tiptoe"}
_MAX_RATIO = 3.0
_MIN_TORSO = 0.1


class AnimePoses(NamedTuple):
    """Annotated figures; crown, chin and fingertips were never marked and are missing.

    Attributes:
        points: ``(N, 18, 2)`` float64 pixels.
        names: the N files' names.
        dropped: figures left out as mis-marked (see `load_anime_poses`).
    """

    points: np.ndarray
    names: tuple[str, ...]
    dropped: int


def _is_plausible(points: np.ndarray) -> np.ndarray:
    lengths = segment_lengths(points)
    height = np.max(np.nanmax(points, axis=1) - np.nanmin(points, axis=1), axis=-1)
    fine = lengths[:, PARTS.index("torso")] > _MIN_TORSO * height
    for part in ("upper_arm", "forearm", "thigh", "shin"):
        pair = lengths[:, [PARTS.index(f"{side}_{part}") for side in ("left", "right")]]
        longest = pair.max(1) / lengths[:, PARTS.index("torso")]
        fine &= longest < _MAX_RATIO
    return fine


def load_anime_poses(data: Path, split: Literal["train", "val"]) -> AnimePoses:
    """Read ``anime_poses/<split>.json`` of the data pack.

    Dropped as mis-marked: a torso shorter than a tenth of the figure's larger side, or a limb bone of
    more than three torso lengths.
    """
    return read_anime_poses(json.loads((data / "anime_poses" / f"{split}.json").read_text()))


def read_anime_poses(entries: Sequence[dict[str, Any]]) -> AnimePoses:
    """The figures of an AnimeDrawings file; what is dropped is said in `load_anime_poses`."""
    points = np.full((len(entries), len(JOINTS), 2), np.nan)
    for row, entry in enumerate(entries):
        for joint, index in JOINT_INDEX.items():
            side, _, name = joint.partition("_")
            marked = entry["points"].get(f"{_NAMES.get(name, name)}_{side}")
            if marked is not None:
                points[row, index] = marked
    keep = _is_plausible(points)
    names = tuple(entry["file_name"] for entry, kept in zip(entries, keep, strict=True) if kept)
    return AnimePoses(points[keep], names, int((~keep).sum()))
