"""Grad-CAM of the matcher's map by pytorch-grad-cam, without its clipping and scaling.

The package clips maps at zero and stretches each to its own maximum: the even map of a perfect match
comes out blank or as noise, and two maps cannot be compared. Here the target is the mean of the map's
logits; what follows the target layer is linear and looks at one place only, so the raw map times the
number of cells plus the bias equals the supervised logits.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from scipy.special import expit
from torch import nn

from proportion.matching.network import Match, MatchNetwork


class _MapOfLogits(nn.Module):
    """The network as Grad-CAM wants it: both figures in one tensor to ``(N, cells)``."""

    def __init__(self, network: MatchNetwork) -> None:
        super().__init__()
        self.network = network
        self.match: Match | None = None

    def forward(self, figures: torch.Tensor) -> torch.Tensor:
        learner, standard = figures.chunk(2, dim=1)
        self.match = self.network(learner, standard)
        return self.match.logits.flatten(1)


@cache
def _unscaled_cam():
    # Imported late: the package pulls in scikit-learn, which start-up should not wait for.
    from pytorch_grad_cam import GradCAM

    class UnscaledCAM(GradCAM):
        """Grad-CAM at one layer as it comes out of the weighted sum."""

        def compute_cam_per_layer(self, input_tensor, targets, eigen_smooth):
            activations = self.activations_and_grads.activations[0].cpu().data.numpy()
            gradients = self.activations_and_grads.gradients[0].cpu().data.numpy()
            layer = self.target_layers[0]
            return [self.get_cam_image(input_tensor, layer, targets, activations, gradients)]

        def aggregate_multi_layers(self, cam_per_target_layer):
            return cam_per_target_layer[0]

    return UnscaledCAM


def grad_cam_heat(
    network: MatchNetwork, learner: torch.Tensor, standard: torch.Tensor
) -> tuple[np.ndarray, Match]:
    """The heatmap of pairs by Grad-CAM, and the rest that the network said in the same pass.

    Args:
        network: in evaluation mode.
        learner, standard: ``(N, 18, 2)`` joints in the learner's and the upright frame.

    Returns:
        ``(N, MAP_SIZE, MAP_SIZE)`` in [0, 1] in the aligned frame, 1 where both are alike; it is the
        sigmoid of `Match.logits` within 1e-4.
    """
    figures = torch.cat([learner, standard], dim=1)
    model = _MapOfLogits(network)
    with _unscaled_cam()(model, [network.last_convolution]) as cam:
        raw = cam(figures, targets=[torch.mean] * len(figures))
    # The package's hook in the graph holds the model: left in there, the match would hold the graph, and
    # Python cannot collect such a ring. A megabyte would stay of each check.
    match, model.match = model.match, None
    logits = raw * raw[0].size + network.head.logit.bias.item()
    return expit(logits.astype(np.float64)), match
