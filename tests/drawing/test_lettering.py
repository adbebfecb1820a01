from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib import ft2font

from proportion.drawing.lettering import font_file, write_words
from tests.conftest import REPOSITORY

LANGUAGES = REPOSITORY / "proportion" / "ui" / "languages"


@pytest.mark.parametrize("language", ["en", "zh-Hant", "ja"])
def test_the_fonts_have_every_character_of_the_texts(language):
    known = set(ft2font.FT2Font(str(font_file(language))).get_charmap())
    for file in (LANGUAGES / language).glob("*.json"):
        for key, text in json.loads(file.read_text(encoding="utf-8")).items():
            lacking = [letter for letter in text if ord(letter) not in known and letter.isprintable()]
            assert not lacking, f"{file.name} {key}: {lacking}"


def test_words_are_written_where_they_belong():
    blank = np.full((60, 200, 3), 255, np.uint8)
    written = write_words(blank, [("頭身", (20, 30))], 20, "ja")
    rows, columns = np.nonzero(written.min(-1) < 128)
    assert 18 <= columns.min() < 26 and columns.max() < 70
    assert rows.min() >= 18 and rows.max() <= 42
