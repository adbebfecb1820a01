"""Simple surfaces: tubes along a path, rings, balls and flat outlines, as vertices and triangles."""

from __future__ import annotations

import numpy as np

Surface = tuple[np.ndarray, np.ndarray]
"""Vertices ``(N, 3)`` and triangles ``(T, 3)``, counter-clockwise seen from outside."""


def grid_triangles(rows: int, columns: int, closed: bool = True) -> np.ndarray:
    """Triangles of a grid of vertices, row by row; a closed one joins its last column to the first."""
    row, column = np.mgrid[: rows - 1, : columns if closed else columns - 1]
    following = (column + 1) % columns
    a, b = row * columns + column, row * columns + following
    c, d = a + columns, b + columns
    return np.concatenate(
        [np.stack([a, b, d], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)]
    )


def merge(surfaces: list[Surface]) -> Surface:
    """Several surfaces as one."""
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in surfaces])
    triangles = [t + start for (_, t), start in zip(surfaces, starts, strict=False)]
    return np.concatenate([vertices for vertices, _ in surfaces]), np.concatenate(triangles)


def tube(path: np.ndarray, radii: np.ndarray, flat: np.ndarray | None = None, sides: int = 8) -> Surface:
    """A tube with rounded ends wherever its radius goes to zero.

    Args:
        path: ``(K, 3)`` middle line.
        radii: ``(K,)`` or ``(K, 2)``: along and across `flat`.
        flat: ``(3,)`` direction of the first radius; any if None.
        sides: of the cross-section.
    """
    radii = np.broadcast_to(np.reshape(radii, (len(path), -1)), (len(path), 2))
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    hint = np.array([0.0, 0.0, 1.0]) if flat is None else np.asarray(flat, float)
    if np.abs(along @ hint).max() > 0.95 * np.linalg.norm(hint):
        hint = hint + np.array([0.31, 0.17, 0.23]) * np.linalg.norm(hint)
    first = hint - (along @ hint)[:, None] * along
    first /= np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-9)
    second = np.cross(along, first)
    angle = np.arange(sides) * 2 * np.pi / sides
    ring = (
        np.cos(angle)[None, :, None] * first[:, None] * radii[:, :1, None]
        + np.sin(angle)[None, :, None] * second[:, None] * radii[:, 1:, None]
    )
    vertices = (path[:, None] + ring).reshape(-1, 3)
    return vertices, grid_triangles(len(path), sides)


def limb(start: np.ndarray, end: np.ndarray, radii: np.ndarray, sides: int = 12) -> Surface:
    """A capsule-like limb whose radius follows `radii` from end to end, with round caps."""
    axis = np.asarray(end) - np.asarray(start)
    length = float(np.linalg.norm(axis))
    cap = np.sin(np.linspace(0, np.pi / 2, 4))[:-1]
    lift = 1 - np.cos(np.linspace(0, np.pi / 2, 4))[:-1]
    t = np.concatenate(
        [
            -radii[0] * (1 - lift) / length,
            np.linspace(0, 1, len(radii)),
            1 + radii[-1] * (1 - lift[::-1]) / length,
        ]
    )
    r = np.concatenate([radii[0] * cap, radii, radii[-1] * cap[::-1]])
    return tube(start + t[:, None] * axis, r, sides=sides)


def ball(centre: np.ndarray, radii: np.ndarray | float, sides: int = 12) -> Surface:
    """An ellipsoid with axes along x, y, z."""
    height = np.linspace(-1, 1, sides // 2 + 2)
    height = np.sin(height * np.pi / 2)
    path = np.stack([np.zeros_like(height), height, np.zeros_like(height)], 1)
    vertices, triangles = tube(path, np.sqrt(np.maximum(1 - height**2, 0)), sides=sides)
    return vertices * radii + centre, triangles


def fan(outline: np.ndarray, rings: int = 3) -> Surface:
    """Fill a star-shaped outline ``(M, 2)`` in the plane z = 0, counter-clockwise towards +z."""
    middle = outline.mean(0)
    share = np.linspace(0, 1, rings + 1)[1:]
    points = middle + share[:, None, None] * (outline - middle)
    vertices = np.concatenate([points.reshape(-1, 2), middle[None]])
    count = len(outline)
    inner = np.arange(count)
    centre = np.stack([inner, np.roll(inner, -1), np.full(count, rings * count)], 1)
    triangles = np.concatenate([grid_triangles(rings, count)[:, ::-1], centre])
    return np.column_stack([vertices, np.zeros(len(vertices))]), triangles


def ribbon(path: np.ndarray, widths: np.ndarray) -> Surface:
    """A flat stroke of varying width along a path ``(K, 2)`` in the plane z = 0."""
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) * np.reshape(widths, (-1, 1)) / 2
    vertices = np.stack([path - normal, path + normal], 1).reshape(-1, 2)
    return np.column_stack([vertices, np.zeros(len(vertices))]), grid_triangles(
        len(path), 2, closed=False
    )
