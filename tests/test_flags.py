"""Flags: what is suspicious, and what newspapers print on purpose."""

from __future__ import annotations

from datetime import date

import pytest

from qingyang.flagging import printed


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
