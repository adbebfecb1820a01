"""A whole class at once: drawings from files and zips, a summary, and every report in one zip."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proportion.assessment.class_summary import summarise
from proportion.errors import BadInput
from proportion.images import MAX_MEGABYTES, fit_within, load_picture
from proportion.settings import SETTINGS
from proportion.ui.answers import MAX_SIDE, problem
from proportion.ui.takeaway import write_report

if TYPE_CHECKING:
    from proportion.ui.engine import Engine

MAX_DRAWINGS = SETTINGS.max_class_drawings
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def drawings(files: Iterable[Path]) -> list[bytes]:
    """The drawings in these files; zips are looked into, one level deep, without writing anything.

    Raises:
        BadInput: nothing to judge, too many drawings, or a zip that cannot be read.
    """
    found: list[bytes] = []
    for file in files:
        if file.suffix.lower() == ".zip":
            found += _unzipped(file)
        else:
            found.append(file.read_bytes())
        if len(found) > MAX_DRAWINGS:
            raise BadInput(
                f"At most {MAX_DRAWINGS} drawings at once.", "page.too_many_drawings", most=MAX_DRAWINGS
            )
    if not found:
        raise BadInput("There are no PNG, JPEG or WebP drawings in these files.", "page.no_drawings")
    return found


def check_class(
    engine: Engine, files: Iterable[Path], folder: Path, language: str
) -> Iterator[dict[str, Any]]:
    """Judge every drawing; drawings are known by their number only.

    Args:
        engine: the networks and the references.
        files: pictures and zips.
        folder: where the visitor's downloads are kept.
        language: of the reports.

    Yields:
        ``done`` in [0, 1); at last also ``summary``, ``refused`` and ``path`` of the zip.
    """
    contents = drawings(files)
    reports, refused = [], []
    path = folder / secrets.token_hex(16) / "proportion-class.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as pack:
        for number, content in enumerate(contents, start=1):
            try:
                picture = fit_within(load_picture(content), MAX_SIDE)
                assessment = engine.assessor.assess(engine.estimator.estimate(picture))
                page = write_report(folder, assessment, picture, language, "png")
                pack.write(page, f"drawing-{number:02d}.png")
                page.unlink()
                page.parent.rmdir()
                reports.append(assessment.report)
            except BadInput as error:
                refused.append({"number": number, "text": problem(error)})
            yield {"done": number / (len(contents) + 1)}
        summary = summarise(reports).to_json()
        pack.writestr("summary.json", json.dumps(summary, ensure_ascii=False, indent=1))
    yield {"done": 1, "summary": summary, "refused": refused, "path": path}


def _unzipped(file: Path) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as pack:
            names = [entry for entry in pack.infolist() if _is_drawing(entry)][: MAX_DRAWINGS + 1]
            return [_limited(pack, entry) for entry in names]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError):
        raise BadInput("This zip cannot be opened; pack the drawings again.", "page.bad_zip") from None


def _is_drawing(entry: zipfile.ZipInfo) -> bool:
    name = Path(entry.filename).name
    return not entry.is_dir() and not name.startswith(".") and name.lower().endswith(_SUFFIXES)


def _limited(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The entry's content, but never much more than a drawing may have, whatever its header claims."""
    with pack.open(entry) as content:
        return content.read(MAX_MEGABYTES * 1_000_000 + 1)
