"""Where the sentences of a text begin and end.

The spans tile the text: every character belongs to exactly one sentence, blanks and line ends to the sentence before
them. A closing ” ’ ） 》 】 」 』 stays with its sentence; ； ends none; nothing ends inside a title or brackets; the
sentences of a speech count one by one, an exclamation quoted in passing does not; and what tells who spoke stays with what was said.
"""

from __future__ import annotations

import re

_CLOSE = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "《": "》",
    "〈": "〉",
    "【": "】",
    "〔": "〕",
    "［": "］",
    "[": "]",
}
_QUOTES = frozenset("“‘「『")
_ENDERS = frozenset("。！？!?｡…．.")

_MARK = re.compile(r"[\n。！？!?｡…．." + re.escape("".join(_CLOSE) + "".join(_CLOSE.values())) + "]")
_OTHER = re.compile("[" + re.escape("\n！？!?｡…．." + "".join(_CLOSE) + "".join(_CLOSE.values())) + "]|。[。\"＂']")
"""What makes more of a text than runs up to 。"""
# One class first, so that the search runs at full speed; what a mark means is asked afterwards.
_END = re.compile(
    r"(?:"
    r"[。！？｡]"
    r"|…+"
    r"|(?<!\.)\.{3,6}(?!\.)"
    # A half-width mark ends a sentence after Han or a closing mark, or before a blank: not in ?id=3, 3.5 or U.S.A.
    r"|(?:(?<=[\u3400-\u9fff”’」』）)!?])|(?<=[A-Za-z0-9])(?=[!?]*(?:[\s”’」』）)]|$)))[!?]"
    r"|(?<=[\u3400-\u9fff”’」』）)])(?<![一二三四五六七八九十])[.．](?![A-Za-z0-9０-９.])"
    r"|(?<=[a-z]{4})\.(?=\s+[A-Z“])"
    r")+[\"＂']?"
)
_BETWEEN = "，、；：,;:—"
# A full stop that none of these follows is a run by itself.
_RUNS = frozenset("。！？!?｡…．.\"＂'")
# The sentence goes on after “……！”的口号 and “……？”这个问题, and takes in “……。”他说。 and “……。”他说，“……。”;
# 他说： and 他说，要不是…… begin the next.
_GOES_ON = re.compile(
    r"[，、；：,;:的之与及或]|和(?![平谐])|等(?!待)|地(?![方区球处上下震质位])|[（(](?![0-9０-９一二三四五六七八九十]{1,3}[）)])"
    r"|——|[这那]一?[个种句样些声番]"
    r"|[^，。！？；：、“”‘’「」『』《》（）\s…]{0,12}?"
    r"(?:[说說道问問答喊叫称稱讲講]|告诉|告訴|表示|指出|强调|強調|认为|認為|介绍|介紹|感慨|感叹|感嘆|坦言|回忆|回憶)"
    r"(?:[着著了过過起]|道|记者)?(?:[。！？]|，[“「]|$)"
)
_KIND = {"\n": "\n", **dict.fromkeys(_CLOSE, "open"), **dict.fromkeys(_CLOSE.values(), "close"), **dict.fromkeys("。！？!?｡…．.", "end")}
_LINE_ENDS = re.compile(r"\n\s*")
_BLANKS = re.compile(r"[^\S\n]*")
# Longer than any aside or title in the People's Daily of January 1998; beyond it a bracket was lost.
_ASIDE = 400
# No print nests deeper; a line of opening marks only must not cost more than another.
_DEEP = 16
_NEAR = 4


def split(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of ``text``, in characters; together they tile it.

    >>> text = "习近平说：“中德合作好！前景广阔。”默克尔表示同意。我们看了《摔跤吧！爸爸》。"
    >>> [text[a:b] for a, b in split(text)]
    ['习近平说：“中德合作好！', '前景广阔。”', '默克尔表示同意。', '我们看了《摔跤吧！爸爸》。']
    >>> text = "“我们一定完成任务。”他说。人群中响起“加油！加油！”的呐喊。"
    >>> [text[a:b] for a, b in split(text)]
    ['“我们一定完成任务。”他说。', '人群中响起“加油！加油！”的呐喊。']
    """
    if not _OTHER.search(text):
        return _plain(text)
    marks = _marks(text)
    closing = _pairs(text, marks)
    spans: list[tuple[int, int]] = []
    start = 0
    inside: list[tuple[int, bool]] = []
    """Open brackets: where each closes, and whether sentences may end inside."""
    index, count = 0, len(marks)
    while index < count:
        here, end, kind = marks[index]
        index += 1
        if here < start:
            continue
        if kind == "\n":
            end = _LINE_ENDS.match(text, here).end()  # type: ignore[union-attr]  # there is one
            if text[start:here].strip():
                spans.append((start, end))
                start = end
            elif spans:
                spans[-1] = (spans[-1][0], end)
                start = end
            inside = []
        elif kind == "open":
            if here in closing:
                inside.append((closing[here], _is_speech(text, start, here, closing[here])))
        elif kind == "close":
            while inside and inside[-1][0] <= here:
                inside.pop()
        else:
            opened = here
            while index < count and marks[index][0] == end and marks[index][2] == "close":
                end = marks[index][1]
                index += 1
            closed: list[bool] = []
            if inside:
                closed = [free for stop, free in inside if stop < end]
                inside = [pair for pair in inside if pair[0] >= end]
            if (not inside or all(free for _, free in inside)) and _ends(text, start, opened, end, closed):
                if text[end : end + 1].isspace():
                    end = _BLANKS.match(text, end).end()  # type: ignore[union-attr]  # matches the empty string too
                spans.append((start, end))
                start = end
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _plain(text: str) -> list[tuple[int, int]]:
    """:func:`split` of a text in which nothing but 。 matters, as in half of all paragraphs."""
    spans: list[tuple[int, int]] = []
    start = 0
    mark = text.find("。")
    while mark >= 0:
        end = mark + 1
        if _ends(text, start, mark, end, []):
            if text[end : end + 1].isspace():
                end = _BLANKS.match(text, end).end()  # type: ignore[union-attr]  # matches the empty string too
            spans.append((start, end))
            start = end
        mark = text.find("。", end)
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _marks(text: str) -> list[tuple[int, int, str]]:
    """Every (start, end, kind) that may matter: line ends, brackets and quotation marks, runs of marks that end a sentence."""
    marks: list[tuple[int, int, str]] = []
    done = 0
    for match in _MARK.finditer(text):
        here = match.start()
        if here < done:
            continue
        kind = _KIND[match[0]]
        done = here + 1
        if kind == "end" and (match[0] != "。" or text[done : done + 1] in _RUNS):
            run = _END.match(text, here)
            if run is None:
                continue
            done = run.end()
        marks.append((here, done, kind))
    return marks


def _pairs(text: str, marks: list[tuple[int, int, str]]) -> dict[int, int]:
    """Where each bracket and quotation mark that has a partner in its line closes."""
    closing: dict[int, int] = {}
    stack: list[int] = []
    for here, _, kind in marks:
        if kind == "open":
            stack = [*stack[-_DEEP:], here]
        elif kind == "\n":
            stack = []
        elif kind == "close":
            for depth in range(len(stack) - 1, -1, -1):
                opener = text[stack[depth]]
                if _CLOSE[opener] == text[here]:
                    if opener in _QUOTES or here - stack[depth] <= _ASIDE:
                        closing[stack[depth]] = here
                    del stack[depth:]
                    break
    return closing


def _is_speech(text: str, start: int, opener: int, closer: int) -> bool:
    """Whether the quotation is made of whole sentences and not a word within one: ：“……。”."""
    if text[opener] not in _QUOTES or text[closer - 1] not in _ENDERS:
        return False
    before = text[max(start, opener - _NEAR) : opener].rstrip()
    return not before or before[-1] in "：:，,“‘「『"


def _ends(text: str, start: int, mark: int, end: int, closed: list[bool]) -> bool:
    """Whether the sentence ends at ``end``, after a mark at ``mark`` and the brackets closed behind it."""
    if not closed:
        following = text[end : end + 1]
        goes_on = following in _BETWEEN and (following != "—" or text[end + 1 : end + 2] == "—")
        return not (goes_on and following) and (mark - start > 4 or bool(text[start:mark].strip("“‘「『（( 　")))
    if text[end - 1] in "）)》〉】〕］]":
        # An aside that is a sentence of its own: （附图片１张。）
        return text[start] in "（([【〔" and text[end - 1] not in "》〉"
    return _GOES_ON.match(text, end) is None
