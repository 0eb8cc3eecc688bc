"""Columns whose lines stand each on its own, in the order of their height on the page: one assignment of all at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingyang.assignment import assigned
from qingyang.pieces import Pieces

REACH = 40
"""Pieces among which a piece is looked for that another goes on from."""
ALONE, BACK = 5.0, 8.0
"""In log-odds, where every piece stands alone: a piece that begins a column; one that goes on from further up than its neighbour on
the left."""
ROUNDS, SURE, OFF, OFF_MOST = (8, 4, 4), 2.5, 0.8, 16.0
"""How far lines of one column usually stand apart is the median of so many sure pairs on either side, asked once more each time;
a pair is sure from these log-odds; each piece more or less costs this much, up to so many."""
NEXT_COLUMN = 0.0
"""Log-odds from which a column of a scattered page is read on in the column that goes on from it."""


def columns_scattered(go_on: Pieces) -> list[list[int]]:
    """The columns of a scattered page: for every piece the one above it, all chosen at once.

    No piece has two above it or below it, and the sum of the log-odds is the greatest (:func:`~qingyang.assignment.assigned`).
    Asked twice: the second time it is known how many pieces of other columns usually stand between two of one column.
    """
    odds = go_on.odds(REACH)
    n, reach = odds.shape
    above = _in_rows(odds)
    further_up = np.arange(n)[:, None] - np.arange(1, reach + 1)[None]
    for wide in ROUNDS:
        step = np.arange(n) - above
        sure = np.flatnonzero((above >= 0) & (odds[np.arange(n), np.clip(step - 1, 0, reach - 1)] > SURE))
        off = np.zeros((n, reach))
        if len(sure) > 2 * wide:
            near = np.searchsorted(sure, np.arange(n))
            usual = np.array([np.median(step[sure[max(0, k - wide) : k + wide]]) for k in range(len(sure) + 1)])[near]
            off = np.minimum(np.abs(np.arange(1, reach + 1)[None] - usual[:, None]), OFF_MOST)
        above = assigned(odds - OFF * off, further_up, np.full(n, -ALONE))
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


def in_turn(go_on: Pieces, chains: list[list[int]]) -> list[list[int]]:
    """The columns of a scattered page story by story: in the order they begin, but after each that is open the one that goes on from it."""
    left = list(chains)
    out: list[list[int]] = []
    while left:
        here = left.pop(0)
        out.append(here)
        while left:
            foot = here[-1]
            if go_on.stop[foot]:
                break
            odds = go_on.follows(np.full(len(left), foot), np.array([c[0] for c in left]))
            best = int(np.argmax(odds))
            if odds[best] < NEXT_COLUMN:
                break
            here = left.pop(best)
            out.append(here)
    return out
