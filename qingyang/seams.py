"""Does a seam make a word? Evidence from jieba's dictionary on the characters on both sides of a line end.

``劳动模范和先进工作 | 者竞相涌现`` is one word across the seam (工作者); ``工作。 | 今年`` is not. The table is made by
``bench/quality/train/seam.py``.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class SeamTable(NamedTuple):
    index: NDArray[np.int32]
    begin: Floats
    final: Floats
    pairs: NDArray[np.uint32]
    inside: Floats
    words: NDArray[np.uint32]
    freq: Floats
    log_total: float


@lru_cache(maxsize=1)
def table() -> SeamTable:
    raw = resources.files("qingyang").joinpath("model", "seam.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        chars = z["chars"]
        index = np.full(0x30000, -1, np.int32)
        index[chars] = np.arange(len(chars))
        back = lambda a: (a.astype(np.float32) / 12).astype(np.float32)  # noqa: E731
        return SeamTable(
            index, back(z["begin"]), back(z["final"]), z["pairs"], back(z["inside"]), z["words"], back(z["freq"]), float(np.log(z["total"][0]))
        )


def word_hash(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """One 32-bit number per row of code points (FNV-1a over code points)."""
    h = np.full(codes.shape[0], 2166136261, np.uint64)
    for k in range(codes.shape[1]):
        h = ((h ^ codes[:, k].astype(np.uint64)) * np.uint64(16777619)) & np.uint64(0xFFFFFFFF)
    return h.astype(np.uint32)


def _find(keys: NDArray[np.uint32], wanted: NDArray[np.uint32], values: Floats) -> Floats:
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], np.float32(0)).astype(np.float32)


def evidence(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> Floats:
    """Five columns for every seam.

    ``left`` holds the last three code points before each seam (nearest last), ``right`` the first three after it
    (nearest first); 0 where there is none. Columns: log-odds that the two characters at the seam stand inside one
    word, the best word of 2, 3 and 4 characters across it (log frequency, 0 for none), and how much the character
    after the seam begins words at all (log-odds against being inside one).
    """
    t = table()
    ok = lambda c: np.minimum(c, 0x2FFFF)  # noqa: E731
    a, b = t.index[ok(left[:, 2])], t.index[ok(right[:, 0])]
    known = (a >= 0) & (b >= 0)
    key = np.where(known, a.astype(np.int64) * len(t.begin) + b, 0).astype(np.uint32)
    inside = np.where(known, _find(t.pairs, key, t.inside), 0)
    apart = np.where(known, t.final[a] + t.begin[b] - t.log_total, 0)
    # +1 in the log of counts on both sides: an unseen pair of frequent characters is evidence against a word
    odds = np.where(known, np.logaddexp(inside, 1.0) - np.logaddexp(apart, 1.0), 0)
    two = _find(t.words, word_hash(np.stack([left[:, 2], right[:, 0]], 1)), t.freq)
    three = np.maximum(
        _find(t.words, word_hash(np.stack([left[:, 1], left[:, 2], right[:, 0]], 1)), t.freq),
        _find(t.words, word_hash(np.stack([left[:, 2], right[:, 0], right[:, 1]], 1)), t.freq),
    )
    four = np.maximum.reduce(
        [
            _find(t.words, word_hash(np.stack([left[:, 1], left[:, 2], right[:, 0], right[:, 1]], 1)), t.freq),
            _find(t.words, word_hash(np.stack([left[:, 0], left[:, 1], left[:, 2], right[:, 0]], 1)), t.freq),
            _find(t.words, word_hash(np.stack([left[:, 2], right[:, 0], right[:, 1], right[:, 2]], 1)), t.freq),
        ]
    )
    starts = np.where(b >= 0, t.begin[b] - t.final[b], 0)
    return np.stack([odds, two, three, four, starts], 1).astype(np.float32)
