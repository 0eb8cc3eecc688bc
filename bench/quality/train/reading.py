"""Trains ``qingyang/model/reading.npz``: does the text after a seam read on from the text before it?

    python -m bench.quality.train.reading                              (needs torch, see README.md)

Seams are cut into the prose of ``bench/quality/texts`` (statutes and reports, no rights). A cut inside a sentence reads on; the end
of one sentence, its full stop lost, and the beginning of another do not. A small network sees six characters on the left
and five on the right. Function words carry it, so that what it learns from statutes holds for other prose.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np

from qingyang.seams import LEFT, RIGHT

WIDTH, HIDDEN, KNOWN = 16, 48, 2600


def seams_of(text: str, rng: random.Random) -> list[tuple[str, str, int]]:
    out: list[tuple[str, str, int]] = []
    sentences: list[str] = []
    for line in text.splitlines():
        if line.startswith("#") or len(line) < 12:
            continue
        line = "".join(line.split())
        for m in re.finditer(r"[^。！？；]+[。！？；]?[”’）]?", line):
            s = m.group()
            if len(s) < 10:
                continue
            sentences.append(s)
            for _ in range(1 + len(s) // 12):
                k = rng.randrange(3, len(s) - 3)
                out.append((s[:k], s[k:], 1))
    for _ in range(len(out)):
        a, b = rng.choice(sentences), rng.choice(sentences)
        if rng.random() < 0.85:
            a = a.rstrip("。！？；”’）")
        elif rng.random() < 0.5:
            # a headline or a caption: a clause without its end
            a = a.split("，")[0]
        if rng.random() < 0.15:
            # the end of one sentence, the middle of another: columns read astray
            b = b[rng.randrange(3, len(b) - 3) :]
        out.append((a, b, 0))
    rng.shuffle(out)
    return out


def main() -> None:
    import torch
    from torch import nn

    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--epochs", type=int, default=4)
    a = ap.parse_args()
    rng = random.Random(1)
    here = Path(__file__).resolve().parents[3]
    text = (here / "bench" / "quality" / "texts" / "prose.txt").read_text("utf-8")
    pairs = seams_of(text, rng)
    count = Counter(text)
    vocab = sorted(c for c, _ in count.most_common(KNOWN) if c.strip() and ord(c) < 0x30000)
    index = {c: k + 2 for k, c in enumerate(vocab)}  # 0: nothing there, 1: a rare character

    def code(left: str, right: str) -> list[int]:
        c = [index.get(x, 1) for x in left[-LEFT:]]
        d = [index.get(x, 1) for x in right[:RIGHT]]
        return [0] * (LEFT - len(c)) + c + d + [0] * (RIGHT - len(d))

    X = torch.tensor([code(left, right) for left, right, _ in pairs])
    y = torch.tensor([float(t) for _, _, t in pairs])
    held = len(X) // 20
    torch.manual_seed(1)
    torch.set_num_threads(2)
    embed = nn.Embedding(len(vocab) + 2, WIDTH)
    net = nn.Sequential(nn.Linear(WIDTH * (LEFT + RIGHT), HIDDEN), nn.ReLU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 1))
    opt = torch.optim.AdamW([*embed.parameters(), *net.parameters()], lr=3e-3, weight_decay=1e-2)
    batch = 512
    steps = a.epochs * (len(X) - held) // batch
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, 6e-3, total_steps=steps + 2)
    t0 = time.time()
    for epoch in range(a.epochs):
        order = torch.randperm(len(X) - held) + held
        for i in range(0, len(order) - batch + 1, batch):
            rows = order[i : i + batch]
            x = X[rows]
            # forget characters: names and terms of statutes must not carry it
            x = torch.where((torch.rand(x.shape) < 0.06) & (x > 0), torch.ones_like(x), x)
            p = net(embed(x).flatten(1))[:, 0]
            loss = nn.functional.binary_cross_entropy_with_logits(p, y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()
        with torch.no_grad():
            net.eval()
            p = net(embed(X[:held]).flatten(1))[:, 0]
            print(f"epoch {epoch + 1}: held out right {((p > 0) == (y[:held] > 0.5)).float().mean():.4f}, {time.time() - t0:.0f} s", flush=True)
            net.train()
    w1, b1, w2, b2 = (t.detach().numpy() for t in (net[0].weight, net[0].bias, net[3].weight, net[3].bias))
    np.savez_compressed(
        here / "qingyang" / "model" / "reading.npz",
        chars=np.array([ord(c) for c in vocab], np.uint32),
        embed=embed.weight.detach().numpy().astype(np.float16),
        w1=w1.T.astype(np.float16),
        b1=b1.astype(np.float32),
        w2=w2.T.astype(np.float32),
        b2=b2.astype(np.float32),
    )


if __name__ == "__main__":
    main()
