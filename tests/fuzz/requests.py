"""The running app as strangers meet it, by HTTP: any request, any event of the page, any upload."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from proportion.evaluation.server import Server
from proportion.evaluation.students import Failed, Student, page_events
from tests.asynchronous import run
from tests.fuzz.inputs import encoded, json_values, mutated, wishes
from tests.fuzz.stopwatch import HANG, timed

_ADDRESSES = tuple(
    f"/gradio_api/{path}"
    for path in (
        "queue/join",
        "call/pose",
        "call/assess",
        "upload",
        "cancel",
        "reset",
        "api/assess",
        "x",
    )
)
_NAMES = ("a.png", "a.proportion.json", "a.zip", "../a.svg", "a")


class Stranger:
    """Sends things; each call answers with the reasons of a refusal, and fails on a fault."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._events = page_events(httpx.get(f"{address}/config", timeout=HANG).json())
        self.events = sorted(self._events)

    def post(self, path: str, body: bytes) -> list[str]:
        """Any body to any address."""
        headers = {"content-type": "application/json"}
        return _reasons(httpx.post(self._address + path, content=body, headers=headers, timeout=HANG))

    def ask(self, view: str, event: str, value: Any) -> list[str]:
        """An event of the page with any value."""

        async def asked(student: Student) -> list[str]:
            await student.ask(view, event, value)
            return []

        return self._visit(asked)

    def upload(self, content: bytes, name: str) -> list[str]:
        """Any file as a drawing: uploaded, then looked at for joints."""

        async def found(student: Student) -> list[str]:
            await student.find(content, name)
            return []

        return self._visit(found)

    def hand_in(self, content: bytes) -> list[str]:
        """Any file as the zip of a class: uploaded, then judged; also why its drawings are refused."""

        async def judged(student: Student) -> list[str]:
            wish = {"uploads": [await student.upload(content, "class.zip")]}
            sheet = (await student.ask("classroom", "assess", wish))["sheet"]
            return [row["refused"]["en"] for row in sheet if "refused" in row]

        return self._visit(judged)

    def _visit(self, act: Callable[[Student], Coroutine[Any, Any, list[str]]]) -> list[str]:
        async def visit() -> list[str]:
            async with httpx.AsyncClient(base_url=self._address, timeout=HANG) as client:
                student = Student(client, self._events)
                try:
                    return await asyncio.wait_for(act(student), HANG)
                except Failed as refusal:
                    return [str(refusal)]
                except httpx.HTTPStatusError as error:
                    return _reasons(error.response)
                finally:
                    student.leave()

        return run(visit())


class Requests:
    """Properties of a running app."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stranger = Stranger(server.address)

    def tests(self) -> list[Callable[[], None]]:
        """Hypothesis tests over its addresses, its page's events and its uploads."""
        stranger = self._stranger

        @given(st.sampled_from(_ADDRESSES), (json_values | wishes).map(encoded) | st.binary())
        def posts(path: str, body: bytes) -> None:
            with timed(self._server.processor_s) as reasons:
                reasons += stranger.post(path, body)

        @given(st.sampled_from(stranger.events), wishes | json_values)
        def events(event: tuple[str, str], value: Any) -> None:
            with timed(self._server.processor_s) as reasons:
                # The client cannot send infinities as such; `posts` does.
                sendable = json.loads(json.dumps(value), parse_constant=str)
                reasons += stranger.ask(*event, sendable)

        @given(mutated(), st.sampled_from(_NAMES))
        def uploads(content: bytes, name: str) -> None:
            with timed(self._server.processor_s) as reasons:
                reasons += stranger.upload(content, name)

        @given(mutated())
        def classes(content: bytes) -> None:
            with timed(self._server.processor_s) as reasons:
                reasons += stranger.hand_in(content)

        return [posts, events, uploads, classes]


def _reasons(answer: httpx.Response) -> list[str]:
    assert answer.status_code < 500, (answer.status_code, answer.text[:200])
    return [] if answer.status_code < 400 else [str(answer.json()["detail"])]
