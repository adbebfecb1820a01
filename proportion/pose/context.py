"""A second way from the trunk to the maps, which sees the whole figure at once.

MoveNet's pyramid carries 24 channels of mostly near surroundings: too little to tell left from right on
a figure seen from behind, or where an elbow lies under a sleeve. Here every 16-pixel cell attends to all
others (Vaswani et al. 2017), and a wider pyramid brings the result back up to the maps' cells.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from proportion.pose.movenet import BLOCKS, TAPS, TOP_CHANNELS, SeparableConv, twice_as_fine

WIDTH, HEADS, LAYERS = 160, 4, 2
CONTEXT_CHANNELS = 80
_CELLS = 16  # a side, of a view of 256 pixels
_MIDDLE_CHANNELS = 128
_FINE, _MIDDLE, _COARSE = TAPS


class ContextDecoder(nn.Module):
    """Features at stride 4 from the trunk's at strides 4, 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.coarse = nn.Conv2d(BLOCKS[_COARSE][0], WIDTH, 1)
        self.top = nn.Conv2d(TOP_CHANNELS, WIDTH, 1)
        self.position = nn.Parameter(torch.randn(1, WIDTH, _CELLS, _CELLS) * 0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                WIDTH, HEADS, 2 * WIDTH, 0.0, functional.gelu, batch_first=True, norm_first=True
            )
            for _ in range(LAYERS)
        )
        self.middle = nn.Conv2d(BLOCKS[_MIDDLE][0], _MIDDLE_CHANNELS, 1)
        self.fine = nn.Conv2d(BLOCKS[_FINE][0], CONTEXT_CHANNELS, 1)
        self.smooth_coarse = SeparableConv(WIDTH, _MIDDLE_CHANNELS)
        self.smooth_middle = SeparableConv(_MIDDLE_CHANNELS, CONTEXT_CHANNELS)
        self.smooth_fine = SeparableConv(CONTEXT_CHANNELS, CONTEXT_CHANNELS)

    def forward(self, taps: list[Tensor], top: Tensor) -> tuple[Tensor, Tensor]:
        """Features of views of S pixels a side.

        Args:
            taps: ``(B, C, S / k, S / k)`` of the trunk at strides k of 4, 8 and 16.
            top: ``(B, 1280, S / 32, S / 32)``.

        Returns:
            ``(B, 80, S / 4, S / 4)`` for the maps and ``(B, 160)`` for the whole view.
        """
        fine, middle, coarse = taps
        cells = self.coarse(coarse) + twice_as_fine(self.top(top))
        cells = cells + functional.interpolate(
            self.position, cells.shape[2:], mode="bilinear", align_corners=False
        )
        tokens = cells.flatten(2).transpose(1, 2)
        for layer in self.layers:
            tokens = layer(tokens)
        cells = tokens.transpose(1, 2).unflatten(2, cells.shape[2:])
        up = twice_as_fine(self.smooth_coarse(cells)) + self.middle(middle)
        up = twice_as_fine(self.smooth_middle(up)) + self.fine(fine)
        return self.smooth_fine(up), tokens.mean(1)
