from __future__ import annotations

import numpy as np
import pytest

from proportion.skeleton import Skeleton


@pytest.fixture
def standing() -> Skeleton:
    """A figure from the front, 7.5 heads tall, in a picture of 200 x 320."""
    left = [(120, 70), (130, 110), (135, 150), (137, 170)]
    leg = [(112, 160), (114, 215), (115, 268), (120, 280)]
    mirror = [(200 - x, y) for x, y in left], [(200 - x, y) for x, y in leg]
    return Skeleton(
        (200, 320), np.array([(100, 20), (100, 55), *left, *mirror[0], *leg, *mirror[1]], float)
    )


@pytest.fixture
def paper() -> np.ndarray:
    """A picture with some grain."""
    return np.random.default_rng(0).integers(200, 256, (320, 200, 3)).astype(np.uint8)
