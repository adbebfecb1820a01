"""The figures of `benchmark` for people: lines on the screen and the table of the README."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proportion.errors import BadInput

_MARKED = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.S)
_COMMAND = "python -m proportion benchmark"

PAGE_WAITS: dict[str, tuple[str, float]] = {
    "first_paint": ("first paint", 1.5),
    "joints": ("drawing chosen to joints shown", 1.0),
    "joints_photo": ("12 megapixel photograph chosen to joints shown", 1.0),
    "drag_step": ("a joint's numbers while it is dragged", 0.008),
    "release": ("joint let go to new ratios and finding", 0.15),
    "result": ("Check to the whole result", 1.5),
    "slider": ("teacher's slider to picture, verdict and heatmap", 0.7),
}
"""What `page_timings.time_page` measures, and the seconds that it may take on two idle cores."""

Row = tuple[str, str, str]
"""What was measured, the figure and the options of `benchmark` that measure it."""


def rows(result: dict[str, Any]) -> Iterator[Row]:
    """The figures in a result of `benchmark.benchmark`."""
    if "first_page_s" in result:
        yield "process start to first page", f"{result['first_page_s']:.1f} s", ""
        yield "process start to ready", f"{result['ready_s']:.1f} s", ""
    alone, students = result["one_student"], result["students"]
    if "joints" in alone:
        yield "one student, upload to joints", f"{alone['joints']['median_s']:.2f} s", ""
        yield "one student, Check to result", f"{alone['check']['median_s']:.2f} s", ""
    for name, seconds in result.get("page", {}).items():
        what, most = PAGE_WAITS[name]
        yield f"in the browser: {what}", f"{_shown(seconds)} (at most {_shown(most)})", "--browser"
    if "joints" in result:
        option = f"--students {students}"
        figure = f"median {result['median_s']:.1f} s, 95% within {result['p95_s']:.1f} s"
        yield f"{students} students at once, upload to result", figure, option
        yield f"{students} students at once, checks", f"{result['checks_per_minute']} a minute", option
        yield f"{students} students at once, failures", str(result["failures"]), option
    if "rss_mb" in result:
        yield "memory when ready", f"{result['ready_rss_mb']} MB", ""
        yield "memory at its peak", f"{result['rss_mb']} MB", f"--students {students}"
    if "memory" in result:
        memory = result["memory"]
        figure = f"{memory['growth_percent']}%, {memory['files_left']} files left"
        checks = memory["checks"]
        yield f"memory growth, check 100 to {checks}", figure, f"--checks {checks}"
    for threshold, groups in result.get("accuracy", {}).items():
        shown = ", ".join(f"{name} {value:.2f}" for name, value in groups.items() if value is not None)
        yield f"joints of real drawings, PDJ@{threshold}", shown, "--data DATA"


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


def lines(result: dict[str, Any]) -> list[str]:
    """One line a figure; failures say what the first one was."""
    shown = [f"{what}: {figure}" for what, figure, _ in rows(result)]
    for part in (result, result["one_student"]):
        if part["failures"]:
            shown.append(f"first failure: {part['first_failure']}")
    return shown


def write_figures(readme: Path, result: dict[str, Any]) -> None:
    """Put the table between the marks ``<!-- figures -->`` and ``<!-- /figures -->`` of a README.

    Raises:
        BadInput: the file has no such marks.
    """
    text = readme.read_text(encoding="utf-8")
    if not _MARKED.search(text):
        raise BadInput(f"'{readme}' has no <!-- figures --> to fill.", "no_figures_mark")
    table = ["| what | figure | command |", "|---|---|---|"]
    table += [
        f"| {what} | {figure} | `{f'{_COMMAND} {option}'.strip()}` |"
        for what, figure, option in rows(result)
    ]
    machine = (
        f"{len(os.sched_getaffinity(0))} cores, {platform.system()}, Python {platform.python_version()}"
    )
    block = "\n".join([f"\nMeasured on {machine}.\n", *table, "", ""])
    readme.write_text(_MARKED.sub(lambda found: found[1] + block + found[2], text), encoding="utf-8")
