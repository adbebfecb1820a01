import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX
from proportion.training import augment
from proportion.training.augment import MISSING, bent, random_bend, redraw, view, without_figure

DOT = JOINT_INDEX["left_wrist"]


@pytest.mark.parametrize("seed", range(24))
def test_joints_stay_on_what_they_mark(seed, monkeypatch):
    """A picture whose only bright spot is one wrist: the spot must be where that wrist (or, mirrored,
    the other one) is said to be.
    """
    # The spot must stay the only one: the paper goes on beyond its edge, and nothing becomes lines.
    monkeypatch.setattr(augment.cv2, "BORDER_CONSTANT", augment.cv2.BORDER_REPLICATE)
    monkeypatch.setattr(augment, "redraw", lambda picture, rng: picture)
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


@pytest.mark.parametrize("seed", range(8))
def test_bent_points_lie_where_the_bent_view_shows_what_they_mark(seed):
    rng = np.random.default_rng(seed)
    bend = random_bend(192, rng)
    straight = rng.uniform(30, 162, (18, 2))
    places = bent(straight, bend)
    x, y = np.clip(np.rint(places), 0, 191).astype(int).T
    assert np.abs(places + bend[y, x] - straight).max() < 1  # a pixel of rounding
    assert np.abs(bend).max() > 1


def test_redrawn_pictures_keep_their_size_and_their_lines():
    picture = np.full((96, 96, 3), 240, np.uint8)
    picture[:, 46:50] = 20
    for seed in range(40):
        seen = redraw(picture, np.random.default_rng(seed))
        assert seen.shape == picture.shape and seen.dtype == np.uint8
        grey = seen.astype(float).mean(-1)
        assert grey[40, 47] < grey[40, 10] - 60
