"""A closer look at each arm and leg, which places its joints by what the limb itself shows.

The pose network sees the whole figure at once and knows what figures look like, so it draws a wrong limb
back towards its usual length. Here a small network sees one limb alone, upright and as large as it fits,
with a mark where the pose network found each joint, and says where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from proportion.files import written_whole
from proportion.geometry import apply_transform, compose, invert, scale_of, similarity
from proportion.paths import CHECKPOINTS
from proportion.pose.boxes import around
from proportion.pose.decoding import peaks
from proportion.pose.movenet import scaled_input, twice_as_fine
from proportion.skeleton import JOINTS, LIMBS

FILE = "limbs.safetensors"
SIZE, STRIDE = 96, 2
CELLS = SIZE // STRIDE

_LIMBS = np.array(LIMBS)
_PARTNER = (2, 3, 0, 1)
_LEFT = (True, True, False, False)
_MARGIN, _LEAST = 1.7, 0.22  # of the limb's extent; of the figure's, for limbs that point at the viewer
_MARK = 1.5  # cells
_MARKS = 9  # four marks of an arm, four of a leg, and one map of the limb on the other side
_WIDTHS = (24, 64, 128)


def channels_of(limb: int) -> slice:
    """The maps of a limb's joints among eight: an arm's are the first four, a leg's the others."""
    kind = limb % 2
    return slice(4 * kind, 4 * kind + 4)


def limb_frames(points: np.ndarray) -> np.ndarray:
    """Where each limb of a figure is looked at.

    Args:
        points: ``(18, 2)`` joints, NaN where missing.

    Returns:
        ``(4, 2, 3)`` transforms to the pixels of views in which the first segment points down and left
        limbs are mirrored, so that all look like right ones; NaN where a limb's first two joints are not
        both there.
    """
    least = _LEAST * float(np.ptp(points[np.isfinite(points[:, 0])], axis=0).max())
    frames = np.full((len(_LIMBS), 2, 3), np.nan)
    for limb, joints in enumerate(_LIMBS):
        chain = points[joints]
        if not np.isfinite(chain[:2]).all():
            continue
        away = chain[1] - chain[0]
        turn = similarity(degrees=90 - np.degrees(np.arctan2(away[1], away[0])))
        if _LEFT[limb]:
            turn = turn * np.array([[-1.0], [1.0]])
        box = around(apply_transform(turn, chain))
        side = _MARGIN * max(box.right - box.left, box.bottom - box.top, least)
        centre = np.array([box.left + box.right, box.top + box.bottom]) / 2
        fit = similarity(SIZE / side, translation=(SIZE - 1) / 2 - centre * SIZE / side)
        frames[limb] = compose(fit, turn)
    return frames


def marks_of(points: np.ndarray, frame: np.ndarray, limb: int) -> np.ndarray:
    """Marks at the joints that the pose network found.

    Args:
        points: ``(18, 2)`` joints, NaN where missing.
        frame: ``(2, 3)`` of the limb's view.
        limb: its number in `LIMBS`.

    Returns:
        ``(9, 48, 48)`` float32 in the view's cells; the other side's limb is all in the last map.
    """
    places = to_cells(apply_transform(frame, points[_LIMBS[[limb, _PARTNER[limb]]]]))
    off = np.arange(CELLS) - np.nan_to_num(places, nan=-1e3)[..., None]
    near = np.exp(-(off**2) / (2 * _MARK**2))
    own, other = near[:, :, 1, :, None] * near[:, :, 0, None, :]
    maps = np.zeros((_MARKS, CELLS, CELLS), np.float32)
    maps[channels_of(limb)] = own
    maps[-1] = other.max(0)
    return maps


def to_cells(pixels: np.ndarray) -> np.ndarray:
    """Pixels of a view to cells of its maps."""
    return (pixels - (STRIDE - 1) / 2) / STRIDE


def to_pixels(cells: np.ndarray) -> np.ndarray:
    """Cells of a view's maps to its pixels."""
    return cells * STRIDE + (STRIDE - 1) / 2


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
        self.marks = nn.Conv2d(_MARKS, fine, 3, padding=1)
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


@dataclass(frozen=True, eq=False)
class LimbLook:
    """What is seen of the limbs that were looked at: where their joints are, and how surely.

    Attributes:
        points: ``(18, 2)`` in picture pixels, NaN where not seen.
        spread: ``(18,)`` expected error in picture pixels, NaN where not seen.
    """

    points: np.ndarray
    spread: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """``(18,)`` bool: joints that the closer look found."""
        return np.isfinite(self.points[:, 0])


@torch.inference_mode()
def look_at_limbs(
    network: LimbNetwork, picture: np.ndarray, points: np.ndarray, *, half: bool = False
) -> LimbLook:
    """Look at the limbs of a figure that the pose network found.

    Args:
        network: in evaluation mode.
        picture: ``(H, W, 3)`` uint8 RGB in which the figure is about 200 pixels large, as in the pose
            network's view; details of larger ones are skipped over.
        points: ``(18, 2)`` its joints in picture pixels, NaN where missing.
        half: compute in bfloat16.
    """
    found = np.full((len(JOINTS), 3), np.nan)
    frames = limb_frames(points)
    known = np.isfinite(frames[:, 0, 0])
    if known.any():
        views = np.stack([limb_view(picture, frame) for frame in frames[known]])
        marks = torch.from_numpy(
            np.stack([marks_of(points, frames[limb], limb) for limb in np.flatnonzero(known)])
        )
        pictures = scaled_input(torch.from_numpy(views).permute(0, 3, 1, 2))
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            heat, spread = network(
                pictures.contiguous(memory_format=torch.channels_last),
                marks.contiguous(memory_format=torch.channels_last),
            )
        cells, best = peaks(heat.float())
        error = spread.float().flatten(2).gather(2, best[..., None])[..., 0].exp()
        for row, limb in enumerate(np.flatnonzero(known)):
            back, channels = invert(frames[limb]), channels_of(limb)
            places = to_pixels(cells[row, channels].double().numpy())
            found[_LIMBS[limb], :2] = apply_transform(back, places)
            cell = STRIDE * scale_of(back)
            found[_LIMBS[limb], 2] = error[row, channels].double().numpy() * cell
    found[~np.isfinite(points[:, 0])] = np.nan
    return LimbLook(found[:, :2], found[:, 2])


def limb_view(picture: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """``(96, 96, 3)`` view of a picture through a ``(2, 3)`` transform from its pixels to the view's."""
    return cv2.warpAffine(
        picture, frame, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def save_limbs(network: LimbNetwork, folder: Path = CHECKPOINTS) -> None:
    """Write ``limbs.safetensors`` in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    with written_whole(folder / FILE) as file:
        save_file(tensors, file)


def load_limbs(folder: Path = CHECKPOINTS) -> LimbNetwork:
    """Read what `save_limbs` wrote, in evaluation mode."""
    network = LimbNetwork()
    weights = load_file(folder / FILE)
    network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return network.to(memory_format=torch.channels_last).eval()
