"""The parts of the page that the browser draws: `gr.HTML` subclasses with an html and a js file each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from gradio.data_classes import FileData, GradioModel
from pydantic import ConfigDict, Field, ValidationError

from proportion.settings import SETTINGS

FOLDER = Path(__file__).parent


def source(name: str) -> str:
    """The content of a file of the page (``editor.js``, ``page.css``)."""
    return (FOLDER / name).read_text(encoding="utf-8")


class View(gr.HTML):
    """One part of the page; its template is static, so that nothing a visitor sends is ever compiled."""

    name: str

    def __init__(self, value: Any = None, **props: Any) -> None:
        super().__init__(
            value,
            html_template=source(f"{self.name}.html"),
            js_on_load=source(f"{self.name}.js"),
            apply_default_css=False,
            elem_classes=["view", f"view-{self.name}"],
            **props,
        )

    def preprocess(self, payload: Any) -> Any:
        """What the browser sent, checked against ``data_model`` where the view has one."""
        return self.data_model() if self.data_model and payload is None else payload

    def postprocess(self, value: Any) -> Any:
        """What Python answers, with files made reachable where the view has a ``data_model``."""
        return self.data_model(**value) if self.data_model and isinstance(value, dict) else value

    def api_info(self) -> dict[str, Any]:
        """Any JSON object."""
        return {"type": "object"}


class Shell(View):
    """Name, views, steps, language, light or dark; the one place for problems and waiting."""

    name = "shell"


class Foot(View):
    """Below every view: the privacy line and "forget everything here"."""

    name = "foot"


class Value(GradioModel):
    """What goes between a view and Python. Errors do not quote what a visitor sent: they are logged."""

    model_config = ConfigDict(hide_input_in_errors=True)

    @classmethod
    def model_validate(cls, given: Any, **settings: Any) -> Value:
        """Refuse what the page never sends by an error that Gradio passes on, but does not log."""
        try:
            return super().model_validate(given, **settings)
        except ValidationError:
            raise gr.Error("This request cannot be understood.", print_exception=False) from None


class StartValue(Value):
    """What the visitor starts from: an uploaded file or a sample's name."""

    upload: FileData | None = None
    sample: str | None = Field(None, max_length=100)
    asked: int = 0
    problem: dict[str, str] | None = None


class Start(View):
    """Step 1: a drawing, a sample or a pose. Event ``find``; its ``shelf`` holds samples and poses."""

    name = "start"
    data_model = StartValue


Edges = Annotated[list[float], Field(min_length=4, max_length=4)]
"""Left, top, right and bottom of a figure's box in pixels."""


class EditorValue(Value):
    """The figure in the editor; the skeleton is JSON that `Skeleton.from_json` checks.

    ``asked`` tells one upload from the next.
    """

    image: FileData | None = None
    skeleton: dict[str, Any] | None = None
    boxes: list[Edges] = Field(default_factory=list, max_length=20)
    box: int = 0
    asked: int = 0
    foreshortened: list[str] = Field(default_factory=list, max_length=17)
    problem: dict[str, str] | None = None
    revision: int = 0


class JointEditor(View):
    """Step 2: the joints on the drawing. Events ``check``, ``release``, ``around`` and ``figure``."""

    name = "editor"
    data_model = EditorValue


class Result(View):
    """Step 3: findings and pictures. Events ``assess``, ``example`` and ``report``."""

    name = "result"


class CharacterValue(Value):
    """A drawing to add, or the skeletons to compare; and what came of it."""

    upload: FileData | None = None
    skeletons: list[dict[str, Any]] = Field(default_factory=list, max_length=7)
    asked: int = 0
    picture: str | None = None
    skeleton: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    problem: dict[str, str] | None = None


class Character(View):
    """My character: drawings of one character against each other. Events ``added`` and ``compare``."""

    name = "character"
    data_model = CharacterValue


class Demonstrate(View):
    """For teachers: a figure with one part changed, a quiz, lessons. Event ``redraw``."""

    name = "demonstrate"


class ClassroomValue(Value):
    """The drawings of a class, and what they have in common."""

    uploads: list[FileData] = Field(default_factory=list, max_length=SETTINGS.max_class_drawings)
    language: str = Field("en", max_length=10)
    asked: int = 0
    named: bool = False
    judged: int = 0
    all: int = 0
    summary: dict[str, Any] | None = None
    sheet: list[dict[str, Any]] = Field(default_factory=list)
    reports: FileData | None = None
    problem: dict[str, str] | None = None


class Classroom(View):
    """A class: many drawings at once, a summary and every report. Event ``assess``."""

    name = "classroom"
    data_model = ClassroomValue


class DownloadValue(Value):
    """A file made for the visitor; ``asked`` tells one download from the next."""

    file: FileData | None = None
    problem: dict[str, str] | None = None
    asked: int = 0


class Download(View):
    """Hands a file over as soon as it arrives; shows nothing."""

    name = "download"
    data_model = DownloadValue


class Post(View):
    """Hands an answer to the part of the page that listens for its ``topic``; shows nothing."""

    name = "post"
