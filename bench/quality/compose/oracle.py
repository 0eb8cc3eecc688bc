"""Records of a reader who knows the labels: what a perfect structure stage would give for a composed issue.

    python -m bench.quality.compose.oracle FOLDER OUT

reads every issue below FOLDER (as the composer wrote them) and writes OUT/<issue>.jsonl in the scorer's words. Scored,
it shows the limit of the measure, and that labels and gold agree.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

FIELD = {
    "kicker": "kicker",
    "headline": "title",
    "headline_cont": "title",
    "deck": "subtitle",
    "byline": "byline",
    "dateline": "dateline",
    "sign_off": "tail",
}


def records_of(gold: dict[str, Any], pages: list[str], labels: list[list[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """One record per article, put together along the ``prev`` links.

    A string's pieces follow each other as the links say; a paragraph that jumps is one paragraph.
    """
    chains: dict[tuple[str, str, int], list[tuple[tuple[int, ...], tuple[int, ...] | None, str]]] = defaultdict(list)
    for p, (text, rows) in enumerate(zip(pages, labels, strict=True), 1):
        lines = [ln for ln in text.split("\n") if ln.strip()]
        for k, (line, row) in enumerate(zip(lines, rows, strict=True)):
            for n, seg in enumerate(row):
                if not seg["article"]:
                    continue
                role = "headline" if seg["role"] == "headline_cont" else seg["role"]
                role = "body" if role == "subhead" else role
                prev = tuple(seg["prev"]) if seg["prev"] else None
                chains[(seg["article"], role, seg["para"])].append(((p, k, n), prev, line[seg["start"] : seg["end"]]))
    by: dict[str, dict[str, Any]] = {}
    for a in gold["articles"]:
        day = re.search(r"(\d{1,2})月(\d{1,2})日", a["docdate"] or a["lead"] or a["tail"] or "")
        date = gold["style"]["date"]
        if day:
            date = f"{int(date[:4]) - (date[5:] == '01-01')}-{int(day[1]):02d}-{int(day[2]):02d}"
        by[a["id"]] = {
            "id": a["id"],
            "kind": "article",
            "title": "",
            "kicker": "",
            "subtitle": "",
            "byline": "",
            "dateline": "",
            "tail": "",
            "authors": a["authors"],
            "agency": a["agency"],
            "place": a["place"],
            "date": date,
            "paragraphs": {},
        }
    for (aid, role, para), segs in chains.items():
        if aid not in by:
            continue
        follows = {s[1]: s for s in segs if s[1]}
        text, seg = "", next((s for s in segs if s[1] is None), None)
        done = set()
        while seg is not None and id(seg) not in done:
            done.add(id(seg))
            text += seg[2]
            seg = follows.get(seg[0])
        if len(done) < len(segs):
            text += "".join(s[2] for s in segs if id(s) not in done)
        if role == "body":
            by[aid]["paragraphs"][para] = text
        elif role == "docdate":
            by[aid]["docdate"] = text
        elif role in FIELD:
            by[aid][FIELD[role]] += text
    out = []
    for r in by.values():
        r["paragraphs"] = [t for _, t in sorted(r["paragraphs"].items())]
        tail, doc = r.pop("tail"), r.pop("docdate", None)
        r["dateline"] = r["dateline"] or tail
        if doc:
            r["byline"] = (doc + " " + r["byline"]).strip()
        out.append(r)
    return out


def main() -> None:
    folder, target = map(Path, sys.argv[1:3])
    target.mkdir(parents=True, exist_ok=True)
    for d in sorted(p.parent for p in folder.glob("**/gold.json")):
        pages = [f.read_text("utf-8") for f in sorted(d.glob("p*.txt"))]
        recs = records_of(json.loads((d / "gold.json").read_text("utf-8")), pages, json.loads((d / "labels.json").read_text("utf-8")))
        (target / f"{d.name}.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in recs), "utf-8")


if __name__ == "__main__":
    main()
