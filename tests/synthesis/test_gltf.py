from pathlib import Path

import numpy as np
import pytest

from proportion.errors import BadInput
from proportion.skeleton import JOINT_INDEX, MIRROR_INDEX
from proportion.synthesis.character import BONE_INDEX
from proportion.synthesis.gltf import load_character
from proportion.synthesis.library import character_files, load_characters
from proportion.synthesis.poses import TEST_FAMILIES


@pytest.fixture(scope="module")
def everyone(data_dir: Path):
    return load_characters(data_dir)


def test_all_characters_of_the_pack_stand_facing_forward_with_their_left_at_plus_x(everyone):
    assert len(everyone) == 29
    for character in everyone:
        points = character.landmarks
        assert np.isfinite(points).all() and np.isfinite(character.joints).all(), character.name
        assert (points[[JOINT_INDEX["left_hand"], JOINT_INDEX["left_hip"]], 0] > 0).all()
        mirrored = points[MIRROR_INDEX] * (-1, 1, 1)
        assert np.abs(mirrored - points).max() < 0.05 * character.height, character.name
        assert points[JOINT_INDEX["left_toe"], 2] > points[JOINT_INDEX["left_ankle"], 2]
        heights = [
            points[JOINT_INDEX[name], 1] for name in ("head_top", "chin", "left_hip", "left_knee")
        ]
        assert heights == sorted(heights, reverse=True), character.name


def test_weights_colours_and_materials_are_complete(everyone):
    for character in everyone:
        assert np.allclose(character.weights.sum(1), 1, atol=1e-5)
        assert character.triangles.max() < len(character.vertices)
        assert (character.colours >= 0).all() and (character.colours <= 1).all()
        assert character.materials.max() < len(character.material_names)


def test_heads_tall_ignores_hats_and_beards(everyone):
    tall = {character.name: character.heads_tall for character in everyone}
    men = [tall[f"quaternius_men/{name}"] for name in ("King", "Punk", "Spacesuit", "Suit")]
    assert max(men) - min(men) < 0.1 and 6.5 < min(men) < 7.5
    assert 2.0 < tall["kaykit_adventurers/Mage"] < 2.6


def test_weapons_and_backpacks_are_left_out(everyone):
    triangles = {character.name: len(character.triangles) for character in everyone}
    assert triangles["quaternius_men/Suit"] == 6634
    assert triangles["kaykit_adventurers/Rogue"] == 4347


def test_ankles_of_sole_jointed_rigs_are_lifted(suit):
    ankle, toe = (suit.landmarks[JOINT_INDEX[name]] for name in ("left_ankle", "left_toe"))
    assert 0.04 < (ankle[1] - suit.vertices[:, 1].min()) / suit.height < 0.07
    assert ankle[1] > toe[1]


def test_a_bone_that_the_rig_lacks_carries_nothing(rogue):
    for name in ("neck", "leftShoulder"):
        assert rogue.weights[:, BONE_INDEX[name]].max() == 0


def test_splits_share_no_family(data_dir: Path, everyone):
    families = {character.family for character in everyone}
    assert families > TEST_FAMILIES
    assert {character.family for character in load_characters(data_dir, "test")} == TEST_FAMILIES


def test_unreadable_files_and_empty_folders_are_said(tmp_path: Path):
    (tmp_path / "broken.glb").write_bytes(b"glTF nonsense")
    with pytest.raises(BadInput, match="not a readable glb"):
        load_character(tmp_path / "broken.glb")
    with pytest.raises(BadInput, match="no glb or vrm"):
        character_files(tmp_path / "nothing")
