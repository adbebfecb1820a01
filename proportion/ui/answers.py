"""What the page is told: plain JSON made from skeletons, references and assessments. No Gradio here."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

import numpy as np

from proportion.assessment.report import STYLES, VERDICTS
from proportion.drawing.heatmap import HEAT_STRENGTH, heat_on_limbs
from proportion.drawing.palette import heat_colours
from proportion.errors import BadInput
from proportion.images import encode_picture, fit_within, load_picture
from proportion.keypoint_files import to_openpose
from proportion.paths import ASSETS
from proportion.skeleton import JOINTS, PARTS, Skeleton
from proportion.ui.live import evaluate
from proportion.ui.memory import HEAPS
from proportion.ui.reasons import grouped
from proportion.ui.texts import LANGUAGES, knows, say, say_in_all

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessment
    from proportion.pose.boxes import Box
    from proportion.references.library import Figure
    from proportion.ui.engine import Engine

MAX_SIDE = 1536
SAMPLES = ASSETS / "samples"
_FIRST_SAMPLE = "sample-9.webp"  # its mistake is found, and every picture of the result shows it
_HEAT_SIDE = 256
_POSES_ON_THE_SHELF = 12
_MOST_FIGURES = 9

log = logging.getLogger(__name__)


def problem(error: Exception) -> dict[str, str]:
    """One kind sentence per language for anything that went wrong."""
    if isinstance(error, BadInput):
        if knows(error.key):
            return say_in_all(error.key, **error.values)
        return say_in_all("page.plain", sentence=str(error))
    # Where, but not what: messages of errors can hold what a visitor sent.
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    log.error("unexpected %s at %s", type(error).__name__, " < ".join(reversed(places)))
    return say_in_all("internal_error")


def kindly(answer: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Make a function answer ``{"problem": sentence per language}`` instead of raising."""

    def kind(*arguments: Any, **named: Any) -> dict[str, Any]:
        try:
            with HEAPS:
                return {"problem": None, **answer(*arguments, **named)}
        except Exception as error:
            return {"problem": problem(error)}

    return kind


def data_url(picture: np.ndarray, file_format: str = "JPEG") -> str:
    """A picture as text that the page shows without asking again."""
    content = base64.b64encode(encode_picture(picture, file_format)).decode()
    return f"data:image/{file_format.lower()};base64,{content}"


def find_joints(
    engine: Engine, source: Path, box: Box | None = None, side: int = MAX_SIDE
) -> tuple[np.ndarray, dict[str, Any]]:
    """The picture as the page shows it and the joints of one of its figures.

    Where no figure is found, the ``problem`` says so and a figure to place by hand is there instead.

    Args:
        engine: the networks and the references.
        source: the picture's file.
        box: where the figure is; the picture's main figure if None.
        side: the picture is shrunk to at most this many pixels a side.

    Raises:
        BadInput: the picture cannot be read.
    """
    picture = fit_within(load_picture(source), side)
    notice = None
    try:
        skeleton = _estimated(engine, picture, box and _inside(picture, box))
    except BadInput as error:
        notice, skeleton = problem(error), _placed_by_hand(engine, picture)
    return picture, {"problem": notice, "skeleton": skeleton.to_json()}


def figures_around(engine: Engine, source: Path) -> list[list[float]]:
    """Boxes ``[left, top, right, bottom]`` of the figures in a picture, the main one first."""
    boxes = engine.estimator.find_figures(fit_within(load_picture(source), MAX_SIDE))
    return [[float(edge) for edge in box] for box in boxes[:_MOST_FIGURES]]


def _inside(picture: np.ndarray, box: Box) -> Box:
    """The part of a box, which the browser may have sent, that lies in the picture."""
    height, width = picture.shape[:2]
    left, top = min(max(box.left, 0), width - 16), min(max(box.top, 0), height - 16)
    right, bottom = min(max(box.right, left + 16), width), min(max(box.bottom, top + 16), height)
    return type(box)(left, top, right, bottom)


def _estimated(engine: Engine, picture: np.ndarray, box: Box | None) -> Skeleton:
    try:
        return engine.estimator.estimate(picture, box)
    except BadInput:
        # Looking at every part of the picture takes longer, so only where one look was not enough.
        boxes = engine.estimator.find_figures(picture) if box is None else []
        if not boxes:
            raise
        return engine.estimator.estimate(picture, boxes[0])


def _placed_by_hand(engine: Engine, picture: np.ndarray) -> Skeleton:
    """A standing figure in the middle of the picture, to be dragged into place joint by joint."""
    standing = min(engine.library.figures, key=lambda figure: (figure.style != "anime", abs(figure.yaw)))
    points = standing.skeleton.points
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    size = np.array(picture.shape[1::-1])
    scale = 0.8 * (size / (high - low)).min()
    placed = (points - (low + high) / 2) * scale + size / 2
    states = tuple("missing" if np.isnan(x) else "guessed" for x in placed[:, 0])
    return Skeleton((int(size[0]), int(size[1])), placed, states)


def check(engine: Engine, request: Any) -> dict[str, Any]:
    """The result of a check: the report with its sentences said, the references' pictures, the heatmap.

    Args:
        engine: the networks and the references.
        request: ``skeleton`` (JSON), ``foreshortened`` (parts that point at the viewer), ``style``, the
            number of the ``reference`` to compare with (0: the nearest) or ``own`` (JSON of the
            visitor's own example), and ``revision`` (comes back).

    Raises:
        BadInput: a skeleton cannot be read or judged.
    """
    assessment, chosen = assess(engine, request)
    return {
        "report": spoken(assessment),
        "references": _references(assessment),
        "chosen": chosen,
        "heat": heat_picture(assessment, assessment.report.skeleton),
        "openpose": to_openpose(assessment.report.skeleton),
        "revision": request.get("revision"),
    }


def release(engine: Engine, request: Any) -> dict[str, Any]:
    """What is true of the joints as they were let go: numbers in space and what to fix first.

    Args:
        engine: the networks and the references.
        request: ``skeleton`` and ``foreshortened`` as in `check`.

    Raises:
        BadInput: the skeleton cannot be read or judged.
    """
    report = assess(engine, request, compare=False)[0].report
    points = np.array([report.pose_3d.get(name, (np.nan,) * 3) for name in JOINTS])
    first = report.findings[:1]
    return {
        "measures": {**evaluate(points), "page.heads_tall": report.heads_tall},
        "verdict": VERDICTS.index(report.verdict),
        "first": say_in_all(first[0].message, **first[0].values) if first else None,
    }


def assess(engine: Engine, request: Any, compare: bool = True) -> tuple[Assessment, int | None]:
    """The assessment that a request (see `check`) asks for, and the number of its reference.

    The number is None where the reference is the visitor's own. Without ``compare`` only the verdicts
    are there (see `Assessor.assess`).

    Raises:
        BadInput: a skeleton cannot be read or judged.
    """
    asked = request if isinstance(request, Mapping) else {}
    skeleton = Skeleton.from_json(asked.get("skeleton"))
    style, marks = asked.get("style"), asked.get("foreshortened")
    own, number = asked.get("own"), asked.get("reference")
    assessment = engine.assessor.assess(
        skeleton,
        style=style if isinstance(style, str) and style in STYLES else "auto",
        reference=Skeleton.from_json(own) if own else None,
        nearest=number if isinstance(number, int) else 0,
        foreshortened=frozenset(part for part in PARTS if isinstance(marks, list) and part in marks),
        compare=compare,
    )
    return assessment, assessment.chosen


def spoken(assessment: Assessment) -> dict[str, Any]:
    """The report's JSON; every message also as ``text`` in each language, ``unsure`` also by reason."""
    report = assessment.report.to_json()
    for rows in ("good", "findings", "unsure", "references"):
        for row in report[rows]:
            row["text"] = say_in_all(row["message"], **row["values"])
    by_language = {language: grouped(assessment.report, language).unsure for language in LANGUAGES}
    reasons = zip(*by_language.values(), strict=True)
    report["reasons"] = [
        {each: say(each, row.message, **row.values) for each, row in zip(by_language, rows, strict=True)}
        for rows in reasons
    ]
    return report


def shelf(engine: Engine) -> dict[str, Any]:
    """What to start from without a drawing of one's own: samples and poses."""
    samples = [{"name": file.name, "thumbnail": _thumbnail(file)} for file in sample_files()]
    figures = engine.library.figures
    step = max(1, len(figures) // _POSES_ON_THE_SHELF)
    return {
        "samples": samples,
        "poses": [figure.skeleton.to_json() for figure in figures[::step][:_POSES_ON_THE_SHELF]],
    }


def sample_files() -> list[Path]:
    """The sample drawings that ship with the app."""
    files = (file for file in SAMPLES.glob("*") if file.suffix in (".png", ".jpg", ".webp"))
    return sorted(files, key=lambda file: (file.name != _FIRST_SAMPLE, file.name))


def sample_file(name: str | None) -> Path:
    """The sample of that name.

    Raises:
        BadInput: there is none.
    """
    for file in sample_files():
        if file.name == name:
            return file
    raise BadInput("This sample is not there any more; choose another one.", "page.no_sample")


@lru_cache(maxsize=64)
def _thumbnail(file: Path) -> str:
    return data_url(fit_within(load_picture(file), 256))


def _references(assessment: Assessment) -> list[dict[str, Any]]:
    notes = assessment.report.references
    return [
        {
            "skeleton": match.skeleton.to_json(),
            "picture": _reference_picture(match.figure, match.mirrored),
            "mirrored": match.mirrored,
            "text": say_in_all(note.message, **note.values),
        }
        for match, note in zip(assessment.matches, notes, strict=False)
    ]


@lru_cache(maxsize=256)
def _reference_picture(figure: Figure, mirrored: bool) -> str:
    return data_url(figure.picture(mirrored))


def heat_picture(assessment: Assessment, skeleton: Skeleton) -> str | None:
    """The heatmap over the visitor's picture as a small PNG, transparent off the limbs."""
    if assessment.comparison is None:
        return None
    width, height = skeleton.image_size
    step = max(1, max(width, height) // _HEAT_SIDE)
    small = assessment.comparison.heat_in_picture((max(1, width // step), max(1, height // step)))
    heat, area = heat_on_limbs(small, skeleton.with_points(skeleton.points / step))
    opacity = HEAT_STRENGTH * area
    picture = np.concatenate([heat_colours(heat), 255 * opacity[..., None]], axis=-1)
    return data_url(picture.astype(np.uint8), "PNG")
