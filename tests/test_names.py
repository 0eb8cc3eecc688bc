"""Names: taken for one on evidence only, and the words that share their first character left alone."""

from __future__ import annotations

import pytest

from qingyang.names import Name, find, table
from qingyang.words import Segmenter

SEGMENTER = Segmenter()


def marked(text: str, authors: tuple[str, ...] = ()) -> str:
    """The text with ⟦…⟧ around sure names and ⟨…⟩ around doubtful ones."""
    out, here = "", 0
    for name in find(SEGMENTER.cut(text), SEGMENTER.knows, authors):
        left, right = "⟦⟧" if name.sure else "⟨⟩"
        out += text[here : name.start] + left + text[name.start : name.end] + right
        here = name.end
    return out + text[here:]


@pytest.mark.parametrize(
    "line",
    [
        # People's Daily, January 1998, and the table of script_cases.toml: beside a title
        "总政治部主任⟦于永波⟧日前会见来宾",
        "记者⟦余清楚⟧报道",
        "北京市副市长⟦于幼军⟧",
        "⟦余让水⟧教授",
        "来自台湾的⟦钟⟧小姐表示",
        "水利专家⟦张光斗⟧",
        "困难户⟦牛占山⟧和⟦李占荣⟧",
        # in a list
        "刘永平、⟦于红臣⟧、高嵘",
        "（⟦范涛⟧毕月琳）",
        # the character begins hardly any other word
        "⟦范长江⟧新闻奖",
        "⟦万俟卨⟧跪像",
        # once sure, a name is one wherever it stands
        "记者⟦余继军⟧报道。人们说⟦余继军⟧来了",
        # too little to be sure of
        "李志敏扎根⟨于莲乡⟩红土地",
        # what is no name
        "于是他来到沈阳军区，余震不断，范围扩大",
        "总书记于日前会见，于2020年访问",
        "台湾同胞、台湾省、台湾独立",
        "干部群众、干群关系、干与不干",
        "郁郁葱葱、朴实无华、游泳馆",
        "三百余人、十余年、两台车",
        "问需于民、问计于民、服务于民",
        "会后，后勤部长说",
        "中国马里关系、同志们",
    ],
)
def test_names(line: str) -> None:
    plain = line.translate(dict.fromkeys(map(ord, "⟦⟧⟨⟩")))
    assert marked(plain) == line


def test_authors_are_names_wherever_they_stand() -> None:
    assert marked("今年丰收，于波来到田间") == "今年丰收，于波来到田间"
    assert marked("今年丰收，于波来到田间", ("于波",)) == "今年丰收，⟦于波⟧来到田间"


def test_places_are_those_of_the_text() -> None:
    assert find(["记者", "范长江", "说"], lambda _: False) == [Name(2, 5, 1, True)]


def test_table_gives_reasons() -> None:
    surnames = table().surnames
    assert len(surnames) >= 15
    assert all(row.why.endswith(".") and row.evidence in ("free", "context", "title") for row in surnames.values())
