"""Paragraphs that words alone make one are one; nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from qingyang.evidence import NAMES
from qingyang.issue import clean_issue
from qingyang.ledger import account, account_output
from qingyang.lines import Sheet, read_lines
from qingyang.records import Source
from qingyang.split import Draft, PageDrafts
from qingyang.unbroken import mend


def drafted(*paragraphs: str, subheads: tuple[int, ...] = ()) -> tuple[Sheet, PageDrafts]:
    sheet = read_lines(Source("1.txt", "\n\n".join(paragraphs) + "\n", ""))
    d = Draft(0, paragraphs=[[(0, k)] for k in range(len(sheet))], subheads=set(subheads))
    return sheet, PageDrafts([d], [], [], [])


def mended(sheet: Sheet, page: PageDrafts) -> list[str]:
    out = mend(sheet, np.zeros((len(sheet), len(NAMES)), np.float32), page)
    return ["".join(sheet.unit(k) for _, k in para) for d in out.drafts for para in d.paragraphs]


BROKEN = ("人民日报、新华社、解放军报纷纷就此发表消息、评论和通讯。中央人民", "广播电台在两个节目中作了报道。连日来听众反响热烈。")


def test_a_word_across_the_seam_makes_one_paragraph() -> None:
    sheet, page = drafted("开会了。", *BROKEN, "会议今天闭幕。")
    assert mended(sheet, page) == ["开会了。", "".join(BROKEN), "会议今天闭幕。"]
    assert [d["rule"] for d in page.decisions] == ["join.words"]
    assert page.decisions[0]["at"] == sheet.source.text.index("广播电台")


def test_several_in_a_row_are_one_and_subheads_keep_their_places() -> None:
    sheet, page = drafted(
        "一年来的工作",
        BROKEN[0],
        "广播电台在两个节目中作了报道。全国人民代",
        "表大会听取了报告。",
        "今后的任务",
        "要继续努力。",
        subheads=(0, 4),
    )
    assert len(mended(sheet, page)) == 4
    assert page.drafts[0].subheads == {0, 2}


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (BROKEN[0] + "。", BROKEN[1]),
        (BROKEN[0], "　　" + BROKEN[1]),
        ("会议听取了工作报告，与会代表进行了热烈讨论", "今年以来，该市工业总产值增长一成。"),
        (BROKEN[0] + "（新华社北京3月4日电）", BROKEN[1]),
    ],
)
def test_where_the_text_ends_or_the_words_do_not_run_on_nothing_is_joined(above: str, below: str) -> None:
    sheet, page = drafted(above, below)
    assert len(mended(sheet, page)) == 2


def test_a_heading_is_joined_with_nothing() -> None:
    sheet, page = drafted(*BROKEN, subheads=(0,))
    assert len(mended(sheet, page)) == 2


def test_a_page_of_blocks_is_accounted_for() -> None:
    text = "话剧演出受到好评\n\n本报北京3月4日讯 首都新闻界聚焦这台话剧。" + "\n\n".join(BROKEN) + "\n"
    done = clean_issue([Source("01.txt", text, "ab" * 32)])
    by_id = {r["id"]: r for r in done.records}
    account(done.ledger[0], text, by_id)
    account_output(done.ledger, by_id)
    assert "中央人民广播电台" in done.records[0]["text"]
