"""Our Siamese matcher: a transformer on the learner, twin AMC trunks, local correlation, a fusion head.

Skeletons come as joints, and the network draws them, one channel a part. The head's last convolution is
followed by one linear 1x1 layer only, so that Grad-CAM at that convolution with the mean logit as target
*is* the map of logits (Zhou et al. 2016).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from proportion.matching.amc import MultiScaleBlock
from proportion.matching.explain import Explanations
from proportion.matching.rendering import SIZE, render_parts
from proportion.matching.squeeze import NUMBERS, SQUEEZED, off_proportion, squeeze
from proportion.matching.stn import SpatialTransformer, sample, to_target
from proportion.skeleton import PARTS

MAP_SIZE = SIZE
_FINER = 4
"""Cells of the map to one of the trunks' maps, on each axis."""
_WINDOW = 3
_NAME = 16
_DRAWN = 0.25
_WARM = 6.0
"""Evidence where no part is drawn."""


class Match(NamedTuple):
    """What the network says about N pairs.

    Attributes:
        matrix: ``(N, 2, 3)`` A, aligned frame -> learner's frame.
        logits: ``(N, MAP_SIZE, MAP_SIZE)`` map in the aligned frame; high where both are alike.
        similarity: ``(N,)`` logit that the learner is as well proportioned as the standard.
        aligned: ``(N, 17, S, S)`` learner's part channels in the aligned frame.
        evidence: ``(N, 17)`` logit of each part being alike, before the map (deep supervision).
    """

    matrix: torch.Tensor
    logits: torch.Tensor
    similarity: torch.Tensor
    aligned: torch.Tensor
    evidence: torch.Tensor


def local_correlation(first: torch.Tensor, second: torch.Tensor, window: int = _WINDOW) -> torch.Tensor:
    """Cosine similarity of each location with its neighbourhood in the other map.

    Returns:
        ``(N, window ** 2, H, W)``.
    """
    # Multiplied, for division is slow in half precision.
    first, second = (
        features * features.square().sum(1, keepdim=True).clamp_min(1e-6).rsqrt()
        for features in (first, second)
    )
    height, width = first.shape[2:]
    padded = F.pad(second, [window // 2] * 4)
    shifts = [(dy, dx) for dy in range(window) for dx in range(window)]
    views = [padded[:, :, dy : dy + height, dx : dx + width] for dy, dx in shifts]
    return torch.stack([(first * view).sum(1) for view in views], dim=1)


class Trunk(nn.Module):
    """Shared encoder: ``(N, 17, 64, 64)`` -> ``(N, width, 16, 16)``, keeping the layout."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(len(PARTS), 24, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU()
        )
        self.blocks = nn.Sequential(MultiScaleBlock(24, 32, stride=2), MultiScaleBlock(32, width))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Encode one of the two pictures."""
        return self.blocks(self.stem(picture))


class Numbers(NamedTuple):
    """What the joints' numbers say about N pairs, before any map.

    Attributes:
        evidence: ``(N, 17)`` logit of each part being alike.
        fine: ``(N,)`` logit that all of them are.
        context: ``(N, context)`` a summary.
    """

    evidence: torch.Tensor
    fine: torch.Tensor
    context: torch.Tensor


class Evidence(nn.Module):
    """Both figures, squeezed to numbers, and what would explain their difference, as logits of parts.

    What all parts say together is corrected by what each says alone, with weights that all share: its
    numbers, its name, how far its length is off against the median part, whether a change of it explains
    the difference, and what goes on around it.
    """

    def __init__(self, context: int) -> None:
        super().__init__()
        self.explanations = Explanations()
        self.mix = nn.Sequential(
            nn.Linear(3 * SQUEEZED + Explanations.TOGETHER, 384),
            nn.ReLU(),
            nn.Linear(384, 384),
            nn.ReLU(),
            nn.Linear(384, context),
            nn.ReLU(),
        )
        self.together = nn.Linear(context, len(PARTS))
        self.fine = nn.Linear(context, 1)
        self.names = nn.Parameter(0.1 * torch.randn(len(PARTS), _NAME))
        self.around = nn.Linear(context, _NAME)
        self.each = nn.Sequential(
            nn.Linear(2 * NUMBERS + 2 + Explanations.EACH + 2 * _NAME, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, 1),
        )
        self.trust = nn.Parameter(torch.tensor([0.0, 0.2, 0.2, 0.0]))

    def forward(self, learner: torch.Tensor, standard: torch.Tensor) -> Numbers:
        """Compare figures, ``(N, 18, 2)`` joints each in the aligned frame."""
        own, other = squeeze(learner), squeeze(standard)
        each, together = self.explanations(learner, standard)
        context = self.mix(
            torch.cat([own.flatten(1), other.flatten(1), (own - other).flatten(1), together], 1)
        )
        off = off_proportion(own, other)[..., None]
        names = self.names.expand(len(own), -1, -1)
        around = self.around(context)[:, None].expand(-1, len(PARTS), -1)
        alone = self.each(torch.cat([own, other, off, off.abs(), each, names, around], -1))
        evidence = self.together(context) + alone[..., 0] - each @ self.trust
        return Numbers(evidence, self.fine(context)[:, 0], context)


class FusionHead(nn.Module):
    """Compares both trunks' maps, told by the evidence what to look for, and paints the evidence."""

    def __init__(self, width: int, context: int, hidden: int = 48, seen: int = 8) -> None:
        super().__init__()
        last = 16
        self.mix = nn.Conv2d(2 * width + _WINDOW**2, hidden, 3, padding=1, bias=False)
        self.mix_norm = nn.BatchNorm2d(hidden)
        self.mix_excite = nn.Linear(context, 2 * hidden)
        self.spread = nn.Sequential(
            nn.Conv2d(hidden, hidden, 3, padding=2, dilation=2, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU(),
            nn.Conv2d(hidden, seen * _FINER**2, 1),
            nn.PixelShuffle(_FINER),
        )
        self.fine = nn.Conv2d(seen + 3, last, 1)
        self.last = nn.Sequential(nn.Conv2d(last, last, 1), nn.ReLU())
        self.logit = nn.Conv2d(last, 1, 1)
        self.similarity = nn.Sequential(nn.Linear(context + 5, 32), nn.ReLU(), nn.Linear(32, 1))
        self._start_from_evidence(painted=seen, fine=context)

    @torch.no_grad()
    def _start_from_evidence(self, painted: int, fine: int) -> None:
        """Let the map start as the painted evidence, the similarity as that of the numbers.

        Args:
            painted, fine: which input of `fine` and of `similarity` these are.
        """
        signs = torch.tensor([1.0, -1.0])
        for layer, rows in ((self.fine, 2), (self.last[0], 2), (self.logit, 1)):
            layer.weight[:rows] = 0
            layer.bias[:rows] = 0
        self.fine.weight[:2, painted, 0, 0] = signs
        self.last[0].weight[:2, :2, 0, 0] = torch.eye(2)
        self.logit.weight[0, :2, 0, 0] = signs
        first, second = self.similarity[0], self.similarity[2]
        for layer in (first, second):
            layer.weight[:2] = 0
            layer.bias[:2] = 0
        first.weight[:2, fine] = signs
        second.weight[0, :2] = signs

    def forward(
        self,
        maps: tuple[torch.Tensor, torch.Tensor],
        parts: tuple[torch.Tensor, torch.Tensor],
        numbers: Numbers,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Map of logits ``(N, MAP_SIZE, MAP_SIZE)`` and similarity logits ``(N,)``.

        Args:
            maps: ``(N, 48, 16, 16)`` of both trunks, learner first.
            parts: ``(N, 17, S, S)`` drawn parts, the learner's aligned.
            numbers: what the joints' numbers say.
        """
        correlation = local_correlation(*maps)
        fused = self.mix_norm(self.mix(torch.cat([*maps, correlation], 1)))
        scale, shift = self.mix_excite(numbers.context)[:, :, None, None].chunk(2, dim=1)
        fused = self.spread(torch.relu(fused * (1 + scale) + shift))
        # Where parts cross, the one that looks worse shows.
        evidence = numbers.evidence.detach()[:, :, None, None]
        painted = torch.where(parts[0] > _DRAWN, evidence, _WARM).amin(1)
        bones, other_bones = (drawn.amax(1) for drawn in parts)
        told = torch.stack([painted, bones, other_bones], 1).to(fused)
        fine = torch.relu(self.fine(torch.cat([fused, told], 1)))
        logits = self.logit(self.last(fine))[:, 0].float()
        shown = (logits * bones).sum((1, 2)) / bones.sum((1, 2)).clamp_min(1e-3)
        coldest = torch.where(bones > _DRAWN, logits, _WARM).amin((1, 2))
        cosine = F.cosine_similarity(*(features.flatten(1).float() for features in maps))
        near = correlation[:, _WINDOW**2 // 2].mean((1, 2))
        found = torch.stack([numbers.fine, shown, coldest, cosine, near], 1)
        return logits, self.similarity(torch.cat([numbers.context, found], 1))[:, 0]


class MatchNetwork(nn.Module):
    """Joints of learner and standard, drawn part by part, to a map and a similarity."""

    def __init__(self, width: int = 48, context: int = 192) -> None:
        super().__init__()
        self.transformer = SpatialTransformer(len(PARTS))
        self.trunk = Trunk(width)
        self.evidence = Evidence(context)
        self.head = FusionHead(width, context)

    @property
    def last_convolution(self) -> nn.Module:
        """Where Grad-CAM looks: the fusion head's last convolution with its rectifier."""
        return self.head.last

    def forward(self, learner: torch.Tensor, standard: torch.Tensor) -> Match:
        """Compare figures.

        Args:
            learner: ``(N, 18, 2)`` joints in the learner's own frame; NaN where missing.
            standard: ``(N, 18, 2)`` joints in its upright frame; all NaN for no reference.
        """
        drawn, other = render_parts(learner), render_parts(standard)
        matrix = self.transformer(learner, drawn)
        # The alignment is supervised by itself; what compares is not to bend it.
        fixed = matrix.detach()
        aligned = sample(drawn, fixed)
        numbers = self.evidence(to_target(learner, fixed), standard)
        # Convolutions learn in half precision; the numbers would suffer.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            maps = self.trunk(aligned), self.trunk(other)
            logits, similarity = self.head(maps, (aligned, other), numbers)
        return Match(matrix, logits, similarity.float(), aligned, numbers.evidence)
