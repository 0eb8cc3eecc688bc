"""Pages of genres that the composer does not know, written by hand for this purpose: tables, listings, classified advertisements, verse,
letters, interviews, columns of briefs, lists of names, notices, front pages. :func:`issues` sets them as an extraction leaves them.

A page is a file in ``pages/``. Its first line gives date, paper and column; every other line opens with a letter that says what the line
is (:data:`ROLES`), a line ``-`` parts two articles, ``/`` in a headline is where it breaks. People, places and events are invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.quality.compose import Issue
from bench.quality.compose.gold import labels_of
from bench.quality.compose.sheet import String, wrap

FOLDER = Path(__file__).resolve().parent / "pages"
READINGS = ("lines", "flush", "fragments", "paragraphs")
"""One row per printed line, paragraphs indented; the same without indents; one row per paragraph and column; whole paragraphs."""
KINDS = tuple(f"genres-{reading}" for reading in READINGS)

ROLES = {
    "F": "furniture",
    "X": "index",
    "K": "kicker",
    "H": "headline",
    "D": "deck",
    "B": "byline",
    "N": "docdate",
    "L": "dateline",
    "P": "body",
    "R": "body",
    "V": "body",
    "S": "subhead",
    "C": "caption",
}
"""``L`` stands before the paragraph below it, in one line; ``R`` is a row: of a table, a listing, a signature, set flush; ``V`` a line of
verse, alone the space between two stanzas."""
GOLD = {"headline": "title", "subhead": "body", "dateline": "lead", "index": "furniture", "furniture": "furniture"}
DEPTH = 22
"""Lines of a column, where columns part the paragraphs."""


@dataclass(slots=True)
class Written:
    """A page as it was written: its strings, and for each line of the file the strings that are set one after another."""

    date: str
    paper: str
    width: int
    strings: list[String] = field(default_factory=list)
    blocks: list[tuple[str, list[int], bool]] = field(default_factory=list)
    """(letter, strings, space above)."""
    articles: list[dict[str, Any]] = field(default_factory=list)


def written(text: str) -> Written:
    """A page from its file."""
    first, *lines = text.splitlines()
    date, paper, width = first.removeprefix("% ").split()
    page = Written(date, paper, int(width))
    article: dict[str, Any] | None = None
    para, space, lead = 0, False, -1
    for line in lines:
        letter, words = line[:1], line[2:].strip()
        if letter == "-" or not words:
            article, para, space = (None if letter == "-" else article), (0 if letter == "-" else para), True
            continue
        role = ROLES[letter]
        loose = role in ("furniture", "index") or (role == "caption" and article is None)
        if article is None and not loose:
            article = dict.fromkeys(("title", "kicker", "lead", "tail", "byline", "docdate", "agency", "place"))
            article |= {"id": f"{len(page.articles):03d}", "authors": [], "parts": [{"page": 1}]}
            page.articles.append(article)
        body = role in ("body", "subhead")
        whole = words.replace("/", "") if letter == "H" else words
        breaks = [len(words[: m.start()].replace("/", "")) for m in re.finditer("/", words)] if letter == "H" else None
        owner = article["id"] if article and not loose else None
        string = String(GOLD.get(role, role), role, whole, owner, para if body else -1, breaks=breaks)
        page.strings.append(string)
        number = len(page.strings) - 1
        para += body
        if article and (name := string.role) in article and not loose:
            article[name] = whole
        if letter == "L":
            lead = number
            continue
        page.blocks.append((letter, [lead, number] if lead >= 0 else [number], space))
        lead, space = -1, False
    return page


Row = tuple[int, list[tuple[str, int, int]], bool]
"""Indent, runs (text, string, at), space above."""


def _runs(page: Written, strings: Sequence[int], a: int, b: int) -> list[tuple[str, int, int]]:
    """The runs of a stretch of some strings that are set one after another."""
    out, here = [], 0
    for sid in strings:
        text = page.strings[sid].text
        lo, hi = max(a, here), min(b, here + len(text))
        if lo < hi:
            out.append((text[lo - here : hi - here], sid, lo - here))
        here += len(text)
    return out


def _lines(page: Written, letter: str, strings: Sequence[int], indent: bool) -> list[tuple[int, int]]:
    """Where the printed lines of a block begin and end."""
    text = "".join(page.strings[s].text for s in strings)
    if letter in "FX":
        return [(0, len(text))]
    if letter in "HKD":
        cuts = [0, *(page.strings[strings[-1]].breaks or []), len(text)]
        return [(a + x, a + y) for a, b in pairwise(cuts) for x, y in wrap(text[a:b], page.width * 2, 0, "push", True)]
    return wrap(text, page.width, 2 if letter == "P" and indent else 0, "push", True)


def _rows(page: Written, reading: str) -> list[Row]:
    out: list[Row] = []
    below = 0
    for letter, strings, space in page.blocks:
        length = sum(len(page.strings[s].text) for s in strings)
        apart = space and reading in ("lines", "flush")
        if reading == "paragraphs":
            out.append((0, _runs(page, strings, 0, length), False))
            continue
        lines = _lines(page, letter, strings, reading == "lines")
        if reading == "fragments":
            cuts = [0]
            for a, _ in lines:
                if letter not in "FXHKDC" and below == DEPTH:
                    cuts, below = [*cuts, a] if a else cuts, 0
                below += 1
            out += [(0, _runs(page, strings, a, b), True) for a, b in zip(cuts, [*cuts[1:], length], strict=True)]
            continue
        for k, (a, b) in enumerate(lines):
            indent = 2 if reading == "lines" and not k and letter in "PV" else 0
            out.append((indent, _runs(page, strings, a, b), apart and not k))
    return out


def issue(name: str, text: str, reading: str) -> Issue:
    """One page, read in one way, with its gold."""
    page = written(text)
    out: list[str] = []
    spans = []
    for indent, runs, space in _rows(page, reading):
        if space and out:
            out.append("")
        out.append("　" * indent + "".join(t for t, _, _ in runs).rstrip())
        here, mine = indent, []
        for words, sid, at in runs:
            solid = words.strip()
            skip = words.index(solid)
            mine.append((here + skip, here + skip + len(solid), sid, at + skip))
            here += len(words)
        spans.append(mine)
    style = {"paper": page.paper, "date": page.date}
    gold = {"issue": name, "style": style, "n_pages": 1, "items": [], "articles": page.articles}
    return Issue(name, f"genres-{reading}", ["\n".join(out) + "\n"], gold, labels_of(page.strings, [spans]))


def issues(kind: str) -> list[Issue]:
    """All pages, read in one of :data:`KINDS`."""
    reading = kind.removeprefix("genres-")
    return [issue(f.stem, f.read_text("utf-8"), reading) for f in sorted(FOLDER.glob("*.txt"))]
