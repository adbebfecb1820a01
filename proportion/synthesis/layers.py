"""Surfaces that a figure is made of: body, hair, clothes, face; joined into one mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proportion.synthesis.character import BODY_BONES, BONE_INDEX


@dataclass(frozen=True, eq=False)
class Layer:
    """A piece of a figure's surface, one colour for each of its materials.

    Attributes:
        vertices: ``(N, 3)`` rest positions in metres.
        weights: ``(N, 22)`` skinning weights.
        triangles: ``(T, 3)``.
        materials: ``(T,)`` indices into `names` and `colours`.
        names: of the materials.
        colours: ``(M, 3)`` sRGB in [0, 1].
    """

    vertices: np.ndarray
    weights: np.ndarray
    triangles: np.ndarray
    materials: np.ndarray
    names: tuple[str, ...]
    colours: np.ndarray


def plain_layer(
    vertices: np.ndarray, weights: np.ndarray, triangles: np.ndarray, name: str, colour: np.ndarray
) -> Layer:
    """A layer of one material."""
    nothing = np.zeros(len(triangles), int)
    return Layer(vertices, weights, triangles, nothing, (name,), np.array([colour]))


def on_bone(bone: str, count: int) -> np.ndarray:
    """``(count, 22)`` weights of vertices that ride on one bone."""
    weights = np.zeros((count, len(BODY_BONES)), np.float32)
    weights[:, BONE_INDEX[bone]] = 1
    return weights


def join_layers(layers: Sequence[Layer]) -> dict[str, np.ndarray | tuple[str, ...]]:
    """The mesh fields of a `Character`, without vertices that no triangle uses."""
    corners = np.cumsum([0] + [len(layer.vertices) for layer in layers])
    firsts = np.cumsum([0] + [len(layer.names) for layer in layers])
    triangles = np.concatenate([layer.triangles + c for layer, c in zip(layers, corners, strict=False)])
    materials = np.concatenate([layer.materials + m for layer, m in zip(layers, firsts, strict=False)])
    used, triangles = np.unique(triangles, return_inverse=True)
    return {
        "vertices": np.concatenate([layer.vertices for layer in layers])[used].astype(np.float32),
        "weights": np.concatenate([layer.weights for layer in layers])[used].astype(np.float32),
        "triangles": triangles.reshape(-1, 3).astype(np.int32),
        "materials": materials.astype(np.int16),
        "material_names": tuple(name for layer in layers for name in layer.names),
        "colours": np.concatenate([layer.colours for layer in layers])[materials].astype(np.float32),
    }
