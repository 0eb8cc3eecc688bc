"""Fits the weights of :mod:`qingyang.subheads` on composed pages; prints ``qingyang/rules/subheads.toml``.

    python -m bench.quality.train.subheads --issues 40

Logistic regression: is a headline, as the trained roles and threads leave it, a heading inside the article above? What is
true comes from the composer's labels: both texts are of one article.
"""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from bench.quality.compose import PROFILES, compose
from bench.quality.train.roles import roles_of, rows_of
from qingyang import plain
from qingyang.evidence import gather
from qingyang.precedence import Decided
from qingyang.roles import weigh
from qingyang.split import Draft
from qingyang.subheads import FEATURES, candidates, evidence, give_back
from qingyang.thread import cut, thread

READINGS = (*PROFILES, "layout", "fragments", "lines", "blocks", "fragments", "lines", "blocks", "lines+light", "lines+medium", "rows")


def one(job: tuple[int, str]) -> tuple[np.ndarray, list[bool]]:
    issue = compose(job[0], profile=job[1])
    rows, truth = [np.zeros((0, len(FEATURES)), np.float32)], []
    for number, (text, labels) in enumerate(zip(issue.pages, issue.labels, strict=True), 1):
        sheet, _ = roles_of(text, labels, number)
        if not len(sheet):
            continue
        X = gather(sheet)
        ((roles, p),) = weigh([X])
        drafts = thread(sheet, X, p, cut(sheet, 0, Decided(roles, p).hear(plain.see(roles, p, X)).roles, p)).drafts
        row_of = rows_of(text, sheet)

        def article(d: Draft, part: slice) -> str | None:
            units = [k for para in d.paragraphs for _, k in para][part]
            counted: Counter[str] = Counter()
            for k in units:
                counted.update(s["article"] for s in labels[row_of[k]] if s["article"])  # noqa: B023
            return counted.most_common(1)[0][0] if counted else None

        asked: set[tuple[int, int]] = set()
        while wanted := candidates(drafts):
            # as the stage itself will: what goes on is given back, and those below are looked at again
            heading = {}
            for i in wanted:
                above, below = article(drafts[i - 1], slice(-3, None)), article(drafts[i], slice(3))
                heading[i] = above is not None and above == below
            fresh = [k for k, i in enumerate(wanted) if (len(drafts[i - 1].paragraphs), id(drafts[i])) not in asked]
            asked |= {(len(drafts[i - 1].paragraphs), id(drafts[i])) for i in wanted}
            rows.append(evidence(sheet, X, p, drafts, wanted)[fresh])
            truth += [heading[wanted[k]] for k in fresh]
            gone = {i for i in wanted if heading[i] and not heading.get(i - 1) and not drafts[i - 1].jump_out}
            if not gone:
                break
            for i in gone:
                give_back(drafts[i - 1], drafts[i])
            drafts = [d for i, d in enumerate(drafts) if i not in gone]
    return np.concatenate(rows), truth


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--issues", type=int, default=40)
    ap.add_argument("--first", type=int, default=400_000)
    ap.add_argument("--workers", type=int, default=2)
    a = ap.parse_args()
    with ProcessPoolExecutor(a.workers) as pool:
        got = list(pool.map(one, [(a.first + i, r) for i in range(a.issues) for r in READINGS], chunksize=2))
    X = np.concatenate([x for x, _ in got]).astype(np.float64)
    y = np.array([t for _, truth in got for t in truth], float)
    theta = np.zeros(len(FEATURES))
    ridge = X.var(0) + 1e-6
    for _ in range(30):
        # Newton's method, with a little of a ridge, the same for every column as far as it varies
        p = 1 / (1 + np.exp(-X @ theta))
        H = (X * (p * (1 - p))[:, None]).T @ X + np.diag(ridge)
        theta += np.linalg.solve(H, X.T @ (y - p) - ridge * theta)
    p = 1 / (1 + np.exp(-X @ theta))
    right, before = ((p > 0.5) == (y > 0.5)).mean(), (y < 0.5).mean()
    print(f"# fitted on {len(y)} headlines of composed pages, {int(y.sum())} of them headings: {right:.4f} right, {before:.4f} before")
    print("[weights]")
    for name, value in zip(FEATURES, theta, strict=True):
        print(f"{name} = {value:.2f}")


if __name__ == "__main__":
    main()
