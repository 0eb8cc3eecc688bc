"""A page whose engine put a blank between every two characters is read as if it had not."""

from __future__ import annotations

import pytest

from qingyang import spacing
from qingyang.issue import clean_issue
from qingyang.ledger import account, account_output, restore_text
from qingyang.lines import read_lines
from qingyang.records import Source

PAGE = """我市安全生产工作座谈会在京召开
本报记者王建国
　　新华社北京3月4日电　各级人民政府应当加强
对安全生产工作的领导，支持、督促各有关部门依法履行
安全生产监督管理职责，2021年建立健全协调机制。
　　乡镇人民政府应当按照职责，加强对本行政区域内生产
经营单位安全生产状况的监督检查。（下转第二版）

森林资源保护有新规
　　本报讯　森林资源属于国家所有，由法律规定属于集体
所有的除外。国家采取财政、税收、金融等方面的措施，支
持森林资源保护发展，促进林业发展。（新华社供稿）
"""


def letter_spaced(text: str) -> str:
    """As an engine writes it: a blank between any two characters but letters and digits of one word.

    >>> letter_spaced("于2021年召开")
    '于 2021 年 召 开'
    """
    out = ""
    for c in text:
        joint = bool(out) and out[-1] > " " and c > " " and "\u3000" not in (out[-1], c) and not (out[-1].isascii() and c.isascii())
        out += " " * joint + c
    return out


def source(text: str) -> Source:
    return Source("01.txt", text, "ab" * 32, publication="新报", issue_date="2021-03-05", page="1")


FIELDS = (
    *("kind", "headline", "kicker", "deck", "byline", "authors", "dateline", "agency", "place"),
    *("sign_off", "date", "paragraphs", "text", "lang", "continued_on", "complete"),
)


def test_a_letter_spaced_page_gives_the_records_of_the_page_without() -> None:
    plain, spaced = (clean_issue([source(text)]) for text in (PAGE, letter_spaced(PAGE)))
    assert len(plain.records) == 2
    assert [[r[f] for f in FIELDS] for r in spaced.records] == [[r[f] for f in FIELDS] for r in plain.records]  # type: ignore[literal-required]


@pytest.mark.parametrize(
    "text", [letter_spaced(PAGE), letter_spaced(PAGE).replace("\n", "\r\n"), letter_spaced(PAGE).replace(" ", "  ", 9)]
)
def test_its_ledger_accounts_for_every_blank(text: str) -> None:
    done = clean_issue([source(text)])
    by_id = {r["id"]: r for r in done.records}
    account(done.ledger[0], text, by_id)
    account_output(done.ledger, by_id)
    assert restore_text(done.ledger[0], by_id) == text
    taken = [p for p in done.ledger[0]["pieces"] if p[0] == "remove" and p[3].startswith("char.blank")]
    assert taken and all(not p[4].strip() for p in taken)
    for r in done.records:
        assert all(text[p["start"]] > " " and text[p["end"] - 1] > " " for p in r["parts"])


def test_decisions_stand_where_their_units_do() -> None:
    text = letter_spaced(PAGE)
    done = clean_issue([source(text)])
    heads = [d["at"] for d in done.ledger[0]["decisions"] if d["rule"] == "role.headline"]
    assert heads == [text.index("我"), text.index("森 林 资 源 保 护")]


def test_spaced_headlines_and_names_make_no_spaced_page() -> None:
    text = "庆 祝 大 会 今 日 开 幕\n" + PAGE + "出席的有：张 三　李 四　王 五　赵 六\n" * 3
    assert read_lines(source(text)).delivered is None
    assert not len(spacing.spaced("张 三 李 四 王 五 赵 六 钱 七 "))


def test_numbers_are_closed_up_where_their_digits_are_spaced_too() -> None:
    some = "全 国 有 1 9 9 8 个 县 完 成 任 务 。\n" * 12
    gone = spacing.spaced(some * 3)
    assert "".join(c for k, c in enumerate(some * 3) if k not in set(gone.tolist())).startswith("全国有1998个县完成任务。")
    whole = "全 国 有 12 500 个 县 完 成 任 务 。\n" * 12
    gone = spacing.spaced(whole)
    assert "".join(c for k, c in enumerate(whole) if k not in set(gone.tolist())).startswith("全国有12 500个县")
