"""A closer look at each arm and leg, which places its joints by what the limb itself shows.

The pose network sees the whole figure at once and knows what figures look like, so it draws a wrong limb
back towards its usual length. Here a small network sees one limb alone, upright and as large as it fits,
with a mark where the pose network found each joint, and says where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from proportion.geometry import apply_transform, compose, invert, scale_of, similarity
from proportion.pose.boxes import around
from proportion.pose.runtime import Pass
from proportion.skeleton import JOINTS, LIMBS

SIZE, STRIDE = 96, 2
CELLS = SIZE // STRIDE

_LIMBS = np.array(LIMBS)
_PARTNER = (2, 3, 0, 1)
_LEFT = (True, True, False, False)
_MARGIN, _LEAST = 1.7, 0.22  # of the limb's extent; of the figure's, for limbs that point at the viewer
_MARK = 1.5  # cells
MARKS = 9  # four marks of an arm, four of a leg, and one map of the limb on the other side


def channels_of(limb: int) -> slice:
    """The maps of a limb's joints among eight: an arm's are the first four, a leg's the others."""
    kind = limb % 2
    return slice(4 * kind, 4 * kind + 4)


def limb_frames(points: np.ndarray) -> np.ndarray:
    """Where each limb of a figure is looked at.

    Args:
        points: ``(18, 2)`` joints, NaN where missing.

    Returns:
        ``(4, 2, 3)`` transforms to the pixels of views in which the first segment points down and left
        limbs are mirrored, so that all look like right ones; NaN where a limb's first two joints are not
        both there.
    """
    least = _LEAST * float(np.ptp(points[np.isfinite(points[:, 0])], axis=0).max())
    frames = np.full((len(_LIMBS), 2, 3), np.nan)
    for limb, joints in enumerate(_LIMBS):
        chain = points[joints]
        if not np.isfinite(chain[:2]).all():
            continue
        away = chain[1] - chain[0]
        turn = similarity(degrees=90 - np.degrees(np.arctan2(away[1], away[0])))
        if _LEFT[limb]:
            turn = turn * np.array([[-1.0], [1.0]])
        box = around(apply_transform(turn, chain))
        side = _MARGIN * max(box.right - box.left, box.bottom - box.top, least)
        centre = np.array([box.left + box.right, box.top + box.bottom]) / 2
        fit = similarity(SIZE / side, translation=(SIZE - 1) / 2 - centre * SIZE / side)
        frames[limb] = compose(fit, turn)
    return frames


def marks_of(points: np.ndarray, frame: np.ndarray, limb: int) -> np.ndarray:
    """Marks at the joints that the pose network found.

    Args:
        points: ``(18, 2)`` joints, NaN where missing.
        frame: ``(2, 3)`` of the limb's view.
        limb: its number in `LIMBS`.

    Returns:
        ``(9, 48, 48)`` float32 in the view's cells; the other side's limb is all in the last map.
    """
    places = to_cells(apply_transform(frame, points[_LIMBS[[limb, _PARTNER[limb]]]]))
    off = np.arange(CELLS) - np.nan_to_num(places, nan=-1e3)[..., None]
    near = np.exp(-(off**2) / (2 * _MARK**2))
    own, other = near[:, :, 1, :, None] * near[:, :, 0, None, :]
    maps = np.zeros((MARKS, CELLS, CELLS), np.float32)
    maps[channels_of(limb)] = own
    maps[-1] = other.max(0)
    return maps


def to_cells(pixels: np.ndarray) -> np.ndarray:
    """Pixels of a view to cells of its maps."""
    return (pixels - (STRIDE - 1) / 2) / STRIDE


def to_pixels(cells: np.ndarray) -> np.ndarray:
    """Cells of a view's maps to its pixels."""
    return cells * STRIDE + (STRIDE - 1) / 2


@dataclass(frozen=True, eq=False)
class LimbLook:
    """What is seen of the limbs that were looked at: where their joints are, and how surely.

    Attributes:
        points: ``(18, 2)`` in picture pixels, NaN where not seen.
        spread: ``(18,)`` expected error in picture pixels, NaN where not seen.
    """

    points: np.ndarray
    spread: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """``(18,)`` bool: joints that the closer look found."""
        return np.isfinite(self.points[:, 0])


def look_at_limbs(limb_pass: Pass, picture: np.ndarray, points: np.ndarray) -> LimbLook:
    """Look at the limbs of a figure that the pose network found.

    Args:
        limb_pass: computes `passes.LimbPass`.
        picture: ``(H, W, 3)`` uint8 RGB in which the figure is about 200 pixels large, as in the pose
            network's view; details of larger ones are skipped over.
        points: ``(18, 2)`` its joints in picture pixels, NaN where missing.
    """
    found = np.full((len(JOINTS), 3), np.nan)
    frames = limb_frames(points)
    known = np.flatnonzero(np.isfinite(frames[:, 0, 0]))
    if known.size:
        # Always all four, since a batch of fixed size is computed faster; others stay black.
        views = np.zeros((len(_LIMBS), SIZE, SIZE, 3), np.uint8)
        marks = np.zeros((len(_LIMBS), MARKS, CELLS, CELLS), np.float32)
        for limb in known:
            views[limb] = limb_view(picture, frames[limb])
            marks[limb] = marks_of(points, frames[limb], limb)
        cells, error = limb_pass(views, marks)
        for limb in known:
            back, channels = invert(frames[limb]), channels_of(limb)
            places = to_pixels(cells[limb, channels].astype(float))
            found[_LIMBS[limb], :2] = apply_transform(back, places)
            cell = STRIDE * scale_of(back)
            found[_LIMBS[limb], 2] = error[limb, channels] * cell
    found[~np.isfinite(points[:, 0])] = np.nan
    return LimbLook(found[:, :2], found[:, 2])


def limb_view(picture: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """``(96, 96, 3)`` view of a picture through a ``(2, 3)`` transform from its pixels to the view's."""
    return cv2.warpAffine(
        picture, frame, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
