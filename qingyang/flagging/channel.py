"""Characters dropped, doubled, swapped or mistaken for another: where a repair makes the printed words far more probable.

Damage breaks a word of the dictionary into single characters that stand badly beside each other. At such spots the
repairs are tried, what surrounds them is cut into words again, and the gain in log probability is what speaks; what is
known about print, about names and about the rest of the article weighs for or against. Numerals and the ends of
paragraphs are passed over, because there the table knows nothing.

Most text is sound: the spots, and whether anything at all could stand there, are found for many records at once in
arrays (:class:`Sheet`); words are looked at one by one only where something could.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qingyang.codes import code_points
from qingyang.flagging import guards, weights
from qingyang.flagging.language import Floats, Ints, Language, is_han, language, ranges, rules
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
LIKELY_LONGER, LIKELY_SINGLE = 6, 8
"""So many of the most probable words are tried although the texts attest them beside neither neighbour."""
EDGES = "\x1e"
"""Stands for the edges of paragraphs that are cut together."""
MANY = 150_000
"""Characters of the paragraphs that are looked at together: some 30 MB of arrays."""

Bools = npt.NDArray[np.bool_]


class Repair(NamedTuple):
    """Words ``first:last`` of a paragraph read ``text`` instead."""

    gain: float
    first: int
    last: int
    text: str
    kind: str


class Single(NamedTuple):
    """A word of one character that another may have been."""

    word: int
    kind: str
    likely: float
    """The least probability (log, above the room there is) from which it is tried where it was never seen; infinite for rare ones."""


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
        self._single: dict[str, list[Single]] = {}
        self._codes: dict[str, list[int]] = {}

    def kind(self, was: str, now: str) -> str:
        return "lookalike" if now in self._like.get(was, ()) else "homophone"

    def any(self, c: str) -> frozenset[str]:
        found = self._any.get(c)
        if found is None:
            found = self._any[c] = frozenset(self._tongue.homophones(c) | self._like.get(c, set()))
        return found

    def codes(self, c: str) -> list[int]:
        """The code points of :meth:`any`."""
        found = self._codes.get(c)
        if found is None:
            found = self._codes[c] = [ord(x) for x in self.any(c)]
        return found

    def single(self, c: str) -> list[Single]:
        """Those that are frequent words by themselves, the most probable first."""
        found = self._single.get(c)
        if found is None:
            tongue = self._tongue
            numbers = [n for x in self.any(c) if (n := tongue.number.get(x)) is not None and tongue.alone(n) > FREQUENT]
            numbers.sort(key=lambda n: (-tongue.alone(n), n))
            found = self._single[c] = []
            for rank, n in enumerate(numbers):
                now = tongue.words[n]
                least = LEAST_GAIN["homophone"] if weights.taken(c, now) else 9.0
                found.append(Single(n, self.kind(c, now), least if rank < LIKELY_SINGLE else np.inf))
        return found


@lru_cache(maxsize=1)
def confusions() -> Confusions:
    return Confusions(language())


# ---- what could be a word at all: sets of strings, a bit for each, asked for whole arrays

_BITS = 22
_HAN, _NUMERAL, _STRONG, _BETWEEN, _WANDERING, _PARTICLE = (1 << k for k in range(6))


def _hashed(codes: Sequence[npt.NDArray[np.uint32]]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Two numbers below ``1 << _BITS`` for each string, given character by character."""
    h = np.full(len(codes[0]), len(codes), np.uint32)
    for code in codes:
        h = (h + code) * np.uint32(0x9E3779B1)
        h ^= h >> np.uint32(15)
    return h >> np.uint32(32 - _BITS), (h * np.uint32(0x85EBCA6B)) >> np.uint32(32 - _BITS)


class Strings:
    """A set of strings that says yes for one in some hundred others too."""

    def __init__(self) -> None:
        self._bits = np.zeros(1 << _BITS, bool)

    def add(self, codes: Sequence[npt.NDArray[np.uint32]]) -> None:
        one, two = _hashed(codes)
        self._bits[one] = True
        self._bits[two] = True

    def __call__(self, codes: Sequence[npt.NDArray[np.uint32]]) -> Bools:
        one, two = _hashed(codes)
        out = self._bits[one]
        some = np.flatnonzero(out)
        out[some] = self._bits[two[some]]
        return out


class Sieve:
    """Which strings may be words, or words short of a character; now and then it says yes where the answer is no."""

    def __init__(self, tongue: Language) -> None:
        slots, _, _ = tongue.slots
        self.kinds = np.zeros(0x110000, np.uint8)
        self.kinds[0x4E00:0xA000] = _HAN
        for bit, characters in (
            (_NUMERAL, guards.NUMERALS),
            (_STRONG, guards.STRONG),
            (_BETWEEN, BETWEEN),
            (_WANDERING, WANDERING),
            (_PARTICLE, PARTICLES),
        ):
            self.kinds[list(map(ord, characters))] |= bit
        words = code_points("\n".join(tongue.words))
        inside = (words[1:] != 10) & (words[:-1] != 10)
        self.meets = Strings()
        """Two characters that stand side by side in a word."""
        self.meets.add([words[:-1][inside], words[1:][inside]])
        self.word = self._strings(words)
        self.slot = self._strings(code_points("\n".join(slots)))
        """Strings of which a character more makes a word."""
        self.cut_short = np.zeros(len(tongue.words), bool)
        """Words that may be the middle of a set phrase, short of a character."""
        self.cut_short[tongue.phrases[0].keys >> 20 & 0xFFFFF] = True

    @staticmethod
    def _strings(codes: npt.NDArray[np.uint32]) -> Strings:
        """The strings of two to LONGEST characters among lines."""
        out = Strings()
        ends = np.append(np.flatnonzero(codes == 10), len(codes))
        starts = np.concatenate(([0], ends[:-1] + 1))
        for size in range(2, LONGEST + 1):
            at = starts[ends - starts == size]
            out.add([codes[at + k] for k in range(size)])
        return out


@lru_cache(maxsize=1)
def sieve() -> Sieve:
    return Sieve(language())


# ---- the words of many paragraphs


class Paragraph(NamedTuple):
    """The words of one paragraph and their numbers with the edge on both sides."""

    text: str
    words: list[str]
    numbers: list[int]


class Spots(NamedTuple):
    """Single characters that stand badly between two Han words or marks that are no numerals, and are no name."""

    at: Ints
    """Where they stand."""
    bad: Bools
    """Whether the two steps are improbable; the others are doubled, or are in BETWEEN."""


class Sheet:
    """The words of many paragraphs in one row, an edge before and after each, as arrays."""

    def __init__(self, texts: Sequence[str], tongue: Language) -> None:
        self.tongue = tongue
        self.texts = texts
        # Cut together, an edge before and after each: the engine takes a control character for a word of its own.
        row = self.text = EDGES.join(["", *(text.replace(EDGES, "\x1d") for text in texts), ""])
        flat = tongue.cut(row)
        self.codes = code_points(row)
        size = len(flat)
        lengths = np.fromiter(map(len, flat), np.int64, size)
        self.ends = np.cumsum(lengths)
        """Of an edge, where the paragraph after it begins."""
        starts = self.ends - lengths
        self.firsts, self.lasts = self.codes[starts], self.codes[self.ends - 1]
        self.numbers = np.fromiter(map(tongue.entry.__getitem__, flat), np.int64, size)
        edges = np.flatnonzero(self.firsts == ord(EDGES))
        lengths[edges] = self.firsts[edges] = self.lasts[edges] = self.numbers[edges] = 0
        self.lengths = lengths
        self.offsets, self.stops = edges[:-1] + 1, edges[1:]
        self.paragraph = np.append(np.repeat(np.arange(len(texts)), np.diff(edges)), -1)
        self.paragraph[edges] = -1
        self.words = [flat[a + 1 : b] for a, b in pairwise(edges.tolist())]

    def chances(self, at: Ints) -> Floats:
        """Log probability of the words at these places after the words before them."""
        return self.tongue.steps.of(self.numbers[at - 1] << 20 | self.numbers[at])

    def row(self, paragraph: int) -> Paragraph:
        offset, words = int(self.offsets[paragraph]), self.words[paragraph]
        numbers = self.numbers[offset - 1 : offset + len(words) + 1].tolist()
        return Paragraph(self.texts[paragraph], words, numbers)

    def spots(self) -> Spots:
        kinds = np.where(self.lengths == 1, sieve().kinds[self.firsts], 0)
        known = self.numbers > LAST_STAND_IN
        numeral, strong = kinds & _NUMERAL > 0, kinds & _STRONG > 0
        fit = kinds & _HAN > 0
        fit[0] = fit[-1] = False
        fit[1:-1] &= known[:-2] & known[2:] & ~(numeral[:-2] | numeral[1:-1] | numeral[2:]) & ~(strong[:-2] | strong[1:-1])
        fit[2:] &= ~strong[:-2]
        at = np.flatnonzero(fit)
        bad = self.chances(at) + self.chances(at + 1) < SPOT
        twice = (self.lengths[at - 1] == 1) & (self.firsts[at - 1] == self.firsts[at])
        looked_at = bad | twice | (kinds[at] & _BETWEEN > 0)
        return Spots(at[looked_at], bad[looked_at])


# ---- what could stand at the spots


class Offers(NamedTuple):
    """Readings of stretches ``first:last`` at spots (by the spot's number), as arrays of one length."""

    spot: Ints
    first: Ints
    last: Ints
    word: Ints
    kind: Ints


KINDS = list(LEAST_GAIN)
_LEAST = np.array(list(LEAST_GAIN.values()))


def _kind(name: str) -> int:
    return KINDS.index(name)


def _beside(sheet: Sheet, spots: Spots, which: Ints) -> Offers:
    """Words of two of which the spot's character may be what is left: those attested there, and the likeliest."""
    tongue = sheet.tongue
    at = spots.at[which]
    code = sheet.firsts[at].astype(np.int64)
    found = []
    for pairs, neighbour in zip(tongue.pairs, (sheet.numbers[at - 1], sheet.numbers[at + 1]), strict=True):
        key = neighbour << 17 | code
        low, high = np.searchsorted(pairs, key << 20), np.searchsorted(pairs, (key + 1) << 20)
        found.append(np.repeat(which, high - low) << 20 | pairs[ranges(low, high)] & 0xFFFFF)
    slots, ends, words = tongue.slots
    letters, of = np.unique(code, return_inverse=True)
    slot = np.array([slots.get(chr(c), -1) for c in letters.tolist()], np.int64)[of]
    some = slot >= 0
    low, high = ends[slot[some]], np.minimum(ends[slot[some] + 1], ends[slot[some]] + LIKELY_LONGER)
    n, spot = words[ranges(low, high)], np.repeat(which[some], high - low)
    likely = tongue.costs[n] > np.repeat(_room(sheet, at[some]), high - low) + LEAST_GAIN["dropped"]
    both = np.unique(np.concatenate([*found, spot[likely] << 20 | n[likely]]))
    spot = both >> 20
    return Offers(spot, spots.at[spot], spots.at[spot] + 1, both & 0xFFFFF, np.full(len(both), _kind("dropped")))


def _room(sheet: Sheet, at: Ints) -> Floats:
    """How improbable a word alone may be to fit between neighbours beside which it was never seen."""
    return sheet.chances(at) + sheet.chances(at + 1) - 2 * GENEROUS - sheet.tongue.costs[sheet.numbers[at + 1]]


def _instead(sheet: Sheet, spots: Spots, which: Ints) -> Offers:
    """Single characters for which the spot's may have been taken."""
    tongue, confused = sheet.tongue, confusions()
    at = spots.at[which]
    letters, of = np.unique(sheet.firsts[at], return_inverse=True)
    singles = [confused.single(chr(c)) for c in letters.tolist()]
    ends = np.concatenate(([0], np.cumsum(list(map(len, singles)), dtype=np.int64)))
    every = list(chain.from_iterable(singles))
    low, high = ends[of], ends[of + 1]
    row = ranges(low, high)
    spot = np.repeat(which, high - low)
    n = np.array([s.word for s in every], np.int64)[row]
    kind = np.array([_kind(s.kind) for s in every], np.int64)[row]
    likely = np.array([s.likely for s in every], float)[row]
    here = spots.at[spot]
    left, right = sheet.numbers[here - 1] << 20 | n, n << 20 | sheet.numbers[here + 1]
    seen = ~np.isnan(tongue.steps.seen(left)) | ~np.isnan(tongue.steps.seen(right))
    fit = ~spots.bad[spot] | seen | (tongue.costs[n] > np.repeat(_room(sheet, at), high - low) + likely)
    spot, here = spot[fit], here[fit]
    return Offers(spot, here, here + 1, n[fit], kind[fit])


STRETCHES = ((-1, 1), (0, 2), (-1, 2), (0, 3), (-2, 1))
"""Where, from a spot, the runs of words begin and end that may be one damaged word."""


def _stretches(sheet: Sheet, spots: Spots, which: Ints) -> tuple[Ints, Ints, Ints]:
    """Runs of words around the spots that could be a damaged word, each once, by the first spot that has it: (spot, first, last)."""
    at = spots.at[which]
    begin, end = np.array(STRETCHES).T
    first, last = at[:, None] + begin, at[:, None] + end
    inside = (sheet.paragraph[first] == sheet.paragraph[at][:, None]) & (sheet.paragraph[last - 1] == sheet.paragraph[at][:, None])
    spot = np.broadcast_to(which[:, None], first.shape)[inside]
    first, last = first[inside], last[inside]
    _, once = np.unique(first << 2 | last - first, return_index=True)
    spot, first, last = spot[once], first[once], last[once]
    start, stop = sheet.ends[first - 1], sheet.ends[last - 1]
    kinds = sieve().kinds[sheet.codes]
    odd = np.concatenate(([0], np.cumsum((kinds & _HAN == 0) | (kinds & _PARTICLE > 0))))
    fit = (stop - start <= LONGEST) & (odd[stop] == odd[start])
    spot, first, last, start, stop = spot[fit], first[fit], last[fit], start[fit], stop[fit]
    could = np.zeros(len(spot), bool)
    for size in range(2, LONGEST + 1):
        rows = np.flatnonzero(stop - start == size)
        if len(rows):
            could[rows] = _could_be([sheet.codes[start[rows] + k] for k in range(size)])
    return spot[could], first[could], last[could]


def _could_be(codes: list[npt.NDArray[np.uint32]]) -> Bools:
    """Whether :func:`_readings` may find anything for strings, given character by character."""
    known = sieve()
    could = known.slot(codes)
    for k in range(len(codes) - 1):
        could |= known.word([*codes[:k], codes[k + 1], codes[k], *codes[k + 2 :]]) & (codes[k] != codes[k + 1])
    for k, confusable in enumerate(codes):
        rows = np.flatnonzero(~could)
        if len(codes) > 2:
            rows = rows[known.slot([c[rows] for c in (*codes[:k], *codes[k + 1 :])])]
        letters, of = np.unique(confusable[rows], return_inverse=True)
        lists = [confusions().codes(chr(c)) for c in letters.tolist()]
        ends = np.concatenate(([0], np.cumsum(list(map(len, lists)), dtype=np.int64)))
        low, high = ends[of], ends[of + 1]
        now = np.array(list(chain.from_iterable(lists)), np.uint32)[ranges(low, high)]
        rows = np.repeat(rows, high - low)
        could[rows[known.word([*(c[rows] for c in codes[:k]), now, *(c[rows] for c in codes[k + 1 :])])]] = True
    return could


def _readings(s: str, tongue: Language) -> Iterator[tuple[str, int]]:
    """Words that a run of two to five printed characters may have been: the kind of damage, the word's number."""
    known, confused = tongue.number.get, confusions()
    for n in tongue.shorter(s):
        yield "dropped", n
    if len(s) == 2:
        x, y = s[0], s[1]
        for c in confused.any(x).intersection(tongue.before(y)):
            yield confused.kind(x, c), tongue.number[c + y]
        for c in confused.any(y).intersection(tongue.after(x)):
            yield confused.kind(y, c), tongue.number[x + c]
        if x != y and (swapped := known(y + x)) is not None:
            yield "swapped", swapped
        return
    for k, x in enumerate(s):
        head, tail = s[:k], s[k + 1 :]
        for n in tongue.shorter(head + tail):
            whole = tongue.words[n]
            if len(whole) == len(s) and whole.startswith(head) and whole.endswith(tail) and whole[k] in confused.any(x):
                yield confused.kind(x, whole[k]), n
        if tail and x != tail[0] and (swapped := known(head + tail[0] + x + tail[1:])) is not None:
            yield "swapped", swapped


def _as_one_word(sheet: Sheet, spots: Spots, which: Ints) -> Offers:
    """Readings of runs of words around the spots as one damaged word."""
    rows = []
    for spot, first, last in zip(*(column.tolist() for column in _stretches(sheet, spots, which)), strict=True):
        paragraph = int(sheet.paragraph[first])
        offset = int(sheet.offsets[paragraph])
        run = "".join(sheet.words[paragraph][first - offset : last - offset])
        rows += [(spot, first, last, n, _kind(kind)) for kind, n in _readings(run, sheet.tongue)]
    return Offers(*np.array(rows, np.int64).reshape(-1, 5).T)


TRIED = 3
"""So many of the most promising readings of a kind at a spot are cut again with all around them."""


def _best(sheet: Sheet, offers: Offers) -> dict[tuple[int, int], list[tuple[float, int, int, int]]]:
    """By spot and kind, the readings that gain most beside their neighbours; none that could not gain enough."""
    steps, costs = sheet.tongue.steps, sheet.tongue.costs
    spot, first, last, n, kind = offers
    before, after = sheet.numbers[first - 1], sheet.numbers[last]
    printed = sheet.chances(first) + sheet.chances(first + 1)
    for more in (2, 3):
        longer = np.flatnonzero(last - first >= more)
        printed[longer] += sheet.chances(first[longer] + more)
    least = _LEAST[kind] + printed
    left, right = before << 20 | n, n << 20 | after
    known_left, known_right = steps.seen(left), steps.seen(right)
    known_left = np.where(np.isnan(known_left), costs[n] + GENEROUS, known_left)
    known_right = np.where(np.isnan(known_right), costs[after] + GENEROUS, known_right)
    fit = np.flatnonzero(known_left + known_right > least)
    gain = steps.of(left[fit]) + steps.of(right[fit]) - least[fit]
    fit, gain = fit[gain > 0], gain[gain > 0]
    rows: defaultdict[tuple[int, int], list[tuple[float, int, int, int]]] = defaultdict(list)
    columns = (gain, first[fit], last[fit], n[fit])
    for s, k, *row in zip(spot[fit].tolist(), kind[fit].tolist(), *(c.tolist() for c in columns), strict=True):
        rows[s, k].append(tuple(row))
    return {key: sorted(some, reverse=True)[:TRIED] for key, some in rows.items()}


class Trial(NamedTuple):
    """Words ``first:last`` of the sheet read ``text`` instead; the best of the trials of one group is a repair."""

    group: int
    first: int
    last: int
    text: str
    kind: str


def repairs(sheet: Sheet) -> dict[int, list[Repair]]:
    """By paragraph, the best repair of every kind at every suspicious spot, as far as its gain is enough."""
    spots = sheet.spots()
    trials: list[Trial] = []
    group = 0

    def one(place: int, kind: str, text: str = "") -> None:
        nonlocal group
        trials.append(Trial(group, place, place + 1, text, kind))
        group += 1

    for place, kind in _left_out(sheet, spots):
        one(place, kind)
    bad, between = np.flatnonzero(spots.bad), sieve().kinds[sheet.firsts[spots.at]] & _BETWEEN > 0
    whole = [
        _beside(sheet, spots, bad),
        _instead(sheet, spots, np.flatnonzero(spots.bad | between)),
        _as_one_word(sheet, spots, bad),
    ]
    words = sheet.tongue.words
    for (_, damage), rows in _best(sheet, Offers(*map(np.concatenate, zip(*whole, strict=True)))).items():
        trials += [Trial(group, first, last, words[n], KINDS[damage]) for _, first, last, n in rows]
        group += 1
    for place, n in _short_phrases(sheet):
        one(place, "phrase", words[n])
    best: dict[int, Repair] = {}
    where: dict[int, int] = {}
    paragraphs = sheet.paragraph[np.fromiter((trial.first for trial in trials), np.int64, len(trials))]
    offsets = sheet.offsets[paragraphs].tolist()
    for trial, gain, paragraph, offset in zip(trials, _gains(sheet, trials), paragraphs.tolist(), offsets, strict=True):
        repair = Repair(gain, trial.first - offset, trial.last - offset, trial.text, trial.kind)
        if trial.group not in best or repair > best[trial.group]:
            best[trial.group], where[trial.group] = repair, paragraph
    found: defaultdict[int, list[Repair]] = defaultdict(list)
    for number, repair in best.items():
        if repair.gain > LEAST_GAIN[repair.kind]:
            found[where[number]].append(repair)
    return found


def _gains(sheet: Sheet, trials: Sequence[Trial]) -> list[float]:
    """Gain of each trial, everything around cut again."""
    if not trials:
        return []
    first, last = np.array([(trial.first, trial.last) for trial in trials], np.int64).T
    paragraph = sheet.paragraph[first]
    low, high = np.maximum(first - 2, sheet.offsets[paragraph]), np.minimum(last + 2, sheet.stops[paragraph])
    text, ends = sheet.text, sheet.ends
    places = (ends[place - 1].tolist() for place in (low, first, last, high))
    again = [f"{EDGES}{text[a:b]}{trial.text}{text[c:d]}{EDGES}" for trial, a, b, c, d in zip(trials, *places, strict=True)]
    flat = sheet.tongue.cut("".join(again))
    numbers = np.fromiter(map(sheet.tongue.entry.__getitem__, flat), np.int64, len(flat))
    edges = np.array([k for k, word in enumerate(flat) if word == EDGES], np.int64)
    opening, closing = edges[::2], edges[1::2]
    numbers[opening], numbers[closing] = sheet.numbers[low - 1], sheet.numbers[high]
    after = ranges(opening + 1, closing + 1)
    steps = sheet.tongue.steps.of(numbers[after - 1] << 20 | numbers[after])
    printed = sheet.chances(ranges(low, high + 1))
    gains: list[float] = (_sums(steps, closing - opening) - _sums(printed, high + 1 - low)).tolist()
    return gains


def _sums(values: Floats, sizes: Ints) -> Floats:
    """The sum of each stretch of some values, added up from its first to its last: in another order the last bit may differ."""
    begins = np.cumsum(sizes) - sizes
    out: Floats = values[begins]
    for k in range(1, int(sizes.max())):
        more = np.flatnonzero(sizes > k)
        out[more] += values[begins[more] + k]
    return out


def _left_out(sheet: Sheet, spots: Spots) -> Iterator[tuple[int, str]]:
    """Places of single characters without which the text may be right, and whether they are doubled or extra."""
    at, known = spots.at, sieve()
    code, before, after = sheet.firsts[at], sheet.lasts[at - 1], sheet.firsts[at + 1]
    doubled = (code == before) | (code == after)
    wandering = (known.kinds[sheet.firsts] & _WANDERING > 0) & (sheet.lengths == 1)
    may = doubled | known.meets([before, after])
    may |= wandering[at + 1] & known.meets([code, sheet.firsts[at + 2]])
    may |= wandering[at - 1] & known.meets([sheet.lasts[at - 2], code])
    number = sheet.tongue.number
    for place, twice in zip(at[may].tolist(), doubled[may].tolist(), strict=True):
        paragraph = int(sheet.paragraph[place])
        words = sheet.words[paragraph]
        i = place - int(sheet.offsets[paragraph])
        c = words[i]
        if twice:
            yield place, "doubled"
        elif _joins(words, i, number):
            yield place, "extra"
        if i + 2 < len(words) and words[i + 1] in WANDERING and c + words[i + 2] in number:
            yield place + 1, "extra"
        if i > 1 and words[i - 1] in WANDERING and words[i - 2] + c in number:
            yield place - 1, "extra"


def _joins(words: Sequence[str], i: int, known: Container[str]) -> bool:
    """Whether words meet in a longer word when word ``i``, neither the first nor the last, is left out."""
    left, right = words[i - 1], words[i + 1]
    if left + right in known or left[-1] + right in known or left + right[0] in known or left[-1] + right[0] in known:
        return True
    if len(left) == 1 and i > 1 and words[i - 2] + left + right in known:
        return True
    return len(right) == 1 and i + 2 < len(words) and left + right + words[i + 2] in known


def _short_phrases(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Set phrases of which a character is missing: 而不奋斗. The place of the middle word, and the word it may be."""
    at = np.flatnonzero(sieve().cut_short[sheet.numbers] & (sheet.paragraph >= 0))
    index, whole = sheet.tongue.phrases
    numbers = sheet.numbers
    found = index.find(numbers[at - 1] << 40 | numbers[at] << 20 | numbers[at + 1])
    return zip(at[found >= 0].tolist(), whole[found[found >= 0]].tolist(), strict=True)


# ---- what print, names and the article say


def passed_over(words: Sequence[str], repair: Repair, tongue: Language) -> bool:
    """Whether the table must not be trusted here: at the ends of a paragraph, beside numerals, in the dictionary's names."""
    first, last = repair.first, repair.last
    if first == 0 or last == len(words) or repair.text in tongue.people:
        return True
    return any(map(_no_prose, words[first - 1 : last + 1]))


@lru_cache(maxsize=50_000)
def _no_prose(word: str) -> bool:
    """A blank, a numeral, a number or a Latin word."""
    return not word.strip() or all(c in guards.NUMERALS for c in word) or (not is_han(word) and word[0].isalnum())


def in_a_name(words: Sequence[str], repair: Repair, tongue: Language) -> bool:
    """Whether the printed words may be a name, or stand beside one where that makes a difference."""
    first, last, kind = repair.first, repair.last, repair.kind
    if kind == "doubled" and words[first] in weights.NEVER_TWICE:
        return False
    a = max(0, first - 6)
    names = guards.names(list(words[a : last + 6]), tongue, cut_off=a > 0)
    beside = kind in ("dropped", "extra", "swapped")
    return any(names[first - a - beside : last - a + beside])


def find(paragraphs: Sequence[str]) -> list[Flag]:
    """Flags of a record's paragraphs.

    >>> [(f["start"], f["end"], f["suggestion"]) for f in find(["为实现中华民族伟大复兴的中国梦而不奋斗！"])]
    [(16, 17, '不懈')]
    """
    return find_all([paragraphs])[0]


def find_all(records: Sequence[Sequence[str]]) -> list[list[Flag]]:
    """Flags of the paragraphs of each record."""
    out: list[list[Flag]] = []
    some: list[Sequence[str]] = []
    size = 0
    for paragraphs in records:
        length = sum(map(len, paragraphs))
        if some and size + length > MANY:
            out += _flags(some)
            some, size = [], 0
        some.append(paragraphs)
        size += length
    return out + _flags(some)


def _flags(records: Sequence[Sequence[str]]) -> list[list[Flag]]:
    sheet = Sheet([text for paragraphs in records for text in paragraphs], language())
    found = repairs(sheet)
    out: list[list[Flag]] = []
    number = 0
    for paragraphs in records:
        flags: list[Flag] = []
        whole = ""
        for para, text in enumerate(paragraphs, number):
            flags += _commas(text, sheet.words[para], para - number)
            if para in found:
                whole = whole or "\n".join(paragraphs)
                flags += _told(whole, sheet.row(para), para - number, found[para], sheet.tongue)
        number += len(paragraphs)
        out.append(flags)
    return out


def _told(whole: str, paragraph: Paragraph, para: int, found: Sequence[Repair], tongue: Language) -> Iterator[Flag]:
    """The repairs of a paragraph that are likely enough, the most likely first, never two on the same characters."""
    text, words, numbers = paragraph
    at = [0, *accumulate(map(len, words))]
    chosen: list[tuple[float, Repair]] = []
    for repair in found:
        if passed_over(words, repair, tongue):
            continue
        place = weights.Place(whole, text, at[repair.first], at[repair.last], repair.text, repair.kind, repair.gain)
        points = weights.points(place, tongue, numbers[repair.first], numbers[repair.first + 1], numbers[repair.last + 1])
        sure = weights.confidence(points, repair.kind)
        if sure > weights.THRESHOLD and not in_a_name(words, repair, tongue):
            chosen.append((sure, repair))
    chosen.sort(key=lambda x: (-x[0], x[1]))
    taken: set[int] = set()
    for sure, repair in chosen:
        start, end = at[repair.first], at[repair.last]
        if taken.isdisjoint(range(start - 1, end + 1)):
            taken.update(range(start, end))
            yield _flag(para, text, start, end, repair, sure)


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
def _openers() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    table = rules()["clauses"]
    openers = table["openers"].split()
    # One class first: the search runs at full speed up to the mark.
    return frozenset(openers), frozenset(table["pronouns"]), re.compile(f"、(?:{'|'.join(sorted(openers))})")


def _commas(text: str, words: Sequence[str], para: int) -> list[Flag]:
    """、 before a word that opens a clause: 取得很大进步、但仍有差距."""
    openers, pronouns, pattern = _openers()
    if not pattern.search(text):
        return []
    flags: list[Flag] = []
    at = 0
    for before, mark, after in zip(["", *words], words, [*words[1:], ""], strict=False):
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
