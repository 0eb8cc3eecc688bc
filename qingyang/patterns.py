"""Compiles regular expressions as ``re.compile`` does, only sooner: our tables name the same classes of characters, blanks
above all, a thousand times, and Python works each of them out anew over 65,536 characters.

While it is at it, it reads off each pattern which characters its finds can begin with and which they cannot do without
(:func:`begins`, :func:`needs`): most patterns are tried on most lines in vain, and a look at a character tells.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

_known: dict[tuple[Any, ...], Any] = {}

Signs = frozenset[str] | None
"""Some characters; None where it may be any."""

_signs: dict[str, tuple[Signs, Signs]] = {}

MOST = 400
"""Characters; a set of more turns away too little to be kept."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The very pattern of ``re.compile``; where this Python keeps its compiler elsewhere, by ``re.compile`` alone.

    >>> compile_pattern("[一二三]+版").search("下转第三版").group()
    '三版'
    """
    try:
        compiler: Any = importlib.import_module("re._compiler")
        parser: Any = importlib.import_module("re._parser")
        plain, parse = compiler._optimize_charset, parser.parse
    except (ImportError, AttributeError):
        return re.compile(pattern)

    def remembered(charset: Any, *folding: Any) -> Any:
        if any(folding):  # upper and lower case as one: we never ask for it
            return plain(charset, *folding)
        key = (tuple(charset), len(folding))
        if key not in _known:
            _known[key] = plain(charset, *folding)
        return _known[key]

    def parsed(text: str, *flags: Any) -> Any:
        tree = parse(text, *flags)
        if tree.state.flags == re.UNICODE:  # not (?i)…
            _signs[text] = _begins(tree)[0], _needs(tree)
        return tree

    compiler._optimize_charset, parser.parse = remembered, parsed
    try:
        return re.compile(pattern)
    finally:
        compiler._optimize_charset, parser.parse = plain, parse


def begins(pattern: re.Pattern[str]) -> Signs:
    """What a find of a pattern of :func:`compile_pattern` can begin with.

    >>> sorted(begins(compile_pattern("(?:第?[一二]|头)版"))), begins(compile_pattern("[^版]+版"))
    (['一', '二', '头', '第'], None)
    """
    return _signs.get(pattern.pattern, (None, None))[0]


def needs(pattern: re.Pattern[str]) -> Signs:
    """Characters of which every find of a pattern of :func:`compile_pattern` has one.

    >>> sorted(needs(compile_pattern("第?[一二]*(?:版|页)面?"))), needs(compile_pattern("[一二]*版?"))
    (['版', '页'], None)
    """
    return _signs.get(pattern.pattern, (None, None))[1]


def _one_of(members: Iterable[tuple[Any, Any]]) -> Signs:
    """The members of a class of characters."""
    out: set[str] = set()
    for kind, value in members:
        if str(kind) == "LITERAL":
            out.add(chr(value))
        elif str(kind) == "RANGE" and value[1] - value[0] < MOST:
            out.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(out)


def _begins(tree: Iterable[tuple[Any, Any]]) -> tuple[Signs, bool]:
    """What the finds of a parsed pattern can begin with, and whether they can be empty."""
    out: Signs = frozenset()
    here: Signs
    for kind, value in tree:
        match str(kind):
            case "LITERAL":
                here, empty = frozenset(chr(value)), False
            case "IN":
                here, empty = _one_of(value), False
            case "AT" | "ASSERT" | "ASSERT_NOT":
                continue
            case "SUBPATTERN" if not value[1]:
                here, empty = _begins(value[3])
            case "BRANCH":
                ways = [_begins(way) for way in value[1]]
                here, empty = _all([signs for signs, _ in ways]), any(e for _, e in ways)
            case "MAX_REPEAT" | "MIN_REPEAT":
                here, empty = _begins(value[2])
                empty = empty or value[0] == 0
            case _:
                return None, False
        out = _all([out, here])
        if out is None or not empty:
            return out, False
    return out, True


def _needs(tree: Iterable[tuple[Any, Any]]) -> Signs:
    """Characters of which every find of a parsed pattern has one: the fewest that tell."""
    best: Signs = None
    for kind, value in tree:
        match str(kind):
            case "LITERAL":
                here: Signs = frozenset(chr(value))
            case "IN":
                here = _one_of(value)
            case "SUBPATTERN" if not value[1]:
                here = _needs(value[3])
            case "BRANCH":
                here = _all([_needs(way) for way in value[1]])
            case "MAX_REPEAT" | "MIN_REPEAT" if value[0]:
                here = _needs(value[2])
            case _:
                continue
        if here is not None and (best is None or len(here) < len(best)):
            best = here
    return best


def _all(sets: list[Signs]) -> Signs:
    """The union; None where one may be anything, or it is large."""
    out: set[str] = set()
    for signs in sets:
        if signs is None:
            return None
        out |= signs
    return frozenset(out) if len(out) <= MOST else None
