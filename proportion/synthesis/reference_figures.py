"""Renders the reference library: well-proportioned figures of the data pack in many poses and views."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from proportion.references.library import REFERENCES, Figure, FigureStyle, write_index
from proportion.synthesis.character import Character
from proportion.synthesis.ink import find_edges, pen
from proportion.synthesis.library import load_characters
from proportion.synthesis.posed_views import PosedView, ViewSampler, choose_representative
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.raster import Raster
from proportion.synthesis.scene import render_character
from proportion.synthesis.shading import light
from proportion.synthesis.skinning import Proportions, pose_character

SIZE = (256, 256)
INK = np.array([0.16, 0.13, 0.2])
_CMU_CREDIT = "Pose from mocap.cs.cmu.edu; the database was created with funding from NSF EIA-0196217."
_STYLE_SHARES: dict[FigureStyle, float] = {"realistic": 0.35, "anime": 0.4, "chibi": 0.25}
_STANDING = 0.3  # share of standing figures, which beginners draw most
_CANDIDATES = 8  # views for each figure of the library
_MOST_HIDDEN = 9  # joints; chibi bodies swallow their limbs when they crouch


def build_references(data: Path, out: Path = REFERENCES, count: int = 3600, seed: int = 0) -> None:
    """Render about ``count`` figures into a folder: a WebP picture each and one ``index.json``.

    They are chosen from many times as many views so that whatever pose is drawn finds one near; figures
    that hide most of themselves are left out. The same seed gives the same library.

    Args:
        data: folder of the training data pack.
        out: folder to fill; pictures that are there already are replaced when all others are rendered.
        count: figures over the three styles.
        seed: of all choices.
    """
    bank = PoseBank.load(data)
    licences = dict(zip(bank.clips, bank.licences, strict=True))
    views = representative_views(load_characters(data), bank, count, seed)
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out, prefix=".unfinished-") as name:
        rendered = Path(name)
        write_index(_figures(tqdm(views, unit="figure"), licences, rendered), rendered)
        for picture in out.glob("*.webp"):
            picture.unlink()
        for file in rendered.iterdir():
            file.replace(out / file.name)


def representative_views(
    characters: list[Character], bank: PoseBank, count: int, seed: int
) -> list[PosedView]:
    """What the library shows, before it is rendered."""
    rng = np.random.default_rng(seed)
    samplers = ViewSampler(characters, bank), ViewSampler(characters, bank, only_standing=True)
    styles = rng.choice(list(_STYLE_SHARES), count * _CANDIDATES, p=list(_STYLE_SHARES.values()))
    views = [samplers[int(rng.random() < _STANDING)].draw(style, rng) for style in styles]
    return choose_representative(views, count, seed)


def _figures(views: Iterator[PosedView], licences: dict[str, str], out: Path) -> Iterator[Figure]:
    """Render each view; its picture is written before the figure is given."""
    numbers: Counter[FigureStyle] = Counter()
    for view in views:
        raster, skeleton = render_character(
            view.character,
            view.pose.rotations,
            proportions=view.proportions,
            camera=view.camera,
            size=SIZE,
        )
        if not skeleton.present.all() or skeleton.states.count("guessed") > _MOST_HIDDEN:
            continue
        numbers[view.style] += 1
        name = f"{view.style}-{numbers[view.style]:04d}"
        picture = cv2.resize(clean_drawing(raster), SIZE, interpolation=cv2.INTER_AREA)
        path = out / f"{name}.webp"
        path.write_bytes(_webp(picture))
        credits = view.character.credit, licences[view.pose.clip] == "CMU" and _CMU_CREDIT
        yield Figure(
            name,
            view.style,
            skeleton,
            heads_tall(view.character, view.proportions),
            view.pose.clip,
            view.yaw,
            " ".join(filter(None, credits)),
            path,
        )


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
