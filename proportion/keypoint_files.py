"""Skeleton files of every kind that we know: our own JSON, OpenPose/ControlNet and COCO keypoints."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from proportion.errors import BadInput
from proportion.skeleton import (
    DERIVED_JOINTS,
    JOINT_INDEX,
    JointState,
    Skeleton,
    is_number,
    read_image_size,
)

MAX_FILE_SIZE = 1_000_000

_OPENPOSE_18: tuple[str, ...] = (
    "nose",
    "neck",
    *(f"{side}_{joint}" for side in ("right", "left") for joint in ("shoulder", "elbow", "wrist")),
    *(f"{side}_{joint}" for side in ("right", "left") for joint in ("hip", "knee", "ankle")),
    *("right_eye", "left_eye", "right_ear", "left_ear"),
)
_COCO_17: tuple[str, ...] = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    *(
        f"{side}_{joint}"
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ),
)
_COCO_VISIBILITY: dict[JointState, int] = {"missing": 0, "guessed": 1, "seen": 2}


def to_openpose(skeleton: Skeleton) -> dict[str, Any]:
    """OpenPose/ControlNet pose JSON with 18 keypoints (x, y, confidence); what we lack is 0, 0, 0.

    The neck is written as the midpoint of the shoulders; guessed joints get confidence 0.5.
    """
    numbers: list[float] = []
    for name in _OPENPOSE_18:
        known = name in JOINT_INDEX or name in DERIVED_JOINTS
        x, y = skeleton.point(name).tolist() if known else (math.nan, math.nan)
        if math.isnan(x):
            numbers += [0.0, 0.0, 0.0]
        else:
            numbers += [x, y, 0.5 if name in JOINT_INDEX and skeleton.state(name) == "guessed" else 1.0]
    width, height = skeleton.image_size
    return {"people": [{"pose_keypoints_2d": numbers}], "canvas_width": width, "canvas_height": height}


def from_openpose(data: Any) -> Skeleton:
    """Read the first person of an OpenPose/ControlNet pose JSON (18 keypoints, pixels).

    Confidence 0 means missing and below 0.6 guessed; joints that OpenPose lacks are missing.

    Raises:
        BadInput: what is wrong, in one sentence.
    """
    person = _first(data.get("people") if isinstance(data, Mapping) else None)
    triples = _keypoint_triples(person.get("pose_keypoints_2d"), _OPENPOSE_18)
    size = read_image_size([data.get("canvas_width"), data.get("canvas_height")])
    return _from_triples(
        size, triples, lambda c: "missing" if c <= 0 else "guessed" if c < 0.6 else "seen"
    )


def to_coco(skeleton: Skeleton) -> dict[str, Any]:
    """A COCO keypoint file with one picture and one annotation of 17 keypoints (x, y, visibility)."""
    numbers: list[float] = []
    for name in _COCO_17:
        state = skeleton.state(name) if name in JOINT_INDEX else "missing"
        x, y = (0.0, 0.0) if state == "missing" else skeleton.point(name).tolist()
        numbers += [x, y, _COCO_VISIBILITY[state]]
    width, height = skeleton.image_size
    annotation = {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "keypoints": numbers,
        "num_keypoints": sum(visibility > 0 for visibility in numbers[2::3]),
    }
    return {
        "images": [{"id": 1, "width": width, "height": height}],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": "person", "keypoints": list(_COCO_17)}],
    }


def from_coco(data: Any) -> Skeleton:
    """Read the first annotation of a COCO keypoint file (17 keypoints).

    Raises:
        BadInput: what is wrong, in one sentence.
    """
    annotation = _first(data.get("annotations") if isinstance(data, Mapping) else None)
    image = _first(data.get("images"))
    triples = _keypoint_triples(annotation.get("keypoints"), _COCO_17)
    state_of = {number: state for state, number in _COCO_VISIBILITY.items()}
    size = read_image_size([image.get("width"), image.get("height")])
    return _from_triples(size, triples, lambda v: state_of.get(int(v), "seen"))


def read_skeleton(text: str | bytes) -> Skeleton:
    """Read a skeleton file of any kind that we know: our own, OpenPose-18 or COCO-17.

    Raises:
        BadInput: what is wrong, in one sentence.
    """
    if len(text) > MAX_FILE_SIZE:
        raise BadInput(
            "This skeleton file is too big; a skeleton takes a few kilobytes.", "skeleton_too_big"
        )
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(
            "This file is not valid JSON; save the skeleton again and retry.", "skeleton_not_json"
        ) from None
    if isinstance(data, Mapping) and "people" in data:
        return from_openpose(data)
    if isinstance(data, Mapping) and "annotations" in data:
        return from_coco(data)
    return Skeleton.from_json(data)


def _first(entries: Any) -> Mapping[str, Any]:
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], Mapping):
        raise BadInput("There is no figure in this keypoint file.", "keypoints_no_figure")
    return entries[0]


def _keypoint_triples(numbers: Any, names: tuple[str, ...]) -> list[tuple[str, float, float, float]]:
    if (
        not isinstance(numbers, list)
        or len(numbers) != 3 * len(names)
        or not all(map(is_number, numbers))
    ):
        raise BadInput(
            f"This keypoint file must hold {len(names)} keypoints of three finite numbers each.",
            "keypoints_wrong_count",
            count=len(names),
        )
    return list(zip(names, numbers[0::3], numbers[1::3], numbers[2::3], strict=True))


def _from_triples(
    image_size: tuple[int, int],
    triples: list[tuple[str, float, float, float]],
    state_of: Callable[[float], JointState],
) -> Skeleton:
    joints = {
        name: {"x": x, "y": y, "state": state_of(confidence)}
        for name, x, y, confidence in triples
        if name in JOINT_INDEX
    }
    return Skeleton.from_json({"image_size": image_size, "joints": joints})
