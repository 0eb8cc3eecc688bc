"""Lines in the middle of a sentence that look like something the page prints for itself.

A date, 238页, a name after 编辑, a site or a telephone number may be all that an extraction leaves on a line: 大桥于 / 1957年10月15日 /
正式通车。 What tells such a line from a folio between two halves of a story is that it goes on with the open sentence above it, and
that it stands nowhere else on the pages. :func:`weigh_again` takes the look of furniture from such lines and has the page weighed
once more. Furniture that really stands between the halves of a sentence stays what it is. And a line in the middle of a page that
no pattern of furniture knows is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np

from qingyang import lines
from qingyang.evidence import NAMES, Floats
from qingyang.lines import Sheet
from qingyang.numerals import DATE, date_of
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal
from qingyang.roles import ROLES, weigh

_COL = {n: i for i, n in enumerate(NAMES)}
TEXT = frozenset(("start", "continue", "resume", "other"))
_CAPTION = frozenset(("caption", "caption_cont"))
LIFTED = _CAPTION | {"furniture"}
"""Roles that take a line out of the text."""
_LIFTED = [ROLES.index(r) for r in sorted(LIFTED)]
_CONTINUE = ROLES.index("continue")
_FURNITURE = ROLES.index("furniture")
CERTAIN = 0.6
"""How sure the network must be of furniture that no pattern knows: what is left of a folio after a bad reading, mostly."""
_NOT_KEPT = [k for k, r in enumerate(ROLES) if r not in ("subhead", "start", "continue")]
"""A line that is kept as text opens no article."""

_LOOKS = [
    _COL[f"is_{n}"] for n in ("furniture", "furniture_weak", "docdate", "credit", "label", "name", "names", "byline", "issuer", "paren")
]
"""What a line shows that stands by itself; in the middle of a sentence it means nothing."""
_OWN_KIND = [_COL[f"is_{n}"] for n in ("caption", "section", "index", "heading_sign", "dateline", "salutation")]
_OPEN = lines.HAN | lines.DIGIT | lines.LATIN | lines.NUMERAL | lines.COMMA
_BOUND = lines.COMMA | lines.STOP | lines.SEMI | lines.COLON | lines.SHUTQ | lines.SHUTB
"""Signs that begin no line of their own (GB/T 15834)."""
_TOKEN = compile_pattern(
    "[\u3400-\u9fff][·•][\u3400-\u9fff]|[0-9][0-9].?|[0-9]-[0-9]|[A-Za-z][A-Za-z].?|[A-Za-z][./@_-][A-Za-z]|[A-Za-z]:/"
)
_ADDRESS = compile_pattern("www[.]|https?:|[A-Za-z0-9_-]{2,}[.@][A-Za-z]")
_WORDS = compile_pattern("[\u3400-\u9fff0-9０-９]")
_PAGE = compile_pattern("第?[A-Z]?[0-9０-９]{1,3}[ \u3000]*版|第[0-9０-９]{1,3}[页頁]")

READS = 2.0
"""Log-odds that the line reads on from the one above (:func:`qingyang.seams.reads_on`), from which it may be in mid-sentence; where
the line below cannot begin anything, it need not read worse than chance."""
NEAR = 2
"""Units to both sides of such a line that are weighed anew."""
BREAKS = -3.0
"""Log-odds below which the next line does not read on from it."""
_SHORT = 0.4
"""Two ideographs less than the column, in the measure of the evidence: no column's end broke such a line."""
_STAFF = compile_pattern("[:：/／|]|[\u3400-\u9fff][ \u3000]+[\u3400-\u9fff]{2,3}[ \u3000]+[\u3400-\u9fff]")
"""责编：王 观; 编辑 王观 美编 李晓: a line of staff as papers print it."""
_PAGE_NUMBER = compile_pattern("[0-9０-９]{1,3}")
_CREDIT = compile_pattern("(?:记者|通讯员|摄影)[\u3400-\u9fff]{0,2}\n[\u3400-\u9fff]{0,2}摄$")
_FURNISHED = [_COL[f"is_{n}"] for n in ("furniture", "furniture_weak", "section", "index", "credit", "caption")]
_BRACKETED = compile_pattern("[【〔［][\u3400-\u9fff]{2,8}[】〕］]")
_SAYS = compile_pattern("[\u3400-\u9fff]{4,16}")
_PAPER = compile_pattern("星期|刊号|网址|电话|责编|编辑|导读|要目|提要|预报|二维码|摄$|绘$")
"""Words of furniture, for lines that a reading of a printed page has spoilt beyond the patterns."""
_TORN = 3
"""Characters: what is left of a name of three, and 摄."""


def weigh_again(sheet: Sheet, others: Sequence[Sheet], X: Floats, page: Decided) -> Floats:
    """Decides the lines of a page in mid-sentence, and gives its evidence without their look of furniture.

    ``others`` are pages of the same issue.
    """
    found = inside(sheet, others, X, page.roles)
    kept = unshaped(sheet, X, page.roles, page.p)
    if found:
        X = X.copy()
        X[np.ix_(found, _LOOKS)] = 0
        page.hear(_anew(X, page.p, found))
    page.hear(_text(page, kept))
    page.hear(torn_credits(sheet, page.roles))
    return X


def _anew(X: Floats, p: Floats, found: list[int]) -> Iterator[Proposal]:
    """What the network says of the lines found and of their neighbours, asked once more."""
    near = np.unique(np.clip(np.add.outer(found, np.arange(-NEAR, NEAR + 1)), 0, len(p) - 1))
    p = p.copy()
    p[near] = weigh([X])[0][1][near]
    p[found, _CONTINUE] += p[np.ix_(found, _LIFTED)].sum(1)
    p[np.ix_(found, _LIFTED)] = 0
    return (Proposal(k, ROLES[int(p[k].argmax())], "midsentence.inside", p[k]) for k in near.tolist())


def _text(page: Decided, kept: list[int]) -> Iterator[Proposal]:
    for k in kept:
        if page.roles[k] == "furniture":
            p = page.p[k].copy()
            p[_NOT_KEPT] = 0
            p /= p.sum()
            yield Proposal(k, ROLES[int(p.argmax())], "midsentence.unshaped", p)


def inside(sheet: Sheet, others: Sequence[Sheet], X: Floats, roles: list[str]) -> list[int]:
    """The units that the network would take out of the text although a sentence runs through them."""
    out: list[int] = []
    for k in range(1, len(roles)):
        if roles[k] not in LIFTED or not (roles[k - 1] in TEXT or k - 1 in out):
            continue
        if _goes_on(sheet, X, k) and not _elsewhere(sheet, others, k):
            out.append(k)
    return out


def _goes_on(sheet: Sheet, X: Floats, k: int) -> bool:
    """Does the open sentence of unit ``k - 1`` run into unit ``k``, and end in it or run on?"""
    cls, starts, ends = sheet.cls, sheet.starts, sheet.ends
    above, first = int(cls[ends[k - 1] - 1]), int(cls[starts[k]])
    if not above & _OPEN or first & lines.BULLET or X[k, _OWN_KIND].any() or sheet.blank_before[k] or k in sheet.mark_before:
        return False
    if _one_token(sheet, k):
        return True
    unit = sheet.unit(k)
    if not _WORDS.search(unit) or _PAGE.match(unit) or (first & lines.LATIN and not _ADDRESS.match(unit)):
        return False
    below = _below(sheet, X, k)
    if below is None or X[k, _COL["seam_reads"]] * 4 < (0 if below else READS):
        return False
    if k + 1 < len(sheet) and _one_token(sheet, k + 1):
        return True
    if X[k, _COL["is_furniture"]] or _PAGE_NUMBER.fullmatch(unit):
        return bool(below and X[k - 1, _COL["short_of_near"]] > _SHORT and not _STAFF.search(unit))
    return bool(first & (lines.DIGIT | _BOUND) or _speaks(sheet, k))


def _one_token(sheet: Sheet, k: int) -> bool:
    """A number, an address or a name that runs over the end of the line above: 0717 / -6762114, www.c / tgpc.com.cn, 本 / ·拉丹."""
    return bool(_TOKEN.fullmatch(sheet.unit(k - 1)[-1] + sheet.unit(k)[:2]))


def _speaks(sheet: Sheet, k: int) -> bool:
    """A comma or a full stop: a sentence's."""
    return bool((sheet.cls[sheet.starts[k] : sheet.ends[k]] & (lines.COMMA | lines.STOP)).any())


def _below(sheet: Sheet, X: Floats, k: int) -> bool | None:
    """Whether the line below plainly stands in mid-sentence; None where it does not go on though the sentence is open."""
    if sheet.cls[sheet.ends[k] - 1] & lines.STOP:
        return False
    if k + 1 == len(sheet) or sheet.blank_before[k + 1] or sheet.indent[k + 1] >= 1 or X[k + 1, _OWN_KIND].any():
        return None
    if X[k + 1, _COL["seam_reads"]] * 4 < BREAKS:
        return None
    first = sheet.starts[k + 1]
    return bool(sheet.cls[first] & _BOUND) or sheet.source.text[first] in "的地得们"


def _elsewhere(sheet: Sheet, others: Sequence[Sheet], k: int) -> bool:
    """A line that the pages print again, or the issue's own date: the page's, not the story's."""
    unit = sheet.unit(k)
    return is_issue_date(sheet, DATE.match(unit)) or times_printed(unit, {id(s): s for s in (sheet, *others)}.values()) > 1


def is_issue_date(sheet: Sheet, m: re.Match[str] | None) -> bool:
    """Is the date found the day on which the page appeared?"""
    day: date | None = date_of(m) if m else None
    return bool(day and day.isoformat() == sheet.source.issue_date)


def times_printed(unit: str, sheets: Iterable[Sheet]) -> int:
    """On how many lines of some pages a unit stands alone."""
    line = re.compile(f"^[ \t\u3000]*{re.escape(unit)}[ \t\u3000]*\r?$", re.MULTILINE)
    return sum(len(line.findall(sheet.source.text)) for sheet in sheets)


def unshaped(sheet: Sheet, X: Floats, roles: list[str], p: Floats) -> list[int]:
    """Units that only the network takes for furniture, and not surely: no pattern knows them, and they stand neither at the head nor at
    the foot of the page; or labels in brackets, 【招聘】, which papers set over small advertisements and notices."""
    n = len(roles)
    edge = min(6, n // 5)
    return [
        k
        for k, role in enumerate(roles)
        if role == "furniture"
        and not X[k, _FURNISHED].any()
        and (
            _BRACKETED.fullmatch(unit := sheet.unit(k))
            or (edge <= k < n - edge and _SAYS.fullmatch(unit) and not _PAPER.search(unit) and p[k, _FURNITURE] < CERTAIN)
        )
        and sheet.source.text.count(unit) == 1
    ]


def torn_credits(sheet: Sheet, roles: list[str]) -> list[Proposal]:
    """The end of the name of a photographer whom the line above begins goes on with that line: 新华社记者　王海 / 明摄."""
    out = []
    ends = np.flatnonzero((sheet.cps[sheet.ends - 1] == ord("摄")) & (sheet.ends - sheet.starts <= _TORN))
    for k in ends.tolist():
        if not k or not _CREDIT.search("".join(sheet.unit(k - 1).split()) + "\n" + sheet.unit(k)):
            continue
        begun = k - 1 if roles[k - 1] != "byline" else k - 2
        if begun >= 0 and roles[begun] in TEXT | _CAPTION:
            role = "continue" if roles[k - 1] in TEXT else "caption_cont"
            out += [Proposal(j, role, "midsentence.torn_credits") for j in range(begun + 1, k + 1)]
    return out
