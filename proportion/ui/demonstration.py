"""What the teacher's view shows: a drawn figure with one thing changed, and what the app says to it.

The figure as it was drawn is the good example: verdict and heatmap compare the change with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from proportion.assessment.measures import kind_of_part
from proportion.drawing.layers import over_white, rescale_parts
from proportion.errors import BadInput
from proportion.images import fit_within
from proportion.references.layers import LayeredFigure, layered_figures, load_layered
from proportion.skeleton import PARTS, Skeleton, is_number, joint_points
from proportion.ui.answers import data_url, heat_picture, spoken

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessment
    from proportion.ui.engine import Engine

_LIMBS = {"arm": ("upper_arm", "forearm"), "leg": ("thigh", "shin")}
_ENDS = {"arm": "hand", "leg": "foot"}
PIECES: dict[str, tuple[str, ...]] = {
    **{part: (part,) for part in PARTS},
    **{f"{side}_{limb}": tuple(f"{side}_{bone}" for bone in bones)
       for limb, bones in _LIMBS.items() for side in ("left", "right")},
    **{f"{limb}s": tuple(f"{side}_{bone}" for side in ("left", "right") for bone in bones)
       for limb, bones in _LIMBS.items()},
}  # fmt: skip
"""What can be changed at once: each part, whole arms and legs, and both of them."""


@dataclass(frozen=True)
class Lesson:
    """A ready example.

    Attributes:
        name: text key, ``page.lesson_<name>``.
        figure: name of the layered figure that shows it well.
        piece: one of `PIECES`.
        factor: new length over old.
        viewer: whether the limb points at the viewer, so that nothing is wrong.
    """

    name: str
    figure: str
    piece: str
    factor: float
    viewer: bool = False


LESSONS = (
    Lesson("big_head", "realistic-woman", "head", 1.5),
    Lesson("short_legs", "realistic-man", "legs", 0.65),
    Lesson("t_rex_arms", "realistic-woman", "arms", 0.55),
    Lesson("uneven_arms", "realistic-woman", "left_arm", 0.65),
    Lesson("long_torso", "realistic-man", "torso", 1.4),
    Lesson("narrow_shoulders", "realistic-woman", "shoulder_width", 0.6),
    Lesson("foreshortened", "realistic-woman", "left_arm", 0.5, viewer=True),
    Lesson("nothing_wrong", "realistic-woman", "head", 1.0),
)

_RANGE = (0.5, 1.8)
_NARROWER_RANGE = {
    "neck": (0.6, 1.4),
    "torso": (0.6, 1.4),
    "shoulder_width": (0.6, 1.35),
    "hip_width": (0.6, 1.35),
}
"""Beyond these, layers of some figure come apart: cloth is not drawn where it was never to be seen."""
_NEARER = 1.3  # a hand that comes towards us looks this much bigger
_MARGIN = 0.08  # white around the figure, share of its height
_THUMBNAIL_SIDE = 200
_QUIZ_FACTORS = (0.6, 1.5)
_QUIZ_TRIES = 4


@dataclass(frozen=True)
class Change:
    """What is changed: one of `PIECES`, by how much, and whether it points at the viewer."""

    piece: str
    factor: float
    viewer: bool = False

    @property
    def factors(self) -> dict[str, float]:
        """New length over old of each part that changes."""
        return dict.fromkeys(PIECES[self.piece], self.factor) | dict.fromkeys(self._near_ends, _NEARER)

    @property
    def foreshortened(self) -> frozenset[str]:
        """Parts that point at the viewer."""
        return frozenset({*PIECES[self.piece], *self._near_ends} if self.viewer else ())

    @property
    def _near_ends(self) -> tuple[str, ...]:
        side, _, limb = self.piece.partition("_")
        return (f"{side}_{_ENDS[limb]}",) if self.viewer and limb in _ENDS else ()


@lru_cache(maxsize=1)
def shelf() -> dict[str, Any]:
    """The figures that can be changed, with thumbnails, the lessons and what can be changed."""
    return {
        "figures": [{"name": name, "thumbnail": _thumbnail(name)} for name in layered_figures()],
        "lessons": [asdict(lesson) for lesson in LESSONS],
        "pieces": {piece: list(parts) for piece, parts in PIECES.items()},
        "ranges": {piece: range_of(piece) for piece in PIECES},
    }


def range_of(piece: str) -> tuple[float, float]:
    """The least and the greatest factor with which one of `PIECES` still looks drawn."""
    return _NARROWER_RANGE.get(piece, _RANGE)


def redraw(engine: Engine, wish: Any) -> dict[str, Any]:
    """The figure with one thing changed, and the result of its check.

    Args:
        engine: the networks and the references.
        wish: ``figure`` (its name) and either ``piece``, ``factor`` (new length over old) and
            ``viewer``, or the seed of a random ``mistake``, which is another piece than the one named
            (the one on show); and ``number``, which comes back so that the page can drop late answers.

    Raises:
        BadInput: there is no such figure or piece, or no such factor.
    """
    asked = wish if isinstance(wish, Mapping) else {}
    name, seed = asked.get("figure"), asked.get("mistake")
    if name not in layered_figures():
        raise _no_figure()
    figure = load_layered(name)
    piece, factor = asked.get("piece"), asked.get("factor")
    if isinstance(seed, int):
        return {**random_mistake(engine, figure, abs(seed), piece), "number": asked.get("number")}
    if piece not in PIECES or not is_number(factor):
        raise _no_figure()
    change = Change(piece, _within_range(piece, float(factor)), asked.get("viewer") is True)
    return {**_shown(engine, figure, change), "number": asked.get("number")}


def random_mistake(engine: Engine, figure: LayeredFigure, seed: int, shown: Any) -> dict[str, Any]:
    """A mistake that the app sees first, as `redraw` answers; after some tries, one that it may miss.

    It shares no part with the piece ``shown``, which everybody has just seen.
    """
    generator = np.random.default_rng(seed)
    known = set(PIECES[shown]) if shown in PIECES else set()
    asked = [
        piece
        for piece in PIECES
        if piece != "neck" and not piece.endswith("foot") and known.isdisjoint(PIECES[piece])
    ]
    answer: dict[str, Any] = {}
    for piece in map(str, generator.permutation(asked)[:_QUIZ_TRIES]):
        factor = _within_range(piece, float(generator.choice(_QUIZ_FACTORS)))
        answer = _shown(engine, figure, Change(piece, factor))
        findings = answer["report"]["findings"]
        if findings and findings[0]["part"] in PIECES[piece]:
            break
    return answer


def _within_range(piece: str, factor: float) -> float:
    least, most = range_of(piece)
    return min(max(factor, least), most)


def _shown(engine: Engine, figure: LayeredFigure, change: Change) -> dict[str, Any]:
    picture, skeleton, original = _framed(figure, change.factors)
    assessment = engine.assessor.assess(
        skeleton,
        style=figure.style,
        sheet=[original],
        reference=original,
        foreshortened=change.foreshortened,
    )
    return {
        **asdict(change),
        "figure": figure.id,
        "picture": data_url(picture),
        "skeleton": skeleton.to_json(),
        "original": original.to_json(),
        "report": spoken(_in_craft_words(assessment)),
        "heat": heat_picture(assessment, skeleton),
    }


def _framed(
    figure: LayeredFigure, factors: Mapping[str, float]
) -> tuple[np.ndarray, Skeleton, Skeleton]:
    """The changed figure on white, its skeleton and the original's with the pelvis in the same place.

    The frame holds both figures with a margin, so that a changed part does not make the rest jump.
    """
    before, _ = rescale_parts(figure, {})
    after, skeleton = rescale_parts(figure, factors)
    shift = joint_points(skeleton.points, "pelvis") - joint_points(figure.skeleton.points, "pelvis")
    (low, high), (new_low, new_high) = _drawn_box(before), _drawn_box(after)
    margin = _MARGIN * (high[1] - low[1])
    low = np.floor(np.minimum(low + shift, new_low) - margin).astype(int)
    width, height = np.ceil(np.maximum(high + shift, new_high) + margin).astype(int) - low
    picture = np.full((height, width, 3), 255, np.uint8)
    left, top = np.maximum(low, 0)
    inside = over_white(after)[top : low[1] + height, left : low[0] + width]
    top, left = top - low[1], left - low[0]
    picture[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    size = (int(width), int(height))
    return (
        picture,
        Skeleton(size, skeleton.points - low, skeleton.states),
        Skeleton(size, figure.skeleton.points + shift - low, figure.skeleton.states),
    )


def _drawn_box(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(x, y) of the first and after the last pixel with anything on it."""
    drawn = picture[..., 3] > 0
    columns, rows = np.flatnonzero(drawn.any(axis=0)), np.flatnonzero(drawn.any(axis=1))
    return np.array([columns[0], rows[0]]), np.array([columns[-1] + 1, rows[-1] + 1])


def _in_craft_words(assessment: Assessment) -> Assessment:
    """Advice as for any drawing; against the original is how the change is judged, not what to say."""
    findings = tuple(
        replace(finding, message=finding.message.replace("sheet", kind_of_part(finding.part)))
        for finding in assessment.report.findings
    )
    return replace(assessment, report=replace(assessment.report, findings=findings))


def _no_figure() -> BadInput:
    return BadInput("This figure cannot be shown; choose another one.", "page.no_figure_to_show")


def _thumbnail(name: str) -> str:
    picture, _, _ = _framed(load_layered(name), {})
    return data_url(fit_within(picture, _THUMBNAIL_SIDE))
