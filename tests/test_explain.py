"""What a terminal says about one record: all of its story, nothing that is not in the ledger, safe to print."""

from __future__ import annotations

import re
from typing import Any

import pytest
from composed_output import FRONT, SECOND, compose_issue

from qingyang.explain import columns, explain, shown, wrap
from qingyang.origins import Tiles, origins, removed_around, seams

PAGES = [("人民日报/2020-11-25/01.txt", FRONT), ("人民日报/2020-11-25/02.txt", SECOND)]


@pytest.fixture(scope="module")
def issue() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return compose_issue(PAGES)


def test_the_whole_story_of_a_stitched_article(issue: Any) -> None:
    records, entries = issue
    told = explain(records[0], entries, width=100)
    for said in (
        "1. 人民日报/2020-11-25/01.txt, page 1",
        "2. 人民日报/2020-11-25/02.txt, page 2",
        "joined across pages",
        "面建设社会主义现|代化国家、实现第",
        "展理念，着力构建|新发展格局，推动",
        "no mark ends the line",
        "char.half-width-comma  1 ×",
        "全会提出⟦,→，⟧",
        "jump.continued-on  1 ×",
        "“（下转第二版）”",
        "byline         （记者李明）",
        "Checks: pass",
        "No flags",
    ):
        assert said in told, said
    assert told.count("furniture.folio") == 1


def test_only_what_is_its_own(issue: Any) -> None:
    records, entries = issue
    told = explain(records[1], entries)
    assert "01.txt" in told and "02.txt" not in told
    assert "No character was changed" in told
    assert "⟦而不奋斗⟧。 → 而不懈奋斗" in told


def test_lines_fit_and_colours_only_when_asked(issue: Any) -> None:
    records, entries = issue
    for record in records:
        for width in (40, 72, 100):
            told = explain(record, entries, width=width)
            assert "\x1b" not in told
            unbroken = [line for line in told.split("\n") if columns(line) > width and not re.search(r"[!-~]{20}", line)]
            assert not unbroken
        colourful = explain(record, entries, color=True)
        assert re.sub(r"\x1b\[\d*m", "", colourful) == explain(record, entries)


def test_control_characters_never_reach_the_terminal() -> None:
    page = [("new",), ("headline", "标题\x1b]0;x\x07"), ("gap", "\n"), ("p", "正文\u202e。")]
    records, entries = compose_issue([("a/2020-11-25/1.txt", page)])
    told = explain(records[0], entries, color=False)
    assert "\x1b" not in told and "\x07" not in told and "\u202e" not in told
    assert "标题<1B>]0;x<07>" in told


def test_a_record_without_its_ledger_says_so(issue: Any) -> None:
    records, _ = issue
    assert "no ledger entry found" in explain(records[0], [])


def test_wrap_breaks_at_columns() -> None:
    assert wrap("全会提出要坚定不移", 8) == ["全会提出", "要坚定不", "移"]
    assert wrap("the quick brown", 9) == ["the quick", "brown"]
    assert shown("a\u200bb") == "a<200B>b"


def test_origins_tile_every_string(issue: Any) -> None:
    records, entries = issue
    by_id = {r["id"]: r for r in records}
    for (rid, field, para), found in origins(entries).items():
        value = by_id[rid][field]
        text = value[para] if para >= 0 else value
        assert [o.at for o in found] == [sum(p.length for p in found[:k]) for k in range(len(found))]
        assert sum(o.length for o in found) == len(text)


def test_kinds_of_seams(issue: Any) -> None:
    records, entries = issue
    by_name = {e["source"]: Tiles.of(e) for e in entries}
    found = origins(entries)[records[0]["id"], "paragraphs", 0]
    assert [s.kind for s in seams(found, by_name)] == ["line", "page"]
    byline = origins(entries)[records[0]["id"], "byline", -1]
    assert [(s.kind, s.rules) for s in seams(byline, by_name)] == [("blank", ("char.blank-between-han",))]
    page = [("new",), ("p", "全会提出"), ("cut", "furniture.folio", "第1版"), ("p+", "要认真学习")]
    records, entries = compose_issue([("a/2020-11-25/1.txt", page)])
    (only,) = origins(entries).values()
    assert [(s.kind, s.rules) for s in seams(only, {e["source"]: Tiles.of(e) for e in entries})] == [("over", ("furniture.folio",))]
    backwards = {"source": "a", "slots": [["x", "headline", -1]], "pieces": [["keep", 0, 2, 0, 2], ["keep", 2, 4, 0, 0]]}
    assert [s.kind for s in seams(origins([backwards])["x", "headline", -1], {"a": Tiles.of(backwards)})] == ["moved"]


def test_removals_belong_to_their_neighbours(issue: Any) -> None:
    records, entries = issue
    assert "（下转第二版）" in {t for *_, t in removed_around(records[0]["id"], entries[0])}
    assert "（上接第一版）" not in {t for *_, t in removed_around(records[3]["id"], entries[1])}
