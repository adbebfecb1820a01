"""Synthetic drawings on disk: `synthesize` writes them, `SyntheticDataset` reads them.

A folder holds ``manifest.json``, shards of 500 drawings and, when done, ``contact_sheet.jpg`` to be
looked at. A shard is ``pictures_00000.npy`` (``(n, size, size, 3)`` uint8 RGB, read by memory mapping)
with ``labels_00000.npz`` beside it. A drawing depends on seed, split, mixture and its index alone, so
an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from proportion.errors import BadInput
from proportion.files import written_whole
from proportion.skeleton import STATES, Skeleton
from proportion.synthesis.contact_sheet import contact_sheet
from proportion.synthesis.generator import MIXTURES, Drawing, DrawingGenerator
from proportion.synthesis.poses import Split

FORMAT = "proportion-synthetic/1"
SHARD = 500
ShardJob = tuple[tuple[Any, ...], Path, int, int, int]
"""The generator's settings, the folder, the seed, and the first and past-last drawing of a shard."""

Spread = Callable[[Callable[[ShardJob], int], Iterable[ShardJob]], Iterable[int]]
"""Like `map`, in any order."""

_FIELDS = ("family", "character", "clip", "style")


def synthesize(
    data: Path,
    out: Path,
    count: int,
    *,
    seed: int = 0,
    split: Split = "train",
    mixture: str = "pose",
    size: int = 256,
    workers: int | None = None,
    spread: Spread | None = None,
    characters: Path | None = None,
    poses: Path | None = None,
    people: int = 0,
) -> None:
    """Write random drawings to a folder, or go on with one that was begun with the same settings.

    Args:
        data: the data pack.
        out: folder to write.
        count: drawings wanted; may be raised later.
        seed: of all randomness.
        split: whose characters and clips.
        mixture: what is drawn, a key of `generator.MIXTURES`.
        size: side of the pictures in pixels.
        workers: processes; all cores if None.
        spread: how the shards are gone through; over that many processes of this machine if None. Other
            machines must see ``data`` and ``out`` at the same paths.
        characters: folder of the user's own glb and vrm humanoids to draw instead.
        poses: folder of the user's own BVH files to pose them by.
        people: which set of dressed people is drawn; each number gives others.

    Raises:
        BadInput: for an unknown mixture, or a folder that holds a dataset of other settings.
    """
    if mixture not in MIXTURES:
        raise BadInput(
            f"Unknown mixture '{mixture}'; there are {', '.join(MIXTURES)}.",
            "unknown_mixture",
            mixture=mixture,
        )
    config = {"format": FORMAT, "seed": seed, "split": split, "mixture": mixture, "size": size}
    config |= {"characters": characters and str(characters), "poses": poses and str(poses)}
    config["people"] = people
    _begin(out, config, count)
    starts = [start for start in range(0, count, SHARD) if not _complete(out, start, count)]
    workers = min(workers or os.cpu_count() or 1, max(len(starts), 1))
    recipe = (data, split, mixture, size, characters, poses, people)
    jobs = [(recipe, out, seed, start, min(start + SHARD, count)) for start in starts]
    progress = tqdm(total=count, initial=count - sum(job[-1] - job[-2] for job in jobs), unit="drawing")
    with progress:
        for written in (spread or _over_processes(workers))(_write_shard, jobs):
            progress.update(written)
    _write_sheet(out)


def _write_sheet(out: Path) -> None:
    """``contact_sheet.jpg``: the first hundred drawings with their joints, to be looked at."""
    dataset = SyntheticDataset.open(out)
    shown = [(dataset.pictures[i], dataset.skeleton(i)) for i in range(min(100, len(dataset)))]
    Image.fromarray(contact_sheet(shown, cell=192)).save(out / "contact_sheet.jpg", quality=88)


def _begin(out: Path, config: dict[str, object], count: int) -> None:
    manifest = out / "manifest.json"
    if manifest.exists():
        found = {"people": 0, **json.loads(manifest.read_text())}  # older folders do not name theirs
        if {key: found.get(key) for key in config} != config:
            raise BadInput(
                f"{out} holds a dataset of other settings; choose another folder.",
                "dataset_differs",
                folder=str(out),
            )
        count = max(count, found["count"])
    out.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({**config, "shard": SHARD, "count": count}, indent=1))


def _complete(out: Path, start: int, count: int) -> bool:
    labels = out / f"labels_{start // SHARD:05d}.npz"
    if not labels.exists():
        return False
    with np.load(labels) as shard:
        return len(shard["points"]) >= min(SHARD, count - start)


def _over_processes(workers: int) -> Spread:
    """`map` over processes of this machine."""

    def spread(work: Callable[[ShardJob], int], jobs: Iterable[ShardJob]) -> Iterator[int]:
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            yield from pool.imap_unordered(work, jobs)

    return map if workers == 1 else spread


@lru_cache(maxsize=1)
def _generator(*recipe: Any) -> DrawingGenerator:
    return DrawingGenerator(*recipe)


def _write_shard(job: ShardJob) -> int:
    recipe, out, seed, start, stop = job
    generator = _generator(*recipe)
    drawings = [generator.draw(seed, index) for index in range(start, stop)]
    name = f"{start // SHARD:05d}"
    with written_whole(out / f"pictures_{name}.npy") as file:
        np.save(file, np.stack([drawing.picture for drawing in drawings]))
    # Written last: it marks the shard as complete.
    with written_whole(out / f"labels_{name}.npz") as file:
        np.savez(file, **_labels(drawings))
    return stop - start


def _labels(drawings: list[Drawing]) -> dict[str, np.ndarray]:
    skeletons = [drawing.skeleton for drawing in drawings]
    return {
        "points": np.stack([skeleton.points for skeleton in skeletons]).astype(np.float32),
        "states": np.array(
            [[STATES.index(state) for state in skeleton.states] for skeleton in skeletons], np.uint8
        ),
        **{field: np.array([getattr(drawing, field) for drawing in drawings]) for field in _FIELDS},
        "yaw": np.array([drawing.yaw for drawing in drawings], np.float32),
        "part": np.array([drawing.distortion.part for drawing in drawings]),
        "factor": np.array([drawing.distortion.factor for drawing in drawings], np.float32),
    }


@dataclass(frozen=True, eq=False)
class Pictures:
    """``(H, W, 3)`` uint8 pictures by index, mapped from the shards."""

    shards: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return sum(len(shard) for shard in self.shards)

    def __getitem__(self, index: int) -> np.ndarray:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return np.asarray(self.shards[index // SHARD][index % SHARD])


@dataclass(frozen=True, eq=False)
class SyntheticDataset:
    """A dataset written by `synthesize` (the complete shards of it, while it is being written).

    Attributes:
        manifest: its settings.
        pictures: by index.
        labels: all labels by name, ``(N, ...)`` each: points, states (0 seen, 1
            guessed = hidden, 2 missing = outside), family, character, clip, style,
            yaw (degrees, 0 front), part and factor (what is out of proportion; empty and 1 if nothing).
    """

    manifest: dict[str, object]
    pictures: Pictures
    labels: dict[str, np.ndarray]

    @classmethod
    def open(cls, folder: Path) -> SyntheticDataset:
        """Open a folder.

        Raises:
            BadInput: when it holds no dataset.
        """
        if not (folder / "manifest.json").exists():
            raise BadInput(
                f"{folder} holds no synthetic drawings; make them with 'synthesize'.",
                "no_dataset",
                folder=str(folder),
            )
        shards, labels = [], []
        for path in sorted(folder.glob("labels_*.npz")):
            if path.name != f"labels_{len(shards):05d}.npz":
                break  # a gap: later shards are ahead of a slower worker
            with np.load(path) as shard:
                labels.append(dict(shard))
            shards.append(np.load(folder / f"pictures_{len(shards):05d}.npy", mmap_mode="r"))
        if not shards:
            raise BadInput(
                f"{folder} is still empty; wait for 'synthesize'.", "no_dataset", folder=str(folder)
            )
        merged = {key: np.concatenate([label[key] for label in labels]) for key in labels[0]}
        return cls(json.loads((folder / "manifest.json").read_text()), Pictures(tuple(shards)), merged)

    @property
    def points(self) -> np.ndarray:
        """``(N, 18, 2)`` joints in pixels; NaN where missing."""
        return self.labels["points"]

    @property
    def states(self) -> np.ndarray:
        """``(N, 18)`` index into `skeleton.STATES`."""
        return self.labels["states"]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def size(self) -> int:
        """Side of the pictures in pixels."""
        return int(self.manifest["size"])

    def skeleton(self, index: int) -> Skeleton:
        """The skeleton of one drawing."""
        states = tuple(STATES[state] for state in self.states[index])
        return Skeleton((self.size, self.size), self.points[index], states)


def to_train_on(data: Path) -> tuple[list[Path], SyntheticDataset]:
    """The folders of drawings to train on that a folder holds, and its dataset named ``val``, opened.

    Raises:
        BadInput: one of them is not there.
    """
    validation = SyntheticDataset.open(data / "val")
    folders = sorted(path.parent for path in data.glob("*/manifest.json") if path.parent.name != "val")
    if not folders:
        raise BadInput(
            f"{data} holds no synthetic drawings besides val; make them with 'synthesize'.",
            "no_dataset",
            folder=str(data),
        )
    return folders, validation
