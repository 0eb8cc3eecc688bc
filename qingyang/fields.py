"""Reads the small print of an article: dateline, byline, document date, sign-off.

Everything works on the *squeezed* text of a place on the page (blanks and line ends left out), because columns break
these strings anywhere, and gives positions back that the caller maps to the source. Nothing is changed here.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from qingyang.patterns import compile_pattern

_BLANK = compile_pattern(r"[\s\u00a0\u3000\u200b\ufeff]+")
D = "0-9０-９"
N = D + "一二三四五六七八九十〇○Ｏ零元百廿卅"
HAN = "\u3400-\u9fff\U00020000-\U0003ffff々"


def _table(name: str) -> dict[str, object]:
    return tomllib.loads(resources.files("qingyang").joinpath("rules", name).read_text("utf-8"))


@lru_cache(maxsize=1)
def agencies() -> dict[str, str]:
    """Printed form → agency name."""
    rows = _table("agencies.toml")["agency"]
    assert isinstance(rows, list)
    return {form: row["name"] for row in rows for form in row["forms"]}


@lru_cache(maxsize=1)
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Single and double family names."""
    t = _table("surnames.toml")
    single = f"{t['single']}{t['traditional']}".replace("\n", "")
    return frozenset(single), frozenset(f"{t['double']} {t['traditional_double']}".split())


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    """简讯, 时评: they begin with a family name, and are what papers call small items."""
    return frozenset(str(_table("surnames.toml")["labels"]).split())


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Names of provinces, cities and countries that datelines give, in both scripts."""
    return frozenset(word for group in _table("places.toml").values() for word in str(group).split())


@lru_cache(maxsize=1)
def _bylines() -> dict[str, frozenset[str]]:
    return {key: frozenset(str(words).split()) for key, words in _table("bylines.toml").items()}


def words_of(key: str) -> str:
    """A list of ``rules/bylines.toml`` as alternatives of a pattern, the longest first."""
    return "|".join(sorted(_bylines()[key], key=lambda word: (-len(word), word)))


_WORK = words_of("work")
_AG = "|".join(sorted(map(re.escape, agencies()), key=len, reverse=True))
DATE = rf"(?:[{N}]{{2,4}}年)?[{N}]{{1,3}}月[{N}]{{1,3}}日"
DAY_ONLY = rf"[{N}]{{1,3}}日"
# 电 or 讯 closes a dateline; 專電, 综合讯, 专讯 … are the same with a word in front.
_CLOSE = r"(?:综合|体育专|體育專|专|專|急|急救|加急)?(?:电讯|[电電](?![话影视力报子台信器网脑站缆灯話視報])|[讯訊](?![社息问号员員])|消息)"
DATELINE = compile_pattern(
    rf"(?P<open>[【〔［\[（(])?(?P<according>据|據)?(?P<agency>{_AG})(?:(?:特派|特约|驻[{HAN}]{{2,6}}?)?记者)?"
    rf"(?P<place>[{HAN}·、—-]{{0,24}}?)(?P<when>{DATE}|{DAY_ONLY})?(?P<close>{_CLOSE})(?P<shut>[】〕］\]）)])?"
)
# OCR and print also give 本报北京一月四日 记者… and 本报讯１月３日
_BARE = compile_pattern(rf"(?P<agency>本报|本報)(?P<close>讯|訊)(?![员員])(?P<when>{DATE})?")
_NO_PAPER = "本通海简簡公预預汇匯情喜捷战戰举舉讣訃回播警墙牆电電快"
"""Before 报 they make another word: 海报, 简报, 战报."""
_MEDIUM = rf"(?<![{HAN}])[{HAN}][{HAN}·]{{0,11}}?(?:(?<![{_NO_PAPER}])[报報]|[网網]|电视台|電視臺|客户端|客戶端|通讯社|通訊社|海外版)"
"""A paper or a station that the reporter is of: 光明日报记者, 湖南日报·新湖南客户端记者."""
_ALSO = "学生|學生|校园|校園|特约|特約|特派|实习|實習|见习|見習|首席|高级|高級|资深|資深|执笔|執筆|主任|全媒体|全媒體|融媒体|融媒體"
_REPORTERS = (
    r"(?:(?:新华社|新華社|本报|本報|中新社|人民网|特约|特約|特派|实习|實習|见习|見習|执笔|全媒体|融媒体|[驻駐][^记記，。]{2,8}?)*"
    r"(?:[记記]者|通[讯訊][员員]|报道员|報道員|采访组|採訪組|实习生|實習生|编译|編譯|[摄攝]影)+[：:]?[^，。；？！]{0,60}?)"
)
BY_PAREN = compile_pattern(rf"[（(\[〔]{_REPORTERS}(?:报道|报导|報道|報導)?[）)\]〕]|[（(][{HAN}·、，,]{{2,30}}[）)]")
BY_REPORT = compile_pattern(rf"{_REPORTERS}(?:，{_REPORTERS})*(?:电视)?(?:摄影)?(?:报道|报导|報道|報導)[：:]?")
SIGN_OFF = compile_pattern(
    rf"[（(\[【〔](?:原?[载載]|均|综合|据|據|本栏|以上|摘自)?(?:{_AG})[^（）()。！？]{{0,60}}?(?:电|電|[讯訊](?![员員])|专电|供稿|报道|报导)[^（）()。！？]{{0,60}}?[）)\]】〕]"
)
DOC_DATE = compile_pattern(rf"[（(]?(?P<year>[{N}]{{2,4}})年(?P<month>[{N}]{{1,3}})月(?P<day>[{N}]{{1,3}})日[）)]?")
CAPTION = compile_pattern(r"^(?:[▲△▼◀▶◆■●←→↑↓]*(?:上|下|左|右|题)?图(?:为|是|片|：|:|①|②|③|1|2|3|一|二)|[（(]?图片说明)")
CREDIT = compile_pattern(
    rf"(?:[{HAN}]{{2,4}}(?:摄影?|／摄|/摄|文并?摄|供图|摄影报道)|新华社发|新华社记者[{HAN}]{{2,4}}摄)(?:[（(][^）)]{{2,8}}[）)])?[。]?$"
)


class Squeezed(NamedTuple):
    """A string without blanks, and for each of its characters the index it had."""

    text: str
    at: Sequence[int]


def squeeze(text: str) -> Squeezed:
    """The text without blanks and line ends, with a way back.

    >>> squeeze("李  舸 摄").text
    '李舸摄'
    """
    if not _BLANK.search(text):
        return Squeezed(text, range(len(text)))
    at = [i for i, c in enumerate(text) if not (c.isspace() or c in "\u200b\ufeff")]
    return Squeezed("".join([text[i] for i in at]), at)


def _all_names(bracket: str) -> bool:
    if re.search(r"通[讯訊][员員]|采访组|採訪組|实习生|實習生|编译|編譯|[摄攝]影", bracket):
        return True
    words = re.split(r"[、，,]", bracket.strip("（()）"))
    return all(is_name(w) or len(unglued(w)) > 1 for w in words)


class Dateline(NamedTuple):
    """Positions in the squeezed text; ``end`` is after 电, ``by_end`` after the reporters that follow it."""

    start: int
    end: int
    by_start: int
    by_end: int
    agency: str | None
    place: str | None
    when: str | None


# Words that make a "place" something else: 本报记者从北京… is no dateline.
_NO_PLACE = compile_pattern(r"[记記]者|最[后後新]|独家|從|从|今天|昨天|日前|近日|获悉|编辑|社论|评论|为|的|了|通过|发")


def dateline(text: str) -> Dateline | None:
    """The dateline that opens a squeezed paragraph.

    >>> d = dateline("新华社北京11月24日电(记者樊曦、刘夏村)为学习贯彻党的十九届五中全会精神")
    >>> d.agency, d.place, d.when, d.end, d.by_end
    ('新华社', '北京', '11月24日', 12, 22)
    >>> dateline("本报北京一月四日讯记者李长云报道：今天").place
    '北京'
    >>> d = dateline("本报北京一月八日讯新华社记者周志方、赵秀娟，本报记者李舫报道：昨天")
    >>> d.agency, d.place
    ('新华社', '北京')
    >>> dateline("本报记者从北京市电信局获悉") is None
    True
    >>> d = dateline("央视网消息（新闻联播）：国家主席习近平晚同德国总理默克尔通电话。")
    >>> d.end, d.by_end
    (12, 12)
    """
    m = DATELINE.match(text) or _BARE.match(text)
    if not m:
        return None
    g = m.groupdict()
    place = g.get("place") or None
    if place and (_NO_PLACE.search(place) or (not g.get("when") and len(place) > 8)):
        return None
    when = g.get("when")
    end = m.end()
    if g.get("open") and not g.get("shut"):
        b0 = re.match(rf"(?P<by>{_REPORTERS})[】〕］\]）)]", text[end:])
        if not b0:
            return None
        return Dateline(0, end, end, end + b0.end(), agencies()[m["agency"]], place, when)
    if (
        not when
        and not place
        and not re.match(r"(?:综合|专)?[讯訊]|电讯|消息", m["close"])
        and not g.get("according")
        and not g.get("open")
    ):
        return None  # 本报电… without place or date is prose
    if not when:
        rest = re.match(DATE + r"(?=\D)", text[end:]) if m["close"].endswith(("讯", "訊")) and not place else None
        if rest:
            when, end = rest.group(), end + rest.end()
    agency = agencies()[m["agency"]]
    by_start = by_end = end
    b = BY_PAREN.match(text, end) or BY_REPORT.match(text, end)
    if b and b.group()[0] in "（(" and not re.search("[记記]者", b.group()) and not _all_names(b.group()):
        # 央视网消息（新闻联播）：a programme, not a person
        end = by_start = by_end = b.end() + (text[b.end() : b.end() + 1] in ("：", ":"))
    elif b:
        by_start, by_end = end, b.end()
        if agency == "本报":
            # an agency's reporter who is named beside our own: the report is the agency's too, and the paper is no agency
            agency = next((agencies()[a] for a in re.findall(_AG, b.group()) if agencies()[a] != agency), agency)
    elif text[end : end + 1] in ("：", ":"):
        end = by_start = by_end = end + 1
    return Dateline(0, end, by_start, by_end, agency, place, when)


_ROLE = compile_pattern(
    rf"(?:新华社|新華社|本报|本報|中新社|人民网|新华网|人民日报|本刊|央视|{_MEDIUM})?(?:{_ALSO})*(?:[驻駐赴][^记記\s]{{2,8}}?)?(?:{_ALSO})*"
    r"(?:[记記]者|通[讯訊][员員]|[评評][论論][员員]|编辑|編輯|实习生|實習生|编译|編譯|记录|記錄|撰稿人?|特约撰稿人|观察员|觀察員|[摄攝]影)+[：:]?"
    rf"|采访组[：:]|(?:{_WORK})[ \u3000]*[：:／/|｜]|[／/|｜](?:{_WORK})(?![{HAN}])|(?<![{HAN}])(?:{_WORK})(?![{HAN}])"
    r"|参与采写|摄影报道|摄影|報[道導]|报[道导][：:]?|综合|执笔|(?<=[^\s])[摄攝](?=$|[、\s）)])"
)
_MEDIA = compile_pattern(
    rf"(?:^|(?<=[\s、，（(]))(?![{HAN}]{{0,4}}(?:本[报報]|社))[{HAN}]{{2,6}}?"
    rf"(?=(?:{_ALSO})*(?:[记記]者|编辑|編輯|通[讯訊][员員])[：:\s]*[{HAN}])"
)
"""每经记者 谢振宇: a paper's short name before the role."""
_FROM_PLACE = compile_pattern(rf"[（(\[［〔【〖][{HAN}]{{1,6}}[）)\]］〕】〗]")
_WRITTEN = compile_pattern(r"^(?P<author>.+?)[\s]*[著作文][\s／/、，,]+.*[译譯][\s）)]*$|^(?P<author2>.+?)[\s]*著[\s]*.*[译譯][\s）)]*$")
"""[美] 约翰·史密斯 著 李明 译: the translator is none of the authors."""
_WORKPLACE = compile_pattern(f"(?:{words_of('workplace')}|{words_of('titles')})$")
_TITLED = compile_pattern(f"(?:{words_of('titles')})$")
_MARKS = compile_pattern(r"[□■●◆○◎☆★▲△◇▪•※＊*→（）()【】〔〕\[\]<>〈〉]+")
_SPLIT = compile_pattern(r"[、，,；;／/\s]+|(?<=[^\s])和(?=[^\s])")
_SINGLE = compile_pattern(rf"^[{HAN}]$")
_PERSON = compile_pattern(rf"[{HAN}·•・A-Za-z.\-]{{2,20}}")
_ALL_HAN = compile_pattern(rf"[{HAN}]+")


def authors(printed: str, *, bare: bool = False) -> list[str]:
    """The names in a byline as printed, inner blanks of two-character names closed.

    >>> authors("■ 本报记者 董 昊")
    ['董昊']
    >>> authors("(记者樊曦、刘夏村)")
    ['樊曦', '刘夏村']
    >>> authors("本报驻韩国记者 陈尚文 本报驻朝鲜记者 周之然")
    ['陈尚文', '周之然']
    >>> authors("新华社记者罗玉文、本报记者陈维伟报道：")
    ['罗玉文', '陈维伟']
    >>> authors("(记者 刘洋 实习生 张婷)")
    ['刘洋', '张婷']
    >>> authors("（湖北日报全媒体记者王小刚 通讯员李芳）"), authors("本報赴四川特派記者 王建國")
    (['王小刚', '李芳'], ['王建國'])
    >>> authors("本报记者　赵嘉鸣　管克江　焦　翔　王海林")
    ['赵嘉鸣', '管克江', '焦翔', '王海林']
    >>> authors("◎每经记者 谢振宇 每经编辑 赵天宝"), authors("[美] 约翰·史密斯 著　李　明 译"), authors("（上海）赵丽宏")
    (['谢振宇', '赵天宝'], ['约翰·史密斯'], ['赵丽宏'])
    >>> authors("天津第三纺织厂工人　王德山"), authors("唐山　刘玉林"), authors("孙　建国"), authors("社評")
    (['王德山'], ['刘玉林'], ['孙建国'], [])
    >>> authors("新华社记者 龚珺瑶本报记者冯奎"), authors("记 者 程 曦 报道：")
    (['龚珺瑶', '冯奎'], ['程曦'])
    >>> authors("本报特约 记者 柳玉鹏")
    ['柳玉鹏']
    >>> authors("（见习记者 裴晓兰通讯员 陈慧）"), authors("华商记者 李明")
    (['裴晓兰', '陈慧'], ['李明'])
    """
    written = _WRITTEN.match(printed.strip())
    text = _FROM_PLACE.sub(_unless_named, (written["author"] or written["author2"]) if written else printed)
    text = _MARKS.sub(" ", text)
    # 记 者 and 本 报 记 者 printed with blanks
    text = re.sub(r"本\s?[报報]\s?[记記]\s?者", "本报记者", text)
    text = re.sub(r"(?<![\u3400-\u9fff])[记記]\s者", "记者", text)
    text = re.sub(rf"({_ALSO})\s+(?=[记記]者)", r"\1", text)
    text = unroled(text)
    out: list[str] = []
    for chunk in re.split(r"[、，,；;／/|｜]", text):
        words = [w for w in re.split(r"[\s\u3000\u00a0]+", chunk) if w]
        words = people(words, enclosed=printed.strip()[:1] in "（(")
        k = 0
        while k < len(words):
            w = words[k]
            following = words[k + 1] if k + 1 < len(words) else ""
            if _parted(w, following):
                w, k = w + following, k + 1
            k += 1
            out += unglued(w)
    names = dict.fromkeys(w.strip("：:。.·") for w in out if w not in _bylines()["nameless"])
    return [w for w in names if _PERSON.fullmatch(w) and (len(w) <= 6 or not _ALL_HAN.fullmatch(w) or is_issuer(w))]


def people(words: list[str], *, enclosed: bool = False) -> list[str]:
    """The words of a byline without where its people live and work, and what they are: 唐山　刘玉林; 李應生　立法會議員.

    In brackets under a text, where readers sign, a word before a name is a place even where no table knows it: （木柵　葉文欽）.
    """
    while len(words) > 1 and any(map(is_name, words[1:])):
        first = words[0]
        known = first in places() or works_at(first) or first in _bylines()["titles"]
        if not known and not (enclosed and len(words) == 2 and 2 <= len(first) <= 3 and not is_name(first) and _ALL_HAN.fullmatch(first)):
            break
        words = words[1:]
    while len(words) > 1 and any(map(is_name, words[:-1])) and _TITLED.search(words[-1]) and not is_name(words[-1]):
        words = words[:-1]
    return words


def _parted(word: str, following: str) -> bool:
    """董 昊, 孙 建国, 欧阳 修: a family name that blanks part from the given name."""
    single, double = surnames()
    if _SINGLE.match(word):
        return bool(_SINGLE.match(following)) or (word in single and len(following) == 2 and bool(_ALL_HAN.fullmatch(following)))
    return len(word) == 2 and word in double and 0 < len(following) <= 2


def unroled(printed: str) -> str:
    """A byline without the words for what its people are and did.

    >>> unroled("本报记者 李明 王刚摄").split()
    ['李明', '王刚']
    """
    return re.sub(r"本[报報]|新[华華]社|中新社", " ", _ROLE.sub(" ", _MEDIA.sub(_unnamed, printed))).rstrip("摄攝 ：:。")


def _unnamed(m: re.Match[str]) -> str:
    """华商记者 李明 opens with a paper, 裴晓兰通讯员陈慧 with a name."""
    named = (is_name(m.group()) and (m.start() or len(m.group()) > 2)) or _ROLE.match(m.group())
    return m.group() if named else " "


def works_at(word: str) -> bool:
    """A town, a work unit or an occupation, as it stands before a name.

    >>> works_at("河北省献县"), works_at("天津第三纺织厂工人"), works_at("李长村")
    (True, True, False)
    """
    return bool(_WORKPLACE.search(word)) and not is_name(word)


def _unless_named(m: re.Match[str]) -> str:
    """[美], （上海） and （新华社） go from beside a name; （李明） stays."""
    inside = m.group()[1:-1]
    named = is_name(inside) and inside not in places()
    return m.group() if named or m.group() == m.string.strip() or _ROLE.search(inside) else " "


def unglued(word: str) -> list[str]:
    """The names in a row of names without blanks, where every piece opens with a family name; else the word itself.

    >>> unglued("韩清忠罗锡亮李亚南"), unglued("胡延奇郑斌杨书浩"), unglued("全国政协会议")
    (['韩清忠', '罗锡亮', '李亚南'], ['胡延奇', '郑斌', '杨书浩'], ['全国政协会议'])
    >>> unglued("孟西安韩宏"), unglued("王彦田周亮")
    (['孟西安', '韩宏'], ['王彦田', '周亮'])
    """
    if len(word) < 5 or not re.fullmatch(rf"[{HAN}]+", word) or is_issuer(word):
        return [word]
    single, double = surnames()
    best: dict[int, tuple[int, float, list[str]]] = {0: (0, 0.0, [])}
    for i in range(len(word)):
        if i not in best:
            continue
        count, rare, names = best[i]
        for n in (3, 2, 4):
            name = word[i : i + n]
            if len(name) < n or not (name[0] in single or name[:2] in double) or (n == 4 and name[:2] not in double):
                continue
            way = (count + 1, rare + _rarity(name), [*names, name])
            if i + n not in best or way[:2] < best[i + n][:2]:
                best[i + n] = way
    got = best.get(len(word))
    return got[2] if got else [word]


def _rarity(name: str) -> float:
    """How rare the family name is: 孟西安韩宏 is rather a 韩 than an 安."""
    return _ranks().get(name[:2], _ranks().get(name[0], 9.0))


@lru_cache(maxsize=1)
def _ranks() -> dict[str, float]:
    """Family names, by the logarithm of their place in the table; those of two characters are hardly ever anything else."""
    t = _table("surnames.toml")
    out: dict[str, float] = {}
    for key in ("single", "traditional"):
        for k, c in enumerate(str(t[key]).replace("\n", "")):
            out.setdefault(c, math.log(2 + k))
    return out | dict.fromkeys(surnames()[1], 0.0)


_DOTTED = compile_pattern(rf"[{HAN}]{{1,8}}[·•・][{HAN}]{{1,10}}(?:[·•・][{HAN}]{{1,8}})?")
_TWO_TO_FOUR = compile_pattern(rf"[{HAN}]{{2,4}}")


def is_name(word: str) -> bool:
    """Two to four characters that open with a family name, or a name with middle dot.

    >>> is_name("习近平"), is_name("欧阳修"), is_name("帕夏古丽·克热木"), is_name("发展"), is_name("李  舸")
    (True, True, True, False, True)
    >>> is_name("陳志成"), is_name("简讯"), is_name("简　讯")
    (True, False, False)
    """
    w = _BLANK.sub("", word)
    if ("·" in w or "•" in w or "・" in w) and _DOTTED.fullmatch(w):
        return True
    single, double = surnames()
    return ((len(w) <= 3 and w[:1] in single) or w[:2] in double) and bool(_TWO_TO_FOUR.fullmatch(w)) and w not in _labels()


# The bodies that sign documents on the front page; suffixes, because any ministry may.
ISSUERS = (
    "中共中央", "国务院", "全国人大常委会", "中央军委", "全国政协", "委员会", "办公厅", "部", "总局", "总工会", "总署",
    "法院", "检察院", "人民政府", "主席团", "银行",
)  # fmt: skip


def is_issuer(word: str) -> bool:
    """The name of a body that issues documents: 中共中央, 国务院办公厅."""
    return _BLANK.sub("", word).endswith(ISSUERS)


BYLINE = compile_pattern(
    rf"^[□■●◆○◎☆★▲△◇▪•※＊*（(]*"
    rf"(?:(?:新华社|新華社|本报|本報|本刊|中新社|人民网|新华网|人民日报|工人日报|通讯|{_MEDIUM})?(?:{_ALSO}|[驻駐赴][{HAN}]{{2,6}}?(?=特[约約派]|[记記]者))*"
    rf"(?:[记記]者|通[讯訊][员員]|[评評][论論][员員]|特约评论员|特[约約]撰稿人?|观察员|觀察員|编辑部|編輯部|编译|編譯|采访组|採訪組)"
    rf"|(?:文|图|圖|作者|撰文|撰稿|口述|整理|执笔|執筆|采写|採寫|采访|採訪|摄影|攝影|记录|記錄|翻译|翻譯|[记記]者)[：:／/|｜])"
)


_AGAIN = compile_pattern("(?:文|图|圖|[摄攝]影?|制图|漫画|漫畫|插[图圖]|[编編][译譯辑輯]|[记記]者|通[讯訊][员員])[：:]")
"""A second role in a byline: 文：周穎思　圖：梁偉德."""


def looks_like_byline(squeezed: str) -> bool:
    """A line that is a byline and nothing else: it names a reporter's role and holds no sentence.

    >>> looks_like_byline("本报记者程艳博"), looks_like_byline("本报记者从有关部门获悉，明年")
    (True, False)
    >>> looks_like_byline("文：周穎思圖：梁偉德"), looks_like_byline("特約撰稿鄭明仁")
    (True, True)
    >>> looks_like_byline("光明日报全媒体记者李小明"), looks_like_byline("通报记者节活动")
    (True, False)
    """
    m = BYLINE.match(squeezed)
    if not m or len(squeezed) > 60 or re.search(r"[，。！？；：:“”]", _AGAIN.sub("", squeezed[m.end() :])):
        return False
    rest = squeezed[m.end() :]
    if re.search(r"[从從]|在|[获獲]悉|[来來]到|走[进進]|日前|近日|采[访訪]|了解|[发發]现|[说說]", rest) and len(rest) > 4:
        return False
    return len(rest) <= 4 or bool(authors(squeezed)) or bool(authors(_AGAIN.sub("、", squeezed)))
