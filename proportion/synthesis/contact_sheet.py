"""A sheet of synthetic drawings with their joints, to be looked at before training."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from proportion.skeleton import BONES, JOINTS, Skeleton

_LEFT, _RIGHT, _MIDDLE = (220, 30, 30), (30, 60, 230), (0, 150, 60)


def _colour(name: str) -> tuple[int, int, int]:
    return _LEFT if name.startswith("left") else _RIGHT if name.startswith("right") else _MIDDLE


def mark_joints(picture: np.ndarray, skeleton: Skeleton, zoom: float = 1.0) -> np.ndarray:
    """The picture with joints: left red, right blue; hidden ones hollow.

    Args:
        picture: ``(H, W, 3)`` uint8 RGB.
        skeleton: in pixels of that picture.
        zoom: of the result.
    """
    shown = cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    points = (skeleton.points + 0.5) * zoom - 0.5

    def pixel(name: str) -> tuple[int, int]:
        return tuple(int(value) for value in np.round((skeleton.point(name) + 0.5) * zoom - 0.5))

    for bone in BONES:
        if np.isfinite([skeleton.point(bone.start), skeleton.point(bone.end)]).all():
            cv2.line(shown, pixel(bone.start), pixel(bone.end), _colour(bone.part), 1, cv2.LINE_AA)
    for name, point, state in zip(JOINTS, points, skeleton.states, strict=True):
        if state != "missing":
            centre = tuple(int(value) for value in np.round(point))
            cv2.circle(shown, centre, 3, _colour(name), -1 if state == "seen" else 1, cv2.LINE_AA)
    return shown


def contact_sheet(
    drawings: Sequence[tuple[np.ndarray, Skeleton]], columns: int = 10, cell: int = 256
) -> np.ndarray:
    """Square drawings in rows, with their joints, as one RGB picture."""
    cells = [mark_joints(picture, skeleton, cell / len(picture)) for picture, skeleton in drawings]
    cells += [np.full((cell, cell, 3), 255, np.uint8)] * (-len(cells) % columns)
    return np.concatenate(
        [np.concatenate(cells[row : row + columns], axis=1) for row in range(0, len(cells), columns)]
    )
