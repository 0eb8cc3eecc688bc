"""What the marks of a converter say of the lines that bore them: headlines, kickers, decks, subheads, rows of tables.

A converter saw the type that was printed: it marks large lines as headings, by # for the largest on, and smaller heads in **bold**.
Which level the headlines of a page have is told by the page as a whole: a page may open with its nameplate as #, or give every title
#, or # to the main story and ## to the rest. :func:`of_headlines` finds it; :func:`settle` gives each marked line its role.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qingyang import lines
from qingyang.evidence import NAMES
from qingyang.lines import Sheet
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal
from qingyang.roles import ROLES
from qingyang.titles import standing

Floats = NDArray[np.float32]

_COL = {n: i for i, n in enumerate(NAMES)}
_HEADS = frozenset(("kicker", "headline", "headline_cont", "deck"))
_BODY = frozenset(("start", "continue", "resume", "other"))
_HEAD_AT = [ROLES.index(r) for r in ("kicker", "headline", "headline_cont")]
_UNDER_AT = [ROLES.index(r) for r in ("subhead", "deck")]
_NO_TITLE = frozenset(("furniture", "caption", "caption_cont", "byline", "docdate"))
LONGEST, SHORT = 60, 40
"""Characters of the longest line that is a kicker or a deck by what is marked around it, and of the longest that only its want of a full
stop makes one."""
SURE, ENOUGH, DEEPER = 0.9, 3, 1.0
"""How probable a role is that marks do not undo; how many marked headlines tell that the page's headlines are marked; and the log-odds from
which the headings of a level below one of headlines are headlines, too."""
_DAY = compile_pattern("年[ \u3000]*[0-9０-９一二三四五六七八九十]{1,3}[ \u3000]*月|星期[一二三四五六日天]")
_PEN_NAME = compile_pattern("[\u3400-\u9fff·]{2,4}")
_KIND = compile_pattern("[评論论訊讯]$|^(?:短评|编者|记者|特写|通讯|散文|小说|诗歌)")
_CLOSED = lines.STOP | lines.SEMI | lines.COLON | lines.COMMA


def settle(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """The marked lines of a page, and the lines between them, by what the marks show."""
    if not sheet.markup:
        return []
    seen = _Seen(sheet, X, page)
    for k in np.flatnonzero(np.isin(sheet.starts, list(sheet.markup.rows))).tolist():
        if seen.roles[k] != "caption" and X[k, _COL["is_furniture"]] <= 0:
            seen.give(k, "start", row)
    if seen.level:
        for k in seen.level:
            if not (seen.roles[k].startswith("caption") or _printed_elsewhere(seen, k)):
                headline(seen, k)
        for k in seen.level:
            lone_head(seen, k)
        for k in range(len(seen.roles)):
            if not (k in seen.level or _named(page, k) or X[k, _COL["is_furniture"]] > 0):
                _between(seen, k)
    return seen.out


class _Seen:
    """A page with its marks, and what has been proposed so far."""

    def __init__(self, sheet: Sheet, X: Floats, page: Decided) -> None:
        self.sheet, self.X, self.page = sheet, X, page
        self.roles = list(page.roles)
        self.out: list[Proposal] = []
        self.level = levels(sheet)
        strong = sheet.markup.strong if sheet.markup else set()
        self.strong = {k for k, at in enumerate(sheet.starts.tolist()) if at in strong}
        self.low = of_headlines(sheet, X, page, self.level)
        """The lowest level at which headlines stand."""
        self.known = sum(n <= self.low and _over_text(page.roles, self.level, k) for k, n in self.level.items()) >= ENOUGH
        """The headlines of the page are marked."""

    def give(self, k: int, role: str, by: Callable[..., object]) -> None:
        if self.roles[k] != role:
            self.roles[k] = role
            self.out.append(Proposal(k, role, f"headings.{by.__name__}"))

    def head(self, k: int) -> bool:
        """Is this one of the marked lines of a head?"""
        return (k in self.level and self.level[k] <= self.low) or (k in self.strong and self.roles[k] in _HEADS)


def row(seen: _Seen, k: int) -> None:
    """A row of a table and an item of a list is a paragraph of its own."""


def headline(seen: _Seen, k: int) -> None:
    """What a converter marked as the headlines of the page are marked is one, or the second line of the one above; a mark of less weight
    is a subhead, or the deck of the headline above."""
    roles, level, above = seen.roles, seen.level[k], seen.level.get(k - 1, 9)
    if level > seen.low:
        seen.give(k, "deck" if above <= seen.low else "subhead", headline)
    elif roles[k] not in _HEADS:
        seen.give(k, "headline", headline)
    elif ranked(seen.sheet) and above <= level and roles[k - 1] in ("kicker", "headline", "headline_cont") and not _named(seen.page, k - 1):
        # large type over large type is no kicker, but for the name of a column: 读者来信
        column = standing("".join(seen.sheet.unit(k - 1).split()), seen.sheet.book)
        if column or roles[k - 1] == "kicker":
            seen.give(k - 1, "kicker" if column else "headline", headline)
        if roles[k] != "deck":
            seen.give(k, "headline" if column else "headline_cont", headline)


def lone_head(seen: _Seen, k: int) -> None:
    """A marked line that looks like a kicker or a deck is the headline where none stands beside it."""
    if seen.roles[k] == "kicker":
        lone = k + 1 not in seen.level and k + 1 not in seen.strong
    else:
        lone = seen.roles[k] == "deck" and seen.roles[k - 1] not in _HEADS
    if lone and seen.level[k] <= seen.low and not _named(seen.page, k):
        seen.give(k, "headline", lone_head)


def _between(seen: _Seen, k: int) -> None:
    """What stands beside or between marked lines."""
    sheet, roles, strong = seen.sheet, seen.roles, k in seen.strong
    if roles[k] in _NO_TITLE and not (roles[k] == "furniture" and strong):
        return
    if seen.level.get(k + 1, 9) <= seen.low and over(sheet, roles, k, strong):
        seen.give(k, "kicker", over)
        if roles[k + 1] == "headline_cont":
            seen.give(k + 1, "headline", over)
    elif k - 1 in seen.level and roles[k - 1] in _HEADS and author(sheet, roles, k):
        seen.give(k, "byline", author)
    elif k - 1 in seen.level and roles[k - 1] in _HEADS and under(sheet, seen.X, roles, k, strong):
        seen.give(k, "deck", under)
    elif strong and roles[k] in _BODY | _HEADS and in_bold(sheet, k):
        seen.give(k, "subhead", in_bold)
    elif seen.known and roles[k] in ("headline", "headline_cont", "kicker") and unmarked(seen.page, seen.level, k):
        seen.give(k, "start", unmarked)


def _printed_elsewhere(seen: _Seen, k: int) -> bool:
    """Is this heading no title: the head of the page (江源日报 1999年8月19日 星期四), a byline, a date?"""
    if (seen.X[k, [_COL[f"is_{n}"] for n in ("furniture", "byline", "docdate")]] > 0).any():
        return True
    return bool(seen.page.network[k, ROLES.index("furniture")] >= SURE and _DAY.search(seen.sheet.unit(k)))


def _named(page: Decided, k: int) -> bool:
    """Has a rule spoken that knows names and signatures?"""
    return page.by.get(k, "").startswith(("signatures", "leads"))


def ranked(sheet: Sheet) -> bool:
    """Do the marks of a page tell larger heads from smaller ones?"""
    said = sheet.markup
    return said is not None and bool(said.level) and (bool(said.strong) or len(set(said.level.values())) > 1)


def unmarked(page: Decided, marked: dict[int, int], k: int) -> bool:
    """Is a line without a mark no headline, on a page whose headlines bear marks: the short lines of a poem?"""
    row = [j for j in (k - 1, k + 1) if 0 <= j < len(page.roles) and j not in marked and page.roles[j] in _HEADS]
    return bool(row) or float(page.network[k, _HEAD_AT].sum()) < SURE


def author(sheet: Sheet, roles: Sequence[str], k: int) -> bool:
    """Is this short line between a heading and its text a pen name: 阿屿?"""
    tight = "".join(sheet.unit(k).split())
    return bool(_PEN_NAME.fullmatch(tight)) and k + 1 < len(roles) and not _KIND.search(tight) and sheet.blank_before[k + 1]


def levels(sheet: Sheet) -> dict[int, int]:
    """The units that were marked as headings, with their levels."""
    if not sheet.markup or not sheet.markup.level:
        return {}
    level = sheet.markup.level
    return {k: level[at] for k, at in enumerate(sheet.starts.tolist()) if at in level}


def of_headlines(sheet: Sheet, X: Floats, page: Decided, marked: dict[int, int]) -> int:
    """The lowest level at which headlines of this page stand.

    Text stands under the headings of such a level, and by all that the networks see of them together they are headlines rather than
    subheads. Where no level is so, it is the highest.
    """
    titles = {k: n for k, n in marked.items() if X[k, _COL["is_furniture"]] <= 0}
    low, found = min(titles.values(), default=1), False
    for level in sorted(set(titles.values())):
        here = [k for k, n in titles.items() if n == level]
        if sum(_over_text(page.roles, marked, k) for k in here) * 2 < len(here):
            # the heads of a head or of a section, or the nameplate
            continue
        p = page.network[here] + 1e-3
        heads = np.log(p[:, _HEAD_AT].sum(1)) - np.log(p[:, _UNDER_AT].sum(1))
        if float(heads.mean()) > (DEEPER if found else 0):
            low, found = max(low, level), True
    return low


def _over_text(roles: Sequence[str], marked: dict[int, int], k: int) -> bool:
    """Does text stand below this heading, before another?"""
    below = k + 1
    while below < len(roles) and ((roles[below] in _NO_TITLE and below not in marked) or roles[below] == "deck"):
        below += 1
    return below < len(roles) and below not in marked


def over(sheet: Sheet, roles: Sequence[str], k: int, strong: bool) -> bool:
    """Is this the kicker of the heading below: in bold, or a line without an end under a text that has ended?"""
    if k and roles[k - 1] in _HEADS:
        return False
    if strong:
        return int(sheet.ends[k] - sheet.starts[k]) <= LONGEST
    ended = k == 0 or roles[k - 1] not in _BODY or bool(sheet.cls[sheet.ends[k - 1] - 1] & (lines.STOP | lines.SHUTQ | lines.SHUTB))
    return ended and short(sheet, k) and roles[k] not in _BODY


def under(sheet: Sheet, X: Floats, roles: Sequence[str], k: int, strong: bool) -> bool:
    """Is this the deck of the heading above: in bold, opened by a dash, or a line without an end over text?"""
    if k + 1 >= len(roles) or X[k, _COL["is_byline"]] > 0 or X[k, _COL["is_dateline"]] > 0 or X[k, _COL["is_docdate"]] > 0:
        return False
    if strong or sheet.cls[sheet.starts[k]] & lines.DASH:
        return int(sheet.ends[k] - sheet.starts[k]) <= LONGEST
    return short(sheet, k) and roles[k] in ("headline", "headline_cont", "deck") and roles[k + 1] in _BODY | {"byline"}


def in_bold(sheet: Sheet, k: int) -> bool:
    """A line in bold that is no sentence, between texts, is a subhead."""
    return short(sheet, k)


def short(sheet: Sheet, k: int) -> bool:
    """A line that is no sentence."""
    end = int(sheet.ends[k])
    return end - int(sheet.starts[k]) <= SHORT and not sheet.cls[end - 1] & _CLOSED
