import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX, Skeleton
from proportion.ui.live import evaluate


def figure() -> Skeleton:
    points = np.zeros((18, 2))
    for name, place in {
        "head_top": (0, 0),
        "chin": (0, 10),
        "left_shoulder": (8, 15),
        "right_shoulder": (-8, 15),
        "left_elbow": (8, 30),
        "right_elbow": (-8, 30),
        "left_wrist": (8, 40),
        "right_wrist": (-8, 40),
        "left_hip": (4, 40),
        "right_hip": (-4, 40),
        "left_knee": (4, 58),
        "right_knee": (-4, 58),
        "left_ankle": (4, 76),
        "right_ankle": (-4, 76),
    }.items():
        points[JOINT_INDEX[name]] = place
    return Skeleton((100, 100), points)


def test_known_values():
    values = evaluate(figure().points)
    assert values["page.heads_tall"] == pytest.approx(76 / 10 / (1 - 0.039))
    assert values["page.arm_torso"] == pytest.approx(1.0)
    assert values["page.upper_lower_arm"] == pytest.approx(1.5)
    assert values["page.thigh_shin"] == pytest.approx(1.0)


def test_one_leg_is_enough_and_none_is_not():
    one = figure().without("left_knee")
    assert evaluate(one.points)["page.heads_tall"] == pytest.approx(
        evaluate(figure().points)["page.heads_tall"]
    )
    assert evaluate(one.without("right_knee").points)["page.heads_tall"] is None


def test_size_does_not_matter():
    big = figure().with_points(figure().points * 3)
    assert evaluate(big.points) == pytest.approx(evaluate(figure().points))
