"""Every handler of the page and both endpoints, called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gradio.data_classes import FileData
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from proportion.settings import parallel_checks
from proportion.ui import answers, demonstration
from proportion.ui.engine import Engine
from proportion.ui.handlers import Endpoints, Groups, Student
from proportion.ui.turns import Turns
from proportion.ui.views import CharacterValue, ClassroomValue, EditorValue, StartValue
from tests.fuzz.inputs import json_values, skeleton_values, wishes
from tests.fuzz.stopwatch import timed


class Events:
    """Every handler of the page and every endpoint, with whatever a client may send."""

    def __init__(self, engine: Engine) -> None:
        engine.assessor  # noqa: B018  (waits until it is loaded, which is no call's work)
        turns = Turns(parallel_checks())
        student, groups, api = Student(engine, turns), Groups(engine, turns), Endpoints(engine, turns)
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
        kinds = st.integers(0, len(self._typed) - 1)

        @given(number, wishes | json_values)
        def plain(index: int, wish: Any) -> None:
            self._answered(self._plain[index], wish)

        @given(
            kinds,
            wishes | json_values,
            st.lists(skeleton_values, max_size=8),
        )
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
        with timed() as reasons:
            answer = handler(wish)
            if answer.get("problem"):
                reasons.append(answer["problem"]["en"])
        json.dumps(answer, default=_file)


def _file(value: Any) -> Any:
    assert isinstance(value, FileData)
    return value.path
