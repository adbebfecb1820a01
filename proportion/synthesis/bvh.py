"""Read motion capture (BVH) into a `PoseBank`: CMU, MakeHuman, Mixamo and other humanoid skeletons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from proportion.errors import BadInput
from proportion.synthesis.character import BODY_BONES, BONE_INDEX, BONE_PARENTS
from proportion.synthesis.humanoid import map_bones
from proportion.synthesis.landmarks import with_missing_bones
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.skinning import rest_alignment, tpose_directions

_STEP = 18.0  # degrees that some bone must turn before another frame is kept
_TPOSE = 15.0  # degrees within which frame 0 counts as a T-pose
_Z_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # x, y, z -> x, z, -y


@dataclass
class _Motion:
    """Names, parents, ``(J, 3)`` offsets and ``(F, J, 3, 3)`` world rotations of the joints."""

    names: list[str]
    parents: list[int]
    offsets: np.ndarray
    world: np.ndarray


def load_bvh(path: Path) -> PoseBank:
    """The distinct poses of a BVH file, as one clip named after the file.

    Rotations are measured against frame 0 where that is a T-pose (as in the CMU files), else against
    zero rotations; Z-up files are turned.

    Raises:
        BadInput: when the file is no BVH or not a humanoid.
    """
    try:
        motion = _read(path.read_text(errors="replace").split())
    except (ValueError, IndexError) as error:
        raise BadInput(
            f"{path.name} is not a readable BVH file.", "bvh_unreadable", file=path.name
        ) from error
    found = map_bones(motion.names, motion.parents)
    joints = _rest_joints(motion, found, np.tile(np.eye(3), (len(motion.names), 1, 1)))
    rise = np.abs(joints[BONE_INDEX["head"]] - joints[BONE_INDEX["hips"]])
    turn = _Z_UP if rise[2] > rise[1] else np.eye(3)
    world = motion.world
    first = _rest_joints(motion, found, world[0]) @ turn.T
    if len(world) > 1 and _is_tpose(first):
        joints, world = first, world[1:] @ np.swapaxes(world[0], -1, -2)
    else:
        joints = joints @ turn.T
    turned = turn @ world @ turn.T
    rotations = np.zeros((len(turned), len(BODY_BONES), 3, 3))
    align = np.swapaxes(rest_alignment(joints), -1, -2)
    for bone, name in enumerate(BODY_BONES):
        if name in found:
            rotations[:, bone] = turned[:, found[name]] @ align[bone]
        else:
            rotations[:, bone] = rotations[:, BONE_PARENTS[bone]]
    rotations = rotations[_distinct(rotations)]
    quaternions = Rotation.from_matrix(rotations.reshape(-1, 3, 3)).as_quat(canonical=True)
    return PoseBank(
        BODY_BONES,
        np.array(BONE_PARENTS),
        tpose_directions(),
        quaternions.reshape(len(rotations), -1, 4).astype(np.float32),
        (path.stem,) * len(rotations),
        ("",) * len(rotations),
    )


def load_bvh_folder(folder: Path) -> PoseBank:
    """The poses of all BVH files in a folder and its sub-folders.

    Raises:
        BadInput: when there is none, or one cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".bvh")
    if not files:
        raise BadInput(f"There is no BVH file in {folder}.", "no_poses", folder=str(folder))
    banks = [load_bvh(path) for path in files]
    return PoseBank(
        BODY_BONES,
        np.array(BONE_PARENTS),
        tpose_directions(),
        np.concatenate([bank.rotations for bank in banks]),
        sum((bank.clips for bank in banks), ()),
        sum((bank.licences for bank in banks), ()),
    )


def _read(words: list[str]) -> _Motion:
    """Parse the words of a BVH file; ValueError or IndexError if it is none."""
    names, parents, offsets, channels = [], [], [], []
    stack: list[int] = []
    place = words.index("HIERARCHY")
    while words[place] != "MOTION":
        word = words[place]
        if word in ("ROOT", "JOINT", "End"):
            names.append(words[place + 1])
            parents.append(stack[-1] if stack else -1)
            channels.append([])
            offsets.append([0.0, 0.0, 0.0])
        elif word == "{":
            stack.append(len(names) - 1)
        elif word == "}":
            stack.pop()
        elif word == "OFFSET":
            offsets[-1] = [float(value) for value in words[place + 1 : place + 4]]
        elif word == "CHANNELS":
            channels[-1] = words[place + 2 : place + 2 + int(words[place + 1])]
        place += 1
    frames = int(words[words.index("Frames:", place) + 1])
    width = sum(len(names) for names in channels)
    start = words.index("Time:", place) + 2
    values = np.array(words[start : start + frames * width], float).reshape(frames, width)
    world = np.zeros((frames, len(names), 3, 3))
    column = 0
    for joint, (own, parent) in enumerate(zip(channels, parents, strict=True)):
        turns = [(name[0], column + i) for i, name in enumerate(own) if name.endswith("rotation")]
        column += len(own)
        local = np.eye(3)
        if turns:
            axes = "".join(axis for axis, _ in turns).upper()
            angles = values[:, [index for _, index in turns]]
            local = Rotation.from_euler(axes, angles, degrees=True).as_matrix()
        world[:, joint] = local if parent < 0 else world[:, parent] @ local
    return _Motion(names, parents, np.array(offsets), world)


def _rest_joints(motion: _Motion, found: dict[str, int], world: np.ndarray) -> np.ndarray:
    """``(22, 3)`` bone positions for ``(J, 3, 3)`` world rotations."""
    position = np.zeros((len(motion.names), 3))
    for joint, parent in enumerate(motion.parents):
        if parent >= 0:
            position[joint] = position[parent] + world[parent] @ motion.offsets[joint]
    joints = np.full((len(BODY_BONES), 3), np.nan)
    for name, joint in found.items():
        joints[BONE_INDEX[name]] = position[joint]
    return with_missing_bones(joints)


def _is_tpose(joints: np.ndarray) -> bool:
    """Whether arms lie sideways and legs hang, within `_TPOSE` degrees."""
    align = rest_alignment(joints)
    limbs = [name for name in BODY_BONES if name.endswith(("UpperArm", "LowerArm", "UpperLeg"))]
    turns = Rotation.from_matrix(align[[BONE_INDEX[name] for name in limbs]]).magnitude()
    return bool(np.rad2deg(turns).max() < _TPOSE)


def _distinct(rotations: np.ndarray) -> list[int]:
    """Frames in which some bone has turned by `_STEP` degrees since the last one kept."""
    kept = [0]
    for frame in range(1, len(rotations)):
        trace = np.einsum("bij,bij->b", rotations[frame], rotations[kept[-1]])
        if np.rad2deg(np.arccos(np.clip((trace.min() - 1) / 2, -1, 1))) >= _STEP:
            kept.append(frame)
    return kept
