"""How probable a sequence of words is: words alone, words after words, kinds of word after kinds of word.

The table ``qingyang/data/language.npz`` is made by ``bench/language/build.py`` from jieba's dictionary and from statutes and
government reports. It knows formal prose well, names and small talk badly; whoever asks must know that too.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from math import log
from typing import Any

EDGE, NUMBER, LATIN, UNKNOWN_CHARACTER, UNKNOWN = "\x02", "0", "A", "\x03", "\x04"
"""Words that stand for many: the edge of a paragraph, any number, any Latin word, characters and words outside the table."""

_SAME = dict(zip("(),:;!?『』「」", "（），：；！？“”“”", strict=True))
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


_HAN = re.compile("[\u4e00-\u9fff]*").fullmatch


def is_han(word: str) -> bool:
    return _HAN(word) is not None


class Steps(dict[int, float]):
    """Log probability of word number ``b`` after word number ``a``, under the key ``a << 20 | b``.

    What the texts attest is there from the start; the rest is worked out when asked for and kept, up to a limit.
    """

    LIMIT = 300_000

    def __init__(
        self,
        seen: dict[int, float],
        back: list[float],
        of: list[int],
        transition: list[list[float]],
        kind: list[float],
        alone: list[float],
    ) -> None:
        super().__init__(seen)
        self.attested = seen
        self._back, self._of, self._transition, self._kind, self._alone = back, of, transition, kind, alone

    def __missing__(self, key: int) -> float:
        p = self.attested.get(key)
        if p is None:
            a, b = key >> 20, key & 0xFFFFF
            of = self._of
            p = self._back[a] + log(self._transition[of[a]][of[b]] * self._kind[b] + self._alone[b])
        if len(self) > len(self.attested) + self.LIMIT:
            self.clear()
            self.update(self.attested)
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
        tags = _lines(table["tags"])
        self.tag: list[str] = [tags[t] for t in table["tag"].tolist()]
        """Part of speech of each word in jieba's dictionary, two letters of it."""
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
        self._phrases = table["phrases"]
        self._shorter = table["shorter"], table["shorter_count"], table["shorter_word"]
        self._groups: dict[str, list[str]] = {}
        for row in _lines(table["homophones"]):
            group = row.split(" ")[1]
            for c in group:
                self._groups.setdefault(c, []).append(group)
        order = np.argsort(table["right"], kind="stable")
        self._followers = table["right"], np.searchsorted(table["left"], np.arange(len(self.words) + 1)).tolist()
        self._leaders = table["left"][order], np.searchsorted(table["right"][order], np.arange(len(self.words) + 1)).tolist()
        self._longer: dict[str, tuple[frozenset[int], list[int]]] = {}
        self._sets: dict[int, frozenset[int]] = {}

    def cut(self, text: str) -> list[str]:
        """Words of the dictionary only: nothing new is guessed, so damage stands out as single characters."""
        return self._cut(text, False)

    def glues(self, text: str, start: int, end: int) -> bool:
        """Whether the engine, free to guess new words, joins characters ``start:end`` with a neighbour into one."""
        a = max(0, start - 6)
        position = a
        for word in self._cut(text[a : end + 6], True):
            if position <= start and end <= position + len(word):
                return len(word) > end - start
            position += len(word)
        return False

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
        return [steps[a << 20 | b] for a, b in pairwise(numbers)]

    def homophones(self, c: str) -> set[str]:
        """Characters read the same, tone aside."""
        return set().union(*self._groups.get(c, ())) - {c}

    def followers(self, n: int) -> frozenset[int]:
        """Words that the texts attest after word ``n``."""
        return self._neighbours(n, self._followers, n)

    def leaders(self, n: int) -> frozenset[int]:
        """Words that the texts attest before word ``n``."""
        return self._neighbours(n, self._leaders, ~n)

    def _neighbours(self, n: int, index: tuple[Any, list[int]], key: int) -> frozenset[int]:
        found = self._sets.get(key)
        if found is None:
            if len(self._sets) > 20_000:
                self._sets.clear()
            found = self._sets[key] = frozenset(index[0][index[1][n] : index[1][n + 1]].tolist())
        return found

    @cached_property
    def _slots(self) -> tuple[dict[str, int], list[int], list[int]]:
        keys, count, word = self._shorter
        ends = [0, *count.cumsum().tolist()]
        lines = _lines(keys)
        return dict(zip(lines, range(len(lines)), strict=True)), ends, word.tolist()

    def shorter(self, s: str) -> list[int]:
        """Words that become ``s`` when one of their characters is left out, the most probable first.

        >>> [language().words[n] for n in language().shorter("强不息")]
        ['自强不息']
        """
        slots, ends, words = self._slots
        slot = slots.get(s)
        return [] if slot is None else words[ends[slot] : ends[slot + 1]]

    def longer(self, c: str) -> tuple[frozenset[int], list[int]]:
        """Words of two with character ``c``: all of them, and the six most probable."""
        found = self._longer.get(c)
        if found is None:
            words = self.shorter(c)
            found = self._longer[c] = frozenset(words), words[:6]
        return found

    @cached_property
    def phrases(self) -> dict[tuple[int, int, int], int]:
        """Three words of a set phrase, the middle one short of a character → the whole middle word."""
        return {(a, c, b): w for a, c, b, w in self._phrases.tolist()}

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


@lru_cache(maxsize=1)
def rules() -> dict[str, dict[str, str]]:
    """The lists of ``rules/flags.toml``."""
    return tomllib.loads(resources.files("qingyang").joinpath("rules", "flags.toml").read_text("utf-8"))


def _lines(array: Any) -> list[str]:
    text: str = array.tobytes().decode()
    return text.split("\n")


@lru_cache(maxsize=1)
def language() -> Language:
    """The table, read once."""
    return Language()
