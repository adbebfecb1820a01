"""Which figures stand in the same pose: nearest by bone angle, blind to the lengths of the bones.

A learner's wrong lengths therefore cannot lead to a reference that shares them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proportion.geometry import angle_difference, segment_angles
from proportion.references.library import Figure, FigureStyle, ReferenceLibrary
from proportion.skeleton import Skeleton, bone_vectors

_SHORTLIST = 64


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
        picture = self.figure.picture()
        return np.ascontiguousarray(picture[:, ::-1]) if self.mirrored else picture


class Retriever:
    """Searches a library by pose.

    Args:
        library: its figures.
    """

    def __init__(self, library: ReferenceLibrary) -> None:
        self.library = library
        points = np.array([figure.skeleton.points for figure in library.figures])
        self._directions = directions(points).astype(np.float32).reshape(len(library), -1)
        self._angles = segment_angles(points)
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
        queries = np.stack([skeleton.points, skeleton.mirrored().points])
        allowed = np.ones(len(self.library), bool)
        if style is not None:
            allowed &= self._styles == style
        if exclude_clip is not None:
            allowed &= self._clips != exclude_clip
        rows = np.flatnonzero(allowed)
        pool = self._directions if allowed.all() else self._directions[rows]
        best: dict[int, tuple[float, bool]] = {}
        for mirrored, (points, found) in enumerate(
            zip(queries, nearest(pool, queries, _SHORTLIST), strict=True)
        ):
            for row, distance in zip(
                rows[found], pose_distances(points, self._angles[rows[found]]), strict=True
            ):
                if distance < best.get(row, (np.inf, False))[0]:
                    best[row] = (float(distance), bool(mirrored))
        ranked = sorted(best.items(), key=lambda entry: entry[1][0])[:k]
        return [
            Match(self.library.figures[row], distance, mirrored) for row, (distance, mirrored) in ranked
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


def nearest(library: np.ndarray, queries: np.ndarray, count: int) -> np.ndarray:
    """Rows of a library with the greatest summed cosine of bone directions.

    Args:
        library: ``(N, 34)`` float32, flattened `directions`.
        queries: ``(Q, 18, 2)`` points.
        count: how many rows for each query, unordered.

    Returns:
        ``(Q, min(count, N))`` row indices.
    """
    flat = directions(queries).astype(np.float32).reshape(len(queries), -1)
    cosines = flat @ library.T
    count = min(count, len(library))
    return np.argpartition(cosines, len(library) - count, axis=1)[:, len(library) - count :]


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
