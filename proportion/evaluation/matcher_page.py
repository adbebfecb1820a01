"""Fills the tables of the matcher's results page from the JSON of `evaluate regions`.

``python -m proportion.evaluation.matcher_page REGIONS.json PAPER.json SEEDS.json --out docs/matcher.md``
also keeps the numbers, in a JSON beside the page.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from proportion.skeleton import PARTS

Row = dict[str, Any]
Report = dict[str, list[Row]]

_DATA = ("narrow", "wide", "anime", "paper")
PAPER_VARIANTS = ("STN", "STN_bend", "Deterministic", "Deterministic_bend")
PAPER_TABLE = {
    ("right", 0.5): (15.79, 19.32, 21.43, 35.37),
    ("right", 1.3): (6.25, 14.81, 20.48, 22.08),
    ("left", 0.7): (19.00, 26.32, 34.29, 9.78),
    ("left", 1.5): (10.26, 13.58, 15.91, 10.00),
    ("lower", 0.5): (35.96, 9.20, 36.25, 16.51),
    ("lower", 1.3): (23.16, 15.49, 52.75, 39.51),
    ("upper", 0.7): (13.48, 16.67, 2.60, 11.11),
    ("upper", 1.5): (9.64, 20.29, 3.41, 4.88),
}
"""The paper's Table 1, percent right."""


def merge(reports: Iterable[Report]) -> Report:
    """One report of several, rows in order."""
    merged: Report = {}
    for report in reports:
        for key, rows in report.items():
            merged.setdefault(key, []).extend(rows)
    return merged


def find(rows: Iterable[Row], **wanted: Any) -> Row | None:
    """The first row that has these values."""
    return next((row for row in rows if all(row.get(k) == v for k, v in wanted.items())), None)


def _share(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}".removeprefix("0") if value < 1 else "1"


def _ranged(value: float | None, interval: list[float] | None) -> str:
    if value is None or interval is None:
        return _share(value)
    return f"{_share(value)} [{_share(interval[0])}, {_share(interval[1])}]"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _paper_names(report: Report) -> dict[str, list[str]]:
    """Network names of the reproduction by variant, one a seed."""
    runs = report.get("paper_runs", [])
    return {
        variant: [f"paper {variant} {run['seed']}" for run in runs if run["variant"] == variant]
        for variant in PAPER_VARIANTS
    }


def paper_table(report: Report) -> str:
    """The paper's eight cells: as published, reproduced (mean over seeds), and ours."""
    names = _paper_names(report)

    def reproduced(variant: str, reference: str, **cell: Any) -> float | None:
        rows = [find(report["cells"], network=n, reference=reference, **cell) for n in names[variant]]
        values = [row["intensity"] for row in rows if row]
        return sum(values) / len(values) if values else None

    lines, columns = [], []
    for (half, factor), published in PAPER_TABLE.items():
        cell = {"data": "paper", "half": half, "factor": factor}
        found = [value / 100 for value in published]
        found += [reproduced(variant, "own", **cell) for variant in PAPER_VARIANTS]
        for reference in ("own", "random_same_pose"):
            ours = find(report["cells"], network="ours", reference=reference, **cell)
            found.append(ours and ours["intensity"])
        columns.append(found)
        lines.append([f"{half} x{factor}", *map(_share, found)])
    kept = [[value for value in column if value is not None] for column in zip(*columns, strict=True)]
    lines.append(["mean", *(_share(sum(c) / len(c) if c else None) for c in kept)])
    header = ["cell", *(f"paper {v}" for v in PAPER_VARIANTS), *(f"here {v}" for v in PAPER_VARIANTS)]
    return _table([*header, "ours, own", "ours, random same pose"], lines)


def paper_runs(report: Report) -> str:
    """How far the reproduction was trained, and what it says over all sixteen cells."""
    lines = []
    for run in report.get("paper_runs", []):
        name = f"paper {run['variant']} {run['seed']}"
        found = [find(report["summary"], network=name, reference=r) for r in ("own", "random_same_pose")]
        lines.append(
            [
                run["variant"],
                str(run["seed"]),
                f"{run['size']} px",
                str(run["epochs"]),
                str(run["steps"]),
            ]
            + [f"{run['loss']:.3f}", _share(run["val_accuracy"])]
            + [_ranged(row["mean"], row["mean_interval"]) for row in found if row]
            + [_share(row[key]) for row in found[:1] if row for key in ("ties", "auc")]
        )
    header = ["network", "seed", "input", "epochs", "steps", "loss", "pairs told apart (val)"]
    return _table([*header, "own, 16 cells", "random same pose", "ties (own)", "AUC (own)"], lines)


def summary_table(report: Report) -> str:
    """Everything that is not the paper's."""
    lines = []
    for data in _DATA:
        for row in report["summary"]:
            if row["data"] != data or row["network"].startswith("paper"):
                continue
            lines.append(
                [data, row["network"], row["reference"], _ranged(row["mean"], row["mean_interval"])]
                + [_share(row[key]) for key in ("extent", "either", "worst_cell")]
                + [_share(row[key]) for key in ("worst_direction", "upper_lower_gap")]
                + [_ranged(row["auc"], row["auc_interval"]), _share(row["bone_auroc"])]
                + [_share(row["calibration_error"] if row["network"] == "ours" else None)]
                + [_share(row["ties"]), str(row["n"])]
            )
    header = ["data", "network", "reference", "mean", "extent", "either", "worst cell"]
    header += ["worst direction", "upper-lower gap", "AUC", "bone AUROC", "ECE", "ties", "n"]
    return _table(header, lines)


def difference_table(report: Report) -> str:
    """Rows compared on the same learners."""
    lines = []
    for row in report["differences"]:
        first, second = (f"{row[k]['network']}, {row[k]['reference']}" for k in ("first", "second"))
        low, high = row["interval"]
        lines.append([row["data"], first, second, f"{row['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"])
    return _table(["data", "first", "less second", "difference"], lines)


def parts_table(report: Report) -> str:
    """How often each part alone is the coldest, against the figure's own standard."""
    factors = sorted({row["factor"] for row in report["parts"]})
    columns = [("narrow", "ours"), ("narrow", "joints"), ("wide", "ours")]
    lines = []
    for part in PARTS:
        rows = [
            find(report["parts"], data=d, network=n, part=part, factor=f)
            for d, n in columns
            for f in factors
        ]
        lines.append([part.replace("_", " "), *(_share(row and row["coldest"]) for row in rows)])
    header = [f"{d}, {n} x{f}" for d, n in columns for f in factors]
    return _table(["part", *header], lines)


def alignment_table(report: Report) -> str:
    """What the transformer finds, and how warm a perfect match is."""
    keys = ("degrees", "scale", "shift", "perfect_coldest", "perfect_coldest_5")
    lines = [[row["data"], *(f"{row[key]:.3f}" for key in keys)] for row in report["alignment"]]
    header = ["data", "turn, degrees", "scale", "shift, of the frame"]
    return _table([*header, "perfect match: coldest bone of all", "5% quantile"], lines)


def seeds_table(report: Report) -> str:
    """The figures that bars are set for, of matchers that differ only in the seed of their training."""
    columns = {
        "mean": "mean",
        "worst direction": "worst_direction",
        "AUC": "auc",
        "coldest part": "part_coldest_mild",
        "ECE": "calibration_error",
        "turn, degrees": "degrees",
        "scale": "scale",
        "coldest bone": "perfect_coldest",
    }
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in report.get("seeds", []):
        groups.setdefault((row["data"], row["reference"]), []).append(row)

    def spread(rows: list[Row], key: str) -> str:
        values = [row[key] for row in rows if row[key] is not None]
        if not values:
            return "-"
        return f"{mean(values):.3f} ± {stdev(values) if len(values) > 1 else 0:.3f}"

    lines = [
        [*group, str(len(rows)), *(spread(rows, key) for key in columns.values()), str(rows[0]["n"])]
        for group, rows in groups.items()
    ]
    return _table(["data", "reference", "seeds", *columns, "n"], lines)


def similarity_table(report: Report) -> str:
    """What the similarity says of wrong figures, of fine ones, and of fine ones that were moved."""
    rows = [row for row in report["summary"] if row["network"] == "ours"]
    keys = ("wrong", "fine", "fine_moved")
    lines = [
        [row["data"], row["reference"], *(f"{row['similarity'][key]:.3f}" for key in keys)]
        for row in sorted(rows, key=lambda row: _DATA.index(row["data"]))
    ]
    return _table(["data", "reference", "a wrong half", "fine", "fine, turned and scaled"], lines)


def bars(report: Report) -> list[tuple[str, float, float, bool]]:
    """What was asked for: name, measured, bar, and whether more is better."""
    found: list[tuple[str, float, float, bool]] = []

    def add(name: str, row: Row | None, key: str, bar: float, *, more: bool = True) -> None:
        if row is not None and row.get(key) is not None:
            found.append((name, row[key], bar, more))

    def ours(data: str, reference: str) -> Row | None:
        return find(report["summary"], data=data, network="ours", reference=reference)

    for data, bar in (("narrow", 0.98), ("wide", 0.95), ("anime", 0.97)):
        add(f"own, {data}: mean", ours(data, "own"), "mean", bar)
        add(f"own, {data}: upper-lower gap", ours(data, "own"), "upper_lower_gap", 0.05, more=False)
    add("own, narrow: worst half cell", ours("narrow", "own"), "worst_cell", 0.93)
    for data, bar in (("narrow", 0.99), ("wide", 0.97)):
        add(f"own, {data}: AUC", ours(data, "own"), "auc", bar)
    for data, bar in (("narrow", 0.90), ("wide", 0.84), ("anime", 0.80)):
        add(f"retrieved, {data}: mean", ours(data, "retrieved"), "mean", bar)
        add(f"retrieved, {data}: worst direction", ours(data, "retrieved"), "worst_direction", 0.75)
    for data, bar in (("narrow", 0.93), ("wide", 0.80)):
        add(f"retrieved, {data}: AUC", ours(data, "retrieved"), "auc", bar)
    for row in report["differences"]:
        if row["second"] == {"network": "joints", "reference": "retrieved"} and row["data"] in (
            "wide",
            "anime",
        ):
            low = {"low": row["interval"][0]}
            add(f"retrieved, {row['data']}: lower end of ours less joints only", low, "low", 0.0)
    for reference in ("own", "retrieved"):
        name = f"{reference}, wide: calibration error"
        add(name, ours("wide", reference), "calibration_error", 0.05, more=False)
    add("own, narrow: coldest part, x0.75 and x1.3", ours("narrow", "own"), "part_coldest_mild", 0.85)
    aligned = find(report["alignment"], data="narrow")
    for key, bar in (("degrees", 3.0), ("scale", 0.04), ("shift", 0.02)):
        add(f"alignment, narrow: median error, {key}", aligned, key, bar, more=False)
    add("perfect match, narrow: coldest bone", aligned, "perfect_coldest", 0.8)
    return found


def bars_table(report: Report) -> str:
    """The bars as a table."""
    lines = []
    for name, value, bar, more in bars(report):
        met = value >= bar if more else value <= bar
        wanted = f"{'>=' if more else '<='} {bar:g}"
        lines.append([name, f"{value:.3f}", wanted, "met" if met else "**missed**"])
    return _table(["bar", "measured", "wanted", ""], lines)


TABLES: dict[str, Callable[[Report], str]] = {
    "bars": bars_table,
    "paper": paper_table,
    "paper_runs": paper_runs,
    "summary": summary_table,
    "differences": difference_table,
    "parts": parts_table,
    "alignment": alignment_table,
    "similarity": similarity_table,
    "seeds": seeds_table,
}


def fill(page: str, report: Report) -> str:
    """The page with all between ``<!-- table NAME -->`` and ``<!-- end -->`` made anew."""

    def make(found: re.Match[str]) -> str:
        return f"<!-- table {found[1]} -->\n\n{TABLES[found[1]](report)}\n\n<!-- end -->"

    return re.sub(r"<!-- table (\w+) -->.*?<!-- end -->", make, page, flags=re.DOTALL)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def row_by_row(report: Report) -> str:
    """The report as JSON, a row on a line, so that versions can be compared."""
    blocks = []
    for name, rows in report.items():
        lines = ",\n".join(json.dumps(_rounded(row)) for row in rows)
        blocks.append(f"{json.dumps(name)}: [\n{lines}\n]")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main() -> None:
    """Read the reports, refill the page and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("docs/matcher.md"))
    options = parser.parse_args()
    report = merge(json.loads(path.read_text()) for path in options.results)
    page = options.out.read_text(encoding="utf-8")
    options.out.write_text(fill(page, report), encoding="utf-8")
    options.out.with_suffix(".json").write_text(row_by_row(report), encoding="utf-8")


if __name__ == "__main__":
    main()
