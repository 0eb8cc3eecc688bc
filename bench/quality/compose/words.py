"""The composer's grammar: slots, patterns and the functions that make names, numbers and dates.

The tables stand in ``words.toml``; :class:`Speech` fills patterns from them with one random source, so that the
same seed says the same thing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from bench.quality.compose import corpus

HAN = "〇一二三四五六七八九"
WIDE = {c: c + 0xFEE0 for c in range(0x30, 0x7B) if chr(c).isalnum()}
FOCUS = (
    "thing",
    "theme",
    "firm",
    "city",
    "province",
    "county",
    "quoteword",
    "ministry",
    "country",
    "foreign_city",
    "team",
    "sport",
    "book",
    "shape",
    "person",
    "art",
    "nature",
)
PLACE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1)
def tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    raw = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    slots = {k: v.split() for k, v in raw["slot"].items()}
    patterns = {k: [line for line in v.split("\n") if line.strip()] for k, v in raw["pattern"].items()}
    return slots, patterns


@cache
def parsed(pattern: str) -> tuple[tuple[str, bool], ...]:
    """A pattern as literals and slots."""
    out, here = [], 0
    for m in PLACE.finditer(pattern):
        if m.start() > here:
            out.append((pattern[here : m.start()], False))
        out.append((m[1], True))
        here = m.end()
    if here < len(pattern):
        out.append((pattern[here:], False))
    return tuple(out)


def han_number(n: int) -> str:
    """1–99 in Han numerals.

    >>> han_number(24), han_number(10), han_number(31)
    ('二十四', '十', '三十一')
    """
    tens, ones = divmod(n, 10)
    head = "" if not tens else ("十" if tens == 1 else HAN[tens] + "十")
    return (head + (HAN[ones] if ones else "")) or HAN[0]


def wide(text: str) -> str:
    """Digits and Latin letters in full width.

    >>> wide("1998年GDP")
    '１９９８年ＧＤＰ'
    """
    return text.translate(WIDE)


class Speech:
    """Fills patterns."""

    def __init__(self, rng: Random, now: int = 2000) -> None:
        self.rng = rng
        self.now = now
        self.focus: dict[str, str] = {}
        self.people: list[str] = []
        self.matter: tuple[str, ...] = ()
        """What the story at hand is about: its words come back, as in print."""
        self.slots, self.patterns = tables()
        self.made: dict[str, Callable[[], str]] = {
            "name": self.name,
            "foreign_name": self.foreign_name,
            "n": self.number,
            "pct": self.percent,
            "han": self.han,
            "clause": self.clause,
            "place": self.place,
            "year": self.year,
            "digit": lambda: str(rng.randint(2, 9)),
            "sname": lambda: self.name_spaced(),
            "paper_name": lambda: self.pick("paper_head") + self.pick("paper_end"),
            "day": lambda: str(rng.randint(1, 30)),
            "month": lambda: str(rng.randint(1, 12)),
        }

    def fill(self, pattern: str) -> str:
        out = []
        for part, slot in parsed(pattern):
            if not slot:
                out.append(part)
            elif part in self.made:
                out.append(self.made[part]())
            elif part in self.slots:
                out.append(self.rng.choice(self.slots[part]))
            else:
                out.append(self.say(part))
        return "".join(out)

    def say(self, kind: str) -> str:
        return self.fill(self.rng.choice(self.patterns[kind]))

    def pick(self, slot: str) -> str:
        if slot in self.focus and self.rng.random() < 0.6:
            return self.focus[slot]
        return self.rng.choice(self.slots[slot])

    def turn_to(self, matter: tuple[str, ...]) -> None:
        """Take up a story: its place, trade, people and clauses."""
        self.turn_away()
        self.focus = {slot: self.rng.choice(self.slots[slot]) for slot in FOCUS}
        self.people = [self.name() for _ in range(self.rng.randint(1, 4))]
        self.matter = matter

    def turn_away(self) -> None:
        self.focus, self.people, self.matter = {}, [], ()

    def name(self) -> str:
        r = self.rng
        if self.people and r.random() < 0.6:
            return r.choice(self.people)
        return self.pick("surname") + "".join(r.choice(self.slots["given"]) for _ in range(1 if r.random() < 0.3 else 2))

    def name_spaced(self) -> str:
        n = self.name()
        return n[0] + self.rng.choice((" ", "　", "  ")) + n[1] if len(n) == 2 else n

    def foreign_name(self) -> str:
        r = self.rng
        parts = [
            "".join(r.choice(self.slots["syllable"]) for _ in range(r.choice((2, 2, 3, 3, 4)))) for _ in range(r.choice((1, 1, 2, 2, 3)))
        ]
        return "·".join(parts)

    def number(self) -> str:
        r = self.rng
        n = r.choice((r.randint(2, 99), r.randint(100, 9999), r.randint(10, 999)))
        return f"{n}.{r.randint(1, 9)}" if r.random() < 0.25 else str(n)

    def percent(self) -> str:
        r = self.rng
        return r.choice(
            (
                f"{r.randint(1, 60)}.{r.randint(1, 9)}%",
                f"{r.randint(2, 95)}%",
                f"百分之{han_number(r.randint(2, 95))}",
                f"{r.randint(2, 9)}成",
            )
        )

    def han(self) -> str:
        return han_number(self.rng.randint(1, 12))

    def year(self) -> str:
        return str(self.now - int(self.rng.expovariate(0.15)))

    def firm(self) -> str:
        return self.pick("firm")

    def clause(self) -> str:
        if self.matter and self.rng.random() < 0.75:
            return self.rng.choice(self.matter)
        return corpus.clause(self.rng, self.now)

    def place(self) -> str:
        r = self.rng.random()
        if r < 0.35:
            return self.pick("city")
        if r < 0.65:
            return self.pick("province")
        if r < 0.85:
            return self.pick("province") + self.pick("county")
        return self.pick("country")


def han_big(n: int) -> str:
    """Up to 99,999 in Han numerals, as old papers print.

    >>> han_big(1997), han_big(305), han_big(10)
    ('一千九百九十七', '三百零五', '十')
    """
    if n < 100:
        return han_number(n)
    out, gap = "", False
    for unit, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        d = n // unit % 10
        if d:
            out += ("零" if gap and out else "") + HAN[d] + name
            gap = False
        elif out:
            gap = True
    return out
