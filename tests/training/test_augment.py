import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX
from proportion.training.augment import MISSING, view, without_figure

DOT = JOINT_INDEX["left_wrist"]


@pytest.mark.parametrize("seed", range(12))
def test_joints_stay_on_what_they_mark(seed):
    """A picture whose only bright spot is one wrist: the spot must be where that wrist (or, mirrored,
    the other one) is said to be.
    """
    rng = np.random.default_rng(seed)
    points = rng.uniform(60, 196, (18, 2))
    picture = np.full((256, 256, 3), 90, np.uint8)
    x, y = np.rint(points[DOT]).astype(int)
    picture[y - 5 : y + 6, x - 5 : x + 6] = 230
    seen, moved, states = view(picture, points, np.zeros(18, np.uint8), 192, rng)
    grey = seen.astype(float).mean(-1)
    contrast = np.abs(grey - np.median(grey))
    hands = moved[[DOT, JOINT_INDEX["right_wrist"]]]
    if np.isfinite(hands).all() and ((hands > 8) & (hands < 184)).all() and contrast.max() > 40:
        rows, columns = np.nonzero(contrast > 0.8 * contrast.max())
        spot = np.array([columns.mean(), rows.mean()])
        assert np.linalg.norm(hands - spot, axis=1).min() < 5
    assert (np.isnan(moved[:, 0]) == (states == MISSING)).all()


def test_empty_views_have_the_right_size():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (256, 256, 3)).astype(np.uint8)
    points = rng.uniform(80, 170, (18, 2))
    for _ in range(20):
        assert without_figure(picture, points, 96, rng).shape == (96, 96, 3)
