"""How wide was the column, where the lines of a page are lost? The text itself tells: set anew, it must fill its lines again.

A block of text that a column break ends goes on elsewhere, so its last line is full; a paragraph's last line ends anywhere. Where an
extraction has run the lines of a block together, they can be set again: each takes as many ideographs as it has room for, and no mark
that must not begin or end a line does (GB/T 15834). Of all widths the one is sought at which the blocks that break off in mid-sentence
end in full lines; then every other block can be asked, too. 当今世界正经历百年未有之大变局，我国 fills a line of 20 with the indent
of a paragraph: no headline, but a paragraph's first line at the foot of a column.

Nothing is fitted: how often the blocks of a page keep to its width is counted on the page itself, and where no width does better than
chance nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import lines
from qingyang.evidence import NAMES
from qingyang.lines import Sheet
from qingyang.pieces import across, widths
from qingyang.roles import ROLES

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Signs = NDArray[np.bool_]

WIDTHS = np.arange(9.0, 44.5, 0.5)
"""Ideographs in a line, as many as are tried; half for what is set half-width."""
INDENT = 2.0
"""Ideographs before the first line of a paragraph."""
SURE = 8.0
"""Log-odds of a width against chance: ln 142 for having tried so many, and some more."""
OTHERS = 0.3
"""What a page of the same issue counts for the width of another."""
LENT = 4.0
"""What the whole issue says of how many blocks keep to the width counts as so many blocks of each page."""
MOST = 0.95
"""No more blocks than this are thought to keep to a width."""
ELSEWHERE = 0.3
"""So often at the least does a block in mid-sentence go on elsewhere when the next does not continue it; else it ends without a full
stop. On a page whose order is lost it nearly always does."""

_EPS = 1e-3
_NO_START = lines.COMMA | lines.STOP | lines.SEMI | lines.COLON | lines.SHUTQ | lines.SHUTB
_NO_END = lines.OPENQ | lines.OPENB
_WORD, _PAIRED = lines.DIGIT | lines.LATIN, lines.DASH | lines.DOTS
_OPEN = lines.HAN | lines.COMMA
_PERCENT = [ord("%"), ord("％")]
_TEXT = [ROLES.index(r) for r in ("start", "continue", "resume", "other")]
_BEGIN = [ROLES.index(r) for r in ("start", "other")]
_GO_ON = [ROLES.index(r) for r in ("continue", "resume")]
_OUT_OF_ORDER = [ROLES.index(r) for r in ("other", "resume")]
"""As ``start`` and ``continue``, of something else."""
_CONTINUE, _START, _RESUME = ROLES.index("continue"), ROLES.index("start"), ROLES.index("resume")
_FIRST_WORD = NAMES.index("first_word")


class Galley(NamedTuple):
    """The text of a page, ready to be set in lines of any width."""

    x: Doubles
    """Running width in ideographs."""
    breaks: tuple[Ints, Ints]
    """For every character that has no room in a line, where the line breaks: before what may begin the next one; or, where marks may
    hang over the end of a line, behind them."""
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, sheet: Sheet) -> Galley:
        here, above = sheet.cls[1:], sheet.cls[:-1]
        # a number is not divided, nor a Latin word
        word = ((sheet.cps < 0x2000) & ((sheet.cls & lines.BLANK) == 0)) | ((sheet.cls & _WORD) != 0)
        may = np.ones(len(sheet.cls) + 1, np.bool_)
        may[:-1] = ((sheet.cls & _NO_START) == 0) & ~np.isin(sheet.cps, _PERCENT)
        may[1:-1] &= ((above & _NO_END) == 0) & ~(word[1:] & word[:-1]) & ((here & above & _PAIRED) == 0)
        places = np.arange(len(may))
        pushed = np.maximum.accumulate(np.where(may, places, 0))
        mark = np.append((sheet.cls & _NO_START) != 0, False)
        behind = np.minimum(places + 1 + np.append(mark[1:], False), places[-1])
        return cls(across(sheet), (pushed, np.where(mark, behind, pushed)), sheet.starts, sheet.ends)

    def widths(self) -> Doubles:
        """The width of each unit in ideographs."""
        out: Doubles = self.x[self.ends] - self.x[self.starts]
        return out

    def room(self, units: Ints, width: Doubles | float, indent: Doubles | float, hang: bool = False) -> Doubles:
        """Ideographs that are left in the last line of each of ``units``, set in lines of ``width`` with the first drawn in by ``indent``;
        ``hang``: marks that may not begin a line hang over the end of the one before.

        >>> from qingyang.lines import read_lines
        >>> from qingyang.records import Source
        >>> galley = Galley.of(read_lines(Source("1.txt", "当今世界正经历百年未有之大变局，我国\\n要深刻认识团结就是力量。", "")))
        >>> galley.room(np.array([0, 1]), 20.0, 2.0).tolist()
        [0.0, 6.0]
        """
        at, end = self.starts[units], self.ends[units]
        width = np.broadcast_to(np.asarray(width, float), units.shape)
        left = width - indent
        out = np.zeros(len(units))
        going = np.arange(len(units))
        while len(going):
            reach = self.x[at] + left
            far = np.searchsorted(self.x, reach + _EPS, "right") - 1
            on = far < end
            out[going[~on]] = (reach - self.x[end])[~on]
            going, end, width, far, at = going[on], end[on], width[on], far[on], at[on]
            last = self.breaks[hang][far]
            # what has no place to break at all is broken where the line ends
            at, left = np.where(last > at, last, np.maximum(far, at + 1)), width
            # of what ends in a mark that hangs there is nothing left
            on = at < end
            going, end, width, at, left = going[on], end[on], width[on], at[on], left[on]
        return out


class Setting(NamedTuple):
    """How a page was set."""

    width: float
    """Ideographs in a line."""
    hang: bool
    """Do marks hang over the ends of lines?"""
    holds: float
    """Share of the blocks broken off in mid-sentence that end in a full line when set anew."""


class Reset(NamedTuple):
    """Roles and probabilities of a page once its lines were set again, and why, for the units whose role hung on that."""

    roles: list[str]
    p: Floats
    because: dict[int, str]


def weigh_again(sheets: Sequence[Sheet], facts: Sequence[Floats], weighed: Sequence[tuple[list[str], Floats]]) -> list[Reset]:
    """The roles of the pages of one issue, given what their lines say once they are set again.

    ``facts`` is the evidence of each page, ``weighed`` what :func:`qingyang.roles.weigh` made of it.
    """
    galleys = [Galley.of(sheet) if runs_lines_together(sheet) else None for sheet in sheets]
    asked = [Asked.of(s, g, X, p) for s, g, X, (_, p) in zip(sheets, galleys, facts, weighed, strict=True) if g is not None]
    settings = _settings(asked)
    out = []
    for sheet, galley, X, (roles, p) in zip(sheets, galleys, facts, weighed, strict=True):
        setting = next(settings) if galley is not None else None
        out.append(Reset(roles, p, {}) if galley is None or setting is None else _reset(sheet, galley, setting, X, roles, p))
    return out


def runs_lines_together(sheet: Sheet) -> bool:
    """Does half of the text stand in units longer than any line?"""
    if sheet.row is not None or not len(sheet):
        return False
    width = widths(sheet)
    return bool(2 * width[width > WIDTHS[-1]].sum() > width.sum())


def _broken_off(sheet: Sheet) -> Signs:
    """Which units end in mid-sentence?"""
    out: Signs = (sheet.cls[sheet.ends - 1] & _OPEN) != 0
    return out


def _beside_marks(sheet: Sheet) -> Signs:
    """Beside which units stands a jump line or a sign-off? It took room in the line that no one knows."""
    marked = np.zeros(len(sheet) + 1, np.bool_)
    marked[list(sheet.mark_before)] = True
    return marked[:-1] | marked[1:]


def _needs(X: Floats, p: Floats, broken_off: Signs) -> Doubles:
    """Ideographs that the next word of each unit takes: what has less room left is full. Where it goes on is not always the next unit."""
    near = ~broken_off[:-1] | (p[1:, _CONTINUE] > 0.5)
    return np.append(np.where(near, X[1:, _FIRST_WORD], 1.0), 1.0)


class Asked(NamedTuple):
    """The blocks of a page that break off in mid-sentence."""

    full: Signs
    """[block, width]: do they end in a full line? Then the same with marks that hang."""
    chance: Doubles
    """[block, width]: how often would they by chance?"""

    @classmethod
    def of(cls, sheet: Sheet, galley: Galley, X: Floats, p: Floats) -> Asked:
        broken_off = _broken_off(sheet)
        text = p[:, _TEXT].sum(1) > 0.5
        blocks = np.flatnonzero(text & broken_off & ~_beside_marks(sheet) & (galley.widths() > WIDTHS[0]))
        need = _needs(X, p, broken_off)[blocks, None]
        indent = np.where(p[blocks][:, _BEGIN].sum(1) > p[blocks][:, _GO_ON].sum(1), INDENT, 0.0)
        tried = np.repeat(blocks, len(WIDTHS)), np.tile(WIDTHS, len(blocks)), np.repeat(indent, len(WIDTHS))
        room = [galley.room(*tried, hang).reshape(len(blocks), len(WIDTHS)) for hang in (False, True)]
        return cls(np.concatenate(room, 1) < need - _EPS, _by_chance(need, np.tile(WIDTHS, 2)))


def _by_chance(need: Doubles, width: Doubles | float) -> Doubles:
    """How often a line ends so near its column's edge, if it may end anywhere."""
    return np.minimum(need / width, 0.5)


def _settings(pages: Sequence[Asked]) -> Iterator[Setting | None]:
    """How each page of an issue was set; None where no width does better than chance."""
    blocks = sum(len(page.full) for page in pages)
    if not blocks:
        yield from (None for _ in pages)
        return
    share = np.minimum(np.sum([page.full.sum(0) for page in pages], 0) / blocks, MOST)
    says = []
    for full, chance in pages:
        real = np.maximum(share, chance)
        says.append(np.where(full, np.log(real / chance), np.log((1 - real) / (1 - chance))).sum(0))
    every = np.sum(says, 0)
    for page, mine in zip(pages, says, strict=True):
        if every.max() < SURE:
            yield None
            continue
        k = int((mine + OTHERS * (every - mine)).argmax())
        hang, at = divmod(k, len(WIDTHS))
        holds = (page.full[:, k].sum() + LENT * share[k]) / (len(page.full) + LENT)
        yield Setting(float(WIDTHS[at]), bool(hang), float(holds))


def _reset(sheet: Sheet, galley: Galley, setting: Setting, X: Floats, roles: list[str], p: Floats) -> Reset:
    width, hang, holds = setting
    units, broken_off = np.arange(len(sheet)), _broken_off(sheet)
    need = _needs(X, p, broken_off)
    chance = _by_chance(need, width)
    in_full, with_room = np.maximum(holds / chance, 1), np.minimum((1 - holds) / (1 - chance), 1)
    # what breaks off with room left may be an item of a list, which never had a full stop
    with_room[broken_off] = 1
    odds = np.ones((len(sheet), len(ROLES)))
    for role, indent in ((_START, INDENT), (_CONTINUE, 0.0)):
        odds[:, role] = np.where(galley.room(units, width, indent, hang) < need - _EPS, in_full, with_room)
    # on a page in good order, that something stands elsewhere takes more than a line that may be full by chance
    elsewhere = _elsewhere(p, broken_off)
    plain = odds[:, [_START, _CONTINUE]]
    least = plain.min(1, keepdims=True)
    odds[:, _OUT_OF_ORDER] = least + (elsewhere - ELSEWHERE) / (1 - ELSEWHERE) * (plain - least)
    odds[_beside_marks(sheet)] = 1
    new = _smoothed(_ended(p, odds), np.maximum(odds, 1), np.where(broken_off, elsewhere, 0))
    now = [ROLES[r] for r in new.argmax(1).tolist()]
    because = {}
    for k in (k for k, (a, b) in enumerate(zip(roles, now, strict=True)) if a != b):
        above = k if now[k] != "continue" and k + 1 < len(now) and now[k + 1] == "continue" else k - 1
        what = "fills" if odds[above, _TEXT].max() > 1 else "leaves room in"
        because[k] = f"set in lines of {width:g}, {'it' if above == k else 'the text above'} {what} its last line"
    return Reset(now, new, because)


def _elsewhere(p: Floats, broken_off: Signs) -> float:
    """Of the blocks in mid-sentence that the next does not continue, how many go on elsewhere: as many as units resume something."""
    open_ends = broken_off[:-1] * p[:-1, _TEXT].sum(1) * (1 - p[1:, _CONTINUE])
    return float(np.clip(p[:, _RESUME].sum() / max(open_ends.sum(), _EPS), ELSEWHERE, 1))


def _ended(p: Floats, odds: Doubles) -> Floats:
    """Where a unit's last line has room left its paragraph has ended, and what seemed to continue it begins the next."""
    text = p[:-1, _TEXT].astype(np.float64)
    likely = text.sum(1)
    goes_on = np.minimum((text * odds[:-1, _TEXT]).sum(1) / np.maximum(likely, _EPS), 1) * p[1:, _CONTINUE]
    both = p[1:, _CONTINUE] + p[1:, _START]
    told = (goes_on < p[1:, _CONTINUE]) & (likely > 0.5)
    out = p.copy()
    out[1:, _CONTINUE] = np.where(told, both * goes_on / np.maximum(goes_on + p[1:, _START], _EPS), p[1:, _CONTINUE])
    out[1:, _START] = np.where(told, both - out[1:, _CONTINUE], p[1:, _START])
    return out


def _smoothed(p: Floats, odds: Doubles, elsewhere: Doubles) -> Floats:
    """The probabilities of roles, given what the last line of each unit says of its going on: forwards and backwards over the page
    (Rabiner 1989). The next unit continues it, or something does that stands ``elsewhere`` (how often, for each unit)."""
    likely = p.astype(np.float64)
    front, back = np.ones_like(likely), np.ones_like(likely)
    other = 1 + elsewhere[:, None] * (odds - 1)
    for k in range(1, len(p)):
        here = front[k - 1] * likely[k - 1]
        front[k] = here @ other[k - 1]
        front[k, _CONTINUE] = here @ odds[k - 1]
        front[k] /= front[k].sum()
    for k in range(len(p) - 2, -1, -1):
        here = back[k + 1] * likely[k + 1]
        back[k] = other[k] * (here.sum() - here[_CONTINUE]) + odds[k] * here[_CONTINUE]
        back[k] /= back[k].sum()
    out = front * likely * back
    out /= out.sum(1, keepdims=True)
    return out.astype(np.float32)
