"""Words in pictures: the bundled fonts print English, Traditional Chinese and Japanese anywhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from proportion.drawing.palette import INK, PAPER, Colour
from proportion.paths import ASSETS

_FONTS = ASSETS / "fonts"


def font_file(language: str) -> Path:
    """The font for a language: Han characters have other shapes in Japanese than in Chinese."""
    return _FONTS / ("NotoSansJP-Proportion.otf" if language == "ja" else "NotoSansTC-Proportion.otf")


@lru_cache(maxsize=32)
def _font(language: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_file(language)), size)


def write_words(
    picture: np.ndarray,
    words: list[tuple[str, tuple[float, float]]],
    size: float,
    language: str = "en",
    colour: Colour = INK,
) -> np.ndarray:
    """The picture with words written on it, each with a white rim to stay readable.

    Args:
        picture: (H, W, 3) uint8 RGB.
        words: text with the pixel of its left edge, half-way up the letters.
        size: height of the letters in pixels.
        language: ``en``, ``zh-Hant`` or ``ja``.
        colour: of the letters.
    """
    image = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(image), _font(language, max(8, round(size)))
    for text, place in words:
        draw.text(
            place,
            text,
            colour,
            font,
            anchor="lm",
            stroke_width=max(1, round(size / 7)),
            stroke_fill=PAPER,
        )
    return np.asarray(image)
