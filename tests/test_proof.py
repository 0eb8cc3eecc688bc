"""The proof's files: complete, escaped, linked both ways, the same every time, and only made again where something changed."""

from __future__ import annotations

import gc
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
from composed_output import FRONT, SCRIPT, SECOND, compose_issue, put, sample, write_output
from hypothesis import given
from hypothesis import strategies as st

from qingyang.ledger import restore_text
from tasks import proof

DAY = "人民日报/2020-11-25/"


class Reader(HTMLParser):
    """The text of a page by side: everything, and by sentence number; marks (``<b>``) are no text."""

    VOID = frozenset({"meta", "link", "br", "input", "img"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.side = ""
        self.text = {"raw": "", "clean": ""}
        self.sentences: dict[str, dict[int, str]] = {"raw": {}, "clean": {}}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.visible = ""
        self.feed(html)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1][0] == tag, (tag, self.stack[-3:])
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if any(tag == "script" for tag, _ in self.stack):
            return
        self.visible += data
        side = next((a["id"] for t, a in self.stack if t == "section" and a.get("id") in self.text), None)
        if not side or any(t == "b" for t, _ in self.stack):
            return
        if side == "raw" and any(a.get("class") == "sheet" for _, a in self.stack):
            self.text["raw"] += data
        number = next((int(str(a["data-s"])) for _, a in self.stack if "data-s" in a), None)
        if number is not None:
            change = next((a for t, a in self.stack if t == "del"), None)
            shown = change.get("data-a") if side == "raw" and change is not None else data
            self.sentences[side][number] = self.sentences[side].get(number, "") + str(shown)


def page(output: Path, source: str) -> str:
    return (output / "proof" / proof.page_path(source)).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sample(tmp_path_factory.mktemp("proof"))
    assert proof.write_proof(folder) == folder / "proof" / "index.html"
    return folder


def test_the_raw_side_is_the_source_to_the_character(output: Path) -> None:
    records, entries = compose_issue([(DAY + "01.txt", FRONT), (DAY + "02.txt", SECOND)])
    for entry in entries:
        assert Reader(page(output, entry["source"])).text["raw"] == restore_text(entry, {r["id"]: r for r in records})  # type: ignore[misc]


def test_both_sides_carry_the_same_sentences(output: Path) -> None:
    elsewhere = 0
    for name in ("01.txt", "02.txt"):
        read = Reader(page(output, DAY + name))
        for number, text in read.sentences["raw"].items():
            whole = read.sentences["clean"][number]
            assert text in whole or whole in text, (text, whole)
            elsewhere += text != whole
    assert elsewhere == 2, "only the sentence that runs over the page's end is not whole on either page"


def test_markup_in_a_source_is_text(output: Path) -> None:
    html = page(output, DAY + "02.txt")
    assert SCRIPT not in html
    read = Reader(html)
    assert SCRIPT in read.text["raw"]
    assert [a.get("id", a.get("src", "theme")) for t, a in read.tags if t == "script"] == ["theme", "notes", "../../proof.js"]
    assert not [a for _, a in read.tags for k in a if k.startswith("on")]
    assert not [t for t, _ in read.tags if t == "img"]
    for path in (output / "proof" / "data").iterdir():
        assert b"<" not in path.read_bytes()


def test_nothing_is_asked_of_a_network(output: Path) -> None:
    for path in (output / "proof").rglob("*"):
        if path.suffix == ".html":
            links = [a.get(k) or "" for _, a in Reader(path.read_text(encoding="utf-8")).tags for k in ("src", "href")]
            assert not [link for link in links if re.match(r"(?:\w+:)?//", link)]
            for link in links:
                target = link.split("#")[0]
                if target and not target.startswith("data:"):
                    assert (path.parent / target).resolve().is_file(), link
        elif path.is_file():
            assert not re.search(r"https?://|@import|fetch\(|XMLHttpRequest|url\(", path.read_text(encoding="utf-8"))


def test_what_happened_is_on_the_page(output: Path) -> None:
    html = page(output, DAY + "01.txt")
    notes = orjson.loads(re.search(r'id="notes">(.*?)</script>', html).group(1))  # type: ignore[union-attr]
    rules = dict(notes["rules"])
    assert "corpus reader" in rules["jump.continued-on"]
    assert {"char.half-width-comma", "char.kangxi-radical", "furniture.folio", "unwrap.join", "char.blank-between-han"} <= rules.keys()
    assert ["unwrap.join", 0.98, ["no mark ends the line", "the line is full"]] in notes["decisions"]
    assert re.search(r"<del class=q data-r=\d+>（下转第二版）</del>", html)
    assert re.search(r"<del class=u data-r=\d+>2020年11月25日 星期三 第1版</del>", html)
    assert re.search(r'<del class=c data-r=\d+ data-a="，">,</del>', html)
    assert re.search(r'<ins class=c data-r=\d+ data-b=",">，</ins>', html)
    assert re.search(r'<mark class=f data-r=\d+ data-a="而不懈奋斗" data-w="[^"]+90% sure\)">而不奋斗</mark>', html)
    assert "also on" in html and proof.page_path(DAY + "02.txt") in html
    assert "會强調" in re.sub("强调", "强調", html), "the Traditional form stands beside it"


def test_moved_stretches_are_told(tmp_path: Path) -> None:
    first, second = "先读的一段在后面。", "后读的一段在前面。"
    records, entries = compose_issue([(DAY + "01.txt", [("new",), ("p", second), ("gap", "\n"), ("p", first)])])
    records[0]["paragraphs"].reverse()
    for slot in entries[0]["slots"]:
        slot[2] = 1 - slot[2]
    put(tmp_path / "articles.zh-Hans.jsonl", records)
    put(tmp_path / "ledger" / "x.jsonl", entries)
    proof.write_proof(tmp_path)
    html = page(tmp_path, DAY + "01.txt")
    assert re.search(rf"<span data-s=\d+ class=m>{second}</span>", html) and not re.search(rf"class=m>{first}", html)


def test_same_output_same_bytes_and_nothing_written_twice(tmp_path: Path) -> None:
    one, two = sample(tmp_path / "one"), sample(tmp_path / "two")
    proof.write_proof(one)
    proof.write_proof(two)
    files = {p.relative_to(one): p.read_bytes() for p in (one / "proof").rglob("*") if p.is_file()}
    assert files == {p.relative_to(two): p.read_bytes() for p in (two / "proof").rglob("*") if p.is_file()}
    assert len(files) > 5
    before = {p: p.stat().st_mtime_ns for p in (one / "proof" / "pages").rglob("*.html")}
    proof.write_proof(one)
    assert {p: p.stat().st_mtime_ns for p in (one / "proof" / "pages").rglob("*.html")} == before
    gone = next(iter(before))
    gone.unlink()
    proof.write_proof(one)
    assert gone.is_file(), "a page that is missing is made again"
    assert files == {p.relative_to(one): p.read_bytes() for p in (one / "proof").rglob("*") if p.is_file()}


def test_of_a_shard_no_more_is_held_than_a_few_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source of 200 MB is one shard; its ledger is 500 MB and would take some ten thousand when parsed."""
    write_output(tmp_path, [[(f"人民日报/2020-11-{n:02}/01.txt", FRONT[: 8 + n])] for n in range(1, 9)])
    (ledger,) = (tmp_path / "ledger").iterdir()
    sizes = {orjson.loads(line)["source"]: len(line) for line in ledger.read_bytes().splitlines(keepends=True)}
    assert len(sizes) == 8
    monkeypatch.setattr(proof, "PARSED", 2 * max(sizes.values()))
    draw, parsed, whole = proof._cleaned_page, [], []

    def held(entry: dict[str, Any], shard: Any, *more: Any) -> Any:
        drawn = draw(entry, shard, *more)
        parsed.append(sum(sizes[source] for source in shard._parsed))
        whole.append(sum(len(each) for each in _reached(shard.entries) if isinstance(each, bytes)))
        return drawn

    monkeypatch.setattr(proof, "_cleaned_page", held)
    proof.write_proof(tmp_path)
    assert len(parsed) == 8
    assert 0 < max(parsed) <= proof.PARSED
    assert max(whole) < min(sizes.values()), "lines of the ledger are read when their page is drawn"


def test_a_shard_in_parts_gives_the_same_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a large source are made by all workers."""
    write_output(tmp_path, [[(f"人民日报/2020-11-{n:02}/01.txt", FRONT[: 8 + n])] for n in range(1, 9)])

    def files() -> dict[str, bytes]:
        proof.write_proof(tmp_path)
        made = [*(tmp_path / "proof").rglob("*"), *(tmp_path / proof.STATE).iterdir()]
        return {str(p): p.read_bytes() for p in made if p.is_file()}

    whole = files()
    (ledger,) = (tmp_path / "ledger").iterdir()
    longest = max(map(len, ledger.read_bytes().splitlines()))
    jobs: list[Any] = []
    make = proof._make
    monkeypatch.setattr(proof, "_make", lambda job: jobs.append(job) or make(job))
    for size, parts in ((10**9, 1), (1, 8), (2 * longest, 0)):
        for state in (tmp_path / proof.STATE).iterdir():
            state.unlink()
        jobs.clear()
        monkeypatch.setattr(proof, "PART", size)
        assert files() == whole
        assert len(jobs) == parts if parts else 1 < len(jobs) < 8
        assert [job.first for job in jobs] == [0, *(job.last for job in jobs[:-1])] and jobs[-1].last == 8


def _reached(whole: Any) -> list[Any]:
    """What an object holds, and what that holds; types and their like aside."""
    out, todo = [], [whole]
    while todo:
        here = todo.pop()
        out.append(here)
        todo += [each for each in gc.get_referents(here) if isinstance(each, (dict, list, tuple, str, bytes))]
    return out


def test_only_the_shards_that_changed(tmp_path: Path) -> None:
    issues: list[Any] = [[(f"人民日报/2020-{m:02}-25/01.txt", FRONT[:8] if m == 1 else FRONT)] for m in (1, 2, 3)]
    write_output(tmp_path, issues)
    assert len(list((tmp_path / "ledger").iterdir())) == 3
    proof.write_proof(tmp_path)
    stamps = {p: p.stat().st_mtime_ns for p in (tmp_path / "proof" / "pages").rglob("*.html")}
    ledger = tmp_path / "ledger" / "人民日报-2020-03.jsonl"
    entry = orjson.loads(ledger.read_bytes())
    entry["bom"] = True
    put(ledger, [entry])
    proof.write_proof(tmp_path, only={"人民日报-2020-01"})
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps, "the others are trusted"
    proof.write_proof(tmp_path)
    changed = [p for p in stamps if p.stat().st_mtime_ns != stamps[p]]
    assert changed == [tmp_path / "proof" / proof.page_path("人民日报/2020-03-25/01.txt")]
    ledger.unlink()
    proof.write_proof(tmp_path)
    assert not changed[0].exists(), "the page of a source that is gone goes too"
    assert len(list((tmp_path / ".qingyang" / "proof").iterdir())) == 2


def test_sources_that_were_not_cleaned_have_their_page(tmp_path: Path) -> None:
    import base64
    import zlib

    sample(tmp_path)
    ledger = next((tmp_path / "ledger").iterdir())
    rows = [orjson.loads(line) for line in ledger.read_bytes().splitlines()]
    raw = base64.b64encode(zlib.compress("坏<b>页".encode() + b"\xff")).decode()
    rows.append({"source": DAY + "bad.txt", "sha256": "1" * 64, "size": 12, "error": "bad.txt: not UTF-8 at byte 10", "raw": raw})
    rows.append({"source": DAY + "twin.txt", "sha256": rows[0]["sha256"], "size": rows[0]["size"], "duplicate_of": DAY + "01.txt"})
    put(ledger, rows)
    proof.write_proof(tmp_path)
    bad = page(tmp_path, DAY + "bad.txt")
    assert "not UTF-8 at byte 10" in bad and "坏&lt;b&gt;页\ufffd" in bad
    assert proof.page_path(DAY + "01.txt") in page(tmp_path, DAY + "twin.txt")
    index = (tmp_path / "proof" / "index.html").read_text(encoding="utf-8")
    assert "unreadable" in index and "duplicate" in index


def test_a_fragment_says_whether_it_is_continued_from_anywhere(tmp_path: Path) -> None:
    sample(tmp_path)
    path = tmp_path / "articles.zh-Hans.jsonl"
    records = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    (k,) = [k for k, r in enumerate(records) if r["kind"] == "fragment"]
    for link, words in (
        ({"page": "1", "id": None}, "continued from page 1, not in this corpus"),
        ({"page": None, "id": None}, "without a headline, seems to begin in mid-sentence"),
        (None, "without a headline"),
    ):
        records[k]["continued_from"] = link
        put(path, records)
        proof.write_proof(tmp_path)
        told = re.findall("<span[^>]*>(continued from[^<]*|without a headline[^<]*)</span>", page(tmp_path, DAY + "02.txt"))
        assert told == [words]


def test_a_quarantined_record_is_shown_with_its_reasons(tmp_path: Path) -> None:
    sample(tmp_path)
    path = tmp_path / "articles.zh-Hans.jsonl"
    records = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    records[1]["checks"] = {"verdict": "fail", "failed": ["record.accounted"]}
    put(path, [r for k, r in enumerate(records) if k != 1])
    put(tmp_path / "quarantine.jsonl", [{"record": records[1], "reasons": ["record.accounted"]}])
    proof.write_proof(tmp_path)
    html = page(tmp_path, DAY + "01.txt")
    assert "quarantined" in html and "Every character of the sources is kept" in html and "小麦丰收" in html
    assert rows_of(tmp_path)[0][10] == 2


def test_a_ledger_that_does_not_fit_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    sample(tmp_path)
    path = tmp_path / "articles.zh-Hans.jsonl"
    put(path, [r for r in map(orjson.loads, path.read_bytes().splitlines()) if r["headline"] != "小麦丰收"])
    proof.write_proof(tmp_path)
    assert "do not fit together" in page(tmp_path, DAY + "01.txt")
    assert SCRIPT in Reader(page(tmp_path, DAY + "02.txt")).text["raw"]


def rows_of(output: Path) -> list[list[Any]]:
    rows = []
    for path in sorted((output / "proof" / "data").glob("*.js"), key=lambda p: int(p.stem)):
        told = re.fullmatch(r"proof\.chunk\(\d+,(.*)\);\n", path.read_text(encoding="utf-8"))
        assert told
        rows += orjson.loads(told.group(1))
    return rows


def test_the_index_counts_and_lists(output: Path) -> None:
    rows = rows_of(output)
    assert [row[1] for row in rows] == [DAY + "01.txt", DAY + "02.txt"]
    assert [row[5:8] for row in rows] == [[2, 0, len(restored(output, 0))], [2, 1, len(restored(output, 1))]]
    html = (output / "proof" / "index.html").read_text(encoding="utf-8")
    text = Reader(html).visible
    for said in ("char.half-width-comma", "fragment.linked", "Add the page it comes from.", "2020-11-25"):
        assert said in text
    assert orjson.loads(re.search(r'id="chunks">(.*?)</script>', html).group(1)) == [[2, 0, 1, 2, 1, 0]]  # type: ignore[union-attr]


def restored(output: Path, number: int) -> str:
    records = {r["id"]: r for r in map(orjson.loads, (output / "articles.zh-Hans.jsonl").read_bytes().splitlines())}
    entries = [orjson.loads(line) for line in next((output / "ledger").iterdir()).read_bytes().splitlines()]
    return restore_text(entries[number], records)


def test_variants_are_shown_unless_they_are_older_than_the_text(tmp_path: Path) -> None:
    sample(tmp_path)
    records = [orjson.loads(line) for line in (tmp_path / "articles.zh-Hans.jsonl").read_bytes().splitlines()]
    text = records[1]["paragraphs"][0]
    at = text.index("奋斗")
    row = {"id": records[1]["id"], "para": 0, "witness": "copy.txt", "witness_start": 0, "witness_end": 1}
    missing = {**row, "start": at, "end": at, "ours": "", "theirs": "懈", "kind": "omission"}
    stale = {**row, "start": 0, "end": 2, "ours": "别的", "theirs": "字", "kind": "substitution"}
    put(tmp_path / "collation" / "apparatus.jsonl", [missing, stale])
    proof.write_proof(tmp_path)
    html = page(tmp_path, DAY + "01.txt")
    assert '<mark class=v data-k=omission data-w="copy.txt reads: 懈"></mark>' in html
    assert "别的" not in html
    assert rows_of(tmp_path)[0][12] == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    got: list[str] = []
    parser = HTMLParser()
    parser.handle_data = got.append  # type: ignore[method-assign]
    parser.handle_starttag = lambda tag, attrs: pytest.fail(tag)  # type: ignore[method-assign]
    parser.feed(f"{proof._esc(text)}")
    parser.close()
    shown = "".join(got)
    assert shown == proof._CONTROL.sub(proof._picture, text).replace("\r\n", "\n")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202e\r]", shown)


def test_a_line_end_that_became_a_blank_is_visible(tmp_path: Path) -> None:
    records, entries = compose_issue([(DAY + "01.txt", [("new",), ("p", "Python 3"), ("gap", "\n"), ("p", "works")])])
    records[0].update(paragraphs=["Python 3 works"], text="Python 3 works")
    pieces = [["keep", 0, 8, 0, 0], ["change", 8, 9, 0, 8, "layout.line-end", "\n", " "], ["keep", 9, 14, 0, 9]]
    entries[0].update(slots=[[records[0]["id"], "paragraphs", 0]], pieces=pieces)
    put(tmp_path / "articles.zh-Hans.jsonl", records)
    put(tmp_path / "ledger" / "x.jsonl", entries)
    proof.write_proof(tmp_path)
    assert re.search(r"""<del class='c b' data-r=\d+ data-a=" ">\n</del>""", page(tmp_path, DAY + "01.txt"))
