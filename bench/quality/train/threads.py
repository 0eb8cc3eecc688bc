"""Fits the weights of :mod:`qingyang.thread` on composed and printed pages; prints the table for ``qingyang/rules/threads.toml``.

    python -m bench.quality.train.threads --issues 40

A conditional logistic model (McFadden 1974): each piece chooses among the other pieces of its page and none of them. The
pieces are cut by the trained roles, so that they are as wrong as in use; what is true comes from the composer's labels.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench.quality.compose import compose
from bench.quality.train.roles import read_printed, roles_of, rows_of
from qingyang.evidence import gather
from qingyang.roles import settle, weigh
from qingyang.split import split
from qingyang.thread import FEATURES, NONE, _ends, evidence, lost_pieces

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


def one(job: tuple[int, str] | Path) -> list[tuple[np.ndarray, np.ndarray, list[int]]]:
    if isinstance(job, Path):
        pages, rows = read_printed(job)
    else:
        issue = compose(job[0], profile=job[1])
        pages, rows = issue.pages, issue.labels
    out = []
    for number, (text, labels) in enumerate(zip(pages, rows, strict=True), 1):
        sheet, _ = roles_of(text, labels, number)
        if not len(sheet):
            continue
        X = gather(sheet)
        ((roles, p),) = weigh([X])
        page = split(sheet, 0, settle(roles, p, X))
        wanted = lost_pieces(page.drafts)
        if not wanted or len(page.drafts) < 2 or len(page.drafts) > 120:
            continue
        row_of = rows_of(text, sheet).__getitem__
        before = rows_before(labels, number)
        holder: dict[int, int] = {}
        for i, d in enumerate(page.drafts):
            for _, k in [*d.kicker, *d.headline, *d.deck, *d.byline, *d.docdate, *(u for para in d.paragraphs for u in para)]:
                holder[row_of(k)] = i
        truth = []
        for i in wanted:
            first, _last = _ends(sheet, page.drafts[i])
            r = before.get(row_of(first))
            j = holder.get(r, -1) if r is not None else -1
            # only the end of a piece can be gone on with
            truth.append(j if j >= 0 and j != i and row_of(_ends(sheet, page.drafts[j])[1]) == r else -1)
        pairs, alone = evidence(sheet, X, page.drafts, wanted)
        out.append((pairs, alone, truth))
    return out


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--issues", type=int, default=30)
    ap.add_argument("--first", type=int, default=300_000)
    ap.add_argument("--pressed", type=Path, action="append", default=[], help="printed issues, see bench.quality.press; may be repeated")
    ap.add_argument("--workers", type=int, default=2)
    a = ap.parse_args()
    jobs: list[tuple[int, str] | Path] = [(a.first + i, r) for i in range(a.issues) for r in READINGS]
    jobs += [issue for folder in a.pressed for issue in sorted(folder.iterdir())]
    with ProcessPoolExecutor(a.workers) as pool:
        pages = [p for got in pool.map(one, jobs, chunksize=2) for p in got]
    F, G = len(FEATURES), len(NONE)
    theta = np.zeros(F + G)
    m = np.zeros_like(theta)
    v = np.zeros_like(theta)
    for step in range(400):
        grad = 1e-3 * theta
        total = loss = right = 0.0
        for pairs, alone, truth in pages:
            s = np.concatenate([pairs @ theta[:F], (alone @ theta[F:])[:, None]], 1)
            bad = pairs[:, :, 0] < -9
            s[:, :-1][bad] = -1e9
            e = np.exp(s - s.max(1, keepdims=True))
            e /= e.sum(1, keepdims=True)
            t = np.array([x if x >= 0 else pairs.shape[1] for x in truth])
            rows = np.arange(len(t))
            loss -= np.log(e[rows, t] + 1e-12).sum()
            right += (e.argmax(1) == t).sum()
            total += len(t)
            d = e.copy()
            d[rows, t] -= 1
            grad[:F] += np.einsum("ij,ijf->f", d[:, :-1] * ~bad, np.where(bad[:, :, None], 0, pairs))
            grad[F:] += (d[:, -1:] * alone).sum(0)
        grad /= total
        m = 0.9 * m + 0.1 * grad
        v = 0.99 * v + 0.01 * grad**2
        theta -= 0.08 * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8)
    print(f"# fitted on {len(pages)} pages, {int(total)} pieces: loss {loss / total:.3f}, right {right / total:.3f}")
    print("[weights]")
    for name, value in zip((*FEATURES, *NONE), theta, strict=True):
        print(f"{name} = {value:.2f}")


if __name__ == "__main__":
    main()
