"""The table of conversions that context decides: each rule's examples come back, a broken table is refused."""

from __future__ import annotations

import pytest

from qingyang import choices
from qingyang.records import RuleError
from qingyang.rulebook import mark, marked
from qingyang.words import Segmenter

SEGMENTER = Segmenter()
RULES = [rule for rules in choices.table().choices.values() for rule in rules]


@pytest.mark.parametrize(("rule", "example"), [pytest.param(r, e, id=f"{r.id}-{k}") for r in RULES for k, e in enumerate(r.examples)])
def test_example_comes_back(rule: choices.Choice, example: str) -> None:
    plain, _ = marked(example)
    starts = [0]
    for word in SEGMENTER.cut(plain):
        starts.append(starts[-1] + len(word))
    found = [at for at, choice in choices.decide(plain, choices.Words(starts)) if choice.id == rule.id]
    assert mark(plain, [(at, at + 1) for at in found]) == example


def test_every_rule_decides_or_offers() -> None:
    assert all(bool(rule.to) != (len(rule.options) > 1 and 0 < rule.confidence < 1) for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("examples", ["['一⟦里⟧', '⟦只⟧', '无']", "['⟦里⟧']", "['一⟦里路⟧', '无']", "['无']"])
def test_broken_examples_are_refused(examples: str) -> None:
    text = f"""
[boundaries]
list = ""
[forms]
list = ""
[terms]
keep = []
[shared]
characters = ""
[back]
same = ""
[[choice]]
id = "script.test"
find = "里"
to = "里"
why = "Because."
examples = {examples}
"""
    with pytest.raises(RuleError, match=r"script\.test"):
        choices.parse(text + "[[ambiguous]]\nid='script.x'\nfind='系'\nor=['系','係']\nwhy='.'\nexamples=['⟦系⟧','无']\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("两国支持声明", ["支持", "声明"]),
        ("支持向量机", []),
        ("计算机程序与司法程序", ["程序"]),
        ("高级设置与机构设置", ["设置"]),
        ("伊斯坦布尔", ["布尔"]),
    ],
)
def test_terms(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in choices.terms(text)] == words
