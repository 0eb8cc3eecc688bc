"""Readings: what an extraction makes of a page.

A page is a set of blocks (a headline, a column, a caption, a folio line) that stand somewhere. A reading puts them in
an order, good or bad, and writes them in units: printed lines, fragments (paragraph ∩ column), glued blocks, whole
paragraphs. The outcome is rows; a row is one line of the text file to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from bench.quality.compose.paper import Page
from bench.quality.compose.sheet import Line, Run


@dataclass(slots=True)
class Row:
    runs: list[Run]
    gap: bool = False
    """An empty line stands before it."""
    indent: int = 0
    role: str = "body"


@dataclass(slots=True)
class Block:
    lines: list[Line]
    x: float
    y: float
    kind: str
    """head, column, caption, furniture"""
    region: int


@dataclass(slots=True)
class Habit:
    """How one extraction works; drawn once per issue."""

    order: str
    """story, column, strip, shuffle, swap"""
    unit: str
    """line, fragment, block, paragraph"""
    gaps: str
    """none, region, block, paragraph"""
    indent: str
    split_heads: bool
    caption: str
    """after the head, after the text, between columns, or inside one"""
    glue: float
    """block units: share of paragraph seams that disappear"""
    crack: float
    """share of lines after which a unit breaks for no reason"""
    swallow: float
    """share of headlines that hang on the block before them"""
    stray: float
    """share of furniture that is met in the midst of the page"""
    rows: float
    """share of strips read line by line across the columns"""
    merge: float
    """in such strips, share of neighbours on one baseline that become one line"""
    melt: float = 0.0
    """share of neighbouring furniture, or parts of one head, that become one line"""
    astray: float = 0.0
    """share of last columns that are read only after the next stories"""
    centre: bool = False
    """blanks show where heads and signatures stand in their column"""
    markdown: bool = False
    trail: float = 0.0
    """share of rows with a blank at their end"""


def habit(rng: Random, profile: str) -> Habit:
    base, _, _ = profile.partition("+")
    r = rng
    h = Habit(
        "story",
        "line",
        "none",
        "",
        False,
        r.choice(("head", "head", "text", "between", "inside")),
        0.0,
        0.0,
        0.0,
        r.choice((0.0, 0.0, 0.3)),
        0.0,
        0.0,
    )
    h.centre = r.random() < 0.2
    h.trail = r.choice((0.0, 0.0, 0.0, 0.02, 1.0))
    h.melt = r.choice((0.0, 0.0, 0.02, 0.1))
    h.astray = r.choice((0.0, 0.0, 0.0, 0.04, 0.12))
    if base == "fragments":
        h.unit, h.split_heads, h.gaps = "fragment", r.random() < 0.3, r.choices(("each", "none"), (85, 15))[0]
        h.indent = r.choice(("", "", "", "　　", "  "))
        h.crack = r.choice((0.0, 0.0, 0.002, 0.01))
        h.order = r.choices(("story", "column"), (85, 15))[0]
    elif base == "lines":
        h.gaps = r.choice(
            ("none", "block", "paragraph", "paragraph", "paragraph", "some")
            if "+" in profile
            else ("none", "none", "region", "block", "paragraph", "some")
        )
        h.indent = r.choice(("", "", "　　", "　　", "    ", "  ", " "))
        h.split_heads, h.swallow = True, r.choice((0.0, 0.0, 0.01, 0.04))
    elif base == "blocks":
        h.unit, h.gaps = "block", r.choices(("each", "none"), (90, 10))[0]
        h.glue, h.crack, h.swallow = r.choice((0.0, 0.3, 0.7, 0.9, 1.0)), r.choice((0.0, 0.005, 0.02, 0.04)), r.choice((0.0, 0.03, 0.1))
        h.split_heads = r.random() < 0.3
        h.order = r.choices(("story", "column", "strip"), (70, 20, 10))[0]
    elif base == "interleaved":
        h.order, h.split_heads = "strip", True
        h.gaps = r.choice(("none", "block", "block", "some"))
        h.rows, h.merge = r.choice((0.2, 0.5, 0.8)), r.choice((0.1, 0.4, 0.8))
        h.indent = r.choice(("", "", "", "　　"))
        h.caption = "head"
    elif base == "disorder":
        h.order, h.split_heads = r.choice(("column", "column", "shuffle", "swap", "strip")), r.random() < 0.7
        h.unit = r.choices(("line", "fragment"), (60, 40))[0]
        h.gaps = "each" if h.unit == "fragment" else r.choice(("none", "block", "paragraph"))
        h.indent = r.choice(("", "", "　　"))
    elif base == "layout":
        h.order, h.unit = "layout", "line"
    elif base == "rows":
        h.order, h.split_heads, h.gaps = "baseline", True, "block"
        h.merge, h.rows = r.choice((0.3, 0.45, 0.6)), r.choice((1.0, 0.9, 0.6, 0.2))
    elif base in ("paragraphs", "markdown"):
        h.markdown = base == "markdown"
        h.unit, h.gaps = "paragraph", r.choice(("none", "each", "region"))
        h.indent = r.choice(("　　", "", "    ", "  "))
        h.crack = r.choice((0.0, 0.003, 0.015))
        h.split_heads = r.random() < 0.3
        h.stray = 0.0
    return h


# ---------------------------------------------------------------------- blocks
def blocks_of(page: Page, rng: Random, h: Habit) -> list[Block]:
    """All blocks of a page in the order of its stories."""
    out: list[Block] = [Block([ln], ln.x, ln.y, "furniture", -1) for ln in page.top]
    for k, g in enumerate(page.regions):
        out += [Block(group, g.x, group[0].y, "head", k) for group in strings_of(g.heads)]
        caption = [Block(group, g.x, group[0].y, "caption", k) for group in strings_of(g.captions)]
        if h.caption == "head":
            out += caption
        columns = [Block(c, c[0].x, c[0].y, "column", k) for c in g.columns if c]
        if h.caption == "inside" and caption:
            n = rng.randrange(len(columns))
            lines = columns[n].lines
            if len(lines) > 3:
                cut = rng.randint(1, len(lines) - 1)
                columns[n : n + 1] = [Block(lines[:cut], *part(columns[n], 0)), *caption, Block(lines[cut:], *part(columns[n], cut))]
            else:
                columns += caption
        if h.caption == "between" and len(columns) > 1:
            columns[1:1] = caption
        out += columns
        if h.caption == "text" or (h.caption == "between" and len(columns) < 2):
            out += caption
    if h.astray:
        # a box that stands between the columns of a story
        for k in range(len(out) - 2, 0, -1):
            a, b = out[k - 1], out[k]
            if a.kind == b.kind == "column" and a.region == b.region and rng.random() < h.astray / 4:
                end = next((j for j in range(k, len(out)) if out[j].region != b.region), len(out))
                stop = next((j for j in range(end, len(out)) if end < len(out) and out[j].region != out[end].region), len(out))
                if end < stop and out[end].region >= 0:
                    out[k:stop] = [*out[end:stop], *out[k:end]]
        for b in [
            b
            for b, after in zip(out, [*out[1:], None], strict=True)
            if b.kind == "column" and after is not None and after.region != b.region
        ]:
            k = out.index(b)
            if rng.random() < h.astray and out[k - 1].region == b.region and out[k - 1].kind == "column":
                ends = [j for j in range(k + 1, len(out)) if j + 1 == len(out) or out[j + 1].region != out[j].region]
                if ends:
                    j = rng.choice(ends[:3])
                    out[k : j + 1] = [*out[k + 1 : j + 1], b]
    for ln in page.bottom:
        b = Block([ln], ln.x, ln.y, "furniture", -1)
        if rng.random() < h.stray:
            out.insert(rng.randint(min(len(out), len(page.top)), len(out)), b)
        else:
            out.append(b)
    for group in [*([ln] for ln in page.middle), *page.boxes]:
        at = rng.randint(min(len(out), len(page.top)), len(out))
        out[at:at] = [Block([ln], ln.x, ln.y, "furniture", -1) for ln in group]
    return out


def part(b: Block, cut: int) -> tuple[float, float, str, int]:
    return b.x, b.y + cut, b.kind, b.region


def arranged(blocks: list[Block], rng: Random, h: Habit) -> list[Block]:
    if h.order == "story" or h.order == "strip":
        return blocks
    if h.order == "column":
        return sorted(blocks, key=lambda b: (round(b.x), b.y))
    if h.order == "shuffle":
        groups: dict[int, list[Block]] = {}
        for n, b in enumerate(blocks):
            groups.setdefault(b.region if b.region >= 0 else -n - 2, []).append(b)
        mixed = list(groups.values())
        rng.shuffle(mixed)
        return [b for g in mixed for b in g]
    out = list(blocks)
    for _ in range(rng.randint(1, max(1, len(out) // 6))):
        k = rng.randrange(max(1, len(out) - 1))
        j = min(len(out) - 1, k + rng.choice((1, 1, 2, 3)))
        out[k], out[j] = out[j], out[k]
    return out


def strings_of(lines: list[Line]) -> list[list[Line]]:
    """Consecutive lines of one string."""
    out: list[list[Line]] = []
    for ln in lines:
        if out and out[-1][-1].runs[0].sid == ln.runs[0].sid:
            out[-1].append(ln)
        else:
            out.append([ln])
    return out


def paragraphs_of(lines: list[Line]) -> list[list[Line]]:
    out: list[list[Line]] = []
    for ln in lines:
        if ln.start or not out:
            out.append([ln])
        else:
            out[-1].append(ln)
    return out


def joined(lines: list[Line], between: str = "") -> list[Run]:
    """The runs of some lines in a row; pieces of one string that follow each other melt."""
    out: list[Run] = []
    for ln in lines:
        if out and between and not out[-1].text.endswith((" ", "　")):
            out.append(Run(between, -1, 0))
        for run in ln.runs:
            last = out[-1] if out else None
            if last is not None and last.sid == run.sid and run.sid >= 0 and last.at + len(last.text) == run.at:
                last.text += run.text
            else:
                out.append(Run(run.text, run.sid, run.at))
    return out


# ---------------------------------------------------------------------- rows
def rows_of(page: Page, rng: Random, h: Habit) -> list[Row]:
    if h.order == "layout":
        return side_by_side(page)
    if h.order == "baseline":
        return baselines(page, rng, h)
    blocks = arranged(blocks_of(page, rng, h), rng, h)
    if h.order == "strip":
        return strips(blocks, rng, h)
    if h.unit == "paragraph":
        return whole_paragraphs(blocks, rng, h)
    rows: list[Row] = []
    region, kind = -2, ""
    for b in blocks:
        if (
            rows
            and h.melt
            and rng.random()
            < (
                h.melt * 4
                if b.kind == kind == "furniture"
                else h.melt
                if b.kind in ("head", "column") and kind == "head" and b.region == region
                else 0.0
            )
        ):
            rows[-1].runs += [Run(rng.choice((" ", "  ", "　", "")), -1, 0), *joined(b.lines[:1])]
            b = Block(b.lines[1:], b.x, b.y, b.kind, b.region)
            if not b.lines:
                continue
        if h.unit == "line":
            if b.kind == "head" and rows and kind == "column" and rng.random() < h.swallow:
                rows[-1].runs += [Run(" ", -1, 0), *joined(b.lines[:1])]
                b = Block(b.lines[1:], b.x, b.y, b.kind, b.region)
            gap = {"none": False, "region": b.region != region, "block": True, "paragraph": True, "some": rng.random() < 0.4}.get(
                h.gaps, True
            )
            for k, ln in enumerate(b.lines):
                first = (gap and not k) or (h.gaps == "paragraph" and ln.start)
                rows.append(Row(joined([ln]), first, ln.indent, ln.role))
        elif b.kind in ("head", "furniture", "caption"):
            if h.unit == "block" and rows and rng.random() < (h.swallow if b.kind == "head" else 0.0):
                rows[-1].runs += joined(b.lines)
            elif h.split_heads and b.kind == "head":
                rows += [Row(joined([ln]), h.gaps == "each" and not k, ln.indent, ln.role) for k, ln in enumerate(b.lines)]
            else:
                rows.append(Row(joined(b.lines), h.gaps == "each", 0, b.lines[0].role))
        else:
            rows += units(b.lines, rng, h)
        region, kind = b.region, b.kind
    return rows


def units(lines: list[Line], rng: Random, h: Habit) -> list[Row]:
    """Fragments or glued blocks of one column."""
    rows: list[Row] = []
    gap = h.gaps == "each"
    held: list[Line] = []

    def flush() -> None:
        if held:
            rows.append(Row(joined(held), gap, held[0].indent, held[0].role))
            held.clear()

    for k, ln in enumerate(lines):
        if k and ((ln.start and not (h.unit == "block" and rng.random() < h.glue)) or rng.random() < h.crack):
            flush()
        held.append(ln)
    flush()
    return rows


def whole_paragraphs(blocks: list[Block], rng: Random, h: Habit) -> list[Row]:
    """As a newspaper's own site gives a page: columns gone, one row a paragraph."""
    rows: list[Row] = []
    region = -2
    column: list[Line] = []

    def flush() -> None:
        for k, group in enumerate(paragraphs_of(column)):
            cuts = [n for n in range(1, len(group)) if rng.random() < h.crack]
            for m, (a, b) in enumerate(zip([0, *cuts], [*cuts, len(group)], strict=True)):
                rows.append(
                    Row(
                        joined(group[a:b]),
                        h.gaps == "each" or (h.gaps == "region" and not k and not m),
                        group[0].indent if not m else 0,
                        group[0].role,
                    )
                )
        column.clear()

    for b in blocks:
        if b.kind == "column" and b.region == region:
            column += b.lines
            continue
        flush()
        region = b.region
        if b.kind == "column":
            column += b.lines
        else:
            runs = joined(b.lines, " " if b.kind == "head" and h.split_heads else "")
            if h.markdown:
                runs = marked_up(runs, b.lines[0].role, rng)
            rows.append(Row(runs, h.gaps != "none", 0, b.lines[0].role))
    flush()
    return rows


def strips(blocks: list[Block], rng: Random, h: Habit) -> list[Row]:
    """Horizontal strips; in each the columns one after another, or line by line across them."""
    lines = [(ln, b) for b in blocks for ln in b.lines]
    if not lines:
        return []
    rows: list[Row] = []
    low = min(ln.y for ln, _ in lines)
    high = max(ln.y for ln, _ in lines) + 1
    edges = [low]
    while edges[-1] < high:
        edges.append(edges[-1] + rng.choice((2, 4, 8, 15, 25, 40, 60)))
    nudge = {k: rng.choice((0.0, 0.0, 0.0, 0.3, 0.5)) for k in {b.region for b in blocks}}
    for top, bottom in pairwise(edges):
        inside = [(ln, b) for ln, b in lines if top <= ln.y < bottom]
        if not inside:
            continue
        if h.unit == "line" and rng.random() < h.rows:
            inside.sort(key=lambda t: (round(t[0].y + nudge[t[1].region], 1), t[0].x))
            last_y, last_b = -9.0, None
            for ln, b in inside:
                y = round(ln.y + nudge[b.region], 1)
                if rows and y == last_y and b is not last_b and rng.random() < h.merge and last_b is not None:
                    rows[-1].runs += [Run(rng.choice((" ", " ", "  ", "　")), -1, 0), *joined([ln])]
                else:
                    rows.append(Row(joined([ln]), (h.gaps == "block" and b is not last_b and rng.random() < 0.1), 0, ln.role))
                last_y, last_b = y, b
        else:
            inside.sort(key=lambda t: (round(t[0].x), t[0].y))
            groups: list[list[Line]] = []
            last: Block | None = None
            for ln, b in inside:
                if b is last:
                    groups[-1].append(ln)
                else:
                    groups.append([ln])
                last = b
            for group in groups:
                gap = h.gaps in ("block", "each") or (h.gaps == "some" and rng.random() < 0.4)
                if h.unit == "line":
                    rows += [Row(joined([ln]), gap and not k, ln.indent, ln.role) for k, ln in enumerate(group)]
                else:
                    rows += units(group, rng, h)
    return rows


def marked_up(runs: list[Run], role: str, rng: Random) -> list[Run]:
    """As an engine does that writes Markdown."""
    if role == "title":
        return [Run(rng.choice(("# ", "## ", "# ", "### ")), -1, 0), *runs]
    if role in ("kicker", "subtitle", "byline") and rng.random() < 0.4:
        return [Run("**", -1, 0), *runs, Run("**", -1, 0)]
    if role == "caption" and rng.random() < 0.5:
        return [Run(f"![](images/{rng.getrandbits(32):08x}.jpg)", -2, 0), *runs]
    return runs


def side_by_side(page: Page) -> list[Row]:
    """The page as it looks: columns beside each other in one line of text, kept apart by blanks."""
    lines = [*page.top, *page.middle, *page.bottom, *(ln for box in page.boxes for ln in box)]
    cell = 2.0
    for g in page.regions:
        lines += [*g.heads, *g.captions, *(ln for c in g.columns for ln in c)]
        for c in g.columns:
            cell = max(cell, *(2.0 * sum(len(x.text) for x in ln.runs) + 2 for ln in c))
    rows: list[Row] = []
    by: dict[int, list[Line]] = {}
    for ln in lines:
        by.setdefault(round(ln.y), []).append(ln)
    for y in sorted(by):
        row = Row([], False, 0, "body")
        here = 0
        for ln in sorted(by[y], key=lambda n: n.x):
            want = int(ln.x * cell / 2) + min(ln.indent, 4)
            if want > here or row.runs:
                gap = max(want - here, 2 if row.runs else 0)
                row.runs.append(Run(" " * gap, -1, 0))
                here += gap
            row.runs += joined([ln])
            here += sum(len(x.text) for x in ln.runs)
        rows.append(row)
    return rows


def baselines(page: Page, rng: Random, h: Habit) -> list[Row]:
    """Story by story, the columns of a story read line by line across, as a converter does that sorts lines by their baseline.

    Lines of two columns whose baselines lie less than ``merge`` of a line apart become one row; the columns' baselines are a
    little apart, and drift where paragraphs are set off. Some converters break such a column into blocks of a few lines, and
    put an empty line between them.
    """
    rows: list[Row] = []
    blocks = arranged(blocks_of(page, rng, h), rng, h)
    k = 0
    while k < len(blocks):
        b = blocks[k]
        if b.kind != "column":
            rows += [Row(joined([ln]), not n, 0, ln.role) for n, ln in enumerate(b.lines)]
            k += 1
            continue
        end = k
        while end < len(blocks) and blocks[end].kind == "column" and blocks[end].region == b.region:
            end += 1
        columns = blocks[k:end]
        k = end
        phases = [rng.random() for _ in range(rng.choice((1, 2, 2, 3)))]
        lines: list[tuple[float, float, int, Line]] = []
        loose = rng.random() > h.rows
        size = rng.choice((1, 2, 2, 3))
        for c, column in enumerate(columns):
            off = rng.choice(phases)
            drift = rng.choice((0.0, 0.0, 0.05, 0.15))
            for n, ln in enumerate(column.lines):
                off += drift * (ln.start and n > 0)
                y = ln.y + off
                lines.append((lines[-1][0] if loose and n % size else y, ln.x, c, ln))
        if loose:
            order = sorted(range(len(lines)), key=lambda j: (lines[j][0], lines[j][1], j))
            last = (-1.0, -1)
            for j in order:
                y, _, c, ln = lines[j]
                rows.append(Row(joined([ln]), (y, c) != last, 0, ln.role))
                last = (y, c)
            continue
        lines.sort(key=lambda t: (t[0], t[1]))
        first = True
        while lines:
            y = lines[0][0]
            taken: list[tuple[float, float, int, Line]] = []
            for t in lines:
                if t[0] < y + h.merge and t[2] not in {c for _, _, c, _ in taken}:
                    taken.append(t)
                elif t[0] >= y + h.merge:
                    break
            lines = [t for t in lines if t not in taken]
            row = Row([], first, 0, taken[0][3].role)
            for n, (_, _, _, ln) in enumerate(sorted(taken, key=lambda t: t[1])):
                if n:
                    row.runs.append(Run(" ", -1, 0))
                row.runs += joined([ln])
            rows.append(row)
            first = False
    return rows
