"""The same page is cut and joined alike in either script and however its engine wrote marks, margins and blanks; it is printed as it was
delivered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.quality.compose import compose
from bench.quality.press.forms import in_traditional
from bench.quality.score import sources_of
from qingyang import clean, evidence
from qingyang.issue import clean_issue
from qingyang.lines import read_pages
from qingyang.records import Record, Source
from qingyang.rulebook import load
from qingyang.simplified import simplified

CAPTION = """圖為：技術監督執法人員向消費者講解防偽知識。（賀洪志攝）"""


@pytest.mark.parametrize("profile", ["lines", "fragments", "columns", "pdftotext"])
def test_both_scripts_are_cut_and_joined_alike(profile: str) -> None:
    sources = sources_of(compose(910_004, profile=profile, pages=2))
    other = [replace(s, text=in_traditional(s.text)) for s in sources]
    assert all(len(a.text) == len(b.text) and a.text != b.text for a, b in zip(sources, other, strict=True))
    plain, traditional = clean_issue(sources), clean_issue(other)
    assert [r["parts"] for r in plain.records] == [r["parts"] for r in traditional.records]
    assert [len(r["paragraphs"]) for r in plain.records] == [len(r["paragraphs"]) for r in traditional.records]
    # what is written is what was printed
    written = [c for r in traditional.records for c in r["text"] if "\u3400" <= c <= "\u9fff"]
    assert simplified("".join(written)) != "".join(written) and set(written) <= set("".join(s.text for s in other))


def test_evidence_is_that_of_the_simplified_page() -> None:
    sources = sources_of(compose(910_002, profile="lines", pages=1))
    other = [replace(s, text=in_traditional(s.text)) for s in sources]
    (plain,), (traditional,) = (evidence.gather_all(read_pages(s)) for s in (sources, other))
    differ = np.abs(plain - traditional) > 0.01
    # a few characters have no way back: 覆 for 复, 像 for 象
    assert differ.mean() < 0.002


def test_traditional_captions_are_captions() -> None:
    page = f"市場掃描\n\n新華社北京11月24日電 執法人員二十四日走上街頭，向消費者講解辨別真偽的辦法。\n\n{CAPTION}\n"
    (record,) = clean(page)
    assert record["metadata"]["captions"] == [CAPTION] and "消費者講解辨別" in record["text"]


def test_a_rule_of_the_users_own_may_be_written_in_either_script() -> None:
    for slogan in ("天天向上好日報", "天天向上好日报"):
        table = f"""[[rule]]
id = "furniture.my-slogan"
find = "{slogan}"
then = "remove"
why = "Our paper's slogan."
examples = ["⟦{slogan}⟧", "好好學習"]
"""
        column = evidence.NAMES.index("is_furniture")
        for line in ("天天向上好日報", "天天向上好日报"):
            (sheet,) = read_pages([Source("1.txt", line + "\n小麥豐收了。\n", "0" * 64)], load({"my.toml": table}))
            assert evidence.gather(sheet)[0, column] == 1


def _half_width(text: str) -> str:
    """As engines write it that know no Chinese marks: the full stop too."""
    return text.translate(str.maketrans("，。：；？！（）", ",.:;?!()"))


def _behind_marks(text: str) -> str:
    return re.sub("([，。；：！？])(?!\n)", r"\1 ", text)


@pytest.mark.parametrize("profile", ["lines", "fragments"])
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.translate(str.maketrans("“”‘’", "「」『』")),
        lambda text: text.replace("\n", "\n    "),
        lambda text: text.replace("人", "⼈").replace("工", "⼯"),
        _half_width,
        _behind_marks,
    ],
    ids=["corner quotes", "margin", "radicals", "half-width marks", "blanks behind marks"],
)
def test_a_habit_of_the_engine_says_nothing_of_the_page(written: Callable[[str], str], profile: str) -> None:
    """Blanks behind marks had pages of lines taken for columns, a margin had every block taken for a new paragraph."""
    issue = compose(910_006, profile=profile, pages=2)
    sources = sources_of(issue)
    other = [replace(s, text=written(s.text)) for s in sources]
    plain, habitual = clean_issue(sources).records, clean_issue(other).records
    assert any(a.text != b.text for a, b in zip(sources, other, strict=True))

    def told(records: list[Record]) -> list[list[str]]:
        """Paragraph ends, in letters and ideographs."""
        return [[re.sub(r"\W", "", unicodedata.normalize("NFKC", p)) for p in r["paragraphs"]] for r in records]

    both = list(zip(told(plain), told(habitual), strict=False))
    assert len(plain) == len(habitual)
    alike, paragraphs = sum(a == b for x, y in both for a, b in zip(x, y, strict=False)), sum(len(x) for x, _ in both)
    assert alike >= 0.97 * paragraphs
