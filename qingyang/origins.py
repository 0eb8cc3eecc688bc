"""The ledger read from the record's side: for every printed string, the stretches of the sources it is made of, and its seams.

:mod:`qingyang.ledger` tiles each source; a reader of a record asks the other way round. Nothing here changes text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from qingyang.ledger import LAYOUT

_AT = itemgetter(0)
_LINE_END = re.compile("[\n\r\x0b\x0c\u2028\u2029\x85]")

Place = tuple[str, str, int]
"""(record id, field, paragraph), as in a ledger's slots."""


class Origin(NamedTuple):
    """``length`` characters at ``at`` of a printed string, from ``start:end`` of ``source``; ``rule`` where they were changed."""

    at: int
    length: int
    source: str
    start: int
    end: int
    rule: str | None = None
    before: str = ""
    after: str = ""


class Seam(NamedTuple):
    """Between two stretches of one string: what lay there in the source, and what kind of joint it is.

    ``kind`` is ``blank`` (only blanks were taken out), ``line`` (a line end was), ``over`` (printed matter was, by ``rules``),
    ``moved`` (the second stretch stands before the first in the same source) or ``page`` (it stands in another source).
    """

    at: int
    kind: str
    source: str
    start: int
    end: int
    rules: tuple[str, ...]


def origins(entries: Iterable[Mapping[str, Any]], records: Container[str] | None = None) -> dict[Place, list[Origin]]:
    """Every printed string, or those of some ``records``, with its origins in reading order.

    >>> pieces = [["keep", 1, 4, 0, 0], ["change", 4, 5, 0, 3, "c", ",", "，"]]
    >>> entry = {"source": "a.txt", "slots": [["x-0", "headline", -1]], "pieces": pieces}
    >>> [tuple(o) for o in origins([entry])["x-0", "headline", -1]]
    [(0, 3, 'a.txt', 1, 4, None, '', ''), (3, 1, 'a.txt', 4, 5, 'c', ',', '，')]
    """
    out: dict[Place, list[Origin]] = {}
    for entry in entries:
        name = entry["source"]
        mine: list[list[Origin]] = [
            out.setdefault((r, f, p), []) if records is None or r in records else [] for r, f, p in entry.get("slots", ())
        ]
        wanted = [records is None or r in records for r, _, _ in entry.get("slots", ())]
        for p in entry.get("pieces", ()):
            if p[0] == "remove" or not wanted[p[3]]:
                continue
            if p[0] == "keep":
                mine[p[3]].append(Origin(p[4], p[2] - p[1], name, p[1], p[2]))
            else:
                mine[p[3]].append(Origin(p[4], len(p[7]), name, p[1], p[2], p[5], p[6], p[7]))
    for found in out.values():
        found.sort(key=_AT)
    return {place: found for place, found in out.items() if found}


class Tiles(NamedTuple):
    """The pieces of one source, and where each begins."""

    pieces: Sequence[Sequence[Any]]
    starts: list[int]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Tiles:
        pieces = entry.get("pieces", ())
        return cls(pieces, [p[1] for p in pieces])

    def between(self, start: int, end: int) -> list[Sequence[Any]]:
        """The pieces that lie wholly inside ``start:end``."""
        out = []
        for k in range(bisect_left(self.starts, start), len(self.pieces)):
            p = self.pieces[k]
            if p[1] >= end:
                break
            if p[2] <= end:
                out.append(p)
        return out


def seams(found: Sequence[Origin], tiles: Mapping[str, Tiles]) -> list[Seam]:
    """The joints inside one printed string; ``tiles`` are the sources' pieces by name."""
    out: list[Seam] = []
    for x, y in pairwise(found):
        if x.source != y.source:
            out.append(Seam(y.at, "page", y.source, y.start, y.start, ()))
        elif y.start < x.end:
            out.append(Seam(y.at, "moved", y.source, y.start, y.start, ()))
        elif y.start > x.end:
            pieces, starts = tiles[x.source]
            p = pieces[bisect_left(starts, x.end)]
            if p[2] == y.start and p[0] == "remove" and p[3] in LAYOUT:
                kind = "line" if p[4] == "\n" or _LINE_END.search(p[4]) else "blank"
                out.append(Seam(y.at, kind, x.source, x.end, y.start, ()))
                continue
            between = tiles[x.source].between(x.end, y.start)
            if len(between) == 1 and _rule(between[0]) in LAYOUT:
                out.append(Seam(y.at, "line" if _LINE_END.search(between[0][4]) else "blank", x.source, x.end, y.start, ()))
                continue
            rules = tuple(dict.fromkeys(_rule(p) for p in between if _rule(p) not in LAYOUT))
            gap = "".join(p[4] for p in between if p[0] == "remove")
            printed = gap.strip() or any(p[0] != "remove" for p in between)
            kind = "over" if printed else "line" if _LINE_END.search(gap) else "blank"
            out.append(Seam(y.at, kind, x.source, x.end, y.start, rules))
    return out


def _rule(piece: Sequence[Any]) -> str:
    return str(piece[3]) if piece[0] == "remove" else "placed elsewhere"


def removed_around(record: str, entry: Mapping[str, Any]) -> list[tuple[int, int, str, str]]:
    """(start, end, rule, characters) of what was removed next to or between the stretches of one record in one source."""
    slots = entry.get("slots", ())
    pieces = entry.get("pieces", ())
    ours: list[bool | None] = [None if p[0] == "remove" else slots[p[3]][0] == record for p in pieces]
    out = []
    before = False
    after = _next_ours(ours)
    for k, p in enumerate(pieces):
        state = ours[k]
        if state is not None:
            before = state
        elif before or after[k]:
            out.append((p[1], p[2], str(p[3]), str(p[4])))
    return out


def _next_ours(ours: Sequence[bool | None]) -> list[bool]:
    out = [False] * len(ours)
    state = False
    for k in range(len(ours) - 1, -1, -1):
        if ours[k] is not None:
            state = bool(ours[k])
        out[k] = state
    return out
