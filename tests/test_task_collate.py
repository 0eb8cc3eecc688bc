"""``collate`` reads a corpus, one file or shards, and writes beside it without touching it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from house import PAGE_3, bring, no_checks, sample, tree, write

from flows import commands_proof
from qingyang.records import SettingError
from qingyang.settings import Settings
from tasks import corpus as job
from tasks.collate import collate

TEXT = "全会提出，要坚定不移贯彻发展理念，着力构建新发展格局，推动高质量发展，开启新征程，扬帆再出发。"


def corpus(output: Path, *, sharded: bool) -> dict[Path, bytes]:
    one: dict[str, Any] = {"id": "a-0", "paragraphs": [TEXT], "text": TEXT, "flags": [], "metadata": {}}
    path = output / ("articles.zh-Hans/x-2020-11.jsonl" if sharded else "articles.zh-Hans.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(one) + b"\n")
    return {path: path.read_bytes()}


@pytest.mark.parametrize("sharded", [False, True])
def test_apparatus_and_emended_copy(tmp_path: Path, sharded: bool) -> None:
    before = corpus(tmp_path / "out", sharded=sharded)
    witness = tmp_path / "copy.txt"
    witness.write_text("《公报》" + TEXT.replace("贯彻发展", "贯彻新发展"), encoding="utf-8")
    path = collate(tmp_path / "out", [witness], emend=True)
    assert path == tmp_path / "out/collation/apparatus.jsonl"
    (row,) = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert (row["id"], row["ours"], row["theirs"], row["kind"], row["witness"]) == ("a-0", "", "新", "omission", "copy.txt")
    assert "贯彻新发展" in orjson.loads((tmp_path / "out/emended/articles.zh-Hans.jsonl").read_bytes())["text"]
    assert orjson.loads((tmp_path / "out/emended/ledger.jsonl").read_bytes())["rule"] == "collate.omission"
    assert {p: p.read_bytes() for p in before} == before
    first = path.read_bytes()
    collate(tmp_path / "out", [witness])
    assert path.read_bytes() == first
    assert not list((tmp_path / "out").rglob("*.part"))


def test_the_command_says_what_was_found_and_where(tmp_path: Path) -> None:
    output, witness = tmp_path / "out", tmp_path / "copy.txt"
    corpus(output, sharded=False)
    witness.write_text("《公报》" + TEXT.replace("贯彻发展", "贯彻新发展"), encoding="utf-8")
    told = CliRunner().invoke(commands_proof.collate, [str(output), str(witness)])
    assert told.stdout == f"{output}/collation/apparatus.jsonl\n"
    assert told.stderr == "1 variant (omission 1); 1 of 1 record has a copy\n"
    (output / "proof").mkdir()
    (output / "proof" / "index.html").touch()
    assert "1 variant" in commands_proof._compared(output) and "{output}/proof/index.html" in commands_proof._compared(output)
    witness.write_text("别的新闻。" * 40, encoding="utf-8")
    assert "none of 1 record has" in CliRunner().invoke(commands_proof.collate, [str(output), str(witness)]).stderr


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="qingyang run"):
        collate(tmp_path, [])
    corpus(tmp_path, sharded=False)
    with pytest.raises(SettingError, match="no such witness"):
        collate(tmp_path, [tmp_path / "nowhere.txt"])
    with pytest.raises(SettingError, match="no witness"):
        collate(tmp_path, [])


def test_the_next_run_neither_does_anything_again_nor_loses_the_collation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_checks(monkeypatch)
    raw, output, witness = sample(tmp_path / "raw"), tmp_path / "output", tmp_path / "copy.txt"
    bring(raw, output)
    witness.write_text(PAGE_3.replace("共同关心的问题", "共同关心的主要问题"), "utf-8")
    apparatus = collate(output, [witness]).read_bytes()
    assert "主要".encode() in apparatus
    pages = {name: data for name, data in tree(output).items() if name.startswith("proof/")}
    assert any(isinstance(data, bytes) and "主要".encode() in data for data in pages.values()), "the proof shows it"
    plan = job.survey(raw, output, Settings(), None)
    assert plan is not None and job.is_current(plan)
    assert bring(raw, output)[0].pending == []
    assert {name: data for name, data in tree(output).items() if name.startswith("proof/")} == pages
    write(raw, **{"日报/2020-12-02/01.txt": PAGE_3.replace("柏林", "巴黎")})
    bring(raw, output)
    assert (output / "collation" / "apparatus.jsonl").read_bytes() == apparatus
    shown = [name for name, data in pages.items() if isinstance(data, bytes) and "主要".encode() in data and name.endswith(".html")]
    assert len(shown) == 2, "the story stands in two papers"
    assert all("主要" in (output / name).read_text("utf-8") for name in shown)
    bring(raw, tmp_path / "fresh")
    same = {name: data for name, data in tree(output).items() if not name.startswith(("proof/", "collation/", "manifest"))}
    fresh = {name: data for name, data in tree(tmp_path / "fresh").items() if not name.startswith(("proof/", "manifest"))}
    assert same == fresh
