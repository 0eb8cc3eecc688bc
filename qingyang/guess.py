"""Which encoding bytes are in: the one in which they read most like Chinese.

Every candidate decodes a sample, and each character costs what it is worth in Chinese prose (:mod:`qingyang.han`), so the
cheapest reading is the likeliest. A reading that no candidate makes plausible stays unnamed: it is never guessed silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from qingyang import euctw
from qingyang.han import costs

HEAD, PIECE = 32_768, 8_192
"""Bytes of the sample: the head, and one piece each from the middle and the end. All of a page; 48 KB of a 100 MB file."""

PLAUSIBLE = 9.8
"""Nats per non-ASCII character up to which a reading passes for Chinese. Lines of 15 characters and more cost 5.9 to 8.6, the
dearest (a list of names) 9.7; Japanese, Korean, Russian or Western text read as GB18030 or Big5 costs 10.4 and more."""

CERTAIN = 8.0
"""Up to here a reading of more than a line needs no further candidates: text misread as a common encoding costs 10 and more."""

_PUNCTUATION = dict.fromkeys("，。", 3.5) | dict.fromkeys("、“”：（）《》\u3000", 5.0) | dict.fromkeys("；！？—·‘’「」『』【】…〈〉", 6.0)
_DAMAGED = 30.0


class Guess(NamedTuple):
    """A candidate: its codec, what its reading of the sample costs in all, and per non-ASCII character."""

    codec: str
    nats: float
    each: float


@cache
def _cost(c: str) -> float:
    """What one character costs, in nats.

    >>> _cost("国") < _cost("Ａ") < _cost("锟") < _cost("가") < _cost("\\x00")
    True
    """
    known = costs().get(c) or _PUNCTUATION.get(c)
    if known:
        return known
    o = ord(c)
    if o < 0x80:
        return 3.2 if o >= 0x20 or c in "\t\n\r\f" else 20.0
    for low, high, nats in _BLOCKS:
        if low <= o <= high:
            return nats
    return 14.0


_BLOCKS = (
    (0x4E00, 0x9FFF, 13.0),  # Han off the shelves
    (0xFF01, 0xFF5E, 7.5),  # full-width letters and digits
    (0x3001, 0x303F, 9.0),  # Chinese punctuation
    (0x2010, 0x203B, 9.0),
    (0x2160, 0x22FF, 10.0),  # numbers and mathematics
    (0x2460, 0x24FF, 9.5),
    (0x2500, 0x26FF, 10.0),  # rules, squares, stars
    (0x3040, 0x30FF, 13.0),  # kana: EUC-JP and GB2312 have them in the same place
    (0x3100, 0x312F, 11.0),  # bopomofo
    (0x00A0, 0x00FF, 11.0),
    (0x3400, 0x4DBF, 15.0),  # extension A
    (0x20000, 0x3FFFF, 15.0),
    (0xFFFD, 0xFFFD, _DAMAGED),
    (0xE000, 0xF8FF, 18.0),  # private use
    (0x0080, 0x009F, 20.0),
    (0xFFFE, 0xFFFF, 20.0),
)


def reading(text: str) -> tuple[float, float]:
    """What a reading costs in all, and per character that is not ASCII (0.0 where there is none).

    >>> reading("新华社北京11月24日电")[1] < PLAUSIBLE < reading("新华社北京".encode().decode("gbk", "replace"))[1]
    True
    """
    total = high = 0.0
    n = 0
    for c, count in Counter(text).items():
        nats = _cost(c) * count
        total += nats
        if c >= "\x80":
            high += nats
            n += count
    return total, high / n if n else 0.0


def sample(data: bytes) -> list[bytes]:
    """The pieces of ``data`` that are looked at: all of it when it is short.

    >>> [len(p) for p in sample(b"0" * 100_000_000)]
    [32768, 8192, 8192]
    """
    if len(data) <= HEAD + 2 * PIECE:
        return [data]
    middle = len(data) // 2 & ~3
    tail = (len(data) - PIECE) & ~3
    return [data[:HEAD], data[middle : middle + PIECE], data[tail:]]


_LENIENT: dict[str, Callable[[bytes], str]] = {
    c: (lambda b, c=c: b.decode(c, "replace"))  # type: ignore[misc]
    for c in ("utf-8", "gb18030", "big5hkscs", "cp950", "hz", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
}


_LENIENT["euc_tw"] = lambda b: euctw.decode(b, lenient=True)

PRIOR = {
    "utf-8": 0.0, "gb18030": 1.0, "big5hkscs": 3.0, "cp950": 5.0, "euc_tw": 12.0,
    "utf-16-le": 12.0, "utf-16-be": 14.0, "utf-32-le": 12.0, "utf-32-be": 14.0,
}  # fmt: skip
"""Nats that count against a candidate before it is read: how rarely a page comes in it."""


COMMON = ("utf-8", "gb18030", "big5hkscs", "cp950")


def _rare(data: bytes) -> list[str]:
    """The codecs worth a trial where none of the common ones reads well."""
    zeros = 0 in data
    out = ["euc_tw"] if b"\x8e" in data or not zeros else []
    if len(data) % 2 == 0:
        out += ["utf-16-le", "utf-16-be"]
        if zeros and len(data) % 4 == 0:
            out += ["utf-32-le", "utf-32-be"]
    return out


def guesses(data: bytes) -> list[Guess]:
    """Every candidate for ``data`` (no byte order mark in front), the likeliest first.

    >>> guesses("本报北京十月十四日电".encode("gb18030"))[0].codec
    'gb18030'
    >>> guesses("本報臺北電：清樣".encode("big5"))[0].codec
    'big5hkscs'
    """
    pieces = sample(data)
    if b"~{" in data and data.isascii():
        # Seven-bit text is HZ when its shifted stretches read as Chinese; no cost can compare it with plain ASCII.
        mean = max(reading(_LENIENT["hz"](piece))[1] for piece in pieces)
        return [Guess("hz", 0.0, mean)] if 0 < mean <= PLAUSIBLE else [Guess("utf-8", 0.0, 0.0)]
    out = [_guess(codec, pieces) for codec in COMMON]
    best = min(out, key=lambda g: g.nats)
    if not (0 < best.each <= CERTAIN and len(data) > 60):
        out += [_guess(codec, pieces) for codec in _rare(data)]
    out.sort(key=lambda g: g.nats)
    return out


def _guess(codec: str, pieces: list[bytes]) -> Guess:
    lenient = _LENIENT[codec]
    nats, each = PRIOR[codec], 0.0
    for k, piece in enumerate(pieces):
        # A piece from within may begin inside a character: the cheapest of the possible beginnings is the true one.
        total, mean = min(reading(lenient(piece[s:])) for s in range(4 if k and not codec.startswith("utf-") else 1))
        nats += total
        each = max(each, mean)
    return Guess(codec, nats, each)
