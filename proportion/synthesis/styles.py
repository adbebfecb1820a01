"""Drawing styles: a G-buffer becomes a picture as a hand would draw it, on white."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numba import njit

from proportion.synthesis import palettes, shading
from proportion.synthesis.ink import Edges, add_folds, find_edges, pen, sketch_strokes, wobbly_pen
from proportion.synthesis.raster import Raster
from proportion.synthesis.texture import grain, smooth_noise, warp

_MARGIN = 24
_PALE = 0.82  # mean lightness


@dataclass(eq=False)
class _Sheet:
    """What a style draws from: the raster near the figure; lines and colours are made on demand."""

    raster: Raster
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        return self.raster.part.shape

    @cached_property
    def edges(self) -> Edges:
        rng = self.rng
        edges = find_edges(
            self.raster,
            depth_jump=rng.uniform(0.015, 0.04),
            crease_degrees=rng.choice([35, 50, 70, 180]),
            part_lines=rng.random() < 0.1,
        )
        return add_folds(edges, self.raster.mask, rng) if rng.random() < 0.25 else edges

    @cached_property
    def albedo(self) -> np.ndarray:
        albedo = palettes.recolour(self.raster.colour, self.raster.material, self.rng)
        return self._patterned(albedo) if self.rng.random() < 0.2 else albedo

    def _patterned(self, albedo: np.ndarray) -> np.ndarray:
        """One material gets stripes, checks or dots in another colour."""
        rng, material = self.rng, self.raster.material
        ids = np.unique(material[::4, ::4])
        where = (material == ids[rng.integers(len(ids))]) & self.raster.mask
        paint = shading.screentone if rng.random() < 0.4 else shading.hatching
        share = where.astype(np.float32) * np.float32(rng.uniform(0.3, 0.8))
        cover = paint(share, self.raster.scale * rng.uniform(4, 14), rng)[..., None]
        return albedo + cover * (palettes.colour(rng).astype(np.float32) - albedo)

    @cached_property
    def light(self) -> np.ndarray:
        return shading.light(self.raster, self.rng)

    def dark(self, reach: float) -> np.ndarray:
        """``(H, W)`` darkness in [0, 1] inside the figure: shadow, and dark colours by their share."""
        lightness = cv2.cvtColor(self.albedo, cv2.COLOR_RGB2GRAY)
        share = self.rng.uniform(0, 0.9)
        dark = np.maximum(reach - self.light, share * (0.75 - lightness) * 1.6)
        return np.clip(dark, 0, 1) * self.raster.mask

    def line_width(self) -> float:
        """Of the outline in pixels of the raster: fine pens are common, brushes rare."""
        return float(self.raster.scale * np.exp(self.rng.normal(np.log(1.5), 0.45)))

    def lines(self) -> np.ndarray:
        """Coverage of ink lines, by a steady or an unsteady hand."""
        width, rng = self.line_width(), self.rng
        if rng.random() < 0.8:
            gaps = rng.uniform(0, 1.6) if rng.random() < 0.25 else 0
            return pen(self.edges, width, rng, uneven=rng.uniform(0, 0.5), gaps=gaps)
        return wobbly_pen(self.edges, width, 1, rng)


@njit(cache=True)
def _compose(albedo, mask, tone, shadow, ink, ink_colour, out):
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            for c in range(3):
                value = np.float32(1.0)
                if mask[y, x]:
                    depth = (1 - tone[y, x]) * shadow[c]
                    value = albedo[y, x, c] * (1 - depth)
                value += ink[y, x] * (ink_colour[c] - value)
                out[y, x, c] = min(max(value, 0.0), 1.0) * 255


def _composed(
    sheet: _Sheet, albedo: np.ndarray, tone: np.ndarray, ink: np.ndarray, ink_colour: np.ndarray
) -> np.ndarray:
    """Colour times tone, with shadows of a tinge of their own, under ink."""
    shadow = np.clip(sheet.rng.normal(1, 0.15, 3), 0.6, 1.3).astype(np.float32)
    out = np.empty((*sheet.shape, 3), np.uint8)
    _compose(
        albedo,
        sheet.raster.mask,
        tone,
        shadow,
        ink.astype(np.float32),
        ink_colour.astype(np.float32),
        out,
    )
    return out


def _ink_colour(rng: np.random.Generator) -> np.ndarray:
    """Mostly black, else a dark or a free colour (coloured pencils, ball pens)."""
    chance = rng.random()
    if chance < 0.6:
        return np.full(3, rng.uniform(0, 0.15))
    return (
        palettes.colour(rng, "dark") * 0.6 if chance < 0.9 else palettes.colour(rng, "saturated") * 0.8
    )


def _ones(sheet: _Sheet) -> np.ndarray:
    return np.ones(sheet.shape, np.float32)


def _none(sheet: _Sheet) -> np.ndarray:
    return np.zeros(sheet.shape, np.float32)


def _white(sheet: _Sheet) -> np.ndarray:
    return np.ones((*sheet.shape, 3), np.float32)


def _pale(sheet: _Sheet) -> bool:
    """Whether white paper would hide the figure if nothing outlined it."""
    return bool(sheet.albedo[sheet.raster.mask].mean() > _PALE)


def _flat(sheet: _Sheet) -> np.ndarray:
    ink = sheet.lines() if sheet.rng.random() < 0.75 or _pale(sheet) else _none(sheet)
    return _composed(sheet, sheet.albedo, _ones(sheet), ink, _ink_colour(sheet.rng))


def _cel(sheet: _Sheet) -> np.ndarray:
    tone = shading.cel_tone(sheet.light, sheet.rng)
    ink = sheet.lines() if sheet.rng.random() < 0.92 else _none(sheet)
    return _composed(sheet, sheet.albedo, tone, ink, _ink_colour(sheet.rng))


def _soft(sheet: _Sheet) -> np.ndarray:
    tone = shading.soft_tone(sheet.light, sheet.rng)
    ink = sheet.lines() if sheet.rng.random() < 0.5 or _pale(sheet) else _none(sheet)
    return _composed(sheet, sheet.albedo, tone, ink, _ink_colour(sheet.rng))


def _line(sheet: _Sheet) -> np.ndarray:
    return _composed(sheet, _white(sheet), _ones(sheet), sheet.lines(), _ink_colour(sheet.rng))


def _spotted_line(sheet: _Sheet) -> np.ndarray:
    """Line art with some areas filled in black, grey or one colour."""
    lightness = cv2.cvtColor(sheet.albedo, cv2.COLOR_RGB2GRAY)
    darkest = np.quantile(lightness[sheet.raster.mask][::16], sheet.rng.uniform(0.1, 0.6))
    spots = np.where(
        (lightness < darkest)[..., None],
        (np.zeros(3) if sheet.rng.random() < 0.7 else palettes.colour(sheet.rng)).astype(np.float32),
        np.float32(1),
    )
    return _composed(sheet, spots, _ones(sheet), sheet.lines(), np.zeros(3))


def _sketch(sheet: _Sheet) -> np.ndarray:
    rng = sheet.rng
    if rng.random() < 0.6:
        ink = sketch_strokes(sheet.edges, sheet.line_width(), rng)
    else:
        ink = wobbly_pen(sheet.edges, sheet.line_width(), int(rng.integers(2, 4)), rng)
    albedo, tone = _white(sheet), _ones(sheet)
    if rng.random() < 0.3:
        albedo, tone = sheet.albedo, shading.cel_tone(sheet.light, rng)
    return _composed(sheet, albedo, tone, ink * rng.uniform(0.6, 1), _ink_colour(rng))


def _pencil(sheet: _Sheet) -> np.ndarray:
    rng = sheet.rng
    hatch = shading.hatching(
        sheet.dark(rng.uniform(0.2, 0.7)), sheet.raster.scale * rng.uniform(2, 4.5), rng
    )
    lines = sketch_strokes(sheet.edges, sheet.line_width(), rng) if rng.random() < 0.4 else sheet.lines()
    graphite = np.maximum(lines * rng.uniform(0.6, 1), hatch * rng.uniform(0.3, 0.8))
    graphite *= np.clip(0.85 + 0.22 * grain(sheet.shape, rng), 0, 1)
    return _composed(sheet, _white(sheet), _ones(sheet), graphite, np.full(3, rng.uniform(0.05, 0.4)))


def _screentone(sheet: _Sheet) -> np.ndarray:
    rng = sheet.rng
    dark = sheet.dark(rng.uniform(0, 0.5)) * rng.uniform(0.4, 0.9)
    dots = shading.screentone(dark, sheet.raster.scale * rng.uniform(2, 4.5), rng)
    ink = np.maximum(sheet.lines(), dots)
    return _composed(sheet, _white(sheet), _ones(sheet), ink, np.full(3, rng.uniform(0, 0.1)))


def _marker(sheet: _Sheet) -> np.ndarray:
    """Felt-tip: streaks along one direction, colour that misses the lines by a little."""
    rng = sheet.rng
    period = sheet.raster.scale * rng.uniform(4, 10)
    streaks = shading.hatching(_ones(sheet) * rng.uniform(0.4, 1), period, rng)
    tone = shading.cel_tone(sheet.light, rng) * (1 - rng.uniform(0.05, 0.2) * streaks)
    albedo = np.roll(sheet.albedo, rng.integers(-4, 5, 2), (0, 1))
    ink = sheet.lines() if rng.random() < 0.9 else _none(sheet)
    return _composed(sheet, albedo, tone, ink, _ink_colour(rng))


def _watercolour(sheet: _Sheet) -> np.ndarray:
    rng = sheet.rng
    wash = shading.washed(sheet.albedo, sheet.raster.mask, rng)
    ink = sheet.lines() * rng.uniform(0.5, 1) if rng.random() < 0.6 else _none(sheet)
    tone = shading.soft_tone(sheet.light, rng)
    return warp(_composed(sheet, wash, tone, ink, _ink_colour(rng)), 1.5, 24, rng)


def _crayon(sheet: _Sheet) -> np.ndarray:
    """Coloured crayon: waxy strokes that leave paper between them."""
    rng = sheet.rng
    strokes = shading.hatching(
        _ones(sheet) * rng.uniform(0.7, 1), sheet.raster.scale * rng.uniform(2, 4), rng
    )
    cover = np.clip(strokes * 0.9 + 0.35 * grain(sheet.shape, rng), 0, 1)[..., None]
    wax = 1 - (1 - sheet.albedo) * cover
    ink = wobbly_pen(sheet.edges, sheet.line_width() * 1.5, 1, rng)
    return _composed(sheet, wax.astype(np.float32), _ones(sheet), ink, _ink_colour(rng))


def _construction(sheet: _Sheet) -> np.ndarray:
    """Blue or red circles and axes of the body's parts under the ink."""
    rng = sheet.rng
    under = np.zeros(sheet.shape, np.uint8)
    for part in np.unique(sheet.raster.part):
        where = (sheet.raster.part == part).astype(np.uint8)
        moments = cv2.moments(where, binaryImage=True)
        if part < 0 or moments["m00"] < 30:
            continue
        x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
        spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
        values, vectors = np.linalg.eigh(spread / moments["m00"])
        half = 2 * np.sqrt(np.maximum(values[::-1], 1)) * rng.uniform(0.9, 1.15)
        angle = np.rad2deg(np.arctan2(vectors[1, 1], vectors[0, 1]))
        for _ in range(rng.integers(1, 3)):
            centre = (x + rng.normal(0, 1.5), y + rng.normal(0, 1.5))
            box = (centre, (2 * half[0], 2 * half[1]), angle + rng.normal(0, 4))
            cv2.ellipse(under, box, 255, sheet.raster.scale, cv2.LINE_AA)
        along = vectors[:, 1] * half[0] * 1.15
        ends = [(int(x + sign * along[0]), int(y + sign * along[1])) for sign in (-1, 1)]
        cv2.line(under, *ends, 200, sheet.raster.scale, cv2.LINE_AA)
    blue = np.array(((0.3, 0.55, 1.0), (0.4, 0.8, 1.0), (1.0, 0.45, 0.4))[rng.integers(3)], np.float32)
    cover = (under / np.float32(255) * np.float32(rng.uniform(0.4, 0.9)))[..., None]
    ink = (sheet.lines() * np.float32(rng.uniform(0.5, 1)))[..., None]
    picture = (1 - cover * (1 - blue)) * (1 - ink * (1 - _ink_colour(rng).astype(np.float32)))
    return (picture * 255).astype(np.uint8)


def _silhouette(sheet: _Sheet) -> np.ndarray:
    rng = sheet.rng
    fill = np.full(3, rng.uniform(0, 0.2)) if rng.random() < 0.6 else palettes.colour(rng)
    albedo = np.broadcast_to(fill.astype(np.float32), (*sheet.shape, 3))
    ink = pen(sheet.edges, 1.5 * sheet.raster.scale, rng) if rng.random() < 0.35 else _none(sheet)
    return _composed(sheet, albedo, _ones(sheet), ink, np.full(3, rng.choice([0.0, 1.0])))


def _painted(sheet: _Sheet) -> np.ndarray:
    """Soft light with the unevenness of a broad brush, no lines."""
    rng = sheet.rng
    tone = shading.soft_tone(sheet.light, rng) + 0.06 * smooth_noise(sheet.shape, 12, rng)
    picture = _composed(sheet, sheet.albedo, tone.astype(np.float32), _none(sheet), np.zeros(3))
    return warp(picture, 2.0, 10, rng)


STYLES: dict[str, tuple[float, Callable[[_Sheet], np.ndarray]]] = {
    "flat": (0.16, _flat),
    "cel": (0.22, _cel),
    "soft": (0.06, _soft),
    "line": (0.13, _line),
    "spotted line": (0.06, _spotted_line),
    "sketch": (0.09, _sketch),
    "pencil": (0.07, _pencil),
    "screentone": (0.05, _screentone),
    "marker": (0.04, _marker),
    "watercolour": (0.03, _watercolour),
    "crayon": (0.03, _crayon),
    "construction": (0.03, _construction),
    "silhouette": (0.02, _silhouette),
    "painted": (0.01, _painted),
}
"""Name -> (how often it is drawn, how)."""


def choose_style(rng: np.random.Generator) -> str:
    """One of `STYLES`, by how often it is drawn."""
    weights = np.array([weight for weight, _ in STYLES.values()])
    return str(rng.choice(list(STYLES), p=weights / weights.sum()))


def draw(raster: Raster, rng: np.random.Generator, style: str | None = None) -> np.ndarray:
    """Draw a figure on white.

    Args:
        raster: the G-buffer; H x W may be larger than the picture wanted (`Raster.scale`).
        rng: chooses style, colours and all unevenness; the same state gives the same picture.
        style: one of `STYLES`, or None to choose.

    Returns:
        ``(H, W, 3)`` uint8 picture of the raster's size, white where there is nothing. Lines may lie
        a few pixels outside the figure's mask; `paper.finish` lays them on the paper by multiplication.
    """
    picture = np.full((*raster.part.shape, 3), 255, np.uint8)
    box = cv2.boundingRect(raster.mask.astype(np.uint8))
    if box[2] == 0:
        return picture
    rows = slice(max(box[1] - _MARGIN, 0), box[1] + box[3] + _MARGIN)
    columns = slice(max(box[0] - _MARGIN, 0), box[0] + box[2] + _MARGIN)
    near = Raster(
        np.ascontiguousarray(raster.part[rows, columns]),
        np.ascontiguousarray(raster.depth[rows, columns]),
        np.ascontiguousarray(raster.normal[rows, columns]),
        np.ascontiguousarray(raster.colour[rows, columns]),
        np.ascontiguousarray(raster.material[rows, columns]),
        scale=raster.scale,
    )
    _, paint = STYLES[style or choose_style(rng)]
    picture[rows, columns] = paint(_Sheet(near, rng))
    return picture
