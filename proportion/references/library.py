"""The library of well-proportioned figures: a picture and a skeleton each, with where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from proportion.paths import ASSETS
from proportion.skeleton import Skeleton

FORMAT = "proportion-references/1"
REFERENCES = ASSETS / "references"
FigureStyle = Literal["realistic", "anime", "chibi"]
_STATES = {"s": "seen", "g": "guessed", "m": "missing"}


@dataclass(frozen=True, eq=False)
class Figure:
    """One well-proportioned figure.

    Attributes:
        id: unique name, also of its picture file.
        style: kind of proportions.
        skeleton: its joints, in pixels of its picture.
        heads_tall: height of the body in its own heads.
        clip: animation that the pose was taken from.
        yaw: degrees that the body is turned to the viewer's right; 0 is the front, 180 the back.
        credit: what must be said of its makers.
        picture_path: the WebP file.
    """

    id: str
    style: FigureStyle
    skeleton: Skeleton
    heads_tall: float
    clip: str
    yaw: float
    credit: str
    picture_path: Path

    def picture(self, mirrored: bool = False) -> np.ndarray:
        """``(H, W, 3)`` uint8 RGB, flipped left to right if mirrored."""
        with Image.open(self.picture_path) as image:
            picture = np.asarray(image.convert("RGB"))
        return np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture


class ReferenceLibrary:
    """Figures by id, in the order of the index."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self.figures = tuple(figures)
        self._by_id = {figure.id: figure for figure in self.figures}

    def __len__(self) -> int:
        return len(self.figures)

    def __getitem__(self, figure_id: str) -> Figure:
        return self._by_id[figure_id]

    def __contains__(self, figure_id: str) -> bool:
        return figure_id in self._by_id

    @classmethod
    def load(cls, folder: Path = REFERENCES) -> ReferenceLibrary:
        """Read the ``index.json`` that `write_index` wrote; pictures are read when asked for."""
        return _load(folder)


@lru_cache(maxsize=1)
def _load(folder: Path) -> ReferenceLibrary:
    data = json.loads((folder / "index.json").read_text())
    if data["format"] != FORMAT:
        raise ValueError(f"{folder}/index.json is not {FORMAT}")
    return ReferenceLibrary(_read_figure(entry, folder) for entry in data["figures"])


def _read_figure(entry: dict, folder: Path) -> Figure:
    states = tuple(_STATES[letter] for letter in entry["states"])
    points = np.array(entry["points"], dtype=float).reshape(-1, 2)
    return Figure(
        entry["id"],
        entry["style"],
        Skeleton(tuple(entry["size"]), points, states),
        entry["heads_tall"],
        entry["clip"],
        entry["yaw"],
        entry["credit"],
        folder / f"{entry['id']}.webp",
    )


def write_index(figures: Iterable[Figure], folder: Path) -> None:
    """Write ``index.json`` beside the pictures, a figure a line."""
    letter = {state: short for short, state in _STATES.items()}
    rows = [
        json.dumps(
            {
                "id": figure.id,
                "style": figure.style,
                "size": figure.skeleton.image_size,
                "points": figure.skeleton.points.round(1).ravel().tolist(),
                "states": "".join(letter[state] for state in figure.skeleton.states),
                "heads_tall": round(figure.heads_tall, 2),
                "clip": figure.clip,
                "yaw": round(figure.yaw, 1),
                "credit": figure.credit,
            },
            ensure_ascii=False,
            allow_nan=False,
        )
        for figure in figures
    ]
    text = f'{{"format": "{FORMAT}", "figures": [\n' + ",\n".join(rows) + "\n]}\n"
    (folder / "index.json").write_text(text, encoding="utf-8")
