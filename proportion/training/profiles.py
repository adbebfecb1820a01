"""Fits the style profiles from measured bodies.

``realistic`` bodies are MakeHuman people (young and old, thin and strong) and rigged characters;
``anime`` and ``chibi`` bodies are those that `synthesis.stylise` draws from the canons of heads, with
rigged chibi characters; published figures carry no crown or chin, so the head's band rests on these.
Every family counts alike in a style's mean; the covariance is that within the style's largest family,
widened by what stylisation adds. Families of the test split are left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from proportion.assessment.measures import KIND_INDEX, KINDS_OF_PART
from proportion.assessment.profiles import body_unit
from proportion.assessment.report import STYLES
from proportion.synthesis.poses import TEST_FAMILIES

_HEADS = {"realistic": (6.5, 8.5), "anime": (5.0, 7.5), "chibi": (2.0, 3.5)}
_MAIN = {"realistic": "makehuman", "anime": "anime", "chibi": "chibi"}
_MAIN_SHARE = 0.6
_OWN_SD = {"hand": 0.10, "foot": 0.08, "neck": 0.12, "shoulder_width": 0.06, "hip_width": 0.08}
_OWN_SD |= {"torso": 0.04, "head": 0.05}
_LIMB_SD, _WHOLE_LIMB_SD = 0.035, 0.05
_LIMBS = (("upper_arm", "forearm"), ("thigh", "shin"))


def _kinds(lengths: np.ndarray) -> np.ndarray:
    """``(N, 11)`` log lengths relative to the body unit, sides averaged, of ``(N, 17)`` lengths."""
    logs = np.log(lengths / body_unit(lengths)[:, None])
    return np.stack([logs[:, kind == KIND_INDEX].mean(1) for kind in range(len(KINDS_OF_PART))], 1)


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
        kinds = _kinds(measured["lengths"])
    profiles = {}
    for style in STYLES:
        main = _MAIN[style]
        others = sorted({str(f) for f in families[styles == style]} - TEST_FAMILIES - {main})
        mean = kinds[families == main].mean(0)
        if others:
            rigged = np.mean([kinds[families == family].mean(0) for family in others], axis=0)
            mean = _MAIN_SHARE * mean + (1 - _MAIN_SHARE) * rigged
        covariance = np.cov(kinds[families == main].T) + _stylisation()
        profiles[style] = {
            "mean": np.round(mean, 4).tolist(),
            "covariance": np.round(covariance, 6).tolist(),
            "heads": _HEADS[style],
        }
    return {"kinds": KINDS_OF_PART, "profiles": profiles}


def write_profiles(part_lengths: Path, out: Path) -> None:
    """Fit the profiles and write them as JSON."""
    out.write_text(json.dumps(fit_profiles(part_lengths), indent=1) + "\n", encoding="utf-8")
