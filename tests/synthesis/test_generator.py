from pathlib import Path

import numpy as np
import pytest

from proportion.errors import BadInput
from proportion.geometry import segment_lengths
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX, PARTS
from proportion.synthesis.contact_sheet import contact_sheet
from proportion.synthesis.dataset import SyntheticDataset, synthesize
from proportion.synthesis.distortions import Distortion
from proportion.synthesis.generator import DrawingGenerator
from proportion.synthesis.poses import TEST_FAMILIES, split_of_clip
from proportion.synthesis.posing import PoseSampler, arms_in_head, standing, to_local, to_world
from proportion.synthesis.skinning import pose_character


@pytest.fixture(scope="module")
def unseen(data_dir: Path) -> DrawingGenerator:
    return DrawingGenerator(data_dir, "test", "standing-errors", 128)


def test_the_same_seed_gives_the_same_drawing(data_dir: Path):
    own = DrawingGenerator(data_dir, "test", "pose", 96, data_dir / "characters" / "godette")
    first, again, other = own.draw(3, 5), own.draw(3, 5), own.draw(3, 6)
    assert first.character == "godette/Godette_vrm_v4"
    assert np.array_equal(first.picture, again.picture)
    assert first.skeleton == again.skeleton
    assert not np.array_equal(first.picture, other.picture)


def test_unseen_standing_drawings_are_what_the_report_needs(unseen):
    drawings = [unseen.draw(0, index) for index in range(12)]
    families = {drawing.family for drawing in drawings}
    assert all(family in TEST_FAMILIES or family.endswith("_test") for family in families)
    assert all(split_of_clip(drawing.clip) == "test" for drawing in drawings)
    assert {drawing.distortion.factor for drawing in drawings} == {0.6, 1.0, 1.6}
    assert all(abs(drawing.yaw) <= 45 for drawing in drawings)
    assert all(drawing.skeleton.present.all() for drawing in drawings)
    assert all(drawing.picture.shape == (128, 128, 3) for drawing in drawings)
    assert contact_sheet([(d.picture, d.skeleton) for d in drawings[:3]], 2, 64).shape == (128, 128, 3)


def test_uneven_figures_stand_with_limbs_of_all_lengths(data_dir: Path, unseen):
    def unevenness(drawings):
        lengths = segment_lengths(np.stack([drawing.skeleton.points for drawing in drawings]))
        left, right = (
            lengths[:, [PARTS.index(f"{side}_{part}") for part in ("thigh", "shin")]]
            for side in ("left", "right")
        )
        return np.median(np.abs(np.log(left / right)))

    generator = DrawingGenerator(data_dir, "test", "standing-uneven", 128)
    uneven = [generator.draw(0, index) for index in range(12)]
    even = [drawing for drawing in map(unseen.draw, [0] * 24, range(24)) if not drawing.distortion.part]
    assert {drawing.distortion for drawing in uneven} == {Distortion()}
    assert unevenness(uneven) > 2 * unevenness(even)


def test_turned_figures_are_mostly_seen_from_the_side_and_from_behind(data_dir: Path):
    def share_away(mixture):
        generator = DrawingGenerator(data_dir, "test", mixture, 96)
        bodies = [d for d in map(generator.draw, [0] * 30, range(30)) if d.family != "flat"]
        return np.mean([abs(drawing.yaw) >= 50 for drawing in bodies])

    assert share_away("turned") > 0.6 > share_away("pose")


def test_half_edits_scale_one_half(unseen):
    upright = np.zeros((18, 2))
    upright[JOINT_INDEX["left_shoulder"]], upright[JOINT_INDEX["right_shoulder"]] = (10, -50), (-10, -50)
    upright[JOINT_INDEX["left_hip"]], upright[JOINT_INDEX["right_hip"]] = (6, 0), (-6, 0)
    plane = np.array([[20.0, -30.0], [-20.0, 40.0]])
    assert np.allclose(Distortion("left", 1.5).warp(upright)(plane), [[30, -30], [-20, 40]])
    assert np.allclose(Distortion("right", 0.5).warp(upright)(plane), [[20, -30], [-10, 40]])
    assert np.allclose(Distortion("upper", 0.7).warp(upright)(plane), [[20, -21], [-20, 40]])
    assert np.allclose(Distortion("lower", 1.3).warp(upright)(plane), [[20, -30], [-20, 52]])
    assert np.allclose(Distortion("head", 2.0).warp(upright)(plane), plane)


def test_local_rotations_compose_to_world_ones(bank):
    from scipy.spatial.transform import Rotation

    world = Rotation.from_quat(bank.rotations[7])
    assert np.allclose(to_world(to_local(world)).as_matrix(), world.as_matrix())


def test_poses_are_mirrored_now_and_then(bank, suit):
    one = bank.take(np.array([100]))
    sampler = PoseSampler(one)
    seen = [
        pose_character(suit, sampler.draw(np.random.default_rng(seed), perturb=0).rotations).points
        for seed in range(8)
    ]
    mirrored = seen[0][MIRROR_INDEX] * (-1, 1, 1)
    same = [np.abs(points - seen[0]).max() < 0.01 for points in seen]
    flipped = [np.abs(points - mirrored).max() < 0.05 for points in seen]
    assert any(same[1:]) and any(flipped) and all(a or b for a, b in zip(same, flipped, strict=True))


def test_perturbed_poses_keep_their_lengths(bank, suit):
    plain = segment_lengths(pose_character(suit, np.tile(np.eye(3), (22, 1, 1))).points)
    pose = PoseSampler(bank).draw(np.random.default_rng(0))
    now = segment_lengths(pose_character(suit, pose.rotations).points)
    limbs = slice(5, 17)
    assert np.allclose(now[limbs], plain[limbs], rtol=0.15)


def test_standing_poses_stand(bank, suit):
    upright = standing(bank)
    assert 300 < len(upright) < len(bank)
    for rotations in upright.rotations[::97]:
        from scipy.spatial.transform import Rotation

        points = pose_character(suit, Rotation.from_quat(rotations).as_matrix()).points
        assert points[JOINT_INDEX["left_ankle"], 1] < points[JOINT_INDEX["left_knee"], 1] < 0


def test_a_hand_in_the_head_is_noticed(rogue, tpose):
    points = pose_character(rogue, tpose).points
    assert not arms_in_head(points)
    points[JOINT_INDEX["left_hand"]] = points[:2].mean(0)
    assert arms_in_head(points)


def test_a_dataset_is_written_resumed_and_read(data_dir: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("proportion.synthesis.dataset.SHARD", 4)
    options = {"seed": 1, "split": "test", "mixture": "standing-errors", "size": 64, "workers": 1}
    options["characters"] = data_dir / "characters" / "godette"
    synthesize(data_dir, tmp_path / "set", 6, **options)
    first = SyntheticDataset.open(tmp_path / "set")
    assert len(first) == len(first.pictures) == 6
    assert first.pictures[5].shape == (64, 64, 3) and first.pictures[5].dtype == np.uint8
    assert first.skeleton(0).image_size == (64, 64)
    assert set(first.labels) == {
        *("points", "states", "family", "character", "clip", "style", "yaw", "part", "factor")
    }
    assert (tmp_path / "set" / "contact_sheet.jpg").exists()
    time = (tmp_path / "set" / "pictures_00000.npy").stat().st_mtime_ns
    synthesize(data_dir, tmp_path / "set", 9, **options)
    more = SyntheticDataset.open(tmp_path / "set")
    assert len(more) == 9 and np.array_equal(more.points[:6], first.points, equal_nan=True)
    assert (tmp_path / "set" / "pictures_00000.npy").stat().st_mtime_ns == time
    for other in ({"seed": 2}, {"people": 1}):
        with pytest.raises(BadInput, match="other settings"):
            synthesize(data_dir, tmp_path / "set", 9, **{**options, **other})
    with pytest.raises(BadInput, match="Unknown mixture"):
        synthesize(data_dir, tmp_path / "set", 9, mixture="nonsense")
    with pytest.raises(BadInput, match="holds no synthetic drawings"):
        SyntheticDataset.open(tmp_path)


def test_flat_figures_come_with_their_joints_on_all_kinds_of_grounds(data_dir: Path):
    generator = DrawingGenerator(data_dir, "test", "flat", 96)
    drawings = [generator.draw(0, index) for index in range(30)]
    assert {drawing.family for drawing in drawings} == {"flat"}
    assert len({drawing.style for drawing in drawings}) >= 5
    for drawing in drawings:
        points = drawing.skeleton.points[drawing.skeleton.present]
        assert len(points) >= 3 and (points >= -0.5).all() and (points <= 95.5).all()
    assert np.array_equal(generator.draw(0, 4).picture, drawings[4].picture)
