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

from qingyang import lines, ngrams, seams
from qingyang.assignment import assigned
from qingyang.evidence import NAMES, Floats, edges
from qingyang.lines import Sheet
from qingyang.ngrams import Codes
from qingyang.pieces import PLAIN, weighed
from qingyang.roles import ROLES
from qingyang.split import Draft, PageDrafts, split

_COL = {n: i for i, n in enumerate(NAMES)}

FEATURES = (
    "mid_after_open",
    "mid_after_stop",
    "start_after_open",
    "start_after_stop",
    "mid_seam_odds",
    "mid_seam_word",
    "mid_reads_on",
    "mid_belongs",
    "mid_begins_word",
    "start_begins_word",
    "topic",
    "topic_best",
    "same_width",
    "width_apart",
    "next_piece",
    "next_in_order",
    "apart_log",
    "backwards",
    "head_only",
    "head_only_dateline",
    "head_only_mid",
    "closed",
    "open_quote",
    "after_headed",
    "long_above",
    "next_network",
    "next_doubtful",
    "next_gap",
    "next_mid_open",
    "next_seam",
    "next_topic",
    "doubtful_mid_stop",
    "next_doubtful_order",
    "next_long",
)
NONE = ("none", "none_mid", "none_topic", "none_short", "none_network", "none_doubtful", "none_order", "none_dateline")
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
    """Of each lost piece, does it begin inside a paragraph?"""
    open_end: NDArray[np.bool_]
    """Of each piece of the page, does it end in mid-sentence?"""


class Said(NamedTuple):
    """What is known of these seams: [lost piece, piece above] and what each of :mod:`qingyang.seams` says."""

    seams: Floats
    reads: Floats
    belongs: Floats


def asked(sheet: Sheet, X: Floats, drafts: list[Draft], wanted: list[int]) -> Asked:
    """The seams between the lost pieces of a page and all its pieces."""
    first, last = zip(*[_ends(sheet, d) for d in drafts], strict=True)
    left, _ = edges(sheet, np.array(last), np.array(last))
    begin = np.array([first[w] for w in wanted])
    _, right = edges(sheet, begin, begin)
    open_end = np.array([bool(d.paragraphs) for d in drafts]) & ~_stops(X, last)
    return Asked(left, right, wanted, np.array([drafts[w].mid for w in wanted]), open_end)


def said_of(pages: Sequence[Asked]) -> list[Said]:
    """What is known of the seams of some pages: in arrays, which cost as much for one page as for ten."""
    left = np.concatenate([np.tile(page.left, (len(page.right), 1)) for page in pages])
    right = np.concatenate([np.repeat(page.right, len(page.left), 0) for page in pages])
    # every lost piece is weighed by itself
    runs = list(pairwise(accumulate((len(page.left) for page in pages for _ in page.wanted), initial=0)))
    words = seams.evidence(left, right)
    reads: Floats = (np.clip(seams.reads_on(left, right, runs), -8, 8) / 4).astype(np.float32)
    belongs = seams.belongs(left, right, words, runs)
    bounds = list(pairwise(accumulate((len(page.left) * len(page.right) for page in pages), initial=0)))
    out = [
        Said(words[a:b].reshape(*shape, -1), reads[a:b].reshape(shape), belongs[a:b].reshape(shape))
        for (a, b), shape in zip(bounds, [(len(page.right), len(page.left)) for page in pages], strict=True)
    ]
    _weigh_words(pages, [said.belongs for said in out])
    return out


def evidence(
    sheet: Sheet, X: Floats, p: Floats, drafts: list[Draft], wanted: list[int], alike: Floats, said: Said | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """[piece, candidate above, feature], and [piece, feature] for going with nothing. ``said`` is what is known of the seams, for whoever
    has asked."""
    n, m = len(drafts), len(wanted)
    pairs = np.zeros((m, n, len(FEATURES)), np.float32)
    alone = np.zeros((m, len(NONE)), np.float32)
    first, last = zip(*[_ends(sheet, d) for d in drafts], strict=True)
    f = {name: i for i, name in enumerate(FEATURES)}
    width = X[:, _COL["width_log"]]
    wide = np.expm1(width)
    body = [[k for para in d.paragraphs for _, k in para] for d in drafts]
    head_w = [median(wide[b[:6]]) if b else 0.0 for b in body]
    tail_w = [median(wide[b[-6:]]) if b else 0.0 for b in body]
    stop = _stops(X, last)
    has = np.array([bool(d.paragraphs) for d in drafts])
    headed = np.array([d.has_head for d in drafts])
    shut_out = np.array([d.jump_out is not None for d in drafts])
    closed = np.array([bool(d.sign_off) for d in drafts])
    quote = np.array([_open_quote(sheet, k) for k in last])
    long_above = np.log1p(np.array([len(b) for b in body])) / 5
    tails = np.array(tail_w)
    on = going_on(p)
    index = np.arange(n)
    said = said or said_of([asked(sheet, X, drafts, wanted)])[0]
    all_belong = np.clip(said.belongs, -6, 6)
    for i, w in enumerate(wanted):
        h = drafts[w]
        mid = 1.0 if h.mid else 0.0
        seam, reads, belong = said.seams[i], said.reads[i], all_belong[i]
        like = alike[w].copy()
        like[w] = 0
        best = float(like.max()) if n > 1 else 0.0
        row = pairs[i]
        gap = np.abs(tails - head_w[w])
        bare_head = headed & ~has
        row[:, f["mid_after_open"]] = mid * (has & ~stop)
        row[:, f["mid_after_stop"]] = mid * (has & stop)
        row[:, f["start_after_open"]] = (1 - mid) * (has & ~stop)
        row[:, f["start_after_stop"]] = (1 - mid) * (has & stop)
        row[:, f["mid_seam_odds"]] = mid * has * np.clip(seam[:, 0], -6, 8) / 5
        row[:, f["mid_seam_word"]] = mid * has * seam[:, 1:4].max(1) / 8
        row[:, f["mid_reads_on"]] = mid * has * reads
        row[:, f["mid_belongs"]] = mid * has * np.where(stop, 0, belong) / 4
        row[:, f["mid_begins_word"]] = mid * seam[:, 4] / 5
        row[:, f["start_begins_word"]] = (1 - mid) * seam[:, 4] / 5
        row[:, f["topic"]] = like
        row[:, f["topic_best"]] = (like >= best) & (best > 0)
        row[:, f["same_width"]] = has * (head_w[w] > 0) * (gap <= 1.01)
        row[:, f["width_apart"]] = has * (head_w[w] > 0) * np.minimum(gap, 10) / 10
        row[:, f["next_piece"]] = index == w - 1
        row[:, f["next_in_order"]] = (index == w - 1) * X[first[w], _COL["page_open_seams"]]
        row[:, f["apart_log"]] = np.log1p(np.maximum(np.abs(w - index) - 1, 0))
        row[:, f["backwards"]] = index > w
        row[:, f["head_only"]] = bare_head
        row[:, f["head_only_dateline"]] = bare_head & bool(X[first[w], _COL["is_dateline"]] > 0)
        row[:, f["head_only_mid"]] = bare_head * mid
        row[:, f["closed"]] = closed
        row[:, f["open_quote"]] = mid * quote
        row[:, f["after_headed"]] = headed
        row[:, f["long_above"]] = long_above
        below = drafts[w].paragraphs[0][0][1]
        odds = float(np.clip(np.log(on[below] + 0.01) - np.log(1.01 - on[below]), -4, 4)) / 4
        if w:
            here = w - 1
            row[here, f["next_network"]] = odds
            row[here, f["next_doubtful"]] = h.doubtful
            row[here, f["next_gap"]] = below != drafts[here].last[1] + 1
            row[here, f["next_mid_open"]] = mid * (has[here] & ~stop[here])
            row[here, f["next_seam"]] = mid * has[here] * (0 if stop[here] else belong[here]) / 4
            row[here, f["next_topic"]] = like[here]
            row[here, f["next_doubtful_order"]] = h.doubtful * X[below, _COL["page_open_seams"]]
            row[here, f["next_long"]] = np.log1p(len(body[w])) / 5
        row[:, f["doubtful_mid_stop"]] = h.doubtful * mid * (has & stop)
        row[shut_out | (index == w)] = 0
        row[shut_out | (index == w), 0] = -99
        alone[i] = (1, mid, best, len(body[w]) <= 2, odds, h.doubtful, X[below, _COL["page_open_seams"]], X[below, _COL["is_dateline"]] > 0)
    return pairs, alone


def _stops(X: Floats, units: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the units end a sentence."""
    at = np.array(units)
    out: NDArray[np.bool_] = (X[at, _COL["last_stop"]] > 0) | (X[at, _COL["shut_after_stop"]] > 0)
    return out


def _weigh_words(pages: Sequence[Asked], belongs: Sequence[Floats]) -> None:
    """Where a piece that begins inside a paragraph may go on from an open end, which words follow which counts too. What plainly goes
    on from the piece above it is not asked about."""
    some: list[tuple[Asked, Floats, NDArray[np.intp], NDArray[np.intp]]] = []
    for page, belong in zip(pages, belongs, strict=True):
        here, next_above = np.arange(len(page.wanted)), np.array(page.wanted) - 1
        plain = (next_above >= 0) & page.open_end[next_above] & (belong[here, next_above] > PLAIN)
        below, above = np.flatnonzero(page.mid & ~plain), np.flatnonzero(page.open_end)
        if len(below) and len(above):
            some.append((page, belong, below, above))
    if not some:
        return
    ends = ngrams.Ends.of(np.concatenate([page.left[above] for page, _, _, above in some]))
    starts = ngrams.Starts.of(np.concatenate([page.right[below] for page, _, below, _ in some]))
    first_end = first_start = 0
    pairs = []
    for _, _, below, above in some:
        pairs.append(np.indices((len(below), len(above))).reshape(2, -1) + np.array([[first_start], [first_end]]))
        first_start, first_end = first_start + len(below), first_end + len(above)
    b, a = np.concatenate(pairs, 1)
    gains = ngrams.gains(ends, starts, a, b)
    for (_, belong, below, above), gain in zip(some, np.split(gains, np.cumsum([each.shape[1] for each in pairs])[:-1]), strict=True):
        asked_about = np.ix_(below, above)
        belong[asked_about] = weighed(belong[asked_about], gain.reshape(len(below), -1))


def _open_quote(sheet: Sheet, k: int) -> float:
    c = sheet.cls[sheet.starts[k] : sheet.ends[k]]
    return float(((c & (lines.OPENQ | lines.OPENB)) != 0).sum() > ((c & (lines.SHUTQ | lines.SHUTB)) != 0).sum())


def likeness(sheet: Sheet, drafts: list[Draft], heads: bool = True) -> Floats:
    """Cosine of the pairs of Han characters that two pieces use, rare pairs counting more."""
    bins = 2039
    owner = np.full(len(sheet), -1)
    for i, d in enumerate(drafts):
        groups = ([*d.kicker, *d.headline, *d.deck] if heads else [], *d.paragraphs)
        owner[[k for group in groups for _, k in group]] = i
    unit, codes = sheet.pairs()
    mine = owner[unit]
    hashed = codes % np.uint32(bins)
    at = (mine * bins + hashed)[mine >= 0]
    table = np.bincount(at, minlength=len(drafts) * bins).reshape(len(drafts), bins).astype(np.float32)
    table = np.sqrt(table) / (1 + np.log1p((table > 0).sum(0)))
    size = np.sqrt((table**2).sum(1)) + 1e-6
    out: Floats = (table @ table.T) / size[:, None] / size[None]
    return out


def median(values: Floats) -> float:
    """As numpy's, which takes its time over a few values.

    >>> median(np.array([3, 1, 2], np.float32)), median(np.array([4, 1, 2, 3], np.float32))
    (2.0, 2.5)
    """
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else float((ordered[half - 1] + ordered[half]) / np.float32(2))


def lost_pieces(drafts: list[Draft]) -> list[int]:
    """The pieces that look for what they go on with. One with a kicker or a deck, though no headline, begins something."""
    return [i for i, d in enumerate(drafts) if d.headless and not d.jump_in and d.paragraphs and not (d.kicker or d.headline or d.deck)]


_ON = [ROLES.index(r) for r in ("continue", "start", "subhead")]
_CONTINUE, _START, _RESUME, _OTHER = (ROLES.index(r) for r in ("continue", "start", "resume", "other"))
SURE, TRUST = 0.8, 0.6
"""A unit that seems to go on with the text above is asked for no more from the first probability on; from the second on it goes on
with something."""


def going_on(p: Floats) -> Floats:
    """How probable it is that a unit goes on with the article above it."""
    out: Floats = p[:, _ON].sum(1)
    return out


def doubtful(roles: list[str], p: Floats) -> set[int]:
    """Units whose place is asked for once more: the network is not sure that they go on, or something else stands between."""
    on = going_on(p)
    out = set(np.flatnonzero(on < SURE).tolist())
    out |= {k for k in range(1, len(roles)) if roles[k - 1] in ("furniture", "caption", "caption_cont")}
    return out


def trusted(X: Floats, p: Floats, drafts: list[Draft], wanted: list[int]) -> NDArray[np.bool_]:
    """Pieces that begin no text of their own: the network would rather have them go on, nothing stands between, no dateline opens them."""
    first = np.array([drafts[w].paragraphs[0][0][1] for w in wanted])
    right_above = np.array([drafts[w - 1].last[1] + 1 == k if w else False for w, k in zip(wanted, first.tolist(), strict=True)])
    doubted = np.array([drafts[w].doubtful for w in wanted])
    out: NDArray[np.bool_] = doubted & right_above & (going_on(p[first]) >= TRUST) & (X[first, _COL["is_dateline"]] <= 0)
    return out


MOST = 400
"""Pieces on a page; with more of them none is asked for."""


def cut(sheet: Sheet, number: int, roles: list[str], p: Floats) -> PageDrafts:
    """The drafts of a page, cut where text that seems to go on may belong to another piece."""
    page = split(sheet, number, roles, doubtful(roles, p))
    return page if len(page.drafts) <= MOST else split(sheet, number, roles)


def choose(pairs: Floats, alone: Floats, w: Floats, v: Floats, some: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.int64]]:
    """How probable each piece finds each of the others and none of them, and which it goes on with when all choose at once.

    The pieces of ``some`` must choose one of the others.
    """
    score = pairs @ w
    score[pairs[:, :, 0] < -9] = -1e9
    none = np.where(some, np.float32(-1e6), alone @ v)
    q = np.exp(np.concatenate([score, none[:, None]], 1) - np.maximum(score.max(1), none)[:, None])
    q /= q.sum(1, keepdims=True)
    targets = np.tile(np.arange(pairs.shape[1]), (len(pairs), 1))
    return q, assigned(score.astype(np.float64), targets, none.astype(np.float64))


def context(wanted: list[int], q: Floats, chosen: NDArray[np.int64], like: Floats) -> Floats:
    """[piece, candidate above, :data:`CONTEXT`]: how a link fits the others that are likely, in a page read column by column.

    Where stories stand one below the other and each runs over several columns, they come in the same order in every column: links
    cross each other in turn (A1 B1 C1 A2 B2 C2), and side by side they reach equally far. And a piece goes with the whole of
    what stands above, not with its last piece alone.
    """
    m, n = len(wanted), len(like)
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
    like = like - np.diag(np.diag(like))
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
    for k, (sheet, X, _, page) in enumerate(pages):
        wanted = lost_pieces(page.drafts)
        if wanted and 2 <= len(page.drafts) <= MOST:
            waiting.append((k, asked(sheet, X, page.drafts, wanted)))
            size += len(wanted) * len(page.drafts)
        if waiting and (size > SEAMS or k == len(pages) - 1):
            for (j, page_asked), said in zip(waiting, said_of([each for _, each in waiting]), strict=True):
                out[j] = _thread(*pages[j], page_asked.wanted, said)
            waiting, size = [], 0
    return out


def _thread(sheet: Sheet, X: Floats, p: Floats, page: PageDrafts, wanted: list[int], said: Said) -> PageDrafts:
    drafts = page.drafts
    alike = likeness(sheet, drafts)
    pairs, alone = evidence(sheet, X, p, drafts, wanted, alike, said)
    first, second = _weights()
    some = trusted(X, p, drafts, wanted)
    q, chosen = choose(pairs, alone, *first, some)
    pairs = np.concatenate([pairs, context(wanted, q, chosen, alike)], 2)
    q, chosen = choose(pairs, alone, *second, some)
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
        drafts[h].mid = _inside(p[drafts[h].paragraphs[0][0][1]], j == h - 1)
        if drafts[h].doubtful and j == h - 1:
            continue  # as the network had it
        because = [names[c] for c in np.argsort(-(pairs[i, j] * w))[:3] if pairs[i, j, c] * w[c] > 0.3]
        rule = "thread.resume" if drafts[h].mid else "thread.next-paragraph"
        page.decisions.append(_decided(sheet, drafts[h], rule, chance, because))
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
