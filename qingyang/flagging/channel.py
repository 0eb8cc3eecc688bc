"""Characters dropped, doubled, swapped or mistaken for another: where a repair makes the printed words far more probable.

Damage breaks a word of the dictionary into single characters that stand badly beside each other. At such spots the
repairs are tried, what surrounds them is cut into words again, and the gain in log probability is what speaks; what is
known about print, about names and about the rest of the article weighs for or against. Numerals and the ends of
paragraphs are passed over, because there the table knows nothing.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import accumulate
from typing import NamedTuple

from qingyang.flagging import guards, weights
from qingyang.flagging.language import Language, is_han, language, rules
from qingyang.flagging.weights import LEAST_GAIN
from qingyang.records import Flag

SPOT = -16.0
"""A single character is looked at when its two steps together are less probable than this (log): 6 % of all characters,
and 95 % of the single characters that injected errors leave behind."""
FREQUENT = -9.5
"""Only characters this probable as a word of their own (log) replace a single character: some 400."""


BETWEEN = frozenset("地合")
"""Characters looked at wherever they stand alone: often printed for 的 and 和, and too frequent to stand badly."""
WANDERING = frozenset("的了地个和在是与为对就也都要这")
"""Frequent words that slip between the characters of another: 形的成."""
PARTICLES = frozenset("的了和与或及而之")
"""Stand in few words, and beside so many: runs with one of them are not looked up as a damaged word."""
LAST_STAND_IN = 2
"""Words up to this number in the table are the paragraph's edge, numbers and Latin words."""
LONGEST = 5
"""Runs of more characters than this are not looked up as one damaged word."""
GENEROUS = 2.0
"""A word never seen beside its neighbour is at most this much likelier there than alone (log)."""


class Repair(NamedTuple):
    """Words ``first:last`` of a paragraph read ``text`` instead."""

    gain: float
    first: int
    last: int
    text: str
    kind: str


class Confusions:
    """What a character may have been: look-alikes of ``rules/lookalikes.toml`` and homophones of the word table."""

    def __init__(self, tongue: Language) -> None:
        table = tomllib.loads(resources.files("qingyang").joinpath("rules", "lookalikes.toml").read_text("utf-8"))
        like: defaultdict[str, set[str]] = defaultdict(set)
        for group in str(table["groups"]).split():
            for c in group:
                like[c].update(group.replace(c, ""))
        self._like = dict(like)
        self._tongue = tongue
        self._any: dict[str, frozenset[str]] = {}
        self._single: dict[str, tuple[dict[int, str], list[int]]] = {}

    def kind(self, was: str, now: str) -> str:
        return "lookalike" if now in self._like.get(was, ()) else "homophone"

    def any(self, c: str) -> frozenset[str]:
        found = self._any.get(c)
        if found is None:
            found = self._any[c] = frozenset(self._tongue.homophones(c) | self._like.get(c, set()))
        return found

    def single(self, c: str) -> tuple[dict[int, str], list[int]]:
        """Those that are frequent words by themselves: number of the word and kind of confusion; the eight most probable."""
        found = self._single.get(c)
        if found is None:
            number, alone = self._tongue.number, self._tongue.alone
            numbers = [n for x in self.any(c) if (n := number.get(x)) is not None and alone[n] > FREQUENT]
            numbers.sort(key=lambda n: (-alone[n], n))
            found = self._single[c] = {n: self.kind(c, self._tongue.words[n]) for n in numbers}, numbers[:8]
        return found


@lru_cache(maxsize=1)
def confusions() -> Confusions:
    return Confusions(language())


class Paragraph:
    """The words of one paragraph and how well each follows the one before."""

    def __init__(self, text: str, tongue: Language) -> None:
        self.text = text
        self.tongue = tongue
        self.words = tongue.cut(text)
        self.numbers = tongue.lookups(self.words)
        self.chances = tongue.chances(self.numbers)

    def spots(self) -> list[int]:
        """Single characters that stand badly between two Han words or marks that are no numerals, and are no name."""
        c, numbers, words = self.chances, self.numbers, self.words
        found = [
            i
            for i, w in enumerate(words)
            if len(w) == 1 and (c[i] + c[i + 1] < SPOT or (i and words[i - 1] == w) or w in BETWEEN) and "\u4e00" <= w <= "\u9fff"
        ]
        strong, numeral = guards.STRONG, guards.NUMERALS
        return [
            i
            for i in found
            if numbers[i] > LAST_STAND_IN
            and numbers[i + 2] > LAST_STAND_IN
            and strong.isdisjoint(words[max(0, i - 2) : i + 1])
            and words[i] not in numeral
            and words[i - 1] not in numeral
            and words[i + 1] not in numeral
        ]

    def gain(self, first: int, last: int, text: str) -> float:
        """Gain if words ``first:last`` read ``text``, everything around cut again."""
        a, b = max(0, first - 2), min(len(self.words), last + 2)
        again = "".join(self.words[a:first]) + text + "".join(self.words[last:b])
        lookup, steps = self.tongue.lookup, self.tongue.steps
        before, total = self.numbers[a], 0.0
        for word in self.tongue.cut(again):
            number = lookup(word)
            total += steps[before << 20 | number]
            before = number
        return total + steps[before << 20 | self.numbers[b + 1]] - sum(self.chances[a : b + 1])


def _readings(s: str, tongue: Language) -> Iterator[tuple[str, int]]:
    """Words that a run of two to six printed characters may have been: the kind of damage, the word's number."""
    number, confused = tongue.number, confusions()
    if len(s) < 6:
        for n in tongue.shorter(s):
            yield "dropped", n
    if len(s) == 2:
        x, y = s[0], s[1]
        before, after = tongue.beside
        for c in confused.any(x).intersection(before.get(y, ())):
            yield confused.kind(x, c), number[c + y]
        for c in confused.any(y).intersection(after.get(x, ())):
            yield confused.kind(y, c), number[x + c]
        if x != y and (swapped := number.get(y + x)) is not None:
            yield "swapped", swapped
        return
    for k, x in enumerate(s):
        head, tail = s[:k], s[k + 1 :]
        for n in tongue.shorter(head + tail):
            word = tongue.words[n]
            if len(word) == len(s) and word.startswith(head) and word.endswith(tail) and word[k] in confused.any(x):
                yield confused.kind(x, word[k]), n
        if tail and x != tail[0] and (swapped := number.get(head + tail[0] + x + tail[1:])) is not None:
            yield "swapped", swapped


def _joins(paragraph: Paragraph, i: int) -> bool:
    """Whether words meet in a longer word when word ``i`` is left out."""
    words, known = paragraph.words, paragraph.tongue.number
    if not 0 < i < len(words) - 1:
        return False
    left, right = words[i - 1], words[i + 1]
    if left + right in known or left[-1] + right in known or left + right[0] in known or left[-1] + right[0] in known:
        return True
    if len(left) == 1 and i > 1 and words[i - 2] + left + right in known:
        return True
    return len(right) == 1 and i + 2 < len(words) and left + right + words[i + 2] in known


class Candidates:
    """The words that could stand at one spot instead of what is printed, by kind of damage."""

    def __init__(self, paragraph: Paragraph) -> None:
        self.paragraph = paragraph
        self.rows: dict[str, list[tuple[float, int, int, int]]] = {}

    def offer(self, first: int, last: int, readings: Iterable[tuple[str, int]]) -> None:
        """Keeps the readings of words ``first:last`` that could gain enough; what is not known is first thought generous."""
        paragraph = self.paragraph
        steps, alone = paragraph.tongue.steps, paragraph.tongue.alone
        known = steps.get
        left, right = paragraph.numbers[first] << 20, paragraph.numbers[last + 1]
        printed, generous = sum(paragraph.chances[first : last + 1]), alone[right] + GENEROUS
        for kind, n in readings:
            least = LEAST_GAIN[kind] + printed
            if (known(left | n) or alone[n] + GENEROUS) + (known(n << 20 | right) or generous) > least:
                gain = steps[left | n] + steps[n << 20 | right] - least
                if gain > 0:
                    self.rows.setdefault(kind, []).append((gain, first, last, n))

    def best(self) -> Iterator[Repair]:
        """The best of each kind, the three most promising of which are cut again with all around them."""
        paragraph, words = self.paragraph, self.paragraph.tongue.words
        for kind, rows in self.rows.items():
            rows.sort(reverse=True)
            yield max(Repair(paragraph.gain(first, last, words[n]), first, last, words[n], kind) for _, first, last, n in rows[:3])


def repairs(paragraph: Paragraph) -> list[Repair]:
    """The best repair of every kind at every suspicious spot, as far as its gain could be enough."""
    found: list[Repair] = []
    words, numbers, tongue, confused = paragraph.words, paragraph.numbers, paragraph.tongue, confusions()
    end = len(words)
    done: set[tuple[int, int]] = set()

    def without(i: int, kind: str) -> None:
        found.append(Repair(paragraph.gain(i, i + 1, ""), i, i + 1, "", kind))

    for i in paragraph.spots():
        c = words[i]
        if c in (words[i - 1][-1], words[i + 1][0]):
            without(i, "doubled")
        elif _joins(paragraph, i):
            without(i, "extra")
        if i + 2 < end and words[i + 1] in WANDERING and c + words[i + 2] in tongue.number:
            without(i + 1, "extra")
        if i > 1 and words[i - 1] in WANDERING and words[i - 2] + c in tongue.number:
            without(i - 1, "extra")
        candidates = Candidates(paragraph)
        if paragraph.chances[i] + paragraph.chances[i + 1] >= SPOT:
            candidates.offer(i, i + 1, [(kind, n) for n, kind in confused.single(c)[0].items()] if c in BETWEEN else [])
            found.extend(candidates.best())
            continue
        longer, often = tongue.longer(c)
        single, likely = confused.single(c)
        after, ahead = tongue.followers(numbers[i]), tongue.leaders(numbers[i + 2])
        room = paragraph.chances[i] + paragraph.chances[i + 1] - 2 * GENEROUS - tongue.alone[numbers[i + 2]]
        likely_longer = [n for n in often if tongue.alone[n] > room + LEAST_GAIN["dropped"]]
        fitting = {*(longer & after), *(longer & ahead), *likely_longer}
        candidates.offer(i, i + 1, [("dropped", n) for n in sorted(fitting)])
        likely = [n for n in likely if tongue.alone[n] > room + (LEAST_GAIN["homophone"] if weights.taken(c, tongue.words[n]) else 9.0)]
        fitting = {*after.intersection(single), *ahead.intersection(single), *likely}
        candidates.offer(i, i + 1, [(single[n], n) for n in sorted(fitting)])
        for first, last in ((i - 1, i + 1), (i, i + 2), (i - 1, i + 2), (i, i + 3), (i - 2, i + 1)):
            if first < 0 or last > end or (first, last) in done:
                continue
            done.add((first, last))
            s = "".join(words[first:last])
            if len(s) <= LONGEST and PARTICLES.isdisjoint(s) and is_han(s):
                candidates.offer(first, last, _readings(s, tongue))
        found.extend(candidates.best())
    found = [r for r in found if r.gain > LEAST_GAIN[r.kind]]
    return found + _short_phrases(paragraph)


def _short_phrases(paragraph: Paragraph) -> list[Repair]:
    """Set phrases of which a character is missing: 而不奋斗."""
    numbers, phrases = paragraph.numbers, paragraph.tongue.phrases
    out = []
    for i, key in enumerate(zip(numbers, numbers[1:], numbers[2:], strict=False)):
        n = phrases.get(key)
        if n is not None:
            word = paragraph.tongue.words[n]
            out.append(Repair(paragraph.gain(i, i + 1, word), i, i + 1, word, "phrase"))
    return [r for r in out if r.gain > LEAST_GAIN["phrase"]]


def passed_over(paragraph: Paragraph, repair: Repair) -> bool:
    """Whether the table must not be trusted here."""
    words = paragraph.words
    first, last, kind = repair.first, repair.last, repair.kind
    if first == 0 or last == len(words) or repair.text in paragraph.tongue.people:
        return True
    for w in words[first - 1 : last + 1]:
        if not w.strip() or all(c in guards.NUMERALS for c in w) or (not is_han(w) and w[0].isalnum()):
            return True
    if kind == "doubled" and words[first] in weights.NEVER_TWICE:
        return False
    a = max(0, first - 6)
    names = guards.names(words[a : last + 6], paragraph.tongue, cut_off=a > 0)
    beside = kind in ("dropped", "extra", "swapped")
    return any(names[first - a - beside : last - a + beside])


def find(paragraphs: Sequence[str]) -> list[Flag]:
    """Flags of a record's paragraphs.

    >>> [(f["start"], f["end"], f["suggestion"]) for f in find(["为实现中华民族伟大复兴的中国梦而不奋斗！"])]
    [(16, 17, '不懈')]
    """
    tongue = language()
    whole = "\n".join(paragraphs)
    flags: list[Flag] = []
    for para, text in enumerate(paragraphs):
        paragraph = Paragraph(text, tongue)
        flags += _commas(paragraph, para)
        at: list[int] = []
        chosen: list[tuple[float, Repair]] = []
        for repair in repairs(paragraph):
            if passed_over(paragraph, repair):
                continue
            at = at or [0, *accumulate(map(len, paragraph.words))]
            place = weights.Place(whole, text, at[repair.first], at[repair.last], repair.text, repair.kind, repair.gain)
            numbers = paragraph.numbers
            points = weights.points(place, tongue, numbers[repair.first], numbers[repair.first + 1], numbers[repair.last + 1])
            sure = weights.confidence(points, repair.kind)
            if sure > weights.THRESHOLD:
                chosen.append((sure, repair))
        chosen.sort(key=lambda x: (-x[0], x[1]))
        taken: set[int] = set()
        for sure, repair in chosen:
            start, end = at[repair.first], at[repair.last]
            if taken.isdisjoint(range(start - 1, end + 1)):
                taken.update(range(start, end))
                flags.append(_flag(para, text, start, end, repair, sure))
    return flags


_WHY = {
    "doubled": "{was} twice in a row",
    "extra": "without {was} the characters around it make a word",
    "dropped": "{was} looks like {now} with a character missing",
    "phrase": "the set phrase has {now} here, not {was}",
    "swapped": "{was} looks like {now} with two characters exchanged",
    "lookalike": "{was} is no likely word here; {now}, which looks alike, is",
    "homophone": "{was} is no likely word here; {now}, which sounds alike, is",
}


@lru_cache(maxsize=1)
def _openers() -> tuple[frozenset[str], frozenset[str]]:
    table = rules()["clauses"]
    return frozenset(table["openers"].split()), frozenset(table["pronouns"])


def _commas(paragraph: Paragraph, para: int) -> list[Flag]:
    """、 before a word that opens a clause: 取得很大进步、但仍有差距."""
    if "、" not in paragraph.text:
        return []
    openers, pronouns = _openers()
    flags: list[Flag] = []
    at = 0
    for before, mark, after in zip(["", *paragraph.words], paragraph.words, [*paragraph.words[1:], ""], strict=False):
        if mark == "、" and after in openers and before[-1:] not in pronouns:
            why = f"{after} opens a clause; 、 stands between the members of a list"
            flags.append(Flag(para=para, start=at, end=at + 1, rule="flag.comma", suggestion="，", why=why, confidence=0.75))
        at += len(mark)
    return flags


def _flag(para: int, text: str, start: int, end: int, repair: Repair, sure: float) -> Flag:
    suggestion = repair.text
    why = _WHY[repair.kind].format(was=text[start:end], now=suggestion) + f"; gain e^{repair.gain:.1f}"
    if repair.kind == "doubled":
        start, end = (start - 1, end) if text[start - 1] == text[start] else (start, end + 1)
        suggestion = text[start]
    return Flag(
        para=para,
        start=start,
        end=end,
        rule=f"flag.{repair.kind}",
        suggestion=suggestion,
        why=why,
        confidence=round(sure, 2),
    )
