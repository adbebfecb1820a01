"""Which single change would explain how the learner differs from the standard: analysis by synthesis.

A part or a half that grows by a factor f moves the standard's joints by (f - 1) times a known field, so
under joint noise the likelihood of every factor is a Gaussian in f, free of the similarity that is
left after alignment (its four fields are projected out). Averaged over the factors that drawings show,
it tells how much better each change explains the learner than no change does.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from proportion.geometry import downstream_joints
from proportion.matching.rendering import STARTS, STOPS
from proportion.skeleton import JOINT_INDEX, JOINTS, PARTS

_ARMS = ("shoulder", "elbow", "wrist", "hand")
_LEGS = ("hip", "knee", "ankle", "toe")
_LIMBS = {"arm": ("upper_arm", "forearm", "hand"), "leg": ("thigh", "shin", "foot")}
_SIDES = ("left", "right")
_ALONG = ("upper", "lower")
"""Halves that change only along the torso axis."""
CHANGES: tuple[str, ...] = (*PARTS, *_SIDES, *_ALONG)
NOISE_LEVELS = 3
_START_NOISE = (0.008, 0.02, 0.06)
_UNLIKELY = 1e-7


def _chains(sides: tuple[str, ...], names: tuple[str, ...]) -> list[int]:
    return [JOINT_INDEX[f"{side}_{name}"] for side in sides for name in names]


def _fields() -> torch.Tensor:
    """``(21, 18, 18)``: times the standard's joints, how each change moves them for f - 1 = 1."""
    neck, pelvis = (STARTS[PARTS.index(part)] for part in ("neck", "torso"))
    fields = torch.zeros(len(CHANGES), len(JOINTS), len(JOINTS))
    for k, part in enumerate(PARTS):
        vector = STOPS[k] - STARTS[k]
        if part in ("shoulder_width", "hip_width"):
            chain = _ARMS if part == "shoulder_width" else _LEGS
            fields[k, _chains(("left",), chain)] -= vector / 2
            fields[k, _chains(("right",), chain)] += vector / 2
        else:
            fields[k, [JOINT_INDEX[joint] for joint in downstream_joints(part)]] += vector
    itself = torch.eye(len(JOINTS))
    for side in _SIDES:
        for chain, root in ((_ARMS, neck), (_LEGS, pelvis)):
            rows = _chains((side,), chain)
            fields[CHANGES.index(side), rows] = itself[rows] - root
    chin, crown = JOINT_INDEX["chin"], JOINT_INDEX["head_top"]
    upper, lower = [*_chains(_SIDES, _ARMS), chin], _chains(_SIDES, _LEGS)
    fields[CHANGES.index("upper"), upper] = itself[upper] - pelvis
    fields[CHANGES.index("upper"), crown] = itself[chin] - pelvis
    fields[CHANGES.index("lower"), lower] = itself[lower] - pelvis
    return fields


def _parts_of_changes() -> torch.Tensor:
    """``(17, 22)`` 1 where a change concerns a part; the last column is no change."""
    limbs = {side: [f"{side}_{p}" for kind in _LIMBS.values() for p in kind] for side in _SIDES}
    arms, legs = ([f"{s}_{p}" for s in _SIDES for p in _LIMBS[kind]] for kind in ("arm", "leg"))
    concerned = {part: [part] for part in PARTS} | limbs
    concerned |= {"upper": ["neck", "torso", *arms], "lower": legs}
    rows = [[part in concerned[change] for change in CHANGES] + [False] for part in PARTS]
    return torch.tensor(rows, dtype=torch.float32)


def _needed_joints() -> torch.Tensor:
    """``(21, 18)``: 1 for joints without which a change cannot be told."""
    neck, pelvis = (STARTS[PARTS.index(part)] for part in ("neck", "torso"))
    roots = (neck + pelvis).expand(len(CHANGES) - len(PARTS), -1)
    return (torch.cat([STARTS + STOPS, roots]) > 0).float()


def _factors() -> torch.Tensor:
    size = np.exp(np.linspace(np.log(1.15), np.log(1.9), 5))
    return torch.tensor(np.concatenate([size, 1 / size]) - 1, dtype=torch.float32)


class Explanations(nn.Module):
    """Weighs all single changes at several levels of joint noise, which are learned.

    Gives for each part ``EACH`` numbers, whether a change of it explains the difference, and for the
    figure ``TOGETHER`` numbers.
    """

    EACH = NOISE_LEVELS + 1
    TOGETHER = NOISE_LEVELS * (len(CHANGES) + 1) + 2

    def __init__(self) -> None:
        super().__init__()
        self.log_noise = nn.Parameter(torch.log(torch.tensor(_START_NOISE)))
        self.prior = nn.Parameter(torch.zeros(len(CHANGES)))
        tables = {"fields": _fields(), "factors": _factors()}
        tables |= {"concerned": _parts_of_changes(), "needed": _needed_joints()}
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)

    def forward(
        self, learner: torch.Tensor, standard: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Explain aligned learners ``(N, 18, 2)`` by changed standards; NaN where joints are missing.

        Returns:
            ``(N, 17, EACH)``: log odds that the part was changed at each level of noise, and the best
            change of its own; ``(N, TOGETHER)``: log likelihood ratios, misfit and 1 if there is a
            standard. All zero where there is none.
        """
        seen = (torch.isfinite(learner) & torch.isfinite(standard)).all(-1)[..., None].to(learner)
        learner, standard = (torch.nan_to_num(points) * seen for points in (learner, standard))
        centre, fields = self._centred(standard, seen), self._moved(standard, seen)
        turned = torch.stack([-centre[..., 1], centre[..., 0]], -1)
        spread = centre.square().sum((1, 2)).clamp_min(1e-6)

        def without_similarity(moves: torch.Tensor) -> torch.Tensor:
            # (N, K, 18, 2) less their parts along growth and turn (shifts are gone already).
            for field in (centre, turned):
                share = torch.einsum("nkjc,njc->nk", moves, field) / spread[:, None]
                moves = moves - share[..., None, None] * field[:, None]
            return moves

        fields = without_similarity(fields)
        difference = without_similarity(self._centred(learner - standard, seen)[:, None])
        along = (fields * difference).sum((2, 3))
        size = fields.square().sum((2, 3))
        misfit = difference.square().sum((1, 2, 3))
        step = self.factors
        gain = along[..., None] * step - size[..., None] * step.square() / 2
        gain = gain[:, :, None] / (2 * self.log_noise).exp()[:, None].clamp_min(1e-6)
        ratio = torch.logsumexp(gain, -1) - math.log(len(step)) + self.prior[:, None]
        given = (seen.sum((1, 2)) > 2).to(learner)[:, None]
        best = (along / size.clamp_min(1e-5)).clamp(-1, 1)[:, : len(PARTS), None]
        each = torch.cat([self._odds_of_parts(ratio), best], -1) * given[..., None]
        null = -torch.logsumexp(torch.cat([ratio, torch.zeros_like(ratio[:, :1])], 1), 1)
        mean = torch.log(misfit / seen.sum((1, 2)).clamp_min(1) + 1e-6)[:, None] / 5 + 1
        together = torch.cat([torch.asinh(ratio.flatten(1)), torch.asinh(null), mean, given], 1)
        return each, together * given

    @staticmethod
    def _centred(moves: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        mean = (moves * seen).sum(-2, keepdim=True) / seen.sum(-2, keepdim=True).clamp_min(1)
        return (moves - mean) * seen

    def _moved(self, standard: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """``(N, 21, 18, 2)`` centred fields of all changes for these standards."""
        moves = torch.einsum("kij,njc->nkic", self.fields, standard)
        torso = PARTS.index("torso")
        axis = torch.einsum("j,njc->nc", (STOPS - STARTS)[torso].to(standard), standard)
        axis = axis / torch.linalg.vector_norm(axis, dim=1, keepdim=True).clamp_min(1e-6)
        plain, along = moves.split([len(CHANGES) - len(_ALONG), len(_ALONG)], dim=1)
        height = torch.einsum("nkic,nc->nki", along, axis)
        moves = torch.cat([plain, height[..., None] * axis[:, None, None]], 1)
        known = ((1 - seen[..., 0]) @ self.needed.T == 0)[..., None, None]
        moves = moves * known
        return self._centred(moves, seen[:, None])

    def _odds_of_parts(self, ratio: torch.Tensor) -> torch.Tensor:
        """``(N, 17, levels)`` log odds, capped at 16, of ``(N, 21, levels)`` log likelihood ratios."""
        odds = torch.softmax(torch.cat([ratio, torch.zeros_like(ratio[:, :1])], 1), 1)
        inside, outside = (
            torch.einsum("nkl,pk->npl", odds, concerned) + _UNLIKELY
            for concerned in (self.concerned, 1 - self.concerned)
        )
        return torch.log(inside) - torch.log(outside)
