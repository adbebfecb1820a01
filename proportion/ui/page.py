"""The web page: its parts, what happens on each event, and the settings it is served with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from gradio.data_classes import FileData
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder

from proportion.drawing import palette
from proportion.errors import BadInput
from proportion.images import MAX_MEGABYTES, encode_picture, load_picture
from proportion.skeleton import BONES, DERIVED_JOINTS, JOINTS
from proportion.ui import answers, live
from proportion.ui.engine import Engine
from proportion.ui.takeaway import read_back, write_report
from proportion.ui.texts import LANGUAGES, tables
from proportion.ui.views import (
    Download,
    EditorValue,
    JointEditor,
    Result,
    Shell,
    Start,
    StartValue,
    source,
)

_ONE_HOUR = 3600
_SPOKEN_BY_THE_PAGE = ("page.", "joint.", "part.", "style.")


def build(engine: Engine) -> gr.Blocks:
    """The page over an engine; `launch` serves it."""
    with gr.Blocks(
        title="Proportion", analytics_enabled=False, delete_cache=(_ONE_HOUR, _ONE_HOUR), fill_width=True
    ) as page:
        Shell()
        start, editor, result, download = Start(shelf=None), JointEditor(), Result(), Download()
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        heavy: dict[str, Any] = {**quiet, "concurrency_limit": 1, "concurrency_id": "heavy"}

        def find(asked: StartValue) -> dict[str, Any]:
            path = uploaded(asked.upload) if asked.upload else answers.sample_file(asked.sample)
            return _read_back(path) if path.suffix.lower() == ".json" else _found(engine, path)

        def find_another(shown: EditorValue) -> dict[str, Any]:
            if shown.image is None:
                raise BadInput("There is no picture here; start with a drawing.", "page.no_picture")
            return _found(engine, uploaded(shown.image), shown.box)

        def check(shown: EditorValue) -> dict[str, Any]:
            return answers.check(engine, shown.model_dump())

        def check_again(wish: Any) -> dict[str, Any]:
            return answers.check(engine, wish)

        def report(wish: Any) -> dict[str, Any]:
            assessment, _ = answers.assess(engine, wish)
            image, folder = wish.get("image"), Path(get_upload_folder())
            picture = load_picture(uploaded(FileData(**image))) if image else None
            path = write_report(folder, assessment, picture, wish.get("language"), wish.get("format"))
            return {"file": FileData(path=str(path), orig_name=path.name), "asked": wish.get("asked", 0)}

        page.load(lambda: Start(shelf=answers.shelf(engine)), None, start, **quiet)
        start.find(answers.kindly(find), start, editor, **heavy)
        editor.figure(answers.kindly(find_another), editor, editor, **heavy)
        editor.check(answers.kindly(check), editor, result, **heavy)
        result.report(answers.kindly(report), result, download, **heavy)
        result.assess(answers.kindly(check_again), result, result, **heavy)
    return page


def uploaded(file: FileData) -> Path:
    """The path of a visitor's upload; a path elsewhere on this machine is refused."""
    path = Path(file.path).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()):
        raise BadInput("This is not an uploaded file; choose the picture again.", "page.not_uploaded")
    return path


def _found(engine: Engine, path: Path, chosen: int = 0) -> dict[str, Any]:
    picture, answer = answers.find_joints(engine, path, chosen)
    return {**answer, "image": _kept(picture)}


def _kept(picture: np.ndarray) -> FileData:
    """The picture as the page and a later report use it; Gradio removes it with the other uploads."""
    content = encode_picture(picture, "JPEG")
    return FileData(path=save_bytes_to_cache(content, "drawing.jpg", get_upload_folder()))


def _read_back(path: Path) -> dict[str, Any]:
    picture, skeleton, foreshortened = read_back(path.read_bytes())
    image = None if picture is None else _kept(picture)
    return {"image": image, "skeleton": skeleton.to_json(), "foreshortened": foreshortened}


def head() -> str:
    """What every view builds on: styles, texts, joints, bones, colours, measures and the shared code."""
    part_of_joint = {bone.start: bone.part for bone in reversed(BONES)}
    part_of_joint |= {bone.end: bone.part for bone in BONES if not bone.part.endswith("_width")}
    data = {
        "texts": tables(_SPOKEN_BY_THE_PAGE),
        "languages": LANGUAGES,
        "joints": JOINTS,
        "derived": DERIVED_JOINTS,
        "bones": [{"part": bone.part, "start": bone.start, "end": bone.end} for bone in BONES],
        "part_of_joint": part_of_joint,
        "colours": {part: palette.hexadecimal(colour) for part, colour in palette.PART_COLOURS.items()},
        "styles": {
            "--over": palette.hexadecimal(palette.TOO_LONG),
            "--under": palette.hexadecimal(palette.TOO_SHORT),
            "--ghost": palette.hexadecimal(palette.GHOST),
            "--calm": palette.hexadecimal(palette.CALM),
            "--ramp": _heat_ramp(),
        },
        "measures": live.table(),
    }
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    script = f"window.PROPORTION_DATA = {text};\n{source('shared.js')}\n{source('joints.js')}"
    # Not through Gradio's own css setting, which rewrites the selectors.
    return f"<style>{source('page.css')}</style><script>{script}</script>"


def _heat_ramp() -> str:
    colours = palette.heat_colours(np.linspace(1, 0, 6)).round().astype(int)
    return f"linear-gradient(90deg, {', '.join(palette.hexadecimal(tuple(row)) for row in colours)})"


def launch(
    host: str = "127.0.0.1", port: int = 7860, *, engine: Engine | None = None, **settings: Any
) -> gr.Blocks:
    """Serve the page; blocks until it is stopped unless ``prevent_thread_lock`` is given."""
    page = build(engine or Engine())
    page.queue(max_size=32, default_concurrency_limit=2)
    page.launch(
        server_name=host,
        server_port=port,
        max_file_size=f"{MAX_MEGABYTES}mb",
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=head(),
        **settings,
    )
    return page
