"""Read rigged humanoids (glb, vrm) into `Character`s: meshes, materials, weights and the 22 bones."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
from PIL import Image
from scipy.spatial.transform import Rotation

from proportion.errors import BadInput
from proportion.synthesis.character import BODY_BONES, Character
from proportion.synthesis.humanoid import map_bones, name_spine, require_body
from proportion.synthesis.landmarks import find_landmarks

_COMPONENT = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_DROPPED_NODES = ("pistol", "sword", "backpack")
_DROPPED_PARENTS = ("handslot",)


@dataclass
class _Piece:
    """One primitive in the bind pose, y up, in file units, weights over the file's nodes.

    `label` names its material; a textured one counts as one material for each of its colours.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    colours: np.ndarray
    weights: np.ndarray
    label: str
    textured: bool


class GltfFile:
    """A glTF binary with its node tree in world space.

    Attributes:
        names: node names.
        parents: ``(N,)`` index of each node's parent, -1 for roots.
        world: ``(N, 4, 4)`` node transforms to world space in the file's rest pose.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.gltf = pygltflib.GLTF2().load_binary(str(path))
            self._blob = self.gltf.binary_blob()
        except Exception as error:
            raise BadInput(
                f"{path.name} is not a readable glb or vrm file.", "gltf_unreadable", file=path.name
            ) from error
        nodes = self.gltf.nodes
        self.names = [node.name or f"node{index}" for index, node in enumerate(nodes)]
        self.parents = np.full(len(nodes), -1)
        for index, node in enumerate(nodes):
            self.parents[list(node.children or [])] = index
        local = np.stack([_node_matrix(node) for node in nodes])
        self.world = np.zeros_like(local)
        for index in self.order():
            parent = self.parents[index]
            self.world[index] = local[index] if parent < 0 else self.world[parent] @ local[index]

    def order(self) -> list[int]:
        """Node indices, parents before children."""
        depth = [len(self.ancestors(index)) for index in range(len(self.parents))]
        return list(np.argsort(depth, kind="stable"))

    def ancestors(self, node: int) -> list[int]:
        """The node and all above it, nearest first."""
        chain = []
        while node >= 0:
            chain.append(int(node))
            node = self.parents[node]
        return chain

    def accessor(self, index: int) -> np.ndarray:
        """``(count, width)`` array of an accessor, normalised integers as floats in [0, 1]."""
        accessor = self.gltf.accessors[index]
        if accessor.bufferView is None:
            raise BadInput(
                "Compressed meshes cannot be read; export the character without Draco compression.",
                "gltf_compressed",
            )
        view = self.gltf.bufferViews[accessor.bufferView]
        dtype = np.dtype("<" + _COMPONENT[accessor.componentType])
        width = _WIDTH[accessor.type]
        stride = view.byteStride or dtype.itemsize * width
        start = (view.byteOffset or 0) + (accessor.byteOffset or 0)
        values = np.ndarray(
            (accessor.count, width), dtype, self._blob, start, (stride, dtype.itemsize)
        ).copy()
        return values / np.iinfo(dtype).max if accessor.normalized else values

    def image(self, texture: int) -> np.ndarray:
        """``(H, W, 3)`` float sRGB picture of a texture."""
        image = self.gltf.images[self.gltf.textures[texture].source]
        if image.bufferView is not None:
            view = self.gltf.bufferViews[image.bufferView]
            start = view.byteOffset or 0
            data = self._blob[start : start + view.byteLength]
        else:
            data = base64.b64decode(image.uri.partition(",")[2])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32) / 255

    def bones(self) -> dict[str, int]:
        """Node index of each body bone: from the VRM extension, else by name."""
        extensions = self.gltf.extensions or {}
        if "VRM" in extensions:
            human = extensions["VRM"]["humanoid"]["humanBones"]
            found = {bone["bone"]: bone["node"] for bone in human}
        elif "VRMC_vrm" in extensions:
            human = extensions["VRMC_vrm"]["humanoid"]["humanBones"]
            found = {name: bone["node"] for name, bone in human.items()}
        else:
            return map_bones(self.names, self.parents)
        spine = [found.pop(name) for name in ("spine", "chest", "upperChest") if name in found]
        found = {bone: node for bone, node in found.items() if bone in BODY_BONES}
        require_body(found)
        return found | name_spine(spine)


def _node_matrix(node: Any) -> np.ndarray:
    if node.matrix is not None:
        return np.array(node.matrix, float).reshape(4, 4).T
    matrix = np.eye(4)
    if node.rotation is not None:
        matrix[:3, :3] = Rotation.from_quat(node.rotation).as_matrix()
    if node.scale is not None:
        matrix[:3, :3] *= np.array(node.scale)
    if node.translation is not None:
        matrix[:3, 3] = node.translation
    return matrix


def load_character(path: Path, family: str | None = None, credit: str = "") -> Character:
    """Read a rigged humanoid from a glb or vrm file in its bind pose.

    Weapons, shields and backpacks are left out. Joints that are no body bone (fingers, hair, skirts)
    are folded into their nearest body bone. A body bone that the rig lacks sits where the next bone
    begins and carries nothing, so that its rotation has no effect.

    Raises:
        BadInput: when the file cannot be read or has no humanoid rig.
    """
    file = GltfFile(path)
    bones = file.bones()
    pieces = _pieces(file)
    if not pieces:
        raise BadInput(f"{path.name} has no mesh.", "gltf_no_mesh", file=path.name)
    bone_of_node = _fold(file, bones)
    family = family or path.parent.name

    offsets = np.cumsum([0] + [len(piece.vertices) for piece in pieces])
    vertices = np.concatenate([piece.vertices for piece in pieces])
    weights = np.zeros((len(vertices), len(BODY_BONES)))
    node_weights = np.concatenate([piece.weights for piece in pieces])
    for node in np.flatnonzero(node_weights.any(0)):
        weights[:, bone_of_node[node]] += node_weights[:, node]
    joints = np.full((len(BODY_BONES), 3), np.nan)
    for bone, node in bones.items():
        joints[BODY_BONES.index(bone)] = file.world[node][:3, 3]

    left, right = (joints[BODY_BONES.index(f"{side}UpperArm"), 0] for side in ("left", "right"))
    if left < right:  # VRM 0 faces -Z
        vertices, joints = vertices * (-1, 1, -1), joints * (-1, 1, -1)
    materials, names = _materials(pieces)
    character = Character(
        name=f"{family}/{path.stem}",
        family=family,
        vertices=vertices.astype(np.float32),
        triangles=np.concatenate(
            [piece.triangles + start for piece, start in zip(pieces, offsets, strict=False)]
        ).astype(np.int32),
        colours=np.concatenate([piece.colours for piece in pieces]).astype(np.float32),
        materials=materials,
        material_names=names,
        joints=joints,
        weights=(weights / weights.sum(1, keepdims=True)).astype(np.float32),
        landmarks=np.zeros((18, 3)),
        credit=credit,
    )
    return find_landmarks(character)


def _fold(file: GltfFile, bones: dict[str, int]) -> np.ndarray:
    """``(nodes,)`` index of the body bone that each node turns with."""
    bone_of = {node: BODY_BONES.index(bone) for bone, node in bones.items()}
    folded = np.zeros(len(file.parents), int)
    for node in range(len(folded)):
        nearest = next((bone_of[up] for up in file.ancestors(node) if up in bone_of), None)
        if nearest is None:  # above the hips, or an IK node such as Quaternius's Foot and PT
            nearest = BODY_BONES.index("hips")
        folded[node] = nearest
    return folded


def _pieces(file: GltfFile) -> list[_Piece]:
    pieces = []
    for index, node in enumerate(file.gltf.nodes):
        if node.mesh is None or _dropped(file, index):
            continue
        for primitive in file.gltf.meshes[node.mesh].primitives:
            pieces.append(_piece(file, index, primitive))
    return pieces


def _dropped(file: GltfFile, node: int) -> bool:
    up = [file.names[index].lower() for index in file.ancestors(node)]
    return any(word in up[0] for word in _DROPPED_NODES) or any(
        name.startswith(_DROPPED_PARENTS) for name in up[1:]
    )


def _piece(file: GltfFile, index: int, primitive: Any) -> _Piece:
    gltf, node = file.gltf, file.gltf.nodes[index]
    local = file.accessor(primitive.attributes.POSITION).astype(float)
    if primitive.indices is None:
        triangles = np.arange(len(local)).reshape(-1, 3)
    else:
        triangles = file.accessor(primitive.indices).astype(int).reshape(-1, 3)
    used, triangles = np.unique(triangles, return_inverse=True)  # primitives may share one big buffer
    triangles = triangles.reshape(-1, 3)
    local = np.concatenate([local[used], np.ones((len(used), 1))], axis=1)
    weights = np.zeros((len(used), len(gltf.nodes)))
    if node.skin is None:
        weights[:, index] = 1
        vertices = local @ file.world[index].T
    else:
        skin = gltf.skins[node.skin]
        nodes = np.array(skin.joints)
        inverse = np.tile(np.eye(4), (len(nodes), 1, 1))
        if skin.inverseBindMatrices is not None:
            inverse = file.accessor(skin.inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
        slots = file.accessor(primitive.attributes.JOINTS_0).astype(int)[used]
        shares = file.accessor(primitive.attributes.WEIGHTS_0).astype(float)[used]
        for slot, share in zip(slots.T, shares.T, strict=True):
            np.add.at(weights, (np.arange(len(used)), nodes[slot]), share)
        weights[weights.sum(1) == 0, nodes[0]] = 1
        weights /= weights.sum(1, keepdims=True)
        matrices = file.world[nodes] @ inverse
        vertices = np.einsum("vj,jab,vb->va", weights[:, nodes], matrices, local, optimize=True)
    material = gltf.materials[primitive.material] if primitive.material is not None else None
    surface = material.pbrMetallicRoughness if material else None
    textured = bool(surface and surface.baseColorTexture and primitive.attributes.TEXCOORD_0 is not None)
    return _Piece(
        vertices[:, :3],
        triangles,
        _colours(file, primitive, surface, used[triangles], textured),
        weights,
        file.names[index] if textured else (material.name if material else "") or "plain",
        textured,
    )


def _colours(
    file: GltfFile, primitive: Any, surface: Any, corners: np.ndarray, textured: bool
) -> np.ndarray:
    """``(T, 3)`` sRGB: the base colour factor (linear) times the texture (sRGB) at the centroid."""
    factor = np.array((surface and surface.baseColorFactor) or (0.8, 0.8, 0.8, 1.0))[:3]
    colour = np.broadcast_to(factor ** (1 / 2.2), (len(corners), 3))
    if not textured:
        return colour
    picture = file.image(surface.baseColorTexture.index)
    middle = file.accessor(primitive.attributes.TEXCOORD_0)[corners].mean(1) % 1.0
    size = np.array(picture.shape[1::-1])
    x, y = np.minimum((middle * size).astype(int), size - 1).T
    return colour * picture[y, x]


def _materials(pieces: list[_Piece]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Material ids ``(T,)`` and names."""
    keys = []
    for piece in pieces:
        if piece.textured:
            shades = np.round(piece.colours * 4).astype(int)
            keys += [f"{piece.label}#{r}{g}{b}" for r, g, b in shades]
        else:
            keys += [piece.label] * len(piece.triangles)
    names, ids = np.unique(keys, return_inverse=True)
    return ids.astype(np.int16), tuple(str(name) for name in names)
