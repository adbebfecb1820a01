"""How much the matcher's figures depend on the seed it is trained with.

``python -m proportion.evaluation.matcher_seeds --data DATA --runs RUN ... > seeds.json``, each a folder
that ``train matcher`` wrote.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proportion.evaluation.alignment import evaluate_alignment, evaluate_perfect_match
from proportion.evaluation.region_scorers import MatcherScorer
from proportion.evaluation.regions import Network, evaluate_regions
from proportion.matching.matcher import Matcher

_DATA = ("narrow", "wide", "anime")


def evaluate_seeds(data: Path, runs: Sequence[Path], *, count: int = 25) -> list[dict[str, Any]]:
    """Measure trained matchers against their own standard and the retrieved one.

    Returns:
        The rows of `evaluate_regions`' summary, each with its run's ``seed``, the alignment's errors and
        the warmth of perfect matches.
    """
    rows = []
    for run in runs:
        matcher = Matcher.load(run)
        scorer = MatcherScorer(matcher)
        networks = {"ours": Network(scorer, scorer, ("own", "retrieved"))}
        summary = evaluate_regions(data, _DATA, networks=networks, count=count)["summary"]
        seed = {"seed": json.loads((run / "recipe.json").read_text())["seed"]}
        for name in _DATA:
            aligned = evaluate_alignment(matcher, data, name, count=count)
            perfect = evaluate_perfect_match(matcher, data, name, count=count)
            rows += [row | seed | aligned | perfect for row in summary if row["data"] == name]
    return rows


def main() -> None:
    """Print the rows as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=25)
    options = parser.parse_args()
    json.dump({"seeds": evaluate_seeds(options.data, options.runs, count=options.count)}, sys.stdout)


if __name__ == "__main__":
    main()
