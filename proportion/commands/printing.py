"""What commands print: JSON, tables and reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proportion.assessment.report import Report


def print_report(report: Report, language: str) -> None:
    """A line for each thing that is good, wrong or unsure."""
    from proportion.ui.texts import say

    def line(entry: Any) -> str:
        return say(language, entry.message, **entry.values)

    for mark, entries in (("+", report.good), ("!", report.findings), ("?", report.unsure)):
        for entry in entries:
            print(f"{mark} {line(entry)}")


def print_table(result: dict[str, Any], as_json: bool) -> None:
    """A line for each figure, or all as JSON."""
    if as_json:
        print_json(result)
        return
    for name, value in result.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        print(f"{name}: {shown}")


def print_json(data: Any) -> None:
    """JSON for other programs; no NaN or infinity."""
    print(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))
