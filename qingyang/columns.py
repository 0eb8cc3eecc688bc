"""Reads pages whose columns stand side by side in the lines of the file, as ``pdftotext`` leaves them.

Where many lines of a page hold pieces of several columns (``行求职咨询和就业技能培训的下 领域广阔，潜力很大，把这项工``), the lines are
cut at the gaps, and each piece is put behind the piece above it in the same column: same place in the line, same
width, and a seam that reads on. Pages without such lines are left alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, seams
from qingyang.lines import Mark, Sheet

MIN_LINES, MIN_SHARE = 8, 0.06
"""A page is read in columns when at least so many of its lines, and this share of them, are cut at the same places."""
NARROW = 5.0
"""Ideographs: no newspaper column is narrower; a gap after less is a blank in a list of names or a table."""
REACH = 14
"""Open columns that a piece may belong to: two grids of seven columns."""


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
    text = lines.HAN | lines.COMMA | lines.STOP | lines.SHUTQ | lines.SHUTB | lines.OPENQ | lines.OPENB | lines.COLON | lines.SEMI | lines.DIGIT
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
    a, b, unit, at = a[ok], b[ok], unit[ok], at[ok]
    need = max(MIN_LINES, MIN_SHARE * n)
    near = np.histogram(at, bins=np.arange(0, at.max() + 3))[0] if len(at) else np.zeros(1)
    support = np.convolve(near, [1, 1, 1], "same")
    good = support[np.minimum(at.astype(int), len(support) - 1)] >= need
    if len(np.unique(unit[good])) < need:
        return None
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
    x = _across(sheet)
    width = x[sheet.ends] - x[sheet.starts]
    row, place = sheet.row, sheet.place
    pieces = np.bincount(row)[row]
    index = np.arange(n) - np.searchsorted(row, row)
    stop = (sheet.cls[sheet.ends - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0
    grid = pieces > 1
    # rows that stand among rows of several pieces take part, others stay as they are
    busy = np.convolve(grid.astype(float), np.ones(9), "same") > 1
    chains: list[list[int]] = []
    open_: list[int] = []
    from qingyang.evidence import edges

    k = 0
    while k < n:
        if sheet.blank_before[k] and not grid[k] and not busy[k]:
            open_ = []
        if not busy[k]:
            # plain reading: one chain that goes on
            if open_ and chains[open_[-1]][-1] == k - 1:
                chains[open_[-1]].append(k)
            else:
                chains.append([k])
                open_ = [len(chains) - 1]
            k += 1
            continue
        last = k
        while last < n and row[last] == row[k]:
            last += 1
        here = list(range(k, last))
        tails = [chains[c][-1] for c in open_]
        best: list[tuple[float, int, int]] = []
        if tails:
            above = np.repeat(np.array(tails), len(here))
            below = np.tile(np.array(here), len(tails))
            reads = np.clip(seams.reads_on(*edges(sheet, above, below)), -2.5, 4)
            score = np.where(stop[above], 0.0, reads)
            score += np.where(np.abs(place[above] - place[below]) <= 1.3, 1.5, -1.0)
            score += np.where((pieces[above] == pieces[below]) & (index[above] == index[below]), 1.5, 0.0)
            score += np.where(np.abs(width[above] - width[below]) <= 1.3, 0.5, 0.0)
            score -= 0.25 * np.minimum(row[k] - row[above] - 1, 12)
            best = sorted(((float(s), int(i), int(j)) for s, i, j in zip(score, above, below, strict=True)), reverse=True)
        taken: dict[int, int] = {}
        used: set[int] = set()
        for s, i, j in best:
            if s > 0.5 and i not in used and j not in taken:
                taken[j] = i
                used.add(i)
        for j in here:
            if j in taken:
                c = next(c for c in open_ if chains[c][-1] == taken[j])
                chains[c].append(j)
                open_.remove(c)
                open_.append(c)
            else:
                chains.append([j])
                open_.append(len(chains) - 1)
        open_ = open_[-REACH:]
        k = last
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
    sheet.row, sheet.place = row[order], place[order]
