"""Many visitors, one core: the page says the place in the queue; a tab that leaves frees its place."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import httpx
import pytest

from proportion.evaluation.server import Server
from proportion.evaluation.students import lesson

_NOTE_WHAT_IS_SAID = """() => {
    window.said = [];
    const note = () => window.said.push(document.querySelector('.wait span').textContent);
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(note).observe(document.querySelector('.wait'), changes);
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An app that does one thing after another."""
    with Server({"PROPORTION_WORKERS": "1"}) as server:
        yield server.address


def _class_at_work(address: str, students: int) -> threading.Thread:
    thread = threading.Thread(target=lambda: asyncio.run(lesson(address, students)))
    thread.start()
    return thread


def _waiting(address: str) -> int:
    return httpx.get(f"{address}/gradio_api/queue/status", timeout=20).json()["queue_size"]


def test_the_place_in_the_queue_is_shown(open_page, address):
    page = open_page()
    page.wait_for_selector(".samples .tile")
    page.evaluate(_NOTE_WHAT_IS_SAID)
    others = _class_at_work(address, 12)
    while _waiting(address) < 5:
        page.wait_for_timeout(20)
    page.click(".samples .tile >> nth=0")
    page.wait_for_selector(".joint[data-joint=chin]:visible", timeout=120_000)
    others.join()
    said = page.evaluate("window.said")
    places = [int(text.split("number ")[1].split()[0]) for text in said if "in the queue" in text]
    assert places and places == sorted(places, reverse=True), said
    assert not page.locator("[data-testid=status-tracker]:visible").count()


def test_a_tab_that_leaves_frees_its_place(open_page, address):
    page = open_page()
    page.wait_for_selector(".samples .tile")
    others = _class_at_work(address, 16)
    while _waiting(address) < 8:
        page.wait_for_timeout(20)
    page.click(".samples .tile >> nth=0")
    page.wait_for_timeout(100)
    page.context.close()
    others.join()
    assert _waiting(address) == 0
