"""What other engines would have written keeps its labels: every stretch still shows what it showed."""

from __future__ import annotations

import pytest

from bench.quality.compose import Issue, compose
from bench.quality.keep import KINDS, unpack
from bench.quality.press.forms import in_form, in_traditional


@pytest.fixture(scope="module")
def issue() -> Issue:
    return compose(960_000, profile="lines+light", pages=2)


def shown(issue: Issue) -> list[list[list[tuple[str, str]]]]:
    """What each label shows, without blanks, by page and line."""
    return [
        [[(s["role"], "".join(line[s["start"] : s["end"]].split())) for s in row] for line, row in zip(_lines(page), rows, strict=True)]
        for page, rows in zip(issue.pages, issue.labels, strict=True)
    ]


def _lines(page: str) -> list[str]:
    return [line for line in page.split("\n") if line.strip()]


@pytest.mark.parametrize("form", ["lines", "tight", "spaced"])
def test_blanks_and_empty_lines_move_no_label(issue: Issue, form: str) -> None:
    out = in_form(issue, [], form)
    assert shown(out) == shown(issue)
    assert (out.pages != issue.pages) == (form != "lines")
    assert ("\n\n" in "".join(out.pages)) == (form != "tight" and "\n\n" in "".join(issue.pages))


def test_marks_in_half_width_are_as_many(issue: Issue) -> None:
    out = in_form(issue, [], "half")
    assert [list(map(len, _lines(p))) for p in out.pages] == [list(map(len, _lines(p))) for p in issue.pages]
    assert out.labels == issue.labels and "，" not in "".join(out.pages)


def test_traditional_characters_are_as_many_and_in_the_gold_too(issue: Issue) -> None:
    out = in_form(issue, [], "traditional")
    assert out.labels == issue.labels and out.gold["articles"][0]["title"] == in_traditional(issue.gold["articles"][0]["title"])
    assert in_traditional(in_traditional("国务院")) == "國務院"


def test_lines_of_a_block_are_one_line_with_their_labels_in_order(issue: Issue) -> None:
    blocks = [[(str(k // 5), "1") for k, _ in enumerate(_lines(page))] for page in issue.pages]
    out = in_form(issue, blocks, "blocks")
    assert [len(_lines(p)) for p in out.pages] == [-(-len(_lines(p)) // 5) for p in issue.pages]
    flat = [[s for row in page for s in row] for page in shown(issue)]
    assert [[s for row in page for s in row] for page in shown(out)] == flat
    for page in out.labels:
        for row in page:
            for s in row:
                if s["prev"]:
                    p, line, segment = s["prev"]
                    assert out.labels[p - 1][line][segment]["article"] == s["article"]


def test_an_unknown_form_is_an_error(issue: Issue) -> None:
    with pytest.raises(KeyError):
        in_form(issue, [], "braille")


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_the_printed_issues_lie_in_their_lines(kind: str) -> None:
    for one in unpack(kind):
        for page, rows in zip(one.pages, one.labels, strict=True):
            for line, row in zip(_lines(page), rows, strict=True):
                assert all(0 <= s["start"] < s["end"] <= len(line) for s in row)
