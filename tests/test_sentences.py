"""Sentences: they tile any text, agree with pySBD's published cases, and keep together what was printed as one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyang import sentences as module
from qingyang.sentences import split

GOLDEN = json.loads((Path(__file__).parent / "data" / "pysbd_zh_golden.json").read_text(encoding="utf-8"))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@given(st.text(alphabet="。。，、；—— 　\t的新华社说：' \"＂和与abc1\r\x1e\u2028", max_size=20))
def test_the_short_way_leads_to_the_same_sentences(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_OTHER", re.compile(""))
        long_way = split(text)
    assert split(text) == long_way


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_pysbd_golden(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


# A bar stands where a sentence ends.
@pytest.mark.parametrize(
    "marked",
    [
        # People's Daily, 25 November 2020, page 2
        "同志们：",
        "“不惰者，众善之师也。”|在长期实践中，我们培育形成了劳模精神。",
        "奏响了“咱们工人有力量”的主旋律，各条战线英雄辈出、群星灿烂。|特别是进入新时代以来，谱写了新篇章。",
        "同志们！|今天，我们隆重召开大会。",
        # a closing mark stays with its sentence
        "他说：“干！”|大家鼓掌。",
        "他说：“第一点。|第二点。”|会议结束。",
        "（本报记者张三摄。）",
        "展览昨日开幕。|（附图片１张。）|观众很多。",
        "「我知道了。」|天亮了。",
        "『真的？』|她笑了。",
        # what tells who spoke
        "“我们一定完成任务。”他说。|会议结束。",
        "“粮食够吃吗？”记者问。",
        "“今年不同了。”他说，“收成好。”|村民笑了。",
        "「我知道。」他說。|天亮了。",
        "“任务完成了。”|他说：“休息吧。”",
        "“任务完成了。”|中国人民感到自豪。",
        # what is quoted in passing
        "人群中响起“加油！加油！”的呐喊。|比赛开始。",
        "“什么是幸福？”这个问题他想了很久。",
        "高呼“万岁！”，队伍走过广场。",
        # nothing ends in a title or in brackets
        "我们看了《摔跤吧！爸爸》。|很好！",
        "他来了（你猜是谁？），坐下了。",
        # marks
        "真的？！|是的！！！|好……|走吧。",
        "苹果、梨、桃……，都熟了。",
        "第一句；第二句；第三句。",
        "增长3.5%，达12.8亿元。|完成了。",
        "一.总则。|二.分则。",
        "网址http://a.cn/?id=3&x=1!y。|完。",
        "真的吗?|真的!|好的.|完",
        "……他没有说完。|走了。",
        "The meeting opened on Monday. |It closed on Friday.",
        "U.S.A. 队获胜。|完",
        # an opening mark whose partner was lost: the paragraph is still cut
        "“第一句。|第二句。|第三句。",
        "（第一句。|第二句。",
        # line ends belong to the sentence before them, also after a line without a full stop
        "标题\n|正文。\n\n|第二段。 |完",
    ],
)
def test_ends_where_the_bar_is(marked: str) -> None:
    assert sentences(marked.replace("|", "")) == marked.split("|")


MARKS = st.text(alphabet="中文他说。！？…；，：“”‘’「」『』（）《》【】.!?\"' 3a\n\u3000——", max_size=60)


@given(MARKS | st.text(max_size=60))
def test_tiles_the_text(text: str) -> None:
    spans = split(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]


@given(MARKS)
def test_never_begins_with_a_closing_mark(text: str) -> None:
    ended = [text[end - 1] for _, end in split(text)[:-1]]
    following = [text[start] for start, _ in split(text)[1:]]
    assert not [pair for pair in zip(ended, following, strict=True) if pair[0] in "。！？" and pair[1] in "”’」』）》】"]


def test_empty() -> None:
    assert split("") == []


@pytest.mark.parametrize("text", ["（他说“好。" * 100_000, "“。" * 100_000 + "”" * 100_000, "“" * 100_000 + "）" * 100_000])
def test_a_broken_line_costs_no_more(text: str) -> None:
    # Minutes if every mark looked for its partner to the end of the line.
    assert split(text)[-1][1] == len(text)
