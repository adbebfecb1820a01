"""What can't be told, one sentence a reason instead of one a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proportion.assessment.report import Report, Unsure
from proportion.skeleton import PART_PARTNER
from proportion.ui.texts import say


def grouped(report: Report, language: str) -> Report:
    """The report with its unsure parts joined by reason, their names written out in a language."""
    by_reason: dict[str, list[str]] = {}
    for row in report.unsure:
        by_reason.setdefault(row.message, []).append(row.part)
    rows = (
        Unsure(parts[0], message, {"part": named(parts, language)})
        for message, parts in by_reason.items()
    )
    return replace(report, unsure=tuple(rows))


def named(parts: Sequence[str], language: str) -> str:
    """Parts as one reads them: "neck, left hand and both forearms"."""
    names = []
    for part in parts:
        partner = PART_PARTNER[part]
        if partner == part or partner not in parts:
            names.append(say(language, f"part.{part}"))
        elif part.startswith("left_"):
            names.append(say(language, f"both.{part.removeprefix('left_')}"))
    *others, last = names
    if not others:
        return last
    return say(language, "list.last", others=say(language, "list.comma").join(others), last=last)
