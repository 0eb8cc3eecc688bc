"""Finds jump lines, the printed notes （下转第四版） and (上接第1版), wherever they stand in a source.

A find says which way the article goes on and on which page; the text stays as it is. Cross-references such as
（相关报道见第四版） and look-alikes such as 从山下转向山上 are no jump lines. The forms are in ``rules/jumps.toml``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from qingyang.numerals import han_number, page_label
from qingyang.rulebook import Rule, Rulebook, load

_NEAR = re.compile("[接转轉续續按拨砖传未待Cc](?:(?<=[未待Cc])(?:[ \t\u3000\u00a0\u2000-\u200a\u202f]{0,4}[完续續]|ontinued|ONTINUED)|(?=[^\n\r]{0,24}?[版页頁缝饭板贩皈叛胶]))")
"""Where a jump line may be: 接 or 转, and 版 or 页 soon after. 24 characters: 上接第一、二、三版 letter-spaced."""

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


def find(text: str, book: Rulebook | None = None) -> list[Jump]:
    """Every jump line of ``text``, in order, without overlap.

    >>> find("小麦丰收。(下转第2版)")
    [Jump(start=5, end=13, kind='continued_on', page='2', rule='jump.continued-on')]
    >>> [(j.kind, j.page) for j in find("◀ 上接 A01 版")]
    [('continued_from', 'A1')]
    >>> find("（相关报道见第四版）从山下转向山上")
    []
    """
    rules = _rules(book)
    out: list[Jump] = []
    here = 0
    for near in _NEAR.finditer(text):
        place = near.start()
        if place < here:
            continue
        for rule in rules:
            m = rule.find.search(text, max(here, place - _BACK), place + _AHEAD)
            if m and m.start() <= place < m.end():
                start, end = _trimmed(m)
                kind, page = _kind(rule, m), _page(m)
                out.append(Jump(start, end, kind, page, rule.id))
                here = end
                break
    return out


@cache
def _rules(book: Rulebook | None) -> tuple[Rule, ...]:
    return tuple(r for r in (book or load()).rules.values() if r.then in ("continued_from", "continued_on"))


def _trimmed(m: re.Match[str]) -> tuple[int, int]:
    """The span without blanks at its ends: they belong to the line."""
    text, start, end = m.string, m.start(), m.end()
    while text[start] in " \t\u3000\u00a0\u2000-\u200a\u202f":
        start += 1
    while text[end - 1] in " \t\u3000\u00a0\u2000-\u200a\u202f":
        end -= 1
    return start, end


def _kind(rule: Rule, m: re.Match[str]) -> str:
    """The rule's own kind, unless the pattern serves both ways and found the word of the other."""
    return "continued_from" if m.groupdict().get("from") else rule.then


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
