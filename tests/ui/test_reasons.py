import pytest

from proportion.assessment.report import Report, Unsure
from proportion.skeleton import JOINTS, Skeleton
from proportion.ui.reasons import grouped, named
from proportion.ui.texts import LANGUAGES, say


def report(*unsure: Unsure) -> Report:
    points = [[10.0 * index, 5.0 * index] for index in range(len(JOINTS))]
    return Report("anime", "auto", "style", "fine", 90, Skeleton((200, 200), points), unsure=unsure)


def test_pairs_are_said_as_pairs():
    parts = ["neck", "left_forearm", "left_hand", "right_forearm"]
    assert named(parts, "en") == "Neck, both forearms and left hand"
    assert named(["right_hand", "left_hand"], "zh-Hant") == "雙手"
    assert named(["right_foot"], "ja") == "右足"


def test_one_sentence_a_reason_and_every_part_in_one():
    rows = (
        Unsure("neck", "joint_uncertain", {"part": "neck"}),
        Unsure("left_foot", "points_at_viewer", {"part": "left_foot"}),
        Unsure("head", "joint_uncertain", {"part": "head"}),
    )
    found = grouped(report(*rows), "en").unsure
    assert [row.message for row in found] == ["joint_uncertain", "points_at_viewer"]
    assert say("en", found[0].message, **found[0].values).startswith("Neck and head: ")
    assert say("en", found[1].message, **found[1].values).startswith("Left foot: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_unsure_stays_nothing(language):
    assert grouped(report(), language).unsure == ()
