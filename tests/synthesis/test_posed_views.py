from __future__ import annotations

import numpy as np
import pytest

from proportion.geometry import segment_angles
from proportion.references.retrieval import pose_distances
from proportion.skeleton import JOINTS, MIRROR_INDEX, PARTS
from proportion.synthesis.posed_views import ViewSampler, anime_proportions, choose_representative
from proportion.synthesis.posing import arms_in_head, at_ease
from proportion.synthesis.scene import render_character
from proportion.synthesis.skinning import posed_points


@pytest.fixture(scope="module")
def views(suit, godette, bank):
    sampler, rng = ViewSampler([suit, godette], bank), np.random.default_rng(0)
    return [sampler.draw(style, rng) for style in ("anime", "chibi", "realistic") * 40]


def test_a_view_shows_what_its_rendering_shows(views):
    for view in views[:6]:
        _, skeleton = render_character(
            view.character, view.pose.rotations, proportions=view.proportions, camera=view.camera
        )
        angles = segment_angles(skeleton.points)[None]
        assert pose_distances(view.points, angles)[0] < 1.0


def test_chibi_views_show_chibi_bodies_and_no_others(views):
    assert all((view.character.family == "godette") == (view.style == "chibi") for view in views)


def test_standing_views_are_frontal_and_upright(suit, bank):
    sampler, rng = ViewSampler([suit], bank, only_standing=True), np.random.default_rng(1)
    for _ in range(20):
        view = sampler.draw("realistic", rng)
        assert abs(view.yaw) <= 60
        torso = segment_angles(view.points)[PARTS.index("torso")]
        assert abs(torso + 90) < 45


def test_anime_bodies_have_larger_heads(suit):
    factors = anime_proportions(suit, np.random.default_rng(0)).length
    assert factors[PARTS.index("head")] >= 0.9
    assert factors[PARTS.index("left_thigh")] == factors[PARTS.index("right_thigh")] > 1


def test_representatives_leave_no_view_alone(views):
    chosen = choose_representative(views, 30, seed=0)
    assert 20 <= len(chosen) <= 30 and all(view in views for view in chosen)
    angles = segment_angles(np.array([view.points for view in chosen]))

    def to_nearest(view):
        mirrored = view.points[MIRROR_INDEX] * (-1, 1)
        return min(pose_distances(points, angles).min() for points in (view.points, mirrored))

    spread = [to_nearest(view) for view in views]
    blind = segment_angles(np.array([view.points for view in views[:30]]))
    assert np.mean(spread) < np.mean([pose_distances(v.points, blind).min() for v in views])


def test_a_figure_at_ease_stands_with_its_arms_down(suit, rogue):
    for body, away in ((suit, 22), (rogue, 45)):
        points = posed_points(body, at_ease(np.random.default_rng(0), away).rotations)
        joints = dict(zip(JOINTS, points, strict=True))
        assert not arms_in_head(points)
        for side, outwards in (("left", 1), ("right", -1)):
            across, down, _ = joints[f"{side}_elbow"] - joints[f"{side}_shoulder"]
            assert across * outwards > 0 and down < -abs(across) * 0.8
            assert joints[f"{side}_knee"][1] < joints[f"{side}_hip"][1]
