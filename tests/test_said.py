"""The names and phrases of a story come back in it: what stands across a seam may stand elsewhere on the page."""

from __future__ import annotations

import numpy as np
import pytest
from house import codes

from qingyang.lines import read_lines
from qingyang.pieces import AGAIN, Pieces
from qingyang.records import Source
from qingyang.said import LONGEST, Said
from qingyang.seams import LEFT, RIGHT


def across(page: str, above: str, below: str) -> int:
    said = Said.on(read_lines(Source("1.txt", page, "")))
    only = np.array([0])
    return int(said.across(codes([above], LEFT, True), codes([below], RIGHT, False), only, only)[0])


@pytest.mark.parametrize(
    ("page", "above", "below", "length"),
    [
        ("国务院副总理钱其琛会见了客人。", "宾主在谈话时钱其", "琛会见了", 5),
        ("国务院副总理钱其琛会见了客人。", "中国外长钱其", "琛说，", 3),
        ("国务院副总理钱其琛会见了客人。", "中国外长钱其", "中来到", 0),
        ("外长钱其\n琛会见了客人。", "外长钱其", "琛会见了客人。", 0),  # across a line end nothing is said
        ("國務院副總理錢其琛會見了客人。", "中国外长钱其", "琛会见了", 5),  # Traditional and Simplified alike
        ("会见了钱其琛，一九九八", "钱其琛，", "一九九八", 0),  # marks are no run
        ("", "外长钱其", "琛会见了", 0),
        ("琛", "外长钱其", "琛会见了", 0),
    ],
)
def test_the_longest_run_across_a_seam_that_stands_in_a_line(page: str, above: str, below: str, length: int) -> None:
    assert across(page, above, below) == length
    assert length <= LONGEST < len(AGAIN)


NAMED = "哈立德丁会见了代表团。\n代表团成员出席了哈立\n展览会由中方主办，马\n德丁的招待会。"


def test_a_name_that_is_printed_whole_elsewhere_decides_between_two_lines() -> None:
    pieces = read(NAMED)
    above, below = np.array([1, 2]), np.array([3, 3])
    first, other = pieces.follows(above, below)
    assert first > other
    assert pieces.again(above, below).tolist() == [4, 0]
    unnamed = read(NAMED.replace("哈立德丁", "主办单位"))
    assert unnamed.again(above, below).tolist() == [0, 0]
    assert unnamed.follows(above, below)[0] < first


def read(text: str) -> Pieces:
    sheet = read_lines(Source("1.txt", text, ""))
    sheet.row, sheet.place = np.arange(len(sheet)), sheet.indent.copy()
    return Pieces(sheet, np.arange(len(sheet)), len(sheet))
