"""Turn any character into an anime or chibi figure: a drawn head, other proportions, loose clothes."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.synthesis import palettes
from proportion.synthesis.accessories import body_gear, head_gear
from proportion.synthesis.body_plans import BodyPlan
from proportion.synthesis.body_statistics import part_lengths, stature
from proportion.synthesis.character import BODY_BONES, BONE_INDEX, Character
from proportion.synthesis.layers import Layer, join_layers, plain_layer
from proportion.synthesis.poses import Split
from proportion.synthesis.shapes import tube
from proportion.synthesis.skinning import Proportions, pose_character, rest_alignment
from proportion.synthesis.toon_clothes import random_clothes
from proportion.synthesis.toon_hair import BACK_STYLES, TEST_STYLES, hair_colour, hair_layer
from proportion.synthesis.toon_head import HeadShape, head_layers

ToonStyle = Literal["anime", "chibi"]

_FITTING_ROUNDS = 4
_COLLAR = 0.015  # of the height: how far above the shoulders the original neck is kept
_LIMBS = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")
_HEAD_PARTS = (PARTS.index("head"), PARTS.index("neck"))


def stylise(
    character: Character, style: ToonStyle, rng: np.random.Generator, split: Split = "train"
) -> Character:
    """A new figure in a style: the body of a character with a drawn head, hair and loose clothes.

    Head, neck and hair of the original are left out. The crown is that of the skull below the hair.

    Args:
        character: whose body; any rig.
        style: anime or chibi.
        rng: chooses proportions, face, hair, clothes and colours.
        split: the test split has hair that no others have.
    """
    plan = BodyPlan.random(style, rng)
    body = _reproportioned(_headless(character), plan, style, rng)
    height = stature(character)
    shape = HeadShape.random(rng, style == "chibi")
    skin = _skin_of(character)
    hair = hair_colour(rng)
    names = [name for name in BACK_STYLES if (name in TEST_STYLES) == (split == "test")]
    layers = head_layers(shape, skin, hair, rng, style == "chibi")
    if rng.random() < 0.97:
        layers.append(hair_layer(shape, str(rng.choice(names)), hair, 1 / plan.head - 1, rng))
    tone = str(rng.choice(["saturated", "pastel", "natural", "dark"]))
    layers += head_gear(shape, rng, hair, lambda: palettes.colour(rng, tone))
    shoulders = (body.joints[BONE_INDEX["leftUpperArm"]] + body.joints[BONE_INDEX["rightUpperArm"]]) / 2
    size = plan.head * height
    origin = shoulders + np.array([0, plan.gap * height, 0.02 * size])
    layers = [replace(layer, vertices=layer.vertices * size + origin) for layer in layers]
    neck, joints = _neck(body, origin, size, skin, rng)
    clothes = random_clothes(body, rng, lambda: palettes.colour(rng, tone))
    clothes += body_gear(body, rng, lambda: palettes.colour(rng, tone))
    landmarks = body.landmarks.copy()
    crown, chin = shape.landmarks()
    landmarks[JOINT_INDEX["head_top"]] = crown * size + origin
    landmarks[JOINT_INDEX["chin"]] = chin * size + origin
    family = f"{style}_test" if split == "test" else style
    return Character(
        name=f"{family}/{character.name.replace('/', '-')}-{rng.integers(1 << 30):08x}",
        family=family,
        joints=joints,
        landmarks=landmarks,
        credit=character.credit,
        **join_layers([_as_layer(body), neck, *layers, *clothes]),
    )


def _headless(character: Character) -> Character:
    """Without head and neck, and without hair that hangs on the back."""
    hair = np.array(["hair" in name.lower() for name in character.material_names])
    above = character.vertices[character.triangles].mean(1)[:, 1] > (
        character.joints[BONE_INDEX["leftUpperArm"], 1] + _COLLAR * character.height
    )
    neck = (character.parts == _HEAD_PARTS[1]) & above  # what lies lower closes the chest
    keep = (character.parts != _HEAD_PARTS[0]) & ~neck & ~hair[character.materials]
    return replace(
        character,
        triangles=character.triangles[keep],
        colours=character.colours[keep],
        materials=character.materials[keep],
    )


def _skin_of(character: Character) -> np.ndarray:
    """Median colour of the middle of the face (of the head part's front)."""
    head = character.parts == _HEAD_PARTS[0]
    middle = character.vertices[character.triangles].mean(1)
    chin, crown = character.landmarks[JOINT_INDEX["chin"]], character.landmarks[JOINT_INDEX["head_top"]]
    level = (middle[:, 1] - chin[1]) / (crown[1] - chin[1])
    cheeks = head & (level > 0.1) & (level < 0.4) & (middle[:, 2] > chin[2] - 0.3 * (crown[1] - chin[1]))
    chosen = character.colours[cheeks if cheeks.any() else head]
    return np.median(chosen, axis=0).astype(float)


def _reproportioned(
    body: Character, plan: BodyPlan, style: ToonStyle, rng: np.random.Generator
) -> Character:
    """The body at rest with the plan's lengths, slimmer or plumper than it was."""
    height = stature(body)
    wanted = np.full(len(PARTS), np.nan)
    for index, part in enumerate(PARTS):
        name = part.partition("_")[2] if part.partition("_")[2] in _LIMBS else part
        wanted[index] = getattr(plan, name, np.nan) * height
    wanted[list(_HEAD_PARTS)] = np.nan
    girth = np.ones(len(PARTS))
    slim = rng.uniform(0.65, 0.95) if style == "anime" else rng.uniform(0.65, 1.15)
    for index, part in enumerate(PARTS):
        if part.endswith(("arm", "thigh", "shin")):
            girth[index] = slim
    girth[PARTS.index("torso")] = rng.uniform(0.8, 1.0) if style == "anime" else rng.uniform(0.7, 1.0)
    length = np.ones(len(PARTS))
    upright = rest_alignment(body.joints).transpose(0, 2, 1)
    for _ in range(_FITTING_ROUNDS):  # widths and torso depend on each other
        posed = pose_character(body, upright, Proportions(length, girth))
        fitted = replace(body, vertices=posed.vertices, joints=posed.bones, landmarks=posed.points)
        ratio = wanted / part_lengths(fitted)
        length *= np.where(np.isfinite(ratio), np.clip(ratio, 0.25, 4), 1)
    return fitted


def _neck(
    body: Character, origin: np.ndarray, size: float, skin: np.ndarray, rng: np.random.Generator
) -> tuple[Layer, np.ndarray]:
    """A neck from the chest into the head, and the joints with those of neck and head moved."""
    joints = body.joints.copy()
    shoulders = (joints[BONE_INDEX["leftUpperArm"]] + joints[BONE_INDEX["rightUpperArm"]]) / 2
    width = joints[BONE_INDEX["leftUpperArm"], 0] - joints[BONE_INDEX["rightUpperArm"], 0]
    radius = min(rng.uniform(0.13, 0.2) * width, 0.2 * size)
    low = shoulders - np.array([0, 0.12 * width, 0.02 * size])
    high = origin + np.array([0, 0.25 * size, -0.08 * size])
    joints[BONE_INDEX["neck"]] = shoulders - np.array([0, 0, 0.02 * size])
    joints[BONE_INDEX["head"]] = origin + np.array([0, 0.08 * size, -0.04 * size])
    share = np.linspace(0, 1, 7)
    radii = radius * np.interp(share, [0, 0.25, 0.5, 1], [2.2, 1.35, 1, 0.95])
    vertices, triangles = tube(low + share[:, None] * (high - low), radii, sides=14)
    weights = np.zeros((len(vertices), len(BODY_BONES)), np.float32)
    along = np.repeat(share, 14)
    weights[:, BONE_INDEX["head"]] = np.clip((along - 0.55) / 0.4, 0, 1)
    weights[:, BONE_INDEX["upperChest"]] = np.clip((0.35 - along) / 0.3, 0, 1)
    weights[:, BONE_INDEX["neck"]] = 1 - weights.sum(1)
    return plain_layer(vertices, weights, triangles, "Skin", skin), joints


def _as_layer(body: Character) -> Layer:
    """The triangles of a character; colours that vary within a material become materials."""
    shades, material = np.unique(
        np.column_stack([body.materials, np.round(body.colours * 8)]), axis=0, return_inverse=True
    )
    material = material.reshape(-1)
    counts = np.bincount(material)[:, None]
    colours = np.stack([np.bincount(material, channel) for channel in body.colours.T], 1) / counts
    names = tuple(body.material_names[int(index)] for index in shades[:, 0])
    return Layer(body.vertices, body.weights, body.triangles, material, names, colours)
