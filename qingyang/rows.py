"""Columns whose lines share the rows of the file: a beam search over the rows."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from qingyang.pieces import Pieces

FAR = 30
"""Rows of the file within which a column takes its next line."""
BEAM, WAYS, MADE = 40, 30, 2
"""Readings kept after each row, ways tried to give one row to the columns of each, and how many times as many readings are made of them."""
AT_ONCE, FRESH, TURN, CAUGHT_UP, MISSED = 3.0, 6.5, 4.0, 1.0, 2.0
"""In log-odds: a new column in the first lines of a text, and further down; a line out of turn; a column that
missed its turn going on; missing it."""
LATE = -1e6
HOPELESS = 9.0
"""A reading so much less likely than the best is not followed."""
SLACK, FOLLOW = 0.25, 0.4
"""Lines up to half a line apart stand in one row of the file; how much a column's place is drawn to its row's."""


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


def columns_in_rows(go_on: Pieces) -> list[list[int]]:
    """The columns of a text in rows, from left to right: a beam search over rows.

    All columns of a text are set in lines of one height. So each takes its next line when its turn has come, one line below
    its last; whether it stands in one row of the file with others, or in a row of its own, because its lines stand a
    little lower than its neighbours', changes nothing.
    """
    beam = [_Reading(0.0, (), (), 0.0, ())]
    last = len(go_on.row)
    # the first piece that each may go on from
    first = np.searchsorted(go_on.row, go_on.row - FAR)
    odds = go_on.odds(max(1, int((np.arange(last) - first).max(initial=1))))
    k = 0
    while k < last:
        end = k
        while end < last and go_on.row[end] == go_on.row[k]:
            end += 1
        new: dict[tuple[int, ...], _Reading] = {}
        pieces = range(k, end)
        above = [(int(first[j]), odds[j, : j - first[j]][::-1].tolist()) for j in pieces]
        ways = [(state.score + score, state, score, takes) for state in beam for score, takes in _takes(state, pieces, above)]
        ways.sort(key=_LIKELY, reverse=True)
        hopeless = ways[0][0] - HOPELESS
        for likely, state, score, takes in ways[: MADE * BEAM]:
            if likely < hopeless:
                break
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
    count = len(state.ends)
    first = above[0][0]
    # the columns that have not ended long since: which, their last piece, half of what _step will take off for a line out of turn
    going = [
        (c, e - first, 0.5 * TURN * max(abs(y + 1 - turn) - SLACK, 0.0) if y > LATE / 2 else 0.5 * CAUGHT_UP)
        for c, (e, y) in enumerate(zip(state.ends, state.low, strict=True))
        if e >= first
    ]
    # (likely, score, next column, new ones so far, what was taken)
    held: list[tuple[float, float, int, int, tuple[tuple[int, bool], ...]]] = [(0.0, 0.0, 0, 0, ())]
    for _, line in above:
        # as held, but for what this piece adds: the column it takes, and is that a new one
        more: list[tuple[float, float, int, int, tuple[tuple[int, bool], ...], int, bool]] = []
        for likely, score, nxt, added, takes in held:
            more.append((likely - fresh, score - fresh, count, added + 1, takes, count + added, True))
            for c, e, early in going:
                if c >= nxt:
                    s = line[e]
                    if s > -8:
                        more.append((likely + s - early, score + s, c + 1, added, takes, c + added, False))
                    more.append((likely - fresh, score - fresh, c, added + 1, takes, c + added, True))
        more.sort(key=_LIKELY, reverse=True)
        held = [(likely, score, nxt, added, (*takes, (c, new))) for likely, score, nxt, added, takes, c, new in more[:WAYS]]
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
