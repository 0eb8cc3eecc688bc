"""Where the sentences of a text begin and end.

The spans tile the text: every character belongs to exactly one sentence, blanks and line ends to the sentence before
them. A closing ” ’ ） 》 】 」 』 stays with its sentence, ； ends none, and 他说 after a quotation stays with what was said.
"""

from __future__ import annotations

import re

_CLOSERS = "”’）)》〉】］\\]」』〗〕＂\"'"
_TOKEN = re.compile(
    r"(?P<line>[ \t\r\u3000]*\n\s*)"
    rf"|(?P<end>(?:[。！？!?｡．]|(?<=[\u3400-\u9fff])\.(?![\w.])|(?<=[a-z]{{4}})\.(?=\s+[A-Z“])|…+|(?<!\.)\.{{3,6}}(?!\.))+(?P<close>[{_CLOSERS}]*)\s*)"
)


def split(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of ``text``, in characters; together they tile it.

    >>> text = "习近平说：“中德合作好！”默克尔表示同意。"
    >>> [text[a:b] for a, b in split(text)]
    ['习近平说：“中德合作好！”', '默克尔表示同意。']
    """
    spans = []
    start = 0
    for match in _TOKEN.finditer(text):
        end = match.end()
        if end > start:
            spans.append((start, end))
            start = end
    if start < len(text):
        spans.append((start, len(text)))
    return spans
