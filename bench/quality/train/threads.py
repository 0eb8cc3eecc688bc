"""Fits the weights of :mod:`qingyang.thread` on composed and printed pages; prints the table for ``qingyang/rules/threads.toml``.

    python -m bench.quality.train.threads --issues 5 --pressed tesseract --pressed pdftotext

A conditional logistic model (McFadden 1974): each piece chooses among the other pieces of its page and none of them; and once
more, knowing what the others chose. The pieces are cut by the trained roles, so that they are as wrong as in use; what is true comes
from the composer's labels.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.quality.compose import compose
from bench.quality.train.roles import in_blocks, read_printed, roles_of, rows_of
from qingyang import thread
from qingyang.evidence import gather
from qingyang.roles import settle, weigh
from qingyang.thread import CONTEXT, FEATURES, NONE, _ends, choose, context, cut, evidence, likeness, lost_pieces, trusted

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
            if s["article"] and s["role"] not in ("caption", "furniture", "index", "jump_from", "jump_to"):
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
    truth: np.ndarray
    """The piece that each goes on with; -1 for none."""
    wanted: list[int]
    some: np.ndarray
    like: np.ndarray
    size: np.ndarray
    """Units in each."""


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
        drafts = cut(sheet, 0, settle(roles, p, X), p).drafts
        wanted = lost_pieces(drafts)
        if not wanted or len(drafts) < 2 or len(drafts) > 200:
            continue
        row_of = rows_of(text, sheet).__getitem__
        before = rows_before(labels, number)
        holder: dict[int, int] = {}
        for i, d in enumerate(drafts):
            for _, k in [*d.kicker, *d.headline, *d.deck, *d.byline, *d.docdate, *(u for para in d.paragraphs for u in para)]:
                holder[row_of(k)] = i
        truth = []
        for i in wanted:
            r = before.get(row_of(_ends(sheet, drafts[i])[0]))
            j = holder.get(r, -1) if r is not None else -1
            # only the end of a piece can be gone on with
            truth.append(j if j >= 0 and j != i and row_of(_ends(sheet, drafts[j])[1]) == r else -1)
        like = likeness(sheet, drafts)
        pairs, alone = evidence(sheet, X, p, drafts, wanted, like)
        size = np.array([sum(len(para) for para in drafts[i].paragraphs) for i in wanted])
        some = trusted(X, p, drafts, wanted)
        out.append(Page(pairs, alone, np.array(truth), wanted, some, like, size))
    return out


def fit(pages: list[Page], steps: int = 200) -> tuple[np.ndarray, float, float]:
    """Weights, loss, and the share that is right. A long piece counts more than a short one, as the logarithm of its units."""
    able = [page.pairs[:, :, 0] > -9 for page in pages]
    X = np.concatenate([page.pairs[ok] for page, ok in zip(pages, able, strict=True)]).astype(np.float64)
    A = np.concatenate([page.alone for page in pages]).astype(np.float64)
    count = np.concatenate([ok.sum(1) for ok in able])
    start = np.cumsum(count) - count
    row = np.repeat(np.arange(len(count)), count)
    # where among the candidates the true one stands
    place = [np.cumsum(ok, 1)[np.arange(len(ok)), page.truth] - 1 for page, ok in zip(pages, able, strict=True)]
    told = np.concatenate([page.truth for page in pages]) >= 0
    target = (start + np.concatenate(place))[told]
    weight = np.log1p(np.concatenate([page.size for page in pages]))
    F = X.shape[1]
    theta, m, v = np.zeros((3, F + A.shape[1]))
    for step in range(steps + 1):
        score, none = X @ theta[:F], A @ theta[F:]
        top = np.maximum(np.maximum.reduceat(score, start), none)
        e, alone = np.exp(score - top[row]), np.exp(none - top)
        total = np.add.reduceat(e, start) + alone
        q, q_alone = e / total[row], alone / total
        if step == steps:
            break
        d, d_alone = q * weight[row], (q_alone - ~told) * weight
        d[target] -= weight[told]
        grad = np.concatenate([X.T @ d, A.T @ d_alone]) / weight.sum() + 1e-3 * theta
        m = 0.9 * m + 0.1 * grad
        v = 0.99 * v + 0.01 * grad**2
        theta -= 0.08 * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8)
    loss = -np.log(q[target]).sum() - np.log(q_alone[~told]).sum()
    best = np.maximum.reduceat(score, start)
    right = (score[target] >= best[told]).sum() + (none > best)[~told].sum()
    return theta, loss / len(told), right / len(told)


def looked_again(page: Page, theta: np.ndarray) -> Page:
    """With what the links of the first look say."""
    q, chosen = choose(page.pairs, page.alone, theta[: len(FEATURES)], theta[len(FEATURES) :], page.some)
    more = context(page.wanted, q.astype(np.float32), chosen, page.like)
    more[page.pairs[:, :, 0] < -9] = 0
    return page._replace(pairs=np.concatenate([page.pairs, more], 2))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--issues", type=int, default=10)
    ap.add_argument("--first", type=int, default=300_000)
    ap.add_argument("--pressed", type=Path, action="append", default=[], help="printed issues, see bench.quality.press; may be repeated")
    ap.add_argument("--sure", type=float, default=0.9, help="as thread.SURE: more pieces to learn from than in use")
    ap.add_argument("--workers", type=int, default=2)
    a = ap.parse_args()
    thread.SURE = a.sure
    jobs: list[Any] = [(a.first + i, r) for i in range(a.issues) for r in READINGS]
    for folder in a.pressed:
        for issue in sorted(folder.iterdir()):
            jobs += [(issue, False), (issue, False), (issue, True)] if folder.name == "tesseract" else [(issue, False)]
    with ProcessPoolExecutor(a.workers) as pool:
        pages = [page for got in pool.map(one, jobs, chunksize=2) for page in got]
    for look, names in (("first", FEATURES), ("second", (*FEATURES, *CONTEXT))):
        theta, loss, right = fit(pages)
        print(f"# fitted on {len(pages)} pages, {sum(len(page.truth) for page in pages)} pieces: loss {loss:.3f}, right {right:.3f}")
        print(f"[{look}]")
        for name, value in zip((*names, *NONE), theta, strict=True):
            print(f"{name} = {value:.2f}")
        print()
        if look == "first":
            pages = [looked_again(page, theta) for page in pages]


if __name__ == "__main__":
    main()
