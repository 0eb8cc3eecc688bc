"""Jump lines: every attested form, the look-alikes, and what a long page costs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyang.jumps import find


@pytest.mark.parametrize(
    ("printed", "kind", "page"),
    [
        # People's Daily 2020-11-25, page 2
        ("(上接第1版)", "from", "1"),
        # sports page line fixtures
        ("◀上接A01版", "from", "A1"),
        ("上接A01版", "from", "A1"),
        ("◀ 上接 A01 版", "from", "A1"),
        ("（上接A1版）", "from", "A1"),
        # China Meteorological News: as author
        ("上接第一版", "from", "1"),
        ("下转第二版", "on", "2"),
        ("（上接第一版】", "from", "1"),
        # journals
        ("（上接第136页）", "from", "136"),
        ("(上接第11页）", "from", "11"),
        ("(上接第194 页)", "from", "194"),
        ("（上接1764页）", "from", "1764"),
        ("（下转第123 页）", "on", "123"),
        ("（下转第 页 ）", "on", None),
        ("（下转第 123 页 continued on page 123）", "on", "123"),
        # printed papers
        ("(紧接第一版)", "from", "1"),
        ("（紧接A7版）", "from", "A7"),
        ("(紧转7版)", "on", "7"),
        ("（紧转第３版）", "on", "3"),
        ("（下转第２版）", "on", "2"),
        ("▶▶▶下转第8版", "on", "8"),
        ("◀◀◀上接第一版", "from", "1"),
        ("（下转第七版）▶", "on", "7"),
        ("▲(上接第四版)", "from", "4"),
        ("【下转2版】", "on", "2"),
        ("（文转A2版）", "on", "A2"),
        ("（文轉Ａ２版）", "on", "A2"),
        ("（下转第十二版）", "on", "12"),
        ("（下转第A02版）", "on", "A2"),
        ("（下转A－02版）", "on", "A2"),
        ("（上接头版）", "from", "1"),
        ("（續接第一版）", "from", "1"),
        ("（接第一版）", "from", "1"),
        ("（转第2版）", "on", "2"),
        ("（下接A2版）", "on", "A2"),
        ("（上接第1版·要闻）", "from", "1"),
        ("（下转中缝）", "on", None),
        ("（下转第二、三版）", "on", "2"),
        ("（ 下 转 第 四 版 ）", "on", "4"),
        ("﹙下转第四版﹚", "on", "4"),
        ("（未完待续）", "on", None),
        ("（上接8月5日第3版）", "from", "3"),
        ("（下转A4版▶）", "on", "A4"),
        ("（文轉A2）", "on", "A2"),
        ("（接上页）", "from", None),
        ("（转下页）", "on", None),
        ("◀上接A01", "from", "A1"),
        ("■上接第1版", "from", "1"),
        ("……下转第8版", "on", "8"),
        # optical character recognition
        ("〈下转第四版)", "on", "4"),
        ("《下转第四版)", "on", "4"),
        ("（下转第四饭）", "on", "4"),
        ("（上按第四版）", "from", "4"),
        ("(下转第l版)", "on", None),
        ("（下转转第5版）", "on", "5"),
        ("（上街第1版）", "from", "1"),
        ("▲（上接第第4版）", "from", "4"),
        ("（下第转八版）▶", "on", "8"),
        ("（紧第A1版）", "from", "A1"),
    ],
)
def test_form(printed: str, kind: str, page: str | None) -> None:
    """Alone on its line, between line ends of Windows, and inside a page."""
    for before, after in (("", ""), ("各国。\r\n", "\r\n下一行"), ("　　", "\n")):
        (jump,) = find(before + printed + after)
        assert (jump.kind, jump.page) == (f"continued_{kind}", page)
        assert (before + printed + after)[jump.start : jump.end] == printed


@pytest.mark.parametrize(
    ("line", "jump"),
    [
        ("(上接第1版)中国疫情防控取得好", "(上接第1版)"),
        ("差别无须仪器检（下转第４版）", "（下转第４版）"),
        ("◀◀◀上接第二版人的智慧和心血！", "◀◀◀上接第二版"),
        ("打斗片中（下转第四版", "（下转第四版"),
        ("打斗片中下转第四版)", "下转第四版)"),
        ("（上接第1版更多的人偏爱其娱乐性", "（上接第1版"),
        ("上接第一版）的工作成绩", "上接第一版）"),
        ("明天将继续讨论。（下转第四版）", "（下转第四版）"),
        ("转机来了，转向二版（下转二版）", "（下转二版）"),
    ],
)
def test_inside_a_line(line: str, jump: str) -> None:
    (found,) = find(line)
    assert line[found.start : found.end] == jump


@pytest.mark.parametrize(
    "line",
    [
        "（相关报道见第四版）",
        "（《办法》全文见第十五版）",
        "(全国劳动模范和先进工作者名单见第九至十六版)",
        ">>>详见新民网 www.xinmin.cn",
        "上接城，以工促农、要素联动",
        "口砧木嫁接地上接穗而成",
        "从山下转向山上",
        "不从网上接第一份名单",
        "旅客可在石家庄（下转车）换乘。",
        "这类静态托管上接第三方统计",
        "群众在网上接第一版样报",
        "他在车间里一下转到第三版工作",
        "以下转载第二版的消息",
        "下转第二版块",
        "（转载自第二版）",
        "（上接城里的管网，下接村头的水塘）",
        "（上接第一版的报道引起反响）",
        "接力棒交到第二版手里",
        "书的第一版和第二版紧接着出版",
        "（以上接电话的同志第一页已签名）",
        "改版后的第四版",
        "工作未完成，待续签合同",
        "（上海第1版）",
        "接A轮融资",
        "转A股上市",
        "（接A轮）",
        "▲转A股",
        "（下见第5版）",
        "（刊第二版）",
        "《上海第一版图》",
    ],
)
def test_look_alike(line: str) -> None:
    assert find(line) == []


def test_two_in_one_text_do_not_meet() -> None:
    text = "（上接第一版）我国经济（下转第四版）▶\n（上接第二版）"
    assert [(j.kind, j.page, text[j.start : j.end]) for j in find(text)] == [
        ("continued_from", "1", "（上接第一版）"),
        ("continued_on", "4", "（下转第四版）▶"),
        ("continued_from", "2", "（上接第二版）"),
    ]


@settings(deadline=None)
@given(st.text(st.sampled_from("（）()【】上下紧文接转续未完待第一二1２A版页中缝 　\n◀▶>《》饭"), max_size=60))
def test_finds_lie_apart_inside_one_line(text: str) -> None:
    here = 0
    for jump in find(text):
        assert here <= jump.start < jump.end <= len(text)
        assert "\n" not in text[jump.start : jump.end]
        assert text[jump.start : jump.end].strip() == text[jump.start : jump.end]
        here = jump.end


@pytest.mark.parametrize(
    "piece",
    [
        "接",
        "（",
        "（上接",
        "（下转第",
        "◀ ",
        "接版",
        "（下转第一、",
        "下转 ",
        "◀◀◀◀◀上接第",
        "（上接第1版《",
        "转  页",
        "（上第1版",
        "（第",
    ],
)
def test_long_lines_cost_no_more_than_their_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    find(text)
    assert time.process_time() - started < 8


def test_own_words_are_looked_for_everywhere() -> None:
    own = "[[rule]]\nid='jump.my-see'\nfind='全文刊(?P<page>[0-9]+)版'\nthen='continued_on'\nwhy='x'\nexamples=['⟦全文刊3版⟧','全文刊登']"
    from qingyang.rulebook import load

    assert [(j.page, j.rule) for j in find("全文刊3版（上接第一版）", load({"my.toml": own}))] == [
        ("3", "jump.my-see"),
        ("1", "jump.continued-from"),
    ]
