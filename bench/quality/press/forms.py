"""What other engines would have written of the same page: the text of an issue in another form, its labels carried along."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from bench.quality.compose import Issue

Blocks = list[list[tuple[str, str]]]
"""Per page, per non-blank line: where the engine has it."""
Rewrite = Callable[[str], tuple[str, list[int]]]
"""A line as another engine writes it, and where each of its characters stands now."""

HALF = dict(zip("，：；？！（）", ",:;?!()", strict=True))
_WIDE = re.compile("[\u2e80-\u9fff\uff00-\uffef“”‘’—…·]")


def in_form(issue: Issue, blocks: Blocks, form: str) -> Issue:
    """``form``: lines, tight, spaced, half, traditional or blocks.

    Raises: KeyError for any other.
    """
    rng = Random(issue.name)
    forms: dict[str, Callable[[], Issue]] = {
        "lines": lambda: issue,
        "tight": lambda: carried(issue, lambda line: (line, list(range(len(line)))), empty=False),
        "spaced": lambda: carried(issue, letter_spaced),
        "half": lambda: carried(issue, lambda line: half_width(line, rng)),
        "traditional": lambda: traditional(issue),
        "blocks": lambda: in_blocks(issue, blocks),
    }
    out = forms[form]()
    return Issue(f"{issue.name}-{form}", out.profile, out.pages, out.gold, out.labels)


def carried(issue: Issue, rewrite: Rewrite, empty: bool = True) -> Issue:
    """Every line rewritten; without empty lines if not ``empty``."""
    pages: list[str] = []
    labels: list[list[list[dict[str, Any]]]] = []
    for text, rows in zip(issue.pages, issue.labels, strict=True):
        waiting = iter(rows)
        out: list[str] = []
        mine: list[list[dict[str, Any]]] = []
        for line in text.split("\n"):
            if not line.strip():
                out += [""] * empty
                continue
            new, at = rewrite(line)
            out.append(new)
            mine.append([{**s, "start": at[s["start"]], "end": at[s["end"] - 1] + 1} for s in next(waiting)])
        pages.append("\n".join(out).strip("\n") + "\n")
        labels.append(mine)
    return Issue(issue.name, issue.profile, pages, issue.gold, labels)


def letter_spaced(line: str) -> tuple[str, list[int]]:
    """A blank between every two characters but those of one number or Latin word, as older engines write Chinese.

    >>> letter_spaced("于1957年")
    ('于 1957 年', [0, 2, 3, 4, 5, 7])
    """
    new, at = "", []
    for c in line:
        if c != " " and new and not (new[-1].isascii() and c.isascii()):
            new += " "
        at.append(len(new))
        new += c if c != " " else ""
    return new, at


def half_width(line: str, rng: Random) -> tuple[str, list[int]]:
    """Marks in half width, full stops as what they look like, quotation marks that do not match."""
    out = ""
    for c in line:
        if c == "。":
            out += rng.choices(".o。．", (6, 2, 2, 1))[0]
        elif c in "“”":
            out += rng.choices('"“”', (7, 2, 1))[0]
        else:
            out += HALF.get(c, c)
    return out, list(range(len(line)))


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("s2t").convert  # type: ignore[no-any-return]


def in_traditional(text: str) -> str:
    """As long as before."""
    whole = _converter()(text)
    return whole if len(whole) == len(text) else "".join((_converter()(c) or c)[0] for c in text)


def traditional(issue: Issue) -> Issue:
    """In Traditional characters, with what an engine read wrong."""
    out = carried(issue, lambda line: (in_traditional(line), list(range(len(line)))))
    out.gold = copy.deepcopy(issue.gold)
    for article in out.gold["articles"]:
        for name, value in article.items():
            if isinstance(value, str) and name not in ("id", "agency"):
                article[name] = in_traditional(value)
            elif isinstance(value, list) and value and isinstance(value[0], str):
                article[name] = [in_traditional(v) for v in value]
    return out


def apart(line: str) -> tuple[str, list[int]]:
    """Words as Tesseract's table has them: a blank between Latin or digits and ideographs, none between ideographs."""
    new, at = "", []
    for c in line:
        if c != " " and new and c.isascii() != new[-1].isascii():
            new += " "
        at.append(len(new))
        new += c if c != " " else ""
    return new, at


def in_blocks(issue: Issue, blocks: Blocks) -> Issue:
    """One line for every paragraph of the engine's blocks."""
    pages: list[str] = []
    labels: list[list[list[dict[str, Any]]]] = []
    place: dict[tuple[int, int, int], list[int]] = {}
    for p, (text, rows, groups) in enumerate(zip(issue.pages, issue.labels, blocks, strict=True), 1):
        out: list[str] = []
        mine: list[list[dict[str, Any]]] = []
        last: tuple[str, str] | None = None
        printed = [line for line in text.split("\n") if line.strip()]
        for k, (line, segments, group) in enumerate(zip(printed, rows, groups, strict=True)):
            new, at = apart(line.rstrip())
            if group != last:
                out.append("")
                mine.append([])
                last = group
            joint = "" if not out[-1] or _WIDE.match(out[-1][-1]) or _WIDE.match(new[0]) else " "
            here = len(out[-1]) + len(joint)
            for n, s in enumerate(segments):
                place[p, k, n] = [p, len(mine) - 1, len(mine[-1])]
                mine[-1].append({**s, "start": at[s["start"]] + here, "end": at[s["end"] - 1] + 1 + here})
            out[-1] += joint + new
        pages.append("\n\n".join(out) + "\n")
        labels.append(mine)
    for page in labels:
        for row in page:
            for s in row:
                s["prev"] = place[tuple(s["prev"])] if s["prev"] else None
    return Issue(issue.name, issue.profile, pages, issue.gold, labels)
