"""Numbers, dates and page labels in every way newspapers print them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyang.numerals import full_dates, han_number, page_label, parse_date

HAN = "〇一二三四五六七八九"


def placed(n: int) -> str:
    """1–99 with 十, as dates have it."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


def wide(s: str) -> str:
    return s.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})


@given(st.integers(1, 99))
def test_small_numbers(n: int) -> None:
    assert {han_number(s) for s in (str(n), wide(str(n)), placed(n), f"0{n}")} == {n}


@given(st.integers(0, 9_999))
def test_numbers_digit_by_digit(n: int) -> None:
    assert han_number("".join(HAN[int(c)] for c in str(n))) == n
    assert han_number(str(n).translate({ord(str(i)): HAN[i] for i in range(10)}).replace("〇", "○")) == n


@pytest.mark.parametrize(
    ("s", "n"),
    [
        ("一百", 100),
        ("一百零八", 108),
        ("一百一十", 110),
        ("三千零五十", 3050),
        ("一万二千", 12000),
        ("两千", 2000),
        ("一亿三千万", 130_000_000),
    ],
)
def test_large_numbers(s: str, n: int) -> None:
    assert han_number(s) == n


@pytest.mark.parametrize("s", ["", "百", "千一", "十十", "一百百", "日", "A", "3版", "十一十", "O", "万"])
def test_no_numbers(s: str) -> None:
    assert han_number(s) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_in_every_script(d: date) -> None:
    year = "".join(HAN[int(c)] for c in str(d.year))
    for s in (
        f"{d.year}年{d.month}月{d.day}日",
        wide(f"{d.year}年{d.month}月{d.day}日"),
        f"{d.year}年{d.month:02}月{d.day:02}日",
        f"{year}年{placed(d.month)}月{placed(d.day)}日",
        f"{year.replace('〇', '○')}年{placed(d.month)}月{placed(d.day)}日",
        f"{d.year} 年 {d.month} 月 {d.day} 日 星 期 一",
        d.isoformat(),
        f"中国建设报 {d.year}年{d.month}月{d.day}日 第9167期",
    ):
        assert parse_date(s) == d, s
        assert parse_date(s, 1850) == d, "a printed year needs no hint"
    for s in (
        f"新华社北京{d.month}月{d.day}日电",
        f"本报济南{placed(d.month)}月{placed(d.day)}日电",
        wide(f"本报蚌埠{d.month}月{d.day}日电"),
    ):
        assert parse_date(s) is None
        assert parse_date(s, d.year) == d
        assert parse_date(s, near=d) == d


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020年2月30日", None),
        ("二〇二一年二月二十九日", None),
        ("2020年13月1日", None),
        ("第3期1月", None),
        ("98年1月1日", None),
        ("每年3月15日", None),
        ("农历庚寅年十一月廿七", None),
        ("十二月初三小寒", None),
        ("12020年1月1日", None),
        ("比分2020-1", None),
        ("元月5日", date(1998, 1, 5)),
        ("今年1月5日", date(1998, 1, 5)),
        ("去年12月31日", date(1997, 12, 31)),
        ("明年1月1日", date(1999, 1, 1)),
        ("1月7日至11日", date(1998, 1, 7)),
        ("１９９７年１２月３１日", date(1997, 12, 31)),
        ("二○○三年十二月三十一日", date(2003, 12, 31)),
        ("二OO八年八月八日", date(2008, 8, 8)),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert parse_date(text, 1998) == day


def test_new_year() -> None:
    assert parse_date("本报北京１２月３１日讯", near=date(1998, 1, 1)) == date(1997, 12, 31)
    assert parse_date("新华社北京1月1日电", near=date(1997, 12, 31)) == date(1998, 1, 1)
    assert parse_date("新华社北京2月29日电", near=date(2021, 3, 1)) == date(2020, 2, 29)


def test_full_dates_in_order() -> None:
    text = "2011年1月1日 星期六 农历庚寅年十一月廿七，1月2日，二〇一〇年十二月三十一日，2010年2月31日"
    assert [d for _, _, d in full_dates(text)] == [date(2011, 1, 1), date(2010, 12, 31)]
    assert [text[a:b] for a, b, _ in full_dates(text)] == ["2011年1月1日", "二〇一〇年十二月三十一日"]


@given(st.integers(1, 99), st.sampled_from(["", "A", "b", "Ｃ"]))
def test_labels(n: int, letter: str) -> None:
    want = {"": "", "A": "A", "b": "B", "Ｃ": "C"}[letter] + str(n)
    for s in (
        f"{letter}{n}",
        f"{letter}{n:02}",
        f"第{letter}{n}版",
        f"{letter}{n:02}版",
        wide(f"{letter}{n}版"),
        f"第 {letter}{placed(n)} 版",
    ):
        assert page_label(s) == want, s


@pytest.mark.parametrize("s", ["", "版", "要闻", "今日8版", "0", "00版", "第", "一版要闻", "第3期", "-1", "1000版", "A"])
def test_no_labels(s: str) -> None:
    assert page_label(s) is None
