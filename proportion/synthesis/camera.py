"""Cameras with mild perspective, and the frame that a figure is drawn in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from proportion.skeleton import joint_points


@dataclass(frozen=True)
class Camera:
    """A camera that looks at the middle of a figure.

    Attributes:
        yaw: degrees that the figure is turned towards the viewer's right: of one that faces +Z, 0 shows
            the front, 90 its right side with the face to the right, 180 the back.
        pitch: degrees above the horizon (positive looks down on the figure).
        roll: degrees that the picture is turned clockwise.
        distance: of the camera from the figure's middle, in figure heights; larger is flatter.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    distance: float = 8.0

    def rotation(self) -> np.ndarray:
        """``(3, 3)`` from the figure's frame to the camera's: x right, y up, z to the viewer."""
        angles = [self.yaw, self.pitch, -self.roll]
        return Rotation.from_euler("yxz", angles, degrees=True).as_matrix()


_YAWS = ((0, 30), (30, 70), (70, 110), (110, 180))
_YAW_SHARES = (0.42, 0.3, 0.13, 0.15)


def random_yaw(rng: np.random.Generator) -> float:
    """Degrees that a drawn figure is turned by: mostly frontal and three-quarter, seldom from behind."""
    low, high = _YAWS[rng.choice(len(_YAWS), p=_YAW_SHARES)]
    return float(rng.uniform(low, high) * rng.choice((-1, 1)))


@dataclass(frozen=True, eq=False)
class View:
    """Camera coordinates of points after the perspective divide.

    Attributes:
        xy: ``(N, 2)`` in the unit of the world, x right, y DOWN.
        depth: ``(N,)`` distance from the camera along its axis, in figure heights.
        turned: ``(N, 3)`` the points in the camera's frame, in the unit of the world.
    """

    xy: np.ndarray
    depth: np.ndarray
    turned: np.ndarray


def look(points: np.ndarray, camera: Camera, centre: np.ndarray, height: float) -> View:
    """Project ``(N, 3)`` world points; ``centre`` is drawn at (0, 0) at scale 1.

    Args:
        points: metres, y up.
        camera: where from.
        centre: ``(3,)`` the point looked at.
        height: of the figure in metres, the unit of the camera's distance.
    """
    turned = (points - centre) @ camera.rotation().T
    depth = camera.distance - turned[:, 2] / height
    scale = camera.distance / np.maximum(depth, 0.05 * camera.distance)
    return View(turned[:, :2] * (1, -1) * scale[:, None], depth, turned)


Box = tuple[np.ndarray, np.ndarray]
"""Least and greatest (x, y) of a region."""

Framing = Callable[[Box, np.ndarray], Box]
"""From the figure's box and its ``(18, 2)`` joints to the region that the picture shall show."""


def whole(margin: float = 0.06) -> Framing:
    """The whole figure, centred, with a share of the picture free on each side."""
    return placed(1 - 2 * margin, (0.5, 0.5))


def placed(share: float, place: tuple[float, float]) -> Framing:
    """The whole figure filling a share of the picture, put somewhere in what room is left.

    Args:
        share: of the picture's side that the longer side of the figure takes.
        place: 0 puts the figure at the left or the top, 1 at the right or the bottom.
    """

    def box(figure: Box, joints: np.ndarray) -> Box:
        low, high = figure
        side = float((high - low).max()) / share
        corner = low - (side - (high - low)) * np.array(place)
        return corner, corner + side

    return box


def cut_below(joint: str, zoom: float, shift: float) -> Framing:
    """A bust or a half-figure: a square from above the head to a joint's height.

    Args:
        joint: stored or derived joint at the lower edge (the lower one of two sides is not sought).
        zoom: side of the square over the distance from crown to joint.
        shift: of the square to the right, in shares of its side.
    """

    def box(figure: Box, joints: np.ndarray) -> Box:
        top, bottom = joints[0], joint_points(joints, joint)
        side = zoom * max(float(np.linalg.norm(bottom - top)), 1e-6)
        middle = (top + bottom) / 2 + (shift * side, -0.02 * side)
        return middle - side / 2, middle + side / 2

    return box


def fit_box(box: Box, size: tuple[int, int]) -> np.ndarray:
    """``(2, 3)`` transform from a region to pixels of a picture (width, height), centred in it."""
    low, high = box
    scale = float(np.min(np.array(size) / np.maximum(high - low, 1e-6)))
    shift = (np.array(size) - 1) / 2 - scale * (low + high) / 2
    return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
