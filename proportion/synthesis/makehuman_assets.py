"""Read MakeHuman's files: obj meshes, targets, joint cubes, weights and fitted clothes (mhclo)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from proportion.synthesis.character import BODY_BONES, BONE_INDEX

_MAIN_BONES = {
    "pelvis": "hips",
    "Root": "hips",
    "spine_01": "spine",
    "spine_02": "chest",
    "spine_03": "upperChest",
    "neck_01": "neck",
    "head": "head",
    "clavicle": "Shoulder",
    "upperarm": "UpperArm",
    "lowerarm": "LowerArm",
    "hand": "Hand",
    "thigh": "UpperLeg",
    "calf": "LowerLeg",
    "foot": "Foot",
    "ball": "Toes",
}


def _body_bone(name: str) -> int | None:
    if name in _MAIN_BONES:
        return BONE_INDEX[_MAIN_BONES[name]]
    stem, _, side = name.rpartition("_")
    if stem in _MAIN_BONES:
        return BONE_INDEX[{"l": "left", "r": "right"}[side] + _MAIN_BONES[stem]]
    return None


@dataclass(frozen=True, eq=False)
class Mesh:
    """Vertices ``(V, 3)`` in file units and quads ``(Q, 4)`` by group (a triangle repeats a corner)."""

    vertices: np.ndarray
    quads: dict[str, np.ndarray]


def read_obj(path: Path) -> Mesh:
    """Read vertices and faces of a Wavefront obj file."""
    vertices: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = groups.setdefault("", [])
    for line in path.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(value) for value in rest.split()])
        elif kind == "g":
            group = groups.setdefault(rest.strip(), [])
        elif kind == "f":
            corners = [int(corner.partition("/")[0]) - 1 for corner in rest.split()]
            group.append(corners if len(corners) == 4 else [*corners, corners[-1]])
    return Mesh(np.array(vertices), {name: np.array(quads) for name, quads in groups.items() if quads})


def to_triangles(quads: np.ndarray) -> np.ndarray:
    """``(T, 3)`` triangles of ``(Q, 4)`` quads, without degenerate ones."""
    triangles = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
    a, b, c = triangles.T
    return triangles[(a != b) & (b != c) & (a != c)]


@lru_cache(maxsize=1024)
def read_target(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertex indices ``(N,)`` and offsets ``(N, 3)`` in decimetres; both empty for a neutral target."""
    with gzip.open(path, "rt") as lines:
        rows = [line.split() for line in lines if line[0] not in "#\n"]
    if not rows:
        return np.zeros(0, int), np.zeros((0, 3))
    table = np.array(rows, float)
    return table[:, 0].astype(int), table[:, 1:]


@dataclass(frozen=True, eq=False)
class Rig:
    """The game-engine rig folded to the 22 body bones.

    Attributes:
        cubes: per body bone the base vertices whose mean is its joint.
        fingertips: cubes at the tip of the middle finger, left and right.
        weights: ``(V, 22)`` float32 for all base vertices, rows sum to 1.
    """

    cubes: dict[str, np.ndarray]
    fingertips: tuple[np.ndarray, np.ndarray]
    weights: np.ndarray


def read_rig(folder: Path, mesh: Mesh) -> Rig:
    """Read ``rig.game_engine.json`` and its weights; fingers fold into the hand."""
    rig = json.loads((folder / "rig.game_engine.json").read_text())
    table = json.loads((folder / "weights.game_engine.json").read_text())["weights"]
    cube = {name: np.unique(quads) for name, quads in mesh.quads.items() if name.startswith("joint-")}
    weights = np.zeros((len(mesh.vertices), len(BODY_BONES)), np.float32)
    cubes = {}
    for name, bone in rig.items():
        body = _body_bone(name)
        if body is not None and name != "Root":
            cubes[BODY_BONES[body]] = cube[bone["head"]["cube_name"]]
        above = name
        while (body := _body_bone(above)) is None:
            above = rig[above]["parent"]
        rows = table.get(name, [])
        if rows:
            vertices, shares = np.array(rows).T
            np.add.at(weights[:, body], vertices.astype(int), shares)
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    tips = tuple(cube[f"joint-{side}-finger-3-4"] for side in "lr")
    return Rig(cubes, tips, weights)


@dataclass(frozen=True, eq=False)
class Garment:
    """Clothes, hair, shoes or a hat that follow the base mesh.

    Attributes:
        triangles: ``(T, 3)``.
        references: ``(N, 3)`` base vertices that each of its vertices hangs on.
        shares: ``(N, 3)`` their weights.
        offsets: ``(N, 3)`` added after scaling, in decimetres.
        scales: per axis two base vertices and their distance in the original.
        hides: base vertices that it covers (``delete_verts``).
        pieces: ``(T,)`` index of the connected piece (jacket, trousers, button) of each triangle,
            largest first.
    """

    triangles: np.ndarray
    references: np.ndarray
    shares: np.ndarray
    offsets: np.ndarray
    scales: tuple[tuple[int, int, float], ...]
    hides: np.ndarray
    pieces: np.ndarray

    def fit(self, base: np.ndarray) -> np.ndarray:
        """``(N, 3)`` vertices on a shaped base mesh ``(V, 3)`` in decimetres."""
        scale = [abs(base[a, axis] - base[b, axis]) / d for axis, (a, b, d) in enumerate(self.scales)]
        placed = np.einsum("nk,nkd->nd", self.shares, base[self.references])
        return placed + self.offsets * np.array(scale)

    def weights(self, base: np.ndarray) -> np.ndarray:
        """``(N, 22)`` the same blend of the base mesh's skinning weights."""
        shares = np.maximum(self.shares, 0)
        blend = np.einsum("nk,nkb->nb", shares, base[self.references])
        return (blend / np.maximum(blend.sum(1, keepdims=True), 1e-6)).astype(np.float32)


@lru_cache(maxsize=64)
def read_garment(path: Path) -> Garment:
    """Read an mhclo file and the obj beside it (format: README of the data pack, ``makehuman/``)."""
    references, shares, offsets, hides = [], [], [], []
    scales: dict[str, tuple[int, int, float]] = {}
    section, mesh = "", None
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "obj_file":
            mesh = read_obj(path.parent / words[1])
        elif words[0].endswith("_scale"):
            scales[words[0][0]] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif section == "verts" and words[0].isdigit():
            corner = [int(word) for word in words[:3]] if len(words) >= 9 else [int(words[0])] * 3
            references.append(corner)
            shares.append([float(word) for word in words[3:6]] if len(words) >= 9 else [1.0, 0.0, 0.0])
            offsets.append([float(word) for word in words[6:9]] if len(words) >= 9 else [0.0] * 3)
        elif section == "delete_verts":
            hides += _ranges(words)
    triangles = to_triangles(np.concatenate(list(mesh.quads.values())))
    return Garment(
        triangles,
        np.array(references),
        np.array(shares),
        np.array(offsets),
        tuple(scales[axis] for axis in "xyz"),
        np.array(hides, int),
        _pieces(triangles, len(references)),
    )


def _ranges(words: list[str]) -> list[int]:
    """``["2", "-", "5", "9"]`` -> 2, 3, 4, 5, 9."""
    numbers: list[int] = []
    for index, word in enumerate(words):
        if word == "-":
            numbers += range(numbers[-1] + 1, int(words[index + 1]))
        else:
            numbers.append(int(word))
    return numbers


def _pieces(triangles: np.ndarray, count: int) -> np.ndarray:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]]).T
    graph = coo_matrix((np.ones(edges.shape[1]), edges), shape=(count, count))
    piece = connected_components(graph, directed=False)[1][triangles[:, 0]]
    names, index, sizes = np.unique(piece, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), int)
    rank[np.argsort(-sizes)] = np.arange(len(names))
    return rank[index]
