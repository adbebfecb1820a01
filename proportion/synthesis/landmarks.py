"""Where the 18 joints lie on a rest mesh: the rig's, and crown, chin, fingertips and toe tips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis.character import BONE_INDEX, JOINT_BONE, Character

# Crown of the skull and chin as (height over the head joint, forward of it) in metres, where hair, hats,
# beards or helmets hide them from a search: read off the bare heads of each family.
_HEAD_OF_FAMILY = {
    "quaternius_men": ((0.239, 0.01), (-0.016, 0.105)),
    "quaternius_women": ((0.239, 0.01), (-0.016, 0.105)),
    "kaykit_adventurers": ((0.93, 0.0), (0.0, 0.33)),
    "godette": ((0.385, -0.02), (-0.015, 0.12)),
}
# Hips against the rig's hip joints, (width factor, drop in metres): these rigs bend far out or high up,
# where people mark drawn hips nearer to the crotch.
_HIPS_OF_FAMILY = {
    "quaternius_men": (0.75, 0.05),
    "quaternius_women": (0.75, 0.075),
    "mesh2motion": (1.0, 0.03),
}
_SOLE_JOINTS = 0.03  # of the figure's height: a foot joint lower than this is at the sole, not the ankle
_ANKLE = 0.055  # of the figure's height: where the ankle goes then
_TIP = 0.01  # of the figure's height: what counts as the tip of a hand or a foot


def find_landmarks(character: Character) -> Character:
    """Fill in the 18 landmarks and the positions of bones that the rig lacks.

    Limb joints are the rig's. Fingertips are the farthest points of the hand along the forearm, toe
    tips the foremost of the foot, the chin the lowest point of the face in front.
    """
    joints = with_missing_bones(character.joints)
    for side in ("left", "right"):
        foot = BONE_INDEX[f"{side}Foot"]
        ground = character.vertices[:, 1].min()
        if joints[foot, 1] - ground < _SOLE_JOINTS * character.height:
            joints[foot] = _ankle(character, side, ground + _ANKLE * character.height)
    widen, drop = _HIPS_OF_FAMILY.get(character.family, (1.0, 0.0))
    hips = [BONE_INDEX["leftUpperLeg"], BONE_INDEX["rightUpperLeg"]]
    joints[hips] = joints[hips] * (widen, 1, 1) - (0, drop, 0)
    landmarks = joints[JOINT_BONE].copy()
    crown, chin = _head_points(character)
    landmarks[JOINT_INDEX["head_top"]] = crown
    landmarks[JOINT_INDEX["chin"]] = chin
    for side in ("left", "right"):
        elbow, wrist = joints[BONE_INDEX[f"{side}LowerArm"]], joints[BONE_INDEX[f"{side}Hand"]]
        hand = _tip(character, (f"{side}Hand",), wrist - elbow)
        toe = _tip(character, (f"{side}Foot", f"{side}Toes"), np.array([0.0, 0.0, 1.0]))
        landmarks[JOINT_INDEX[f"{side}_hand"]] = hand
        landmarks[JOINT_INDEX[f"{side}_toe"]] = toe
        if np.isnan(joints[BONE_INDEX[f"{side}Toes"]]).any():
            joints[BONE_INDEX[f"{side}Toes"]] = toe
    return replace(character, joints=joints, landmarks=landmarks)


def with_missing_bones(joints: np.ndarray) -> np.ndarray:
    """A missing bone sits where its child begins, so that its own rotation changes nothing."""
    joints = joints.copy()
    for bone, child in (
        ("neck", "head"),
        ("upperChest", "neck"),
        ("chest", "upperChest"),
        ("spine", "chest"),
        ("leftShoulder", "leftUpperArm"),
        ("rightShoulder", "rightUpperArm"),
    ):
        if np.isnan(joints[BONE_INDEX[bone]]).any():
            joints[BONE_INDEX[bone]] = joints[BONE_INDEX[child]]
    return joints


def _ankle(character: Character, side: str, height: float) -> np.ndarray:
    """Middle of the leg's surface at a height."""
    bones = [BONE_INDEX[f"{side}LowerLeg"], BONE_INDEX[f"{side}Foot"]]
    leg = character.vertices[character.weights[:, bones].sum(1) > 0.5]
    ring = leg[np.abs(leg[:, 1] - height) < 0.02 * character.height]
    middle = (ring.min(0) + ring.max(0)) / 2
    return np.array([middle[0], height, middle[2]])


def _tip(character: Character, bones: tuple[str, ...], direction: np.ndarray) -> np.ndarray:
    weight = character.weights[:, [BONE_INDEX[bone] for bone in bones]].sum(1)
    points = character.vertices[weight > 0.5]
    reach = points @ (direction / np.linalg.norm(direction))
    return points[reach > reach.max() - _TIP * character.height].mean(0)


def _head_points(character: Character) -> tuple[np.ndarray, np.ndarray]:
    """Crown and chin ``(3,)`` each."""
    joint = character.joints[BONE_INDEX["head"]]
    if character.family in _HEAD_OF_FAMILY:
        return tuple(
            np.array([joint[0], joint[1] + up, joint[2] + forward])
            for up, forward in _HEAD_OF_FAMILY[character.family]
        )
    head = character.vertices[character.weights[:, BONE_INDEX["head"]] > 0.5]
    top, front = head[:, 1].max(), head[:, 2].max()
    crown = np.array([joint[0], top, joint[2]])
    middle = np.abs(head[:, 0] - joint[0]) < 0.25 * np.ptp(head[:, 0])
    face = head[middle & (head[:, 2] > joint[2] + 0.5 * (front - joint[2]))]
    return crown, np.array([joint[0], *face[face[:, 1].argmin(), 1:]])
