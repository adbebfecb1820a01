"""Figures drawn flat: joints lie on the ink, sides are right, pictures repeat."""

from __future__ import annotations

import numpy as np
import pytest

from proportion.skeleton import PART_PARTNER, PARTS, bone_vectors
from proportion.synthesis.bodies2d import bank_pose, flat_pose, pose_body, sample_lengths
from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline, tube
from proportion.synthesis.faces import FACES, Head, draw_face
from proportion.synthesis.figures2d import KINDS, draw_figure
from proportion.synthesis.negatives import NEGATIVES, draw_negative
from proportion.synthesis.poses import PoseBank


@pytest.mark.parametrize("kind", KINDS)
def test_joints_lie_on_or_near_the_figure(kind: str) -> None:
    near = total = 0
    for seed in range(12):
        picture, skeleton, info = draw_figure(np.random.default_rng(seed), 128, None, kind)
        assert picture.shape == (128, 128, 3) and info.mask.shape == (128, 128) and info.kind == kind
        for (x, y), here in zip(skeleton.points, skeleton.present, strict=True):
            if here:
                patch = info.mask[max(int(y) - 5, 0) : int(y) + 6, max(int(x) - 5, 0) : int(x) + 6]
                near += patch.max() > 100
                total += 1
    assert total > 100 and near / total > 0.97


def test_same_state_same_picture(bank: PoseBank) -> None:
    first = draw_figure(np.random.default_rng(9), 96, bank)
    again = draw_figure(np.random.default_rng(9), 96, bank)
    assert np.array_equal(first[0], again[0]) and first[1] == again[1]


def test_flat_figures_keep_their_lengths_and_face_us() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        lengths = sample_lengths("child", rng)
        points, _ = flat_pose(lengths, rng)
        assert np.allclose(np.linalg.norm(bone_vectors(points), axis=1), lengths)
        left, right = PARTS.index("shoulder_width"), PARTS.index("hip_width")
        assert (bone_vectors(points)[[left, right], 0] < 0).all(), "left is at the picture's right"


def test_projected_figures_are_never_longer_than_their_parts(bank: PoseBank) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        lengths = sample_lengths("realistic", rng)
        points, depth, yaw = bank_pose(lengths, bank, rng)
        limbs = [PARTS.index(part) for part in PART_PARTNER if part.endswith(("arm", "thigh", "shin"))]
        assert (np.linalg.norm(bone_vectors(points), axis=1)[limbs] <= lengths[limbs] + 1e-5).all()
        assert depth.shape == (18,) and -180 <= yaw <= 180


def test_most_bodies_lie_inside_the_picture(bank: PoseBank) -> None:
    rng = np.random.default_rng(0)
    inside = [
        ((body.points >= 0) & (body.points <= 200)).all()
        for body in (pose_body("anime", 200, rng, bank) for _ in range(100))
    ]
    assert np.mean(inside) > 0.8


def test_outlines_of_known_shapes() -> None:
    circle = ellipse(np.array([10.0, 20.0]), (5, 5))
    assert np.allclose(np.linalg.norm(circle - (10, 20), axis=1), 5)
    corners = np.array([(0, 0), (1, 2), (3, 1), (4, 4)], float)
    path = spline(corners, 4)
    assert np.allclose(path[::4], corners)
    assert np.allclose(closed_spline(corners, 4)[::4], corners)
    pill = tube(np.array([(0.0, 0.0), (10.0, 0.0)]), [2, 2])
    x, y = pill.T
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    assert abs(area - (40 + np.pi * 4)) < 0.6


@pytest.mark.parametrize("kind", FACES)
def test_faces_stay_inside_the_head_and_turn_away(kind: str) -> None:
    for yaw, seen in ((0, True), (60, True), (-60, True), (180, False)):
        for seed in range(10):
            canvas = Canvas.blank((120, 120), np.random.default_rng(seed))
            head = Head.between(np.array([60.0, 20.0]), np.array([60.0, 100.0]), yaw)
            draw_face(canvas, head, kind, np.zeros(3), 1.0)
            rows, columns = np.nonzero(canvas.mask)
            assert (len(rows) > 0) == seen
            if seen:
                assert rows.min() > 15 and rows.max() < 105 and np.ptp(columns) < 80


def test_a_turned_head_looks_to_the_side_of_its_yaw() -> None:
    head = Head.between(np.array([50.0, 10.0]), np.array([50.0, 90.0]), 40)
    nose, facing = head.around(0, 0)
    assert nose[0] > 60 and 0.7 < facing < 0.8


@pytest.mark.parametrize("kind", NEGATIVES)
def test_negatives_repeat(kind: str) -> None:
    picture = draw_negative(np.random.default_rng(2), 96, kind)
    assert picture.shape == (96, 96, 3) and picture.dtype == np.uint8
    assert np.array_equal(picture, draw_negative(np.random.default_rng(2), 96, kind))
