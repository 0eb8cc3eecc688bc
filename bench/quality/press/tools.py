"""What real tools make of a printed page: rows of text, and which printed line each stretch of them shows."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import defaultdict
from pathlib import Path

from bench.quality.press.sheet import Printed

Span = tuple[int, int, int, int]
"""(start, end, string, at) of a row; string -2 for what was never printed."""


def pdftotext(pdf: Path, printed: list[Printed]) -> tuple[str, list[list[Span]]]:
    """Poppler's text in its own order. Stretches between blanks are found by their words: they are printed lines."""
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", str(pdf), "-"], check=True, capture_output=True).stdout.decode().replace("\f", "")
    by: dict[str, list[tuple[Printed, int]]] = defaultdict(list)
    for p in printed:
        here = 0
        words = p.shown.split()
        for k, word in enumerate(words):
            # a wide blank makes two lines of one
            by["".join(words[k:])].append((p, here))
            if k + 1 < len(words):
                by[word].append((p, here))
            here += len(word)
    longest = max(map(len, by), default=0)
    rows = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        solid = [k for k, c in enumerate(line) if not c.isspace()]
        spans: list[Span] = []
        k = 0
        while k < len(solid):
            for n in range(min(longest, len(solid) - k), 0, -1):
                word = "".join(line[j] for j in solid[k : k + n])
                if by.get(word) and (k + n == len(solid) or solid[k + n] != solid[k + n - 1] + 1 or n > 3):
                    p, skip = by[word].pop(0) if len(by[word]) > 1 else by[word][0]
                    spans += spans_of(p, skip, solid[k : k + n])
                    k += n
                    break
            else:
                spans.append((solid[k], solid[k] + 1, -2, 0))
                k += 1
        rows.append(spans)
    return text, rows


def spans_of(p: Printed, skip: int, at: list[int]) -> list[Span]:
    """The spans of a printed line, less its first ``skip`` solid characters, that stand at ``at`` of a row."""
    out: list[Span] = []
    here = -skip
    for r, shown in zip(p.line.runs, p.parts, strict=True):
        solid = [k for k, c in enumerate(shown) if not c.isspace()]
        low, high = max(0, here), min(len(at), here + len(solid))
        if low < high and r.sid >= 0:
            out.append((at[low], at[high - 1] + 1, r.sid, r.at + solid[low - here]))
        here += len(solid)
    return out


def tesseract(pdf: Path, printed: list[Printed], dpi: int, rough: float, seed: int) -> tuple[str, list[list[Span]]]:
    """Recognition of the page as a picture of ``dpi``, worn by ``rough``. Words are found by where they stand on the page."""
    base = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", str(pdf), str(base)], check=True)
    picture = base.with_suffix(".pgm")
    if rough:
        wear(picture, rough, seed)
    env = os.environ | {"OMP_THREAD_LIMIT": "1"}
    subprocess.run(
        ["tesseract", str(picture), str(base), "-l", "chi_sim", "--dpi", str(dpi), "txt", "tsv"], check=True, capture_output=True, env=env
    )
    text = base.with_suffix(".txt").read_text("utf-8").replace("\f", "")
    scale = 72 / dpi
    words: dict[tuple[str, ...], list[tuple[str, float, float, float, float]]] = defaultdict(list)
    with base.with_suffix(".tsv").open(encoding="utf-8", newline="") as f:
        for w in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if w["level"] == "5":
                x, y, wide, tall = (float(w[k]) * scale for k in ("left", "top", "width", "height"))
                words[w["block_num"], w["par_num"], w["line_num"]].append((w["text"] or "", x, y, x + wide, y + tall))
    lines = [ln for ln in text.split("\n") if ln.strip()]
    groups = [g for g in words.values() if "".join(w[0] for w in g).strip()]
    picture.unlink()
    if len(lines) != len(groups):
        raise ValueError(f"{pdf}: {len(lines)} lines of text, {len(groups)} of words")
    return text, [found(line, group, printed) for line, group in zip(lines, groups, strict=True)]


def found(line: str, group: list[tuple[str, float, float, float, float]], printed: list[Printed]) -> list[Span]:
    spans: list[Span] = []
    here = 0
    last: Printed | None = None
    for word, x0, y0, x1, y1 in group:
        if not word.strip():
            continue
        start = line.find(word, here)
        if start < 0:
            continue
        here = start + len(word)
        p = place(printed, (x0 + x1) / 2, (y0 + y1) / 2)
        if p is None:
            spans.append((start, here, -2, 0))
            last = None
            continue
        k = max((k for k, s in enumerate(p.starts) if s <= (x0 + x1) / 2), default=0)
        run = p.line.runs[k]
        if run.sid < 0:
            continue
        end = p.starts[k + 1] if k + 1 < len(p.starts) else p.box[2]
        at = run.at + min(len(run.text) - 1, max(0, int(len(run.text) * (x0 - p.starts[k]) / max(1.0, end - p.starts[k]) + 0.3)))
        if spans and last is p and spans[-1][2] == run.sid:
            spans[-1] = (spans[-1][0], here, run.sid, spans[-1][3])
        else:
            spans.append((start, here, run.sid, at if last is p or x0 > p.starts[k] + 1.2 * (p.box[3] - p.box[1]) else run.at))
        last = p
    return spans


def place(printed: list[Printed], x: float, y: float) -> Printed | None:
    best, near = None, 1.0
    for p in printed:
        left, top, right, bottom = p.box
        if left - 4 <= x <= right + 4 and top <= y <= bottom:
            off = abs(y - (top + bottom) / 2) / (bottom - top)
            if off < near:
                best, near = p, off
    return best


def wear(picture: Path, rough: float, seed: int) -> None:
    """Blur, specks, uneven ink and a little slant, as a scan has them."""
    import numpy as np
    from PIL import Image, ImageFilter

    rng = np.random.default_rng(seed)
    im = Image.open(picture).convert("L")
    im = im.rotate(float(rng.normal(0, 0.12 * rough)), fillcolor=255, resample=Image.Resampling.BILINEAR)
    im = im.filter(ImageFilter.GaussianBlur(0.35 + 0.45 * rough * float(rng.random())))
    a = np.asarray(im, np.float32)
    a = a + rng.normal(0, 14 * rough, a.shape).astype(np.float32)
    a[rng.random(a.shape) < 0.0008 * rough] = 40
    a[rng.random(a.shape) < 0.004 * rough] = 245
    Image.fromarray(np.clip(a, 0, 255).astype(np.uint8)).save(picture)
