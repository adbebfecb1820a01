"""Procedural bodies of any proportions: ball-jointed artist's mannequins and soft dolls, in a T-pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis import palettes
from proportion.synthesis.body_plans import ANKLE, BodyPlan
from proportion.synthesis.character import BODY_BONES, BONE_INDEX, JOINT_BONE, Character
from proportion.synthesis.layers import Layer, join_layers, on_bone, plain_layer
from proportion.synthesis.painted_clothes import Outfit, paint
from proportion.synthesis.shapes import Surface, ball, limb, merge, ribbon, tube
from proportion.synthesis.toon_head import HeadShape

_CHIBI_HEAD = 0.28  # of stature
_SPINE = ("hips", "spine", "chest", "upperChest")
# Radii at start and end of each limb segment, as shares of stature.
_RADII = {
    "UpperArm": (0.027, 0.022),
    "LowerArm": (0.023, 0.015),
    "UpperLeg": (0.05, 0.033),
    "LowerLeg": (0.036, 0.02),
}
_NEXT = {"UpperArm": "LowerArm", "LowerArm": "Hand", "UpperLeg": "LowerLeg", "LowerLeg": "Foot"}


@dataclass(frozen=True, eq=False)
class _Frame:
    """Rest skeleton of a plan, in units of stature."""

    joints: np.ndarray
    landmarks: np.ndarray
    head: HeadShape
    head_size: float
    head_origin: np.ndarray

    def at(self, bone: str) -> np.ndarray:
        return self.joints[BONE_INDEX[bone]]


def _frame(plan: BodyPlan, head: HeadShape) -> _Frame:
    """Joints and landmarks of a standing T-pose."""
    joints = np.zeros((len(BODY_BONES), 3))
    hip = ANKLE + plan.shin + plan.thigh
    shoulder = hip + plan.torso
    origin = np.array([0, shoulder + plan.gap, 0.02 * plan.head])
    for index, bone in enumerate(_SPINE):
        joints[BONE_INDEX[bone]] = (0, hip + (0.06 + 0.22 * index) * plan.torso, 0)
    joints[BONE_INDEX["neck"]] = (0, shoulder, 0)
    joints[BONE_INDEX["head"]] = origin + np.array([0, 0.08, -0.04]) * plan.head
    tips = {}
    for side, sign in (("left", 1), ("right", -1)):
        out = np.cumsum([plan.shoulder_width / 2, plan.upper_arm, plan.forearm, plan.hand])
        down = [hip, hip - plan.thigh, ANKLE]
        reach = np.sqrt(max(plan.foot**2 - (0.7 * ANKLE) ** 2, 1e-4))
        joints[BONE_INDEX[f"{side}Shoulder"]] = (sign * 0.25 * plan.shoulder_width, shoulder, 0)
        for bone, x in zip(("UpperArm", "LowerArm", "Hand"), out, strict=False):
            joints[BONE_INDEX[side + bone]] = (sign * x, shoulder, 0)
        for bone, y in zip(("UpperLeg", "LowerLeg", "Foot"), down, strict=True):
            joints[BONE_INDEX[side + bone]] = (sign * plan.hip_width / 2, y, 0)
        joints[BONE_INDEX[f"{side}Toes"]] = (sign * plan.hip_width / 2, 0.4 * ANKLE, 0.6 * reach)
        tips[f"{side}_hand"] = (sign * out[3], shoulder, 0)
        tips[f"{side}_toe"] = (sign * plan.hip_width / 2, 0.3 * ANKLE, reach)
    landmarks = joints[JOINT_BONE].copy()
    for name, tip in tips.items():
        landmarks[JOINT_INDEX[name]] = tip
    crown, chin = head.landmarks()
    landmarks[JOINT_INDEX["head_top"]] = crown * plan.head + origin
    landmarks[JOINT_INDEX["chin"]] = chin * plan.head + origin
    return _Frame(joints, landmarks, head, plan.head, origin)


def _head_shape(plan: BodyPlan, rng: np.random.Generator) -> HeadShape:
    return HeadShape.random(rng, chibi=plan.head > _CHIBI_HEAD)


def mannequin(plan: BodyPlan, rng: np.random.Generator, stature: float = 1.6) -> Character:
    """A wooden doll: rigid capsules and balls at the joints, an egg for a head, often with guide lines.

    Args:
        plan: its proportions.
        rng: chooses thickness, colours and guide lines.
        stature: in metres.
    """
    frame = _frame(plan, _head_shape(plan, rng))
    girth = rng.uniform(0.75, 1.3)
    wood, joint = palettes.colour(rng, "natural"), palettes.colour(rng, "natural")
    if rng.random() < 0.5:
        wood = np.array([0.87, 0.7, 0.48]) * rng.uniform(0.8, 1.1)
    layers = []

    def put(surface: Surface, bone: str, name: str, colour: np.ndarray) -> None:
        vertices, triangles = surface
        layers.append(plain_layer(vertices, on_bone(bone, len(vertices)), triangles, name, colour))

    for radii, bone, y in _trunk_balls(plan, girth):
        put(ball((0, y, 0), radii), bone, "Wood", wood)
    for side in ("left", "right"):
        for bone, radii in _RADII.items():
            start, end = frame.at(side + bone), frame.at(side + _NEXT[bone])
            r = np.array(radii) * girth
            middle = np.array([r[0], 1.12 * r.mean(), r[1]])
            put(
                limb(start + 0.1 * (end - start), end - 0.1 * (end - start), 0.85 * middle),
                side + bone,
                "Wood",
                wood,
            )
            put(ball(start, 0.95 * r[0], 10), side + bone, "Joint", joint)
        put(ball(frame.at(f"{side}Hand"), 0.9 * girth * 0.016, 8), f"{side}Hand", "Joint", joint)
        put(_hand(frame, side, plan, girth), f"{side}Hand", "Wood", wood)
        put(_foot(frame, side, girth), f"{side}Foot", "Wood", wood)
    neck = tube(
        np.linspace(frame.at("neck") - (0, 0.03, 0), frame.at("head"), 4), np.full(4, 0.025 * girth)
    )
    put(neck, "neck", "Wood", wood)
    layers += _blank_head(frame, wood, joint, rng)
    return _finish(frame, layers, stature, "mannequin", rng)


def doll(plan: BodyPlan, rng: np.random.Generator, stature: float = 1.6) -> Character:
    """A soft body of smooth tubes with mitten hands, painted with clothes; its head is a blank egg."""
    frame = _frame(plan, _head_shape(plan, rng))
    girth = float(np.exp(rng.normal(0, 0.25)))
    skin = palettes.skin(rng)
    pieces: list[Surface] = []
    weights: list[np.ndarray] = []

    def put(surface: Surface, share: np.ndarray) -> None:
        pieces.append(surface)
        weights.append(share)

    put(*_soft_trunk(frame, plan, girth))
    for side in ("left", "right"):
        put(*_soft_limb(frame, side, ("UpperArm", "LowerArm", "Hand"), girth))
        put(*_soft_limb(frame, side, ("UpperLeg", "LowerLeg", "Foot"), girth))
        for surface, bone in (
            (_hand(frame, side, plan, girth), "Hand"),
            (_foot(frame, side, girth), "Foot"),
        ):
            put(surface, on_bone(side + bone, len(surface[0])))
    vertices, triangles = merge(pieces)
    shares = np.concatenate(weights)
    painted = paint(
        vertices[triangles].mean(1),
        shares[triangles].mean(1),
        frame.joints,
        Outfit.random(rng),
        skin,
        rng,
    )
    layers = [Layer(vertices, shares, triangles, *painted), *_blank_head(frame, skin, skin * 0.5, rng)]
    return _finish(frame, layers, stature, "doll", rng)


def _finish(
    frame: _Frame, layers: list[Layer], stature: float, kind: str, rng: np.random.Generator
) -> Character:
    mesh = join_layers(layers)
    mesh["vertices"] = mesh["vertices"] * np.float32(stature)
    return Character(
        name=f"mannequin/{kind}-{rng.integers(1 << 30):08x}",
        family="mannequin",
        joints=frame.joints * stature,
        landmarks=frame.landmarks * stature,
        **mesh,
    )


def _trunk_balls(plan: BodyPlan, girth: float) -> list[tuple[np.ndarray, str, float]]:
    """Pelvis, belly and chest: radii, bone, height."""
    hip, torso, depth = ANKLE + plan.shin + plan.thigh, plan.torso, 0.055 * girth
    wide, narrow = plan.shoulder_width / 2, plan.hip_width / 2 + 0.03 * girth
    return [
        (np.array([narrow, 0.17 * torso, depth]), "hips", hip + 0.08 * torso),
        (np.array([0.75 * narrow, 0.2 * torso, 0.85 * depth]), "spine", hip + 0.36 * torso),
        (np.array([0.92 * wide, 0.36 * torso, 1.1 * depth]), "upperChest", hip + 0.72 * torso),
    ]


def _hand(frame: _Frame, side: str, plan: BodyPlan, girth: float) -> Surface:
    """A mitten with a thumb."""
    wrist, tip = frame.at(f"{side}Hand"), frame.landmarks[JOINT_INDEX[f"{side}_hand"]]
    length = float(np.linalg.norm(tip - wrist))
    palm = ball((wrist + tip) / 2, (0.52 * length, 0.16 * length, 0.27 * length))
    root = wrist + 0.25 * (tip - wrist)
    thumb = root + 0.35 * (tip - wrist) + np.array([0, 0, 0.42 * length])
    return merge([palm, limb(root, thumb, np.array([0.12, 0.09]) * length, 6)])


def _foot(frame: _Frame, side: str, girth: float) -> Surface:
    """A rounded wedge from the heel to the toe tip."""
    ankle, toe = frame.at(f"{side}Foot"), frame.landmarks[JOINT_INDEX[f"{side}_toe"]]
    heel = -0.28 * toe[2]
    middle = np.array([ankle[0], 0.42 * ANKLE, (heel + toe[2]) / 2])
    return ball(middle, (0.026 * max(girth, 0.8), 0.42 * ANKLE, (toe[2] - heel) / 2))


def _soft_trunk(frame: _Frame, plan: BodyPlan, girth: float) -> tuple[Surface, np.ndarray]:
    hip, shoulder = ANKLE + plan.shin + plan.thigh, frame.at("neck")[1]
    wide, narrow = plan.shoulder_width / 2 + 0.012 * girth, plan.hip_width / 2 + 0.045 * girth
    share = np.linspace(-0.16, 1.2, 44)
    across = np.interp(
        share, [-0.16, -0.1, 0.05, 0.4, 0.8, 0.93, 1.04, 1.2], [0.01, 0.8, 1, 0.8, 1, 1, 0.5, 0.2]
    )
    size = np.interp(share, [0.05, 0.8], [narrow, wide])
    depth = (
        0.06
        * girth
        * np.interp(share, [-0.16, -0.1, 0.1, 0.4, 0.75, 1.0, 1.2], [0.1, 0.9, 1.1, 0.9, 1.1, 0.7, 0.5])
    )
    y = hip + share * (shoulder - hip)
    path = np.stack([np.zeros_like(y), y, np.zeros_like(y)], 1)
    surface = tube(path, np.stack([across * size, depth], 1), np.array([1.0, 0, 0]), sides=18)
    levels = [frame.at(bone)[1] for bone in _SPINE]
    shares = np.zeros((len(surface[0]), len(BODY_BONES)), np.float32)
    for index, bone in enumerate(_SPINE):
        shares[:, BONE_INDEX[bone]] = np.interp(surface[0][:, 1], levels, np.eye(4)[index])
    return surface, shares


def _soft_limb(
    frame: _Frame, side: str, bones: tuple[str, str, str], girth: float
) -> tuple[Surface, np.ndarray]:
    """One tube over two segments, bending softly at the middle joint."""
    start, middle, end = (frame.at(side + bone) for bone in bones)
    share = np.linspace(-0.02, 2.0, 17)
    path = np.where(
        share[:, None] < 1,
        start + share[:, None] * (middle - start),
        middle + (share[:, None] - 1) * (end - middle),
    )
    radii = np.interp(share, [0, 1, 2], [*_RADII[bones[0]], _RADII[bones[1]][1]]) * girth
    radii[[0, -1]] *= 0.4
    surface = tube(path, radii, sides=12)
    along = np.repeat(share, 12)
    shares = np.zeros((len(surface[0]), len(BODY_BONES)), np.float32)
    lower = np.clip((along - 0.85) / 0.3, 0, 1)
    shares[:, BONE_INDEX[side + bones[1]]], shares[:, BONE_INDEX[side + bones[0]]] = lower, 1 - lower
    return surface, shares


def _blank_head(
    frame: _Frame, colour: np.ndarray, line: np.ndarray, rng: np.random.Generator
) -> list[Layer]:
    """An egg; half of them with the draughtsman's cross: the middle line and the line of the eyes."""
    flats = []
    if rng.random() < 0.5:
        t = np.linspace(-1, 1, 13)
        eye = rng.uniform(0.4, 0.5)
        level = np.stack([t * 0.92 * frame.head.section(np.array(eye))[0], np.full(13, eye)], 1)
        flats = [ribbon(level, np.full(13, 0.02))]
        flats.append(ribbon(np.stack([np.zeros(13), 0.5 + 0.46 * t], 1), np.full(13, 0.02)))
    layers = []
    for flat, triangles in (frame.head.surface(), *flats):
        vertices = flat.copy()
        if len(vertices) == 26:  # a stroke, still in the plane
            vertices[:, 2] = frame.head.front(vertices[:, 0], vertices[:, 1]) + 0.006
        name, shade = ("Cross", line) if len(vertices) == 26 else ("Skin", colour)
        vertices = vertices * frame.head_size + frame.head_origin
        layers.append(plain_layer(vertices, on_bone("head", len(vertices)), triangles, name, shade))
    return layers
