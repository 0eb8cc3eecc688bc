"""Rule tables: what a good one gives, and what a broken one is told."""

from __future__ import annotations

import pytest

from qingyang import characters, furniture, jumps, rulebook
from qingyang.records import RuleError
from qingyang.rulebook import check_examples, load, mark, marked, parse

GOOD = """
[define]
PAGE = '第[一二三四]版'

[list]
papers = ["海川早报", "云岭时报"]

[[rule]]
id = "furniture.my-paper"
find = '^(?:{{papers}})(?:　{{PAGE}})?$'
then = "remove"
why = "The nameplates of the papers in my corpus."
budget = 2
examples = ['⟦海川早报　第二版⟧', '海川早报记者报道']
"""


def table(**change: str) -> str:
    row = {
        "id": "'my.rule'",
        "find": "'（略）'",
        "then": "'remove'",
        "why": "'Omissions are not text.'",
        "examples": "['前文⟦（略）⟧', '略有增长']",
    } | change
    return "[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in row.items() if value)


def test_every_table_of_ours_is_sound() -> None:
    """What a run takes on trust is tried here: every pattern, every key, every example's marks."""
    texts = rulebook.tables()
    assert {"characters.toml", "furniture.toml", "jumps.toml"} <= set(texts)
    lists = rulebook._lists(texts)
    rules = [rule for name, text in texts.items() for rule in parse(text, name, lists)]
    assert [rule.id for rule in rules] == list(load().rules)
    assert len(rules) >= 50


def test_a_good_table_of_the_users_own_is_added() -> None:
    book = load({"my.toml": GOOD})
    assert book.rules["furniture.my-paper"].table == "my.toml"
    assert len(book.rules) == len(load().rules) + 1
    assert furniture.match("云岭时报　第三版", book) == "furniture.my-paper"
    assert furniture.match("体育", book) == "furniture.section-name"
    assert furniture.strength("furniture.my-paper", book) == "sure"
    assert book.budgets()["furniture.my-paper"] == 2


def test_a_list_of_the_users_own_lengthens_ours() -> None:
    assert furniture.match("夜光杯") is None
    assert furniture.match("夜光杯", load({"my.toml": '[list]\nsections = ["夜光杯"]'})) == "furniture.section-name"


def test_a_rule_with_our_id_takes_the_place_of_ours() -> None:
    change = {"id": "'jump.from-line'", "find": "'接自{{P}}'", "then": "'continued_from'", "examples": "['⟦接自3版⟧','接自版']"}
    own = table(**change) + "\n[define]\nP='(?P<page>[0-9])版'"
    with pytest.raises(RuleError, match=r"my\.toml: rule jump\.from-line: ours in jumps\.toml has this id.*override = true"):
        load({"my.toml": own})
    book = load({"my.toml": own.replace("id =", "override = true\nid =")})
    assert [(j.kind, j.page) for j in jumps.find("接自3版", book)] == [("continued_from", "3")]
    assert jumps.find("上接第一版", book) == [] != jumps.find("上接第一版")


def test_without_tables_nothing_is_read_twice() -> None:
    assert load() is load() is load({})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[rule]", "not a TOML table"),
        ("[[rules]]\nid='a.b'", "unknown section 'rules'"),
        ("rule = 3", "rules are written as [[rule]]"),
        ("[define]\nA = 3", "[define] gives a name to a pattern"),
        ("[list]\nnames = 'a'", "list 'names' must be a list of words"),
        (table(id=""), "'id' is missing or empty"),
        (table(find=""), "'find' is missing or empty"),
        (table(then=""), "'then' is missing or empty"),
        (table(why=""), "'why' is missing or empty"),
        (table(why="'  '"), "'why' is missing or empty"),
        (table(examples="[]"), "'examples' is missing or empty"),
        (table(examples="'x'"), "'examples' must be a list of texts"),
        (table(id="3"), "'id' must be text in quotes"),
        (table(id="'Mine'"), "an id is two or more lower-case words"),
        (table(then="'delete'"), "'then' is 'delete'"),
        (table(then="'replace'"), "'with' belongs to"),
        (table(then="'replace'", **{"with": r"'\3'"}), "'with' does not fit the pattern"),
        (table(strength="'maybe'"), "'strength' is 'maybe'"),
        (table(budget="-1"), "'budget' is a number"),
        (table(budget="true"), "'budget' is a number"),
        (table(colour="'red'"), "unknown key 'colour'"),
        (table(id="'char.my-rule'", find="'（略'", examples="['⟦（略⟧）','略']"), None),
        (
            table(),
            "no stage applies a rule of this id; begin it with char., jump., furniture., caption., crossref. as in 'furniture.my.rule'",
        ),
        (table(id="'script.rule'"), "no stage applies"),
        (table(id="'jump.my-rule'"), "a jump rule can continued_from or continued_on"),
        (table(id="'char.my-rule'", then="'fold'"), "a char rule can remove or replace"),
        (table(id="'char.my-rule'", override="true"), "no rule of ours has this id"),
        (table(override="1"), "'override' is true or false"),
        (table(find="'(略'"), "not a regular expression"),
        (table(find="'略*'"), "matches the empty string"),
        (table(find="'{{NO}}'"), "{{NO}} is not in [define]"),
        (table(find="'{{A}}'") + "\n[define]\nA = '{{A}}'", "refers to itself"),
        (table(examples="['⟦（略）⟧']"), "no example shows a miss"),
        (table(examples="['略']"), "no example shows a hit"),
        (table(examples="['⟦（略）','略']"), "do not pair"),
        (table(examples="['⟦（略⟧）', '略']"), "an example does not come true"),
        (table(examples="['前文⟦（略）⟧', '（略）']"), "an example does not come true"),
        (table(id="'char.a-b'") + "\n" + table(id="'char.a-b'"), "this id stands already in my.toml"),
    ],
)
def test_a_broken_table_is_told_where_and_why(text: str, reason: str | None) -> None:
    if reason is None:
        assert load({"my.toml": text}).rules["char.my-rule"]
        return
    with pytest.raises(RuleError) as error:
        load({"my.toml": text})
    message = str(error.value)
    assert message.startswith("my.toml: ") and reason in message
    if "id = 'my.rule'" in text and "[[rule]]" in text and "stands" not in reason:
        assert "rule my.rule" in message


def test_marks() -> None:
    assert marked("甲⟦乙⟧丙⟦丁⟧") == ("甲乙丙丁", [(1, 2), (3, 4)])
    assert mark("甲乙丙丁", [(1, 2), (3, 4)]) == "甲⟦乙⟧丙⟦丁⟧"
    for broken in ("⟦⟦乙⟧", "乙⟧", "⟦乙"):
        with pytest.raises(ValueError, match="do not pair"):
            marked(broken)


def test_check_examples_names_what_was_found_instead() -> None:
    (rule,) = parse(table(examples="['前文⟦（略）⟧','也（略）']"), "my.toml")
    assert check_examples(rule) == ["expected '也（略）', found '也⟦（略）⟧'"]
    assert check_examples(rule, lambda text: []) == ["expected '前文⟦（略）⟧', found '前文（略）'"]


def test_budgets_are_named_for_what_removes() -> None:
    """Every jump rule and every sure piece of furniture says how often it may fire on a page."""
    book = load()
    for rule in book.rules.values():
        if rule.id.startswith("jump.") or (rule.id.startswith("furniture.") and rule.strength == "sure"):
            assert rule.id in book.budgets(), rule.id


def test_user_tables_reach_every_stage() -> None:
    book = load({"my.toml": table(id="'char.my-note'")})
    assert [(e.start, e.end, e.rule) for e in characters.normalise("前文（略）。", book)] == [(2, 5, "char.my-note")]
