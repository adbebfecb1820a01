"""Which figures stand in the same pose: nearest by bone angle, blind to the lengths of the bones.

A learner's wrong lengths therefore cannot lead to a reference that shares them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.geometry import angle_difference, segment_angles
from proportion.references.library import Figure, FigureStyle, ReferenceLibrary
from proportion.skeleton import MIRROR_INDEX, Skeleton, bone_vectors

_SHORTLIST = 64
_BLOCK = 256


@dataclass(frozen=True)
class Match:
    """A figure found for a pose.

    Attributes:
        figure: the figure as it stands in the library.
        pose_distance: mean absolute difference of bone angles in degrees.
        mirrored: whether the figure matches when it is flipped left to right.
    """

    figure: Figure
    pose_distance: float
    mirrored: bool

    @property
    def skeleton(self) -> Skeleton:
        """The figure's joints, flipped if the match is mirrored."""
        return self.figure.skeleton.mirrored() if self.mirrored else self.figure.skeleton

    def picture(self) -> np.ndarray:
        """``(H, W, 3)`` uint8 RGB, flipped if the match is mirrored."""
        return self.figure.picture(self.mirrored)


@dataclass(frozen=True)
class Neighbour:
    """A skeleton of an index: its row, mean difference of bone angles in degrees, whether mirrored."""

    row: int
    distance: float
    mirrored: bool


class PoseIndex:
    """Finds the skeletons nearest in pose among up to a million.

    Args:
        points: ``(N, 18, 2)`` joints, in any unit.
    """

    def __init__(self, points: np.ndarray) -> None:
        self._directions = flat_directions(points)
        self._angles = segment_angles(points)

    def search(self, points: np.ndarray, k: int, allowed: np.ndarray | None = None) -> list[Neighbour]:
        """The k rows nearest to a skeleton, as they are or mirrored, nearest first.

        Args:
            points: ``(18, 2)``; parts with a missing joint are left out of the comparison.
            k: how many at most.
            allowed: ``(N,)`` bool, the rows that may be found; all if None.
        """
        queries = np.stack([points, points[MIRROR_INDEX] * (-1, 1)])
        best: dict[int, Neighbour] = {}
        for mirrored, (query, rows) in enumerate(
            zip(queries, nearest(self._directions, queries, _SHORTLIST, allowed), strict=True)
        ):
            for row, distance in zip(rows, pose_distances(query, self._angles[rows]), strict=True):
                if distance < (best[row].distance if row in best else np.inf):
                    best[row] = Neighbour(int(row), float(distance), bool(mirrored))
        return sorted(best.values(), key=lambda neighbour: neighbour.distance)[:k]


class Retriever:
    """Searches a library by pose.

    Args:
        library: its figures.
    """

    def __init__(self, library: ReferenceLibrary) -> None:
        self.library = library
        self._index = PoseIndex(np.array([figure.skeleton.points for figure in library.figures]))
        self._styles = np.array([figure.style for figure in library.figures])
        self._clips = np.array([figure.clip for figure in library.figures])

    def search(
        self,
        skeleton: Skeleton,
        k: int = 5,
        style: FigureStyle | None = None,
        exclude_clip: str | None = None,
    ) -> list[Match]:
        """The k figures nearest in pose, as they are or mirrored, nearest first.

        Args:
            skeleton: the learner's joints; those missing are left out of the comparison.
            k: how many at most.
            style: only figures of this style.
            exclude_clip: no figure from this animation.
        """
        allowed = np.ones(len(self.library), bool)
        if style is not None:
            allowed &= self._styles == style
        if exclude_clip is not None:
            allowed &= self._clips != exclude_clip
        return [
            Match(self.library.figures[found.row], found.distance, found.mirrored)
            for found in self._index.search(skeleton.points, k, allowed)
        ]


def directions(points: np.ndarray) -> np.ndarray:
    """Unit vectors of the 17 parts; zero where a joint is missing or a part has no length.

    Args:
        points: ``(..., 18, 2)``.

    Returns:
        ``(..., 17, 2)``.
    """
    vectors = bone_vectors(points)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(vectors / lengths, posinf=0.0, neginf=0.0)


def flat_directions(points: np.ndarray) -> np.ndarray:
    """`directions` of ``(N, 18, 2)`` points as ``(34, N)`` float32, the layout that `nearest` reads."""
    return np.ascontiguousarray(directions(points).astype(np.float32).reshape(len(points), -1).T)


def nearest(
    library: np.ndarray, queries: np.ndarray, count: int, allowed: np.ndarray | None = None
) -> list[np.ndarray]:
    """Rows of a library with the greatest summed cosine of bone directions.

    Args:
        library: ``(34, N)`` of `flat_directions`.
        queries: ``(Q, 18, 2)`` points.
        count: how many rows for each query.
        allowed: ``(N,)`` bool, the rows that may be found; all if None.

    Returns:
        For each query at most ``count`` row indices, unordered.
    """
    cosines = flat_directions(queries).T @ library
    if allowed is not None:
        cosines[:, ~allowed] = -np.inf
    found = [_greatest(row, count) for row in cosines]
    return found if allowed is None else [rows[allowed[rows]] for rows in found]


def _greatest(values: np.ndarray, count: int) -> np.ndarray:
    """Indices of the greatest values, unordered. They lie in the blocks with the greatest maxima."""
    if len(values) > count * _BLOCK:
        whole = len(values) // _BLOCK * _BLOCK
        peaks = values[:whole].reshape(-1, _BLOCK).max(1)
        blocks = np.argpartition(peaks, -count)[-count:]
        inside = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        indices = np.concatenate([inside, np.arange(whole, len(values))])
    else:
        indices = np.arange(len(values))
    count = min(count, len(indices))
    return indices[np.argpartition(values[indices], len(indices) - count)[len(indices) - count :]]


def pose_distances(points: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Mean absolute bone-angle differences in degrees, over the parts that both have.

    Args:
        points: ``(18, 2)``.
        angles: ``(N, 17)`` as `geometry.segment_angles` gives them.

    Returns:
        ``(N,)``; infinite where no part is shared.
    """
    differences = np.abs(angle_difference(segment_angles(points), angles))
    shared = np.isfinite(differences)
    total = np.where(shared, differences, 0).sum(1)
    return np.where(shared.any(1), total / np.maximum(shared.sum(1), 1), np.inf)
