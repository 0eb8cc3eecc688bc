"""Names that contradict themselves: one name spelled two ways in an article, a country that follows itself.

Both spellings may be right, two brothers differ in one character too; so the odd one must stand once, the other oftener,
and a Chinese name must differ by characters that look or sound alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from qingyang.fields import surnames
from qingyang.flagging import guards
from qingyang.flagging.channel import confusions
from qingyang.flagging.language import language, rules
from qingyang.records import Flag

_COUNTRIES = rules()["characters"]["countries"]
_MORE_SYLLABLES = frozenset(rules()["names"]["more_syllables"])
_ECHO = re.compile(rf"(?P<a>[{_COUNTRIES}])(?P<b>[{_COUNTRIES}])(?P=a)")


def echoes(paragraphs: Sequence[str]) -> list[Flag]:
    """Two countries in one character each, and the first of them again: 欧中欧.

    >>> [(f["start"], f["end"], f["suggestion"]) for f in echoes(["推动德中、欧中欧关系持续良好发展。"])]
    [(5, 8, '欧中')]
    >>> echoes(["在对美中美方的立场", "中日中学生交流"])
    []
    """
    flags: list[Flag] = []
    for para, text in enumerate(paragraphs):
        for m in _ECHO.finditer(text):
            rest = text[m.end() - 1 : m.end() + 3]
            if m["a"] == m["b"] or any(rest[:n] in language().number for n in (2, 3, 4) if len(rest) >= n):
                continue
            pair = m["a"] + m["b"]
            why = f"{m['a']} stands on both sides of {m['b']}: {pair} are already two"
            flags.append(Flag(para=para, start=m.start(), end=m.end(), rule="flag.echo", suggestion=pair, why=why, confidence=0.8))
    return flags


@lru_cache(maxsize=1)
def _person() -> re.Pattern[str]:
    """A name of three characters after a title; lists hold many people of similar names."""
    single, double = surnames()
    family = f"(?:{'|'.join(sorted(double))}|[{''.join(sorted(single))}])"
    titles = "|".join(sorted((t for t in guards.TITLES if len(t) > 1), key=len, reverse=True))
    return re.compile(rf"(?:{titles})(?P<name>{family}[\u4e00-\u9fff]{{2}})")


@lru_cache(maxsize=1)
def _run() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(language().foreign | _MORE_SYLLABLES))}]{{4}}")


def _foreign(paragraphs: Sequence[str]) -> set[str]:
    """Runs of four and more characters that spell foreign names."""
    tongue = language()
    syllables = tongue.foreign | _MORE_SYLLABLES
    found: set[str] = set()
    for text in paragraphs:
        if not _run().search(text):
            continue
        run = ""
        for word in [*tongue.cut(text), ""]:
            if word and syllables.issuperset(word):
                run += word
            else:
                if len(run) > 3:
                    found.add(run)
                run = ""
    return found


def two_spellings(paragraphs: Sequence[str]) -> list[Flag]:
    """Names that stand once in an article beside a spelling of the same name that stands more than once.

    >>> text = ["市长徐匡迪出席。徐匡迪指出，要抓紧。", "市长徐匡油会见外宾。"]
    >>> [(f["para"], f["start"], f["suggestion"]) for f in two_spellings([*text, "市长徐匡敌会见外宾。"])]
    [(2, 2, '徐匡迪')]
    >>> text = ["以色列总理内塔尼亚胡说，内塔尼亚胡政府愿意谈判。", "内塔亚胡还说，不会让步。"]
    >>> [(f["para"], f["suggestion"]) for f in two_spellings(text)]
    [(1, '内塔尼亚胡')]
    """
    whole = "\n".join(paragraphs)
    people = {m["name"] for m in _person().finditer(whole)}
    return [*_odd(paragraphs, whole, people, alike=True), *_odd(paragraphs, whole, _foreign(paragraphs), alike=False)]


def _odd(paragraphs: Sequence[str], whole: str, names: set[str], *, alike: bool) -> list[Flag]:
    if len(names) < 2:
        return []
    counts = Counter({name: whole.count(name) for name in names})
    often = [name for name, n in counts.items() if n > 1]
    flags: list[Flag] = []
    for odd in sorted(name for name, n in counts.items() if n == 1):
        twins = [name for name in often if _one_apart(odd, name, alike)]
        if len(twins) != 1:
            continue
        twin = twins[0]
        for para, text in enumerate(paragraphs):
            at = text.find(odd)
            if at < 0 or f"{twin}、{odd}" in text or f"{odd}、{twin}" in text:
                continue
            why = f"{odd} once, {twin} {counts[twin]} times in this article"
            flags.append(Flag(para=para, start=at, end=at + len(odd), rule="flag.spelling", suggestion=twin, why=why, confidence=0.6))
    return flags


def _one_apart(a: str, b: str, alike: bool) -> bool:
    """Whether two names differ in one character, which in Chinese names must look or sound alike."""
    if alike:
        different = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
        return len(a) == len(b) and len(different) == 1 and different[0][1] in confusions().any(different[0][0])
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return len(long) - len(short) == 1 and len(short) > 3 and any(long[:i] + long[i + 1 :] == short for i in range(1, len(short)))
