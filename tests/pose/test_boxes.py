import numpy as np
import pytest

from proportion.geometry import apply_transform
from proportion.pose.boxes import Box, around, square_view, whole


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    "box",
    [
        Box(10, 20, 110, 120),
        Box(-40, -30, 160, 170),
        Box(0, 0, 300, 300),
        Box(150, 60, 450, 360),
        Box(40, 50, 70, 80),
    ],
)
def test_view_and_its_transform_agree(box, quick):
    rows, columns = np.mgrid[0:200, 0:300]
    picture = np.stack([columns * 255 / 299, rows * 255 / 199, rows * 0], -1).astype(np.uint8)
    view, transform = square_view(picture, box, 96, quick=quick)
    assert view.shape == (96, 96, 3)
    place = np.array([[48.0, 40.0], [30.0, 60.0], [70.0, 20.0]])
    source = np.clip(apply_transform(transform, place), 0, (299, 199))
    seen = np.array([view[int(y), int(x), :2] for x, y in place])
    assert np.abs(seen / 255 * (299, 199) - source).max() < 4


def test_corners_of_a_view_cover_the_box():
    _, transform = square_view(np.zeros((400, 400, 3), np.uint8), Box(100, 50, 300, 250), 100)
    corners = apply_transform(transform, np.array([[-0.5, -0.5], [99.5, 99.5]]))
    assert corners == pytest.approx(np.array([[99.5, 49.5], [299.5, 249.5]]))


def test_boxes():
    box = around(np.array([[3.0, 4.0], [np.nan, np.nan], [9.0, 20.0]]))
    assert box == (3, 4, 9, 20)
    assert box.square(2.0) == (-10, -4, 22, 28)
    assert box.overlap(Box(3, 4, 6, 100)) == 0.5
    assert box.overlap(Box(50, 50, 60, 60)) == 0
    assert whole(np.zeros((5, 7, 3), np.uint8)) == (0, 0, 7, 5)


def test_a_grown_box_keeps_its_centre():
    assert Box(10, 20, 30, 60).grown(1.5) == Box(5, 10, 35, 70)
