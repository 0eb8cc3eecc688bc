"""``collate`` reads a corpus, one file or shards, and writes beside it without touching it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from qingyang.records import SettingError
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


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="qingyang run"):
        collate(tmp_path, [])
    corpus(tmp_path, sharded=False)
    with pytest.raises(SettingError, match="no such witness"):
        collate(tmp_path, [tmp_path / "nowhere.txt"])
    with pytest.raises(SettingError, match="no witness"):
        collate(tmp_path, [])
