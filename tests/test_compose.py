"""The composer of gold pages: same seed, same bytes; labels that cover the text; gold that agrees with the labels."""

from __future__ import annotations

import doctest
import json
import re
from functools import cache
from pathlib import Path

import pytest

from bench.quality.compose import PROFILES, Issue, compose, corpus, furniture, gold, oracle, sheet, words
from bench.quality.compose.__main__ import one

CLEAN = [p for p in PROFILES if "+" not in p]
HURT = ["lines+heavy", "fragments+medium", "blocks+light", "interleaved+heavy", "disorder+medium", "paragraphs+errors"]


@cache
def issue(profile: str, seed: int = 3) -> Issue:
    return compose(seed, profile=profile, pages=3)


def solid(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("module", [sheet, words, furniture, corpus, gold])
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", CLEAN + HURT)
def test_same_seed_same_issue(profile: str) -> None:
    again = compose(3, profile=profile, pages=3)
    assert again.pages == issue(profile).pages
    assert again.gold == issue(profile).gold
    assert again.labels == issue(profile).labels
    assert compose(4, profile=profile, pages=3).pages != again.pages


@pytest.mark.parametrize("profile", CLEAN + HURT)
def test_labels_cover_every_line(profile: str) -> None:
    it = issue(profile)
    for text, labels in zip(it.pages, it.labels, strict=True):
        lines = [ln for ln in text.split("\n") if ln.strip()]
        assert len(lines) == len(labels)
        for line, segments in zip(lines, labels, strict=True):
            here = 0
            for seg in segments:
                assert 0 <= here <= seg["start"] < seg["end"] <= len(line)
                # between two segments stands nothing but blanks and the rule between columns
                assert not line[here : seg["start"]].strip(" 　\u00a0|")
                here = seg["end"]
            assert not line[here:].strip(" 　\u00a0|")


@pytest.mark.parametrize("profile", CLEAN)
def test_labels_rebuild_the_gold(profile: str) -> None:
    """Without damage a reader of the labels gets every field of every article back."""
    it = issue(profile)
    records = {r["id"]: r for r in oracle.records_of(it.gold, it.pages, it.labels)}
    assert len(it.gold["articles"]) > 6
    for a in it.gold["articles"]:
        r = records[a["id"]]
        assert solid(r["title"]) == solid(a["title"])
        assert [solid(p) for p in r["paragraphs"]] == [solid(p) for p in a["paragraphs"]]
        assert solid(r["dateline"]) == solid(a["lead"] or a["tail"] or "")
        for role in ("kicker", "subtitle"):
            assert solid(r[role]) == solid(a[role] or "")


@pytest.mark.parametrize("profile", CLEAN)
def test_items_hold_what_is_printed(profile: str) -> None:
    """The printed strings of a page are its text, whatever their order."""
    it = issue(profile)
    for n, text in enumerate(it.pages, 1):
        printed = "".join(i["text"] for i in it.gold["items"] if i["page"] == n)
        assert sorted(solid(printed)) == sorted(c for c in solid(text) if c != "|") or "|" in printed


def test_links_lead_back_along_a_string() -> None:
    it = issue("lines")
    links = 0
    for page in it.labels:
        for line in page:
            for seg in line:
                if seg["prev"]:
                    p, k, n = seg["prev"]
                    before = it.labels[p - 1][k][n]
                    assert before["article"] == seg["article"] and before["para"] == seg["para"]
                    assert before is not seg and not seg["first"]
                    links += 1
    assert links > 50


def test_jumps_have_two_parts() -> None:
    parts = [a["parts"] for s in range(6) for a in compose(s, profile="fragments", pages=4).gold["articles"] if len(a["parts"]) > 1]
    assert parts
    assert all(p[0]["page"] < p[1]["page"] for p in parts)


def test_damage_grows_with_its_strength() -> None:
    """The same seed of another strength is another issue, so the measure is a share: stops per ideograph."""

    def stops(profile: str) -> float:
        text = "".join("".join(issue(profile, s).pages) for s in range(5))
        return text.count("。") / len(text)

    assert stops("lines+heavy") < 0.95 * stops("lines")


def test_layouts_are_unlike() -> None:
    widths = {i.gold["style"]["cell"] for i in (compose(s, profile="lines", pages=2) for s in range(10))}
    assert len(widths) > 5


def test_no_sentence_of_the_documents_stands_twice_in_an_issue() -> None:
    """Else the alignment of the gold would be ambiguous."""
    it = issue("lines")
    long = [s for a in it.gold["articles"] for p in a["paragraphs"] for s in re.split("[。！？]", p) if len(s) > 40]
    assert len(set(long)) >= 0.99 * len(long)


def test_a_raw_corpus_lies_as_a_users_does(tmp_path: Path) -> None:
    assert one(5, ["lines"], 2, None, tmp_path) > 1000
    it = compose(5, profile="lines", pages=2)
    style = it.gold["style"]
    assert (tmp_path / style["paper"] / f"{style['date']}-00005" / "02.txt").read_text("utf-8") == it.pages[1]


def test_written_issues_are_what_the_scorer_reads(tmp_path: Path) -> None:
    one(5, ["blocks"], 2, tmp_path, None)
    here = tmp_path / "blocks" / "blocks-00005"
    assert sorted(p.name for p in here.iterdir()) == ["gold.json", "labels.json", "p01.txt", "p02.txt"]
    assert json.loads((here / "gold.json").read_text("utf-8")) == compose(5, profile="blocks", pages=2).gold
