"""Characters in poses of the bank before a camera, as drawings show them; no mesh is touched yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans

from proportion.references.library import FigureStyle
from proportion.references.retrieval import directions
from proportion.skeleton import MIRROR_INDEX, PARTS
from proportion.synthesis.camera import Camera, look, random_yaw
from proportion.synthesis.character import Character
from proportion.synthesis.library import CHIBI_FAMILIES
from proportion.synthesis.poses import PoseBank
from proportion.synthesis.posing import Pose, PoseSampler, arms_in_head, standing
from proportion.synthesis.skinning import Proportions, posed_points

_ANIME_HEADS_TALL = (5.6, 7.2)
_TILTED = 0.12  # share of the poses of any tilt: falling, lying, head down
_UPRIGHT_DEGREES = 35.0
_FRONTAL_DEGREES = 60.0
_ROUNDS = 10  # of k-means, which hardly moves after them


@dataclass(frozen=True, eq=False)
class PosedView:
    """One figure as a camera sees it.

    Attributes:
        character: who.
        proportions: factors on its parts.
        style: kind of proportions.
        pose: how it stands.
        yaw: degrees that the body is turned to the viewer's right; 0 is the front.
        camera: where from.
        points: ``(18, 2)`` its joints in the picture plane, y down, in metres.
    """

    character: Character
    proportions: Proportions
    style: FigureStyle
    pose: Pose
    yaw: float
    camera: Camera
    points: np.ndarray


class ViewSampler:
    """Draws posed views.

    Args:
        characters: who may be drawn.
        bank: their poses, every clip about equally often.
        only_standing: standing poses from the front to three-quarter views; else what drawings show:
            mostly upright poses, mostly frontal views.
    """

    def __init__(
        self, characters: Sequence[Character], bank: PoseBank, only_standing: bool = False
    ) -> None:
        self.only_standing = only_standing
        self._chibi = [c for c in characters if c.family in CHIBI_FAMILIES]
        self._others = [c for c in characters if c.family not in CHIBI_FAMILIES]
        upright = standing(bank) if only_standing else bank.upright(_UPRIGHT_DEGREES)
        self._upright, self._tilted = PoseSampler(upright), PoseSampler(bank)

    def draw(self, style: FigureStyle, rng: np.random.Generator) -> PosedView:
        """One view; arms that would run into the head are drawn again."""
        members = self._chibi if style == "chibi" else self._others
        character = members[rng.integers(len(members))]
        proportions = anime_proportions(character, rng) if style == "anime" else Proportions()
        while True:
            tilted = not self.only_standing and rng.random() < _TILTED
            pose = (self._tilted if tilted else self._upright).draw(rng, perturb=0)
            joints = posed_points(character, pose.rotations, proportions)
            if not arms_in_head(joints):
                break
        yaw = rng.uniform(-1, 1) * _FRONTAL_DEGREES if self.only_standing else random_yaw(rng)
        camera = Camera(yaw - pose.heading, float(rng.normal(3, 5)), 0.0, 9.0)
        middle = (joints.min(0) + joints.max(0)) / 2
        points = look(joints, camera, middle, character.height).xy
        return PosedView(character, proportions, style, pose, float(yaw), camera, points)


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


def choose_representative(views: Sequence[PosedView], count: int, seed: int) -> list[PosedView]:
    """The views that stand nearest to the centres of k-means over bone directions.

    Views to the left count as their mirror images, since retrieval finds mirrored figures too.
    """
    points = np.array([view.points for view in views])
    left = np.array([view.yaw < 0 for view in views])
    points[left] = points[left][:, MIRROR_INDEX] * (-1, 1)
    spread = directions(points).reshape(len(views), -1).astype(np.float32)
    centres = KMeans(count, init="random", n_init=1, max_iter=_ROUNDS, random_state=seed).fit(spread)
    nearest = centres.transform(spread).argmin(0)
    return [views[index] for index in np.unique(nearest)]
