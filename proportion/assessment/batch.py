"""Check a folder of drawings: a report each, and what the class has in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from proportion.assessment.class_summary import summarise
from proportion.assessment.report import Report
from proportion.errors import BadInput
from proportion.files import write_whole
from proportion.images import MAX_MEGABYTES

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
SUMMARY = "summary.json"

Job = tuple[str, bytes]
"""A drawing's file name and content."""


@dataclass(frozen=True)
class Checked:
    """What came of one drawing.

    Attributes:
        name: of the drawing's file.
        report: JSON of its `Report`; None where it was refused.
        page: the report page as a PNG file's content.
        refusal: why there is no report, in one sentence.
    """

    name: str
    report: dict[str, Any] | None = None
    page: bytes = b""
    refusal: str | None = None


Check = Callable[[Job], Checked]
Spread = Callable[[Check, Iterable[Job]], Iterable[Checked]]
"""Like `map`, in any order: here, or on other machines."""


def assess_folder(folder: Path, out: Path, check: Check, spread: Spread = map) -> dict[str, Any]:
    """Check every drawing of a folder; goes on where an interrupted run stopped.

    Args:
        folder: with PNG, JPEG or WebP drawings.
        out: gets ``NAME.report.json`` and ``NAME.report.png`` for each drawing, and ``summary.json``.
        check: checks one drawing.
        spread: how the drawings are gone through.

    Returns:
        The summary: that of `class_summary.summarise`, and ``refused``: a sentence for each drawing that
        could not be checked.

    Raises:
        BadInput: there is no drawing in the folder.
    """
    drawings = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not drawings:
        raise BadInput(f"There are no PNG, JPEG or WebP drawings in '{folder}'.", "no_drawings")
    out.mkdir(parents=True, exist_ok=True)
    waiting = [path for path in drawings if not _report_of(out, path.name).exists()]
    done = len(drawings) - len(waiting)
    refused = {}
    progress = tqdm(spread(check, _jobs(waiting)), total=len(drawings), initial=done, unit="drawing")
    for checked in progress:
        if checked.report is None:
            refused[checked.name] = checked.refusal
            continue
        write_whole(out / f"{checked.name}.report.png", checked.page)
        write_whole(_report_of(out, checked.name), _json(checked.report))  # last: it marks it as done
    texts = (_report_of(out, path.name) for path in drawings if path.name not in refused)
    reports = [Report.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in texts]
    summary = {**summarise(reports).to_json(), "refused": dict(sorted(refused.items()))}
    write_whole(out / SUMMARY, _json(summary))
    return summary


def _report_of(out: Path, name: str) -> Path:
    return out / f"{name}.report.json"


def _jobs(drawings: Iterable[Path]) -> Iterator[Job]:
    """Read one by one, so that a folder of any size fits; a file too large is refused by its reader."""
    for path in drawings:
        with path.open("rb") as file:
            yield path.name, file.read(MAX_MEGABYTES * 1_000_000 + 1)


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()
