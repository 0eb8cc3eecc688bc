"""One newspaper's house style: name, date, digits, brackets, widths, and the habits it keeps through an issue."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random

from bench.quality.compose.words import HAN, Speech, han_big, han_number, wide

POINT = re.compile(r"(?<=[０-９])\.(?=[０-９])")
WEEKDAYS = "一二三四五六日"
NUMBER = re.compile(r"([0-9][0-9,]*)(\.[0-9]+)?(%|年(?!前|来|内|多))?")


MARKS: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("——", ("——", "———", "—", "──", "--", "－－", "― ―", "― "), (82, 6, 3, 3, 2, 2, 1, 1)),
    ("……", ("……", "…", "......", "⋯⋯", "…………"), (88, 4, 4, 2, 2)),
    ("〇", ("〇", "○", "零", "Ｏ"), (60, 34, 3, 3)),
    ("％", ("％", "%"), (70, 30)),
    ("，", ("，", ",", "﹐"), (975, 20, 5)),
    ("：", ("：", "∶", ":"), (975, 10, 15)),
    ("·", ("·", "・", "•", "．"), (94, 2, 2, 2)),
)


@dataclass(slots=True)
class Style:
    rng: Random
    paper: str
    date: datetime.date
    serial: int
    digits: str
    """half, wide, han (Han numerals) or mixed"""
    half_paren: bool
    quotes: str
    spaced_names: str
    columns: int
    cell: int
    """ideographs in a column"""
    height: int
    """lines of body text in a page"""
    mode: str
    solid: bool
    page_form: str
    cont_head: float
    pages: int
    title_join: str
    lead_gap: str
    jumps: float
    indent: int
    traditional: bool
    marks: tuple[tuple[str, str], ...] = ()
    """How this paper's type writes dashes, dots, zeros, decimal points."""
    habits: dict[str, int] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return self.date.year

    def habit(self, name: str, count: int, weights: tuple[int, ...] | None = None) -> int:
        """A choice among ``count`` forms that mostly stays the same through an issue."""
        if name not in self.habits:
            self.habits[name] = self.rng.choices(range(count), weights)[0]
        if self.rng.random() < 0.06:
            return self.rng.choices(range(count), weights)[0]
        return self.habits[name]

    def dress(self, text: str, words: bool = True) -> str:
        if self.digits == "wide":
            text = POINT.sub("．", wide(text).replace("%", "％"))
        elif self.digits == "han" and words:
            text = NUMBER.sub(in_han, text)
        for plain, printed in self.marks:
            text = text.replace(plain, printed)
        if self.half_paren:
            text = text.replace("（", "(").replace("）", ")")
        if self.quotes != "“”":
            text = text.replace("“", self.quotes[0]).replace("”", self.quotes[1])
        return self.script(text)

    def script(self, text: str) -> str:
        return traditional()(text) if self.traditional else text

    def paren(self, text: str) -> str:
        return f"（{text}）"

    def number(self, n: int) -> str:
        return han_number(n) if self.digits == "han" else str(n)

    def day(self, back: int = 1) -> str:
        d = self.date - datetime.timedelta(days=back)
        return f"{self.number(d.month)}月{self.number(d.day)}日"

    def long_date(self, back: int = 1) -> str:
        d = self.date - datetime.timedelta(days=back)
        year = "".join(HAN[int(c)] for c in str(d.year)) if self.digits == "han" else str(d.year)
        return f"{year}年{self.number(d.month)}月{self.number(d.day)}日"

    def spaced(self, name: str) -> str:
        return name[0] + self.spaced_names + name[1] if len(name) == 2 else name

    def page_label(self, n: int) -> str:
        form = self.page_form
        if form == "han":
            return f"第{han_number(n)}版"
        if form == "num":
            return f"第{n}版"
        if form == "bare":
            return f"{n}版"
        if form == "barehan":
            return f"{han_number(n)}版"
        if form == "zero":
            return f"{n:02d}版"
        if form == "A0":
            return f"A{n:02d}版"
        if form == "gap":
            return f"第 {n} 版"
        return f"A{n}版"


@cache
def traditional() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("s2t").convert  # type: ignore[no-any-return]


def in_han(m: re.Match[str]) -> str:
    whole, part, unit = m[1], m[2] or "", m[3] or ""
    if unit == "年" and len(whole) == 4 and not part:
        return "".join(HAN[int(c)] for c in whole) + "年"
    whole = whole.replace(",", "")
    n = int(whole)
    said = han_big(n) if n < 100_000 and whole[0] != "0" else "".join(HAN[int(c)] for c in whole)
    if part:
        said += "点" + "".join(HAN[int(c)] for c in part[1:])
    return f"百分之{said}" if unit == "%" else said + unit


def draw(rng: Random, pages: int | None = None) -> Style:
    """A newspaper of some day between 1946 and 2025, recent ones more often."""
    date = datetime.date(1946, 5, 15) + datetime.timedelta(days=int(29000 * rng.betavariate(1.5, 0.9)))
    old = date.year < 1995
    sp = Speech(rng)
    paper = sp.pick("paper_head") + sp.pick("paper_end")
    if rng.random() < 0.12:
        paper = rng.choice(
            (
                "人民日报",
                "光明日报",
                "经济日报",
                "工人日报",
                "解放军报",
                "农民日报",
                "参考消息",
                "中国青年报",
                "文汇报",
                "红旗报",
                "群众日报",
                "新民主报",
                "建设日报",
                "科教周报",
            )
        )
    shape = rng.random()
    if shape < 0.12:
        columns, cell, height = rng.randint(2, 3), rng.randint(16, 28), rng.randint(40, 75)
    elif shape < 0.24:
        columns, cell, height = rng.randint(6, 8), rng.randint(9, 13), rng.randint(80, 130)
    else:
        columns, cell, height = (
            rng.randint(3, 6),
            rng.choice((10, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 17, 18, 20, 22)),
            rng.randint(50, 110),
        )
    marks = []
    for plain, forms, weights in MARKS:
        printed = rng.choices(forms, weights)[0]
        if printed != plain:
            marks.append((plain, printed))
    return Style(
        rng,
        paper,
        date,
        rng.randint(1, 29999),
        rng.choices(("half", "wide", "han"), (25, 25, 50) if date.year < 1985 else (40, 45, 15) if old else (75, 20, 5))[0],
        rng.random() < 0.3,
        rng.choices(
            ("“”", "『』", "「」", "‘’", '""', "﹃﹄", "〝〞"), (50, 20, 20, 2, 2, 4, 2) if date.year < 1956 else (86, 5, 3, 2, 2, 1, 1)
        )[0],
        rng.choice(("", " ", "　", "  ", "", "　", "\u00a0\u00a0")),
        columns,
        cell,
        height,
        rng.choices(("push", "hang", "squeeze", "none"), (45, 20, 25, 10))[0],
        rng.random() < 0.6,
        rng.choices(("han", "num", "bare", "barehan", "zero", "A", "A0", "gap"), (34, 26, 10, 8, 6, 8, 5, 3))[0],
        rng.choice((0.0, 0.5, 1.0)),
        pages or rng.choice((4, 4, 4, 6, 8)),
        rng.choices(("", "　", " ", "  ", "，"), (45, 18, 22, 8, 7))[0],
        rng.choice(("　", "  ", " ", "　　", "\u00a0\u00a0", "")),
        rng.choice((0.02, 0.06, 0.12, 0.2)),
        rng.choices((2, 0, 1), (92, 5, 3))[0],
        rng.random() < (0.3 if date.year < 1956 else 0.015),
        marks=tuple(marks),
    )
