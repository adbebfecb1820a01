"""The Report: all that one check found, as data; page, PDF, JSON and API are views of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar, get_args

from proportion.errors import BadInput
from proportion.skeleton import JOINTS, PARTS, Skeleton, is_number

FORMAT = "proportion-report/1"

Style = Literal["realistic", "anime", "chibi"]
Verdict = Literal["fine", "needs work", "can't tell"]
Kind = Literal["too short", "too long", "too small", "too big", "too narrow", "too wide", "uneven"]
Against = Literal["style", "sheet"]

STYLES: tuple[Style, ...] = get_args(Style)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
KINDS: tuple[Kind, ...] = get_args(Kind)

BLURRED = 0.35
"""A joint's uncertainty over a part's drawn length above which nothing is said about the part."""

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Finding:
    """One part that is out of proportion.

    Attributes:
        part: a name of `skeleton.PARTS`.
        kind: what is wrong with it.
        percent: its length against what it should be, in percent (-30 = 30% too short).
        low: lower end of the 80% interval of ``percent``.
        high: upper end of it.
        certainty: calibrated probability in [0, 1] that the part is wrong in this direction.
        message: key of the sentence of advice; ``values`` fills its placeholders.
    """

    part: str
    kind: Kind
    percent: float
    low: float
    high: float
    certainty: float
    message: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unsure:
    """A part that cannot be judged; ``message`` is the reason's key."""

    part: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Praise:
    """Something that is right, said before anything else."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReferenceNote:
    """A reference and the reason why it was chosen (``pose_distance`` in degrees, smaller is nearer)."""

    id: str
    pose_distance: float
    mirrored: bool
    message: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Deviation:
    """How one part of one drawing differs from the same character's other drawings.

    Attributes:
        drawing: 0 is the checked drawing, 1, 2, ... those of the sheet in the order given.
        part: a name of `skeleton.PARTS`.
        percent: its length against the median of the sheet, in percent.
    """

    drawing: int
    part: str
    percent: float


@dataclass(frozen=True)
class Consistency:
    """BPLP-C over a character sheet: ``score`` in [0, 1] (1 = every part equally long everywhere)."""

    score: float
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that a check found (DESIGN.md, Report).

    Attributes:
        style: the style judged against; ``style_requested`` may be ``auto``.
        against: ``style``, or ``sheet`` where other drawings of the character set the norms.
        verdict: on the whole figure.
        score: 0 to 100.
        similarity: cosine similarity with the first reference; None without one.
        heads_tall: None where the head or the feet are missing.
        consistency: None without a sheet.
        good: what is right, to be said first.
        findings: what to fix first comes first.
        unsure: parts that cannot be judged, with the reason.
        references: nearest in pose first.
        skeleton: the figure as it was judged.
        corrected_skeleton: the same pose with every finding put right; None if nothing can be judged.
        pose_3d: joint name to (x, y, z) in body units, x right and y down as in the picture, z away from
            the viewer, pelvis or the joints' mean at the origin; joints that are missing are left out.
        alignment: ``learner`` and ``standard``, each a (2, 3) transform from picture pixels to the
            aligned frame [-1, 1]; empty without a reference.
        heat: part to likeness with the reference (1 alike, 0 different, None unseen).
    """

    style: Style
    style_requested: str
    against: Against
    verdict: Verdict
    score: int
    skeleton: Skeleton
    similarity: float | None = None
    heads_tall: float | None = None
    consistency: Consistency | None = None
    good: tuple[Praise, ...] = ()
    findings: tuple[Finding, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    references: tuple[ReferenceNote, ...] = ()
    corrected_skeleton: Skeleton | None = None
    pose_3d: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    alignment: dict[str, list[list[float]]] = field(default_factory=dict)
    heat: dict[str, float | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The `proportion-report/1` object, of JSON types only."""
        return {
            "format": FORMAT,
            "style": self.style,
            "style_requested": self.style_requested,
            "against": self.against,
            "verdict": self.verdict,
            "score": self.score,
            "similarity": self.similarity,
            "heads_tall": self.heads_tall,
            "consistency": None if self.consistency is None else asdict(self.consistency),
            "good": [asdict(row) for row in self.good],
            "findings": [asdict(row) for row in self.findings],
            "unsure": [asdict(row) for row in self.unsure],
            "references": [asdict(row) for row in self.references],
            "skeleton": self.skeleton.to_json(),
            "corrected_skeleton": (
                None if self.corrected_skeleton is None else self.corrected_skeleton.to_json()
            ),
            "pose_3d": {name: list(point) for name, point in self.pose_3d.items()},
            "alignment": self.alignment,
            "heat": self.heat,
        }

    @classmethod
    def from_json(cls, data: Any) -> Report:
        """Read a `proportion-report/1` object.

        Raises:
            BadInput: what is wrong, in one sentence.
        """
        fields = _object(data, "report")
        if fields.get("format") != FORMAT:
            raise BadInput(f"This is not a {FORMAT} file.", "report_wrong_format")
        corrected, consistency = fields.get("corrected_skeleton"), fields.get("consistency")
        return cls(
            style=_choice(fields, "style", STYLES),
            style_requested=_choice(fields, "style_requested", (*STYLES, "auto")),
            against=_choice(fields, "against", get_args(Against)),
            verdict=_choice(fields, "verdict", VERDICTS),
            score=int(_number(fields, "score", 0, 100)),
            skeleton=Skeleton.from_json(fields.get("skeleton")),
            similarity=_optional(fields, "similarity", -1, 1),
            heads_tall=_optional(fields, "heads_tall", 0, 100),
            consistency=None if consistency is None else _consistency(consistency),
            good=_rows(fields, "good", lambda row: Praise(*_message(row))),
            findings=_rows(fields, "findings", _finding),
            unsure=_rows(
                fields, "unsure", lambda row: Unsure(_choice(row, "part", PARTS), *_message(row))
            ),
            references=_rows(fields, "references", _reference),
            corrected_skeleton=None if corrected is None else Skeleton.from_json(corrected),
            pose_3d={
                _known(name, JOINTS): tuple(_numbers(point, 3))
                for name, point in _object(fields.get("pose_3d", {}), "pose_3d").items()
            },
            alignment={
                _known(name, ("learner", "standard")): [_numbers(row, 3) for row in _list(matrix, 2)]
                for name, matrix in _object(fields.get("alignment", {}), "alignment").items()
            },
            heat={
                _known(name, PARTS): None if value is None else _number({name: value}, name, 0, 1)
                for name, value in _object(fields.get("heat", {}), "heat").items()
            },
        )


def _fail(what: str) -> BadInput:
    return BadInput(
        f"This report cannot be read: '{what}' is not as it should be.", "report_bad", field=what
    )


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _fail(what)
    return value


def _list(value: Any, length: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) != length:
        raise _fail("list")
    return value


def _numbers(value: Any, length: int) -> list[float]:
    if not all(is_number(number) for number in _list(value, length)):
        raise _fail("number")
    return [float(number) for number in value]


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise _fail(str(name)[:40])
    return name


def _choice(row: Mapping[str, Any], name: str, choices: Sequence[str]) -> Any:
    if row.get(name) not in choices:
        raise _fail(name)
    return row[name]


def _number(row: Mapping[str, Any], name: str, low: float = -math.inf, high: float = math.inf) -> float:
    value = row.get(name)
    if not is_number(value) or not low <= value <= high:
        raise _fail(name)
    return float(value)


def _optional(row: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    return None if row.get(name) is None else _number(row, name, low, high)


def _rows(
    fields: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], _Row]
) -> tuple[_Row, ...]:
    rows = fields.get(name, [])
    if not isinstance(rows, list | tuple):
        raise _fail(name)
    return tuple(read(_object(row, name)) for row in rows)


def _message(row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if not isinstance(row.get("message"), str):
        raise _fail("message")
    return row["message"], dict(_object(row.get("values", {}), "values"))


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        _choice(row, "part", PARTS),
        _choice(row, "kind", KINDS),
        _number(row, "percent"),
        _number(row, "low"),
        _number(row, "high"),
        _number(row, "certainty", 0, 1),
        *_message(row),
    )


def _reference(row: Mapping[str, Any]) -> ReferenceNote:
    if not isinstance(row.get("id"), str) or not isinstance(row.get("mirrored"), bool):
        raise _fail("references")
    return ReferenceNote(row["id"], _number(row, "pose_distance", 0), row["mirrored"], *_message(row))


def _consistency(value: Any) -> Consistency:
    fields = _object(value, "consistency")
    return Consistency(
        _number(fields, "score", 0, 1),
        _rows(
            fields,
            "deviations",
            lambda row: Deviation(
                int(_number(row, "drawing", 0)), _choice(row, "part", PARTS), _number(row, "percent")
            ),
        ),
    )
