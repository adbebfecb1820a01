import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX, PARTS
from proportion.synthesis.body_plans import BodyPlan
from proportion.synthesis.body_statistics import heads_tall, part_lengths, stature
from proportion.synthesis.library import load_characters
from proportion.synthesis.makehuman import load_makehuman
from proportion.synthesis.stylise import stylise
from proportion.synthesis.wardrobe import pool_character


@pytest.mark.parametrize(("style", "least", "most"), [("anime", 4.0, 8.1), ("chibi", 1.8, 3.8)])
def test_heads_tall_are_those_of_the_style(data_dir, style, least, most):
    people = load_makehuman(data_dir)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        figure = stylise(people.person(rng, bald=True), style, rng)
        assert least < heads_tall(figure) < most
        assert figure.family == style


def test_lengths_follow_the_plan(data_dir):
    body = load_makehuman(data_dir).person(np.random.default_rng(1), bald=True)
    plan = BodyPlan.random("chibi", np.random.default_rng(2))
    figure = stylise(body, "chibi", np.random.default_rng(2))
    share = part_lengths(figure) / stature(body)
    for part in ("torso", "shoulder_width", "left_thigh", "right_forearm"):
        wanted = getattr(plan, part.partition("_")[2] if part.startswith(("left", "right")) else part)
        assert share[PARTS.index(part)] == pytest.approx(wanted, rel=0.05)


def test_the_crown_is_the_skull_and_not_the_hair(data_dir):
    rng = np.random.default_rng(4)
    figure = stylise(load_makehuman(data_dir).person(rng, bald=True), "anime", rng)
    skin = [i for i, name in enumerate(figure.material_names) if name == "Skin"]
    head = np.isin(figure.materials, skin) & (figure.parts == PARTS.index("head"))
    skull = figure.vertices[figure.triangles[head]].reshape(-1, 3)
    assert figure.landmarks[JOINT_INDEX["head_top"], 1] == pytest.approx(skull[:, 1].max(), abs=1e-3)
    assert figure.vertices[:, 1].max() > skull[:, 1].max()


def test_any_rig_can_be_stylised(data_dir):
    for character in load_characters(data_dir, "test"):
        figure = stylise(character, "chibi", np.random.default_rng(0), "test")
        assert figure.family == "chibi_test"
        np.testing.assert_allclose(figure.weights.sum(1), 1, atol=1e-4)


def test_the_wardrobe_does_not_depend_on_the_order_of_calls(data_dir):
    first = pool_character(data_dir, 1)
    pool_character.cache_clear()
    pool_character(data_dir, 2)
    np.testing.assert_array_equal(first.vertices, pool_character(data_dir, 1).vertices)


def test_other_sets_of_people_are_other_people(data_dir):
    people = [pool_character(data_dir, 1, "train", number) for number in (0, 1, 2)]
    assert len({character.vertices.tobytes() for character in people}) == 3
