"""Readings: what an extraction makes of a page. Lines, fragments, blocks, interleaved strips, wrong order.

A reading returns rows; a row is one line of the text file to be: runs, indent, and whether an empty line stands
before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.quality.compose.paper import Page, Region
from bench.quality.compose.sheet import Line, Run


@dataclass(slots=True)
class Row:
    runs: list[Run]
    gap: bool = False
    indent: int = 0
    role: str = "body"


def joined(lines: list[Line]) -> list[Run]:
    out: list[Run] = []
    for ln in lines:
        for run in ln.runs:
            if out and out[-1].sid == run.sid and run.sid >= 0 and out[-1].at + len(out[-1].text) == run.at:
                out[-1] = Run(out[-1].text + run.text, run.sid, out[-1].at)
            else:
                out.append(Run(run.text, run.sid, run.at))
    return out


def copied(line: Line) -> list[Run]:
    return [Run(x.text, x.sid, x.at) for x in line.runs]


def strings_of(lines: list[Line]) -> list[list[Line]]:
    """Consecutive head lines of one string."""
    out: list[list[Line]] = []
    for ln in lines:
        if out and out[-1][-1].runs[0].sid == ln.runs[0].sid:
            out[-1].append(ln)
        else:
            out.append([ln])
    return out


def paragraphs_of(column: list[Line]) -> list[list[Line]]:
    out: list[list[Line]] = []
    for ln in column:
        if ln.start or not out:
            out.append([ln])
        else:
            out[-1].append(ln)
    return out


def fragments(page: Page, rng: Random, split_heads: bool) -> list[Row]:
    """One row per paragraph ∩ column."""
    rows: list[Row] = []

    def heads(lines: list[Line]) -> None:
        for group in strings_of(lines):
            if split_heads:
                rows.extend(Row(copied(ln), not k, 0, ln.role) for k, ln in enumerate(group))
            else:
                rows.append(Row(joined(group), True, 0, group[0].role))

    heads(page.top)
    for region in page.regions:
        heads(region.heads)
        if region.captions and rng.random() < 0.5:
            rows.append(Row(joined(region.captions), True, 0, "caption"))
            done = True
        else:
            done = not region.captions
        for column in region.columns:
            for group in paragraphs_of(column):
                rows.append(Row(joined(group), True, group[0].indent, group[0].role))
        if not done:
            rows.append(Row(joined(region.captions), True, 0, "caption"))
    heads(page.bottom)
    return rows


def printed_lines(page: Page, rng: Random, gaps: str) -> list[Row]:
    """One row per printed line; ``gaps``: where empty lines stand (none, regions, columns, paragraphs)."""
    rows: list[Row] = []

    def put(lines: list[Line], gap: bool, each: bool = False) -> None:
        for k, ln in enumerate(lines):
            rows.append(Row(copied(ln), (gap and not k) or (each and ln.start and bool(k)), ln.indent, ln.role))

    put(page.top, False)
    for region in page.regions:
        put(region.heads, gaps != "none")
        put(region.captions, gaps in ("columns", "paragraphs"))
        for k, column in enumerate(region.columns):
            put(column, gaps in ("columns", "paragraphs") or (gaps == "regions" and not k and rng.random() < 0.3), gaps == "paragraphs")
    put(page.bottom, gaps != "none")
    return rows


def regions_of(page: Page) -> list[Region]:
    return page.regions
