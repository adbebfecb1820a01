"""What the app costs: start-up, a class at once, a visitor's waits, memory over many checks."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any

from proportion.evaluation.page_timings import time_page
from proportion.evaluation.server import Server
from proportion.evaluation.students import Visit, lesson, seconds
from proportion.ui.uploads import GRACE

_FIRST_CHECKS = 100
_READINGS = 25  # whose median counts: between two checks the heaps grow and are trimmed by a tenth


def benchmark(
    students: int = 5,
    checks: int = 0,
    data: Path | None = None,
    address: str | None = None,
    browser: bool = False,
) -> dict[str, Any]:
    """Start the app and let students work with it.

    Args:
        students: at once, each with an upload and two checks.
        checks: more checks in a row, by one student after another, to see the memory; 0 for none.
        data: the data pack, to measure the joints on its drawings too.
        address: of a page that runs already; its start-up and memory are not measured then.
        browser: time the page in a Chromium too.

    Returns:
        ``students``, ``failures``, ``median_s`` and ``p95_s`` (from the upload to the first result),
        ``joints`` and ``check`` (the same figures for each half), ``checks_per_minute``,
        ``one_student`` (nobody else there); where the app was started here also ``rss_mb`` (peak, MB),
        ``first_page_s`` and ``ready_s`` (from the start of the process), with ``checks`` ``memory``
        (growth), with ``browser`` ``page`` (see `page_timings.time_page`), and with ``data``
        ``accuracy`` (PDJ).
    """
    if address is not None:
        return _load(address, students) | _page(address, browser)
    with Server() as server:
        result: dict[str, Any] = {
            "first_page_s": round(server.first_page_s, 2),
            "ready_s": round(server.ready_s, 2),
            "ready_rss_mb": round(server.rss_mb()),
            **_load(server.address, students),
            **_page(server.address, browser),
        }
        if checks:
            result["memory"] = _memory(server, checks)
        result["rss_mb"] = round(server.rss_mb(peak=True))
    if data is not None:
        from proportion.evaluation.pose import evaluate_pose

        drawings = data / "drawings"
        result["accuracy"] = evaluate_pose(drawings / "annotations.json", drawings / "images")["pdj"]
    return result


def _page(address: str, browser: bool) -> dict[str, Any]:
    return {"page": time_page(address)} if browser else {}


def _load(address: str, students: int) -> dict[str, Any]:
    alone = asyncio.run(lesson(address, 1, checks=5))
    started = time.perf_counter()
    visits = asyncio.run(lesson(address, students))
    minutes = (time.perf_counter() - started) / 60
    done = sum(len(visit.checks_s) for visit in visits)
    return {
        "students": students,
        **_summary(visits),
        "checks_per_minute": round(done / minutes),
        "one_student": _summary(alone),
    }


def _summary(visits: list[Visit]) -> dict[str, Any]:
    whole = [visit for visit in visits if visit.failure is None]
    failures = [visit.failure for visit in visits if visit.failure is not None]
    summary: dict[str, Any] = {"failures": len(failures)}
    if failures:
        summary["first_failure"] = failures[0]
    if whole:
        summary |= seconds([visit.full_s for visit in whole])
        summary["joints"] = seconds([visit.joints_s for visit in whole])
        summary["check"] = seconds([check for visit in whole for check in visit.checks_s])
    return summary


def _memory(server: Server, checks: int) -> dict[str, Any]:
    """Resident memory over many visits of one check each, and the files left after the last."""

    failures, readings = 0, []
    for _ in range(checks):
        (visit,) = asyncio.run(lesson(server.address, 1, 1))
        failures += visit.failure is not None
        readings.append(server.rss_mb())
    before, after = median(readings[:_FIRST_CHECKS][-_READINGS:]), median(readings[-_READINGS:])
    time.sleep(GRACE + 15)
    return {
        "checks": checks,
        "failures": failures,
        "after_first_100_mb": round(before),
        "at_the_end_mb": round(after),
        "growth_percent": round(100 * (after / before - 1), 1) if before else None,
        "files_left": len(server.files()),
    }
