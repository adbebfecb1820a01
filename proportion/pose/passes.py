"""What each pass over a picture computes, bytes in and joints out.

The estimator lets ONNX Runtime compute the same (`pose.runtime`), from files that `training.graphs`
makes of these modules.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from proportion.pose.checkpoint import Calibration
from proportion.pose.decoding import Decoded, decode, merge_mirrored, peaks
from proportion.pose.estimator import PoseEstimator
from proportion.pose.limb_network import LimbNetwork
from proportion.pose.movenet import scaled_input
from proportion.pose.network import PoseNetwork
from proportion.pose.runtime import Pass


class FigurePass(nn.Module):
    """Looks at whole figures.

    Args:
        network: finds the joints.
        flip: whether to look at the mirror images too and take the mean.
    """

    def __init__(self, network: PoseNetwork, flip: bool) -> None:
        super().__init__()
        self.network, self.flip = network, flip

    def forward(self, views: Tensor) -> Decoded:
        """Joints in ``(B, S, S, 3)`` uint8 RGB views, S a multiple of 32."""
        pictures = scaled_input(views.permute(0, 3, 1, 2))
        if not self.flip:
            return decode(self.network(pictures))
        return decode(merge_mirrored(self.network(torch.cat([pictures, pictures.flip(3)]))))


class LimbPass(nn.Module):
    """Looks at limbs."""

    def __init__(self, network: LimbNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Joints of limbs.

        Args:
            views: ``(B, 96, 96, 3)`` uint8 RGB.
            marks: ``(B, 9, 48, 48)`` of `limbs.marks_of`.

        Returns:
            ``(B, 8, 2)`` places in cells, an arm's four joints and a leg's; ``(B, 8)`` expected errors.
        """
        heat, spread = self.network(scaled_input(views.permute(0, 3, 1, 2)), marks)
        cells, best = peaks(heat)
        return cells, spread.flatten(2).gather(2, best[..., None])[..., 0].exp()


def estimator_by_torch(
    network: PoseNetwork, calibration: Calibration, limbs: LimbNetwork | None = None
) -> PoseEstimator:
    """An estimator that PyTorch computes, for networks and sizes that are not shipped.

    Args:
        network: in evaluation mode.
        calibration: fitted to both.
        limbs: likewise; None to leave the third pass out.
    """
    return PoseEstimator(
        _by_torch(FigurePass(network, flip=False)),
        _by_torch(FigurePass(network, flip=True)),
        calibration,
        limbs and _by_torch(LimbPass(limbs)),
    )


def _by_torch(module: nn.Module) -> Pass:
    @torch.inference_mode()
    def compute(*inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(result.numpy() for result in module(*map(torch.from_numpy, inputs)))

    return compute
