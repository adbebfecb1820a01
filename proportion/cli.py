"""The command line: ``python -m proportion <command>``.

Exit status 0 for done, 2 for bad input with one clear line on standard error, 1 for a fault.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proportion import __version__
from proportion.errors import BadInput
from proportion.files import written_whole

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessment
    from proportion.assessment.report import Report
    from proportion.skeleton import Skeleton

# Heavy libraries are imported inside the command that needs them, so that --help answers at once.

STYLES = ("auto", "anime", "realistic", "chibi")
LANGUAGES = ("en", "zh-Hant", "ja")
FORMATS = ("proportion", "openpose", "coco")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except BadInput as error:
        print(f"proportion: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("proportion: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("PROPORTION_DEBUG"):
            raise
        print(
            f"proportion: this should not have happened ({type(error).__name__}: {error}); "
            "set PROPORTION_DEBUG=1 to see where",
            file=sys.stderr,
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proportion",
        description="Shows which body parts of a drawn character are out of proportion.",
    )
    parser.add_argument("--version", action="version", version=f"proportion {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    app = _command(commands, "app", _app, "start the web page")
    app.add_argument("--host", default="127.0.0.1")
    app.add_argument("--port", type=int, default=7860)
    _cluster_option(app)
    app.add_argument("--workers", type=int, default=2, help="of the cluster (default: %(default)s)")

    pose = _command(commands, "pose", _pose, "find the joints of a drawing")
    pose.add_argument("image", type=Path)
    pose.add_argument("--json", action="store_true", help="print the skeleton as JSON")
    pose.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the JSON")

    assess = _command(commands, "assess", _assess, "check the proportions of a drawing or a skeleton")
    assess.add_argument("source", type=Path, metavar="IMAGE|SKELETON.json")
    assess.add_argument("--style", choices=STYLES, default="auto")
    assess.add_argument("--same-character", type=Path, nargs="+", default=[], metavar="IMAGE")
    assess.add_argument(
        "--reference", type=Path, metavar="IMAGE", help="compare with your own reference"
    )
    assess.add_argument("--lang", choices=LANGUAGES, default="en")
    assess.add_argument("--json", action="store_true", help="print the report as JSON")
    assess.add_argument("--out", type=Path, metavar="REPORT.png|.pdf")

    batch = _command(commands, "batch", _batch, "check a folder of drawings and sum up the class")
    batch.add_argument("folder", type=Path)
    batch.add_argument("--out", type=Path, required=True, help="folder for the reports")
    batch.add_argument("--lang", choices=LANGUAGES, default="en")
    _cluster_option(batch)

    synthesize = _command(commands, "synthesize", _synthesize, "render synthetic drawings for training")
    _data_option(synthesize)
    synthesize.add_argument("--out", type=Path, required=True)
    synthesize.add_argument("--count", type=int, required=True)
    synthesize.add_argument("--characters", type=Path, help="folder of your own VRM or glTF humanoids")
    synthesize.add_argument("--poses", type=Path, help="folder of your own BVH motions")
    synthesize.add_argument("--split", choices=("train", "val", "test"), default="train")
    synthesize.add_argument("--mixture", default="pose", help="what is drawn (default: %(default)s)")
    synthesize.add_argument("--seed", type=int, default=0)
    _cluster_option(synthesize)

    train = _command(commands, "train", _train, "train a network (resumes where it stopped)")
    train.add_argument("network", choices=("pose", "matcher", "lifter"))
    train.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of the training data pack; for pose: a folder with folders made by synthesize, one "
        "of them named val, and movenet-thunder.json and .bin",
    )
    train.add_argument(
        "--run", type=Path, default=None, dest="run_folder", help="folder for checkpoints of the run"
    )
    train.add_argument(
        "--start", type=Path, help="folder with weights to go on from (pose, lifter; default: none)"
    )
    train.add_argument("--seed", type=int, default=0)

    references = _command(
        commands, "build-references", _build_references, "render reference figures and sample drawings"
    )
    _data_option(references)

    calibrate = _command(commands, "calibrate", _calibrate, "refit the verdicts' thresholds")
    _data_option(calibrate)
    calibrate.add_argument(
        "--drawings",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="made by synthesize (split val, mixtures standing-errors and pose); the estimator's errors "
        "on them are measured anew",
    )

    evaluate = _command(commands, "evaluate", _evaluate_pose, "measure how good the parts are")
    protocols = evaluate.add_subparsers(dest="protocol", required=True, metavar="PROTOCOL")
    evaluate_pose = _command(protocols, "pose", _evaluate_pose, "PDJ and PCP of the pose estimator")
    drawings = evaluate_pose.add_mutually_exclusive_group(required=True)
    drawings.add_argument("--annotations", type=Path, metavar="FILE", help="drawings marked by a person")
    drawings.add_argument("--synthetic", type=Path, metavar="DIR", help="drawings made by synthesize")
    evaluate_pose.add_argument("--images", type=Path, help="folder of the marked drawings")
    evaluate_pose.add_argument("--overlays", type=Path, help="folder to draw the found joints into")
    evaluate_pose.add_argument("--json", action="store_true")

    evaluate_regions = _command(
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
    evaluate_regions.add_argument("--count", type=int, default=100, help="originals of each data set")
    evaluate_regions.add_argument("--json", action="store_true")

    evaluate_retrieval = _command(
        protocols, "retrieval", _evaluate_retrieval, "how near in pose the first reference is"
    )
    _data_option(evaluate_retrieval)
    evaluate_retrieval.add_argument("--json", action="store_true")

    evaluate_verdicts = _command(protocols, "verdicts", _evaluate_verdicts, "false alarms and detection")
    figures = evaluate_verdicts.add_mutually_exclusive_group(required=True)
    figures.add_argument("--skeletons", type=Path, metavar="FILE", help="figures taken as fine")
    figures.add_argument("--synthetic", type=Path, metavar="DIR", help="drawings made by synthesize")
    figures.add_argument("--bodies", type=Path, metavar="DATA", help="test bodies of the data pack")
    evaluate_verdicts.add_argument("--json", action="store_true")

    benchmark = _command(commands, "benchmark", _benchmark, "latency, throughput, memory and start-up")
    benchmark.add_argument("--students", type=int, default=5, help="at once (default: %(default)s)")
    benchmark.add_argument("--checks", type=int, default=0, help="so many in a row, to see the memory")
    benchmark.add_argument("--data", type=Path, help="training data pack, to measure the joints too")
    benchmark.add_argument("--readme", type=Path, help="README whose figures are written anew")
    benchmark.add_argument("--address", help="of a page that runs already, such as a cluster's")
    benchmark.add_argument("--json", action="store_true")
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def _data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data pack")


def _cluster_option(parser: argparse.ArgumentParser) -> None:
    text = "Ray cluster to work on: HOST:PORT, auto, or local to start one here"
    parser.add_argument("--cluster", metavar="ADDRESS", help=text)


def _spread(options: argparse.Namespace) -> dict[str, Any]:
    """The way through many jobs that the options name; none for this machine's usual one."""
    if options.cluster is None:
        return {}
    from proportion.cluster.connection import connect
    from proportion.cluster.spread import spread

    connect(options.cluster)
    return {"spread": spread}


def _app(options: argparse.Namespace) -> None:
    if options.cluster is None:
        from proportion.ui.page import launch

        launch(host=options.host, port=options.port)
        return
    from proportion.cluster.connection import connect

    connect(options.cluster)
    from proportion.cluster.serving import serve_until_stopped

    serve_until_stopped(options.host, options.port, options.workers)


def _pose(options: argparse.Namespace) -> None:
    skeleton = _find_joints(options.image)
    if options.json:
        from proportion.keypoint_files import to_coco, to_openpose

        writers = (type(skeleton).to_json, to_openpose, to_coco)
        _print_json(dict(zip(FORMATS, writers, strict=True))[options.format](skeleton))
        return
    from proportion.skeleton import JOINTS

    width, height = skeleton.image_size
    print(f"{options.image.name}: {width} x {height} pixels")
    for name, (x, y), state, sigma in zip(
        JOINTS, skeleton.points, skeleton.states, skeleton.sigma, strict=True
    ):
        place = "" if state == "missing" else f"{x:8.1f} {y:8.1f}  ± {sigma:.1f}"
        print(f"{name:16} {state:8}{place}")


def _assess(options: argparse.Namespace) -> None:
    if options.out and options.out.suffix not in (".png", ".pdf"):
        raise BadInput("--out must end in .png or .pdf.", "out_suffix")
    if options.out and not options.out.parent.is_dir():
        raise BadInput(f"There is no folder '{options.out.parent}'; make it first.", "folder_not_found")
    picture, skeleton = _read_source(options.source)
    sheet = [_read_source(path)[1] for path in options.same_character]
    reference = _read_source(options.reference)[1] if options.reference else None

    from proportion.assessment.assessor import Assessor

    assessment = Assessor.load().assess(skeleton, style=options.style, sheet=sheet, reference=reference)
    if options.out:
        _save_report(options.out, assessment, picture, options.lang)
    if options.json:
        _print_json(assessment.report.to_json())
    else:
        _print_report(assessment.report, options.lang)


def _synthesize(options: argparse.Namespace) -> None:
    _needs_training_extra()
    from proportion.synthesis.dataset import synthesize

    synthesize(
        _existing_folder(options.data),
        options.out,
        options.count,
        seed=options.seed,
        split=options.split,
        mixture=options.mixture,
        characters=options.characters,
        poses=options.poses,
        **_spread(options),
    )


def _train(options: argparse.Namespace) -> None:
    _needs_training_extra()
    data = _existing_folder(options.data)
    run = options.run_folder or Path("runs") / options.network
    start = options.start and _existing_folder(options.start)
    if options.network == "pose":
        from proportion.training.pose import train

        train(data, run, seed=options.seed, start=start)
    elif options.network == "matcher":
        from proportion.training.matcher import train

        train(data, run, seed=options.seed)
    else:
        from proportion.training.lifter import Recipe, train

        train(data, run, recipe=Recipe(seed=options.seed), start=start, out=run)
    print(f"Done: the weights are in {run}; copy them into checkpoints/ to ship them.")


def _calibrate(options: argparse.Namespace) -> None:
    _needs_training_extra()
    from proportion.training.calibration import recalibrate

    drawings = [_existing_folder(folder) for folder in options.drawings]
    print(recalibrate(_existing_folder(options.data), drawings))


def _build_references(options: argparse.Namespace) -> None:
    _needs_training_extra()
    from proportion.synthesis.layered_figures import build_layered
    from proportion.synthesis.reference_figures import build_references
    from proportion.synthesis.sample_drawings import build_samples

    data = _existing_folder(options.data)
    build_references(data)
    build_layered(data)
    build_samples(data)


def _evaluate_pose(options: argparse.Namespace) -> None:
    if options.synthetic:
        _needs_training_extra()
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
        _print_json(result)
        return
    for style, scores in {"all": result["pdj"], **result["by_style"]}.items():
        for threshold, groups in scores.items():
            row = "  ".join(
                f"{group} {value:.2f}" for group, value in groups.items() if value is not None
            )
            print(f"{style:8} PDJ@{threshold}: {row}")


def _evaluate_retrieval(options: argparse.Namespace) -> None:
    _needs_training_extra()
    from proportion.evaluation.retrieval import evaluate_retrieval

    _print_table(evaluate_retrieval(_existing_folder(options.data)), options.json)


def _evaluate_verdicts(options: argparse.Namespace) -> None:
    _needs_training_extra()
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

        result = evaluate_bodies(_existing_folder(options.bodies), assessor)
    else:
        from proportion.pose.estimator import PoseEstimator
        from proportion.synthesis.dataset import SyntheticDataset

        estimator = PoseEstimator.load()
        result = evaluate_drawings(
            SyntheticDataset.open(options.synthetic), lambda picture: judge(estimator.estimate(picture))
        )
    _print_table(result, options.json)


def _batch(options: argparse.Namespace) -> None:
    from proportion.assessment.batch import assess_folder
    from proportion.ui.drawing_check import check_drawing

    check = partial(check_drawing, language=options.lang)
    folder = _existing_folder(options.folder)
    _print_table(assess_folder(folder, options.out, check, **_spread(options)), as_json=False)


def _benchmark(options: argparse.Namespace) -> None:
    from proportion.evaluation.benchmark import benchmark
    from proportion.evaluation.figures import lines, write_figures

    data = options.data and _existing_folder(options.data)
    result = benchmark(options.students, options.checks, data, options.address)
    if options.readme:
        write_figures(options.readme, result)
    if options.json:
        _print_json(result)
        return
    for line in lines(result):
        print(line)


def _evaluate_regions(options: argparse.Namespace) -> None:
    _needs_training_extra()
    from proportion.evaluation.regions import evaluate_regions

    if options.pack is None:
        raise BadInput("Name the folder of the training data pack with --pack.", "no_pack")
    result = evaluate_regions(_existing_folder(options.pack), options.data, count=options.count)
    if options.json:
        _print_json(result)
        return
    for row in result["summary"]:
        _print_table(row, as_json=False)


def _find_joints(path: Path) -> Skeleton:
    return _read_source(path)[1]


def _read_source(path: Path) -> tuple[Any, Skeleton]:
    """The picture (None for a skeleton file) and the skeleton of what the user named."""
    if path.suffix.lower() == ".json":
        from proportion.keypoint_files import MAX_FILE_SIZE, read_skeleton

        try:
            with path.open("rb") as file:
                return None, read_skeleton(file.read(MAX_FILE_SIZE + 1))
        except OSError:
            raise BadInput(
                f"There is no readable file at '{path}'; check the name.",
                "file_not_found",
                name=path.name,
            ) from None
    from proportion.images import load_picture
    from proportion.pose.estimator import PoseEstimator

    picture = load_picture(path)
    return picture, PoseEstimator.load().estimate(picture)


def _save_report(path: Path, assessment: Assessment, picture: Any, language: str) -> None:
    import numpy as np

    from proportion.drawing.report_page import save_report
    from proportion.ui.texts import say

    if picture is None:  # a skeleton file has no drawing: show it on white
        width, height = assessment.report.skeleton.image_size
        picture = np.full((height, width, 3), 255, np.uint8)
    with written_whole(path) as file:
        save_report(
            file, assessment, picture, lambda key, values: say(language, key, **values), language
        )


def _print_report(report: Report, language: str) -> None:
    from proportion.ui.texts import say

    def line(entry: Any) -> str:
        return say(language, entry.message, **entry.values)

    for mark, entries in (("+", report.good), ("!", report.findings), ("?", report.unsure)):
        for entry in entries:
            print(f"{mark} {line(entry)}")


def _print_table(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(result)
        return
    for name, value in result.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        print(f"{name}: {shown}")


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))


def _existing_folder(path: Path) -> Path:
    if not path.is_dir():
        raise BadInput(f"There is no folder at '{path}'; check the name.", "folder_not_found")
    return path


def _needs_training_extra() -> None:
    import importlib.util

    if any(importlib.util.find_spec(name) is None for name in ("numba", "pygltflib")):
        raise BadInput(
            "This command needs the training extra; run: pip install -e '.[train]'", "needs_train_extra"
        )
