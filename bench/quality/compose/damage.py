"""Damage as recognition does it: rows in, rows out, with every surviving character still knowing its string.

Strengths are drawn per issue: some pages lose a full stop here and there, others their headlines. Nothing here looks at
what a row means except where print does: large type and rules fail in other ways than body text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log
from random import Random

from bench.quality.compose.reading import Row
from bench.quality.compose.sheet import Run
from bench.quality.compose.words import tables

ALIKE: dict[str, str] = {}
for _group in tables()[0]["alike"]:
    for _c in _group:
        ALIKE[_c] = ALIKE.get(_c, "") + _group.replace(_c, "")
COMMON = "".join(tables()[0]["common"])
STOP = re.compile("[。，、；：？！“”‘’（）《》()—·…％%]")
HAN = re.compile("[\u4e00-\u9fff]")
INNER_STOP = re.compile("[，。、；：！？”》）]+")
DIGIT_EDGE = re.compile(r"(?<=[0-9０-９])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff，。])(?=[0-9０-９])")
SPECKS = "·.,'`-_~^*|/\\:;°"


@dataclass(slots=True)
class Strength:
    alike: float = 0.0
    any: float = 0.0
    drop: float = 0.0
    double: float = 0.0
    stop_lost: float = 0.0
    stop_wrong: float = 0.0
    quote_lost: float = 0.0
    quote_wrong: float = 0.0
    bracket: float = 0.0
    half: float = 0.0
    """share of stops in half width; 1.0 = the engine writes all of them so"""
    half_kinds: str = "，。：；（）？！"
    blank: float = 0.0
    half_gap: bool = False
    """a blank stands after each stop in half width"""
    latin_gap: bool = False
    digit: float = 0.0
    split: float = 0.0
    split_digit: float = 0.0
    merge: float = 0.0
    lose_row: float = 0.0
    head_break: float = 0.0
    head_lose: float = 0.0
    spaced: float = 0.0
    """share of body lines whose characters stand apart"""
    garbage: float = 0.0
    gap_more: float = 0.0
    gap_less: float = 0.0
    indent_lost: float = 0.0
    swap: float = 0.0
    stop_end: float = 0.0
    """share of lines whose last stop is lost: it is small and stands at the edge"""
    split_stop: float = 0.0
    """share of stops inside a line at which it is taken for two"""
    swap_rows: float = 0.0
    """share of neighbours on the page that change places"""
    edge: float = 0.0
    """share of lines that lose a character or two at either end"""

    def total(self) -> float:
        return self.alike + self.any + self.drop + self.double + self.blank + self.swap


WAYS = ("alike", "any", "drop", "double", "blank", "swap")


def strength(rng: Random, level: str) -> Strength:
    r = rng
    if level == "none":
        return Strength(spaced=r.choice((0.0, 0.0, 0.0, 0.01, 0.05)))
    if level == "errors":
        return Strength(alike=0.001, any=0.001, drop=0.001, double=0.0007, swap=0.0003)
    f = {"light": r.uniform(0.1, 0.5), "medium": r.uniform(0.5, 1.2), "heavy": r.uniform(1.2, 2.6)}[level]

    def some(p: float, chance: float = 0.7) -> float:
        return p * f * r.uniform(0.3, 1.7) if r.random() < chance else 0.0

    kinds = r.choice(("，。：；（）？！", "：；（）？！", "（）：", "，：；（）", "（）"))
    return Strength(
        alike=some(0.016),
        any=some(0.007),
        drop=some(0.005),
        double=some(0.001, 0.4),
        stop_lost=some(0.07),
        stop_wrong=some(0.05),
        quote_lost=some(0.12),
        quote_wrong=some(0.15),
        bracket=some(0.08),
        half=r.choice((0.0, 0.0, 0.05, 0.3, 1.0)),
        half_kinds=kinds,
        blank=some(0.004),
        half_gap=r.random() < 0.5,
        latin_gap=r.random() < 0.35,
        digit=some(0.02),
        split=some(0.008),
        split_digit=r.choice((0.0, 0.0, 0.02, 0.08, 0.25)) * min(f, 1.5),
        stop_end=some(0.2, 0.6),
        split_stop=r.choice((0.0, 0.0, 0.01, 0.04)) * min(f, 1.5),
        swap_rows=some(0.004, 0.4),
        edge=some(0.02, 0.4),
        merge=some(0.008, 0.5),
        lose_row=some(0.004, 0.5),
        head_break=some(0.25),
        head_lose=some(0.10),
        spaced=some(0.02, 0.3),
        garbage=some(0.012),
        gap_more=some(0.02),
        gap_less=some(0.04, 0.5),
        indent_lost=r.choice((0.0, 0.1, 1.0, 1.0, 1.0)),
        swap=some(0.0005, 0.3),
    )


def damaged(rows: list[Row], rng: Random, s: Strength) -> list[Row]:
    """The rows as recognition delivers them."""
    out: list[Row] = []
    for row in rows:
        if row.role in ("title", "kicker", "subtitle"):
            x = rng.random()
            if x < s.head_lose:
                continue
            if x < s.head_lose + s.head_break:
                row = headless(row, rng)
                if row is None:
                    continue
        elif s.lose_row and len(row.runs) == 1 and rng.random() < s.lose_row * (12 if len(row.runs[0].text) < 3 else 1):
            continue
        if (
            s.stop_end
            and row.runs[-1].text[-1:] in "。，；"
            and len(row.runs[-1].text) > 1
            and rng.random() < s.stop_end * (1.0 if row.runs[-1].text[-1] == "。" else 0.3)
        ):
            row.runs[-1].text = row.runs[-1].text[:-1]
        if s.edge and rng.random() < s.edge:
            n, run = rng.choice((1, 1, 2)), row.runs[0] if rng.random() < 0.5 else row.runs[-1]
            if len(run.text) > 5:
                if run is row.runs[0]:
                    run.text, run.at = run.text[n:], run.at + n
                else:
                    run.text = run.text[:-n]
        for run in row.runs:
            if run.sid >= 0:
                run.text = worn(run.text, rng, s)
        if s.indent_lost and rng.random() < s.indent_lost:
            row.indent = 0
        if row.gap and rng.random() < s.gap_less:
            row.gap = False
        elif not row.gap and rng.random() < s.gap_more:
            row.gap = True
        if s.spaced and rng.random() < s.spaced:
            for run in row.runs:
                run.text = " ".join(run.text)
        if s.merge and out and rng.random() < s.merge and row.role == out[-1].role == "body":
            out[-1].runs += [Run(rng.choice((" ", "", "  ", "|")), -1, 0), *row.runs]
            continue
        if s.garbage and rng.random() < s.garbage / 2:
            rubbish, edge = Run(garbage(rng), -2, 0), Run(rng.choice((" ", "  ")), -1, 0)
            row.runs = [rubbish, edge, *row.runs] if rng.random() < 0.6 else [*row.runs, edge, rubbish]
        out += pieces(row, rng, s)
        if s.swap_rows and len(out) > 1 and rng.random() < s.swap_rows and row.role == out[-2].role == "body":
            out[-1], out[-2] = out[-2], out[-1]
        if s.garbage and rng.random() < s.garbage:
            out.append(Row([Run(garbage(rng), -2, 0)], rng.random() < 0.5, 0, "furniture"))
    return out


def headless(row: Row, rng: Random) -> Row | None:
    """Large type is cut, thinned out or turned to rubbish."""
    for run in row.runs:
        if run.sid < 0:
            continue
        t = run.text
        way = rng.random()
        if way < 0.35 and len(t) > 3:
            a = rng.randint(0, len(t) // 2)
            b = rng.randint(a + 1, len(t))
            run.text, run.at = t[a:b], run.at + a
        elif way < 0.75:
            p = rng.uniform(0.1, 0.6)
            run.text = "".join(c for c in t if rng.random() > p)
        else:
            run.text = "".join(rng.choice(COMMON) if rng.random() < 0.5 else c for c in t)
    row.runs = [x for x in row.runs if x.text.strip()]
    return row if row.runs else None


def garbage(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return "".join(rng.choice(SPECKS) for _ in range(rng.randint(1, 6)))
    if kind < 0.75:
        return "".join(rng.choice(COMMON + SPECKS * 3) for _ in range(rng.randint(1, 8)))
    return " ".join(
        "".join(rng.choice("abcdefghilmnorstuvwyCEFIJLOST017") for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 4))
    )


def pieces(row: Row, rng: Random, s: Strength) -> list[Row]:
    """A row, or its parts where recognition breaks it: after numbers, or anywhere."""
    if not (s.split or s.split_digit or s.split_stop):
        return [row]
    rows = [row]
    for _ in range(3):
        last = rows[-1]
        k = next((k for k, x in enumerate(last.runs) if x.sid >= 0 and len(x.text) > 3), None)
        if k is None:
            break
        run = last.runs[k]
        at = 0
        if s.split_digit:
            spots = [m.start() for m in DIGIT_EDGE.finditer(run.text) if 0 < m.start() < len(run.text)]
            spots = [p for p in spots if rng.random() < s.split_digit]
            at = spots[0] if spots else 0
        if s.split_stop and not at:
            spots = [m.end() for m in INNER_STOP.finditer(run.text) if 1 < m.end() < len(run.text) - 1 and rng.random() < s.split_stop]
            at = spots[0] if spots else 0
        chance = s.split * (1 if len(run.text) < 60 else len(run.text) / 60)
        if not at and rng.random() < chance:
            at = rng.randint(1, len(run.text) - 1)
        if not at:
            break
        tail = Run(run.text[at:], run.sid, run.at + at)
        rest = last.runs[k + 1 :]
        del last.runs[k + 1 :]
        run.text = run.text[:at]
        rows.append(Row([tail, *rest], rng.random() < 0.2, 0, row.role))
    if len(rows) == 2 and rng.random() < 0.06:
        rows.reverse()
    return rows


def sites(n: int, p: float, rng: Random) -> list[int]:
    """Positions hit when each of ``n`` is hit with probability ``p``; costs the hits only."""
    if p <= 0 or n == 0:
        return []
    out = []
    k = -1
    scale = log(1 - min(p, 0.95))
    while True:
        k += 1 + int(log(1 - rng.random()) / scale)
        if k >= n:
            return out
        out.append(k)


HALVES = {"，": ",", "。": ".", "：": ":", "；": ";", "（": "(", "）": ")", "？": "?", "！": "!", "、": ","}


def worn(text: str, rng: Random, s: Strength) -> str:
    """One run with its characters damaged."""
    hits = sites(len(text), s.total(), rng)
    if hits:
        cs = list(text)
        for k in hits:
            c = text[k]
            way = rng.choices(WAYS, (s.alike, s.any, s.drop, s.double, s.blank, s.swap))[0]
            if way == "alike":
                cs[k] = rng.choice(ALIKE.get(c) or c)
            elif way == "any":
                cs[k] = rng.choice(COMMON) if HAN.match(c) else c
            elif way == "drop":
                cs[k] = ""
            elif way == "double":
                cs[k] = c * 2
            elif way == "blank":
                cs[k] += rng.choice((" ", " ", "  ", rng.choice(SPECKS)))
            elif k + 1 < len(cs):
                cs[k], cs[k + 1] = cs[k + 1], cs[k]
        text = "".join(cs)
    if s.stop_lost or s.stop_wrong or s.quote_lost or s.quote_wrong or s.bracket or s.half:

        def stop(m: re.Match[str]) -> str:
            c = m[0]
            x = rng.random()
            if c in "“”‘’":
                if x < s.quote_lost:
                    return ""
                if x < s.quote_lost + s.quote_wrong:
                    return rng.choice(('"', '"', "“", "”", "〈", "〉", "《", "'", "‘", "’", "″", "”", "“", "w", "「", "『"))
                return c
            if c in "（）()《》":
                if x < s.bracket:
                    return rng.choice("() 〔〕[]CJ1】【《》「") if rng.random() < 0.8 else ""
            elif x < s.stop_lost * (0.3 if c in "，、" else 1.0):
                return rng.choice(("", "", "", " "))
            elif x > 1 - s.stop_wrong:
                return rng.choice(
                    {
                        "。": ".，,、。o,”；",
                        "，": ".,、。；·",
                        "、": ".,，`“",
                        "；": ":：,，;",
                        "：": ":;；",
                        "—": "一-~_",
                        "·": ".•、",
                        "…": "-.·",
                    }.get(c, ",.'")
                )
            if s.half and c in s.half_kinds and (s.half >= 1 or rng.random() < s.half):
                return HALVES.get(c, c) + (" " if s.half_gap and c != "（" else "")
            return c

        text = STOP.sub(stop, text)
    if s.digit:
        text = re.sub("[0-9]", lambda m: rng.choice("lIioOZzB|S7183?") if rng.random() < s.digit else m[0], text)
    if s.quote_wrong and "　" in text:
        text = re.sub("　", lambda m: rng.choice("”  “ ") if rng.random() < s.quote_wrong else m[0], text)
    if s.latin_gap:
        text = re.sub(r"(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])", " ", text)
    return text
