import ast
import json
import re
from collections.abc import Iterator

import pytest

from proportion.ui import texts
from proportion.ui.texts import LANGUAGES, say

FOLDER = texts._FOLDER
FILES = sorted(path.name for path in (FOLDER / "en").glob("*.json"))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_say_the_same_things(name, language):
    english = json.loads((FOLDER / "en" / name).read_text(encoding="utf-8"))
    other = json.loads((FOLDER / language / name).read_text(encoding="utf-8"))
    assert list(other) == list(english)
    for key, text in english.items():
        assert placeholders(other[key]) == placeholders(text), key


def test_values_that_are_names_are_said_too():
    assert say("en", "page.points_at_viewer", part="left_thigh") == "Left thigh points at the viewer"
    assert say("ja", "page.points_at_viewer", part="left_thigh") == "左太ももは手前を向いている"


def test_unknown_language_and_key():
    assert say("fr", "page.check") == "Check"
    assert say("en", "no such key") == "no such key"


def test_page_uses_only_texts_that_exist():
    page = FOLDER.parent
    used = set()
    for file in [*page.glob("*.html"), *page.glob("*.js")]:
        used |= set(
            re.findall(r"""["']((?:page|style)\.[a-z_]+)["']""", file.read_text(encoding="utf-8"))
        )
    assert used - set(texts.texts("en")) == set()


def _raised_keys() -> Iterator[tuple[str, set[str]]]:
    """Key and names of the values of every `BadInput` in the source."""
    for file in FOLDER.parents[1].rglob("*.py"):
        if file.name == "errors.py":  # defines it and copies it, for whatever key
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadInput":
                key = node.args[1]
                assert isinstance(key, ast.Constant), f"{file.name}: the key must stand in the source"
                yield key.value, {keyword.arg for keyword in node.keywords}


def test_every_error_has_its_sentence():
    english = texts.texts("en")
    for key, values in _raised_keys():
        assert key in english, key
        assert placeholders(english[key]) <= values, key
