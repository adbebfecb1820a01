"""Put a character into a pose with other proportions: linear blend skinning with per-segment scaling.

Rules of the data pack's README ("How to put it on a character", "Changing proportions"): the world
rotation of a bone is ``R = D A'`` with ``D`` the pose's rotation relative to the T-pose and ``A'`` the
minimal rotation from the bone's rest direction to its T-pose direction; a child sits at
``parent + R S offset``; the skin matrix is ``R S`` about the rest position; ``S`` is not inherited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from proportion.skeleton import PARTS
from proportion.synthesis.character import (
    BODY_BONES,
    BONE_INDEX,
    BONE_PARENTS,
    BONE_PART,
    JOINT_BONE,
    Character,
)


def _limbs() -> Iterator[tuple[int, int, np.ndarray]]:
    """Each limb bone, the bone where it ends, and its direction in the T-pose."""
    for side, outwards in (("left", 1.0), ("right", -1.0)):
        arm, leg = np.array([outwards, 0.0, 0.0]), np.array([0.0, -1.0, 0.0])
        for bone, child, direction in (
            ("UpperArm", "LowerArm", arm),
            ("LowerArm", "Hand", arm),
            ("UpperLeg", "LowerLeg", leg),
            ("LowerLeg", "Foot", leg),
        ):
            yield BONE_INDEX[side + bone], BONE_INDEX[side + child], direction


_LIMBS = tuple(_limbs())


def tpose_directions() -> np.ndarray:
    """``(22, 3)`` direction of each limb bone in the T-pose, zero for the others."""
    directions = np.zeros((len(BODY_BONES), 3))
    for bone, _, direction in _LIMBS:
        directions[bone] = direction
    return directions


_UNIFORM_PARTS = [
    PARTS.index(part) for part in PARTS if part.partition("_")[2] in ("hand", "foot") or part == "head"
]
_SHOULDERS, _HIPS = PARTS.index("shoulder_width"), PARTS.index("hip_width")
# Share of the shoulder factor (the rest is the hip factor) in the width of each bone of the trunk.
_WIDTH_SHARE = {"hips": 0.0, "spine": 0.35, "chest": 0.7, "upperChest": 1.0}
_WIDTH_SHARE |= {"leftShoulder": 1.0, "rightShoulder": 1.0}


@dataclass(frozen=True, eq=False)
class Proportions:
    """Factors on a character's parts; 1 leaves it as it is.

    Attributes:
        length: ``(17,)`` factor of each part of `skeleton.PARTS` along its bone; head, hands and feet
            grow as a whole; the two widths widen the trunk and move what hangs on it.
        girth: ``(17,)`` factor across the bone (of head, hands and feet: on top of the length).
    """

    length: np.ndarray = field(default_factory=lambda: np.ones(len(PARTS)))
    girth: np.ndarray = field(default_factory=lambda: np.ones(len(PARTS)))

    def scaled(self, part: str, factor: float) -> Proportions:
        """The same with one part longer or shorter."""
        length = self.length.copy()
        length[PARTS.index(part)] *= factor
        return Proportions(length, self.girth)

    def __mul__(self, other: Proportions) -> Proportions:
        return Proportions(self.length * other.length, self.girth * other.girth)


@dataclass(frozen=True, eq=False)
class PosedFigure:
    """A posed mesh in metres, hips at the origin of the pose, y up.

    Attributes:
        vertices: ``(V, 3)`` float32.
        points: ``(18, 3)`` the joints of a drawing, in the order of `skeleton.JOINTS`.
        bones: ``(22, 3)`` bone positions.
    """

    vertices: np.ndarray
    points: np.ndarray
    bones: np.ndarray


def rest_alignment(joints: np.ndarray) -> np.ndarray:
    """``(22, 3, 3)`` rotations A' that bring the limbs of rest joints ``(22, 3)`` into the T-pose."""
    align = np.tile(np.eye(3), (len(BODY_BONES), 1, 1))
    for bone, child, target in _LIMBS:
        align[bone] = _minimal_rotation(joints[child] - joints[bone], target)
    for side in ("left", "right"):
        align[BONE_INDEX[f"{side}Hand"]] = align[BONE_INDEX[f"{side}LowerArm"]]
    return align


def _minimal_rotation(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    source, target = source / np.linalg.norm(source), target / np.linalg.norm(target)
    axis = np.cross(source, target)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return np.eye(3)
    return Rotation.from_rotvec(axis / sine * np.arctan2(sine, source @ target)).as_matrix()


def segment_scales(joints: np.ndarray, proportions: Proportions) -> np.ndarray:
    """``(22, 3, 3)`` scalings S of each bone in the rest frame, for a rest skeleton ``(22, 3)``."""
    length, girth = proportions.length[BONE_PART], proportions.girth[BONE_PART]
    scales = np.zeros((len(BODY_BONES), 3, 3))
    directions = {bone: joints[child] - joints[bone] for bone, child, _ in _LIMBS}
    for bone, name in enumerate(BODY_BONES):
        if BONE_PART[bone] in _UNIFORM_PARTS:
            scales[bone] = np.eye(3) * length[bone] * girth[bone]
            continue
        direction = directions.get(bone, np.array([0.0, 1.0, 0.0]))
        along = np.outer(direction, direction) / (direction @ direction)
        scales[bone] = girth[bone] * np.eye(3) + (length[bone] - girth[bone]) * along
        if name in _WIDTH_SHARE:
            share = _WIDTH_SHARE[name]
            scales[bone, 0, 0] *= proportions.length[_SHOULDERS] ** share * proportions.length[
                _HIPS
            ] ** (1 - share)
    return scales


def pose_character(
    character: Character, rotations: np.ndarray, proportions: Proportions | None = None
) -> PosedFigure:
    """Skin a character.

    Args:
        character: the figure at rest.
        rotations: ``(22, 3, 3)`` world rotations relative to the T-pose, as in `PoseBank`.
        proportions: factors on its parts; none changes nothing.
    """
    linear, position = _pose_bones(character, rotations, proportions or Proportions())
    shift = position - np.einsum("bij,bj->bi", linear, character.joints)
    affine = np.concatenate([linear, shift[..., None]], axis=2).reshape(len(BODY_BONES), 12)
    blended = (character.weights @ affine.astype(np.float32)).reshape(-1, 3, 4)
    vertices = np.einsum("vij,vj->vi", blended[..., :3], character.vertices) + blended[..., 3]
    return PosedFigure(vertices, _ride(character, linear, position), position)


def posed_points(
    character: Character, rotations: np.ndarray, proportions: Proportions | None = None
) -> np.ndarray:
    """``(18, 3)`` joints of a drawing as `pose_character` gives them, without skinning the mesh."""
    return _ride(character, *_pose_bones(character, rotations, proportions or Proportions()))


def _pose_bones(
    character: Character, rotations: np.ndarray, proportions: Proportions
) -> tuple[np.ndarray, np.ndarray]:
    """``(22, 3, 3)`` linear part of each bone's skin matrix, and ``(22, 3)`` where the bones are."""
    scales = segment_scales(character.joints, proportions)
    linear = rotations @ rest_alignment(character.joints) @ scales
    position = np.zeros((len(BODY_BONES), 3))
    for bone, parent in enumerate(BONE_PARENTS):
        if parent >= 0:
            offset = character.joints[bone] - character.joints[parent]
            position[bone] = position[parent] + linear[parent] @ offset
    return linear, position


def _ride(character: Character, linear: np.ndarray, position: np.ndarray) -> np.ndarray:
    """``(18, 3)`` landmarks on their bones."""
    offsets = character.landmarks - character.joints[JOINT_BONE]
    return position[JOINT_BONE] + np.einsum("pij,pj->pi", linear[JOINT_BONE], offsets)
