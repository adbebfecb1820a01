"""A whole class at once: drawings from files and zips, a summary, and every report in one zip."""

from __future__ import annotations

import io
import json
import re
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from proportion.assessment.class_summary import summarise
from proportion.errors import BadInput
from proportion.images import MAX_MEGABYTES, fit_within, load_picture
from proportion.settings import SETTINGS
from proportion.ui.answers import MAX_SIDE, data_url, problem
from proportion.ui.takeaway import write_report
from proportion.ui.texts import say, say_in_all

if TYPE_CHECKING:
    from proportion.assessment.report import Report
    from proportion.ui.engine import Engine
    from proportion.ui.turns import Turns

MAX_DRAWINGS = SETTINGS.max_class_drawings
_THUMBNAIL_SIDE = 160
_UNSAFE = re.compile(r"[^-\w]+")
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
_FARTHEST_END = 22 + 65_535  # bytes of a zip's last record and of the longest comment in it
_MOST_DIRECTORY_BYTES = 1_000_000

Read = Callable[[], bytes]


def drawings(files: Iterable[Path]) -> list[tuple[str, Read]]:
    """Names of the drawings in these files and how to read each; zips are looked into, one level deep.

    Contents are read one at a time, by `check_class`: together, zips could unpack to more than fits.

    Raises:
        BadInput: nothing to judge, too many drawings, or a zip that cannot be read; also by reading.
    """
    found: list[tuple[str, Read]] = []
    for file in files:
        if file.suffix.lower() == ".zip":
            found += _unzipped(file)
        else:
            found.append((file.stem, file.read_bytes))
        if len(found) > MAX_DRAWINGS:
            raise BadInput(
                f"At most {MAX_DRAWINGS} drawings at once.", "page.too_many_drawings", most=MAX_DRAWINGS
            )
    if not found:
        raise BadInput("There are no PNG, JPEG or WebP drawings in these files.", "page.no_drawings")
    return found


def check_class(
    engine: Engine,
    turns: Turns,
    files: Iterable[Path],
    folder: Path,
    language: str,
    *,
    named: bool = False,
) -> Iterator[dict[str, Any]]:
    """Judge every drawing.

    Args:
        engine: the networks and the references.
        turns: every drawing waits for its own.
        files: pictures and zips.
        folder: where the visitor's downloads are kept.
        language: of the reports.
        named: whether the drawings carry the names of their files; else they have a number only.

    Yields:
        ``judged`` and ``all`` drawings so far; at last also ``summary``, a row for each drawing in
        ``sheet`` and the ``path`` of the zip with the reports.
    """
    contents = drawings(files)
    reports, sheet, judged = [], [], turns.long(_judged)
    path = folder / secrets.token_hex(16) / "proportion-class.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as pack:
        for number, (name, read) in enumerate(contents, start=1):
            yield {"judged": number - 1, "all": len(contents)}
            row: dict[str, Any] = {"number": number, "name": name if named else None}
            try:
                report, shown, page = judged(engine, read, folder, language)
            except BadInput as error:
                sheet.append({**row, "refused": problem(error)})
                continue
            pack.write(page, f"{_file_name(number, row['name'])}.png")
            page.unlink()
            page.parent.rmdir()
            reports.append(report)
            sheet.append({**row, **shown})
        summary = summarise(reports).to_json()
        pack.writestr("summary.json", json.dumps(summary, ensure_ascii=False, indent=1))
        pack.writestr("summary.txt", _as_text(summary, language).encode("utf-8-sig"))
    yield {
        "judged": len(contents),
        "all": len(contents),
        "summary": summary,
        "sheet": sheet,
        "path": path,
    }


def _judged(
    engine: Engine, read: Read, folder: Path, language: str
) -> tuple[Report, dict[str, Any], Path]:
    """The report on one drawing, what the sheet shows of it, and the file with its report page."""
    picture = fit_within(load_picture(read()), MAX_SIDE)
    assessment = engine.assessor.assess(engine.estimator.estimate(picture))
    page = write_report(folder, assessment, picture, language, "png")
    return assessment.report, _row(assessment.report, picture), page


def _row(report: Report, picture: np.ndarray) -> dict[str, Any]:
    first = report.findings[0] if report.findings else report.good[0]
    return {
        "verdict": report.verdict,
        "text": say_in_all(first.message, **first.values),
        "thumbnail": data_url(fit_within(picture, _THUMBNAIL_SIDE)),
    }


def _file_name(number: int, name: str | None) -> str:
    return f"drawing-{number:02d}" if name is None else f"{number:02d}-" + _UNSAFE.sub("-", name)[:60]


def _as_text(summary: dict[str, Any], language: str) -> str:
    """The summary for people, a mistake a line."""
    judged = summary["drawings"]
    lines = [say(language, "page.drawings_judged", number=judged), ""]
    for mistake in summary["mistakes"]:
        part = say(language, f"page.plain_{mistake['part']}")
        what = say(language, f"page.kind_{mistake['kind'].replace(' ', '_')}", part=part)
        lines.append(
            say(language, "page.common_mistake", what=what, count=mistake["drawings"], all=judged)
        )
    return "\r\n".join(lines)


def _unzipped(file: Path) -> list[tuple[str, Read]]:
    with _zip_errors():
        if _directory_bytes(file) > _MOST_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("too many entries")
        pack = zipfile.ZipFile(file)  # closed with the last of its entries
        entries = [entry for entry in pack.infolist() if _is_drawing(entry)][: MAX_DRAWINGS + 1]
    return [(Path(entry.filename).stem, partial(_limited, pack, entry)) for entry in entries]


def _directory_bytes(file: Path) -> int:
    """How large a zip's list of entries says it is; `ZipFile` would read millions of entries."""
    with file.open("rb") as content:
        content.seek(-min(file.stat().st_size, _FARTHEST_END), io.SEEK_END)
        end = content.read().rpartition(b"PK\5\6")[2]
    return int.from_bytes(end[8:12], "little")


@contextmanager
def _zip_errors() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError):
        raise BadInput("This zip cannot be opened; pack the drawings again.", "page.bad_zip") from None


def _is_drawing(entry: zipfile.ZipInfo) -> bool:
    name = Path(entry.filename).name
    return not entry.is_dir() and not name.startswith(".") and name.lower().endswith(_SUFFIXES)


def _limited(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The entry's content, but never much more than a drawing may have, whatever its header claims."""
    with _zip_errors(), pack.open(entry) as content:
        return content.read(MAX_MEGABYTES * 1_000_000 + 1)
