"""One random drawing from a seed and an index: character, pose, proportions, camera and style."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from proportion.skeleton import JointState, Skeleton
from proportion.synthesis import distractors, paper, styles
from proportion.synthesis.bvh import load_bvh_folder
from proportion.synthesis.camera import Camera, Framing, cut_below, placed, random_yaw
from proportion.synthesis.character import Character
from proportion.synthesis.distortions import (
    LIMB_PARTS,
    Distortion,
    random_error,
    random_style,
    uneven_limbs,
)
from proportion.synthesis.figures2d import draw_figure
from proportion.synthesis.library import load_characters, load_own_characters
from proportion.synthesis.poses import PoseBank, Split
from proportion.synthesis.posing import Pose, PoseSampler, arms_in_head, standing
from proportion.synthesis.raster import Raster
from proportion.synthesis.scene import render_posed
from proportion.synthesis.skinning import PosedFigure, Proportions, pose_character
from proportion.synthesis.wardrobe import random_character

_TRIES = 6  # poses tried before one with an arm in the head, or mostly hidden, is accepted
_MOST_HIDDEN = 9  # joints; chibi bodies swallow their limbs when they crouch
_FEWEST_JOINTS = 7  # a crop that shows fewer shows the whole figure instead
_UNSPLIT_FAMILIES = frozenset({"mannequin"})  # of the wardrobe: no member of them is unseen in a test


@dataclass(frozen=True)
class Mixture:
    """What is drawn.

    Attributes:
        sources: how often each source of figures is taken: the rigged ``characters``, the ``wardrobe``
            of MakeHuman, anime and chibi people, and ``flat`` figures drawn without a mesh.
        standing: only standing poses, from the front to three-quarter views.
        tilted: share of the other poses that lie, bend over or fall.
        turned: share of the figures seen evenly from the side and from behind, where mistakes abound.
        plain: share of the figures with their own proportions, without a random style.
        errors: share of the figures with a wrong proportion.
        uneven: share of the figures whose limb segments all have lengths of their own.
        single: errors are one limb segment or the head, by 0.6 or 1.6, as the report's bar asks.
        crops: share of busts and half-figures.
        companions: share of pictures with a second, smaller figure, whose joints do not count.
        clean: drawings on white, without props, backgrounds, paper and compression.
    """

    sources: tuple[tuple[str, float], ...]
    standing: bool = False
    tilted: float = 0.12
    turned: float = 0.0
    plain: float = 0.1
    errors: float = 0.4
    uneven: float = 0.35
    single: bool = False
    crops: float = 0.2
    companions: float = 0.06
    clean: bool = False


_STANDING = Mixture(
    (("characters", 0.5), ("wardrobe", 0.5)),
    standing=True,
    plain=1.0,
    errors=0.5,
    uneven=0.0,
    single=True,
    crops=0.0,
    companions=0.0,
    clean=True,
)
_UNEVEN = replace(_STANDING, errors=0.0, uneven=1.0, single=False)
MIXTURES: dict[str, Mixture] = {
    "pose": Mixture((("characters", 0.3), ("wardrobe", 0.42), ("flat", 0.28))),
    "flat": Mixture((("flat", 1.0),)),
    "wardrobe": Mixture((("wardrobe", 1.0),)),
    "standing-errors": _STANDING,
    "standing-uneven": _UNEVEN,
    "uneven": replace(_UNEVEN, standing=False),
    "turned": Mixture((("characters", 0.4), ("wardrobe", 0.6)), tilted=0.3, turned=0.8),
}


@dataclass(frozen=True, eq=False)
class Drawing:
    """A synthetic drawing with its truth.

    Attributes:
        picture: ``(H, W, 3)`` uint8 RGB.
        skeleton: its joints.
        family: group of the character.
        character: its name.
        clip: where the pose comes from, or empty.
        style: of the drawing.
        yaw: degrees that the body is turned to the viewer's right, 0 from the front, in [-180, 180).
        distortion: the wrong proportion, if any.
    """

    picture: np.ndarray
    skeleton: Skeleton
    family: str
    character: str
    clip: str
    style: str
    yaw: float
    distortion: Distortion


class DrawingGenerator:
    """Random drawings; the same seed and index give the same drawing.

    Args:
        data: the data pack.
        split: whose characters and clips.
        mixture: one of `MIXTURES`.
        size: side of the square pictures in pixels.
        characters: folder of glb and vrm files to draw instead of all other figures.
        poses: folder of BVH files to pose them by instead of the pack's.
        people: which set of people the wardrobe holds, see `random_character`.
    """

    def __init__(
        self,
        data: Path,
        split: Split = "train",
        mixture: str = "pose",
        size: int = 256,
        characters: Path | None = None,
        poses: Path | None = None,
        people: int = 0,
    ) -> None:
        self.mixture = MIXTURES[mixture]
        self.data, self.split, self.size, self.people = data, split, size, people
        self.stream = zlib.crc32(f"{mixture}/{split}".encode())
        self.families: dict[str, list[Character]] = {}
        if characters:
            self.mixture = replace(self.mixture, sources=(("characters", 1.0),))
        for character in load_own_characters(characters) if characters else load_characters(data, split):
            self.families.setdefault(character.family, []).append(character)
        bank = load_bvh_folder(poses) if poses else PoseBank.load(data).split(split)
        upright = standing(bank) if self.mixture.standing else bank.upright(35.0)
        self.upright, self.tilted = PoseSampler(upright if len(upright) else bank), PoseSampler(bank)

    def draw(self, seed: int, index: int) -> Drawing:
        """The drawing of an index."""
        rng = np.random.default_rng([seed, self.stream, index])
        names, shares = zip(*self.mixture.sources, strict=True)
        source = rng.choice(names, p=np.array(shares) / sum(shares))
        figure, mask = self._draw_source(source, self._framing(rng), rng)
        if rng.random() < self.mixture.companions:
            figure = self._with_companion(figure, mask, rng)
        return figure if self.mixture.clean else self._on_ground(figure, mask, rng)

    def _character(self, source: str, rng: np.random.Generator) -> Character:
        if source == "wardrobe":
            character = random_character(self.data, rng, self.split, self.people)
            while self.split == "test" and character.family in _UNSPLIT_FAMILIES:
                character = random_character(self.data, rng, self.split, self.people)
            return character
        names = sorted(self.families)
        share = np.sqrt([len(self.families[name]) for name in names])
        members = self.families[rng.choice(names, p=share / share.sum())]
        return members[rng.integers(len(members))]

    def _draw_source(
        self, source: str, framing: Framing, rng: np.random.Generator
    ) -> tuple[Drawing, np.ndarray]:
        """A drawing on white, and the ``(H, W)`` uint8 cover of the figure."""
        if source != "flat":
            return self._draw_body(self._character(source, rng), framing, rng)
        picture, skeleton, info = draw_figure(rng, self.size, self.upright.bank)
        drawing = Drawing(
            picture,
            skeleton,
            family="flat",
            character=f"flat/{info.kind}",
            clip="",
            style=info.kind,
            yaw=info.yaw,
            distortion=Distortion(),
        )
        return drawing, info.mask

    def _draw_body(
        self, character: Character, framing: Framing, rng: np.random.Generator
    ) -> tuple[Drawing, np.ndarray]:
        distortion = self._distortion(rng)
        proportions = distortion.proportions()
        if rng.random() >= self.mixture.plain:
            proportions = proportions * random_style(rng, character.heads_tall)
        if rng.random() < self.mixture.uneven:
            proportions = proportions * uneven_limbs(rng)
        for _ in range(_TRIES):
            pose, posed = self._pose(character, proportions, rng)
            yaw = self._yaw(rng)
            camera = self._camera(yaw - pose.heading, rng)
            raster, skeleton = self._render(character, posed, camera, framing, distortion)
            if skeleton.states.count("guessed") <= _MOST_HIDDEN:
                break
        style = styles.choose_style(rng)
        drawing = Drawing(
            self._shrunk(styles.draw(raster, rng, style)),
            skeleton,
            character.family,
            character.name,
            pose.clip,
            style,
            (yaw + 180) % 360 - 180,
            distortion,
        )
        return drawing, self._shrunk(raster.mask.astype(np.uint8) * 255)

    def _shrunk(self, picture: np.ndarray) -> np.ndarray:
        return cv2.resize(picture, (self.size, self.size), interpolation=cv2.INTER_AREA)

    def _with_companion(self, main: Drawing, mask: np.ndarray, rng: np.random.Generator) -> Drawing:
        """A smaller figure behind the main one, at the edge of the picture."""
        framing = placed(float(rng.uniform(0.25, 0.55)), (float(rng.integers(2)), rng.random()))
        other, _ = self._draw_body(self._character("characters", rng), framing, rng)
        picture = np.where(mask[..., None] > 127, main.picture, np.minimum(main.picture, other.picture))
        return replace(main, picture=picture)

    def _on_ground(self, drawing: Drawing, mask: np.ndarray, rng: np.random.Generator) -> Drawing:
        """The drawing among other things, on its paper or background, scanned or photographed."""
        skeleton = drawing.skeleton
        picture, cover, hidden = distractors.add(drawing.picture, mask, skeleton.points, rng)
        picture, points = paper.finish(picture, cover, skeleton.points, rng)
        inside = ((points >= -0.5) & (points <= self.size - 0.5)).all(1)
        states: list[JointState] = [
            "missing" if not here else "guessed" if behind else state
            for state, here, behind in zip(skeleton.states, inside, hidden, strict=True)
        ]
        skeleton = Skeleton(skeleton.image_size, points, tuple(states))
        return replace(drawing, picture=picture, skeleton=skeleton)

    def _distortion(self, rng: np.random.Generator) -> Distortion:
        if rng.random() >= self.mixture.errors:
            return Distortion()
        if self.mixture.single:
            return Distortion(str(rng.choice((*LIMB_PARTS, "head"))), float(rng.choice((0.6, 1.6))))
        return random_error(rng)

    def _pose(
        self, character: Character, proportions: Proportions, rng: np.random.Generator
    ) -> tuple[Pose, PosedFigure]:
        tilted = not self.mixture.standing and rng.random() < self.mixture.tilted
        for _ in range(_TRIES):
            pose = (self.tilted if tilted else self.upright).draw(rng)
            posed = pose_character(character, pose.rotations, proportions)
            if not arms_in_head(posed.points):
                break
        return pose, posed

    def _yaw(self, rng: np.random.Generator) -> float:
        if self.mixture.standing:
            return float(rng.uniform(-45, 45))
        # Nothing is drawn from rng where it is 0: other mixtures' seeds keep their pictures.
        if self.mixture.turned and rng.random() < self.mixture.turned:
            return float(rng.uniform(50, 310))
        return random_yaw(rng)

    def _camera(self, yaw: float, rng: np.random.Generator) -> Camera:
        if self.mixture.standing:
            return Camera(yaw, float(rng.normal(2, 4)), float(rng.normal(0, 2)), rng.uniform(4, 12))
        pitch = rng.normal(3, 7) if rng.random() < 0.85 else rng.uniform(-35, 45)
        return Camera(yaw, float(pitch), float(rng.normal(0, 5)), float(rng.uniform(2.5, 12)))

    def _framing(self, rng: np.random.Generator) -> Framing:
        if rng.random() >= self.mixture.crops:
            least = 0.8 if self.mixture.standing else 0.55
            return placed(float(rng.uniform(least, 0.97)), (rng.random(), rng.random()))
        joint, zoom = (("neck", 2.2), ("pelvis", 1.35), ("left_knee", 1.2))[
            rng.choice(3, p=(0.2, 0.5, 0.3))
        ]
        return cut_below(joint, zoom * rng.uniform(0.95, 1.2), float(rng.normal(0, 0.05)))

    def _render(
        self,
        character: Character,
        posed: PosedFigure,
        camera: Camera,
        framing: Framing,
        distortion: Distortion,
    ) -> tuple[Raster, Skeleton]:
        size = (self.size, self.size)
        for chosen in (framing, placed(0.9, (0.5, 0.5))):
            raster, skeleton = render_posed(character, posed, camera, size, chosen, distortion.warp)
            if skeleton.present.sum() >= _FEWEST_JOINTS:
                break
        return raster, skeleton
