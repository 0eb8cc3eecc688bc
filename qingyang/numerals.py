"""Numbers, dates and page labels as newspapers print them, turned into plain values.

Arabic, full-width and Han numerals are read alike (○ U+25CB and Latin O stand for 〇 in real files). Text is only
read here, never changed, and what is no number, no day of the calendar or no page label gives None.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

BLANKS = " \t\u3000\u00a0"
"""Blanks that page text puts between the characters of a date."""

ZEROS = "〇○◯零"
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○◯零OＯ", 0) | {"两": 2, "壹": 1, "贰": 2, "叁": 3}
_DIGITS |= {"０１２３４５６７８９"[i]: i for i in range(10)} | {str(i): i for i in range(10)}
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10}
_TENS = {"廿": 20, "卅": 30}
_MYRIADS = {"万": 10**4, "亿": 10**8}


def han_number(s: str) -> int | None:
    """The whole number that ``s`` writes, in any numerals; None when ``s`` is anything else.

    >>> [han_number(s) for s in ("七", "十二", "二十", "三十一", "廿七", "一百零八", "八千七百二十", "1万", "１２")]
    [7, 12, 20, 31, 27, 108, 8720, 10000, 12]
    >>> han_number("二○○三"), han_number("一九九八"), han_number("二OO八")
    (2003, 1998, 2008)
    >>> han_number("十十"), han_number("版"), han_number("")
    (None, None, None)
    """
    s = s.strip(BLANKS)
    if not s or s in ("O", "Ｏ", "两"):
        return None
    if all(c in _DIGITS for c in s):
        return int("".join(str(_DIGITS[c]) for c in s))
    total = section = 0
    digit: int | None = None
    largest = 10**9
    unit_before = 10**9
    i = 0
    while i < len(s):
        c = s[i]
        if c in _DIGITS:
            if digit is not None and not (digit == 0 and s[i - 1] in ZEROS):
                if not (c.isdigit() and s[i - 1].isdigit()):
                    return None
                digit = digit * 10 + _DIGITS[c]
            else:
                digit = _DIGITS[c]
        elif c in _TENS:
            if digit is not None or unit_before <= 10:
                return None
            section += _TENS[c]
            unit_before = 10
        elif c in _UNITS:
            unit = _UNITS[c]
            if unit >= unit_before or (digit is None and (unit != 10 or i)):
                return None
            section += (1 if digit is None else digit) * unit
            unit_before, digit = unit, None
        elif c in _MYRIADS:
            if _MYRIADS[c] >= largest or (digit is None and not section):
                return None
            total = (total + section + (digit or 0)) * _MYRIADS[c] if c == "亿" else total + (section + (digit or 0)) * _MYRIADS[c]
            largest, section, digit, unit_before = _MYRIADS[c], 0, None, 10**9
        else:
            return None
        i += 1
    return total + section + (digit or 0)


_B = f"[{BLANKS}]*"
_ARABIC = "[0-9０-９]"
_YEAR = f"(?:{_ARABIC}{_B}){{3}}{_ARABIC}|[〇○◯零OＯ一二三四五六七八九0０]{{4}}"
_MONTH = f"[1１]{_B}[0-2０-２]|[0０]?{_B}[1-9１-９]|十[一二]?|[一二三四五六七八九元]"
_DAY = (
    f"[12１２]{_B}{_ARABIC}|[3３]{_B}[01０１]|[0０]?{_B}[1-9１-９]"
    "|三十一?|二?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?|[一二三四五六七八九]"
)
DATE = re.compile(
    f"(?:(?P<year>(?<![0-9０-９〇○一二三四五六七八九])(?:{_YEAR})){_B}年{_B}|(?P<relative>[今去前明]年){_B}|(?<![0-9０-９.．第年一二三四五六七八九十])(?<!年[{BLANKS}]))"
    f"(?P<month>{_MONTH}){_B}月{_B}(?P<day>{_DAY}){_B}[日号]"
    f"|(?P<year2>(?<![0-9０-９])[12１２]{_ARABIC}{{3}})(?P<sep>[-/.－．])(?P<month2>[01０１]?{_ARABIC})(?P=sep)(?P<day2>[0-3０-３]?{_ARABIC})(?![0-9０-９])"
)
"""A date with a month and a day: groups year, relative (去年), month, day, or year2, month2, day2 (2020-11-25)."""

_RELATIVE = {"今": 0, "去": -1, "前": -2, "明": 1}


def calendar_day(year: int | None, month: int | None, day: int | None) -> date | None:
    """A day of the calendar, or None: ``二月三十日`` is no witness of anything.

    >>> calendar_day(2020, 2, 30) is None
    True
    """
    if year is None or month is None or day is None or not 1800 <= year <= 2199:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(s: str) -> int | None:
    return 1 if s == "元" else han_number(re.sub(f"[{BLANKS}]", "", s))


def date_of(m: re.Match[str], year: int | None = None, near: date | None = None) -> date | None:
    """The day that a match of :data:`DATE` names; ``year`` and ``near`` as in :func:`parse_date`."""
    g = m.groupdict()
    if g["year2"]:
        return calendar_day(int(g["year2"]), int(g["month2"]), int(g["day2"]))
    month, day = _number(g["month"]), _number(g["day"])
    if g["year"]:
        return calendar_day(_number(g["year"]), month, day)
    if g["relative"]:
        base = year if year is not None else near.year if near else None
        return calendar_day(base + _RELATIVE[g["relative"][0]], month, day) if base is not None else None
    if near is not None:
        days = [d for y in (near.year - 1, near.year, near.year + 1) if (d := calendar_day(y, month, day))]
        return min(days, key=lambda d: abs(d - near), default=None)
    return calendar_day(year, month, day)


def parse_date(text: str, year: int | None = None, *, near: date | None = None) -> date | None:
    """The first date in ``text``; None where there is none, its year is unknown, or no calendar has it.

    A date printed without its year (every dateline) takes ``year``, or the year that brings it nearest to ``near``,
    the issue's date: at New Year the two differ.

    >>> parse_date("新华社北京11月24日电", year=2020)
    datetime.date(2020, 11, 24)
    >>> parse_date("本报北京１２月３１日讯", near=date(1998, 1, 1))
    datetime.date(1997, 12, 31)
    >>> parse_date("二○○三年十二月三十一日"), parse_date("2018 年 4 月 9 日 星 期 一")
    (datetime.date(2003, 12, 31), datetime.date(2018, 4, 9))
    >>> parse_date("本报北京一月四日讯", 1998), parse_date("去年12月16日，第二届全国", 1998)
    (datetime.date(1998, 1, 4), datetime.date(1997, 12, 16))
    >>> parse_date("新华社北京11月24日电"), parse_date("2020年2月30日"), parse_date("8点30分", 2020)
    (None, None, None)
    """
    m = DATE.search(text)
    return date_of(m, year, near) if m else None


_SENT = re.compile(
    f"(?<![月第\\d０-９{ZEROS}一二三四五六七八九十廿卅])(?P<day>{_DAY}){_B}日(?=[^月\\d]{{0,6}}$|[^月\\d]{{0,4}}[电電讯訊）)])"
)


def day_sent(text: str, issue: date) -> date | None:
    """The day that a dateline gives without its month: the last such day up to the issue's.

    >>> day_sent("【新华社北京二日电】", date(1953, 5, 3)), day_sent("（檳城30日訊）", date(2016, 8, 1))
    (datetime.date(1953, 5, 2), datetime.date(2016, 7, 30))
    >>> day_sent("新华社北京5月2日电", date(1953, 5, 3)) is None
    True
    """
    m = _SENT.search(text)
    number = _number(m["day"]) if m else None
    if not number:
        return None
    first = issue.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    days = [d for month in (first, before) if (d := calendar_day(month.year, month.month, number)) and d <= issue]
    return days[0] if days else None


def full_dates(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, date]]:
    """Every valid date printed with its year: (start, end, date), in order.

    >>> full_dates("中国建设报 2026年8月31日 第9167期 今日8版")
    [(6, 16, datetime.date(2026, 8, 31))]
    """
    out = []
    for m in DATE.finditer(text, start, len(text) if end is None else end):
        if (m["year"] or m["year2"]) and (d := date_of(m)):
            out.append((m.start(), m.end(), d))
    return out


_REPUBLICAN = re.compile(
    f"民[国國]{_B}(?P<era>元|{_ARABIC}{{1,3}}|[〇○零一二三四五六七八九十百廿卅]{{1,5}}){_B}年{_B}"
    f"(?P<month>{_MONTH}){_B}月{_B}(?P<day>{_DAY}){_B}[日号號]"
)


def written_days(name: str) -> list[tuple[int, int, date]]:
    """Every whole day that the name of a file or folder writes, years of the Republic (1912 is the first) too: (start, end, day).

    >>> [d.isoformat() for s in ("1953-5-2", "1958.3.12-第2版", "民國四十七年三月十二日") for _, _, d in written_days(s)]
    ['1953-05-02', '1958-03-12', '1958-03-12']
    >>> written_days("民国九十月三日"), written_days("三月十二日"), written_days("1953-13-45")
    ([], [], [])
    """
    found = full_dates(name)
    for m in _REPUBLICAN.finditer(name):
        era = _number(m["era"])
        if era and (day := calendar_day(1911 + era, _number(m["month"]), _number(m["day"]))):
            found.append((m.start(), m.end(), day))
    return sorted(found)


_LABEL = re.compile(
    f"第?{_B}(?P<letter>[A-Za-zＡ-Ｚａ-ｚ]{{0,2}}){_B}(?P<number>[0-9０-９]{{1,4}}|[〇○零一二三四五六七八九十百廿]+){_B}(?:版面?|页)?",
)


def page_label(s: str) -> str | None:
    """A page's label without zeros in front, as a name and a printed folio share it; None for no label.

    >>> [page_label(s) for s in ("第七版", "02", "A02", "Ａ２版", "第 十二 版", "头版", "一版", "b03版", "10")]
    ['7', '2', 'A2', 'A2', '12', '1', '1', 'B3', '10']
    >>> [page_label(s) for s in ("要闻", "00", "今日8版", "第3期", "")]
    [None, None, None, None, None]
    """
    s = s.strip(BLANKS + "\r\n")
    if s in ("头版", "头一版"):
        return "1"
    m = _LABEL.fullmatch(s)
    if not m:
        return None
    number = han_number(m["number"])
    if not number or number > 999:
        return None
    letter = m["letter"].upper()
    if not letter.isascii():
        letter = unicodedata.normalize("NFKC", letter)
    return f"{letter}{number}"


def day_before(d: date) -> date:
    """The eve: a newspaper prints the datelines of its own day and of the eve.

    >>> day_before(date(1998, 1, 1))
    datetime.date(1997, 12, 31)
    """
    return d - timedelta(days=1)
