"""Builds the sample drawings of the start page: varied styles and grounds, some with one mistake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from proportion.paths import ASSETS
from proportion.synthesis.backgrounds import sheet_of_paper
from proportion.synthesis.layered_figures import open_pose
from proportion.synthesis.library import load_characters
from proportion.synthesis.paper import lay_on
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.posing import PoseSampler, standing
from proportion.synthesis.reference_figures import clean_drawing
from proportion.synthesis.skinning import Proportions
from proportion.synthesis.styles import draw
from proportion.synthesis.stylise import ToonStyle, stylise

SAMPLES = ASSETS / "samples"
SIZE = (800, 800)
_TRIES = 16


@dataclass(frozen=True)
class _Recipe:
    """A sample drawing.

    Attributes:
        name: of its file.
        character: whose body.
        toon: redraws the figure as anime or chibi.
        look: a drawing style of `styles.STYLES`, or None for clean colours.
        seed: of figure, pose and drawing, chosen by eye.
        mistake: part and factor.
        on_paper: whether the ground is a sheet of paper.
    """

    name: str
    character: str
    toon: ToonStyle | None
    look: str | None
    seed: tuple[int, int]
    mistake: tuple[str, float] | None = None
    on_paper: bool = False


_RECIPES = (
    _Recipe("sample-6", "quaternius_women/Casual", None, None, (52, 3), ("left_shin", 0.65)),
    _Recipe("sample-7", "quaternius_women/Casual", "chibi", None, (51, 1)),
    _Recipe("sample-8", "godette/Godette_vrm_v4", None, "line", (5, 3)),
    _Recipe("sample-9", "quaternius_men/Casual_2", "anime", "line", (3, 8), ("right_thigh", 1.4), True),
)


def build_samples(data: Path, out: Path = SAMPLES) -> None:
    """Draw every sample of `_RECIPES` into a folder, as WebP.

    Args:
        data: folder of the training data pack.
        out: folder to fill.
    """
    out.mkdir(parents=True, exist_ok=True)
    characters = {character.name: character for character in load_characters(data)}
    sampler = PoseSampler(standing(PoseBank.load(data)))
    for recipe in tqdm(_RECIPES, unit="drawing"):
        rng = np.random.default_rng(recipe.seed)
        character = characters[recipe.character]
        if recipe.toon is not None:
            character = stylise(character, recipe.toon, rng)
        proportions = Proportions()
        if recipe.mistake is not None:
            proportions = proportions.scaled(*recipe.mistake)
        scene = open_pose(character, proportions, sampler, rng, _TRIES)
        # Line widths follow the scale: half the size at four times the scale gives a sturdy pen.
        raster, _ = scene.render(size=(SIZE[0] // 2, SIZE[1] // 2), scale=4)
        picture = clean_drawing(raster) if recipe.look is None else draw(raster, rng, recipe.look)
        picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
        if recipe.on_paper:
            mask = cv2.resize(raster.mask.astype(np.uint8), SIZE)
            picture = lay_on(picture, mask, sheet_of_paper(SIZE, rng), see_through=True)
        Image.fromarray(picture).save(out / f"{recipe.name}.webp", quality=86, method=6)
