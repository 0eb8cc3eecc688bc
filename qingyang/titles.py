"""Lines at the seams of articles that a reader knows by their form: standing titles, signatures, the author under a headline.

更正, 讣告, 拍卖公告, 今日电视 stand over texts of a line or two, which share their words with the notice above: to the network, and to the
comparison of words, they look like headings inside it. The firm, the address and the date under a notice look like the headline
of the next. :func:`settle` gives such lines the role that their form and their neighbours show.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from qingyang import lines
from qingyang.evidence import NAMES, Floats
from qingyang.fields import is_name
from qingyang.lines import Sheet
from qingyang.patterns import compile_pattern
from qingyang.precedence import Decided, Proposal
from qingyang.roles import ROLES
from qingyang.rulebook import Rulebook, load
from qingyang.signatures import opens_document
from qingyang.tabular import cells

_COL = {n: i for i, n in enumerate(NAMES)}
_HEADS = frozenset(("kicker", "headline", "headline_cont", "deck"))
_TEXT = frozenset(("start", "continue", "subhead", "resume", "other"))
_MARKS = lines.STOP | lines.SHUTQ | lines.SHUTB | lines.DIGIT | lines.SEMI | lines.COLON | lines.DOTS
LONGEST = 20
"""Characters of a standing title: 中国人民政治协商会议委员会公告 has 15."""

_ORGANISATION = compile_pattern(
    "(?:公司|集团|医院|法院|检察院|学校|大学|学院|小学|中学|幼儿园|委员会|办公室|管理局|管理所|[总分支]局|[市县省区厅]局|商店|商场|商厦|酒店|宾馆|工厂|[\u3400-\u9fff]厂"
    "|银行|支行|中心|编辑部|报社|小组|协会|学会|研究所|出版社|工会|人民政府|合作社|村委会|居委会|事务所|居民|职工|读者|同学|群众|村民|工人|社员|党员|学生|战士|农民|市民|顾客|乘客)(?:启|章|谨启|泣谢|敬启)?$"
)
_CONTACT = compile_pattern(
    "(?:联系人|联系电话|联系地址|电话|地址|传真|邮编|邮箱|咨询|监督|举报|预约|预订|订票|订餐|报名|销售|服务|招商|租赁|投诉)"
    "(?:人|电话|热线|地址|地点|专线|邮箱|方式)?[:：]"
)
_DOCUMENT = compile_pattern("(?:办法|条例|规定|细则|章程|规则|准则|公约|[\u3400-\u9fff]{3}法)(?:（[^）]{2,8}）)?$")
_ARTICLES = compile_pattern("第[一1１][章条编节][ \u3000]|第一条|第一章|总[ \u3000]*则")
"""How a statute begins, and what its title ends in."""
_SERIAL = compile_pattern("[—－-]*[（(【]?(?:未完待续|待续|完|连载完|全文完|上接昨日|未完)[）)】]?[—－-]*$")
_POST = compile_pattern(
    "(?:主任|经理|教授|[医律教程]师|记者|编辑|作家|学者|[院所校学会社部委局厂工员生长班队团村镇]|年级|初[一二三]|高[一二三])$"
)
"""What stands before an author's name: a post or a house."""


def settle(sheet: Sheet, X: Floats, page: Decided) -> list[Proposal]:
    """The standing titles of a page as headlines, its signatures as text, its authors as bylines."""
    out = []
    for k in _short(sheet, X, page.p):
        seen = _seen(sheet, X, page.roles, page.p, k)
        if seen and (seen[0] != page.roles[k] or seen[0] == "headline"):
            out.append(Proposal(k, *seen))
    return out


def _short(sheet: Sheet, X: Floats, p: Floats) -> list[int]:
    """Units that may be one of these: short, no sentence, and not plainly the middle of one."""
    length = sheet.ends - sheet.starts
    speaks = (sheet.cls[sheet.ends - 1] & (lines.STOP | lines.COMMA)) != 0
    odd = X[:, [_COL[f"is_{n}"] for n in ("furniture", "dateline", "caption", "docdate")]].any(1)
    inside = (p[:, ROLES.index("continue")] >= GOES_ON) & ~sheet.blank_before
    return [k for k in np.flatnonzero((length <= 2 * LONGEST) & (length >= 2) & ~speaks & ~odd & ~inside).tolist() if k]


def _seen(sheet: Sheet, X: Floats, roles: list[str], p: Floats, k: int) -> tuple[str, str] | None:
    """The role that a unit shows, and the rule that knows it."""
    tight = "".join(sheet.unit(k).split())
    below = roles[k + 1] if k + 1 < len(roles) else "furniture"
    title = standing(tight, sheet.book) if len(tight) <= LONGEST and _ended(sheet, X, roles, k) else None
    if title:
        if below in ("kicker", "headline"):
            return ("kicker", title) if roles[k] == "furniture" and roles[k - 1] in _TEXT else None
        return ("headline", title) if below in _TEXT or below in ("docdate", "byline", "caption") else None
    if document(sheet, tight, k) and _ended(sheet, X, roles, k):
        return "headline", "titles.document"
    if serial(roles, tight, k):
        return "start", "titles.serial"
    if roles[k - 1] in ("headline", "headline_cont") and roles[k] in ("headline_cont", "furniture") and author(sheet.unit(k)):
        return "byline", "titles.author"
    if roles[k] in _HEADS and roles[k - 1] in _TEXT and _ended(sheet, X, roles, k) and not _heads(sheet, k):
        if contact(tight):
            return "start", "titles.contact"
        if (below in ("kicker", "headline", "headline_cont", "furniture") or _date_below(X, k)) and signature(sheet, roles, k):
            return "start", "titles.signature"
    if roles[k] in ("headline", "headline_cont") and opens_text(sheet, X, roles, p, k):
        return "start", "titles.opens_text"
    return None


def standing(line: str, book: Rulebook | None = None) -> str | None:
    """The rule that knows a line without blanks as a title that papers print over every text of its kind; None where none does.

    >>> standing("拍卖公告"), standing("特此公告"), standing("我市举行拍卖会")
    ('title.notice', None, None)
    """
    return next((rule for rule, find in _titles(book or load()) if find.fullmatch(line)), None)


@lru_cache(maxsize=8)
def _titles(book: Rulebook) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r.id, r.find) for r in book.of("title."))


def document(sheet: Sheet, tight: str, k: int) -> bool:
    """Is unit ``k`` the title of a statute, 城市供水条例, whose first article or chapter stands below it?"""
    return bool(_DOCUMENT.search(tight) and k + 1 < len(sheet) and _ARTICLES.match(sheet.unit(k + 1)))


def serial(roles: list[str], tight: str, k: int) -> bool:
    """Is this the end of a part of a serial, （未完待续）, which is no headline?"""
    return bool(_SERIAL.match(tight)) and roles[k] not in _TEXT and roles[k - 1] in _TEXT


def contact(tight: str) -> bool:
    """联系电话：, 地址：: whom to ask, under a notice, and no headline of the next."""
    return bool(_CONTACT.match(tight))


def _ended(sheet: Sheet, X: Floats, roles: list[str], k: int) -> bool:
    """Does nothing run from the line above into this one?"""
    if sheet.blank_before[k] or roles[k - 1] not in _TEXT:
        return True
    return bool(sheet.cls[sheet.ends[k - 1] - 1] & _MARKS) or X[k - 1, _COL["full"]] <= 0 or bool(X[k, _COL["room_above"]] > 0)


def _heads(sheet: Sheet, k: int) -> bool:
    """A blank line above and none below: the line stands over what follows."""
    return bool(sheet.blank_before[k] and k + 1 < len(sheet) and not sheet.blank_before[k + 1])


def opens_text(sheet: Sheet, X: Floats, roles: list[str], p: Floats, k: int) -> bool:
    """Is this the first line of the text below, indented as paragraphs are, and filling its column with its indent?"""
    if sheet.indent[k] < 1 or k + 1 >= len(sheet) or roles[k + 1] != "continue" or sheet.indent[k + 1] >= 1:
        return False
    width = np.expm1(X[k : k + 2, _COL["width_log"]])
    fills = abs(float(width[0] + min(sheet.indent[k], 2.0) - width[1])) <= 1.01
    return bool(fills and p[k, ROLES.index(roles[k])] < HEADED and not sheet.blank_before[k + 1])


GOES_ON = 0.8
"""From which probability on a line goes on with the text above, whatever it looks like."""
HEADED = 0.6
"""From which probability on a head is one, indented though it be."""


def _date_below(X: Floats, k: int) -> bool:
    return k + 1 < len(X) and bool(X[k + 1, _COL["is_docdate"]] > 0)


def author(unit: str) -> bool:
    """市第一医院骨科主任　卢志远: a post or a house, and a name."""
    parts = cells(unit)
    return len(parts) in (2, 3) and is_name(parts[-1]) and bool(_POST.search(parts[-2]))


def signature(sheet: Sheet, roles: list[str], k: int) -> bool:
    """Is this the signature under the text above, and no kicker? A house that opens the title of a document (市总工会 / 关于…) is one."""
    if opens_document(sheet, k + 1):
        return False
    unit = sheet.unit(k)
    parts = cells(unit)
    if k + 1 < len(sheet) and sheet.blank_before[k + 1] and not sheet.blank_before[k] and _ORGANISATION.search(parts[-1]):
        return True
    if len(parts) > 1 and (is_name(parts[-1]) or _ORGANISATION.search(parts[-1])):
        return True
    tight = "".join(unit.split())
    if not _ORGANISATION.search(tight):
        return False
    return tight.endswith(("公司", "启", "居民", "读者", "职工")) or tight in _above(sheet, roles, k)


def _above(sheet: Sheet, roles: list[str], k: int) -> str:
    """The text of the article above."""
    first = k
    while first and roles[first - 1] in _TEXT:
        first -= 1
    return "".join("".join(sheet.unit(j).split()) for j in range(first, k))
