"""Lines in the middle of a sentence stay in it; what the page prints for itself does not."""

from __future__ import annotations

import pytest

from qingyang import clean

HEAD = "县城新图书馆昨日开放\n"


def text(page: str) -> str:
    return "\n".join(r["text"] for r in clean(page))


@pytest.mark.parametrize(
    ("page", "whole"),
    [
        (
            "水厂扩建工程完工\n　　本报讯　经过半年的紧张施工，水厂于\n1986年4月12日\n开始供水。\n",
            "水厂于1986年4月12日开始供水。",
        ),
        (
            HEAD + "　　本报讯　新编的县志由几位老先生用了六年时间写成，全书共\n612页\n，印了两千册。读者可在柜台购买。\n",
            "全书共612页，印了两千册。",
        ),
        (
            "老馆员周树林病逝\n　　本报讯　县图书馆老馆员周树林因病抢救无效，于\n1991年8月3日\n在青河县去世，终年\n68岁。\n",
            "于1991年8月3日在青河县去世，终年68岁。",
        ),
        (
            HEAD + "　　本报讯　老馆员周树林年轻时做过\n编辑 孙立\n的学徒，后来在这座图书馆里一直管了三十年书。\n",
            "做过编辑孙立的学徒，",
        ),
        (
            HEAD + "　　本报讯　读者可在网上查书目，电话0591\n-8321654，\n网址www.qinghelib.c\nom.cn，全天开放。\n",
            "电话0591-8321654，网址www.qinghelib.com.cn，全天开放。",
        ),
        (
            HEAD + "　　本报讯　新来的馆员是从英国回来的约翰\n·史密斯（John Smith）\n先生，他教孩子们英语。\n",
            "约翰·史密斯（John Smith）先生，",
        ),
    ],
)  # fmt: skip
def test_a_sentence_keeps_its_dates_numbers_names_and_addresses(page: str, whole: str) -> None:
    assert whole in "".join(text(page).split("\n"))


COLUMN = """青河报 1986年4月13日 星期日 第二版
山区公路全线贯通
　　本报讯　昨天上午十时，连接青河
县城和北部六个乡镇的山区公路全线贯
通。这条公路长四十二公里，修建历时
三年，沿途架设桥梁十一座，开凿隧道
两处。通车以后，从县城到最远的白石
乡只要一个半小时，比过去缩短了将近
{between}
一半的路程。当地农民种植的茶叶和药
材可以当天运到县城的市场上出售。县
交通局负责人说，明年还要在公路两旁
栽种行道树，修建六个候车亭。
"""


@pytest.mark.parametrize("between", ["1986年4月13日", "责任编辑：孙立", "第二版", "编辑 孙立 美编 周树"])
def test_furniture_between_the_halves_of_a_sentence_is_taken_out(between: str) -> None:
    assert "比过去缩短了将近一半的路程。" in text(COLUMN.format(between=between)).replace("\n", "")


def test_a_line_that_the_page_prints_again_is_the_pages_own() -> None:
    page = COLUMN.format(between="1986年4月12日") + "1986年4月12日\n"
    assert "将近一半的路程。" in text(page).replace("\n", "")


def test_the_photographers_name_over_two_lines_is_no_headline() -> None:
    page = (
        "邮局增设夜间窗口\n　　本报讯　县邮局从昨天起增设夜间窗口，方便读者订阅报刊。\n"
        "图为典礼上农民敲锣打鼓欢迎第一辆客车。\n本报记者　孙立\n明摄\n"
        "白石乡办起茶叶加工厂\n　　本报讯　公路修通以后，白石乡办起了茶叶加工厂，年产茶叶\n二十吨。\n"
    )
    records = clean(page)
    assert [r["headline"] for r in records if r["headline"]] == ["邮局增设夜间窗口", "白石乡办起茶叶加工厂"]
    assert not any(r["kicker"] for r in records)


def test_a_line_in_the_middle_of_a_page_that_is_no_furniture_by_shape_is_text() -> None:
    page = (
        "青河报 一九六五年四月十三日 星期二\n水库工地喜报多\n　　本报讯　水库工地的民工提\n前三天完成了大坝的基础工\n"
        "程，受到县里的表扬。\n　　民工们表示，要在汛期到\n来以前把大坝筑到十五米。\n本报今日增刊四版\n　　本报从本月起，逢星期二\n"
        "增刊四版，随报附送，不另收\n费。\n"
    )
    assert "本报今日增刊四版" in text(page)


def test_labels_over_small_advertisements_are_kept() -> None:
    page = (
        "分类广告　刊登热线：86660000\n\n【招聘】\n城东面馆诚聘：服务员6名，包吃住，月薪700元。电话：86661234\n\n"
        "【遗失声明】\n青河县利群杂货店遗失营业执照正本，注册号4101052100456，声明作废。\n"
    )
    told = "\n".join(f"{r['kicker']}{r['headline']}{r['text']}" for r in clean(page))
    assert "【招聘】" in told and "【遗失声明】" in told
