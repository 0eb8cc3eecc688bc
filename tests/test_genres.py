"""Pages that are no news: tables, listings, notices, verse. Every line stays in the text, in its order, each row by itself."""

from __future__ import annotations

import pytest

from bench.quality import genres
from bench.quality.score import figures, score, sources_of
from qingyang import clean
from qingyang.issue import clean_issue

PROSE = """\
　　环城河清淤工程昨天全部完工，工期比计划提前了
二十三天。市水务局说，清出的淤泥将运往郊外的苗圃
作为肥料，沿河两岸还要补种杨柳和水杉各三百株，修
建供行人歇脚的石凳。
"""
"""A column of 24 ideographs, for the pages below."""


def page(*lines: str) -> list[tuple[str | None, list[str]]]:
    """Headline and paragraphs of each record."""
    text = "江北日报　2007年6月14日　星期四　第7版\n环城河清淤提前完工\n" + PROSE * 2 + "\n".join(lines) + "\n"
    return [(r["headline"], r["paragraphs"]) for r in clean(text)]


def test_a_table_is_its_rows() -> None:
    rows = ["名次　队名　胜　负　积分", "1　江北　9　1　18", "2　河口　7　3　14", "3　南园　5　5　10", "4　柳林　3　7　6"]
    assert page("", "积分榜", *rows)[-1] == ("积分榜", rows)


def test_figures_that_a_row_had_no_room_for_are_a_cell_of_it() -> None:
    head, rows = "名次 队名 场次 胜 平 负 积分", ["1 滨海队 14 9 3 2", "2 海州队 14 8 4 2", "3 江北队 14 7 3 4"]
    told = page("", "积分榜", head, *(f"{row}\n{points}" for row, points in zip(rows, (30, 28, 24), strict=True)))
    assert told[-1][1][-3:] == [f"{row} {points}" for row, points in zip(rows, (30, 28, 24), strict=True)]


def test_a_number_that_a_line_end_cuts_in_running_text_is_one() -> None:
    ((_, told),) = page("　　工程自199\n8年动工，共用去石料12\n00吨，参加施工的有600人。")
    assert "工程自1998年动工，共用去石料1200吨，参加施工的有600人。" in "".join(told)


def test_a_listing_is_its_hours() -> None:
    rows = ["7:20　早间新闻", "8:05　电视剧：河畔人家（3、4）", "12:00　午间半小时", "19:40　江北天气", "20:10　故事片：远山"]
    assert page("", "今日电视", *rows)[-1] == ("今日电视", rows)


def test_a_notice_keeps_its_numbers_and_its_signature() -> None:
    below = ["联系人：韩先生", "电话：82013355　13700001122", "江北市金穗粮油有限公司", "2007年6月12日"]
    told = "　　本公司原有公章一枚因磨损停止使用，自即日起启用\n新章。特此声明。"
    last = page("", "公章启用声明", told, *below)[-1]
    assert last == ("公章启用声明", ["本公司原有公章一枚因磨损停止使用，自即日起启用新章。特此声明。", *below])


@pytest.mark.parametrize("last", ["【售】南门二楼两室一厅，32万元，82017788", "【租】北街仓库400平方米，13700004455", "传真：82011166"])
def test_the_last_line_of_the_page_is_text(last: str) -> None:
    rows = ["【聘】面点师傅两名，82016655", "【聘】货车司机一名，13700003344", last]
    assert page("", "分类信息", *rows)[-1] == ("分类信息", rows)


def test_lines_of_verse_are_no_prose() -> None:
    lines = ["渡船靠岸的时候", "雨正好停了", "撑船的老人把桨", "横放在船头", "点着一支烟", "什么也没有说"]
    assert page("", "渡口", "孟晓舟", *lines)[-1] == ("渡口", lines)


def test_short_notices_are_articles_of_their_own() -> None:
    told = ["　　退休教师冯守礼先生于6月10日病逝，终年八十岁。", "　　家父冯守礼治丧期间，承各位亲友吊唁，谨致谢忱。"]
    got = page("", "讣告", told[0], "鸣谢", told[1], "更正")
    assert [h for h, _ in got][1:3] == ["讣告", "鸣谢"]


def test_the_papers_own_telephone_stays_out_of_the_text() -> None:
    got = page("本版编辑：王海明　新闻热线：82010000", "电话：82010001　邮编：231000")
    assert len(got) == 1 and "8201" not in "".join(got[0][1])


@pytest.mark.parametrize("name", ["a04-classified", "b02-finance", "b05-poems"])
@pytest.mark.parametrize("reading", genres.READINGS)
def test_a_page_written_in_advance_loses_no_sentence(name: str, reading: str) -> None:
    issue = genres.issue(name, (genres.FOLDER / f"{name}.txt").read_text("utf-8"), reading)
    assert (figures(score(issue, clean_issue(sources_of(issue))))["kept"] or 0) >= 0.985
