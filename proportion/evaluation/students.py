"""Scripted students: upload a drawing, wait for the joints, drag one, check, put it right, check again.

They speak to the page as a browser does: Gradio's upload, its queue and its event stream, by the same
events, also those that the page sends by itself: which other figures there are, and the numbers after
each drag. So what they measure holds for the page and not only for the documented endpoints.
"""

from __future__ import annotations

import asyncio
import copy
import json
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import numpy as np

from proportion.images import encode_picture, fit_within, load_picture
from proportion.ui.answers import MAX_SIDE, sample_files

_API = "/gradio_api"
_PATIENCE = 120.0
_DRAG = 1.4  # a wrist dragged this many forearms out


class Failed(Exception):
    """The page did not answer a student as it should."""


@dataclass
class Visit:
    """What one student saw: seconds from upload to joints and from each press of Check to its result."""

    joints_s: float = 0.0
    checks_s: list[float] = field(default_factory=list)
    failure: str | None = None

    @property
    def full_s(self) -> float:
        """From the upload to the first result, without the student's own time."""
        return self.joints_s + self.checks_s[0]


async def lesson(address: str, students: int, checks: int = 2) -> list[Visit]:
    """Let students work at the same time, all starting at once.

    Args:
        address: of the page.
        students: how many.
        checks: presses of Check for each.
    """
    pictures = drawings()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE, limits=limits) as client:
        events = page_events((await client.get("/config")).json())
        return await asyncio.gather(
            *(
                Student(client, events).visit(pictures[number % len(pictures)], checks)
                for number in range(students)
            )
        )


class Student:
    """One tab."""

    def __init__(self, client: httpx.AsyncClient, events: dict[tuple[str, str], int]) -> None:
        self._client, self._events = client, events
        self._tab = uuid.uuid4().hex[:11]
        self._messages: defaultdict[str, asyncio.Future[dict[str, Any]]] = defaultdict(asyncio.Future)
        self._open: list[asyncio.Task[None]] = []
        self._reader: asyncio.Task[None] | None = None

    async def visit(self, drawing: bytes, checks: int) -> Visit:
        """One drawing from upload to the last check; a failure is noted, not raised."""
        seen, behind = Visit(), []
        self._open.append(asyncio.create_task(self._stay()))
        try:
            started = time.perf_counter()
            figure = await self.find(drawing)
            seen.joints_s = time.perf_counter() - started
            behind.append(self._beside("around", figure))
            placed = figure["skeleton"]
            for number in range(checks):
                skeleton = _dragged(placed) if number % 2 == 0 else placed
                moved = {**figure, "skeleton": skeleton, "revision": number}
                behind.append(self._beside("release", moved))
                started = time.perf_counter()
                await self._check(moved)
                seen.checks_s.append(time.perf_counter() - started)
            await asyncio.gather(*behind)
        except (Failed, httpx.HTTPError, KeyError, ValueError) as error:
            seen.failure = f"{type(error).__name__}: {error}"
        finally:
            self.leave()
        return seen

    def leave(self) -> None:
        """Close the tab with its connections."""
        for connection in self._open:
            connection.cancel()

    async def find(self, drawing: bytes, name: str = "drawing.jpg") -> dict[str, Any]:
        """Upload a drawing, or a file that claims to be one; the figure as the editor gets it.

        Raises:
            Failed: the page has a problem with it.
        """
        upload = await self.upload(drawing, name)
        return await self.ask("start", "find", {"upload": upload, "sample": None, "asked": 1})

    async def upload(self, content: bytes, name: str) -> dict[str, Any]:
        """Send a file; what the page's events call it."""
        answer = await self._client.post(f"{_API}/upload", files={"files": (name, content)})
        answer.raise_for_status()
        return {"path": answer.json()[0], "meta": {"_type": "gradio.FileData"}}

    async def _check(self, figure: dict[str, Any]) -> None:
        answer = await self.ask("editor", "check", figure)
        if answer["revision"] != figure["revision"] or not answer["report"]["verdict"]:
            raise Failed("another figure's result came back")

    async def ask(self, view: str, event: str, value: dict[str, Any]) -> dict[str, Any]:
        """Trigger an event of one of the page's views and wait for its answer.

        Raises:
            Failed: the page has a problem with it.
        """
        number = self._events[view, event]
        call = {"data": [value], "fn_index": number, "session_hash": self._tab, "event_data": None}
        joined = await self._client.post(f"{_API}/queue/join", json=call)
        joined.raise_for_status()
        mine = joined.json()["event_id"]
        answer = self._messages[mine]
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
            self._open.append(self._reader)
        await asyncio.wait({answer, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            self._reader.result()  # raises what went wrong
        return _answer(self._messages.pop(mine).result())

    async def _read(self) -> None:
        """The tab's one stream of events, opened again where it ended with events under way."""
        while not all(message.done() for message in self._messages.values()):
            address, tab = f"{_API}/queue/data", {"session_hash": self._tab}
            async with self._client.stream("GET", address, params=tab) as lines:
                async for line in lines.aiter_lines():
                    message = json.loads(line[5:]) if line.startswith("data:") else {}
                    if message.get("msg") == "process_completed":
                        self._messages[message["event_id"]].set_result(message)

    def _beside(self, event: str, figure: dict[str, Any]) -> asyncio.Task[Any]:
        """What the page asks for by itself; the student does not wait for it."""
        return asyncio.create_task(self.ask("editor", event, figure))

    async def _stay(self) -> None:
        """The connection by which the page knows that the tab is open."""
        async with self._client.stream("GET", f"{_API}/heartbeat/{self._tab}") as beats:
            async for _ in beats.aiter_raw():
                pass


def seconds(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {
        "median_s": round(float(np.median(values)), 3),
        "p95_s": round(float(np.percentile(values, 95)), 3),
    }


def _answer(message: dict[str, Any]) -> dict[str, Any]:
    if not message["success"]:
        raise Failed(str(message["output"].get("error")))
    answer = message["output"]["data"][0]
    answer = answer.get("value", answer) if answer.get("__type__") == "update" else answer
    if answer.get("problem"):
        raise Failed(answer["problem"]["en"])
    return answer


def page_events(config: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Number of the function behind each (view, event)."""
    views = {
        component["id"]: name[len("view-") :]
        for component in config["components"]
        for name in component["props"].get("elem_classes") or ()
        if name.startswith("view-")
    }
    return {
        (views[component], event): function["id"]
        for function in config["dependencies"]
        for component, event in function["targets"]
        if component in views
    }


@cache
def drawings() -> list[bytes]:
    """The sample drawings as large as the page sends them."""
    pictures = [load_picture(file) for file in sample_files()]
    large = [
        picture.repeat(factor, 0).repeat(factor, 1)
        for picture in pictures
        for factor in [-(-MAX_SIDE // max(picture.shape[:2]))]
    ]
    return [encode_picture(fit_within(picture, MAX_SIDE), "JPEG") for picture in large]


def _dragged(skeleton: dict[str, Any]) -> dict[str, Any]:
    moved = copy.deepcopy(skeleton)
    for side in ("left", "right"):
        wrist, elbow = (moved["joints"][f"{side}_{name}"] for name in ("wrist", "elbow"))
        if wrist["x"] is not None and elbow["x"] is not None:
            for axis in ("x", "y"):
                wrist[axis] += _DRAG * (wrist[axis] - elbow[axis])
            wrist.update(state="seen", sigma=None)
            return moved
    return moved
