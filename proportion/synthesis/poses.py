"""The pose bank: body poses on one common set of bones, with the split that every protocol uses."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Split = Literal["train", "val", "test"]

TEST_FAMILIES: frozenset[str] = frozenset({"godette", "mesh2motion"})
"""Character families (folders of the data pack) that no training ever sees."""


def split_of_clip(clip_name: str) -> Split:
    """Split of an animation clip: 80% train, 10% val, 10% test, by a hash of its name."""
    bucket = zlib.crc32(clip_name.encode()) % 10
    return "test" if bucket == 0 else "val" if bucket == 1 else "train"


@dataclass(frozen=True)
class PoseBank:
    """Poses as world rotations of bones relative to a T-pose facing +Z, y up.

    Attributes:
        bones: names of the B bones (VRM humanoid names).
        parents: ``(B,)`` index of each bone's parent, -1 for hips.
        tpose_direction: ``(B, 3)`` direction of the segment in the T-pose for arms and legs, else zero.
        rotations: ``(N, B, 4)`` unit quaternions (x, y, z, w).
        clips: N clip names.
        licences: N licences (``CC0-1.0`` or ``CMU``).
    """

    bones: tuple[str, ...]
    parents: np.ndarray
    tpose_direction: np.ndarray
    rotations: np.ndarray
    clips: tuple[str, ...]
    licences: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rotations)

    def take(self, indices: np.ndarray) -> PoseBank:
        """The bank with only these poses."""
        return PoseBank(
            self.bones,
            self.parents,
            self.tpose_direction,
            self.rotations[indices],
            tuple(self.clips[i] for i in indices),
            tuple(self.licences[i] for i in indices),
        )

    def split(self, split: Split) -> PoseBank:
        """Only the poses of one split's clips."""
        return self.take(np.flatnonzero([split_of_clip(clip) == split for clip in self.clips]))

    def upright(self, max_tilt_degrees: float = 30.0) -> PoseBank:
        """Only poses whose hips' up axis is within an angle of the vertical."""
        x, _, z, _ = np.moveaxis(self.rotations[:, self.bones.index("hips")], -1, 0)
        up_y = 1 - 2 * (x * x + z * z)
        return self.take(np.flatnonzero(up_y >= np.cos(np.deg2rad(max_tilt_degrees))))

    @classmethod
    def load(cls, data: Path) -> PoseBank:
        """Read ``poses/poses.npz`` of the data pack, without its near duplicates.

        Clip names are prefixed by their source, since two packs may both have a "Walk".
        """
        with np.load(data / "poses" / "poses.npz") as pack:
            keep = np.flatnonzero(pack["near_duplicate_of"] < 0)
            clip = pack["clip"][keep]
            names = [f"{s}/{n}" for s, n in zip(pack["clip_source"], pack["clip_name"], strict=True)]
            return cls(
                tuple(str(name) for name in pack["bones"]),
                pack["parents"].astype(int),
                pack["tpose_dir"],
                pack["quat_xyzw"][keep],
                tuple(names[i] for i in clip),
                tuple(str(pack["clip_licence"][i]) for i in clip),
            )
