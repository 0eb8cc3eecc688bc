"""Every rule's own examples: marking what the rule finds in the unmarked text must give the example back.

One test serves hits and misses of all tables. The finder is the one that a run uses, so that a rule which another rule
keeps from its hit fails here too; patterns that nothing but their neighbours judge are also tried alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qingyang import characters, furniture, jumps, titles
from qingyang.rulebook import Rule, Spans, check_examples, load, mark, marked

RULES = list(load().rules.values())


def finder(rule: Rule) -> Callable[[str], Spans]:
    """What a run finds by this rule."""
    family = rule.id.partition(".")[0]
    if rule.id.startswith("char.blank-"):
        return lambda text: [(e.start, e.end) for e in characters.blanks(text) if e.rule == rule.id]
    if family == "char":
        return lambda text: [(e.start, e.end) for e in characters.normalise(text) if e.rule == rule.id]
    if family == "jump":
        return lambda text: [(j.start, j.end) for j in jumps.find(text) if j.rule == rule.id]
    if family == "crossref":
        return lambda text: [(0, len(text))] if furniture.is_crossref(text) else []
    if family == "title":
        return lambda text: [(0, len(text))] if titles.standing(text) else []
    assert family in ("furniture", "caption"), f"{rule.id}: say here who applies this family"
    return lambda text: [(0, len(text))] if furniture.match(text) == rule.id else []


@pytest.mark.parametrize(("rule", "example"), [pytest.param(r, e, id=f"{r.id}-{k}") for r in RULES for k, e in enumerate(r.examples)])
def test_example_comes_back(rule: Rule, example: str) -> None:
    plain, _ = marked(example)
    assert mark(plain, finder(rule)(plain)) == example


@pytest.mark.parametrize(
    ("rule", "example"),
    [pytest.param(r, e, id=f"{r.id}-{k}", marks=pytest.mark.xfail(strict=True)) for r in RULES for k, e in enumerate(r.known_failures)],
)
def test_known_failure(rule: Rule, example: str) -> None:
    plain, _ = marked(example)
    assert mark(plain, finder(rule)(plain)) == example


@pytest.mark.parametrize("rule", [r for r in RULES if r.id.startswith("jump.") and r.id != "jump.one-slip"], ids=lambda r: r.id)
def test_the_bare_pattern_is_honest(rule: Rule) -> None:
    assert check_examples(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_rule_finds_something_and_says_why(rule: Rule) -> None:
    """A hit and a miss each, never the empty string, and a reason that a reader can follow."""
    hits = [e for e in rule.examples if marked(e)[1]]
    assert hits and len(hits) < len(rule.examples)
    assert not rule.find.search("")
    assert len(rule.why) > 20
