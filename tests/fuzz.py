"""Properties of every parser and endpoint, tried with random input: ``python -m tests.fuzz SECONDS``.

`tests/test_fuzz.py` tries each a few times; this command goes on with new input until the time is over.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradio.data_classes import FileData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from proportion.errors import BadInput
from proportion.images import load_picture
from proportion.keypoint_files import read_skeleton
from proportion.skeleton import JOINTS, PARTS, Skeleton
from proportion.ui import answers, class_sheet, demonstration
from proportion.ui.door import Door
from proportion.ui.engine import Engine
from proportion.ui.handlers import Endpoints, Groups, Student
from proportion.ui.takeaway import read_back
from proportion.ui.views import CharacterValue, ClassroomValue, EditorValue, StartValue
from tests.asynchronous import run
from tests.hostile_corpus import bad_pictures, bad_projects, bad_skeletons, bad_zips

SLOWEST = 5.0  # seconds of the processor that one call may take

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
_json = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
_coordinates = st.floats(-1e6, 1e6) | _scalars
_joints = st.dictionaries(
    st.sampled_from(JOINTS) | st.text(max_size=10),
    st.fixed_dictionaries(
        {"x": _coordinates, "y": _coordinates},
        optional={
            "state": st.sampled_from(["seen", "guessed", "missing"]) | _scalars,
            "sigma": _coordinates,
        },
    )
    | _json,
    max_size=20,
)
_whole_figures = st.fixed_dictionaries(
    {
        "image_size": st.lists(st.integers(1, 4000), min_size=2, max_size=2),
        "joints": st.fixed_dictionaries(
            {
                name: st.fixed_dictionaries({"x": st.floats(-100, 5000), "y": st.floats(-100, 5000)})
                for name in JOINTS
            }
        ),
    }
)
_skeletons = (
    _whole_figures
    | st.fixed_dictionaries(
        {"image_size": st.lists(st.integers(-1, 2000), max_size=3) | _json, "joints": _joints},
        optional={"format": _scalars},
    )
    | _json
)
_marks = st.lists(st.sampled_from(PARTS) | _scalars, max_size=5) | _json
_wishes = st.fixed_dictionaries(
    {},
    optional={
        "skeleton": _skeletons,
        "foreshortened": _marks,
        "style": st.sampled_from(["auto", "anime", "chibi"]) | _json,
        "reference": st.integers(-3, 9) | _json,
        "own": _skeletons,
        "own_picture": _json,
        "language": st.sampled_from(["en", "ja"]) | _json,
        "format": st.sampled_from(["png", "pdf"]) | _json,
        "image": _json,
        "upload": _json,
        "box": st.integers(-3, 20),
        "boxes": st.lists(st.lists(st.floats(), max_size=5), max_size=5),
        "revision": _json,
        "asked": _json,
        "figure": _json,
        "part": st.sampled_from(PARTS) | _json,
        "factor": st.floats() | _json,
        "number": _json,
    },
)
_seeds = [
    content
    for corpus in (bad_pictures, bad_skeletons, bad_projects, bad_zips)
    for _, content in list(corpus())[::6]
    if len(content) < 20_000
]


@st.composite
def _mutated(draw: Any) -> bytes:
    """A file of the corpus with a few bytes changed, cut or doubled, or mere noise."""
    content = bytearray(draw(st.sampled_from(_seeds) | st.binary(max_size=500)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        change = draw(st.sampled_from(("set", "cut", "insert")))
        if change == "set" and content:
            content[place] = draw(st.integers(0, 255))
        elif change == "cut":
            del content[place : place + draw(st.integers(1, 50))]
        else:
            content[place:place] = draw(st.binary(max_size=20))
    return bytes(content)


def _refused_or_read(read: Callable[[], Any]) -> None:
    """Nothing but a `BadInput` with one sentence comes out, and soon."""
    started = time.process_time()
    try:
        read()
    except BadInput as refusal:
        assert "\n" not in str(refusal)
    assert time.process_time() - started < SLOWEST


@given(_mutated())
def pictures(content: bytes) -> None:
    """`images.load_picture`."""
    _refused_or_read(lambda: load_picture(content))


@given(_mutated() | _skeletons.map(lambda data: json.dumps(data).encode()))
def skeleton_files(content: bytes) -> None:
    """`keypoint_files.read_skeleton`."""
    _refused_or_read(lambda: read_skeleton(content))


@given(_skeletons)
def skeletons(data: Any) -> None:
    """`Skeleton.from_json`; what is read is written and read as the same."""
    try:
        skeleton = Skeleton.from_json(data)
    except BadInput:
        return
    again = Skeleton.from_json(json.loads(json.dumps(skeleton.to_json(), allow_nan=False)))
    assert again == skeleton


@given(
    _mutated()
    | _wishes.map(lambda data: json.dumps({"format": "proportion-project/1", **data}).encode())
)
def projects(content: bytes) -> None:
    """`takeaway.read_back`."""
    _refused_or_read(lambda: read_back(content))


@given(_mutated())
def class_files(content: bytes) -> None:
    """`class_sheet.drawings`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "class.zip"
        file.write_bytes(content)
        _refused_or_read(lambda: class_sheet.drawings([file]))


@given(
    st.sampled_from(["/gradio_api/queue/join", "/gradio_api/call/pose", "/", "/gradio_api/file=x"])
    | st.text(max_size=40).map(lambda text: "/" + text),
    st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
    _json.map(lambda data: json.dumps(data).encode()) | st.binary(max_size=200),
)
def door(path: str, method: str, body: bytes) -> None:
    """`door.Door`: each request gets an answer that is no fault."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    run(Door(app)(scope, receive, send))
    assert sent[0]["status"] < 500


class Events:
    """Every handler of the page and every endpoint, with whatever a client may send."""

    def __init__(self, engine: Engine) -> None:
        student, groups, api = Student(engine), Groups(engine), Endpoints(engine)
        kindly = answers.kindly
        self._plain: list[Callable[[Any], Any]] = [
            kindly(student.check_again),
            kindly(student.report),
            kindly(student.example),
            kindly(groups.redraw),
            kindly(lambda wish: answers.check(engine, wish)),
            kindly(lambda wish: demonstration.redraw(engine, wish)),
            lambda wish: api.assess(wish.get("skeleton") if isinstance(wish, dict) else wish),
            lambda wish: api.pose(wish),
        ]
        self._typed: list[tuple[type[Any], Callable[[Any], Any]]] = [
            (StartValue, kindly(student.find)),
            (EditorValue, kindly(student.check)),
            (EditorValue, kindly(student.find_another)),
            (EditorValue, kindly(student.around)),
            (EditorValue, student.release),
            (CharacterValue, kindly(groups.add_drawing)),
            (CharacterValue, kindly(groups.compare)),
            (ClassroomValue, lambda asked: list(groups.check_class(asked))[-1]),
        ]

    def tests(self) -> list[Callable[[], None]]:
        """Hypothesis tests over all of them."""
        number = st.integers(0, len(self._plain) - 1)

        @given(number, _wishes | _json)
        def plain(index: int, wish: Any) -> None:
            self._answered(self._plain[index], wish)

        @given(st.integers(0, len(self._typed) - 1), _wishes | _json, st.lists(_skeletons, max_size=8))
        def typed(index: int, wish: Any, figures: list[Any]) -> None:
            kind, handler = self._typed[index]
            fields = wish if isinstance(wish, dict) else {}
            file = fields.get("image") if isinstance(fields.get("image"), dict) else None
            try:
                value = kind(**{**fields, "skeletons": figures, "image": file, "upload": file})
            except (ValidationError, TypeError):
                return  # Gradio refuses it
            self._answered(handler, value)

        return [plain, typed]

    @staticmethod
    def _answered(handler: Callable[[Any], Any], wish: Any) -> None:
        started = time.process_time()
        answer = handler(wish)
        assert time.process_time() - started < SLOWEST
        problem = answer.get("problem")
        assert problem is None or "en" in problem
        if problem:
            assert "our side" not in problem["en"], "an unexpected error"
        json.dumps(answer, default=_file)


def _file(value: Any) -> Any:
    assert isinstance(value, FileData)
    return value.path


PARSERS = (pictures, skeleton_files, skeletons, projects, class_files, door)


def main(seconds: float) -> None:
    """Try everything with new input until the time is over."""
    engine = Engine()
    properties = [*PARSERS, *Events(engine).tests()]
    engine.assessor  # noqa: B018  (waits until it is loaded)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    deadline, rounds = time.monotonic() + seconds, 0
    profile = settings(
        max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    tries = [profile(each) for each in properties]
    while time.monotonic() < deadline:
        for each in tries:
            each()
        rounds += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{rounds} rounds of {len(properties)} properties, 100 inputs each; memory peak +{grown:.0f} MB"
    )
    assert math.isfinite(grown) and grown < 1000


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
