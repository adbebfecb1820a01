import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from proportion.geometry import segment_lengths
from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.synthesis.character import BODY_BONES, BONE_INDEX
from proportion.synthesis.skinning import Proportions, pose_character, posed_points, rest_alignment

LIMBS = [
    part for part in PARTS if part.startswith(("left", "right")) and not part.endswith(("hand", "foot"))
]


def test_the_rest_pose_of_a_t_posed_character_hardly_moves(suit, tpose):
    posed = pose_character(suit, tpose)
    moved = posed.vertices - (suit.vertices - suit.joints[0])
    assert np.linalg.norm(moved, axis=1).max() < 0.1
    assert np.allclose(posed.bones[0], 0)


def test_alignment_brings_the_limbs_into_the_t_pose(suit):
    align = rest_alignment(suit.joints)
    for bone, child, target in (
        ("leftUpperArm", "leftLowerArm", (1, 0, 0)),
        ("rightLowerLeg", "rightFoot", (0, -1, 0)),
    ):
        rest = suit.joints[BONE_INDEX[child]] - suit.joints[BONE_INDEX[bone]]
        assert np.allclose(align[BONE_INDEX[bone]] @ rest / np.linalg.norm(rest), target, atol=1e-9)
    assert np.allclose(align[BONE_INDEX["leftHand"]], align[BONE_INDEX["leftLowerArm"]])


@pytest.mark.parametrize("part", [*LIMBS, "head", "left_hand", "right_foot"])
@pytest.mark.parametrize("factor", [0.6, 1.6])
def test_one_part_changes_by_its_factor_and_no_other(suit, bank, part, factor):
    rotations = Rotation.from_quat(bank.rotations[100]).as_matrix()
    before = segment_lengths(pose_character(suit, rotations).points)
    after = segment_lengths(pose_character(suit, rotations, Proportions().scaled(part, factor)).points)
    ratio = dict(zip(PARTS, after / before, strict=True))
    assert ratio.pop(part) == pytest.approx(factor, rel=0.03)
    ratio.pop("neck")  # its end, the chin, rides on the head
    assert np.allclose(list(ratio.values()), 1, atol=0.05)


def test_shoulder_and_hip_width_are_scaled(suit, tpose):
    before = segment_lengths(pose_character(suit, tpose).points)
    for part in ("shoulder_width", "hip_width"):
        after = segment_lengths(pose_character(suit, tpose, Proportions().scaled(part, 1.4)).points)
        assert (after / before)[PARTS.index(part)] == pytest.approx(1.4, rel=0.02)


def test_rotating_a_forearm_moves_what_hangs_on_it(suit, tpose):
    bent = tpose.copy()
    forward = Rotation.from_euler("y", -90, degrees=True).as_matrix()
    for name in ("leftLowerArm", "leftHand"):
        bent[BODY_BONES.index(name)] = forward
    before, after = (pose_character(suit, rotations).points for rotations in (tpose, bent))
    elbow, wrist = after[JOINT_INDEX["left_elbow"]], after[JOINT_INDEX["left_wrist"]]
    assert np.allclose(elbow, before[JOINT_INDEX["left_elbow"]])
    direction = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    assert np.allclose(direction, (0, 0, 1), atol=1e-6)


def test_joints_are_posed_without_the_mesh_as_with_it(suit, bank):
    rotations = Rotation.from_quat(bank.rotations[7]).as_matrix()
    wide = Proportions().scaled("shoulder_width", 1.4).scaled("left_thigh", 0.7)
    assert np.allclose(posed_points(suit, rotations, wide), pose_character(suit, rotations, wide).points)
