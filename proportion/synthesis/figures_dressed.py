"""Figures with flesh and clothes, drawn flat: line people, clip art, chibi, tube people, mannequins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.synthesis import palettes
from proportion.synthesis.bodies2d import Body
from proportion.synthesis.brush import Canvas, closed_spline, ellipse, spline, tube
from proportion.synthesis.faces import Head, draw_face
from proportion.synthesis.hair import HAIR, hair_behind, hair_over

GROUPS = ("torso", "head", "left_arm", "right_arm", "left_leg", "right_leg")
"""What hides what: groups of `Canvas.owner`, counted from 1."""


@dataclass(frozen=True, eq=False)
class Look:
    """How a dressed figure is drawn.

    Attributes:
        ink: colour of the lines, or None for none.
        line: their width in pixels.
        skin, top, bottom, shoes, hair: colours.
        girth: half width of the upper arm in statures; everything else follows it.
        sleeve: how far down the arm the top reaches, 0 to 1; trouser: the same for the leg.
        loose: width of the clothes as a share of that of the limbs, at the limb's root and end.
        shoe: size of the shoes against the girth.
        garment: ``shirt``, ``coat``, ``skirt``, ``dress`` or ``none``.
        face: one of `faces.FACES`, or None.
        hair_kind: one of `hair.HAIR`.
        roundness: width of the head as a share of its height.
        smooth: limbs bend like rubber instead of at their joints.
    """

    ink: np.ndarray | None
    line: float
    skin: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    shoes: np.ndarray
    hair: np.ndarray
    girth: float
    sleeve: float
    trouser: float
    loose: tuple[float, float]
    shoe: float
    garment: str
    face: str | None
    hair_kind: str
    roundness: float
    smooth: bool


def _two_tone(rng: np.random.Generator) -> np.ndarray:
    """Black, white or, rarely, one colour: ink drawings."""
    chance = rng.random()
    return (
        np.zeros(3) if chance < 0.4 else np.ones(3) if chance < 0.85 else palettes.colour(rng, "pastel")
    )


def choose_look(kind: str, stature: float, rng: np.random.Generator) -> Look:
    """A random look of a kind: ``peep``, ``clipart``, ``chibi``, ``tube`` or ``mannequin``."""
    line = (
        stature
        * {"peep": 0.0065, "clipart": 0.004, "chibi": 0.006, "tube": 0.012, "mannequin": 0.004}[kind]
    )
    line *= np.exp(rng.normal(0, 0.35))
    tone = str(
        rng.choice(["saturated", "pastel", "natural", "dark", "grey"], p=[0.3, 0.2, 0.25, 0.15, 0.1])
    )
    ink: np.ndarray | None = np.full(3, rng.uniform(0, 0.2))
    skin, face, hair_kind = palettes.skin(rng), "cartoon", str(rng.choice(HAIR))
    top, bottom, shoes, hair = (palettes.colour(rng, tone) for _ in range(4))
    girth, garment = (
        rng.uniform(0.026, 0.042),
        str(rng.choice(["shirt", "coat", "skirt", "dress"], p=[0.5, 0.16, 0.18, 0.16])),
    )
    if kind == "clipart" and rng.random() < 0.4:
        ink = None
    if kind == "peep" or (kind == "chibi" and rng.random() < 0.25):
        skin, face = np.ones(3), "line" if kind == "peep" else "anime"
        top, bottom, shoes, hair = (_two_tone(rng) for _ in range(4))
        girth = rng.uniform(0.03, 0.05)
    if kind == "chibi":
        face, girth = str(rng.choice(["anime", "anime", "line", "cartoon"])), rng.uniform(0.03, 0.05)
    if kind in ("tube", "mannequin"):
        one = np.ones(3) if rng.random() < 0.5 else palettes.colour(rng)
        one = (
            np.array([0.85, 0.66, 0.42]) * rng.uniform(0.7, 1.15)
            if kind == "mannequin" and rng.random() < 0.7
            else one
        )
        skin = top = bottom = shoes = hair = np.clip(one, 0, 1)
        face, hair_kind, garment = (None if rng.random() < 0.7 else "line"), "bald", "none"
        girth = rng.uniform(0.025, 0.06)
    return Look(
        ink, line, skin, top, bottom, shoes, hair, girth,
        sleeve=float(rng.choice([0.0, rng.uniform(0.2, 0.45), 0.97], p=[0.12, 0.33, 0.55])),
        trouser=float(rng.choice([rng.uniform(0.15, 0.5), 0.97], p=[0.3, 0.7])),
        loose=(rng.uniform(1.05, 1.3), rng.uniform(1.0, 1.9)),
        shoe=rng.uniform(0.85, 1.45),
        garment=garment, face=face, hair_kind=hair_kind,
        roundness=rng.uniform(0.68, 0.85) if kind != "chibi" else rng.uniform(0.85, 1.15),
        smooth=rng.random() < 0.6,
    )  # fmt: skip


def _fractions(path: np.ndarray, share: float, steps: int = 7) -> np.ndarray:
    """The first `share` of a path by length, resampled."""
    pieces = np.linalg.norm(np.diff(path, axis=0), axis=1)
    travelled = np.concatenate([[0], np.cumsum(pieces)])
    where = np.linspace(0, share * travelled[-1], steps)
    return np.stack([np.interp(where, travelled, path[:, axis]) for axis in (0, 1)], 1)


class DressedFigure:
    """Draws one body in one look onto a canvas, from what is far to what is near."""

    def __init__(self, canvas: Canvas, body: Body, look: Look) -> None:
        self.canvas, self.body, self.look = canvas, body, look
        self.girth = look.girth * body.stature

    def draw(self) -> None:
        """Draw everything."""
        body, look, canvas = self.body, self.look, self.canvas
        head = Head.between(body.point("head_top"), body.point("chin"), body.yaw, look.roundness)
        torso = body.depth_of("neck", "pelvis")
        arms = {
            s: body.depth_of(f"{s}_elbow", f"{s}_wrist", f"{s}_hand") - torso for s in ("left", "right")
        }
        legs = sorted(
            ("left", "right"), key=lambda s: body.depth_of(f"{s}_knee", f"{s}_ankle", f"{s}_hip")
        )
        from_behind = not head.faces_viewer
        canvas.group = GROUPS.index("head") + 1
        if not from_behind:
            hair_behind(canvas, head, look.hair_kind, look.hair, look.ink, look.line)
        for side in sorted(arms, key=arms.get):
            if arms[side] < 0:
                self._arm(side)
        for side in legs:
            self._leg(side)
        self._torso()
        self._head(head)
        if from_behind:
            hair_behind(canvas, head, look.hair_kind, look.hair, look.ink, look.line)
        for side in sorted(arms, key=arms.get):
            if arms[side] >= 0:
                self._arm(side)

    def _path(self, side: str, names: tuple[str, ...]) -> np.ndarray:
        return np.stack([self.body.point(f"{side}_{name}") for name in names])

    def _limb(self, path: np.ndarray, radii: list[float], colour: np.ndarray) -> None:
        self.canvas.shape(tube(path, radii, 6, self.look.smooth), colour, self.look.ink, self.look.line)

    def _clothed(
        self, path: np.ndarray, radii: np.ndarray, share: float, cloth: np.ndarray, inward: np.ndarray
    ) -> None:
        """A limb of skin, its first `share` under cloth that is open towards the point `inward`."""
        look = self.look
        self._limb(path, list(radii), look.skin)
        dressed = share > 0.05
        if dressed:
            bent = spline(path, 6) if look.smooth else path
            covered = _fractions(bent, share)
            where = np.linspace(0, 2 * share, len(covered))
            width = np.interp(where, [0, 1, 2], radii) * np.interp(where, [0, 2], look.loose)
            self._limb(covered, list(width), cloth)
            if look.ink is not None and share > 0.6:
                self._folds(path, radii)
        back = inward - path[0]
        root = path[0] + 0.3 * self.girth * back / (np.linalg.norm(back) + 1e-6)
        patch = max(radii[0] * (look.loose[0] if dressed else 1) - 1.2 * look.line, 1)
        self.canvas.shape(ellipse(root, (patch, patch)), cloth if dressed else look.skin, None)

    def _folds(self, path: np.ndarray, radii: np.ndarray) -> None:
        """A few short creases inside the bend of a limb."""
        rng = self.canvas.rng
        inside = path[0] + path[2] - 2 * path[1]
        bend = inside / (np.linalg.norm(inside) + 1e-6)
        along = (path[2] - path[0]) / (np.linalg.norm(path[2] - path[0]) + 1e-6)
        for _ in range(rng.integers(0, 4)):
            start = path[1] + radii[1] * (0.9 * bend + rng.uniform(-1, 1) * along)
            step = radii[1] * (-rng.uniform(0.4, 1.2) * bend + rng.uniform(-0.5, 0.5) * along)
            self.canvas.line(np.stack([start, start + step]), self.look.ink, self.look.line * 0.7)

    def _arm(self, side: str) -> None:
        look, girth = self.look, self.girth
        self.canvas.group = GROUPS.index(f"{side}_arm") + 1
        path = self._path(side, ("shoulder", "elbow", "wrist"))
        path[0] += min(0.25, 0.6 * girth / (np.linalg.norm(path[1] - path[0]) + 1e-6)) * (
            path[1] - path[0]
        )
        self._hand(path[-1], self.body.point(f"{side}_hand"))
        radii = np.array([0.88, 0.82, 0.6]) * girth
        bare = look.garment == "none"
        self._clothed(path, radii, 0 if bare else look.sleeve, look.top, self._chest())

    def _chest(self) -> np.ndarray:
        return 0.75 * self.body.point("neck") + 0.25 * self.body.point("pelvis")

    def _hand(self, wrist: np.ndarray, tip: np.ndarray) -> None:
        look, rng = self.look, self.canvas.rng
        reach = tip - wrist
        palm, width = wrist + 0.5 * reach, 0.62 * self.girth
        length = float(np.linalg.norm(reach))
        if rng.random() < 0.5 and length > 3 * look.line:
            for degrees in (-22, -7, 8, 24):
                turn = np.deg2rad(degrees)
                way = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ reach
                finger = np.stack([wrist + 0.4 * way, wrist + way])
                self._limb(finger, [0.2 * width, 0.16 * width], look.skin)
        else:
            self._limb(np.stack([palm, tip]), [0.8 * width, 0.5 * width], look.skin)
        thumb_way = np.array([reach[1], -reach[0]]) * rng.choice((-1, 1))
        self._limb(
            np.stack([wrist + 0.2 * reach, palm + 0.35 * thumb_way]),
            [0.35 * width, 0.22 * width],
            look.skin,
        )
        self._limb(np.stack([wrist, palm]), [0.75 * width, width], look.skin)

    def _leg(self, side: str) -> None:
        look, girth = self.look, self.girth
        self.canvas.group = GROUPS.index(f"{side}_leg") + 1
        path = self._path(side, ("hip", "knee", "ankle"))
        toe = self.body.point(f"{side}_toe")
        reach = toe - path[-1]
        heel = path[-1] - 0.22 * reach
        drop = np.array([0, 0.35 * girth])
        foot = np.stack([heel + drop, path[-1] + 0.5 * reach + drop * 0.8, toe - 0.12 * reach])
        self._limb(foot, list(np.array([0.62, 0.72, 0.5]) * girth * look.shoe), look.shoes)
        radii = np.array([1.65, 1.15, 0.72]) * girth
        bare = look.garment in ("none", "dress")
        share = 0 if bare else min(look.trouser, 0.45) if look.garment == "skirt" else look.trouser
        self._clothed(path, radii, share, look.bottom, self.body.point("pelvis"))

    def _frame(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
        """Neck, pelvis, unit vector to the picture's right, half widths of chest and hips."""
        body = self.body
        neck, pelvis = body.point("neck"), body.point("pelvis")
        down = (pelvis - neck) / max(np.linalg.norm(pelvis - neck), 1e-6)
        right = np.array([down[1], -down[0]])
        spread = abs((body.point("left_shoulder") - body.point("right_shoulder")) @ right) / 2
        hips = abs((body.point("left_hip") - body.point("right_hip")) @ right) / 2
        chest = max(spread + 0.75 * self.girth, 0.36 * body.length("shoulder_width") + self.girth)
        return neck, pelvis, right, chest, max(hips + 1.55 * self.girth, 1.9 * self.girth)

    def _torso(self) -> None:
        look, canvas, body, girth = self.look, self.canvas, self.body, self.girth
        canvas.group = GROUPS.index("torso") + 1
        neck, pelvis, right, chest, hips = self._frame()
        along = pelvis - neck
        waist = canvas.rng.uniform(0.72, 1.0)
        chin = body.point("chin")
        throat = np.stack([neck + 0.05 * along, chin + 0.15 * (chin - neck)])
        self._limb(throat, [0.95 * girth, 0.8 * girth], look.skin)
        below = 0.06 if look.garment != "coat" else canvas.rng.uniform(0.2, 0.6)
        slope = canvas.rng.uniform(0.0, 0.12)
        corners = [(-slope, 0.3 * chest), (0.02, chest - 0.7 * girth), (0.25, chest * 0.94)]
        corners += [(0.6, waist * (chest + hips) / 2), (0.9, hips), (1.0 + below, hips * (1.05 + below))]
        sides = [neck + share * along + half * right for share, half in corners]
        other = [neck + share * along - half * right for share, half in corners]
        if look.garment in ("shirt", "skirt"):
            self._pelvis(pelvis, along, right, hips)
        canvas.shape(closed_spline(np.array([*sides, *other[::-1]]), 4), look.top, look.ink, look.line)
        if look.garment in ("skirt", "dress"):
            self._skirt(neck, along, right, waist * (chest + hips) / 2, hips)
        if look.garment != "none":
            self._details(neck, along, right, chest)

    def _pelvis(self, pelvis: np.ndarray, along: np.ndarray, right: np.ndarray, hips: float) -> None:
        box = [(-0.3, -0.95), (-0.3, 0.95), (0.05, 0.98), (0.16, 0.3), (0.16, -0.3), (0.05, -0.98)]
        corners = [pelvis + share * along + half * hips * right for share, half in box]
        self.canvas.shape(np.array(corners), self.look.bottom, None)

    def _skirt(
        self, neck: np.ndarray, along: np.ndarray, right: np.ndarray, waist: float, hips: float
    ) -> None:
        body, look, rng = self.body, self.look, self.canvas.rng
        share, flare = rng.uniform(0.35, 1.0), rng.uniform(1.1, 2.0)
        hem = [
            body.point(f"{s}_hip") + share * (body.point(f"{s}_knee") - body.point(f"{s}_hip"))
            for s in ("left", "right")
        ]
        hem.sort(key=lambda point: point @ right)
        start = neck + rng.uniform(0.55, 0.8) * along
        corners = [start - waist * right, start + waist * right, hem[1] + flare * hips * 0.6 * right]
        corners += [(hem[0] + hem[1]) / 2 + 0.05 * along, hem[0] - flare * hips * 0.6 * right]
        colour = look.bottom if look.garment == "skirt" else look.top
        self.canvas.shape(np.array(corners), colour, look.ink, look.line)
        for _ in range(rng.integers(0, 4) if look.ink is not None else 0):
            t = rng.uniform(-0.7, 0.7)
            top, low = start + t * waist * right, (hem[0] + hem[1]) / 2 + t * flare * hips * right
            self.canvas.line(np.stack([top + 0.3 * (low - top), low]), look.ink, look.line * 0.7)

    def _details(self, neck: np.ndarray, along: np.ndarray, right: np.ndarray, chest: float) -> None:
        """Collar, lapels, tie, buttons, belt, pockets or a pattern."""
        canvas, look, rng = self.canvas, self.look, self.canvas.rng
        facing = np.cos(np.deg2rad(self.body.yaw))
        if facing < 0.2:
            return
        middle = neck + 0.8 * np.sin(np.deg2rad(self.body.yaw)) * chest * right
        ink = look.ink if look.ink is not None else look.top * 0.5
        ink = 1 - ink if np.abs(look.top - ink).max() < 0.25 else ink

        def at(side: float, down: float) -> np.ndarray:
            return middle + side * chest * facing * right + down * along

        for detail in rng.choice(
            ["neckline", "lapels", "buttons", "belt", "dots", "stripes"], rng.integers(0, 3), False
        ):
            if detail == "neckline":
                canvas.shape(
                    spline(
                        np.array([at(-0.35, -0.01), at(0, rng.uniform(0.08, 0.3)), at(0.35, -0.01)]), 4
                    ),
                    look.skin,
                    ink,
                    look.line,
                )
            elif detail == "lapels":
                canvas.shape(
                    np.array([at(-0.25, 0), at(0.25, 0), at(0, 0.45)]),
                    palettes.colour(rng) if look.ink is None else np.ones(3),
                    ink,
                    look.line,
                )
                canvas.shape(
                    np.array(
                        [at(-0.05, 0.03), at(0.05, 0.03), at(0.08, 0.35), at(0, 0.43), at(-0.08, 0.35)]
                    ),
                    palettes.colour(rng),
                    ink,
                    look.line,
                )
                canvas.line(np.array([at(0, 0.45), at(0, 1.0)]), ink, look.line)
            elif detail == "buttons":
                for down in np.linspace(0.2, 0.85, int(rng.integers(3, 6))):
                    canvas.shape(ellipse(at(0, down), (look.line * 1.2, look.line * 1.2)), ink, None)
            elif detail == "belt":
                canvas.line(
                    np.array([neck + 0.85 * along + side * 0.9 * chest * right for side in (-1, 1)]),
                    ink,
                    look.line * 3,
                )
            elif detail == "dots":
                for side in np.linspace(-0.7, 0.7, 4):
                    for down in np.linspace(0.1, 0.9, 5):
                        canvas.shape(ellipse(at(side, down), (0.07 * chest, 0.07 * chest)), ink, None)
            else:
                for down in np.linspace(0.15, 0.9, int(rng.integers(3, 7))):
                    canvas.line(
                        np.array([at(-0.8, down), at(0, down + 0.02), at(0.8, down)]), ink, look.line
                    )

    def _head(self, head: Head) -> None:
        look, canvas = self.look, self.canvas
        canvas.group = GROUPS.index("head") + 1
        cheek, jaw = canvas.rng.uniform(0.75, 1.0), canvas.rng.uniform(0.25, 0.6)
        push = 0.18 * np.sin(np.deg2rad(head.yaw))
        half = [(0, -1.0), (jaw * 0.8, -0.9), (cheek, -0.35), (1.0, 0.2), (0.8, 0.75), (0, 1.0)]
        outline = half + [(-x, y) for x, y in half[-2:0:-1]]
        shifted = [(x + push * (-1 if y > -0.2 else 1), y) for x, y in outline]
        canvas.shape(closed_spline(head.at(*np.array(shifted).T), 5), look.skin, look.ink, look.line)
        ink = look.ink if look.ink is not None else np.full(3, 0.1)
        if look.face is not None:
            draw_face(canvas, head, look.face, ink, look.line * 0.8)
        hair_over(canvas, head, look.hair_kind, look.hair, look.ink, look.line)
