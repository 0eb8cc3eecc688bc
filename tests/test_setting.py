"""Lines that an extraction has run together are set again, and say where paragraphs go on."""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
import pytest

from bench.quality.compose.corpus import documents
from bench.quality.compose.sheet import wrap
from qingyang import evidence, setting
from qingyang.lines import Sheet, read_lines
from qingyang.records import Source
from qingyang.setting import Asked, Galley

STORIES = [
    story
    for d in documents()[40:46]
    for story in map("".join, d.paragraphs[4:16])
    if 60 < len(story) < 400 and all(c >= "\u2014" for c in story)
]


def sheet_of(text: str) -> Sheet:
    return read_lines(Source("1.txt", text, ""))


def blocks(paragraphs: list[str], width: int, mode: str, high: int) -> list[list[str]]:
    """Each paragraph as the blocks that columns of ``high`` lines leave of it."""
    lines = [[p[a:b] for a, b in wrap(p, width, 2, mode, True)] for p in paragraphs]
    out, line = [], 0
    for mine in lines:
        cut: list[str] = []
        for text in mine:
            if not cut or line % high == 0:
                cut.append("")
            cut[-1] += text
            line += 1
        out.append(cut)
    return out


@pytest.mark.parametrize("mode", ["push", "hang"])
@pytest.mark.parametrize("width", [11, 18, 25])
def test_a_paragraph_takes_the_lines_it_was_set_in(width: int, mode: str) -> None:
    galley = Galley.of(sheet_of("\n".join(STORIES)))
    room = galley.room(np.arange(len(STORIES)), float(width), 2.0, mode == "hang")
    for story, left in zip(STORIES, room, strict=True):
        a, b = wrap(story, width, 2, mode, True)[-1]
        assert left == max(width - (2 if a == 0 else 0) - (b - a), 0), story


@pytest.mark.parametrize("mode", ["push", "hang"])
@pytest.mark.parametrize("width", [13, 19])
def test_the_width_of_the_column_is_found(width: int, mode: str) -> None:
    page = sheet_of("\n\n".join(b for p in blocks(STORIES, width, mode, 7) for b in p))
    p = np.zeros((len(page), len(setting.ROLES)), np.float32)
    first = [k for p in accumulate((len(p) for p in blocks(STORIES, width, mode, 7)), initial=0) for k in [p]][:-1]
    p[:, setting._CONTINUE] = 1
    p[first] = np.eye(len(setting.ROLES), dtype=np.float32)[setting._START]
    (found,) = setting._settings([Asked.of(page, Galley.of(page), evidence.gather(page), p)])
    # half an ideograph more holds no more of these
    assert found is not None and found.width in (width, width + 0.5) and found.holds > 0.8


def test_text_that_was_never_set_in_columns_has_no_width() -> None:
    torn = [s[:k] for s, k in zip(STORIES, range(41, 400, 7), strict=False)]
    page = sheet_of("\n\n".join(torn))
    p = np.zeros((len(page), len(setting.ROLES)), np.float32)
    p[:, setting._START] = 1
    assert list(setting._settings([Asked.of(page, Galley.of(page), evidence.gather(page), p)])) == [None]


def test_a_full_last_line_goes_on_after_a_full_stop_and_one_with_room_does_not() -> None:
    cut: list[str] = []
    begins: list[int] = []
    doubtful: dict[int, bool] = {}
    for story in STORIES:
        ends = [b for _, b in wrap(story, 18, 2, "push", True)][:-1]
        cuts = [0, *sorted({ends[1], *(b for b in ends if story[b - 1] == "。")}), len(story)]
        begins.append(len(cut))
        doubtful[len(cut)] = False
        doubtful.update({len(cut) + k: True for k, b in enumerate(cuts[1:-1], 1) if story[b - 1] == "。"})
        cut += [story[a:b] for a, b in pairwise(cuts)]
    page = sheet_of("\n\n".join(cut))
    # as far as the network can tell, six to four for a new paragraph after every full stop
    p = np.zeros((len(page), len(setting.ROLES)), np.float32)
    p[:, setting._CONTINUE] = 1
    p[list(doubtful), setting._START], p[list(doubtful), setting._CONTINUE] = 0.6, 0.4
    roles = [setting.ROLES[k] for k in p.argmax(1)]
    (reset,) = setting.weigh_again([page], [evidence.gather(page)], [(roles, p)])
    on = [k for k, same in doubtful.items() if same]
    assert len(on) >= 4
    assert [reset.roles[k] for k in on] == ["continue"] * len(on)
    assert {reset.because[k] for k in on} <= {f"set in lines of {w}, the text above fills its last line" for w in ("18", "18.5")}
    # a paragraph that fills its last line by chance cannot be told from one that goes on
    lasts = [wrap(story, 18, 2, "push", True)[-1] for story in STORIES[:-1]]
    with_room = [k for k, (a, b) in zip(begins[1:], lasts, strict=True) if b - a < 16]
    assert len(with_room) >= 15
    assert [reset.roles[k] for k in with_room] == ["start"] * len(with_room)


def test_pages_whose_lines_are_kept_are_not_asked() -> None:
    lines = "\n".join(s[a:b] for s in STORIES for a, b in wrap(s, 18, 2, "push", True))
    assert not setting.runs_lines_together(sheet_of(lines))
    assert setting.runs_lines_together(sheet_of("\n".join(STORIES)))
