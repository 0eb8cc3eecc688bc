"""Makes ``qingyang/model/seam.npz``: how likely two characters are to stand inside one word, or side by side in prose.

Words from jieba's dictionary (349,046 words with frequencies, MIT licence), prose from the statutes and reports of
``bench/quality/texts`` (no rights; see there). Run: ``python -m bench.quality.train.seam``.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import jieba
import numpy as np

from qingyang.seams import word_hash

LEAST = 3
"""Pairs rarer than this in the dictionary's counts say nothing."""


def prose(index: dict[str, int]) -> tuple[Counter[tuple[int, int]], Counter[int], Counter[int]]:
    """Pairs of Han characters side by side in running text, and how often each stands left and right in a pair."""
    side: Counter[tuple[int, int]] = Counter()
    left: Counter[int] = Counter()
    right: Counter[int] = Counter()
    text = (Path(__file__).resolve().parents[1] / "texts" / "prose.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        codes = [index.get(c, -1) if "\u3400" <= c <= "\u9fff" else -1 for c in line]
        for a, b in pairwise(codes):
            if a >= 0 and b >= 0:
                side[a, b] += 1
                left[a] += 1
                right[b] += 1
    return side, left, right


def main() -> None:
    inside: Counter[str] = Counter()
    begin: Counter[str] = Counter()
    final: Counter[str] = Counter()
    words: dict[int, float] = {}
    with open(Path(jieba.__file__).with_name("dict.txt"), encoding="utf-8") as lines:
        for line in lines:
            word, freq, *_ = line.split(" ")
            n = int(freq)
            begin[word[0]] += n
            final[word[-1]] += n
            for pair in pairwise(word):
                inside["".join(pair)] += n
            if 2 <= len(word) <= 4 and n >= LEAST:
                h = int(word_hash(np.array([[ord(c) for c in word]], np.uint32))[0])
                words[h] = max(words.get(h, 0), n)
    chars = sorted(c for c in set(begin) | set(final) if len(c) == 1 and ord(c) < 0x30000)
    index = {c: i for i, c in enumerate(chars)}
    pairs = sorted((index[p[0]] * len(chars) + index[p[1]], n) for p, n in inside.items() if n >= LEAST and p[0] in index and p[1] in index)
    side, left, right = prose(index)
    total = sum(side.values())
    next_to = []
    for (a, b), n in side.items():
        odds = math.log((n + 0.5) / (left[a] * right[b] / total + 0.5))
        if n >= 2 and abs(odds) > 0.3:
            next_to.append((a * len(chars) + b, max(-127, min(127, round(odds * 16)))))
    next_to.sort()
    squash = lambda n: min(255, round(12 * math.log1p(n)))  # noqa: E731
    keys = sorted(words)
    out = Path(__file__).resolve().parents[3] / "qingyang" / "model" / "seam.npz"
    np.savez_compressed(
        out,
        chars=np.array([ord(c) for c in chars], np.uint32),
        begin=np.array([squash(begin[c]) for c in chars], np.uint8),
        final=np.array([squash(final[c]) for c in chars], np.uint8),
        pairs=np.array([k for k, _ in pairs], np.uint32),
        inside=np.array([squash(n) for _, n in pairs], np.uint8),
        words=np.array(keys, np.uint32),
        freq=np.array([squash(words[k]) for k in keys], np.uint8),
        side=np.array([k for k, _ in next_to], np.uint32),
        side_odds=np.array([v for _, v in next_to], np.int8),
        left=np.array([squash(left[i]) for i in range(len(chars))], np.uint8),
        right=np.array([squash(right[i]) for i in range(len(chars))], np.uint8),
        side_total=np.array([total], np.float64),
        total=np.array([sum(begin.values())], np.float64),
    )
    print(out, out.stat().st_size, len(chars), len(pairs), len(keys))


if __name__ == "__main__":
    main()
