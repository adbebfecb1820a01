"""What visitors take home and bring back: reports as PNG or PDF, skeleton files, whole projects."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from proportion.errors import BadInput
from proportion.images import MAX_MEGABYTES, load_picture
from proportion.keypoint_files import MAX_FILE_SIZE, read_skeleton
from proportion.skeleton import PARTS, Skeleton
from proportion.ui.reasons import grouped
from proportion.ui.texts import LANGUAGES, say

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessment

PROJECT_FORMAT = "proportion-project/1"
_MOST_BYTES = MAX_MEGABYTES * 1_000_000 * 4 // 3 + MAX_FILE_SIZE  # a picture in base64, and its joints
REPORT_FORMATS = ("png", "pdf")


def write_report(
    folder: Path, assessment: Assessment, picture: np.ndarray | None, language: str, file_format: str
) -> Path:
    """Write the report page into a folder of its own, which nobody can guess.

    Args:
        folder: where downloads are kept for the visitor.
        assessment: what was found.
        picture: the drawing; None for a figure started from a pose (drawn on white).
        language: one of `LANGUAGES`; others mean English.
        file_format: one of `REPORT_FORMATS`; others mean PNG.
    """
    from proportion.drawing.report_page import save_report

    if picture is None:
        width, height = assessment.report.skeleton.image_size
        picture = np.full((height, width, 3), 255, np.uint8)
    suffix = file_format if file_format in REPORT_FORMATS else REPORT_FORMATS[0]
    tongue = language if language in LANGUAGES else LANGUAGES[0]
    path = folder / secrets.token_hex(16) / f"proportion-report.{suffix}"
    path.parent.mkdir(parents=True)
    assessment = replace(assessment, report=grouped(assessment.report, tongue))
    save_report(path, assessment, picture, lambda key, values: say(tongue, key, **values), tongue)
    return path


@dataclass(frozen=True)
class Example:
    """A reference as the report page draws it: the visitor's own picture with its joints."""

    skeleton: Skeleton
    content: np.ndarray

    def picture(self) -> np.ndarray:
        """``(H, W, 3)`` uint8 RGB."""
        return self.content


def with_example(assessment: Assessment, chosen: int | None, wish: Mapping[str, Any]) -> Assessment:
    """The assessment with the reference that the visitor looks at in front.

    Args:
        assessment: what was found.
        chosen: number of the reference; None for the visitor's own.
        wish: holds ``own`` (its skeleton's JSON) and ``own_picture`` (a data URL) for that one.
    """
    others = list(assessment.matches)
    if chosen is not None:
        return replace(assessment, matches=[*others[chosen : chosen + 1], *others])
    skeleton, content = Skeleton.from_json(wish.get("own")), _picture(wish.get("own_picture"))
    if content is None or content.shape[1::-1] != skeleton.image_size:
        raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
    return replace(assessment, matches=[Example(skeleton, content), *others])


def read_back(content: bytes) -> tuple[np.ndarray | None, Skeleton, list[str]]:
    """A file that a visitor saved: a project, or a skeleton of any kind that `read_skeleton` knows.

    Returns:
        The picture (None without one), the skeleton and the parts that point at the viewer.

    Raises:
        BadInput: the file cannot be read.
    """
    project = _project(content)
    if project is None:
        return None, read_skeleton(content), []
    skeleton = Skeleton.from_json(project.get("skeleton"))
    marks = project.get("foreshortened")
    parts = [part for part in PARTS if part in marks] if isinstance(marks, list) else []
    picture = _picture(project.get("picture"))
    if picture is not None and picture.shape[1::-1] != skeleton.image_size:
        raise BadInput(
            "The picture in this file does not fit its joints; save the project again.", "project_bad"
        )
    return picture, skeleton, parts


def _project(content: bytes) -> Mapping[str, Any] | None:
    if len(content) > _MOST_BYTES:
        return None
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    is_project = isinstance(data, Mapping) and data.get("format") == PROJECT_FORMAT
    return data if is_project else None


def _picture(data_url: Any) -> np.ndarray | None:
    if data_url is None:
        return None
    try:
        return load_picture(base64.b64decode(str(data_url).partition("base64,")[2], validate=True))
    except binascii.Error:
        raise BadInput(
            "The picture in this file cannot be read; save the project again.", "project_bad"
        ) from None
