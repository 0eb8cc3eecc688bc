"""The rule tables of ``qingyang/rules/*.toml`` turned into checked rules, together with a user's own tables.

A table says what is found, what becomes of it and why, and carries its own tests: examples in which ``⟦…⟧`` marks
what must be found, and examples without marks in which nothing may be. This module reads and checks tables; it
changes no text and knows nothing about newspapers.

    [define]
    PAGE = '第?[0-9一二三四五六七八九十]+'        # {{PAGE}} in a pattern stands for it

    [[rule]]
    id       = "jump.continued-on"
    find     = '（下转{{PAGE}}版）'
    then     = "continued_on"
    why      = "A corpus reader cannot turn the page; the link is kept in continued_on."
    examples = ['明天将继续讨论。⟦（下转第四版）⟧', '旅客可在石家庄（下转车）换乘。']

Optional keys: ``strength`` ("sure" or "weak"), ``budget`` (hits per 1,000 characters of a page above which the page is
suspect), ``with`` (what stands there afterwards, for ``then = "replace"``), ``known_failures`` (marked like examples; they
fail today and the test suite says so as soon as they no longer do), ``source`` (where the form was seen).

The first word of an id is the stage that applies the rule (:data:`STAGES`). A rule of a user's own has an id of its own, or says
``override = true`` and stands in the place of ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from qingyang.patterns import compile_pattern
from qingyang.records import RuleError
from qingyang.simplified import simplified

THEN = ("remove", "replace", "fold", "continued_from", "continued_on", "keep")
"""What may become of a find: removed; replaced by ``with``; folded through a character table; kept as a link; left as it is."""

STAGES = {
    "char": ("remove", "replace"),
    "jump": ("continued_from", "continued_on"),
    "furniture": ("remove",),
    "caption": ("remove",),
    "crossref": ("keep",),
}
"""First word of a rule's id → what a rule of a user's own can do there. ``char`` rules look everywhere in the text; ``jump`` rules find
jump lines; ``furniture`` and ``caption`` rules name whole lines that belong to the page, ``crossref`` ones that point elsewhere."""

STRENGTHS = ("sure", "weak")
"""``sure`` decides by itself; ``weak`` is evidence that the structure stage weighs against the neighbours."""

_TEXTS = {"id": str, "find": str, "then": str, "why": str, "strength": str, "with": str, "source": str}
_LISTS = ("examples", "known_failures")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
_MARK = re.compile("[⟦⟧]")

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a table."""

    id: str
    pattern: str
    """What is found, with every ``{{NAME}}`` written out."""
    then: str
    why: str
    examples: tuple[str, ...]
    table: str
    """The file the rule stands in, for messages."""
    strength: str = "sure"
    replacement: str = ""
    budget: float | None = None
    """Most hits per 1,000 characters of a page that are still plausible; None: no limit."""
    known_failures: tuple[str, ...] = ()
    source: str = ""
    override: bool = False
    """Of a user's rule: it takes the place of ours of the same id."""

    @property
    def find(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first asked for: the long ones take 0.1 s, and not every command needs all."""
        return _compiled(self.pattern)

    def spans(self, text: str) -> Spans:
        """Every place the bare pattern finds, in order, without overlap.

        >>> rule = load().rules["jump.continued-on"]
        >>> rule.spans("明天将继续讨论。（下转第四版）")
        [(8, 15)]
        """
        return [m.span() for m in self.find.finditer(text)]


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """Every rule of a run by id, and the lists that the tables carry besides (agencies, surnames, section names)."""

    rules: Mapping[str, Rule]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, *prefixes: str) -> list[Rule]:
        """The rules whose id begins with one of ``prefixes``, in the order of the tables."""
        return [r for r in self.rules.values() if r.id.startswith(prefixes)]

    def budgets(self) -> dict[str, float]:
        """Rule id → most plausible hits per 1,000 characters, for the rules that have a limit."""
        return {r.id: r.budget for r in self.rules.values() if r.budget is not None}

    def over_budget(self, hits: Mapping[str, int], characters: int) -> dict[str, int]:
        """The rules that fired more often on a page than its length makes plausible, with their hits.

        A page of fewer than 1,000 characters is allowed what one of 1,000 is.

        >>> load().over_budget({"jump.continued-on": 40, "furniture.folio": 2}, 2300)
        {'jump.continued-on': 40}
        """
        budgets = self.budgets()
        return {rule: n for rule, n in hits.items() if n > budgets.get(rule, n) * max(1.0, characters / 1000)}


def marked(example: str) -> tuple[str, Spans]:
    """The text of an example without its marks, and the places that were marked.

    >>> marked("讨论。⟦（下转第四版）⟧")
    ('讨论。（下转第四版）', [(3, 10)])
    """
    plain: list[str] = []
    spans: Spans = []
    start, here = -1, 0
    for piece in re.split("([⟦⟧])", example):
        if piece == "⟦" and start < 0:
            start = here
        elif piece == "⟧" and start >= 0:
            spans.append((start, here))
            start = -1
        elif piece in ("⟦", "⟧"):
            raise ValueError(f"the marks ⟦ ⟧ do not pair in {example!r}")
        else:
            plain.append(piece)
            here += len(piece)
    if start >= 0:
        raise ValueError(f"the marks ⟦ ⟧ do not pair in {example!r}")
    return "".join(plain), spans


def mark(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with ``⟦…⟧`` around the places.

    >>> mark("讨论。（下转第四版）", [(3, 10)])
    '讨论。⟦（下转第四版）⟧'
    """
    out, here = [], 0
    for start, end in spans:
        out += [text[here:start], "⟦", text[start:end], "⟧"]
        here = end
    return "".join([*out, text[here:]])


def check_examples(rule: Rule, finder: Callable[[str], Spans] | None = None) -> list[str]:
    """The examples of a rule that do not come back when their unmarked text is marked; empty when all is well.

    ``finder`` gives the places in a text; by default the bare pattern. A module that judges more than its pattern
    hands in its own.

    >>> check_examples(load().rules["jump.continued-on"])
    []
    """
    wrong = []
    for example in rule.examples:
        plain, _ = marked(example)
        got = mark(plain, (finder or rule.spans)(plain))
        if got != example:
            wrong.append(f"expected {example!r}, found {got!r}")
    return wrong


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return compile_pattern(pattern)


def parse(text: str, table: str, lists: Mapping[str, tuple[str, ...]] | None = None, *, trusted: bool = False) -> Iterator[Rule]:
    """The rules of one table; its patterns may name words of ``lists``. Raises RuleError that names table, rule and reason.

    The patterns of a ``trusted`` table are not tried out: that is what the tests do with ours, once for all runs.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{table}: not a TOML table: {error}") from error
    if unknown := set(data) - {"define", "rule", "list"}:
        raise RuleError(f"{table}: unknown section {sorted(unknown)[0]!r}; a rule table has [define], [list] and [[rule]]")
    rows, define = data.get("rule", []), data.get("define", {})
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RuleError(f"{table}: rules are written as [[rule]]")
    if not isinstance(define, dict) or not all(isinstance(v, str) for v in define.values()):
        raise RuleError(f"{table}: [define] gives a name to a pattern in quotes")
    words = {name: "|".join(map(re.escape, sorted(items, key=len, reverse=True))) for name, items in (lists or {}).items()}
    define = {**words, **define}
    for number, row in enumerate(rows, 1):
        where = f"{table}: rule {row.get('id') or f'number {number}'}"
        rule = _rule(row, define, table, where)
        if not trusted:
            _try_pattern(rule, where)
        yield rule


def _rule(row: Mapping[str, Any], define: Mapping[str, str], table: str, where: str) -> Rule:
    for key in ("id", "find", "then", "why", "examples"):
        if not row.get(key) or (isinstance(row[key], str) and not row[key].strip()):
            raise RuleError(f"{where}: {key!r} is missing or empty")
    if unknown := set(row) - {*_TEXTS, *_LISTS, "budget", "override"}:
        raise RuleError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    for key, kind in _TEXTS.items():
        if key in row and not isinstance(row[key], kind):
            raise RuleError(f"{where}: {key!r} must be text in quotes")
    for key in _LISTS:
        if not isinstance(row.get(key, []), list) or not all(isinstance(e, str) for e in row.get(key, [])):
            raise RuleError(f"{where}: {key!r} must be a list of texts")
    if not _ID.fullmatch(row["id"]):
        raise RuleError(f"{where}: an id is two or more lower-case words with dots between, such as 'jump.continued-on'")
    if row["then"] not in THEN:
        raise RuleError(f"{where}: 'then' is {row['then']!r}; it can be {', '.join(THEN)}")
    if (row["then"] == "replace") != ("with" in row):
        raise RuleError(f"{where}: 'with' belongs to then = \"replace\", and to it only")
    if row.get("strength", "sure") not in STRENGTHS:
        raise RuleError(f"{where}: 'strength' is {row['strength']!r}; it can be sure or weak")
    if not isinstance(row.get("override", False), bool):
        raise RuleError(f"{where}: 'override' is true or false")
    budget = row.get("budget")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int | float) or budget <= 0):
        raise RuleError(f"{where}: 'budget' is a number of hits per 1,000 characters, above 0")
    try:
        places = [marked(e)[1] for e in row["examples"]]
        [marked(e) for e in row.get("known_failures", [])]
    except ValueError as error:
        raise RuleError(f"{where}: {error}") from None
    if not any(places):
        raise RuleError(f"{where}: no example shows a hit; mark one with ⟦…⟧")
    if all(places):
        raise RuleError(f"{where}: no example shows a miss; add a look-alike without marks")
    return Rule(
        id=row["id"],
        pattern=_written_out(row["find"], define, where),
        then=row["then"],
        why=row["why"],
        examples=tuple(row["examples"]),
        table=table,
        strength=row.get("strength", "sure"),
        replacement=row.get("with", ""),
        budget=budget,
        known_failures=tuple(row.get("known_failures", [])),
        source=row.get("source", ""),
        override=row.get("override", False),
    )


def _written_out(find: str, define: Mapping[str, str], where: str) -> str:
    for _ in range(9):
        names = set(re.findall(r"\{\{(\w+)\}\}", find))
        if not names:
            return find
        if unknown := names - set(define):
            raise RuleError(f"{where}: {{{{{sorted(unknown)[0]}}}}} is not in [define] and no list")
        find = re.sub(r"\{\{(\w+)\}\}", lambda m: f"(?:{define[m[1]]})", find)
    raise RuleError(f"{where}: [define] refers to itself")


def _try_pattern(rule: Rule, where: str) -> None:
    try:
        found = rule.find.search("")
    except re.error as error:
        raise RuleError(f"{where}: the pattern is not a regular expression: {error}") from error
    if found:
        raise RuleError(f"{where}: the pattern matches the empty string")
    if rule.then == "replace":
        for example in rule.examples:
            try:
                rule.find.sub(rule.replacement, marked(example)[0])
            except (re.error, IndexError) as error:
                raise RuleError(f"{where}: 'with' does not fit the pattern: {error}") from error


def tables() -> dict[str, str]:
    """The text of every rule table that comes with qingyang, by file name; plain word lists (agencies) are none."""
    folder = files("qingyang") / "rules"
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith(".toml"))
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    return {name: text for name, text in texts.items() if re.search(r"(?m)^\[\[rule\]\]", text)}


def load(extra_texts: Mapping[str, str] | None = None) -> Rulebook:
    """Every rule that comes with qingyang and those of the user's own tables.

    ``extra_texts`` maps a table's name, used in messages, to its text. A rule of the user's with ``override`` takes the place of
    ours of the same id; a user's list is added to ours of the same name. What is asked of whole lines is asked of them in Simplified
    characters (:mod:`qingyang.simplified`), so such a pattern is kept in them. The examples of the user's rules are tried here: a
    broken rule, or one that no stage would apply, stops the run before it starts. Raises RuleError.

    >>> load({"my.toml": "[[rule]]"})
    Traceback (most recent call last):
    ...
    qingyang.records.RuleError: my.toml: rule number 1: 'id' is missing or empty
    """
    if not extra_texts:
        return _ours()
    ours = tables()
    lists = _lists({**ours, **extra_texts})
    rules = {rule.id: rule for table, text in ours.items() for rule in parse(text, table, lists, trusted=True)}
    rules = {id_: known if (known := _ours().rules[id_]) == rule else rule for id_, rule in rules.items()}
    seen: dict[str, str] = {}
    for table, text in extra_texts.items():
        for rule in parse(text, table, lists):
            if rule.id in seen:
                raise RuleError(f"{table}: rule {rule.id}: this id stands already in {seen[rule.id]}")
            if wrong := check_examples(rule):
                raise RuleError(f"{table}: rule {rule.id}: an example does not come true: {wrong[0]}")
            _check_place(rule)
            seen[rule.id] = table
            rules[rule.id] = rule if rule.id.startswith(("char.", "jump.")) else replace(rule, pattern=simplified(rule.pattern))
    return Rulebook(rules, lists)


def _check_place(rule: Rule) -> None:
    """RuleError for a rule of a user's own that would do nothing, or would silently take the place of ours."""
    where, stage = f"{rule.table}: rule {rule.id}", rule.id.partition(".")[0]
    if stage not in STAGES:
        like = f"'{'furniture' if rule.then == 'remove' else 'jump' if rule.then.startswith('continued') else 'char'}.{rule.id}'"
        raise RuleError(f"{where}: no stage applies a rule of this id; begin it with {', '.join(f'{s}.' for s in STAGES)} as in {like}")
    ours = _ours().rules.get(rule.id)
    if ours is not None and not rule.override:
        raise RuleError(f"{where}: ours in {ours.table} has this id; choose another, or write override = true to put yours in its place")
    if ours is None and rule.override:
        raise RuleError(f"{where}: 'override' is set, but no rule of ours has this id")
    if rule.then not in STAGES[stage] and not (ours is not None and rule.then == ours.then):
        raise RuleError(f"{where}: 'then' is {rule.then!r}, which does nothing here; a {stage} rule can {' or '.join(STAGES[stage])}")


@cache
def _ours() -> Rulebook:
    texts = tables()
    lists = _lists(texts)
    rules: dict[str, Rule] = {}
    for table, text in texts.items():
        for rule in parse(text, table, lists, trusted=True):
            if rule.id in rules:
                raise RuleError(f"{table}: rule {rule.id}: this id stands already in {rules[rule.id].table}")
            rules[rule.id] = rule
    return Rulebook(rules, lists)


def _lists(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The word lists of all tables; lists of one name are put together."""
    out: dict[str, tuple[str, ...]] = {}
    for table, text in texts.items():
        try:
            found = tomllib.loads(text).get("list", {})
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{table}: not a TOML table: {error}") from error
        if not isinstance(found, dict):
            raise RuleError(f"{table}: [list] gives a name to a list of words")
        for name, words in found.items():
            if not isinstance(words, list) or not words or not all(isinstance(w, str) and w for w in words):
                raise RuleError(f"{table}: list {name!r} must be a list of words")
            out[name] = tuple(dict.fromkeys((*out.get(name, ()), *words)))
    return out
