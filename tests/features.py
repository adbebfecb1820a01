"""Every feature of the app and the command line, once: ``python -m tests.features``.

`tests/test_network.py` runs it where there is no network.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import httpx

from proportion.cli import main as command
from proportion.evaluation.server import Server
from proportion.evaluation.students import Student, drawings, lesson, page_events
from proportion.references.layers import layered_figures
from proportion.ui.answers import sample_files


async def _page(address: str) -> None:
    """What a tab can ask for, beside a student's way from upload to check, which `lesson` goes."""
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        student = Student(client, page_events((await client.get("/config")).json()))
        figure = await student.find(drawings()[0])
        upload = await student.upload(drawings()[1], "drawing.jpg")

        wish = {"skeleton": figure["skeleton"], "image": figure["image"], "format": "pdf"}
        report = await student.ask("result", "report", wish)
        written = await client.get("/gradio_api/file=" + report["file"]["path"])
        assert written.content.startswith(b"%PDF"), written

        example = (await student.ask("result", "example", {"upload": upload}))["example"]
        compared = await student.ask("result", "assess", {**wish, "own": example["skeleton"]})
        assert compared["chosen"] is None

        added = await student.ask("character", "added", {"upload": upload})
        sheet = {"skeletons": [figure["skeleton"], added["skeleton"]]}
        assert (await student.ask("character", "compare", sheet))["report"]["against"] == "sheet"

        shown = {"figure": layered_figures()[0], "piece": "head", "factor": 1.5}
        assert (await student.ask("demonstrate", "redraw", shown))["picture"]

        pack = await student.upload(_zip(drawings()[:2]), "class.zip")
        handed_in = await student.ask("classroom", "assess", {"uploads": [pack]})
        assert handed_in["summary"]["drawings"] == 2
        student.leave()


def _zip(contents: list[bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pack:
        for number, content in enumerate(contents):
            pack.writestr(f"{number}.jpg", content)
    return buffer.getvalue()


async def _endpoints(address: str) -> None:
    # Not by Gradio's own client, which looks names up.
    async with httpx.AsyncClient(base_url=f"{address}/gradio_api", timeout=120) as client:

        async def call(name: str, *arguments: Any) -> dict[str, Any]:
            begun = (await client.post(f"/call/{name}", json={"data": arguments})).json()
            events = (await client.get(f"/call/{name}/{begun['event_id']}")).text
            return json.loads(events.rpartition("data:")[2])[0]

        drawing = sample_files()[0]
        files = {"files": (drawing.name, drawing.read_bytes())}
        path = (await client.post("/upload", files=files)).json()[0]
        joints = await call("pose", {"path": path, "meta": {"_type": "gradio.FileData"}})
        assert (await call("assess", joints, "anime"))["format"] == "proportion-report/1"


def _commands() -> None:
    drawing = sample_files()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "class").mkdir()
        (folder / "class" / drawing.name).write_bytes(drawing.read_bytes())
        assert command(["pose", str(drawing), "--json"]) == 0
        assert command(["assess", str(drawing), "--out", str(folder / "report.png")]) == 0
        assert command(["batch", str(folder / "class"), "--out", str(folder / "reports")]) == 0


def main() -> None:
    """Go through all of them; an `AssertionError` says what did not work."""
    with Server() as server:
        (visit,) = asyncio.run(lesson(server.address, 1))
        assert visit.failure is None, visit.failure
        asyncio.run(_page(server.address))
        asyncio.run(_endpoints(server.address))
    _commands()


if __name__ == "__main__":
    main()
