"""Grounds, photographs and distractors: the figure stays where its joints say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from proportion.synthesis import backgrounds, distractors, paper


def _disc(centre: tuple[int, int] = (60, 70)) -> tuple[np.ndarray, np.ndarray]:
    picture, mask = np.full((128, 128, 3), 255, np.uint8), np.zeros((128, 128), np.uint8)
    for target, value in ((picture, (200, 20, 20)), (mask, 255)):
        cv2.circle(target, centre, 12, value, -1)
    return picture, mask


def _points() -> np.ndarray:
    points = np.full((18, 2), np.nan)
    points[:12] = np.random.default_rng(0).uniform(20, 108, (12, 2))
    points[0], points[1] = (60, 30), (60, 50)
    return points


def test_opaque_figure_covers_the_ground_and_ink_multiplies() -> None:
    picture, mask = _disc()
    picture[10:12] = 0
    ground = np.full_like(picture, 100)
    laid = paper.lay_on(picture, mask, ground, see_through=False)
    assert tuple(laid[70, 60]) == (200, 20, 20)
    assert tuple(laid[120, 5]) == (100, 100, 100) and tuple(laid[11, 90]) == (0, 0, 0)
    through = paper.lay_on(picture, mask, ground, see_through=True)
    assert abs(int(through[70, 60, 0]) - 200 * 100 / 255) <= 1


@pytest.mark.parametrize("kind", ["bool", "uint8", "float"])
def test_masks_of_any_type_mean_the_same(kind: str) -> None:
    picture, mask = _disc()
    given = {"bool": mask > 0, "uint8": mask, "float": mask / 255.0}[kind]
    ground = np.full_like(picture, 100)
    assert np.array_equal(
        paper.lay_on(picture, given, ground, False), paper.lay_on(picture, mask, ground, False)
    )


def test_slant_moves_points_with_the_picture() -> None:
    for seed in range(6):
        picture, _ = _disc()
        points = np.array([(60.0, 70.0), (np.nan, np.nan)])
        seen, moved = paper.slant(picture, points, np.random.default_rng(seed), amount=0.12)
        red = (seen[..., 0] > 180) & (seen[..., 1] < 60)
        found = np.argwhere(red).mean(0)[::-1]
        assert np.abs(found - moved[0]).max() < 1.0 and np.isnan(moved[1]).all()


def test_finish_repeats_and_differs() -> None:
    picture, mask = _disc()
    points = np.array([(60.0, 70.0)])
    first, moved = paper.finish(picture, mask, points, np.random.default_rng(5))
    again, moved_again = paper.finish(picture, mask, points, np.random.default_rng(5))
    assert np.array_equal(first, again) and np.array_equal(moved, moved_again)
    others = [paper.finish(picture, mask, points, np.random.default_rng(s))[0] for s in range(30)]
    assert len({other.tobytes() for other in others}) > 20
    assert all(other.shape == picture.shape and other.dtype == np.uint8 for other in others)


@pytest.mark.parametrize("name", backgrounds.BACKGROUNDS)
def test_backgrounds_fill_any_size(name: str) -> None:
    for seed in range(4):
        ground = backgrounds.BACKGROUNDS[name][1]((90, 60), np.random.default_rng(seed))
        assert ground.shape == (60, 90, 3) and ground.dtype == np.uint8


def test_distractors_leave_the_figure_in_front_and_say_what_they_hide() -> None:
    picture, mask = _disc()
    points = _points()
    hid = changed = 0
    for seed in range(150):
        result, cover, hidden = distractors.add(picture, mask, points, np.random.default_rng(seed))
        assert result.shape == picture.shape and (cover >= mask).all()
        assert not hidden[12:].any(), "a missing joint is not hidden"
        changed += not np.array_equal(result, picture)
        hid += hidden.any()
        if not hidden.any() and np.array_equal(cover, mask):
            assert np.array_equal(result, picture)
    assert 40 < changed < 110 and 3 < hid < 40


def test_distractors_without_a_figure_change_nothing() -> None:
    picture, mask = _disc()
    nowhere = np.full((18, 2), np.nan)
    result, cover, hidden = distractors.add(picture, mask, nowhere, np.random.default_rng(0))
    assert result is picture and cover is mask and not hidden.any()
