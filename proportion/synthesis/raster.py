"""The G-buffer: what a camera sees of a posed mesh, per pixel, before any drawing style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Raster:
    """Per-pixel geometry of one figure. All arrays share H x W, at `scale` times the picture's size.

    A style draws at this size and `proportion.synthesis.raster.shrink` brings the picture down.

    Attributes:
        part: ``(H, W)`` int8 index into `skeleton.PARTS`, -1 where there is nothing.
        depth: ``(H, W)`` float32 distance from the camera in units of the figure's rest height
            (edges: jumps of some hundredths); inf where there is nothing.
        normal: ``(H, W, 3)`` float32 unit normals in the camera's frame: x right, y up, z to the viewer.
        colour: ``(H, W, 3)`` float32 flat sRGB albedo in [0, 1]; 0 where there is nothing.
        material: ``(H, W)`` int16 material id of the character, -1 where there is nothing.
        rest: ``(H, W, 3)`` float32 rest-pose coordinates of the surface point in metres
            (the Ultra-Dense Pose of CoNR, Lin et al. 2022), or None if not asked for.
        scale: supersampling factor (1 or 2).
    """

    part: np.ndarray
    depth: np.ndarray
    normal: np.ndarray
    colour: np.ndarray
    material: np.ndarray
    rest: np.ndarray | None = None
    scale: int = 1

    @property
    def mask(self) -> np.ndarray:
        """``(H, W)`` bool: the figure."""
        return self.part >= 0
