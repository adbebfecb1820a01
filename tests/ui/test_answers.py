"""What the page is told, from real networks."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from proportion.errors import BadInput
from proportion.images import encode_picture
from proportion.pose.boxes import Box
from proportion.skeleton import Skeleton
from proportion.ui import answers
from proportion.ui.engine import Engine
from proportion.ui.takeaway import with_example


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture(scope="module")
def figure(engine):
    """A library figure three times as large: its picture and its joints."""
    anime = [figure for figure in engine.library.figures if figure.style == "anime"]
    shown = min(anime, key=lambda figure: abs(figure.yaw) + abs(figure.heads_tall - 6))
    picture = np.kron(shown.picture(), np.ones((3, 3, 1), np.uint8))
    points = shown.skeleton.points * 3
    return picture, Skeleton(picture.shape[1::-1], points, shown.skeleton.states)


def test_a_release_says_the_same_as_the_check_that_follows(engine, figure):
    request = {"skeleton": figure[1].to_json(), "foreshortened": [], "revision": 3}
    released, checked = answers.release(engine, request), answers.check(engine, request)
    assert released["measures"]["page.heads_tall"] == checked["report"]["heads_tall"]
    assert answers.VERDICTS[released["verdict"]] == checked["report"]["verdict"]
    findings = checked["report"]["findings"]
    assert released["first"] == (findings[0]["text"] if findings else None)
    json.dumps(checked)


def test_ones_own_example_is_compared_with(engine, figure):
    skeleton = figure[1].to_json()
    own = answers.check(engine, {"skeleton": skeleton, "own": skeleton})
    assert own["chosen"] is None
    assert own["report"]["similarity"] == pytest.approx(1, abs=0.01)
    assert len(own["references"]) == 5
    with pytest.raises(BadInput):
        answers.check(engine, {"skeleton": skeleton, "own": {"format": "else"}})


def test_the_chosen_reference_is_the_one_compared_with(engine, figure):
    skeleton = figure[1]
    similar = []
    for number, chosen in ((0, 0), (3, 3), (5, 0), (-1, 0), ("2", 0)):
        checked = answers.check(engine, {"skeleton": skeleton.to_json(), "reference": number})
        assert checked["chosen"] == chosen
        other = engine.assessor.retriever.search(skeleton, 5, checked["report"]["style"])[chosen]
        compared = engine.assessor.matcher.compare(skeleton, other.skeleton)
        assert checked["report"]["similarity"] == pytest.approx(compared.similarity, abs=1e-6)
        similar.append(checked["report"]["similarity"])
    assert similar[0] != similar[1]


def test_the_report_shows_the_reference_that_was_looked_at(engine, figure):
    picture, skeleton = figure
    wish = {"skeleton": skeleton.to_json(), "reference": 2}
    assessment, chosen = answers.assess(engine, wish)
    assert chosen == 2
    assert with_example(assessment, chosen, wish).matches[0] is assessment.matches[2]
    wish = {**wish, "own": skeleton.to_json(), "own_picture": answers.data_url(picture, "PNG")}
    assessment, chosen = answers.assess(engine, wish)
    example = with_example(assessment, chosen, wish).matches[0]
    assert np.array_equal(example.picture(), picture)
    with pytest.raises(BadInput):
        with_example(assessment, chosen, {**wish, "own_picture": None})


def test_figures_are_found_in_their_boxes(engine, figure, tmp_path):
    picture = figure[0]
    small = np.full_like(picture, 255)
    small[200:584, 200:584] = picture[::2, ::2]
    both = np.concatenate([picture, small], axis=1)
    path = tmp_path / "both.png"
    path.write_bytes(encode_picture(both))
    boxes = answers.figures_around(engine, path)
    assert len(boxes) == 2
    for box, other in (boxes, boxes[::-1]):
        _, answer = answers.find_joints(engine, path, Box(*box))
        chin = answer["skeleton"]["joints"]["chin"]["x"]
        assert abs(chin - (box[0] + box[2]) / 2) < abs(chin - (other[0] + other[2]) / 2)


@pytest.mark.parametrize("box", [(-1e9, -1e9, 1e9, 1e9), (50, 50, 40, 40), (1e12, 0, 1e12, 5)])
def test_a_box_that_no_page_sends_does_no_harm(engine, figure, tmp_path, box):
    path = tmp_path / "one.png"
    Image.fromarray(figure[0]).save(path)
    picture, answer = answers.find_joints(engine, path, Box(*box))
    assert Skeleton.from_json(answer["skeleton"]).image_size == picture.shape[1::-1]
