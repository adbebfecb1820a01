from __future__ import annotations

import pytest

from proportion.settings import PREFIX, Settings


def test_the_environment_overrides_the_defaults(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}MAX_MEGABYTES", "3")
    monkeypatch.setenv(f"{PREFIX}FRAME_ANCESTORS", "https://school.example 'self'")
    settings = Settings.from_environment()
    assert settings.max_megabytes == 3
    assert settings.frame_ancestors == "https://school.example 'self'"
    assert settings.max_megapixels == Settings.max_megapixels


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_QUEUE", "many"), ("WORKERS", "-1"), ("FRAME_ANCESTORS", "*; script-src *")],
)
def test_what_makes_no_sense_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(ValueError, match=name):
        Settings.from_environment()
