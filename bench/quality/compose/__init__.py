"""Newspaper issues with exact gold, composed from text free of rights: layouts, readings and damage without end.

:func:`compose` makes one issue from a seed and a profile: page texts as an extraction would leave them, the gold in
the words of the benchmark, and labels per line for training. Same seed and profile, same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from bench.quality.compose import reading
from bench.quality.compose.gold import gold_of, labels_of
from bench.quality.compose.paper import Composer
from bench.quality.compose.reading import Row
from bench.quality.compose.story import Desk
from bench.quality.compose.style import draw

PROFILES = ("colfrag", "lines")


@dataclass(slots=True)
class Issue:
    name: str
    profile: str
    pages: list[str]
    """Text of page 1, 2 …"""
    gold: dict[str, Any]
    labels: list[list[list[dict[str, Any]]]]
    """Per page, per non-blank line, its segments."""


def compose(seed: int, *, profile: str | None = None) -> Issue:
    """One issue.

    >>> compose(7, profile="colfrag").pages == compose(7, profile="colfrag").pages
    True
    """
    rng = Random(f"{profile}:{seed}")
    profile = profile or rng.choice(PROFILES)
    style = draw(rng)
    desk = Desk(rng, style)
    pages = Composer(desk).issue()
    name = f"{profile}-{seed:05d}"
    gold = gold_of(name, desk, pages)
    gaps = rng.choice(("none", "none", "regions", "columns", "paragraphs"))
    indent = rng.choice(("", "", "　　", "    ", "  ")) if profile == "lines" else rng.choice(("", "", "", "　　"))
    split = rng.random() < 0.4
    spread = rng.random() < 0.9
    texts, spans, rowss = [], [], []
    for page in pages:
        rows = reading.fragments(page, rng, split) if profile == "colfrag" else reading.printed_lines(page, rng, gaps)
        text, span = written(rows, indent, spread if profile == "colfrag" else None)
        texts.append(text)
        spans.append(span)
        rowss.append(rows)
    return Issue(name, profile, texts, gold, labels_of(desk.strings, rowss, spans))


def written(rows: list[Row], indent: str, spread: bool | None) -> tuple[str, list[list[tuple[int, int, int, int]]]]:
    """The text of a page and, per non-blank line, (start, end, string, at) of its runs."""
    out: list[str] = []
    spans: list[list[tuple[int, int, int, int]]] = []
    for row in rows:
        body = "".join(r.text for r in row.runs)
        if not body.strip():
            continue
        lead = indent if row.indent else ""
        if out and (row.gap if spread is None else spread):
            out.append("")
        here = len(lead)
        mine: list[tuple[int, int, int, int]] = []
        for r in row.runs:
            if r.sid >= 0 and r.text.strip():
                mine.append((here, here + len(r.text), r.sid, r.at))
            here += len(r.text)
        out.append((lead + body).rstrip() if mine else lead + body)
        spans.append(mine)
    return "\n".join(out) + "\n", spans
