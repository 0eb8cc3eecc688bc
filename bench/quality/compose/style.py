"""One newspaper's house style: name, date, digits, brackets, widths, what its extraction looked like."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

from bench.quality.compose.words import HAN, han_number, wide

WEEKDAYS = "一二三四五六日"
PAPERS = ("人民日报 光明日报 经济日报 工人日报 东海晚报 云岭时报 锦城商报 南屏日报 新江晨报 北疆日报 长河日报 海滨晚报 中原商报 滨江都市报 红旗报 建设日报 "
          "群众日报 解放报 西部时报 青年导报 农村新报 科教周报 江南早报 华夏经济报 山城晚报 铁道报 石油工人报").split()  # fmt: skip


@dataclass(slots=True)
class Style:
    rng: Random
    paper: str
    date: datetime.date
    serial: int
    digits: str
    half_paren: bool
    quotes: str
    spaced_names: str
    columns: int
    cell: int
    height: int
    mode: str
    solid: bool
    page_form: str
    cont_head: float
    pages: int

    @property
    def year(self) -> int:
        return self.date.year

    def dress(self, text: str) -> str:
        if self.digits == "wide":
            text = wide(text)
        if self.half_paren:
            text = text.replace("（", "(").replace("）", ")")
        if self.quotes != "“”":
            text = text.replace("“", self.quotes[0]).replace("”", self.quotes[1])
        return text

    def paren(self, text: str) -> str:
        return f"（{text}）"

    def number(self, n: int) -> str:
        return han_number(n) if self.digits == "han" else str(n)

    def day(self, back: int | None = None) -> str:
        d = self.date - datetime.timedelta(days=1 if back is None else back)
        return f"{self.number(d.month)}月{self.number(d.day)}日"

    def long_date(self, back: int = 1) -> str:
        d = self.date - datetime.timedelta(days=back)
        year = "".join(HAN[int(c)] for c in str(d.year)) if self.digits == "han" else str(d.year)
        return f"{year}年{self.number(d.month)}月{self.number(d.day)}日"

    def spaced(self, name: str) -> str:
        return name[0] + self.spaced_names + name[1] if len(name) == 2 else name

    def page_label(self, n: int) -> str:
        if self.page_form == "han":
            return f"第{han_number(n)}版"
        if self.page_form == "num":
            return f"第{n}版"
        if self.page_form == "bare":
            return f"{n}版"
        if self.page_form == "barehan":
            return f"{han_number(n)}版"
        if self.page_form == "zero":
            return f"{n:02d}版"
        return f"A{n}版"


def draw(rng: Random) -> Style:
    date = datetime.date(1946, 5, 15) + datetime.timedelta(days=int(29000 * rng.betavariate(1.6, 1.0)))
    old = date.year < 1995
    return Style(
        rng, rng.choice(PAPERS), date, rng.randint(1000, 29999),
        rng.choices(("half", "wide", "han"), (30, 30, 40) if old else (70, 22, 8))[0],
        rng.random() < 0.3, rng.choices(("“”", "『』", "「」", "‘’", '""'), (86, 5, 3, 2, 4))[0], rng.choice(("", " ", "　", "  ", "")),
        rng.randint(3, 6), rng.choice((9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 26)), rng.randint(45, 100),
        rng.choices(("push", "hang", "squeeze", "none"), (45, 20, 25, 10))[0], rng.random() < 0.6,
        rng.choice(("han", "num", "num", "bare", "barehan", "zero", "A")), rng.choice((0.0, 0.5, 1.0)), rng.randint(4, 8),
    )  # fmt: skip
