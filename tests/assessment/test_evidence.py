from dataclasses import replace

import numpy as np
import pytest

from proportion.assessment import advice
from proportion.assessment.evidence import OTHER_SEGMENT, Evidence, weigh
from proportion.assessment.lifting import Lifted
from proportion.assessment.verdicts import Wrong
from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.ui.texts import LANGUAGES, say

THIGH, SHIN, HEAD = (PARTS.index(part) for part in ("left_thigh", "left_shin", "head"))
EVERYTHING, NOTHING = np.ones((1, len(PARTS)), bool), np.zeros(len(PARTS), bool)


def lifted(**too_short: float) -> Lifted:
    blank = np.zeros(len(PARTS))
    chances = np.full(len(PARTS), 0.01)
    for part, chance in too_short.items():
        chances[PARTS.index(part)] = chance
    return Lifted(
        np.zeros((18, 3)), blank, blank, np.ones(3) / 3, chances, np.full(17, 0.01), blank, blank
    )


def evidence(figure: Lifted, *placed: str, never_short: np.ndarray = NOTHING) -> Evidence:
    sigma = np.ones((1, 18))
    sigma[:, [JOINT_INDEX[joint] for joint in placed]] = np.nan
    return weigh([figure], sigma, EVERYTHING, never_short).of(0)


def chance(log_odds: float) -> float:
    return 1 / (1 + np.exp(-log_odds))


def test_the_chances_of_both_segments_count_together():
    weight = evidence(lifted(left_thigh=0.4, left_shin=0.3))
    assert chance(weight.own[THIGH]) == pytest.approx(0.4)
    assert chance(weight.limb[THIGH]) == pytest.approx(0.7)
    assert weight.surest() == THIGH
    assert weight.meant(THIGH) == [THIGH, SHIN]


def test_a_joint_that_a_person_placed_tells_the_segments_apart():
    weight = evidence(lifted(left_thigh=0.4, left_shin=0.3), "left_knee")
    assert weight.limb[THIGH] == weight.own[THIGH]
    assert weight.meant(THIGH) == [THIGH]


def test_a_segment_that_is_hardly_possible_is_not_named_beside_the_other():
    weight = evidence(lifted(left_thigh=0.9, left_shin=0.05))
    assert weight.meant(THIGH) == [THIGH]
    assert weight.limb[SHIN] == weight.own[SHIN]


def test_segments_that_are_wrong_in_different_directions_do_not_add_up():
    too_long = np.full(17, 0.01)
    too_long[SHIN] = 0.5
    weight = evidence(replace(lifted(left_thigh=0.4), too_long=too_long))
    assert chance(weight.limb[THIGH]) == pytest.approx(0.41)
    assert list(weight.sign[[THIGH, SHIN]]) == [-1, 1]


def test_what_points_at_the_viewer_is_never_too_short_and_what_is_not_there_is_nothing():
    figure = lifted(left_thigh=0.9, head=0.9)
    marked = np.arange(len(PARTS)) == THIGH
    weight = evidence(figure, never_short=marked)
    assert weight.surest() == HEAD and weight.sign[THIGH] == 1
    gone = weigh([figure], np.ones((1, 18)), EVERYTHING & ~marked, NOTHING).of(0)
    assert gone.own[THIGH] == gone.limb[THIGH] == -np.inf


def test_only_segments_of_one_limb_have_another():
    pairs = {(PARTS[i], PARTS[j]) for i, j in enumerate(OTHER_SEGMENT) if i != j}
    assert pairs == {
        (f"{side}_{one}", f"{side}_{other}")
        for side in ("left", "right")
        for pair in (("upper_arm", "forearm"), ("thigh", "shin"))
        for one, other in (pair, pair[::-1])
    }


def test_the_segment_named_beside_the_likelier_one_says_so():
    said = advice.finding(Wrong(SHIN, "too short", -0.4, 0.1, 1.0, 0.3, instead_of=THIGH), "style")
    assert said.message == "finding.instead.less"
    for language in LANGUAGES:
        sentence = say(language, said.message, **said.values)
        assert "{" not in sentence and "33" in sentence
    assert "left shin" in say("en", said.message, **said.values)


def test_a_limb_that_is_too_long_may_be_one_whose_partner_is_too_short():
    partner = PARTS.index("right_thigh")
    too_long = np.full(17, 0.01)
    too_long[partner] = 0.3
    figure = replace(lifted(left_thigh=0.6, left_shin=0.02), too_long=too_long)
    assert evidence(figure).meant(THIGH) == [THIGH, partner]
    assert evidence(figure, "left_knee").meant(THIGH) == [THIGH]
    too_long[partner] = 0.05  # hardly possible
    assert evidence(replace(figure, too_long=too_long)).meant(THIGH) == [THIGH]
    both_short = lifted(left_thigh=0.6, right_thigh=0.3)  # the same direction is no other reading
    assert evidence(both_short).meant(THIGH) == [THIGH]


def test_only_the_likeliest_other_part_is_named():
    too_long = np.full(17, 0.01)
    too_long[PARTS.index("right_shin")] = 0.4
    weight = evidence(replace(lifted(left_thigh=0.5, left_shin=0.3), too_long=too_long))
    assert weight.meant(THIGH) == [THIGH, PARTS.index("right_shin")]


def test_the_limb_named_instead_of_its_partner_says_so():
    partner = PARTS.index("right_thigh")
    said = advice.finding(Wrong(partner, "too long", 0.4, 0.1, 1.0, 0.3, instead_of=THIGH), "style")
    assert said.message == "finding.other_side.more"
    for language in LANGUAGES:
        sentence = say(language, said.message, **said.values)
        assert "{" not in sentence and "49" in sentence
