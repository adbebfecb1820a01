"""Lifting: 2D joints -> 3D pose, true part lengths with uncertainty, and how likely each part is wrong.

A small network trained on projections of posed bodies, distorted ones included: one that saw only right
bodies would explain every error away as depth (SCIENCE.md, Foreshortening).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from proportion.assessment.profiles import load_profiles
from proportion.assessment.report import STYLES, Style
from proportion.paths import CHECKPOINTS
from proportion.skeleton import (
    BONES,
    DERIVED_JOINTS,
    JOINT_INDEX,
    JOINTS,
    MIRROR_INDEX,
    PART_PARTNER,
    PARTS,
    joint_points,
)

N_JOINTS, N_PARTS = len(JOINTS), len(PARTS)
HUMAN_SIGMA = 0.008
"""Uncertainty of a joint that a person placed, as a share of the figure's size (RMS radius)."""
_INPUTS = 4 * N_JOINTS + 4 * N_PARTS
_LOGS = slice(4 * N_JOINTS, 4 * N_JOINTS + N_PARTS)
_CONTEXT = len(STYLES) + 4 * N_PARTS


def _ends() -> Tensor:
    matrix = torch.zeros(N_PARTS, N_JOINTS)
    one_hot = np.eye(N_JOINTS)
    for row, bone in enumerate(BONES):
        vector = joint_points(one_hot, bone.end) - joint_points(one_hot, bone.start)
        matrix[row] = torch.from_numpy(vector)
    return matrix


# joint_points works on (..., 18, D), and the identity gives each joint's share in a bone's vector.
_VECTORS = _ends()


def figure_size(points: np.ndarray) -> np.ndarray:
    """``(N,)`` root-mean-square radius of ``(N, 18, D)`` figures about their joints' mean."""
    centred = points - np.nanmean(points, axis=1, keepdims=True)
    return np.maximum(np.sqrt(np.nanmean((centred**2).sum(-1), axis=1)), 1e-9)


def normalise(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Figures about their centre, torso upright where it is known, of root-mean-square radius one.

    Args:
        points: ``(N, 18, 2)`` y down, NaN where missing.

    Returns:
        ``(N, 18, 2)`` float32 normalised points (NaN where missing) and ``(N,)`` scale in the unit of
        ``points``.
    """
    centred = points - np.nanmean(points, axis=1, keepdims=True)
    scale = figure_size(points)
    up = joint_points(points, "neck") - joint_points(points, "pelvis")
    length = np.linalg.norm(up, axis=-1)
    known = np.isfinite(length) & (length > 1e-6 * scale)
    safe = np.where(known, length, 1.0)
    sin = np.where(known, up[:, 0] / safe, 0.0)
    cos = np.where(known, -up[:, 1] / safe, 1.0)
    turn = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    return ((centred / scale[:, None, None]) @ np.swapaxes(turn, 1, 2)).astype(np.float32), scale


def features(points: np.ndarray, sigma: np.ndarray) -> Tensor:
    """What the network sees of figures.

    Args:
        points: ``(N, 18, 2)`` joints, NaN where missing.
        sigma: ``(N, 18)`` standard deviations in the same unit, NaN where a person placed the joint.

    Returns:
        ``(N, 140)`` float32.
    """
    placed, scale = normalise(points)
    seen = np.isfinite(placed[..., 0])
    relative = np.where(np.isfinite(sigma), sigma / scale[:, None], HUMAN_SIGMA)
    doubt = np.where(seen, np.log(np.clip(relative, 0.002, 1.0)) / 2 + 2, 0.0)
    joints = torch.from_numpy(np.nan_to_num(placed))
    mask = torch.from_numpy(seen.astype(np.float32))
    vectors = _VECTORS @ joints
    whole = ((_VECTORS != 0).float() @ (1 - mask)[..., None])[..., 0] == 0
    lengths = vectors.norm(dim=-1).clamp_min(1e-3)
    logs = torch.where(whole, lengths.log() + 0.7, torch.zeros(()))
    aims = torch.where(whole[..., None], vectors / lengths[..., None], torch.zeros(()))
    doubts = torch.from_numpy(doubt.astype(np.float32))
    return torch.cat([joints.flatten(1), mask, doubts, logs, aims.flatten(1), whole.float()], 1)


def mirror(points: np.ndarray) -> np.ndarray:
    """The same ``(N, 18, 2)`` figures seen in a mirror, sides named anew."""
    return (points * (-1, 1))[:, MIRROR_INDEX]


_MIRROR_PART = torch.tensor([PARTS.index(PART_PARTNER[part]) for part in PARTS])


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(nn.functional.gelu(self.first(self.norm(x))))


class LiftingNetwork(nn.Module):
    """An MLP that lifts, and a second one that judges the lifted figure against a style or a sheet."""

    def __init__(self, width: int = 320, blocks: int = 3) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(_INPUTS, width), *(_Block(width) for _ in range(blocks)), nn.LayerNorm(width)
        )
        self.lifted = nn.Linear(width, N_JOINTS + 2 * N_PARTS + len(STYLES))
        self.judge = nn.Sequential(
            nn.Linear(width + 2 * N_PARTS + _CONTEXT, width),
            *(_Block(width) for _ in range(2)),
            nn.LayerNorm(width),
            nn.Linear(width, 5 * N_PARTS),
        )
        profiles = load_profiles()
        for name in ("log_lengths", "spread"):
            usual = np.array([getattr(profiles[style], name) for style in STYLES], np.float32)
            self.register_buffer(f"usual_{name}", torch.from_numpy(usual), persistent=False)

    def lift(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """From `features` ``(N, 140)``.

        Returns:
            hidden ``(N, W)``; depth of joints ``(N, 18)`` away from the viewer in figure sizes; mean and
            log variance ``(N, 17)`` of the log lengths relative to the body unit; style logits
            ``(N, 3)``.
        """
        hidden = self.trunk(inputs)
        depth, mean, log_variance, style = self.lifted(hidden).split(
            [N_JOINTS, N_PARTS, N_PARTS, len(STYLES)], 1
        )
        # Drawn lengths are added, so that the network only has to learn what depth and scale change.
        return hidden, depth, mean + inputs[:, _LOGS], log_variance.clamp(-9, 3), style

    def verdicts(
        self,
        lifted: tuple[Tensor, ...],
        style: Tensor,
        sheet_mean: Tensor,
        sheet_precision: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Judge lifted figures.

        Args:
            lifted: of `lift`.
            style: ``(N, 3)`` one-hot, zeros for ``auto``.
            sheet_mean: ``(N, 17)`` the character's own log lengths from other drawings.
            sheet_precision: ``(N, 17)`` inverse variances of these; zero without a sheet.

        Returns:
            Logits ``(N, 17, 3)`` of too short, fine, too long; mean and log variance ``(N, 17)`` of the
            log of the error's factor, if there is an error.
        """
        hidden, _, mean, log_variance, guess = lifted
        chances = torch.where(style.any(1, keepdim=True), style, guess.softmax(1))
        variance = log_variance.exp()
        spread = (variance + (chances @ self.usual_spread) ** 2).sqrt()
        unusual = (mean - chances @ self.usual_log_lengths) / spread
        uneven = mean - mean[:, _MIRROR_PART]
        uneven = uneven / (variance + variance[:, _MIRROR_PART]).sqrt()
        known = sheet_precision > 0
        gap = torch.where(known, mean - sheet_mean, torch.zeros(()))
        trust = torch.where(known, sheet_precision.clamp_min(1.0).log() / 3, torch.zeros(()))
        known_of_part = [hidden, mean, log_variance, style, 3 * gap, trust, unusual, uneven / 2]
        out = self.judge(torch.cat(known_of_part, 1))
        logits, shift, shift_variance = out.split([3 * N_PARTS, N_PARTS, N_PARTS], 1)
        return logits.unflatten(1, (N_PARTS, 3)), shift, shift_variance.clamp(-8, 2)


@dataclass(frozen=True, eq=False)
class Lifted:
    """One figure lifted and judged; arrays in the order of `PARTS` or `JOINTS`.

    Attributes:
        points_3d: ``(18, 3)`` (x, y, z) with x, y as in the picture, z away from the viewer, in figure
            sizes about the joints' mean; NaN where missing.
        log_lengths: ``(17,)`` true log lengths relative to the body unit.
        sd: ``(17,)`` standard deviation of these.
        style: ``(3,)`` probabilities in the order of `STYLES`.
        too_short: ``(17,)`` probability of being too short (small, narrow).
        too_long: ``(17,)`` of being too long (big, wide).
        shift: ``(17,)`` log of length over right length, if there is an error.
        shift_sd: ``(17,)`` its standard deviation.
    """

    points_3d: np.ndarray
    log_lengths: np.ndarray
    sd: np.ndarray
    style: np.ndarray
    too_short: np.ndarray
    too_long: np.ndarray
    shift: np.ndarray
    shift_sd: np.ndarray


@dataclass(frozen=True, eq=False)
class Sheet:
    """The character's own norms, from other drawings.

    Attributes:
        mean: ``(17,)`` log lengths relative to the body unit, or ``(N, 17)`` for N figures.
        precision: of the same shape, inverse variances; zero where no drawing shows the part.
    """

    mean: np.ndarray
    precision: np.ndarray


NO_SHEET = Sheet(np.zeros(N_PARTS), np.zeros(N_PARTS))
SHEET_VARIANCE = 0.02**2
"""How much one character's parts vary from drawing to drawing even when drawn well."""


def combine(means: np.ndarray, variances: np.ndarray, visible: np.ndarray) -> Sheet:
    """Norms from K lifted drawings: ``(K, 17)`` log lengths, variances, and which parts are there."""
    precisions = visible / (variances + SHEET_VARIANCE)
    total = precisions.sum(0)
    mean = (precisions * np.where(visible, means, 0.0)).sum(0) / np.maximum(total, 1e-9)
    return Sheet(mean, total)


class Lifter:
    """The trained network at work; every answer is the mean over a figure and its mirror image.

    Args:
        network: in evaluation mode.
    """

    def __init__(self, network: LiftingNetwork) -> None:
        self.network = network.eval()

    @classmethod
    def load(cls, folder: Path = CHECKPOINTS) -> Lifter:
        """Read ``lifter.safetensors``."""
        network = LiftingNetwork()
        weights = load_file(folder / "lifter.safetensors")
        network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
        return cls(network)

    def sheet(self, points: np.ndarray, sigma: np.ndarray) -> Sheet:
        """The norms that K drawings of one character give: ``(K, 18, 2)`` joints, ``(K, 18)`` sigmas."""
        lifted = self.lift(points, sigma, "auto")
        means = np.array([figure.log_lengths for figure in lifted])
        variances = np.array([figure.sd**2 for figure in lifted])
        return combine(means, variances, visible_parts(points))

    @torch.no_grad()
    def lift(
        self, points: np.ndarray, sigma: np.ndarray, style: Style | str, sheet: Sheet = NO_SHEET
    ) -> list[Lifted]:
        """Lift and judge figures.

        Args:
            points: ``(N, 18, 2)`` joints, y down, NaN where missing.
            sigma: ``(N, 18)`` standard deviations in the same unit, NaN where a person placed the joint.
            style: to judge against; ``auto`` leaves it open.
            sheet: the character's own norms.
        """
        count = len(points)
        inputs = torch.cat([features(points, sigma), features(mirror(points), sigma[:, MIRROR_INDEX])])
        lifted = self.network.lift(inputs)
        context = torch.tensor([float(style == name) for name in STYLES]).expand(2 * count, -1)
        norms = (np.broadcast_to(v, (count, N_PARTS)) for v in (sheet.mean, sheet.precision))
        mean, precision = (
            torch.from_numpy(np.concatenate([v, v[:, _MIRROR_PART]]).astype(np.float32)) for v in norms
        )
        logits, shift, shift_variance = self.network.verdicts(lifted, context, mean, precision)
        _, depth, log_lengths, log_variance, styles = lifted

        def both(values: Tensor, order: Tensor | None) -> np.ndarray:
            direct, mirrored = values[:count], values[count:]
            flipped = mirrored if order is None else mirrored[:, order]
            return ((direct + flipped) / 2).double().numpy()

        normal, _ = normalise(points)
        points_3d = np.concatenate(
            [normal, both(depth, torch.from_numpy(MIRROR_INDEX))[..., None]], axis=-1
        )
        points_3d[np.isnan(points_3d[..., 0])] = np.nan
        chances = torch.from_numpy(both(logits, _MIRROR_PART)).softmax(-1).numpy()
        rows = zip(
            points_3d,
            both(log_lengths, _MIRROR_PART),
            np.exp(both(log_variance, _MIRROR_PART) / 2),
            torch.from_numpy(both(styles, None)).softmax(-1).numpy(),
            chances[..., 0],
            chances[..., 2],
            both(shift, _MIRROR_PART),
            np.exp(both(shift_variance, _MIRROR_PART) / 2),
            strict=True,
        )
        return [Lifted(*row) for row in rows]


def visible_parts(points: np.ndarray) -> np.ndarray:
    """``(..., 17)`` bool: parts whose joints are all there in ``(..., 18, D)`` points."""
    missing = np.isnan(points[..., 0])
    return ~np.stack(
        [
            np.any([missing[..., JOINT_INDEX[name]] for name in _stored(bone.start, bone.end)], axis=0)
            for bone in BONES
        ],
        axis=-1,
    )


def _stored(*names: str) -> list[str]:
    return [joint for name in names for joint in DERIVED_JOINTS.get(name, (name,))]
