"""Does retrieval find a figure in the same pose, whatever lengths a learner drew, and how fast?

Queries are right figures of the rigged characters in poses of the validation and test clips, half of
them standing, half as drawings show people (all views). The library holds those clips too, so figures
of the query's own clip are left out of each search.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from proportion.references.library import FigureStyle, ReferenceLibrary
from proportion.references.retrieval import PoseIndex, Retriever
from proportion.skeleton import Skeleton
from proportion.synthesis.distortions import LIMB_PARTS
from proportion.synthesis.distortions2d import distort
from proportion.synthesis.library import load_characters
from proportion.synthesis.posed_views import ViewSampler
from proportion.synthesis.poses import PoseBank, split_of_clip

_SCALES = (0.5, 1.5)
_MILLION = 1_000_000
_SEARCHES = 20


@dataclass(frozen=True)
class _Query:
    """A right figure to find others for."""

    skeleton: Skeleton
    style: FigureStyle
    clip: str


def evaluate_retrieval(data: Path, count: int = 1500, seed: int = 0) -> dict[str, Any]:
    """Measure the library that is shipped.

    Args:
        data: folder of the training data pack.
        count: queries of each of the two groups.
        seed: of the queries.

    Returns:
        ``n`` queries; ``median_degrees`` to the first figure of the query's style, as a check asks for
        it, over all queries and by group; ``median_degrees_any_style``; ``unchanged_by_scaling``: share
        of queries whose first figure stays when a limb is scaled by 0.5 to 1.5; ``million_ms``: median
        time of a search for the top five among a million skeletons.
    """
    rng = np.random.default_rng(seed)
    retriever = Retriever(ReferenceLibrary.load())
    groups = _queries(data, count, rng)
    own_style = {name: _first_distances(retriever, group) for name, group in groups.items()}
    every = [query for group in groups.values() for query in group]
    return {
        "n": len(every),
        "figures": len(retriever.library),
        "median_degrees": float(np.median(np.concatenate(list(own_style.values())))),
        "median_degrees_by_group": {name: float(np.median(d)) for name, d in own_style.items()},
        "median_degrees_any_style": float(np.median(_first_distances(retriever, every, True))),
        "unchanged_by_scaling": _unchanged_by_scaling(retriever, every, rng),
        "million_ms": _million_ms(retriever.library, every[:_SEARCHES], rng),
    }


def _queries(data: Path, count: int, rng: np.random.Generator) -> dict[str, list[_Query]]:
    bank = PoseBank.load(data)
    bank = bank.take(np.flatnonzero([split_of_clip(clip) != "train" for clip in bank.clips]))
    characters, styles = load_characters(data), get_args(FigureStyle)
    groups = {}
    for name, only_standing in (("standing", True), ("all_views", False)):
        sampler = ViewSampler(characters, bank, only_standing)
        views = [sampler.draw(styles[index % len(styles)], rng) for index in range(count)]
        groups[name] = [_Query(Skeleton((1, 1), v.points), v.style, v.pose.clip) for v in views]
    return groups


def _first_distances(
    retriever: Retriever, queries: Sequence[_Query], any_style: bool = False
) -> list[float]:
    return [
        retriever.search(q.skeleton, 1, None if any_style else q.style, q.clip)[0].pose_distance
        for q in queries
    ]


def _unchanged_by_scaling(
    retriever: Retriever, queries: Sequence[_Query], rng: np.random.Generator
) -> float:
    same = []
    for query in queries:
        part, factor = str(rng.choice(LIMB_PARTS)), rng.uniform(*_SCALES)
        scaled = query.skeleton.with_points(distort(query.skeleton.points, part, factor))
        first, second = (
            retriever.search(skeleton, 1, query.style, query.clip)[0]
            for skeleton in (query.skeleton, scaled)
        )
        same.append((first.figure.id, first.mirrored) == (second.figure.id, second.mirrored))
    return float(np.mean(same))


def _million_ms(library: ReferenceLibrary, queries: Sequence[_Query], rng: np.random.Generator) -> float:
    """The library's skeletons over and over, each with its joints moved a little."""
    points = np.array([figure.skeleton.points for figure in library.figures], np.float32)
    points = points[rng.integers(len(points), size=_MILLION)]
    points += rng.normal(0, 2, points.shape).astype(np.float32)
    index = PoseIndex(points)
    times = []
    for query in queries:
        start = time.perf_counter()
        index.search(query.skeleton.points, 5)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))
