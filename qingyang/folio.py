"""The folio line (报眉) and the nameplate (报头): what a page prints about itself at its head and foot.

Only the first and last lines are read, each for what it is made of: a date with its weekday or number, a page label, a
newspaper's name, a section. A line of prose, a date in brackets and a bare date (which signs a document) are no folio.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from qingyang.numerals import BLANKS, DATE, date_of, page_label

HEAD_LINES, FOOT_LINES = 12, 6
"""A fragmented nameplate takes up to eight lines (name, date, number, register, address, telephone, site, publisher)."""

SEARCHED = 200_000
"""Characters that are searched for a folio which OCR has moved: twenty pages."""

LONGEST = 90
"""Characters: the longest folio seen (农民日报 2011-01-01, with lunar date, solar term and number) has 50."""

_HAN = "\u4e00-\u9fff"
_NUMBER = "[0-9０-９〇○零一二三四五六七八九十百千]"
_NAMED = "文汇报|大公报|申报|参考消息|新华每日电讯|求是|半月谈|瞭望"
_TITLE = re.compile(f"[{_HAN}]{{1,11}}报(?:海外版)?")
_NO_TITLE = re.compile("(?:.*[海简公预通汇情喜捷战举年讣填上回播警墙板]|[本电晚日早快读党])报")
"""Words in 报 that are no newspaper: a poster, a bulletin, a forecast; and those that are none by themselves."""
_SECTIONS = (
    "要闻|时政|国内|国际|经济|社会|文化|体育|理论|综合|专版|视点|评论|科教|副刊|广告|财经|教育|健康|生活|特刊|专题|新闻|政治|法治|地方|民生"
)
_SECTION_BEFORE = re.compile(f"(?:{_SECTIONS})(?=[{_HAN}]{{3,}}报)")
_WEEKDAY = re.compile(f"(?:星[{BLANKS}]*期|礼拜|周)[{BLANKS}]*([一二三四五六日天])")
_ISSUE = re.compile(f"(?:总第|总|第)[{BLANKS}]*{_NUMBER}{{1,6}}[{BLANKS}]*[期号]")
_TODAY = re.compile(f"[今本]日[{BLANKS}]*{_NUMBER}{{1,3}}[{BLANKS}]*版|共[{BLANKS}]*{_NUMBER}{{1,3}}[{BLANKS}]*版")
_LUNAR = re.compile("农历[^\\s，。]{2,14}|[正一二三四五六七八九十冬腊]{1,3}月(?:初|十|廿|卅)[^\\s，。]{0,5}")
_LABEL = "[A-Za-zＡ-Ｚ]?[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3}"
_PAGE = re.compile(f"(?:第[{BLANKS}]*)?(?P<label>{_LABEL}|头)[{BLANKS}]*版(?![本权面式社责图编次])")
_CLOCK = re.compile("[0-2]?[0-9][:：][0-5][0-9]")
_PROSE = re.compile("[。；？！…]|[，、].*[，、]|报道|记者|来源|[上下转接见][^\\s]{0,3}第?[^\\s]{1,3}版")
_NO_PAGE = re.compile("[上下]接|[上下急紧]?转|详见|参见|导读|[责主]编|编辑|校对")
_FOOTER = re.compile(
    f"《?[{BLANKS}]*(?P<title>[{_HAN}{BLANKS}]{{2,14}}?)[{BLANKS}]*》?[{BLANKS}]*[（(](?P<rest>[^（）()]*日[^（）()]*版)[{BLANKS}]*[）)]"
)
_JUMP_OPEN = re.compile(f"(?:[上下]接|[上下急紧]?转|[参详]?见)[{BLANKS}]*第?$")
_FOOTER_PAGE = re.compile(f"({_LABEL})[{BLANKS}]*版")
_PARTS = re.compile(f"[{BLANKS}|｜·•,，、:：”“\"'‘’()（）《》〈〉\\[\\]【】/—-]+")


_SIGNS = re.compile("[日号版报]|[0-9]-[0-9]|电讯|消息|求是|半月谈|瞭望")
"""A line without any of these is no folio."""
_INDEX_ENTRY = re.compile(f"[（(][{BLANKS}]*(?:第|{_LABEL})[^（）()]*版[{BLANKS}]*[）)]")


class Folio(NamedTuple):
    """One line's testimony. ``strong``: something beside a date shows that it is a folio."""

    day: date | None = None
    page: str | None = None
    publication: str | None = None
    strong: bool = False
    front: bool = False
    """It prints how many pages the issue has (今日8版), as only a front page does."""
    weekday_wrong: bool = False


def publication_name(s: str) -> str | None:
    """``s`` if it is a newspaper's name by its form.

    >>> [publication_name(t) for t in ("人民日报", "中国建设报", "人民日报海外版", "天气预报", "简报", "要闻", "本报")]
    ['人民日报', '中国建设报', '人民日报海外版', None, None, None, None]
    """
    s = re.sub(f"[{BLANKS}]", "", s)
    m = _SECTION_BEFORE.match(s)
    if m and len(s) - m.end() >= 4:
        s = s[m.end() :]
    if re.fullmatch(_NAMED, s):
        return s
    return s if _TITLE.fullmatch(s) and not _NO_TITLE.fullmatch(s) else None


def read_line(line: str) -> Folio | None:
    """What a line says, if it is made like a folio.

    >>> read_line("2  经济    锦城商报    2023年10月23日 星期一")[:3]
    (datetime.date(2023, 10, 23), '2', '锦城商报')
    >>> read_line("２０２３年１月１日  星期日 时政 第三版")[:3]
    (datetime.date(2023, 1, 1), '3', None)
    >>> read_line("中国建设报 2026年8月31日 第9167期 今日8版")
    Folio(day=datetime.date(2026, 8, 31), page=None, publication='中国建设报', strong=True, front=True, weekday_wrong=False)
    >>> read_line("《 人民日报 》（ 2020年05月19日 01 版）")[:3]
    (datetime.date(2020, 5, 19), '1', '人民日报')
    >>> read_line("A2版")[:2], read_line("要闻 第二版")[:2]
    ((None, 'A2'), (None, '2'))
    >>> [read_line(s) for s in ("(2020年11月24日)", "（下转第二版）", "2025年03月07日14:51 来源：人民网", "二版责编：殷新宇")]
    [None, None, None, None]
    """
    if len(line) > LONGEST:
        return None
    m = _FOOTER.search(line) if line.endswith(("）", ")")) else None
    if m and len(line) - len(m[0]) <= 8:
        inside = DATE.search(m["rest"])
        label = _FOOTER_PAGE.search(m["rest"][inside.end() :]) if inside else None
        if inside and (day := date_of(inside)):
            return Folio(day, page_label(label[1]) if label else None, publication_name(m["title"]), True)
    if not _SIGNS.search(line) or _PROSE.search(line) or _CLOCK.search(line):
        return None
    m = DATE.search(line)
    if m and not m["year"] and not m["year2"]:
        m = None
    return _dated(line, m) if m else _undated(line)


def _dated(line: str, m: re.Match[str]) -> Folio | None:
    day = date_of(m)
    if day is None or (line[m.start() - 1 : m.start()] in "(（" and line[m.end() : m.end() + 1] in ")）" and m.start()):
        return None
    rest = f"{line[: m.start()]} {line[m.end() :]}"
    weekday = _WEEKDAY.search(rest)
    front = bool(_TODAY.search(rest))
    number = bool(_ISSUE.search(rest))
    for furniture in (_WEEKDAY, _TODAY, _ISSUE, _LUNAR):
        rest = furniture.sub(" ", rest)
    page = _page_in(rest)
    tokens = [t for t in _PARTS.split(rest) if t]
    title = next((t for token in tokens if (t := publication_name(token))), None)
    if not page and (weekday or number or title) and tokens and re.fullmatch("[A-Za-zＡ-Ｚ]?[0-9０-９]{1,2}", tokens[0]):
        page = page_label(tokens[0]) if line.lstrip(BLANKS).startswith(tokens[0]) else None
    strong = bool(weekday or number or page or title or front)
    # A glued nameplate may go on (国内统一连续出版物号…), but a folio holds no more than its section beside these.
    if not strong or (not front and not number and sum(len(t) for t in tokens) > 40):
        return None
    wrong = bool(weekday) and "一二三四五六日".index((weekday[1] if weekday else "一").replace("天", "日")) != day.weekday()
    return Folio(day, page, title, True, front, wrong)


def _page_in(s: str) -> str | None:
    m = _PAGE.search(s)
    return page_label("头版" if m["label"] == "头" else m["label"]) if m else None


def _undated(line: str) -> Folio | None:
    """A page label, a name, or both, with at most a section beside them."""
    if _NO_PAGE.search(line) or _INDEX_ENTRY.search(line) or len(line) > 40:
        return None
    front = bool(_TODAY.search(line))
    rest = _ISSUE.sub(" ", _WEEKDAY.sub(" ", _TODAY.sub(" ", line)))
    tokens = [t for t in _PARTS.split(rest) if t]
    if not tokens:
        return Folio(front=front) if front else None
    title = next((t for token in tokens if (t := publication_name(token))), None)
    page = None
    others = 0
    for token in tokens:
        m = _PAGE.fullmatch(token)
        glued = re.fullmatch(f"(?:{_SECTIONS})+{_PAGE.pattern}", token)
        if (m or glued) and not page:
            page = _page_in(token)
        elif publication_name(token) is None:
            others += 1
            if not re.fullmatch(f"[{_HAN}]{{2,6}}|[0-9０-９]{{1,2}}", token):
                return Folio(front=front) if front else None
    if others > 2 or (title and others > 1):
        return Folio(front=front) if front else None
    if not (page or title or front):
        return None
    return Folio(None, page, title, page is not None, front)


def edge_lines(text: str) -> tuple[list[str], list[str]]:
    """The first and the last lines that are not blank, without looking at the rest of the text."""
    head = _lines(text[:1600])[:HEAD_LINES]
    if len(text) <= 1600:
        return head, _lines(text)[len(head) :][-FOOT_LINES:]
    return head, _lines(text[-800:])[-FOOT_LINES:]


def _lines(text: str) -> list[str]:
    """The lines that are not blank; of a jump line in two the second half is no line of its own: it names another page.

    >>> _lines("确保颗粒归仓。（下转第\\n三版）\\n第二版")
    ['确保颗粒归仓。（下转第', '第二版']
    """
    every = [s for line in text.splitlines() if (s := line.strip(BLANKS + "\r\n\f"))]
    return [line for above, line in pairwise(["", *every]) if not (_JUMP_OPEN.search(above) and _PAGE.match(line))]


def folio(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """What head and foot of a page say: issue_date, page, publication, and ``front`` ("1") for a nameplate's page count.

    The second mapping holds a date whose own weekday belies it: a witness of last resort.

    >>> folio("东海晚报\\n２０２３年１月１日  星期日\\n第１６７８０期  今日８版\\n最后，与会者观看了迎春文艺节目。")
    ({'issue_date': '2023-01-01', 'publication': '东海晚报', 'front': '1'}, {})
    >>> folio("2\\n经济\\n锦城商报\\n2023年10月23日 星期一\\n信息技术风起云涌")
    ({'issue_date': '2023-10-23', 'publication': '锦城商报', 'page': '2'}, {})
    >>> folio("在大会上的讲话\\n(2020年11月24日)\\n习近平\\n同志们：")
    ({}, {})
    >>> folio("２０２３年１月１日\\n时政\\n星期日\\n周小燕老师，您辛苦了！")
    ({'issue_date': '2023-01-01'}, {})
    >>> folio("2020年11月26日 星期三")
    ({}, {'issue_date': '2020-11-26'})
    """
    head, foot = edge_lines(text)
    out: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    dated_head = False
    read = [(k, line, f) for k, line in enumerate(head) if (f := read_line(line))]
    low = [(99, line, f) for line in foot if (f := read_line(line))]
    for k, _, f in read + low:
        if f.day:
            (doubtful if f.weekday_wrong else out).setdefault("issue_date", f.day.isoformat())
            dated_head = dated_head or k < HEAD_LINES
            if f.publication:
                out.setdefault("publication", f.publication)
            if f.page:
                out.setdefault("page", f.page)
    for k, _, f in read:
        if f.day is None:
            # Without a date on the line, a name counts in a nameplate only, a page label only near the edge.
            if f.publication and dated_head and k < 6:
                out.setdefault("publication", f.publication)
            if f.page and (k < 6 or dated_head):
                out.setdefault("page", f.page)
        if f.front and dated_head:
            out.setdefault("front", "1")
    for _, line, f in low[-2:]:
        if f.day is None and f.page and line in foot[-2:]:
            out.setdefault("page", f.page)
    if "page" not in out and dated_head and "front" not in out and (bare := _bare_number(head)):
        out["page"] = bare
    if "issue_date" not in out and (day := _parted_date(head) or _stray_date(text)):
        out["issue_date"] = day.isoformat()
    if "page" in out:
        out.pop("front", None)
    return out, {} if "issue_date" in out else doubtful


def _parted_date(head: list[str]) -> date | None:
    """A bare date on one of the first three lines whose weekday has come to stand on another one."""
    for k, line in enumerate(head[:3]):
        if (m := DATE.fullmatch(line)) and m["year"] and (day := date_of(m)):
            for other in head[k + 1 : k + 4]:
                w = _WEEKDAY.fullmatch(other)
                if w and "一二三四五六日".index(w[1].replace("天", "日")) == day.weekday():
                    return day
    return None


_STRAY = re.compile("[^\n]{8,30}星期[一二三四五六日天][^\n]{0,8}$", re.MULTILINE)


def _stray_date(text: str) -> date | None:
    """A line of nothing but a date and its right weekday, wherever OCR has put it, if all such lines agree.

    >>> _stray_date("大选结果将于12日正式公布。\\n2023年7月21日”星期五\\n新华社哈瓦那7月20日电")
    datetime.date(2023, 7, 21)
    """
    text = text[:SEARCHED]
    if "星期" not in text:
        return None
    read = [f for m in _STRAY.finditer(text) if (f := read_line(m[0].strip(BLANKS + "\r\f")))]
    days = {f.day for f in read if f.day and not f.weekday_wrong}
    return days.pop() if len(days) == 1 else None


def _bare_number(head: list[str]) -> str | None:
    """A page number set as the first line by itself, or before its section: pdftotext takes a folio apart like that."""
    m = re.match(f"([A-ZＡ-Ｚ]?[0-9０-９]{{1,2}})(?:[{BLANKS}]+(?:{_SECTIONS})|$)", head[0]) if head else None
    return page_label(m[1]) if m else None
