"""Gold and labels of a composed issue."""

from __future__ import annotations

from typing import Any

from bench.quality.compose.paper import Page
from bench.quality.compose.sheet import Line, String
from bench.quality.compose.story import Desk


def gold_of(name: str, desk: Desk, pages: list[Page]) -> dict[str, Any]:
    """The issue in the words of the benchmark: every printed string by page, and the articles."""
    items: list[dict[str, Any]] = []
    articles: list[dict[str, Any]] = []
    for page in pages:
        lines: list[Line] = [*page.top]
        for g in page.regions:
            lines += [*g.heads, *g.captions, *(ln for c in g.columns for ln in c)]
            if g.story is not None and g.part == 0:
                articles.append(g.story.gold)
        lines += [*page.middle, *page.bottom, *(ln for box in page.boxes for ln in box)]
        spans: dict[int, list[int]] = {}
        for ln in lines:
            for run in ln.runs:
                if run.sid >= 0:
                    span = spans.setdefault(run.sid, [run.at, run.at + len(run.text)])
                    span[1] = max(span[1], run.at + len(run.text))
        for sid, (a, b) in spans.items():
            s = desk.strings[sid]
            item: dict[str, Any] = {"page": page.number, "role": s.role}
            if s.kind and s.role == "furniture":
                item["kind"] = s.kind
            elif s.kind and s.role == "caption":
                item["near"] = s.kind
            item["text"] = s.text[a:b]
            if s.article:
                item["article"] = s.article
            if s.para >= 0:
                item |= {"para": s.para, "start": a, "end": b}
            items.append(item)
    st = desk.style
    style = {
        "paper": st.paper,
        "date": st.date.isoformat(),
        "serial": st.serial,
        "columns": st.columns,
        "cell": st.cell,
        "digits": st.digits,
        "half_paren": st.half_paren,
        "mode": st.mode,
    }
    return {"issue": name, "style": style, "n_pages": len(pages), "items": items, "articles": articles}


Segment = dict[str, Any]


def labels_of(strings: list[String], texts: list[list[list[tuple[int, int, int, int]]]]) -> list[list[list[Segment]]]:
    """Per page, per non-blank line: its segments. ``texts`` holds (start, end, string, at) per row.

    ``first``: the segment opens its string; ``prev``: [page, line, segment] that holds the text just before
    it (pages from 1, non-blank lines and segments from 0). Speckles
    and garbage belong to no string and are labelled as furniture.
    """
    out: list[list[list[Segment]]] = []
    chains: dict[int, list[tuple[int, int, int, int, Segment]]] = {}
    for p, rows in enumerate(texts):
        mine: list[list[Segment]] = []
        for k, segments in enumerate(rows):
            line: list[Segment] = []
            for start, end, sid, at in segments:
                if sid < 0:
                    line.append({"start": start, "end": end, "role": "furniture", "article": None, "para": -1, "first": True, "prev": None})
                    continue
                s = strings[sid]
                role = s.label
                seg: Segment = {
                    "start": start,
                    "end": end,
                    "role": role,
                    "article": s.article or (s.kind if s.role == "caption" else None),
                    "para": s.para,
                    "first": False,
                    "prev": None,
                }
                chains.setdefault(sid, []).append((at, p, k, len(line), seg))
                line.append(seg)
            mine.append(line)
        out.append(mine)
    for chain in chains.values():
        chain.sort(key=lambda c: c[0])
        for n, (*_, seg) in enumerate(chain):
            if n == 0:
                seg["first"] = True
            else:
                seg["prev"] = [chain[n - 1][1] + 1, chain[n - 1][2], chain[n - 1][3]]
                if seg["role"] == "headline":
                    seg["role"] = "headline_cont"
    return out
