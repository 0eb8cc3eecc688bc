"""Patterns compiled with remembered classes of characters find what the plain ones find."""

from __future__ import annotations

import re

from qingyang.patterns import begins, compile_pattern, needs
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
    before = re._compiler._optimize_charset, re._parser.parse  # type: ignore[attr-defined]
    compile_pattern("[一二三]{2,3}版")
    assert (re._compiler._optimize_charset, re._parser.parse) == before  # type: ignore[attr-defined]


def test_a_broken_pattern_is_told() -> None:
    try:
        compile_pattern("[一二三")
    except re.error:
        return
    raise AssertionError("no error")


def test_what_is_read_off_a_pattern_holds_for_every_find() -> None:
    told = 0
    for rule in load().rules.values():
        pattern = compile_pattern(rule.pattern)
        opening, needed = begins(pattern), needs(pattern)
        told += (opening is not None) + (needed is not None)
        for example in rule.examples:
            for m in pattern.finditer(marked(example)[0]):
                assert opening is None or m[0][0] in opening, rule.id
                assert needed is None or not needed.isdisjoint(m[0]), rule.id
    assert told > 50


def test_a_pattern_that_may_begin_with_anything_says_so() -> None:
    for pattern in ("[^一]版", ".版", r"\d版", "(?i)a版", "(?i:a)版", "一*.版", "(一|[\u3400-\u9fff])版", r"(一)?\1版"):
        assert begins(compile_pattern(pattern)) is None, pattern
    for pattern in ("一?", "(?=版)[^一]", "(?:版|.)", "(?i:a)", "[^版]"):
        assert needs(compile_pattern(pattern)) is None, pattern
    assert begins(compile_pattern("(?<!第)(?:一|二)?版")) == frozenset("一二版")
