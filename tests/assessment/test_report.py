import json

import numpy as np
import pytest

from proportion.assessment.report import (
    Consistency,
    Deviation,
    Finding,
    Praise,
    ReferenceNote,
    Report,
    Unsure,
)
from proportion.errors import BadInput
from proportion.skeleton import Skeleton


@pytest.fixture
def report() -> Report:
    skeleton = Skeleton((200, 300), np.arange(36.0).reshape(18, 2)).without("left_hand")
    finding = Finding(
        "left_forearm", "too short", -30, -36, -24, 0.97, "finding_too_short", {"part": "left_forearm"}
    )
    return Report(
        style="anime",
        style_requested="auto",
        against="sheet",
        verdict="needs work",
        score=62,
        skeleton=skeleton,
        similarity=0.81,
        heads_tall=6.8,
        consistency=Consistency(0.9, (Deviation(2, "torso", 12.5),)),
        good=(Praise("good_legs"),),
        findings=(finding,),
        unsure=(Unsure("right_thigh", "points_at_viewer"),),
        references=(ReferenceNote("a1", 7.5, True, "reference_same_pose", {"degrees": 8}),),
        corrected_skeleton=skeleton,
        pose_3d={"chin": (0.0, -1.0, 0.25)},
        alignment={"learner": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]},
        heat={"left_forearm": 0.12, "head": None},
    )


def test_json_round_trip(report):
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert Report.from_json(data) == report


def test_json_has_the_agreed_keys(report):
    assert list(report.to_json()) == [
        *("format", "style", "style_requested", "against", "verdict", "score", "similarity"),
        *("heads_tall", "consistency", "good", "findings", "unsure", "references", "skeleton"),
        *("corrected_skeleton", "pose_3d", "alignment", "heat"),
    ]
    assert set(report.to_json()["findings"][0]) == {
        *("part", "kind", "percent", "low", "high", "certainty", "message", "values")
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "other/1"),
        ("style", "cubist"),
        ("score", float("nan")),
        ("score", 101),
        ("findings", [{"part": "tail"}]),
        ("findings", 3),
        ("skeleton", None),
        ("heat", {"tail": 0.5}),
        ("heat", {"head": 1.5}),
        ("pose_3d", {"chin": [0, 1]}),
        ("alignment", {"learner": [[1, 0, 0]]}),
    ],
)
def test_refuses_what_is_no_report(report, field, value):
    data = report.to_json() | {field: value}
    with pytest.raises(BadInput):
        Report.from_json(data)
