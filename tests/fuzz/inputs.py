"""Random input: JSON, skeletons, wishes of the page, files of the hostile corpus with bytes changed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from proportion.skeleton import JOINTS, PARTS
from tests.hostile_corpus import bad_pictures, bad_projects, bad_skeletons, bad_zips

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
json_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
_coordinates = st.floats(-1e6, 1e6) | _scalars
_joints = st.dictionaries(
    st.sampled_from(JOINTS) | st.text(max_size=10),
    st.fixed_dictionaries(
        {"x": _coordinates, "y": _coordinates},
        optional={
            "state": st.sampled_from(["seen", "guessed", "missing"]) | _scalars,
            "sigma": _coordinates,
        },
    )
    | json_values,
    max_size=20,
)
_whole_figures = st.fixed_dictionaries(
    {
        "image_size": st.lists(st.integers(1, 4000), min_size=2, max_size=2),
        "joints": st.fixed_dictionaries(
            {
                name: st.fixed_dictionaries({"x": st.floats(-100, 5000), "y": st.floats(-100, 5000)})
                for name in JOINTS
            }
        ),
    }
)
skeleton_values = (
    _whole_figures
    | st.fixed_dictionaries(
        {"image_size": st.lists(st.integers(-1, 2000), max_size=3) | json_values, "joints": _joints},
        optional={"format": _scalars},
    )
    | json_values
)
_marks = st.lists(st.sampled_from(PARTS) | _scalars, max_size=5) | json_values
wishes = st.fixed_dictionaries(
    {},
    optional={
        "skeleton": skeleton_values,
        "foreshortened": _marks,
        "style": st.sampled_from(["auto", "anime", "chibi"]) | json_values,
        "reference": st.integers(-3, 9) | json_values,
        "own": skeleton_values,
        "own_picture": json_values,
        "language": st.sampled_from(["en", "ja"]) | json_values,
        "format": st.sampled_from(["png", "pdf"]) | json_values,
        "image": json_values,
        "upload": json_values,
        "box": st.integers(-3, 20),
        "boxes": st.lists(st.lists(st.floats(), max_size=5), max_size=5),
        "revision": json_values,
        "asked": json_values,
        "figure": json_values,
        "part": st.sampled_from(PARTS) | json_values,
        "factor": st.floats() | json_values,
        "number": json_values,
    },
)
_seeds = [
    content
    for corpus in (bad_pictures, bad_skeletons, bad_projects, bad_zips)
    for _, content in list(corpus())[::6]
    if len(content) < 20_000
]


@st.composite
def mutated(draw: Any) -> bytes:
    """A file of the corpus with a few bytes changed, cut or doubled, or mere noise."""
    content = bytearray(draw(st.sampled_from(_seeds) | st.binary(max_size=500)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        change = draw(st.sampled_from(("set", "cut", "insert")))
        if change == "set" and content:
            content[place] = draw(st.integers(0, 255))
        elif change == "cut":
            del content[place : place + draw(st.integers(1, 50))]
        else:
            content[place:place] = draw(st.binary(max_size=20))
    return bytes(content)


def encoded(value: Any) -> bytes:
    """A value as the JSON that a client would send."""
    return json.dumps(value).encode()
