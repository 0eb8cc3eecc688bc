"""A small output folder composed by hand, through the same :func:`qingyang.ledger.compose` that the road itself uses.

A page is a list of segments: ``("new",)`` begins a record, ``("headline", text)`` and the like fill a field, ``("p", text)`` begins a
paragraph and ``("p+", text)`` continues it (line ends inside are taken out), ``("cut", rule, text)`` is removed by a rule and
``("gap", text)`` is layout. The same record can go on on another page: ``("again", number)``.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import orjson

from qingyang.ledger import Removal, Slot, Stretch, account, account_output, compose
from qingyang.records import Edit, Source

Segment = tuple[Any, ...]

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">&amp;"

FRONT: list[Segment] = [
    ("cut", "furniture.folio", "2020年11月25日 星期三 第1版"), ("gap", "\n\n"),
    ("new",), ("headline", "全会强调构建新发展格局"), ("gap", "\n\n"),
    ("byline", "（记者李 明）"), ("gap", "\n"),
    ("dateline", "新华社北京11月24日电"), ("gap", "　　"),
    ("p", "全会提出,要坚定不移贯彻新发展理念，着力构建\n新发展格局，推动⾼质量发展。开启新征程，为全面建设社会主义现"),
    ("gap", "\n"), ("cut", "jump.continued-on", "（下转第二版）"), ("gap", "\n\n"),
    ("new",), ("headline", "小麦丰收"), ("gap", "\n\n"), ("p", "今年小麦丰\n收。“中国梦·劳动美”而不奋斗。"), ("gap", "\n\n"),
    ("p", "农民说：好。"), ("gap", "\n"), ("sign_off", "（据新华社电）"), ("gap", "\n"),
]  # fmt: skip
SECOND: list[Segment] = [
    ("cut", "jump.continued-from", "（上接第一版）"), ("again", 0), ("p+", "代化国家、实现第二个百年奋斗目标而继续奋斗。"), ("gap", "\n\n"),
    ("p", "会议指出，各地要认真学习。"), ("gap", "\n\n"),
    ("new",), ("headline", SCRIPT), ("gap", "\n"), ("p", "源码里写着" + SCRIPT + "，应当照样显示。"), ("gap", "\n"),
    ("new",), ("p", "无主残段，继续致力于推动德中、欧中欧关系持续良好发展。"), ("gap", "\n"),
]  # fmt: skip

BECAUSE = ["no mark ends the line", "the line is full"]
_EDITS = {",": ("，", "char.half-width-comma"), "⾼": ("高", "char.kangxi-radical"), ":": ("：", "char.half-width-colon")}
_HAN_BLANK = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")


def edits_of(text: str) -> list[Edit]:
    found = [Edit(m.start(), m.end(), *_EDITS[m.group()]) for m in re.finditer("[,⾼]", text)]
    found += [Edit(m.start(), m.end(), "", "char.blank-between-han") for m in _HAN_BLANK.finditer(text)]
    return sorted(found)


def blank_record(rid: str, source: str, page: str | None, issue: str) -> dict[str, Any]:
    return {
        "id": rid, "kind": "article", "headline": None, "kicker": None, "deck": None, "byline": None, "authors": [], "dateline": None,
        "agency": None, "place": None, "sign_off": None, "date": issue, "publication": "人民日报", "issue_date": issue, "page": page,
        "paragraphs": [], "text": "", "lang": "zh-Hans", "continued_from": None, "continued_on": None, "complete": True, "parts": [],
        "flags": [], "source": source, "created": issue, "metadata": {}, "checks": {"verdict": "pass", "failed": []},
    }  # fmt: skip


def compose_issue(pages: list[tuple[str, list[Segment]]], issue: str = "2020-11-25") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Records and ledger entries of one issue."""
    sources, slots, removals = [], [], []
    records: list[dict[str, Any]] = []
    for k, (name, segments) in enumerate(pages):
        text, current = "", None
        page = Path(name).stem.lstrip("0") or None
        digest = hashlib.sha256("".join(str(s[-1]) for s in segments).encode()).hexdigest()
        for segment in segments:
            kind, at = segment[0], len(text)
            if kind == "new":
                current = blank_record(f"{digest[:16]}-{at:x}", name, page, issue)
                current["parts"].append({"source": name, "page": page, "start": at, "end": at})
                records.append(current)
            elif kind == "again":
                current = records[segment[1]]
                current["parts"].append({"source": name, "page": page, "start": at, "end": at})
            else:
                text += segment[-1]
                if kind == "cut":
                    removals.append(Removal(k, at, len(text), segment[1]))
                elif kind != "gap":
                    assert current is not None
                    current["parts"][-1]["end"] = len(text)
                    if kind == "p":
                        slots.append(Slot(current["id"], "paragraphs", len(current["paragraphs"])))
                        current["paragraphs"].append("")
                    elif kind != "p+":
                        slots.append(Slot(current["id"], kind, -1))
                    body = kind in ("p", "p+")
                    slot = next(s for s in reversed(slots) if s.record == current["id"] and (s.field == "paragraphs") == body)
                    for m in re.finditer(r"[^\n]+", segment[-1]):
                        slot.stretches.append(Stretch(k, at + m.start(), at + m.end()))
        sources.append(Source(name, text, digest, size=len(text.encode()), publication="人民日报", issue_date=issue, page=page))
    strings, pieces = compose(sources, [edits_of(s.text) for s in sources], slots, removals)
    by_id = {r["id"]: r for r in records}
    for slot, string in zip(slots, strings, strict=True):
        if slot.para >= 0:
            by_id[slot.record]["paragraphs"][slot.para] = string
        else:
            by_id[slot.record][slot.field] = string
    for record in records:
        finish(record)
    entries = []
    for k, source in enumerate(sources):
        used = sorted({p[3] for p in pieces[k] if p[0] != "remove"})
        number = {slot: n for n, slot in enumerate(used)}
        for p in pieces[k]:
            if p[0] != "remove":
                p[3] = number[p[3]]
        joins = [m.start() for m in re.finditer(r"(?<=[^\n\s])\n(?=[^\n\s])", source.text)]
        entries.append({
            "source": source.name, "sha256": source.sha256, "size": source.size, "encoding": "utf-8", "bom": False, "envelope": None,
            "length": len(source.text), "identity": {"publication": "path", "issue_date": "path", "page": "path"},
            "slots": [[slots[s].record, slots[s].field, slots[s].para] for s in used], "pieces": pieces[k],
            "decisions": [{"at": at, "rule": "unwrap.join", "p": 0.98, "because": BECAUSE} for at in joins],
        })  # fmt: skip
        account(entries[-1], source.text, by_id)  # type: ignore[arg-type]
    account_output(entries, by_id)  # type: ignore[arg-type]
    return records, entries


def finish(record: dict[str, Any]) -> None:
    record["text"] = "\n".join(record["paragraphs"])
    if record["headline"] is None:
        record["kind"], record["complete"] = "fragment", False
        record["continued_from"] = {"page": "1", "id": None}
        record["checks"] = {"verdict": "warn", "failed": ["fragment.linked"]}
    for para, text in enumerate(record["paragraphs"]):
        for wrong, right in (("欧中欧", "欧中"), ("而不奋斗", "而不懈奋斗")):
            for m in re.finditer(wrong, text):
                record["flags"].append({"para": para, "start": m.start(), "end": m.end(), "rule": "flag.set-phrase", "suggestion": right,
                                        "why": f"“{wrong}” is no phrase; “{right}” is.", "confidence": 0.9})  # fmt: skip


CHECKS = {
    "verdict": "warn",
    "results": [
        {"id": "record.accounted", "severity": "critical", "column": "accounted", "success": True, "unexpected": 0,
         "meaning": "Every character of the sources is kept, changed or removed by a named rule.", "advice": "Report it."},
        {"id": "fragment.linked", "severity": "warning", "column": "continued_from_id", "success": False, "unexpected": 1,
         "meaning": "A fragment knows its head.", "advice": "Add the page it comes from."},
    ],
}  # fmt: skip


def write_output(folder: Path, issues: list[list[tuple[str, list[Segment]]]], *, shard: int = 0) -> Path:
    """Write ``articles.zh-Hans``, ``zh-Hant``, ``ledger/``, ``quarantine.jsonl``, ``checks/`` and ``manifest.json``."""
    every: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = []
    for number, pages in enumerate(issues):
        issue = re.search(r"\d{4}-\d\d-\d\d", pages[0][0])
        date = issue.group() if issue else "2020-11-25"
        records, entries = compose_issue(pages, date)
        every.append((f"人民日报-{date[:7]}" if shard == 0 else f"人民日报-{number // shard:04}", records, entries))
    shards: dict[str, tuple[list[Any], list[Any]]] = {}
    for name, records, entries in every:
        mine = shards.setdefault(name, ([], []))
        mine[0].extend(records)
        mine[1].extend(entries)
    for lang in ("zh-Hans", "zh-Hant"):
        for name, (records, _) in shards.items():
            rows = [variant(r) if lang != "zh-Hans" else r for r in records]
            put(folder / (f"articles.{lang}/{name}.jsonl" if len(shards) > 1 else f"articles.{lang}.jsonl"), rows)
    for name, (_, entries) in shards.items():
        put(folder / "ledger" / f"{name}.jsonl", entries)
    bad = {"source": "人民日报/2020-11-25/bad.txt", "sha256": "0" * 64, "size": 3, "error": "not UTF-8 at byte 0", "raw": ""}
    put(folder / "quarantine.jsonl", [bad])
    (folder / "checks").mkdir(exist_ok=True)
    (folder / "checks" / "records.json").write_bytes(orjson.dumps(CHECKS))
    (folder / "manifest.json").write_bytes(orjson.dumps({"fingerprint": "f" * 16, "versions": {"qingyang": "0"}}))
    return folder


def variant(record: dict[str, Any]) -> dict[str, Any]:
    table = str.maketrans("发会国东农奋斗实现继续", "發會國東農奮鬥實現繼續")
    out = orjson.loads(orjson.dumps(record))
    for key in ("headline", "text"):
        out[key] = out[key] and out[key].translate(table)
    out["paragraphs"] = [p.translate(table) for p in out["paragraphs"]]
    return {**out, "lang": "zh-Hant", "flags": []}


def put(path: Path, rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def sample(folder: Path) -> Path:
    day = "人民日报/2020-11-25/"
    return write_output(folder, [[(day + "01.txt", FRONT), (day + "02.txt", SECOND)]])
