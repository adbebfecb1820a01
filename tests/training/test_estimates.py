"""The estimator's real errors as the lifter's training and `calibrate` use them."""

import numpy as np
import pytest
from safetensors import safe_open

from proportion.assessment.verdicts import Thresholds
from proportion.paths import CHECKPOINTS
from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.training.estimates import FILE, Estimates, estimator_hash


@pytest.fixture(scope="module")
def kept() -> Estimates:
    return Estimates.load()


def test_thresholds_lifter_and_estimates_belong_to_the_shipped_estimator():
    shipped = estimator_hash()
    assert Thresholds.load().estimator == shipped
    with np.load(FILE) as file:
        assert str(file["estimator"]) == shipped
    assert shipped in (CHECKPOINTS / "lifter.md").read_text(encoding="utf-8")


def test_the_weights_say_how_they_were_made():
    with safe_open(CHECKPOINTS / "lifter.safetensors", "pt") as weights:
        assert {"recipe", "estimator"} <= set(weights.metadata())


def test_kept_estimates_are_in_figure_sizes(kept):
    radius = np.sqrt(np.nanmean((kept.exact**2).sum(-1), axis=1))
    assert np.allclose(radius, 1, atol=0.01)
    errors = np.linalg.norm(kept.points - kept.exact, axis=-1)
    assert 0.01 < np.nanmedian(errors) < 0.1
    assert (kept.sigma[np.isfinite(kept.points[..., 0])] > 0).all()
    wrong = kept.errors[kept.judged]
    assert 0.3 < wrong.any(1).mean() < 0.7 and (np.count_nonzero(wrong, axis=1) <= 1).all()


def test_a_mirror_twice_changes_nothing(kept):
    there = kept.mirrored()
    back = there.mirrored()
    for name, value in vars(kept).items():
        assert np.array_equal(getattr(back, name), value, equal_nan=name != "judged")
    left, right = JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]
    assert np.array_equal(there.points[:, left, 1], kept.points[:, right, 1], equal_nan=True)
    assert np.array_equal(
        there.errors[:, PARTS.index("left_shin")], kept.errors[:, PARTS.index("right_shin")]
    )


def test_what_is_kept_apart_trains_nothing(kept):
    apart, rest = kept.apart(True), kept.apart(False)
    assert len(apart) + len(rest) == 2 * len(kept) and not apart.familiar.any()
    keys = [{figure.tobytes() for figure in part.exact} for part in (apart, rest)]
    assert not keys[0] & keys[1]


def test_estimates_come_back_from_their_file(kept, tmp_path):
    kept.take(np.arange(5)).save(tmp_path / "some.npz")
    again = Estimates.load(tmp_path / "some.npz")
    assert np.array_equal(again.points, kept.points[:5], equal_nan=True)
    assert again.judged.dtype == bool
