"""The app on Ray Serve: one replica of the page, which keeps the visitors' queue, and many workers."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from fastapi import FastAPI
from gradio import mount_gradio_app
from ray import serve
from ray.exceptions import RayError

from proportion.assessment.assessor import Assessment, Assessor
from proportion.errors import BadInput
from proportion.pose.boxes import Box
from proportion.pose.estimator import PoseEstimator
from proportion.references.library import ReferenceLibrary
from proportion.skeleton import Skeleton
from proportion.ui.page import build, serving

APP = "proportion"
_TRIES = 3
_PAUSE = 0.2


@serve.deployment(name="worker", max_ongoing_requests=2, ray_actor_options={"num_cpus": 1})
class Worker:
    """Finds joints and judges figures, one request after another."""

    def __init__(self) -> None:
        self._parts = {"estimator": PoseEstimator.load(), "assessor": Assessor.load()}
        figure = ReferenceLibrary.load().figures[0].skeleton
        self._parts["assessor"].assess(figure)  # imports and caches: now, not when a student waits

    def do(self, part: str, method: str, *arguments: Any, **named: Any) -> Any:
        """What the method of the part answers; a `BadInput` travels as itself, not as a fault."""
        try:
            return getattr(self._parts[part], method)(*arguments, **named)
        except BadInput as refusal:
            return refusal


class Elsewhere:
    """A part of the engine that works on whichever worker is free."""

    def __init__(self, part: str, worker: serve.handle.DeploymentHandle) -> None:
        self._part, self._worker = part, worker

    def _ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        for left in reversed(range(_TRIES)):
            try:
                answer = self._worker.do.remote(self._part, method, *arguments, **named).result()
                break
            except RayError:  # the worker died at it; another one takes over
                if not left:
                    raise
                time.sleep(_PAUSE)
        if isinstance(answer, BadInput):
            raise answer
        return answer


class EstimatorElsewhere(Elsewhere):
    """`PoseEstimator` on the workers."""

    def find_figures(self, picture: np.ndarray) -> list[Box]:
        """See `PoseEstimator.find_figures`."""
        return self._ask("find_figures", picture)

    def estimate(self, picture: np.ndarray, box: Box | None = None) -> Skeleton:
        """See `PoseEstimator.estimate`."""
        return self._ask("estimate", picture, box)


class AssessorElsewhere(Elsewhere):
    """`Assessor` on the workers."""

    def assess(self, skeleton: Skeleton, **settings: Any) -> Assessment:
        """See `Assessor.assess`."""
        return self._ask("assess", skeleton, **settings)


class ClusterEngine:
    """What `ui.engine.Engine` is for one machine."""

    ready = True  # the page is served after the workers are there

    def __init__(self, worker: serve.handle.DeploymentHandle) -> None:
        self.library = ReferenceLibrary.load()
        self.estimator = EstimatorElsewhere("estimator", worker)
        self.assessor = AssessorElsewhere("assessor", worker)


def _page() -> FastAPI:
    engine = ClusterEngine(serve.get_deployment_handle("worker", APP))
    return mount_gradio_app(FastAPI(), build(engine), path="/", **serving(engine))


@serve.deployment(
    name="page", num_replicas=1, max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0}
)
@serve.ingress(_page)
class Page:
    """The web page; its queue and event streams need one process, so there is one."""

    def __init__(self, worker: serve.handle.DeploymentHandle) -> None:
        self.worker = worker


def start(host: str, port: int, workers: int) -> None:
    """Serve the app on the cluster that this process has joined.

    Args:
        host: to listen at, on the machine of the page.
        port: to listen at.
        workers: that check drawings; each takes one core.
    """
    serve.start(http_options={"host": host, "port": port})
    sharing = {"env_vars": {"PROPORTION_WORKERS": str(workers)}}
    page = Page.options(ray_actor_options={"num_cpus": 0, "runtime_env": sharing})
    serve.run(page.bind(Worker.options(num_replicas=workers).bind()), name=APP)


def serve_until_stopped(host: str, port: int, workers: int) -> None:
    """`start`, and take it down when this process is interrupted."""
    start(host, port, workers)
    print(f"* Running on http://{host}:{port} with {workers} workers", flush=True)
    try:
        threading.Event().wait()
    finally:
        serve.shutdown()
