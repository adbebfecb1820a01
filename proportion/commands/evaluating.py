"""Measuring: how good the parts are, and what the app costs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proportion.commands.options import (
    command,
    data_option,
    existing_folder,
    needs_training_extra,
    whole_number,
)
from proportion.commands.printing import print_json, print_table
from proportion.errors import BadInput

if TYPE_CHECKING:
    from proportion.assessment.report import Report
    from proportion.skeleton import Skeleton


def add(commands: Any) -> None:
    """`evaluate` with its protocols, and `benchmark`."""
    evaluate = command(commands, "evaluate", _evaluate_pose, "measure how good the parts are")
    protocols = evaluate.add_subparsers(dest="protocol", required=True, metavar="PROTOCOL")
    evaluate_pose = command(protocols, "pose", _evaluate_pose, "PDJ and PCP of the pose estimator")
    drawings = evaluate_pose.add_mutually_exclusive_group(required=True)
    drawings.add_argument("--annotations", type=Path, metavar="FILE", help="drawings marked by a person")
    drawings.add_argument("--synthetic", type=Path, metavar="DIR", help="drawings made by synthesize")
    evaluate_pose.add_argument("--images", type=Path, help="folder of the marked drawings")
    evaluate_pose.add_argument("--overlays", type=Path, help="folder to draw the found joints into")
    evaluate_pose.add_argument("--json", action="store_true")

    evaluate_regions = command(
        protocols, "regions", _evaluate_regions, "does the matcher's heatmap point at the wrong part"
    )
    evaluate_regions.add_argument(
        "--data", choices=("narrow", "wide", "paper", "anime"), nargs="+", default=["narrow", "wide"]
    )
    evaluate_regions.add_argument(
        "--pack",
        type=Path,
        default=os.environ.get("PROPORTION_DATA"),
        help="folder of the training data pack (default: $PROPORTION_DATA)",
    )
    evaluate_regions.add_argument(
        "--count", type=whole_number(1), default=50, help="originals of each data set"
    )
    evaluate_regions.add_argument("--json", action="store_true")

    evaluate_retrieval = command(
        protocols, "retrieval", _evaluate_retrieval, "how near in pose the first reference is"
    )
    data_option(evaluate_retrieval)
    evaluate_retrieval.add_argument("--json", action="store_true")

    evaluate_verdicts = command(protocols, "verdicts", _evaluate_verdicts, "false alarms and detection")
    figures = evaluate_verdicts.add_mutually_exclusive_group(required=True)
    figures.add_argument("--skeletons", type=Path, metavar="FILE", help="figures taken as fine")
    figures.add_argument("--synthetic", type=Path, metavar="DIR", help="drawings made by synthesize")
    figures.add_argument("--bodies", type=Path, metavar="DATA", help="test bodies of the data pack")
    evaluate_verdicts.add_argument("--json", action="store_true")

    benchmark = command(commands, "benchmark", _benchmark, "latency, throughput, memory and start-up")
    benchmark.add_argument(
        "--students", type=whole_number(1), default=5, help="at once (default: %(default)s)"
    )
    benchmark.add_argument(
        "--checks", type=whole_number(0), default=0, help="so many in a row, to see the memory"
    )
    benchmark.add_argument("--data", type=Path, help="training data pack, to measure the joints too")
    benchmark.add_argument("--browser", action="store_true", help="time the page in a Chromium too")
    benchmark.add_argument("--readme", type=Path, help="README whose figures are written anew")
    benchmark.add_argument("--address", help="of a page that runs already, such as a cluster's")
    benchmark.add_argument("--json", action="store_true")


def _evaluate_pose(options: argparse.Namespace) -> None:
    if options.synthetic:
        needs_training_extra()
        from proportion.evaluation.pose_synthetic import evaluate_synthetic, no_figure_rate
        from proportion.pose.estimator import PoseEstimator
        from proportion.synthesis.dataset import SyntheticDataset

        estimate = PoseEstimator.load().estimate
        result = evaluate_synthetic(SyntheticDataset.open(options.synthetic), estimate)
        result["no_figure"] = no_figure_rate(estimate)
    else:
        from proportion.evaluation.pose import evaluate_pose

        if options.images is None:
            raise BadInput("Say with --images where the marked drawings lie.", "images_needed")
        result = evaluate_pose(options.annotations, options.images, overlays=options.overlays)
    if options.json:
        print_json(result)
        return
    for style, scores in {"all": result["pdj"], **result["by_style"]}.items():
        for threshold, groups in scores.items():
            row = "  ".join(
                f"{group} {value:.2f}" for group, value in groups.items() if value is not None
            )
            print(f"{style:8} PDJ@{threshold}: {row}")


def _evaluate_regions(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.evaluation.regions import evaluate_regions

    if options.pack is None:
        raise BadInput("Name the folder of the training data pack with --pack.", "no_pack")
    result = evaluate_regions(existing_folder(options.pack), options.data, count=options.count)
    if options.json:
        print_json(result)
        return
    for row in result["summary"]:
        print_table(row, as_json=False)


def _evaluate_retrieval(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.evaluation.retrieval import evaluate_retrieval

    print_table(evaluate_retrieval(existing_folder(options.data)), options.json)


def _evaluate_verdicts(options: argparse.Namespace) -> None:
    needs_training_extra()
    from proportion.assessment.assessor import Assessor
    from proportion.assessment.verdicts import Judge
    from proportion.evaluation.verdicts import evaluate_drawings, evaluate_verdicts, read_skeletons

    assessor = Assessor(Judge.load())  # verdicts do not depend on references and matcher

    def judge(skeleton: Skeleton) -> Report:
        return assessor.assess(skeleton).report

    if options.skeletons:
        result = evaluate_verdicts(read_skeletons(options.skeletons), judge)
    elif options.bodies:
        from proportion.evaluation.bodies import evaluate_bodies

        result = evaluate_bodies(existing_folder(options.bodies), assessor)
    else:
        from proportion.pose.estimator import PoseEstimator
        from proportion.synthesis.dataset import SyntheticDataset

        estimator = PoseEstimator.load()
        result = evaluate_drawings(
            SyntheticDataset.open(options.synthetic), lambda picture: judge(estimator.estimate(picture))
        )
    print_table(result, options.json)


def _benchmark(options: argparse.Namespace) -> None:
    from proportion.evaluation.benchmark import benchmark
    from proportion.evaluation.figures import lines, write_figures

    data = options.data and existing_folder(options.data)
    result = benchmark(options.students, options.checks, data, options.address, options.browser)
    if options.readme:
        write_figures(options.readme, result)
    if options.json:
        print_json(result)
        return
    for line in lines(result):
        print(line)
