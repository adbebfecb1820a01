from __future__ import annotations

import numpy as np
import pytest

from proportion.drawing.layers import over_white, rescale_part, rescale_parts, rescaled_points
from proportion.geometry import segment_angles, segment_lengths
from proportion.references.layers import LayeredFigure, PartLayer, load_layered, save_layered
from proportion.skeleton import BONE_OF_PART, PARTS, Skeleton


@pytest.fixture
def figure(standing: Skeleton) -> LayeredFigure:
    """A figure of one coloured bar a part."""
    layers = []
    for index, part in enumerate(PARTS):
        if part.endswith("_width"):
            continue
        ends = [standing.point(BONE_OF_PART[part].start), standing.point(BONE_OF_PART[part].end)]
        low, high = np.min(ends, axis=0).astype(int) - 3, np.max(ends, axis=0).astype(int) + 4
        width, height = high - low
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[..., :3], pixels[..., 3] = 10 * index, 255
        layers.append(PartLayer(part, tuple(int(value) for value in low), pixels))
    return LayeredFigure("bars", "realistic", standing, 7.5, tuple(layers), "nobody")


@pytest.mark.parametrize("part", PARTS)
def test_a_factor_of_one_changes_nothing(figure, part):
    picture, skeleton = rescale_part(figure, part, 1.0)
    again, _ = rescale_part(figure, "head", 1.0)
    assert np.allclose(skeleton.points, figure.skeleton.points)
    assert (picture == again).all()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_only_that_part_changes_its_length(standing, part, factor):
    before, after = (
        segment_lengths(standing.points),
        segment_lengths(rescaled_points(standing.points, part, factor)),
    )
    ratio = after / before
    index = PARTS.index(part)
    assert ratio[index] == pytest.approx(factor)
    others = np.delete(ratio, index)
    assert np.allclose(others, 1.0)
    angles = segment_angles(rescaled_points(standing.points, part, factor))
    assert np.allclose(angles, segment_angles(standing.points), atol=1e-6)


def test_what_hangs_on_the_part_moves_along(figure):
    picture, skeleton = rescale_part(figure, "left_upper_arm", 1.5)
    x, y = skeleton.point("left_hand").round().astype(int)
    assert picture[y, x, 3] > 200
    assert picture[y, x, 0] == 10 * PARTS.index("left_hand")


def test_the_picture_grows_where_the_change_needs_room(figure):
    picture, skeleton = rescale_part(figure, "head", 2.0)
    assert skeleton.image_size == (picture.shape[1], picture.shape[0])
    assert skeleton.image_size[1] > figure.skeleton.image_size[1]
    assert (skeleton.points >= -1).all()
    assert skeleton.point("left_toe")[1] <= skeleton.image_size[1]


def test_transparent_pixels_are_white(figure):
    picture, _ = rescale_part(figure, "head", 1.0)
    assert (over_white(picture)[picture[..., 3] == 0] == 255).all()


def test_a_layered_figure_survives_its_file(figure, tmp_path):
    save_layered(figure, tmp_path)
    first = (tmp_path / "bars.zip").read_bytes()
    read = load_layered("bars", tmp_path)
    assert read.skeleton == figure.skeleton and read.credit == "nobody"
    for mine, theirs in zip(figure.layers, read.layers, strict=True):
        assert mine.part == theirs.part and mine.offset == theirs.offset
        assert np.abs(mine.pixels.astype(int) - theirs.pixels).max() < 12
    save_layered(figure, tmp_path)
    assert (tmp_path / "bars.zip").read_bytes() == first
    with pytest.raises(KeyError):
        load_layered("nobody", tmp_path)


def test_several_changes_are_those_changes_in_turn(figure):
    both = {"left_upper_arm": 0.6, "left_forearm": 0.7, "left_hand": 1.4, "torso": 1.2}
    picture, skeleton = rescale_parts(figure, both)
    points = figure.skeleton.points
    for part, factor in both.items():
        points = rescaled_points(points, part, factor)
    shift = skeleton.points - points
    assert np.allclose(shift, shift[0])
    for part in ("left_forearm", "left_hand", "left_upper_arm", "right_forearm", "head"):
        bone = BONE_OF_PART[part]
        x, y = (0.5 * (skeleton.point(bone.start) + skeleton.point(bone.end))).round().astype(int)
        assert picture[y, x, 3] > 200
        assert picture[y, x, 0] == 10 * PARTS.index(part)
