"""Traditional text: names, phrases, OpenCC's own cases, the structure of a record, flags, and the way back."""

from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang import scripts
from qingyang.records import SettingError
from qingyang.scripts import CONFIGS, Converter, Converters, converts_back, simplified_only
from qingyang.words import Segmenter

DATA = Path(__file__).parent / "data"
CASES = tomllib.loads((DATA / "script_cases.toml").read_text(encoding="utf-8"))
OPENCC = json.loads((DATA / "opencc_testcases.json").read_text(encoding="utf-8"))["cases"]
SEGMENTER = Segmenter()
TOGETHER = Converters(segmenter=SEGMENTER)
CHARACTERS = "范长江于余记者说、，。“”发展中国后里干面了解支持声明程序互联网\0\x1d\x1e\ufdd0 a1"
LINE = st.text(CHARACTERS, max_size=30) | st.text(max_size=20)

# Government work reports and the sample page; names as in script_cases.toml
PARAGRAPHS = [
    "新华社北京消息，范长江、于伟国出席会议。范长江指出，要做好困难群众帮扶救助，推动各国企业在华发展。",
    "在新时代新征程，村里通了公路，走八里路就到县城，计算机信息系统也建起来了。",
    "同志们！",
]


@cache
def converter(variant: str) -> Converter:
    return Converter(variant, SEGMENTER)


def record(**changes: Any) -> Any:
    out: dict[str, Any] = {
        "id": "8f14e45fceea167a-0", "kind": "article", "headline": "历史的发展", "kicker": None, "deck": "（后记）",
        "byline": "本报记者 于洋", "authors": ["于洋", "范瑞杰"],
        "dateline": "新华社里约热内卢11月24日电", "agency": "新华社", "place": "里约热内卢", "sign_off": None,
        "date": "2020-11-24", "publication": "人民日报", "issue_date": "2020-11-25", "page": "2", "paragraphs": PARAGRAPHS, "text": "",
        "lang": "zh-Hans", "continued_from": {"page": "1", "id": None}, "continued_on": None, "complete": False,
        "parts": [{"source": "人民日报/2020-11-25/02.txt", "page": "2", "start": 0, "end": 9}],
        "flags": [{"para": 0, "start": 0, "end": 1, "rule": "x", "suggestion": None, "why": "", "confidence": 0.5}],
        "source": "人民日报/2020-11-25/02.txt", "created": "2020-11-25",
        "metadata": {"docdate": "（2020年11月24日发）", "captions": ["图为干部参与制造。", "后台"], "date_from": "dateline"},
        "checks": {"verdict": "pass", "failed": []},
    }  # fmt: skip
    out |= changes
    out["text"] = "\n".join(out["paragraphs"])
    return out


@pytest.mark.parametrize(
    ("variant", "text", "expected"),
    [
        (variant, text, expected)
        for table, variant in (("names", "zh-Hant"), ("phrases", "zh-Hant"), ("tw", "zh-Hant-TW"), ("hk", "zh-Hant-HK"))
        for text, expected, _ in CASES[table]
    ],
)
def test_names_and_phrases(variant: str, text: str, expected: str) -> None:
    assert converter(variant).text(text) == expected


def test_the_table_is_worth_its_name() -> None:
    # Sixty names and thirty phrases, and most of them are beyond OpenCC alone.
    assert len(CASES["names"]) >= 60
    assert len(CASES["phrases"]) >= 30
    plain = opencc.OpenCC("s2t")
    wrong = [text for text, expected, _ in CASES["names"] + CASES["phrases"] if plain.convert(text) != expected]
    assert len(wrong) >= 45


@pytest.mark.parametrize("variant", CONFIGS)
def test_opencc_expectations(variant: str) -> None:
    config = CONFIGS[variant]
    wrong = {
        case["id"]: converter(variant).text(case["input"])
        for case in OPENCC
        if config in case["expected"] and converter(variant).text(case["input"]) != case["expected"][config]
    }
    assert wrong == {}


def test_opencc_expectations_are_all_there() -> None:
    assert {c: sum(c in case["expected"] for case in OPENCC) for c in CONFIGS.values()} == {"s2t": 96, "s2twp": 84, "s2hk": 51}


@pytest.mark.parametrize("variant", CONFIGS)
def test_structure_of_a_record(variant: str) -> None:
    ours = record()
    before = deepcopy(ours)
    theirs = converter(variant).convert(ours)
    assert ours == before
    assert list(theirs) == list(ours)
    same = {
        "id",
        "kind",
        "date",
        "publication",
        "issue_date",
        "page",
        "continued_from",
        "continued_on",
        "complete",
        "parts",
        "source",
        "created",
        "checks",
    }
    assert {key: theirs[key] for key in same} == {key: ours[key] for key in same}  # type: ignore[literal-required]
    assert theirs["lang"] == variant
    assert len(theirs["paragraphs"]) == len(ours["paragraphs"])
    assert theirs["text"] == "\n".join(theirs["paragraphs"])
    assert (theirs["kicker"], theirs["sign_off"]) == (None, None)
    assert theirs["authors"] == ["于洋", "范瑞傑"]
    assert theirs["byline"] == "本報記者 于洋"
    assert theirs["headline"] == "歷史的發展"
    assert theirs["metadata"]["date_from"] == "dateline"
    assert theirs["metadata"]["docdate"] == "（2020年11月24日發）"
    assert len(theirs["metadata"]["captions"]) == 2
    assert "參與製造" in theirs["metadata"]["captions"][0]
    assert simplified_only(json.dumps({**theirs, **dict.fromkeys(same)}, ensure_ascii=False)) == set()


def test_variants_differ_as_they_should() -> None:
    texts = {variant: converter(variant).convert(record())["paragraphs"][1] for variant in CONFIGS}
    assert texts == {
        "zh-Hant": "在新時代新征程，村裏通了公路，走八里路就到縣城，計算機信息系統也建起來了。",
        "zh-Hant-TW": "在新時代新征程，村裡通了公路，走八里路就到縣城，計算機資訊系統也建起來了。",
        "zh-Hant-HK": "在新時代新征程，村裏通了公路，走八里路就到縣城，計算機信息系統也建起來了。",
    }


def test_a_reading_serves_all_variants() -> None:
    together = Converters(segmenter=SEGMENTER).convert(record())
    assert together == {variant: converter(variant).convert(record()) for variant in CONFIGS}
    assert Converters([]).convert(record()) == {}


@given(st.lists(st.lists(LINE, max_size=3), max_size=4))
@settings(deadline=None, max_examples=40)
def test_records_converted_together_are_as_alone(some: list[list[str]]) -> None:
    records = [record(paragraphs=paragraphs, authors=["于洋"] * (k % 2)) for k, paragraphs in enumerate(some)]
    assert TOGETHER.convert_all(records) == [TOGETHER.convert(each) for each in records]


def test_a_full_lexicon_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = TOGETHER.convert(record())
    monkeypatch.setattr(scripts, "_VOCABULARY", 3)
    converters = Converters(segmenter=SEGMENTER)
    for _ in range(2):
        converters.convert(record(paragraphs=["头发很长。", "里程"]))
        assert converters.convert(record()) == before


def test_authors_are_protected_in_the_text() -> None:
    line = ["今年丰收，于洋来到田间。"]
    assert converter("zh-Hant").convert(record(paragraphs=line))["paragraphs"] == ["今年豐收，于洋來到田間。"]


# ---- flags


def flagged(variant: str, *paragraphs: str) -> list[tuple[str, str, str | None]]:
    out = converter(variant).convert(record(paragraphs=list(paragraphs), authors=[], flags=[]))
    return [(f["rule"], out["paragraphs"][f["para"]][f["start"] : f["end"]], f["suggestion"]) for f in out["flags"]]


@pytest.mark.parametrize("variant", CONFIGS)
def test_flags_stand_at_the_character_in_the_variant(variant: str) -> None:
    # In Taiwan's text the words before the name are longer than in the Simplified text.
    assert flagged(variant, "互联网。", "互联网和出租车，记者范长江报道。") == [("script.name", "范", "範")]
    assert flagged(variant, "互联网、出租车，京沈高速公路") == [("script.shen", "沈", "瀋")]
    assert flagged(variant, "记者李杰报道") == [("script.given-name", "傑", "杰")]


def test_a_name_is_flagged_once() -> None:
    assert flagged("zh-Hant", "记者范长江说。范长江又说。", "范长江笑了。") == [("script.name", "范", "範")]


def test_a_doubtful_name_is_left_to_opencc_and_flagged() -> None:
    assert flagged("zh-Hant", "李志敏扎根于莲乡红土地") == [("script.name", "於", "于")]


def test_phrase_across_words_is_flagged_on_single_characters() -> None:
    assert flagged("zh-Hant", "提出了解决办法") == [("script.phrase", "了", "瞭")]


def test_what_context_decides_is_not_flagged() -> None:
    plain = "各国企业在华发展，困难群众的头发，皇后以后，干部把粮食晒干，走了八里路，村里，这只是开始，一只羊，两点多钟。"
    assert flagged("zh-Hant", plain) == []
    assert converter("zh-Hant").text(plain) == (
        "各國企業在華發展，困難羣衆的頭髮，皇后以後，幹部把糧食曬乾，走了八里路，村裏，這只是開始，一隻羊，兩點多鐘。"
    )


# ---- the way back


def test_simplified_only() -> None:
    assert simplified_only("后来发展了，皇后里面") == {"发", "来"}
    assert simplified_only(converter("zh-Hant").text("为了团结一切可以团结的力量，发扬历史传统")) == set()
    assert simplified_only("臺灣裏面羣衆，abc。") == set()


@pytest.mark.parametrize("variant", CONFIGS)
def test_converts_back(variant: str) -> None:
    ours = record()
    theirs = converter(variant).convert(ours)
    assert converts_back(ours, theirs) == 1.0
    lost: Any = {**theirs, "paragraphs": [theirs["paragraphs"][0][:10], *theirs["paragraphs"][1:]]}
    assert converts_back(ours, lost) < 0.8
    wrong: Any = {**theirs, "paragraphs": ["錯" * len(p) for p in theirs["paragraphs"]]}
    assert converts_back(ours, wrong) < 0.1


def test_converts_back_forgives_what_was_printed_in_traditional() -> None:
    ours = record(paragraphs=["台灣同胞們，後來發展了。"])
    assert converts_back(ours, converter("zh-Hant").convert(ours)) == 1.0


# ---- any text


LINES = st.lists(LINE, max_size=4)


@given(LINES, LINES)
@settings(deadline=None, max_examples=40)
def test_any_text_keeps_its_structure(paragraphs: list[str], captions: list[str]) -> None:
    ours = record(paragraphs=paragraphs, metadata={"captions": captions})
    for variant in CONFIGS:
        theirs = converter(variant).convert(ours)
        assert len(theirs["paragraphs"]) == len(paragraphs)
        assert len(theirs["metadata"]["captions"]) == len(captions)
        assert [bool(p) for p in theirs["paragraphs"]] == [bool(p) for p in paragraphs]
        for paragraph, out in zip(paragraphs, theirs["paragraphs"], strict=True):
            assert [c for c in out if c in "\0\x1d\x1e，。、“”"] == [c for c in paragraph if c in "\0\x1d\x1e，。、“”"]
        for flag in theirs["flags"]:
            assert 0 <= flag["start"] < flag["end"] <= len(theirs["paragraphs"][flag["para"]])


@given(st.lists(st.sampled_from("范长江于伟国记者余报道说、，。发展中国后来里程干部面对了解制造支持只是"), max_size=40).map("".join))
@settings(deadline=None)
def test_a_sentence_alone_is_as_in_its_paragraph(text: str) -> None:
    # The paragraphs of a record do not reach into each other.
    alone = converter("zh-Hant").convert(record(paragraphs=[text], authors=[]))["paragraphs"]
    among = converter("zh-Hant").convert(record(paragraphs=["同志们！", text, "完。"], authors=[]))["paragraphs"]
    assert len(among[1]) == len(alone[0])


@pytest.mark.parametrize("line", ["李志敏扎根于莲乡红土地发展中国家", "做好困难群众工作，", "范长江、于伟国、"])
def test_a_long_line_costs_no_more_by_the_character(line: str) -> None:
    # Minutes if each place looked at the whole line.
    out = converter("zh-Hant-TW").convert(record(paragraphs=[line * 10_000], authors=[]))
    assert out["paragraphs"][0].startswith(converter("zh-Hant-TW").text(line)[:4])


def test_unknown_variant() -> None:
    with pytest.raises(SettingError, match="zh-Hant-TW"):
        Converter("zh-TW")
