"""The fast conversion says what OpenCC says, on every entry of its dictionaries and on what they make together."""

from __future__ import annotations

import random

import pytest

from bench.opencc import build
from qingyang import conversion

PRINTED = conversion.files("qingyang").joinpath("rules", "opencc.tsv").read_text("utf-8")


def test_table_is_that_of_the_installed_dictionaries() -> None:
    assert build.table() == PRINTED


def test_no_entry_holds_a_mark_that_keeps_clauses_apart() -> None:
    names = {name for step in build.STEPS.values() for name in step}
    names |= {"STPhrases", "STPhrases_GeneratedFromRegionalPhrases", "STCharacters", "CJK_Compatibility_Ideographs"}
    assert not {c for name in names for pair in build.dictionary(name).items() for text in pair for c in text} & set(conversion.APART)


@pytest.mark.parametrize("config", conversion.STEPS)
def test_every_character_of_the_first_plane(config: str) -> None:
    text = "\n".join(chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000)
    assert conversion.convert(text, config) == conversion.ask(text, config)


@pytest.mark.parametrize("config", conversion.STEPS)
def test_phrases_side_by_side(config: str) -> None:
    rng = random.Random(config)
    keys = [line.split("\t")[1] for line in PRINTED.splitlines()] + ["，", "的", "𠮷", "\u2fd5", "A"]
    text = "\n".join("".join(rng.choices(keys, k=rng.randint(1, 6))) for _ in range(4000))
    assert conversion.convert(text, config) == conversion.ask(text, config)


def test_another_opencc_is_asked_about_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "_table", lambda: ("0.0.1", {}))
    assert conversion.convert("无线新闻支持计算机程序。", "s2twp") == "無線新聞支援計算機程式。"
