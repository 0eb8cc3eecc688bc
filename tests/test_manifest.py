"""A run does only what changed, and its result is always that of a run from nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from house import PAGE_1, PAGE_2, PAGE_3, bring, from_nothing, no_checks, sample, tree, write

from qingyang.settings import Settings
from tasks import corpus, manifest, proof
from tasks.manifest import STATE
from tasks.restore import restore


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return sample(tmp_path / "raw")


@pytest.fixture
def output(tmp_path: Path, raw: Path) -> Path:
    bring(raw, tmp_path / "output")
    return tmp_path / "output"


def test_unchanged_corpus_is_recognised_without_writing(raw: Path, output: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in output.rglob("*") if p.is_file()}
    plan = corpus.survey(raw, output, Settings(), None)
    assert plan is not None and corpus.is_current(plan)
    assert before == {p: p.stat().st_mtime_ns for p in output.rglob("*") if p.is_file()}


def _add(raw: Path) -> None:
    write(raw, **{"日报/2020-12-02/01.txt": PAGE_2.replace("河北", "山东")})


def _change(raw: Path) -> None:
    write(raw, **{"日报/2020-12-01/01.txt": PAGE_3.replace("柏林", "巴黎")})


def _change_without_a_trace(raw: Path) -> None:
    path = raw / "日报/2020-12-01/01.txt"
    status = path.stat()
    write(raw, **{"日报/2020-12-01/01.txt": PAGE_3.replace("柏林", "巴黎")})
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size


def _delete(raw: Path) -> None:
    (raw / "日报/2020-12-01/01.txt").unlink()


def _rename(raw: Path) -> None:
    (raw / "日报/2020-12-01/01.txt").rename(raw / "日报/2020-12-01/03.txt")


def _move_to_another_month(raw: Path) -> None:
    (raw / "日报/2020-12-01").rename(raw / "日报/2021-01-01")


def _copy(raw: Path) -> None:
    shutil.copy(raw / "日报/2020-12-01/01.txt", raw / "日报/2020-12-01/01 (1).txt")


def _same_page_another_day(raw: Path) -> None:
    shutil.copy(raw / "日报/2020-12-01/01.txt", raw / "日报/2020-11-25/09.txt")


def _break(raw: Path) -> None:
    (raw / "日报/2020-12-01/01.txt").write_bytes(b"")


def _sidecar(raw: Path) -> None:
    (raw / "日报/2020-12-01/01.txt.json").write_text('{"page": "7"}', "utf-8")


def _compress(raw: Path) -> None:
    path = raw / "日报/2020-12-01/01.txt"
    path.with_name("01.txt.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


def _late_page_1(raw: Path) -> None:
    write(raw, **{"晚报/2020-11-25/02.txt": PAGE_1})


EVENTS = [
    _add,
    _change,
    _change_without_a_trace,
    _delete,
    _rename,
    _move_to_another_month,
    _copy,
    _same_page_another_day,
    _break,
    _sidecar,
    _compress,
    _late_page_1,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__[1:])
def test_what_changed_is_made_again_and_nothing_else(raw: Path, output: Path, tmp_path: Path, event: Callable[[Path], None]) -> None:
    event(raw)
    plan, _ = bring(raw, output)
    assert len(plan.pending) <= 2 and len(plan.pending) < len(plan.shards) + 1
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")
    again = corpus.survey(raw, output, Settings(), None)
    assert again is not None and corpus.is_current(again)


def test_the_copy_takes_over_when_the_original_goes(raw: Path, output: Path, tmp_path: Path) -> None:
    _copy(raw)
    bring(raw, output)
    assert "duplicate_of" in (output / "quarantine.jsonl").read_text("utf-8")
    (raw / "日报/2020-12-01/01 (1).txt").unlink()
    _, totals = bring(raw, output)
    assert totals["copies"] == 0
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")


CARRIED_ON = """（上接第一版）
引各族人民开拓进取，为全面建设社会主义现代化国家作出新的更大的贡献。

秋粮收购座谈会召开

本报石家庄11月24日电 全省秋粮收购工作座谈会昨天在石家庄召开，各地就收购资金和运输问题进行了讨论。
"""


def test_two_editions_of_a_day_keep_the_page_that_they_share(tmp_path: Path) -> None:
    raw, output = tmp_path / "raw", tmp_path / "output"
    front = PAGE_1.replace("激励各族人民开拓进取。（下转第二版）", "激励和指\n（下转第二版）")
    for edition in ("早版", "晚版"):
        write(raw, **{f"甲报/2020-11-25-{edition}/1.txt": f"甲报 {edition}\n\n{front}", f"甲报/2020-11-25-{edition}/2.txt": CARRIED_ON})
    write(raw, **{"甲报/2020-11-25-早版/2 (1).txt": CARRIED_ON, "收件/x.txt": CARRIED_ON})
    _, totals = bring(raw, output)
    records = [json.loads(line) for line in (output / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]
    assert totals["copies"] == 2 and totals["cleaned"] == 4 and totals["sources"] == 6
    for edition in ("早版", "晚版"):
        mine = [r for r in records if r["source"].startswith(f"甲报/2020-11-25-{edition}")]
        assert [r["headline"] for r in mine] == ["全国劳模表彰大会在京举行", "秋粮收购座谈会召开"]
        assert mine[0]["complete"] and "激励和指引各族人民" in mine[0]["text"]
        assert all(r["metadata"]["edition"] == edition for r in mine)
    assert len({r["id"] for r in records}) == len(records)
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")
    restored, failures = restore(output, tmp_path / "back")
    assert (restored, failures) == (6, [])


def test_a_name_that_is_no_utf_8_comes_back_as_it_was(tmp_path: Path) -> None:
    raw, name = tmp_path / "raw", os.fsdecode("人民日报".encode() + b"/\xb5\xda1\xb0\xe6.txt")
    write(raw, **{name: PAGE_1, "人民日报/第1版.txt": PAGE_2})
    bring(raw, tmp_path / "output")
    assert restore(tmp_path / "output", tmp_path / "back") == (2, [])
    assert (tmp_path / "back" / name).read_bytes() == PAGE_1.encode()


def test_an_id_is_that_of_the_bytes_where_no_other_issue_prints_them(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write(raw, **{"甲报/2020-11-25/02.txt": PAGE_2})
    bring(raw, tmp_path / "one")
    alone = (tmp_path / "one" / "articles.zh-Hans.jsonl").read_text("utf-8")
    write(raw, **{"甲报/2020-11-26/02.txt": PAGE_2, "乙报/2020-11-27/02.txt": PAGE_2})
    bring(raw, tmp_path / "three")
    lines = (tmp_path / "three" / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == 3 and alone in lines
    assert json.loads(alone)["id"].startswith(hashlib.sha256(PAGE_2.encode()).hexdigest()[:16])
    assert len({json.loads(line)["id"] for line in lines}) == 3


def test_what_is_said_beside_a_copy_reaches_everything_that_shows_it(raw: Path, output: Path, tmp_path: Path) -> None:
    shutil.copy(raw / "日报/2020-11-25/01.txt", raw / "日报/x.txt")
    bring(raw, output)
    assert "duplicate_of" in (output / "quarantine.jsonl").read_text("utf-8")
    (raw / "日报/x.txt.json").write_text('{"page": "A2"}', "utf-8")
    bring(raw, output)
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")


@pytest.mark.parametrize(
    "name",
    ["articles.zh-Hans.jsonl", "words.jsonl", "ledger/日报-2020-11.jsonl", "quarantine.jsonl",
     "checks/日报-2020.json", "checks/corpus.json", "manifest.json", "proof/index.html"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["gone", "tampered"])
def test_missing_and_tampered_files_are_made_again(raw: Path, output: Path, name: str, how: str) -> None:
    before = tree(output)
    path = output / name
    if how == "gone":
        path.unlink()
    else:
        status = path.stat()
        data = path.read_bytes() or b" "
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    plan = corpus.survey(raw, output, Settings(), None)
    assert plan is not None and not corpus.is_current(plan)
    bring(raw, output)
    assert tree(output) == before


def test_damaged_state_is_no_truth(raw: Path, output: Path) -> None:
    before = tree(output)
    for path in [*(output / STATE).rglob("*.json"), *(output / STATE).rglob("*.jsonl")]:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    bring(raw, output)
    assert tree(output) == before
    shutil.rmtree(output / STATE)
    bring(raw, output)
    assert tree(output) == before


def test_other_settings_make_everything_again_and_leave_no_stale_variant(raw: Path, output: Path, tmp_path: Path) -> None:
    only = Settings(variants=("zh-Hant-TW",))
    plan, _ = bring(raw, output, only)
    assert set(plan.pending) == set(plan.shards)
    assert not (output / "articles.zh-Hant.jsonl").exists()
    assert tree(output) == from_nothing(raw, tmp_path / "fresh", only)


def test_a_corpus_outgrows_one_file_and_fits_again_without_being_made_again(raw: Path, output: Path, tmp_path: Path) -> None:
    whole = tree(output)
    shards = Settings(one_file_up_to_mb=0)
    plan, _ = bring(raw, output, shards)
    assert plan.pending == []
    assert tree(output) == from_nothing(raw, tmp_path / "fresh", shards)
    lines = b"".join(p.read_bytes() for p in sorted((output / "articles.zh-Hans").iterdir()))
    assert lines == whole["articles.zh-Hans.jsonl"]
    plan, _ = bring(raw, output)
    assert plan.pending == []
    assert tree(output) == whole


def test_workers_make_no_difference(raw: Path, output: Path, tmp_path: Path) -> None:
    bring(raw, tmp_path / "two", workers=2)
    assert tree(tmp_path / "two") == tree(output)


def test_what_a_run_will_have_to_open_is_known_before_it_begins(raw: Path, output: Path) -> None:
    whole = sum(path.stat().st_size for path in raw.rglob("*.txt"))
    assert corpus.awaiting(raw, output.parent / "none", Settings()) == whole
    assert corpus.awaiting(raw, output, Settings()) == 0
    assert corpus.awaiting(raw, output, Settings(), force=True) == whole
    write(raw, **{"日报/2020-12-09/01.txt": "新的一页"})
    assert corpus.awaiting(raw, output, Settings()) == 12


def test_another_code_makes_everything_again(raw: Path, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "fingerprint", lambda: "another")
    plan, _ = bring(raw, output)
    assert set(plan.pending) == set(plan.shards)


def test_manifest_lists_every_file_with_its_checksum(output: Path) -> None:
    document = json.loads((output / "manifest.json").read_bytes())
    on_disk = {n for n in tree(output) if n != "manifest.json"}
    assert set(document["files"]) == on_disk
    for name, kept in document["files"].items():
        assert hashlib.sha256((output / name).read_bytes()).hexdigest() == kept["sha256"]


@pytest.mark.parametrize(
    ("publication", "date", "key"),
    [
        ("人民日报", "2020-11-25", "人民日报-2020-11"),
        ("../../etc", None, "etc-unknown"),
        ("a/b c", "1958-01-01", "a_b_c-1958-01"),
        ("版" * 300, "1958-01-01", None),
    ],
)
def test_shard_keys_are_file_names(publication: str, date: str | None, key: str | None) -> None:
    made = manifest.shard_key(publication, date)
    assert key is None or made == key
    assert "/" not in made and len(made.encode()) < 200 and not made.startswith(".")


def test_pages_stand_in_order_of_their_numbers() -> None:
    keys = sorted(["10", "2", "A2", "A10", "B1", None, "1"], key=manifest._page_key)
    assert keys == ["1", "2", "10", "A2", "A10", "B1", None]


def test_a_tampered_page_of_the_proof_is_mended(raw: Path, output: Path) -> None:
    before = tree(output)
    pages = sorted((output / "proof" / "pages").rglob("*.html"))
    pages[0].write_text("<p>forged", "utf-8")
    pages[1].unlink()
    (output / "proof" / "index.html").write_text("<p>forged", "utf-8")
    plan, _ = bring(raw, output)
    assert plan.pending == [] and tree(output) == before


def test_only_what_was_made_is_looked_at_for_the_proof(raw: Path, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    ours = proof._Corpus.digest
    monkeypatch.setattr(proof._Corpus, "digest", lambda self, s: (looked.append(s.name), ours(self, s))[1])
    _add(raw)
    bring(raw, output)
    assert looked == ["日报-2020-12"]
    assert tree(output) == from_nothing(raw, tmp_path / "fresh")


def test_a_run_that_died_before_the_proof_is_made_up_for(raw: Path, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _change(raw)
    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr(corpus, "_proof", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        bring(raw, output)
    plan, _ = bring(raw, output)
    assert plan.pending == [] and tree(output) == from_nothing(raw, tmp_path / "fresh")


def test_the_proof_may_be_left_for_later(raw: Path, output: Path, tmp_path: Path) -> None:
    without = Settings(proof=False)
    plan, _ = bring(raw, output, without)
    assert plan.pending == [] and not (output / "proof").exists()
    assert tree(output) == from_nothing(raw, tmp_path / "fresh", without)
    assert corpus.renew_proof(output).is_file()
    again = corpus.survey(raw, output, without, None)
    assert again is not None and corpus.is_current(again)
    listed = json.loads((output / "manifest.json").read_bytes())["files"]
    assert listed["proof/index.html"]["sha256"] == hashlib.sha256((output / "proof/index.html").read_bytes()).hexdigest()
    bring(raw, output)
    assert tree(output) == from_nothing(raw, tmp_path / "fresh2")


def test_a_source_too_large_for_a_page_is_kept_whole(raw: Path, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.restore.PIECE", 64)
    write(raw, **{"日报/2020-11-25/09.txt": "".join(chr(0x4E00 + k * 7919 % 20000) for k in range(5000))})
    bring(raw, output, Settings(max_source_mb=0.005))
    count, failures = restore(output, tmp_path / "back")
    assert (count, failures) == (5, [])
    assert (tmp_path / "back/日报/2020-11-25/09.txt").read_bytes() == (raw / "日报/2020-11-25/09.txt").read_bytes()
    ledger = output / "ledger" / "日报-2020-11.jsonl"
    told = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    for entry in told:
        if "raw" in entry:
            entry["raw"] = entry["raw"][:400] + entry["raw"][404:]
    ledger.write_text("".join(json.dumps(entry) + "\n" for entry in told), "utf-8")
    count, failures = restore(output, tmp_path / "again")
    assert count == 4 and "09.txt" in failures[0]
    assert not list((tmp_path / "again").rglob("*.tmp")) and not (tmp_path / "again/日报/2020-11-25/09.txt").exists()
