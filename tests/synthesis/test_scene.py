import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis.camera import Camera, cut_below, fit_box, look, placed, whole
from proportion.synthesis.scene import render_character
from proportion.synthesis.skinning import Proportions


def test_a_figure_seen_from_the_front_has_its_left_on_the_right(suit, tpose):
    raster, skeleton = render_character(suit, tpose, size=(128, 128))
    assert raster.part.shape == (256, 256)
    assert skeleton.point("left_hand")[0] > 100 and skeleton.point("right_hand")[0] < 28
    assert set(skeleton.states) == {"seen"}


def test_from_behind_the_left_is_on_the_left_and_the_chin_is_hidden(suit, tpose):
    _, skeleton = render_character(suit, tpose, camera=Camera(yaw=180), size=(128, 128))
    assert skeleton.point("left_hand")[0] < 28
    assert skeleton.state("chin") == "guessed"
    assert skeleton.state("left_elbow") == "seen"


def test_from_the_side_the_far_shoulder_is_hidden(suit, tpose):
    _, skeleton = render_character(suit, tpose, camera=Camera(yaw=80))
    # Turned to the viewer's right, a figure shows its right side.
    assert skeleton.state("left_shoulder") == "guessed"
    assert skeleton.state("right_knee") == "seen"


def test_a_bust_has_no_legs(suit, tpose):
    _, skeleton = render_character(suit, tpose, framing=cut_below("pelvis", 1.3, 0.0))
    assert skeleton.state("left_knee") == "missing" and np.isnan(skeleton.point("left_knee")).all()
    assert skeleton.state("chin") == "seen"


def test_joints_lie_on_their_parts(suit, tpose):
    raster, skeleton = render_character(suit, tpose, scale=1)
    for name in ("head_top", "left_elbow", "right_knee", "left_hand"):
        x, y = np.round(skeleton.point(name)).astype(int)
        assert raster.mask[y - 3 : y + 4, x - 3 : x + 4].any(), name


def test_supersampling_keeps_the_picture_in_place(suit, tpose):
    once, _ = render_character(suit, tpose, scale=1)
    twice, _ = render_character(suit, tpose, scale=2)
    coarse = twice.mask.reshape(256, 2, 256, 2).mean((1, 3)) >= 0.5
    assert (coarse != once.mask).mean() < 0.01
    rows, columns = np.nonzero(once.mask)
    fine_rows, fine_columns = np.nonzero(twice.mask)
    assert (fine_rows.mean() + 0.5) / 2 - 0.5 == pytest.approx(rows.mean(), abs=0.2)
    assert (fine_columns.mean() + 0.5) / 2 - 0.5 == pytest.approx(columns.mean(), abs=0.2)


def test_the_raster_is_consistent(suit, tpose):
    raster, _ = render_character(suit, tpose, with_rest=True, camera=Camera(30, 10))
    assert np.isfinite(raster.depth[raster.mask]).all() and np.isinf(raster.depth[~raster.mask]).all()
    assert np.allclose(np.linalg.norm(raster.normal[raster.mask], axis=1), 1, atol=1e-3)
    assert (raster.normal[raster.mask][:, 2] >= 0).all()
    low, high = suit.vertices.min(0) - 1e-3, suit.vertices.max(0) + 1e-3
    assert ((raster.rest[raster.mask] >= low) & (raster.rest[raster.mask] <= high)).all()


def test_rest_coordinates_do_not_depend_on_the_pose(suit, tpose, bank):
    from scipy.spatial.transform import Rotation

    posed = Rotation.from_quat(bank.rotations[10]).as_matrix()
    for rotations in (tpose, posed):
        raster, skeleton = render_character(suit, rotations, with_rest=True, scale=1)
        x, y = np.round(skeleton.point("left_knee")).astype(int)
        if skeleton.state("left_knee") == "seen":
            assert raster.rest[y, x, 1] == pytest.approx(
                suit.landmarks[JOINT_INDEX["left_knee"], 1], abs=0.08
            )


def test_camera_angles():
    front = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    turned = look(front, Camera(yaw=90, distance=1e6), np.zeros(3), 1.0)
    assert np.allclose(turned.xy, [[1, 0], [0, -1]], atol=1e-5)
    above = look(front, Camera(pitch=90, distance=1e6), np.zeros(3), 1.0)
    assert np.allclose(above.xy, [[0, 1], [0, 0]], atol=1e-5)
    rolled = look(front, Camera(roll=90, distance=1e6), np.zeros(3), 1.0)
    assert np.allclose(rolled.xy[1], [1, 0], atol=1e-5)


def test_framings_fill_the_picture():
    box = np.array([0.0, 0.0]), np.array([1.0, 2.0])
    low, high = whole(0.1)(box, np.zeros((18, 2)))
    assert np.allclose(high - low, 2.5)
    transform = fit_box((low, high), (100, 100))
    assert np.allclose(transform[:, :2] @ (0.5, 1.0) + transform[:, 2], 49.5)
    low, _ = placed(0.5, (0.0, 1.0))(box, np.zeros((18, 2)))
    assert np.allclose(low, (0, -2))


def test_proportions_are_drawn(suit, tpose):
    _, plain = render_character(suit, tpose)
    _, large = render_character(suit, tpose, proportions=Proportions().scaled("head", 2.0))

    def head_over_arm(skeleton):
        head = np.linalg.norm(skeleton.point("head_top") - skeleton.point("chin"))
        return head / np.linalg.norm(skeleton.point("left_elbow") - skeleton.point("left_wrist"))

    assert head_over_arm(large) / head_over_arm(plain) == pytest.approx(2.0, rel=0.05)
