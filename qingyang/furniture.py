"""Recognises the lines that a page prints for itself: folio, registration, hotlines, editors, page labels.

A whole line is furniture when pieces of ``rules/furniture.toml`` tile it from end to end. Nothing is removed here: a
*sure* rule says what the line is, a *weak* one (a bare 体育, a date, 开辟未来（8版）) is evidence for the structure stage.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qingyang.fields import authors, is_name
from qingyang.patterns import begins, compile_pattern, needs
from qingyang.rulebook import Rule, Rulebook, load
from qingyang.simplified import forms, simplified

LONGEST = 120
"""Characters. The longest attested line of furniture, a registration line with site and hotline, has 76."""

BLANKS = " \t\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_BETWEEN = compile_pattern(f'[{BLANKS}|｜/／·•,，;；、”"■□◆●★▲—–－―-]*')
"""What stands between two pieces of a line; readers of printed pages take a rule or a drop for ”."""
_PAUSE = compile_pattern("[，、”]")
_LOOSE = compile_pattern("[\u3400-\u9fff]{2,8}(?![\u3400-\u9fff])")
"""A paper's or a section's name that no table knows, beside a date."""

_SENTENCE = compile_pattern("[，。；？！“]")
_ALTHOUGH = compile_pattern(f"版|未[{BLANKS}]?经|址|©|[Cc]opyright")
"""Furniture with a comma: index entries, notices of rights, addresses. Every other line with one is a sentence's."""
_TOKEN = compile_pattern(
    "[0-9０-９:：@＠©Ⓒ摄版报图编校审策统绘制组排签终]|星 ?期|礼 ?拜|周[一二三四五六日]|农历|[一二三四五六七八九十]月"
    "|[主承]办|主管|出版|发行|印刷|设 ?计|美术|视觉|监制|出品|导[读览]|看点|要[目览]|提要|影像|照片|未 ?经|权"
    "|[A-Z][A-Za-z]{2}|www|新华社发|内部资料|创刊|扫|天气|气温|[上下]一|返回"
)
"""What every piece holds, section names apart: a line without any is turned away at once."""

_ANY_NAME = compile_pattern("策划|统筹|监制|出品|制作|设计|视觉|美术|编委|图表|绘图|插图|制图|版面|[一二三]审")
"""Roles that also open a headline (策划：一场接力): what follows must look like a name."""
_TAKEN = compile_pattern("(?:摄影报道|摄影|摄|供图)[^摄]{0,12}$")
_REPORTER = compile_pattern("记[ \u3000]?者|通讯员|新华社|本报|中新社|视觉|图片社")

_ENTRY = "furniture.index-entry"
"""The one rule that is about a whole line: half of it is a headline, which can be anything."""

FOLIO = frozenset(
    f"furniture.{piece}"
    for piece in (
        "folio",
        "date",
        "lunar",
        "weather",
        "page-label",
        "page-number",
        "page-code",
        "loose-number",
        "section-name",
        "nameplate",
        "issue-number",
        "issue-count",
    )
)
"""Pieces of a folio line: two kinds of them with a date are the folio, however weak each is alone."""


def match(line: str, book: Rulebook | None = None) -> str | None:
    """The id of the rule that a whole printed line falls under; None for a line of an article.

    >>> match("4  经济    人民日报    2024年4月22日 星期一")
    'furniture.folio'
    >>> match("责编：袁勃、赵欣悦"), match("责编在会议上强调，要把好稿件的政治关和质量关。")
    ('furniture.credit', None)
    >>> match("体育"), strength("furniture.section-name")
    ('furniture.section-name', 'weak')
    """
    line = line.strip(BLANKS + "\r\n")
    if not line or len(line) > LONGEST:
        return None
    line = simplified(line)
    for rule in _own(book):
        if rule.find.fullmatch(line):
            return rule.id
    if _SENTENCE.search(line) and not _ALTHOUGH.search(line):
        return None
    if not _TOKEN.search(line) and not _section(book).match(line):
        return None
    found = _telling(_tiles(line, book), book)
    if not found and ("版" in line or line[-1] in "）)】〕]"):
        entry = (book or load()).rules[_ENTRY]
        found = _ENTRY if entry.find.fullmatch(line) else None
    return found


_SPEAKS, _YET, _TELLS, _NAMES = 1, 2, 4, 8
_FIRST_SIGNS = "".join(
    (
        "0123456789０１２３４５６７８９:：@＠©Ⓒ摄版报图编校审策统绘制组排签终星礼周农一二三四五六七八九十主承出发印设美视监导看要提影照未权",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZw新内创扫天气上下返",
    )
)
"""What every find of ``_TOKEN`` begins with."""


def likely(cps: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which lines of a page :func:`match` must look at, from their characters alone; of all others it would say None.

    >>> text = np.array([ord(c) for c in "要闻小麦丰收了，责编：王海明"], np.uint32)
    >>> likely(text, np.array([0, 2, 8]), np.array([2, 8, 14])).tolist()
    [True, False, True]
    """
    signs = _signs()[np.minimum(cps, 0xFFFF)]

    def has(bit: int) -> NDArray[np.bool_]:
        run = np.zeros(len(cps) + 1, np.int32)
        np.cumsum((signs & bit) != 0, out=run[1:])
        out: NDArray[np.bool_] = run[ends] > run[starts]
        return out

    told: NDArray[np.bool_] = has(_TELLS) | ((signs[starts] & _NAMES) != 0)
    told &= ~has(_SPEAKS) | has(_YET)
    return told


@cache
def _signs() -> NDArray[np.uint8]:
    """Code point → what it says about its line, in bits: a sentence's mark, furniture all the same, a token, a section's name."""
    names = {name[0] for name in load().lists["sections"]} | set("今本ABCDEFGHIJKLMNOPQRSTUVWXYZ" + BLANKS)
    out = np.zeros(0x10000, np.uint8)
    for bit, plain in ((_SPEAKS, set("，。；？！“")), (_YET, set("版未址©Cc")), (_TELLS, set(_FIRST_SIGNS)), (_NAMES, names)):
        signs = plain | {chr(old) for old, new in forms().items() if new in plain}
        out[[ord(c) for c in signs]] |= bit
    return out


def strength(rule: str, book: Rulebook | None = None) -> str:
    """``sure`` or ``weak``: whether the rule decides by itself."""
    return (book or load()).rules[rule].strength


def is_crossref(line: str, book: Rulebook | None = None) -> bool:
    """Whether a line only points to another article: （相关报道见第四版）. It is no continuation.

    >>> is_crossref("（相关报道见第四版）"), is_crossref("（下转第四版）")
    (True, False)
    """
    line = line.strip(BLANKS + "\r\n")
    if len(line) > LONGEST or not any(c in line for c in "见見登刊详詳"):
        return False
    line = simplified(line)
    return any(r.find.fullmatch(line) for r in (book or load()).of("crossref."))


class _Pieces:
    """The pieces of a book in order, and by the characters of a line which of them can stand in it, and where; one bit each."""

    def __init__(self, book: Rulebook | None) -> None:
        ours = load().rules
        self.rules = [r for r in (book or load()).of("furniture.", "caption.") if r.id in ours and r.id != _ENTRY]
        self.needs: dict[str, int] = {}
        self.begins: dict[str, int] = {}
        self.anywhere = self.anyhow = 0
        for k, rule in enumerate(self.rules):
            needed, opening = needs(rule.find), begins(rule.find)
            for c in needed or ():
                self.needs[c] = self.needs.get(c, 0) | 1 << k
            for c in opening or ():
                self.begins[c] = self.begins.get(c, 0) | 1 << k
            self.anywhere |= (needed is None) << k
            self.anyhow |= (opening is None) << k
        self._chosen: dict[int, list[tuple[Rule, re.Pattern[str]]]] = {}

    def of(self, line: str) -> int:
        """The pieces that can stand in a line."""
        out = self.anywhere
        for c in set(line):
            out |= self.needs.get(c, 0)
        return out

    def at(self, c: str, among: int) -> list[tuple[Rule, re.Pattern[str]]]:
        """Those of them that can begin with a character."""
        among &= self.begins.get(c, 0) | self.anyhow
        if among not in self._chosen:
            self._chosen[among] = [(r, r.find) for k, r in enumerate(self.rules) if among >> k & 1]
        return self._chosen[among]


@cache
def _pieces(book: Rulebook | None) -> _Pieces:
    return _Pieces(book)


@cache
def _own(book: Rulebook | None) -> tuple[Rule, ...]:
    """A user's own furniture: whole lines."""
    ours = load().rules
    return tuple(r for r in book.of("furniture.", "caption.") if r.id not in ours) if book else ()


@cache
def _section(book: Rulebook | None) -> re.Pattern[str]:
    return (book or load()).rules["furniture.section-name"].find


def _tiles(line: str, book: Rulebook | None) -> list[str]:
    """The rules whose pieces tile the line, the empty string for a loose word; nothing when something is left over."""
    found: list[str] = []
    here, loose, sentence = 0, False, False
    m = _BETWEEN.match(line)
    if m and line[0] not in "—–－―-":
        here, sentence = m.end(), bool(_PAUSE.search(m.group()))
    pieces = _pieces(book)
    able = pieces.of(line)
    while here < len(line):
        best, end = "", here
        for rule, find in pieces.at(line[here], able):
            m = find.match(line, here)
            if m and m.end() > end and _plausible(rule, m.group()):
                best, end = rule.id, m.end()
        if not best:
            m = _LOOSE.match(line, here)
            if not m or loose:
                return []
            loose, end = True, m.end()
        found.append(best)
        here = end
        m = _BETWEEN.match(line, here)
        if m and m.end() > here:
            here, sentence = m.end(), sentence or bool(_PAUSE.search(m.group()))
    if sentence and all(strength(p, book) == "weak" for p in found if p):
        return []  # 经济、政治、文化: words of a sentence
    if loose and not ("furniture.folio" in found or ("furniture.issue-number" in found and len(found) > 2)):
        return []
    return found


def _plausible(rule: Rule, piece: str) -> bool:
    """策划：一场没有终点的接力 is a headline, 老摄影家拍摄 the end of a sentence: where a role is also a word, a name must follow."""
    if rule.id == "furniture.credit":
        names = authors(_after_role(piece))
    elif rule.id == "caption.credit" and (m := _TAKEN.search(piece)) and not _REPORTER.search(piece):
        names = authors(piece[: m.start()])
        return bool(names) and is_name(names[0])
    else:
        return True
    likely = sum(map(is_name, names))
    if any(len(name) > 3 and not is_name(name) for name in names):
        return False  # 编辑：陈涛 刊播单位 in a list of prizes
    return bool(names) and (2 * likely > len(names) or (len(names) == 1 and not _ANY_NAME.search(piece)))


def _after_role(piece: str) -> str:
    """责编：王 观; 责编/王观; 责编 王观: the names."""
    for mark in "：:／/":
        if mark in piece:
            return piece.split(mark, 1)[1]
    return piece.split(None, 1)[-1]


def _telling(pieces: list[str], book: Rulebook | None) -> str | None:
    """Which of its pieces a line is called after: the first sure one; a date with more of a folio is the folio."""
    pieces = [p for p in pieces if p]
    kinds = FOLIO.intersection(pieces)
    if kinds & {"furniture.folio", "furniture.date", "furniture.page-code"} and len(kinds) > 1:
        return "furniture.folio"
    return next((p for p in pieces if strength(p, book) == "sure"), pieces[0] if pieces else None)
