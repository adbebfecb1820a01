"""Part layers of a figure: it can be redrawn with one part changed, without any 3D data."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from proportion.files import written_whole
from proportion.references.library import REFERENCES, FigureStyle
from proportion.skeleton import Skeleton

FORMAT = "proportion-layers/1"
LAYERED = REFERENCES / "layered"


@dataclass(frozen=True, eq=False)
class PartLayer:
    """One part of a figure, whole, also where other parts hide it.

    Attributes:
        part: its name; layers exist for limbs, head, neck and torso.
        offset: (x, y) of the crop's top-left pixel in the figure's picture.
        pixels: (h, w, 4) uint8 RGBA, straight alpha.
    """

    part: str
    offset: tuple[int, int]
    pixels: np.ndarray


@dataclass(frozen=True, eq=False)
class LayeredFigure:
    """A figure as a stack of part layers.

    Attributes:
        id: unique name.
        style: kind of proportions.
        skeleton: its joints; ``image_size`` is the size of the picture that the layers make.
        heads_tall: height of the body in its own heads.
        layers: from the back to the front.
        credit: what must be said of its makers.
    """

    id: str
    style: FigureStyle
    skeleton: Skeleton
    heads_tall: float
    layers: tuple[PartLayer, ...]
    credit: str


def layered_figures(folder: Path = LAYERED) -> tuple[str, ...]:
    """Names of the figures that have part layers, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.zip")))


@lru_cache(maxsize=32)
def load_layered(name: str, folder: Path = LAYERED) -> LayeredFigure:
    """Read one figure (a zip of ``figure.json`` and a WebP for each layer).

    Raises:
        KeyError: there is no such figure.
    """
    if name not in layered_figures(folder):
        raise KeyError(name)
    with zipfile.ZipFile(folder / f"{name}.zip") as pack:
        data = json.loads(pack.read("figure.json"))
        if data["format"] != FORMAT:
            raise ValueError(f"{name}.zip is not {FORMAT}")
        layers = tuple(
            PartLayer(
                entry["part"],
                tuple(entry["offset"]),
                np.asarray(Image.open(io.BytesIO(pack.read(entry["file"]))).convert("RGBA")),
            )
            for entry in data["layers"]
        )
    skeleton = Skeleton.from_json(data["skeleton"])
    return LayeredFigure(data["id"], data["style"], skeleton, data["heads_tall"], layers, data["credit"])


def save_layered(figure: LayeredFigure, folder: Path = LAYERED) -> None:
    """Write the figure's zip, the same bytes for the same figure."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        {"part": layer.part, "offset": layer.offset, "file": f"{index:02d}.webp"}
        for index, layer in enumerate(figure.layers)
    ]
    data = {
        "format": FORMAT,
        "id": figure.id,
        "style": figure.style,
        "heads_tall": round(figure.heads_tall, 2),
        "credit": figure.credit,
        "skeleton": figure.skeleton.to_json(),
        "layers": entries,
    }
    with (
        written_whole(folder / f"{figure.id}.zip") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack,
    ):
        pack.writestr(zipfile.ZipInfo("figure.json"), json.dumps(data))
        for entry, layer in zip(entries, figure.layers, strict=True):
            buffer = io.BytesIO()
            Image.fromarray(layer.pixels, "RGBA").save(buffer, "WEBP", quality=88, method=6)
            pack.writestr(zipfile.ZipInfo(entry["file"]), buffer.getvalue())
