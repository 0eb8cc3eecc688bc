"""Which newspaper, which day, which page: what the witnesses say about a source, the best one first.

The order is: what the user configured (sidecar, pattern), the folder layout ``<publication>/<YYYY-MM-DD>[-<edition>]/<page>``,
the folio line printed on the page, the file's name, the datelines in the text. Unknown stays None, and a lower witness that
contradicts a higher one is put on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from qingyang.folio import folio, publication_name
from qingyang.numerals import DATE, date_of, page_label, written_days
from qingyang.records import SettingError, Source

FIELDS = ("publication", "issue_date", "edition", "page")

Testimony = dict[str, str]
"""What one witness says: some of :data:`FIELDS`."""

ABBREVIATIONS = {
    "rmrb": "人民日报", "renmrb": "人民日报", "rmrbhwb": "人民日报海外版", "gmrb": "光明日报", "jjrb": "经济日报", "jfjb": "解放军报",
    "jfrb": "解放日报", "zgqnb": "中国青年报", "grrb": "工人日报", "nmrb": "农民日报", "kjrb": "科技日报", "fzrb": "法治日报",
    "bjrb": "北京日报", "nfrb": "南方日报", "whb": "文汇报", "xmwb": "新民晚报", "ckxx": "参考消息",
}  # fmt: skip
"""Initials under which archives file the large papers."""


def identify(source: Source, *, pattern: str | None = None, sidecar: Mapping[str, str | None] | None = None) -> Source:
    """``source`` with publication, issue_date, edition and page as far as a witness knows them.

    ``pattern`` is a template of the source's name, ``{publication}/{date}/{page}.txt``, with the fields of
    :func:`from_pattern`; ``sidecar`` holds values the user wrote down for this source. Both are settings and win.
    ``Source.identity`` names the witness of each: setting, path, folio, nameplate, name or dateline.

    >>> page = "2  经济    锦城商报    2023年10月23日 星期一\\n\\n怎样看待这火热的一年？"
    >>> s = identify(Source("锦城商报/2023-10-22/02.txt", page, ""))
    >>> s.publication, s.issue_date, s.page
    ('锦城商报', '2023-10-22', '2')
    >>> s.identity["issue_date"], s.identity["conflict.issue_date"]
    ('path', 'folio 2023-10-23')

    Raises SettingError for a pattern or a sidecar that cannot be meant.
    """
    witnesses: list[tuple[str, Testimony]] = []
    if sidecar:
        witnesses.append(("setting", from_sidecar(source.name, sidecar)))
    if pattern:
        witnesses.append(("setting", from_pattern(source.name, pattern)))
    witnesses.append(("path", from_path(source.name)))
    printed, doubtful = folio(source.text)
    front = {"page": printed.pop("front")} if "front" in printed else {}
    witnesses.append(("folio", printed))
    witnesses.append(("nameplate", front))
    witnesses.append(("name", from_name(source.name)))
    if doubtful:
        witnesses.append(("folio", doubtful))
    known, identity = weigh(witnesses)
    if "issue_date" not in known and (day := from_datelines(source.text)):
        known["issue_date"], identity["issue_date"] = day.isoformat(), "dateline"
    return replace(
        source,
        publication=known.get("publication"),
        issue_date=known.get("issue_date"),
        edition=known.get("edition"),
        page=known.get("page"),
        identity=identity,
    )


def weigh(witnesses: Iterable[tuple[str, Testimony]]) -> tuple[Testimony, dict[str, str]]:
    """What is known, and from whom; the first witness wins and the next one that says otherwise is noted.

    >>> weigh([("path", {"page": "2"}), ("folio", {"page": "3"}), ("name", {"page": "4"})])
    ({'page': '2'}, {'page': 'path', 'conflict.page': 'folio 3'})
    """
    known: Testimony = {}
    identity: dict[str, str] = {}
    for who, says in witnesses:
        for f, value in says.items():
            if f not in known:
                known[f], identity[f] = value, who
            elif known[f] != value:
                identity.setdefault(f"conflict.{f}", f"{who} {value}")
    return known, identity


# The user's word ------------------------------------------------------------------------------------------------------------


def from_sidecar(name: str, sidecar: Mapping[str, str | None]) -> Testimony:
    """A sidecar's values, checked.

    >>> from_sidecar("0001.txt", {"issue_date": "2020-11-25", "page": "第02版"})
    {'issue_date': '2020-11-25', 'page': '2'}
    """
    out: Testimony = {}
    for f, value in sidecar.items():
        if f not in FIELDS:
            raise SettingError(f"{name}: sidecar has {f!r}; it may have {', '.join(FIELDS)}")
        if value in (None, ""):
            continue
        value = str(value).strip()
        if f == "issue_date":
            day = _written_day(value)
            if not day:
                raise SettingError(f"{name}: sidecar issue_date {value!r} is no day of the calendar; write it as 2020-11-25")
            value = day.isoformat()
        out[f] = (page_label(value) or value) if f == "page" else value
    return out


_PATTERN_FIELDS = {
    "publication": r"[^/]+?",
    "date": r"\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{4}(?:-\d{1,2}-|_\d{1,2}_|\.\d{1,2}\.)\d{1,2}|[^/]{1,12}年[^/]{1,5}月[^/]{1,5}日",
    "year": r"\d{4}",
    "month": r"\d{1,2}",
    "day": r"\d{1,2}",
    "edition": r"[^/]+?",
    "page": r"[^/]+?",
    "any": r"[^/]*?",
}


@lru_cache(maxsize=64)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression of a name template. Raises SettingError for one that cannot be meant."""
    out, seen = [], set[str]()
    for piece in re.split(r"(\{[^{}]*\})", pattern):
        f = piece[1:-1]
        if not (piece.startswith("{") and piece.endswith("}")):
            if "{" in piece or "}" in piece:
                raise SettingError(f"path pattern {pattern!r}: a brace without its partner at {piece!r}")
            out.append(re.escape(piece))
        elif f not in _PATTERN_FIELDS:
            fields = ", ".join("{" + k + "}" for k in _PATTERN_FIELDS)
            raise SettingError(f"path pattern {pattern!r}: no field {piece}; the fields are {fields}")
        elif f == "any":
            out.append(_PATTERN_FIELDS[f])
        elif f in seen:
            raise SettingError(f"path pattern {pattern!r}: {piece} stands twice")
        else:
            seen.add(f)
            out.append(f"(?P<{f}>{_PATTERN_FIELDS[f]})")
    if not seen:
        raise SettingError(f"path pattern {pattern!r} names no field; an example is {{publication}}/{{date}}/{{page}}.txt")
    return re.compile(f"(?:^|.*/){''.join(out)}(?:\\.gz)?")


def from_pattern(name: str, pattern: str) -> Testimony:
    """What the user's template reads from the end of a source's name; nothing where it does not fit.

    Fields: {publication} {date} {year} {month} {day} {edition} {page}, and {any} for what does not matter.

    >>> from_pattern("scans/rmrb/2020/11/25/p02.txt", "{publication}/{year}/{month}/{day}/p{page}.txt")
    {'publication': '人民日报', 'issue_date': '2020-11-25', 'page': '2'}
    """
    m = compile_pattern(pattern).fullmatch(name)
    if not m:
        return {}
    got = m.groupdict()
    day = _written_day(got["date"]) if got.get("date") else None
    if got.get("year") and got.get("month") and got.get("day"):
        day = _digits_date(f"{got['year']}-{int(got['month']):02}-{int(got['day']):02}")
    return _testimony(got.get("publication"), day, got.get("edition"), got.get("page"))


def _testimony(publication: str | None, day: date | None, edition: str | None, page: str | None) -> Testimony:
    out: Testimony = {}
    if publication and (publication := publication.strip()):  # 「人民日报 」 is no other paper
        out["publication"] = ABBREVIATIONS.get(publication.lower(), publication)
    if day:
        out["issue_date"] = day.isoformat()
    if edition and (edition := edition.strip()):
        out["edition"] = edition
    if page:
        out["page"] = page_label(page) or page
    return out


# Path and name --------------------------------------------------------------------------------------------------------------

_DAY_FOLDER = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2}|\d{8}|\d{4}年\d{1,2}月\d{1,2}日)(?:[-_](?P<edition>.+))?")
_SPLIT_DAY = re.compile(r"(?P<year>\d{4})[-/]?(?P<month>\d{2})/(?P<day>\d{2})")


def _digits_date(s: str) -> date | None:
    """A date from digits, however they are parted.

    >>> _digits_date("20201125"), _digits_date("2020年1月5日"), _digits_date("20200230")
    (datetime.date(2020, 11, 25), datetime.date(2020, 1, 5), None)
    """
    m = re.fullmatch(r"(\d{4})[-_./]?(\d{2})[-_./]?(\d{2})|(\d{4})年(\d{1,2})月(\d{1,2})日", s)
    if not m:
        return None
    year, month, day = (int(g) for g in m.groups() if g)
    try:
        return date(year, month, day) if 1800 <= year <= 2199 else None
    except ValueError:
        return None


def _written_day(s: str) -> date | None:
    """The day that ``s`` writes and nothing else, in digits or in words.

    >>> _written_day("19530502"), _written_day("1953-5-2"), _written_day("民国47年3月12日"), _written_day("1953-5-2 ")
    (datetime.date(1953, 5, 2), datetime.date(1953, 5, 2), datetime.date(1958, 3, 12), None)
    """
    return _digits_date(s) or next((day for start, end, day in written_days(s) if (start, end) == (0, len(s))), None)


def _day_folder(name: str) -> tuple[date, str | None] | None:
    """The day and the edition that a folder bears."""
    m = _DAY_FOLDER.fullmatch(name)
    if m and (day := _digits_date(m["day"])):
        return day, m["edition"]
    for start, end, day in written_days(name)[:1]:
        if not start and name[end : end + 1] in ("", "-", "_"):
            return day, name[end + 1 :] or None
    return None


def _stem(name: str) -> str:
    """The last part of a name without .gz and extension.

    >>> _stem("人民日报/2020-11-25/02.txt.gz")
    '02'
    """
    last = name.rpartition("/")[2]
    if last.lower().endswith(".gz"):
        last = last[:-3]
    head, dot, tail = last.rpartition(".")
    return head if dot and head and re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,4}", tail) else last


def from_path(name: str) -> Testimony:
    """What the folders say: ``<publication>/<day>[-<edition>]/<page>.<ext>``, the day also as 2020/11/25 or 2020-11/25.

    >>> from_path("raw/人民日报/2020-11-25-海外版/02.txt")
    {'publication': '人民日报', 'issue_date': '2020-11-25', 'edition': '海外版', 'page': '2'}
    >>> from_path("rmrb/2020-11/25/A02.txt.gz")
    {'publication': '人民日报', 'issue_date': '2020-11-25', 'page': 'A2'}
    >>> from_path("人民日报 /1953-5-2/1.txt"), from_path("inbox/0001.txt")
    ({'publication': '人民日报', 'issue_date': '1953-05-02', 'page': '1'}, {})
    """
    folders = [folder.strip() for folder in name.split("/")[:-1]]
    if not folders:
        return {}
    page = page_of_stem(_stem(name))
    if dated := _day_folder(folders[-1]):
        return _testimony(folders[-2] if len(folders) > 1 else None, *dated, page)
    for count in (3, 2):
        m = _SPLIT_DAY.fullmatch("/".join(folders[-count:]))
        if m and (day := _digits_date(f"{m['year']}-{m['month']}-{m['day']}")):
            return _testimony(folders[-count - 1] if len(folders) > count else None, day, None, page)
    # A folder that bears a newspaper's name says whose page it is, even without a day.
    titles = [t for f in folders if (t := publication_name(f))]
    return {"publication": titles[-1]} if titles else {}


_PAGE_STEM = re.compile(
    r"(?:p|pg|page|版|第)?[-_ ]?(?P<label>[A-Za-z]?\d{1,4}|[一二三四五六七八九十]{1,3})(?:[-_ ]?版)?(?:[-_：: ].*)?", re.IGNORECASE
)


def page_of_stem(stem: str) -> str | None:
    """The page label of a file in a folder of its day.

    >>> [page_of_stem(s) for s in ("02", "A02", "p3", "第二版", "page-11", "02-要闻", "讲话")]
    ['2', 'A2', '3', '2', '11', '2', None]
    """
    m = _PAGE_STEM.fullmatch(stem)
    return page_label(m["label"]) if m else None


_NAME_DATE = re.compile(
    r"(?<!\d)(?:(?:1[89]|20)\d{2}(?:[-_.]\d{2}[-_.]\d{2}|年\d{1,2}月\d{1,2}日|\d{4}))"
    r"(?=\D|$|\d{2}(?!\d))"  # the page's two digits may follow at once
)
_NAME_PAGE = re.compile(
    r"第(?P<a>[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})版"
    r"|(?<![A-Za-z])(?:p|pg|page|b|版)[-_ ]?(?P<b>[A-Za-z]?\d{1,3})(?!\d)"
    r"|(?<![\dA-Za-z])(?P<c>[A-Za-z]?\d{1,3})版",
    re.IGNORECASE,
)
_EPAPER = re.compile(r"nw\.D\d*(?P<paper>[a-z]+)_(?P<day>\d{8})_\d+-(?P<page>[A-Za-z]?\d+)", re.IGNORECASE)


def from_name(name: str) -> Testimony:
    """What the file's own name says. A running number is no page; ``p3``, ``第3版`` or a label after the date is, and a bare ``02`` or
    ``A02``; ``t1`` may be anything.

    >>> from_name("2020-11-25_02.txt"), from_name("rmrb20201125_A02.txt")
    ({'issue_date': '2020-11-25', 'page': '2'}, {'publication': '人民日报', 'issue_date': '2020-11-25', 'page': 'A2'})
    >>> from_name("人民日报2020年11月25日第2版.txt")
    {'publication': '人民日报', 'issue_date': '2020-11-25', 'page': '2'}
    >>> from_name("nw.D110000renmrb_20201125_1-02.txt")
    {'publication': '人民日报', 'issue_date': '2020-11-25', 'page': '2'}
    >>> from_name("1958.3.12-第2版.txt"), from_name("民國四十七年三月十二日.txt")
    ({'issue_date': '1958-03-12', 'page': '2'}, {'issue_date': '1958-03-12'})
    >>> from_name("0001-p3.txt"), from_name("p01.txt"), from_name("0001.txt"), from_name("20200230_02.txt")
    ({'page': '3'}, {'page': '1'}, {}, {})
    """
    stem = _stem(name)
    if m := _EPAPER.match(stem):
        return _testimony(ABBREVIATIONS.get(m["paper"].lower()), _digits_date(m["day"]), None, m["page"])
    m = _NAME_DATE.search(stem)
    day = _digits_date(m[0]) if m else None
    if m and not day:
        return {}
    start, end = m.span() if m else (len(stem), len(stem))
    for written in [] if m else written_days(stem)[:1]:
        start, end, day = written
    before, after = stem[:start], stem[end:]
    out = _testimony(_title(before), day, None, None)
    page = _NAME_PAGE.search(after) or (_NAME_PAGE.search(before) if not day else None)
    label = next((g for g in page.groups() if g), None) if page else None
    if not label and day and (tail := re.fullmatch(r"[-_ .]*([A-Za-z]?\d{1,3})(?:[-_ .].*)?", after)):
        label = tail[1]
    if not label and not day and re.fullmatch(r"\d{1,2}|[A-Za-z]\d{2}", stem):
        label = stem
    if label and (label := page_label(label)):
        out["page"] = label
    return out


def _title(s: str) -> str | None:
    """The newspaper that the beginning of a name bears."""
    s = s.strip(" -_.")
    if not s:
        return None
    if known := ABBREVIATIONS.get(s.lower()):
        return known
    return publication_name(re.split(r"[-_ .\d]", s)[0])


# Datelines ------------------------------------------------------------------------------------------------------------------

SEARCHED = 200_000
"""Characters of a file that are searched for datelines: twenty pages, so that no single file of a year's text takes a minute."""

_DATELINE = re.compile(r"(?:社|报|讯)[^。，：；！？\n]{0,14}?日[电讯]")
_OWN_LINE = re.compile(
    r"(?m)^[ \t\u3000\u00a0(（]*"
    r"(?P<date>[0-9０-９〇○一二三四五六七八九]{4}[^\n。，]{0,3}年[^\n。，]{1,12}日)[)） \t\u3000\u00a0\r]*$"
)
_YEAR = re.compile(r"(?<![0-9０-９])(?:1[89]|20)[0-9]{2}(?=年)|(?<![0-9０-９])(?:１[８９]|２０)[０-９]{2}(?=年)")


def from_datelines(text: str) -> date | None:
    """The issue's day as the datelines imply it; None unless a date with its year on the page agrees with them.

    A morning paper prints the datelines of the eve: on 113 of 117 pages of January 1998 the latest one is a day older than the
    issue, so the issue is the day after. The year must come from a full date that is a dateline's day or the day after it; in
    running text such a date may be an anniversary, so there no later year may be printed.

    >>> from_datelines("在表彰大会上的讲话\\n(2020年11月24日)\\n同志们：\\n(新华社北京11月24日电)")
    datetime.date(2020, 11, 25)
    >>> from_datelines("２０２３年１月１日\\n时政\\n本报南京１２月３１日电 记者龚永泉报道")
    datetime.date(2023, 1, 1)
    >>> from_datelines("新华社北京11月24日电 大会今天召开。") is None
    True
    >>> from_datelines("新华社北京10月1日电 1949年10月1日，开国大典。70年后的2019年") is None
    True
    """
    text = text[:SEARCHED]
    printed = [d for m in _DATELINE.finditer(text) if (d := DATE.search(m[0])) and not d["year"]]
    if not printed:
        return None
    days = [x for m in _OWN_LINE.finditer(text) if (f := DATE.search(m["date"])) and (x := date_of(f))]
    if not days:
        latest = max((int(y) for y in _YEAR.findall(text)), default=0)
        days = [x for m in DATE.finditer(text) if m["year"] and (x := date_of(m)) and x.year >= latest]
    witnesses: set[date] = set()
    for day in days:
        eve = day - timedelta(days=1)
        if any(date_of(d, day.year) == day or date_of(d, eve.year) == eve for d in printed):
            witnesses.add(day)
    if not witnesses or max(witnesses) - min(witnesses) > timedelta(days=60):
        return None
    near = max(witnesses)
    return max(x for d in printed if (x := date_of(d, near=near)) and x <= near) + timedelta(days=1)


# Pages of one folder --------------------------------------------------------------------------------------------------------


def agree(sources: Sequence[Source]) -> list[Source]:
    """Give a page the day and the publication that the other pages of its folder bear, where it has none itself.

    A second page often prints its folio without the newspaper's name, and the issue would fall apart. The folder must be of one
    mind: at least half of its pages carry the same day from a better witness than datelines, none carries another, and no two
    carry different names. ``identity`` then names ``folder``; a day that datelines implied gives way and stays on record.

    >>> a = Source("i004/p02.txt", "", "", publication="锦城商报", issue_date="2023-10-23")
    >>> b = Source("i004/p03.txt", "", "", issue_date="2023-10-23")
    >>> [(s.publication, s.identity) for s in agree([a, b])]
    [('锦城商报', {}), ('锦城商报', {'publication': 'folder'})]
    """
    folders: dict[str, list[Source]] = {}
    for s in sources:
        folders.setdefault(s.name.rpartition("/")[0], []).append(s)
    shared: dict[str, tuple[str | None, str]] = {}
    for folder, pages in folders.items():
        days = [s.issue_date for s in pages if s.issue_date and s.identity.get("issue_date") != "dateline"]
        titles = {s.publication for s in pages if s.publication}
        if folder and len(set(days)) == 1 and 2 * len(days) >= len(pages) and len(titles) <= 1:
            shared[folder] = (next(iter(titles), None), str(days[0]))
    return [join_folder(s, *shared[f]) if (f := s.name.rpartition("/")[0]) in shared else s for s in sources]


def join_folder(s: Source, publication: str | None, day: str) -> Source:
    """``s`` with its folder's day and publication where it has no better ones; see :func:`agree`."""
    identity = dict(s.identity)
    if s.issue_date != day:
        if s.issue_date:
            identity["conflict.issue_date"] = f"dateline {s.issue_date}"
        identity["issue_date"] = "folder"
    if publication and not s.publication:
        identity["publication"] = "folder"
    return replace(s, publication=s.publication or publication, issue_date=day, identity=identity)
