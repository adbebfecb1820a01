"""Making training data, networks, references and thresholds; all need the extra ``train``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from proportion.commands.options import (
    cluster_option,
    command,
    data_option,
    existing_folder,
    needs_training_extra,
    spread_option,
    whole_number,
)
from proportion.errors import BadInput

_NETWORKS_WITH = {"start": ("pose", "limbs", "lifter"), "mean-with": ("pose",)}


def add(commands: Any) -> None:
    """`synthesize`, `train`, `build-references` and `calibrate`."""
    synthesize = command(commands, "synthesize", _synthesize, "render synthetic drawings for training")
    data_option(synthesize)
    synthesize.add_argument("--out", type=Path, required=True)
    synthesize.add_argument("--count", type=whole_number(1), required=True)
    synthesize.add_argument("--characters", type=Path, help="folder of your own VRM or glTF humanoids")
    synthesize.add_argument("--poses", type=Path, help="folder of your own BVH motions")
    synthesize.add_argument("--split", choices=("train", "val", "test"), default="train")
    synthesize.add_argument("--mixture", default="pose", help="what is drawn (default: %(default)s)")
    synthesize.add_argument("--seed", type=whole_number(0), default=0)
    synthesize.add_argument(
        "--people",
        type=whole_number(0),
        default=0,
        metavar="SET",
        help="which set of 320 dressed people is drawn; any whole number (default: %(default)s)",
    )
    cluster_option(synthesize)

    train = command(commands, "train", _train, "train a network (resumes where it stopped)")
    train.add_argument("network", choices=("pose", "limbs", "matcher", "lifter"))
    train.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of the training data pack; for pose and limbs: a folder with folders made by "
        "synthesize, one of them named val; for pose also movenet-thunder.json and .bin",
    )
    train.add_argument(
        "--run", type=Path, default=None, dest="run_folder", help="folder for checkpoints of the run"
    )
    train.add_argument(
        "--start",
        type=Path,
        help=f"folder with weights to go on from ({', '.join(_NETWORKS_WITH['start'])}; default: none)",
    )
    train.add_argument(
        "--mean-with",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders with weights; give the mean of theirs and of the run's "
        f"({', '.join(_NETWORKS_WITH['mean-with'])})",
    )
    train.add_argument("--seed", type=whole_number(0), default=0)

    references = command(
        commands, "build-references", _build_references, "render reference figures and sample drawings"
    )
    data_option(references)

    calibrate = command(commands, "calibrate", _calibrate, "refit the verdicts' thresholds")
    data_option(calibrate)
    calibrate.add_argument(
        "--drawings",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="made by synthesize (split val, mixtures standing-errors and pose); the estimator's errors "
        "on them are measured anew",
    )


def _synthesize(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.synthesis.dataset import synthesize

    synthesize(
        existing_folder(options.data),
        options.out,
        options.count,
        seed=options.seed,
        split=options.split,
        mixture=options.mixture,
        characters=options.characters,
        poses=options.poses,
        people=options.people,
        **spread_option(options),
    )


def _train(options: argparse.Namespace) -> None:
    needs_training_extra()
    data = existing_folder(options.data)
    run = options.run_folder or Path("runs") / options.network
    for option, given in (("start", options.start), ("mean-with", options.mean_with)):
        if given and options.network not in _NETWORKS_WITH[option]:
            networks = ", ".join(_NETWORKS_WITH[option])
            raise BadInput(
                f"--{option} is for train {networks} only; leave it out.",
                "option_of_other_networks",
                option=option,
                networks=networks,
            )
    start = options.start and existing_folder(options.start)
    mean_with = [existing_folder(folder) for folder in options.mean_with]
    if options.network == "pose":
        from proportion.training.pose import train

        train(data, run, seed=options.seed, start=start, mean_with=mean_with)
    elif options.network == "limbs":
        from proportion.training.limbs import train

        train(data, run, seed=options.seed, start=start)
    elif options.network == "matcher":
        from proportion.training.matcher import train

        train(data, run, seed=options.seed)
    else:
        from proportion.training.lifter import Recipe, train

        train(data, run, recipe=Recipe(seed=options.seed), start=start)
    print(f"Done: the weights are in {run}; copy them into checkpoints/ to ship them.")


def _calibrate(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.training.calibration import recalibrate

    drawings = [existing_folder(folder) for folder in options.drawings]
    print(recalibrate(existing_folder(options.data), drawings))


def _build_references(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.synthesis.layered_figures import build_layered
    from proportion.synthesis.reference_figures import build_references
    from proportion.synthesis.sample_drawings import build_samples

    data = existing_folder(options.data)
    build_references(data)
    build_layered(data)
    build_samples(data)
