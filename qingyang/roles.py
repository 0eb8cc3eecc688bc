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
