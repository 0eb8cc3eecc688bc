"""Furniture: whole lines only, sure and weak, and no sentence of an article."""

from __future__ import annotations

import time

import numpy as np
import pytest

from qingyang import furniture
from qingyang.furniture import is_crossref, match, strength


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        # Farmers' Daily 2011-01-01, page 1
        ("2011年1月1日 星期六 农历庚寅年十一月廿七 十二月初三小寒 第8715期(今日四版)", "folio"),
        ("国内统一刊号:CN11-0055 邮发代号:1-39 新闻热线:01085831572 E-mail:zbs2250@263.net", "registration"),
        ("中国农业新闻网:www.farmer.com.cn", "website"),
        ("FARMERS' DAILY", "latin-nameplate"),
        # a weekly paper as PDF text
        ("01- 8720028 2018 年 4 月 9 日 星 期 一 主编:雪颖 本版编辑: 高文 校对:钟欣", "folio"),
        ("中国建设报 2026年8月31日 第9167期 今日8版", "folio"),
        ("2026年09月29日 08:32 来源：新华社", "web-stamp"),
        ("人 民 网 版 权 所 有 ，未 经 书 面 授 权 禁 止 使 用", "copyright"),
        ("《 人民日报 》（ 2020年05月19日 01 版）", "source-footer"),
        ("责任编辑：王海明　美编：李晓芸　校对：赵立 新闻热线：０３６１-２６３７５２７", "credit"),
        ("一版责编：吴  丹  许  诺  孟繁哲    二版责编：殷新宇  蒋雪婕  郭雪岩", "credit"),
        ("本版责编：臧春蕾  张伟昊  邓剑洋  崔杨臻", "credit"),
        ("２ 理论 人民日报 ２０２３年１月１日 星期日", "folio"),
        ("星期日 2023年1月1日 要闻 第2版", "folio"),
        ("二〇二〇年十一月二十五日 星期三", "folio"),
        ("2020.11.25 星期三 A02 要闻", "folio"),
        ("第11版:星期天夜光杯/夜光杯", "page-label"),
        ("A2版", "page-label"),
        ("国内统一连续出版物号 CN ４７-００９６", "registration"),
        ("人民日报社出版  代号1－1", "publisher"),
        ("今日导读  愿《人民论坛》越办越好(2版)", "index-head"),
        ("責任編輯：陳大文　美術：李小明", "credit"),
        ("責編/王海明 美編/李曉芸 校對/趙立", "credit"),
        ("2008年10月2日 星期四 農曆戊子年九月初四", "folio"),
        ("A02要闻", "folio"),
        ("02 要闻 2020年11月25日 星期三", "folio"),
        ("Wednesday, November 25, 2020", "folio"),
        ("社址：北京市朝阳门外金台西路2号 邮政编码：100733", "publisher"),
        ("微信公众号：人民日报", "social"),
        ("第二版 2020.11.25 星期三", "folio"),
        ("2O20年11月25日 星期三", "folio"),
        ("A02 | 要闻", "folio"),
        ("本版图片除署名外均由新华社发", "page-note"),
        ("版面：要闻", "page-system"),
        ("人民网网址：http://www.people.com.cn", "website"),
    ],
)
def test_sure(line: str, rule: str) -> None:
    assert match(line) == f"furniture.{rule}"
    assert strength(f"furniture.{rule}") == "sure"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("体育", "furniture.section-name"),
        ("人 民 日 报", "furniture.nameplate"),
        ("2020年11月25日", "furniture.date"),
        ("开辟未来（8版）", "furniture.index-entry"),
        ("拜年变了味，当刹！(3版)", "furniture.index-entry"),
        ("新华社记者  黄敬文摄", "caption.credit"),
        ("刘  兵摄（人民视觉）", "caption.credit"),
        ("02", "furniture.page-code"),
        ("2", "furniture.page-number"),
        ("國際", "furniture.section-name"),
        ("大公報", "furniture.nameplate"),
    ],
)
def test_weak(line: str, rule: str) -> None:
    assert match(line) == rule and strength(rule) == "weak"


@pytest.mark.parametrize(
    "line",
    [
        # real lines that look like furniture (page system's REAL fixtures, People's Daily 1998 and 2020)
        "责编在会议上强调，要把好稿件的政治关和质量关，确保导向正确。",
        "来源可靠的大国重器项目在今年取得突破性进展，为后续工程奠定了基础。",
        "新华社北京9月29日电 中共中央总书记、国家主席、中央军委主席近日作出重要指示。",
        "2025年9月29日，中共中央政治局召开会议，分析研究当前经济形势和经济工作。",
        "著作权法修改草案强化了数字环境下的版权保护，明确了平台责任。",
        "(2020年11月24日)",
        "（１９９７年１２月２３日）",
        "习近平",
        "中共中央 国务院",
        "争做奋斗者 建功新征程",
        "同志们：",
        "编辑同志：",
        "编后：",
        "编者按：",
        "核心阅读",
        "本报记者 董 昊",
        "□ 本报记者 张守坤",
        "(新华社北京11月24日电)",
        "（上接第一版）",
        "（下转第八版）",
        "（相关报道见第四版）",
        "１９９８年第一期",
        "经济、政治、法治、科技、文化",
        "老摄影家拍摄",
        "的健康与家庭服务委员会主办",
        "天津人民美术出版社发行",
        "编辑：陈涛 刊播单位／发布平台：人民日报",
        "策划：一场没有终点的接力",
        "第三版《红楼梦》出版",
        "2016年10月8日 星期六 我国成功发射遥感卫星三十号",
        "咨询电话12345已接到群众来电300多个",
        "12.5",
        "1998",
        "体育强国",
        "A4纸",
        "版面：如何做好一版报纸",
        "天气转冷，明天最低气温降至5℃",
        "本报讯",
        "（全文另发）",
        "图/王海明",
        "扫码支付成为习惯",
        "他用微信公众号讲故事",
        "1948年6月15日创刊的报纸",
        "設計師陳大文",
        "要闻回顾",
        "我国2019年报",
        "今天早报名的同学",
        "",
        "　　",
    ],
)
def test_line_of_an_article(line: str) -> None:
    assert match(line) is None


@pytest.mark.parametrize(
    ("line", "yes"),
    [
        ("（相关报道见第四版）", True),
        ("（白皮书全文见第二、四、五版）", True),
        ("(全国劳动模范和先进工作者名单见第九至十六版)", True),
        ("（中央宣传部负责人答记者问见第二版）", True),
        ("（名单见１２版）", True),
        (">>>详见新民网www.xinmin.cn", True),
        ("（詳見A4版）", True),
        ("（下转第四版）", False),
        ("（上接第一版）", False),
        ("他看见第一版的样书", False),
        ("开辟未来（8版）", False),
        ("会见", False),
    ],
)
def test_cross_reference(line: str, yes: bool) -> None:
    assert is_crossref(line) is yes


def test_no_paper_is_named_in_the_tables() -> None:
    """A nameplate is known by its form; what is true of one paper only does not belong here."""
    assert match("东海晚报") == match("某某晚报") == "furniture.nameplate"


def test_every_rule_is_strong_or_weak() -> None:
    from qingyang.rulebook import load

    assert {strength(r.id) for r in load().of("furniture.", "caption.")} == {"sure", "weak"}


@pytest.mark.parametrize(
    "piece",
    [
        "版",
        "第1",
        "责编：王",
        "1 ",
        "编 辑 ",
        "摄 ",
        "（1版",
        "a@",
        "www.",
        "新闻热线：1",
        "甲 乙 ",
        "2020年1月1日",
        "要闻/",
        "…",
        "报 ",
        "未经",
    ],
)
def test_long_lines_are_cheap(piece: str) -> None:
    """120 characters are the most a pattern sees, and no pattern runs away on them."""
    match("2020年")
    started = time.process_time()
    for length in (60, 119, 120, 121, 100_000):
        match((piece * length)[:length])
        is_crossref(("见" + piece * length)[:length])
        is_crossref(("（见" + piece * length)[:length])
    assert time.process_time() - started < 1.5


def test_speed_of_ordinary_lines() -> None:
    lines = [
        "我国工人阶级和广大劳动群众与祖",
        "国同成长、与时代齐奋进，奏响了",
        "1950年党和国家首次表彰劳动模范",
        "报告指出要坚持以人民为中心的",
    ] * 2500
    match("2020年")
    started = time.process_time()
    assert not any(map(match, lines))
    assert time.process_time() - started < 2


def test_whole_lines_only() -> None:
    assert match("　责编：袁勃、赵欣悦\r\n") == "furniture.credit"
    assert match("他说，责编：袁勃、赵欣悦") is None
    assert len("x" * 121) > furniture.LONGEST and match("第2版" + " " * 10 + "第3版" * 40) is None


def test_what_is_not_likely_is_no_furniture() -> None:
    """The look at the bare characters may let a sentence pass, never turn a line of furniture away."""
    from bench.quality.compose import compose
    from qingyang.rulebook import load, marked

    lines = {marked(e)[0] for r in load().of("furniture.", "caption.") for e in (*r.examples, *r.known_failures)}
    for seed, profile in ((11, "lines"), (12, "fragments+heavy"), (13, "lines+medium")):
        lines |= {line.strip() for text in compose(seed, profile=profile).pages for line in text.splitlines()}
    lines = {line for line in lines if line}
    told = {line: furniture.likely(codes(line), np.array([0]), np.array([len(line)]))[0] for line in lines}
    assert not [line for line in lines if match(line) and not told[line]]
    assert sum(not likely for likely in told.values()) > len(lines) / 2


def codes(line: str) -> np.ndarray:
    return np.array([ord(c) for c in line], np.uint32)
