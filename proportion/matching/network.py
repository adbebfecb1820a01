"""Our Siamese matcher: a transformer on the learner, twin AMC trunks, local correlation, a fusion head.

The head's last convolution is followed by one linear 1x1 layer only, so that Grad-CAM at that
convolution with the mean logit as target *is* the map of logits (Zhou et al. 2016).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from proportion.matching.amc import MultiScaleBlock
from proportion.matching.rendering import SIZE
from proportion.matching.squeeze import FEATURES, Squeezed, squeeze_picture
from proportion.matching.stn import SpatialTransformer, sample
from proportion.skeleton import PARTS

MAP_SIZE = 32
_WINDOW = 3
_NAME = 16


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
    first, second = F.normalize(first, dim=1), F.normalize(second, dim=1)
    height, width = first.shape[2:]
    padded = F.pad(second, [window // 2] * 4)
    shifts = [(dy, dx) for dy in range(window) for dx in range(window)]
    views = [padded[:, :, dy : dy + height, dx : dx + width] for dy, dx in shifts]
    return torch.stack([(first * view).sum(1) for view in views], dim=1)


class Trunk(nn.Module):
    """Shared encoder: ``(N, C, 64, 64)`` -> ``(N, 48, 16, 16)``, keeping the layout."""

    def __init__(self, channels: int = len(PARTS)) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, 24, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU()
        )
        self.blocks = nn.Sequential(MultiScaleBlock(24, 32, stride=2), MultiScaleBlock(32, 48))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Encode one of the two pictures."""
        return self.blocks(self.stem(picture))


class Squeeze(nn.Module):
    """Both figures, squeezed to numbers, excite the part channels and the fused ones.

    Gives ``(N, 17)`` evidence that each part is alike and a ``(N, context)`` summary.
    """

    def __init__(self, context: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            nn.Linear(3 * FEATURES, 512),
            nn.ReLU(),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Linear(512, context),
            nn.ReLU(),
        )
        self.evidence = nn.Linear(context, len(PARTS))
        self.fine = nn.Linear(context, 1)
        self.names = nn.Parameter(0.1 * torch.randn(len(PARTS), _NAME))
        self.around = nn.Linear(context, _NAME)
        self.each = nn.Sequential(
            nn.Linear(2 * (FEATURES // len(PARTS)) + 2 + 2 * _NAME, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, 1),
        )
        nn.init.zeros_(self.each[-1].weight)
        nn.init.zeros_(self.each[-1].bias)

    def forward(
        self, learner: torch.Tensor, standard: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Compare squeezed figures, ``(N, FEATURES)`` each.

        What all parts say together is corrected by what each says alone, with weights that all share:
        how far its length is off against the median part, its name and what goes on around it.
        """
        context = self.mix(torch.cat([learner, standard, learner - standard], 1))
        count = len(learner)
        own, other = (figure.view(count, len(PARTS), -1) for figure in (learner, standard))
        drawn = (own[..., 1] * other[..., 1]) > 0
        ratio = own[..., 0] - other[..., 0]
        middle = torch.where(drawn, ratio, torch.nan).nanmedian(dim=1, keepdim=True).values
        off = torch.where(drawn, ratio - torch.nan_to_num(middle), 0.0)[..., None]
        names = self.names.expand(count, -1, -1)
        around = self.around(context)[:, None].expand(-1, len(PARTS), -1)
        each = self.each(torch.cat([own, other, off, off.abs(), names, around], -1))
        return self.evidence(context) + each[..., 0], context


class FusionHead(nn.Module):
    """Compares both trunks' maps, at 16 x 16 and then, with the drawn parts, at 32 x 32."""

    def __init__(self, width: int = 48, hidden: int = 64, context: int = 192, last: int = 32) -> None:
        super().__init__()
        parts = len(PARTS)
        self.squeeze = Squeeze(context)
        self.mix = nn.Conv2d(2 * width + _WINDOW**2, hidden, 3, padding=1, bias=False)
        self.mix_norm = nn.BatchNorm2d(hidden)
        self.mix_excite = nn.Linear(context, 2 * hidden)
        self.spread = nn.Sequential(
            nn.Conv2d(hidden, hidden, 3, padding=2, dilation=2, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU(),
            nn.Conv2d(hidden, last, 1),
        )
        self.fine = nn.Conv2d(last + 3 * parts + 1, hidden, 1)
        self.last = nn.Sequential(nn.Conv2d(hidden, last, 1), nn.ReLU())
        self.logit = nn.Conv2d(last, 1, 1)
        self.similarity = nn.Sequential(nn.Linear(context + 5, 32), nn.ReLU(), nn.Linear(32, 1))
        self._start_from_evidence(last + parts, context)

    @torch.no_grad()
    def _start_from_evidence(self, mean: int, fine: int) -> None:
        """Let the map start as the parts' evidence painted on them, the similarity as the squeeze's.

        Args:
            mean, fine: which input of `fine` and of `similarity` these are.
        """
        signs = torch.tensor([1.0, -1.0])
        for layer, rows in ((self.fine, 2), (self.last[0], 2), (self.logit, 1)):
            layer.weight[:rows] = 0
            layer.bias[:rows] = 0
        self.fine.weight[:2, mean, 0, 0] = signs
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
        learner: torch.Tensor,
        standard: torch.Tensor,
        parts: torch.Tensor,
        others: torch.Tensor,
        figure: Squeezed,
        model: Squeezed,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Map of logits, similarity logit and the parts' evidence.

        Args:
            learner, standard: ``(N, 48, 16, 16)`` trunk maps.
            parts, others: ``(N, 17, S, S)`` drawn parts of learner (aligned) and standard.
            figure, model: both squeezed, in the aligned frame.

        Returns:
            ``(N, 1, MAP_SIZE, MAP_SIZE)``, ``(N,)`` and ``(N, 17)``.
        """
        evidence, context = self.squeeze(figure.features(), model.features())
        correlation = local_correlation(learner, standard)
        fused = self.mix_norm(self.mix(torch.cat([learner, standard, correlation], 1)))
        scale, shift = self.mix_excite(context)[:, :, None, None].chunk(2, dim=1)
        fused = self.spread(torch.relu(fused * (1 + scale) + shift))
        fused = F.interpolate(fused, size=MAP_SIZE, mode="bilinear", align_corners=False)
        masks, other_masks = (F.max_pool2d(drawn, SIZE // MAP_SIZE) for drawn in (parts, others))
        excited = masks * evidence[:, :, None, None]
        mean = excited.sum(1, keepdim=True) / masks.sum(1, keepdim=True).clamp_min(0.1)
        fine = torch.relu(self.fine(torch.cat([fused, excited, mean, masks, other_masks], 1)))
        logits = self.logit(self.last(fine))
        bones = masks.amax(1)
        shown = (logits[:, 0] * bones).sum((1, 2)) / bones.sum((1, 2)).clamp_min(1e-3)
        coldest = -torch.logsumexp(torch.where(bones > 0.3, -logits[:, 0], -30.0).flatten(1), 1)
        cosine = F.cosine_similarity(learner.flatten(1), standard.flatten(1))
        near = correlation[:, _WINDOW**2 // 2].mean((1, 2))
        found = torch.stack([shown, coldest, cosine, near], 1)
        found = torch.cat([context, self.squeeze.fine(context), found], 1)
        return logits, self.similarity(found)[:, 0], evidence


class MatchNetwork(nn.Module):
    """Learner and standard, drawn part by part, to a map and a similarity."""

    def __init__(self) -> None:
        super().__init__()
        self.transformer = SpatialTransformer(len(PARTS))
        self.trunk = Trunk()
        self.head = FusionHead()

    @property
    def last_convolution(self) -> nn.Module:
        """Where Grad-CAM looks: the fusion head's last convolution with its rectifier."""
        return self.head.last

    def forward(
        self,
        learner: torch.Tensor,
        standard: torch.Tensor,
        matrix: torch.Tensor | None = None,
    ) -> Match:
        """Compare pictures.

        Args:
            learner: ``(N, 17, S, S)`` learner in its own frame.
            standard: ``(N, 17, S, S)`` standard in its upright frame; all zero for no reference.
            matrix: ``(N, 2, 3)`` a known A instead of the transformer's.
        """
        figure = squeeze_picture(learner)
        if matrix is None:
            matrix = self.transformer(learner, figure)
        aligned = sample(learner, matrix)
        maps = self.trunk(aligned), self.trunk(standard)
        squeezed = figure.through(matrix), squeeze_picture(standard)
        logits, similarity, evidence = self.head(*maps, aligned, standard, *squeezed)
        return Match(matrix, logits[:, 0], similarity, aligned, evidence)
