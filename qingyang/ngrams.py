"""How much likelier is what stands on both sides of a seam as one text than as two? Asked of an n-gram model of words.

``高举邓小平理论伟 | 大旗帜`` is far likelier together than 伟 and 大旗帜 each by itself; ``高举邓小平理论伟 | 年产量达`` is not. The
model is libime's (``bench/quality/train/ngrams.py``): 163,000 words of Simplified prose of every kind, 1,980,000 pairs and 630,000 triples
of them. It is loaded where columns or pieces of a page have to be put together again, and nowhere else.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.seams import EMPTY, Lexicon, hashed_on
from qingyang.simplified import fold

Floats = NDArray[np.float32]
Codes = NDArray[np.uint32]

LONGEST = 4
"""Characters of the longest word asked for."""
PROBABILITY, WEIGHT, GAIN = 12, 24, 12
"""Steps to 1 in the file: of log probabilities, of weights for backing off, of what pairs and triples gain."""
UNKNOWN = 16.0
"""Minus the log probability of a character that is no word of the model."""
_NEVER, _UNLIKELY = -9999.0, 12.0
"""No word; a way to read that is so much less likely by itself than the best is not asked about."""
_ACROSS = np.array([(i, j) for i in range(1, LONGEST) for j in range(1, LONGEST + 1 - i)]).T
"""Characters before and after the seam of the words that may stand across it."""


class Model(NamedTuple):
    words: Lexicon
    """Log probabilities, all below 0."""
    back: Lexicon
    pairs: Lexicon
    """What the log probability gains over backing off to the word alone."""
    triples: Lexicon
    """What it gains over the pair."""


def follow(before: Codes, word: Codes) -> Codes:
    """The number of words in a row: that of those before, and of the last (the numbers are :func:`~qingyang.seams.word_hash`)."""
    turned = (before << np.uint32(13)) | (before >> np.uint32(19))
    return (turned ^ word) * np.uint32(2654435761) + np.uint32(0x9E3779B9)


def packed(keys: Codes) -> NDArray[np.uint8]:
    """Ascending numbers as the bytes of the steps from one to the next, all first bytes first: that compresses well."""
    return np.diff(keys, prepend=np.uint32(0)).astype("<u4").view(np.uint8).reshape(-1, 4).T.copy()


def _unpacked(bytes_: NDArray[np.uint8]) -> Codes:
    steps = np.ascontiguousarray(bytes_.T).view("<u4")[:, 0]
    return np.cumsum(steps, dtype=np.uint32)


@lru_cache(maxsize=1)
def model() -> Model:
    raw = resources.files("qingyang").joinpath("model", "ngrams.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as z:

        def read(keys: str, values: str, step: int) -> Lexicon:
            return Lexicon.of(_unpacked(z[keys]), (z[values].astype(np.float32) / np.float32(step)))

        words = read("word", "cost", -PROBABILITY)
        back = words._replace(values=z["back"].astype(np.float32) / -WEIGHT)
        return Model(words, back, read("pair", "pair_gain", GAIN), read("triple", "triple_gain", GAIN))


def _han(codes: Codes) -> NDArray[np.bool_]:
    return (codes >= 0x3400) & (codes <= 0x9FFF)


class _Words(NamedTuple):
    """The words that may stand in texts of ``width`` characters: [text, where it begins, its length less one]."""

    number: Codes
    probability: Floats
    """Log probability by itself; hopeless for what is no word, or reaches into what is no Han character."""
    back: Floats

    @classmethod
    def of(cls, codes: Codes, han: NDArray[np.bool_]) -> _Words:
        m, (n, width) = model(), codes.shape
        number = np.zeros((n, width, LONGEST), np.uint32)
        inside = np.zeros((n, width, LONGEST), bool)
        hashed, whole = np.full((n, width), EMPTY), np.ones((n, width), bool)
        for size in range(1, min(LONGEST, width) + 1):
            fit = width - size + 1
            hashed = hashed_on(hashed[:, :fit], codes[:, size - 1 :])
            whole = whole[:, :fit] & han[:, size - 1 :]
            number[:, :fit, size - 1], inside[:, :fit, size - 1] = hashed, whole
        probability = np.full(number.shape, _NEVER, np.float32)
        probability[inside] = m.words.find(number[inside])
        unknown = inside & (probability == 0)
        probability[unknown] = _NEVER
        unknown[:, :, 1:] = False
        probability[unknown] = -UNKNOWN
        back = np.zeros(number.shape, np.float32)
        real = probability > -UNKNOWN
        back[real] = m.back.find(number[real])
        return cls(number, probability, back)


class Ends(NamedTuple):
    """What texts end with, read in the likeliest way: [text, characters left over for a word across the seam, length of the last word];
    length 0 where nothing stands before."""

    codes: Codes
    score: Floats
    number: Codes
    back: Floats
    before: Codes
    """The word before the last word."""

    @classmethod
    def of(cls, left: Codes) -> Ends:
        """``left`` holds the last code points of each text, nearest last; 0 where there is none."""
        codes = fold().take(left, mode="clip")
        han = np.logical_and.accumulate(_han(codes)[:, ::-1], axis=1)[:, ::-1]
        n, width = codes.shape
        words = _Words.of(codes, han)
        shape = (n, width + 1, LONGEST + 1)
        score, back = np.full(shape, _NEVER, np.float32), np.zeros(shape, np.float32)
        number, before = np.zeros(shape, np.uint32), np.zeros(shape, np.uint32)
        score[np.arange(n), width - han.sum(1), 0] = 0
        texts = np.arange(n)[:, None]
        for end in range(1, width + 1):
            sizes = np.arange(min(LONGEST, end))
            begin = end - 1 - sizes
            word = words.number[:, begin, sizes]
            last = score[:, begin] + back[:, begin]
            last += model().pairs.among(follow(number[:, begin], word[:, :, None]))
            score[:, end, sizes + 1] = last.max(2) + words.probability[:, begin, sizes]
            before[:, end, sizes + 1] = number[texts, begin, last.argmax(2)]
            number[:, end, sizes + 1], back[:, end, sizes + 1] = word, words.back[:, begin, sizes]
        last_ones = slice(width, width - LONGEST, -1)
        return cls(codes, *(np.ascontiguousarray(x[:, last_ones]) for x in (score, number, back, before)))


class Starts(NamedTuple):
    """What texts start with, read in the likeliest way: [text, characters that belong to a word across the seam, length of the first
    word less one]."""

    codes: Codes
    han: NDArray[np.bool_]
    score: Floats
    number: Codes
    after: Codes
    """The word after the first word."""
    over: NDArray[np.bool_]
    """[text, characters ...]: nothing is left after these."""

    @classmethod
    def of(cls, right: Codes) -> Starts:
        """``right`` holds the first code points of each text, nearest first; 0 where there is none."""
        codes = fold().take(right, mode="clip")
        han = np.logical_and.accumulate(_han(codes), axis=1)
        n, width = codes.shape
        words = _Words.of(codes, han)
        room = ((0, 0), (0, LONGEST), (0, 0))
        score = np.pad(words.probability, room, constant_values=_NEVER)
        number, after = np.pad(words.number, room), np.zeros((n, width + LONGEST, LONGEST), np.uint32)
        over = np.concatenate((np.arange(width)[None] >= han.sum(1)[:, None], np.ones((n, LONGEST), bool)), 1)
        texts = np.arange(n)[:, None]
        for a in range(width - 1, -1, -1):
            sizes = np.arange(min(LONGEST, width - a))
            end = a + 1 + sizes
            then = score[:, end] + words.back[:, a, sizes, None]
            then += model().pairs.among(follow(words.number[:, a, sizes, None], number[:, end]))
            score[:, a, sizes] += np.where(over[:, end], 0, then.max(2))
            after[:, a, sizes] = number[texts, end, then.argmax(2)]
        return cls(codes, han, *(np.ascontiguousarray(x[:, :LONGEST]) for x in (score, number, after, over)))


def gains(ends: Ends, starts: Starts, above: NDArray[np.intp], below: NDArray[np.intp]) -> Floats:
    """Log of how much likelier texts ``below`` of ``starts`` are behind texts ``above`` of ``ends`` than by themselves; 0 where one of them
    has no Han character at the seam.

    The best way to read both as one, by the probabilities of words after the one or two words before (backing off as Katz 1987), less the
    best ways to read each alone.

    >>> codes = lambda *texts: np.array([[ord(c) for c in t] for t in texts], np.uint32)
    >>> ends, starts = Ends.of(codes("小平理论伟", "上接天线长")), Starts.of(codes("大旗帜，", "年产量达"))
    >>> gains(ends, starts, np.array([0, 0]), np.array([0, 1])).round().tolist()
    [16.0, -0.0]
    """
    m = model()
    number, first = ends.number[above, 0, 1:, None], starts.number[below, 0, None, :]
    pair = follow(number, first)
    score = ends.score[above, 0, 1:, None] + starts.score[below, 0, None, :]
    alone = score.max((1, 2))
    likely = np.nonzero(score > alone[:, None, None] - _UNLIKELY)
    k, i, j = likely
    pairs = pair[likely]
    before = follow(follow(ends.before[above, 0, 1:][k, i], number[k, i, 0]), first[k, 0, j])
    after = follow(pairs, starts.after[below, 0][k, j])
    joint = np.full(score.shape, _NEVER, np.float32)
    joint[likely] = score[likely] + ends.back[above, 0, 1:][k, i] + m.pairs.find(pairs) + m.triples.find(before) + m.triples.find(after)
    best = joint.max((1, 2))
    # [seam, characters before it, characters behind it] of the words that may stand across
    across = np.empty((len(best), LONGEST, LONGEST), np.uint32)
    across[:, :, 0] = ends.number[above, 0, :LONGEST]
    for c in range(1, LONGEST):
        across[:, :, c] = hashed_on(across[:, :, c - 1], starts.codes[below, None, c - 1])
    probability = m.words.among(across[:, *_ACROSS])
    real = (probability != 0) & (ends.score[above, 0][:, _ACROSS[0]] > _NEVER) & starts.han[below][:, _ACROSS[1] - 1]
    k, way = np.nonzero(real)
    (over, into), up, down = _ACROSS[:, way], above[k], below[k]
    word = across[k, over, into]
    left = ends.score[up, over] + ends.back[up, over]
    left += m.pairs.among(follow(ends.number[up, over], word[:, None]))
    right = starts.score[down, into] + m.back.find(word)[:, None]
    right += m.pairs.among(follow(word[:, None], starts.number[down, into]))
    whole = np.full(real.shape, _NEVER, np.float32)
    whole[real] = left.max(1) + probability[real] + np.where(starts.over[down, into], 0, right.max(1))
    best = np.maximum(best, whole.max(1))
    return np.where(alone > _NEVER / 2, best - alone, 0).astype(np.float32)
