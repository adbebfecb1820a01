import numpy as np
import pytest

from proportion.skeleton import JOINT_INDEX
from proportion.synthesis.makehuman import TEST_GARMENTS, load_makehuman
from proportion.synthesis.makehuman_shape import Shape


def test_macro_targets_are_shares_of_one():
    targets = Shape(female=0.3, age=0.4, muscle=0.2, weight=0.9).targets()
    races = [w for name, w in targets.items() if name.startswith("macrodetails/") and "asian" in name]
    builds = [w for name, w in targets.items() if "universal" in name]
    assert sum(races) == pytest.approx(2 / 3)  # asian and caucasian, a third each
    assert sum(builds) == pytest.approx(1)


def test_all_targets_of_extreme_shapes_exist(data_dir):
    folder = data_dir / "makehuman" / "targets"
    for seed in range(20):
        for name in Shape.random(np.random.default_rng(seed)).targets():
            assert (folder / f"{name}.target.gz").exists()


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_person_is_a_sound_character(data_dir, split):
    people = load_makehuman(data_dir)
    person = people.person(np.random.default_rng(3), split)
    assert 0.7 < person.height < 2.6
    assert 4 < person.heads_tall < 9.5
    assert person.triangles.max() == len(person.vertices) - 1
    np.testing.assert_allclose(person.weights.sum(1), 1, atol=1e-4)
    assert person.materials.max() < len(person.material_names)
    left, right = (person.landmarks[JOINT_INDEX[f"{side}_hand"]] for side in ("left", "right"))
    assert left[0] > 0.2 and right[0] < -0.2
    wears_test = any(name in person.name for name in TEST_GARMENTS)
    assert wears_test == (split == "test")


def test_the_same_seed_gives_the_same_person(data_dir):
    people = load_makehuman(data_dir)
    first, second = (people.person(np.random.default_rng(5)) for _ in range(2))
    assert first.name == second.name
    np.testing.assert_array_equal(first.vertices, second.vertices)
