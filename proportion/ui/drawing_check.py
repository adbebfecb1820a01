"""One drawing from its file's content to report and page, as `batch` does it here or elsewhere."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from proportion.assessment.assessor import Assessor
from proportion.assessment.batch import Checked, Job
from proportion.errors import BadInput
from proportion.images import load_picture
from proportion.pose.estimator import PoseEstimator
from proportion.ui.takeaway import write_report


def check_drawing(job: Job, language: str) -> Checked:
    """Check one drawing; the networks are loaded once a process.

    Args:
        job: the drawing's file name and content.
        language: of the page.
    """
    name, content = job
    try:
        picture = load_picture(content)
        assessment = _assessor().assess(_estimator().estimate(picture))
    except BadInput as error:
        return Checked(name, refusal=str(error))
    with tempfile.TemporaryDirectory() as folder:
        page = write_report(Path(folder), assessment, picture, language, "png").read_bytes()
    return Checked(name, assessment.report.to_json(), page)


@cache
def _estimator() -> PoseEstimator:
    return PoseEstimator.load()


@cache
def _assessor() -> Assessor:
    return Assessor.load()
