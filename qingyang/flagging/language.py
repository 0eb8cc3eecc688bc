"""How probable a sequence of words is: words alone, words after words, kinds of word after kinds of word.

The table ``qingyang/data/language.npz`` is made by ``bench/language/build.py`` from jieba's dictionary and from statutes and
government reports. It knows formal prose well, names and small talk badly; whoever asks must know that too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from qingyang.codes import code_points

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

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


MET = 200_000
"""Words whose entry is remembered: a month of a newspaper has some 80,000."""


class Entries(dict[str, int]):
    """Word → number of the entry that it is looked up under, also where the table does not have it: ``entries[word]`` finds it out for
    a word that was not met before."""

    def __init__(self, number: Mapping[str, int]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, word: str) -> int:
        if len(self) >= MET:
            self.clear()
        n = self._number.get(word)
        if n is None:
            n = self._number.get(plain(word))
        if n is None:
            n = 3 if len(word) == 1 else 4
        self[word] = n
        return n


class Index:
    """Places of distinct keys, found for a whole array at a time: hash tables, each for what found no room in the last."""

    SPREAD = 0x9E3779B97F4A7C15
    TABLES = 3

    def __init__(self, keys: Ints) -> None:
        self.keys = keys
        self._tables: list[tuple[int, npt.NDArray[np.int32]]] = []
        left = np.arange(len(keys))
        for _ in range(self.TABLES):
            bits = max(8, int(len(left) * 1.6).bit_length())
            table = np.full(1 << bits, -1, np.int32)
            table[self._slot(keys[left], bits)] = left.astype(np.int32)
            self._tables.append((bits, table))
            left = left[np.flatnonzero(table[self._slot(keys[left], bits)] != left)]
        order = np.argsort(keys[left])
        self._rest, self._rest_at = np.append(keys[left][order], np.int64(-1)), np.append(left[order], -1)

    def _slot(self, keys: Ints, bits: int) -> npt.NDArray[np.uint64]:
        return ((keys.astype(np.uint64) + np.uint64(bits)) * np.uint64(self.SPREAD)) >> np.uint64(64 - bits)

    def find(self, keys: Ints) -> Ints:
        """The place of each key, or -1."""
        out = np.full(len(keys), -1, np.int64)
        wanted, where = keys, np.arange(len(keys))
        for bits, table in self._tables:
            at = table[self._slot(wanted, bits)]
            taken = at >= 0
            hit = taken & (self.keys[at] == wanted)
            out[where[hit]] = at[hit]
            taken &= ~hit
            wanted, where = wanted[taken], where[taken]
            if not len(wanted):
                return out
        last = np.searchsorted(self._rest[:-1], wanted)
        out[where] = np.where(self._rest[last] == wanted, self._rest_at[last], -1)
        return out


class People:
    """Names: a bit for each word of the table, and a set of what is no word of it."""

    def __init__(self, names: Iterable[str], number: Mapping[str, int]) -> None:
        self._number = number
        self._is_name = bytearray(len(number))
        self._others = set()
        for name in names:
            if name in number:
                self._is_name[number[name]] = True
            else:
                self._others.add(name)

    def __contains__(self, word: str) -> bool:
        n = self._number.get(word)
        return word in self._others if n is None else bool(self._is_name[n])


class Steps:
    """Log probability of word number ``b`` after word number ``a``, under the key ``a << 20 | b``."""

    def __init__(self, table: dict[str, Any], alone: Floats) -> None:
        weight = table["class_weight"].astype(float)
        self._cls = table["cls"]
        self._back = table["back"].astype(float)
        self._transition = np.exp(table["transition"].astype(float))
        self._kind = CLASS_SHARE * np.exp(alone - weight[self._cls])
        self._alone = (1 - CLASS_SHARE) * np.exp(alone)
        self._pair = table.pop("pair").astype(float) / -1000
        self._attested = Index((table["left"].astype(np.int64) << 20) | table["right"])

    def seen(self, keys: Ints) -> Floats:
        """What the texts attest; NaN where they do not."""
        at = self._attested.find(keys)
        return np.where(at >= 0, self._pair[at], np.nan)

    def of(self, keys: Ints) -> Floats:
        """The log probability of each step."""
        p = self.seen(keys)
        new = np.flatnonzero(np.isnan(p))
        a, b = keys[new] >> 20, keys[new] & 0xFFFFF
        share = self._transition[self._cls[a], self._cls[b]] * self._kind[b] + self._alone[b]
        # The logarithm of the C library: numpy's own differs in the last bit from one processor to the next.
        p[new] = self._back[a] + np.fromiter(map(log, share.tolist()), float, len(new))
        return p

    def attested(self, a: int, b: int) -> bool:
        keys, key = self._attested.keys, a << 20 | b
        at = int(np.searchsorted(keys, key))
        return at < len(keys) and int(keys[at]) == key


class Language:
    """The table in memory, with the engine that cuts words as it was counted."""

    def __init__(self) -> None:
        from qingyang.words import dictionary

        with resources.files("qingyang").joinpath("data", "language.npz").open("rb") as f:
            table: dict[str, Any] = dict(np.load(f))
        self._table = table
        self._cut: Callable[[str, bool], list[str]] = dictionary().cut
        self.words: list[str] = _lines(table.pop("words"))
        self.number = dict(zip(self.words, range(len(self.words)), strict=True))
        """Word → its number in the table."""
        self.entry = Entries(self.number)
        self.costs: Floats = table.pop("cost").astype(float) / -1000
        """Log probability of each word alone."""
        self.steps = Steps(table, self.costs)
        self._tags = _lines(table.pop("tags"))
        self.foreign = frozenset(_lines(table.pop("foreign")))
        self._neighbours: dict[tuple[int, str], str] = {}
        self._groups: dict[str, list[str]] = {}
        for row in _lines(table.pop("homophones")):
            group = row.split(" ")[1]
            for c in group:
                self._groups.setdefault(c, []).append(group)

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

    def alone(self, n: int) -> float:
        """Log probability of word ``n`` alone."""
        return float(self.costs[n])

    def tag(self, n: int) -> str:
        """Part of speech of word ``n`` in jieba's dictionary, two letters of it."""
        return self._tags[int(self._table["tag"][n])]

    def homophones(self, c: str) -> set[str]:
        """Characters read the same, tone aside."""
        return set().union(*self._groups.get(c, ())) - {c}

    @cached_property
    def people(self) -> People:
        """Names of the dictionary."""
        return People(_lines(self._table.pop("people")), self.number)

    @cached_property
    def slots(self) -> tuple[dict[str, int], Ints, Ints]:
        """What words become when one of their characters is left out: the number of each such string, where its words
        begin (and the last end), and the words, the most probable of a string first."""
        lines = _lines(self._table.pop("shorter"))
        ends = np.concatenate(([0], np.cumsum(self._table.pop("shorter_count"), dtype=np.int64)))
        return dict(zip(lines, range(len(lines)), strict=True)), ends, self._table.pop("shorter_word").astype(np.int64)

    def shorter(self, s: str) -> list[int]:
        """Words that become ``s`` when one of their characters is left out, the most probable first.

        >>> [language().words[n] for n in language().shorter("强不息")]
        ['自强不息']
        """
        slots, ends, words = self.slots
        slot = slots.get(s)
        return [] if slot is None else words[ends[slot] : ends[slot + 1]].tolist()

    @cached_property
    def phrases(self) -> tuple[Index, Ints]:
        """Three words of a set phrase (``a << 40 | c << 20 | b``), the middle one short of a character; the whole middle word."""
        a, c, b, whole = self._table.pop("phrases").astype(np.int64).T
        return Index(a << 40 | c << 20 | b), whole

    @cached_property
    def _twos(self) -> tuple[Ints, Ints]:
        """The words of two characters, ``one << 32 | other``, sorted: first by the second character, then by the first."""
        codes = code_points("\n".join(self.words)).astype(np.int64)
        ends = np.append(np.flatnonzero(codes == ord("\n")), len(codes))
        starts = np.append(0, ends[:-1] + 1)
        at = starts[ends - starts == 2]
        return np.sort(codes[at + 1] << 32 | codes[at]), np.sort(codes[at] << 32 | codes[at + 1])

    def before(self, c: str) -> str:
        """Characters that stand before it in words of two."""
        return self._beside(0, c)

    def after(self, c: str) -> str:
        """Characters that stand after it in words of two."""
        return self._beside(1, c)

    def _beside(self, side: int, c: str) -> str:
        found = self._neighbours.get((side, c))
        if found is None:
            keys = self._twos[side]
            low, high = np.searchsorted(keys, (ord(c) << 32, ord(c) + 1 << 32)).tolist()
            found = self._neighbours[side, c] = "".join(map(chr, (keys[low:high] & 0xFFFFFFFF).tolist()))
        return found

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Words of two with a character, beside the words the texts attest: ``neighbour << 37 | character << 20 | word``, sorted.

        First by the word before, then by the word after.
        """
        slots, ends, words = self.slots
        single = [(ord(c), slot) for c, slot in slots.items() if len(c) == 1]
        code, slot = np.array(single, np.int64).T
        of, n = np.repeat(code, ends[slot + 1] - ends[slot]), words[ranges(ends[slot], ends[slot + 1])]
        order = np.argsort(n, kind="stable")
        of, n = of[order], n[order]
        begins = np.concatenate(([0], np.cumsum(np.bincount(n, minlength=len(self.words)))))
        """By word, where its rows begin among them."""
        out = []
        left, right = self._table["left"].astype(np.int64), self._table["right"].astype(np.int64)
        for neighbour, word in ((left, right), (right, left)):
            low, high = begins[word], begins[word + 1]
            some = high > low
            at = ranges(low[some], high[some])
            beside = np.repeat(neighbour[some], (high - low)[some])
            out.append(np.sort(beside << 37 | of[at] << 20 | n[at]))
        return out[0], out[1]


def ranges(low: Ints, high: Ints) -> Ints:
    """The numbers of all stretches ``low:high``, one stretch after the other.

    >>> ranges(np.array([3, 7]), np.array([5, 8])).tolist()
    [3, 4, 7]
    """
    size = high - low
    ends = np.cumsum(size)
    out: Ints = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    out += np.repeat(low - ends + size, size)
    return out


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
