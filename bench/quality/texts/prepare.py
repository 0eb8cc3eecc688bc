"""Clean statutes and reports (Markdown and Wikisource JSON lines) into one file of plain paragraphs.

    python prepare.py LAWS_FOLDER REPORTS_FOLDER > prose.txt

Turns link fragments back into paragraphs, drops editors' templates, licence notes and headings of chapters, and
writes Traditional documents in Simplified characters. The words are left alone. Each document opens with a line
``# year<TAB>title<TAB>source``; each other line is one paragraph.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

END = re.compile("[。！？：；”…）]$")
LICENCE = re.compile("本作品来自|本作品來自|本模板|公有领域|公有領域|维基文库|維基文庫|版本包括|著作权法|PD-|Public domain", re.I)
HEADING = re.compile(r"^第[一二三四五六七八九十百]+[章节编]|^目\s*录|^序\s*言$|^附\s*则$")


def paragraphs_of_report(text: str) -> list[str]:
    """Wikisource breaks a paragraph at every link; only an empty line really ends one."""
    out: list[str] = []
    for chunk in re.split(r"\n\s*\n", text.replace("\u200b", "")):
        p = "".join(part.strip("\u3000 \t\n") for part in chunk.split("\n"))
        p = re.sub(r"(?<=[0-9]) (?=[0-9 ])|(?<=[0-9]) (?=[年月日％%\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) (?=[0-9])", "", p)
        p = re.sub(r"\[\d+\]|\[编辑\]|\[编\]", "", p).strip()
        if LICENCE.search(p):
            break
        if p:
            out.append(p)
    return out


def paragraphs_of_law(text: str) -> list[str]:
    body = text.split("<!-- INFO END -->")[-1]
    out = []
    for line in body.split("\n"):
        line = re.sub(r"^#+\s*|<!--.*?-->|\*\*", "", line).strip("\u3000 \t")
        line = re.sub(r"^第[一二三四五六七八九十百零]+条(?:之[一二三四五])?\s*", "", line)
        if line and not HEADING.search(line):
            out.append(line)
    return out


def main() -> None:
    laws, reports = map(Path, sys.argv[1:3])
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    docs: list[tuple[str, str, str, list[str]]] = []
    for f in sorted(reports.glob("*.jsonl")):
        for raw in f.read_text("utf-8").splitlines():
            d = json.loads(raw)
            year = d.get("year") or {
                1: 1921,
                7: 1945,
                8: 1956,
                9: 1969,
                10: 1973,
                11: 1977,
                12: 1982,
                13: 1987,
                14: 1992,
                15: 1997,
                16: 2002,
                17: 2007,
                18: 2012,
                19: 2017,
                20: 2022,
            }.get(d.get("congress") or 0, 0)
            year = year or (re.search(r"(?:19|20)\d\d", d["title"] + d["content"][:300]) or [0])[0]
            docs.append((str(year), d["title"], d["url"], paragraphs_of_report(simplify(d["content"]))))
    for f in sorted(laws.glob("**/*.md")):
        if f.name.startswith("_"):
            continue
        year = (re.findall(r"(?:19|20)\d\d", f.name) or ["1982"])[-1]
        docs.append((year, f.stem, "statute", paragraphs_of_law(f.read_text("utf-8"))))
    seen: set[str] = set()
    for year, title, url, paragraphs in sorted(docs):
        keep = [p for p in paragraphs if p not in seen and len(p) >= 2 and re.search("[\u4e00-\u9fff]", p)]
        seen.update(p for p in keep if len(p) > 40)
        if sum(map(len, keep)) < 300:
            continue
        print(f"# {year}\t{title}\t{url}")
        print("\n".join(keep))


if __name__ == "__main__":
    main()
