"""The network that looks at one limb at a time, and its weights on disk (`pose.limbs` says how)."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from proportion.files import written_whole
from proportion.paths import CHECKPOINTS
from proportion.pose.checkpoint import LIMBS_FILE, limb_weights
from proportion.pose.limbs import MARKS, STRIDE
from proportion.pose.movenet import twice_as_fine

_WIDTHS = (24, 64, 128)


class _Block(nn.Module):
    """Two 3x3 convolutions whose result is added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, features: Tensor) -> Tensor:
        inner = functional.relu(self.first(functional.relu(features)), inplace=True)
        return features + self.second(inner)


class LimbNetwork(nn.Module):
    """Heatmaps and spreads of a limb's four joints: three scales down and up again."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = _WIDTHS
        self.stem = nn.Conv2d(3, fine, 5, stride=STRIDE, padding=2)
        self.marks = nn.Conv2d(MARKS, fine, 3, padding=1)
        self.fine = nn.Sequential(_Block(fine), _Block(fine))
        self.to_middle = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.middle = nn.Sequential(_Block(middle), _Block(middle))
        self.to_coarse = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.coarse = nn.Sequential(*(_Block(coarse) for _ in range(3)))
        self.from_coarse = nn.Conv2d(coarse, middle, 1)
        self.up_middle = _Block(middle)
        self.from_middle = nn.Conv2d(middle, fine, 1)
        self.up_fine = _Block(fine)
        self.maps = nn.Conv2d(fine, 16, 1)

    def forward(self, views: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Maps of B views of arms and legs.

        Args:
            views: ``(B, 3, 96, 96)`` in [-1, 1].
            marks: ``(B, 9, 48, 48)`` of `marks_of`.

        Returns:
            ``(B, 8, 48, 48)`` logits, an arm's four joints and a leg's, and logarithms of the expected
            error in cells.
        """
        fine = self.fine(self.stem(views) + self.marks(marks))
        middle = self.middle(self.to_middle(fine))
        coarse = self.coarse(self.to_coarse(middle))
        middle = self.up_middle(middle + twice_as_fine(self.from_coarse(coarse)))
        fine = self.up_fine(fine + twice_as_fine(self.from_middle(middle)))
        heat, spread = self.maps(functional.relu(fine)).chunk(2, 1)
        return heat, spread


def save_limbs(network: LimbNetwork, folder: Path = CHECKPOINTS) -> None:
    """Write ``limbs.safetensors`` in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    with written_whole(folder / LIMBS_FILE) as file:
        save_file(tensors, file)


def load_limbs(folder: Path = CHECKPOINTS) -> LimbNetwork:
    """Read what `save_limbs` wrote, in evaluation mode."""
    network = LimbNetwork()
    weights = limb_weights(folder)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return network.to(memory_format=torch.channels_last).eval()
