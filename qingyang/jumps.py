"""Finds jump lines, the printed notes （下转第四版） and (上接第1版), wherever they stand in a source.

A find says which way the article goes on and on which page; the text stays as it is. Cross-references such as
（相关报道见第四版） and look-alikes such as 从山下转向山上 are no jump lines. The forms are in ``rules/jumps.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.codes import code_points
from qingyang.numerals import han_number, page_label
from qingyang.patterns import begins, compile_pattern
from qingyang.rulebook import Rule, Rulebook, load

_NEAR = compile_pattern(
    r"[接转轉续續按拨砖传](?=[^\n\r]{0,24}?[版页頁缝封饭板贩皈叛胶]|[ \t\u3000\u00a0]{0,4}(?:[A-ZＡ-Ｚ]|第?[0-9０-９ ]{1,4}[）)】〕\]]))"
    r"|[未待][ \t\u3000\u00a0\u2000-\u200a\u202f]{0,4}[完续續]|[Cc]ontinued|CONTINUED"
)
"""Where a jump line may be: 接 or 转, and 版 or 页 soon after. 24 characters: 上接第一、二、三版 letter-spaced."""

_BLANKS = " \t\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_WORDS = frozenset("上下紧緊文续續接土卞")
"""The character before 接 or 转."""
_LEAD = frozenset(_BLANKS + "◀◁◄◂←⇐⬅▲△▶▷►▸→⇒➡▼▽↓↑☞☜«»<＜>＞—….■□◆◇●○★☆※（(【〔［[《〈｛{﹙︵﹁「『本全文章")
"""What stands before the words: arrows, bullets, a bracket."""
_ARROWS = _LEAD - frozenset("（(【〔［[《〈｛{﹙︵﹁「『本全文章")
_LINE_ENDS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_BACK, _AHEAD = 40, 120
"""A jump line reaches at most so far to both sides of the place: five arrows with blanks before it, a title behind."""


class Jump(NamedTuple):
    """Characters ``start:end`` are a jump line, arrows and brackets included."""

    start: int
    end: int
    kind: str
    """``continued_from`` or ``continued_on``."""
    page: str | None
    """The plain label, ``"2"`` or ``"A2"``; None where none is printed or it cannot be read."""
    rule: str


_Rules = tuple[Rule, ...]


def find(text: str, book: Rulebook | None = None) -> list[Jump]:
    """Every jump line of ``text``, in order, without overlap.

    >>> find("小麦丰收。(下转第2版)")
    [Jump(start=5, end=12, kind='continued_on', page='2', rule='jump.continued-on')]
    >>> [(j.kind, j.page) for j in find("◀ 上接 A01 版")]
    [('continued_from', 'A1')]
    >>> find("（相关报道见第四版）从山下转向山上")
    []
    """
    rules: _Rules = ()
    out: list[Jump] = []
    here = 0
    for place in _places(text):
        if place < here:
            continue
        first = _first(text, place, here)
        if first is None:
            continue
        rules = rules or _rules(book)
        m, rule = _best(text, first, place, rules)
        if m and rule:
            start, end = _trimmed(m)
            out.append(Jump(start, end, _kind(rule, m), _page(m), rule.id))
            here = end
    out = sorted(out + _slips(text, out, book))
    return _with_own(text, out, book) if book else out


def _places(text: str) -> Iterator[int]:
    """Where :data:`_NEAR` finds something: tried only where a character stands that it begins with."""
    here = 0
    for at in np.flatnonzero(_near_begins().take(code_points(text), mode="clip")).tolist():
        m = _NEAR.match(text, at) if at >= here else None
        if m:
            here = m.end()
            yield at


@cache
def _near_begins() -> NDArray[np.bool_]:
    """Code point → whether a find of :data:`_NEAR` may begin with it."""
    signs = begins(_NEAR)
    out = np.full(0x10000, signs is None)
    out[[ord(c) for c in signs or ()]] = True
    return out


def _first(text: str, place: int, here: int) -> int | None:
    """Where a jump line that has its 接 or 转 at ``place`` could begin at the earliest; None where there can be none."""
    low = max(here, place - _BACK)
    i = place
    while i > low and text[i - 1] in _BLANKS:
        i -= 1
    if i > low and text[i - 1] in _WORDS:
        i -= 1
    elif i > low and text[i - 1] not in _LEAD and text[i - 1] not in _LINE_ENDS:
        return None
    while i > low and text[i - 1] in _LEAD:
        i -= 1
    return i


def _best(text: str, first: int, place: int, rules: _Rules) -> tuple[re.Match[str] | None, Rule | None]:
    """The first rule of the tables that finds something across ``place``."""
    for rule in rules:
        pattern = rule.find
        for at in range(first, place + 1):
            m = pattern.match(text, at, place + _AHEAD)
            if m and m.end() > place:
                return m, rule
    return None, None


_BRACKETED = compile_pattern(r"[（(【〔［\[《〈](?=[^\n]{2,10}[第版])(?=[^\n）)】〕］\]》〉]{3,11}[）)】〕］\]》〉])")
_LABEL = compile_pattern("[A-ZＡ-Ｚ]?[0-9０-９]{1,3}|头|[一二三四五六七八九十]{1,3}")
_FORMS = {"上接第#版": "continued_from", "下转第#版": "continued_on", "紧接第#版": "continued_from", "紧转第#版": "continued_on"}
_TAKEN_FOR = {
    "接": "按拨授换楼投街阶结节捷杰介界届借姐皆揭",
    "转": "砖传轧较轮专赚撰轩",
    "上": "土止卜尚士工",
    "下": "不卞丁夏吓",
    "紧": "坚竖素系仅尽锦近进",
    "第": "弟笫策茅等苐",
    "版": "板饭贩皈叛扳胶极般扮牌片",
}
"""What shape readers and writers by sound put in the place of each character."""


def one_slip(inside: str) -> str | None:
    """The kind of the jump line that stands in brackets with a single slip: a character doubled, lost, swapped or misread.

    >>> one_slip("下转转第5版"), one_slip("上街第1版"), one_slip("上第接1版"), one_slip("下转第5")
    ('continued_on', 'continued_from', 'continued_from', 'continued_on')
    >>> one_slip("上海第1版"), one_slip("下见第5版"), one_slip("第5版")
    (None, None, None)
    """
    inside = "".join(c for c in inside if c not in _BLANKS)
    masked = _LABEL.sub("#", inside)
    if "#" not in masked or masked.count("#") > 2:
        return None
    for form, kind in _FORMS.items():
        if masked == form:
            return kind
        n = len(form)
        for k in range(n):
            doubled = form[: k + 1] + form[k:]
            lost = form[:k] + form[k + 1 :]
            swapped = form[:k] + form[k + 1 : k + 2] + form[k] + form[k + 2 :]
            if masked in (doubled, swapped) or (masked == lost and form[k] != "#"):
                return kind
            if (
                len(masked) == n
                and masked[:k] == form[:k]
                and masked[k + 1 :] == form[k + 1 :]
                and masked[k] in _TAKEN_FOR.get(form[k], "")
            ):
                return kind
    return None


def _slips(text: str, found: list[Jump], book: Rulebook | None) -> list[Jump]:
    """Bracketed jump lines with one slip, where no rule found anything."""
    rule = (book or load()).rules["jump.one-slip"]
    out: list[Jump] = []
    here = k = 0
    for near in _BRACKETED.finditer(text):
        at = near.start()
        while k < len(found) and found[k].end <= at:
            k += 1
        if at < here or (k < len(found) and found[k].start <= at):
            continue
        first = at
        while first > max(here, at - _BACK) and text[first - 1] in _ARROWS:
            first -= 1
        for start in range(first, at + 1):
            m = rule.find.match(text, start, at + _AHEAD)
            kind = one_slip(m["inside"]) if m else None
            if m and kind:
                begin, here = _trimmed(m)
                label = _LABEL.search(m["inside"])
                out.append(Jump(begin, here, kind, page_label(label.group()) if label else None, rule.id))
                break
    return out


def _with_own(text: str, found: list[Jump], book: Rulebook) -> list[Jump]:
    """A user's own jump rules may hold other words than ours: they look everywhere, and stand where the two meet."""
    ours = load().rules
    own: list[Jump] = []
    for rule in _rules(book):
        for m in () if rule is ours.get(rule.id) else rule.find.finditer(text):
            start, end = _trimmed(m)
            if not any(j.start < end and start < j.end for j in own):
                own.append(Jump(start, end, _kind(rule, m), _page(m), rule.id))
    return sorted(own + [j for j in found if not any(j.start < o.end and o.start < j.end for o in own)])


@cache
def _rules(book: Rulebook | None) -> _Rules:
    return tuple(r for r in (book or load()).rules.values() if r.id != "jump.one-slip" and r.then in ("continued_from", "continued_on"))


def _trimmed(m: re.Match[str]) -> tuple[int, int]:
    """The span without blanks at its ends: they belong to the line."""
    text, start, end = m.string, m.start(), m.end()
    while text[start] in " \t\u3000\u00a0\u2000-\u200a\u202f":
        start += 1
    while text[end - 1] in " \t\u3000\u00a0\u2000-\u200a\u202f":
        end -= 1
    return start, end


def _kind(rule: Rule, m: re.Match[str]) -> str:
    """The rule's own kind, unless the pattern serves both ways and found the word of the other.

    緊接 is printed both ways: over a continuation, and in Hong Kong at the end of a text, in the line of its last words.
    """
    if m.groupdict().get("from"):
        return "continued_from"
    if rule.then == "continued_from" and _NEXT.search(m.group()) and _ENDED.search(m.string, max(m.start() - 6, 0), m.start()):
        return "continued_on"
    return rule.then


_NEXT = compile_pattern("緊[ \t\u3000\u00a0]{0,4}接")
_ENDED = compile_pattern("[\u3400-\u9fff。！？…”」』][ \t\u3000\u00a0]{0,4}\\Z")


def _page(m: re.Match[str]) -> str | None:
    named = m.groupdict()
    label = next((v for k, v in named.items() if k.startswith("page") and v), None)
    if not label:
        return None
    if label == "头":
        return "1"
    label = re.sub("[ \t\u3000\u00a0\u2000-\u200a\u202f-]|－", "", label)
    if any(v in ("页", "頁") for k, v in named.items() if k.startswith("unit")):
        number = han_number(label)
        return str(number) if number else None
    return page_label(label)
