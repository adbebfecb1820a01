"""Verdicts: each part too short, too long, uneven or not to be told, and the whole figure's."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from proportion.assessment.evidence import Evidence, weigh
from proportion.assessment.lifting import NO_SHEET, Lifted, Lifter, Sheet, visible_parts
from proportion.assessment.measures import PARTNER, kind_of_part, scale_parts
from proportion.assessment.profiles import load_profiles
from proportion.assessment.report import BLURRED, STYLES, Kind, Style, Verdict
from proportion.geometry import segment_lengths
from proportion.skeleton import BONES, DERIVED_JOINTS, JOINT_INDEX, PARTS, Skeleton

MAX_FINDINGS = 5
_ROUNDS = 8
_STEPS = np.linspace(0.0, 1.4, 15)[1:]
_SAFETY = 0.25  # in logits: how far under the threshold a corrected part must come
_POINTING = 0.5  # drawn length over true length below which a part points at the viewer
_VAGUE = 0.30  # standard deviation of the log length above which nothing can be said
_FEWEST_PARTS, _FEWEST_SHARE = 4, 1 / 3  # judged parts, and their share of the visible, for a verdict
_USUAL = 1.3  # standard deviations from the style's mean within which a length is usual
_SIZED, _WIDE = ("head", "hand", "foot"), ("shoulder_width", "hip_width")
_FINE_SCORE = 80
_FILE = Path(__file__).with_name("thresholds.json")


@dataclass(frozen=True)
class Scale:
    """How sure a finding must be and how often such findings are right, for one kind of figures.

    Attributes:
        needed: log odds of an error, in the part or its limb, that a finding needs.
        slope: certainty = 1 / (1 + exp(-(slope x log odds + offset))).
        offset: see ``slope``.
    """

    needed: float
    slope: float
    offset: float

    def certainty(self, log_odds: float) -> float:
        """Calibrated probability that a finding with these log odds is right."""
        return float(expit(self.slope * log_odds + self.offset))


@dataclass(frozen=True)
class Thresholds:
    """What `calibrate` sets on figures that trained nothing.

    Attributes:
        placed: for figures whose joints a person placed.
        estimated: for figures as the pose estimator found them.
        sheet: for figures judged against a character sheet.
        estimator: hash of the pose estimator that ``estimated`` belongs to.
    """

    placed: Scale
    estimated: Scale
    sheet: Scale
    estimator: str

    @classmethod
    def load(cls, file: Path = _FILE) -> Thresholds:
        """Read the shipped thresholds."""
        data = json.loads(file.read_text(encoding="utf-8"))
        estimator = data.pop("estimator")
        return cls(**{name: Scale(**values) for name, values in data.items()}, estimator=estimator)

    def save(self, file: Path = _FILE) -> None:
        """Replace the shipped thresholds."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def scale(self, skeleton: Skeleton, sheet: Sheet) -> Scale:
        """Which of them a figure is judged by; a few joints put right leave it an estimated one."""
        if sheet.precision.any():
            return self.sheet
        told = np.isfinite(skeleton.sigma[skeleton.present])
        return self.estimated if told.mean() > 0.5 else self.placed


@dataclass(frozen=True)
class Wrong:
    """A part found wrong.

    Attributes:
        part: its index.
        kind: of the error.
        shift: log of the error's factor.
        sd: standard deviation of ``shift``.
        log_odds: of an error in this part or the other segment of its limb; where it is named beside a
            likelier one, of that one.
        certainty: that this part is the wrong one.
        instead_of: the likelier part that this one is named beside; None for all others.
    """

    part: int
    kind: Kind
    shift: float
    sd: float
    log_odds: float
    certainty: float
    instead_of: int | None = None


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was found on a figure.

    Attributes:
        lifted: the figure as drawn, lifted.
        style: the style judged against.
        wrong: surest first, at most five.
        factors: ``(17,)`` what to scale each part by so that nothing is wrong any more; 1 if untouched.
        unsure: part index to the reason's key.
        judged: ``(17,)`` bool: parts that a verdict was possible on.
        verdict: on the whole figure.
        score: 0 to 100.
    """

    lifted: Lifted
    style: Style
    wrong: tuple[Wrong, ...]
    factors: np.ndarray
    unsure: dict[int, str]
    judged: np.ndarray
    verdict: Verdict
    score: int


def _shift(part: int, lifted: Lifted, weight: Evidence) -> float:
    return float(weight.sign[part] * max(abs(lifted.shift[part]), 0.1))


def _wrong(part: int, kind: Kind, lifted: Lifted, weight: Evidence, scale: Scale, surest: int) -> Wrong:
    return Wrong(
        part,
        kind,
        _shift(part, lifted, weight),
        float(lifted.shift_sd[part]),
        float(weight.limb[surest]),
        scale.certainty(float(weight.own[part])),
        None if part == surest else surest,
    )


class Judge:
    """Judges figures with a lifter and calibrated thresholds."""

    def __init__(self, lifter: Lifter, thresholds: Thresholds) -> None:
        self.lifter = lifter
        self.thresholds = thresholds

    @classmethod
    def load(cls) -> Judge:
        """The shipped lifter and thresholds."""
        return cls(Lifter.load(), Thresholds.load())

    def judge(
        self,
        skeleton: Skeleton,
        style: Style | str = "auto",
        sheet: Sheet = NO_SHEET,
        foreshortened: frozenset[str] = frozenset(),
    ) -> Judgement:
        """Find what is wrong with a figure, surest first, and the smallest change that puts it right.

        The surest error is put right and the figure judged again, so that one wrong part is not told
        twice and every finding is gone in the corrected figure.

        Args:
            skeleton: the figure.
            style: to judge against, or ``auto``.
            sheet: the character's own norms.
            foreshortened: parts that the user says point at the viewer: never too short, still too long.
        """
        points = skeleton.points
        visible = visible_parts(points)
        marked = np.array([part in foreshortened for part in PARTS])
        scale = self.thresholds.scale(skeleton, sheet)

        def look(factors: np.ndarray) -> tuple[list[Lifted], Evidence]:
            figures = scale_parts(points, factors)
            sigma = np.broadcast_to(skeleton.sigma, figures.shape[:-1])
            lifted = self.lifter.lift(figures, sigma, style, sheet)
            return lifted, weigh(lifted, sigma, np.broadcast_to(visible, factors.shape), marked)

        factors = np.ones(len(PARTS))
        (first,), evidence = look(factors[None])
        last, weight = first, evidence.of(0)
        found: dict[int, Wrong] = {}
        for _ in range(_ROUNDS):
            part = weight.surest(found if len(found) == MAX_FINDINGS else None)
            if weight.limb[part] <= scale.needed:
                break
            for index in weight.meant(part):
                if index not in found and len(found) < MAX_FINDINGS:
                    kind = self._kind(index, int(weight.sign[index]), first, visible, style)
                    found[index] = _wrong(index, kind, last, weight, scale, part)
            tries = np.tile(factors, (len(_STEPS), 1))
            tries[:, part] *= np.exp(-_STEPS * _shift(part, last, weight))
            looks, evidence = look(tries)
            calm = evidence.limb[:, part] <= scale.needed - _SAFETY
            step = int(np.argmax(calm)) if calm.any() else len(_STEPS) - 1
            factors, last, weight = tries[step], looks[step], evidence.of(step)
        wrong = tuple(sorted(found.values(), key=lambda w: (-w.log_odds, -w.certainty)))
        unsure = self._unsure(skeleton, first, visible, marked, set(found))
        judged = visible & ~np.isin(np.arange(len(PARTS)), list(unsure))
        verdict: Verdict = "needs work" if wrong else "fine"
        if not wrong and judged.sum() < max(_FEWEST_PARTS, _FEWEST_SHARE * visible.sum()):
            verdict = "can't tell"
        chosen = style if style in STYLES else STYLES[int(np.argmax(first.style))]
        return Judgement(
            first,
            chosen,
            wrong,
            factors,
            unsure,
            judged,
            verdict,
            _score(first, visible, marked, bool(wrong)),
        )

    def _kind(
        self, part: int, sign: int, lifted: Lifted, visible: np.ndarray, style: Style | str
    ) -> Kind:
        """``uneven`` where the length is usual in the style and only the other side gives it away."""
        name = kind_of_part(PARTS[part])
        profile = load_profiles()[style if style in STYLES else STYLES[int(np.argmax(lifted.style))]]
        away = (lifted.log_lengths - profile.log_lengths)[part] / profile.spread[part]
        other = PARTNER[part]
        if other != part and visible[other] and abs(away) < _USUAL:
            return "uneven"
        words = ("too short", "too long")
        if name in _SIZED:
            words = ("too small", "too big")
        elif name in _WIDE:
            words = ("too narrow", "too wide")
        return words[int(sign > 0)]

    def _unsure(
        self,
        skeleton: Skeleton,
        lifted: Lifted,
        visible: np.ndarray,
        marked: np.ndarray,
        found: set[int],
    ) -> dict[int, str]:
        drawn = segment_lengths(lifted.points_3d[:, :2])
        true = segment_lengths(lifted.points_3d)
        lengths = segment_lengths(skeleton.points)
        reasons: dict[int, str] = {}
        for part, bone in enumerate(BONES):
            joints = [
                JOINT_INDEX[joint]
                for end in (bone.start, bone.end)
                for joint in DERIVED_JOINTS.get(end, (end,))
            ]
            blur = np.nanmax(np.append(skeleton.sigma[joints], 0.0)) / max(lengths[part], 1e-9)
            if part in found:
                continue
            if not visible[part]:
                reasons[part] = "hidden"
            elif marked[part] or (drawn[part] < _POINTING * true[part] and lifted.sd[part] > 0.15):
                reasons[part] = "points_at_viewer"
            elif blur > BLURRED:
                reasons[part] = "joint_uncertain"
            elif lifted.sd[part] > _VAGUE:
                reasons[part] = "style_unclear"
        return reasons


def _score(lifted: Lifted, visible: np.ndarray, marked: np.ndarray, has_findings: bool) -> int:
    """0 to 100, less for what is likely wrong and by how much; it moves with every improvement.

    A figure with a finding stays below `_FINE_SCORE`, one without never does, so that score and verdict
    say the same.
    """
    chance = np.where(marked, 0.0, lifted.too_short) + lifted.too_long
    size = np.abs(np.expm1(lifted.shift)).clip(0, 1)
    badness = float((np.clip(chance - 0.1, 0, None) * size)[visible].sum())
    share = float(np.exp(-1.2 * badness))
    if has_findings:
        return min(round(_FINE_SCORE * share), _FINE_SCORE - 1)
    return round(_FINE_SCORE + (100 - _FINE_SCORE) * share)
