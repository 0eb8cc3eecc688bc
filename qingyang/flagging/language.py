"""How probable a sequence of words is: words alone, words after words, kinds of word after kinds of word.

The table ``qingyang/data/language.npz`` is made by ``bench/language/build.py`` from jieba's dictionary and from statutes and
government reports. It knows formal prose well, names and small talk badly; whoever asks must know that too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib import resources
from math import log
from typing import Any

EDGE, NUMBER, LATIN, UNKNOWN_CHARACTER, UNKNOWN = "\x02", "0", "A", "\x03", "\x04"
"""Words that stand for many: the edge of a paragraph, any number, any Latin word, characters and words outside the table."""

_SAME = dict(zip("(),:;!?『』「」", "（），：；！？“”“”", strict=True))
LEAST = -16.5
"""Rarer words (log probability) are never suggested: 4 in 60 million."""
CLASS_SHARE = 0.7
"""Share of word-class evidence where two words were never seen together; the rest is the word alone."""


def plain(word: str) -> str:
    """The entry under which a word is looked up.

    >>> [plain(w) for w in ("1998", "９", "GDP", "(", "劳动")]
    ['0', '0', 'A', '（', '劳动']
    """
    c = word[0]
    if c in _SAME:
        return _SAME[c]
    if c.isascii() or "０" <= c <= "ｚ" or c in "％．":
        if any(x.isdigit() for x in word) or c in "%％":
            return NUMBER
        if any(x.isalpha() for x in word):
            return LATIN
    return word


def is_han(word: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in word)


class Steps(dict[int, float]):
    """Log probability of word number ``b`` after word number ``a``, under the key ``a << 20 | b``.

    What the texts attest is there from the start; the rest is worked out when asked for and kept, up to a limit.
    """

    LIMIT = 300_000

    def __init__(self, seen: dict[int, float], back: list[float], of: list[int], transition: list[list[float]], kind: list[float], alone: list[float]):
        super().__init__(seen)
        self.attested = frozenset(seen)
        self._back, self._of, self._transition, self._kind, self._alone = back, of, transition, kind, alone

    def __missing__(self, key: int) -> float:
        a, b = key >> 20, key & 0xFFFFF
        of = self._of
        p = self._back[a] + log(self._transition[of[a]][of[b]] * self._kind[b] + self._alone[b])
        if len(self) > len(self.attested) + self.LIMIT:
            seen = {k: v for k, v in self.items() if k in self.attested}
            self.clear()
            self.update(seen)
        self[key] = p
        return p


class Language:
    """The table in memory, with the engine that cuts words as it was counted."""

    def __init__(self) -> None:
        import numpy as np
        import rjieba

        with resources.files("qingyang").joinpath("data", "language.npz").open("rb") as f:
            table: dict[str, Any] = dict(np.load(f))
        self._cut: Callable[[str, bool], list[str]] = rjieba.Jieba().cut
        self.words: list[str] = _lines(table["words"])
        self.number: dict[str, int] = dict(zip(self.words, range(len(self.words)), strict=True))
        weight = table["class_weight"].astype(float)
        cls = table["cls"]
        alone = table["cost"].astype(float) / -1000
        self.alone: list[float] = alone.tolist()
        self._cls: list[int] = cls.tolist()
        self.classes: list[str] = _lines(table["classes"])
        left, right = table["left"].astype(np.int64), table["right"].astype(np.int64)
        self.steps = Steps(
            dict(zip(((left << 20) | right).tolist(), (table["pair"].astype(float) / -1000).tolist(), strict=True)),
            table["back"].astype(float).tolist(),
            self._cls,
            np.exp(table["transition"].astype(float)).tolist(),
            (CLASS_SHARE * np.exp(alone - weight[cls])).tolist(),
            ((1 - CLASS_SHARE) * np.exp(alone)).tolist(),
        )
        self.foreign = frozenset(_lines(table["foreign"]))
        self.people = frozenset(_lines(table["people"]))
        self._homophones = [row.split(" ")[1] for row in _lines(table["homophones"])]

    def cut(self, text: str) -> list[str]:
        """Words of the dictionary only: nothing new is guessed, so damage stands out as single characters."""
        return self._cut(text, False)

    def lookup(self, word: str) -> int:
        """The number of a word in the table."""
        n = self.number.get(word)
        if n is None:
            n = self.number.get(plain(word))
            if n is None:
                n = 3 if len(word) == 1 else 4
        return n

    def lookups(self, words: list[str]) -> list[int]:
        """The numbers of words, with the edge of the paragraph on both sides."""
        get, lookup = self.number.get, self.lookup
        return [0, *[get(w) or lookup(w) for w in words], 0]

    def chances(self, numbers: list[int]) -> list[float]:
        """Log probability of each word after the one before it."""
        steps = self.steps
        return [steps[a << 20 | b] for a, b in zip(numbers, numbers[1:], strict=False)]

    def tag(self, word: str) -> str:
        """Part of speech as jieba's dictionary gives it; ``=word`` for the commonest words, ``x`` when unknown."""
        n = self.number.get(word)
        return "x" if n is None else self.classes[self._cls[n]]

    @cached_property
    def homophones(self) -> dict[str, frozenset[str]]:
        """Character → characters read the same, tone aside."""
        out: defaultdict[str, set[str]] = defaultdict(set)
        for group in self._homophones:
            for c in group:
                out[c].update(group)
        return {c: frozenset(others - {c}) for c, others in out.items()}

    @cached_property
    def shorter(self) -> dict[str, list[str]]:
        """Word with one character left out → the whole words, the most probable first."""
        index: dict[str, list[str]] = {}
        alone = self.alone
        chosen = [n for n, w in enumerate(self.words) if alone[n] > LEAST and 2 <= len(w) <= 6 and is_han(w)]
        chosen.sort(key=alone.__getitem__, reverse=True)
        for n in chosen:
            word = self.words[n]
            for i in range(len(word)):
                key = word[:i] + word[i + 1 :]
                if key in index:
                    index[key].append(word)
                else:
                    index[key] = [word]
        return index

    @cached_property
    def beside(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Character → characters that stand before it, and after it, in words of two."""
        before: defaultdict[str, set[str]] = defaultdict(set)
        after: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.words:
            if len(word) == 2:
                before[word[1]].add(word[0])
                after[word[0]].add(word[1])
        return before, after


def _lines(array: Any) -> list[str]:
    text: str = array.tobytes().decode()
    return text.split("\n")


@lru_cache(maxsize=1)
def language() -> Language:
    """The table, read once."""
    return Language()
