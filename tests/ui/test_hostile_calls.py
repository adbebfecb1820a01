"""Strangers' calls to the running app: refused at once, with a sentence, and the app lives on."""

from __future__ import annotations

import time

import httpx
import pytest
from gradio_client import Client, handle_file

from proportion.references.library import ReferenceLibrary
from proportion.ui.answers import sample_files
from proportion.ui.door import ENDPOINTS
from tests.hostile_corpus import bad_calls, bad_pictures

_CALLS = list(bad_calls())


def test_hostile_calls_are_refused_quickly_without_a_fault(server):
    before = server.rss_mb(peak=True)
    with httpx.Client(base_url=server.address, timeout=20) as client:
        for name, address, body in _CALLS:
            started = time.perf_counter()
            answer = client.post(address, content=body, headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (name, answer.status_code, answer.text[:200])
            assert time.perf_counter() - started < 5, name  # the bar is 1 s on an idle machine
        assert client.get("/health").json() == {"ready": True}
    assert server.rss_mb(peak=True) - before < 1000


def test_bad_pictures_sent_as_uploads_get_one_sentence(server):
    client = Client(server.address, verbose=False)
    for name, content in list(bad_pictures())[::9]:
        if len(content) > 8_000_000:
            continue
        with httpx.Client(base_url=server.address, timeout=20) as web:
            sent = web.post("/gradio_api/upload", files={"files": (name, content)})
        assert sent.status_code == 200, name
        file = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        answer = client.predict(image=file, api_name="/pose")
        assert set(answer["problem"]) == {"en", "zh-Hant", "ja"}, name


def test_only_the_documented_endpoints_are_there(server):
    client = Client(server.address, verbose=False)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {
        f"/{name}" for name in ENDPOINTS
    }
    joints = client.predict(image=handle_file(str(sample_files()[0])), api_name="/pose")
    report = client.predict(skeleton=joints, style="auto", api_name="/assess")
    assert report["format"] == "proportion-report/1"
    figure = ReferenceLibrary.load().figures[0].skeleton.to_json()
    assert client.predict(skeleton=figure, api_name="/assess")["verdict"]


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "../app.py", "/proc/self/environ"])
def test_no_file_of_the_machine_is_served(server, path):
    assert httpx.get(f"{server.address}/gradio_api/file={path}").status_code in (403, 404)


def test_the_log_tells_nothing_about_visitors(server):
    text = server.log.read_text()
    for secret in ("gradio.FileData", "session_hash", "hostile", "/etc/passwd", "drawing.jpg"):
        assert secret not in text
