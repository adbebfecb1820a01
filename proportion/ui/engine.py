"""The networks and the references, loaded in the background while the page is already served."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from proportion.settings import parallel_checks
from proportion.ui.memory import HEAPS

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessor
    from proportion.pose.estimator import PoseEstimator
    from proportion.references.library import ReferenceLibrary

# torch, torchvision and grad-cam take seconds to import: only the functions below do, in the thread.


def _load_library() -> ReferenceLibrary:
    from proportion.references.library import ReferenceLibrary

    return ReferenceLibrary.load()


def _load_estimator() -> PoseEstimator:
    from proportion.pose.estimator import PoseEstimator

    estimator = PoseEstimator.load(threads=_threads())
    # The first look takes memory that later ones have: better now than when a student waits.
    estimator.sight(_load_library().figures[0].picture())
    return estimator


def _load_assessor() -> Assessor:
    import torch

    from proportion.assessment.assessor import Assessor

    torch.set_num_threads(_threads())
    assessor = Assessor.load()
    # And the first check imports grad-cam and fills caches.
    assessor.assess(_load_library().figures[0].skeleton)
    return assessor


def _threads() -> int:
    """Of one check; checks share the cores, and threads that wait for each other slow all of them."""
    return max(1, (os.cpu_count() or 1) // parallel_checks())


_LOADS = {"library": _load_library, "estimator": _load_estimator, "assessor": _load_assessor}


class Engine:
    """All that a check needs; each attribute waits until its part is loaded."""

    def __init__(self) -> None:
        HEAPS.keep_small()
        self._loading = threading.Lock()
        self._parts: dict[str, Future[Any]] = {}

    def warm_up(self) -> None:
        """Start to load everything in the background, unless that has been done."""
        with self._loading:
            if not self._parts:
                pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warm-up")
                self._parts = {name: pool.submit(load) for name, load in _LOADS.items()}
                pool.shutdown(wait=False)

    @property
    def ready(self) -> bool:
        """Whether a check would start at once."""
        return bool(self._parts) and all(part.done() for part in self._parts.values())

    @property
    def library(self) -> ReferenceLibrary:
        """The reference figures."""
        return self._part("library")

    @property
    def estimator(self) -> PoseEstimator:
        """Finds the joints of a drawing."""
        return self._part("estimator")

    @property
    def assessor(self) -> Any:
        """Judges a skeleton."""
        return self._part("assessor")

    def _part(self, name: str) -> Any:
        self.warm_up()
        return self._parts[name].result()
