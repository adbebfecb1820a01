"""Random people from the MakeHuman base mesh: shape, hair, clothes and colours."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis import palettes
from proportion.synthesis.character import BODY_BONES, BONE_INDEX, JOINT_BONE, Character
from proportion.synthesis.layers import Layer, join_layers, plain_layer
from proportion.synthesis.makehuman_assets import (
    read_garment,
    read_obj,
    read_rig,
    read_target,
    to_triangles,
)
from proportion.synthesis.makehuman_shape import Shape
from proportion.synthesis.painted_clothes import Outfit, paint
from proportion.synthesis.poses import Split

TEST_GARMENTS: frozenset[str] = frozenset(
    {"female_elegantsuit01", "male_worksuit01", "male_casualsuit05", "ponytail01", "bob02", "shoes03"}
)
"""Outfits and hair that no training ever sees; whoever wears one is of the family ``makehuman_test``."""

_METRES = 0.1  # the files are in decimetres
_IRIS, _PUPIL = np.cos(np.deg2rad([32, 14]))  # half-angles seen from the eye's centre


class MakeHuman:
    """The base mesh with its targets, rig, hair and clothes.

    Args:
        folder: ``makehuman`` of the data pack.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        mesh = read_obj(folder / "base.obj")
        self.base = mesh.vertices
        self.rig = read_rig(folder / "rigs", mesh)
        self.body = to_triangles(mesh.quads["body"])
        self.eyes = [to_triangles(mesh.quads[f"helper-{side}-eye"]) for side in "lr"]
        lashes = [quads for name, quads in mesh.quads.items() if "eyelashes" in name]
        self.lashes = to_triangles(np.concatenate(lashes))
        self.garments = {path.stem: path for path in sorted(folder.glob("*/*/*.mhclo"))}

    def person(self, rng: np.random.Generator, split: Split = "train", bald: bool = False) -> Character:
        """A random person.

        Args:
            rng: randomness.
            split: people of the test split wear at least one of `TEST_GARMENTS`, others none.
            bald: without hair or hat, for a stylisation that gives them its own.
        """
        shape = Shape.random(rng)
        base = self._shaped(shape)
        worn = self._choose(shape, rng, split, bald)
        hidden, layers = np.zeros(len(base), bool), []
        for name in worn:
            garment = read_garment(self.garments[name])
            hidden[garment.hides] = True
            layers.append(self._garment(name, base, rng))
        joints = np.array([base[self.rig.cubes[bone]].mean(0) for bone in BODY_BONES]) * _METRES
        dressed = any("suit" in name for name in worn)
        body = self._body(base * _METRES, joints, hidden, dressed, rng)
        mesh = join_layers([*body, *layers])
        return Character(
            name=f"makehuman/{'+'.join(worn) or 'bare'}-{rng.integers(1 << 30):08x}",
            family="makehuman_test" if split == "test" else "makehuman",
            joints=joints,
            landmarks=self._landmarks(base * _METRES, joints, mesh),
            **mesh,
        )

    def _shaped(self, shape: Shape) -> np.ndarray:
        """``(V, 3)`` base vertices in decimetres with a shape's targets added."""
        vertices = self.base.copy()
        for name, weight in shape.targets().items():
            index, offset = read_target(self.folder / "targets" / f"{name}.target.gz")
            vertices[index] += weight * offset
        return vertices

    def _choose(self, shape: Shape, rng: np.random.Generator, split: Split, bald: bool) -> list[str]:
        """Names of a suit, shoes, hair and a hat, each optional."""
        sex = "female" if shape.female > 0.5 else "male"
        free = [name for name in self.garments if name not in TEST_GARMENTS]

        def pick(kind: str, chance: float) -> list[str]:
            names = [name for name in free if kind in self.garments[name].parent.as_posix()]
            return [str(rng.choice(names))] if rng.random() < chance else []

        suit = pick(f"clothes/{sex}_", 0.7)
        shoes = pick("clothes/shoes", 0.9 if suit else 0.3)
        hair = [] if bald else pick("makehuman/hair/", 0.9)
        hat = [] if bald else pick("clothes/fedora", 0.06)
        if split == "test":
            suits = [n for n in sorted(TEST_GARMENTS) if n.startswith(sex)]
            if rng.random() < 0.6 or bald:
                suit, shoes = [str(rng.choice(suits))], ["shoes03"]
            else:
                hair = [str(rng.choice(["ponytail01", "bob02"]))]
        return suit + shoes + hair + hat

    def _garment(self, name: str, base: np.ndarray, rng: np.random.Generator) -> Layer:
        """A fitted garment; its large pieces (jacket, trousers) differ in colour."""
        garment = read_garment(self.garments[name])
        kind = "Hair" if "/hair/" in self.garments[name].as_posix() else "Clothes"
        pieces = np.minimum(garment.pieces, 0 if kind == "Hair" else 3)
        if name.startswith("shoes"):  # pieces come in pairs, left and right
            pieces = pieces // 2
        tone = "natural" if kind == "Hair" and rng.random() < 0.6 else None
        colours = np.array([palettes.colour(rng, tone) for _ in range(pieces.max() + 1)])
        return Layer(
            garment.fit(base) * _METRES,
            garment.weights(self.rig.weights),
            garment.triangles,
            pieces,
            tuple(f"{kind} {name} {piece}" for piece in range(len(colours))),
            colours,
        )

    def _body(
        self,
        vertices: np.ndarray,
        joints: np.ndarray,
        hidden: np.ndarray,
        dressed: bool,
        rng: np.random.Generator,
    ) -> list[Layer]:
        """Skin (painted with clothes where nothing is worn), eyes and lashes, in metres."""
        weights = self.rig.weights
        shown = self.body[~hidden[self.body].all(1)]
        skin = palettes.skin(rng)
        if dressed:
            body = plain_layer(vertices, weights, shown, "Skin", skin)
        else:
            middle, share = vertices[shown].mean(1), weights[shown].mean(1)
            painted = paint(middle, share, joints, Outfit.random(rng), skin, rng)
            body = Layer(vertices, weights, shown, *painted)
        iris = palettes.colour(rng)
        eyes = [self._eye(vertices, ball, iris) for ball in self.eyes]
        lashes = plain_layer(vertices, weights, self.lashes, "Lashes", np.full(3, 0.08))
        return [body, *eyes, lashes]

    def _eye(self, vertices: np.ndarray, ball: np.ndarray, iris: np.ndarray) -> Layer:
        centre = vertices[np.unique(ball)].mean(0)
        towards = vertices[ball].mean(1) - centre
        ahead = towards[:, 2] / np.linalg.norm(towards, axis=1)
        colours = np.array([(0.97, 0.97, 0.97), iris, (0.05, 0.05, 0.05)])
        material = (ahead > _IRIS).astype(int) + (ahead > _PUPIL)
        return Layer(vertices, self.rig.weights, ball, material, ("White", "Iris", "Pupil"), colours)

    def _landmarks(self, vertices: np.ndarray, joints: np.ndarray, mesh: dict) -> np.ndarray:
        """``(18, 3)``: crown and chin of the bare head, fingertips, toe tips of what is worn."""
        landmarks = joints[JOINT_BONE].copy()
        head = vertices[np.unique(self.body)]
        weight = self.rig.weights[np.unique(self.body), BONE_INDEX["head"]]
        head = head[(weight > 0.5) & (np.abs(head[:, 0]) < 0.02)]
        top, front = head[:, 1].max(), head[:, 2].max()
        back = head[:, 2].min()
        face = head[head[:, 2] > front - 0.28 * (front - back)]
        landmarks[JOINT_INDEX["head_top"]] = (0, top, head[head[:, 1].argmax(), 2])
        landmarks[JOINT_INDEX["chin"]] = face[face[:, 1].argmin()]
        for side, cube in zip(("left", "right"), self.rig.fingertips, strict=True):
            landmarks[JOINT_INDEX[f"{side}_hand"]] = vertices[cube].mean(0)
            foot = [BONE_INDEX[f"{side}{name}"] for name in ("Foot", "Toes")]
            points = mesh["vertices"][mesh["weights"][:, foot].sum(1) > 0.5]
            tip = points[points[:, 2] > points[:, 2].max() - 0.01].mean(0)
            landmarks[JOINT_INDEX[f"{side}_toe"]] = tip
        return landmarks


@lru_cache(maxsize=2)
def load_makehuman(data: Path) -> MakeHuman:
    """The MakeHuman of a data pack, read once a process."""
    return MakeHuman(data / "makehuman")
