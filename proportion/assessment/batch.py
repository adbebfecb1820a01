"""Check a folder of drawings: a report each, and what the class has in common."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from proportion.assessment.assessor import Assessment, Assessor
from proportion.assessment.class_summary import summarise
from proportion.assessment.report import Report
from proportion.errors import BadInput
from proportion.images import load_picture
from proportion.pose.estimator import PoseEstimator

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
SUMMARY = "summary.json"

SavePage = Callable[[Path, Assessment, np.ndarray], None]


def assess_folder(folder: Path, out: Path, save_page: SavePage) -> dict[str, Any]:
    """Check every drawing of a folder; goes on where an interrupted run stopped.

    Args:
        folder: with PNG, JPEG or WebP drawings.
        out: gets ``NAME.report.json`` and ``NAME.report.png`` for each drawing, and ``summary.json``.
        save_page: writes one report page.

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
    estimator, assessor = PoseEstimator.load(), Assessor.load()
    reports, refused = [], {}
    for path in tqdm(drawings, unit="drawing"):
        target = out / f"{path.name}.report.json"
        if target.exists():
            reports.append(Report.from_json(json.loads(target.read_text(encoding="utf-8"))))
            continue
        try:
            picture = load_picture(path)
            assessment = assessor.assess(estimator.estimate(picture))
        except BadInput as error:
            refused[path.name] = str(error)
            continue
        save_page(out / f"{path.name}.report.png", assessment, picture)
        _write_whole(target, assessment.report.to_json())
        reports.append(assessment.report)
    summary = {**summarise(reports).to_json(), "refused": refused}
    _write_whole(out / SUMMARY, summary)
    return summary


def _write_whole(path: Path, data: dict[str, Any]) -> None:
    """Write JSON so that a stop in the middle leaves no half file."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(path)
