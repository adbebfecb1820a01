"""From a drawing to a skeleton: find the figure, look at it closely, then at each of its limbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from scipy.special import expit, logit

from proportion.errors import BadInput
from proportion.geometry import apply_transform, invert, scale_of
from proportion.paths import CHECKPOINTS
from proportion.pose.boxes import Box, around, square_view, whole
from proportion.pose.checkpoint import Calibration, limb_weights, load_calibration, pose_weights
from proportion.pose.limbs import look_at_limbs
from proportion.pose.runtime import Graph, Pass
from proportion.skeleton import STATES, Skeleton

FIGURE_MARGIN = 1.3
MIN_JOINTS = 4
SAME_FIGURE = 0.6
_WINDOW_SHARE, _WINDOW_STEPS = 0.6, 3
_LINES_SIDE, _LINE_CONTRAST, _FEWEST_LINES = 256, (40, 120), 0.002
_MISSING = STATES.index("missing")


class NoFigureFound(BadInput):
    """There is no figure in the picture, or none that the estimator can see."""

    def __init__(self) -> None:
        super().__init__(
            "No figure was found in this picture; choose one that shows a whole character, or place the "
            "joints by hand.",
            "no_figure",
        )


@dataclass(frozen=True)
class Sight:
    """One pass: ``(18, 2)`` points and ``(18,)`` spread in picture pixels, ``(18, 3)`` states."""

    points: np.ndarray
    spread: np.ndarray
    states: np.ndarray
    figure: float

    @property
    def here(self) -> np.ndarray:
        """``(18,)`` bool: joints inside the view."""
        return self.states[:, _MISSING] < 0.5

    def box(self) -> Box:
        """Around the joints inside the view."""
        return around(np.where(self.here[:, None], self.points, np.nan))


class PoseEstimator:
    """Finds the joints of drawn figures. Safe to share between threads."""

    def __init__(
        self, first: Pass, second: Pass, calibration: Calibration, limbs: Pass | None = None
    ) -> None:
        """Take what computes the passes.

        Args:
            first: computes `passes.FigurePass`, to find the figure.
            second: likewise, to look at it closely.
            calibration: fitted to all.
            limbs: computes `passes.LimbPass`; None to leave the third pass out.
        """
        self.first, self.second, self.calibration, self.limbs = first, second, calibration, limbs

    @classmethod
    def load(cls, folder: Path = CHECKPOINTS, *, threads: int | None = None) -> PoseEstimator:
        """The estimator that the project ships.

        Args:
            folder: of the weights.
            threads: that find one figure, as for `Graph`.
        """
        calibration, weights = load_calibration(folder), pose_weights(folder)
        return cls(
            Graph("first", weights, threads),
            Graph("second", weights, threads),
            calibration,
            Graph("limbs", limb_weights(folder), threads),
        )

    def estimate(self, picture: np.ndarray, box: Box | None = None) -> Skeleton:
        """The joints of one figure.

        Args:
            picture: ``(H, W, 3)`` uint8 RGB.
            box: where the figure is; the picture's main figure if None.

        Returns:
            Joints in picture pixels with calibrated standard deviations; joints that lie outside the
            picture are missing.

        Raises:
            NoFigureFound: nothing there looks like a figure.
        """
        sight = self.sight(picture, box)
        if sight is None or sight.figure < self.calibration.figure_threshold:
            raise NoFigureFound
        return self._skeleton(picture, sight)

    def sight(self, picture: np.ndarray, box: Box | None = None) -> Sight | None:
        """What the last pass sees, not calibrated; None where too few joints are seen."""
        first = None
        if box is None:
            first = self._look(picture, whole(picture).square())
            if first.here.sum() < MIN_JOINTS:
                return None
            box = first.box()
        view, to_picture = square_view(picture, box.square(FIGURE_MARGIN), self.calibration.fine_size)
        second = see(self.second, view, to_picture)
        if second.here.sum() < MIN_JOINTS:
            return None
        if first is not None:
            second = replace(second, figure=_agreed(first.figure, second.figure))
        return self._limbs_placed(view, to_picture, second)

    def _limbs_placed(self, view: np.ndarray, to_picture: np.ndarray, sight: Sight) -> Sight:
        """The same, with each limb's joints moved towards where a closer look at the view finds them.

        Both places count by what their spreads say of them, as two measurements do: the whole figure
        tells which limb is which, the limb alone where it bends.
        """
        if self.limbs is None:
            return sight
        known = np.where(sight.here[:, None], sight.points, np.nan)
        look = look_at_limbs(self.limbs, view, apply_transform(invert(to_picture), known))
        before = sight.spread[look.seen] ** 2
        share = np.zeros(len(sight.points))
        spread = scale_of(to_picture) * look.spread[look.seen]
        share[look.seen] = before / (before + spread**2)
        places = apply_transform(to_picture, look.points)
        moves = np.where(look.seen[:, None], places - sight.points, 0.0)
        return replace(
            sight,
            points=sight.points + share[:, None] * moves,
            spread=sight.spread * np.sqrt(1 - share),
        )

    def find_figures(self, picture: np.ndarray) -> list[Box]:
        """Boxes of the figures in a picture, the main one (as `estimate` takes it) first."""
        extent = whole(picture)
        seen = self._figures(picture, [extent.square()])
        windows = _with_lines_beside(picture, _windows(extent), [box for _, box in seen])
        seen += self._figures(picture, windows)
        boxes: list[Box] = []
        for _, box in [*seen[:1], *sorted(seen[1:], key=lambda item: -item[0] * item[1].area)]:
            if all(box.overlap(other) < SAME_FIGURE for other in boxes):
                boxes.append(box)
        return boxes

    def _figures(self, picture: np.ndarray, windows: Sequence[Box]) -> list[tuple[float, Box]]:
        """Probability and box of the figure in each window that shows one."""
        sights = [self._look(picture, window) for window in windows]
        return [
            (sight.figure, sight.box())
            for sight in sights
            if sight.figure >= self.calibration.figure_threshold and sight.here.sum() >= MIN_JOINTS
        ]

    def _look(self, picture: np.ndarray, box: Box) -> Sight:
        size = self.calibration.coarse_size
        return see(self.first, *square_view(picture, box, size, quick=True))

    def _skeleton(self, picture: np.ndarray, sight: Sight) -> Skeleton:
        height, width = picture.shape[:2]
        points = np.clip(sight.points, 0, (width - 1, height - 1))
        choice = np.where(sight.here, sight.states[:, :_MISSING].argmax(1), _MISSING)
        sigma = sight.spread * np.array(self.calibration.sigma_scale)
        return Skeleton((width, height), points, tuple(STATES[state] for state in choice), sigma)


def see(figure_pass: Pass, view: np.ndarray, to_picture: np.ndarray) -> Sight:
    """What a pass sees.

    Args:
        figure_pass: computes `passes.FigurePass`.
        view: ``(S, S, 3)`` uint8 RGB.
        to_picture: ``(2, 3)`` transform from the view's pixels to the picture's.
    """
    points, spread, states, figure = (result[0].astype(float) for result in figure_pass(view[None]))
    return Sight(apply_transform(to_picture, points), spread * to_picture[0, 0], states, float(figure))


def _agreed(first: float, second: float) -> float:
    """One probability from two looks: the logistic function of their mean log odds."""
    return float(expit(logit(np.clip([first, second], 1e-6, 1 - 1e-6)).mean()))


def _with_lines_beside(picture: np.ndarray, windows: list[Box], seen: list[Box]) -> list[Box]:
    """The windows in which something is drawn beside the figures seen; most drawings show just one."""
    scale = _LINES_SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lines = cv2.Canny(small, *_LINE_CONTRAST) > 0

    def inside(box: Box) -> tuple[slice, slice]:
        left, top, right, bottom = (max(0, round(scale * edge)) for edge in box)
        return slice(top, bottom), slice(left, right)

    for box in seen:
        lines[inside(box.grown(FIGURE_MARGIN))] = False
    return [window for window in windows if lines[inside(window)].mean() > _FEWEST_LINES]


def _windows(extent: Box) -> list[Box]:
    """Overlapping squares over a picture, for figures that the whole view misses."""
    side = _WINDOW_SHARE * max(extent.right, extent.bottom)
    columns = np.linspace(0, max(0.0, extent.right - side), _WINDOW_STEPS)
    rows = np.linspace(0, max(0.0, extent.bottom - side), _WINDOW_STEPS)
    return [
        Box(x, y, x + side, y + side)
        for x in (columns if extent.right > side else columns[:1])
        for y in (rows if extent.bottom > side else rows[:1])
    ]
