"""Random poses from the pose bank: mirrored, blended and perturbed, with their heading known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial.transform import Rotation

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis.character import BODY_BONES, BONE_INDEX, BONE_PARENTS
from proportion.synthesis.poses import PoseBank


def _mirror_bone(name: str) -> int:
    for side, other in (("left", "right"), ("right", "left")):
        if name.startswith(side):
            return BONE_INDEX[other + name.removeprefix(side)]
    return BONE_INDEX[name]


_MIRROR = np.array([_mirror_bone(name) for name in BODY_BONES])
_PARENTS = np.array(BONE_PARENTS)
_LOOSENESS_OF = {"UpperArm": 9.0, "LowerArm": 9.0, "Hand": 10.0, "UpperLeg": 5.0, "LowerLeg": 5.0}
_LOOSENESS_OF |= {"Foot": 5.0, "head": 7.0, "neck": 3.0, "spine": 3.0}
_LOOSENESS = np.array([_LOOSENESS_OF.get(re.sub("^(left|right)", "", name), 0.0) for name in BODY_BONES])
"""Standard deviation in degrees of the perturbation of each bone."""


@dataclass(frozen=True, eq=False)
class Pose:
    """One pose.

    Attributes:
        rotations: ``(22, 3, 3)`` world rotations relative to the T-pose.
        clip: name of the clip that it comes from.
    """

    rotations: np.ndarray
    clip: str

    @property
    def heading(self) -> float:
        """Degrees about the vertical that the body faces, 0 for +Z, 90 for +X."""
        forward = self.rotations[0] @ (0.0, 0.0, 1.0)
        if np.hypot(forward[0], forward[2]) < 0.3:  # lying: the head points where it lies
            forward = self.rotations[0] @ (0.0, 1.0, 0.0)
        return float(np.rad2deg(np.arctan2(forward[0], forward[2])))


@dataclass(frozen=True, eq=False)
class PoseSampler:
    """Draws poses, every clip about equally often.

    Attributes:
        bank: the poses of one split.
    """

    bank: PoseBank

    @cached_property
    def _by_clip(self) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        _, clip = np.unique(self.bank.clips, return_inverse=True)
        groups = tuple(np.flatnonzero(clip == index) for index in range(clip.max() + 1))
        share = np.sqrt([len(group) for group in groups])
        return groups, share / share.sum()

    def draw(self, rng: np.random.Generator, perturb: float = 1.0) -> Pose:
        """A random pose.

        Args:
            rng: randomness.
            perturb: scale of the perturbation; 0 gives the bank's poses, perhaps mirrored.
        """
        index = self._index(rng)
        rotation = self._rotations(index, rng.random() < 0.5)
        if perturb > 0:
            local = to_local(rotation)
            if rng.random() < 0.2:
                other = to_local(self._rotations(self._index(rng), rng.random() < 0.5))
                share = rng.uniform(0.1, 0.4)
                step = (local.inv() * other).as_rotvec() * share
                step[0] = 0  # the hips keep their tilt and heading
                local = local * Rotation.from_rotvec(step)
            noise = rng.normal(size=(len(BODY_BONES), 3)) * np.deg2rad(_LOOSENESS)[:, None]
            rotation = to_world(local * Rotation.from_rotvec(noise * perturb))
        return Pose(rotation.as_matrix(), self.bank.clips[index])

    def _index(self, rng: np.random.Generator) -> int:
        groups, share = self._by_clip
        return int(rng.choice(groups[rng.choice(len(groups), p=share)]))

    def _rotations(self, index: int, mirrored: bool) -> Rotation:
        quaternions = self.bank.rotations[index].astype(float)
        if mirrored:
            quaternions = quaternions[_MIRROR] * (1, -1, -1, 1)
        return Rotation.from_quat(quaternions)


def to_local(world: Rotation) -> Rotation:
    """Rotations of 22 bones relative to their parents."""
    return Rotation.concatenate([world[0], world[_PARENTS[1:]].inv() * world[1:]])


def to_world(local: Rotation) -> Rotation:
    """The inverse of `to_local`."""
    matrices = local.as_matrix()
    for bone, parent in enumerate(BONE_PARENTS):
        if parent >= 0:
            matrices[bone] = matrices[parent] @ matrices[bone]
    return Rotation.from_matrix(matrices)


def arms_in_head(points: np.ndarray) -> bool:
    """Whether an elbow, wrist or hand of ``(18, 3)`` joints lies inside the head, as in chibi bodies."""
    crown, chin = points[JOINT_INDEX["head_top"]], points[JOINT_INDEX["chin"]]
    centre, radius = (crown + chin) / 2, np.linalg.norm(crown - chin) / 2
    names = [f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "wrist", "hand")]
    arms = points[[JOINT_INDEX[name] for name in names]]
    return bool((np.linalg.norm(arms - centre, axis=1) < 0.95 * radius).any())


def standing(bank: PoseBank, max_degrees: float = 25.0) -> PoseBank:
    """Only upright poses whose thighs and shins all point down within an angle."""
    bank = bank.upright(15.0)
    down = np.ones(len(bank), bool)
    for name in ("leftUpperLeg", "leftLowerLeg", "rightUpperLeg", "rightLowerLeg"):
        x, _, z, _ = np.moveaxis(bank.rotations[:, BONE_INDEX[name]], -1, 0)
        down &= 1 - 2 * (x * x + z * z) > np.cos(np.deg2rad(max_degrees))
    return bank.take(np.flatnonzero(down))


def at_ease(rng: np.random.Generator, away: float = 25.0) -> Pose:
    """A natural standing pose: arms a little away from the body, elbows and feet relaxed.

    Args:
        rng: varies it a little, also between the sides.
        away: degrees between the vertical and the upper arms, about.
    """
    turns = np.tile(np.eye(3), (len(BODY_BONES), 1, 1))
    turns[BONE_INDEX["head"]] = _turn("yx", rng.uniform(-8, 8), rng.uniform(-2, 4))
    for side, outwards in (("left", 1.0), ("right", -1.0)):
        drop = outwards * (away - 90 + rng.uniform(-5, 5))
        bend = rng.uniform(8, 22)
        step = outwards * rng.uniform(3, 6)
        turns[BONE_INDEX[f"{side}Shoulder"]] = _turn("z", -4 * outwards)
        turns[BONE_INDEX[f"{side}UpperArm"]] = _turn("z", drop)
        for bone in ("LowerArm", "Hand"):
            turns[BONE_INDEX[side + bone]] = _turn("zx", drop - 5 * outwards, -bend)
        turns[BONE_INDEX[f"{side}UpperLeg"]] = _turn("z", step)
        turns[BONE_INDEX[f"{side}LowerLeg"]] = _turn("zx", step - 2 * outwards, rng.uniform(0, 4))
        for bone in ("Foot", "Toes"):
            turns[BONE_INDEX[side + bone]] = _turn("y", outwards * rng.uniform(10, 18))
    return Pose(turns, "")


def _turn(axes: str, *degrees: float) -> np.ndarray:
    """``(3, 3)`` rotation about fixed axes, one after the other."""
    return Rotation.from_euler(
        axes, degrees if len(degrees) > 1 else degrees[0], degrees=True
    ).as_matrix()
