"""The page, and checks of drawings without it."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proportion.commands.options import (
    LANGUAGES,
    cluster_option,
    command,
    existing_folder,
    spread_option,
    whole_number,
)
from proportion.commands.printing import print_json, print_report, print_table
from proportion.errors import BadInput
from proportion.files import written_whole

if TYPE_CHECKING:
    from proportion.assessment.assessor import Assessment
    from proportion.skeleton import Skeleton

STYLES = ("auto", "anime", "realistic", "chibi")
FORMATS = ("proportion", "openpose", "coco")


def add(commands: Any) -> None:
    """`app`, `pose`, `assess` and `batch`."""
    app = command(commands, "app", _app, "start the web page")
    app.add_argument("--host", default="127.0.0.1")
    app.add_argument("--port", type=whole_number(1, 65535), default=7860)
    cluster_option(app)
    app.add_argument(
        "--workers", type=whole_number(1), default=2, help="of the cluster (default: %(default)s)"
    )

    pose = command(commands, "pose", _pose, "find the joints of a drawing")
    pose.add_argument("image", type=Path)
    pose.add_argument("--json", action="store_true", help="print the skeleton as JSON")
    pose.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the JSON")

    assess = command(commands, "assess", _assess, "check the proportions of a drawing or a skeleton")
    assess.add_argument("source", type=Path, metavar="IMAGE|SKELETON.json")
    assess.add_argument("--style", choices=STYLES, default="auto")
    assess.add_argument("--same-character", type=Path, nargs="+", default=[], metavar="IMAGE")
    assess.add_argument(
        "--reference", type=Path, metavar="IMAGE", help="compare with your own reference"
    )
    assess.add_argument("--lang", choices=LANGUAGES, default="en")
    assess.add_argument("--json", action="store_true", help="print the report as JSON")
    assess.add_argument("--out", type=Path, metavar="REPORT.png|.pdf")

    batch = command(commands, "batch", _batch, "check a folder of drawings and sum up the class")
    batch.add_argument("folder", type=Path)
    batch.add_argument("--out", type=Path, required=True, help="folder for the reports")
    batch.add_argument("--lang", choices=LANGUAGES, default="en")
    cluster_option(batch)


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
    skeleton = _read_source(options.image)[1]
    if options.json:
        from proportion.keypoint_files import to_coco, to_openpose

        writers = (type(skeleton).to_json, to_openpose, to_coco)
        print_json(dict(zip(FORMATS, writers, strict=True))[options.format](skeleton))
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
        print_json(assessment.report.to_json())
    else:
        print_report(assessment.report, options.lang)


def _batch(options: argparse.Namespace) -> None:
    from proportion.assessment.batch import assess_folder
    from proportion.ui.drawing_check import check_drawing

    check = partial(check_drawing, language=options.lang)
    folder = existing_folder(options.folder)
    print_table(assess_folder(folder, options.out, check, **spread_option(options)), as_json=False)


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
