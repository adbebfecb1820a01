"""The numbers that shape a MakeHuman body, and the targets that they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

import numpy as np

_AGES = {"baby": 0.0, "child": 0.1875, "young": 0.5, "old": 1.0}
_RACES = ("african", "asian", "caucasian")

# Details: target stem, words for less and more, standard deviation of its weight.
_DETAILS: tuple[tuple[str, str, str, float], ...] = (
    ("arms/measure-upperarm-length", "decr", "incr", 0.35),
    ("arms/measure-lowerarm-length", "decr", "incr", 0.35),
    ("legs/measure-upperleg-height", "decr", "incr", 0.35),
    ("legs/measure-lowerleg-height", "decr", "incr", 0.35),
    ("torso/measure-shoulder-dist", "decr", "incr", 0.35),
    ("torso/torso-scale-horiz", "decr", "incr", 0.2),
    ("torso/torso-scale-vert", "decr", "incr", 0.25),
    ("torso/torso-vshape", "decr", "incr", 0.3),
    ("torso/measure-waist-circ", "decr", "incr", 0.25),
    ("torso/measure-hips-circ", "decr", "incr", 0.25),
    ("torso/measure-bust-circ", "decr", "incr", 0.25),
    ("hip/hip-scale-horiz", "decr", "incr", 0.25),
    ("neck/neck-scale-horiz", "decr", "incr", 0.3),
    ("neck/measure-neck-height", "decr", "incr", 0.3),
    ("head/head-fat", "decr", "incr", 0.3),
    ("head/head-scale-vert", "decr", "incr", 0.25),
    ("head/head-scale-horiz", "decr", "incr", 0.25),
    ("chin/chin-height", "decr", "incr", 0.3),
    ("chin/chin-width", "decr", "incr", 0.3),
    ("nose/nose-scale-horiz", "decr", "incr", 0.3),
    ("nose/nose-scale-depth", "decr", "incr", 0.3),
    ("stomach/stomach-tone", "decr", "incr", 0.4),
)
# Both sides alike: the target exists as l- and r-.
_PAIRED_DETAILS: tuple[tuple[str, str, str, float], ...] = (
    ("hands/{}-hand-scale", "decr", "incr", 0.35),
    ("feet/{}-foot-scale", "decr", "incr", 0.35),
    ("arms/{}-upperarm-fat", "decr", "incr", 0.3),
    ("legs/{}-lowerleg-fat", "decr", "incr", 0.3),
    ("eyes/{}-eye-scale", "decr", "incr", 0.4),
)


@dataclass(frozen=True)
class Shape:
    """A body in MakeHuman's own numbers (README of the data pack, ``makehuman/``).

    Attributes:
        female: 0 male, 1 female.
        age: 0 baby, 0.1875 child, 0.5 young, 1 old.
        muscle, weight: 0 least, 0.5 average, 1 most.
        height, proportions: 0 least, 0.5 none, 1 most.
        races: weights of `_RACES`, sum 1.
        details: weight of each detail target, positive for more.
    """

    female: float = 0.5
    age: float = 0.5
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    races: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    details: dict[str, float] = field(default_factory=dict)

    @classmethod
    def random(cls, rng: np.random.Generator) -> Shape:
        """Mostly young adults, some children and old people, all builds."""
        age = rng.choice(
            [rng.uniform(0.12, 0.3), rng.uniform(0.3, 0.65), rng.uniform(0.65, 1.0)], p=(0.2, 0.68, 0.12)
        )
        details: dict[str, float] = {}
        for stem, less, more, deviation in _DETAILS:
            value = float(np.clip(rng.normal(0, deviation), -1, 1))
            details[f"{stem}-{more if value > 0 else less}"] = abs(value)
        for stem, less, more, deviation in _PAIRED_DETAILS:
            value = float(np.clip(rng.normal(0, deviation), -1, 1))
            for side in "lr":
                details[f"{stem.format(side)}-{more if value > 0 else less}"] = abs(value)
        return cls(
            female=float(np.clip(rng.choice([rng.uniform(0, 0.2), rng.uniform(0.8, 1)]), 0, 1)),
            age=float(age),
            muscle=float(np.clip(rng.normal(0.5, 0.22), 0, 1)),
            weight=float(np.clip(rng.normal(0.45, 0.22), 0, 1)),
            height=float(np.clip(rng.normal(0.5, 0.18), 0, 1)),
            proportions=float(np.clip(rng.normal(0.6, 0.2), 0, 1)),
            races=tuple(rng.dirichlet((0.6, 0.6, 0.6)).tolist()),
            details=details,
        )

    def targets(self) -> dict[str, float]:
        """Weight of each target (path below ``targets/`` without its ending); a factor product."""
        sexes = {"female": self.female, "male": 1 - self.female}
        ages = _age_shares(self.age)
        muscles, weights = _level_shares(self.muscle, "muscle"), _level_shares(self.weight, "weight")
        found: dict[str, float] = {}
        for race, sex, age in product(range(3), sexes, ages):
            name = f"macrodetails/{_RACES[race]}-{sex}-{age}"
            found[name] = self.races[race] * sexes[sex] * ages[age]
        for sex, age, muscle, weight in product(sexes, ages, muscles, weights):
            share = sexes[sex] * ages[age] * muscles[muscle] * weights[weight]
            found[f"macrodetails/universal-{sex}-{age}-{muscle}-{weight}"] = share
        self._add_folder(found, "height", {"minheight": 0, "maxheight": 1}, self.height)
        extremes = {"uncommonproportions": 0, "idealproportions": 1}
        self._add_folder(found, "proportions", extremes, self.proportions)
        found |= self.details
        return {name: share for name, share in found.items() if share > 1e-3}

    def _add_folder(
        self, found: dict[str, float], folder: str, ends: dict[str, int], value: float
    ) -> None:
        """The pack holds all builds for the young, the average build alone for other ages."""
        muscles, weights = _level_shares(self.muscle, "muscle"), _level_shares(self.weight, "weight")
        sexes = {"female": self.female, "male": 1 - self.female}
        end = next(name for name, side in ends.items() if side == (value > 0.5))
        strength = abs(value - 0.5) * 2
        for sex, (age, age_share) in product(sexes, _age_shares(self.age).items()):
            if age == "baby" and folder == "proportions":
                continue
            builds = (
                product(muscles.items(), weights.items())
                if age == "young"
                else [(("averagemuscle", 1.0), ("averageweight", 1.0))]
            )
            for (muscle, muscle_share), (weight, weight_share) in builds:
                name = f"macrodetails/{folder}/{sex}-{age}-{muscle}-{weight}-{end}"
                found[name] = strength * sexes[sex] * age_share * muscle_share * weight_share


def _age_shares(age: float) -> dict[str, float]:
    names, knots = list(_AGES), list(_AGES.values())
    return {
        name: float(np.interp(age, knots, np.eye(len(knots))[index]))
        for index, name in enumerate(names)
        if np.interp(age, knots, np.eye(len(knots))[index]) > 0
    }


def _level_shares(value: float, word: str) -> dict[str, float]:
    shares = {
        "min": max(1 - 2 * value, 0),
        "average": 1 - abs(2 * value - 1),
        "max": max(2 * value - 1, 0),
    }
    return {f"{level}{word}": share for level, share in shares.items() if share > 0}
