"""What happens on each event of the page: uploads come in, answers go out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gradio.data_classes import FileData

from proportion.errors import BadInput
from proportion.images import encode_picture, load_picture
from proportion.pose.boxes import Box
from proportion.skeleton import Skeleton
from proportion.ui import answers, class_sheet, demonstration
from proportion.ui.engine import Engine
from proportion.ui.takeaway import read_back, with_example, write_report
from proportion.ui.turns import Turns
from proportion.ui.uploads import uploaded, uploads
from proportion.ui.views import CharacterValue, ClassroomValue, EditorValue, StartValue

_EXAMPLE_SIDE = 512
_AROUND_WAITS = 20.0


class Student:
    """From a drawing to its result."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self.engine, self._turns = engine, turns

    def find(self, asked: StartValue) -> dict[str, Any]:
        """The joints of an upload or a sample, or the figure of a file saved earlier."""
        path = uploaded(asked.upload) if asked.upload else answers.sample_file(asked.sample)
        if path.suffix.lower() == ".json":
            return {**_read_back(path), "asked": asked.asked}
        picture, answer = answers.find_joints(self.engine, path)
        return {**answer, "image": _kept(picture), "asked": asked.asked}

    def around(self, shown: EditorValue) -> dict[str, Any]:
        """Which other figures are in the picture."""
        self._turns.wait(_AROUND_WAITS)  # nobody waits for this, but others for joints and results
        boxes = answers.figures_around(self.engine, _picture_of(shown)) if shown.image else []
        return {"topic": "around", "boxes": boxes, "asked": shown.asked}

    def find_another(self, shown: EditorValue) -> dict[str, Any]:
        """The joints of another figure in the same picture."""
        box = shown.boxes[shown.box] if 0 <= shown.box < len(shown.boxes) else None
        _, answer = answers.find_joints(self.engine, _picture_of(shown), box and Box(*box))
        kept = {"image": shown.image, "boxes": shown.boxes, "box": shown.box, "asked": shown.asked}
        return {**answer, **kept}

    def release(self, shown: EditorValue) -> dict[str, Any]:
        """Numbers and the first finding for the joints as they were let go."""
        release = answers.kindly(self._turns.quick(answers.release))
        answer = release(self.engine, shown.model_dump())
        return {"topic": "measured", "revision": shown.revision, **answer}

    def check(self, shown: EditorValue) -> dict[str, Any]:
        """The result for the joints as they are in the editor."""
        return answers.check(self.engine, shown.model_dump())

    def check_again(self, wish: Any) -> dict[str, Any]:
        """The result in another style or against another reference."""
        return answers.check(self.engine, wish)

    def example(self, wish: Any) -> dict[str, Any]:
        """A picture of the visitor's own to compare with, and its joints."""
        if not isinstance(wish, dict) or not wish.get("upload"):
            raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
        path = uploaded(wish["upload"])
        picture, answer = answers.find_joints(self.engine, path, side=_EXAMPLE_SIDE)
        if answer["problem"]:
            return {"problem": answer["problem"]}
        return {"example": {"skeleton": answer["skeleton"], "picture": answers.data_url(picture)}}

    def report(self, wish: Any) -> dict[str, Any]:
        """The result as a PNG or PDF file."""
        assessment, chosen = answers.assess(self.engine, wish)
        image = wish.get("image")
        picture = load_picture(uploaded(image)) if image else None
        if picture is not None and wish.get("mirrored"):
            picture = np.ascontiguousarray(picture[:, ::-1])
        path = write_report(
            uploads().new_folder(),
            with_example(assessment, chosen, wish),
            picture,
            wish.get("language"),
            wish.get("format"),
        )
        asked = wish.get("asked")
        return {
            "file": FileData(path=str(path), orig_name=path.name),
            "asked": asked if isinstance(asked, int) else 0,
        }


class Groups:
    """Several drawings at once, and the teacher's demonstration."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self.engine, self._turns = engine, turns

    def redraw(self, wish: Any) -> dict[str, Any]:
        """A figure with one part changed and what the app says to it."""
        return demonstration.redraw(self.engine, wish)

    def add_drawing(self, asked: CharacterValue) -> dict[str, Any]:
        """One more drawing of a character."""
        if asked.upload is None:
            raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
        picture, answer = answers.find_joints(self.engine, uploaded(asked.upload))
        shown = {} if answer["problem"] else {"skeleton": answer["skeleton"]}
        return {
            **shown,
            "picture": answers.data_url(picture),
            "problem": answer["problem"],
            "asked": asked.asked,
        }

    def compare(self, asked: CharacterValue) -> dict[str, Any]:
        """The first drawing of a character against the others."""
        if not asked.skeletons:
            raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
        first, *others = (Skeleton.from_json(each) for each in asked.skeletons)
        assessment = self.engine.assessor.assess(first, sheet=others)
        return {"report": answers.spoken(assessment), "asked": asked.asked}

    def check_class(self, asked: ClassroomValue) -> Iterator[dict[str, Any]]:
        """A class's drawings, with progress on the way."""
        try:
            files = [uploaded(file) for file in asked.uploads]
            for step in class_sheet.check_class(
                self.engine,
                self._turns,
                files,
                uploads().new_folder(),
                asked.language,
                named=asked.named,
            ):
                path = step.pop("path", None)
                reports = path and FileData(path=str(path), orig_name=path.name)
                yield {**step, "reports": reports, "asked": asked.asked}
        except Exception as error:
            yield {"problem": answers.problem(error), "asked": asked.asked}


class Endpoints:
    """The documented API: both take and give the JSON of DESIGN.md."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self.engine, self._turns = engine, turns

    def pose(self, image: FileData) -> dict[str, Any]:
        """Find the joints of a drawing.

        Args:
            image: an uploaded PNG, JPEG or WebP picture.

        Returns:
            The ``proportion-skeleton/1`` object, in pixels of the picture as the page shows it (at most
            1,536 pixels a side), or ``{"problem": sentence per language}``.
        """
        return answers.kindly(self._turns.long(self._pose))(image)

    def assess(self, skeleton: dict, style: str = "auto") -> dict[str, Any]:
        """Check the proportions of a skeleton.

        Args:
            skeleton: a ``proportion-skeleton/1`` object.
            style: ``auto``, ``realistic``, ``anime`` or ``chibi``.

        Returns:
            The ``proportion-report/1`` object, its messages also as ``text`` per language, or
            ``{"problem": sentence per language}``.
        """
        return answers.kindly(self._turns.quick(self._assess))(skeleton, style)

    def _pose(self, image: FileData) -> dict[str, Any]:
        answer = answers.find_joints(self.engine, uploaded(image))[1]
        return {"problem": answer["problem"]} if answer["problem"] else answer["skeleton"]

    def _assess(self, skeleton: dict, style: str) -> dict[str, Any]:
        return answers.spoken(answers.assess(self.engine, {"skeleton": skeleton, "style": style})[0])


def _kept(picture: np.ndarray) -> FileData:
    """The picture as the page and a later report use it."""
    path = uploads().new_folder() / "drawing.jpg"
    path.write_bytes(encode_picture(picture, "JPEG"))
    return FileData(path=str(path))


def _picture_of(shown: EditorValue) -> Path:
    if shown.image is None:
        raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
    return uploaded(shown.image)


def _read_back(path: Path) -> dict[str, Any]:
    picture, skeleton, foreshortened = read_back(path.read_bytes())
    image = None if picture is None else _kept(picture)
    return {"image": image, "skeleton": skeleton.to_json(), "foreshortened": foreshortened}
