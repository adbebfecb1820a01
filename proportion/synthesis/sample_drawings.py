"""Builds the sample drawings of the start page: varied styles and grounds, some with one mistake."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from proportion.files import written_whole
from proportion.paths import ASSETS
from proportion.synthesis.backgrounds import sheet_of_paper
from proportion.synthesis.camera import Camera
from proportion.synthesis.character import Character
from proportion.synthesis.library import load_characters
from proportion.synthesis.paper import lay_on
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.posing import PoseSampler, at_ease, standing
from proportion.synthesis.reference_figures import clean_drawing
from proportion.synthesis.scene import render_character
from proportion.synthesis.skinning import Proportions
from proportion.synthesis.styles import draw
from proportion.synthesis.stylise import ToonStyle, stylise

SAMPLES = ASSETS / "samples"
SIZE = (800, 800)


@dataclass(frozen=True)
class Recipe:
    """A sample drawing.

    Attributes:
        name: of its file.
        character: whose body.
        toon: redraws the figure as anime or chibi.
        look: a drawing style of `styles.STYLES`, or None for clean colours.
        seed: of figure, pose and drawing, chosen by eye.
        yaw: degrees that the body is turned to the viewer's right.
        mistake: part and factor.
        at_ease: whether it stands with its arms down; else as a clip of the pose bank does.
        on_paper: whether the ground is a sheet of paper.
    """

    name: str
    character: str
    toon: ToonStyle | None
    look: str | None
    seed: int
    yaw: float
    mistake: tuple[str, float] | None = None
    at_ease: bool = False
    on_paper: bool = False


RECIPES = (
    Recipe("sample-1", "quaternius_men/Casual_2", None, "sketch", 3, 20, ("head", 1.5)),
    Recipe("sample-2", "quaternius_men/Casual_Hoodie", "anime", "line", 6, -15, ("left_shin", 0.65)),
    Recipe("sample-3", "quaternius_women/Casual", "anime", "pencil", 11, 25, on_paper=True),
    Recipe("sample-4", "quaternius_women/Casual", "chibi", None, 7, -20, at_ease=True),
    Recipe("sample-5", "quaternius_women/Formal", "anime", None, 14, 20),
    Recipe("sample-6", "quaternius_women/Casual", None, None, 6, -25, ("right_upper_arm", 0.6)),
    Recipe("sample-7", "quaternius_men/Casual_Hoodie", "chibi", None, 9, 15, at_ease=True),
    Recipe("sample-8", "godette/Godette_vrm_v4", None, "line", 7, 15, at_ease=True),
    Recipe(
        "sample-9", "quaternius_men/Casual_2", "anime", "line", 14, 10, ("right_thigh", 1.4), True, True
    ),
)


def build_samples(data: Path, out: Path = SAMPLES) -> None:
    """Draw every sample of `RECIPES` into a folder, as WebP.

    Args:
        data: folder of the training data pack.
        out: folder to fill.
    """
    out.mkdir(parents=True, exist_ok=True)
    characters = {character.name: character for character in load_characters(data)}
    sampler = PoseSampler(standing(PoseBank.load(data)))
    for recipe in tqdm(RECIPES, unit="drawing"):
        picture = draw_sample(recipe, characters[recipe.character], sampler)
        with written_whole(out / f"{recipe.name}.webp") as file:
            Image.fromarray(picture).save(file, quality=86, method=6)


def draw_sample(recipe: Recipe, character: Character, sampler: PoseSampler) -> np.ndarray:
    """``(H, W, 3)`` uint8: one sample.

    Args:
        recipe: what to draw.
        character: its body.
        sampler: standing poses.
    """
    rng = np.random.default_rng([zlib.crc32(recipe.name.encode()), recipe.seed])
    if recipe.toon is not None:
        character = stylise(character, recipe.toon, rng)
    pose = at_ease(rng, 28) if recipe.at_ease else sampler.draw(rng, perturb=0)
    proportions = Proportions()
    if recipe.mistake is not None:
        proportions = proportions.scaled(*recipe.mistake)
    # Line widths follow the scale: half the size at four times the scale gives a sturdy pen.
    raster, _ = render_character(
        character,
        pose.rotations,
        proportions=proportions,
        camera=Camera(recipe.yaw - pose.heading, 2.0, 0.0, 10.0),
        size=(SIZE[0] // 2, SIZE[1] // 2),
        scale=4,
    )
    picture = clean_drawing(raster) if recipe.look is None else draw(raster, rng, recipe.look)
    picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
    if recipe.on_paper:
        mask = cv2.resize(raster.mask.astype(np.uint8), SIZE)
        picture = lay_on(picture, mask, sheet_of_paper(SIZE, rng), see_through=True)
    return picture
