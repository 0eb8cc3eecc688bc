"""Reads pages whose columns stand side by side in the lines of the file, as ``pdftotext`` leaves them.

Where many lines of a page hold pieces of several columns (``行求职咨询和就业技能培训的下 领域广阔，潜力很大，把这项工``), the lines are
cut at the gaps, and each piece is put behind the piece above it in the same column: same place in the line, same
width, and a seam that reads on. Pages without such lines are left alone.
"""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, seams
from qingyang.lines import Mark, Sheet

MIN_LINES, MIN_SHARE = 8, 0.06
"""A page is read in columns when at least so many of its lines, and this share of them, are cut at the same places."""
NARROW = 5.0
"""Ideographs: no newspaper column is narrower; a gap after less is a blank in a list of names or a table."""
REACH = 30
"""Rows of the file within which a column takes its next line."""
BEAM, WAYS = 16, 12
"""Readings kept after each row, and ways tried to give one row to the columns of each."""
AFTER_STOP, SHORT, AT_ONCE, FRESH, TURN, CAUGHT_UP, MISSED = 0.0, 0.8, 3.0, 8.0, 4.0, 1.0, 2.0
"""In log-odds: a line after a full stop; a short line that ends none; a new column in the
first lines of a text, and further down; a line out of turn; a column that
missed its turn going on; missing it."""
LATE = -1e6
HOPELESS = 9.0
"""A reading so much less likely than the best is not followed."""
SLACK, FOLLOW = 0.25, 0.4
"""Lines up to half a line apart stand in one row of the file; how much a column's place is drawn to its row's."""


def read_in_columns(sheet: Sheet) -> bool:
    """Cut and reorder the units of ``sheet`` where its lines hold several columns; True where that was done."""
    gaps = _gaps(sheet)
    if gaps is None:
        return False
    _split(sheet, *gaps)
    _reorder(sheet)
    return True


def _gaps(sheet: Sheet) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None:
    """(unit, start, end) of the gaps that part columns."""
    n = len(sheet)
    if n < MIN_LINES:
        return None
    blank = (sheet.cls & lines.BLANK) != 0
    edge = np.diff(np.concatenate(([0], blank.astype(np.int8), [0])))
    a, b = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    unit = np.searchsorted(sheet.starts, a, "right") - 1
    inside = (unit >= 0) & (a > sheet.starts[np.maximum(unit, 0)]) & (b < sheet.ends[np.maximum(unit, 0)])
    a, b, unit = a[inside], b[inside], unit[inside]
    if len(a) < MIN_LINES:
        return None
    x = _across(sheet)
    at = x[b] - x[sheet.starts[unit]] + sheet.indent[unit]
    # a single blank parts columns only between ideographs; Latin words and numbers have blanks of their own
    marks = lines.COMMA | lines.STOP | lines.SHUTQ | lines.SHUTB | lines.OPENQ | lines.OPENB | lines.COLON | lines.SEMI
    text = lines.HAN | lines.DIGIT | marks
    wide = (x[b] - x[a]) >= 1.0
    plain = ((sheet.cls[a - 1] & text) != 0) & ((sheet.cls[b] & text) != 0)
    ok = wide | plain
    # letter-spaced lines have a blank after every character
    many = np.bincount(unit, minlength=n)[unit] > 7
    left = np.empty(len(a))
    left[0] = x[a[0]] - x[sheet.starts[unit[0]]] if len(a) else 0
    left[1:] = np.where(unit[1:] == unit[:-1], x[a[1:]] - x[b[:-1]], x[a[1:]] - x[sheet.starts[unit[1:]]])
    last = np.append(unit[1:] != unit[:-1], True)
    right = np.where(last, x[sheet.ends[unit]] - x[b], np.append(left[1:], 0))
    ok &= ~many & (left >= NARROW) & (right >= 2)
    a, b, unit, at, left, right = a[ok], b[ok], unit[ok], at[ok], left[ok], right[ok]
    need = max(MIN_LINES, MIN_SHARE * n)
    near = np.histogram(at, bins=np.arange(0, at.max() + 3))[0] if len(at) else np.zeros(1)
    support = np.convolve(near, [1, 1, 1], "same")
    good = support[np.minimum(at.astype(int), len(support) - 1)] >= need
    if len(np.unique(unit[good])) < need:
        return None
    # a line too long for one column is cut at every gap: rows that lack a column have their gaps elsewhere
    column = float(np.percentile(left[good], 75))
    good |= (x[sheet.ends] - x[sheet.starts])[unit] > column + 2
    # what has room in one column, and ends no sentence at the gap, was not parted by the setting
    good &= (left + right > column + 0.6) | ((sheet.cls[a - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0)
    return unit[good], a[good], b[good]


def _across(sheet: Sheet) -> NDArray[np.float64]:
    """Running width in ideographs; half for everything that is set half-width."""
    half = (sheet.cps < 0x2000) & (sheet.cps != 0xB7)
    out: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(np.where(half, 0.5, 1.0))))
    return out


def _split(sheet: Sheet, unit: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    n = len(sheet)
    x = _across(sheet)
    line_start = sheet.starts.copy()
    starts = np.concatenate((sheet.starts, b))
    owner = np.concatenate((np.arange(n), unit))
    order = np.argsort(starts, kind="stable")
    starts, owner = starts[order], owner[order]
    ends = np.where(np.append(owner[1:] != owner[:-1], True), sheet.ends[owner], 0)
    inner = np.flatnonzero(ends == 0)
    ends[inner] = np.sort(a)
    first = np.concatenate(([True], owner[1:] != owner[:-1]))
    place = x[starts] - x[line_start[owner]] + sheet.indent[owner]
    sheet.indent = np.where(first, sheet.indent[owner], 0).astype(np.float32)
    sheet.blank_before = np.where(first, sheet.blank_before[owner], False)
    sheet.same_line = np.where(first, sheet.same_line[owner], False)
    moved = np.flatnonzero(first)
    sheet.mark_before = {int(moved[k]) if k < n else len(starts): m for k, m in sheet.mark_before.items()}
    sheet.starts, sheet.ends = starts, ends
    sheet.row, sheet.place = owner, place.astype(np.float32)


def _reorder(sheet: Sheet) -> None:
    """Chain the pieces column by column, and read chain after chain."""
    assert sheet.row is not None and sheet.place is not None
    n = len(sheet)
    grid = np.bincount(sheet.row)[sheet.row] > 1
    bounds = [0, *np.flatnonzero(sheet.blank_before[1:] & (sheet.row[1:] != sheet.row[:-1])) + 1, n]
    seams_of = _Seams(sheet)
    chains: list[list[int]] = []
    first = 0
    for a, b in pairwise(bounds):
        if b < n and seams_of.laid_out and grid[max(b - 9, a) : b].any() and grid[b : b + 9].any():
            # where blanks keep every piece in its place, an empty line does not end a column
            continue
        chains += _columns(seams_of, first, b) if grid[first:b].any() else [list(range(first, b))]
        first = b
    order = np.array([j for c in chains for j in c])
    to = np.empty(n, np.int64)
    to[order] = np.arange(n)
    marks: dict[int, list[Mark]] = {}
    for k, ms in sheet.mark_before.items():
        for m in ms:
            # what leads on belongs to the piece above it, what comes from elsewhere to the piece below
            at = int(to[k]) if (m.kind in ("continued_from", "cut") and k < n) or k == 0 else int(to[k - 1]) + 1
            marks.setdefault(at, []).append(m)
    sheet.mark_before = marks
    sheet.starts, sheet.ends = sheet.starts[order], sheet.ends[order]
    sheet.indent, sheet.same_line = sheet.indent[order], sheet.same_line[order]
    begins = np.zeros(n, bool)
    begins[to[[c[0] for c in chains]]] = True
    sheet.blank_before = sheet.blank_before[order] | begins
    sheet.row, sheet.place = sheet.row[order], sheet.place[order]


class _Seams:
    """How well any piece goes on from any piece of the rows above it; some thousand pieces at a time."""

    def __init__(self, sheet: Sheet) -> None:
        assert sheet.row is not None and sheet.place is not None
        x = _across(sheet)
        self.sheet, self.row, self.place = sheet, sheet.row, sheet.place
        self.width = x[sheet.ends] - x[sheet.starts]
        self.stop = (sheet.cls[sheet.ends - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0
        grid = np.bincount(sheet.row)[sheet.row] > 1
        self.full = float(np.percentile(self.width[grid], 70)) if grid.any() else 0.0
        same = sheet.row[1:] == sheet.row[:-1]
        gap = x[sheet.starts[1:]] - x[sheet.ends[:-1]]
        self.laid_out = bool(same.any() and np.median(gap[same]) >= 1.0)
        self.first = np.searchsorted(sheet.row, np.maximum(sheet.row - REACH, 0))
        self.held = range(0)

    def above(self, j: int) -> tuple[int, list[float]]:
        """The first piece that ``j`` may go on from, and the log-odds of each from there to ``j``."""
        if j not in self.held:
            self._weigh(j, min(j + _SLICE, len(self.row)))
        first, base = int(self.first[j]), int(self.base[j - self.held.start])
        return first, self.score[base : base + j - first].tolist()

    def _weigh(self, a: int, b: int) -> None:
        from qingyang.evidence import edges

        here = np.arange(a, b)
        count = here - self.first[a:b]
        below = np.repeat(here, count)
        self.base = np.concatenate(([0], np.cumsum(count)))
        above = np.arange(len(below)) - self.base[below - a] + self.first[below]
        stop, width = self.stop, self.width
        score = np.where(stop[above], AFTER_STOP, np.clip(seams.belongs(*edges(self.sheet, above, below)), -4, 5))
        score -= SHORT * ((width[above] < self.full - 1.3) & ~stop[above])
        score += np.where(np.abs(width[above] - width[below]) <= 1.3, 0.5, 0.0)
        if self.laid_out:
            score += np.where(np.abs(self.place[above] - self.place[below]) <= 1.3, 2.0, -2.0)
        self.score, self.held = score, range(a, b)


_SLICE = 2000


class _Reading(NamedTuple):
    """One way to read the rows so far: what stands lowest in every column, and how low."""

    score: float
    ends: tuple[int, ...]
    """The last piece of every column, from left to right."""
    low: tuple[float, ...]
    """How low it stands, in lines; below zero by :data:`LATE` where the column missed its turn."""
    at: float
    """How low the last row stands."""
    before: tuple[Any, ...]
    """(the reading a row above, what this row did): a list walked back at the end."""


def _columns(go_on: _Seams, first: int, last: int) -> list[list[int]]:
    """The columns of the rows of pieces ``first`` to ``last``: a beam search over rows.

    All columns of a text are set in lines of one height. So each takes its next line when its turn has come, one line below
    its last; whether it stands in one row of the file with others, or in a row of its own, because its lines stand a
    little lower than its neighbours', changes nothing.
    """
    beam = [_Reading(0.0, (), (), 0.0, ())]
    k = first
    while k < last:
        end = k
        while end < last and go_on.row[end] == go_on.row[k]:
            end += 1
        new: dict[tuple[int, ...], _Reading] = {}
        pieces = range(k, end)
        above = [go_on.above(j) for j in pieces]
        ways = [(state.score + score, state, score, takes) for state in beam for score, takes in _takes(state, pieces, above)]
        hopeless = max(w[0] for w in ways) - HOPELESS
        for likely, state, score, takes in ways:
            if likely >= hopeless:
                made = _step(state, score, takes, pieces)
                old = new.get(made.ends)
                if old is None or made.score > old.score:
                    new[made.ends] = made
        beam = sorted(new.values(), key=_LIKELY, reverse=True)[:BEAM]
        k = end
    # walk back: which column every piece is in
    rows: list[tuple[tuple[int, bool], ...]] = []
    state_before = beam[0].before
    while state_before:
        state_before, takes = state_before
        rows.append(takes)
    columns: list[list[int]] = []
    k = first
    for takes in reversed(rows):
        for c, fresh in takes:
            if fresh:
                columns.insert(c, [k])
            else:
                columns[c].append(k)
            k += 1
    return columns


def _takes(state: _Reading, pieces: range, above: list[tuple[int, list[float]]]) -> list[tuple[float, tuple[tuple[int, bool], ...]]]:
    """The best ways to give the pieces of a row to columns, from left to right: (column, is it a new one)."""
    fresh = FRESH if state.at > 1.2 else AT_ONCE
    turn = min([y for y in state.low if y > LATE / 2], default=state.at - 1) + 1
    # half of what _step will take off for a line out of turn
    early = [0.5 * TURN * max(abs(y + 1 - turn) - SLACK, 0.0) if y > LATE / 2 else 0.5 * CAUGHT_UP for y in state.low]
    count = len(early)
    # (likely, score, next column, new ones so far, what was taken)
    held: list[tuple[float, float, int, int, tuple[tuple[int, bool], ...]]] = [(0.0, 0.0, 0, 0, ())]
    for j in pieces:
        first, line = above[j - pieces.start]
        fits = [line[e - first] if e >= first else -9.0 for e in state.ends]
        more = []
        for likely, score, nxt, added, takes in held:
            more.append((likely - fresh, score - fresh, count, added + 1, (*takes, (count + added, True))))
            for c in range(nxt, count):
                s = fits[c]
                if s > -8:
                    more.append((likely + s - early[c], score + s, c + 1, added, (*takes, (c + added, False))))
                more.append((likely - fresh, score - fresh, c, added + 1, (*takes, (c + added, True))))
        more.sort(key=_LIKELY, reverse=True)
        held = more[:WAYS]
    return [(score, takes) for _, score, _, _, takes in held]


_LIKELY = itemgetter(0)


def _step(state: _Reading, score: float, takes: tuple[tuple[int, bool], ...], pieces: range) -> _Reading:
    ends, low = list(state.ends), list(state.low)
    due, count, added = 0.0, 0, 0
    for c, begun in takes:
        if begun:
            added += 1
        elif low[c - added] > LATE / 2:
            due += low[c - added] + 1
            count += 1
    at = due / count if count else state.at + 0.3 if ends else 0.0
    total = state.score + score
    if at < state.at - SLACK:
        total -= TURN * (state.at - at - SLACK)
        at = state.at - SLACK
    for j, (c, begun) in zip(pieces, takes, strict=True):
        if begun:
            ends.insert(c, j)
            low.insert(c, at)
            continue
        y = low[c]
        ends[c] = j
        if y > LATE / 2:
            off = y + 1 - at
            if off > SLACK or off < -SLACK:
                total -= TURN * (abs(off) - SLACK)
            low[c] = y + 1 - FOLLOW * off
        else:
            total -= CAUGHT_UP
            low[c] = at
    missed = at - 1 - 2 * SLACK
    for c, y in enumerate(low):
        if LATE / 2 < y < missed and ends[c] not in pieces:
            low[c] = LATE
            total -= MISSED
    return _Reading(total, tuple(ends), tuple(low), at, (state.before, takes))
