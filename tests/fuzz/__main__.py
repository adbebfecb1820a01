"""The command."""

from __future__ import annotations

import resource
import sys
import time

from hypothesis import HealthCheck, settings

from proportion.evaluation.server import Server
from proportion.ui.engine import Engine
from tests.fuzz.events import Events
from tests.fuzz.parsers import PARSERS
from tests.fuzz.requests import Requests
from tests.fuzz.stopwatch import timed

_MOST_MEMORY = 1000.0  # MB above idle


def main(seconds: float) -> None:
    """Try everything with new input until the time is over.

    Raises:
        AssertionError: with the input that broke a property, made as small as it gets.
    """
    with Server() as server:
        properties = [*PARSERS, *Events(Engine()).tests(), *Requests(server).tests()]
        profile = settings(
            max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        tries = [profile(each) for each in properties]
        here, there = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, server.rss_mb()
        deadline, rounds = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            for each in tries:
                each()
            rounds += 1
        grown_here = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - here) / 1024
        grown_there = server.rss_mb(peak=True) - there
    print(f"{rounds} rounds of {len(properties)} properties: {timed}")
    print(f"memory peak above idle: +{grown_here:.0f} MB here, +{grown_there:.0f} MB in the server")
    assert max(grown_here, grown_there) < _MOST_MEMORY


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
