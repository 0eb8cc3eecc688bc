"""Characters: what is proposed, what is left alone, and that a second pass has nothing to add."""

from __future__ import annotations

import csv
import time
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qingyang import characters
from qingyang.characters import apply, blanks, normalise
from qingyang.rulebook import load

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = (ROOT / "raw/人民日报/2020-11-25/02.txt").read_text(encoding="utf-8")

MIXED = st.text(
    st.one_of(
        st.sampled_from(
            "中国人民，。：；！？（）“”《》—…,:;!?().．－／& ａＡ１２12aZ％%"
            "︵︶﹙﹚︙﹕⼈⺠⼾勇﨑\u200b\ufeff\u00ad\u0007\t\n\r\x85\u2028 　\u00a0○〇①㈠"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


def plain(text: str) -> str:
    return apply(text, normalise(text))


@settings(deadline=None)
@given(MIXED)
@example("︵,⼈")
@example("１\u200b．２")
@example("(\u200b中")
@example("中\u200b;&nb\u200bsp;中")
@example("\U0002f800\U000e0100中,\U0002f801")
def test_a_second_pass_finds_nothing(text: str) -> None:
    assert normalise(plain(text)) == []


@settings(deadline=None)
@given(MIXED)
def test_edits_are_sorted_apart_and_change_something(text: str) -> None:
    here = 0
    for e in normalise(text):
        assert here <= e.start < e.end
        assert text[e.start : e.end] != e.after
        assert not set(text[e.start : e.end]) & set(characters.LINE_ENDS + characters.BLANKS)
        here = e.end


@settings(deadline=None)
@given(MIXED, st.integers(0, 30), st.integers(0, 60))
def test_blanks_take_blanks_only_and_all_at_once(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    edits = blanks(text, start, end)
    assert all(e.after == "" and start <= e.start < e.end <= end and not text[e.start : e.end].strip(characters.BLANKS) for e in edits)
    assert [e.start for e in edits] == sorted({e.start for e in edits})


def test_every_row_of_the_table_folds_and_none_unfolds() -> None:
    """The table says what Unicode says; no target is itself a source."""
    rows = list(characters._table())
    sources = {c for c, _, _ in rows}
    assert len(sources) == len(rows)
    assert not sources & set("".join(after for c, after, rule in rows))
    by_rule = load().rules
    for c, after, rule in rows:
        assert by_rule[rule].find.search(f"1{c}1"), (c, rule)
        if rule == "char.compatibility-ideograph":
            assert unicodedata.normalize("NFC", c) == after
        elif rule in ("char.kangxi-radical", "char.fullwidth-digit", "char.fullwidth-letter"):
            assert unicodedata.normalize("NFKC", c) == after
    assert sum(rule == "char.kangxi-radical" for _, _, rule in rows) == 214
    assert sum(rule == "char.cjk-radical" for _, _, rule in rows) == 114


@pytest.mark.parametrize("c", "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩○〇①㈠Ⅳ㎏℃，。！？：；（）、“”……——々　")
def test_characters_that_stay(c: str) -> None:
    assert normalise(f"中{c}国") == [] and normalise(c) == []


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("会⻅外宾，决胜全⾯建成⼩康社会", "会见外宾，决胜全面建成小康社会"),
        ("这是⼾籍改革，为⽤⼾服务", "这是户籍改革，为用户服务"),  # PDF text in simplified script; Unicode's table gives 戶
        ("⼾", "戶"),
        ("本报北京１２月３１日讯，增长２．５％", "本报北京12月31日讯，增长2.5%"),
        ("国内统一连续出版物号 CN ４７-００９６", "国内统一连续出版物号 CN 47-0096"),
        ("Ｃ．Ｂ．同志，１．加快", "C.B.同志，1．加快"),
        ("会谈后,双方签署协议:", "会谈后，双方签署协议："),
        ("会谈后, 双方签署协议", "会谈后， 双方签署协议"),
        ("上午8:30,大会开幕", "上午8:30，大会开幕"),
        ("比分3:2,中国队胜!", "比分3:2，中国队胜！"),
        ("共1,234人(其中妇女300人)", "共1,234人（其中妇女300人）"),
        ("“OK”,他说", "“OK”，他说"),
        ("网址:http://www.people.com.cn/?a=1,2", "网址：http://www.people.com.cn/?a=1,2"),
        ("(1)加快发展", "（1）加快发展"),
        ("1)加快发展", "1）加快发展"),
        ("函数f(x)", "函数f(x)"),
        ("(010)65369876", "(010)65369876"),
        ("热线(010)65369876", "热线（010）65369876"),
        ("（上接第1版)", "（上接第1版）"),
        ("（上接第一版】", "（上接第一版】"),
        ("&nbsp;中国", "&nbsp;中国"),
        ("Hello, world! (1998)", "Hello, world! (1998)"),
        ("中国,\n1998", "中国，\n1998"),  # the mark sees its own line only
        ("1998,\n中国", "1998,\n中国"),
        ("小\u200b麦丰\ufeff收\u0007", "小麦丰收"),
        ("争做奋斗者 建功新征程", "争做奋斗者 建功新征程"),
        ("李  舸  董 昊", "李  舸  董 昊"),
        ("二○○三年", "二○○三年"),
    ],
)
def test_page_text(printed: str, clean: str) -> None:
    assert plain(printed) == clean


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("供 应 量 由 1992 年 的", "供应量由1992年的"),
        ("片 、 文 字 、 图 表 、 模", "片、文字、图表、模"),
        ("我国 国民经济持续增长", "我国国民经济持续增长"),
        ("人民， 群众 。", "人民，群众。"),
        ("（记者李　舸、王 观）", "（记者李舸、王观）"),
        ("使用 Python 编写，增长 5 个百分点", "使用 Python 编写，增长 5 个百分点"),
        ("出席的有：张三丰　李四光　王五云", "出席的有：张三丰　李四光　王五云"),
        ("孟祥麟 黄发红 刘 歌 李 舸", "孟祥麟 黄发红 刘歌 李舸"),
        ("一、总则　二、分则", "一、总则　二、分则"),
        ("小麦丰\n 收 了", "小麦丰\n 收了"),
        ("Ⅰ  Ⅱ", "Ⅰ  Ⅱ"),
    ],
)
def test_blanks_of_a_paragraph(printed: str, clean: str) -> None:
    assert apply(printed, blanks(printed)) == clean


def test_blanks_stay_inside_the_stretch() -> None:
    text = "争做奋斗者 建功新征程\n我们 的 国家"
    assert [(e.start, e.end) for e in blanks(text, 12)] == [(14, 15), (16, 17)]


def test_sample_page_keeps_its_words_and_all_its_deviations() -> None:
    """Only the width of brackets changes on the page the project was made for."""
    edits = normalise(SAMPLE)
    assert {e.rule for e in edits} == {"char.halfwidth-parenthesis"}
    clean = apply(SAMPLE, edits)
    assert unicodedata.normalize("NFKC", clean) == unicodedata.normalize("NFKC", SAMPLE)
    with (ROOT / "tests/data/sample.deviations.tsv").open(encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    assert len(rows) == 40
    for row in rows:
        printed = row["seed_context"].replace("【", "").replace("】", "")
        if printed in SAMPLE:
            assert printed in clean


def test_own_rule_wins_where_it_meets_ours() -> None:
    book = load({"my.toml": "[[rule]]\nid='char.my-dash'\nfind='１－'\nthen='replace'\nwith='一——'\nwhy='x'\nexamples=['⟦１－⟧','2']"})
    assert [(e.start, e.end, e.after, e.rule) for e in normalise("１－２", book)] == [
        (0, 2, "一——", "char.my-dash"),
        (2, 3, "2", "char.fullwidth-digit"),
    ]


@pytest.mark.parametrize("piece", ["(", ")", ",", "()", "(中", "\u200b", "．", "１．", ";", "&a;", "⼾", " ,", "“", "中 国 "])
def test_long_lines_cost_no_more_than_their_length(piece: str) -> None:
    """A line of a million characters is judged in one pass: twice the length must not take four times as long."""
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    normalise(text)
    blanks(text)
    assert time.process_time() - started < 4


def test_the_table_ships_with_its_source() -> None:
    assert "Unicode" in (files("qingyang") / "rules/characters.tsv").read_text(encoding="utf-8")[:900]
