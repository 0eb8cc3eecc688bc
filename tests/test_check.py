"""Verdicts: a record that breaks one expectation fails exactly that one, and nothing passes that was not judged."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tracemalloc
import unicodedata
from collections.abc import Callable
from typing import Any

import pandas
import pytest
from test_metrics import SPEECH, fragment, record, variants, words

from qingyang import metrics
from tasks import check, judge
from tasks.expectations import CORPUS, CRITICAL, INFO, ISSUES, RECORD, WARNING

Row = dict[str, Any]
MOJIBAKE = "".join(c for c in "".join(SPEECH).encode().decode("gb18030", "ignore") if unicodedata.category(c) != "Co")

BESTIARY = "蟾蜍、蚯蚓、蝌蚪、蜻蜓、螳螂、蟋蟀、蜈蚣、蝙蝠、鹧鸪、鹌鹑、鸳鸯、鹦鹉、麒麟、貔貅、狻猊、獬豸、饕餮、魑魅、魍魉。"
FLAG = {"para": 1, "start": 0, "end": 1, "rule": "flag.lone-bracket", "suggestion": None, "why": "", "confidence": 0.5}


def row(rec: Any, **more: Any) -> Row:
    """The row of a record with all its views."""
    return metrics.row(rec, **{"words": words(rec), "variants": variants(rec), "ledger_share": {"removed": 0.03}, **more})


def spoilt(what: str, spoil: Callable[[Any], Any]) -> Callable[[], Row]:
    """A row whose words or Traditional forms are spoilt."""

    def make() -> Row:
        rec = record()
        view = {"words": words, "variants": variants}[what](rec)
        spoil(view)
        return row(rec, **{what: view})

    return make


def in_pairs(view: Any) -> Any:
    """The words of a view, two and two taken together."""
    for sentence in view["sentences"]:
        sentence["words"] = ["".join(sentence["words"][k : k + 2]) for k in range(0, len(sentence["words"]), 2)]
    return view


def untraditional(forms: Any) -> None:
    """One of 135 characters left in Simplified: 劳模 for 勞模. The form still converts back."""
    form = forms["zh-Hant"]
    form["paragraphs"][1] = form["paragraphs"][1].replace("大力弘揚勞", "大力弘揚劳")
    form["text"] = "\n".join(form["paragraphs"])


def other_words(forms: Any) -> None:
    form = forms["zh-Hant-HK"]
    form["paragraphs"][1] = form["paragraphs"][1].replace("精神", "靈魂").replace("熱愛", "喜歡")
    form["text"] = "\n".join(form["paragraphs"])


CASES: dict[str, Callable[[], Row] | Any] = {
    "record.measured": lambda: row(record()) | {"control_characters": None},
    "record.id-unique": lambda: row(record(id="twice", headline="同一个编号的另一篇")),
    "record.kind": lambda: row(record(kind="advertisement")),
    "record.accounted": lambda: row(record(), accounted=False),
    "record.parts": lambda: row(record(parts=[])),
    "record.text-joins": lambda: row(record(text="".join(SPEECH)), variants={}),
    "record.words-join": spoilt("words", lambda w: w["sentences"][0]["words"].pop()),
    "record.variant-structure": spoilt("variants", lambda v: v["zh-Hant"].update(headline=None)),
    "record.no-control": lambda: row(record(headline="劳动\x07最光荣")),
    "record.no-zero-width": lambda: row(record(headline="劳动\u200b最光荣")),
    "record.no-jump-line": lambda: row(record(paragraphs=[*SPEECH, "（下转第四版）"])),
    "record.readable": lambda: row(record(paragraphs=[*SPEECH, "Привет, Россия! Мы работаем."])),
    "record.not-mojibake": lambda: row(record(paragraphs=[MOJIBAKE + "。"], headline=None, byline=None, authors=[], kind="fragment",
                                              continued_from={"page": "1", "id": None}, complete=False)),
    "record.mostly-chinese": lambda: row(record(paragraphs=["It is work that makes us, and a new era needs work of everybody. " * 5 + "."],
                                                headline="劳动", byline=None, sign_off=None, authors=[])),
    "record.within-budget": lambda: row(record(), ledger_share={"removed": 0.4, "furniture.folio": 1.6}),
    "record.has-body": lambda: row(record(paragraphs=[])),
    "record.no-furniture": lambda: row(record(paragraphs=["4  经济    人民日报    2024年4月22日 星期一", *SPEECH])),
    "record.no-dateline": lambda: row(record(paragraphs=[*SPEECH, "新华社北京11月24日电　国家主席习近平24日同德国总理默克尔通电话。"])),
    "record.order": lambda: row(record(metadata={"order": "unsure"})),
    "record.continuation": lambda: row(record(metadata={"continuation": "unsure"})),
    "record.brackets": lambda: row(record(paragraphs=[*SPEECH, "默克尔（德国总理表示同意。"])),
    "record.quotes": lambda: row(record(paragraphs=[*SPEECH, "他说：“中德合作好！默克尔表示同意。"])),
    "record.paragraph-ends": lambda: row(record(paragraphs=[SPEECH[1][:-12], SPEECH[2]])),
    "record.paragraph-starts": lambda: row(record(paragraphs=[SPEECH[2], "，为党分忧。"])),
    "record.like-prose": lambda: row(record(paragraphs=["劳动", "创造", "奋斗", "光荣", "崇高", "伟大", "美丽。"])),
    "record.paragraph-length": lambda: row(record(paragraphs=["".join(SPEECH) * 20])),
    "record.trimmed": lambda: row(record(paragraphs=[*SPEECH, " 同志们！"])),
    "record.no-repeats": lambda: row(record(paragraphs=[*SPEECH, SPEECH[2]])),
    "record.no-run": lambda: row(record(paragraphs=[*SPEECH, "目录============第四版。"])),
    "record.no-blanks": lambda: row(record(paragraphs=[*SPEECH, "主 席 团 名 单。"])),
    "record.no-replacement": lambda: row(record(paragraphs=[*SPEECH, "党\ufffd分忧。"])),
    "record.no-private-use": lambda: row(record(paragraphs=[*SPEECH, "党\ue001分忧。"])),
    "record.no-compatibility": lambda: row(record(paragraphs=[*SPEECH, "⼈民。"])),
    "record.common-characters": lambda: row(record(paragraphs=[BESTIARY])),
    "record.headline": lambda: row(record(headline=None)),
    "record.date-valid": lambda: row(record(date="2020-11-31")),
    "record.date-near": lambda: row(record(date="2020-11-26")),
    "record.complete": lambda: row(record(complete=False)),
    "record.authors": lambda: row(record(authors=["今天，我们隆重召开大会"])),
    "record.words-parity": lambda: row(record(), reference=in_pairs(words(record()))),
    "record.variant-script": spoilt("variants", untraditional),
    "record.variant-back": spoilt("variants", other_words),
    "fragment.linked": lambda: row(fragment(continued_from=None)),
    "fragment.no-headline": lambda: row(fragment(headline="习近平同德国总理默克尔通电话")),
    "record.han-share": lambda: row(record(paragraphs=["女子组：" + "1. 12.31；2. 12.44；3. 12.58；4. 12.60；" * 4])),
    "record.half-width": lambda: row(record(paragraphs=["劳动,光荣。"])),
    "record.flags": lambda: row(record(flags=[FLAG] * 9)),
    "record.whole": lambda: row(record(complete=False, continued_on={"page": "4", "id": None})),
}  # fmt: skip
"""One row per expectation that breaks it."""

BREAKS_TOO = {"record.not-mojibake": {"record.common-characters"}}
"""Text read in the wrong encoding is rarer than a list of names by definition."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """All the broken rows, each with its expectation for an id, and two good ones."""
    out = [make() | ({} if key == "record.id-unique" else {"record_id": key}) for key, make in CASES.items()]
    return [*out, row(record(id="twice")), row(record(id="good")), row(fragment(id="good fragment"))]


@pytest.fixture(scope="module")
def found(rows: list[Row]) -> check.Verdicts:
    return check.validate(pandas.DataFrame(rows))


def of(verdicts: check.Verdicts, key: str) -> dict[str, Any]:
    return next(r for r in verdicts.results["results"] if r["id"] == key)


def test_every_expectation_has_a_record_that_breaks_it() -> None:
    assert set(CASES) == {e.id for e in RECORD}


def test_good_records_pass(found: check.Verdicts) -> None:
    assert found.by_id["good"] == {"verdict": "pass", "failed": []}
    assert found.by_id["good fragment"] == {"verdict": "pass", "failed": []}
    assert found.errored == []


@pytest.mark.parametrize("e", RECORD, ids=lambda e: e.id)
def test_a_record_fails_exactly_what_it_breaks(e: Any, found: check.Verdicts) -> None:
    name = "twice" if e.id == "record.id-unique" else e.id
    verdict = {CRITICAL: "fail", WARNING: "warn", INFO: "pass"}[e.severity]
    failed = {e.id} | BREAKS_TOO.get(e.id, set()) if e.severity != INFO else set()
    assert (found.by_id[name]["verdict"], set(found.by_id[name]["failed"])) == (verdict, failed)
    assert name in of(found, e.id)["result"]["unexpected_ids"]
    assert (name in found.critical) == (e.severity == CRITICAL)
    if e.severity == CRITICAL:
        (reason,) = found.critical[name]
        assert e.id in reason
        assert e.meaning in reason
        assert e.advice in reason


def test_reasons_say_what_was_found(found: check.Verdicts) -> None:
    assert "Found 1." in found.critical["record.no-jump-line"][0]
    assert "Found furniture.folio." in found.critical["record.within-budget"][0]
    assert "Found zh-Hant." in found.critical["record.variant-structure"][0]


def test_what_is_only_counted_does_not_spoil_the_whole() -> None:
    found = check.validate(pandas.DataFrame([row(fragment(id="x"))]))
    assert (found.verdict, found.results["success"], of(found, "record.whole")["success"]) == ("pass", True, False)


def test_the_whole_is_as_bad_as_its_worst(found: check.Verdicts, rows: list[Row]) -> None:
    good = [r for r in rows if r["record_id"].startswith("good")]
    warned = [r for r in rows if r["record_id"] == "record.quotes"]
    assert found.verdict == "fail"
    assert check.validate(pandas.DataFrame(good)).verdict == "pass"
    assert check.validate(pandas.DataFrame(good + warned)).verdict == "warn"


def test_the_same_rows_give_the_same_bytes_and_nothing_of_the_run(found: check.Verdicts, rows: list[Row]) -> None:
    from_json_lines = [json.loads(json.dumps(r)) for r in rows]
    again = check.validate(pandas.DataFrame(from_json_lines))
    assert json.dumps(found.results) == json.dumps(again.results)
    assert (found.by_id, found.critical) == (again.by_id, again.critical)
    assert "batch_id" not in json.dumps(found.results)


def test_one_row() -> None:
    assert check.validate(pandas.DataFrame([row(record(id="x"))])).by_id == {"x": {"verdict": "pass", "failed": []}}


def test_no_rows() -> None:
    for frame in (pandas.DataFrame(), pandas.DataFrame([row(record())]).iloc[:0]):
        none = check.validate(frame)
        assert (none.by_id, none.critical, none.errored, none.verdict) == ({}, {}, [], "pass")
        assert len(none.results["results"]) == len(RECORD)


def test_views_that_were_not_made_are_not_judged() -> None:
    bare = [metrics.row(record(id=name)) for name in ("a", "b")]
    assert check.validate(pandas.DataFrame(bare)).by_id == {name: {"verdict": "pass", "failed": []} for name in ("a", "b")}


def test_a_figure_that_is_missing_is_no_pass() -> None:
    columns = ("jump_lines", "accounted", "parts_ok", "han_share", "headline_length", "kind")
    holes = [row(record(id=f"{c} {hole}")) | {c: hole} for c in columns for hole in (None, float("nan"))]
    found = check.validate(pandas.DataFrame([row(record(id="good")), *holes]))
    assert found.by_id.pop("good")["verdict"] == "pass"
    assert len(found.by_id) == 2 * len(columns)
    assert all(v == {"verdict": "fail", "failed": ["record.measured"]} for v in found.by_id.values())


# ---- expectations that raise


def test_an_expectation_that_raises_is_no_pass() -> None:
    frame = pandas.DataFrame([row(record(id="a")), row(record(id="b", headline=None)), row(fragment(id="c"))]).drop(columns="jump_lines")
    found = check.validate(frame)
    assert found.verdict == "error"
    assert len(found.errored) == 1
    assert found.errored[0].startswith("record.no-jump-line: ")
    assert found.by_id["a"] == {"verdict": "warn", "failed": ["check.errored:record.no-jump-line"]}
    assert set(found.by_id["b"]["failed"]) == {"check.errored:record.no-jump-line", "record.headline"}
    assert found.critical == {}
    said = of(found, "record.no-jump-line")
    assert (said["success"], said["exception_info"]["raised_exception"]) == (False, True)
    assert of(found, "record.no-control")["success"] is True


def test_values_of_the_wrong_type_raise_and_are_told() -> None:
    found = check.validate(pandas.DataFrame([row(record(id="a")), row(record(id="b")) | {"longest_run": "many"}]))
    assert found.verdict == "error"
    assert found.by_id["a"]["failed"] == ["check.errored:record.no-run"]


def test_only_the_records_that_were_asked_are_warned_of_an_error() -> None:
    frame = pandas.DataFrame([row(record(id="article")), row(fragment(id="fragment"))]).drop(columns="head_missing")
    found = check.validate(frame)
    assert found.by_id["article"] == {"verdict": "pass", "failed": []}
    assert found.by_id["fragment"] == {"verdict": "warn", "failed": ["check.errored:fragment.linked"]}
    assert found.verdict == "error"


def test_when_all_breaks_down_every_expectation_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("no context\nand a long story")

    monkeypatch.setattr(judge, "_batches", broken)
    found = check.validate(pandas.DataFrame([row(record(id="a"))]))
    assert found.verdict == "error"
    assert len(found.errored) == len(RECORD)
    assert found.errored[0].endswith("RuntimeError: no context")
    assert found.by_id["a"]["verdict"] == "warn"


TOGETHER = judge._together


def test_figures_put_together_come_to_what_each_comes_to_alone(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    holes = [row(record(id=f"{c} null")) | {c: None} for c in ("jump_lines", "accounted", "headline_length", "kind", "date_valid")]
    for frame in (pandas.DataFrame(rows + holes), pandas.DataFrame([r | {"date_valid": None, "over_budget": None} for r in rows])):
        together = check.validate(frame)
        with monkeypatch.context() as patch:
            patch.setattr(judge, "_together", lambda name, table, frame: {})
            alone = check.validate(frame)
            patch.setattr(judge, "_together", TOGETHER)
            patch.setattr(judge, "TOGETHER", 3)
            some_at_a_time = check.validate(frame)
        for other in (alone, some_at_a_time):
            assert json.dumps(together.results) == json.dumps(other.results)
            assert (together.by_id, together.critical) == (other.by_id, other.critical)


def test_what_is_not_asked_for_changes_nothing(rows: list[Row]) -> None:
    whole = check.validate(pandas.DataFrame(rows))
    part = check.validate(pandas.DataFrame([{name: r[name] for name in r if name in check.ASKED} for r in rows]))
    assert len(check.ASKED & rows[0].keys()) < len(rows[0])
    assert json.dumps(part.results) == json.dumps(whole.results)
    assert (part.by_id, part.critical) == (whole.by_id, whole.critical)
    assert not check.ASKED - {*rows[0], "missing_figures", "long", "many_paragraphs"}, "misspelt"


def test_figures_are_put_together_for_some_rows_at_a_time(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    figures, held = judge._figures, []

    def of_some(e: Any, frame: pandas.DataFrame) -> Any:
        held.append(len(frame))
        return figures(e, frame)

    monkeypatch.setattr(judge, "_figures", of_some)
    monkeypatch.setattr(judge, "TOGETHER", 3)
    check.validate(pandas.DataFrame(rows))
    assert len(rows) > 3
    assert max(held) == 3


# ---- the corpus


def many(count: int = 10, **changes: Any) -> list[Row]:
    return [metrics.row(record(id=f"r{k}", paragraphs=[*SPEECH, f"第{k}。"], **changes)) for k in range(count)]


def other(rows: list[Row], **changes: Any) -> list[Row]:
    """The same with other ids and texts."""
    return [r | {"record_id": f"x{k}", "text_hash": f"{k:016x}", **changes} for k, r in enumerate(rows)]


TWIN = {"record_id": "twin", "text_hash": "1" * 16}
CORPUS_CASES: dict[str, Callable[[], list[Row]]] = {
    "corpus.id-unique": lambda: [*many(), many(1)[0] | {"text_hash": "0" * 16}],
    "corpus.text-unique": lambda: [*many(), many(1)[0] | TWIN, many(1)[0] | TWIN | {"record_id": "twin 2"}],
    "corpus.quarantined": many,
    "corpus.warned": many,
    "corpus.placed": lambda: many(4) + other(many(6), publication=None),
    "corpus.fragments": lambda: many(6) + other(many(4), kind="fragment"),
    "corpus.han-share": lambda: [r | {"han_share": 0.5} for r in many()],
    "corpus.issue-pages": lambda: many(5) + other(many(5), page="4"),
}
TOLD = {"corpus.quarantined": {"r3": "fail"}, "corpus.warned": dict.fromkeys(("r1", "r2", "r3", "r4"), "warn")}


def whole(rows: list[Row]) -> list[Row]:
    """With a page 1, so that no page of the issue is missing."""
    return [*rows, rows[0] | {"record_id": "front", "text_hash": "f" * 16, "page": "1"}]


@pytest.mark.parametrize("key", CORPUS_CASES)
def test_a_corpus_fails_exactly_what_it_breaks(key: str) -> None:
    told = TOLD.get(key, {})
    found = check.validate_corpus({**row, "verdict": told.get(row["record_id"])} for row in whole(CORPUS_CASES[key]()))
    assert [r["id"] for r in found.results["results"] if not r["success"]] == [key]
    assert found.errored == []


def test_undated_papers_are_not_placed_either() -> None:
    rows = other(many(), date=None, issue_date=None)
    found = check.validate_corpus(rows)
    assert [r["id"] for r in found.results["results"] if not r["success"]] == ["corpus.dated", "corpus.placed"]


def test_a_good_corpus_and_an_empty_one() -> None:
    good = check.validate_corpus(whole([row | {"verdict": "pass"} for row in many()]))
    assert (good.verdict, good.by_id, good.results["statistics"]["issues"]) == ("pass", {}, 1)
    empty = check.validate_corpus([])
    assert [r["id"] for r in empty.results["results"] if not r["success"]] == ["corpus.not-empty"]
    assert {*CORPUS_CASES, "corpus.dated", "corpus.not-empty"} == {e.id for e in (*CORPUS, *ISSUES)}


def test_two_records_of_one_text_are_named() -> None:
    found = check.validate_corpus(whole(CORPUS_CASES["corpus.text-unique"]()))
    assert found.by_id == {name: {"verdict": "warn", "failed": ["corpus.text-unique"]} for name in ("twin", "twin 2")}


def test_a_large_corpus_is_checked_in_little_memory() -> None:
    def peak(count: int) -> int:
        model = whole(many())[0]
        rows = (model | {"record_id": f"{k:016x}-0", "text_hash": f"{k:016x}", "issue": f"日报 {k // 500}"} for k in range(count))
        gc.collect()
        tracemalloc.start()
        try:
            assert not check.validate_corpus(rows).errored
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # loads what it needs
    few = peak(2_000)
    assert peak(22_000) - few < 20_000 * 200  # bytes a record: it takes 100, and lists of its figures took 900


def test_pages_of_sections_are_counted_by_section() -> None:
    rows = [r | {"page": page} for r, page in zip(many(4), ("A1", "A3", "B1", "B2"), strict=True)]
    found = check.validate_corpus(rows)
    assert of(found, "corpus.issue-pages")["result"]["unexpected_ids"] == ["人民日报 2020-11-25"]
    rows[1]["page"] = "A2,A1"  # an article of two pages
    assert of(check.validate_corpus(rows), "corpus.issue-pages")["success"]


# ---- manners


def test_great_expectations_is_imported_whole_where_it_cannot_do_without() -> None:
    code = (
        "from tasks import quiet; quiet.ABSENT += ('great_expectations.checkpoint',); "  # breaks off in the middle
        "from tasks import check; import pandas; v = check.validate(pandas.DataFrame([{'record_id': 'x', 'kind': 'letter'}])); "
        "import sys; assert sys.modules['great_expectations.checkpoint'] and sys.modules['scipy.stats'].norm; "
        "print([r['success'] for r in v.results['results'] if r['id'] in ('record.id-unique', 'record.kind')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[True, False]\n", done.stderr


def test_great_expectations_is_imported_late_and_silent() -> None:
    code = (
        "import os, sys; os.environ.pop('GX_ANALYTICS_ENABLED', None); from tasks import check; "
        "assert not any(m.startswith(('great_expectations', 'pandas')) for m in sys.modules); "
        "import pandas; v = check.validate(pandas.DataFrame([{'record_id': 'x'}])); assert v.verdict == 'error'; "
        "assert os.environ['GX_ANALYTICS_ENABLED'] == 'false'; print('well')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("well\n", "")


def test_the_table_is_whole() -> None:
    table = (*RECORD, *CORPUS, *ISSUES)
    assert len({e.id for e in table}) == len(table) == len(check.BY_ID)
    for e in table:
        assert e.severity in (CRITICAL, WARNING, INFO)
        assert e.meaning.endswith(".")
        assert e.advice.endswith(".")
    columns = {*row(record()), "missing_figures"}
    assert {e.column for e in RECORD} <= columns
