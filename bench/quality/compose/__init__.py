"""Newspaper issues with exact gold, composed from text free of rights: layouts, readings and damage without end.

:func:`compose` makes one issue from a seed and a profile: page texts as an extraction would leave them, the gold in
the words of the benchmark, and labels per line for training. Same seed and profile, same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from bench.quality.compose import damage, reading
from bench.quality.compose.gold import gold_of, labels_of
from bench.quality.compose.paper import Composer, Page
from bench.quality.compose.reading import Row
from bench.quality.compose.story import Desk
from bench.quality.compose.style import draw

BASES = ("fragments", "lines", "blocks", "interleaved", "disorder", "paragraphs")
ODD = ("layout", "markdown", "rows")
"""Readings of other engines: pages as pictures made of blanks, pages with markup. Not drawn unless asked for."""
LEVELS = ("none", "errors", "light", "medium", "heavy")
PROFILES = (
    *BASES,
    "fragments+errors",
    "lines+light",
    "lines+medium",
    "lines+heavy",
    "fragments+light",
    "fragments+medium",
    "fragments+heavy",
    "blocks+light",
    "blocks+medium",
    "blocks+heavy",
    "disorder+light",
    "disorder+medium",
    "disorder+heavy",
    "interleaved+medium",
    "interleaved+heavy",
    "paragraphs+errors",
)
"""A reading, and after ``+`` the strength of the damage."""


@dataclass(slots=True)
class Issue:
    name: str
    profile: str
    pages: list[str]
    """Text of page 1, 2 …"""
    gold: dict[str, Any]
    labels: list[list[list[dict[str, Any]]]]
    """Per page, per non-blank line, its segments."""


def compose(seed: int, *, profile: str | None = None, pages: int | None = None) -> Issue:
    """One issue of ``pages`` pages (drawn if None). ``profile`` is a reading of BASES, alone or with ``+`` one of LEVELS.

    >>> compose(7, profile="fragments").pages == compose(7, profile="fragments").pages
    True
    """
    rng = Random(f"{profile}:{seed}")
    profile = profile or rng.choice(PROFILES)
    desk, sheets = printed_issue(rng, pages)
    name = f"{profile}-{seed:05d}"
    gold = gold_of(name, desk, sheets)
    habit = reading.habit(rng, profile)
    hurt = damage.strength(rng, profile.partition("+")[2] or "none")
    texts, spans = [], []
    for page in sheets:
        rows = damage.damaged(reading.rows_of(page, rng, habit), rng, hurt)
        text, span = written(rows, rng, habit)
        texts.append(text)
        spans.append(span)
    return Issue(name, profile, texts, gold, labels_of(desk.strings, spans))


def printed_issue(rng: Random, pages: int | None) -> tuple[Desk, list[Page]]:
    """The pages as they leave the press, before anything reads them, and the desk that knows their strings."""
    desk = Desk(rng, draw(rng, pages))
    return desk, Composer(desk).issue()


def written(rows: list[Row], rng: Random, habit: reading.Habit) -> tuple[str, list[list[tuple[int, int, int, int]]]]:
    """The text of a page and, per non-blank line, (start, end, string, at) of its runs."""
    out: list[str] = []
    indent, centre, trail = habit.indent, habit.centre, habit.trail
    spans: list[list[tuple[int, int, int, int]]] = []
    for row in rows:
        body = "".join(r.text for r in row.runs)
        if not body.strip():
            continue
        lead = ""
        if row.indent and row.role in ("title", "kicker", "subtitle", "byline", "docdate"):
            lead = "　" * (row.indent // 2) if centre else ""
        elif row.indent:
            lead = "　" * row.indent if centre and row.indent > 2 else indent
        if out and row.gap:
            out.append("")
        here = len(lead)
        mine: list[tuple[int, int, int, int]] = []
        for r in row.runs:
            if r.sid != -1 and r.text.strip():
                solid = r.text.strip()
                skip = r.text.index(solid)
                mine.append((here + skip, here + skip + len(solid), r.sid, r.at))
            here += len(r.text)
        out.append((lead + body).rstrip() + (" " if trail and rng.random() < trail else ""))
        spans.append(mine)
    return "\n".join(out) + "\n", spans
