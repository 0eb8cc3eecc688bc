"""Lines that must not leave the text: the network takes them for the page's own, and nothing that a reader sees says so.

Rows of tables, listings, small advertisements, the telephone number under a notice look like furniture to a network that learned from
news. A page prints little for itself, at its head and foot, in words of its own trade (刊号, 责编, 热线) and again on other pages. What
shows none of that is text: a lost sentence costs a reader more than a line too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from qingyang import furniture, seams
from qingyang.evidence import NAMES, Floats
from qingyang.lines import BULLET, HAN, Sheet
from qingyang.midsentence import is_issue_date, times_printed
from qingyang.numerals import DATE
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal
from qingyang.roles import ROLES
from qingyang.rulebook import load
from qingyang.simplified import simplified
from qingyang.thread import in_order

_COL = {n: i for i, n in enumerate(NAMES)}
_FURNITURE = ROLES.index("furniture")
_TEXT = [ROLES.index(r) for r in ("subhead", "start", "continue")]

_CONTACT = frozenset(f"furniture.{n}" for n in ("hotline", "publisher", "website", "url", "e-mail"))
"""Addresses and numbers: the page's own at its head and foot, anybody's elsewhere."""
_DATE, _NUMBER = "furniture.date", "furniture.issue-count"
"""What also signs a document, or numbers it under its title."""
_HEADS = frozenset(("kicker", "headline", "headline_cont", "deck"))
_OWN = compile_pattern(
    "今日天气.|每份|机.报|区县新闻|paper|daily|news"
    "|刊号|邮发|代号|创刊|零售|每[月年期份].?[定订]?价|月价|印刷|印装|承印|出版[发日]|编辑出版|报社|发行"
    "|主管|主办|[主责美]编|编辑"
    "|[责校]对|责校|审校|版式|视觉设计|美术(?:编辑|设计|[:：/／ ])|制图|组版|一读|[一二三]审|值班|本[报版刊]|报址|社址|总编室"
    "|新闻热线|读者热线|广告热线|热线电话|24 ?小时|报料|爆料|投稿|订报|订阅|公元|农历|[0-9０-９一二三四五六七八九十] ?版|版面"
    "|[年月].*(?:星 ?期|礼 ?拜|周[一二三四五六日])|(?:星 ?期|礼 ?拜|周[一二三四五六日]).*[年月]"
    "|二维码|微博|微信|客户端|[数數]字[报報]|[扫掃]一[扫掃]|国内统一|出版物号"
    "|导 ?读|要目|提要|导览|看点|[A-ZＡ-Ｚ]{4,} ?[A-ZＡ-Ｚ]{3,}|N[Oo][.．]|[摄绘]$|[….．·]{2,} ?[0-9]{1,2}$|^[A-ZＡ-Ｚ][0-9０-９]{1,2} "
    "|[ \u3000…·][A-ZＡ-Ｚ][0-9０-９]{1,2}$|版权|©"
)
"""Words of a paper's own trade."""


def own(line: str) -> bool:
    """Whether a line has such words.

    >>> own("責任編輯：陳大文"), own("联系电话：88123456")
    (True, False)
    """
    return _OWN.search(simplified(line)) is not None


_NAME = [_COL[f"is_{n}"] for n in ("name", "names", "byline", "issuer", "credit", "index")]

HEAD = 12
"""Units of a page's own that may stand above its first article, whatever is in them."""
_ADDRESS = compile_pattern("(?:[a-z0-9-]+[.]){1,4}(?:com|net|org|edu|gov|cn)(?:/[!-~]*)?")
_NUMBERS = compile_pattern("[0-9０-９][0-9０-９-]{6,12}")
_HAN = compile_pattern("[\u3400-\u9fff]")
_DIGIT = compile_pattern("[0-9０-９]")
_BODY = frozenset(("start", "continue", "subhead"))
_ENDED = [_COL[n] for n in ("last_stop", "last_digit", "shut_after_stop", "is_issuer", "is_docdate")]
_LABEL = compile_pattern("[\u3400-\u9fff]{1,6}[:：]")
_CONTACTS = compile_pattern("[\u3400-\u9fff]{0,4}(?:电话|地址|传真|邮编|邮箱|网址|联系人|热线)[:： ]")
_OPENS_HEAD = frozenset(("kicker", "headline", "headline_cont"))
SURE = 0.8
"""From which probability on the first lines of a page are its furniture, whatever is in them."""
_FEWEST = 6
"""Ideographs of a line of a head; names of papers and sections are shorter."""
CAPTION = 0.5
"""From which probability on a line without any sign of a picture is its caption."""
_PICTURED = [_COL[f"is_{n}"] for n in ("caption", "credit")]
SCRAP = 3
"""Pairs of ideographs: with fewer, and fewer figures, a line is a scrap that recognition left."""
WORDED = 0.4
"""Share of the pairs of ideographs that stand in words of the dictionary; of text four in five do, of misread scraps one in ten."""


def keep(sheet: Sheet, others: Sequence[Sheet], X: Floats, page: Decided) -> list[Proposal]:
    """The lines of a page that nothing but the network takes for furniture or captions, as text.

    ``others`` are pages of the same issue: what they print, too, is the paper's.
    """
    roles, p = page.roles, page.p
    head = next((k for k, r in enumerate(roles) if r != "furniture"), len(roles))
    kept = [
        k
        for k, r in enumerate(roles)
        if r == "furniture" and k >= min(head, HEAD) and is_text(sheet, X, roles, p, k) and not _elsewhere(sheet, others, k)
    ]
    parts = within_head(roles, kept)
    if head and roles[head:] and over_head(sheet, X, roles, p, head - 1) and not _elsewhere(sheet, others, head - 1):
        best = max(("kicker", "headline"), key=lambda role: p[head - 1, ROLES.index(role)])
        parts[head - 1] = best, "bodymatter.over_head"
    return [
        *_as_text(p, [k for k in kept if k not in parts], "bodymatter.is_text"),
        *(Proposal(k, role, by) for k, (role, by) in parts.items()),
        *_as_text(p, no_captions(sheet, X, roles, p), "bodymatter.no_captions"),
    ]


def within_head(roles: list[str], kept: Iterable[int]) -> dict[int, tuple[str, str]]:
    """A line that nothing shows to be the page's own, between two lines of a head, is a line of that head, and the next goes on with it:
    全国足球甲A联赛第20轮 / 山城队主场爆冷 零比二负于海滨 / 主教练赛后称“输在门前一脚”.

    >>> within_head(["headline", "furniture", "headline", "start"], [1])
    {1: ('headline_cont', 'bodymatter.within_head'), 2: ('headline_cont', 'bodymatter.within_head')}
    >>> within_head(["start", "furniture", "headline"], [1])
    {}
    """
    out: dict[int, tuple[str, str]] = {}
    for k in kept:
        if 0 < k < len(roles) - 1 and roles[k - 1] in _OPENS_HEAD and roles[k + 1] in ("headline", "headline_cont", "deck"):
            out[k] = "headline_cont", "bodymatter.within_head"
            if roles[k + 1] == "headline":
                out[k + 1] = out[k]
    return out


def over_head(sheet: Sheet, X: Floats, roles: list[str], p: Floats, k: int) -> bool:
    """Is a line above the first head of a page, of which the network is in doubt, part of that head? 山洪暴發 交通斷絕 over
    花東公路坍方三處: ideographs alone, and nothing shows them to be the page's own."""
    return (
        roles[k + 1] in ("kicker", "headline", "headline_cont")
        and p[k, ROLES.index("furniture")] < SURE
        and len(_HAN.findall(sheet.unit(k))) >= _FEWEST
        and not X[k, _COL["digits"]]
        and furniture.match(sheet.unit(k), sheet.book) is None
        and is_text(sheet, X, roles, p, k)
    )


def _as_text(p: Floats, units: list[int], by: str) -> Iterator[Proposal]:
    for k in units:
        mine = np.zeros(len(ROLES), p.dtype)
        mine[_TEXT] = p[k, _TEXT] + 1e-6
        mine[ROLES.index("start")] *= 2  # such lines stand by themselves
        mine /= mine.sum()
        yield Proposal(k, ROLES[int(mine.argmax())], by, mine)


def is_text(sheet: Sheet, X: Floats, roles: list[str], p: Floats, k: int) -> bool:
    """Is a line that the network takes for furniture text, since nothing shows it to be the page's own?"""
    unit = sheet.unit(k)
    rule = furniture.match(unit, sheet.book)
    if rule and rule not in load().rules:
        return False  # a rule of the user's own
    if rule in _CONTACT:
        # where a page is not read in order, such a line may come from anywhere
        top = next((j for j in range(k - 1, -1, -1) if roles[j] != "furniture" or not _CONTACTS.match(sheet.unit(j))), -1)
        ended = top >= 0 and roles[top] in _BODY and (X[top, _ENDED].any() or _LABEL.match(sheet.unit(top)))
        under = in_order(p) or bool(ended)
        return under and not own(unit) and not _in_block(sheet, X, roles, k)
    if rule and X[k, _COL["is_furniture"]]:
        return False
    paper = sheet.source.publication
    if own(unit) or (paper and paper in unit):
        return False
    if rule:
        # a bare date or number is the page's own beside other lines of its
        return (rule == _DATE or (rule == _NUMBER and k > 0 and roles[k - 1] in _HEADS)) and not _in_block(sheet, X, roles, k)
    if X[k, _NAME].any():
        return False
    if _NUMBERS.fullmatch(unit) and k and roles[k - 1] in _BODY and not X[k - 1, _ENDED].any():
        return True  # a telephone number that the line above had no room for
    return _worded(sheet, k)


def _items(sheet: Sheet) -> set[int]:
    """Units that open with the sign that opens others, too: ▲, ●."""
    units = np.flatnonzero((sheet.cls[sheet.starts] & BULLET) != 0)
    signs = sheet.cps[sheet.starts[units]]
    return {int(k) for k, c in zip(units, signs, strict=True) if np.count_nonzero(signs == c) > 2}


def no_captions(sheet: Sheet, X: Floats, roles: list[str], p: Floats) -> list[int]:
    """Units that the network is not sure to be a caption, and what it takes for their next lines."""
    out: list[int] = []
    items = _items(sheet)
    for k, role in enumerate(roles):
        lone = role == "caption_cont" and (k == 0 or roles[k - 1] not in ("caption", "caption_cont") or k - 1 in out)
        unsure = (role == "caption" or lone) and (p[k, ROLES.index(role)] < CAPTION or k in items)
        if unsure and not X[k, _PICTURED].any() and not _credited(sheet, roles, k):
            out.append(k)
    return out


def _credited(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Does the caption that begins in unit ``k`` end in who took the picture, be it lines further down?"""
    end = next((j for j in range(k + 1, len(roles)) if roles[j] != "caption_cont"), len(roles))
    return bool(_TAKEN.search("".join(map(sheet.unit, range(k, end)))))


_TAKEN = compile_pattern("[摄攝绘繪][）)]?。?$|[摄攝]影[报報][道導][）)]?。?$|供[图圖][）)]?。?$")
"""（記者陳志成攝）, 本报记者周超摄: so ends what is said of a picture."""


def _in_block(sheet: Sheet, X: Floats, roles: list[str], k: int) -> bool:
    """Does a line stand with others that are surely the page's own, at the head or foot of the page?"""
    n = len(roles)
    sure = X[:, _COL["is_furniture"]] > 0
    for step in (-1, 1):
        j = k + step
        while 0 <= j < n and roles[j] == "furniture":
            rule = furniture.match(sheet.unit(j), sheet.book) if sure[j] else None
            if rule and (rule not in _CONTACT or own(sheet.unit(j))):
                return True
            j += step
    return False


def _elsewhere(sheet: Sheet, others: Sequence[Sheet], k: int) -> bool:
    """A line that another page prints, too, or the day of the issue."""
    unit = sheet.unit(k)
    return is_issue_date(sheet, DATE.fullmatch(unit)) or times_printed(unit, (other for other in others if other is not sheet)) > 0


def _worded(sheet: Sheet, k: int) -> bool:
    """Is it made of words, or of figures with their units?"""
    a, b = int(sheet.starts[k]), int(sheet.ends[k])
    pair = np.flatnonzero((sheet.cls[a : b - 1] & sheet.cls[a + 1 : b] & HAN) != 0) + a
    if len(pair) < SCRAP:
        unit = sheet.unit(k)
        return bool(_ADDRESS.fullmatch(unit)) or (bool(_HAN.search(unit)) and len(_DIGIT.findall(unit)) >= SCRAP)
    figures = len(_DIGIT.findall(sheet.unit(k))) >= SCRAP
    words = seams.table()
    left, right = words.rank.take(sheet.cps[pair], mode="clip"), words.rank.take(sheet.cps[pair + 1], mode="clip")
    known = (left >= 0) & (right >= 0)
    seen = words.pairs.find(np.where(known, left * np.int64(len(words.begin)) + right, 0).astype(np.uint32))
    share = float((known & (seen > 0)).mean())
    return share >= WORDED or (figures and share > 0)
