"""Does a seam make a word? Evidence from jieba's dictionary on the characters on both sides of a line end.

``劳动模范和先进工作 | 者竞相涌现`` is one word across the seam (工作者); ``工作。 | 今年`` is not. The table is made by
``bench/quality/train/seam.py``.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class SeamTable(NamedTuple):
    rank: NDArray[np.int32]
    begin: Floats
    final: Floats
    pairs: NDArray[np.uint32]
    inside: Floats
    words: NDArray[np.uint32]
    freq: Floats
    log_total: float
    side: NDArray[np.uint32]
    side_odds: Floats
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

        def back(a: NDArray[Any]) -> Floats:
            return (a.astype(np.float32) / 12).astype(np.float32)

        return SeamTable(
            index,
            back(z["begin"]),
            back(z["final"]),
            z["pairs"],
            back(z["inside"]),
            z["words"],
            back(z["freq"]),
            float(np.log(z["total"][0])),
            z["side"],
            (z["side_odds"].astype(np.float32) / 16).astype(np.float32),
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
        codes = self.rank[np.minimum(np.concatenate((left[:, -LEFT:], right[:, :RIGHT]), 1), 0x2FFFF)]
        h = np.repeat(self.bias[None], len(codes), 0)
        for k in range(LEFT + RIGHT):
            h += self.tables[k][codes[:, k]]
        return h


def _sight(z: Any) -> Sight:
    index = np.ones(0x30000, np.int32)
    index[z["chars"]] = np.arange(len(z["chars"])) + 2
    index[0] = 0
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


def reads_on(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> Floats:
    """Log-odds that each seam's right side reads on from its left side, as prose does inside a sentence.

    ``left`` holds the last :data:`LEFT` code points before each seam (nearest last), ``right`` the first :data:`RIGHT`
    after it; 0 where there is none. Trained on statutes and reports (``bench/quality/train/reading.py``).

    >>> codes = lambda s: np.array([[ord(c) for c in s]], np.uint32)
    >>> bool(reads_on(codes("现代化应当在"), codes("为社会主义"))[0] > 2 > -2 > reads_on(codes("作出了贡献。"), codes("今年以来，"))[0])
    True
    """
    r = _reading()
    out: Floats = (np.maximum(r.sight.look(left, right), 0) @ r.w2)[:, 0] + r.b2[0]
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


def belongs(left: NDArray[np.uint32], right: NDArray[np.uint32], words: Floats | None = None) -> Floats:
    """Log-odds that each right side goes on from just this left side, and not from another text that is open at its end.

    Arguments as of :func:`reads_on`; ``words`` is what :func:`evidence` says of these seams, where that is known. Trained on
    statutes and reports (``bench/quality/train/pairing.py``).

    >>> codes = lambda s: np.array([[ord(c) for c in s]], np.uint32)
    >>> one, other = belongs(codes("是我们国家政治"), codes("生活中的大")), belongs(codes("特色社会主义现"), codes("生活中的大"))
    >>> bool(one[0] > other[0])
    True
    """
    r = _pairing()
    h = r.sight.look(left, right) + ((evidence(left, right) if words is None else words) / _SCALE) @ r.sight.others
    h = np.maximum(np.maximum(h, 0) @ r.w2 + r.b2, 0)
    out: Floats = (h @ r.w3)[:, 0] + r.b3[0]
    return out


def word_hash(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One 32-bit number per row of code points (FNV-1a over code points)."""
    h = np.full(codes.shape[0], 2166136261, np.uint32)
    for k in range(codes.shape[1]):
        h = _hashed(h, codes[:, k])
    return h


def _hashed(h: NDArray[np.uint32] | np.uint32, codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One step of :func:`word_hash`, modulo 2³² as arrays count."""
    return (codes ^ h) * np.uint32(16777619)


_EMPTY = np.uint32(2166136261)


def _find(keys: NDArray[np.uint32], wanted: NDArray[np.uint32], values: Floats) -> Floats:
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], np.float32(0)).astype(np.float32)


def evidence(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> Floats:
    """Six columns for every seam.

    ``left`` holds the code points before each seam (nearest last), ``right`` those after it (nearest first), three or
    more; 0 where there is none. Columns: log-odds that the two characters at the seam stand inside one
    word, the best word of 2, 3 and 4 characters across it (log frequency, 0 for none), how much the character
    after the seam begins words at all (log-odds against being inside one), and the log-odds of the two characters side by
    side in prose against chance.
    """
    t = table()
    left, right = left[:, -3:], right[:, :3]
    a, b = t.rank[np.minimum(left[:, 2], 0x2FFFF)], t.rank[np.minimum(right[:, 0], 0x2FFFF)]
    known = (a >= 0) & (b >= 0)
    key = np.where(known, a.astype(np.int64) * len(t.begin) + b, 0).astype(np.uint32)
    inside = np.where(known, _find(t.pairs, key, t.inside), 0)
    apart = np.where(known, t.final[a] + t.begin[b] - t.log_total, 0)
    # +1 in the log of counts on both sides: an unseen pair of frequent characters is evidence against a word
    odds = np.where(known, np.logaddexp(inside, 1.0) - np.logaddexp(apart, 1.0), 0)
    far, near, last = left[:, 0], left[:, 1], left[:, 2]
    head, second, third = right[:, 0], right[:, 1], right[:, 2]
    pair = _hashed(_hashed(_EMPTY, last), head)
    before = _hashed(_hashed(_hashed(_EMPTY, near), last), head)
    behind = _hashed(pair, second)
    widest = _hashed(_hashed(_hashed(_hashed(_EMPTY, far), near), last), head)
    words = np.concatenate((pair, before, behind, _hashed(before, second), widest, _hashed(behind, third)))
    found = _find(t.words, words, t.freq).reshape(6, -1)
    two, three, four = found[0], found[1:3].max(0), found[3:].max(0)
    starts = np.where(b >= 0, t.begin[b] - t.final[b], 0)
    seen = _find(t.side, key, t.side_odds)
    chance = np.where(known, t.left[a] + t.right[b] - t.log_side, 0)
    never = -np.logaddexp(chance, np.log(0.5)) + np.log(0.5)
    beside = np.where(known, np.where(seen != 0, seen, np.where(chance > -1, never, 0)), 0)
    return np.stack([odds, two, three, four, starts, beside], 1).astype(np.float32)
