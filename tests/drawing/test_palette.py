from __future__ import annotations

import cv2
import numpy as np
import pytest

from proportion.drawing.palette import (
    CALM,
    PART_COLOURS,
    TOO_LONG,
    TOO_SHORT,
    heat_colours,
)
from proportion.skeleton import PARENT_PART, PART_PARTNER, PARTS

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def _lab(colours: np.ndarray, eyes: str) -> np.ndarray:
    linear = (np.asarray(colours, float) / 255) ** 2.2
    seen = np.clip(linear @ np.array(BLINDNESS[eyes]).T, 0, 1) ** (1 / 2.2)
    return cv2.cvtColor(seen.astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0]


def _difference(first, second, eyes: str) -> float:
    return float(np.linalg.norm(np.diff(_lab(np.array([first, second]), eyes), axis=0)))


def test_every_part_has_its_own_colour_but_the_two_widths():
    assert tuple(PART_COLOURS) == PARTS
    assert len(set(PART_COLOURS.values())) == len(PARTS) - 1


@pytest.mark.parametrize("eyes", BLINDNESS)
def test_partners_and_neighbours_stay_apart_for_all_eyes(eyes):
    pairs = [(part, PART_PARTNER[part]) for part in PARTS if part.startswith("left_")]
    pairs += list(PARENT_PART.items())
    for first, second in pairs:
        assert _difference(PART_COLOURS[first], PART_COLOURS[second], eyes) > 12, (first, second)


@pytest.mark.parametrize("eyes", BLINDNESS)
def test_too_long_and_too_short_and_fine_stay_apart(eyes):
    for first, second in ((TOO_LONG, TOO_SHORT), (TOO_LONG, CALM), (TOO_SHORT, CALM)):
        assert _difference(first, second, eyes) > 25


@pytest.mark.parametrize("eyes", BLINDNESS)
def test_heat_darkens_steadily_with_difference(eyes):
    lightness = _lab(heat_colours(np.linspace(0, 1, 21)), eyes)[:, 0]
    assert (np.diff(lightness) > 0).all() and lightness[-1] - lightness[0] > 50


def test_unknown_heat_is_coloured_like_alike():
    assert (heat_colours(np.array(np.nan)) == heat_colours(np.array(1.0))).all()
