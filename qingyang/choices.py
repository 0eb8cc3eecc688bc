"""The conversions that a table decides, or leaves open: phrases OpenCC joins wrongly, readings that hang on the next
character, words that Taiwan uses for software only.

The table is ``rules/scripts.toml``; positions are those of the Simplified text, and nothing is converted here.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qingyang.records import RuleError
from qingyang.rulebook import marked


class Words:
    """Where the words of a text begin and end: ``3 in words`` tells whether one begins (or the last ends) at 3."""

    def __init__(self, starts: Sequence[int]) -> None:
        self.starts = starts

    def __contains__(self, position: int) -> bool:
        at = bisect_left(self.starts, position)
        return at < len(self.starts) and self.starts[at] == position

    def alone(self, position: int) -> bool:
        """Whether the character at ``position`` is a word of its own."""
        return position in self and position + 1 in self


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading decided by context, or (``options`` not empty) left open with its alternatives."""

    id: str
    find: re.Pattern[str]
    why: str
    examples: tuple[str, ...]
    word: bool = False
    """Only where the character is a word of its own."""
    to: str = ""
    options: tuple[str, ...] = ()
    """What may stand there."""
    confidence: float = 0.0

    def at(self, text: str, position: int, words: Words) -> bool:
        """Whether the rule applies to the character at ``position``."""
        return self.find.match(text, position) is not None and (not self.word or words.alone(position))


@dataclass(frozen=True, slots=True)
class Table:
    """``rules/scripts.toml``, ready for use."""

    boundaries: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, str]
    choices: Mapping[str, tuple[Choice, ...]]
    """By the character they are about."""
    phrases: re.Pattern[str]
    """Every key of boundaries and forms."""
    characters: re.Pattern[str]
    """Every key of choices."""
    terms: re.Pattern[str]
    """The bare words of the terms; :func:`terms` judges what stands around them."""
    around: Mapping[str, re.Pattern[str]]
    shared: frozenset[str]
    same: Mapping[int, str]


@cache
def table() -> Table:
    """The table, read once."""
    return parse((files("qingyang") / "rules" / "scripts.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Table:
    """A table from its text. Raises RuleError that names the rule."""
    data = tomllib.loads(text)
    boundaries = {entry.replace("|", ""): tuple(entry.split("|")) for entry in data["boundaries"]["list"].split()}
    forms = dict(entry.split("=") for entry in data["forms"]["list"].split())
    by_character: dict[str, tuple[Choice, ...]] = {}
    for row in [*data["choice"], *data["ambiguous"]]:
        choice = Choice(
            row["id"], re.compile(row["find"]), row["why"], tuple(row["examples"]), row.get("word", False),
            row.get("to", ""), tuple(row.get("or", ())), row.get("confidence", 0.0),
        )  # fmt: skip
        places = [(plain, spans) for plain, spans in map(marked, choice.examples)]
        hits = {plain[start:end] for plain, spans in places for start, end in spans}
        if len(hits) != 1 or len(next(iter(hits))) != 1 or all(spans for _, spans in places):
            raise RuleError(f"scripts.toml: rule {choice.id}: the examples must mark one character, the same in each, and show a miss")
        character = hits.pop()
        by_character[character] = (*by_character.get(character, ()), choice)
    around = {re.sub(r"\(\?.*?\)", "", term): re.compile(term) for term in data["terms"]["keep"]}
    return Table(
        boundaries,
        forms,
        by_character,
        re.compile("|".join(sorted(map(re.escape, {**boundaries, **forms}), key=len, reverse=True))),
        re.compile(f"[{''.join(by_character)}]"),
        re.compile("|".join(sorted(around, key=len, reverse=True))),
        around,
        frozenset(data["shared"]["characters"]),
        {ord(pair[0]): pair[1] for pair in data["back"]["same"].split()},
    )


def decide(text: str, words: Words) -> Iterator[tuple[int, Choice]]:
    """Places of ``text`` that a rule of the table is about, with the rule.

    >>> [(at, choice.id) for at, choice in decide("走了八里路", Words([0, 1, 2, 3, 4, 5]))]
    [(3, 'script.li-distance')]
    """
    rules = table()
    for match in rules.characters.finditer(text):
        for choice in rules.choices[match[0]]:
            if choice.at(text, match.start(), words):
                yield match.start(), choice
                break


def terms(text: str) -> list[tuple[int, int]]:
    """Places of the words that Taiwan uses for software only and that mean something else here.

    >>> terms("声明支持计算机程序")
    [(0, 2), (2, 4)]
    """
    rules = table()
    return [match.span() for match in rules.terms.finditer(text) if rules.around[match[0]].match(text, match.start())]
