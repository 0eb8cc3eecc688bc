"""Rule tables of the user's own: they do what they say in a run, and changing one makes again what it may change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from house import bring, no_checks, sample

from flows.commands_proof import explain
from flows.commands_run import read_settings
from qingyang.decode import read
from qingyang.issue import clean_issue
from qingyang.records import RuleError, SettingError
from qingyang.rulebook import load
from qingyang.settings import Settings
from tasks import corpus

TABLE = """[[rule]]
id = "char.my-mark"
find = "◆"
then = "replace"
with = "—"
why = "Our paper sets this mark for a dash."
examples = ["甲⟦◆⟧乙", "甲乙"]

[[rule]]
id = "jump.my-tail"
find = "【余文见第(?P<page>[0-9]+)页】"
then = "continued_on"
why = "Our paper's way of saying it."
examples = ["会议结束。⟦【余文见第3页】⟧", "余文见第3页"]

[[rule]]
id = "furniture.my-slogan"
find = "天天向上好日报"
then = "remove"
why = "Our paper's slogan."
examples = ["⟦天天向上好日报⟧", "好好学习"]
"""

PAGE = """小麦丰收

新华社北京11月24日电 今年夏粮◆小麦产量再创新高，农业部门组织联合收割机跨区作业，确保颗粒归仓。【余文见第3页】
"""


def test_rules_of_the_users_own_reach_the_records() -> None:
    source = read("日报/2020-11-25/01.txt", PAGE.encode())
    book = load({"my.toml": TABLE})
    (record,) = clean_issue([source], book).records
    assert "夏粮—小麦" in record["text"] and "余文" not in record["text"]
    assert record["continued_on"] == {"page": "3", "id": None}
    (without,) = clean_issue([source]).records
    assert "夏粮◆小麦" in without["text"] and without["continued_on"] is None


def test_a_line_that_only_the_user_knows_is_weighed_as_furniture() -> None:
    from qingyang import evidence
    from qingyang.lines import read_lines

    source = read("01.txt", ("天天向上好日报\n" + PAGE).encode())
    column = evidence.NAMES.index("is_furniture")
    assert evidence.gather(read_lines(source, load({"my.toml": TABLE})))[0, column] == 1
    assert evidence.gather(read_lines(source))[0, column] == 0


def test_a_changed_table_makes_again_what_it_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    raw, output = sample(tmp_path / "raw"), tmp_path / "output"
    (raw / "日报/2020-12-01/02.txt").write_text(PAGE, "utf-8")
    bring(raw, output)
    mine = Settings(rules=(("my.toml", TABLE),))
    assert len(bring(raw, output, mine)[0].pending) == 3
    assert bring(raw, output, mine)[0].pending == []
    records = [json.loads(line) for line in (output / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()]
    assert any("夏粮—小麦" in r["text"] for r in records)
    other = Settings(rules=(("my.toml", TABLE.replace('with = "—"', 'with = "——"')),))
    assert len(bring(raw, output, other)[0].pending) == 3


def test_a_reader_is_told_their_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    no_checks(monkeypatch)
    raw, output = tmp_path / "raw", tmp_path / "output"
    (raw / "日报/2020-12-01").mkdir(parents=True)
    (raw / "日报/2020-12-01/02.txt").write_text(PAGE, "utf-8")
    mine = "Two of ours in one: the mark is a dash."
    bring(raw, output, Settings(rules=(("my.toml", TABLE.replace("Our paper sets this mark for a dash.", mine)),)))
    (page,) = (output / "proof" / "pages").glob("*/*.html")
    for path in (page, output / "proof" / "index.html"):
        assert mine in path.read_text("utf-8")
    (line,) = (output / "articles.zh-Hans.jsonl").read_text("utf-8").splitlines()
    assert explain.callback is not None
    explain.callback(output, json.loads(line)["id"])
    told = capsys.readouterr().out
    assert mine in told and "Our paper's way of saying it." in told


def test_tables_are_named_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(TABLE, "utf-8")
    for line in ('rules = "my.toml"', 'rules = ["my.toml"]'):
        (tmp_path / "qingyang.toml").write_text(line, "utf-8")
        settings = read_settings(tmp_path / "raw", None, {})
        assert settings.rules == (("my.toml", TABLE),)
    assert Settings.from_mapping(json.loads(json.dumps(settings.as_dict()))) == settings
    (tmp_path / "qingyang.toml").write_text('rules = ["none.toml"]', "utf-8")
    with pytest.raises(SettingError, match=r"none\.toml"):
        read_settings(tmp_path / "raw", None, {})
    with pytest.raises(RuleError, match=r"my\.toml: .*id"):
        corpus.check_rules(Settings(rules=(("my.toml", "[[rule]]"),)))
