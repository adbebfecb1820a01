"""A figure ready to be posed: a rest mesh on the 22 bones of the pose bank, its 18 joints marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from proportion.skeleton import JOINTS, PARTS

_SIDE_BONES = ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes")
BODY_BONES: tuple[str, ...] = (
    *("hips", "spine", "chest", "upperChest", "neck", "head"),
    *(f"left{name}" for name in _SIDE_BONES[:4]),
    *(f"right{name}" for name in _SIDE_BONES[:4]),
    *(f"left{name}" for name in _SIDE_BONES[4:]),
    *(f"right{name}" for name in _SIDE_BONES[4:]),
)
"""Bones of every character, in the order of the pose bank (VRM humanoid names)."""
BONE_INDEX: dict[str, int] = {name: index for index, name in enumerate(BODY_BONES)}


def _bone_parents() -> tuple[int, ...]:
    parents = {"hips": None, "spine": "hips", "chest": "spine", "upperChest": "chest"}
    parents |= {"neck": "upperChest", "head": "neck"}
    for side in ("left", "right"):
        for chain in (("upperChest", *_SIDE_BONES[:4]), ("hips", *_SIDE_BONES[4:])):
            names = [chain[0], *(f"{side}{name}" for name in chain[1:])]
            parents |= dict(zip(names[1:], names[:-1], strict=True))
    return tuple(-1 if parents[name] is None else BONE_INDEX[parents[name]] for name in BODY_BONES)


BONE_PARENTS: tuple[int, ...] = _bone_parents()
"""Index of each bone's parent, -1 for hips; a parent comes before its children."""

_PART_OF_SUFFIX = {
    "Shoulder": "torso",
    "UpperArm": "{}_upper_arm",
    "LowerArm": "{}_forearm",
    "Hand": "{}_hand",
    "UpperLeg": "{}_thigh",
    "LowerLeg": "{}_shin",
    "Foot": "{}_foot",
    "Toes": "{}_foot",
}


def _part_of_bone(bone: str) -> str:
    for side in ("left", "right"):
        if bone.startswith(side):
            return _PART_OF_SUFFIX[bone.removeprefix(side)].format(side)
    return bone if bone in ("neck", "head") else "torso"


BONE_PART: np.ndarray = np.array([PARTS.index(_part_of_bone(bone)) for bone in BODY_BONES])
"""``(22,)`` index into `skeleton.PARTS` of the part whose surface each bone carries."""

_JOINT_BONE_SUFFIX = {
    "shoulder": "UpperArm",
    "elbow": "LowerArm",
    "wrist": "Hand",
    "hand": "Hand",
    "hip": "UpperLeg",
    "knee": "LowerLeg",
    "ankle": "Foot",
    "toe": "Toes",
}


def _bone_of_joint(joint: str) -> int:
    side, _, name = joint.partition("_")
    return BONE_INDEX[side + _JOINT_BONE_SUFFIX[name] if side in ("left", "right") else "head"]


JOINT_BONE: np.ndarray = np.array([_bone_of_joint(joint) for joint in JOINTS])
"""``(18,)`` the bone that each joint of a drawing rides on."""


@dataclass(frozen=True, eq=False)
class Character:
    """A skinned figure in its rest pose (T or A), in metres, y up, facing +Z, its left at +X.

    Attributes:
        name: unique name, such as ``quaternius_men/King``.
        family: group that one split keeps together, such as ``quaternius_men``.
        vertices: ``(V, 3)`` float32 rest positions.
        triangles: ``(T, 3)`` int32, counter-clockwise seen from outside.
        colours: ``(T, 3)`` float32 sRGB in [0, 1].
        materials: ``(T,)`` int16 index into `material_names`; ink lines run where it changes.
        material_names: what each material is, such as ``Skin`` or ``Hair``.
        joints: ``(22, 3)`` rest positions of `BODY_BONES`.
        weights: ``(V, 22)`` float32 skinning weights, rows sum to 1.
        landmarks: ``(18, 3)`` rest positions of `skeleton.JOINTS`; each rides on its `JOINT_BONE`.
        credit: who made it, where that must be said; else empty.
    """

    name: str
    family: str
    vertices: np.ndarray
    triangles: np.ndarray
    colours: np.ndarray
    materials: np.ndarray
    material_names: tuple[str, ...]
    joints: np.ndarray
    weights: np.ndarray
    landmarks: np.ndarray
    credit: str = field(default="")

    @cached_property
    def parts(self) -> np.ndarray:
        """``(T,)`` int8 index into `skeleton.PARTS` of the part that each triangle belongs to."""
        of_part = np.zeros((len(self.vertices), len(PARTS)), np.float32)
        for bone, part in enumerate(BONE_PART):
            of_part[:, part] += self.weights[:, bone]
        return of_part[self.triangles].sum(1).argmax(1).astype(np.int8)

    @cached_property
    def weld(self) -> np.ndarray:
        """``(V,)`` index of the distinct position of each vertex, for normals smooth across seams."""
        _, index = np.unique(np.round(self.vertices, 4), axis=0, return_inverse=True)
        return index.reshape(-1).astype(np.int32)

    @property
    def height(self) -> float:
        """Height of the rest mesh in metres, hair and hats included."""
        return float(np.ptp(self.vertices[:, 1]))

    @property
    def heads_tall(self) -> float:
        """Crown height over the crown-to-chin distance, in the rest pose."""
        crown, chin = self.landmarks[0, 1], self.landmarks[1, 1]
        return float((crown - self.vertices[:, 1].min()) / (crown - chin))
