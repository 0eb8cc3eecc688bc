"""Gives the pieces of a page that lost their place back to their articles.

Where columns were read across, or blocks in the wrong order, an article comes in pieces: a headless piece begins inside a
paragraph, or with a paragraph of something that is not the article above it. A page is cut as well where the network is not sure
that text goes on, or where something else stands between (:func:`cut`). :func:`thread` finds for each piece the one whose end it
goes on with, all at once: the seam, the words both share, the width of the column, how far apart they stand, what the network
thought; and once more, knowing what the others chose (:func:`context`). The weights of the evidence are in
``rules/threads.toml``; they were fitted on composed and printed pages (``bench/quality/train/threads.py``).
A piece that goes with nothing on its page stays a piece of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang import ngrams, seams
from qingyang.assignment import assigned
from qingyang.evidence import NAMES, Floats, edges
from qingyang.lines import Sheet
from qingyang.ngrams import Codes
from qingyang.pieces import weighed
from qingyang.roles import ROLES
from qingyang.split import Draft, PageDrafts, split

_COL = {n: i for i, n in enumerate(NAMES)}

FEATURES = (
    "mid_after_open",
    "mid_after_stop",
    "start_after_open",
    "start_after_stop",
    "mid_belongs",
    "mid_reads",
    "mid_reads_best",
    "topic",
    "topic_best",
    "same_width",
    "same_column",
    "other_column",
    "next_piece",
    "next_in_order",
    "apart_log",
    "backwards",
    "head_only",
    "head_only_dateline",
    "head_only_mid",
    "closed",
    "long_above",
    "dateline_after_text",
    "far_resumes",
    "far_other",
    "next_begins",
    "next_network",
    "next_doubtful",
    "next_gap",
    "next_seam",
    "doubtful_mid_stop",
    "next_doubtful_order",
    "next_long",
    "headed_next",
    "headed_topic",
    "headed_reads",
)
NONE = (
    *("none", "none_mid", "none_topic", "none_short", "none_network", "none_doubtful"),
    *("none_order", "none_dateline", "none_resumes", "none_other"),
    *("none_headed", "none_head_network", "none_head_tiny", "none_head_dateline"),
)
"""Evidence that a piece goes with nothing on the page."""
CONTEXT = ("in_turn", "inside_another", "around_another", "beside", "in_step", "chain_topic")
"""What the links of the first look say about a link at the second."""


@lru_cache(maxsize=1)
def _weights() -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The weights of the first and of the second look."""
    t = tomllib.loads(resources.files("qingyang").joinpath("rules", "threads.toml").read_text("utf-8"))

    def of(table: str, names: tuple[str, ...]) -> Floats:
        return np.array([t[table][f] for f in names], np.float32)

    return (of("first", FEATURES), of("first", NONE)), (of("second", (*FEATURES, *CONTEXT)), of("second", NONE))


def _ends(sheet: Sheet, d: Draft) -> tuple[int, int]:
    """First and last unit of running text; of the head where there is none."""
    units = [k for para in d.paragraphs for _, k in para] or [k for _, k in [*d.kicker, *d.headline, *d.deck, *d.docdate, *d.byline]]
    return (units[0], units[-1]) if units else (d.first[1], d.last[1])


class Asked(NamedTuple):
    """The seams that the lost pieces of a page ask about: each piece with the end of every piece of the page."""

    left: Codes
    """What stands before them, one row for each piece of the page."""
    right: Codes
    """What stands behind them, one row for each lost piece."""
    wanted: list[int]
    """The lost pieces."""
    mid: NDArray[np.bool_]
    """Of each lost piece, may it begin inside a paragraph?"""
    open_end: NDArray[np.bool_]
    """Of each piece of the page, does it end in mid-sentence?"""


class Known(NamedTuple):
    """What is known of these seams: [lost piece, piece above]."""

    belongs: Floats
    """By :func:`qingyang.seams.belongs`."""
    reads: Floats
    """By :func:`qingyang.ngrams.gains`."""


def asked(sheet: Sheet, X: Floats, p: Floats, drafts: list[Draft], wanted: list[int]) -> Asked:
    """The seams between the lost pieces of a page and all its pieces."""
    first, last = zip(*[_ends(sheet, d) for d in drafts], strict=True)
    left, _ = edges(sheet, np.array(last), np.array(last))
    begin = np.array([first[w] for w in wanted], np.int64)
    _, right = edges(sheet, begin, begin)
    open_end = np.array([bool(d.paragraphs) for d in drafts]) & ~_stops(X, last)
    return Asked(left, right, wanted, p[begin][:, [_CONTINUE, _RESUME]].sum(1) > MAY, open_end)


MAY = 0.1
"""How probable it must be that a piece begins inside a paragraph, for the words above it to be asked about."""


def said_of(pages: Sequence[Asked]) -> list[Known]:
    """What is known of the seams of some pages: in arrays, which cost as much for one page as for ten."""
    left = np.concatenate([np.tile(page.left, (len(page.right), 1)) for page in pages])
    right = np.concatenate([np.repeat(page.right, len(page.left), 0) for page in pages])
    # every lost piece is weighed by itself
    runs = list(pairwise(accumulate((len(page.left) for page in pages for _ in page.wanted), initial=0)))
    belongs = np.split(seams.belongs(left, right, None, runs), np.cumsum([len(page.left) * len(page.right) for page in pages])[:-1])
    return [Known(b.reshape(reads.shape), reads) for b, reads in zip(belongs, _reads(pages), strict=True)]


def evidence(
    sheet: Sheet, X: Floats, p: Floats, drafts: list[Draft], wanted: list[int], topic: Floats, said: Known | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """[piece, candidate above, feature], and [piece, feature] for going with nothing. ``topic`` is
    :func:`standing_out`; ``said`` is what is known of the seams, for whoever has asked."""
    n, m = len(drafts), len(wanted)
    w, index, own = np.array(wanted), np.arange(n), np.arange(m)
    last = np.array([_ends(sheet, d)[1] for d in drafts])
    body = [[k for para in d.paragraphs for _, k in para] for d in drafts]
    long = np.log1p(np.array([len(b) for b in body])) / 5
    has = np.array([bool(b) for b in body])
    headed = np.array([d.has_head for d in drafts])
    closed = np.array([bool(d.sign_off) for d in drafts])
    doubted = np.array([d.doubtful for d in drafts])[w]
    stop = has & _stops(X, last)
    open_end = has & ~stop
    # what the network thinks of the first line
    below = np.array([b[0] for b in (body[k] for k in wanted)])
    here = p[below]
    mid = (here[:, _RESUME] + here[:, _CONTINUE])[:, None]
    anew = (here[:, _OTHER] + here[:, _START])[:, None]
    order, dateline = X[below, _COL["page_open_seams"]], X[below, _COL["is_dateline"]] > 0
    on = _log_odds(going_on(p)[below])
    said = said or said_of([asked(sheet, X, p, drafts, wanted)])[0]
    belong = np.clip(said.belongs, -6, 6) / 4
    reads = said.reads
    wide = np.expm1(X[:, _COL["width_log"]])
    head_w, tail_w = (np.array([median(wide[b[end]]) if b else 0.0 for b in body]) for end in (_HEAD, _TAIL))
    column = np.array([float(np.sort(wide[b])[round(0.8 * (len(b) - 1))]) if b else 0.0 for b in body])
    lines_of_text = long >= _SEVERAL
    apart = np.abs(column - column[w][:, None])
    bare_head = headed & ~has
    next_above = index == (w - 1)[:, None]
    next_open = next_above * open_end
    far = ~next_above
    best = topic[w]
    best[own, w] = -9.0
    best = best.max(1)
    of = {
        "mid_after_open": mid * open_end,
        "mid_after_stop": mid * stop,
        "start_after_open": anew * open_end,
        "start_after_stop": anew * stop,
        "mid_belongs": mid * open_end * belong,
        "mid_reads": mid * open_end * np.clip(reads, -5, 10) / 5,
        "mid_reads_best": mid * open_end * ((reads >= reads.max(1, keepdims=True)) & (reads > 1)),
        "topic": topic[w],
        "topic_best": (topic[w] >= best[:, None]) & (best > 0)[:, None],
        "same_width": has * (np.abs(tail_w - head_w[w][:, None]) <= 1.01),
        "same_column": (lines_of_text & lines_of_text[w][:, None]) * (apart <= 1.01),
        "other_column": has * (apart > 2.5),
        "next_piece": next_above,
        "next_in_order": next_above * order[:, None],
        "apart_log": np.log1p(np.maximum(np.abs(w[:, None] - index) - 1, 0)),
        "backwards": index > w[:, None],
        "head_only": bare_head,
        "head_only_dateline": bare_head & dateline[:, None],
        "head_only_mid": bare_head * mid,
        "closed": closed,
        "long_above": long,
        "dateline_after_text": dateline[:, None] & has & ~closed,
        "far_resumes": far * _log_odds(here[:, _RESUME])[:, None],
        "far_other": far * _log_odds(here[:, _OTHER])[:, None],
        "next_begins": next_above * _log_odds(here[:, _START])[:, None],
        "next_network": next_above * on[:, None],
        "next_doubtful": next_above & doubted[:, None],
        "next_gap": next_above & (below != np.array([drafts[k - 1].last[1] + 1 for k in wanted]))[:, None],
        "next_seam": mid * next_open * belong,
        "doubtful_mid_stop": doubted[:, None] * mid * stop,
        "next_doubtful_order": next_above * (doubted * order)[:, None],
        "next_long": next_above * long[w][:, None],
        "headed_next": next_above * headed[w][:, None],
        "headed_topic": headed[w][:, None] * topic[w],
        "headed_reads": headed[w][:, None] * open_end * np.clip(reads, -5, 10) / 5,
    }
    pairs = np.zeros((m, n, len(FEATURES)), np.float32)
    for k, name in enumerate(FEATURES):
        pairs[:, :, k] = of[name]
    never = np.array([d.jump_out is not None for d in drafts]) | (index == w[:, None])
    pairs[never] = 0
    pairs[never, 0] = -99
    short = np.array([len(body[k]) <= 2 for k in wanted])
    ones = np.ones(m)
    head = headed[w]
    network = head * _log_odds(np.array([_head_probable(p, drafts[k]) for k in wanted]))
    tiny = head & np.array([sum(int(sheet.ends[u] - sheet.starts[u]) for u in _head(drafts[k])) <= TINY for k in wanted])
    alone = (
        *(ones, mid[:, 0], best, short, on, doubted, order, dateline, _log_odds(here[:, _RESUME]), _log_odds(here[:, _OTHER])),
        *(head, network, tiny, head & dateline),
    )
    return pairs, np.stack(alone, 1).astype(np.float32)


_SEVERAL = float(np.log1p(4)) / 5
"""As much text as tells the width of its column: four lines."""


_HEAD, _TAIL = slice(6), slice(-6, None)
"""The lines at the head and the tail of a piece that tell how wide it is set there."""


def _log_odds(q: Floats) -> Floats:
    """Of probabilities, in fourths, from -1 to 1."""
    out: Floats = np.clip(np.log(q + 0.01) - np.log(1.01 - q), -4, 4) / 4
    return out


def _stops(X: Floats, units: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the units end a sentence."""
    at = np.array(units)
    out: NDArray[np.bool_] = (X[at, _COL["last_stop"]] > 0) | (X[at, _COL["shut_after_stop"]] > 0)
    return out


def plainly(said: Known) -> Floats:
    """[lost piece, piece above]: log-odds beyond the weights where words alone make a seam plain: 第十二个五年规 | 划纲要.

    There the piece goes on from the other far better than from any third, and the other is gone on with far better than by any third.
    Of such seams on printed pages nine in ten are true; the weights, which were fitted on seams of every kind, trust them too little.
    """
    known = np.where(said.reads > 0, weighed(said.belongs, said.reads), np.float32(-CLEAR))
    best = (known >= _second(known, 1) + APART) & (known >= _second(known, 0) + APART)
    out: Floats = np.where(best, np.clip(known - CLEAR, 0, MOST_CLEAR), 0).astype(np.float32)
    return out


CLEAR, MOST_CLEAR, APART = 5.0, 8.0, 3.0
"""Log-odds by words alone beyond which a seam is plain, how much it may count for, and how much less likely the next best must be."""


def _second(values: Floats, axis: int) -> Floats:
    """Of each value, the best of the others in its row (1) or column (0)."""
    if values.shape[axis] < 2:
        return np.full(values.shape, -CLEAR, np.float32)
    ordered = np.sort(values, axis)
    first, second = (np.take(ordered, [k], axis) for k in (-1, -2))
    out: Floats = np.where(values == first, second, first)
    return out


def _reads(pages: Sequence[Asked]) -> list[Floats]:
    """[lost piece, piece above] of each page: how much likelier both are as one text than as two (:mod:`qingyang.ngrams`), where a piece
    that may begin inside a paragraph may go on from an end in mid-sentence; 0 elsewhere."""
    out = [np.zeros((len(page.right), len(page.left)), np.float32) for page in pages]
    some = [(k, np.flatnonzero(page.mid), np.flatnonzero(page.open_end)) for k, page in enumerate(pages)]
    some = [(k, below, above) for k, below, above in some if len(below) and len(above)]
    if not some:
        return out
    ends = ngrams.Ends.of(np.concatenate([pages[k].left[above] for k, _, above in some]))
    starts = ngrams.Starts.of(np.concatenate([pages[k].right[below] for k, below, _ in some]))
    first_end = first_start = 0
    pairs = []
    for _, below, above in some:
        pairs.append(np.indices((len(below), len(above))).reshape(2, -1) + np.array([[first_start], [first_end]]))
        first_start, first_end = first_start + len(below), first_end + len(above)
    b, a = np.concatenate(pairs, 1)
    gains = ngrams.gains(ends, starts, a, b)
    for (k, below, above), gain in zip(some, np.split(gains, np.cumsum([each.shape[1] for each in pairs])[:-1]), strict=True):
        out[k][np.ix_(below, above)] = gain.reshape(len(below), -1)
    return out


def likeness(sheet: Sheet, drafts: list[Draft], heads: bool = True) -> Floats:
    """Cosine of the pairs of Han characters that two pieces use, rare pairs counting more; nothing is said of a piece and itself.

    Pairs are told apart one by one, and only those that more than one piece uses are set side by side: where few bins are shared by
    all pairs of a page, chance makes every two pieces alike.
    """
    n = len(drafts)
    owner = np.full(len(sheet), -1)
    for i, d in enumerate(drafts):
        groups = ([*d.kicker, *d.headline, *d.deck] if heads else [], *d.paragraphs)
        owner[[k for group in groups for _, k in group]] = i
    unit, codes = sheet.pairs()
    mine = owner[unit]
    used, count = np.unique(codes[mine >= 0].astype(np.int64) * n + mine[mine >= 0], return_counts=True)
    piece, first = used % n, np.diff(used // n, prepend=-1) != 0
    pair = np.cumsum(first) - 1
    spread = np.bincount(pair)[pair] if len(pair) else pair
    weight = np.sqrt(count) / (1 + np.log1p(spread))
    size = np.sqrt(np.bincount(piece, weight**2, n)).astype(np.float32) + np.float32(1e-6)
    shared = spread > 1
    bins = min(int(np.count_nonzero(first & shared)), BINS) or 1
    place = piece[shared] * bins + (np.cumsum(first[shared]) - 1) % bins
    table = np.bincount(place, weight[shared], n * bins).reshape(n, bins).astype(np.float32)
    out: Floats = (table @ table.T) / size[:, None] / size
    np.fill_diagonal(out, 0)
    return out


BINS = 8192
"""Shared pairs that are told apart; a page has some hundred, a book more."""


def standing_out(alike: Floats) -> Floats:
    """Log of how much more alike two pieces are than two pieces of the page mostly are: on a page of one subject less is said by words
    that are shared."""
    n = len(alike)
    usual = np.float32((alike.sum() - np.trace(alike)) / max(n * (n - 1), 1))
    out: Floats = np.log((alike + USUAL) / (usual + USUAL))
    np.fill_diagonal(out, 0)
    return out


USUAL = np.float32(0.004)
"""What two texts that share nothing but their language have."""


def median(values: Floats) -> float:
    """As numpy's, which takes its time over a few values.

    >>> median(np.array([3, 1, 2], np.float32)), median(np.array([4, 1, 2, 3], np.float32))
    (2.0, 2.5)
    """
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else float((ordered[half - 1] + ordered[half]) / np.float32(2))


def lost_pieces(drafts: list[Draft], p: Floats) -> list[int]:
    """The pieces that look for what they go on with. One with a kicker or a deck, though no headline, begins something; but what the
    network is not sure to be a head may be a scrap that recognition left within a column, or a line of the text."""

    def may_be_lost(d: Draft) -> bool:
        if d.jump_in or not d.paragraphs:
            return False
        return d.headless if not _head(d) else not d.docdate and _head_probable(p, d) < HEADED

    return [i for i, d in enumerate(drafts) if may_be_lost(d)]


HEADED, TINY, CAUTION = 0.6, 3, 1.5
"""From which probability on a head is one; characters of a scrap; log-odds that must speak against a head beyond the weights: two stories
glued together cost more than one story cut."""
_HEADS = [ROLES.index(r) for r in ("kicker", "headline", "headline_cont", "deck")]


def _head(d: Draft) -> list[int]:
    return [k for _, k in [*d.kicker, *d.headline, *d.deck]]


def _head_probable(p: Floats, d: Draft) -> float:
    """How probable it is that what stands over a piece is its head; 1 where nothing does."""
    units = _head(d)
    return float(p[units][:, _HEADS].sum(1).max()) if units else 1.0


def _without_head(d: Draft) -> None:
    """What seemed to be the head is a heading, or a scrap, within the text."""
    heads = [list(units) for units in (d.kicker, d.headline, d.deck) if units]
    d.paragraphs = [*heads, *d.paragraphs]
    d.subheads = set(range(len(heads))) | {s + len(heads) for s in d.subheads}
    d.kicker, d.headline, d.deck = [], [], []
    d.headless, d.mid = True, False


_ON = [ROLES.index(r) for r in ("continue", "start", "subhead")]
_CONTINUE, _START, _RESUME, _OTHER = (ROLES.index(r) for r in ("continue", "start", "resume", "other"))
SURE, TRUST = 0.8, 0.6
"""A unit that seems to go on with the text above is asked for no more from the first probability on; from the second on it goes on
with something."""


def going_on(p: Floats) -> Floats:
    """How probable it is that a unit goes on with the article above it."""
    out: Floats = p[:, _ON].sum(1)
    return out


IN_ORDER = 0.03
"""Of a hundred units of a page read in good order so many, the mean over the page, belong to text that stands elsewhere; half of that
is the rule, twice as many where columns or blocks were read in the wrong order."""


def in_order(p: Floats) -> bool:
    """Is a page read in good order, as far as the network sees?"""
    return bool(len(p)) and float(p[:, [_RESUME, _OTHER]].sum(1).mean()) < IN_ORDER


def doubtful(roles: list[str], p: Floats) -> set[int]:
    """Units whose place is asked for once more: the network is not sure that they go on, or something else stands between."""
    on = going_on(p)
    out = set(np.flatnonzero(on < SURE).tolist())
    out |= {k for k in range(1, len(roles)) if roles[k - 1] in ("furniture", "caption", "caption_cont")}
    return out


def trusted(X: Floats, p: Floats, drafts: list[Draft], wanted: list[int]) -> NDArray[np.bool_]:
    """Pieces that begin no text of their own: the network would rather have them go on, nothing stands between, no dateline opens them;
    or they are a mere note or date, （附图片1张）, which nobody prints by itself, on a page read in good order."""
    first = np.array([drafts[w].paragraphs[0][0][1] for w in wanted])
    alone = np.array([drafts[w].first == drafts[w].last for w in wanted])
    note = alone & (X[first][:, [_COL["is_paren"], _COL["is_docdate"]]] > 0).any(1) & in_order(p)
    right_above = np.array([drafts[w - 1].last[1] + 1 == k if w else False for w, k in zip(wanted, first.tolist(), strict=True)])
    doubted = np.array([drafts[w].doubtful for w in wanted])
    out: NDArray[np.bool_] = doubted & right_above & (note | (going_on(p[first]) >= TRUST)) & (X[first, _COL["is_dateline"]] <= 0)
    return out


MOST = 400
"""Pieces on a page; with more of them none is asked for."""


def cut(sheet: Sheet, number: int, roles: list[str], p: Floats) -> PageDrafts:
    """The drafts of a page, cut where text that seems to go on may belong to another piece."""
    page = split(sheet, number, roles, doubtful(roles, p))
    return page if len(page.drafts) <= MOST else split(sheet, number, roles)


def choose(
    pairs: Floats,
    alone: Floats,
    w: Floats,
    v: Floats,
    some: NDArray[np.bool_],
    caution: Floats | float = 0.0,
    plain: Floats | float = 0.0,
) -> tuple[Floats, NDArray[np.int64]]:
    """How probable each piece finds each of the others and none of them, and which it goes on with when all choose at once.

    The pieces of ``some`` must choose one of the others; ``caution`` speaks for none, ``plain`` for one of the others.
    """
    score = pairs @ w + plain
    score[pairs[:, :, 0] < -9] = -1e9
    none = np.where(some, np.float32(-1e6), (alone @ v + caution).astype(np.float32))
    q = np.exp(np.concatenate([score, none[:, None]], 1) - np.maximum(score.max(1), none)[:, None])
    q /= q.sum(1, keepdims=True)
    targets = np.tile(np.arange(pairs.shape[1]), (len(pairs), 1))
    return q, assigned(score.astype(np.float64), targets, none.astype(np.float64))


def context(wanted: list[int], q: Floats, chosen: NDArray[np.int64], topic: Floats) -> Floats:
    """[piece, candidate above, :data:`CONTEXT`]: how a link fits the others that are likely, in a page read column by column.

    Where stories stand one below the other and each runs over several columns, they come in the same order in every column: links
    cross each other in turn (A1 B1 C1 A2 B2 C2), and side by side they reach equally far. And a piece goes with the whole of
    what stands above, not with its last piece alone.
    """
    m, n = len(wanted), len(topic)
    index = np.arange(n)
    links = np.zeros((n, n), np.float32)
    links[wanted] = q[:, :n]
    links *= np.abs(index[:, None] - index) > 1
    sums = np.zeros((n + 1, n + 1), np.float32)
    sums[1:, 1:] = links.cumsum(0).cumsum(1)
    below, above = np.array(wanted)[:, None], index[None]
    between = np.minimum(above + 1, below)

    def expected(b0: _Bound, b1: _Bound, a0: _Bound, a1: _Bound) -> Floats:
        """Links from pieces ``b0`` to ``b1`` back to pieces ``a0`` to ``a1``, in the log."""
        b1, a1 = np.maximum(b1, b0), np.maximum(a1, a0)
        out: Floats = np.log1p(np.maximum(sums[b1, a1] - sums[b0, a1] - sums[b1, a0] + sums[b0, a0], 0))
        return out

    forth = above < below
    out = np.zeros((m, n, len(CONTEXT)), np.float32)
    out[:, :, 0] = forth * expected(between, below, 0, above) + forth * expected(below + 1, n, between, below)
    out[:, :, 1] = forth * expected(between, below, between, below)
    out[:, :, 2] = forth * expected(below + 1, n, 0, above)
    far = np.abs(above - below) > 1
    framed = np.pad(links, STEPS)
    for d in range(-STEPS, STEPS + 1):
        if d:
            here = framed[below + STEPS + d, above + STEPS + d] * far
            out[:, :, 4] += here
            out[:, :, 3] += here * (abs(d) == 1)
    before = {w: j for w, j in zip(wanted, chosen.tolist(), strict=True) if j >= 0}
    after = {j: w for w, j in before.items()}
    like = np.maximum(topic, 0)
    ups, downs = np.zeros((n, n), np.float32), np.zeros((m, n), np.float32)
    for rows, starts, step in ((ups, range(n), before), (downs, wanted, after)):
        for row, start in zip(rows, starts, strict=True):
            chain = _chain(start, step)
            row[chain] = 1 / len(chain)
    out[:, :, 5] = downs @ like @ ups.T
    return out


_Bound = NDArray[np.int64] | int
STEPS, LINKS = 5, 6
"""How many pieces to both sides are asked whether they link as far; how many pieces of a chain are looked at."""


def _chain(start: int, step: dict[int, int]) -> list[int]:
    out = [start]
    while len(out) < LINKS and out[-1] in step and step[out[-1]] not in out:
        out.append(step[out[-1]])
    return out


def thread(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts) -> PageDrafts:
    """The page with its headless pieces joined to what they go on with."""
    return thread_all([(sheet, X, p, page)])[0]


SEAMS = 20_000
"""Seams that are asked about together, of as many pages: some twenty megabytes."""


def thread_all(pages: Sequence[tuple[Sheet, Floats, Floats, PageDrafts]]) -> list[PageDrafts]:
    """:func:`thread` of each page, sooner: the seams of many are asked about together."""
    out = [page for _, _, _, page in pages]
    waiting: list[tuple[int, Asked]] = []
    size = 0
    for k, (sheet, X, p, page) in enumerate(pages):
        wanted = lost_pieces(page.drafts, p)
        if wanted and 2 <= len(page.drafts) <= MOST:
            waiting.append((k, asked(sheet, X, p, page.drafts, wanted)))
            size += len(wanted) * len(page.drafts)
        if waiting and (size > SEAMS or k == len(pages) - 1):
            for (j, page_asked), said in zip(waiting, said_of([each for _, each in waiting]), strict=True):
                out[j] = _thread(*pages[j], page_asked.wanted, said)
            waiting, size = [], 0
    return out


def _thread(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts, wanted: list[int], said: Known) -> PageDrafts:
    drafts = page.drafts
    topic = standing_out(likeness(sheet, drafts))
    pairs, alone = evidence(sheet, X, p, drafts, wanted, topic, said)
    first, second = _weights()
    plain = plainly(said) * ((alone[:, NONE.index("none_headed")] == 0)[:, None] & (topic[wanted] >= 0))
    some = trusted(X, p, drafts, wanted)
    # what stands together for all else that is known is not parted
    plain[some] = 0
    plain[:, [wanted[i] - 1 for i in np.flatnonzero(some)]] = 0
    caution = alone[:, NONE.index("none_headed")] * np.float32(CAUTION)
    q, chosen = choose(pairs, alone, *first, some, caution, plain)
    pairs = np.concatenate([pairs, context(wanted, q, chosen, topic)], 2)
    q, chosen = choose(pairs, alone, *second, some, caution, plain)
    w, names = second[0], (*FEATURES, *CONTEXT)
    page.decisions += [
        _decided(sheet, drafts[h], "thread.apart", q[i, -1], ()) for i, h in enumerate(wanted) if chosen[i] < 0 and drafts[h].doubtful
    ]
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for chance, i, j in sorted(((q[i, j], i, int(j)) for i, j in enumerate(chosen) if j >= 0), reverse=True):
        h = wanted[i]
        if _reaches(after, h, j):
            # a ring: its least likely link is left out
            continue
        after[j], before[h] = h, j
        headed = bool(_head(drafts[h]))
        drafts[h].mid = not headed and (plain[i, j] > 0 or _inside(p[drafts[h].paragraphs[0][0][1]], j == h - 1))
        if drafts[h].doubtful and j == h - 1:
            continue  # as the network had it
        because = [names[c] for c in np.argsort(-(pairs[i, j] * w))[:3] if pairs[i, j, c] * w[c] > 0.3]
        rule = "thread.no-head" if headed else "thread.resume" if drafts[h].mid else "thread.next-paragraph"
        page.decisions.append(_decided(sheet, drafts[h], rule, chance, because))
        if headed:
            _without_head(drafts[h])
    gone: set[int] = set()
    for i, d in enumerate(drafts):
        if i in before:
            continue
        k = i
        while k in after:
            k = after[k]
            absorb(d, drafts[k])
            gone.add(k)
    page.drafts = [d for i, d in enumerate(drafts) if i not in gone]
    page.decisions.sort(key=lambda x: x["at"])
    return page


def _decided(sheet: Sheet, d: Draft, rule: str, chance: float, because: Sequence[str]) -> dict[str, Any]:
    at = int(sheet.starts[_ends(sheet, d)[0]])
    return {"at": at, "rule": rule, "p": round(float(chance), 3), "because": list(because)}


def _inside(p: Floats, next_piece: bool) -> bool:
    """Does a piece go on inside a paragraph? Where it goes on from the piece right above, the roles that say otherwise are out."""
    within, anew = p[_CONTINUE], p[_START]
    if not next_piece:
        within, anew = within + p[_RESUME], anew + p[_OTHER]
    return bool(within >= anew)


def _reaches(after: dict[int, int], start: int, goal: int) -> bool:
    while start in after:
        start = after[start]
        if start == goal:
            return True
    return start == goal


def absorb(d: Draft, h: Draft) -> None:
    at = len(d.paragraphs)
    if h.mid and d.paragraphs:
        d.paragraphs[-1] = d.paragraphs[-1] + h.paragraphs[0]
        d.subheads |= {s + at - 1 for s in h.subheads if s}
        d.paragraphs += h.paragraphs[1:]
    else:
        d.subheads |= {s + at for s in h.subheads}
        d.paragraphs += h.paragraphs
    d.byline += h.byline
    d.captions += h.captions
    d.sign_off += h.sign_off
    d.docdate = d.docdate or h.docdate
    d.jump_out = d.jump_out or h.jump_out
    d.last = h.last
