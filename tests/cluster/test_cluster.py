"""A cluster of two workers on this machine does what one process does, also when a worker is killed.

A few drawings and students by default; ``PROPORTION_FULL=1`` takes as many as the project promises.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="needs the cluster extra: pip install -e '.[cluster]'")

from proportion.assessment.batch import Checked, Job, assess_folder
from proportion.cluster.connection import LOCAL, connect
from proportion.cluster.spread import spread
from proportion.errors import BadInput
from proportion.evaluation.server import free_port
from proportion.evaluation.students import lesson
from proportion.references.library import ReferenceLibrary
from proportion.ui.drawing_check import check_drawing
from tests.asynchronous import run

FULL = os.environ.get("PROPORTION_FULL") == "1"
SAME, MANY, STUDENTS = (50, 500, 30) if FULL else (4, 12, 4)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    import ray

    connect(LOCAL, num_cpus=2)
    yield
    ray.shutdown()


@pytest.fixture
def folder(tmp_path) -> Path:
    """`MANY` drawings."""
    drawings = tmp_path / "drawings"
    drawings.mkdir()
    for figure in ReferenceLibrary.load().figures[:MANY]:
        (drawings / f"{figure.id}.webp").write_bytes(_enlarged(figure.picture()))
    return drawings


def _enlarged(picture) -> bytes:
    from proportion.images import encode_picture

    return encode_picture(picture.repeat(2, 0).repeat(2, 1), "PNG")


def _die_once(job: Job, victim: str, mark: Path) -> Checked:
    """A check whose worker is killed in the middle of one drawing, the first time."""
    if job[0] == victim and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return check_drawing(job, "en")


def _numbers(data: object, path: str = "") -> Iterator[tuple[str, object]]:
    inside = (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    )
    for key, value in inside:
        yield from _numbers(value, f"{path}/{key}")
    if not isinstance(data, dict | list):
        yield path, data


def test_the_same_reports_as_in_process(cluster, folder):
    jobs = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())[:SAME]]
    check = partial(check_drawing, language="en")
    there = {checked.name: checked for checked in spread(check, jobs)}
    assert sorted(there) == [name for name, _ in jobs]
    for here in map(check, jobs):
        assert here.refusal == there[here.name].refusal
        mine, theirs = dict(_numbers(here.report)), dict(_numbers(there[here.name].report))
        assert mine.keys() == theirs.keys()
        for key, value in mine.items():
            # The number of threads changes the order of sums, so numbers differ in their last digits.
            expected = pytest.approx(value, rel=1e-4, abs=2e-3) if isinstance(value, float) else value
            assert theirs[key] == expected, key


def test_a_batch_survives_the_kill_of_a_worker(cluster, folder, tmp_path):
    written: list[str] = []
    names = sorted(path.name for path in folder.iterdir())
    check = partial(_die_once, victim=names[MANY // 3], mark=tmp_path / "died")

    def noted(work, jobs):
        for checked in spread(work, jobs):
            written.append(checked.name)
            yield checked

    summary = assess_folder(folder, tmp_path / "out", check, noted)
    assert (tmp_path / "died").exists(), "no worker was killed"
    assert sorted(written) == names
    reports = sorted(path.name for path in (tmp_path / "out").glob("*.report.json"))
    assert len(reports) + len(summary["refused"]) == len(names)
    for path in (tmp_path / "out").glob("*.report.json"):
        assert json.loads(path.read_text())["format"] == "proportion-report/1"


def test_students_lose_nothing_when_a_worker_is_killed(cluster):
    import ray
    from ray import serve

    from proportion.cluster.serving import APP, start

    port = free_port()
    start("127.0.0.1", port, workers=2)

    async def lesson_with_a_kill():
        at_work = asyncio.create_task(lesson(f"http://127.0.0.1:{port}", STUDENTS))
        await asyncio.sleep(1.5)
        names = [each["name"] for each in ray.util.list_named_actors(all_namespaces=True)]
        worker = next(name for name in names if f"{APP}#worker" in name)
        ray.kill(ray.get_actor(worker, namespace="serve"))
        return await at_work

    try:
        visits = run(lesson_with_a_kill())
    finally:
        serve.shutdown()
    assert [visit.failure for visit in visits] == [None] * STUDENTS
    assert all(len(visit.checks_s) == 2 for visit in visits)


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"\.\[cluster\]"):
        connect(LOCAL)
