"""Does a seam make a word? Evidence from jieba's dictionary on the characters on both sides of a line end.

``劳动模范和先进工作 | 者竞相涌现`` is one word across the seam (工作者); ``工作。 | 今年`` is not. The table is made by
``bench/quality/train/seam.py``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.simplified import fold

Floats = NDArray[np.float32]


class Lexicon(NamedTuple):
    """Numbers with a value each. Most of what is asked for is not there: a table by the hash of a number says so at once, and
    only the rest is searched for."""

    keys: NDArray[np.uint32]
    """Ascending."""
    values: Floats
    there: NDArray[np.bool_]
    """Hash → whether some key may have it."""
    less: int
    """Bits that a hash is shorter than a number."""

    @classmethod
    def of(cls, keys: NDArray[np.uint32], values: Floats) -> Lexicon:
        room = len(keys).bit_length() + 2
        there = np.zeros(1 << room, np.bool_)
        there[_spread(keys, 32 - room)] = True
        return cls(keys, values, there, 32 - room)

    def find(self, wanted: NDArray[np.uint32]) -> Floats:
        """The value of each number; 0 where there is none."""
        out = np.zeros(len(wanted), np.float32)
        likely = self.there.take(_spread(wanted, self.less)).nonzero()[0]
        likely = likely[wanted[likely].argsort()]  # in order they are found three times sooner, one beside the other
        sought = wanted[likely]
        at = np.minimum(self.keys.searchsorted(sought), len(self.keys) - 1)
        found = self.keys[at] == sought
        out[likely[found]] = self.values[at[found]]
        return out

    def among(self, wanted: NDArray[np.uint32]) -> Floats:
        """:meth:`find` of a table of numbers."""
        return self.find(wanted.ravel()).reshape(wanted.shape)


def _spread(keys: NDArray[np.uint32], less: int) -> NDArray[np.uint32]:
    """The upper bits of a product with 2³² over the golden ratio: numbers that lie close together come apart (Knuth 6.4)."""
    return (keys * np.uint32(2654435769)) >> np.uint32(less)


class SeamTable(NamedTuple):
    rank: NDArray[np.int32]
    begin: Floats
    final: Floats
    pairs: Lexicon
    words: Lexicon
    log_total: float
    side: Lexicon
    left: Floats
    right: Floats
    log_side: float


@lru_cache(maxsize=1)
def table() -> SeamTable:
    raw = resources.files("qingyang").joinpath("model", "seam.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        chars = z["chars"]
        index = np.full(0x30000, -1, np.int32)
        index[chars] = np.arange(len(chars))
        index = index[fold()]

        def back(a: NDArray[Any]) -> Floats:
            return (a.astype(np.float32) / 12).astype(np.float32)

        return SeamTable(
            index,
            back(z["begin"]),
            back(z["final"]),
            Lexicon.of(z["pairs"], back(z["inside"])),
            Lexicon.of(z["words"], back(z["freq"])),
            float(np.log(z["total"][0])),
            Lexicon.of(z["side"], (z["side_odds"].astype(np.float32) / 16).astype(np.float32)),
            back(z["left"]),
            back(z["right"]),
            float(np.log(z["side_total"][0])),
        )


LEFT, RIGHT = 6, 5
"""Characters that :func:`reads_on` sees before and after a seam."""


class Sight(NamedTuple):
    """The first layer of a network that sees the characters around a seam; it is linear in each, so one table per place, added up."""

    rank: NDArray[np.int32]
    """Code point → row of the tables; 0: nothing there, 1: a rare character."""
    tables: Floats
    """[place, character, hidden]."""
    others: Floats
    """[in, hidden]: the weights of what it sees beside characters."""
    bias: Floats

    def look(self, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> Floats:
        codes = self.rank.take(np.concatenate((left[:, -LEFT:].T, right[:, :RIGHT].T)), mode="clip").astype(np.intp)
        h = np.repeat(self.bias[None], len(left), 0)
        for a in range(0, len(h), _BLOCK):
            here = h[a : a + _BLOCK]
            says = np.empty_like(here)
            for table, code in zip(self.tables, codes[:, a : a + _BLOCK], strict=True):
                table.take(code, 0, says, "clip")
                here += says
        return h


_BLOCK = 512
"""Seams looked at together: what they need stays in the processor's cache."""


def _sight(z: Any) -> Sight:
    index = np.ones(0x30000, np.int32)
    index[z["chars"]] = np.arange(len(z["chars"])) + 2
    index[0] = 0
    index = index[fold()]
    w1, embed = z["w1"].astype(np.float32), z["embed"].astype(np.float32)
    wide = embed.shape[1]
    tables = np.stack([embed @ w1[k * wide : (k + 1) * wide] for k in range(LEFT + RIGHT)])
    return Sight(index, tables.astype(np.float32), w1[(LEFT + RIGHT) * wide :], z["b1"].astype(np.float32))


class Reading(NamedTuple):
    sight: Sight
    w2: Floats
    b2: Floats


@lru_cache(maxsize=1)
def _reading() -> Reading:
    raw = resources.files("qingyang").joinpath("model", "reading.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        return Reading(_sight(z), z["w2"].astype(np.float32), z["b2"].astype(np.float32))


Spans = Sequence[tuple[int, int]]


def _product(x: Floats, w: Floats, spans: Spans | None) -> Floats:
    """``x @ w``, for the rows of each page by themselves: the last bit of a product hangs on the number of rows, and a page must
    weigh the same whatever it is weighed with. Pages of as many rows that stand together make one stack."""
    if spans is None:
        whole: Floats = x @ w
        return whole
    out = np.zeros((len(x), w.shape[1]), np.float32)
    for first, last, rows in _stacks(spans):
        np.matmul(x[first:last].reshape(-1, rows, len(w)), w, out=out[first:last].reshape(-1, rows, w.shape[1]))
    return out


def _stacks(spans: Spans) -> Iterator[tuple[int, int, int]]:
    """Stretches of spans of the same size, one right after the other: where they begin and end, and that size."""
    first = last = rows = 0
    for a, b in spans:
        if a != last or b - a != rows:
            if rows:
                yield first, last, rows
            first, rows = a, b - a
        last = b
    if rows:
        yield first, last, rows


def reads_on(left: NDArray[np.uint32], right: NDArray[np.uint32], spans: Spans | None = None) -> Floats:
    """Log-odds that each seam's right side reads on from its left side, as prose does inside a sentence.

    ``left`` holds the last :data:`LEFT` code points before each seam (nearest last), ``right`` the first :data:`RIGHT`
    after it; 0 where there is none. ``spans`` are the pages of the seams, where there are several. Trained on statutes and reports
    (``bench/quality/train/reading.py``).

    >>> codes = lambda s: np.array([[ord(c) for c in s]], np.uint32)
    >>> bool(reads_on(codes("现代化应当在"), codes("为社会主义"))[0] > 2 > -2 > reads_on(codes("作出了贡献。"), codes("今年以来，"))[0])
    True
    """
    r = _reading()
    h = r.sight.look(left, right)
    out: Floats = _product(np.maximum(h, 0, out=h), r.w2, spans)[:, 0] + r.b2[0]
    return out


class Pairing(NamedTuple):
    sight: Sight
    w2: Floats
    b2: Floats
    w3: Floats
    b3: Floats


@lru_cache(maxsize=1)
def _pairing() -> Pairing:
    raw = resources.files("qingyang").joinpath("model", "pairing.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        return Pairing(_sight(z), *(z[n].astype(np.float32) for n in ("w2", "b2", "w3", "b3")))


_SCALE = np.array([5, 8, 8, 8, 5, 3], np.float32)


def belongs(left: NDArray[np.uint32], right: NDArray[np.uint32], words: Floats | None = None, spans: Spans | None = None) -> Floats:
    """Log-odds that each right side goes on from just this left side, and not from another text that is open at its end.

    Arguments as of :func:`reads_on`; ``words`` is what :func:`evidence` says of these seams, where that is known. Trained on
    statutes and reports (``bench/quality/train/pairing.py``).

    >>> codes = lambda s: np.array([[ord(c) for c in s]], np.uint32)
    >>> one, other = belongs(codes("是我们国家政治"), codes("生活中的大")), belongs(codes("特色社会主义现"), codes("生活中的大"))
    >>> bool(one[0] > other[0])
    True
    """
    r = _pairing()
    h = r.sight.look(left, right)
    h += _product((evidence(left, right) if words is None else words) / _SCALE, r.sight.others, spans)
    h = _product(np.maximum(h, 0, out=h), r.w2, spans)
    h += r.b2
    out: Floats = _product(np.maximum(h, 0, out=h), r.w3, spans)[:, 0] + r.b3[0]
    return out


EMPTY = np.uint32(2166136261)
"""The :func:`word_hash` of no characters."""


def word_hash(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One 32-bit number per row of code points (FNV-1a over code points)."""
    h = np.full(codes.shape[0], EMPTY)
    for k in range(codes.shape[1]):
        h = hashed_on(h, codes[:, k])
    return h


def hashed_on(h: NDArray[np.uint32] | np.uint32, codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One step of :func:`word_hash`, modulo 2³² as arrays count."""
    return (codes ^ h) * np.uint32(16777619)


def evidence(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> Floats:
    """Six columns for every seam.

    ``left`` holds the code points before each seam (nearest last), ``right`` those after it (nearest first), three or
    more; 0 where there is none. Columns: log-odds that the two characters at the seam stand inside one
    word, the best word of 2, 3 and 4 characters across it (log frequency, 0 for none), how much the character
    after the seam begins words at all (log-odds against being inside one), and the log-odds of the two characters side by
    side in prose against chance.
    """
    t = table()
    left, right = fold().take(left[:, -3:].T, mode="clip"), fold().take(right[:, :3].T, mode="clip")
    far, near, last = left
    head, second, third = right
    out = np.zeros((len(last), 6), np.float32)
    a, b = t.rank.take(last, mode="clip"), t.rank.take(head, mode="clip")
    begins = np.flatnonzero(b >= 0)
    out[begins, 4] = t.begin[b[begins]] - t.final[b[begins]]
    # the rest of what is about both characters needs both of them in the tables
    known = np.flatnonzero((a >= 0) & (b >= 0))
    a, b = a[known], b[known]
    key = (a.astype(np.int64) * len(t.begin) + b).astype(np.uint32)
    inside, apart = t.pairs.find(key), t.final[a] + t.begin[b] - t.log_total
    # +1 in the log of counts on both sides: an unseen pair of frequent characters is evidence against a word
    out[known, 0] = np.logaddexp(inside, 1.0) - np.logaddexp(apart, 1.0)
    seen, chance = t.side.find(key), t.left[a] + t.right[b] - t.log_side
    never = -np.logaddexp(chance, np.log(0.5)) + np.log(0.5)
    out[known, 5] = np.where(seen != 0, seen, np.where(chance > -1, never, 0))
    pair = hashed_on(hashed_on(EMPTY, last), head)
    before = hashed_on(hashed_on(hashed_on(EMPTY, near), last), head)
    behind = hashed_on(pair, second)
    widest = hashed_on(hashed_on(hashed_on(hashed_on(EMPTY, far), near), last), head)
    words = np.concatenate((pair, before, behind, hashed_on(before, second), widest, hashed_on(behind, third)))
    found = t.words.find(words).reshape(6, -1)
    out[:, 1], out[:, 2], out[:, 3] = found[0], found[1:3].max(0), found[3:].max(0)
    return out
