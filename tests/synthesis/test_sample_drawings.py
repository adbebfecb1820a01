from __future__ import annotations

import numpy as np
from PIL import Image

from proportion.synthesis.posing import PoseSampler, standing
from proportion.synthesis.sample_drawings import RECIPES, SAMPLES, SIZE, draw_sample


def test_every_sample_has_its_recipe_and_every_recipe_its_file():
    assert sorted(path.stem for path in SAMPLES.glob("*")) == [recipe.name for recipe in RECIPES]


def test_some_samples_have_one_mistake_and_some_have_none():
    mistakes = [recipe.mistake for recipe in RECIPES]
    assert 3 <= mistakes.count(None) <= 6


def test_a_recipe_draws_what_is_shipped(godette, bank):
    recipe = next(recipe for recipe in RECIPES if recipe.character == godette.name)
    picture = draw_sample(recipe, godette, PoseSampler(standing(bank)))
    assert picture.shape == (SIZE[1], SIZE[0], 3) and picture.dtype == np.uint8
    shipped = np.asarray(Image.open(SAMPLES / f"{recipe.name}.webp").convert("RGB")).astype(int)
    assert np.abs(picture - shipped).mean() < 3
