from __future__ import annotations

import cv2
import numpy as np
import pytest

from proportion.drawing.aligned import draw_aligned
from proportion.drawing.canvas import Canvas
from proportion.drawing.ghost import draw_ghost
from proportion.drawing.heatmap import draw_heat_legend, draw_heatmap, heat_on_limbs
from proportion.drawing.palette import PART_COLOURS
from proportion.drawing.ruler import draw_ruler, landmark_heights
from proportion.drawing.skeletons import draw_skeleton
from proportion.geometry import apply_transform, similarity
from proportion.skeleton import BONE_OF_PART, JOINTS, Skeleton


def _middle(skeleton: Skeleton, part: str) -> tuple[int, int]:
    bone = BONE_OF_PART[part]
    x, y = (skeleton.point(bone.start) + skeleton.point(bone.end)) / 2
    return round(y), round(x)


def test_a_canvas_that_nothing_is_drawn_on_keeps_every_pixel(paper):
    assert (Canvas(paper).picture() == paper).all()


def test_shapes_outside_the_picture_are_cut(paper):
    canvas = Canvas(paper)
    canvas.disc((-500, -500), 20, (0, 0, 0))
    canvas.capsule((-50, 10), (50, 10), (6, 6), (0, 0, 0))
    picture = canvas.picture()
    assert (picture[10, 10] == 0).all() and (picture[100:] == paper[100:]).all()


def test_limbs_wear_their_colours(paper, standing):
    picture = draw_skeleton(paper, standing)
    assert picture.shape == paper.shape
    for part in ("left_forearm", "right_thigh", "left_shin", "right_upper_arm"):
        assert np.abs(picture[_middle(standing, part)].astype(int) - PART_COLOURS[part]).max() < 45


def test_the_figure_is_drawn_and_the_rest_left(paper, standing):
    assert (draw_skeleton(paper, standing)[:, :40] == paper[:, :40]).all()


def test_a_highlight_changes_its_limb_most(paper, standing):
    change = np.abs(
        draw_skeleton(paper, standing, ["left_forearm"]).astype(int) - draw_skeleton(paper, standing)
    ).sum(-1)
    y, x = _middle(standing, "left_forearm")
    assert change[y - 10 : y + 10, x - 8 : x + 8].sum() > 1000


def test_guessed_joints_are_hollow_and_missing_ones_left_out(paper, standing):
    states = tuple("guessed" if name == "left_wrist" else "seen" for name in JOINTS)
    guessed = Skeleton(standing.image_size, standing.points, states)
    x, y = (round(value) for value in standing.point("left_wrist"))
    assert draw_skeleton(paper, guessed)[y, x].min() > 230
    assert draw_skeleton(paper, standing)[y, x].min() < 200
    gone = draw_skeleton(paper, standing.without("left_hand", "left_wrist"))
    assert (gone[y, x] == paper[y, x]).all()


def test_an_empty_skeleton_changes_nothing(paper):
    empty = Skeleton((200, 320))
    assert (draw_skeleton(paper, empty) == paper).all()
    assert (draw_ghost(paper, empty, empty) == paper).all()
    assert (draw_ruler(paper, empty) == paper).all()
    assert draw_aligned(empty, empty, side=64).shape == (64, 64, 3)


def test_alignment_does_not_depend_on_place_turn_or_size(standing):
    moved = standing.with_points(apply_transform(similarity(2.5, 20, (30, -10)), standing.points))
    same = draw_aligned(standing, standing, side=200).astype(int)
    assert np.abs(same - draw_aligned(moved, standing, side=200)).mean() < 0.5


def test_given_alignments_are_used(standing):
    shifted = similarity(1, 0, (60, 0))
    apart = draw_aligned(standing, standing, shifted, similarity(), side=200).astype(int)
    assert np.abs(apart - draw_aligned(standing, standing, side=200)).mean() > 5


def test_heat_is_seen_on_the_limbs_only_and_not_where_unknown(paper, standing):
    alike = np.ones(paper.shape[:2])
    hot = alike.copy()
    hot[:, 120:] = 0
    cold, warm = draw_heatmap(paper, alike, standing), draw_heatmap(paper, hot, standing)
    y, x = _middle(standing, "left_forearm")
    assert warm[y, x].sum() < cold[y, x].sum() - 200
    assert (warm[:, :95] == cold[:, :95]).all() and (warm[:30, 180:] == cold[:30, 180:]).all()
    hot[:, 120:] = np.nan
    unknown = draw_heatmap(paper, hot, standing)
    assert unknown[y, x].min() > 200


def test_every_joint_is_covered_and_little_else(standing):
    _, area = heat_on_limbs(np.ones((320, 200)), standing)
    for x, y in standing.points.round().astype(int):
        assert area[y, x] > 0.3
    assert area[:, :30].max() == 0


def test_a_limb_has_the_heat_of_its_bone_across_its_width_and_the_colder_limb_is_on_top(standing):
    heat = np.ones((320, 200))
    y, x = _middle(standing, "left_thigh")
    heat[standing.points[:, 1].astype(int).min() :, x - 3 : x + 4] = 0.2
    value, area = heat_on_limbs(heat, standing)
    assert area[y, x + 5] == 1 and value[y, x + 5] < 0.4  # beside the bone, where the map has none
    assert value[_middle(standing, "right_shin")] == 1


def test_a_bone_that_leaves_the_known_frame_is_painted_by_its_rest(standing):
    heat = np.full((320, 200), 0.5)
    chin = int(standing.point("chin")[1])
    heat[: chin - 6] = np.nan
    value, area = heat_on_limbs(heat, standing)
    y, x = _middle(standing, "head")
    assert area[y, x] == 1 and value[y, x] == 0.5
    heat[:] = np.nan
    assert not heat_on_limbs(heat, standing)[1].any()


def test_the_legend_runs_from_light_to_dark():
    bar = draw_heat_legend((64, 4))
    grey = cv2.cvtColor(bar, cv2.COLOR_RGB2GRAY).astype(int)
    assert bar.shape == (4, 64, 3) and (np.diff(grey[0]) <= 0).all()


def test_the_ghost_is_where_the_corrected_limb_is(paper, standing):
    points = standing.points.copy()
    points[JOINTS.index("left_hand")] += (30, 0)
    picture = draw_ghost(paper, standing.with_points(points), standing)
    y, x = (150 + 170) // 2, (135 + 167) // 2
    assert np.abs(picture[y, x].astype(int) - paper[y, x]).max() > 20


def test_landmarks_stand_at_their_heights(standing):
    heights = landmark_heights(standing)
    assert heights["chin"] == 55 and heights["crotch"] == 160 and heights["knees"] == 215
    points = standing.points.copy()
    points[JOINTS.index("left_knee"), 1] -= 60
    assert "knees" not in landmark_heights(standing.with_points(points))


@pytest.mark.parametrize("language", ["en", "zh-Hant", "ja"])
def test_the_ruler_has_a_mark_for_every_head(paper, standing, language):
    ruled = draw_ruler(
        paper, standing, lambda key: {"landmark_chin": "下巴あご"}.get(key, key), language
    )
    assert ruled.shape == paper.shape
    dark = (ruled[:, 6:9].astype(int).max(-1) < 90).all(1)
    starts = np.flatnonzero(np.diff(dark.astype(int)) == 1)
    assert len(starts) >= 3
