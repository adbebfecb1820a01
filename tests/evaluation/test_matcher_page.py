import json
from pathlib import Path

from proportion.evaluation.matcher_page import bars, fill, merge, paper_table, row_by_row, seeds_table

PAGE = Path(__file__).parents[2] / "docs" / "matcher.md"


def _summary(data: str, reference: str, mean: float) -> dict:
    return {"data": data, "network": "ours", "reference": reference, "mean": mean}


def test_bars_are_compared_with_what_was_measured():
    report = {
        "summary": [_summary("narrow", "own", 0.99), _summary("wide", "retrieved", 0.8)],
        "differences": [],
        "alignment": [{"data": "narrow", "degrees": 1.0}],
    }
    found = {name: (value, bar, more) for name, value, bar, more in bars(report)}
    assert found == {
        "own, narrow: mean": (0.99, 0.98, True),
        "retrieved, wide: mean": (0.8, 0.84, True),
        "alignment, narrow: median error, degrees": (1.0, 3.0, False),
    }


def test_the_papers_cells_stand_beside_the_mean_over_seeds():
    cell = {"data": "paper", "half": "upper", "factor": 0.7, "reference": "own"}
    report = merge(
        [
            {"cells": [cell | {"network": "paper STN 0", "intensity": 0.25}]},
            {"cells": [cell | {"network": "paper STN 1", "intensity": 0.35}]},
            {"cells": [cell | {"network": "ours", "intensity": 1.0}]},
            {"paper_runs": [{"variant": "STN", "seed": seed} for seed in (0, 1)]},
        ]
    )
    row = next(line for line in paper_table(report).splitlines() if line.startswith("| upper x0.7"))
    cells = row.split(" | ")
    assert cells[1] == ".135" and cells[5] == ".300" and cells[9] == "1"


def test_refilling_the_page_keeps_its_text_and_replaces_its_tables():
    page = PAGE.read_text(encoding="utf-8")
    empty = {"cells": [], "parts": [], "summary": [], "differences": [], "alignment": []}
    refilled = fill(page, empty)
    assert refilled.count("<!-- table ") == page.count("<!-- table ") == 9
    assert "| narrow |" not in refilled
    assert "## What is measured" in refilled and fill(refilled, empty) == refilled


def test_seeds_stand_as_mean_and_spread():
    row = {"data": "wide", "reference": "own", "n": 25, "part_coldest_mild": None}
    keys = ("worst_direction", "auc", "calibration_error", "degrees", "scale", "perfect_coldest")
    rows = [row | dict.fromkeys(keys, 1.0) | {"mean": mean} for mean in (0.5, 0.6, 0.7)]
    line = seeds_table({"seeds": rows}).splitlines()[-1]
    assert line.startswith("| wide | own | 3 | 0.600 ± 0.100 | 1.000 ± 0.000 |") and " - " in line


def test_kept_numbers_are_rounded_and_a_row_is_a_line():
    report = {"cells": [{"intensity": 1 / 3, "interval": [0.12345678, 1.0]}, {"n": 50}], "parts": []}
    text = row_by_row(report)
    assert json.loads(text)["cells"][0] == {"intensity": 0.3333, "interval": [0.1235, 1.0]}
    assert '{"n": 50}' in text.splitlines()
