"""Compares a learner's skeleton with a standard: similarity, heatmap and alignment."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file

from proportion.geometry import apply_transform, compose, invert
from proportion.matching.heatmap import grad_cam_heat
from proportion.matching.network import MatchNetwork
from proportion.matching.rendering import frame_to_pixels, placing_frame
from proportion.paths import CHECKPOINTS
from proportion.skeleton import BONES, PARTS, Skeleton, joint_points

_SAMPLES = 9
"""Places along a bone where its heat is read."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the matcher found for one pair.

    Attributes:
        similarity: probability that the learner has no error of proportion against the standard.
        heatmap: ``(S, S)`` in [0, 1] over the aligned frame, 1 alike, 0 different.
        alignment: ``(2, 3)`` learner's pixels -> aligned frame [-1, 1].
        standard_alignment: ``(2, 3)`` standard's pixels -> aligned frame.
        learner: the learner's skeleton as compared.
    """

    similarity: float
    heatmap: np.ndarray
    alignment: np.ndarray
    standard_alignment: np.ndarray
    learner: Skeleton

    def heat_in_picture(self, size: tuple[int, int]) -> np.ndarray:
        """The heatmap over the learner's picture: at each pixel, the aligned map where it lands.

        Args:
            size: (width, height) in pixels; a size other than the skeleton's is taken as the same
                picture scaled.

        Returns:
            ``(height, width)`` float32, NaN outside of the aligned frame.
        """
        width, height = size
        stretch = np.array([self.learner.image_size[0] / width, self.learner.image_size[1] / height])
        to_map = compose(frame_to_pixels(len(self.heatmap)), self.alignment)
        to_map = np.concatenate([to_map[:, :2] * stretch, to_map[:, 2:]], axis=1)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        heat = cv2.warpAffine(
            self.heatmap.astype(np.float32), to_map, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        corners = np.array([[0.0, 0.0], [width - 1, 0], [0, height - 1]]) * stretch
        origin, right, down = apply_transform(self.alignment, corners)
        x = np.arange(width)[None, :, None] / max(width - 1, 1)
        y = np.arange(height)[:, None, None] / max(height - 1, 1)
        inside = (np.abs(origin + x * (right - origin) + y * (down - origin)) <= 1).all(-1)
        return np.where(inside, heat, np.nan)

    def heat_of_parts(self) -> dict[str, float | None]:
        """Mean heat along each part's bone; None where an end is missing."""
        values = heat_along_bones(
            self.heatmap[None], apply_transform(self.alignment, self.learner.points)[None]
        )[0]
        return {
            part: None if np.isnan(value) else float(value)
            for part, value in zip(PARTS, values, strict=True)
        }


def heat_along_bones(heat: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Mean heat along each part's bone, ends left out (other bones meet there).

    Args:
        heat: ``(N, S, S)`` maps over the frame.
        points: ``(N, 18, 2)`` joints in the frame.

    Returns:
        ``(N, 17)`` in the order of `PARTS`; NaN where an end is missing.
    """
    starts = np.stack([joint_points(points, bone.start) for bone in BONES], 1)
    stops = np.stack([joint_points(points, bone.end) for bone in BONES], 1)
    share = np.linspace(0.15, 0.85, _SAMPLES)[:, None]
    places = starts[:, :, None] * (1 - share) + stops[:, :, None] * share
    size = heat.shape[-1]
    x, y = np.moveaxis(np.clip((np.nan_to_num(places) + 1) * size / 2 - 0.5, 0, size - 1), -1, 0)
    left, top = np.minimum(x.astype(int), size - 2), np.minimum(y.astype(int), size - 2)
    right, down = x - left, y - top
    row = np.arange(len(heat))[:, None, None]
    upper = heat[row, top, left] * (1 - right) + heat[row, top, left + 1] * right
    lower = heat[row, top + 1, left] * (1 - right) + heat[row, top + 1, left + 1] * right
    mean = (upper * (1 - down) + lower * down).mean(-1)
    return np.where(np.isfinite(starts + stops).all(-1), mean, np.nan)


class Matcher:
    """The trained network with its calibration. Safe to share between threads.

    Args:
        network: in evaluation mode.
        slope, offset: the similarity is ``sigmoid(slope * logit + offset)`` (Platt scaling).
    """

    def __init__(self, network: MatchNetwork, slope: float = 1.0, offset: float = 0.0) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.slope, self.offset = slope, offset
        # Grad-CAM hooks into the network: two threads at once would see each other's figures, or crash.
        self._hooked = threading.Lock()
        # Grad-CAM looks back no further than this layer; the rest need not remember how it got there.
        self.network.requires_grad_(False)
        self.network.last_convolution.requires_grad_(True)

    @classmethod
    def load(cls, folder: Path = CHECKPOINTS) -> Matcher:
        """Read ``matcher.safetensors``."""
        tensors = load_file(folder / "matcher.safetensors")
        slope, offset = tensors.pop("calibration").tolist()
        network = MatchNetwork()
        network.load_state_dict(
            {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
        )
        return cls(network, slope, offset)

    def calibrate(self, logit: torch.Tensor) -> torch.Tensor:
        """Probabilities of the network's similarity logits."""
        return torch.sigmoid(self.slope * logit + self.offset)

    def compare(self, learner: Skeleton, standard: Skeleton) -> Comparison:
        """Compare a learner with a standard in about the same pose.

        A joint that either lacks counts in neither.
        """
        known = (learner.present & standard.present)[:, None]
        points = np.where(known, learner.points, np.nan)
        reference = np.where(known, standard.points, np.nan)
        placing = placing_frame(points, upright=False)
        standing = placing_frame(reference, upright=True)
        placed, upright = (
            torch.from_numpy(apply_transform(frame, joints)[None]).float()
            for frame, joints in ((placing, points), (standing, reference))
        )
        with self._hooked:
            heat, match = grad_cam_heat(self.network, placed, upright)
        matrix = match.matrix[0].detach().double().numpy()
        similarity = self.calibrate(match.similarity).item()
        return Comparison(similarity, heat[0], compose(invert(matrix), placing), standing, learner)
