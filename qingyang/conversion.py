"""What OpenCC makes of a text, faster: it is asked once for all variants, and then only about clauses that hold one of its phrases.

A variant is Traditional Chinese (OpenCC's s2t) turned into a region's characters and words, and most of that goes character
by character. ``rules/opencc.tsv`` has those characters and the phrases that are more than their characters (made by
``bench/opencc/build.py``); a clause with such a phrase goes to OpenCC itself, and so does everything when another OpenCC
than the table's is installed. The result is OpenCC's, character for character.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from qingyang.codes import code_points

Codes = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

STEPS = {
    "s2hk": ("hk",),
    "s2twp": ("tw",),
    "t2s": ("simplified",),
    "hk2s": ("hk-back", "simplified"),
    "tw2sp": ("tw-back", "simplified"),
    "tw2s": ("tw-characters-back", "simplified"),
}
"""What each configuration does, one step after the other; those that begin with s2 after s2t."""
APART = "\n\x1d\x1e，。；：！？“”、（）《》　—"
"""Stand in no entry of OpenCC's dictionaries, neither as key nor as value: what lies between is converted by itself."""
ALWAYS = ((0x2E80, 0x2FDF), (0xD800, 0xFAFF), (0xFE00, 0xFE0F))
"""Radicals, compatibility ideographs and what picks a glyph: OpenCC is asked, as it is about all beyond the first plane."""
_BITS = 20


def _hashed(a: Codes, b: Codes) -> Codes:
    h = (a * np.uint32(0x9E3779B1)) ^ (b * np.uint32(0x85EBCA6B))
    return (h * np.uint32(0xC2B2AE35)) >> np.uint32(32 - _BITS)


class Step:
    """One step: characters that become others, and where more than that happens."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self.table = np.arange(0x10000, dtype=np.uint32)
        self.ask = np.zeros(0x10000, bool)
        """Characters that become more than one, or one beyond the first plane."""
        for low, high in ALWAYS:
            self.ask[low : high + 1] = True
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for key, value in rows:
            if len(key) > 1:
                keys[key[:2]].append(key)
            elif ord(key) < 0x10000:
                if len(value) == 1 and ord(value) < 0x10000:
                    self.table[ord(key)] = ord(value)
                else:
                    self.ask[ord(key)] = True
        self._keys = {head: tuple(some) for head, some in keys.items()}
        self._heads = np.zeros(1 << _BITS, bool)
        self._begins = np.zeros(0x10000, bool)
        """The characters that phrases begin with."""
        heads = code_points("".join(keys))
        self._heads[_hashed(heads[::2], heads[1::2])] = True
        self._begins[np.minimum(heads[::2], 0xFFFF)] = True

    def phrases(self, text: str, codes: Codes, low: Codes) -> list[int]:
        """Where phrases stand that are more than their characters; ``low`` are the code points of the first plane, the last for others."""
        keys = self._keys
        some = np.flatnonzero(self._begins[low[:-1]])
        some = some[self._heads[_hashed(codes[some], codes[some + 1])]]
        return [at for at in some.tolist() if (found := keys.get(text[at : at + 2])) and text.startswith(found, at)]


@cache
def _table() -> tuple[str, dict[str, list[tuple[str, str]]]]:
    """The version of OpenCC that the table was made from, and its rows by step."""
    rows: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in (files("qingyang") / "rules" / "opencc.tsv").read_text("utf-8").splitlines():
        step, key, value = line.split("\t")
        rows[step].append((key, value))
    return rows["version"][0][0], rows


@cache
def _step(name: str) -> Step:
    return Step(_table()[1][name])


@cache
def _ends() -> npt.NDArray[np.bool_]:
    out = np.zeros(0x10000, bool)
    out[[ord(c) for c in APART]] = True
    return out


@cache
def engine(config: str) -> Any:
    """One of OpenCC's converters; each is made once."""
    import opencc

    return opencc.OpenCC(config)


def ask(text: str, config: str) -> str:
    """``text`` converted by OpenCC itself, which stops at NUL.

    >>> ask("头发\\0发展", "s2t")
    '頭髮\\x00發展'
    """
    convert = engine(config).convert
    return "\0".join(map(convert, text.split("\0"))) if "\0" in text else convert(text)


@lru_cache(maxsize=4)
def standard(text: str) -> str:
    """The s2t of ``text``; the last few are remembered, for the next variant of the same text."""
    return ask(text, "s2t")


def convert(text: str, config: str, standard: str | None = None) -> str:
    """``text`` as OpenCC converts it; ``standard`` is its s2t, for whoever has it.

    >>> convert("无线新闻支持计算机程序。", "s2twp"), convert("頭髮、乾坤、計程車", "tw2sp")
    ('無線新聞支援計算機程式。', '头发、乾坤、出租车')
    """
    import opencc

    if config not in STEPS or not text or opencc.__version__ != _table()[0]:
        return standard if config == "s2t" and standard is not None else ask(text, config)
    here = text if config[:2] != "s2" else ask(text, "s2t") if standard is None else standard
    codes = code_points(here)
    low = np.minimum(codes, 0xFFFF)
    asked = low == 0xFFFF
    doubtful: list[int] = []
    now = codes
    for k, name in enumerate(STEPS[config]):
        step = _step(name)
        asked |= step.ask[low]
        if k:
            here = now.tobytes().decode("utf-32-le", "surrogatepass")
        doubtful += step.phrases(here, now, low)
        low = step.table[low]
        now = low
    if asked.any():
        doubtful += np.flatnonzero(asked).tolist()
        now = np.where(asked, codes, now)
    out = now.tobytes().decode("utf-32-le", "surrogatepass")
    return _asked(text, out, codes, sorted(doubtful), config) if doubtful else out


def _asked(text: str, out: str, codes: Codes, doubtful: list[int], config: str) -> str:
    """``out``, with OpenCC's own conversion of the clauses that hold a doubtful place of it."""
    ends = _ends()
    theirs = np.flatnonzero(ends[np.minimum(codes, 0xFFFF)])
    clauses = np.unique(np.searchsorted(theirs, doubtful))
    starts, stops = np.append(-1, theirs)[clauses] + 1, np.append(theirs, len(out))[clauses]
    ours_codes = code_points(text)
    ours = np.flatnonzero(ends[np.minimum(ours_codes, 0xFFFF)])
    if len(ours) != len(theirs):
        return ask(text, config)
    firsts, lasts = np.append(-1, ours)[clauses] + 1, np.append(ours, len(text))[clauses]
    sources = [text[a:b] for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)]
    told = iter(ask("\x1e".join(sources), config).split("\x1e"))
    pieces: list[str] = []
    done = 0
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        pieces += (out[done:start], next(told))
        done = stop
    pieces.append(out[done:])
    return "".join(pieces)
