"""The paper's matcher, for reproduction only: ST-AMCNN (Qiu et al. 2022) twins, compared by cosine.

"Pose-guided proportional structure assessment for 2D illustrated characters": square pictures of
coloured skeletons (156 x 156 in ST-AMCNN); the learner passes a Spatial Transformer with separate s_x
and s_y, or both are aligned by the torso's axis before they are drawn (``deterministic``). The results
page says why its Grad-CAM maps do not point at what is wrong.
"""

from __future__ import annotations

import colorsys

import torch
from torch import nn
from torch.nn import functional as F

from proportion.matching.amc import MultiScaleBlock
from proportion.matching.rendering import render_parts
from proportion.matching.stn import sample, transform_matrix
from proportion.skeleton import PARTS

PAPER_SIZE = 156
_COLOURS = torch.tensor([colorsys.hsv_to_rgb(k / len(PARTS), 0.8, 1.0) for k in range(len(PARTS))])


def render_colours(points: torch.Tensor, size: int = PAPER_SIZE) -> torch.Tensor:
    """``(N, 3, size, size)`` coloured skeletons of ``(N, 18, 2)`` joints in the frame."""
    parts = render_parts(points, size)
    return torch.einsum("nphw,pc->nchw", parts, _COLOURS.to(parts)).clamp_max(1.0)


class PaperTransformer(nn.Module):
    """ST-AMCNN's localization network with the paper's five parameters; starts at the identity."""

    def __init__(self, size: int) -> None:
        super().__init__()
        side = ((size - 6) // 2 - 4) // 2
        self.localization = nn.Sequential(
            nn.Conv2d(3, 8, 7),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(8, 10, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(10 * side * side, 64),
            nn.ReLU(),
            nn.Linear(64, 5),
        )
        nn.init.zeros_(self.localization[-1].weight)
        nn.init.zeros_(self.localization[-1].bias)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """``(N, 3, size, size)`` -> ``(N, 2, 3)`` A, target to source."""
        return transform_matrix(self.localization(picture))


class PaperNetwork(nn.Module):
    """Twin encoders with a shared embedding.

    Args:
        transformer: pass the learner through the Spatial Transformer; else pictures come aligned.
        size: side of the pictures in pixels.
    """

    def __init__(self, *, transformer: bool, size: int = PAPER_SIZE) -> None:
        super().__init__()
        self.size = size
        self.transformer = PaperTransformer(size) if transformer else None
        side = (size - 8) // 2
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 4, 3),
            MultiScaleBlock(4, 4),
            nn.Conv2d(4, 8, 3),
            MultiScaleBlock(8, 16),
            nn.Conv2d(16, 32, 3),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2),
            nn.ReLU(),
        )
        self.embedding = nn.Sequential(
            nn.Flatten(), nn.Linear(64 * side * side, 68), nn.Dropout(0.5), nn.SELU(), nn.BatchNorm1d(68)
        )

    @property
    def last_convolution(self) -> nn.Module:
        """Where the paper's Grad-CAM looks."""
        return self.encoder[-2]

    def align(self, learner: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The learner in the aligned frame, and A ``(N, 2, 3)``."""
        if self.transformer is None:
            return learner, torch.eye(3)[:2].to(learner).expand(len(learner), 2, 3)
        matrix = self.transformer(learner)
        return sample(learner, matrix), matrix

    def embed(self, picture: torch.Tensor) -> torch.Tensor:
        """``(N, 68)`` embedding of either picture."""
        return self.embedding(self.encoder(picture))

    def forward(self, learner: torch.Tensor, standard: torch.Tensor) -> torch.Tensor:
        """``(N,)`` cosine similarity."""
        return F.cosine_similarity(self.embed(self.align(learner)[0]), self.embed(standard))
