"""Flags: what is suspicious, and what newspapers print on purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyang import clean, flags
from qingyang.flagging import channel, printed, spelling


@pytest.mark.parametrize(
    ("paragraphs", "places"),
    [
        (["有的以“宁脏我一个、幸福千万家为给排水工作默默奉献。"], [(0, 3)]),
        (["他说：“今天很好。", "“明天更好。”"], []),
        (["1）坚持改革；2）扩大开放。"], []),
        (["读了《读书》和〈论语》。"], [(0, 7), (0, 10)]),
        (["唱响“劳动最光荣”的主旋律。"], []),
    ],
)
def test_brackets(paragraphs: list[str], places: list[tuple[int, int]]) -> None:
    assert sorted((f["para"], f["start"]) for f in printed.brackets(paragraphs)) == places


def test_a_partner_may_stand_in_the_missing_part() -> None:
    assert printed.brackets(["量”的主旋律。"], head_missing=True) == []
    assert printed.brackets(["奏响了“咱们工人有力"], tail_missing=True) == []
    assert len(printed.brackets(["奏响了“咱们工人有力"])) == 1


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("大会将于11月31日闭幕。", "11月31日"),
        ("二月三十日", "二月三十日"),
        ("2021年2月29日", "2021年2月29日"),
        ("2020年2月29日", None),
        ("农历二月三十日", None),
        ("1月31日", None),
        ("增长2.11月31日", None),
        ("11月24日（星期二）", None),
        ("11月24日（星期三）", "11月24日（星期三"),
    ],
)
def test_dates(text: str, flagged: str | None) -> None:
    flags = printed.dates([text], date(2020, 11, 25))
    assert [text[f["start"] : f["end"]] for f in flags] == ([flagged] if flagged else [])


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("孙泽洲、白玉晶、刘丽、王曙群、刘双燕、胡洪炜、熊桂林、潘从明、赵新录、帕夏古丽·克热木等10人，是2020年新当选的", False),
        ("孙泽洲、白玉晶、刘丽、王曙群、刘双燕、胡洪炜、熊桂林、潘从明、赵新录、帕夏古丽·克热木等9人，是2020年新当选的", True),
        ("孙泽洲、白玉晶、刘丽等10人", False),
        ("孙泽洲、白玉晶、刘丽和王曙群4人", False),
        ("孙泽洲、白玉晶和王曙群4人", True),
    ],
)
def test_counts(text: str, flagged: bool) -> None:
    assert bool(printed.counts([text])) is flagged


def repaired(text: str) -> list[tuple[str, str | None, str]]:
    """What is suspected in a sentence: printed characters, suggestion, rule."""
    return [(text[f["start"] : f["end"]], f["suggestion"], f["rule"].removeprefix("flag.")) for f in channel.find([text])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # found on 人民日报 2020-11-25, page 2
        ("为实现中华民族伟大复兴的中国梦而不奋斗！", ("不", "不懈", "phrase")),
        # synthetic: one error each in sentences of government reports
        ("我们要进一步加强党的领的导，团结全国各族人民。", ("的", "", "extra")),
        ("各级政府要切实加强对这项工作的领导和和监督。", ("和和", "和", "doubled")),
        ("坚持以经济建设为中心，推动社会主义观代化建设。", ("观代化", "现代化", "lookalike")),
        ("全国人民代表大会常务委员会听取了国院的报告。", ("国院", "国务院", "dropped")),
        ("要认真落实十五大提出的各项任务，近一步深化改革。", ("近一步", "进一步", "homophone")),
        ("要认真贯彻执行党的针方政策，做好各项工作。", ("针方政策", "方针政策", "swapped")),
    ],
)
def test_a_repair_is_told(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in repaired(text)


@pytest.mark.parametrize(
    "text",
    [
        "为实现中华民族伟大复兴的中国梦而不懈奋斗！",
        "劳动模范是民族的精英、人民的楷模，是共和国的功臣。",
        "孙泽洲、白玉晶、刘丽、王曙群、刘双燕、胡洪炜、熊桂林、潘从明、赵新录、帕夏古丽·克热木等10人",
        "一批批先进模范人物涌现出来，年年如此，户户有彩电。",
        "竞争中有胜有负，企业越办越好。",
        "他当上了民工队队长。",
        "记者刘志娇、马仲良采访了副委员长太亨彻。",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repaired(text) == []


def test_what_stands_so_elsewhere_in_the_article_is_no_misprint() -> None:
    odd = "全国人民代表大会常务委员会听取了国院的报告。"
    assert repaired(odd)
    assert channel.find([odd, "这份报告由了国院的人起草。"]) == []


def test_an_echo_and_its_look_alikes() -> None:
    assert [f["suggestion"] for f in spelling.echoes(["继续就下阶段德中、欧中欧重要政治议程保持密切沟通。"])] == ["欧中"]
    assert spelling.echoes(["在对美中美方的立场", "推动德中、欧中关系", "中欧中小企业"]) == []


@pytest.mark.parametrize(
    ("paragraphs", "suggestion"),
    [
        (["市长徐匡迪出席。徐匡迪指出，要抓紧。", "市长徐匡敌会见外宾。"], "徐匡迪"),
        (["市长徐匡迪出席。徐匡迪指出，要抓紧。", "市长徐匡明会见外宾。"], None),
        (["市长徐匡迪出席。", "市长徐匡敌会见外宾。"], None),
    ],
)
def test_two_spellings(paragraphs: list[str], suggestion: str | None) -> None:
    assert [f["suggestion"] for f in spelling.two_spellings(paragraphs)] == ([suggestion] if suggestion else [])


@pytest.mark.parametrize(
    ("printed_dateline", "flagged"),
    [
        ("新华社北京11月24日电", False),
        ("新华社北京11月31日电", True),
        ("新华社北京11月27日电", True),
        ("新华社北京1月24日电", True),
        ("新华社北京9月2日电", False),
    ],
)
def test_dateline(printed_dateline: str, flagged: bool) -> None:
    assert bool(printed.dateline(printed_dateline, date(2020, 11, 25))) is flagged


@given(st.lists(st.text(alphabet="的国人民党中欧和劳动模范工作要在是“”《》（）○一二月日123aB，。、\u3000𠀀"), max_size=5))
def test_flags_lie_inside_their_paragraph(paragraphs: list[str]) -> None:
    record: Any = {"paragraphs": paragraphs, "issue_date": "2020-11-25", "complete": True}
    record |= dict.fromkeys(("dateline", "continued_from", "continued_on"))
    for f in flags.find(record):
        assert 0 <= f["start"] <= f["end"] <= len(paragraphs[f["para"]])
        assert 0 < f["confidence"] <= 1
        assert f["why"]


@pytest.mark.parametrize(
    ("text", "flagged"),
    [("取得了很大进步、但仍有差距。", True), ("你、我、他都有责任。", False), ("将军、将士和职工", False), ("工人、农民和干部", False)],
)
def test_an_enumeration_comma_before_a_clause(text: str, flagged: bool) -> None:
    assert ("flag.comma" in [f["rule"] for f in channel.find([text])]) is flagged


def test_traditional_text_is_not_held_against_simplified_words() -> None:
    """Synthetic, after weather news of Taiwan: 氣象局 was said to sound like 气象局, which is the same word."""
    text = "中央氣象局指出，中度颱風昨晚八時的中心位置在鵝鑾鼻東南方，衛生署署長昨天為此召開會議，提醒民眾注意防颱。"
    assert channel.find([text])
    (found,) = clean(f"氣象局發布颱風警報\n\n　　{text}\n".encode())
    assert (found["lang"], found["flags"]) == ("zh-Hant", [])
    (other,) = clean("气象局发布台风警报\n\n　　中央气象局指出，台风的中心位置在鹅銮鼻东南方，有关部门昨天为此召开会议。\n".encode())
    assert other["lang"] == "zh-Hans"
