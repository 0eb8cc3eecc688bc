"""A source larger than any page: taken in parts, cleaned in the memory of one, and given back as one file."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from house import PAGE_1, PAGE_2, PAGE_3, bring, no_checks, sample, tree
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang.records import SourceError
from qingyang.settings import Settings
from tasks import corpus, lock, read
from tasks.manifest import STATE
from tasks.remote import Remote
from tasks.restore import restore
from tasks.workers import Workers

PAGES = [PAGE_1, PAGE_2, PAGE_3, PAGE_2.replace("小麦", "玉米"), PAGE_3.replace("柏林", "巴黎")]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two pages were too many for one source."""
    monkeypatch.setattr(read, "WHOLE", 800)
    monkeypatch.setattr(read, "PART", 700)
    no_checks(monkeypatch)


def test_all_groups_are_checked_in_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the frames of a check leave behind is kept for each thread that made one."""
    from tasks import check

    no_checks(monkeypatch)
    passed, seen = check.validate, []

    def validate(rows: Any) -> check.Verdicts:
        seen.append(threading.get_ident())
        return passed(rows)

    monkeypatch.setattr(check, "validate", validate)
    output = tmp_path / "output"
    with lock.hold(output / STATE), Workers(1) as pool, ThreadPoolExecutor(3) as threads:
        plan = corpus.survey(sample(tmp_path / "raw"), output, Settings(), pool)
        assert plan is not None
        barrier = threading.Barrier(len(plan.groups), timeout=60)

        def make(group: str) -> list[str]:
            barrier.wait()  # so that each is made in a thread of its own
            return corpus.make_group(plan, group, pool)

        assert not any(threads.map(make, plan.groups))
    assert len(seen) == len(plan.groups) == 2
    assert len(set(seen)) == 1


def test_of_the_rows_of_a_group_only_what_is_asked_for_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source of 200 MB is one group of a hundred thousand records."""
    from tasks import check

    no_checks(monkeypatch)
    passed, seen = check.validate, []

    def validate(rows: Any) -> check.Verdicts:
        seen.append(set(rows.columns))
        return passed(rows)

    monkeypatch.setattr(check, "validate", validate)
    bring(sample(tmp_path / "raw"), tmp_path / "output")
    assert seen
    assert all({"record_id", "kind"} <= columns <= check.ASKED for columns in seen)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"\n", b"\r\n\r\n", b"\f", "小".encode(), "麦".encode("gb18030"), b"x" * 9]), max_size=60))
def test_parts_are_the_file_and_end_with_lines(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    raw = Remote("memory://test-large")
    raw.put("a.txt", data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "PART", 40)
        try:
            found = list(read.parts(raw, "a.txt"))
        except SourceError:
            assert any(len(line) >= 40 - 2 for line in data.replace(b"\f", b"\n").split(b"\n"))
            return
    assert b"".join(part for _, part in found) == data
    assert [data[slice(*span)] for span, _ in found] == [part for _, part in found]
    assert all(0 < len(part) <= 40 for _, part in found)
    assert all(part.endswith((b"\n", b"\f")) for _, part in found[:-1])


def test_a_part_ends_where_a_page_does_or_else_at_a_blank_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "PART", 40)
    (tmp_path / "a.txt").write_bytes(b"x" * 25 + b"\f" + b"y\n\ny\n" * 10)
    (tmp_path / "b.txt").write_bytes(b"x" * 25 + b"\n\n" + b"y\ny\n" * 10)
    (tmp_path / "c.txt").write_bytes("小麦\n".encode("utf-16") * 40)
    assert next(read.parts(tmp_path, "a.txt"))[0] == (0, 26)
    assert next(read.parts(tmp_path, "b.txt"))[0] == (0, 27)
    with pytest.raises(SourceError, match="UTF-8, GB 18030 or Big5"):
        next(read.parts(tmp_path, "c.txt"))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_large_source_is_cleaned_in_parts_and_comes_back_as_one(tmp_path: Path, encoding: str) -> None:
    raw = sample(tmp_path / "raw")
    data = ("\n\n".join(PAGES) + "\f" + (PAGE_1 + "\f") * 12).encode(encoding)  # what comes again is a copy of a part
    (raw / "日报/2020-11-25/03.txt").write_bytes(data)
    plan, totals = bring(raw, tmp_path / "output")
    parts = [s for s in plan.seen if s.file.endswith("/03.txt")]
    assert len(parts) > 3 and all(s.name != s.file and s.size <= 700 and s.issue_date == "2020-11-25" for s in parts)
    assert totals["copies"] and totals["unreadable"] == 0
    records = [json.loads(line) for line in (tmp_path / "output/articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]
    ours = json.dumps([r for r in records if "@" in r["parts"][0]["source"]], ensure_ascii=False)
    assert all(word in ours for word in ("柏林", "巴黎", "玉米"))
    for record in records:
        for part in record["parts"]:
            if (found := read.part_of(part["source"])) is not None:
                (span,) = [s.span for s in parts if s.name == part["source"]]
                assert span is not None and span[0] == found[1]
                assert 0 <= part["start"] < part["end"] <= len(data[slice(*span)].decode(encoding))
    count, failures = restore(tmp_path / "output", tmp_path / "back")
    assert (count, failures) == (5, [])
    given_back = {p.relative_to(tmp_path / "back"): p.read_bytes() for p in (tmp_path / "back").rglob("*") if p.is_file()}
    assert given_back == {p.relative_to(raw): p.read_bytes() for p in raw.rglob("*.txt")}


@pytest.mark.usefixtures("small")
def test_nothing_is_done_twice_and_a_change_is_that_of_a_run_from_nothing(tmp_path: Path) -> None:
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    large = raw / "日报/2020-12-01/02.txt"
    large.write_text("\n\n".join(PAGES), "utf-8")
    bring(raw, output)
    plan, _ = bring(raw, output)
    assert plan.pending == [] and corpus.is_current(plan)
    for change in ("\n\n".join([*PAGES, PAGE_2.replace("小麦", "高粱")]), "\n\n".join(PAGES[2:]), PAGE_1):
        large.write_text(change, "utf-8")
        bring(raw, output)
        bring(raw, tmp_path / "fresh", force=True)
        assert tree(output) == tree(tmp_path / "fresh")
    large.unlink()
    bring(raw, output)
    bring(raw, tmp_path / "fresh")
    assert tree(output) == tree(tmp_path / "fresh")


@pytest.mark.usefixtures("small")
def test_a_part_that_cannot_be_read_is_set_aside_alone(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    data = (PAGE_1 + "\n\n" + PAGE_2).encode("gb18030") + b"\n\n" + bytes(range(1, 10)) * 60 + b"\n\n" + (PAGE_3 + PAGE_2).encode("gb18030")
    (raw / "all.txt").write_bytes(data)
    _, totals = bring(raw, tmp_path / "output")
    assert totals["unreadable"] >= 1 and totals["articles"] >= 2
    assert restore(tmp_path / "output", tmp_path / "back") == (1, [])
    assert (tmp_path / "back" / "all.txt").read_bytes() == data


@pytest.mark.usefixtures("small")
def test_a_source_that_lacks_a_part_is_not_given_back(tmp_path: Path) -> None:
    raw, output = tmp_path / "raw", tmp_path / "output"
    raw.mkdir()
    (raw / "all.txt").write_text(
        "\n\n".join([*PAGES, *(page.replace("预计", "专家估计").replace("两国", "三国") for page in PAGES)]), "utf-8"
    )
    bring(raw, output)
    (ledger,) = output.rglob("ledger/*.jsonl")
    lines = ledger.read_bytes().splitlines(keepends=True)
    assert len(lines) > 2
    for k in range(len(lines)):
        ledger.write_bytes(b"".join(lines[:k] + lines[k + 1 :]))
        count, failures = restore(output, tmp_path / f"back{k}")
        assert count == 0 and [f for f in failures if f.startswith("all.txt: cannot be restored")]
        assert list((tmp_path / f"back{k}").rglob("*")) == []


@pytest.mark.usefixtures("small")
def test_a_large_object_is_read_in_parts_too(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "all.txt").write_text("\n\n".join(PAGES), "utf-8")
    raw = Remote(f"memory://{tmp_path.name}")
    raw.put("all.txt", (tmp_path / "raw" / "all.txt").read_bytes())
    bring(raw, tmp_path / "output")  # type: ignore[arg-type]
    bring(tmp_path / "raw", tmp_path / "other")
    assert tree(tmp_path / "output") == tree(tmp_path / "other")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_part_begins_with_a_headline_where_one_follows_a_blank_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, end: str
) -> None:
    monkeypatch.setattr(read, "PART", 700)
    body = ["　　本台今天從北京知道，今年的小米收成很好。", "　　天氣也好。", "　　北京很高興，天津也很高興，到處都很高興。"]
    story = [line for text in ("小米收成好", *body) for line in (text, "")]
    (tmp_path / "all.txt").write_bytes(end.join(story * 20).encode(encoding))
    found = [data.decode(encoding) for _, data in read.parts(tmp_path, "all.txt")]
    assert len(found) > 3
    assert all(text.startswith(story[0]) for text in found)
    assert "".join(found) == end.join(story * 20)
