from __future__ import annotations

import pytest

from proportion.references.layers import layered_figures, load_layered
from proportion.skeleton import BONE_OF_PART, PARTS


def test_there_are_a_dozen_layered_figures_in_three_styles():
    assert len(layered_figures()) >= 12
    assert {name.split("-")[0] for name in layered_figures()} == {"realistic", "anime", "chibi"}


@pytest.mark.parametrize("name", layered_figures())
def test_every_limb_has_its_layer_where_its_bone_is(name):
    figure = load_layered(name)
    assert figure.skeleton.present.all()
    parts = {layer.part for layer in figure.layers}
    assert parts >= {part for part in PARTS if not part.endswith(("_width", "neck"))}
    for layer in figure.layers:
        bone = BONE_OF_PART[layer.part]
        x, y = (figure.skeleton.point(bone.start) + figure.skeleton.point(bone.end)) / 2 - layer.offset
        height, width = layer.pixels.shape[:2]
        assert -25 <= x <= width + 25 and -25 <= y <= height + 25
        assert layer.pixels[..., 3].max() == 255
