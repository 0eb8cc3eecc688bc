"""Reads how a text opens in papers of any kind: 湖北日报讯（记者…）, 【記者王大明／台北報導】, （檳城15日訊）.

:func:`lead` gives what stands before the first sentence: a dateline, a byline, or both, as positions in the squeezed text. The wires'
own datelines are :func:`qingyang.fields.dateline`'s; a form that no table lists is read by what it is made of: a paper's or an agency's
name, the word reporter, names, a place, a day, and 电, 讯 or 报道 to close it. A place among names is known by ``rules/places.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from qingyang.fields import (
    BY_PAREN,
    BY_REPORT,
    DATE,
    DAY_ONLY,
    HAN,
    Dateline,
    agencies,
    authors,
    dateline,
    is_name,
    people,
    places,
    unglued,
    unroled,
    works_at,
)
from qingyang.patterns import compile_pattern

_AGENCY = "|".join(sorted(map(re.escape, agencies()), key=len, reverse=True))
_KIND = (
    "日报|日報|晚报|晚報|早报|早報|晨报|晨報|午报|午報|时报|時報|商报|商報|周报|週報|快报|快報|导报|導報|都市报|都市報|青年报|青年報"
    "|新报|新報|京报|京報|侨报|僑報|经济报|經濟報|法制报|法治报|工人报|农民报|文汇报|文匯報|大公报|大公報"
)
_PAPER = rf"(?![据據综綜])[{HAN}]{{0,8}}?(?:{_KIND})(?:网|網|海外版|客户端)?"
"""A paper by the last word of its name; 晨报, 早报 are what papers call themselves."""
_NO_PAPER = "本通海简簡公预預汇匯情喜捷战戰举舉讣訃回播警墙牆电電快谍諜密发發上申填呈汇禀稟"
_SHORT_PAPER = rf"[{HAN}]{{1,4}}(?<![{_NO_PAPER}])[报報]"
"""明報: a name too short to be one anywhere but in brackets or before them."""
_SITE = rf"[{HAN}]{{1,8}}(?:网|網|在线|在線|客户端|客戶端|电视台|電視臺|電視台|电台|電臺|新闻|新聞)"
_BODY = rf"(?![据據综綜])[{HAN}]{{1,8}}?(?:通讯社|通訊社|新闻社|新聞社|社)"
"""An agency that no table knows: only before a place, a day and 电."""
_WHEN = rf"(?P<when>{DATE}|{DAY_ONLY})"
_OPEN, _SHUT = "【〔［\\[（(〈", "】〕］\\]）)〉"
_FOLLOWS = r"(?=[（(【〔［\[:：]|[记記]者|[见見][习習][记記]者|通[讯訊][员員]|$)"

_FOLLOWED = compile_pattern(_FOLLOWS)
_PAPERS = compile_pattern(
    rf"(?P<open>[{_OPEN}])?(?P<name>本[报報刊]|{_PAPER}|(?<=[【〔［\[]){_SHORT_PAPER})(?P<place>[{HAN}]{{0,8}}?){_WHEN}?"
    rf"(?P<close>(?:综合|綜合|专|專|快|网|網|特)?[讯訊](?![息问问號号])|[综綜]合(?:报道|報道|报导|報導)|(?:专|專)?[电電](?![话話影视視力报報子台信器网網脑腦站])|[综綜]合消息|消息{_FOLLOWS})"
    rf"(?P<shut>[{_SHUT}])?"
)
_SITES = compile_pattern(rf"(?P<open>[{_OPEN}])?(?P<name>{_SHORT_PAPER}|{_SITE})(?P<close>(?:专|專|快)?[讯訊]|消息)(?P<shut>[{_SHUT}])?")
_BODIES = compile_pattern(
    rf"(?P<open>[{_OPEN}])?(?P<name>{_BODY})(?P<place>[{HAN}·]{{2,8}}?){_WHEN}(?P<close>(?:专|專)?[电電])(?P<shut>[{_SHUT}])?"
)
_COLLECTED = compile_pattern(
    rf"(?P<open>[{_OPEN}])?[综綜]合(?:本[报報][、和])?(?P<name>{_AGENCY})(?:[、和](?:{_AGENCY}|[{HAN}]{{2,6}}?))*(?P<place>[{HAN}]{{0,6}}?){_WHEN}?"
    rf"(?P<close>[电電讯訊]|消息|报道|報道|报导|報導)(?P<shut>[{_SHUT}])?"
)
_PLACED = compile_pattern(rf"[（(【〔［\[](?P<place>[{HAN}、]{{2,8}}?){_WHEN}?(?P<close>(?:综合|綜合|专|專)?[讯訊电電])[）)】〕］\]]")
_UNNAMED = compile_pattern(
    r"[【〔［\[](?P<close>[专專特][讯訊]|(?:外[电電])?[综綜]合(?:[讯訊电電]|消息|[报報][道导導])|本[报報][综綜]合)[】〕］\]]"
)
"""【特訊】, 【綜合報道】: sent by nobody in particular."""
_NO_PLACE = compile_pattern(
    r"[快简簡短通喜音电電要时時资資视視财財商联聯综綜专專本报報体體新快]$|[记記]者|消息"
    r"|内部|內部|快|简|簡|文|[图圖]|本[报報刊社]|最[后後新]|独家|獨家|今|昨"
)
_FRAMED = compile_pattern(rf"[{_OPEN}](?P<inside>[^{_SHUT}{_OPEN}。！？]{{3,60}})[{_SHUT}]")
_REPORTER = (
    r"(?:(?:特约|特約|特派|实习|實習|见习|見習|首席|资深|資深|高级|高級|专题|專題|地方|全媒体|全媒體|融媒体|[驻駐赴][^记記／/]{2,8}?)*"
    r"(?:[记記]者|编译|編譯|特派员|特派員|通[讯訊][员員]|实习生|實習生|撰稿人?|报道员|報道員|采访组|採訪組|采访|採訪))"
)
_INSIDE = compile_pattern(
    rf"(?P<name>{_AGENCY}|{_PAPER}|{_SHORT_PAPER}|{_SITE})?(?P<role>{_REPORTER}[：:]?|(?:文|撰文)[：:／/])(?P<rest>.+)"
)
_REPORTS = r"(?:[综綜]合|摄影|攝影|即时|即時|专题|專題)?(?:报导|報導|报道|報道|专访|專訪|专电|專電|电|電|连线|連線|特稿)"
_SAYS = compile_pattern(
    rf"(?P<by>(?:(?P<name>{_AGENCY}|{_PAPER}|{_SITE}))?{_REPORTER}(?P<rest>[^，。；：:“”（）()！？]{{2,40}}?){_REPORTS})[：:]"
)
_WIRED_BY = compile_pattern(rf"(?P<by>(?:{_REPORTER}))(?P<rest>[{HAN}、·]{{2,24}}?){_WHEN}(?:专|專)?[电電](?:[：:])?")
_CLOSING = compile_pattern(rf"(?P<body>.*?)(?:(?P<slash>[／/])(?P<place>[^／/]*?))?{_WHEN}?[／/]?(?P<reports>{_REPORTS})?$")
_FROM = compile_pattern("[从從自]")
_SEVERAL = compile_pattern(r"[、，,／/　 ]")
_WORKS = compile_pattern("[综綜]合|[连連][线線]|[专專][访訪题題]|[电電]|[图圖]|文|[报報]|整理|[编編][译譯]|[调調]查")
_TOPIC = compile_pattern(r"题[：:][^。！？]{2,40}$|題[：:][^。！？]{2,40}$")


@cache
def who_where(glued: str) -> tuple[str, str | None]:
    """A reporter's name and the place that is glued to it.

    >>> who_where("王大明台北"), who_where("王丽洛杉矶"), who_where("陳志成"), who_where("林雅惠鹿港")
    (('王大明', '台北'), ('王丽', '洛杉矶'), ('陳志成', None), ('林雅惠', '鹿港'))
    """
    parted = _FROM.split(glued, 1)
    if len(parted) == 2 and is_name(parted[0]) and 1 < len(parted[1]) <= 8:
        return parted[0], parted[1]
    ways = [n for n in (3, 2, 4) if len(glued) - n >= 2 and is_name(glued[:n])]
    for n in ways:
        if glued[n:] in places():
            return glued[:n], glued[n:]
    if is_name(glued) or len(glued) < 5 or not ways or len(unglued(glued)) > 1:
        return glued, None
    place = glued[ways[0] :]
    return glued[: ways[0]], None if len(place) > 8 or _NO_PLACE.search(place) else place


class Credit(NamedTuple):
    """A byline in brackets, or at the head of a text: who sent it, and from where."""

    agency: str | None
    place: str | None
    when: str | None


def credit(inside: str) -> Credit | None:
    """What a byline between brackets says; None where it names nobody.

    >>> credit("記者王大明／台北報導"), credit("本報記者張學文洛杉磯報導").place, credit("編譯張文玲／綜合報導").place
    (Credit(agency=None, place='台北', when=None), '洛杉磯', None)
    >>> credit("中央社記者林小文台北15日電"), credit("记者手记"), credit("记者从有关部门获悉")
    (Credit(agency='中央社', place='台北', when='15日'), None, None)
    """
    m = _INSIDE.match(inside)
    closing = _CLOSING.match(m["rest"]) if m else None
    if not m or not closing:
        return None
    body, place = closing["body"], closing["place"] or None
    names = [w for w in _SEVERAL.split(_plain(body)) if w]
    if names and not place:
        names[-1], place = who_where(names[-1])
    people = [name for word in names for name in unglued(word)]
    if not people or not all(map(is_name, people[:2])) or (place and not closing["reports"] and place not in places()):
        return None
    if place and _WORKS.match(place):
        place = None
    name = m["name"]
    return Credit(agencies().get(name, name) if name else None, place, closing["when"])


_ROLES = compile_pattern(_REPORTER + "[：:]?")


def _plain(text: str) -> str:
    """Names alone: a second role among them only parts them."""
    return _ROLES.sub("、", text)


def lead(text: str, gaps: Sequence[int] = ()) -> Dateline | None:
    """What opens a squeezed paragraph before its first sentence, in any paper's form.

    ``gaps`` are the places where blanks stood: they end a row of reporters that nothing else does.

    >>> d = lead("江汉日报讯（记者周立、通讯员陈芳）昨日上午，")
    >>> d.agency, d.end, d.by_end
    ('江汉日报', 5, 17)
    >>> d = lead("【記者王大明／台北報導】今年入冬以來")
    >>> d.agency, d.place, d.end, d.by_end
    (None, '台北', 0, 12)
    >>> d = lead("（檳城15日訊）今年雨水均勻")
    >>> d.agency, d.place, d.when, d.end
    (None, '檳城', '15日', 8)
    >>> lead("【明報專訊】房委會昨日").agency, lead("综合新华社电 受飓风影响").agency, lead("（快讯）昨日") is None
    ('明報', '新华社', True)
    >>> lead("晚报讯（记者李伟）").agency, lead("晚报消息灵通") is None, lead("海报讯息") is None
    ('晚报', True, True)
    """
    found = dateline(text)
    if found is None:
        found = _framed(text) or _sent(text, gaps) or _said(text)
    return _with_reporters(text, found, gaps) if found else None


def opens(text: str) -> bool:
    """Whether a text begins here beyond doubt: a dateline, or reporters and place in square brackets. （记者李明） may stand at the head
    of any line, behind a dateline that ends the line above.

    >>> opens("【記者王大明／台北報導】今年"), opens("（记者李明）昨日"), opens("记者李明报道：昨日"), opens("本报讯（记者李明）")
    (True, False, False, True)
    """
    found = lead(text)
    return found is not None and (found.end > 0 or (text[0] in "【〔［[" and _CLOSED.search(text, 0, found.by_end) is not None))


_CLOSED = compile_pattern("[报報][道导導]|[电電]|[讯訊](?![员員])|[／/]")


def _framed(text: str) -> Dateline | None:
    """A byline in brackets at the head of a text."""
    m = _FRAMED.match(text)
    found = credit(m["inside"]) if m else None
    return Dateline(0, 0, 0, m.end(), found.agency, found.place, found.when) if m and found else None


def _sent(text: str, gaps: Sequence[int]) -> Dateline | None:
    """A dateline of a paper, of an agency that no table knows, or of a place alone."""
    for pattern in (_PAPERS, _SITES, _BODIES, _COLLECTED, _UNNAMED, _PLACED):
        m = pattern.match(text)
        if not m:
            continue
        g = m.groupdict()
        if pattern is _SITES and not (g["shut"] or m.end() in gaps or _FOLLOWED.match(text, m.end())):
            continue
        if bool(g.get("open")) != bool(g.get("shut")):
            continue
        place, name = g.get("place") or None, g.get("name")
        if place and (_NO_PLACE.search(place) or (pattern is _PLACED and not g.get("when") and not _by_itself(place, text[m.start()]))):
            continue
        return Dateline(0, m.end(), m.end(), m.end(), agencies().get(name, name) if name else None, place, g.get("when"))
    return None


def _by_itself(place: str, bracket: str) -> bool:
    """【台中訊】, （北京综合讯）: a place without a day."""
    return place in places() or (bracket in "【〔" and len(place) <= 4)


def _said(text: str) -> Dateline | None:
    """本报记者王刚从北京报道： at the head of a text."""
    m = _SAYS.match(text)
    if not m:
        return None
    found = credit(m["by"])
    return Dateline(0, 0, 0, m.end(), found.agency, found.place, found.when) if found else None


def _with_reporters(text: str, d: Dateline, gaps: Sequence[int]) -> Dateline:
    """The reporters that stand behind a dateline, and the place and day that only they give.

    >>> d = lead("本报南江11月7日电记者章宁旦通讯员黄彩华今天上午", (10, 15, 21))
    >>> d.end, d.by_end
    (10, 21)
    """
    if d.end == 0:
        return d
    if d.by_end == d.end:
        b = BY_PAREN.match(text, d.end) or BY_REPORT.match(text, d.end) or _WIRED_BY.match(text, d.end) or _SAYS.match(text, d.end)
        framed = _FRAMED.match(text, d.end)
        if b is None and framed and credit(framed["inside"]):
            b = framed
        if b and b.group()[0] in "（(" and not re.search("[记記]者|通[讯訊][员員]", b.group()) and not _people(b.group()):
            b = None
        parted = 0 if b else next((g for g in reversed(gaps) if 4 < g - d.end < 60 and credit(text[d.end : g])), 0)
        if b or parted:
            d = d._replace(by_start=d.end, by_end=b.end() if b else parted)
        elif text[d.end : d.end + 1] in ("：", ":"):
            d = d._replace(end=d.end + 1, by_start=d.end + 1, by_end=d.end + 1)
        topic = None if b or parted else _TOPIC.match(text, d.end)
        if topic:
            d = d._replace(end=topic.end(), by_start=topic.end(), by_end=topic.end())
    if d.by_end > d.end and not (d.place and d.when):
        told = credit(text[d.by_start : d.by_end].strip("【〔［[（(】〕］]）)：:"))
        if told:
            d = d._replace(place=d.place or told.place, when=d.when or told.when)
    return d


def _people(bracket: str) -> bool:
    names = [n for w in _SEVERAL.split(bracket[1:-1]) if w for n in unglued(w)]
    return bool(names) and all(map(is_name, names))


_ENDS = compile_pattern(rf"(?:[／/](?={_REPORTS}))?[ \u3000\u00a0]*{_WHEN}?[ \u3000\u00a0]*(?P<reports>{_REPORTS})?[：:】〕］\]）)]*$")
_SENT_FROM = compile_pattern(rf"[发發]自(?P<place>[{HAN}]{{2,8}})[）)]?$")
_TAIL = compile_pattern(rf"[{HAN}]+$")
_TAILS = compile_pattern(rf"[{HAN}]{{2,8}}(?:、[{HAN}]{{2,8}})+$")
"""长沙、成都报道."""
_LAST_ROLE = compile_pattern(rf".*{_REPORTER}[：:]?")
_OWN = compile_pattern(
    rf"(?:(?:[图圖][／/]?)?文[｜|：:／/])?[□■●◆◎（(【〔［\[ ]*(?P<name>{_AGENCY}|{_PAPER}|{_SHORT_PAPER})"
    rf"(?={_REPORTER}|[评評][论論][员員])"
)


def placed(byline: str) -> tuple[str, str | None]:
    """A byline without the place that its reporters sent from, and the place.

    >>> placed("本报记者 徐曼宁 唐山报道"), placed("【記者王大明／台北報導】")
    (('本报记者 徐曼宁 ', '唐山'), ('【記者王大明', '台北'))
    >>> placed("〔本報記者張學文洛杉磯報導〕"), placed("記者馬浩亮北京四日電：")
    (('〔本報記者張學文', '洛杉磯'), ('記者馬浩亮', '北京'))
    >>> placed("本报记者 李明 王刚 报道"), placed("本报记者 李明")
    (('本报记者 李明 王刚 报道', None), ('本报记者 李明', None))
    """
    from_place = _SENT_FROM.search(byline)
    if from_place:
        return byline[: from_place.start()], from_place["place"]
    end = _ENDS.search(byline)
    if not end or not (end["when"] or end["reports"]):
        return byline, None
    slash = max(byline.rfind("／", 0, end.start()), byline.rfind("/", 0, end.start()))
    if slash > 0 and byline[slash + 1 : end.start()].strip():
        place = byline[slash + 1 : end.start()].strip()
        return byline[:slash], None if _WORKS.match(place) else place
    left = byline[: end.start()].rstrip()
    m = _TAILS.search(left)
    if m and all(word in places() for word in m.group().split("、")):
        return left[: m.start()], m.group()
    m = _TAIL.search(left)
    if not m:
        return byline, None
    word, before = m.group(), left[: m.start()]
    if len(word) > 1 and before.strip() and not _LAST_ROLE.match(word) and (word in places() or not _no_place(word)):
        earlier = [w for w in _SEVERAL.split(_plain(before)) if w]
        return (before, word) if any(is_name(w) or len(w) == 1 for w in earlier) else (byline, None)
    role = _LAST_ROLE.match(word)
    sent = who_where(word[role.end() :] if role else word)[1]
    return (byline[: m.end() - len(sent)].rstrip("从從自"), sent) if sent and not _WORKS.match(sent) else (byline, None)


def _no_place(word: str) -> bool:
    """A name, a kind of work, or too long a word."""
    return is_name(word) or bool(_WORKS.match(word)) or len(word) > 8


@lru_cache(maxsize=1024)
def authored(line: str) -> bool:
    """A line of nothing but authors, with what marks them as such: a bullet, a bracket, what they did, or where they sent it from.

    >>> authored("文：周穎思　圖：梁偉德"), authored("□汪曾明（江苏）"), authored("沈丽娟　报道　李冠卫　摄影")
    (True, True, True)
    >>> authored("见习记者 孙梦遥 长沙、成都报道"), authored("作者：盘和远（产业经济学者）"), authored("[法]雅克·杜兰 文　宋维洲 译")
    (True, True, True)
    >>> authored("黄河（散文诗）"), authored("茶叶（木刻）")
    (False, False)
    >>> authored("王建国"), authored("记者王明和同事"), authored("文：读书有感"), authored("□方向"), authored("文化 报道")
    (False, False, False, False, False)
    """
    if _PROSE.search(line):
        return False
    bare = _BRACKETS.sub(_unless_genre, line)
    named = placed(bare)[0]
    names = authors(named)
    if not names or not all(map(is_name, names)):
        return False
    left = unroled(_TRANSLATOR.sub("", named))
    if any("和" in word and len(unglued(word)) > 1 for word in _GAPS.split(left)):
        return False
    rest = _LETTERS.sub("", "".join(people([w for w in _GAPS.split(left) if w])))
    if rest != _LETTERS.sub("", "".join(names)):
        return False
    return bare != line or named != bare or len(rest) < len(_LETTERS.sub("", bare)) or bool(_BULLET.match(line) and len(rest) > 2)


def _unless_genre(m: re.Match[str]) -> str:
    """（江苏）, [法], （寄自新澤西） and （产业经济学者） go from beside a name; （散文诗） says that 黄河 is none."""
    inside = m.group()[1:-1]
    person = inside in places() or _SENDER.match(inside) or works_at(inside) or (not m.start() and len(inside) == 1)
    return "" if person or (m.group() == m.string.strip() and len(inside) > 3) else m.group()


_SENDER = compile_pattern("寄自|[发發]自|作者|[笔筆]名|[译譯]者|[记記]者|通[讯訊][员員]")
_BRACKETS = compile_pattern(r"[（(\[［〔【][^（）()\[\]［］〔〕【】]{1,20}[）)\]］〕】]")
_PROSE = compile_pattern("[的了是在不与与對对将將到]|等")
_LETTERS = compile_pattern(r"[^\u3400-\u9fffA-Za-z]")
_TRANSLATOR = compile_pattern(r"(?:[著文作][\s　／/、，]*)(?P<who>[\u3400-\u9fff·• \u3000]{2,12})[译譯]\s*$")
_BULLET = compile_pattern("[□■●◆○◎☆★▲△◇▪•※]")
_GAPS = compile_pattern("[ \t\u3000\u00a0\u2000-\u200a、，,]+")


def paper(byline: str) -> str | None:
    """Whose reporter wrote it, by the byline: 新华社记者, 晨报记者, 本报评论员.

    >>> paper("晨报记者 柳 青"), paper("□ 本报评论员"), paper("新华社记者李明"), paper("记者 李明")
    ('晨报', '本报', '新华社', None)
    """
    m = _OWN.match("".join(byline.split()))
    return agencies().get(m["name"], m["name"]) if m else None
