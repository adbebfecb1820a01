"""The web page: its parts, what happens on each event, and the settings it is served with."""

from __future__ import annotations

import json
import os
from typing import Any

import gradio as gr
import numpy as np
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from proportion.assessment.report import BLURRED
from proportion.drawing import palette
from proportion.drawing.ruler import JOINTS_OF_LANDMARK
from proportion.settings import SETTINGS, parallel_checks
from proportion.skeleton import BONES, DERIVED_JOINTS, JOINTS
from proportion.ui import answers, demonstration, live
from proportion.ui.door import Door
from proportion.ui.engine import Engine
from proportion.ui.handlers import Endpoints, Groups, Student
from proportion.ui.texts import LANGUAGES, tables
from proportion.ui.turns import Turns
from proportion.ui.uploads import tab_closed, uploads
from proportion.ui.views import (
    Character,
    Classroom,
    Demonstrate,
    Download,
    Foot,
    JointEditor,
    Post,
    Result,
    Shell,
    Start,
    source,
)
from proportion.ui.zero_gpu import on_gpu

_SHARED_CODE = (
    "shared.js",
    "files.js",
    "joints.js",
    "crowd.js",
    "jointtable.js",
    "numbers.js",
    "kept.js",
    "history.js",
    "progress.js",
    "turntable.js",
    "ruler.js",
    "queue.js",
)
_STYLES = ("page.css", "groups.css", "queue.css")
_TABS_REMEMBERED = 100  # by Gradio, where tabs never say that they close
_SPOKEN_BY_THE_PAGE = ("page.", "joint.", "part.", "style.", "landmark_")


def build(engine: Engine) -> gr.Blocks:
    """The page over an engine; `launch` serves it."""
    uploads()  # before any component notes Gradio's folder
    # Gradio would keep 10,000 records of events and sum them up after each, with tabs' names.
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))
    with gr.Blocks(title="Proportion", analytics_enabled=False, fill_width=True) as page:
        Shell()
        start, editor, result, download = Start(shelf=None), JointEditor(), Result(), Download()
        around, measured = Post(), Post()
        character, demonstrate, classroom = Character(), Demonstrate(shelf=None), Classroom()
        Foot()
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        waited: dict[str, Any] = {**quiet, "show_progress": "minimal"}  # queue.js reads it
        joints: dict[str, Any] = {**waited, **_lane("joints")}
        checks: dict[str, Any] = {**waited, **_lane("checks")}

        def closed(request: gr.Request) -> None:
            tab_closed(request)
            # Gradio would keep what every tab has shown last, 10,000 of them.
            page.state_holder.session_data.pop(request.session_hash, None)

        page.unload(closed)

        turns = Turns(parallel_checks())
        student = Student(engine, turns)
        page.load(lambda: Start(shelf=answers.shelf(engine)), None, start, **quiet)
        start.find(answers.kindly(turns.long(on_gpu(student.find))), start, editor, **joints)
        editor.around(answers.kindly(student.around), editor, around, **quiet, **_lane("around", 1))
        editor.release(
            student.release, editor, measured, trigger_mode="always_last", **quiet, **_lane("release", 1)
        )
        editor.figure(answers.kindly(turns.long(student.find_another)), editor, editor, **joints)
        editor.check(answers.kindly(turns.quick(student.check)), editor, result, **checks)
        result.assess(answers.kindly(turns.quick(student.check_again)), result, result, **checks)
        result.example(answers.kindly(turns.long(student.example)), result, result, **joints)
        result.report(answers.kindly(student.report), result, download, **quiet, **_lane("report", 1))

        groups = Groups(engine, turns)
        page.load(lambda: Demonstrate(shelf=demonstration.shelf()), None, demonstrate, **quiet)
        demonstrate.redraw(
            answers.kindly(turns.quick(groups.redraw)),
            demonstrate,
            demonstrate,
            trigger_mode="always_last",
            **checks,
        )
        character.added(answers.kindly(turns.long(groups.add_drawing)), character, character, **joints)
        character.compare(answers.kindly(turns.quick(groups.compare)), character, character, **checks)
        classroom.assess(groups.check_class, classroom, classroom, **quiet, **_lane("class", 1))

        api = Endpoints(engine, turns)
        gr.api(api.pose, api_name="pose", **_lane("joints"))
        gr.api(api.assess, api_name="assess", **_lane("checks"))
    page.state_session_capacity = _TABS_REMEMBERED  # where the page is mounted; `launch` sets its own
    page.queue(max_size=SETTINGS.max_queue, default_concurrency_limit=parallel_checks())
    return page


def _lane(name: str, limit: int | None = None) -> dict[str, Any]:
    """A queue of its own for each kind of work, so that what is quick never waits behind what is slow.

    A check takes a third of the time that finding joints takes; with one queue for both, everybody would
    wait for the last upload. Work that nobody waits for, or that takes long, goes one at a time.
    """
    return {"concurrency_id": name, "concurrency_limit": limit or parallel_checks()}


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
        "blurred": BLURRED,
        "landmarks": JOINTS_OF_LANDMARK,
        "most": {
            "picture": SETTINGS.max_megabytes,
            "zip": SETTINGS.max_zip_megabytes,
            "drawings": SETTINGS.max_class_drawings,
        },
    }
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    script = f"window.PROPORTION_DATA = {text};\n{''.join(map(source, _SHARED_CODE))}"
    # Not through Gradio's own css setting, which rewrites the selectors.
    return f"<style>{''.join(map(source, _STYLES))}</style><script>{script}</script>"


def _heat_ramp() -> str:
    colours = palette.heat_colours(np.linspace(1, 0, 6)).round().astype(int)
    return f"linear-gradient(90deg, {', '.join(palette.hexadecimal(tuple(row)) for row in colours)})"


def serving(engine: Engine) -> dict[str, Any]:
    """Settings with which the page is served, here or mounted into another server."""
    return {
        "max_file_size": f"{SETTINGS.max_upload_megabytes}mb",
        "show_error": False,
        "enable_monitoring": False,
        "run_history": False,
        "ssr_mode": False,
        "theme": gr.themes.Base(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
        "head": head(),
        "app_kwargs": {
            "middleware": [Middleware(Door)],
            "routes": [Route("/health", lambda _: JSONResponse({"ready": engine.ready}))],
        },
    }


def launch(
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    engine: Engine | None = None,
    prevent_thread_lock: bool = False,
    **settings: Any,
) -> gr.Blocks:
    """Serve the page, and only then load what checks need; blocks unless ``prevent_thread_lock``."""
    engine = engine or Engine()
    page = build(engine)
    settings = {**serving(engine), "state_session_capacity": _TABS_REMEMBERED, **settings}
    page.launch(server_name=host, server_port=port, prevent_thread_lock=True, **settings)
    engine.warm_up()
    if not prevent_thread_lock:
        page.block_thread()
    return page
