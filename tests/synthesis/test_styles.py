"""Drawing styles on a small made-up G-buffer: a ball before a box."""

from __future__ import annotations

import numpy as np
import pytest

from proportion.skeleton import PARTS
from proportion.synthesis.ink import find_edges, pen
from proportion.synthesis.palettes import recolour
from proportion.synthesis.raster import Raster
from proportion.synthesis.shading import cel_tone, light
from proportion.synthesis.styles import STYLES, choose_style, draw

HEAD, TORSO = PARTS.index("head"), PARTS.index("torso")


@pytest.fixture(scope="module")
def ball_on_box() -> Raster:
    size, radius = 160, 30
    part = np.full((size, size), -1, np.int8)
    depth = np.full((size, size), np.inf, np.float32)
    normal = np.zeros((size, size, 3), np.float32)
    part[70:140, 50:110], depth[70:140, 50:110] = TORSO, 3.1
    normal[70:140, 50:110] = (0, 0, 1)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    u, v = (x - 80) / radius, (y - 55) / radius
    inside = u * u + v * v < 1
    w = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    part[inside], depth[inside] = HEAD, 3 - 0.01 * w[inside]
    normal[inside] = np.stack([u, -v, w], -1)[inside]
    material = np.where(part == HEAD, 0, np.where(part == TORSO, 1, -1)).astype(np.int16)
    colour = np.array([(0.9, 0.7, 0.5), (0.2, 0.3, 0.8), (0, 0, 0)], np.float32)[material]
    return Raster(part, depth, normal, colour, material, scale=1)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_draws_the_figure_and_leaves_the_rest_white(ball_on_box: Raster, style: str) -> None:
    picture = draw(ball_on_box, np.random.default_rng(3), style)
    assert picture.shape == (160, 160, 3) and picture.dtype == np.uint8
    assert (picture[:20] == 255).all() and (picture[:, :15] == 255).all()
    figure = picture[20:145, 45:115].astype(int)
    assert (255 - figure).mean() > 3
    assert np.array_equal(picture, draw(ball_on_box, np.random.default_rng(3), style))
    assert not np.array_equal(picture, draw(ball_on_box, np.random.default_rng(4), style))


def test_empty_raster_is_white(ball_on_box: Raster) -> None:
    nothing = np.full((40, 40), -1)
    empty = Raster(
        nothing.astype(np.int8),
        np.full((40, 40), np.inf, np.float32),
        np.zeros((40, 40, 3), np.float32),
        np.zeros((40, 40, 3), np.float32),
        nothing.astype(np.int16),
    )
    assert (draw(empty, np.random.default_rng(0)) == 255).all()


def test_styles_are_drawn_as_often_as_told() -> None:
    rng = np.random.default_rng(0)
    chosen = [choose_style(rng) for _ in range(2000)]
    total = sum(weight for weight, _ in STYLES.values())
    for name, (weight, _) in STYLES.items():
        assert abs(chosen.count(name) / 2000 - weight / total) < 0.04, name


def test_edges_run_along_silhouette_and_between_ball_and_box(ball_on_box: Raster) -> None:
    edges = find_edges(ball_on_box, crease_degrees=180)
    assert (edges.outline[100, 48:52] == 0).any(), "left side of the box"
    assert (edges.outline[83:87, 80] == 0).any(), "the ball is 0.1 nearer than the box"
    assert (edges.outline[120, 60:100] == 255).all(), "nothing inside the box"
    ink = pen(edges, 4.0, np.random.default_rng(0), uneven=0.0)
    assert ink[100, 49:51].max() == 1 and ink[100, 60:100].max() == 0


def test_recoloured_materials_keep_to_themselves(ball_on_box: Raster) -> None:
    for seed in range(8):
        out = recolour(ball_on_box.colour, ball_on_box.material, np.random.default_rng(seed))
        for material in (0, 1):
            assert np.ptp(out[ball_on_box.material == material], axis=0).max() < 1e-5
        assert (out[ball_on_box.material < 0] == 1).all()


def test_light_comes_from_above_and_falls_in_steps(ball_on_box: Raster) -> None:
    rng = np.random.default_rng(1)
    lit = light(ball_on_box, rng)
    assert lit[32, 80] > lit[66, 80]
    assert len(np.unique(cel_tone(lit, rng))) in (1, 2, 3)
