"""What passes the server's door, and what every answer carries."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from proportion.settings import SETTINGS
from proportion.ui.door import Door
from proportion.ui.uploads import uploads


async def _echo(request: Request) -> JSONResponse:
    body = await request.body()
    if b"boom" in body:
        raise KeyError("boom")
    return JSONResponse({"bytes": len(body)})


@pytest.fixture(scope="module")
def client() -> TestClient:
    everything = Route("/{path:path}", _echo, methods=["GET", "POST", "PUT", "DELETE"])
    return TestClient(Starlette(routes=[everything], middleware=[Middleware(Door)]))


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/config",
        "/health",
        "/theme.css",
        "/assets/index.js",
        "/gradio_api/info",
        "/gradio_api/queue/data?session_hash=x",
        "/gradio_api/heartbeat/abc",
        "/gradio_api/file=/tmp/proportion-x/a.png",
        "/gradio_api/call/pose/abc",
    ],
)
def test_what_the_page_needs_is_open(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/proxy=https://example.com",
        "/gradio_api/file=https://example.com/a.png",
        "/gradio_api/file=http://127.0.0.1/a.png",
        "/gradio_api/vibe-code/",
        "/gradio_api/dev/reload",
        "/gradio_api/deep_link",
        "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "/gradio_api/call/check/abc",
        "/gradio_api/custom_component/a/b/c/d",
        "/login",
        "/etc/passwd",
    ],
)
def test_what_it_does_not_need_is_closed(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "options", "patch"])
def test_other_methods_are_closed(client, method):
    assert getattr(client, method)("/gradio_api/queue/join").status_code == 404


def test_every_answer_carries_the_headers(client):
    for answer in (client.get("/"), client.get("/nothing"), client.post("/gradio_api/queue/join")):
        policy = answer.headers["content-security-policy"]
        assert f"frame-ancestors {SETTINGS.frame_ancestors}" in policy and "connect-src 'self'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "x-frame-options" not in answer.headers  # the page may be framed where the setting allows


def _join(client: TestClient, call: object) -> tuple[int, str]:
    answer = client.post("/gradio_api/queue/join", content=json.dumps(call))
    return answer.status_code, answer.json().get("detail", "")


def test_calls_with_uploads_pass_and_note_their_tab(client):
    path = uploads().new_folder() / "drawing.png"
    path.touch()
    file = {"path": str(path), "url": None, "meta": {"_type": "gradio.FileData"}}
    assert _join(client, {"data": [{"image": file}], "session_hash": "tab-1"})[0] == 200
    assert path in uploads()._claims["tab-1"]


def test_too_much_is_refused(client):
    most = SETTINGS.max_request_kilobytes * 1000
    assert client.post("/gradio_api/queue/join", content=b" " * (most + 1)).status_code == 413
    most = SETTINGS.max_upload_megabytes * 1_000_000
    assert client.post("/gradio_api/upload", content=b" " * most).status_code == 200
    assert client.post("/gradio_api/upload", content=b" " * (most + 200_000)).status_code == 413
    file = {"path": str(uploads().folder / "a.png")}
    assert _join(client, {"data": [file] * 10_000})[0] == 422


def test_uploads_stop_when_the_disk_share_is_full(client, monkeypatch):
    monkeypatch.setattr(uploads(), "megabytes", SETTINGS.max_stored_megabytes + 1)
    assert client.post("/gradio_api/upload", content=b"x").status_code == 507


def test_a_call_that_breaks_gradio_is_a_bad_request_and_no_fault(client):
    status, sentence = _join(client, {"data": ["boom"]})
    assert status == 400 and sentence.endswith(".")
