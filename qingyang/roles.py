"""Weighs the evidence of a whole page and gives every unit its role.

Two small networks look at each unit and its neighbours (layers of convolution over units); the mean of their scores gives each
role a probability. How they were trained, and on what, stands in ``bench/quality/train/README.md``; the weights are
``qingyang/model/roles-1.npz`` and ``roles-2.npz``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
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


class Weights(NamedTuple):
    mean: Floats
    scale: Floats
    chars: Floats
    """[character, end, dimension]: what a common character at one of the four ends says."""
    layers: tuple[tuple[Floats, Floats], ...]
    """(kernel [reach, in, out], bias) of each convolution; the last gives the scores of the roles."""


@lru_cache(maxsize=1)
def weights() -> tuple[Weights, ...]:
    return tuple(_read(f"roles-{k}.npz") for k in (1, 2))


def _read(name: str) -> Weights:
    raw = resources.files("qingyang").joinpath("model", name).read_bytes()
    with np.load(io.BytesIO(raw)) as z:
        names = tuple(str(z["names"]).split())
        if names != NAMES or tuple(str(z["roles"]).split()) != ROLES:
            raise ValueError(f"qingyang/model/{name} was trained on other evidence; run python -m bench.quality.train.roles")
        layers = tuple((z[f"w{k}"].astype(np.float32), z[f"b{k}"].astype(np.float32)) for k in range(int(z["depth"])))
        return Weights(z["mean"], z["scale"], z["chars"].astype(np.float32), layers)


def scores(pages: Sequence[Floats], w: Weights) -> list[Floats]:
    """Per page, the scores of every role at every unit: logits, to be read through a softmax."""
    pad = sum(k.shape[0] // 2 for k, _ in w.layers) + 1
    lengths = [len(p) for p in pages]
    rows = sum(lengths) + pad * (len(pages) + 1)
    plain, extra = len(w.mean), w.chars.shape[2]
    x = np.zeros((rows, plain + CHARS * extra), np.float32)
    mask = np.zeros((rows, 1), np.float32)
    at, spans = pad, []
    for p in pages:
        x[at : at + len(p), :plain] = np.clip((p[:, :plain] - w.mean) * w.scale, -6, 6)
        ends = p[:, plain:].astype(np.int64)
        for j in range(CHARS):
            x[at : at + len(p), plain + j * extra : plain + (j + 1) * extra] = w.chars[ends[:, j], j]
        mask[at : at + len(p)] = 1
        spans.append((at, at + len(p)))
        at += len(p) + pad
    for depth, (kernel, bias) in enumerate(w.layers):
        reach = kernel.shape[0] // 2
        y = np.broadcast_to(bias, (rows, len(bias))).copy()
        for j in range(kernel.shape[0]):
            off = j - reach
            lo, hi = max(0, -off), min(rows, rows - off)
            y[lo:hi] += x[lo + off : hi + off] @ kernel[j]
        if depth < len(w.layers) - 1:
            y = np.maximum(y, 0) * mask
        x = y
    return [x[a:b] for a, b in spans]


def weigh(pages: Sequence[Floats]) -> list[tuple[list[str], Floats]]:
    """Per page, the most probable role of every unit and the probability of every role."""
    out: list[tuple[list[str], Floats]] = []
    for both in zip(*(scores(pages, w) for w in weights()), strict=True):
        e = sum(both[1:], both[0]) / len(both)
        p = np.exp(e - e.max(1, keepdims=True)) if len(e) else e
        p /= np.maximum(p.sum(1, keepdims=True), 1e-30)
        out.append(([ROLES[r] for r in p.argmax(1).tolist()], p))
    return out


_READS, _ORDER = NAMES.index("seam_reads"), NAMES.index("page_open_seams")


def settle(roles: list[str], p: Floats, X: Floats) -> list[str]:
    """One headline over two lines is one headline.

    A headline right under another one, which has no text of its own, goes on with it where the network half thinks so, where the
    words run on across the seam (长航集团推出春运优质服务标准公布监督电 | 话请社会监督), or where the page is read in good order: there
    no headline stands without its text.
    """
    out = list(roles)
    cont = ROLES.index("headline_cont")
    for k in range(1, len(out)):
        under = out[k] == "headline" and out[k - 1] in ("headline", "headline_cont")
        if under and (p[k, cont] >= 0.15 or X[k, _READS] > 0 or X[k, _ORDER] >= 0.8):
            out[k] = "headline_cont"
    return out
