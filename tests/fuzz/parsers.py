"""Every parser, and the door: what is not read is refused."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proportion.errors import BadInput
from proportion.images import load_picture
from proportion.keypoint_files import read_skeleton
from proportion.skeleton import Skeleton
from proportion.ui import class_sheet
from proportion.ui.door import Door
from proportion.ui.takeaway import read_back
from tests.asynchronous import run
from tests.fuzz.inputs import encoded, json_values, mutated, skeleton_values, wishes
from tests.fuzz.stopwatch import timed


def _refused_or_read(read: Callable[[], Any]) -> None:
    """Nothing but a `BadInput` with one sentence comes out, and soon."""
    with timed() as reasons:
        try:
            read()
        except BadInput as refusal:
            reasons.append(str(refusal))


@given(mutated())
def pictures(content: bytes) -> None:
    """`images.load_picture`."""
    _refused_or_read(lambda: load_picture(content))


@given(mutated() | skeleton_values.map(encoded))
def skeleton_files(content: bytes) -> None:
    """`keypoint_files.read_skeleton`."""
    _refused_or_read(lambda: read_skeleton(content))


@given(skeleton_values)
def skeletons(data: Any) -> None:
    """`Skeleton.from_json`; what is read is written and read as the same."""
    try:
        skeleton = Skeleton.from_json(data)
    except BadInput:
        return
    again = Skeleton.from_json(json.loads(json.dumps(skeleton.to_json(), allow_nan=False)))
    assert again == skeleton


@given(
    mutated() | wishes.map(lambda data: json.dumps({"format": "proportion-project/1", **data}).encode())
)
def projects(content: bytes) -> None:
    """`takeaway.read_back`."""
    _refused_or_read(lambda: read_back(content))


@given(mutated())
def class_files(content: bytes) -> None:
    """`class_sheet.drawings`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "class.zip"
        file.write_bytes(content)
        _refused_or_read(lambda: [read() for _, read in class_sheet.drawings([file])])


@given(
    st.sampled_from(["/gradio_api/queue/join", "/gradio_api/call/pose", "/", "/gradio_api/file=x"])
    | st.text(max_size=40).map(lambda text: "/" + text),
    st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
    json_values.map(encoded) | st.binary(max_size=200),
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


PARSERS = (pictures, skeleton_files, skeletons, projects, class_files, door)
