"""What a page set in columns is read from: pieces that stand together for sure, and how well each goes on from those above it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qingyang import lines, ngrams, seams
from qingyang.evidence import edges
from qingyang.lines import Sheet
from qingyang.said import Said

AFTER_STOP, SHORT = 0.0, 0.8
"""In log-odds: a line after a full stop; a short line that ends none."""
BELONGS, GAINS = 0.5, 0.6
"""How much the network's word counts, and the n-grams'."""
AGAIN = (0.0, 0.0, 0.1, 0.9, 1.5, 2.0)
"""In log-odds: a run of so many characters across the seam stands elsewhere on the page, too (:mod:`qingyang.said`). Fitted by
``bench/quality/train/again.py``, but for the last, which the fit has higher: what comes back as a whole is as often a formula, such as a
dateline, as the words of one story."""
LOWEST, HIGHEST = -4.0, 9.0
"""Log-odds of words: no seam is more or less likely."""
PLAIN = 1.5
"""Log-odds of a seam that is plain as it stands."""
_SLICE = 65_536


def across(sheet: Sheet) -> NDArray[np.float64]:
    """Running width in ideographs; half for everything that is set half-width."""
    half = (sheet.cps < 0x2000) & (sheet.cps != 0xB7)
    out: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(np.where(half, 0.5, 1.0))))
    return out


def widths(sheet: Sheet) -> NDArray[np.float64]:
    """The width of each unit in ideographs."""
    x = across(sheet)
    return x[sheet.ends] - x[sheet.starts]


def ends_sentence(sheet: Sheet, units: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Does each of ``units`` end with a full stop, or what shuts after one?"""
    out: NDArray[np.bool_] = (sheet.cls[sheet.ends[units] - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB)) != 0
    return out


def belongs(sheet: Sheet, above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.float32]:
    """Log-odds that units ``below`` go on from units ``above``, by their words alone."""
    return seams.belongs(*edges(sheet, above, below))


def weighed(known: NDArray[np.float32], gains: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds of seams by the network's word (:func:`belongs`) and the n-grams' (:func:`qingyang.ngrams.gains`)."""
    return BELONGS * known + GAINS * gains


def laid_out(sheet: Sheet) -> bool:
    """Do blanks keep every piece in its place, as ``pdftotext -layout`` leaves a page?"""
    assert sheet.row is not None
    x = across(sheet)
    same = sheet.row[1:] == sheet.row[:-1]
    gap = x[sheet.starts[1:]] - x[sheet.ends[:-1]]
    return bool(same.any() and np.median(gap[same]) >= 1.0)


class Pieces:
    """How well the pieces from ``tops`` to unit ``end`` go on from those above them.

    A piece is what stands together for sure: one unit, or a block of a scattered page.
    """

    def __init__(self, sheet: Sheet, tops: NDArray[np.int64], end: int) -> None:
        assert sheet.row is not None and sheet.place is not None
        self.sheet, self.top, self.foot = sheet, tops, np.append(tops[1:], end) - 1
        self.row = sheet.row[tops]
        self.stop = ends_sentence(sheet, self.foot)

    def units(self, pieces: list[int]) -> list[int]:
        return [k for j in pieces for k in range(int(self.top[j]), int(self.foot[j]) + 1)]

    @cached_property
    def _read(self) -> tuple[ngrams.Ends, ngrams.Starts]:
        left, right = self._edges
        return ngrams.Ends.of(left), ngrams.Starts.of(right)

    @cached_property
    def _edges(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        return edges(self.sheet, self.foot, self.top)

    def follows(self, above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-odds that pieces ``below`` go on from pieces ``above``: by what the network knows of a newspaper's prose, by what words
        follow one another in prose of any kind, and by what else the page says."""
        known = belongs(self.sheet, self.foot[above], self.top[below])
        known = weighed(known, ngrams.gains(*self._read, above, below))
        known += np.array(AGAIN, np.float32)[self.again(above, below)]
        return known

    def again(self, above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.intp]:
        """How long a run across each seam stands elsewhere on the page."""
        return self._said.across(*self._edges, above, below)

    @cached_property
    def _said(self) -> Said:
        return Said.on(self.sheet)

    def odds(self, reach: int) -> NDArray[np.float64]:
        """Log-odds that a piece goes on from one further up: [piece, how many pieces further up less one]; hopeless in its own row."""
        assert self.sheet.row is not None and self.sheet.place is not None
        n = len(self.top)
        width = widths(self.sheet)
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
            score[some] = np.clip(self.follows(above[some], below[some]), LOWEST, HIGHEST)
        score -= SHORT * ((wide < full - 1.3) & open_end)
        score += np.where(np.abs(wide - tall) <= 1.3, 0.5, 0.0)
        if laid_out(self.sheet):
            place = self.sheet.place[self.top]
            score += np.where(np.abs(place[above] - place[below]) <= 1.3, 2.0, -2.0)
        score[self.row[above] == self.row[below]] = -99.0
        out = np.full((n, reach), -99.0)
        out[below, away - 1] = score
        return out
