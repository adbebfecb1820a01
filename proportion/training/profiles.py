"""Fits the style profiles from measured bodies.

``realistic`` bodies are MakeHuman people (young and old, thin and strong) and rigged characters;
``anime`` and ``chibi`` bodies are those that `synthesis.stylise` draws from the canons of heads, with
rigged chibi characters; published figures carry no crown or chin, so the head's band rests on these.
Mean and covariance are those of the mixture of a style's families (the largest has the largest share),
each body once by its rig's joints and once by the joints that people mark (`training.labels`), widened
by what stylisation adds. Families of the test split are left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from proportion.assessment.measures import KIND_INDEX, KINDS_OF_PART
from proportion.assessment.profiles import body_unit
from proportion.assessment.report import STYLES
from proportion.geometry import segment_lengths
from proportion.skeleton import JOINT_INDEX, JOINTS, PARTS
from proportion.synthesis.poses import TEST_FAMILIES
from proportion.training.labels import as_marked

_HEADS = {"realistic": (6.5, 8.5), "anime": (5.0, 7.5), "chibi": (2.0, 3.5)}
_MAIN = {"realistic": "makehuman", "anime": "anime", "chibi": "chibi"}
_MAIN_SHARE = 0.7
_OWN_SD = {"hand": 0.10, "foot": 0.08, "neck": 0.12, "shoulder_width": 0.06, "hip_width": 0.08}
_OWN_SD |= {"torso": 0.04, "head": 0.05}
_LIMB_SD, _WHOLE_LIMB_SD = 0.035, 0.05
_LIMBS = (("upper_arm", "forearm"), ("thigh", "shin"))
_ARM, _ARM_PARTS = ("elbow", "wrist", "hand"), ("upper_arm", "forearm", "hand")
_LEG, _LEG_PARTS = ("knee", "ankle", "toe"), ("thigh", "shin", "foot")


def _kinds(lengths: np.ndarray) -> np.ndarray:
    """``(N, 11)`` log lengths relative to the body unit, sides averaged, of ``(N, 17)`` lengths."""
    logs = np.log(lengths / body_unit(lengths)[:, None])
    return np.stack([logs[:, kind == KIND_INDEX].mean(1) for kind in range(len(KINDS_OF_PART))], 1)


def _marked(lengths: np.ndarray, families: np.ndarray, characters: np.ndarray) -> np.ndarray:
    """``(N, 17)`` lengths as people would mark them, on figures that stand with hanging arms."""
    named = {part: lengths[:, index] for index, part in enumerate(PARTS)}
    points = np.zeros((len(lengths), len(JOINTS), 2))

    def put(joint: str, x: np.ndarray, height: np.ndarray) -> None:
        points[:, JOINT_INDEX[joint]] = np.stack([x, -height], axis=-1)

    middle, neck = np.zeros(len(lengths)), named["torso"]
    put("chin", middle, neck + named["neck"])
    put("head_top", middle, neck + named["neck"] + named["head"])
    for side, sign in (("left", 0.5), ("right", -0.5)):
        for width, first, start, limb in (
            ("shoulder_width", "shoulder", neck, zip(_ARM, _ARM_PARTS, strict=True)),
            ("hip_width", "hip", middle, zip(_LEG, _LEG_PARTS, strict=True)),
        ):
            height = start
            put(f"{side}_{first}", sign * named[width], height)
            for joint, part in limb:
                height = height - named[f"{side}_{part}"]
                put(f"{side}_{joint}", sign * named[width], height)
    # Most stylised figures of the wardrobe are MakeHuman people underneath.
    bodies = np.where(np.isin(families, ("anime", "chibi")), "makehuman", families)
    return segment_lengths(as_marked(points, bodies, characters))


def _stylisation() -> np.ndarray:
    spread = np.diag([_OWN_SD.get(kind, _LIMB_SD) ** 2 for kind in KINDS_OF_PART])
    for limb in _LIMBS:
        along = np.array([float(kind in limb) for kind in KINDS_OF_PART])
        spread += _WHOLE_LIMB_SD**2 * np.outer(along, along)
    return spread


def fit_profiles(part_lengths: Path) -> dict:
    """The content of ``profiles.json`` from a file of `synthesis.body_statistics.write_part_lengths`."""
    with np.load(part_lengths) as measured:
        families, styles = measured["family"], measured["style"]
        by_rig = measured["lengths"]
        marked = _marked(by_rig, families, measured["character"])
    kinds = np.concatenate([_kinds(by_rig), _kinds(marked)])
    families, styles = np.tile(families, 2), np.tile(styles, 2)
    profiles = {}
    for style in STYLES:
        here = (styles == style) & ~np.isin(families, list(TEST_FAMILIES))
        names, family = np.unique(families[here], return_inverse=True)
        share = np.where(names == _MAIN[style], _MAIN_SHARE, (1 - _MAIN_SHARE) / max(len(names) - 1, 1))
        weight = (share / np.bincount(family))[family]
        mean = np.average(kinds[here], axis=0, weights=weight)
        covariance = np.cov(kinds[here].T, aweights=weight) + _stylisation()
        profiles[style] = {
            "mean": np.round(mean, 4).tolist(),
            "covariance": np.round(covariance, 6).tolist(),
            "heads": _HEADS[style],
        }
    return {"kinds": KINDS_OF_PART, "profiles": profiles}


def write_profiles(part_lengths: Path, out: Path) -> None:
    """Fit the profiles and write them as JSON."""
    out.write_text(json.dumps(fit_profiles(part_lengths), indent=1) + "\n", encoding="utf-8")
