"""Bodies of figures drawn without a mesh: lengths of many plans, posed flat or from the pose bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.skeleton import JOINT_INDEX, PART_PARTNER, PARTS, joint_points
from proportion.synthesis.distortions import UNEVEN_PARTS
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.projections import PLANS, pose_basis, pose_joints


@dataclass(frozen=True, eq=False)
class Body:
    """A posed body before the viewer, to be drawn around.

    Attributes:
        points: ``(18, 2)`` joints in pixels of the canvas.
        depth: ``(18,)`` towards the viewer, in statures.
        lengths: ``(17,)`` unforeshortened part lengths in pixels, in the order of `PARTS`.
        yaw: degrees; 0 faces the viewer, positive faces the picture's right side.
    """

    points: np.ndarray
    depth: np.ndarray
    lengths: np.ndarray
    yaw: float

    def point(self, name: str) -> np.ndarray:
        """``(2,)`` a stored or derived joint."""
        return joint_points(self.points, name)

    def length(self, part: str) -> float:
        """Of a part, unforeshortened, in pixels."""
        return float(self.lengths[PARTS.index(part)])

    def depth_of(self, *names: str) -> float:
        """Mean depth of joints."""
        return float(np.mean([joint_points(self.depth[:, None], name) for name in names]))

    @property
    def stature(self) -> float:
        """Head to sole along the body, in pixels, whatever the pose."""
        parts = ("head", "neck", "torso", "left_thigh", "left_shin")
        return sum(self.length(part) for part in parts)


_CHILD = {
    "head": (0.22, 0.42),
    "neck": (0.02, 0.1),
    "torso": (0.18, 0.38),
    "shoulder_width": (0.12, 0.26),
    "hip_width": (0.06, 0.16),
    "upper_arm": (0.08, 0.17),
    "forearm": (0.08, 0.17),
    "hand": (0.03, 0.08),
    "thigh": (0.08, 0.22),
    "shin": (0.08, 0.22),
    "foot": (0.03, 0.09),
}
_LARGE_ENDS = 0.35  # share of the stick figures


def sample_lengths(plan: str, rng: np.random.Generator) -> np.ndarray:
    """``(17,)`` part lengths as fractions of about a stature.

    Args:
        plan: one of `PLANS`; ``cartoon`` (realistic with a larger head and shorter neck); ``child``; or
            ``stick`` (a child's plan with the limbs on one line).
        rng: sides are alike except that, now and then, one part is plainly wrong, or no two limbs agree.
    """
    if plan in PLANS or plan == "cartoon":
        lengths = PLANS.get(plan, PLANS["realistic"]) * np.exp(rng.normal(0, 0.1, len(PARTS)))
        lengths[PARTS.index("head")] *= np.exp(rng.normal(0, 0.12))
    else:
        names = [part.removeprefix("left_").removeprefix("right_") for part in PARTS]
        lengths = np.array([rng.uniform(*_CHILD[name]) for name in names])
    if plan == "cartoon":
        lengths[PARTS.index("head")] *= rng.uniform(1.1, 1.9)
        lengths[PARTS.index("neck")] *= rng.uniform(0.5, 1.0)
    for part, partner in PART_PARTNER.items():
        if part.startswith("left_"):
            lengths[PARTS.index(part)] = lengths[PARTS.index(partner)]
    if plan == "stick":
        for part, low, high in (("shoulder_width", 0.01, 0.06), ("hip_width", 0.01, 0.05)):
            lengths[PARTS.index(part)] = rng.uniform(low, high)
        lengths[PARTS.index("neck")] += rng.uniform(0, 0.08)
        if rng.random() < _LARGE_ENDS:
            _enlarge_ends(lengths, rng)
    if rng.random() < 0.25:
        for part in UNEVEN_PARTS:
            lengths[PARTS.index(part)] *= np.clip(np.exp(rng.normal(0, 0.25)), 0.5, 1.8)
    if rng.random() < 0.4:
        lengths[rng.integers(len(PARTS))] *= np.exp(rng.choice([-1, 1]) * rng.uniform(0.25, 0.7))
    return lengths


def _enlarge_ends(lengths: np.ndarray, rng: np.random.Generator) -> None:
    """Hands and feet up to as long as whole limbs, on short limbs, as small children draw them."""
    ends, limbs = rng.uniform(1.5, 4.0), rng.uniform(0.45, 1.0)
    for index, part in enumerate(PARTS):
        if part.endswith(("hand", "foot")):
            lengths[index] *= ends
        elif part.endswith(("arm", "thigh", "shin")):
            lengths[index] *= limbs


def _direction(degrees: float, sign: float) -> np.ndarray:
    """Unit vector in the picture (y down): 0 points down, 90 to the side of `sign`, 180 up."""
    turn = np.deg2rad(degrees)
    return np.array([sign * np.sin(turn), np.cos(turn)])


def _arm_angles(rng: np.random.Generator) -> tuple[float, float]:
    """Degrees of upper arm and forearm from straight down, outwards."""
    way = rng.choice(["open", "down", "up", "hip", "bent"], p=[0.34, 0.25, 0.16, 0.1, 0.15])
    upper, bend = {
        "open": (rng.normal(88, 16), rng.normal(0, 12)),
        "down": (rng.normal(25, 14), rng.normal(-5, 12)),
        "up": (rng.normal(145, 18), rng.normal(5, 20)),
        "hip": (rng.normal(48, 10), rng.normal(-100, 15)),
        "bent": (rng.normal(55, 30), rng.choice([-1, 1]) * rng.uniform(30, 120)),
    }[way]
    return upper, upper + bend


def _leg_angles(rng: np.random.Generator) -> tuple[float, float]:
    way = rng.choice(["stand", "apart", "wild"], p=[0.5, 0.38, 0.12])
    upper, bend = {
        "stand": (rng.normal(5, 5), rng.normal(-2, 4)),
        "apart": (rng.normal(26, 10), rng.normal(-3, 10)),
        "wild": (rng.uniform(0, 95), rng.uniform(-100, 10)),
    }[way]
    return upper, upper + bend


def flat_pose(
    lengths: np.ndarray, rng: np.random.Generator, *, limp_ends: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Joints of a figure drawn flat, as children and beginners do.

    Args:
        lengths: ``(17,)`` part lengths.
        rng: chooses the angles; both sides are mostly alike.
        limp_ends: hands and feet go on along the limb instead of being bent off it.

    Returns:
        ``(18, 2)`` joints in the unit of the lengths, y down, and ``(18,)`` depth.
    """
    size = dict(zip(PARTS, lengths, strict=True))
    points, depth = np.zeros((18, 2)), np.zeros(18)
    up = -_direction(rng.normal(0, 4), 1)
    side = np.array([-up[1], up[0]])  # to the character's left, which is the picture's right
    neck = up * size["torso"]
    points[JOINT_INDEX["chin"]] = neck + up * size["neck"]
    tilt = -_direction(rng.normal(0, 7), 1)
    points[JOINT_INDEX["head_top"]] = points[JOINT_INDEX["chin"]] + tilt * size["head"]
    alike, arms, legs = rng.random() < 0.55, _arm_angles(rng), _leg_angles(rng)
    feet = rng.choice(["out", "right", "left", "down"], p=[0.62, 0.12, 0.12, 0.14])
    for name, sign in (("left", 1.0), ("right", -1.0)):
        if name == "right":
            arms = arms if alike else _arm_angles(rng)
            legs = legs if alike or rng.random() < 0.5 else _leg_angles(rng)
        arm, leg = (np.array(angles) + rng.normal(0, 4, 2) for angles in (arms, legs))
        hand = arm[1] + (0 if limp_ends else rng.normal(0, 15))
        at = neck + sign * side * size["shoulder_width"] / 2
        points[JOINT_INDEX[f"{name}_shoulder"]] = at
        for joint, part, angle in zip(
            ("elbow", "wrist", "hand"), ("upper_arm", "forearm", "hand"), (*arm, hand), strict=True
        ):
            at = at + size[f"{name}_{part}"] * _direction(angle, sign)
            points[JOINT_INDEX[f"{name}_{joint}"]] = at
            depth[JOINT_INDEX[f"{name}_{joint}"]] = 0.05
        foot = {"out": (75, sign), "right": (80, 1), "left": (80, -1), "down": (leg[1], sign)}[feet]
        foot = (leg[1], sign) if limp_ends else (foot[0] + rng.normal(0, 8), foot[1])
        at = sign * side * size["hip_width"] / 2
        points[JOINT_INDEX[f"{name}_hip"]] = at
        for joint, part, (angle, way) in zip(
            ("knee", "ankle", "toe"),
            ("thigh", "shin", "foot"),
            ((leg[0], sign), (leg[1], sign), foot),
            strict=True,
        ):
            at = at + size[f"{name}_{part}"] * _direction(angle, way)
            points[JOINT_INDEX[f"{name}_{joint}"]] = at
            depth[JOINT_INDEX[f"{name}_{joint}"]] = 0.02
    return points, depth


def bank_pose(
    lengths: np.ndarray, poses: PoseBank, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, float]:
    """Joints of a body of these lengths in a pose of the bank, in parallel projection.

    Returns:
        ``(18, 2)`` joints in the unit of the lengths, y down; ``(18,)`` depth towards the viewer; yaw.
    """
    quaternions = poses.rotations[rng.integers(len(poses))][None]
    joints = pose_joints(lengths[None], pose_basis(quaternions))[0]
    low, high = ((0, 35), (35, 80), (80, 180))[rng.choice(3, p=(0.6, 0.27, 0.13))]
    yaw = float(rng.uniform(low, high) * rng.choice((-1, 1)))
    cosine, sine = np.cos(np.deg2rad(yaw)), np.sin(np.deg2rad(yaw))
    x = cosine * joints[:, 0] + sine * joints[:, 2]
    z = cosine * joints[:, 2] - sine * joints[:, 0]
    pitch = np.deg2rad(rng.normal(2, 6))
    y = np.cos(pitch) * joints[:, 1] - np.sin(pitch) * z
    return np.stack([x, -y], 1), z, yaw


def pose_body(
    plan: str, size: int, rng: np.random.Generator, poses: PoseBank | None, *, flat: float = 0.5
) -> Body:
    """A body placed on a square canvas.

    Args:
        plan: see `sample_lengths`.
        size: side of the canvas in pixels.
        rng: chooses lengths, pose and place; one figure in eight is cut by the picture's edge.
        poses: where to take poses from, or None for flat ones only.
        flat: share of flat poses.
    """
    lengths = sample_lengths(plan, rng)
    if poses is None or rng.random() < flat:
        points, depth = flat_pose(lengths, rng, limp_ends=plan == "stick" and rng.random() < 0.6)
        yaw = float(rng.choice((-1, 1)) * rng.uniform(0, 40)) if rng.random() < 0.4 else 0.0
    else:
        points, depth, yaw = bank_pose(lengths, poses, rng)
    head = np.linalg.norm(points[0] - points[1]) + 0.3 * lengths[0]
    beside = np.array([(-head / 2, 0), (head / 2, 0)])
    around = np.concatenate([points, points[:1] + beside + (0, -head / 5), points[1:2] + beside])
    low, high = around.min(0) - 0.03, around.max(0) + 0.03
    scale = size * rng.uniform(0.6, 0.97) / (high - low).max()
    if rng.random() < 0.12:
        scale *= rng.uniform(1.1, 2.0)
        shift = np.array([0.5, rng.uniform(0.03, 0.1)]) * size - scale * np.array(
            [(low + high)[0] / 2, low[1]]
        )
    else:
        room = size - scale * (high - low)
        shift = room * rng.beta(2, 2, 2) - scale * low
    return Body(points * scale + shift, depth, lengths * scale, yaw)
