"""A converter's marks are no part of the text, come back with the source, and tell headlines from subheads by the page as a whole."""

from __future__ import annotations

import pytest

from qingyang.explain import why
from qingyang.issue import clean_issue
from qingyang.ledger import account, account_output, restore_text
from qingyang.markup import RULES, read
from qingyang.records import Record, Source

PROSE = (
    "本报讯 县供销社昨天召开会议，研究秋季收购工作。会议决定增设收购点十二处，方便群众就近交售。",
    "会议要求各收购点早开门、晚关门，做到随到随收，不让群众排长队。各乡镇抽调干部帮助维持秩序。",
    "据悉，今年全县棉花丰收，预计总产比去年增加两成。农业银行已备足收购资金，保证不打白条。",
    "新华社北京11月24日电 国家气象中心预计，未来三天北方大部地区将有降温，请注意防寒保暖。",
)


def cleaned(text: str) -> list[Record]:
    source = Source("1.md.txt", text, "0" * 64)
    done = clean_issue([source])
    records = {r["id"]: r for r in done.records}
    account(done.ledger[0], text, records)
    account_output(done.ledger, records)
    assert restore_text(done.ledger[0], records) == text
    return done.records


def removed(text: str) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for piece in clean_issue([Source("1.md.txt", text, "0" * 64)]).ledger[0]["pieces"]:
        if piece[0] == "remove":
            out.setdefault(piece[3], set()).add(piece[4])
        elif piece[0] == "change":
            out.setdefault(piece[5], set()).add(piece[6])
    return out


def test_marks_go_with_a_rule_that_gives_its_reason() -> None:
    text = (
        f"# 秋季收购工作开始\n\n**{PROSE[0][:12]}**{PROSE[0][12:]}&nbsp;\n\n<!-- image -->\n![](images/0a.jpg)\n\n"
        f"{PROSE[1][:20]}<br>{PROSE[1][20:]}\\*\n\n---\n\n> {PROSE[2]}\n\n- {PROSE[1]}\n"
    )
    (record,) = cleaned(text)
    assert record["headline"] == "秋季收购工作开始"
    assert not any(c in record["text"] for c in ("**", "<", "&", ">", "#", "\\", "---", "- "))
    assert record["paragraphs"][-2:] == [PROSE[2], PROSE[1]]
    gone = removed(text)
    assert gone["layout.heading-sign"] == {"# "} and gone["layout.emphasis"] == {"**"} and gone["layout.drawn-rule"] == {"---"}
    assert gone["layout.list-sign"] == {"> ", "- "}
    assert gone["layout.tag"] == {"&nbsp;", "<!-- image -->", "![](images/0a.jpg)", "<br>", "\\"}
    assert all(why(rule) == reason for rule, reason in RULES.items())


@pytest.mark.parametrize(
    "table",
    [
        "| 地区 | 天气 | 气温 |\n|---|:---:|---|\n| 北部 | 多云 | 22℃ |\n",
        "<table><tr><th>地区</th><th>天气</th><th>气温</th></tr><tr><td>北部</td><td>多云</td><td>22℃</td></tr></table>\n",
    ],
)
def test_rows_of_a_table_are_paragraphs_with_a_wide_blank_between_cells(table: str) -> None:
    (record,) = cleaned(f"# 秋季收购工作开始\n\n{PROSE[0]}\n\n{PROSE[1]}\n\n{table}")
    assert record["paragraphs"][-2:] == ["地区　天气　气温", "北部　多云　22℃"]


@pytest.mark.parametrize(
    "text",
    [
        f"秋季收购工作开始\n\n*注：{PROSE[0]}\n{PROSE[1]}\n",
        f"秋季收购工作开始\n\n- 12 -\n\n{PROSE[0]}\n2*3*4\n{PROSE[1]}\n",
        f"秋季收购工作开始\n\n{PROSE[0]}\n> {PROSE[1]}\n#1 机组\n",
    ],
)
def test_a_star_or_a_dash_alone_shows_no_converter(text: str) -> None:
    assert read(Source("1.txt", text, ""))[1:] == (None, None)


def heads(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [(r["kicker"], r["headline"], r["deck"]) for r in cleaned(text)]


NEWS = ("秋季收购工作开始", "未来三天北方将降温", "棉花丰收不打白条")


def page(titles: tuple[str, ...], first: str, others: str) -> str:
    signs = (first, *[others] * (len(titles) - 1))
    return "".join(f"{sign} {title}\n\n{PROSE[k]}\n\n" for k, (sign, title) in enumerate(zip(signs, titles, strict=True)))


@pytest.mark.parametrize(("first", "others"), [("#", "#"), ("#", "##"), ("##", "##"), ("##", "###")])
def test_headlines_stand_at_whatever_level_the_page_gives_them(first: str, others: str) -> None:
    assert [h for _, h, _ in heads(page(NEWS, first, others))] == list(NEWS)


def test_smaller_marks_beside_a_headline_are_its_kicker_and_deck() -> None:
    head = f"**全县棉花丰收在望**\n\n## {NEWS[0]}\n\n### ——供销社增设收购点十二处"
    text = f"# {NEWS[1]}\n\n{PROSE[3]}\n\n{head}\n\n{PROSE[0]}\n\n{PROSE[1]}\n"
    assert heads(text) == [(None, NEWS[1], None), ("全县棉花丰收在望", NEWS[0], "——供销社增设收购点十二处")]


def test_tags_of_any_number_leave_no_page_in_quarantine() -> None:
    from qingyang.metrics import excess

    rows = "".join(f"<tr><td>第{k}队</td><td>{k}</td><td>{2 * k}</td></tr>" for k in range(1, 60))
    source = Source("1.md.txt", f"# 积分榜\n\n{PROSE[0]}\n\n<table>{rows}</table>\n", "0" * 64)
    assert excess(clean_issue([source]).ledger[0]) == []
