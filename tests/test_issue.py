"""The sample page against its gold, and what jumps over pages."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from qingyang import clean
from qingyang.decode import read
from qingyang.identity import identify
from qingyang.issue import clean_issue
from qingyang.records import Source

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "raw" / "人民日报" / "2020-11-25" / "02.txt"
GOLD = ROOT / "tests" / "data" / "sample.gold.json"
DEVIATIONS = ROOT / "tests" / "data" / "sample.deviations.tsv"
NAME = "人民日报/2020-11-25/02.txt"


def key(s: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", s or "").split())


@pytest.fixture(scope="module")
def records() -> list[dict]:
    return clean(PAGE.read_bytes(), name=NAME)


def test_five_articles_and_one_fragment(records: list[dict]) -> None:
    gold = json.loads(GOLD.read_text("utf-8"))["records"]
    assert [r["kind"] for r in records] == [g["kind"] for g in gold]
    for r, g in zip(records, gold, strict=True):
        assert [key(p) for p in r["paragraphs"]] == [key(p) for p in g["paragraphs"]]
        for field in ("headline", "deck", "byline", "dateline", "sign_off"):
            assert key(r[field]) == key(g[field]), field
        for field in ("authors", "agency", "place", "date", "complete"):
            assert r[field] == g[field], field
        assert (r["continued_from"] or {}).get("page") == (g["continued_from"] or {}).get("page")


def test_no_word_is_corrected(records: list[dict]) -> None:
    text = key("".join(r["text"] for r in records))
    rows = [line.split("\t") for line in DEVIATIONS.read_text("utf-8").splitlines()[1:]]
    assert len(rows) == 40
    for row in rows:
        printed = key(row[5].replace("【", "").replace("】", ""))
        assert printed in text, row[5]


def test_a_page_one_with_the_heads_makes_both_continuations_whole() -> None:
    page2 = identify(read(NAME, PAGE.read_bytes()))
    # the head of the report stands above its tail's headline; the call has no headline on page 2
    one = (
        "2020年11月25日 星期三 第1版\n\n全国劳动模范和先进工作者表彰大会隆重举行\n\n新华社北京11月24日电 全国劳动模范和先进工作者表彰大会24日上午在北京人民大会堂隆重举行。"
        "习近平出席大会并发表重要讲话。\n\n李克强主持大会，王沪宁宣读表彰决定。\n\n(下转第2版)\n\n"
        "习近平同德国总理默克尔通电话\n\n新华社北京11月24日电 国家主席习近平11月24日晚同德国总理默克尔通电话。\n\n"
        "默克尔表示，当今世界正在发生重大变化，欧洲正面临第二波疫情冲击，德方愿同中方加强合作，深化贸易投资，(下转第2版)\n"
    )
    page1 = Source("人民日报/2020-11-25/01.txt", one, "1" * 64, publication="人民日报", issue_date="2020-11-25", page="1")
    done = clean_issue([page1, page2])
    by_head = {r["headline"]: r for r in done.records}
    report, call = by_head["全国劳动模范和先进工作者表彰大会隆重举行"], by_head["习近平同德国总理默克尔通电话"]
    for r in (report, call):
        assert [p["page"] for p in r["parts"]] == ["1", "2"]
        assert r["complete"] and r["continued_from"] is None and r["continued_on"] is None
    assert report["paragraphs"][2].startswith("在全场热烈的掌声中")
    assert len(call["paragraphs"]) == 2 and "深化贸易投资，中国疫情防控取得好" in call["paragraphs"][1]
    assert len(done.records) == 6


STITCH = ROOT.parent / "shared" / "data" / "seed" / "stitch_cases.json"


@pytest.mark.skipif(
    not STITCH.exists(), reason="the heads from the evening news may not enter the project (../shared/data/seed/stitch_cases.json)"
)
def test_the_real_heads_are_stitched() -> None:
    page2 = identify(read(NAME, PAGE.read_bytes()))
    cases = json.loads(STITCH.read_text("utf-8"))
    text = "\n\n".join(
        "\n\n".join([c["page1_title"], *c["page1_paragraphs"][:-1], c["page1_paragraphs"][-1] + c["marker_out"]]) for c in cases
    )
    page1 = Source("人民日报/2020-11-25/01.txt", text, "2" * 64, publication="人民日报", issue_date="2020-11-25", page="1")
    done = clean_issue([page1, page2])
    by_head = {r["headline"]: r for r in done.records}
    report, call = (by_head[c["page1_title"]] for c in cases)
    assert len(report["paragraphs"]) == 7 + 9 and report["complete"]
    assert call["complete"] and len(call["paragraphs"]) == len(cases[1]["page1_paragraphs"])
    assert "第二波疫情冲击。中国疫情防控取得好" in call["paragraphs"][-1]


def test_empty_and_tiny_pages() -> None:
    assert clean("") == []
    assert clean("\n\n　　\n") == []
    assert [r["paragraphs"] for r in clean("今天，大会在北京隆重开幕，来自全国各地的代表参加了会议。")] == [
        ["今天，大会在北京隆重开幕，来自全国各地的代表参加了会议。"]
    ]
