from __future__ import annotations

import base64

import numpy as np
import pytest

from proportion.errors import BadInput
from proportion.geometry import segment_lengths
from proportion.images import load_picture
from proportion.references.layers import layered_figures, load_layered
from proportion.skeleton import PARTS, Skeleton, joint_points
from proportion.ui.demonstration import LESSONS, PIECES, Change, range_of, redraw, shelf
from proportion.ui.engine import Engine
from proportion.ui.texts import LANGUAGES, knows, texts


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def wish(**changes):
    return {"figure": "realistic-woman", "piece": "head", "factor": 1.5, "number": 3, **changes}


def test_arms_and_legs_are_pieces_beside_every_part():
    assert {part: PIECES[part] for part in PARTS} == {part: (part,) for part in PARTS}
    assert PIECES["left_arm"] == ("left_upper_arm", "left_forearm")
    assert set(PIECES["legs"]) == {"left_thigh", "left_shin", "right_thigh", "right_shin"}


def test_a_limb_at_the_viewer_is_shorter_with_a_nearer_hand_and_marked():
    change = Change("left_arm", 0.5, viewer=True)
    assert change.factors == {"left_upper_arm": 0.5, "left_forearm": 0.5, "left_hand": 1.3}
    assert change.foreshortened == {"left_upper_arm", "left_forearm", "left_hand"}
    assert Change("left_arm", 0.5).foreshortened == frozenset()
    assert "left_hand" not in Change("left_arm", 0.5).factors


@pytest.mark.parametrize("piece", ["head", "torso", "arms", "legs", "shoulder_width"])
@pytest.mark.parametrize("factor", [0.6, 1.35])
def test_the_piece_changes_and_the_pelvis_and_the_rest_stay(engine, piece, factor):
    answer = redraw(engine, wish(piece=piece, factor=factor))
    after, before = (Skeleton.from_json(answer[key]) for key in ("skeleton", "original"))
    ratio = segment_lengths(after.points) / segment_lengths(before.points)
    expected = [factor if part in PIECES[piece] else 1 for part in PARTS]
    assert np.allclose(ratio, expected)
    assert np.allclose(joint_points(after.points, "pelvis"), joint_points(before.points, "pelvis"))
    picture = load_picture(base64.b64decode(answer["picture"].partition("base64,")[2]))
    assert picture.shape[1::-1] == after.image_size == before.image_size
    x, y = after.point("left_knee").round().astype(int)
    assert picture[y, x].min() < 240  # there is a leg, not paper
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert border.min() > 240  # nothing is cut off
    assert answer["number"] == 3


def test_random_mistakes_follow_their_seed_and_are_seen_by_the_app(engine):
    first, again, other = (redraw(engine, wish(mistake=seed)) for seed in (5, 5, 6))
    assert (first["piece"], first["factor"]) == (again["piece"], again["factor"])
    assert first["picture"] == again["picture"]
    assert first["picture"] != other["picture"]
    for answer in (first, other):
        assert answer["report"]["findings"][0]["part"] in PIECES[answer["piece"]]


def test_every_figure_shows_random_mistakes(engine):
    for name in layered_figures():
        answer = redraw(engine, wish(figure=name, mistake=1))
        assert answer["figure"] == name
        assert answer["piece"] in PIECES
        assert answer["factor"] in (0.6, min(1.5, range_of(answer["piece"])[1]))


@pytest.mark.parametrize("shown", ["legs", "left_arm", "head"])
def test_a_random_mistake_is_another_than_the_one_on_show(engine, shown):
    for seed in range(8):
        answer = redraw(engine, wish(piece=shown, mistake=seed))
        assert not set(PIECES[answer["piece"]]) & set(PIECES[shown])


@pytest.mark.parametrize("name", layered_figures())
def test_a_figure_as_it_was_drawn_is_fine(engine, name):
    report = redraw(engine, wish(figure=name, factor=1))["report"]
    assert (report["verdict"], report["findings"]) == ("fine", [])


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {},
        wish(figure="../secret"),
        wish(piece="tail"),
        wish(factor=float("nan")),
        wish(factor="2"),
        wish(figure=["realistic-woman"]),
    ],
)
def test_a_wish_that_makes_no_sense_gives_one_sentence(engine, bad):
    with pytest.raises(BadInput, match="cannot be shown"):
        redraw(engine, bad)


def test_factors_stay_within_what_can_be_drawn(engine):
    assert redraw(engine, wish(factor=50))["factor"] == 1.8
    assert redraw(engine, wish(factor=-1))["factor"] == 0.5
    assert redraw(engine, wish(piece="hip_width", factor=1.8))["factor"] == range_of("hip_width")[1]
    for lesson in LESSONS:
        assert range_of(lesson.piece)[0] <= lesson.factor <= range_of(lesson.piece)[1]


def test_lessons_and_pieces_have_figures_and_names():
    assert {lesson.figure for lesson in LESSONS} <= set(layered_figures())
    assert {lesson.piece for lesson in LESSONS} <= set(PIECES)
    for lesson in LESSONS:
        assert knows(f"page.lesson_{lesson.name}")
    for language in LANGUAGES:
        table = texts(language)
        assert all(f"page.piece_{piece}" in table or f"part.{piece}" in table for piece in PIECES)


def test_the_shelf_holds_every_figure_in_small():
    figures = shelf()["figures"]
    assert [figure["name"] for figure in figures] == list(layered_figures())
    for figure in figures:
        thumbnail = load_picture(base64.b64decode(figure["thumbnail"].partition("base64,")[2]))
        assert max(thumbnail.shape[:2]) <= 200
        assert load_layered(figure["name"]).id == figure["name"]
