"""Collation: every deviation that a copy attests, none that is not there."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang import collate
from qingyang.records import AccountError

DATA = Path(__file__).parent / "data"
GOLD = json.loads((DATA / "sample.gold.json").read_text(encoding="utf-8"))["records"]
PROSE = "".join(GOLD[3]["paragraphs"])


def record(number: int) -> dict[str, Any]:
    gold = GOLD[number]
    return {"id": f"r-{number}", "paragraphs": list(gold["paragraphs"]), "text": "\n".join(gold["paragraphs"]), "flags": [], "metadata": {}}


def deviations(article: str) -> list[tuple[str, int, str, str]]:
    """(seed context, offset of the place in it, what the sample prints, what the copy has)."""
    out = []
    with (DATA / "sample.deviations.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["article_and_lines"].startswith(article) and row["op"] != "variant":
                left, rest = row["seed_context"].split("【")
                seed, right = rest.split("】")
                out.append((left + seed + right, len(left), seed, row["true"]))
    return out


def attested(number: int, article: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The article as the copies have it, made from the sample and the table of deviations; and the edits, in flat places."""
    flat = "".join(GOLD[number]["paragraphs"])
    edits = sorted((flat.index(context) + at, len(seed), true) for context, at, seed, true in deviations(article))
    out, here = [], 0
    for at, length, true in edits:
        out += [flat[here:at], true]
        here = at + length
    return "".join(out) + flat[here:], [(at, at + n, true) for at, n, true in edits]


@pytest.mark.parametrize(("number", "article", "rows", "variants"), [(0, "讲话", 18, 17), (2, "大会消息", 10, 10), (5, "默克尔", 6, 5)])
def test_every_deviation_of_the_sample_and_no_other(number: int, article: str, rows: int, variants: int) -> None:
    """个人理想/人生理想 and 中欧/欧中 stand as two rows in the table; a reader sees one change of a word."""
    ours = record(number)
    truth, edits = attested(number, article)
    assert len(edits) == rows
    others = [("flat", f"题目（2020年11月24日）作者{truth}（新华社北京11月24日电）《 人民日报 》"), ("other", PROSE * 2)]
    known = collate.witnesses(others)
    witness = collate.find_witness(ours, known)
    assert witness is not None and witness.name == "flat"
    found = collate.apparatus(ours, witness)
    assert len(found) == variants
    starts = [sum(map(len, ours["paragraphs"][:k])) for k in range(len(ours["paragraphs"]))]
    spans = [(starts[v.para] + v.start, starts[v.para] + v.end) for v in found]
    for start, end, _ in edits:
        assert any(s - 1 <= start and end <= e + 1 for s, e in spans), (start, end)
    for v in found:
        assert ours["paragraphs"][v.para][v.start : v.end] == v.ours
        assert witness.text[v.witness_start : v.witness_end] == v.theirs
    emended, _ = collate.emend(ours, found)  # type: ignore[arg-type]
    assert "".join(emended["paragraphs"]) == truth


def test_kinds_in_the_call() -> None:
    ours = record(5)
    known = collate.witnesses([("copy", attested(5, "默克尔")[0])])
    got = [(v.ours, v.theirs, v.kind) for v in collate.apparatus(ours, known.copies[0])]
    assert got == [
        ("取", "做", "substitution"),
        ("、", "，", "punctuation"),
        ("中欧", "欧中", "transposition"),
        ("欧", "", "addition"),
        ("欧", "", "addition"),
    ]


def test_an_omitted_sentence_is_reported_whole() -> None:
    """Of the equal positions 。习近平…伟业 and 习近平…伟业。 the second is a sentence."""
    known = collate.witnesses([("copy", attested(2, "大会消息")[0])])
    longest = max(collate.apparatus(record(2), known.copies[0]), key=lambda v: len(v.theirs))
    assert longest.theirs.startswith("习近平最后说") and longest.theirs.endswith("历史伟业。")
    assert (longest.para, longest.start) == (5, len(record(2)["paragraphs"][5]))


def test_a_report_of_a_speech_is_no_copy_of_the_speech() -> None:
    """The report gives the speech sentence by sentence and leaves some out: two thirds of it stand in the speech word for word."""
    speech, report = record(0), record(2)
    known = collate.witnesses([("speech", attested(0, "讲话")[0])])
    assert collate.find_witness(speech, known) is not None
    assert collate.find_witness(report, known) is None
    known = collate.witnesses([("report", attested(2, "大会消息")[0])])
    assert collate.find_witness(report, known) is not None
    assert collate.find_witness(speech, known) is None


def test_a_partial_copy_beside_a_whole_one_is_a_witness_too() -> None:
    text = "".join(record(3)["paragraphs"])
    known = collate.witnesses([("part", text[:300]), ("whole", text), ("other", "".join(record(0)["paragraphs"]))])
    assert [w.name for w in collate.find_witnesses(record(3), known)] == ["whole", "part"]


def test_nothing_outside_the_stretch_that_both_cover() -> None:
    ours = record(0)
    middle = "".join(ours["paragraphs"][9:12])
    known = collate.witnesses([("part", "别的新闻。今天多云转晴。" + middle + "另有报道说，春耕已经开始。" + PROSE * 2)])
    assert collate.find_witness(ours, known) is None, "a quotation is not a copy"
    assert collate.apparatus(ours, known.copies[0]) == []


def test_an_abridged_copy_has_no_variant_where_it_is_silent() -> None:
    ours = record(0)
    paragraphs = ours["paragraphs"]
    known = collate.witnesses([("abridged", "".join(paragraphs[:8] + paragraphs[13:]).replace("雄壮", "伟大"))])
    assert collate.find_witness(ours, known) is not None
    assert collate.apparatus(ours, known.copies[0]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("，", ","),
        lambda t: "  ".join(t),
        lambda t: t.replace("“", '"').replace("”", '"'),
        lambda t: t.replace("“", "「").replace("”", "」"),
        lambda t: t.replace("0", "０"),
        lambda t: t.replace("·", "•"),
    ],
)
def test_width_space_and_form_of_quotes_are_no_variants(change: Any) -> None:
    ours = record(0)
    text = "".join(ours["paragraphs"])
    assert change(text) != text
    assert collate.apparatus(ours, collate.witnesses([("x", change(text))]).copies[0]) == []


def test_an_unrelated_text_is_no_witness() -> None:
    assert collate.find_witness(record(0), collate.witnesses([("a", PROSE), ("b", "天气预报：今天多云转晴。")])) is None


def test_a_phrase_that_moved_is_one_transposition() -> None:
    ours = {"id": "t", "paragraphs": ["要坚决维护社会大局稳定，" + "加强和改进工作，" + PROSE[:60]]}
    theirs = "要坚决维护社会大局稳定，" + PROSE[:20] + "加强和改进工作，" + PROSE[20:60]
    found = collate.apparatus(ours, collate.witnesses([("x", theirs)]).copies[0])
    assert {v.kind for v in found} == {"transposition"} and len(found) == 2


def test_an_addition_over_a_paragraph_end_is_one_variant_per_paragraph() -> None:
    paragraphs = ["全国各行各业的同志们，劳动创造幸福，多出来的字", "也是多余的。唯实干才能成就梦想，唯奋进才能赢得未来。"]
    ours = {"id": "t", "paragraphs": paragraphs}
    theirs = "全国各行各业的同志们，劳动创造幸福，唯实干才能成就梦想，唯奋进才能赢得未来。"
    found = collate.apparatus(ours, collate.witnesses([("x", theirs)]).copies[0])
    assert [(v.para, v.ours, v.theirs, v.kind) for v in found] == [(0, "多出来的字", "", "addition"), (1, "也是多余的。", "", "addition")]


def test_emend_takes_back_exactly_and_carries_the_flags() -> None:
    ours = record(5)
    text = ours["paragraphs"][0]
    at, late = text.index("欧中欧"), text.index("持续良好")
    ours["flags"] = [
        {"para": 0, "start": at, "end": at + 3, "rule": "f", "suggestion": None, "why": "", "confidence": 0.5},
        {"para": 0, "start": late, "end": late + 2, "rule": "f", "suggestion": None, "why": "", "confidence": 0.5},
    ]
    known = collate.witnesses([("copy", attested(5, "默克尔")[0])])
    emended, ledger = collate.emend(ours, collate.apparatus(ours, known.copies[0]))  # type: ignore[arg-type]
    assert ours["paragraphs"] == GOLD[5]["paragraphs"], "the record itself is not touched"
    assert collate.unemend(emended, ledger) == ours["paragraphs"]
    assert [emended["paragraphs"][f["para"]][f["start"] : f["end"]] for f in emended["flags"]] == ["持续"]
    with pytest.raises(AccountError):
        collate.unemend(ours, ledger)


def test_two_witnesses_that_differ_emend_nothing() -> None:
    ours = {**record(5)}
    text = ours["paragraphs"][0]
    known = collate.witnesses([("a", text.replace("取得好", "做得好")), ("b", text.replace("取得好", "干得好"))])
    variants = [v for w in known.copies for v in collate.apparatus(ours, w)]
    assert len(variants) == 2
    assert collate.emend(ours, variants)[1] == []  # type: ignore[arg-type]
    agreed = [v for w in known.copies[:1] * 2 for v in collate.apparatus(ours, w)]
    assert len(collate.emend(ours, agreed)[1]) == 1  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_emended_paragraphs_are_the_witness(seed: int) -> None:
    """Whatever single characters are dropped, doubled or replaced, the emended copy reads as the witness does."""
    chance = random.Random(seed)
    paragraphs = GOLD[3]["paragraphs"]
    damaged = []
    for text in paragraphs:
        chars = list(text)
        for at in sorted(chance.sample(range(12, len(chars) - 2), 3) if len(chars) > 40 else [], reverse=True):
            chars[at : at + 1] = chance.choice([[], [chars[at]] * 2, ["某"], [chars[at], "又"]])
        damaged.append("".join(chars))
    ours = {"id": "d", "paragraphs": damaged, "text": "", "flags": [], "metadata": {}}
    known = collate.witnesses([("w", "".join(paragraphs))])
    witness = collate.find_witness(ours, known)
    assert witness is not None
    emended, ledger = collate.emend(ours, collate.apparatus(ours, witness))  # type: ignore[arg-type]
    assert "".join(emended["paragraphs"]) == "".join(paragraphs)
    assert collate.unemend(emended, ledger) == damaged


def test_json_lines_witness_and_its_errors() -> None:
    two = collate.read_witness("a.jsonl", '{"text":"甲"}\n\n{"title":"题","text":"乙"}\n')
    assert two == [("a.jsonl:1", "甲"), ("a.jsonl:3", "题\n乙")]
    for bad in ("不是", '{"body":"x"}', "[1]"):
        with pytest.raises(collate.SourceError, match=r"a\.jsonl:1"):
            collate.read_witness("a.jsonl", bad)


def test_the_last_mark_of_both_texts() -> None:
    ours = {"id": "e", "paragraphs": ["让我们不忘初心、牢记使命，勇担重任、拼搏奉献，努力创造新业绩。"]}
    known = collate.witnesses([("w", "让我们不忘初心、牢记使命，勇担重任、拼搏奉献，努力创造新业绩！")])
    assert [(v.ours, v.theirs, v.kind) for v in collate.apparatus(ours, known.copies[0])] == [("。", "！", "punctuation")]
    longer = collate.witnesses([("w", "让我们不忘初心、牢记使命，勇担重任、拼搏奉献，努力创造新业绩（新华社北京电）")])
    assert collate.apparatus(ours, longer.copies[0]) == []
