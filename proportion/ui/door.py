"""The server's door: which addresses answer, how much a request may hold, and headers of every answer.

Gradio serves more than this page needs (a proxy, functions of components, runs, code editing) and
downloads what an API call names by URL. Here only what the page and the documented endpoints use passes.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proportion.settings import SETTINGS
from proportion.ui.uploads import uploads

ENDPOINTS = ("pose", "assess")
"""Documented endpoints, by name."""

_NAMED = f"({'|'.join(ENDPOINTS)})"
_API = "/gradio_api"
_READ = re.compile(
    rf"/|/(config|theme\.css|favicon\.ico|robots\.txt|manifest\.json|health)/?|/(assets|static|svelte)/.+"
    rf"|/pwa_icon(/\d+)?|{_API}/(info|theme\.css|startup-events|queue/(data|status)|upload_progress|app_id)/?"
    rf"|{_API}/heartbeat/\w+|{_API}/file=(?!\w+:/).+|{_API}/call/(v2/)?{_NAMED}/\w+"
)
_WRITE = re.compile(
    rf"{_API}/(upload|queue/join|cancel|reset)/?|{_API}/(call/(v2/)?|run/|api/){_NAMED}/?"
)
_UPLOAD_FRAME = 100_000  # bytes of a form around its file
_MOST_DEPTH = 50
_MOST_FILES = 10 * SETTINGS.max_class_drawings  # in one request; more would keep the server busy

HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio compiles its templates
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {SETTINGS.frame_ancestors}",
        )
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "cross-origin-resource-policy": "same-origin",
}
_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that does not pass; carries the status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Door:
    """ASGI middleware around Gradio's application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with one sentence."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        answering = False

        async def send_with_headers(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        try:
            body = await _checked(scope, receive)
            await self.app(scope, body, send_with_headers)
        except Refused as refusal:
            answer = JSONResponse({"detail": str(refusal)}, refusal.status)
            await answer(scope, receive, send_with_headers)
        except Exception as error:
            # Gradio fails on calls that its own page never sends, such as unknown function numbers.
            log.warning("refused a malformed call (%s)", type(error).__name__)
            if answering:
                raise
            answer = JSONResponse({"detail": "This request cannot be understood."}, 400)
            await answer(scope, receive, send_with_headers)


async def _checked(scope: Scope, receive: Receive) -> Receive:
    method, path = scope["method"], scope["path"]
    if method in ("GET", "HEAD"):
        if not _READ.fullmatch(path):
            raise Refused(404, "There is nothing at this address.")
        return receive
    if method != "POST" or not _WRITE.fullmatch(path):
        raise Refused(404, "There is nothing at this address.")
    if path.startswith(f"{_API}/upload"):
        if uploads().megabytes > SETTINGS.max_stored_megabytes:
            raise Refused(507, "There is no room for uploads at the moment; try again later.")
        return _limited(receive, SETTINGS.max_upload_megabytes * 1_000_000 + _UPLOAD_FRAME)
    content = await _whole(_limited(receive, SETTINGS.max_request_kilobytes * 1000))
    _claim_files(_parsed(content))
    return _replayed(content, receive)


def _limited(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise Refused(413, f"This request is larger than {most // 1000} KB.")
        return message

    return counted


async def _whole(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The request ended early.")
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(content: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": content, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content, parse_constant=_not_finite)
    except (ValueError, RecursionError):
        raise Refused(422, "This request is not valid JSON.") from None
    if not isinstance(data, dict):
        raise Refused(422, "This request must hold one JSON object.")
    return data


def _not_finite(_: str) -> float:
    raise ValueError


def _claim_files(call: dict[str, Any]) -> None:
    """Refuse files that are no uploads (Gradio would fetch URLs); note which tab uses which."""
    tab, folder = call.get("session_hash"), uploads().folder
    files = (value for value in _objects(call, _MOST_DEPTH) if "path" in value or "url" in value)
    for number, value in enumerate(files):
        if number == _MOST_FILES:
            raise Refused(422, f"This request names more than {_MOST_FILES} files.")
        name = value.get("path")
        try:
            path = Path(name).resolve() if isinstance(name, str) else None
        except (OSError, ValueError):
            path = None
        if path is None or not path.is_relative_to(folder):
            raise Refused(422, "A file in this request is not an uploaded file; upload it first.")
        if isinstance(tab, str):
            uploads().claim(tab[:100], path)


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        raise Refused(422, "This request is nested too deeply.")
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _objects(each, depth - 1)
