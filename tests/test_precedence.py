"""Who decided what a line is: one order of precedence, and a word in the ledger that leads to the rule."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from inspect import isfunction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from test_papers import SETTINGS, pages, printed

from bench.quality import genres
from bench.quality.compose import compose
from bench.quality.score import sources_of
from qingyang.explain import explain, grounds, why
from qingyang.issue import Cleaned, clean_issue
from qingyang.precedence import FIELDS, PRECEDENCE, Decided, Proposal, told
from qingyang.records import Source
from qingyang.roles import ROLES
from qingyang.rulebook import load


def network(*roles: str) -> Decided:
    """A page of which the network thinks all roles equally probable, and some a little more."""
    p = np.full((len(roles), len(ROLES)), 1 / (len(ROLES) + 1), np.float32)
    p[np.arange(len(roles)), [ROLES.index(r) for r in roles]] *= 2
    return Decided(roles, p)


def test_the_order_in_which_rules_speak_decides_nothing() -> None:
    said = [Proposal(0, "start", "tabular.rows"), Proposal(0, "byline", "signatures.writes"), Proposal(0, "headline", "title.notice")]
    for order in permutations(said):
        page = network("furniture")
        for each in order:
            page.hear([each])
        assert (page.roles, page.by, page.p[0].max()) == (["headline"], {0: "title.notice"}, 1)
        assert page.found(0)[0] == "furniture"


def test_what_agrees_with_the_network_and_is_not_certain_is_the_networks_word() -> None:
    page = network("start")
    page.hear([Proposal(0, "start", "bodymatter.is_text", page.p[0])])
    assert not page.by
    page.hear([Proposal(0, "start", "tabular.rows")])
    assert page.by == {0: "tabular.rows"}


@pytest.mark.parametrize("rule", [*PRECEDENCE, *FIELDS])
def test_every_rule_is_a_function_that_says_what_it_does_or_a_table(rule: str) -> None:
    if "." not in rule:
        ours = load().of(f"{rule}.")
        assert ours and all(why(r.id) == r.why for r in ours)
        return
    module, function = rule.split(".")
    assert isfunction(getattr(import_module(f"qingyang.{module}"), function))
    assert len(told(rule)) > 20 and why(rule) == told(rule)


def test_a_rule_stands_once_in_the_order() -> None:
    assert len(set(PRECEDENCE)) == len(PRECEDENCE)


PROSE = """\
　　昨天晚上，城东纺织厂的工人
夜校举行了开学典礼，一百二十多
名青年工人坐进了教室。夜校设语
文、算术两班，每周上课三次，教
师由厂里的技术员担任。
"""
POEM = "渡口\n孟晓舟\n渡船靠岸的时候\n雨正好停了\n撑船的老人把桨\n横放在船头\n点着一支烟\n什么也没有说\n"
ODD = {
    "a poet": "江北日报　1958年6月14日　第7版\n工人夜校开学\n" + PROSE * 3 + POEM,
    "a row of markdown": "| 地区 | 天气 | 气温 |\n|---|---|---|\n| 北部 | 多云 | 22℃ |\n\n"
    "# 工人夜校开学\n\n昨天晚上，城东纺织厂的工人夜校举行了开学典礼，一百二十多名青年工人坐进了教室。\n",
    "a deck": "工人夜校开学　——记城东纺织厂的青年工人\n　　昨天晚上，城东纺织厂的夜校举行了开学典礼，青年工人坐进了教室。（孙立）\n",
}


@pytest.fixture(scope="module")
def ledgers() -> list[Cleaned]:
    """Pages of many kinds."""
    out = [clean_issue([Source("1.txt", printed(page, setting), "0" * 64)]) for page in pages() for setting in SETTINGS]
    for path in sorted(genres.FOLDER.glob("*.txt")):
        out += [clean_issue(sources_of(genres.issue(path.stem, path.read_text("utf-8"), r))) for r in genres.READINGS[:2]]
    for profile in ("lines", "fragments", "rows", "blocks", "lines+medium"):
        out += [clean_issue(sources_of(compose(seed, profile=profile))) for seed in range(3)]
    return out + [clean_issue([Source("1.txt", text, "0" * 64)]) for text in ODD.values()]


def words(done: Cleaned) -> tuple[set[str], set[str]]:
    """The rules that decided, and all other words for what happened."""
    decisions = [d for entry in done.ledger for d in entry["decisions"]]
    pieces = [p for entry in done.ledger for p in entry["pieces"]]
    changed = {p[3] for p in pieces if p[0] == "remove"} | {p[5] for p in pieces if p[0] == "change"}
    return {d["by"] for d in decisions if "by" in d}, {d["rule"] for d in decisions} | changed


def test_every_word_of_a_ledger_leads_to_its_rule(ledgers: list[Cleaned]) -> None:
    code = "".join(p.read_text("utf-8") for p in files("qingyang").iterdir() if p.name.endswith(".py"))
    deciding = set().union(*(words(done)[0] for done in ledgers))
    assert deciding <= {*PRECEDENCE, *FIELDS} | load().rules.keys()
    for word in set().union(*(words(done)[1] for done in ledgers)):
        family, _, role = word.partition(".")
        known = word in load().rules or f'"{word}"' in code or (family == "role" and role in ROLES) or (family == "field" and role in code)
        assert known, word
    assert {"tabular.rows", "tabular.verse", "signatures.stands_under", "title.notice", "plain.one_headline"} <= deciding


def test_a_rule_that_outweighs_the_network_says_so_beside_it(ledgers: list[Cleaned]) -> None:
    decisions = [d for done in ledgers for entry in done.ledger for d in entry["decisions"]]
    roles = [d for d in decisions if d["rule"].startswith("role.") and d.get("by")]
    assert all(d["network"]["role"] in ROLES and 0 < d["network"]["p"] <= 1 for d in roles)
    assert any(d["rule"] != f"role.{d['network']['role']}" for d in roles)
    assert all(f"by {d['by']}; the network: {d['network']['role']}" in grounds(d)[0] for d in roles)


def fired(page: str) -> set[str]:
    return words(clean_issue([Source("1.txt", page, "0" * 64)]))[0]


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        (ODD["a poet"], "tabular.poet"),
        (ODD["a row of markdown"], "headings.row"),
        (ODD["a deck"], "articles.split_deck"),
        (ODD["a deck"], "signatures.closing"),
    ],
)
def test_rare_rules_speak(page: str, rule: str) -> None:
    assert rule in fired(page)


def test_explain_shows_the_rule_and_what_it_is(ledgers: list[Cleaned]) -> None:
    done = next(done for done in ledgers if "title.notice" in words(done)[0] and "tabular.rows" in words(done)[0])
    entry = next(e for e in done.ledger if any(d.get("by") == "title.notice" for d in e["decisions"]))
    at: Any = next(d for d in entry["decisions"] if d.get("by") == "title.notice")["at"]
    record = next(r for r in done.records if any(p["source"] == entry["source"] and p["start"] <= at <= p["end"] for p in r["parts"]))
    said = explain(record, done.ledger, width=160)
    assert "title.notice  1 ×" in said and load().rules["title.notice"].why in said
    assert f"role.headline at character {at:,}" in said and "; the network: " in said
