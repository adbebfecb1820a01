"""The closer look at each limb: where it looks, what it marks, and what it finds."""

import numpy as np
import pytest
from PIL import Image

from proportion.geometry import apply_transform, invert
from proportion.images import load_picture
from proportion.paths import CHECKPOINTS
from proportion.pose.boxes import around, square_view
from proportion.pose.checkpoint import LIMBS_FILE, limb_weights
from proportion.pose.estimator import FIGURE_MARGIN
from proportion.pose.limb_network import LimbNetwork, load_limbs, save_limbs
from proportion.pose.limbs import (
    CELLS,
    SIZE,
    channels_of,
    limb_frames,
    limb_view,
    look_at_limbs,
    marks_of,
    to_cells,
    to_pixels,
)
from proportion.pose.runtime import Graph
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX
from proportion.skeleton import LIMBS as LIMB_JOINTS

LIMBS = np.array(LIMB_JOINTS)
LEFT_ARM, RIGHT_ARM = 0, 2


@pytest.fixture(scope="module")
def seen(estimator, samples):
    """A sample as the pose network looks at it, and its joints there."""
    picture = load_picture(samples[0])
    points = estimator.estimate(picture).points
    view, to_picture = square_view(picture, around(points).square(FIGURE_MARGIN), 256)
    return view, apply_transform(invert(to_picture), points)


@pytest.fixture(scope="module")
def limb_pass():
    return Graph("limbs", limb_weights())


@pytest.fixture
def picture(seen):
    return seen[0]


@pytest.fixture
def points(seen):
    return seen[1].copy()


def test_every_limb_fits_in_its_view_with_its_first_segment_down(points):
    for frame, joints in zip(limb_frames(points), LIMBS, strict=True):
        first, second, *_ = placed = apply_transform(frame, points[joints])
        assert (placed > 0).all() and (placed < SIZE - 1).all()
        assert second[0] == pytest.approx(first[0]) and second[1] > first[1]


def test_left_limbs_look_like_right_ones(points):
    mirrored = (points * (-1, 1))[MIRROR_INDEX]
    left = apply_transform(limb_frames(points)[LEFT_ARM], points[LIMBS[LEFT_ARM]])
    right = apply_transform(limb_frames(mirrored)[RIGHT_ARM], mirrored[LIMBS[RIGHT_ARM]])
    assert np.allclose(left, right)


def test_a_limb_without_its_joints_is_not_looked_at(limb_pass, picture, points):
    points[JOINT_INDEX["left_elbow"]] = np.nan
    points[JOINT_INDEX["right_wrist"]] = np.nan
    frames = limb_frames(points)
    assert np.isnan(frames[LEFT_ARM]).all() and np.isfinite(frames[LEFT_ARM + 1 :]).all()
    look = look_at_limbs(limb_pass, picture, points)
    assert not look.seen[LIMBS[LEFT_ARM]].any()
    assert not look.seen[JOINT_INDEX["right_wrist"]] and look.seen[JOINT_INDEX["right_elbow"]]
    assert np.array_equal(np.isnan(look.points[:, 0]), ~look.seen)


def test_marks_lie_on_the_joints(points):
    for limb, frame in enumerate(limb_frames(points)):
        maps = marks_of(points, frame, limb)
        assert maps.shape == (9, CELLS, CELLS)
        own = maps[channels_of(limb)]
        peaks = [np.unravel_index(channel.argmax(), channel.shape)[::-1] for channel in own]
        expected = to_cells(apply_transform(frame, points[LIMBS[limb]]))
        assert np.abs(np.array(peaks) - expected).max() <= 0.5 + 1e-6
        assert not maps[channels_of(limb + 1)].any()  # the other kind of limb
    points[LIMBS[LEFT_ARM]] = np.nan
    maps = marks_of(points, limb_frames(points)[RIGHT_ARM], RIGHT_ARM)
    assert maps[channels_of(RIGHT_ARM)].any() and not maps[-1].any()


def test_cells_and_pixels_are_inverse():
    cells = np.array([[0.0, 0.0], [47.0, 20.5]])
    assert np.allclose(to_cells(to_pixels(cells)), cells)
    assert np.allclose(to_pixels(cells[0]), 0.5)


def test_a_view_shows_what_its_frame_says():
    picture = np.zeros((300, 300, 3), np.uint8)
    picture[140:151, 80:91] = 255
    frame = np.array([[0.0, -0.5, 110.0], [0.5, 0.0, 5.0]])
    seen = np.argwhere(limb_view(picture, frame)[..., 0] > 127).mean(0)[::-1]
    assert np.allclose(apply_transform(invert(frame), seen), (85, 145), atol=1)


def test_joints_put_astray_are_brought_back(limb_pass, picture, points):
    """The limb shows where they are; the marks only say which limb is meant."""
    size = np.ptp(points, axis=0).max()
    calm = look_at_limbs(limb_pass, picture, points).points
    joints = LIMBS[:, 1:3].ravel()  # elbows, wrists, knees, ankles
    rng = np.random.default_rng(0)
    off = rng.normal(0, 0.015 * size, (len(joints), 2))
    astray = points.copy()
    astray[joints] += off
    again = look_at_limbs(limb_pass, picture, astray).points
    left = np.linalg.norm(again - calm, axis=1)[joints]
    assert np.median(left) < 0.5 * np.median(np.linalg.norm(off, axis=1))


def test_it_sees_the_same_in_a_larger_picture(limb_pass, picture, points):
    large = np.array(Image.fromarray(picture).resize((2 * picture.shape[1], 2 * picture.shape[0])))
    here, there = (
        look_at_limbs(limb_pass, picture, points),
        look_at_limbs(limb_pass, large, 2 * points + 0.5),
    )
    size = np.ptp(points, axis=0).max()
    limbs = LIMBS.ravel()
    moved = np.linalg.norm((there.points - 0.5) / 2 - here.points, axis=1)[limbs]
    assert np.median(moved) < 0.01 * size
    assert np.median(there.spread[limbs] / here.spread[limbs]) == pytest.approx(2, rel=0.15)


def test_weights_are_small_and_come_back(tmp_path):
    assert (CHECKPOINTS / LIMBS_FILE).stat().st_size < 10_000_000
    network = LimbNetwork()
    save_limbs(network, tmp_path)
    again = load_limbs(tmp_path)
    for name, tensor in network.state_dict().items():
        assert np.allclose(again.state_dict()[name], tensor, atol=1e-3)
