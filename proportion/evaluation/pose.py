"""How well joints are found on drawings: PDJ, PCP and the calibration of sigma.

PDJ (percentage of detected joints, Sapp & Taskar 2013): a joint counts as found within a share of the
figure's torso diagonal, |left shoulder - right hip|. PCP (strict, 0.5): a bone counts if both its ends
lie within half of the bone's true length.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from proportion.errors import BadInput
from proportion.evaluation.averages import mean_or_none
from proportion.geometry import segment_lengths, torso_diagonal
from proportion.images import load_picture
from proportion.skeleton import BONES, JOINTS, MIRROR_INDEX, PARTS, Skeleton, joint_points

THRESHOLDS = (0.2, 0.1)
GROUPS = ("head_top", "chin", "shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "toe")
LIMB_GROUPS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_GROUP_OF_JOINT = np.array(
    [GROUPS.index(name.removeprefix("left_").removeprefix("right_")) for name in JOINTS]
)
_PCP_PARTS = [part for part in PARTS if not part.endswith("width")]
# Radius in sigmas that holds 90% of an isotropic two-dimensional normal distribution.
REGION_90 = float(np.sqrt(-2 * np.log(0.1)))

Estimate = Callable[[np.ndarray], Skeleton]


@dataclass(frozen=True)
class AnnotatedDrawing:
    """A drawing with joints marked by a person.

    Attributes:
        file: name of the picture.
        style: such as ``line`` or ``chibi``.
        sides_sure: false where left and right may be swapped in the marking.
        skeleton: the marked joints.
    """

    file: str
    style: str
    sides_sure: bool
    skeleton: Skeleton


def read_annotations(path: Path) -> list[AnnotatedDrawing]:
    """Read a ``proportion-drawings/1`` file.

    Raises:
        BadInput: it cannot be read as one.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [
            AnnotatedDrawing(
                entry["file"],
                entry["style"],
                entry.get("sides_sure", True),
                Skeleton.from_json(_bare(entry)),
            )
            for entry in data["drawings"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"'{path}' is not a readable proportion-drawings/1 file.", "annotations_unreadable"
        ) from error


def _bare(entry: dict[str, Any]) -> dict[str, Any]:
    return {"image_size": entry["image_size"], "joints": entry["joints"]}


def joint_errors(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Distances in torso diagonals of the truth.

    Args:
        found: ``(..., 18, 2)``; NaN where a joint was not found.
        truth: ``(..., 18, 2)``; NaN where it is not marked.

    Returns:
        ``(..., 19)``, the joints and last the middle of the head: infinite where a marked joint was not
        found, NaN where the truth has none, and for a whole figure whose torso diagonal is not marked.
    """
    unit = torso_diagonal(truth)[..., None]
    found, truth = (np.concatenate([p, _head_middle(p)], axis=-2) for p in (found, truth))
    errors = np.linalg.norm(found - truth, axis=-1) / unit
    marked = np.isfinite(truth).all(-1) & np.isfinite(unit)
    return np.where(marked, np.where(np.isfinite(found).all(-1), errors, np.inf), np.nan)


def _head_middle(points: np.ndarray) -> np.ndarray:
    return (joint_points(points, "head_top") + joint_points(points, "chin"))[..., None, :] / 2


def bones_found(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Strict PCP at 0.5 of each part that has a bone.

    Args are those of `joint_errors`.

    Returns:
        ``(..., 15)`` 1 found, 0 not found, NaN where the truth has no such bone.
    """
    limits = 0.5 * segment_lengths(truth)
    rows = []
    for part, bone in zip(PARTS, BONES, strict=True):
        if part not in _PCP_PARTS:
            continue
        limit = limits[..., PARTS.index(part)]
        near = np.ones(limit.shape, bool)
        for joint in (bone.start, bone.end):
            miss = np.linalg.norm(joint_points(found, joint) - joint_points(truth, joint), axis=-1)
            near &= miss <= limit
        rows.append(np.where(np.isnan(limit), np.nan, near))
    return np.stack(rows, axis=-1)


def pdj(errors: np.ndarray, threshold: float) -> dict[str, float | None]:
    """PDJ of each joint group, of ``head``, of ``limbs`` and of ``all``.

    Args:
        errors: ``(N, 19)`` of `joint_errors`.
        threshold: in torso diagonals.

    Returns:
        Shares in [0, 1]; None where nothing was marked. ``head`` is the middle of crown and chin,
        ``limbs`` all joints from shoulders to wrists and hips to ankles, ``all`` the limbs and the head.
    """
    hits = np.where(np.isnan(errors), np.nan, errors <= threshold)
    joints, head = hits[:, :-1], hits[:, -1:]
    groups = {
        group: mean_or_none(joints[:, index == _GROUP_OF_JOINT]) for index, group in enumerate(GROUPS)
    }
    limbs = joints[:, np.isin(_GROUP_OF_JOINT, [GROUPS.index(group) for group in LIMB_GROUPS])]
    return groups | {
        "head": mean_or_none(head),
        "limbs": mean_or_none(limbs),
        "all": mean_or_none(np.concatenate([limbs, head], axis=1)),
    }


def score(
    found: Sequence[np.ndarray],
    sigma: Sequence[np.ndarray],
    truth: Sequence[np.ndarray],
    styles: Sequence[str],
) -> dict[str, Any]:
    """The whole table of one set of pictures.

    Args:
        found: N times ``(18, 2)``, NaN where not found.
        sigma: N times ``(18,)`` standard deviations in pixels.
        truth: N times ``(18, 2)``.
        styles: N names.

    Returns:
        ``n``, ``pdj`` and ``by_style`` (threshold -> group -> share), ``pcp`` (part -> share) and
        ``coverage_90``, the share of true joints in the region that should hold 90% of them.
    """
    found, truth = np.array(found), np.array(truth)
    errors = joint_errors(found, truth)
    names = np.array(styles)

    def table(rows: np.ndarray) -> dict[str, dict[str, float | None]]:
        return {str(threshold): pdj(errors[rows], threshold) for threshold in THRESHOLDS}

    inside = np.linalg.norm(found - truth, axis=-1) <= REGION_90 * np.array(sigma)
    both = np.isfinite(found).all(-1) & np.isfinite(truth).all(-1)
    bones = bones_found(found, truth)
    return {
        "n": len(errors),
        "pdj": table(np.ones(len(errors), bool)),
        "by_style": {style: table(names == style) for style in sorted(set(styles))},
        "pcp": {part: mean_or_none(bones[:, index]) for index, part in enumerate(_PCP_PARTS)},
        "coverage_90": float(inside[both].mean()) if both.any() else None,
    }


def evaluate_pose(
    annotations: Path, images: Path, *, overlays: Path | None = None, estimate: Estimate | None = None
) -> dict[str, Any]:
    """Score an estimator on marked drawings; a figure that was not found misses every joint.

    Args:
        annotations: a ``proportion-drawings/1`` file.
        images: folder of its pictures.
        overlays: folder to draw found (thick) and marked (thin) joints into, the worst picture first.
        estimate: picture to skeleton; the shipped estimator if None.

    Returns:
        See `score`.
    """
    if estimate is None:
        from proportion.pose.estimator import PoseEstimator

        estimate = PoseEstimator.load().estimate
    drawings = read_annotations(annotations)
    found, sigma, truth, pictures = [], [], [], []
    for drawing in tqdm(drawings, unit="drawing"):
        picture = load_picture(images / drawing.file)
        try:
            skeleton = estimate(picture)
        except BadInput:
            skeleton = Skeleton(drawing.skeleton.image_size)
        found.append(skeleton.points)
        sigma.append(skeleton.sigma)
        truth.append(better_sides(skeleton.points, drawing))
        pictures.append(picture)
    if overlays is not None:
        _draw_overlays(overlays, drawings, pictures, np.array(found), np.array(truth))
    return score(found, sigma, truth, [drawing.style for drawing in drawings])


def better_sides(found: np.ndarray, drawing: AnnotatedDrawing) -> np.ndarray:
    """The marked points, with sides swapped if they are unsure and ``(18, 2)`` found fit better so."""
    truth = drawing.skeleton.points
    if drawing.sides_sure:
        return truth
    swapped = truth[MIRROR_INDEX]
    hits = [np.nansum(joint_errors(found, points) <= THRESHOLDS[0]) for points in (truth, swapped)]
    return swapped if hits[1] > hits[0] else truth


def _draw_overlays(
    folder: Path,
    drawings: Sequence[AnnotatedDrawing],
    pictures: Sequence[np.ndarray],
    found: np.ndarray,
    truth: np.ndarray,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    errors = np.nan_to_num(joint_errors(found, truth), nan=0.0, posinf=9.0).clip(max=1).mean(1)
    for rank, index in enumerate(np.argsort(-errors)):
        picture = pictures[index].copy()
        width = max(1, round(max(picture.shape[:2]) / 250))
        for points, colour, thickness in (
            (truth[index], (0, 150, 90), width),
            (found[index], (214, 72, 30), 2 * width),
        ):
            for bone in BONES:
                ends = [joint_points(points, joint) for joint in (bone.start, bone.end)]
                if np.isfinite(ends).all():
                    start, end = (tuple(int(v) for v in np.round(p)) for p in ends)
                    cv2.line(picture, start, end, colour, thickness, cv2.LINE_AA)
        name = f"{rank:03d}_{errors[index]:.2f}_{Path(drawings[index].file).stem}.png"
        cv2.imwrite(str(folder / name), picture[..., ::-1])
