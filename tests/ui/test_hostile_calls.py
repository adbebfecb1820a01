"""Strangers' calls to the running app: refused at once, with a sentence, and the app lives on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest
from gradio_client import Client, handle_file

from proportion.references.library import ReferenceLibrary
from proportion.ui.answers import sample_files
from proportion.ui.door import ENDPOINTS
from tests.fuzz.requests import Stranger
from tests.fuzz.stopwatch import Stopwatch
from tests.hostile_corpus import bad_calls, bad_pictures, bad_projects, bad_skeletons, bad_zips

_MOST_MEMORY = 1000.0  # MB above idle


@pytest.fixture
def refused(server) -> Iterator[Callable[[str, Callable[[], list[str]]], None]]:
    """Checks that a call is refused in time, with one sentence; at last that the app lives on."""
    before, watch = server.rss_mb(), Stopwatch()

    def check(name: str, call: Callable[[], list[str]]) -> None:
        with watch(server.processor_s) as reasons:
            reasons += call()
        assert reasons, name

    yield check
    assert httpx.get(f"{server.address}/health").json() == {"ready": True}
    assert server.rss_mb(peak=True) - before < _MOST_MEMORY
    print(watch)


def test_hostile_calls_are_refused(server, refused):
    stranger = Stranger(server.address)
    for name, address, body in bad_calls():
        refused(name, partial(stranger.post, address, body))


def test_a_report_asked_for_by_no_number_is_made(server):
    wish = {"skeleton": ReferenceLibrary.load().figures[0].skeleton.to_json(), "asked": None}
    assert Stranger(server.address).ask("result", "report", wish) == []


@pytest.mark.parametrize(
    ("corpus", "suffix"), [(bad_pictures, ""), (bad_projects, ".json"), (bad_skeletons, ".json")]
)
def test_bad_files_sent_as_uploads_are_refused(server, refused, corpus, suffix):
    stranger = Stranger(server.address)
    for number, (name, content) in enumerate(corpus()):
        refused(name, partial(stranger.upload, content, f"{number}{suffix}"))


def test_bad_zips_of_a_class_are_refused(server, refused):
    stranger = Stranger(server.address)
    for name, content in bad_zips():
        refused(name, partial(stranger.hand_in, content))


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
