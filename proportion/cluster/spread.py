"""`map` over a cluster: in any order, a bounded number at a time, and again where a worker dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")

_WAITING_PER_CORE = 3


def spread(work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
    """Results of ``work(job)``, each once, in the order in which they come.

    Jobs are taken as workers get free, so that any number fits. A job whose worker dies is done again
    elsewhere; ``work`` must therefore be a pure function that the workers can import.

    Args:
        work: for instance a function of a module, or a `functools.partial` of one.
        jobs: its arguments.
    """
    import ray

    task = ray.remote(num_cpus=1, max_retries=-1)(_do)
    left = iter(jobs)
    running = [task.remote(work, job) for job in islice(left, _room())]
    while running:
        done, running = ray.wait(running)
        running += [task.remote(work, job) for job in islice(left, max(0, _room() - len(running)))]
        yield from ray.get(done)


def _do(work: Callable[[J], R], job: J) -> R:
    return work(job)


def _room() -> int:
    import ray

    return max(1, round(_WAITING_PER_CORE * ray.cluster_resources().get("CPU", 1)))
