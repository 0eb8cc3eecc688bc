"""Contradictions that need no dictionary: brackets without a partner, days no calendar has, lists that do not add up.

Each function takes the paragraphs of one record and returns flags. What newspapers print on purpose is left alone: a
quotation that opens again in every paragraph and closes once, ``1）`` in an enumeration, a list that ends in 等 and is
longer than what it names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from qingyang.numerals import DATE, calendar_day, han_number
from qingyang.records import Flag

PAIRS = {pair[0]: pair[1] for pair in ("“”", "《》", "（）", "()", "「」", "『』", "【】", "〔〕", "〈〉", "〖〗", "[]", "［］", "‘’")}
_CLOSERS = {close: open_ for open_, close in PAIRS.items()}
_CLOSERS["）"] = "（"
_HALVES = {"（": "(", "）": ")", "［": "[", "］": "]"}
_BRACKET = re.compile("[" + re.escape("".join(PAIRS) + "".join(_CLOSERS)) + "]")
_ENUMERATED = re.compile(r"(?:^|[。；：，、！？\s])[（(]?[0-9０-９a-zA-Z一二三四五六七八九十]{1,3}$")
_REPEATED_OPENERS = "“「『"
"""Quotation marks that newspapers repeat at the head of every quoted paragraph and close only once."""


def _plain(c: str) -> str:
    return _HALVES.get(c, c)


def _flag(para: int, start: int, end: int, rule: str, why: str, confidence: float, suggestion: str | None = None) -> Flag:
    return Flag(para=para, start=start, end=end, rule=rule, suggestion=suggestion, why=why, confidence=confidence)


def brackets(paragraphs: Sequence[str], *, head_missing: bool = False, tail_missing: bool = False) -> list[Flag]:
    """Brackets and quotation marks that lack their partner in the whole record.

    ``head_missing`` and ``tail_missing`` tell that the article began or goes on elsewhere: then a partner may stand there.

    >>> [(f["start"], f["rule"]) for f in brackets(["有的以“宁脏我一个、幸福千万家为给排水工作默默奉献。"])]
    [(3, 'flag.bracket-open')]
    >>> brackets(["他说：“今天很好。", "“明天更好。”"]), brackets(["1）坚持改革；2）扩大开放。"])
    ([], [])
    """
    flags: list[Flag] = []
    stack: list[tuple[int, int, str]] = []

    def lone(para: int, at: int, c: str, opened: bool) -> None:
        why = f"{c} has no {PAIRS[c] if opened else _CLOSERS[c]} in this article"
        flags.append(_flag(para, at, at + 1, f"flag.bracket-{'open' if opened else 'close'}", why, 0.7))

    for n, text in enumerate(paragraphs):
        for m in _BRACKET.finditer(text):
            c, at = m[0], m.start()
            if c in PAIRS:
                if c == "‘" and text[at + 1 : at + 3].isdigit():
                    continue  # ‘98
                if c in _REPEATED_OPENERS and not text[:at].strip() and stack and stack[-1][2] == c:
                    stack.pop()  # opened again at the head of a paragraph: one quotation
                stack.append((n, at, c))
                continue
            opener = _plain(_CLOSERS[c])
            hit = next((k for k in range(len(stack) - 1, -1, -1) if _plain(stack[k][2]) == opener), None)
            if hit is None:
                if c == "’" or (c in "）)" and _ENUMERATED.search(text[:at])) or (head_missing and not flags and n == 0):
                    continue
                lone(n, at, c, opened=False)
            else:
                for para, where, o in stack[hit + 1 :]:
                    lone(para, where, o, opened=True)
                del stack[hit:]
    for para, where, o in stack:
        if not (tail_missing and para == len(paragraphs) - 1):
            lone(para, where, o, opened=True)
    return flags


_ARABIC, _HAN = "[0-9０-９]", "[〇○零一二三四五六七八九十廿卅]"
_YEAR = rf"(?P<year>[12１２]{_ARABIC}{{3}}|[一二][〇○零一二三四五六七八九]{{3}})年"
_MONTH_DAY = re.compile(
    rf"(?:{_YEAR})?(?:(?<![0-9０-９.．])(?P<month>{_ARABIC}{{1,2}})月(?P<day>{_ARABIC}{{1,3}})日|(?<!{_HAN})(?P<month2>{_HAN}{{1,2}})月(?P<day2>{_HAN}{{1,3}})日)"
)
# What every one of them has: searched first, because it costs a fifth.
_DAY = re.compile("月[0-9０-９〇○零一二三四五六七八九十廿卅]{1,3}日")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LUNAR = re.compile("(?:农历|夏历|阴历|旧历)[^。]{0,8}$")


def dates(paragraphs: Sequence[str], issue: date | None = None) -> list[Flag]:
    """Days that no calendar has, and weekdays that contradict their date.

    >>> [(f["start"], f["end"], f["why"]) for f in dates(["大会将于11月31日闭幕。"])]
    [(4, 10, '11月 has 30 days')]
    >>> [f["why"] for f in dates(["11月24日（星期三）上午"], date(2020, 11, 25))]
    ['2020-11-24 was a 星期二']
    """
    flags: list[Flag] = []
    for n, text in enumerate(paragraphs):
        if not _DAY.search(text):
            continue
        for m in _MONTH_DAY.finditer(text):
            year = han_number(m["year"]) if m["year"] else None
            month, day = han_number(m["month"] or m["month2"]), han_number(m["day"] or m["day2"])
            if month is None or day is None or _LUNAR.search(text[max(0, m.start() - 14) : m.start()]):
                continue
            why = ""
            if not 1 <= month <= 12:
                why = f"there is no month {month}"
            elif not 1 <= day <= _LENGTHS[month - 1]:
                why = f"{month}月 has {_LENGTHS[month - 1]} days"
            elif year and 1800 <= year <= 2199 and calendar_day(year, month, day) is None:
                why = f"{year} is no leap year"
            if why:
                flags.append(_flag(n, m.start(), m.end(), "flag.date-impossible", why, 0.9))
                continue
            weekday = _WEEKDAY.match(text, m.end())
            named = calendar_day(year, month, day) if year else _nearest(month, day, issue)
            if weekday and named and "一二三四五六日".find(weekday["day"].replace("天", "日")) != named.weekday():
                why = f"{named.isoformat()} was a 星期{'一二三四五六日'[named.weekday()]}"
                flags.append(_flag(n, m.start(), weekday.end(), "flag.date-weekday", why, 0.8))
    return flags


_WEEKDAY = re.compile("[（(]?(?:星期|周|礼拜)(?P<day>[一二三四五六日天])")


def _nearest(month: int, day: int, near: date | None) -> date | None:
    """The month and day in the year that brings it nearest to ``near``."""
    if near is None:
        return None
    days = [d for y in (near.year - 1, near.year, near.year + 1) if (d := calendar_day(y, month, day))]
    return min(days, key=lambda d: abs(d - near), default=None)


def dateline(printed: str | None, issue: date | None) -> list[Flag]:
    """A dateline whose day does not exist, lies in the week after the issue, or has the issue's day in a wrong month.

    A dateline still farther from the issue means that the issue's date is wrong, or that the paper prints old letters: neither
    is a misprint. The flag stands at the very start of the article, because the dateline itself is no paragraph.

    >>> [f["why"] for f in dateline("新华社北京11月31日电", date(2020, 11, 25))]
    ['dateline 新华社北京11月31日电: 11月 has 30 days']
    >>> [f["why"] for f in dateline("新华社北京11月27日电", date(2020, 11, 25))]
    ['dateline 新华社北京11月27日电 is later than the issue of 2020-11-25']
    >>> [f["why"] for f in dateline("新华社北京1月24日电", date(2020, 11, 25))]
    ['dateline 新华社北京1月24日电 has the day of the issue of 2020-11-25 in another month']
    """
    if not printed:
        return []
    why = ""
    impossible = dates([printed])
    if impossible:
        why = f"dateline {printed}: {impossible[0]['why']}"
    elif issue is not None and (m := DATE.search(printed)) and m["month"] and not m["year"]:
        month, day = han_number(m["month"]), han_number(m["day"])
        named = _nearest(month, day, issue) if month and day else None
        if named and issue + timedelta(days=1) < named <= issue + timedelta(days=7):
            why = f"dateline {printed} is later than the issue of {issue.isoformat()}"
        elif named and abs(issue - named).days > 20 and day in (issue.day, (issue - timedelta(days=1)).day):
            why = f"dateline {printed} has the day of the issue of {issue.isoformat()} in another month"
    return [_flag(0, 0, 0, "flag.dateline", why, 0.7)] if why else []


_ZERO = re.compile(r"(?<=[〇零一二三四五六七八九○◯])[○◯]|[○◯](?=[〇零一二三四五六七八九○◯])")


def zeros(paragraphs: Sequence[str]) -> list[Flag]:
    """A geometric circle that stands for 〇 between Han numerals.

    >>> [(f["start"], f["end"], f["suggestion"]) for f in zeros(["一九九○年；二○○三年"])]
    [(3, 4, '〇'), (7, 9, '〇〇')]
    """
    flags: list[Flag] = []
    for n, text in enumerate(paragraphs):
        if "○" not in text and "◯" not in text:
            continue
        runs: list[list[int]] = []
        for m in _ZERO.finditer(text):
            if runs and runs[-1][1] == m.start():
                runs[-1][1] = m.end()
            else:
                runs.append([m.start(), m.end()])
        for start, end in runs:
            why = f"{text[start:end]} (U+{ord(text[start]):04X}) between Han numerals"
            flags.append(Flag(para=n, start=start, end=end, rule="flag.zero", suggestion="〇" * (end - start), why=why, confidence=0.95))
    return flags


_NAME = "[\u4e00-\u9fff·]{2,12}"
_COUNTED = re.compile(
    rf"(?:^|(?<=[。；：！？，]))(?P<list>{_NAME}(?:、{_NAME})+(?:和{_NAME})?)(?P<n>[0-9０-９]{{1,2}}|[二三四五六七八九十两]{{1,3}})"
    "(?:名同志|位同志|人(?!民|均|次|口|大)|名同学)"
)
# What every one of them ends with: searched first, because it costs little.
_PEOPLE = re.compile("[0-9０-９二三四五六七八九十两](?:名同志|位同志|人|名同学)")


def counts(paragraphs: Sequence[str]) -> list[Flag]:
    """Lists of people that name a number of members they do not have.

    With 等 a list may be shorter than its number, never longer; without it both must agree.

    >>> counts(["孙泽洲、白玉晶、刘丽、王曙群、刘双燕、胡洪炜、熊桂林、潘从明、赵新录、帕夏古丽·克热木等10人"])
    []
    >>> [f["why"] for f in counts(["孙泽洲、白玉晶、刘丽、王曙群等3人"])]
    ['4 names before 等3人']
    """
    flags: list[Flag] = []
    for n, text in enumerate(paragraphs):
        if not _PEOPLE.search(text) or "、" not in text:
            continue
        for m in _COUNTED.finditer(text):
            listed = m["list"]
            etc = "等" if listed.endswith("等") else ""
            members = listed.removesuffix("等").split("、")
            if "和" in members[-1][1:-1] and len(members[-1]) > 4:
                members[-1:] = members[-1].rsplit("和", 1)
            told = han_number(m["n"])
            if told is None or any(len(x) > 4 and "·" not in x for x in members):
                continue
            if len(members) > told or (not etc and len(members) != told):
                why = f"{len(members)} names before {etc}{m['n']}人"
                flags.append(_flag(n, m.start(), m.end(), "flag.count", why, 0.7))
    return flags
