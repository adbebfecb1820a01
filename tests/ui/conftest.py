"""A page that is served, for tests that speak to it as strangers do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proportion.evaluation.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The app in a process of its own, ready for checks."""
    with Server() as running:
        yield running
