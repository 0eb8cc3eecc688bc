"""Typesetting without a browser: strings to lines, lines to columns, columns to a page.

A *string* is whatever is printed as one (a headline, a paragraph, a folio line); a *run* is a stretch of one
string; a *line* is what one column holds side by side: runs of one or two strings. Column widths are counted in
half cells, two for an ideograph, so that digits and Latin letters make ragged lines as in print.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

NOT_FIRST = frozenset("。，、；：？！”’）》」』】〕〉…—·％%),.;:?!．")
NOT_LAST = frozenset("“‘（《「『【〔〈(")
HALF = re.compile("[\x20-\x7e]")
SOLID = re.compile("[0-9A-Za-z.%]")


@dataclass(slots=True)
class String:
    """One printed string and what it is."""

    role: str
    """Role in the gold (``title``, ``body``, ``lead``, ``furniture`` …)."""
    label: str
    """Role of its pieces in the label file."""
    text: str
    article: str | None = None
    para: int = -1
    kind: str | None = None
    page: int = 0
    breaks: list[int] | None = None
    """Where a headline is meant to break."""


class Run:
    """A stretch of string ``sid`` from character ``at``; ``text`` is what the reading shows of it."""

    __slots__ = ("at", "sid", "text")

    def __init__(self, text: str, sid: int, at: int) -> None:
        self.text = text
        self.sid = sid
        self.at = at


@dataclass(slots=True)
class Line:
    """A printed line. ``indent`` in ideographs; ``start`` marks the first line of a paragraph or string."""

    runs: list[Run]
    x: float
    y: float
    column: int
    indent: int = 0
    start: bool = True
    role: str = "body"
    end: bool = False


def wrap(text: str, width: int, indent: int, mode: str, solid: bool) -> list[tuple[int, int]]:
    """Line breaks of ``text`` in a column of ``width`` ideographs, first line indented.

    ``mode``: what happens when a stop would open a line: ``push`` takes a character down, ``hang`` lets it hang,
    ``squeeze`` does either, ``none`` (old hand-set pages) lets it stand. ``solid``: numbers are not divided.

    >>> wrap("小麦丰收，农民高兴。", 4, 0, "hang", True)
    [(0, 5), (5, 10)]
    """
    n = len(text)
    out: list[tuple[int, int]] = []
    i = 0
    mixed = HALF.search(text) is not None
    if mixed:
        acc = list(accumulate((1 if c < "\x7f" else 2 for c in text), initial=0))
        total = acc[n]
    while i < n:
        room = width - indent if not out else width
        if mixed:
            limit = acc[i] + 2 * room
            j = n if total <= limit else bisect_right(acc, limit) - 1
        else:
            j = i + room
        if j >= n:
            out.append((i, n))
            break
        if j <= i:
            j = i + 1
        if mixed and solid and SOLID.match(text[j]) and SOLID.match(text[j - 1]):
            k = j
            while k > i + 1 and SOLID.match(text[k - 1]):
                k -= 1
            if k > i + max(1, room // 2):
                j = k
        if mode != "none":
            c = text[j]
            if c in NOT_FIRST:
                if mode == "hang" or (mode == "squeeze" and sum(x in NOT_FIRST for x in text[i:j]) >= 2):
                    j += 1
                    if j < n and text[j] in NOT_FIRST and c != text[j]:
                        j += 1
                else:
                    k = j - 1
                    while k > i + 1 and (text[k] in NOT_FIRST or text[k - 1] in NOT_LAST):
                        k -= 1
                    j = k if k > i else j
            while j > i + 1 and j < n and text[j - 1] in NOT_LAST:
                j -= 1
        if j >= n:
            out.append((i, n))
            break
        out.append((i, j))
        i = j
    return out


Stretch = tuple[int, int, int]
"""(string id, start, end); id -1 is a blank that belongs to nobody."""


@dataclass(slots=True)
class Flow:
    """A paragraph as it is set: stretches of one or more strings in one run (dateline and body, body and jump line)."""

    stretches: list[Stretch]
    indent: int = 2
    role: str = "body"
    alone: bool = False
    """Stands on lines of its own even when the style glues."""
    right: bool = False
    """Set to the right edge of the column."""


def set_flow(flow: Flow, strings: list[String], blanks: dict[int, str], width: int, mode: str, solid: bool) -> list[Line]:
    """The lines of one flow, positions still zero."""
    parts: list[str] = []
    for sid, s, e in flow.stretches:
        parts.append(strings[sid].text[s:e] if sid >= 0 else blanks[s])
    text = "".join(parts)
    if not text:
        return []
    cuts = wrap(text, width, min(flow.indent, 2), mode, solid)
    lines: list[Line] = []
    if len(flow.stretches) == 1:
        sid, s0, _ = flow.stretches[0]
        for k, (a, b) in enumerate(cuts):
            lines.append(Line([Run(text[a:b], sid, s0 + a)], 0.0, 0.0, 0, flow.indent if not k else 0, not k, flow.role))
    else:
        bounds: list[tuple[int, int, int, int]] = []
        here = 0
        for (sid, s, _), p in zip(flow.stretches, parts, strict=True):
            bounds.append((here, here + len(p), sid, s))
            here += len(p)
        for k, (a, b) in enumerate(cuts):
            runs = []
            for x, y, sid, s in bounds:
                lo, hi = max(a, x), min(b, y)
                if lo < hi:
                    runs.append(Run(text[lo:hi], sid, s + lo - x if sid >= 0 else 0))
            lines.append(Line(runs, 0.0, 0.0, 0, flow.indent if not k else 0, not k, flow.role))
    lines[-1].end = True
    if flow.right and len(lines) == 1 and len(text) < width - 1:
        lines[0].indent = width - len(text)
    return lines
