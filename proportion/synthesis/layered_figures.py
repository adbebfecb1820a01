"""Builds the figures with part layers: each part drawn whole, so that it can be changed on its own."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from proportion.references.layers import LAYERED, LayeredFigure, PartLayer, save_layered
from proportion.references.library import FigureStyle
from proportion.skeleton import BONE_OF_PART, BONES, PARTS, Skeleton
from proportion.synthesis.camera import Camera
from proportion.synthesis.character import BONE_PART, Character
from proportion.synthesis.library import load_characters
from proportion.synthesis.posing import Pose, at_ease
from proportion.synthesis.raster import Raster
from proportion.synthesis.reference_figures import INK, heads_tall, inked
from proportion.synthesis.scene import render_character
from proportion.synthesis.skinning import Proportions
from proportion.synthesis.stylise import stylise

SIZE = (512, 512)
_OVERLAP = 0.2  # a vertex with this share of a part's bones is drawn with the part: layers overlap
_IN_FRONT = 0.004  # of the figure's height: less than this is the same surface
_CUT_REACH = 15  # pixels beside a surface that two parts share: lines there close the cut between them
_ARMS_AWAY: dict[FigureStyle, float] = {"realistic": 22.0, "anime": 24.0, "chibi": 45.0}


@dataclass(frozen=True)
class _Recipe:
    """A layered figure.

    Attributes:
        name: of its file; it begins with the style.
        style: kind of proportions.
        character: whose body.
        yaw: degrees that it is turned to the viewer's right.
        toon: whether it gets a drawn head, hair and clothes.
        seed: of pose and looks, chosen by eye.
    """

    name: str
    style: FigureStyle
    character: str
    yaw: float
    toon: bool = False
    seed: int = 0


_FIGURES = (
    _Recipe("realistic-woman", "realistic", "quaternius_women/Casual", 0),
    _Recipe("realistic-man", "realistic", "quaternius_men/Casual_2", 25),
    _Recipe("realistic-swimmer", "realistic", "quaternius_men/Beach", 0),
    _Recipe("realistic-mannequin", "realistic", "mesh2motion/human-female", -25),
    _Recipe("realistic-suit", "realistic", "quaternius_women/Suit", 20),
    _Recipe("anime-pilot", "anime", "quaternius_women/SciFi", 0, True, 5),
    _Recipe("anime-boy", "anime", "quaternius_men/Casual_2", -20, True, 1),
    _Recipe("anime-runner", "anime", "quaternius_women/Casual", 25, True, 7),
    _Recipe("anime-student", "anime", "quaternius_men/Suit", 0, True, 3),
    _Recipe("chibi-girl", "chibi", "godette/Godette_vrm_v4", 0),
    _Recipe("chibi-knight", "chibi", "kaykit_adventurers/Knight", 20),
    _Recipe("chibi-barbarian", "chibi", "kaykit_adventurers/Barbarian", -20),
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


def build_layered(data: Path, out: Path = LAYERED) -> None:
    """Render the standing figures of `_FIGURES` with a layer for each part.

    Args:
        data: folder of the training data pack.
        out: folder to fill.
    """
    characters = {character.name: character for character in load_characters(data)}
    for recipe in tqdm(_FIGURES, unit="figure"):
        rng = np.random.default_rng([zlib.crc32(recipe.name.encode()), recipe.seed])
        character = characters[recipe.character]
        if recipe.toon:
            character = stylise(character, recipe.style, rng)
        pose = at_ease(rng, _ARMS_AWAY[recipe.style])
        scene = Scene(character, pose, Proportions(), Camera(recipe.yaw, 2.0, 0.0, 10.0))
        save_layered(layered(scene, recipe.name, recipe.style), out)


def layered(scene: Scene, name: str, style: FigureStyle) -> LayeredFigure:
    """One figure with its layers, from the back to the front."""
    character = scene.character
    _, skeleton = scene.render(character)
    shares = _part_shares(character)
    drawn = [part for part in PARTS if (character.parts == PARTS.index(part)).any()]
    alone = {part: scene.render(_only(character, shares, [part]))[0] for part in drawn}
    order = _back_to_front(alone)
    layers = []
    for place, part in enumerate(order):
        around = _around(part)
        near, _ = scene.render(_only(character, shares, [part, *around]))
        beside, _ = scene.render(_only(character, shares, around))
        above = [alone[other] for other in order[place + 1 :] if other in around]
        layers.append(_crop(part, _draw_part(alone[part], near, beside, above)))
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


def _around(part: str) -> list[str]:
    """The parts that a part grows out of and into."""
    ends = {BONE_OF_PART[part].start, BONE_OF_PART[part].end}
    touching = [b.part for b in BONES if ends & {b.start, b.end} and b.part != part]
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


def _draw_part(alone: Raster, near: Raster, beside: Raster, above: Sequence[Raster]) -> np.ndarray:
    """``(H, W, 4)`` uint8 RGBA of one part, whole.

    Its colours and ink come from the drawing of the part with its neighbours, so that no line closes
    the cut between them. Where a neighbour that is painted later hides it, they come from the drawing
    of the part alone, without the lines at its cuts.

    Args:
        alone: the part.
        near: the part with its neighbours.
        beside: the neighbours.
        above: those of them that are painted later.
    """
    colour, ink = inked(near)
    own_colour, own_ink = inked(alone)
    front = np.min([raster.depth for raster in above], axis=0, initial=np.inf)
    hidden = alone.mask & (alone.depth > front + _IN_FRONT)
    hidden = _grown(hidden, 3)
    cut = _grown(alone.mask & (np.abs(alone.depth - beside.depth) < _IN_FRONT), _CUT_REACH)
    colour = np.where((hidden | ~near.mask)[..., None], own_colour, colour)
    ink = np.where(hidden, own_ink * ~cut, ink)
    foreign = near.mask & ~alone.mask
    ink = ink * _grown(alone.mask, 7) * ~foreign
    cover = np.where(alone.mask, 1.0, ink)[..., None]
    shown = np.where(alone.mask[..., None], colour * (1 - ink[..., None]) + INK * ink[..., None], INK)
    premultiplied = np.concatenate([shown * cover, cover], axis=-1).astype(np.float32)
    small = cv2.resize(premultiplied, SIZE, interpolation=cv2.INTER_AREA)
    straight = small[..., :3] / np.maximum(small[..., 3:], 1e-4)
    return np.rint(255 * np.concatenate([straight, small[..., 3:]], -1).clip(0, 1)).astype(np.uint8)


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((pixels, pixels), np.uint8)).astype(bool)


def _crop(part: str, pixels: np.ndarray) -> PartLayer:
    left, top, width, height = cv2.boundingRect((pixels[..., 3] > 0).astype(np.uint8))
    return PartLayer(part, (left, top), pixels[top : top + height, left : left + width])
