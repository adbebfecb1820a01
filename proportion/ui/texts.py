"""Sentences for people: a message key with values, said in one of three languages.

Each file ``languages/<language>/<room>.json`` maps keys to texts with ``{placeholders}``; a language's
files are merged. A value that is itself a name (``style="anime"``, ``other="left_forearm"``) is said
through the key ``style.anime`` or ``part.left_forearm``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh-Hant", "ja")
FALLBACK = "en"
_FOLDER = Path(__file__).parent / "languages"


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one of `LANGUAGES`; what a language lacks is there in English."""
    merged = {} if language == FALLBACK else dict(texts(FALLBACK))
    for file in sorted((_FOLDER / language).glob("*.json")):
        merged |= json.loads(file.read_text(encoding="utf-8"))
    return merged


def say(language: str, key: str, **values: Any) -> str:
    """The text of ``key`` with its placeholders filled; an unknown language is answered in English.

    A key that no file knows comes back as it is, so that a missing text never costs the user a result.
    """
    table = texts(language if language in LANGUAGES else FALLBACK)
    if key not in table:
        return key
    said = table[key].format_map({name: _word(table, name, value) for name, value in values.items()})
    return said[:1].upper() + said[1:] if table[key].startswith("{") else said


def knows(key: str) -> bool:
    """Whether there is a text for the key."""
    return key in texts(FALLBACK)


def say_in_all(key: str, **values: Any) -> dict[str, str]:
    """The same message in every language, for a page that switches languages without asking again."""
    return {language: say(language, key, **values) for language in LANGUAGES}


def tables(prefixes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Per language, the texts whose keys start with one of ``prefixes`` (what the page itself says)."""
    starts = tuple(prefixes)
    return {
        language: {key: text for key, text in texts(language).items() if key.startswith(starts)}
        for language in LANGUAGES
    }


def _word(table: dict[str, str], name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return table.get(f"{name}.{value}") or table.get(f"part.{value}", value)
