"""Reads pages whose columns stand side by side in the lines of the file, as ``pdftotext`` leaves them.

Where many lines of a page hold pieces of several columns (``行求职咨询和就业技能培训的下 领域广阔，潜力很大，把这项工``), the lines are
cut at the gaps. Where the lines of several columns alternate, each on its own (often each a block of its own), they are pieces as they
are. Each piece is then put behind the piece above it in the same column: as wide, a seam that reads on, and as far above as columns
are many. Pages of neither kind are left alone.
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
FAR, REACH = 90, 40
"""Pieces among which a piece is looked for that another goes on from: where rows hold several, and where every piece stands alone."""
AFTER_STOP, SHORT = 0.0, 0.8
"""In log-odds: a line after a full stop; a short line that ends none."""
BEAM, WAYS = 16, 12
"""Readings kept after each row, and ways tried to give one row to the columns of each."""
AT_ONCE, FRESH, TURN, CAUGHT_UP, MISSED = 3.0, 8.0, 4.0, 1.0, 2.0
"""In log-odds: a new column in the first lines of a text, and further down; a line out of turn; a column that
missed its turn going on; missing it."""
LATE = -1e6
HOPELESS = 9.0
"""A reading so much less likely than the best is not followed."""
SLACK, FOLLOW = 0.25, 0.4
"""Lines up to half a line apart stand in one row of the file; how much a column's place is drawn to its row's."""
ALONE, BACK = 5.0, 8.0
"""In log-odds, where every piece stands alone: a piece that begins a column; one that goes on from further up than its neighbour on
the left."""
ROUNDS, SURE, OFF, OFF_MOST = (8, 4, 4), 2.5, 0.8, 16.0
"""How far lines of one column usually stand apart is the median of so many sure pairs on either side, asked once more each time;
a pair is sure from these log-odds; each piece more or less costs this much, up to so many."""
SCATTERED_BLOCKS, SCATTERED_SHARE, SMALL, WIDEST = 16, 0.5, 3, 30.0
"""A page is scattered when it has so many blocks, this share of its rows in blocks of at most three, no wider than this many
ideographs, this share of them ends in mid-sentence, and this share of those goes on elsewhere than in the next block."""
NEXT_COLUMN = 0.0
"""Log-odds from which a column of a scattered page is read on in the column that goes on from it."""


def read_in_columns(sheet: Sheet) -> bool:
    """Cut and reorder the units of ``sheet`` where its lines hold several columns; True where that was done."""
    gaps = _gaps(sheet)
    if gaps is not None:
        _split(sheet, *gaps)
    bounds = _bounds(sheet)
    scattered = _scattered(sheet, bounds)
    woven = [] if scattered else _woven(sheet, bounds)
    if gaps is None and not scattered and not woven:
        return False
    if gaps is None:
        sheet.row, sheet.place = np.arange(len(sheet)), sheet.indent.copy()
    _reorder(sheet, bounds, scattered, woven)
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


def _bounds(sheet: Sheet) -> list[int]:
    """The unit that begins each block between empty lines, and the number of units."""
    n = len(sheet)
    fresh = sheet.blank_before[1:].copy()
    if sheet.row is not None:
        fresh &= sheet.row[1:] != sheet.row[:-1]
    return [0, *(np.flatnonzero(fresh) + 1).tolist(), n]


def _scattered(sheet: Sheet, bounds: list[int]) -> bool:
    """Does an empty line stand after every line or two, and the text go on not below it but some lines further down?

    So a converter leaves a page whose columns are set line beside line with little room between: every line is a block of its own,
    and the blocks of all columns come in the order of their height on the page.
    """
    starts = np.array(bounds[:-1])
    feet = np.array(bounds[1:]) - 1
    if len(starts) < SCATTERED_BLOCKS:
        return False
    row = np.arange(len(sheet)) if sheet.row is None else sheet.row
    rows = row[feet] - row[starts] + 1
    small = rows <= SMALL
    if rows[small].sum() < SCATTERED_SHARE * rows.sum():
        return False
    x = _across(sheet)
    width = (x[sheet.ends] - x[sheet.starts])[feet]
    usual = float(np.median(width[small]))
    if usual > WIDEST:
        return False
    return _goes_on_elsewhere(sheet, starts, feet, small & (width >= 0.8 * usual), SCATTERED_SHARE * small.sum())


def _woven(sheet: Sheet, bounds: list[int]) -> list[int]:
    """The units that begin blocks in which the lines of several columns alternate."""
    row = np.arange(len(sheet)) if sheet.row is None else sheet.row
    long = [(a, b) for a, b in pairwise(bounds) if b - a >= SCATTERED_BLOCKS and row[b - 1] - row[a] == b - 1 - a]
    out = []
    x = _across(sheet)
    width = x[sheet.ends] - x[sheet.starts]
    for a, b in long:
        usual = float(np.median(width[a:b]))
        here = np.arange(a, b)
        if usual <= WIDEST and _goes_on_elsewhere(sheet, here, here, width[a:b] >= 0.8 * usual, SCATTERED_SHARE * (b - a)):
            out.append(a)
    return out


def _goes_on_elsewhere(sheet: Sheet, tops: NDArray[np.int64], feet: NDArray[np.int64], asked: NDArray[np.bool_], least: float) -> bool:
    """Do at least ``least`` of the pieces asked end in mid-sentence, and most of those go on in another piece than the next?"""
    stop = (sheet.cls[sheet.ends[feet] - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0
    asked = asked & ~stop
    asked[-2:] = False
    open_end = np.flatnonzero(asked)
    if len(open_end) < least:
        return False
    from qingyang.evidence import edges

    step = np.arange(1, 11)
    above = np.repeat(open_end, len(step))
    below = above + np.tile(step, len(open_end))
    inside = below < len(tops)
    score = np.full(len(above), -9.0)
    score[inside] = seams.belongs(*edges(sheet, feet[above[inside]], tops[below[inside]]))
    by_step = score.reshape(-1, len(step))
    return bool((by_step[:, 1:].max(1) > by_step[:, 0] + 1).mean() > SCATTERED_SHARE)


def _reorder(sheet: Sheet, bounds: list[int], scattered: bool, woven: list[int]) -> None:
    """Chain the pieces column by column, and read chain after chain."""
    assert sheet.row is not None and sheet.place is not None
    n = len(sheet)
    grid = np.bincount(sheet.row)[sheet.row] > 1
    chains: list[list[int]] = []
    if scattered:
        tops = [k for a, b in pairwise(bounds) for k in (range(a, b) if grid[a:b].any() else [a])]
        seams_of = _Seams(sheet, np.array(tops), n)
        chains = [seams_of.units(c) for c in _in_turn(seams_of, _chains(seams_of))]
    else:
        laid_out = _laid_out(sheet)
        first = 0
        for a, b in pairwise(bounds):
            if b < n and laid_out and grid[max(b - 9, a) : b].any() and grid[b : b + 9].any():
                # where blanks keep every piece in its place, an empty line does not end a column
                continue
            if grid[first:b].any() or first in woven:
                held = _Seams(sheet, np.arange(first, b), b)
                columns = _columns(held) if grid[first:b].any() else sorted(_chains(held), key=itemgetter(0))
                chains += [held.units(c) for c in columns]
            else:
                chains.append(list(range(first, b)))
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
    sheet.blank_before = begins if scattered else sheet.blank_before[order] | begins
    sheet.row, sheet.place = sheet.row[order], sheet.place[order]


def _chains(go_on: _Seams) -> list[list[int]]:
    """The columns of a scattered page: for every piece the one above it, all chosen at once.

    No piece has two above it or below it, and the sum of the log-odds is the greatest (an assignment, by Bertsekas' auction, 1988).
    Asked twice: the second time it is known how many pieces of other columns usually stand between two of one column.
    """
    odds = go_on.odds(REACH)
    n, reach = odds.shape
    above = _in_rows(odds)
    for wide in ROUNDS:
        step = np.arange(n) - above
        sure = np.flatnonzero((above >= 0) & (odds[np.arange(n), np.clip(step - 1, 0, reach - 1)] > SURE))
        off = np.zeros((n, reach))
        if len(sure) > 2 * wide:
            near = np.searchsorted(sure, np.arange(n))
            usual = np.array([np.median(step[sure[max(0, k - wide) : k + wide]]) for k in range(len(sure) + 1)])[near]
            off = np.minimum(np.abs(np.arange(1, reach + 1)[None] - usual[:, None]), OFF_MOST)
        above = _assigned(odds - OFF * off)
    below = {int(a): j for j, a in enumerate(above) if a >= 0}
    chains = []
    for j in np.flatnonzero(above < 0).tolist():
        chain = [j]
        while chain[-1] in below:
            chain.append(below[chain[-1]])
        chains.append(chain)
    return chains


def _in_rows(odds: NDArray[np.float64]) -> NDArray[np.int64]:
    """For every piece the piece above it, or -1: in the order of the pieces, as rows that lie below one another have it.

    A dynamic programme over the pieces; its state is which piece was gone on from last.
    """
    n, reach = odds.shape
    best = np.full(reach + 1, -1e9)
    best[reach] = 0.0
    said = np.zeros((n, reach + 1), np.int64)
    took = np.zeros((n, reach + 1), bool)
    places = np.arange(reach + 1)
    for j in range(n):
        moved = np.concatenate(([-1e9], best[:-1]))
        came = np.arange(-1, reach)
        if best[reach] > moved[reach]:
            moved[reach], came[reach] = best[reach], reach
        # further[d]: the best of those whose last was further up than j - 1 - d, and which that was
        ascending = np.maximum.accumulate(moved[::-1])
        at = np.maximum.accumulate(np.where(moved[::-1] == ascending, places, 0))
        further = np.append(ascending[::-1][1:], -1e9)
        at = np.append(reach - at[::-1][1:], reach)
        whole = int(moved.argmax())
        back = moved[whole] - BACK
        prior = np.where(further >= back, further, back)
        source = np.where(further >= back, at, whole)
        match = np.append(odds[j] + prior[:-1], -1e9)
        alone = moved - ALONE
        took[j] = match > alone
        best = np.where(took[j], match, alone)
        said[j] = np.where(took[j], came[source], came)
    above = np.full(n, -1)
    d = int(best.argmax())
    for j in range(n - 1, -1, -1):
        if took[j, d]:
            above[j] = j - 1 - d
        d = int(said[j, d])
    return above


def _assigned(odds: NDArray[np.float64]) -> NDArray[np.int64]:
    """For every piece the piece above it, or -1: at most one below each. ``odds[j, d - 1]`` speaks for ``d`` pieces further up."""
    n, reach = odds.shape
    price = np.zeros(n + reach)
    owner = np.full(n + reach, -1)
    above = np.full(n, -1)
    waiting = list(range(n - 1, -1, -1))
    while waiting:
        j = waiting.pop()
        # prices of j - 1, j - 2 …, shifted by reach so that none is below zero
        gain = odds[j] - price[j + reach - 1 : j - 1 if j else None : -1]
        d = int(gain.argmax())
        if gain[d] <= -ALONE:
            continue
        best = gain[d]
        gain[d] = -ALONE
        i = j - d - 1
        price[i + reach] += best - max(gain.max(), -ALONE) + 0.01
        if owner[i + reach] >= 0:
            above[owner[i + reach]] = -1
            waiting.append(int(owner[i + reach]))
        owner[i + reach], above[j] = j, i
    return above


def _in_turn(go_on: _Seams, chains: list[list[int]]) -> list[list[int]]:
    """The columns of a scattered page story by story: in the order they begin, but after each that is open the one that goes on from it."""
    left = sorted(chains, key=itemgetter(0))
    out: list[list[int]] = []
    while left:
        here = left.pop(0)
        out.append(here)
        while left:
            foot = here[-1]
            if go_on.stop[foot]:
                break
            odds = go_on.belongs(np.full(len(left), foot), np.array([c[0] for c in left]))
            best = int(np.argmax(odds))
            if odds[best] < NEXT_COLUMN:
                break
            here = left.pop(best)
            out.append(here)
    return out


def _laid_out(sheet: Sheet) -> bool:
    """Do blanks keep every piece in its place, as ``pdftotext -layout`` leaves a page?"""
    assert sheet.row is not None
    x = _across(sheet)
    same = sheet.row[1:] == sheet.row[:-1]
    gap = x[sheet.starts[1:]] - x[sheet.ends[:-1]]
    return bool(same.any() and np.median(gap[same]) >= 1.0)


class _Seams:
    """How well the pieces from ``tops`` to unit ``end`` go on from those above them.

    A piece is what stands together for sure: one unit, or a block of a scattered page.
    """

    def __init__(self, sheet: Sheet, tops: NDArray[np.int64], end: int) -> None:
        assert sheet.row is not None and sheet.place is not None
        self.sheet, self.top, self.foot = sheet, tops, np.append(tops[1:], end) - 1
        self.row = sheet.row[tops]
        self.stop = (sheet.cls[sheet.ends[self.foot] - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0

    def units(self, pieces: list[int]) -> list[int]:
        return [k for j in pieces for k in range(int(self.top[j]), int(self.foot[j]) + 1)]

    def belongs(self, above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-odds that pieces ``below`` go on from pieces ``above``, by their words alone."""
        from qingyang.evidence import edges

        return seams.belongs(*edges(self.sheet, self.foot[above], self.top[below]))

    def odds(self, reach: int) -> NDArray[np.float64]:
        """Log-odds that a piece goes on from one further up: [piece, how many pieces further up less one]; hopeless in its own row."""
        assert self.sheet.place is not None
        n = len(self.top)
        assert self.sheet.row is not None
        x = _across(self.sheet)
        width = x[self.sheet.ends] - x[self.sheet.starts]
        grid = np.bincount(self.sheet.row)[self.sheet.row] > 1
        full = float(np.percentile(width[grid], 70)) if grid.any() else float(np.median(width))
        below = np.repeat(np.arange(n), np.minimum(np.arange(n), reach))
        away = np.concatenate([np.arange(1, min(j, reach) + 1) for j in range(n)]) if n > 1 else np.zeros(0, np.int64)
        above = below - away
        tall, wide = width[self.top][below], width[self.foot][above]
        open_end = ~self.stop[above]
        score = np.full(len(above), AFTER_STOP)
        for k in range(0, len(above), _SLICE):
            some = k + np.flatnonzero(open_end[k : k + _SLICE])
            score[some] = np.clip(self.belongs(above[some], below[some]), -4, 5)
        score -= SHORT * ((wide < full - 1.3) & open_end)
        score += np.where(np.abs(wide - tall) <= 1.3, 0.5, 0.0)
        if _laid_out(self.sheet):
            place = self.sheet.place[self.top]
            score += np.where(np.abs(place[above] - place[below]) <= 1.3, 2.0, -2.0)
        score[self.row[above] == self.row[below]] = -99.0
        out = np.full((n, reach), -99.0)
        out[below, away - 1] = score
        return out


_SLICE = 65_536


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


def _columns(go_on: _Seams) -> list[list[int]]:
    """The columns of a text in rows, from left to right: a beam search over rows.

    All columns of a text are set in lines of one height. So each takes its next line when its turn has come, one line below
    its last; whether it stands in one row of the file with others, or in a row of its own, because its lines stand a
    little lower than its neighbours', changes nothing.
    """
    beam = [_Reading(0.0, (), (), 0.0, ())]
    last = len(go_on.row)
    odds = go_on.odds(FAR)
    k = 0
    while k < last:
        end = k
        while end < last and go_on.row[end] == go_on.row[k]:
            end += 1
        new: dict[tuple[int, ...], _Reading] = {}
        pieces = range(k, end)
        above = [(max(j - FAR, 0), odds[j, : min(j, FAR)][::-1].tolist()) for j in pieces]
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
    k = 0
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
