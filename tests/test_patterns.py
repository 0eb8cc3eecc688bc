"""Patterns compiled with remembered classes of characters find what the plain ones find."""

from __future__ import annotations

import re

from qingyang.patterns import compile_pattern
from qingyang.rulebook import load, marked


def test_every_rule_finds_what_plain_python_finds() -> None:
    found = 0
    for rule in load().rules.values():
        ours, plain = compile_pattern(rule.pattern), re.compile(rule.pattern)
        for example in rule.examples:
            text = marked(example)[0]
            spans = [m.span() for m in plain.finditer(text)]
            assert [m.span() for m in ours.finditer(text)] == spans
            found += len(spans)
    assert found > 100


def test_the_compiler_is_left_as_it_was() -> None:
    before = re._compiler._optimize_charset  # type: ignore[attr-defined]
    compile_pattern("[一二三]{2,3}版")
    assert re._compiler._optimize_charset is before  # type: ignore[attr-defined]


def test_a_broken_pattern_is_told() -> None:
    try:
        compile_pattern("[一二三")
    except re.error:
        return
    raise AssertionError("no error")
