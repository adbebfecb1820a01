"""A short run of the properties of `tests/fuzz`; ten minutes: ``python -m tests.fuzz 600``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from proportion.ui.engine import Engine
from tests.fuzz.events import Events
from tests.fuzz.parsers import PARSERS

_SHORT = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("holds", PARSERS, ids=lambda test: test.__name__)
def test_parsers_read_or_refuse(holds):
    _SHORT(holds)()


def test_events_and_endpoints_answer():
    for holds in Events(Engine()).tests():
        _SHORT(holds)()
