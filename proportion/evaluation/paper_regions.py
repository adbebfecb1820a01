"""`evaluate regions` for the paper's networks: ``python -m proportion.evaluation.paper_regions``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from proportion.evaluation.region_scorers import PaperScorer
from proportion.evaluation.regions import Network, evaluate_regions
from proportion.training.paper import load_paper

REFERENCES = ("own", "random_same_pose")


def evaluate_paper(data: Path, run: Path, *, count: int = 100, seed: int = 0) -> dict[str, Any]:
    """Measure every network of a run of `training.paper` on the originals that it did not see.

    Returns:
        `evaluate_regions`' report, networks named ``paper <variant> <seed>``, and under
        ``"paper_runs"`` how far each was trained.
    """
    loaded = {path.stem: load_paper(path) for path in sorted(run.glob("*.safetensors"))}
    networks = {
        f"paper {facts['variant']} {facts['seed']}": Network(PaperScorer(network), None, REFERENCES)
        for network, facts in loaded.values()
    }
    report: dict[str, Any] = evaluate_regions(data, ["paper"], networks=networks, count=count, seed=seed)
    report["paper_runs"] = [facts for _, facts in loaded.values()]
    return report


def main() -> None:
    """Print the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--count", type=int, default=100)
    options = parser.parse_args()
    json.dump(evaluate_paper(options.data, options.run, count=options.count), sys.stdout)


if __name__ == "__main__":
    main()
