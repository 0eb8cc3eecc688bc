"""Reads pages whose columns stand side by side in the lines of the file, as ``pdftotext`` leaves them.

Where many lines of a page hold pieces of several columns (``行求职咨询和就业技能培训的下 领域广阔，潜力很大，把这项工``), the lines are
cut at the gaps. Where the lines of several columns alternate, each on its own (often each a block of its own), they are pieces as they
are. Each piece is then put behind the piece above it in the same column: as wide, a seam that reads on, and as far above as columns
are many. Pages of neither kind are left alone.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import accumulate, islice, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, seams
from qingyang.evidence import edges
from qingyang.lines import Mark, Sheet
from qingyang.ngrams import Codes, Floats
from qingyang.pieces import HIGHEST, LOWEST, PLAIN, Pieces, across, ends_sentence, laid_out, widths
from qingyang.rows import columns_in_rows
from qingyang.scattered import columns_scattered, in_turn

MIN_LINES, MIN_SHARE, FEW = 8, 0.06, 2
"""A page is read in columns when at least so many of its lines, and this share of them, are cut at the same places; where lines of
columns alternate, so few are cut, too."""
NARROW = 5.0
"""Ideographs: no newspaper column is narrower; a gap after less is a blank in a list of names or a table."""
UNEVEN, TOGETHER = 0.6, 0.4
"""Labels: so much narrower than what they label; so few lines with one follow on one another."""
SINGLE, SHORTEST, FILLS = 1.5, 1.0, 1.3
"""Ideographs: what is so narrow is one character; the shortest last line of a paragraph; how far from a column's width what fills it
may be."""
SCATTERED_BLOCKS, SCATTERED_SHARE, SMALL, WIDEST, WIDER, LONG = 16, 0.5, 3, 30.0, 0.35, 40.0
"""A page is scattered when it has so many blocks, this share of its rows in blocks of at most three, no wider than this many
ideographs, fewer than this share much wider than the rest, and hardly any so long, half of them ends in mid-sentence, and half of
those goes on elsewhere than in the next block."""

WOVEN_LINES = 24
"""A block in which lines of several columns alternate has so many of them; fewer may seem so by chance."""
ASKED = 32
"""So many open ends of a text are asked about."""


def read_in_columns(*sheets: Sheet) -> list[bool]:
    """Cut and reorder the units of each of ``sheets`` where its lines hold several columns; True where that was done."""
    return _in_step([_read_in_columns(sheet) for sheet in sheets])


_Seams = list[tuple[Codes, Codes]]
"""What stands before and behind some seams; each of them weighed by itself."""
T = TypeVar("T")
Asking = Generator[_Seams, list[Floats], T]
"""What stops wherever it wants to know how well seams read on (:func:`qingyang.seams.belongs`)."""


def _in_step(asking: Sequence[Asking[T]]) -> list[T]:
    """What each comes to. All go on until they ask, and then are answered together: in arrays that costs as much for one as for ten."""
    out: dict[int, T] = {}
    said: dict[int, list[Floats] | None] = dict.fromkeys(range(len(asking)))
    while said:
        asked: dict[int, _Seams] = {}
        for k, answer in said.items():
            try:
                asked[k] = asking[k].send(answer)  # type: ignore[arg-type]  # the first time there is none
            except StopIteration as done:
                out[k] = done.value
        answers = iter(_belong([part for mine in asked.values() for part in mine]))
        said = {k: list(islice(answers, len(mine))) for k, mine in asked.items()}
    return [out[k] for k in range(len(asking))]


def _belong(parts: _Seams) -> list[Floats]:
    if not parts:
        return []
    ends = list(accumulate((len(left) for left, _ in parts), initial=0))
    left, right = (np.concatenate(side) for side in zip(*parts, strict=True))
    spans = list(pairwise(ends))
    said = seams.belongs(left, right, None, spans)
    return [said[a:b] for a, b in spans]


def _read_in_columns(sheet: Sheet) -> Asking[bool]:
    before = _Order.of(sheet)
    gaps = _gaps(sheet, max(MIN_LINES, MIN_SHARE * len(sheet)))
    if gaps is not None:
        _split(sheet, gaps)
    bounds, scattered, woven = yield from _alternating(sheet)
    if gaps is None and not scattered and not woven:
        return False
    if gaps is None:
        # where columns alternate, some lines hold pieces of two
        gaps = _gaps(sheet, FEW)
        if gaps is not None:
            _split(sheet, gaps)
            bounds, scattered, woven = yield from _alternating(sheet)
    if gaps is None:
        sheet.row, sheet.place = np.arange(len(sheet)), sheet.indent.copy()
    texts = _texts(sheet, bounds, scattered, woven)
    better, sheet.order_unsure = out_of_order(texts)
    if not better:
        before.put_back(sheet)
        return False
    _reorder(sheet, texts, scattered)
    return True


class _Order(NamedTuple):
    """The units of a sheet as they were, for when it is left alone after all."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    indent: NDArray[np.float32]
    blank_before: NDArray[np.bool_]
    same_line: NDArray[np.bool_]
    mark_before: dict[int, list[Mark]]

    @classmethod
    def of(cls, sheet: Sheet) -> _Order:
        return cls(*(getattr(sheet, name) for name in cls._fields))

    def put_back(self, sheet: Sheet) -> None:
        for name, was in zip(self._fields, self, strict=True):
            setattr(sheet, name, was)
        sheet.row = sheet.place = None


class Text(NamedTuple):
    """A stretch of a page that is put in order by itself."""

    units: range
    pieces: Pieces | None
    """None where it holds one column."""
    alternate: bool
    """Do whole lines of several columns alternate, and not only share rows here and there?"""


def out_of_order(texts: Sequence[Text]) -> tuple[bool, bool]:
    """Does it make some texts markedly more fluent to read their pieces in another order? And is that doubtful?

    Of every piece that ends in mid-sentence three things are asked: how well the next one goes on from it, how well the best of
    :data:`AROUND` pieces further down does, and how well the best of as many further up. By chance what stands further up goes on as
    well as what stands further down, be the text damaged, in verse or a table; but in columns read across the true line stands
    further down, and none further up. So the page says itself what chance makes of its words.
    """
    said = np.concatenate([np.zeros((0, 3)), *(_around(held, alternate) for _, held, alternate in texts if held is not None)])
    if len(said) < 2:
        return False, False
    following, below, above = said.T
    margin = min(_surely(below - above) - DOWN, _surely(below - following) - BETTER)
    return margin >= 0, margin < PLAINLY if margin >= 0 else bool((below - following).mean() > 0)


def _surely(gain: NDArray[np.float64]) -> float:
    """The mean, less what it may be too high by chance."""
    return float(gain.mean() - CHANCE * gain.std() / np.sqrt(len(gain)))


def _around(held: Pieces, alternate: bool) -> NDArray[np.float64]:
    """[piece that ends in mid-sentence, log-odds of the next, of the best further down, of the best further up]; of pieces that share a
    row where no lines ``alternate``."""
    n = len(held.top)
    open_ends = np.flatnonzero(~held.stop & (alternate | _share_rows(held)))
    steps = np.concatenate(([1], np.arange(2, AROUND + 2), -np.arange(1, AROUND + 1)))
    other = open_ends[:, None] + steps
    there = (other >= 0) & (other < n)
    # at the edges of a text there is too little on one side to compare
    both = (there[:, 1 : AROUND + 1].sum(1) >= AROUND // 2) & (there[:, AROUND + 1 :].sum(1) >= AROUND // 2)
    open_ends, other, there = open_ends[both], other[both], there[both]
    odds = np.full(other.shape, LOWEST)
    above = np.broadcast_to(open_ends[:, None], other.shape)[there]
    odds[there] = np.clip(held.follows(above, other[there]), LOWEST, HIGHEST)
    return np.stack((odds[:, 0], odds[:, 1 : AROUND + 1].max(1), odds[:, AROUND + 1 :].max(1)), 1)


AROUND = 10
"""Pieces on either side of one among which it is looked for what goes on from it."""
DOWN, BETTER, PLAINLY, CHANCE = 0.35, 1.0, 0.5, 1.5
"""Log-odds: so much better must pieces further down go on than pieces further up, and than the next; so much more where that is plain;
less so many standard errors. Of 4,600 pages of one narrow column (statutes, reports, news, tables, verse; damaged or not) none comes to
more than half of that."""


def _alternating(sheet: Sheet) -> Asking[tuple[list[int], bool, list[int]]]:
    """The blocks of a page, is it scattered, and which blocks are woven."""
    bounds = _bounds(sheet)
    scattered = yield from _scattered(sheet, bounds)
    return bounds, scattered, [] if scattered else (yield from _woven(sheet, bounds))


def _gaps(sheet: Sheet, need: float) -> Gaps | None:
    """The gaps that part columns, where at least ``need`` lines have one at the same place."""
    n = len(sheet)
    if n < MIN_LINES:
        return None
    gaps = _blanks(sheet)
    if len(gaps.unit) < need:
        return None
    x = across(sheet)
    left, right = _beside(sheet, gaps, x)
    # blanks between single characters space them out; only what stands beside such a run can be another column's
    spaced = (left <= SINGLE) & (right <= SINGLE)
    beside = _next_to(spaced, gaps.unit) & ((left <= SINGLE) | (right <= SINGLE))
    gaps, beside = gaps.of(~spaced), beside[~spaced]
    left, right = _beside(sheet, gaps, x)
    at = x[gaps.end] - x[sheet.starts[gaps.unit]] + sheet.indent[gaps.unit]
    # a single blank parts columns only between ideographs; Latin words and numbers have blanks of their own
    wide = (x[gaps.end] - x[gaps.start]) >= 1.0
    before, behind = sheet.cls[gaps.start - 1], sheet.cls[gaps.end]
    plain = (((before & _TEXT) != 0) | (sheet.cps[gaps.start - 1] == ord("%"))) & ((behind & _TEXT) != 0)
    # what has blanks all through is a list or a table
    few = np.bincount(gaps.unit, minlength=n)[gaps.unit] <= 7
    ok = (wide | plain) & few & (right >= 2) & (~beside | ((left >= NARROW) & (right >= NARROW)))
    whole = ok & (left >= NARROW)
    if not whole.any():
        return None
    length = x[sheet.ends] - x[sheet.starts]
    plain_lines = np.delete(length, gaps.unit)
    column = max(float(np.percentile(left[whole], 75)), float(np.median(plain_lines)) if len(plain_lines) else 0.0)
    # a line that ends a paragraph may be shorter, where what stands beside it fills a column
    fills = np.abs(right - column) <= FILLS
    ok &= (left >= NARROW) | ((left >= SHORTEST) & fills)
    ok |= few & fills & (np.abs(left - column) <= FILLS)
    gaps, at, left, right = gaps.of(ok), at[ok], left[ok], right[ok]
    near = np.histogram(at, bins=np.arange(0, at.max() + 3))[0]
    support = np.convolve(near, [1, 1, 1], "same")
    good = support[np.minimum(at.astype(int), len(support) - 1)] >= need
    rows = np.unique(gaps.unit[good])
    if len(rows) < need or (need >= MIN_LINES and _labels(length, rows, left[good], right[good])):
        return None
    # a line too long for one column is cut at every gap: rows that lack a column have their gaps elsewhere
    column = float(np.percentile(left[good], 75))
    good |= length[gaps.unit] > column + 2
    # what has room in one column, and ends no sentence at the gap, was not parted by the setting
    stop = (sheet.cls[gaps.start - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0
    good &= (left + right > column + 0.6) | stop
    if need < MIN_LINES:
        # with so little to go by, one of both must be as wide as the page's lines are
        usual = float(np.median(length))
        good &= np.minimum(np.abs(left - usual), np.abs(right - usual)) <= FILLS
    return gaps.of(good)


def _labels(length: NDArray[np.float64], rows: NDArray[np.int64], left: NDArray[np.float64], right: NDArray[np.float64]) -> bool:
    """Are these labels and what they label (``第二十五条  …`` begins a paragraph), or the cells of a table, and not lines of two columns?

    Then what stands before the gaps is much narrower than what stands behind them, or what stands behind them is narrower than any
    column, or such lines stand apart from one another and are as long as the others.
    """
    if np.median(left) < UNEVEN * np.median(right) or np.median(right) < NARROW:
        return True
    return bool((np.diff(rows) == 1).mean() < TOGETHER and np.median(length[rows]) < np.median(np.delete(length, rows)) + 1)


class Gaps(NamedTuple):
    """Runs of blanks inside units."""

    unit: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def of(self, which: NDArray[np.bool_]) -> Gaps:
        return Gaps(self.unit[which], self.start[which], self.end[which])


_MARKS = lines.COMMA | lines.STOP | lines.SHUTQ | lines.SHUTB | lines.OPENQ | lines.OPENB | lines.COLON | lines.SEMI | lines.DASH
_TEXT = lines.HAN | lines.DIGIT | _MARKS


def _blanks(sheet: Sheet) -> Gaps:
    blank = (sheet.cls & lines.BLANK) != 0
    edge = np.diff(np.concatenate(([0], blank.astype(np.int8), [0])))
    a, b = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    unit = np.searchsorted(sheet.starts, a, "right") - 1
    inside = (unit >= 0) & (a > sheet.starts[np.maximum(unit, 0)]) & (b < sheet.ends[np.maximum(unit, 0)])
    return Gaps(unit, a, b).of(inside)


def _beside(sheet: Sheet, gaps: Gaps, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The widths of what stands before and after each gap, up to the next."""
    unit, a, b = gaps
    if not len(unit):
        return np.zeros(0), np.zeros(0)
    first = np.concatenate(([True], unit[1:] != unit[:-1]))
    last = np.append(first[1:], True)
    begins = np.where(first, sheet.starts[unit], np.roll(b, 1))
    finishes = np.where(last, sheet.ends[unit], np.roll(a, -1))
    return x[a] - x[begins], x[finishes] - x[b]


def _next_to(spaced: NDArray[np.bool_], unit: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which gaps follow or precede one of ``spaced`` in their line."""
    same = unit[1:] == unit[:-1]
    out = np.zeros(len(spaced), bool)
    out[1:] |= spaced[:-1] & same
    out[:-1] |= spaced[1:] & same
    return out


def _split(sheet: Sheet, gaps: Gaps) -> None:
    unit, a, b = gaps
    n = len(sheet)
    x = across(sheet)
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


def _scattered(sheet: Sheet, bounds: list[int]) -> Asking[bool]:
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
    width = widths(sheet)[feet]
    usual = float(np.median(width[small]))
    if not _of_one_width(width[small], usual):
        return False
    open_end = _open_ends(sheet, feet, small & (width >= 0.8 * usual), SCATTERED_SHARE * small.sum())
    return (yield from _goes_on_elsewhere(sheet, starts, feet, [(open_end, len(starts))])) == [0]


def _woven(sheet: Sheet, bounds: list[int]) -> Asking[list[int]]:
    """The units that begin blocks in which the lines of several columns alternate."""
    units = np.arange(len(sheet))
    row = units if sheet.row is None else sheet.row
    wide = widths(sheet)
    begins: list[int] = []
    asked: list[tuple[NDArray[np.int64], int]] = []
    for a, b in pairwise(bounds):
        if b - a < WOVEN_LINES or row[b - 1] - row[a] != b - 1 - a:
            continue
        width = wide[a:b]
        usual = float(np.median(width))
        if _of_one_width(width, usual):
            begins.append(a)
            asked.append((a + _open_ends(sheet, units[a:b], width >= 0.8 * usual, SCATTERED_SHARE * (b - a)), b))
    elsewhere = yield from _goes_on_elsewhere(sheet, units, units, asked)
    return [begins[k] for k in elsewhere]


def _of_one_width(width: NDArray[np.float64], usual: float) -> bool:
    """Are these printed lines, and not paragraphs or parts of them, which are of any length?"""
    return bool(usual <= WIDEST and (width > 1.4 * usual).mean() < WIDER and (width > LONG).mean() < 0.1 * WIDER)


def _open_ends(sheet: Sheet, feet: NDArray[np.int64], asked: NDArray[np.bool_], least: float) -> NDArray[np.int64]:
    """The pieces asked for that end in mid-sentence; none where they are fewer than ``least``."""
    found = np.flatnonzero(asked & ~ends_sentence(sheet, feet))
    return found[:-2] if len(found) - 2 >= least else found[:0]


def _goes_on_elsewhere(
    sheet: Sheet, tops: NDArray[np.int64], feet: NDArray[np.int64], texts: list[tuple[NDArray[np.int64], int]]
) -> Asking[list[int]]:
    """Which ``texts``, given by their pieces that end in mid-sentence and the piece they end before, mostly go on in another piece than
    the next."""

    def odds(asked: list[tuple[NDArray[np.int64], int, int]]) -> Asking[list[NDArray[np.float64]]]:
        """Of each: pieces, how many pieces away another is, and the piece that their text ends before."""
        inside = [above + away < end for above, away, end in asked]
        some = [(above[there], above[there] + away) for (above, away, _), there in zip(asked, inside, strict=True)]
        said = yield [edges(sheet, feet[above], tops[below]) for above, below in some]
        out = [np.full(len(above), -9.0) for above, _, _ in asked]
        for each, there, belong in zip(out, inside, said, strict=True):
            each[there] = belong
        return out

    # a few of each, and the next piece alone, tell that a text is in order
    few = [t[:: 1 + len(t) // ASKED] for t, _ in texts]
    if not any(map(len, few)):
        return []
    together = yield from odds([(np.concatenate(few), 1, len(tops))])
    next_ones = np.split(together[0], np.cumsum([len(t) for t in few])[:-1])
    doubtful = [k for k, one in enumerate(next_ones) if len(one) and (one < PLAIN).mean() > SCATTERED_SHARE]
    by_step = yield from odds([(texts[k][0], away, texts[k][1]) for k in doubtful for away in STEPS])
    out = []
    for k in doubtful:
        steps = np.stack([by_step.pop(0) for _ in STEPS], 1)
        # of ten pieces one may read on better by chance: the next must also be unlikely on the whole, and surely so
        said = np.maximum(steps[:, 0], BY_CHANCE)
        unlikely = said.mean() + ERRORS * said.std() / np.sqrt(len(said)) < UNLIKELY
        if unlikely and (steps[:, 1:].max(1) > steps[:, 0] + 1).mean() > SCATTERED_SHARE:
            out.append(k)
    return out


BY_CHANCE, UNLIKELY = -3.0, 0.5
"""Log-odds: worse than this is no worse than chance; in a text in order the next pieces speak for more than this on the whole."""
ERRORS = 2.0
"""Standard errors: of a short page little is asked, and twenty answers may be bad by chance."""
STEPS = range(1, 11)
"""How many pieces away another is that a piece may go on with."""


def _share_rows(held: Pieces) -> NDArray[np.bool_]:
    """Which pieces have another one in their row?"""
    row = held.row - held.row[0]
    out: NDArray[np.bool_] = np.bincount(row)[row] > 1
    return out


def _texts(sheet: Sheet, bounds: list[int], scattered: bool, woven: list[int]) -> list[Text]:
    """The stretches of a page that are put in order each by itself."""
    assert sheet.row is not None
    n = len(sheet)
    grid = np.bincount(sheet.row)[sheet.row] > 1
    if scattered:
        tops = [k for a, b in pairwise(bounds) for k in (range(a, b) if grid[a:b].any() else [a])]
        return [Text(range(n), Pieces(sheet, np.array(tops), n), True)]
    out: list[Text] = []
    kept_in_place = laid_out(sheet)
    first = 0
    for a, b in pairwise(bounds):
        if b < n and kept_in_place and grid[max(b - 9, a) : b].any() and grid[b : b + 9].any():
            # where blanks keep every piece in its place, an empty line does not end a column
            continue
        several = grid[first:b].any() or first in woven
        out.append(Text(range(first, b), Pieces(sheet, np.arange(first, b), b) if several else None, first in woven))
        first = b
    return out


def _reorder(sheet: Sheet, texts: Sequence[Text], scattered: bool) -> None:
    """Chain the pieces column by column, and read chain after chain."""
    assert sheet.row is not None and sheet.place is not None
    n = len(sheet)
    chains: list[list[int]] = []
    for units, held, _ in texts:
        if held is None:
            chains.append(list(units))
            continue
        if scattered:
            columns = in_turn(held, columns_scattered(held))
        elif _share_rows(held).any():
            columns = columns_in_rows(held)
        else:
            columns = columns_scattered(held)
        chains += [held.units(c) for c in columns]
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
