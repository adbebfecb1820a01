import json
import re

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
