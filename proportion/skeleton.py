"""The 18 joints of a drawn figure, its bones and parts, and the skeleton that carries them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np

from proportion.errors import BadInput

FORMAT = "proportion-skeleton/1"
MAX_IMAGE_SIDE = 100_000
MAX_COORDINATE = 1_000_000.0

JointState = Literal["seen", "guessed", "missing"]
STATES: tuple[JointState, ...] = get_args(JointState)

_LIMB_JOINTS = ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "toe")
JOINTS: tuple[str, ...] = (
    "head_top",
    "chin",
    *(f"left_{name}" for name in _LIMB_JOINTS[:4]),
    *(f"right_{name}" for name in _LIMB_JOINTS[:4]),
    *(f"left_{name}" for name in _LIMB_JOINTS[4:]),
    *(f"right_{name}" for name in _LIMB_JOINTS[4:]),
)
"""Stored joints, in the order of every ``(18, 2)`` array. Left and right are the character's own."""

JOINT_INDEX: dict[str, int] = {name: index for index, name in enumerate(JOINTS)}

LIMBS: tuple[tuple[int, ...], ...] = tuple(
    tuple(JOINT_INDEX[f"{side}_{name}"] for name in names)
    for side in ("left", "right")
    for names in (_LIMB_JOINTS[:4], _LIMB_JOINTS[4:])
)
"""Joints of the left arm, left leg, right arm and right leg, from the trunk outwards."""

DERIVED_JOINTS: dict[str, tuple[str, str]] = {
    "neck": ("left_shoulder", "right_shoulder"),
    "pelvis": ("left_hip", "right_hip"),
}
"""Midpoints of two stored joints: never stored, never dragged."""


@dataclass(frozen=True)
class Bone:
    """A part of the body that verdicts speak of, measured between two joints.

    Attributes:
        part: the part's name.
        start: the joint nearer to the pelvis (for widths: the left one); may be a derived joint.
        end: the joint that the part carries outwards.
    """

    part: str
    start: str
    end: str


def _limb_bones(side: str) -> tuple[Bone, ...]:
    chain = (
        ("upper_arm", "shoulder", "elbow"),
        ("forearm", "elbow", "wrist"),
        ("hand", "wrist", "hand"),
        ("thigh", "hip", "knee"),
        ("shin", "knee", "ankle"),
        ("foot", "ankle", "toe"),
    )
    return tuple(
        Bone(f"{side}_{part}", f"{side}_{start}", f"{side}_{end}") for part, start, end in chain
    )


BONES: tuple[Bone, ...] = (
    Bone("head", "chin", "head_top"),
    Bone("neck", "neck", "chin"),
    Bone("torso", "pelvis", "neck"),
    Bone("shoulder_width", "left_shoulder", "right_shoulder"),
    Bone("hip_width", "left_hip", "right_hip"),
    *_limb_bones("left"),
    *_limb_bones("right"),
)
PARTS: tuple[str, ...] = tuple(bone.part for bone in BONES)
BONE_OF_PART: dict[str, Bone] = {bone.part: bone for bone in BONES}

PARENT_PART: dict[str, str] = {
    f"{side}_{part}": f"{side}_{parent}"
    for side in ("left", "right")
    for part, parent in (
        ("forearm", "upper_arm"),
        ("hand", "forearm"),
        ("shin", "thigh"),
        ("foot", "shin"),
    )
}
"""The part that a limb part hangs on, where that is a limb part too."""


def _other_side(name: str) -> str:
    side, _, rest = name.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name)


JOINT_PARTNER: dict[str, str] = {name: _other_side(name) for name in JOINTS}
"""Left joint to right joint and back; middle joints to themselves."""
PART_PARTNER: dict[str, str] = {name: _other_side(name) for name in PARTS}
MIRROR_INDEX: np.ndarray = np.array([JOINT_INDEX[JOINT_PARTNER[name]] for name in JOINTS])
"""``points[MIRROR_INDEX]`` swaps the sides of an ``(18, ...)`` array."""


def joint_points(points: np.ndarray, name: str) -> np.ndarray:
    """One joint of skeleton arrays, derived ones included.

    Args:
        points: ``(..., 18, D)`` joint coordinates; NaN where missing.
        name: a stored or derived joint.

    Returns:
        ``(..., D)`` coordinates.
    """
    if name in DERIVED_JOINTS:
        first, second = DERIVED_JOINTS[name]
        return (points[..., JOINT_INDEX[first], :] + points[..., JOINT_INDEX[second], :]) / 2
    return points[..., JOINT_INDEX[name], :]


def bone_vectors(points: np.ndarray) -> np.ndarray:
    """Vectors of the 17 parts, start to end, in the order of `PARTS`.

    Args:
        points: ``(..., 18, D)`` joint coordinates; NaN where missing.

    Returns:
        ``(..., 17, D)`` vectors in the same frame and unit.
    """
    return np.stack(
        [joint_points(points, bone.end) - joint_points(points, bone.start) for bone in BONES],
        axis=-2,
    )


def _no_points() -> np.ndarray:
    return np.full((len(JOINTS), 2), np.nan)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The joints of one figure in one picture. Treat it as immutable.

    Attributes:
        image_size: (width, height) of the upright picture in pixels.
        points: ``(18, 2)`` float64, (x, y) in pixels, origin top-left; NaN where missing.
        states: 18 times ``seen``, ``guessed`` or ``missing``.
        sigma: ``(18,)`` standard deviation in pixels; NaN where a person placed the joint.
    """

    image_size: tuple[int, int]
    points: np.ndarray = field(default_factory=_no_points)
    states: tuple[JointState, ...] = ()
    sigma: np.ndarray = field(default_factory=lambda: np.full(len(JOINTS), np.nan))

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        sigma = np.array(self.sigma, dtype=np.float64)
        if points.shape != (len(JOINTS), 2) or sigma.shape != (len(JOINTS),):
            raise ValueError(
                f"points must be (18, 2) and sigma (18,), got {points.shape}, {sigma.shape}"
            )
        if np.isinf(points).any():
            raise ValueError("points must be finite, or NaN where a joint is missing")
        absent = np.isnan(points).any(axis=1)
        states = self.states or tuple("missing" if gone else "seen" for gone in absent)
        if len(states) != len(JOINTS) or any(state not in STATES for state in states):
            raise ValueError(f"states must be {len(JOINTS)} of {STATES}")
        if any(gone and state != "missing" for gone, state in zip(absent, states, strict=True)):
            raise ValueError("a joint without coordinates must be 'missing'")
        gone = np.array([state == "missing" for state in states])
        points[gone] = np.nan
        sigma[gone] = np.nan
        points.setflags(write=False)
        sigma.setflags(write=False)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "sigma", sigma)
        object.__setattr__(self, "states", tuple(states))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Skeleton):
            return NotImplemented
        return (
            self.image_size == other.image_size
            and self.states == other.states
            and np.array_equal(self.points, other.points, equal_nan=True)
            and np.array_equal(self.sigma, other.sigma, equal_nan=True)
        )

    @property
    def present(self) -> np.ndarray:
        """``(18,)`` bool: joints that are not missing."""
        return ~np.isnan(self.points[:, 0])

    def point(self, name: str) -> np.ndarray:
        """``(2,)`` coordinates of a stored or derived joint, NaN where missing."""
        return joint_points(self.points, name)

    def state(self, name: str) -> JointState:
        """State of a stored joint."""
        return self.states[JOINT_INDEX[name]]

    def with_points(self, points: np.ndarray) -> Skeleton:
        """The same figure with its joints elsewhere; joints that were missing stay missing."""
        return replace(self, points=points)

    def without(self, *names: str) -> Skeleton:
        """The same skeleton with these joints missing."""
        states = tuple(
            "missing" if name in names else state
            for name, state in zip(JOINTS, self.states, strict=True)
        )
        return replace(self, states=states)

    def swapped_sides(self) -> Skeleton:
        """Left named right and right named left; nothing moves."""
        return Skeleton(
            self.image_size,
            self.points[MIRROR_INDEX],
            tuple(self.states[index] for index in MIRROR_INDEX),
            self.sigma[MIRROR_INDEX],
        )

    def mirrored(self) -> Skeleton:
        """The skeleton of the picture flipped left to right (sides swap their names too)."""
        width = self.image_size[0]
        flipped = self.points * (-1, 1) + (width - 1, 0)
        return replace(self, points=flipped).swapped_sides()

    def to_json(self) -> dict[str, Any]:
        """The `proportion-skeleton/1` object; missing joints carry null coordinates."""
        joints = {}
        for name, (x, y), state, sigma in zip(
            JOINTS, self.points.tolist(), self.states, self.sigma.tolist(), strict=True
        ):
            absent = state == "missing"
            joints[name] = {
                "x": None if absent else x,
                "y": None if absent else y,
                "state": state,
                "sigma": None if math.isnan(sigma) else sigma,
            }
        return {"format": FORMAT, "image_size": list(self.image_size), "joints": joints}

    @classmethod
    def from_json(cls, data: Any) -> Skeleton:
        """Read a `proportion-skeleton/1` object.

        A ``neck`` or ``pelvis`` is ignored (both are derived); a joint that is not there is missing.

        Raises:
            BadInput: what is wrong, in one sentence.
        """
        if not isinstance(data, Mapping):
            raise BadInput("A skeleton file must hold one JSON object.", "skeleton_not_object")
        if data.get("format", FORMAT) != FORMAT:
            raise BadInput(
                f"This is not a {FORMAT} file; save the skeleton again with this app.",
                "skeleton_wrong_format",
            )
        joints = data.get("joints")
        if not isinstance(joints, Mapping):
            raise BadInput("A skeleton file needs a 'joints' object.", "skeleton_no_joints")
        unknown = [
            _shown(name) for name in joints if name not in JOINT_INDEX and name not in DERIVED_JOINTS
        ]
        if unknown:
            raise BadInput(
                f"Unknown joint '{unknown[0]}'; the joints are {', '.join(JOINTS)}.",
                "skeleton_unknown_joint",
                joint=unknown[0],
            )
        points, sigma = _no_points(), np.full(len(JOINTS), np.nan)
        states: list[JointState] = ["missing"] * len(JOINTS)
        for name, index in JOINT_INDEX.items():
            if name in joints:
                points[index], states[index], sigma[index] = _read_joint(name, joints[name])
        return cls(read_image_size(data.get("image_size")), points, tuple(states), sigma)


def _shown(name: Any) -> str:
    """A name from a file as it may stand in a sentence: short and without control characters."""
    return "".join(each if each.isprintable() else "?" for each in str(name)[:40])


def is_number(value: Any) -> bool:
    """A finite JSON number (booleans are not numbers, integers too big for a float are not finite)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def read_image_size(value: Any) -> tuple[int, int]:
    """Check a [width, height] from a file.

    Raises:
        BadInput: it is not two whole numbers of pixels within the limits.
    """
    valid = (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(is_number(side) and side == int(side) and 1 <= side <= MAX_IMAGE_SIDE for side in value)
    )
    if not valid:
        raise BadInput(
            f"'image_size' must be [width, height] in whole pixels, 1 to {MAX_IMAGE_SIDE:,} each.",
            "skeleton_bad_image_size",
        )
    return int(value[0]), int(value[1])


def _read_joint(name: str, value: Any) -> tuple[tuple[float, float], JointState, float]:
    if not isinstance(value, Mapping):
        raise BadInput(
            f"Joint '{name}' must be an object with x, y and state.", "skeleton_bad_joint", joint=name
        )
    state = value.get("state", "seen")
    if state not in STATES:
        raise BadInput(
            f"Joint '{name}': state must be one of {', '.join(STATES)}.",
            "skeleton_bad_joint",
            joint=name,
        )
    if state == "missing":
        return (math.nan, math.nan), "missing", math.nan
    x, y, sigma = value.get("x"), value.get("y"), value.get("sigma")
    if not all(is_number(number) and abs(number) <= MAX_COORDINATE for number in (x, y)):
        raise BadInput(
            f"Joint '{name}': x and y must be finite numbers in pixels.",
            "skeleton_bad_joint",
            joint=name,
        )
    if sigma is not None and not (is_number(sigma) and 0 <= sigma <= MAX_COORDINATE):
        raise BadInput(
            f"Joint '{name}': sigma must be null or a number of pixels, 0 or more.",
            "skeleton_bad_joint",
            joint=name,
        )
    return (float(x), float(y)), state, math.nan if sigma is None else float(sigma)
