"""Draws the matcher's heatmaps on synthetic drawings that no training saw, good and bad ones.

``python -m proportion.evaluation.matcher_figures --drawings DIR --out docs``, with a folder made by
``synthesize --split test --mixture standing-errors``. References are retrieved as the page does it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib import pyplot

from proportion.assessment.assessor import Assessor
from proportion.drawing.heatmap import draw_heatmap
from proportion.skeleton import PARTS
from proportion.synthesis.dataset import SyntheticDataset

_COLUMNS = 6


class Shown(NamedTuple):
    """A drawing with its heat, and where its changed part stands among all, coldest first (0)."""

    picture: np.ndarray
    title: str
    rank: int | None


def heat_on_drawings(dataset: SyntheticDataset, indices: Sequence[int]) -> list[Shown]:
    """Compare drawings, by their true joints, with retrieved references."""
    assessor = Assessor.load()
    found = []
    for index in indices:
        part, factor = (dataset.labels[key][index] for key in ("part", "factor"))
        skeleton, picture = dataset.skeleton(index), dataset.pictures[index]
        comparison = assessor.assess(skeleton).comparison
        height, width = picture.shape[:2]
        shown = draw_heatmap(picture, comparison.heat_in_picture((width, height)), skeleton)
        heat = {name: value for name, value in comparison.heat_of_parts().items() if value is not None}
        order = sorted(heat, key=heat.__getitem__)
        wrong = str(part) in PARTS
        told = f"{part} x{factor:.2f}" if wrong else "nothing wrong"
        title = f"{told.replace('_', ' ')}\ncoldest: {order[0].replace('_', ' ')} {heat[order[0]]:.2f}"
        title += f"\nsimilarity {comparison.similarity:.2f}"
        found.append(Shown(shown, title, order.index(str(part)) if wrong else None))
    return found


def draw_rows(rows: dict[str, list[Shown]], path: Path) -> None:
    """One labelled row of pictures after another."""
    matplotlib.use("Agg")
    figure, axes = pyplot.subplots(
        len(rows), _COLUMNS, figsize=(2.1 * _COLUMNS, 2.75 * len(rows)), squeeze=False
    )
    for line, (label, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(label)
        for place, shown in zip(line, pictures, strict=False):
            place.imshow(shown.picture)
            place.set_title(shown.title, fontsize=7)
        for place in line:
            place.set(xticks=[], yticks=[])
            place.spines[:].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def main() -> None:
    """Take the first drawings of the folder; sort them by whether the map points at the change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawings", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    parser.add_argument("--count", type=int, default=80)
    options = parser.parse_args()
    dataset = SyntheticDataset.open(options.drawings)
    found = heat_on_drawings(dataset, range(min(options.count, len(dataset))))
    wrong = [shown for shown in found if shown.rank is not None]
    rows = {
        "found": [shown for shown in wrong if shown.rank == 0],
        "missed": [shown for shown in wrong if shown.rank > 2],
        "fine": [shown for shown in found if shown.rank is None],
    }
    options.out.mkdir(parents=True, exist_ok=True)
    draw_rows(rows, options.out / "matcher-heatmaps.png")
    ranks = np.array([shown.rank for shown in wrong])
    print(
        f"{len(wrong)} changed: coldest {np.mean(ranks == 0):.2f}, among three {np.mean(ranks < 3):.2f}"
    )


if __name__ == "__main__":
    main()
