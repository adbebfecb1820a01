import cv2
import numpy as np
import pytest

from proportion.images import load_picture
from proportion.paths import CHECKPOINTS
from proportion.pose.boxes import Box, around
from proportion.pose.checkpoint import Calibration
from proportion.pose.estimator import NoFigureFound
from proportion.pose.network import PoseNetwork, load_pose, save_pose
from proportion.skeleton import JOINT_INDEX


@pytest.fixture(scope="module")
def picture(samples):
    return load_picture(samples[0])


@pytest.fixture(scope="module")
def skeleton(estimator, picture):
    return estimator.estimate(picture)


def unit(skeleton):
    return np.linalg.norm(skeleton.point("neck") - skeleton.point("pelvis"))


def test_a_drawn_figure_stands_upright(skeleton, picture):
    assert skeleton.image_size == (picture.shape[1], picture.shape[0])
    assert skeleton.present.sum() >= 14
    assert skeleton.point("head_top")[1] < skeleton.point("chin")[1] < skeleton.point("pelvis")[1]
    assert (skeleton.sigma[skeleton.present] > 0).all()


def test_the_mirrored_drawing_gives_the_mirrored_skeleton(estimator, picture, skeleton):
    mirrored = estimator.estimate(np.ascontiguousarray(picture[:, ::-1])).mirrored()
    difference = np.linalg.norm(mirrored.points - skeleton.points, axis=1)
    assert np.nanmedian(difference) < 0.06 * unit(skeleton)


def test_size_of_the_picture_hardly_matters(estimator, picture, skeleton):
    smaller = cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    points = (estimator.estimate(smaller).points + 0.5) / 0.6 - 0.5
    difference = np.linalg.norm(points - skeleton.points, axis=1)
    assert np.nanmedian(difference) < 0.06 * unit(skeleton)


def test_a_box_picks_the_figure(estimator, picture, skeleton):
    height, width = picture.shape[:2]
    wide = np.full((height, 2 * width + 40, 3), 255, np.uint8)
    wide[:, :width] = picture
    wide[:, width + 40 :] = picture
    box = around(skeleton.points)
    second = Box(box.left + width + 40, box.top, box.right + width + 40, box.bottom)
    found = estimator.estimate(wide, second)
    shifted = skeleton.points + np.array([width + 40, 0])
    assert np.nanmedian(np.linalg.norm(found.points - shifted, axis=1)) < 0.1 * unit(skeleton)
    boxes = estimator.find_figures(wide)
    assert any(second.overlap(box) > 0.5 for box in boxes)


def test_find_figures_starts_with_the_one_that_is_estimated(estimator, picture, skeleton):
    first = estimator.find_figures(picture)[0]
    assert first.overlap(around(skeleton.points)) > 0.7


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_no_figure_on_blank_paper(estimator, shade):
    with pytest.raises(NoFigureFound) as caught:
        estimator.estimate(np.full((300, 200, 3), shade, np.uint8))
    assert caught.value.key == "no_figure"


def test_checkpoints_are_small_and_come_back(tmp_path):
    assert all(path.stat().st_size < 10_000_000 for path in CHECKPOINTS.glob("pose*"))
    network, calibration = PoseNetwork(), Calibration(sigma_scale=(1.5,) * 18)
    save_pose(network, calibration, tmp_path)
    again, settings = load_pose(tmp_path)
    assert settings == calibration
    weight = network.backbone.top.convolution.weight
    assert np.allclose(again.backbone.top.convolution.weight.detach(), weight.detach(), atol=1e-3)
    assert JOINT_INDEX["head_top"] == 0
