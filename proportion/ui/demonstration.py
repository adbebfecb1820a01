"""What the teacher's view shows: a drawn figure with one part changed, and what the app says to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from proportion.drawing.layers import over_white, rescale_part
from proportion.errors import BadInput
from proportion.images import fit_within
from proportion.references.layers import layered_figures, load_layered
from proportion.skeleton import PARTS, is_number
from proportion.ui.answers import check, data_url

if TYPE_CHECKING:
    from proportion.ui.engine import Engine

LESSONS: tuple[tuple[str, str, float], ...] = (
    ("big_head", "head", 1.45),
    ("long_torso", "torso", 1.35),
    ("t_rex_arm", "left_upper_arm", 0.55),
    ("uneven_arms", "right_forearm", 0.65),
    ("short_leg", "left_shin", 0.6),
    ("narrow_shoulders", "shoulder_width", 0.6),
    ("small_hand", "left_hand", 0.5),
    ("nothing_wrong", "head", 1.0),
)
"""Ready lessons: name, changed part and its factor."""

_LEAST, _MOST = 0.4, 2.0
_THUMBNAIL_SIDE = 200


@lru_cache(maxsize=1)
def shelf() -> dict[str, Any]:
    """The figures that can be changed, with thumbnails, and the lessons."""
    return {
        "figures": [{"name": name, "thumbnail": _thumbnail(name)} for name in layered_figures()],
        "lessons": [{"name": name, "part": part, "factor": factor} for name, part, factor in LESSONS],
    }


def redraw(engine: Engine, wish: Any) -> dict[str, Any]:
    """The figure with one part changed, and the result of its check.

    Args:
        engine: the networks and the references.
        wish: ``figure`` (its name), ``part``, ``factor`` (new length over old) and ``number``, which
            comes back so that the page can drop late answers.

    Raises:
        BadInput: there is no such figure, part or factor.
    """
    asked = wish if isinstance(wish, Mapping) else {}
    name, part, factor = (asked.get(key) for key in ("figure", "part", "factor"))
    if name not in layered_figures() or part not in PARTS or not is_number(factor):
        raise BadInput("This figure cannot be shown; choose another one.", "page.no_figure_to_show")
    figure = load_layered(name)
    picture, skeleton = rescale_part(figure, part, min(max(float(factor), _LEAST), _MOST))
    result = check(engine, {"skeleton": skeleton.to_json(), "style": figure.style})
    return {
        "number": asked.get("number"),
        "picture": data_url(over_white(picture)),
        "skeleton": skeleton.to_json(),
        "report": result["report"],
        "heat": result["heat"],
    }


def _thumbnail(name: str) -> str:
    picture, _ = rescale_part(load_layered(name), "head", 1.0)
    return data_url(fit_within(over_white(picture), _THUMBNAIL_SIDE))
