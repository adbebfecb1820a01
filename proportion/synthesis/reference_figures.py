"""Renders the reference library: well-proportioned figures of the data pack in many poses and views."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from proportion.geometry import segment_angles
from proportion.references.library import REFERENCES, Figure, FigureStyle, write_index
from proportion.references.retrieval import pose_distances
from proportion.skeleton import PARTS
from proportion.synthesis.camera import Camera
from proportion.synthesis.character import Character
from proportion.synthesis.ink import find_edges, pen
from proportion.synthesis.library import CHIBI_FAMILIES, load_characters
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.posing import Pose, PoseSampler, arms_in_head
from proportion.synthesis.raster import Raster
from proportion.synthesis.scene import render_character
from proportion.synthesis.shading import light
from proportion.synthesis.skinning import Proportions, pose_character

SIZE = (256, 256)
_CMU_CREDIT = "Pose from mocap.cs.cmu.edu; the database was created with funding from NSF EIA-0196217."
_STYLE_SHARES: tuple[tuple[FigureStyle, float], ...] = (
    ("realistic", 0.35),
    ("anime", 0.4),
    ("chibi", 0.25),
)
_ANIME_HEADS_TALL = (5.6, 7.2)
INK = np.array([0.16, 0.13, 0.2])
_SEPARATION_DEGREES = 6.0  # figures of one style closer in pose than this say the same thing
_YAWS = ((0, 15), (15, 60), (60, 120), (120, 180))
_YAW_SHARES = (0.35, 0.4, 0.15, 0.1)


@dataclass(frozen=True, eq=False)
class _Candidate:
    character: Character
    proportions: Proportions
    style: FigureStyle
    pose: Pose
    yaw: float
    camera: Camera


def build_references(data: Path, out: Path = REFERENCES, count: int = 1600, seed: int = 0) -> None:
    """Render ``count`` figures into a folder: a WebP picture each and one ``index.json``.

    Poses are drawn at random and kept if no figure of the same style stands nearly so already; the same
    seed gives the same library.

    Args:
        data: folder of the training data pack.
        out: folder to fill.
        count: figures over the three styles.
        seed: of all choices.
    """
    out.mkdir(parents=True, exist_ok=True)
    figures = []
    for figure, picture in tqdm(_figures(data, out, count, seed), total=count, unit="figure"):
        figure.picture_path.write_bytes(_webp(picture))
        figures.append(figure)
    write_index(figures, out)


def _figures(data: Path, out: Path, count: int, seed: int) -> Iterator[tuple[Figure, np.ndarray]]:
    rng = np.random.default_rng(seed)
    characters = load_characters(data)
    bank = PoseBank.load(data)
    licences = dict(zip(bank.clips, bank.licences, strict=True))
    samplers = (PoseSampler(bank.upright(30.0)), PoseSampler(bank))
    kept: dict[FigureStyle, list[np.ndarray]] = {style: [] for style, _ in _STYLE_SHARES}
    for style, share in _STYLE_SHARES:
        wanted = round(count * share)
        while len(kept[style]) < wanted:
            candidate = _draw(characters, samplers, style, rng)
            # Poses without the near duplicates of what is there; mirrored ones are found by retrieval.
            posed = pose_character(candidate.character, candidate.pose.rotations, candidate.proportions)
            if arms_in_head(posed):
                continue
            raster, skeleton = render_character(
                candidate.character,
                candidate.pose.rotations,
                proportions=candidate.proportions,
                camera=candidate.camera,
                size=SIZE,
            )
            if not skeleton.present.all():
                continue
            known = np.array(kept[style]).reshape(-1, len(PARTS))
            if pose_distances(skeleton.points, known).min(initial=np.inf) < _SEPARATION_DEGREES:
                continue
            kept[style].append(segment_angles(skeleton.points))
            picture = clean_drawing(raster)
            licence = licences[candidate.pose.clip]
            yield (
                Figure(
                    f"{style}-{len(kept[style]):04d}",
                    style,
                    skeleton,
                    heads_tall(candidate.character, candidate.proportions),
                    candidate.pose.clip,
                    candidate.yaw,
                    " ".join(
                        filter(None, (candidate.character.credit, licence == "CMU" and _CMU_CREDIT))
                    ),
                    out / f"{style}-{len(kept[style]):04d}.webp",
                ),
                cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA),
            )


def _draw(
    characters: list[Character],
    samplers: tuple[PoseSampler, PoseSampler],
    style: FigureStyle,
    rng: np.random.Generator,
) -> _Candidate:
    chibi = style == "chibi"
    members = [c for c in characters if (c.family in CHIBI_FAMILIES) == chibi]
    character = members[rng.integers(len(members))]
    pose = samplers[int(rng.random() < 0.1)].draw(rng, perturb=0)
    low, high = _YAWS[rng.choice(len(_YAWS), p=_YAW_SHARES)]
    yaw = float(rng.uniform(low, high) * rng.choice((-1, 1)))
    camera = Camera(yaw - pose.heading, float(rng.normal(3, 5)), 0.0, 9.0)
    proportions = anime_proportions(character, rng) if style == "anime" else Proportions()
    return _Candidate(character, proportions, style, pose, yaw, camera)


def anime_proportions(character: Character, rng: np.random.Generator) -> Proportions:
    """Head and limbs as anime artists draw them: 5.6 to 7.2 heads tall, slim, legs a little longer."""
    length, girth = np.ones(len(PARTS)), np.ones(len(PARTS))
    wanted = rng.uniform(*_ANIME_HEADS_TALL)
    natural = character.heads_tall
    # A larger head makes the figure taller too: heads = (natural - 1 + f) / f for a head times f.
    length[PARTS.index("head")] = np.clip((natural - 1) / (wanted - 1), 0.9, 1.5)
    for index, part in enumerate(PARTS):
        if part.endswith(("thigh", "shin")):
            length[index] = 1.05
        if part.endswith(("arm", "thigh", "shin")):
            girth[index] = 0.88
    girth[PARTS.index("torso")] = 0.92
    return Proportions(length, girth)


def clean_drawing(raster: Raster) -> np.ndarray:
    """The figure in its own colours, a little lightened, with one soft shadow and thin dark outlines.

    Returns:
        ``(H, W, 3)`` uint8 at the raster's size, on white.
    """
    colour, ink = inked(raster)
    picture = np.where(raster.mask[..., None], colour, 1.0)
    return (255 * (picture * (1 - ink[..., None]) + INK * ink[..., None])).astype(np.uint8)


def inked(raster: Raster) -> tuple[np.ndarray, np.ndarray]:
    """The two sheets of a clean drawing: ``(H, W, 3)`` colours and ``(H, W)`` ink, both in [0, 1]."""
    rng = np.random.default_rng(0)
    shade = np.where(light(raster, rng) < 0.15, 0.8, 1.0)[..., None]
    colour = (1 - 0.85 * (1 - raster.colour)) * shade
    return colour, pen(find_edges(raster), 1.3 * raster.scale, rng, uneven=0.1)


def heads_tall(character: Character, proportions: Proportions) -> float:
    """Height of the body in its own heads, standing."""
    standing = pose_character(character, np.tile(np.eye(3), (22, 1, 1)), proportions)
    crown, chin = standing.points[0, 1], standing.points[1, 1]
    return float((crown - standing.vertices[:, 1].min()) / (crown - chin))


def _webp(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=72, method=6)
    return buffer.getvalue()
