"""Ink lines from a G-buffer: where they run, and how a pen, a brush or a searching pencil draws them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit

from proportion.synthesis.raster import Raster
from proportion.synthesis.texture import smooth_noise, warp


@dataclass(frozen=True, eq=False)
class Edges:
    """Where lines run: ``(H, W)`` uint8, 0 on an edge and 255 elsewhere (for distance transforms).

    Attributes:
        outline: the silhouette and jumps in depth.
        inner: changes of material, creases, and joints between parts if asked for.
    """

    outline: np.ndarray
    inner: np.ndarray


@njit(cache=True)
def _mark_edges(part, material, depth, normal, jump, crease, part_lines, outline, inner):
    height, width = part.shape
    for y in range(height - 1):
        for x in range(width - 1):
            for step in range(2):
                v, u = y + step, x + 1 - step
                here, there = part[y, x] >= 0, part[v, u] >= 0
                if not here and not there:
                    continue
                if here != there or abs(depth[y, x] - depth[v, u]) > jump:
                    outline[y, x] = 0
                elif material[y, x] != material[v, u] or (part_lines and part[y, x] != part[v, u]):
                    inner[y, x] = 0
                else:
                    cosine = (
                        normal[y, x, 0] * normal[v, u, 0]
                        + normal[y, x, 1] * normal[v, u, 1]
                        + normal[y, x, 2] * normal[v, u, 2]
                    )
                    if cosine < crease:
                        inner[y, x] = 0


def find_edges(
    raster: Raster, *, depth_jump: float = 0.025, crease_degrees: float = 55.0, part_lines: bool = False
) -> Edges:
    """Mark the pixels of a G-buffer that a line runs through.

    Args:
        raster: the G-buffer.
        depth_jump: step in depth that counts as an outline, in rest heights.
        crease_degrees: angle between neighbouring normals that counts as a crease.
        part_lines: whether body parts are told apart by a line even within one material.
    """
    outline, inner = np.full(raster.part.shape, 255, np.uint8), np.full(raster.part.shape, 255, np.uint8)
    crease = np.float32(np.cos(np.deg2rad(crease_degrees)))
    _mark_edges(
        raster.part,
        raster.material,
        raster.depth,
        raster.normal,
        np.float32(depth_jump),
        crease,
        part_lines,
        outline,
        inner,
    )
    return Edges(outline, inner)


def add_folds(edges: Edges, mask: np.ndarray, rng: np.random.Generator) -> Edges:
    """More inner lines where nothing ends: folds, seams and ornaments, as pieces of random curves.

    Args:
        edges: what is there.
        mask: ``(H, W)`` bool, the figure.
        rng: where they run.
    """
    side = (smooth_noise(mask.shape, rng.uniform(25, 90), rng) > 0).astype(np.uint8)
    border = cv2.Laplacian(side, cv2.CV_8U) > 0
    pieces = smooth_noise(mask.shape, rng.uniform(20, 50), rng) > rng.uniform(0.3, 1.2)
    return Edges(edges.outline, np.where(border & pieces & mask, 0, edges.inner).astype(np.uint8))


@njit(cache=True)
def _cover(distance, width, out):
    for y in range(distance.shape[0]):
        for x in range(distance.shape[1]):
            ink = width[y, x] - distance[y, x] + 0.5
            ink = min(max(ink, 0.0), 1.0)
            if ink > out[y, x]:
                out[y, x] = ink


def pen(
    edges: Edges, width: float, rng: np.random.Generator, *, uneven: float = 0.3, gaps: float = 0.0
) -> np.ndarray:
    """Lines of a pen or brush.

    Args:
        edges: where they run.
        width: width of the outline in pixels; inner lines are thinner.
        rng: source of the unevenness.
        uneven: how much the width swells and shrinks along the line, as a share of it.
        gaps: how much of the line is left out, in standard deviations of smooth noise (0: none).

    Returns:
        ``(H, W)`` float32 coverage in [0, 1].
    """
    shape = edges.outline.shape
    ink = np.zeros(shape, np.float32)
    field = 1 + uneven * smooth_noise(shape, 40, rng)
    if gaps:
        field *= smooth_noise(shape, 18, rng) > -2.2 + gaps
    for mask, share in ((edges.outline, 0.5), (edges.inner, rng.uniform(0.2, 0.45))):
        distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        _cover(distance, field * np.float32(width * share), ink)
    return ink


def wobbly_pen(edges: Edges, width: float, copies: int, rng: np.random.Generator) -> np.ndarray:
    """The same lines drawn `copies` times by a trembling hand, each a little elsewhere and broken.

    Returns:
        ``(H, W)`` float32 coverage in [0, 1].
    """
    left = np.ones(edges.outline.shape, np.float32)
    for _ in range(copies):
        moved = Edges(
            *(
                warp(mask, rng.uniform(0.8, 2.2), rng.uniform(14, 40), rng)
                for mask in (edges.outline, edges.inner)
            )
        )
        thin = Edges(
            *(np.where(mask < 200, 0, 255).astype(np.uint8) for mask in (moved.outline, moved.inner))
        )
        left *= 1 - rng.uniform(0.5, 0.95) * pen(thin, width, rng, gaps=rng.uniform(0.2, 1.6))
    return 1 - left


def sketch_strokes(edges: Edges, width: float, rng: np.random.Generator) -> np.ndarray:
    """Short overlapping strokes that search for the line, overshooting at their ends.

    Returns:
        ``(H, W)`` float32 coverage in [0, 1].
    """
    lines = ((edges.outline == 0) | (edges.inner == 0)).astype(np.uint8)
    contours, _ = cv2.findContours(lines, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    sheets = [np.zeros(lines.shape, np.uint8) for _ in range(2)]
    jitter, reach = rng.uniform(0.4, 2.0), rng.uniform(30, 110)
    for contour in contours:
        path = contour[::3, 0].astype(np.float32)
        if len(path) < 6:
            continue
        start = 0
        while start < len(path) - 3:
            count = int(rng.uniform(0.4, 1.3) * reach / 3)
            stroke = path[start : start + count]
            start += max(2, int(count * rng.uniform(0.6, 1.1)))
            if len(stroke) < 4:
                continue
            stroke = cv2.blur(stroke, (1, min(7, len(stroke) // 2 * 2 - 1)))
            middle = stroke.mean(0)
            stroke = middle + (stroke - middle) * rng.uniform(0.98, 1.1) + rng.normal(0, jitter, 2)
            cv2.polylines(
                sheets[rng.integers(2)],
                [(stroke * 8).astype(np.int32)],
                False,
                int(rng.uniform(110, 255)),
                max(1, round(width * rng.uniform(0.3, 0.9))),
                cv2.LINE_AA,
                3,
            )
    return 1 - (1 - sheets[0] / np.float32(255)) * (1 - sheets[1] / np.float32(255))
