"""Scans of other kinds than :mod:`.tools` makes: other faces, papers and wear, and Tesseract's other ways to read a page.

    python -m bench.quality.press.scans --pack bench/quality/printed        # the two kinds of the gate, ``scans`` and ``scans+blocks``

Pages are drawn as pictures, so that faces may be used which no PDF library sets; then they are slanted, blurred, bled through, faded.
What an engine writes is put into the forms of other engines by :mod:`.forms`. Never trained on. Needs besides fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
import copy
import csv
import os
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from math import cos, radians, sin
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bench.quality.compose import Issue
from bench.quality.compose.gold import gold_of, labels_of
from bench.quality.compose.paper import Composer, Page, Region
from bench.quality.compose.story import Desk
from bench.quality.compose.style import draw
from bench.quality.keep import pack
from bench.quality.press.forms import Blocks, in_form
from bench.quality.press.sheet import MARGIN, Press, Printed, Type
from bench.quality.press.tools import Span, found

FACES = {
    "song": ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    "kai": ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
    "hei": ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    "serif": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    "serif-bold": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    "sans": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    "sans-bold": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A paper and how its page became a picture."""

    dpi: int = 200
    body: str = "song"
    head: str = "hei"
    psm: int = 3
    """Tesseract's page segmentation mode."""
    skew: float = 0.0
    """Degrees."""
    noise: float = 0.0
    blur: float = 0.0
    bleed: float = 0.0
    """How dark the other side shows through."""
    fade: float = 0.0
    threshold: int = 0
    """What is darker becomes black, all else white."""
    rules: bool | None = None
    title: float = 2.2
    """Size of headlines to the body's."""
    photo: int = 0
    """Lines that a picture takes above its caption."""
    leading: float | None = None
    style: dict[str, Any] = field(default_factory=dict)


SCANS = {
    "lowres": Scan(dpi=150, noise=10, blur=0.4),
    "serif300": Scan(dpi=300, body="serif", head="serif-bold"),
    "skew": Scan(body="hei", head="sans-bold", skew=1.5, noise=8),
    "bleed": Scan(bleed=0.45, noise=10, blur=0.5, body="serif", head="sans-bold"),
    "binary": Scan(threshold=150, noise=30, blur=0.6),
    "kai": Scan(body="kai", head="song", noise=6),
    "narrow": Scan(rules=True, style={"columns": 7, "cell": 11, "height": 90}, head="sans-bold", noise=6),
    "wide": Scan(style={"columns": 2, "cell": 34, "height": 60}, body="serif", leading=1.35, noise=6),
    "photos": Scan(photo=9, head="sans-bold"),
    "tabloid": Scan(title=5.0, style={"columns": 4, "cell": 14, "height": 70}, head="sans-bold", body="sans", photo=7),
    "psm4": Scan(psm=4, noise=5),
    "psm6": Scan(psm=6, style={"columns": 3, "cell": 18, "height": 60}),
    "psm1": Scan(psm=1, skew=0.7, body="serif", head="sans-bold", noise=6),
    "worn": Scan(skew=0.6, noise=25, blur=0.9, bleed=0.25, fade=0.3, body="serif", head="serif-bold"),
}
EXAM = {
    "scans": (
        ("narrow", 1, 1, "spaced"),
        ("skew", 1, 2, "tight"),
        ("serif300", 1, 2, "half"),
        ("tabloid", 1, 2, "lines"),
        ("worn", 2, 1, "traditional"),
    ),
    "scans+blocks": (("narrow", 1, 1, "blocks"), ("skew", 1, 2, "blocks"), ("serif300", 1, 2, "blocks"), ("tabloid", 2, 1, "blocks")),
}
"""Of each kind: scan, seed, pages, and the form in which the text is handed on."""


class Sheet(Press):
    """A printed page with room for pictures."""

    photo = 0

    def page(self, page: Page, out: Path) -> tuple[list[Printed], tuple[float, float]]:
        self.pictures: list[tuple[float, float, float, float]] = []
        return super().page(page, out)

    def region(self, g: Region, top: float) -> float:
        if not self.photo or not g.captions:
            return super().region(g, top)
        bare = copy.copy(g)
        bare.captions = []
        deepest = super().region(bare, top)
        t = self.type
        x, wide = MARGIN + g.x * self.pitch, self.pitch - t.gutter
        tall = self.photo * t.leading
        self.pictures.append((x, deepest + 2, x + wide, deepest + tall - 2))
        deepest += tall
        for line in g.captions:
            self.put(line, x, deepest, t.leading, t.size * 0.9, "kai", wide)
            deepest += t.leading
        return deepest


def scan(name: str, seed: int, pages: int) -> tuple[Issue, Blocks]:
    """An issue as Tesseract reads its scans, and the block of every line.

    Raises: ValueError where Tesseract's words and lines do not agree; CalledProcessError where it fails.
    """
    kind = SCANS[name]
    rng = Random(f"v6:{name}:{seed}")
    style = draw(rng, pages)
    if style.traditional or kind.style:
        # chi_sim reads no Traditional characters
        style = replace(style, traditional=False, **kind.style)
    desk = Desk(rng, style)
    sheets = Composer(desk).issue()
    size = rng.choice((9.0, 9.5, 10.0, 10.5))
    leading = size * (kind.leading or rng.choice((1.35, 1.45, 1.55)))
    gutter = size * rng.choice((1.0, 1.3, 1.7))
    press = Sheet(desk.style, Type("song", "hei", size, leading, gutter, rng.random() < 0.35 if kind.rules is None else kind.rules), rng)
    press.photo = kind.photo
    texts: list[str] = []
    spans: list[list[list[Span]]] = []
    blocks: Blocks = []
    with tempfile.TemporaryDirectory() as folder:
        for sheet in sheets:
            lines, paper = press.page(sheet, Path(folder) / f"{sheet.number}.pdf")
            picture = Path(folder) / f"{sheet.number}.png"
            worn(drawn(press, kind, paper, rules := np.random.default_rng(seed + sheet.number)), kind, rules).save(picture)
            text, mine, groups = read(picture, lines, kind, paper)
            texts.append(text)
            spans.append(mine)
            blocks.append(groups)
    issue = f"{name}-{seed}"
    return Issue(issue, name, texts, gold_of(issue, desk, sheets), labels_of(desk.strings, spans)), blocks


@cache
def face(name: str, pixels: float) -> ImageFont.FreeTypeFont:
    path, index = FACES[name]
    return ImageFont.truetype(path, max(4, round(pixels)), index=index)


def drawn(press: Sheet, kind: Scan, paper: tuple[float, float], rng: np.random.Generator) -> Image.Image:
    """The page as it was printed."""
    scale = kind.dpi / 72
    im = Image.new("L", (round(paper[0] * scale), round(paper[1] * scale)), 255)
    pen = ImageDraw.Draw(im)
    for box in press.pictures:
        left, top, right, bottom = (round(q * scale) for q in box)
        wide, tall = right - left, bottom - top
        if wide > 8 and tall > 8:
            rough = Image.fromarray(rng.integers(30, 230, (max(2, tall // 14), max(2, wide // 14)), dtype=np.uint8))
            grain = np.asarray(rough.resize((wide, tall), Image.Resampling.BICUBIC), np.float32) + rng.normal(0, 18, (tall, wide))
            im.paste(Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)), (left, top))
    for p, set_in, size, space in press.out:
        name = kind.head if set_in == "hei" else "kai" if set_in == "kai" else kind.body
        left, upper, right, lower = p.box
        large = size
        if size > 1.6 * press.type.size and kind.title > 2.2:
            large = min(size * kind.title / 2.2, lower - upper, max(size, (right - left) / max(1, len(p.shown))))
        x, base, type_ = left, lower - (lower - upper - size) / 2 - size * 0.12, face(name, large * scale)
        for c in p.shown:
            if not c.isspace():
                pen.text((x * scale, base * scale), c, font=type_, fill=0, anchor="ls")
            x += (size / 2 if c < "\x7f" else size) + space
    for k in range(1, press.style.columns) if press.type.rules else ():
        x = MARGIN + k * press.pitch - press.type.gutter / 2
        if not any(p.box[0] < x - 1 and p.box[2] > x + 1 for p, *_ in press.out):
            pen.line((x * scale, 60 * scale, x * scale, (paper[1] - 40) * scale), fill=60, width=max(1, round(0.5 * scale)))
    return im


def worn(im: Image.Image, kind: Scan, rng: np.random.Generator) -> Image.Image:
    """The page as the scanner saw it."""
    scale = kind.dpi / 72
    if kind.bleed:
        back = im.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(1.2 * scale / 2.8))
        behind = np.roll(np.asarray(back, np.float32), (round(7 * scale), round(3 * scale)), (0, 1))
        both = np.minimum(np.asarray(im, np.float32), 255 - kind.bleed * (255 - behind) * 0.8)
        im = Image.fromarray(np.clip(both, 0, 255).astype(np.uint8))
    if kind.skew:
        im = im.rotate(kind.skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    if kind.blur:
        im = im.filter(ImageFilter.GaussianBlur(kind.blur * scale / 2.8))
    a = np.asarray(im, np.float32)
    if kind.fade:
        tall, wide = a.shape
        clouds = Image.fromarray((rng.random((9, 7)) * 255).astype(np.uint8)).resize((wide, tall), Image.Resampling.BICUBIC)
        a = 255 - (255 - a) * (1 - kind.fade * np.asarray(clouds, np.float32) / 255)
    if kind.noise:
        a = a + rng.normal(0, kind.noise, a.shape).astype(np.float32)
        a[rng.random(a.shape) < 0.00004 * kind.noise] = 30
        a[rng.random(a.shape) < 0.0002 * kind.noise] = 245
    if kind.threshold:
        a = np.where(a < kind.threshold, 0, 255)
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def read(
    picture: Path, printed: list[Printed], kind: Scan, paper: tuple[float, float]
) -> tuple[str, list[list[Span]], list[tuple[str, str]]]:
    """Text, where each stretch of its lines was printed, and the block and paragraph of each line."""
    base = picture.with_suffix("")
    command = ["tesseract", str(picture), str(base), "-l", "chi_sim", "--dpi", str(kind.dpi), "--psm", str(kind.psm), "txt", "tsv"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    text = base.with_suffix(".txt").read_text("utf-8").replace("\f", "")
    scale, turn = 72 / kind.dpi, radians(kind.skew)
    words: dict[tuple[str, str, str], list[tuple[str, float, float, float, float]]] = defaultdict(list)
    with base.with_suffix(".tsv").open(encoding="utf-8", newline="") as f:
        for w in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if w["level"] == "5":
                left, top, wide, tall = (float(w[k]) * scale for k in ("left", "top", "width", "height"))
                # the slant is turned back
                x, y = left + wide / 2 - paper[0] / 2, top + tall / 2 - paper[1] / 2
                x, y = x * cos(turn) - y * sin(turn) + paper[0] / 2, x * sin(turn) + y * cos(turn) + paper[1] / 2
                box = (w["text"] or "", x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
                words[w["block_num"], w["par_num"], w["line_num"]].append(box)
    lines = [line for line in text.split("\n") if line.strip()]
    groups = [(at, g) for at, g in words.items() if "".join(w[0] for w in g).strip()]
    if len(lines) != len(groups):
        raise ValueError(f"{picture}: {len(lines)} lines of text, {len(groups)} of words")
    spans = [found(line, group, printed) for line, (_, group) in zip(lines, groups, strict=True)]
    return text.strip("\n") + "\n", spans, [(block, par) for (block, par, _), _ in groups]


def main() -> None:
    ap = argparse.ArgumentParser(prog="python -m bench.quality.press.scans", description=__doc__)
    ap.add_argument("--pack", type=Path, required=True, help="the folder that keeps the gate's kinds")
    a = ap.parse_args()
    read_once = cache(scan)
    for kind, exam in EXAM.items():
        pack([in_form(*read_once(name, seed, pages), form) for name, seed, pages, form in exam], a.pack / f"{kind}.json.gz")


if __name__ == "__main__":
    main()
