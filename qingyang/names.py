"""People's names whose first character is shared with another word: 范长江 is no pattern, 于伟国 no preposition.

The tables stand in ``rules/names.toml``. A name is taken for one on evidence only: it is a credited author's, it stands
beside a title, or in a list of names, or its character begins hardly any other word. What falls short is reported as doubtful.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_NEVER_GIVEN = frozenset("的了着过与和在是为将及并不也都而以就还又被把这那其")
_NUMERAL = frozenset("０１２３４５６７８９0123456789〇一二三四五六七八九十百千万亿几数多")
_DELIMITER = frozenset("、，,（(：: 　\n\x1e；;）)。·•●△“”")


class Name(NamedTuple):
    """Characters ``start:end`` are a person's name; ``sure`` is False where the evidence is thin."""

    start: int
    end: int
    surname: int
    """Number of characters of the family name."""
    sure: bool


@dataclass(frozen=True, slots=True)
class Surname:
    """A family name and what else its character begins."""

    source: str
    to: str
    evidence: str
    """free: the name unless it begins a common word; context: beside a title or in a list; title: beside a title only."""
    ordinary: frozenset[str]
    why: str
    counted: bool
    """Follows numbers in another sense: 十余, 三种, 两台."""


@dataclass(frozen=True, slots=True)
class Table:
    """``rules/names.toml``, ready for use."""

    surnames: dict[str, Surname]
    first: re.Pattern[str]
    """The first character of every family name."""
    given: re.Pattern[str]
    """The characters of given names that are judged."""
    before: frozenset[str]
    after: frozenset[str]
    titles: frozenset[str]
    """Both."""
    address: frozenset[str]
    keep: dict[str, str]
    either: dict[str, tuple[str, ...]]


@cache
def table() -> Table:
    """The table, read once."""
    data = tomllib.loads((files("qingyang") / "rules" / "names.toml").read_text(encoding="utf-8"))
    surnames = {
        row["form"]: Surname(
            row["form"],
            row.get("to", row["form"]),
            row["evidence"],
            frozenset(row["ordinary"].split()),
            row["why"],
            row.get("counted", False),
        )
        for row in data["surname"]
    }
    return Table(
        surnames=surnames,
        first=re.compile(f"[{''.join(form[0] for form in surnames)}]"),
        given=re.compile(f"[{''.join(entry[0] for key in ('keep', 'either') for entry in data['given'][key].split())}]"),
        before=frozenset(data["titles"]["before"].split()),
        after=frozenset(data["titles"]["after"].split()),
        titles=frozenset(f"{data['titles']['before']} {data['titles']['after']}".split()),
        address=frozenset(data["titles"]["address"].split()),
        keep={pair[0]: pair[1] for pair in data["given"]["keep"].split()},
        either={entry[0]: tuple(entry[1:]) for entry in data["given"]["either"].split()},
    )


@cache
def _family_names() -> frozenset[str]:
    data = tomllib.loads((files("qingyang") / "rules" / "surnames.toml").read_text(encoding="utf-8"))
    return frozenset("".join(data["single"].split()))


def find(
    words: Sequence[str], knows: Callable[[str], bool], authors: Iterable[str] = (), starts: Sequence[int] = (), text: str = ""
) -> list[Name]:
    """The names in ``words`` (which join to the text) in which a character of the table stands.

    ``knows`` tells whether a word stands in the dictionary of the segmenter; ``authors`` are taken for names wherever they stand.

    >>> words = ["记者", "范长江", "在", "一定", "范围", "内", "采访"]
    >>> find(words, {"范围"}.__contains__)
    [Name(start=2, end=5, surname=1, sure=True)]
    """
    names = table()
    found: dict[int, Name] = {}
    text = text or "".join(words)
    starts = starts or list(accumulate(map(len, words), initial=0))
    for match in names.first.finditer(text):
        start = match.start()
        index = bisect_left(starts, start)
        if starts[index] == start and (name := _judge(words, index, start, knows)):
            found[start] = name
    for match in names.given.finditer(text):
        index = bisect_right(starts, match.start()) - 1
        if (start := starts[index]) not in found and (name := _judge_given(words, index, start, knows)):
            found[start] = name
    known = {author for author in authors if len(author) > 1 and (surname_of(author) or names.given.search(author, 1))}
    known |= {text[n.start : n.end] for n in found.values() if n.sure and n.end - n.start - n.surname > 1}
    end = 0
    for at, size in sorted((at, -len(name)) for name in known for at in _places(name, text)):
        if at >= end:
            end = at - size
            head = surname_of(text[at:end])
            found[at] = Name(at, end, len(head.source) if head else 1, True)
    out: list[Name] = []
    for name in sorted(found.values()):
        if not out or name.start >= out[-1].end:
            out.append(name)
    return out


def _places(name: str, text: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + 1)


def surname_of(name: str) -> Surname | None:
    """The row of the table that ``name`` begins with."""
    surnames = table().surnames
    return surnames.get(name[:2]) or surnames.get(name[:1])


def _judge(words: Sequence[str], index: int, start: int, knows: Callable[[str], bool]) -> Name | None:
    """Weighs the evidence for one place; two points make a name, one a doubt."""
    names = table()
    word = words[index]
    if word == "万" and index + 1 < len(words) and words[index + 1][0] == "俟":
        word = word + words[index + 1]
        following = index + 2
    else:
        following = index + 1
    head = surname_of(word)
    if head is None:
        return None
    size = len(head.source)
    given = word[size:]
    joined = bool(given)
    # 于|幼军: the segmenter left the family name alone.
    if not given and following < len(words):
        given = words[following]
        if not HAN.match(given) or len(given) > 2 or (len(given) == 2 and knows(given)) or given in names.titles:
            return _before_title(words, index, following, start, head)
        following += 1
        further = words[following] if following < len(words) else "\n"
        if size == len(given) == len(further) == 1 and HAN.match(further) and head.evidence == "free":
            given += further
            following += 1
    if not given or not HAN.match(given) or len(given) > 3 or given[0] in _NEVER_GIVEN:
        return None
    if _is_ordinary(head, given, joined and knows(word)):
        return None
    if head.counted and index and words[index - 1][-1] in _NUMERAL:
        return None
    points = 2 if head.evidence == "free" and (joined or size + len(given) == 3) else 0
    points += _beside(words, index, following, knows, titles_only=head.evidence == "title")
    if joined and not knows(word):
        points += len(given) == 2
    if points < 1 or (points == 1 and (head.evidence == "title" or not joined or len(given) < 2 or knows(word))):
        return None
    return Name(start, start + size + len(given), size, points >= 2)


def _judge_given(words: Sequence[str], index: int, start: int, knows: Callable[[str], bool]) -> Name | None:
    """张光斗, 高占祥: a character of the table in a given name after any family name."""
    word = words[index]
    if not 2 <= len(word) <= 3 or word[0] not in _family_names() or not table().given.search(word, 1):
        return None
    points = _beside(words, index, index + 1, knows)
    if len(word) == 3 and not knows(word):
        # 李占荣: hardly a word has 占 or 斗 in its middle.
        points += 1 + (word[1] in table().keep and word[1] != "里")
    return Name(start, start + len(word), 1, True) if points >= 2 else None


def _beside(words: Sequence[str], index: int, following: int, knows: Callable[[str], bool], titles_only: bool = False) -> int:
    """Points for what stands around a possible name: a title, or the commas of a list."""
    previous = words[index - 1] if index else "\n"
    after = words[following] if following < len(words) else "\n"
    points = 2 * _is_title(previous) + 2 * (after in table().after)
    if previous[-1] in _DELIMITER and not titles_only:
        points += 1
        points += after[0] in _DELIMITER and after[0] not in "，。 "
        points += previous[-1] == "、" and _neighbour_is_name(words, index - 2, knows)
    return points


def _before_title(words: Sequence[str], index: int, following: int, start: int, head: Surname) -> Name | None:
    """钟小姐, 余先生, 岳书记: a family name alone before a form of address."""
    if following >= len(words) or words[following] not in table().address or words[index] != head.source:
        return None
    if index and head.counted and words[index - 1][-1] in _NUMERAL:
        return None
    size = len(head.source)
    return Name(start, start + size, size, True)


def _is_ordinary(head: Surname, given: str, known: bool) -> bool:
    """What follows makes a common word: 范围, 台湾独立, 于世."""
    return given in head.ordinary or any(given.startswith(o) and (known or len(o) > 1) for o in head.ordinary)


def _is_title(word: str) -> bool:
    before = table().before
    return word in before or (len(word) > 2 and (word[-2:] in before or word[-3:] in before))


def _neighbour_is_name(words: Sequence[str], index: int, knows: Callable[[str], bool]) -> bool:
    """In 、于净和: the member before is two or three characters that begin with a family name and are no word."""
    if index < 0:
        return False
    word = words[index]
    return 2 <= len(word) <= 3 and word[0] in _family_names() and not knows(word)
