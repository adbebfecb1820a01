"""A character in a pose before a camera: `render_character` gives its G-buffer and its skeleton."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proportion.geometry import apply_transform
from proportion.skeleton import JOINTS, PARTS, JointState, Skeleton
from proportion.synthesis.camera import Camera, Framing, fit_box, look, whole
from proportion.synthesis.character import Character
from proportion.synthesis.raster import Raster
from proportion.synthesis.rasterize import rasterize
from proportion.synthesis.skinning import PosedFigure, Proportions, pose_character

Warp = Callable[[np.ndarray], np.ndarray]
"""Moves ``(N, 2)`` picture-plane points; used for half-body edits."""

_HIDDEN_DEPTH = 0.1  # of the figure's height: a joint deeper than this below the surface is hidden
_OTHER_PART_DEPTH = 0.03  # the same where another part than its own is in front
_CHIN_DEPTH = 0.35  # of the head's length: the chin lies at the surface, and behind it from the back


def render_character(
    character: Character,
    rotations: np.ndarray,
    *,
    proportions: Proportions | None = None,
    camera: Camera | None = None,
    size: tuple[int, int] = (256, 256),
    framing: Framing | None = None,
    warp: Callable[[np.ndarray], Warp] | None = None,
    scale: int = 2,
    with_rest: bool = False,
) -> tuple[Raster, Skeleton]:
    """Render one figure, framed by its skinned vertices.

    Args:
        character: who.
        rotations: ``(22, 3, 3)`` world rotations of the pose, relative to the T-pose.
        proportions: factors on the parts.
        camera: where from; from the front if None.
        size: (width, height) of the picture in pixels.
        framing: what the picture shows; the whole figure if None. Joints outside are missing.
        warp: given the ``(18, 2)`` joints in the picture plane, a `Warp` of that plane.
        scale: supersampling of the raster.
        with_rest: whether the raster keeps rest-pose coordinates.

    Returns:
        The raster at ``scale`` times the size, and the skeleton in pixels of the picture: joints under
        another part or deep below the surface are ``guessed``, those outside the picture ``missing``.
    """
    posed = pose_character(character, rotations, proportions)
    return render_posed(
        character, posed, camera or Camera(), size, framing or whole(), warp, scale, with_rest
    )


def render_posed(
    character: Character,
    posed: PosedFigure,
    camera: Camera,
    size: tuple[int, int],
    framing: Framing,
    warp: Callable[[np.ndarray], Warp] | None = None,
    scale: int = 2,
    with_rest: bool = False,
) -> tuple[Raster, Skeleton]:
    """`render_character` for a figure that is posed already."""
    low, high = posed.vertices.min(0), posed.vertices.max(0)
    everything = np.concatenate([posed.vertices, posed.points])
    view = look(everything, camera, (low + high) / 2, character.height)
    xy = view.xy if warp is None else warp(view.xy[-len(JOINTS) :])(view.xy)
    body, joints = slice(0, -len(JOINTS)), slice(-len(JOINTS), None)
    box = framing((xy[body].min(0), xy[body].max(0)), xy[joints])
    pixels = apply_transform(fit_box(box, size), xy)
    raster = rasterize(
        character, pixels[body], view.depth[body], view.turned[body], size, scale, with_rest
    )
    head = np.linalg.norm(posed.points[0] - posed.points[1]) / character.height
    states = joint_states(raster, pixels[joints], view.depth[joints], float(head), size)
    return raster, Skeleton(size, pixels[joints], states)


_OWN_PARTS = {
    "head_top": ("head",),
    "chin": ("head", "neck"),
    "shoulder": ("upper_arm", "torso"),
    "elbow": ("upper_arm", "forearm"),
    "wrist": ("forearm", "hand"),
    "hand": ("hand",),
    "hip": ("thigh", "torso"),
    "knee": ("thigh", "shin"),
    "ankle": ("shin", "foot"),
    "toe": ("foot",),
}


def _own_parts(joint: str) -> set[int]:
    side, _, name = joint.partition("_")
    if side not in ("left", "right"):
        return {PARTS.index(part) for part in _OWN_PARTS[joint]}
    names = (part if part == "torso" else f"{side}_{part}" for part in _OWN_PARTS[name])
    return {PARTS.index(part) for part in names}


_PARTS_OF_JOINT = [_own_parts(joint) for joint in JOINTS]


def joint_states(
    raster: Raster, points: np.ndarray, depth: np.ndarray, head: float, size: tuple[int, int]
) -> tuple[JointState, ...]:
    """Which joints are seen, hidden (``guessed``) or outside the picture (``missing``).

    Args:
        raster: the figure's G-buffer.
        points: ``(18, 2)`` pixels of the picture.
        depth: ``(18,)`` in figure heights.
        head: crown to chin in figure heights.
        size: (width, height) of the picture.
    """
    states: list[JointState] = []
    for name, own, (x, y), z in zip(JOINTS, _PARTS_OF_JOINT, points, depth, strict=True):
        if not (-0.5 <= x <= size[0] - 0.5 and -0.5 <= y <= size[1] - 0.5):
            states.append("missing")
            continue
        column, row = (int((value + 0.5) * raster.scale) for value in (x, y))
        row, column = min(row, raster.part.shape[0] - 1), min(column, raster.part.shape[1] - 1)
        part, below = raster.part[row, column], z - raster.depth[row, column]
        own_depth = _CHIN_DEPTH * head if name == "chin" else _HIDDEN_DEPTH
        limit = own_depth if part in own else _OTHER_PART_DEPTH
        states.append("guessed" if part >= 0 and below > limit else "seen")
    return tuple(states)
