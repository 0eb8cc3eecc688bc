"""Trains ``qingyang/model/pairing.npz``: of several lines that are open at their end, which one does a line go on with?

    python -m bench.quality.train.pairing                              (needs torch, see README.md)

Where :mod:`bench.quality.train.reading` asks whether a text is open, this one tells two open texts apart. Seams are cut into the
prose of ``bench/quality/texts`` (statutes and reports, no rights), inside sentences and after commas, never before a mark that may
not begin a line. A true pair is the two sides of one seam; a false pair is the left side of one and the right side of another,
half of them from the same document. A small network sees six characters on the left and five on the right, and what
jieba's dictionary says of the seam.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

import numpy as np

from qingyang import lines, seams
from qingyang.seams import LEFT, RIGHT

WIDTH, HIDDEN, KNOWN = 24, 64, 3200
_NEVER_FIRST = lines.COMMA | lines.STOP | lines.SEMI | lines.COLON | lines.SHUTQ | lines.SHUTB | lines.BLANK | lines.BREAK


def windows(cps: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Code points on both sides of the seams before ``at``, 0 beyond the paragraph."""
    left = cps[at[:, None] + np.arange(-LEFT, 0)]
    right = cps[at[:, None] + np.arange(RIGHT)]
    left[np.maximum.accumulate((left == 10)[:, ::-1], 1)[:, ::-1]] = 0
    right[np.maximum.accumulate(right == 10, 1)] = 0
    return left.astype(np.uint32), right.astype(np.uint32)


def main() -> None:
    import torch
    from torch import nn

    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--epochs", type=int, default=10)
    a = ap.parse_args()
    here = Path(__file__).resolve().parents[3]
    prose = (here / "bench" / "quality" / "texts" / "prose.txt").read_text("utf-8").splitlines()
    text = "\n".join("".join(x.split()) for x in prose if not x.startswith("#"))
    text = "\n" * LEFT + text + "\n" * RIGHT
    cps = lines.code_points(text).copy()
    cls = lines.classes(cps)
    count = Counter(text)
    vocab = sorted(c for c, _ in count.most_common(KNOWN) if c.strip() and ord(c) < 0x30000)
    index = np.ones(0x30000, np.int64)
    index[0] = 0
    index[[ord(c) for c in vocab]] = np.arange(len(vocab)) + 2
    # a seam: no sentence ends there, no line begins with a closing mark, no number or Latin word is parted
    ok = ((cls[1:] & _NEVER_FIRST) == 0) & ((cls[:-1] & (lines.STOP | lines.BREAK | lines.OPENQ | lines.OPENB)) == 0)
    ok &= ~(((cls[1:] & (lines.DIGIT | lines.LATIN)) != 0) & ((cls[:-1] & (lines.DIGIT | lines.LATIN)) != 0))
    seam = np.flatnonzero(ok) + 1
    seam = seam[(seam >= LEFT) & (seam < len(cps) - RIGHT)]
    rng = np.random.default_rng(1)
    cut = int(seam[int(len(seam) * 0.96)])
    held, seam = seam[seam >= cut], seam[seam < cut]
    print(f"{len(seam)} seams", flush=True)

    def sample(of: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        k = rng.integers(0, len(of), n)
        j = np.where(rng.random(n) < 0.5, np.clip(k + rng.integers(-1500, 1500, n), 0, len(of) - 1), rng.integers(0, len(of), n))
        true = rng.random(n) < 0.5
        left, _ = windows(cps, of[k])
        _, right = windows(cps, of[np.where(true, k, j)])
        y = true | (k == j)
        # short lines: fewer characters are there to be seen
        for side in (left[:, ::-1], right):
            short = rng.random(n) < 0.06
            keep = rng.integers(2, 5, n)
            side[short[:, None] & (np.arange(side.shape[1])[None] >= keep[:, None])] = 0
        e = seams.evidence(left, right) / np.array([5, 8, 8, 8, 5, 3], np.float32)
        codes = index[np.minimum(np.concatenate((left, right), 1), 0x2FFFF)]
        return codes, e.astype(np.float32), y.astype(np.float32)

    torch.manual_seed(1)
    torch.set_num_threads(2)
    embed = nn.Embedding(len(vocab) + 2, WIDTH)
    nn.init.normal_(embed.weight, std=0.3)
    first = nn.Linear(WIDTH * (LEFT + RIGHT) + 6, HIDDEN)
    rest = nn.Sequential(nn.ReLU(), nn.Dropout(0.1), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 1))
    params = [*embed.parameters(), *first.parameters(), *rest.parameters()]
    opt = torch.optim.AdamW(params, lr=3e-3, weight_decay=1e-2)
    batch, size = 1024, 400_000
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, 4e-3, total_steps=a.epochs * (size // batch) + 2)

    def forward(codes: torch.Tensor, e: torch.Tensor) -> torch.Tensor:
        return rest(first(torch.cat([embed(codes).flatten(1), e], 1)))[:, 0]

    hc, he, hy = sample(held, 40_000)
    t0 = time.time()
    for epoch in range(a.epochs):
        codes, e, y = (torch.from_numpy(v) for v in sample(seam, size))
        for i in range(0, size - batch + 1, batch):
            x = codes[i : i + batch]
            # forget characters: names and terms of statutes must not carry it
            x = torch.where((torch.rand(x.shape) < 0.06) & (x > 0), torch.ones_like(x), x)
            loss = nn.functional.binary_cross_entropy_with_logits(forward(x, e[i : i + batch]), y[i : i + batch])
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()
        with torch.no_grad():
            rest.eval()
            p = forward(torch.from_numpy(hc), torch.from_numpy(he)).numpy()
            right, unlike = ((p > 0) == (hy > 0.5)).mean(), np.logaddexp(0, np.where(hy > 0.5, -p, p)).mean()
            print(f"epoch {epoch + 1}: held out right {right:.4f}, loss {unlike:.4f}, {time.time() - t0:.0f} s", flush=True)
            rest.train()
    n = lambda t: t.detach().numpy()  # noqa: E731
    np.savez_compressed(
        here / "qingyang" / "model" / "pairing.npz",
        chars=np.array([ord(c) for c in vocab], np.uint32),
        embed=n(embed.weight).astype(np.float16),
        w1=n(first.weight).T.astype(np.float16),
        b1=n(first.bias).astype(np.float32),
        w2=n(rest[2].weight).T.astype(np.float16),
        b2=n(rest[2].bias).astype(np.float32),
        w3=n(rest[5].weight).T.astype(np.float32),
        b3=n(rest[5].bias).astype(np.float32),
    )


if __name__ == "__main__":
    main()
