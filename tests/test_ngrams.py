"""What stands on both sides of a seam is likelier as one text than as two where it is one."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from house import codes

from bench.quality.train.ngrams import read
from qingyang import ngrams
from qingyang.seams import LEFT, RIGHT

# the Government Work Report of 2023 as lines of 14 characters
LINES = [
    "各地区各部门坚持以习近平新时代",
    "中国特色社会主义思想为指导，深",
    "刻领悟“两个确立”的决定性意义",
    "国内生产总值增加到一百二十一万",
    "亿元，五年年均增长百分之五点二",
    "经济下行等多重考验，如期打赢脱",
    "贫攻坚战，如期全面建成小康社会",
]


def gains(above: list[str], below: list[str]) -> np.ndarray:
    a, b = np.indices((len(above), len(below))).reshape(2, -1)
    got = ngrams.gains(ngrams.Ends.of(codes(above, LEFT, True)), ngrams.Starts.of(codes(below, RIGHT, False)), a, b)
    return got.reshape(len(above), len(below))


@pytest.mark.parametrize(("above", "below"), [(0, 1), (1, 2), (3, 4), (5, 6)])
def test_the_line_that_goes_on_gains_most(above: int, below: int) -> None:
    others = [k for k in range(len(LINES)) if k != above]
    assert others[int(gains([LINES[above]], [LINES[k] for k in others]).argmax())] == below


def test_traditional_lines_gain_as_simplified_ones() -> None:
    simplified, traditional = gains(["高举邓小平理论伟"], ["大旗帜，把建设"]), gains(["高舉鄧小平理論偉"], ["大旗幟，把建設"])
    assert simplified == traditional > 10


def test_nothing_is_said_where_no_han_character_stands_at_the_seam() -> None:
    assert not gains(["增长8", "工作。", ""], ["中国"]).any()
    assert not gains(["在中国"], ["。今年", "%，比", ""]).any()


def test_a_seam_weighs_the_same_whatever_it_is_asked_with() -> None:
    whole = gains(LINES, LINES)
    assert [[float(gains([a], [b])[0, 0]) for b in LINES] for a in LINES] == whole.tolist()


def test_no_seam_is_a_question_without_an_answer() -> None:
    assert gains([], LINES).shape == (0, len(LINES))
    none = np.zeros(0, np.intp)
    assert not len(ngrams.gains(ngrams.Ends.of(codes(["中"], LEFT, True)), ngrams.Starts.of(codes(["国"], RIGHT, False)), none, none))


def test_numbers_are_packed_without_loss() -> None:
    keys = np.array([0, 1, 255, 256, 70_000, 2**31, 2**32 - 1], np.uint32)
    assert ngrams._unpacked(ngrams.packed(keys)).tolist() == keys.tolist()


def test_the_source_is_read_in_natural_logarithms(tmp_path) -> None:
    arpa = tmp_path / "lm.arpa"
    ones, twos = "-1\t中国\t-0.5\n-2\t人民\n-2\tABC\n", "-0.25\t中国 人民\n"
    arpa.write_text(f"\\data\\\nngram 1=3\n\n\\1-grams:\n{ones}\n\\2-grams:\n{twos}\n\\end\\\n", "utf-8")
    got = read(arpa)
    assert set(got) == {("中国",), ("人民",), ("中国", "人民")}
    assert got["中国",] == pytest.approx((-2.302585, -1.151293))


def test_pages_in_order_do_without_the_model() -> None:
    page = "\n".join(LINES) + "。\n"
    script = (
        "from qingyang.issue import clean_issue; from qingyang.records import Source; from qingyang import ngrams;"
        f"clean_issue([Source('p', {page!r}, '')]); print(ngrams.model.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip() == "0"
