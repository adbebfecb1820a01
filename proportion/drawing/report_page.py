"""The report on one page, as PNG or PDF: drawing, reference, both aligned, heatmap and words."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure as Sheet
from matplotlib.font_manager import FontProperties

from proportion.drawing.aligned import draw_aligned
from proportion.drawing.ghost import draw_ghost
from proportion.drawing.heatmap import draw_heat_legend, draw_heatmap
from proportion.drawing.lettering import font_file
from proportion.drawing.palette import CALM, INK, PART_COLOURS, hexadecimal
from proportion.drawing.ruler import draw_ruler
from proportion.drawing.skeletons import draw_skeleton
from proportion.images import fit_within
from proportion.matching.matcher import Comparison
from proportion.references.retrieval import Match
from proportion.skeleton import Skeleton

Say = Callable[[str, dict[str, Any]], str]
"""The sentence of a message key with values, in the reader's language."""

_PAGE_INCHES = (8.27, 11.69)
_DPI = 150
_PANEL_SIDE = 640
_PICTURE_SIDE = 960  # twice what a panel has on paper; drawing on a photograph takes a minute
_TITLE = {"fine": "verdict_fine", "needs work": "verdict_work", "can't tell": "verdict_unsure"}


class Checked(Protocol):
    """What a check gives (`assessment.assessor.Assessment`)."""

    report: Any
    comparison: Comparison | None
    matches: Sequence[Match]


@dataclass(frozen=True)
class _Writer:
    """Words on the page, one line below the other."""

    axes: Axes
    font: FontProperties
    columns: int

    def write(self, text: str, y: float, size: float, colour: str = hexadecimal(INK)) -> float:
        """Put wrapped text at height y (1 is the top); the height below it."""
        lines = _wrapped(text, self.columns * 10 / size)
        self.axes.text(
            0.0,
            y,
            "\n".join(lines),
            size=size,
            color=colour,
            font=self._sized(size),
            va="top",
            linespacing=1.35,
        )
        return y - 0.0078 * size * (len(lines) * 0.9 + 0.4)

    def _sized(self, size: float) -> FontProperties:
        font = self.font.copy()
        font.set_size(size)
        return font


def save_report(
    path: Path, checked: Checked, picture: np.ndarray, say: Say, language: str = "en"
) -> None:
    """Write the report of one check.

    Args:
        path: ends in ``.png`` or ``.pdf``.
        checked: the report with the comparison and the references behind it.
        picture: (H, W, 3) uint8 RGB, the drawing.
        say: sentences in the reader's language.
        language: ``en``, ``zh-Hant`` or ``ja``: chooses the shapes of Han characters.

    Raises:
        ValueError: another suffix.
    """
    if path.suffix not in (".png", ".pdf"):
        raise ValueError(f"a report is a .png or a .pdf, not {path.suffix!r}")
    sheet = compose_report(checked, picture, say, language)
    canvas = FigureCanvasPdf(sheet) if path.suffix == ".pdf" else FigureCanvasAgg(sheet)
    # No dates, so that the same check gives the same file.
    metadata = {"CreationDate": None} if path.suffix == ".pdf" else {"Software": None}
    canvas.print_figure(path, dpi=_DPI, metadata=metadata)


def compose_report(checked: Checked, picture: np.ndarray, say: Say, language: str = "en") -> Sheet:
    """The page as a matplotlib figure (see `save_report`)."""
    sheet = Sheet(figsize=_PAGE_INCHES, facecolor="white")
    font = FontProperties(fname=str(font_file(language)))
    report = checked.report
    parts = [finding.part for finding in report.findings]

    def ruled(panel: np.ndarray, skeleton: Skeleton) -> np.ndarray:
        return draw_ruler(panel, skeleton, lambda key: say(key, {}), language)

    title = _Writer(sheet.add_axes((0.07, 0.86, 0.86, 0.1)), font, 62)
    title.axes.set_axis_off()
    title.axes.text(0, 0.95, say(f"page.{_TITLE[report.verdict]}", {}), font=title._sized(21), va="top")
    title.axes.text(
        0, 0.38, _facts(report, say), font=title._sized(11), va="top", color=hexadecimal((96, 102, 116))
    )
    for index, (key, panel) in enumerate(_panels(checked, picture, parts, ruled)):
        left, bottom = 0.07 + 0.45 * (index % 2), 0.585 - 0.295 * (index // 2)
        _show(sheet, (left, bottom, 0.41, 0.25), panel, say(key, {}), font)
        if key == "page.panel_heat":
            _show_legend(sheet, (left + 0.1, bottom - 0.022), say, font)
    words = _Writer(sheet.add_axes((0.07, 0.02, 0.86, 0.235)), font, 96)
    words.axes.set_axis_off()
    _write_words(words, report, say)
    return sheet


def _facts(report: Any, say: Say) -> str:
    facts = [say("page.score", {"number": report.score})]
    if report.heads_tall is not None:
        facts.append(say("page.fact_heads", {"number": f"{report.heads_tall:.1f}"}))
    facts.append(say("page.fact_style", {"style": say(f"style.{report.style}", {})}))
    return "   ·   ".join(facts)


def _panels(
    checked: Checked,
    picture: np.ndarray,
    parts: Sequence[str],
    ruled: Callable[[np.ndarray, Skeleton], np.ndarray],
) -> list[tuple[str, np.ndarray]]:
    """Titles' keys and pictures; without a reference the drawing and its correction are alone.

    ``ruled`` puts a ruler in heads beside the drawing and the reference, so that both can be compared.
    """
    report, comparison = checked.report, checked.comparison
    large, picture = picture, fit_within(picture, _PICTURE_SIDE)
    height, width = picture.shape[:2]
    skeleton, corrected = (
        figure and figure.with_points(figure.points * (width / large.shape[1], height / large.shape[0]))
        for figure in (report.skeleton, report.corrected_skeleton)
    )
    drawing = draw_skeleton(picture, skeleton, parts)
    if corrected is not None and parts:
        drawing = draw_ghost(picture, corrected, skeleton, parts)
    panels = [("page.panel_drawing", ruled(drawing, skeleton))]
    if checked.matches:
        match = checked.matches[0]
        reference = draw_skeleton(match.picture(), match.skeleton, parts)
        panels.append(("page.panel_reference", ruled(reference, match.skeleton)))
        alignments = (
            (comparison.alignment, comparison.standard_alignment) if comparison else (None, None)
        )
        aligned = draw_aligned(
            report.skeleton, match.skeleton, *alignments, highlight=parts, side=_PANEL_SIDE
        )
        panels.append(("page.panel_aligned", aligned))
    if comparison is not None:
        heat = comparison.heat_in_picture((width, height))
        panels.append(("page.panel_heat", draw_heatmap(picture, heat, skeleton)))
    return panels


def _show(
    sheet: Sheet,
    box: tuple[float, float, float, float],
    picture: np.ndarray,
    title: str,
    font: FontProperties,
) -> None:
    axes = sheet.add_axes(box)
    axes.imshow(picture, interpolation="antialiased")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(title, font=font, size=11, pad=5, color=hexadecimal(INK))
    for spine in axes.spines.values():
        spine.set_color(hexadecimal(CALM))


def _show_legend(sheet: Sheet, place: tuple[float, float], say: Say, font: FontProperties) -> None:
    axes = sheet.add_axes((*place, 0.21, 0.012))
    axes.imshow(draw_heat_legend(), aspect="auto")
    axes.set_axis_off()
    for x, key, side in ((-0.04, "page.heat_alike", "right"), (1.04, "page.heat_different", "left")):
        axes.text(
            x, 0.45, say(key, {}), font=font, size=8, ha=side, va="center", transform=axes.transAxes
        )


def _write_words(words: _Writer, report: Any, say: Say) -> None:
    """What is right first, then what to fix, the first thing largest, then what cannot be told."""
    y = 1.0
    for praise in report.good[:1]:
        y = words.write("✓ " + say(praise.message, praise.values), y, 11, "#1d7a54")
    for index, finding in enumerate(report.findings):
        if index < 2:
            y = words.write(say("page.then" if index else "page.fix_first", {}), y, 9, "#60667a")
        text = say(finding.message, finding.values)
        colour = hexadecimal(_dark(PART_COLOURS[finding.part]))
        y = words.write(text, y, 9.5 if index else 12, hexadecimal(INK) if index else colour)
    if report.unsure:
        reasons = [say(unsure.message, unsure.values) for unsure in report.unsure[:3]]
        words.write(say("page.unsure", {}) + ": " + " ".join(reasons), y, 8.5, "#60667a")


def _dark(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """A part's colour, dark enough to read as text on white."""
    share = min(1.0, 110 / max(1.0, 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]))
    return tuple(round(value * share) for value in colour)


def _wrapped(text: str, columns: float) -> list[str]:
    """Lines of about that many Latin letters; Han and kana count double and break anywhere."""
    if not any(ord(letter) > 0x2E80 for letter in text):
        return textwrap.wrap(text, int(columns)) or [""]
    lines, line, used = [], "", 0.0
    for letter in text:
        wide = 2.0 if ord(letter) > 0x2E80 else 1.0
        # Closing punctuation never begins a line.
        if used + wide > columns and letter not in "、。，．！？）」』…%":
            lines.append(line)
            line, used = "", 0.0
        line, used = line + letter, used + wide
    return [*lines, line]
