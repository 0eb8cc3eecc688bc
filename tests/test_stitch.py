"""Which head and which tail of an issue belong together."""

from __future__ import annotations

import pytest

from qingyang.issue import Cleaned, clean_issue
from qingyang.records import Source

SILK = (
    "蚕茧收购价格下月放开\n　　本报讯　全省蚕茧收购工作会议昨天在市里召开。各县丝绸公司就蚕茧价格、烘茧能力和资金问题\n"
    "交换了意见。蚕农普遍反映，今年春蚕长势好，可是烘茧的煤炭供应不足，茧站收购蚕茧的手续还没有\n"
)
SILK_ON = "定下来。省丝绸公司答应在收购以前给各茧站调运煤炭，蚕茧价格由市场定。\n　　会议要求各县茧站不得拖欠蚕农的茧款。\n"
CHESS = (
    "少年围棋赛昨晚收官\n　　本报讯　全省少年围棋赛昨晚下完最后一轮。十二岁的棋手何小舟执黑先行，中盘时白棋大龙\n"
    "被围，双方的用时都已不多，观战的老棋手看到黑棋在左下角打劫，局面\n忽然\n"
)
CHESS_ON = "倒向白棋一边。何小舟长考二十分钟以后弃子转身，终局数子，黑棋胜半子，夺得围棋赛冠军。\n　　这位小棋手学棋才四年。\n"
END = "自来水厂昨日检修\n　　本报讯　自来水厂昨日检修水管，城东停水半天。\n"


def issue(first: list[tuple[str, str]], third: list[tuple[str, str]]) -> Cleaned:
    one = "\n".join(f"{text.rstrip()}（下转第三版{mark}）\n" for text, mark in first)
    three = "\n".join(f"（上接第一版{mark}）\n{text}" for text, mark in third) + "\n" + END
    pages = (("1", one), ("3", three))
    return clean_issue([Source(f"0{n}.txt", text, n * 64, page=n, issue_date="1988-06-02") for n, text in pages])


def ends(done: Cleaned) -> dict[str | None, str]:
    return {r["headline"]: r["text"].rstrip()[-7:] for r in done.records}


@pytest.mark.parametrize("turned", [False, True])
def test_printed_ordinals_tell_which_tail_is_whose(turned: bool) -> None:
    """Even where the words say otherwise: the paper knows."""
    tails = [(SILK_ON, "①"), (CHESS_ON, "②")] if not turned else [(SILK_ON, "②"), (CHESS_ON, "①")]
    found = ends(issue([(SILK, "①"), (CHESS, "②")], tails))
    silk, chess = "蚕农的茧款。", "学棋才四年。"
    whose = (silk, chess) if not turned else (chess, silk)
    assert (found["蚕茧收购价格下月放开"].endswith(whose[0]), found["少年围棋赛昨晚收官"].endswith(whose[1])) == (True, True)


def test_unequal_ordinals_keep_apart() -> None:
    done = issue([(SILK, "①")], [(SILK_ON, "②")])
    (head,) = [r for r in done.records if r["headline"] == "蚕茧收购价格下月放开"]
    assert not head["complete"] and len(head["parts"]) == 1


@pytest.mark.parametrize(("heads", "tail", "whose"), [
    ((SILK, CHESS), CHESS_ON, "少年围棋赛昨晚收官"),
    ((CHESS, SILK), CHESS_ON, "少年围棋赛昨晚收官"),
    ((SILK, CHESS), SILK_ON, "蚕茧收购价格下月放开"),
    ((CHESS, SILK), SILK_ON, "蚕茧收购价格下月放开"),
])  # fmt: skip
def test_a_single_tail_goes_to_the_head_whose_words_it_shares(heads: tuple[str, str], tail: str, whose: str) -> None:
    done = issue([(h, "") for h in heads], [(tail, "")])
    assert [r["headline"] for r in done.records if len(r["parts"]) == 2] == [whose]
    assert sum(not r["complete"] for r in done.records) == 1


def test_a_pair_that_seam_and_words_speak_against_stays_apart() -> None:
    """茧站收购蚕茧的手续还没有 | 倒向白棋一边: the page numbers alone do not make one story of two."""
    done = issue([(SILK, "")], [(CHESS_ON, "")])
    assert all(len(r["parts"]) == 1 for r in done.records)
    assert [r["complete"] for r in done.records] == [False, False, True]
    assert [x["rule"] for x in done.ledger[0]["decisions"] if x["rule"].startswith("stitch.")] == ["stitch.apart"]


@pytest.mark.parametrize(("head", "tail", "mark"), [
    (SILK.replace("的手续还没有", "的手续太多。"), CHESS_ON, "unsure"),  # after a full stop the seam says nothing
    (CHESS, CHESS_ON, None),
])  # fmt: skip
def test_a_pair_that_only_the_page_numbers_make_is_marked(head: str, tail: str, mark: str | None) -> None:
    (stitched,) = [r for r in issue([(head, "")], [(tail, "")]).records if len(r["parts"]) == 2]
    assert stitched["metadata"].get("continuation") == mark
