"""A z-buffer in numba: posed triangles in, `Raster` out."""

from __future__ import annotations

import numba
import numpy as np

from proportion.synthesis.character import Character
from proportion.synthesis.raster import Raster


def rasterize(
    character: Character,
    xy: np.ndarray,
    depth: np.ndarray,
    turned: np.ndarray,
    size: tuple[int, int],
    scale: int = 1,
    with_rest: bool = False,
) -> Raster:
    """Draw a posed character into a G-buffer.

    Args:
        character: gives triangles, colours, materials and parts.
        xy: ``(V, 2)`` pixel coordinates in a picture of `size` (centres at whole numbers).
        depth: ``(V,)`` distance from the camera in figure heights.
        turned: ``(V, 3)`` vertices in the camera's frame (any unit), for the normals.
        size: (width, height) of the picture.
        scale: supersampling factor: the raster is that much larger.
        with_rest: whether to keep rest-pose coordinates.
    """
    width, height = size[0] * scale, size[1] * scale
    pixels = np.ascontiguousarray((xy + 0.5) * scale - 0.5, np.float32)
    triangles = character.triangles
    depth_map = np.full((height, width), np.inf, np.float32)
    hit = np.full((height, width), -1, np.int32)
    inside = np.zeros((height, width, 2), np.float32)
    _fill(pixels, depth.astype(np.float32), triangles, depth_map, hit, inside)
    normals = _vertex_normals(turned.astype(np.float32), triangles, character.weld)
    normal = np.zeros((height, width, 3), np.float32)
    _interpolate(hit, inside, triangles, normals, normal, True)
    rest = None
    if with_rest:
        rest = np.zeros((height, width, 3), np.float32)
        _interpolate(hit, inside, triangles, character.vertices, rest, False)
    part = np.full((height, width), -1, np.int8)
    colour = np.zeros((height, width, 3), np.float32)
    material = np.full((height, width), -1, np.int16)
    _look_up(hit, character.parts, character.colours, character.materials, part, colour, material)
    return Raster(part, depth_map, normal, colour, material, rest, scale)


@numba.njit(cache=True, fastmath=True)
def _fill(pixels, depth, triangles, depth_map, hit, inside):
    height, width = depth_map.shape
    for index in range(len(triangles)):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        ax, ay = pixels[a, 0], pixels[a, 1]
        bx, by = pixels[b, 0], pixels[b, 1]
        cx, cy = pixels[c, 0], pixels[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        left = max(int(np.ceil(min(ax, bx, cx))), 0)
        right = min(int(np.floor(max(ax, bx, cx))), width - 1)
        top = max(int(np.ceil(min(ay, by, cy))), 0)
        bottom = min(int(np.floor(max(ay, by, cy))), height - 1)
        one = np.float32(1.0) / area
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                v = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) * one
                w = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * one
                if v < 0 or w < 0 or v + w > 1:
                    continue
                z = depth[a] + v * (depth[b] - depth[a]) + w * (depth[c] - depth[a])
                if z < depth_map[y, x] and z > 0:
                    depth_map[y, x] = z
                    hit[y, x] = index
                    inside[y, x, 0] = v
                    inside[y, x, 1] = w


@numba.njit(cache=True, fastmath=True)
def _vertex_normals(vertices, triangles, weld):
    summed = np.zeros((weld.max() + 1, 3), np.float32)
    for index in range(len(triangles)):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        u, v = vertices[b] - vertices[a], vertices[c] - vertices[a]
        normal = np.array(
            [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]],
            dtype=np.float32,
        )
        for corner in (a, b, c):
            summed[weld[corner]] += normal
    return summed[weld]


@numba.njit(cache=True, fastmath=True)
def _interpolate(hit, inside, triangles, values, out, unit):
    """Values at the pixels; as unit vectors turned to the viewer if `unit`."""
    height, width = hit.shape
    for y in range(height):
        for x in range(width):
            index = hit[y, x]
            if index < 0:
                continue
            a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
            v, w = inside[y, x, 0], inside[y, x, 1]
            u = 1 - v - w
            p = u * values[a, 0] + v * values[b, 0] + w * values[c, 0]
            q = u * values[a, 1] + v * values[b, 1] + w * values[c, 1]
            r = u * values[a, 2] + v * values[b, 2] + w * values[c, 2]
            if unit:
                length = np.sqrt(p * p + q * q + r * r)
                factor = 1 / max(length, np.float32(1e-12))
                if r < 0:  # the inside of a skirt or a cape
                    factor = -factor
                p, q, r = p * factor, q * factor, r * factor
            out[y, x, 0] = p
            out[y, x, 1] = q
            out[y, x, 2] = r


@numba.njit(cache=True)
def _look_up(hit, parts, colours, materials, part, colour, material):
    for y in range(hit.shape[0]):
        for x in range(hit.shape[1]):
            index = hit[y, x]
            if index >= 0:
                part[y, x] = parts[index]
                material[y, x] = materials[index]
                for channel in range(3):
                    colour[y, x, channel] = colours[index, channel]
