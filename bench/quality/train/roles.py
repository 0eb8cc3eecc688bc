"""Trains the roles of units (``qingyang/model/roles-*.npz``) on composed pages, which are free of rights.

    python -m bench.quality.train.roles --issues 400 --epochs 14         (needs torch, see README.md)

The evidence comes from :func:`qingyang.evidence.gather` on the very text a user would bring; the labels from the
composer. Loss: cross entropy of every unit's role. A linear chain over the roles (a CRF, 14 × 14 transitions) was
tried first: twenty times the training time, and the decoding of a page dearer, for roles that were no better.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bench.quality.compose import PROFILES, compose
from qingyang.evidence import CHARS, COMMON, NAMES, gather
from qingyang.lines import Sheet, read_lines
from qingyang.records import Source
from qingyang.roles import ROLES, weigh

OFTEN = (
    *("layout", "rows", "rows", "rows+light"),
    *("fragments", "fragments", "lines", "lines", "blocks", "blocks", "fragments+errors", "lines+light", "lines+medium"),
)
"""Readings in good order, which most users bring: they come again."""
INDEX = {r: i for i, r in enumerate(ROLES)}
WIDTH = 6
"""Dimensions for a character at an end of a unit."""
BETWEEN = ((3, 2), (3, 4), (3, 8))
"""(kernel, step) of the layers between the first and the last: fourteen units each way, at the price of five."""
DIRECT = {"kicker", "deck", "byline", "docdate", "subhead"}


def line_starts(text: str) -> list[int]:
    """Where each row of the composer's labels begins: the lines that hold anything."""
    lines = text.split("\n")
    starts = np.cumsum([0] + [len(line) + 1 for line in lines])
    return [int(at) for at, line in zip(starts, lines, strict=False) if line.strip()]


def rows_of(text: str, sheet: Sheet) -> list[int]:
    """The row of the composer's labels that each unit stands in."""
    return [int(r) for r in np.searchsorted(line_starts(text), sheet.starts, "right") - 1]


def roles_of(text: str, labels: list[list[dict]], page: int) -> tuple[Sheet, list[str | None]]:
    """The sheet of a page and the role of each of its units."""
    sheet = read_lines(Source("p", text, ""))
    offsets = line_starts(text)
    rows = rows_of(text, sheet)
    out: list[str | None] = []
    # (line, article, para, role) of the last unit of running text
    last_text: tuple[int, object, int, str] | None = None
    for k in range(len(sheet)):
        r = rows[k]
        a, b = int(sheet.starts[k]) - offsets[r], int(sheet.ends[k]) - offsets[r]
        segs = [s for s in labels[r] if s["start"] < b and s["end"] > a and s["role"] not in ("jump_from", "jump_to")]
        if not segs:
            out.append("furniture")
            continue
        s = segs[0]
        if s["role"] == "dateline" and not any(x["role"] == "body" for x in segs):
            pass
        role = s["role"]
        marks = sheet.mark_before.get(k, [])
        jumped = any(m.kind == "continued_from" for m in marks)
        if role in ("furniture", "index", "jump_from", "jump_to"):
            out.append("furniture")
            continue
        if role == "caption":
            out.append("caption" if s["first"] else "caption_cont")
            continue
        if role in ("headline", "headline_cont", "cont_title"):
            first = s["first"] if role != "headline" else True
            if role == "headline_cont" or not first:
                out.append(
                    "headline_cont"
                    if last_text and last_text[3] in ("headline", "headline_cont") and last_text[1] == s["article"]
                    else "headline"
                )
            else:
                out.append("headline")
        elif role in DIRECT:
            out.append(role)
        else:  # body, dateline, sign_off
            same = last_text is not None and last_text[1] == s["article"]
            lead_above = last_text is not None and last_text[3] == "dateline" and same
            head = role == "dateline" or (s["first"] and not lead_above)
            if role == "dateline" and not s["first"] and lead_above:
                head = False
            if jumped:
                out.append("start")
            elif head or role == "sign_off":
                if role == "sign_off" and not s["first"] and same:
                    out.append("continue")
                else:
                    out.append("start" if same or (last_text is None and role == "dateline") else "other")
            elif lead_above and s["first"]:
                out.append("continue")
            else:
                prev = s["prev"]
                near = last_text is not None and prev is not None and prev[0] == page and prev[1] == last_text[0]
                out.append("continue" if near else "resume")
        tail = segs[-1]
        last_text = (r, tail["article"], tail["para"], "headline" if out[-1].startswith("headline") else tail["role"])
    return sheet, out


def read_printed(folder: Path) -> tuple[list[str], list[list[list[dict]]]]:
    """Pages and labels of a printed issue."""
    pages = [p.read_text("utf-8") for p in sorted(folder.glob("p*.txt"))]
    return pages, json.loads((folder / "labels.json").read_text("utf-8"))


def pressed(folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """A printed issue (``bench.quality.press``), line by line; and once more block by block, where an empty line parts its blocks."""
    pages, labels = read_printed(folder)
    out = learned(pages, labels)
    if folder.parent.name == "tesseract":
        out += learned(*in_blocks(pages, labels))
    return out


def in_blocks(pages: list[str], labels: list[list[list[dict]]]) -> tuple[list[str], list[list[list[dict]]]]:
    """The lines of each block as one line, as an engine hands on what it found block by block."""
    texts, rows, place = [], [], {}
    for p, (text, lines) in enumerate(zip(pages, labels, strict=True), 1):
        blocks: list[str] = [""]
        segs: list[list[dict]] = [[]]
        waiting = iter(enumerate(lines))
        for line in text.split("\n"):
            if not line.strip():
                if blocks[-1]:
                    blocks.append("")
                    segs.append([])
                continue
            k, found = next(waiting)
            line = line.rstrip()
            for n, s in enumerate(found):
                place[p, k, n] = [p, len(segs) - 1, len(segs[-1])]
                segs[-1].append({**s, "start": s["start"] + len(blocks[-1]), "end": s["end"] + len(blocks[-1])})
            blocks[-1] += line
        texts.append("\n\n".join(blocks))
        rows.append(segs[: len(segs) - (not blocks[-1])])
    for page in rows:
        for row in page:
            for s in row:
                s["prev"] = place[tuple(s["prev"])] if s["prev"] else None
    return texts, rows


def one(job: tuple[int, str]) -> list[tuple[np.ndarray, np.ndarray]]:
    seed, profile = job
    issue = compose(seed, profile=profile)
    return learned(issue.pages, issue.labels)


def learned(pages: list[str], labels: list[list[list[dict]]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Evidence and roles of each page."""
    out = []
    for n, (text, rows) in enumerate(zip(pages, labels, strict=True), 1):
        sheet, roles = roles_of(text, rows, n)
        if len(roles):
            out.append((gather(sheet), np.array([INDEX[r] for r in roles], np.int64)))
    return out


def data(first: int, count: int, profiles: tuple[str, ...], workers: int) -> list[tuple[np.ndarray, np.ndarray]]:
    # a profile named twice is composed twice, from other seeds
    jobs = [(first + i + 20_000 * profiles[:k].count(p), p) for i in range(count) for k, p in enumerate(profiles)]
    with ProcessPoolExecutor(workers) as pool:
        return [page for pages in pool.map(one, jobs, chunksize=4) for page in pages]


def train(
    pages: list[tuple[np.ndarray, np.ndarray]],
    epochs: int,
    hidden: int,
    seed: int,
    out: Path,
    dropout: float,
    noise: float,
    teach: float = 0.0,
    composed: int = 0,
    start: Path | None = None,
    lr: float = 3e-3,
) -> None:
    """``teach``: on the first ``composed`` pages the share of the loss that asks for the mean of the networks at hand, not for the
    labels (Hinton et al. 2015). Printed pages are new to those networks, and have only their labels. ``start``: a network
    to go on from, with its own means and scales."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    torch.set_num_threads(2)
    plain = len(NAMES) - CHARS
    some = np.concatenate([x[:, :plain] for x, _ in pages[:: max(1, len(pages) // 3000)]])
    mean = some.mean(0)
    scale = 1 / np.maximum(some.std(0), 0.05)
    del some
    L, F = len(ROLES), plain + CHARS * WIDTH
    tables = nn.ModuleList([nn.Embedding(COMMON + 1, WIDTH) for _ in range(CHARS)])
    for t in tables:
        nn.init.normal_(t.weight, std=0.3)
    shapes = ((5, 1, F, hidden), *((k, d, hidden, hidden) for k, d in BETWEEN), (1, 1, hidden, L))
    convs = nn.ModuleList([nn.Conv1d(i, o, k, padding=k // 2 * d, dilation=d) for k, d, i, o in shapes])
    whole = nn.Linear(hidden, hidden, bias=False)
    nn.init.zeros_(whole.weight)
    if start:
        with np.load(start) as z:
            had = str(z["names"]).split()
            if str(z["roles"]) != " ".join(ROLES) or not set(had) <= set(NAMES):
                raise ValueError(f"{start} was trained on other evidence or roles")
            # evidence that it did not know weighs nothing at first
            known = [NAMES.index(name) for name in had[: len(had) - CHARS]]
            mean[known], scale[known] = z["mean"], z["scale"]
            convs[0].weight.data[:, known] = torch.from_numpy(z["w0"][:, : len(known)].astype(np.float32).transpose(2, 1, 0).copy())
            convs[0].weight.data[:, [k for k in range(plain) if k not in known]] = 0
            convs[0].weight.data[:, plain:] = torch.from_numpy(z["w0"][:, len(known) :].astype(np.float32).transpose(2, 1, 0).copy())
            for k, conv in enumerate(convs):
                if k:
                    conv.weight.data = torch.from_numpy(z[f"w{k}"].astype(np.float32).transpose(2, 1, 0).copy())  # type: ignore[attr-defined]
                conv.bias.data = torch.from_numpy(z[f"b{k}"].copy())  # type: ignore[attr-defined]
            for k, t in enumerate(tables):
                t.weight.data = torch.from_numpy(z["chars"][:, k].astype(np.float32).copy())  # type: ignore[attr-defined]
            whole.weight.data = torch.from_numpy(z["page"].astype(np.float32).T.copy())
    drop = nn.Dropout(dropout)
    params = [*convs.parameters(), *tables.parameters(), *whole.parameters()]
    steps_per = (len(pages) + 15) // 16
    opt = torch.optim.AdamW(params, lr=lr, weight_decay=1e-3)
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=lr, total_steps=epochs * steps_per, pct_start=0.15)

    taught = [np.zeros((0, L), np.float32)] * len(pages)
    if teach:
        for a in range(0, composed, 64):
            taught[a : a + 64] = [p for _, p in weigh([x for x, _ in pages[a : min(a + 64, composed)]])]

    def forward(x: torch.Tensor, ends: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        y = torch.cat([x, *[drop(t(ends[:, :, j])) for j, t in enumerate(tables)]], 2) * mask[:, :, None]
        m = mask[:, None].float()
        y = drop(torch.relu(convs[0](y.transpose(1, 2)))) * m
        for d, c in enumerate(convs[1:-1]):
            z = c(y)
            if d == 1:
                z = z + whole(y.sum(2) / m.sum(2))[:, :, None]
            y = y + drop(torch.relu(z)) * m
        return convs[-1](y).transpose(1, 2)

    order = np.argsort([len(y) for _, y in pages])
    groups = [order[i : i + 16] for i in range(0, len(order), 16)]
    rng = np.random.default_rng(seed)
    t0 = time.time()
    for epoch in range(epochs):
        total = right = units = 0.0
        for g in rng.permutation(len(groups)):
            idx = groups[g]
            T = max(len(pages[i][1]) for i in idx)
            x = np.zeros((len(idx), T, plain), np.float32)
            ends = np.zeros((len(idx), T, CHARS), np.int64)
            y = np.zeros((len(idx), T), np.int64)
            m = np.zeros((len(idx), T), bool)
            t = np.zeros((len(idx), T, L), np.float32)
            by = np.zeros((len(idx), T), np.float32)
            for b, i in enumerate(idx):
                n = len(pages[i][1])
                x[b, :n] = np.clip((pages[i][0][:, :plain] - mean) * scale, -6, 6)
                ends[b, :n] = pages[i][0][:, plain:]
                y[b, :n] = pages[i][1]
                m[b, :n] = True
                if teach and i < composed:
                    t[b, :n] = taught[i]
                    by[b] = teach
            xt, yt, mt = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(m)
            if noise:
                # forget single pieces of evidence: no decision may hang on one of them
                xt = xt * (torch.rand(xt.shape) > noise)
            et = torch.from_numpy(ends)
            if noise:
                et = et * (torch.rand(et.shape) > 0.15)
            e = forward(xt, et, mt)
            share = torch.from_numpy(by)[mt]
            loss = ((1 - share) * nn.functional.cross_entropy(e[mt], yt[mt], label_smoothing=0.01, reduction="none")).mean()
            if teach:
                loss = loss + (share * nn.functional.cross_entropy(e[mt], torch.from_numpy(t)[mt], reduction="none")).mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(params, 2.0)
            opt.step()
            sched.step()
            total += float(loss.detach()) * int(mt.sum())
            right += float(((e.argmax(2) == yt) & mt).sum())
            units += int(mt.sum())
        print(f"epoch {epoch + 1}: loss {total / units:.4f}  argmax {right / units:.4f}  {time.time() - t0:.0f} s", flush=True)
        save(out, convs, tables, whole, mean, scale)


def save(out: Path, convs: object, tables: object, whole: object, mean: np.ndarray, scale: np.ndarray) -> None:
    arrays = {}
    for k, c in enumerate(convs):  # type: ignore[call-overload]
        arrays[f"w{k}"] = c.weight.detach().numpy().transpose(2, 1, 0).astype(np.float16)
        arrays[f"b{k}"] = c.bias.detach().numpy().astype(np.float32)
    np.savez_compressed(
        out,
        chars=np.stack([t.weight.detach().numpy() for t in tables], 1).astype(np.float16),  # type: ignore[attr-defined]
        page=whole.weight.detach().numpy().T.astype(np.float16),  # type: ignore[attr-defined]
        steps=[c.dilation[0] for c in convs],  # type: ignore[attr-defined]
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        names=" ".join(NAMES),
        roles=" ".join(ROLES),
        **arrays,
    )


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--issues", type=int, default=400, help="issues per profile")
    ap.add_argument("--first", type=int, default=100_000, help="first seed; the gate uses other seeds")
    ap.add_argument("--epochs", type=int, default=14)
    ap.add_argument("--hidden", type=int, default=64)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--dropout", type=float, default=0.15)
    ap.add_argument("--noise", type=float, default=0.05)
    ap.add_argument("--teach", type=float, default=0.0, help="share of the loss that the networks at hand give")
    ap.add_argument("--teach-printed", action="store_true", help="the networks at hand have seen printed pages, and teach on them too")
    ap.add_argument("--start", type=Path, help="a network to go on from")
    ap.add_argument("--rate", type=float, default=3e-3, help="largest step of the learning")
    ap.add_argument("--workers", type=int, default=2)
    ap.add_argument("--profiles", default=",".join((*PROFILES, *OFTEN)))
    ap.add_argument("--pressed", type=Path, action="append", default=[], help="printed issues, see bench.quality.press; may be repeated")
    ap.add_argument("--cache")
    ap.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[3] / "qingyang" / "model" / "roles-1.npz")
    a = ap.parse_args()
    t = time.time()
    if a.cache and Path(a.cache).exists():
        pages, composed = pickle.loads(Path(a.cache).read_bytes())
    else:
        pages = data(a.first, a.issues, tuple(a.profiles.split(",")), a.workers)
        composed = len(pages)
        with ProcessPoolExecutor(a.workers) as pool:
            for folder in a.pressed:
                pages += [page for found in pool.map(pressed, sorted(folder.iterdir())) for page in found]
        print(f"{composed} pages composed, {len(pages) - composed} printed", flush=True)
        if a.cache:
            Path(a.cache).write_bytes(pickle.dumps((pages, composed)))
    if a.teach_printed:
        composed = len(pages)
    counts = Counter(ROLES[i] for _, y in pages for i in y.tolist())
    print(f"{len(pages)} pages, {sum(counts.values())} units, {time.time() - t:.0f} s; {dict(counts.most_common())}", flush=True)
    train(pages, a.epochs, a.hidden, a.seed, a.out, a.dropout, a.noise, a.teach, composed, a.start, a.rate)


if __name__ == "__main__":
    main()
