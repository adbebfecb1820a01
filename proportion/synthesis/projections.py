"""Posed bodies without meshes: joints from rotations and part lengths, and their projection.

Frames: bodies are metres (or any unit of length), y up, in the frame of the pose bank (a T-pose faces
+Z, the character's left is +X); the camera looks along -Z. Projections are (x, y) with y down.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from proportion.skeleton import JOINT_INDEX, JOINTS, PARTS
from proportion.synthesis.character import BONE_INDEX

_LIMBS = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")


def _plan(head: float, neck: float, torso: float, shoulders: float, hips: float, *limbs: float):
    sizes = {"head": head, "neck": neck, "torso": torso, "shoulder_width": shoulders}
    sizes["hip_width"] = hips
    sizes |= {f"{side}_{n}": v for side in ("left", "right") for n, v in zip(_LIMBS, limbs, strict=True)}
    return np.array([sizes[part] for part in PARTS])


PLANS: Mapping[str, np.ndarray] = {
    "realistic": _plan(0.130, 0.070, 0.288, 0.210, 0.110, 0.186, 0.146, 0.108, 0.245, 0.246, 0.125),
    "anime": _plan(0.152, 0.065, 0.262, 0.180, 0.100, 0.172, 0.142, 0.090, 0.268, 0.268, 0.110),
    "chibi": _plan(0.380, 0.050, 0.240, 0.170, 0.110, 0.115, 0.105, 0.065, 0.145, 0.145, 0.090),
}
"""Part lengths as fractions of stature, ``(17,)`` in the order of `PARTS`.

``realistic`` after Drillis & Contini (Winter 2009), with widths between joint centres (not between the
outer sides), the neck along its slant and the foot from ankle to toe tip; ``anime`` and ``chibi`` are
6.5 and about 2.6 heads tall with limbs as the drawing canons give them.
"""


def _columns(quaternions: np.ndarray) -> np.ndarray:
    """Rotation matrices ``(..., 3, 3)`` of unit quaternions (x, y, z, w)."""
    x, y, z, w = np.moveaxis(quaternions.astype(np.float64), -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, -1) for row in rows], -2)


def heading_degrees(rotations: np.ndarray) -> np.ndarray:
    """``(N,)`` yaw of the hips' forward axis of ``(N, 22, 4)`` world rotations; 0 faces +Z."""
    forward = _columns(rotations[:, BONE_INDEX["hips"]])[..., 2]
    return np.rad2deg(np.arctan2(forward[:, 0], forward[:, 2]))


def pose_basis(
    rotations: np.ndarray,
    *,
    chin_forward: float | np.ndarray = 40.0,
    crown_back: float | np.ndarray = 18.0,
) -> np.ndarray:
    """What each part's length adds to each joint's position: joints are linear in the lengths.

    The torso's length is that of the straight spine: a bent one brings the neck nearer, and raised or
    drawn shoulders move by their collar bones, as they do in a rigged character. Bodies are turned to
    face +Z, so that a camera's yaw is the view of the figure.

    Args:
        rotations: ``(N, 22, 4)`` world rotations of the pose bank.
        chin_forward: degrees by which neck -> chin leans forward in the T-pose, scalar or ``(N,)``.
        crown_back: degrees by which chin -> crown leans backward in the T-pose, scalar or ``(N,)``.

    Returns:
        ``(N, 17, 18, 3)`` float32 such that ``joints = lengths @ basis`` (see `pose_joints`).
    """
    turn = _columns(rotations)
    heading = np.deg2rad(heading_degrees(rotations))
    cos, sin, zero = np.cos(heading), np.sin(heading), np.zeros_like(heading)
    undo = np.stack([cos, zero, -sin, zero, zero + 1, zero, sin, zero, cos], -1).reshape(-1, 1, 3, 3)
    turn = undo @ turn

    def axis(bone: str, column: int) -> np.ndarray:
        return turn[:, BONE_INDEX[bone], :, column]

    basis = np.zeros((len(rotations), len(PARTS), len(JOINTS), 3), np.float32)

    def add(part: str, joints: tuple[str, ...], offset: np.ndarray) -> None:
        for joint in joints:
            basis[:, PARTS.index(part), JOINT_INDEX[joint]] += offset

    spine = sum(axis(bone, 1) for bone in ("hips", "spine", "chest", "upperChest")) / 4
    arms = tuple(
        f"{side}_{j}" for side in ("left", "right") for j in ("shoulder", "elbow", "wrist", "hand")
    )
    add("torso", ("head_top", "chin", *arms), spine)
    lean, back = np.deg2rad(chin_forward), np.deg2rad(crown_back)
    lean, back = (np.broadcast_to(angle, heading.shape)[:, None] for angle in (lean, back))
    # The chin hangs in front of and below the base of the skull, so it follows the neck and the head.
    chin = np.cos(lean) * (1.3 * axis("neck", 1) - 0.3 * axis("head", 1)) + np.sin(lean) * axis(
        "head", 2
    )
    add("neck", ("chin", "head_top"), chin)
    add("head", ("head_top",), np.cos(back) * axis("head", 1) - np.sin(back) * axis("head", 2))

    for side, sign in (("left", 1.0), ("right", -1.0)):
        arm = tuple(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist", "hand"))
        leg = tuple(f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "toe"))
        collar = 0.15 * axis("upperChest", 0) + 0.85 * axis(f"{side}Shoulder", 0)
        add("shoulder_width", arm, sign * collar / 2)
        add("hip_width", leg, sign * axis("hips", 0) / 2)
        for k, (part, bone) in enumerate(
            (("upper_arm", "UpperArm"), ("forearm", "LowerArm"), ("hand", "Hand")), start=1
        ):
            add(f"{side}_{part}", arm[k:], sign * axis(f"{side}{bone}", 0))
        for k, (part, bone) in enumerate((("thigh", "UpperLeg"), ("shin", "LowerLeg")), start=1):
            add(f"{side}_{part}", leg[k:], -axis(f"{side}{bone}", 1))
        foot = (
            0.62 * axis(f"{side}Foot", 2) - 0.30 * axis(f"{side}Foot", 1) + 0.33 * axis(f"{side}Toes", 2)
        )
        add(f"{side}_foot", (f"{side}_toe",), foot)
    return basis


def pose_joints(lengths: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Joints of posed bodies.

    Args:
        lengths: ``(N, 17)`` part lengths in the order of `PARTS`, in any unit.
        basis: ``(N, 17, 18, 3)`` of `pose_basis`, one row a body.

    Returns:
        ``(N, 18, 3)`` float32 joints in that unit, pelvis at the origin, y up, facing +Z.
    """
    flat = basis.reshape(len(basis), len(PARTS), -1)
    joints = np.matmul(np.asarray(lengths, np.float32)[:, None, :], flat)
    return joints.reshape(len(basis), len(JOINTS), 3)


def project(
    joints: np.ndarray,
    yaw: float | np.ndarray = 0.0,
    pitch: float | np.ndarray = 0.0,
    roll: float | np.ndarray = 0.0,
    perspective: float | np.ndarray = 0.0,
) -> np.ndarray:
    """Camera view of bodies, in the bodies' unit around the pelvis.

    Args:
        joints: ``(N, 18, 3)``, y up.
        yaw: degrees, scalar or ``(N,)``; positive turns the figure to its own left.
        pitch: degrees; positive sees it from above.
        roll: degrees; positive turns the picture clockwise.
        perspective: 0 for a parallel view, else one unit of length over the camera's distance.

    Returns:
        ``(N, 18, 2)`` as (x, y), y down, pelvis at the origin.
    """
    x, y, z = np.moveaxis(joints, -1, 0)
    (cy, sy), (cp, sp), (cr, sr) = (
        (np.cos(angle), np.sin(angle))
        for angle in (np.deg2rad(np.asarray(a, joints.dtype))[..., None] for a in (yaw, pitch, roll))
    )
    x, z = cy * x + sy * z, cy * z - sy * x
    y, z = cp * y - sp * z, cp * z + sp * y
    zoom = 1.0 / np.maximum(1.0 - np.asarray(perspective, joints.dtype)[..., None] * z, 0.2)
    u, v = x * zoom, -y * zoom
    return np.stack([cr * u - sr * v, sr * u + cr * v], axis=-1)


def sample_views(
    rng: np.random.Generator, count: int, *, max_yaw: float = 60.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Random cameras: yaw uniform within ``max_yaw``, small pitch and roll, mild perspective.

    Returns:
        yaw, pitch, roll in degrees and perspective (for bodies of stature 1), ``(N,)`` each.
    """
    yaw = rng.uniform(-max_yaw, max_yaw, count)
    pitch = np.clip(rng.normal(3.0, 8.0, count), -20, 30)
    roll = rng.normal(0.0, 3.0, count)
    perspective = rng.uniform(0.0, 0.3, count)
    return yaw, pitch, roll, perspective


def sample_lengths(
    rng: np.random.Generator,
    count: int,
    *,
    limb_sd: float,
    head_sd: float | None = None,
    centre: np.ndarray = PLANS["realistic"],
) -> np.ndarray:
    """Symmetric bodies whose log lengths vary independently around a centre.

    Args:
        limb_sd: standard deviation of log lengths (0.05 in ``narrow``, 0.12 in ``wide``).
        head_sd: that of the head (0.35 in ``wide``); ``limb_sd`` if None.
        centre: ``(17,)`` one plan, or ``(M, 17)`` bodies to draw from (those keep their asymmetry).

    Returns:
        ``(N, 17)`` lengths in the centre's unit.
    """
    centres = np.atleast_2d(centre)
    lengths = centres[rng.integers(len(centres), size=count)]
    noise = rng.normal(0.0, limb_sd, (count, len(PARTS)))
    noise[:, PARTS.index("head")] = rng.normal(0.0, limb_sd if head_sd is None else head_sd, count)
    for part in PARTS:
        if part.startswith("left_"):
            right = PARTS.index(part.replace("left_", "right_"))
            noise[:, right] = noise[:, PARTS.index(part)]
    return lengths * np.exp(noise)
