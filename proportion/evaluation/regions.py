"""The protocol of `evaluate regions`: does the map point at what was changed?

Sixteen cells (left, right, upper, lower x 0.5, 0.7, 1.3, 1.5) and every part x 0.6, 0.75, 1.3, 1.6; how
halves are changed so that upper and lower can be told apart is said in `synthesis.distortions2d`. A cell
is right when the undistorted half is warmer than the distorted one: by mean *intensity* over bone pixels
of the re-rendered learner, by *extent* (share of bone pixels at half of the maximum or more), or by
*either* (the paper's wording). Pixels of both halves count in neither; ties are wrong and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from proportion.evaluation.averages import mean_or_none
from proportion.evaluation.region_data import DATA_SETS, REFERENCES, RegionData, load_region_data
from proportion.evaluation.region_scorers import (
    HALF_FACTORS,
    PART_FACTORS,
    JointsScorer,
    MatcherScorer,
    Scorer,
    Scores,
    uniform_scorer,
)
from proportion.matching.matcher import Matcher
from proportion.matching.network import MatchNetwork
from proportion.paths import CHECKPOINTS
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
_CLEAN_DRAWS = 4
_CALIBRATION_BINS = 10


class Network(NamedTuple):
    """A scorer for halves and clean figures, and one for single parts (the same, but for baselines)."""

    halves: Scorer
    parts: Scorer
    references: tuple[str, ...] = REFERENCES


def default_networks(checkpoints: Path = CHECKPOINTS) -> dict[str, Network]:
    """Our shipped matcher and the controls."""
    import torch

    ours = MatcherScorer(Matcher.load(checkpoints))
    torch.manual_seed(0)
    untrained = MatcherScorer(Matcher(MatchNetwork()))
    given = ("own", "retrieved", "random_same_pose")
    return {
        "ours": Network(ours, ours),
        "untrained": Network(untrained, untrained, ("own", "retrieved")),
        "uniform": Network(uniform_scorer, uniform_scorer, ("own",)),
        "joints": Network(JointsScorer(halves=True), JointsScorer(halves=False), given),
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
    ties = np.abs(gaps["intensity"]) <= _TIE
    return right | {"either": right["intensity"] | right["extent"], "ties": ties}


def heat_of_drawn_parts(scores: Scores) -> np.ndarray:
    """``(N, 17)`` mean heat over each part's pixels, NaN where it is not drawn."""
    return np.stack([_mean_over(scores.heat, scores.bones[:, k]) for k in range(len(PARTS))], axis=1)


def _interval(right: np.ndarray, rng: np.random.Generator) -> list[float]:
    """95% bootstrap interval of a mean over originals (rows)."""
    per_original = right.mean(1)
    picks = rng.integers(len(per_original), size=(_RESAMPLES, len(per_original)))
    return [float(v) for v in np.quantile(per_original[picks].mean(1), (0.025, 0.975))]


def expected_calibration_error(probability: np.ndarray, truth: np.ndarray) -> float:
    """Mean gap between predicted and true share over ten bins of equal width, weighted by their size."""
    bins = np.minimum((probability * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
    size = np.bincount(bins, minlength=_CALIBRATION_BINS)
    gap = np.bincount(bins, probability - truth, minlength=_CALIBRATION_BINS)
    return float(np.abs(gap).sum() / size.sum())


def _measure(
    name: str, network: Network, reference: str, data: RegionData, seed: int, *, parts: bool
) -> dict[str, Any]:
    """All numbers of one network, data set and reference."""
    rows = np.arange(len(data.points))
    tag = {"network": name, "reference": reference}
    found: dict[str, Any] = {"cells": [], "parts": []}

    def score(scorer: Scorer, changed: np.ndarray, stream: int) -> Scores:
        rng = np.random.default_rng((seed, stream))
        learner = data.noisy(changed, rows, rng)
        return scorer(learner, data.reference(reference, learner, rows, rng))

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
    clean = [score(network.halves, data.points, 1000 + k).similarity for k in range(_CLEAN_DRAWS)]
    for part in PARTS if parts else ():
        for factor in PART_FACTORS:
            stream += 1
            changed = distort(data.points, part, factor)
            scores = score(network.parts, changed, stream)
            heat = heat_of_drawn_parts(scores)
            seen = np.isfinite(heat[:, PARTS.index(part)])
            if not seen.any():
                continue
            coldest = np.nanargmin(heat[seen], axis=1) == PARTS.index(part)
            ties = (heat[seen] <= np.nanmin(heat[seen], axis=1, keepdims=True) + _TIE).sum(1) > 1
            share = {"coldest": float((coldest & ~ties).mean()), "ties": float(ties.mean())}
            found["parts"].append(
                tag | {"part": part, "factor": factor} | share | {"n": int(seen.sum())}
            )
            heats.append(heat)
            truths.append(np.broadcast_to(changed_parts(part), heat.shape))
    found["right"] = np.stack(right, 1)
    found["summary"] = tag | _summary(found, right, similarity, clean, heats, truths, seed)
    return found


def _summary(found, right, similarity, clean, heats, truths, seed: int) -> dict[str, Any]:
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
        "bone_auroc": float(roc_auc_score(truth[known], -heat[known])),
        "calibration_error": expected_calibration_error(
            np.clip(balanced, 0, 1), np.repeat([0.0, 1.0], len(bad))
        ),
        "part_coldest": mean_or_none([p["coldest"] for p in found["parts"]]),
        "part_coldest_mild": mean_or_none(
            [p["coldest"] for p in found["parts"] if p["factor"] in (0.75, 1.3)]
        ),
        "n": len(right[0]),
    }


def evaluate_regions(
    data: Path,
    names: Iterable[str] = DATA_SETS,
    *,
    networks: Mapping[str, Network] | None = None,
    count: int = 100,
    seed: int = 0,
    parts: bool = True,
    progress: Callable[[Iterable], Iterable] = tqdm,
) -> dict[str, list[dict[str, Any]]]:
    """Run the protocol.

    Args:
        data: the data pack.
        names: data sets out of `DATA_SETS`.
        networks: what to measure; our matcher and its controls if None.
        count: originals of each data set.
        seed: of joint noise, random references and bootstrap.
        parts: measure single parts too.
        progress: wraps the loop, for a progress bar.

    Returns:
        ``{"cells": [...], "parts": [...], "summary": [...], "differences": [...]}``.
        ``differences`` are those of "ours" minus the joints-only baseline on the same learners.
    """
    networks = networks or default_networks()
    report: dict[str, list] = {"cells": [], "parts": [], "summary": [], "differences": []}
    jobs = [(d, n, r) for d in names for n, network in networks.items() for r in network.references]
    loaded: dict[str, RegionData] = {}
    right: dict[tuple[str, str, str], np.ndarray] = {}
    for job in progress(jobs):
        name, network, reference = job
        if name not in loaded:
            loaded[name] = load_region_data(name, data, count)
        found = _measure(network, networks[network], reference, loaded[name], seed, parts=parts)
        right[job] = found["right"]
        for key in ("cells", "parts"):
            report[key] += [{"data": name} | row for row in found[key]]
        report["summary"].append({"data": name} | found["summary"])
    for (name, network, reference), ours in right.items():
        joints = right.get((name, "joints", reference))
        if network == "ours" and joints is not None:
            difference = ours.astype(float) - joints
            report["differences"].append(
                {
                    "data": name,
                    "reference": reference,
                    "ours_minus_joints": float(difference.mean()),
                    "interval": _interval(difference, np.random.default_rng(seed)),
                }
            )
    return report
