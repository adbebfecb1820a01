from __future__ import annotations

import numpy as np
import pytest

from proportion.geometry import apply_transform, downstream_joints, similarity
from proportion.references.library import ReferenceLibrary
from proportion.references.retrieval import PoseIndex, Retriever, flat_directions, nearest
from proportion.skeleton import BONE_OF_PART, JOINT_INDEX, Skeleton, joint_points


@pytest.fixture(scope="module")
def library() -> ReferenceLibrary:
    return ReferenceLibrary.load()


@pytest.fixture(scope="module")
def retriever(library) -> Retriever:
    return Retriever(library)


def test_the_library_has_the_three_styles_and_all_pictures(library):
    assert len(library) >= 1500
    assert {figure.style for figure in library.figures} == {"realistic", "anime", "chibi"}
    assert all(figure.picture_path.is_file() for figure in library.figures)
    assert all(figure.skeleton.present.all() for figure in library.figures)


def test_a_figure_finds_itself(library, retriever):
    for figure in library.figures[::200]:
        match = retriever.search(figure.skeleton)[0]
        assert match.figure.id == figure.id and not match.mirrored
        assert match.pose_distance == pytest.approx(0, abs=1e-6)


def test_a_mirrored_figure_finds_itself_mirrored(library, retriever):
    figure = library.figures[10]
    match = retriever.search(figure.skeleton.mirrored())[0]
    assert match.figure.id == figure.id and match.mirrored
    assert np.allclose(match.skeleton.points, figure.skeleton.mirrored().points)
    assert (match.picture() == figure.picture()[:, ::-1]).all()


@pytest.mark.parametrize("part", ["left_forearm", "right_thigh", "head", "left_upper_arm"])
@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_lengths_do_not_matter(library, retriever, part, factor):
    figure = library.figures[42]
    points = figure.skeleton.points.copy()
    bone = BONE_OF_PART[part]
    shift = (factor - 1) * (joint_points(points, bone.end) - joint_points(points, bone.start))
    for joint in downstream_joints(part):
        points[JOINT_INDEX[joint]] += shift
    assert retriever.search(figure.skeleton.with_points(points))[0].figure.id == figure.id


def test_place_and_size_do_not_matter(library, retriever):
    skeleton = library.figures[7].skeleton
    moved = skeleton.with_points(apply_transform(similarity(3.3, 0, (50, -20)), skeleton.points))
    first, second = retriever.search(skeleton), retriever.search(moved)
    assert [m.figure.id for m in first] == [m.figure.id for m in second]


def test_missing_joints_are_left_out(library, retriever):
    figure = library.figures[33]
    half = figure.skeleton.without("left_knee", "left_ankle", "left_toe", "right_ankle", "right_toe")
    assert retriever.search(half)[0].pose_distance == pytest.approx(0, abs=1e-6)


def test_matches_come_nearest_first_and_obey_the_filters(library, retriever):
    figure = library.figures[5]
    matches = retriever.search(figure.skeleton, k=4, style="chibi", exclude_clip=figure.clip)
    assert len(matches) == 4
    assert all(m.figure.style == "chibi" and m.figure.clip != figure.clip for m in matches)
    distances = [m.pose_distance for m in matches]
    assert distances == sorted(distances)


def test_an_empty_skeleton_finds_nothing_useful(retriever):
    assert retriever.search(Skeleton((10, 10))) == []


def test_a_large_index_finds_what_sorting_all_would_find():
    points = np.random.default_rng(0).normal(size=(70_000, 18, 2))
    library, query = flat_directions(points), points[:1]
    cosines = flat_directions(query).T @ library
    (found,) = nearest(library, query, 64)
    assert set(found) == set(np.argsort(cosines[0])[-64:])
    allowed = np.arange(len(points)) % 3 == 0
    (found,) = nearest(library, query, 64, allowed)
    assert set(found) == set(np.flatnonzero(allowed)[np.argsort(cosines[0, allowed])[-64:]])


def test_an_index_tells_mirror_images(library):
    index = PoseIndex(np.array([figure.skeleton.points for figure in library.figures[:50]]))
    found = index.search(library.figures[20].skeleton.mirrored().points, 3)[0]
    assert (found.row, found.mirrored) == (20, True)
    assert found.distance == pytest.approx(0, abs=1e-6)
