"""Weighs the evidence of a whole page and gives every unit its role.

A small network looks at each unit and its neighbours (layers of convolution over units) and gives each role a probability. How it
was trained, and on what, stands in ``bench/quality/train/README.md``; the weights are ``qingyang/model/roles-1.npz``. Where several
networks stand there, their scores are averaged.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.evidence import CHARS, NAMES

Floats = NDArray[np.float32]

ROLES = (
    "furniture",
    "kicker",
    "headline",
    "headline_cont",
    "deck",
    "byline",
    "docdate",
    "subhead",
    "start",
    "continue",
    "resume",
    "other",
    "caption",
    "caption_cont",
)
"""``start`` begins a paragraph of the article at hand, ``continue`` goes on with the unit before; ``resume`` goes on with
a paragraph that stands elsewhere on the page, ``other`` begins a paragraph of another article without a headline."""


class Layer(NamedTuple):
    kernel: Floats
    """[reach, in, out]."""
    bias: Floats
    step: int
    """Units between the taps of the kernel."""


class Weights(NamedTuple):
    sees: NDArray[np.int64]
    """The columns of the evidence that the network knows; the last are the characters'."""
    mean: Floats
    scale: Floats
    chars: Floats
    """[character, end, dimension]: what a common character at one of the four ends says."""
    first: Layer
    between: tuple[Layer, ...]
    """Each adds to what the layer before it gave (He et al. 2016), every one with wider steps (Yu & Koltun 2016)."""
    page: Floats
    """[in, out]: what the mean of the page says at each of its units, from the second of ``between`` on."""
    last: Layer
    """Gives the scores of the roles."""


@lru_cache(maxsize=1)
def weights() -> tuple[Weights, ...]:
    folder = resources.files("qingyang").joinpath("model")
    return tuple(_read(p.name) for p in sorted(folder.iterdir(), key=lambda p: p.name) if p.name.startswith("roles-"))


def _read(name: str) -> Weights:
    raw = resources.files("qingyang").joinpath("model", name).read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        names = tuple(str(z["names"]).split())
        if not set(names) <= set(NAMES) or names[-CHARS:] != NAMES[-CHARS:] or tuple(str(z["roles"]).split()) != ROLES:
            raise ValueError(f"qingyang/model/{name} was trained on other evidence; run python -m bench.quality.train.roles")
        f = np.float32
        first, *between, last = (Layer(z[f"w{k}"].astype(f), z[f"b{k}"].astype(f), int(step)) for k, step in enumerate(z["steps"].tolist()))
        sees = np.array([NAMES.index(n) for n in names[:-CHARS]])
        return Weights(sees, z["mean"], z["scale"], z["chars"].astype(f), first, tuple(between), z["page"].astype(f), last)


def _convolve(x: Floats, layer: Layer) -> Floats:
    rows, reach = len(x), len(layer.kernel) // 2
    y: Floats = x @ layer.kernel[reach]
    y += layer.bias
    tap = np.empty_like(y)
    for j, kernel in enumerate(layer.kernel):
        off = (j - reach) * layer.step
        if off:
            lo, hi = max(0, -off), min(rows, rows - off)
            y[lo:hi] += np.matmul(x[lo + off : hi + off], kernel, out=tap[lo:hi])
    return y


def _seen(pages: Sequence[Floats], w: Weights, units: NDArray[np.int64], rows: int) -> Floats:
    """The pages' evidence as the network wants it, at ``units`` of so many rows, nothing in between."""
    plain, extra = len(w.mean), w.chars.shape[2]
    x = np.zeros((rows, plain + CHARS * extra), np.float32)
    facts = pages[0].T if len(pages) == 1 else np.concatenate([p.T for p in pages], 1)  # evidence lies in memory column by column
    seen = facts[w.sees]
    seen -= w.mean[:, None]
    seen *= w.scale[:, None]
    x[units, :plain] = np.clip(seen, -6, 6, out=seen).T
    for j, ends in enumerate(facts[-CHARS:].astype(np.int64)):
        x[units, plain + j * extra : plain + (j + 1) * extra] = w.chars[ends, j]
    return x


def scores(pages: Sequence[Floats], w: Weights) -> list[Floats]:
    """Per page, the scores of every role at every unit: logits, to be read through a softmax."""
    pad = max(len(k.kernel) // 2 * k.step for k in (w.first, *w.between))
    lengths = [len(p) for p in pages]
    starts = [pad + at + k * pad for k, at in enumerate(accumulate(lengths, initial=0))]
    spans = [(a, a + n) for a, n in zip(starts, lengths, strict=False)]
    units = np.concatenate([np.arange(a, b) for a, b in spans])
    rows = starts[-1]
    x = _seen(pages, w, units, rows)
    mask = np.zeros((rows, 1), np.float32)
    mask[units] = 1
    x = _convolve(x, w.first)
    np.maximum(x, 0, out=x)
    x *= mask
    for k, layer in enumerate(w.between):
        y = _convolve(x, layer)
        if k == 1:
            for a, b in spans:
                if b > a:
                    y[a:b] += x[a:b].mean(0) @ w.page
        np.maximum(y, 0, out=y)
        y *= mask
        x += y
    y = _convolve(x, w.last)
    return [y[a:b] for a, b in spans]


def weigh(pages: Sequence[Floats]) -> list[tuple[list[str], Floats]]:
    """Per page, the most probable role of every unit and the probability of every role."""
    out: list[tuple[list[str], Floats]] = []
    for both in zip(*(scores(pages, w) for w in weights()), strict=True):
        e = sum(both[1:], both[0]) / len(both)
        p = np.exp(e - e.max(1, keepdims=True)) if len(e) else e
        p /= np.maximum(p.sum(1, keepdims=True), 1e-30)
        out.append(([ROLES[r] for r in p.argmax(1).tolist()], p))
    return out


def give(roles: list[str], p: Floats, unit: int, role: str) -> None:
    """Make it certain that ``unit`` has ``role``."""
    roles[unit], p[unit] = role, 0
    p[unit, ROLES.index(role)] = 1


_READS, _ORDER, _DOCDATE, _SIGN = (NAMES.index(n) for n in ("seam_reads", "page_open_seams", "is_docdate", "is_heading_sign"))
_HEAD = ("headline", "headline_cont", "deck", "byline", "kicker")
_BULLET = NAMES.index("first_bullet")
_NO_ITEM = [NAMES.index(n) for n in ("is_caption", "is_credit", "is_furniture", "is_furniture_weak", "is_section", "is_index")]
_BODY = ("start", "continue", "resume", "other")
_BODY_AT = [ROLES.index(r) for r in _BODY]
_MARKS = [NAMES.index(f"first_{n}") for n in ("comma", "stop", "semi", "colon", "shutq", "shutb")]
_SIGNS = [NAMES.index(n) for n in ("han", "digits", "latin")]
_TINY = NAMES.index("tiny")


def settle(roles: list[str], p: Floats, X: Floats) -> list[str]:
    """What is plain to see outweighs the networks.

    One headline over two lines is one headline: a headline right under another one, which has no text of its own, goes on with
    it where the networks half think so, where the words run on across the seam (长航集团推出春运优质服务标准公布监督电 | 话请社会监督), or
    where the page is read in good order: there no headline stands without its text. A line under a head that is a full date in
    brackets and nothing else, （2020年11月24日）, is the date of the document. What a converter marked as a heading is one.
    A list goes on as it began: an item right under another, each with its bullet, is text where that is.
    A question or an answer (答：) after a full stop begins a paragraph.
    A mark of punctuation that a reading left on a line of its own belongs to some text: it is no furniture.
    """
    out = list(roles)
    cont = ROLES.index("headline_cont")
    for k in np.flatnonzero(X[:, _MARKS].any(1) & (X[:, _TINY] > 0) & ~X[:, _SIGNS].any(1)).tolist():
        if out[k] == "furniture":
            out[k] = _BODY[int(p[k, _BODY_AT].argmax())]
    for k in np.flatnonzero(X[:, _SIGN]).tolist():
        if out[k] not in ("kicker", "headline", "headline_cont", "subhead", "caption"):
            out[k] = "headline"
    for k in np.flatnonzero(X[:, _DOCDATE]).tolist():
        if k and out[k] in _HEAD and out[k - 1] in _HEAD:
            out[k] = "docdate"
    for k in np.flatnonzero((X[:, _BULLET] > 0) & ~(X[:, _NO_ITEM] > 0).any(1)).tolist():
        if k and X[k - 1, _BULLET] > 0 and out[k] in ("caption", "furniture") and out[k - 1] in ("start", "subhead"):
            out[k] = "start"
    for k in range(1, len(out)):
        under = out[k] == "headline" and out[k - 1] in ("headline", "headline_cont")
        if under and (p[k, cont] >= 0.15 or X[k, _READS] > 0 or X[k, _ORDER] >= 0.8):
            out[k] = "headline_cont"
    asked = np.flatnonzero((X[1:, _QUESTION] > 0) & ((X[:-1, _STOP] > 0) | (X[:-1, _SHUT] > 0) | (X[:-1, _BRACKET] > 0))) + 1
    for k in [*asked.tolist(), *np.flatnonzero(_ends_for_a_reason(X)).tolist()]:
        if out[k] == "continue":
            out[k] = "start"
    return out


_QUESTION, _BRACKET = (NAMES.index(n) for n in ("is_question", "last_shutb"))
_WIDTH, _WORD, _STOP, _SHUT, _HAN, _INDENTS = (
    NAMES.index(n) for n in ("width_log", "first_word", "last_stop", "shut_after_stop", "last_han", "page_indents")
)
ALIKE, STRICT, ENOUGH = 0.6, 0.97, 20
"""Share of a page's lines that fill its column to the last character but one; share of the seams inside sentences where the next
word had no room; and how many such seams say so."""


def _ends_for_a_reason(X: Floats) -> NDArray[np.bool_]:
    """Units that begin a paragraph because their first word had room in the line above, which ends a sentence.

    Only where a page is set without indents in columns of one width, and every line is filled as far as its words allow.
    That is told by the seams inside sentences: a line that ends in a character goes on, so there the next word had no room.
    """
    none = np.zeros(len(X), np.bool_)
    if len(X) < 2 * ENOUGH or X[0, _INDENTS] > 0.01:
        return none
    width = np.expm1(X[:, _WIDTH])
    column = np.bincount(np.round(width * 2).astype(np.int64)).argmax() / 2
    if column > 44 or ((width >= column - 1.01) & (width <= column + 0.51)).mean() < ALIKE:
        return none
    above = np.roll(width, 1)
    room = column - above - X[:, _WORD]
    of_column = (above <= column + 0.51) & (width <= column + 0.51)
    of_column[0] = False
    inside = of_column & np.roll(X[:, _HAN] > 0, 1) & (above > column / 2)
    if inside.sum() < ENOUGH or (room[inside] < 0).mean() < STRICT:
        return none
    return of_column & (room >= 0) & np.roll((X[:, _STOP] > 0) | (X[:, _SHUT] > 0), 1)
