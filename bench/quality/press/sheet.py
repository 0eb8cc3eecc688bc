"""A composed page as a PDF: every printed line at its place, in type that is free.

The composer counts in columns and lines; here they become points. Heads stand above their text, captions below it, furniture in bands
at the head and the foot, what lies about in the page (index boxes, strays) under the shortest column.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.quality.compose.paper import Page, Region
from bench.quality.compose.sheet import Line
from bench.quality.compose.style import Style

FONTS = {
    "song": ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    "kai": ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
    "hei": ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
}
"""Debian's packages fonts-arphic-uming, fonts-arphic-ukai, fonts-wqy-zenhei."""
MARGIN = 24.0


@dataclass(slots=True)
class Printed:
    """A line on paper: left, top, right, bottom in points from the top left corner; where each of its runs begins."""

    line: Line
    box: tuple[float, float, float, float]
    starts: list[float]
    parts: list[str]
    """The text of its runs as it is printed: a face lacks characters."""

    @property
    def shown(self) -> str:
        return "".join(self.parts)


@dataclass(slots=True)
class Type:
    """How a paper is set: faces, size of the body in points, distance of lines and columns."""

    body: str
    head: str
    size: float
    leading: float
    gutter: float
    rules: bool


def draw_type(rng: Random) -> Type:
    size = rng.choice((8.5, 9.0, 9.5, 10.0, 10.5, 10.5, 11.0))
    return Type(
        rng.choices(("song", "kai", "hei"), (75, 10, 15))[0],
        rng.choices(("hei", "song", "kai"), (70, 20, 10))[0],
        size,
        size * rng.choice((1.3, 1.4, 1.5, 1.6)),
        size * rng.choice((1.0, 1.2, 1.5, 2.0)),
        rng.random() < 0.35,
    )


def load_fonts() -> None:
    for name, (path, face) in FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, path, subfontIndex=face))


def wide_of(text: str, size: float) -> float:
    return sum(size / 2 if c < "\x7f" else size for c in text)


class Press:
    """Sets the pages of one issue; :meth:`page` writes a PDF and says what stands where."""

    def __init__(self, style: Style, kind: Type, rng: Random) -> None:
        load_fonts()
        self.style, self.type, self.rng = style, kind, rng
        self.pitch = style.cell * kind.size + kind.gutter

    def page(self, page: Page, out: Path) -> tuple[list[Printed], tuple[float, float]]:
        t, st = self.type, self.style
        width = MARGIN * 2 + st.columns * self.pitch - t.gutter
        self.out: list[tuple[Printed, str, float, float]] = []
        top = self.band(page.top, MARGIN, width) + t.leading
        deepest = top
        for g in page.regions:
            deepest = max(deepest, self.region(g, top))
        for group in [*([ln] for ln in page.middle), *page.boxes]:
            deepest = max(deepest, self.loose(group, top))
        height = self.band(page.bottom, deepest + t.leading, width) + MARGIN
        c = Canvas(str(out), pagesize=(width, height))
        for p, face, size, space in self.out:
            left, upper, _, lower = p.box
            c.setFont(face, size)
            c.drawString(left, height - lower + (lower - upper - size) / 2 + size * 0.12, p.shown, charSpace=space)
        if t.rules:
            c.setLineWidth(0.4)
            for k in range(1, st.columns):
                x = MARGIN + k * self.pitch - t.gutter / 2
                tops = [p.box for p, *_ in self.out if p.box[0] < x - 1 and p.box[2] > x + 1]
                if not tops:
                    c.line(x, height - top, x, height - deepest)
        c.showPage()
        c.save()
        return [p for p, *_ in self.out], (width, height)

    def put(
        self, line: Line, x: float, y: float, tall: float, size: float, face: str, room: float | None = None, fill: bool = False
    ) -> float:
        """A line at (x, y) from above; squeezed where it is wider than ``room``, spread to it if ``fill``. Gives its right edge."""
        glyphs = pdfmetrics.getFont(face).face.charToGlyph
        parts = ["".join(c for c in r.text if ord(c) in glyphs or c.isspace()) for r in line.runs]
        text = "".join(parts)
        natural = wide_of(text, size)
        space = 0.0
        if room is not None and len(text) > 1 and (natural > room or fill):
            space = max(-0.18 * size, min(0.6 * size, (room - natural) / (len(text) - 1)))
        starts, here = [], x
        for shown in parts:
            starts.append(here)
            here += wide_of(shown, size) + space * len(shown)
        self.out.append((Printed(line, (x, y, here, y + tall), starts, parts), face, size, space))
        return here

    def band(self, lines: list[Line], y: float, width: float) -> float:
        """Furniture side by side, the masthead alone and large; the y below it."""
        t = self.type
        x = MARGIN
        for ln in lines:
            text = "".join(r.text for r in ln.runs)
            large = y < MARGIN + 1 and x == MARGIN and len(text) <= 9 and self.style.paper[:2] in text
            size = t.size * (3.0 if large else 0.95)
            if x > MARGIN and x + wide_of(text, size) > width - MARGIN:
                x, y = MARGIN, y + t.leading
            x = self.put(ln, x, y, size * 1.3, size, t.head if large else t.body) + t.size * self.rng.choice((2, 3, 6))
            if large:
                x, y = MARGIN, y + size * 1.5
        return y + t.leading if lines else y

    def region(self, g: Region, top: float) -> float:
        t = self.type
        x, y = MARGIN + g.x * self.pitch, top + g.y * t.leading
        room = g.span * self.pitch - t.gutter
        for h in g.heads:
            text = "".join(r.text for r in h.runs)
            title = h.role == "title"
            largest = t.size * (2.2 if title else 1.25 if h.role in ("kicker", "subtitle") else 1.0)
            size = max(t.size, min(largest, room / max(1, len(text))))
            spare = max(0.0, room - wide_of(text, size))
            self.put(
                h,
                x + spare * (0.5 if title else self.rng.choice((0.0, 0.5))),
                y,
                t.leading * (2 if title else 1),
                size,
                t.head if title else t.body,
                room,
            )
            y += t.leading * (2 if title else 1)
        wide = max((wide_of("".join(r.text for r in ln.runs), t.size) + ln.indent * t.size for c in g.columns for ln in c), default=room)
        deepest = y
        step = g.span * self.pitch / max(1, round(len(g.columns)))
        first = min((ln.y for c in g.columns for ln in c), default=0.0)
        for k, column in enumerate(g.columns):
            left = x + k * step
            cell = min(wide, step - t.gutter * 0.6)
            for ln in column:
                here = y + (ln.y - first) * t.leading
                inset = ln.indent * t.size
                self.put(ln, left + inset, here, t.leading, t.size, t.body, cell - inset, fill=not ln.end)
                deepest = max(deepest, here + t.leading)
        for ln in g.captions:
            self.put(ln, x, deepest, t.leading, t.size * 0.9, "kai", step - t.gutter * 0.6)
            deepest += t.leading
        return deepest

    def loose(self, group: list[Line], top: float) -> float:
        """Lines that belong to no region: under the shortest column."""
        t, st = self.type, self.style
        feet = [top] * st.columns
        for p, *_ in self.out:
            for k in range(st.columns):
                left = MARGIN + k * self.pitch
                if p.box[0] < left + self.pitch - t.gutter and p.box[2] > left:
                    feet[k] = max(feet[k], p.box[3])
        k = feet.index(min(feet))
        y = feet[k] + t.leading
        for ln in group:
            self.put(ln, MARGIN + k * self.pitch, y, t.leading, t.size, t.body, self.pitch - t.gutter)
            y += t.leading
        return y
