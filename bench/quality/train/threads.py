"""Fits the weights of :mod:`qingyang.thread` on composed and printed pages; prints the table for ``qingyang/rules/threads.toml``.

    python -m bench.quality.train.threads --issues 5 --pressed tesseract --pressed pdftotext

A conditional logistic model (McFadden 1974): each piece chooses among the other pieces of its page and none of them; and once
more, knowing what the others chose. The pieces are cut by the trained roles, so that they are as wrong as in use; what is true comes
from the composer's labels. Where what a piece goes on with stands inside another piece, every piece of its article above it is right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.quality.compose import compose
from bench.quality.train.roles import in_blocks, read_printed, roles_of, rows_of
from qingyang import plain, thread
from qingyang.evidence import gather
from qingyang.precedence import Decided
from qingyang.roles import weigh
from qingyang.split import Draft
from qingyang.thread import CONTEXT, FEATURES, NONE, _ends, choose, context, cut, evidence, likeness, lost_pieces, standing_out, trusted

READINGS = (
    "rows",
    "rows+light",
    "fragments",
    "lines",
    "blocks",
    "fragments+errors",
    "lines+light",
    "fragments",
    "interleaved",
    "disorder",
    "interleaved+medium",
    "disorder+light",
    "disorder+medium",
    "fragments+medium",
    "lines+heavy",
    "blocks+medium",
    "lines+medium",
)


def rows_before(labels: list[list[dict[str, Any]]], page: int) -> dict[int, int]:
    """Line → the line that holds the text right before it in the same article, on this page."""
    articles: dict[str, dict[int, list[tuple[int, Any]]]] = {}
    for row, segs in enumerate(labels):
        for s in segs:
            if s["article"] and s["role"] not in APART:
                para = s["para"] if s["role"] in ("body", "dateline", "subhead") else (-1 if s["role"] != "sign_off" else 10**6)
                articles.setdefault(s["article"], {}).setdefault(para, []).append((row, s["prev"]))
    out: dict[int, int] = {}
    for paras in articles.values():
        last = None
        for para in sorted(paras):
            rows = paras[para]
            if para >= 0:
                # follow the chain: the row without a predecessor here first
                by_prev = {tuple(p) if p else None: r for r, p in rows}
                here = {r for r, _ in rows}
                heads = [r for r, p in rows if not p or p[0] != page or p[1] not in here or p[1] == r]
                chain = heads[:1]
                while chain and (page, chain[-1]) in by_prev and by_prev[(page, chain[-1])] not in chain:
                    chain.append(by_prev[(page, chain[-1])])
                ordered = chain + [r for r, _ in rows if r not in chain]
            else:
                ordered = [r for r, _ in rows]
            for r in ordered:
                if last is not None and r != last and r not in out:
                    out[r] = last
                last = r
    return out


class Page(NamedTuple):
    """The pieces of one page that look for what they go on with."""

    pairs: np.ndarray
    alone: np.ndarray
    right: np.ndarray
    """[piece, candidate above, and none of them]: what it may go on with."""
    wanted: list[int]
    some: np.ndarray
    topic: np.ndarray
    size: np.ndarray
    """Units in each."""


def _units(d: Draft) -> list[int]:
    return [k for _, k in [*d.kicker, *d.headline, *d.deck, *d.byline, *d.docdate, *(u for para in d.paragraphs for u in para)]]


def _before(before: dict[int, int], row: int, own: set[int]) -> int | None:
    """The row right before ``row`` that is none of a piece's ``own``."""
    seen = {row}
    here = before.get(row)
    while here in own and here not in seen:
        seen.add(here)
        here = before.get(here)
    return None if here in own else here


def _article(labels: list[list[dict[str, Any]]], rows: list[int]) -> str | None:
    """The article that most of some rows belong to."""
    found = Counter({s["article"]: 0 for r in rows for s in labels[r] if s["article"] and s["role"] not in APART})
    for r in rows:
        for s in labels[r]:
            if s["article"] in found and s["role"] not in APART:
                found[s["article"]] += s["end"] - s["start"]
    return found.most_common(1)[0][0] if found else None


APART = ("caption", "furniture", "index", "jump_from", "jump_to")
"""What stands in no running text."""


def one(job: tuple[int, str] | tuple[Path, bool]) -> list[Page]:
    """The pages of one issue: composed, or printed and read line by line or (True) block by block."""
    if isinstance(job[0], Path):
        pages, rows = read_printed(job[0])
        if job[1]:
            pages, rows = in_blocks(pages, rows)
    else:
        issue = compose(job[0], profile=str(job[1]))
        pages, rows = issue.pages, issue.labels
    out = []
    for number, (text, labels) in enumerate(zip(pages, rows, strict=True), 1):
        sheet, _ = roles_of(text, labels, number)
        if not len(sheet):
            continue
        X = gather(sheet)
        ((roles, p),) = weigh([X])
        drafts = cut(sheet, 0, Decided(roles, p).hear(plain.see(roles, p, X)).roles, p).drafts
        wanted = lost_pieces(drafts, p)
        if not wanted or len(drafts) < 2 or len(drafts) > 200:
            continue
        row_of = rows_of(text, sheet).__getitem__
        before = rows_before(labels, number)
        holder: dict[int, int] = {}
        for i, d in enumerate(drafts):
            holder |= {row_of(k): i for k in _units(d)}
        right = np.zeros((len(wanted), len(drafts) + 1), bool)
        of = [_article(labels, [row_of(k) for k in _units(d)]) for d in drafts]
        for row, i in zip(right, wanted, strict=True):
            r = _before(before, row_of(_ends(sheet, drafts[i])[0]), {row_of(k) for k in _units(drafts[i])})
            j = holder.get(r, -1) if r is not None else -1
            if j >= 0 and j != i and row_of(_ends(sheet, drafts[j])[1]) == r and drafts[j].jump_out is None:
                row[j] = True
            else:
                # what it goes on with is no end of a piece, or not there; a true head begins its article
                begins = r is None and drafts[i].has_head
                row[: len(drafts)] = [
                    not begins and j < i and of[j] == of[i] is not None and d.jump_out is None for j, d in enumerate(drafts)
                ]
                row[-1] = not row.any()
        topic = standing_out(likeness(sheet, drafts))
        pairs, alone = evidence(sheet, X, p, drafts, wanted, topic)
        size = np.array([sum(len(para) for para in drafts[i].paragraphs) for i in wanted])
        some = trusted(X, p, drafts, wanted)
        out.append(Page(pairs, alone, right, wanted, some, topic, size))
    return out


def fit(pages: list[Page], steps: int = 200) -> tuple[np.ndarray, float, float]:
    """Weights, loss, and the share that is right. A long piece counts more than a short one, as the logarithm of its units."""
    able = [page.pairs[:, :, 0] > -9 for page in pages]
    X = np.concatenate([page.pairs[ok] for page, ok in zip(pages, able, strict=True)]).astype(np.float64)
    A = np.concatenate([page.alone for page in pages]).astype(np.float64)
    good = np.concatenate([page.right[:, :-1][ok] for page, ok in zip(pages, able, strict=True)])
    good_alone = np.concatenate([page.right[:, -1] for page in pages])
    count = np.concatenate([ok.sum(1) for ok in able])
    start = np.cumsum(count) - count
    row = np.repeat(np.arange(len(count)), count)
    weight = np.log1p(np.concatenate([page.size for page in pages]))
    F = X.shape[1]
    theta, m, v = np.zeros((3, F + A.shape[1]))
    for step in range(steps + 1):
        score, none = X @ theta[:F], A @ theta[F:]
        top = np.maximum(np.maximum.reduceat(score, start), none)
        e, alone = np.exp(score - top[row]), np.exp(none - top)
        total = np.add.reduceat(e, start) + alone
        q, q_alone = e / total[row], alone / total
        right = np.add.reduceat(q * good, start) + q_alone * good_alone
        if step == steps:
            break
        d = (q - q * good / right[row]) * weight[row]
        d_alone = (q_alone - q_alone * good_alone / right) * weight
        grad = np.concatenate([X.T @ d, A.T @ d_alone]) / weight.sum() + 1e-3 * theta
        m = 0.9 * m + 0.1 * grad
        v = 0.99 * v + 0.01 * grad**2
        theta -= 0.08 * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8)
    best = np.maximum(np.maximum.reduceat(np.where(good, score, -np.inf), start), np.where(good_alone, none, -np.inf))
    return theta, float(-np.log(right).mean()), float((best >= top).mean())


def looked_again(page: Page, theta: np.ndarray) -> Page:
    """With what the links of the first look say."""
    q, chosen = choose(page.pairs, page.alone, theta[: len(FEATURES)], theta[len(FEATURES) :], page.some)
    more = context(page.wanted, q.astype(np.float32), chosen, page.topic)
    more[page.pairs[:, :, 0] < -9] = 0
    return page._replace(pairs=np.concatenate([page.pairs, more], 2))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--issues", type=int, default=10)
    ap.add_argument("--first", type=int, default=300_000)
    ap.add_argument("--pressed", type=Path, action="append", default=[], help="printed issues, see bench.quality.press; may be repeated")
    ap.add_argument("--workers", type=int, default=2)
    a = ap.parse_args()
    thread.HEADED = 0.85  # more heads that are none to learn from than are doubted in use
    jobs: list[Any] = [(a.first + i, r) for i in range(a.issues) for r in READINGS]
    for folder in a.pressed:
        for issue in sorted(folder.iterdir()):
            jobs += [(issue, False), (issue, True)] if folder.name == "tesseract" else [(issue, False)]
    with ProcessPoolExecutor(a.workers) as pool:
        pages = [page for got in pool.map(one, jobs, chunksize=2) for page in got]
    for look, names in (("first", FEATURES), ("second", (*FEATURES, *CONTEXT))):
        theta, loss, right = fit(pages)
        print(f"# fitted on {len(pages)} pages, {sum(map(len, (page.right for page in pages)))} pieces: loss {loss:.3f}, right {right:.3f}")
        print(f"[{look}]")
        for name, value in zip((*names, *NONE), theta, strict=True):
            print(f"{name} = {value:.2f}")
        print()
        if look == "first":
            pages = [looked_again(page, theta) for page in pages]


if __name__ == "__main__":
    main()
