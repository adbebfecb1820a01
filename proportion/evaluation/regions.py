"""The protocol of `evaluate regions`: does the map point at what was changed?

Sixteen cells (left, right, upper, lower x 0.5, 0.7, 1.3, 1.5) and every part x 0.6, 0.75, 1.3, 1.6; how
halves are changed so that upper and lower can be told apart is said in `synthesis.distortions2d`. A cell
is right when the undistorted half is warmer than the distorted one: by mean *intensity* over bone pixels
of the re-rendered learner, by *extent* (share of bone pixels at half of the maximum or more), or by
*either* (the paper's wording). Pixels of both halves count in neither; ties are wrong and counted. A
single part is right when it is the coldest of all, each by its mean over its bone's pixels. Fine figures
come as they are and, with the same standard, turned, scaled and shifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from proportion.evaluation.alignment import evaluate_alignment, evaluate_perfect_match, random_moves
from proportion.evaluation.averages import mean_or_none
from proportion.evaluation.region_data import DATA_SETS, REFERENCES, RegionData, load_region_data
from proportion.evaluation.region_scorers import (
    HALF_FACTORS,
    MILD_FACTORS,
    PART_FACTORS,
    JointsScorer,
    MatcherScorer,
    Scorer,
    Scores,
    uniform_scorer,
)
from proportion.geometry import apply_transform
from proportion.matching.matcher import Matcher
from proportion.matching.network import MatchNetwork
from proportion.skeleton import PARTS
from proportion.synthesis.distortions2d import (
    HALVES,
    OTHER_HALF,
    PARTS_OF_HALF,
    changed_parts,
    distort,
)

_TIE = 1e-9
_RESAMPLES = 1000
_AUC_RESAMPLES = 200
_CLEAN_DRAWS = 4
"""Figures without an error: as they are, and moved as the paper's proportion-preserving variants."""
_CALIBRATION_BINS = 10


class Network(NamedTuple):
    """What is measured: a scorer for halves and clean figures, and one for single parts.

    Attributes:
        halves, parts: the same, but for baselines that are told which they face; None: no parts.
        references: what it is compared with; single parts with their own standard only.
    """

    halves: Scorer
    parts: Scorer | None
    references: tuple[str, ...] = REFERENCES


PART_DATA = ("narrow", "wide")
"""Where single parts are measured, against the figure's own standard (drawings lack heads and hands)."""
GIVEN_REFERENCES = ("own", "retrieved", "random_same_pose")


def default_networks(matcher: Matcher) -> dict[str, Network]:
    """A matcher as "ours", and the controls."""
    ours = MatcherScorer(matcher)
    torch.manual_seed(0)
    untrained = MatcherScorer(Matcher(MatchNetwork()))
    return {
        "ours": Network(ours, ours),
        "untrained": Network(untrained, None, ("own", "retrieved")),
        "uniform": Network(uniform_scorer, None, ("own",)),
        "joints": Network(JointsScorer(halves=True), JointsScorer(halves=False), GIVEN_REFERENCES),
    }


def _pixels(bones: np.ndarray, parts: Iterable[str]) -> np.ndarray:
    return bones[:, [PARTS.index(part) for part in parts]].any(1)


def _mean_over(heat: np.ndarray, where: np.ndarray) -> np.ndarray:
    count = where.sum((1, 2))
    mean = (heat * where).sum((1, 2)) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def judge_half(scores: Scores, half: str) -> dict[str, np.ndarray]:
    """``(N,)`` bool for each criterion: is the undistorted half warmer? And which are ties."""
    changed = _pixels(scores.bones, PARTS_OF_HALF[half])
    kept = _pixels(scores.bones, PARTS_OF_HALF[OTHER_HALF[half]])
    changed, kept = changed & ~kept, kept & ~changed
    drawn = scores.bones.any(1)
    top = np.where(drawn, scores.heat, -np.inf).max((1, 2))[:, None, None]
    gaps = {
        "intensity": _mean_over(scores.heat, kept) - _mean_over(scores.heat, changed),
        "extent": _mean_over(scores.heat >= top / 2, kept) - _mean_over(scores.heat >= top / 2, changed),
    }
    right = {name: gap > _TIE for name, gap in gaps.items()}
    ties = ~(np.abs(gaps["intensity"]) > _TIE)  # or nothing to compare: a half that lies out of the map
    return right | {"either": right["intensity"] | right["extent"], "ties": ties}


def heat_of_drawn_parts(scores: Scores) -> np.ndarray:
    """``(N, 17)`` mean heat over each part's pixels, NaN where it is not drawn."""
    bones = scores.bones.reshape(*scores.bones.shape[:2], -1).astype(np.float32)
    count = bones.sum(-1)
    heat = np.einsum("npk,nk->np", bones, scores.heat.reshape(len(bones), -1).astype(np.float32))
    return np.where(count > 0, heat / np.maximum(count, 1), np.nan)


def _interval(right: np.ndarray, rng: np.random.Generator) -> list[float]:
    """95% bootstrap interval of a mean over originals (rows)."""
    per_original = np.nanmean(right.astype(float), axis=1)
    picks = rng.integers(len(per_original), size=(_RESAMPLES, len(per_original)))
    return [float(v) for v in np.quantile(per_original[picks].mean(1), (0.025, 0.975))]


def _auc_interval(bad: np.ndarray, good: np.ndarray, seed: int) -> list[float]:
    """95% bootstrap interval over originals (columns) of the area under the ROC curve."""
    rng = np.random.default_rng(seed)
    fine = np.repeat([0.0, 1.0], [bad.size, good.size])
    found = []
    for _ in range(_AUC_RESAMPLES):
        picks = rng.integers(bad.shape[1], size=bad.shape[1])
        found.append(roc_auc_score(fine, np.concatenate([bad[:, picks], good[:, picks]], None)))
    return [float(v) for v in np.quantile(found, (0.025, 0.975))]


def expected_calibration_error(probability: np.ndarray, truth: np.ndarray) -> float:
    """Mean gap between predicted and true share over ten bins of equal width, weighted by their size."""
    bins = np.minimum((probability * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
    size = np.bincount(bins, minlength=_CALIBRATION_BINS)
    gap = np.bincount(bins, probability - truth, minlength=_CALIBRATION_BINS)
    return float(np.abs(gap).sum() / size.sum())


def judge_part(heat: np.ndarray, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Is the part the coldest, and is it a tie, of ``(N, 17)`` heats? NaN where it is not drawn."""
    seen = np.isfinite(heat[:, PARTS.index(part)])
    filled = np.where(np.isfinite(heat), heat, np.inf)
    ties = (filled <= filled.min(1, keepdims=True) + _TIE).sum(1) > 1
    right = (filled.argmin(1) == PARTS.index(part)) & ~ties
    return np.where(seen, right, np.nan), np.where(seen, ties, np.nan)


def _measure(
    name: str, network: Network, reference: str, data: RegionData, seed: int, *, parts: bool
) -> dict[str, Any]:
    """All numbers of one network, data set and reference."""
    rows = np.arange(len(data.points))
    tag = {"network": name, "reference": reference}
    found: dict[str, Any] = {"cells": [], "parts": []}

    def score(scorer: Scorer, changed: np.ndarray, stream: int, *, moved: bool = False) -> Scores:
        rng = np.random.default_rng((seed, stream))
        learner = data.noisy(changed, rows, rng)
        standard = data.reference(reference, learner, rows, rng)
        if moved:
            learner = apply_transform(random_moves(rng, len(rows)), learner)
        return scorer(learner, standard)

    right, similarity, heats, truths, stream = [], [], [], [], 0
    for half in HALVES:
        for factor in HALF_FACTORS:
            stream += 1
            scores = score(network.halves, distort(data.points, half, factor), stream)
            judged = judge_half(scores, half)
            shares = {key: float(value.mean()) for key, value in judged.items()}
            found["cells"].append(tag | {"half": half, "factor": factor} | shares | {"n": len(rows)})
            right.append(judged["intensity"])
            similarity.append(scores.similarity)
            heats.append(heat_of_drawn_parts(scores))
            truths.append(np.broadcast_to(changed_parts(half), heats[-1].shape))
    clean = [
        score(network.halves, data.points, 1000 + k, moved=k % 2 == 1).similarity
        for k in range(_CLEAN_DRAWS)
    ]
    part_right = []
    for part in PARTS if parts and network.parts and reference == "own" else ():
        for factor in PART_FACTORS:
            stream += 1
            scores = score(network.parts, distort(data.points, part, factor), stream)
            heat = heat_of_drawn_parts(scores)
            coldest, ties = judge_part(heat, part)
            if not np.isfinite(coldest).any():
                continue
            shares = {"coldest": float(np.nanmean(coldest)), "ties": float(np.nanmean(ties))}
            shares["n"] = int(np.isfinite(coldest).sum())
            found["parts"].append(tag | {"part": part, "factor": factor} | shares)
            if factor in MILD_FACTORS:
                part_right.append(coldest)
            heats.append(heat)
            truths.append(np.broadcast_to(changed_parts(part), heat.shape))
    found["right"] = np.stack(right, 1)
    found["summary"] = tag | _summary(found, right, part_right, similarity, clean, heats, truths, seed)
    return found


def _summary(found, right, part_right, similarity, clean, heats, truths, seed: int) -> dict[str, Any]:
    directions = {
        half: float(np.mean([c["intensity"] for c in found["cells"] if c["half"] == half]))
        for half in HALVES
    }
    bad, good = np.concatenate(similarity), np.concatenate(clean)
    fine = np.repeat([0.0, 1.0], [len(bad), len(good)])
    both = np.concatenate([bad, good])
    heat, truth = np.concatenate(heats).ravel(), np.concatenate(truths).ravel()
    known = np.isfinite(heat) & np.isfinite(truth)
    # As many fine figures as wrong ones: what the similarity is calibrated for.
    balanced = np.concatenate([bad, np.resize(good, len(bad))])
    interval = _interval(np.stack(right, 1), np.random.default_rng(seed))
    return {
        "mean": float(np.mean([c["intensity"] for c in found["cells"]])),
        "mean_interval": interval,
        "extent": float(np.mean([c["extent"] for c in found["cells"]])),
        "either": float(np.mean([c["either"] for c in found["cells"]])),
        "ties": float(np.mean([c["ties"] for c in found["cells"]])),
        "worst_cell": float(min(c["intensity"] for c in found["cells"])),
        "directions": directions,
        "worst_direction": min(directions.values()),
        "upper_lower_gap": abs(directions["upper"] - directions["lower"]),
        "auc": float(roc_auc_score(fine, both)),
        "auc_interval": _auc_interval(np.stack(similarity), np.stack(clean), seed),
        "similarity": {
            "wrong": float(bad.mean()),
            "fine": float(np.mean(clean[::2])),
            "fine_moved": float(np.mean(clean[1::2])),
        },
        "bone_auroc": float(roc_auc_score(truth[known], -heat[known])) if known.any() else None,
        "calibration_error": expected_calibration_error(
            np.clip(balanced, 0, 1), np.repeat([0.0, 1.0], len(bad))
        ),
        "part_coldest": mean_or_none([p["coldest"] for p in found["parts"]]),
        "part_coldest_mild": mean_or_none(
            [p["coldest"] for p in found["parts"] if p["factor"] in MILD_FACTORS]
        ),
        "part_coldest_mild_interval": (
            _interval(np.stack(part_right, 1), np.random.default_rng(seed)) if part_right else None
        ),
        "n": len(right[0]),
    }


def _comparisons(jobs: Iterable[tuple[str, str, str]]) -> list[tuple]:
    """Which rows are compared on the same learners: ours with joints alone, and with no help."""
    found = []
    for data, network, reference in jobs:
        if network == "ours":
            found.append(((data, network, reference), (data, "joints", reference)))
        if network == "ours" and reference == "retrieved":
            found += [((data, network, reference), (data, network, k)) for k in ("none", "shuffled")]
    return found


def evaluate_regions(
    data: Path,
    names: Iterable[str] = DATA_SETS,
    *,
    matcher: Matcher | None = None,
    networks: Mapping[str, Network] | None = None,
    count: int = 50,
    seed: int = 0,
    parts: bool = True,
    progress: Callable[[Iterable], Iterable] = tqdm,
) -> dict[str, list[dict[str, Any]]]:
    """Run the protocol.

    Args:
        data: the data pack.
        names: data sets out of `DATA_SETS`.
        matcher: "ours"; the shipped one if None.
        networks: what to measure instead of "ours" and its controls.
        count: originals of each data set.
        seed: of joint noise, random references and bootstrap.
        parts: measure single parts too, on `PART_DATA`.
        progress: wraps the loop, for a progress bar.

    Returns:
        ``{"cells": [...], "parts": [...], "summary": [...], "differences": [...]}``, ``differences``
        of rows on the same learners, with intervals; and, where no ``networks`` are given,
        ``"alignment"``, what the transformer finds and how warm a perfect match is, by data set.
    """
    report: dict[str, list] = {"cells": [], "parts": [], "summary": [], "differences": []}
    names = list(names)
    if networks is None:
        matcher = matcher or Matcher.load()
        networks = default_networks(matcher)
        report["alignment"] = [
            {"data": name}
            | evaluate_alignment(matcher, data, name, count=count, seed=seed)
            | evaluate_perfect_match(matcher, data, name, count=count)
            for name in names
        ]
    jobs = [(d, n, r) for d in names for n, network in networks.items() for r in network.references]
    loaded: dict[str, RegionData] = {}
    right: dict[tuple[str, str, str], np.ndarray] = {}
    for job in progress(jobs):
        name, network, reference = job
        if name not in loaded:
            loaded[name] = load_region_data(name, data, count)
        found = _measure(
            network, networks[network], reference, loaded[name], seed, parts=parts and name in PART_DATA
        )
        right[job] = found["right"]
        for key in ("cells", "parts"):
            report[key] += [{"data": name} | row for row in found[key]]
        report["summary"].append({"data": name} | found["summary"])
    for first, second in _comparisons(jobs):
        if second in right:
            difference = right[first].astype(float) - right[second]
            report["differences"].append(
                {
                    "data": first[0],
                    "first": dict(zip(("network", "reference"), first[1:], strict=True)),
                    "second": dict(zip(("network", "reference"), second[1:], strict=True)),
                    "difference": float(difference.mean()),
                    "interval": _interval(difference, np.random.default_rng(seed)),
                }
            )
    return report
