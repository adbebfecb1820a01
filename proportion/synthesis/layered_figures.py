"""Builds the figures with part layers: each part drawn whole, so that it can be changed on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from proportion.geometry import segment_angles
from proportion.references.layers import LAYERED, LayeredFigure, PartLayer, save_layered
from proportion.references.library import FigureStyle
from proportion.skeleton import BONE_OF_PART, BONES, PARTS, Skeleton
from proportion.synthesis.camera import Camera
from proportion.synthesis.character import BONE_PART, Character
from proportion.synthesis.library import load_characters
from proportion.synthesis.posed_views import anime_proportions
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.posing import Pose, PoseSampler, arms_in_head, standing
from proportion.synthesis.raster import Raster
from proportion.synthesis.reference_figures import INK, heads_tall, inked
from proportion.synthesis.scene import render_character
from proportion.synthesis.skinning import Proportions, posed_points

SIZE = (512, 512)
_TRIES = 60
_OVERLAP = 0.08  # a vertex with this share of a part's bones is drawn with the part: layers overlap
_IN_FRONT = 0.004  # of the figure's height: less than this is the same surface

_FIGURES: tuple[tuple[str, FigureStyle, str], ...] = (
    ("realistic-woman", "realistic", "quaternius_women/Casual"),
    ("realistic-man", "realistic", "quaternius_men/Casual_2"),
    ("realistic-swimmer", "realistic", "quaternius_men/Beach"),
    ("realistic-mannequin", "realistic", "mesh2motion/human-female"),
    ("realistic-suit", "realistic", "quaternius_women/Suit"),
    ("anime-pilot", "anime", "quaternius_women/SciFi"),
    ("anime-boy", "anime", "quaternius_men/Casual_Hoodie"),
    ("anime-runner", "anime", "quaternius_women/Soldier"),
    ("anime-student", "anime", "quaternius_men/Suit"),
    ("chibi-girl", "chibi", "godette/Godette_vrm_v4"),
    ("chibi-knight", "chibi", "kaykit_adventurers/Knight"),
    ("chibi-barbarian", "chibi", "kaykit_adventurers/Barbarian"),
)


@dataclass(frozen=True, eq=False)
class Scene:
    """A character in a pose, with its proportions, before a camera."""

    character: Character
    pose: Pose
    proportions: Proportions
    camera: Camera

    def render(
        self, character: Character | None = None, size: tuple[int, int] = SIZE, scale: int = 2
    ) -> tuple[Raster, Skeleton]:
        """G-buffer and skeleton; of another ``character`` of the same build if one is given."""
        return render_character(
            character or self.character,
            self.pose.rotations,
            proportions=self.proportions,
            camera=self.camera,
            size=size,
            scale=scale,
        )


def build_layered(data: Path, out: Path = LAYERED, seed: int = 0) -> None:
    """Render the standing figures of `_FIGURES` with a layer for each part.

    Args:
        data: folder of the training data pack.
        out: folder to fill.
        seed: of all choices.
    """
    characters = {character.name: character for character in load_characters(data)}
    sampler = PoseSampler(standing(PoseBank.load(data)))
    for index, (name, style, who) in enumerate(tqdm(_FIGURES, unit="figure")):
        rng = np.random.default_rng([seed, index])
        character = characters[who]
        proportions = anime_proportions(character, rng) if style == "anime" else Proportions()
        scene = open_pose(character, proportions, sampler, rng, _TRIES)
        save_layered(layered(scene, name, style), out)


def open_pose(
    character: Character,
    proportions: Proportions,
    sampler: PoseSampler,
    rng: np.random.Generator,
    tries: int,
) -> Scene:
    """Of some random poses the one that shows most of every limb, with head up and elbows down.

    Raises:
        ValueError: the arms ran into the head in all of them.
    """
    best, best_score = None, -np.inf
    for _ in range(tries):
        pose = sampler.draw(rng, perturb=0)
        camera = Camera(float(rng.uniform(-30, 30)) - pose.heading, 2.0, 0.0, 10.0)
        scene = Scene(character, pose, proportions, camera)
        if arms_in_head(posed_points(character, pose.rotations, proportions)):
            continue
        raster, skeleton = scene.render(size=(128, 128), scale=1)
        areas = np.bincount(raster.part[raster.mask], minlength=len(PARTS))
        limbs = [areas[PARTS.index(part)] for part in PARTS if part.endswith(("arm", "thigh", "shin"))]
        angles = dict(zip(PARTS, segment_angles(skeleton.points), strict=True))
        arms = [abs(angles[f"{side}_upper_arm"] - 90) for side in ("left", "right")]
        score = skeleton.states.count("seen") + min(*limbs, 200) / 50
        score -= max(abs(angles["head"] + 90) - 8, 0) / 4 + max(max(arms) - 65, 0) / 4
        if score > best_score:
            best, best_score = scene, score
    if best is None:
        raise ValueError(f"{character.name} stands in no pose with free arms")
    return best


def layered(scene: Scene, name: str, style: FigureStyle) -> LayeredFigure:
    """One figure with its layers, from the back to the front."""
    character = scene.character
    _, skeleton = scene.render(character)
    shares = _part_shares(character)
    drawn = [part for part in PARTS if (character.parts == PARTS.index(part)).any()]
    alone = {part: scene.render(_only(character, shares, [part]))[0] for part in drawn}
    layers = [
        _crop(part, _draw_part(alone[part], scene.render(_only(character, shares, _near(part)))[0]))
        for part in _back_to_front(alone)
    ]
    tall = heads_tall(character, scene.proportions)
    return LayeredFigure(name, style, skeleton, tall, tuple(layers), character.credit)


def _part_shares(character: Character) -> np.ndarray:
    """``(T, 17)`` greatest share that each part's bones have in a corner of each triangle."""
    shares = np.zeros((len(character.vertices), len(PARTS)), np.float32)
    for bone, part in enumerate(BONE_PART):
        shares[:, part] += character.weights[:, bone]
    return shares[character.triangles].max(1)


def _only(character: Character, shares: np.ndarray, parts: Sequence[str]) -> Character:
    """The character without the triangles that belong to no listed part; all its vertices stay."""
    indices = [PARTS.index(part) for part in parts]
    kept = (shares[:, indices] > _OVERLAP).any(1)
    return replace(
        character,
        triangles=character.triangles[kept],
        colours=character.colours[kept],
        materials=character.materials[kept],
    )


def _near(part: str) -> list[str]:
    """A part with those that it grows out of and into."""
    ends = {BONE_OF_PART[part].start, BONE_OF_PART[part].end}
    touching = [other.part for other in BONES if ends & {other.start, other.end}]
    if part == "torso":
        touching += [f"{side}_{limb}" for side in ("left", "right") for limb in ("upper_arm", "thigh")]
    elif part.endswith(("upper_arm", "thigh", "neck")):
        touching.append("torso")
    return touching


def _back_to_front(alone: dict[str, Raster]) -> list[str]:
    """Painter's order: again and again the part that hides least of those still to be painted."""
    parts = list(alone)
    hides = np.zeros((len(parts), len(parts)), int)
    for i, first in enumerate(parts):
        for j, second in enumerate(parts):
            both = alone[first].mask & alone[second].mask
            nearer = alone[second].depth[both] - alone[first].depth[both] > _IN_FRONT
            hides[i, j] = np.count_nonzero(nearer)
    order, left = [], list(range(len(parts)))
    while left:
        back = min(left, key=lambda i: sum(hides[i, j] - hides[j, i] for j in left))
        order.append(parts[back])
        left.remove(back)
    return order


def _draw_part(alone: Raster, near: Raster) -> np.ndarray:
    """``(H, W, 4)`` uint8 RGBA of one part, whole.

    Its colours and ink come from the drawing of the part with its neighbours, so that no line closes
    the cut between them; where a neighbour hides it, from the drawing of the part alone.
    """
    colour, ink = inked(near)
    own_colour, own_ink = inked(alone)
    hidden = alone.mask & (alone.depth > near.depth + _IN_FRONT)
    hidden = cv2.dilate(hidden.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)[..., None]
    colour = np.where(hidden | ~near.mask[..., None], own_colour, colour)
    ink = np.where(hidden[..., 0], own_ink, ink)
    reach = cv2.dilate(alone.mask.astype(np.uint8), np.ones((7, 7), np.uint8))
    foreign = near.mask & ~alone.mask
    ink = ink * reach * ~foreign
    cover = np.where(alone.mask, 1.0, ink)[..., None]
    shown = np.where(alone.mask[..., None], colour * (1 - ink[..., None]) + INK * ink[..., None], INK)
    premultiplied = np.concatenate([shown * cover, cover], axis=-1).astype(np.float32)
    small = cv2.resize(premultiplied, SIZE, interpolation=cv2.INTER_AREA)
    straight = small[..., :3] / np.maximum(small[..., 3:], 1e-4)
    return np.rint(255 * np.concatenate([straight, small[..., 3:]], -1).clip(0, 1)).astype(np.uint8)


def _crop(part: str, pixels: np.ndarray) -> PartLayer:
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    return PartLayer(part, (left, top), pixels[top : top + height, left : left + width])
