"""Makes ``qingyang/model/ngrams.npz``: how likely a word is after the word or the two words before it.

The figures are those of libime's word 3-gram model for Simplified Chinese (``lm_sc.arpa-20220810.tar.xz``, copyright 2015–2022 CSSlayer,
LGPL-2.1-or-later), which comes with Debian's source package of libime 1.0.16. Kept under that licence; nothing was trained here. Run:

    apt-get source --download-only libime && tar -xf libime_1.0.16.orig.tar.xz
    tar -xf libime-1.0.16/data/lm_sc.arpa-20220810.tar.xz
    python -m bench.quality.train.ngrams lm_sc.arpa
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qingyang.ngrams import GAIN, LONGEST, PROBABILITY, WEIGHT, follow, packed
from qingyang.seams import word_hash
from qingyang.simplified import fold

OUT = Path(__file__).resolve().parents[3] / "qingyang" / "model" / "ngrams.npz"

Grams = dict[tuple[str, ...], tuple[float, float]]


def read(arpa: Path) -> Grams:
    """Words in a row → log probability of the last after the others, and log weight of backing off from them."""
    grams: Grams = {}
    with open(arpa, encoding="utf-8") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) < 2 or line.startswith("ngram"):
                continue
            words = tuple(fields[1].split(" "))
            if all("\u3400" <= c <= "\u9fff" for c in fields[1].replace(" ", "")) and max(map(len, words)) <= LONGEST:
                grams[words] = (float(fields[0]) * math.log(10), float(fields[2]) * math.log(10) if len(fields) > 2 else 0.0)
    return grams


def hashes(words: list[str]) -> dict[str, np.uint32]:
    simple = fold()
    by_length: dict[int, list[str]] = {}
    for w in words:
        by_length.setdefault(len(w), []).append(w)
    out = {}
    for some in by_length.values():
        codes = simple[np.array([[ord(c) for c in w] for w in some], np.uint32)]
        out.update(zip(some, word_hash(codes), strict=True))
    return out


def lowest(keys: NDArray[np.uint32], values: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Ascending keys without doubles, and where their values are: the least for a key that comes twice."""
    order = np.lexsort((values, keys))
    first = np.concatenate(([True], np.diff(keys[order]) > 0))
    return keys[order][first], order[first]


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("arpa", type=Path)
    grams = read(ask.parse_args().arpa)
    number = hashes([g[0] for g in grams if len(g) == 1])
    ones = [g for g in grams if len(g) == 1]
    known = [g for g in grams if len(g) > 1 and all(w in number for w in g)]
    twos, threes = [g for g in known if len(g) == 2], [g for g in known if len(g) == 3]

    cost = np.array([-grams[g][0] for g in ones])
    keys, at = lowest(np.array([number[w] for (w,) in ones], np.uint32), cost)
    back = np.array([-grams[g][1] for g in ones])[at]
    squeezed = {"word": packed(keys), "cost": _bytes(cost[at] * PROBABILITY), "back": _bytes(back * WEIGHT)}

    def backed(a: str, b: str) -> float:
        return grams[a,][1] + grams[b,][0]

    gain = np.array([grams[g][0] - backed(*g) for g in twos])
    keys, at = lowest(_in_a_row([[number[w] for w in g] for g in twos]), -gain)
    squeezed |= {"pair": packed(keys), "pair_gain": _bytes(gain[at] * GAIN)}

    gain = np.array([grams[g][0] - (grams[g[1:]][0] if g[1:] in grams else backed(*g[1:])) for g in threes])
    keys, at = lowest(_in_a_row([[number[w] for w in g] for g in threes]), -gain)
    squeezed |= {"triple": packed(keys), "triple_gain": np.clip(np.round(gain[at] * GAIN), -127, 127).astype(np.int8)}
    np.savez_compressed(OUT, **squeezed)
    print(OUT, OUT.stat().st_size, {k: len(v) for k, v in squeezed.items()})


def _in_a_row(words: list[list[np.uint32]]) -> NDArray[np.uint32]:
    columns = np.array(words, np.uint32).T
    out = columns[0]
    for column in columns[1:]:
        out = follow(out, column)
    return out


def _bytes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
