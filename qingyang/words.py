"""The words of a record, sentence by sentence: a view that joins back to the text, character for character.

jieba is the reference; rjieba, the same algorithm and dictionary in Rust, is the fast default and is compared with it
by :func:`parity`. An engine with the user's words belongs to its :class:`Segmenter`; dictionaries are loaded at first use and
never cached on disk.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from qingyang import sentences
from qingyang.records import AccountError, Record, SettingError

ENGINES = ("rjieba", "jieba")
APART = "\x1e"
"""Put between texts that are cut together: to both engines a control character is a word of its own, whatever stands beside it."""
# jieba's own: a word may hold blanks.
_USER_WORD = re.compile(r"(.+?)( [0-9]+)?( [a-z]+)?$")


def _user_word(line: str) -> tuple[str, int | None, str | None] | None:
    """``word [freq] [pos]`` of a user dictionary, as jieba reads it; None for an empty line.

    >>> _user_word("青稞酒厂 20 nt")
    ('青稞酒厂', 20, 'nt')
    """
    match = _USER_WORD.match(line.strip().lstrip("\ufeff"))
    if match is None:
        return None
    word, freq, tag = match[1], match[2], match[3]
    if freq is not None and int(freq) == 0:
        raise SettingError(f"user dictionary: {line.strip()!r}: a frequency is 1 or more (word [frequency] [part of speech])")
    return word, None if freq is None else int(freq), tag and tag.strip()


def _tokenizer() -> Any:
    """A ``jieba.Tokenizer`` of our own that reads its dictionary silently and keeps no cache file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources and invalid escapes: jieba's, not the user's
        import jieba

    tokenizer = jieba.Tokenizer()
    # jieba would say on standard error that it loads, and leave a cache file in the shared temporary folder.
    with tokenizer.get_dict_file() as file:
        tokenizer.FREQ, tokenizer.total = _frequencies(file.read().decode())
    tokenizer.initialized = True
    return tokenizer


def _frequencies(dictionary: str) -> tuple[dict[str, int], int]:
    """What ``jieba.Tokenizer.gen_pfdict`` makes of a dictionary, sooner: every word with its frequency, whatever else begins a
    word with 0; and the sum of the frequencies.

    >>> _frequencies("劳动模范 3 n\\n劳动 5 vn")
    ({'劳': 0, '劳动': 5, '劳动模': 0, '劳动模范': 3}, 8)
    """
    columns = dictionary.split()  # of a line: word, frequency, part of speech
    words, counts = columns[::3], list(map(int, columns[1::3]))
    out: dict[str, int] = {}
    size, longer = 0, words
    while longer:
        size += 1
        longer = [word for word in longer if len(word) > size]
        out.update(dict.fromkeys([word[:size] for word in longer], 0))
    out.update(zip(words, counts, strict=True))
    return out, sum(counts)


@cache
def dictionary() -> Any:
    """rjieba with its own dictionary and no word of the user's: 0.1 s to load, shared by all who only ask."""
    from qingyang.engine import Jieba

    return Jieba()


class Segmenter:
    """Cuts text into words. The engine is made at first use.

    >>> Segmenter(engine="jieba").cut("全国劳动模范")
    ['全国', '劳动模范']
    """

    def __init__(self, engine: str = "rjieba", user_words: Iterable[str] = (), pos: bool = False) -> None:
        if engine not in ENGINES:
            raise SettingError(f"word engine {engine!r} is not known; choose one of {', '.join(ENGINES)}")
        self.engine = "jieba" if pos else engine
        self.pos = pos
        self.user_words = [entry for line in user_words if (entry := _user_word(line))]
        self._cut: Callable[[str], list[str]] | None = None
        self._tagger: Any = None
        self._owner: Any = None

    def _load(self) -> Callable[[str], list[str]]:
        if self._cut is None:
            owner: Any
            if self.engine == "rjieba":
                if self.user_words:
                    from qingyang.engine import Jieba

                    owner = Jieba()
                else:
                    owner = dictionary()
                for word, freq, tag in self.user_words:
                    owner.add_word(word, freq, tag)
                self._cut = owner.cut
            else:
                owner = _tokenizer()
                for word, freq, tag in self.user_words:
                    owner.add_word(word, freq, tag)
                self._cut = owner.lcut
                if self.pos:
                    from jieba import posseg

                    self._tagger = posseg.POSTokenizer(owner)
            self._owner = owner
        return self._cut

    def knows(self, word: str) -> bool:
        """Whether the dictionary has ``word``.

        >>> Segmenter().knows("范围"), Segmenter().knows("范韩生")
        (True, False)
        """
        self._load()
        return bool(self._owner.has_word(word) if self.engine == "rjieba" else self._owner.FREQ.get(word))

    def cut(self, text: str) -> list[str]:
        """The words of ``text``; ``"".join(words) == text``, or AccountError."""
        if self.pos:
            return [word for word, _ in self.tag(text)]
        words = self._load()(text)
        if "".join(words) != text:
            raise AccountError(f"{self.engine} does not give back the text it was given: {text[:40]!r}…")
        return words

    def cut_all(self, texts: Sequence[str]) -> list[list[str]]:
        """:meth:`cut` of each text, in one call where that is the same.

        >>> Segmenter().cut_all(["劳动模范", "", "劳动"])
        [['劳动模范'], [], ['劳动']]
        """
        if self.pos or len(texts) < 2 or any(APART in text for text in texts):
            return [self.cut(text) for text in texts]
        words = self.cut(APART.join(texts))
        out: list[list[str]] = []
        first = 0
        for _ in range(len(texts) - 1):
            last = words.index(APART, first)
            out.append(words[first:last])
            first = last + 1
        return [*out, words[first:]]

    def tag(self, text: str) -> list[tuple[str, str]]:
        """Words with jieba's part of speech; needs ``pos=True``."""
        if not self.pos:
            raise SettingError("parts of speech need Segmenter(pos=True)")
        self._load()
        pairs = [(pair.word, pair.flag) for pair in self._tagger.lcut(text)]
        if "".join(word for word, _ in pairs) != text:
            raise AccountError(f"jieba.posseg does not give back the text it was given: {text[:40]!r}…")
        return pairs


def words_record(
    record: Record, segmenter: Segmenter, cut: Sequence[Sequence[str]] | None = None, paragraphs: int | None = None
) -> dict[str, Any]:
    """One line of ``words.jsonl``: the sentences of each paragraph with their words (and parts of speech).

    A word never crosses the end of a sentence. ``cut`` are the words of each paragraph, for whoever has them already; of the first
    ``paragraphs`` alone, where so many are enough.
    """
    wanted = record["paragraphs"][:paragraphs]
    tags: list[list[str]] | None = None
    if segmenter.pos:
        pairs = [segmenter.tag(text) for text in wanted]
        cut, tags = [[word for word, _ in some] for some in pairs], [[tag for _, tag in some] for some in pairs]
    elif cut is None:
        cut = segmenter.cut_all(wanted)
    out: list[dict[str, Any]] = []
    for para, (text, words) in enumerate(zip(wanted, cut, strict=True)):
        spans = sentences.split(text)
        if tags is None:
            told = _by_sentence(words, spans)
            out += [{"para": para, "start": a, "end": b, "words": mine} for (a, b), mine in zip(spans, told, strict=True)]
        else:
            both = zip(spans, _by_sentence(words, spans), _by_sentence(words, spans, tags[para]), strict=True)
            out += [{"para": para, "start": a, "end": b, "words": mine, "pos": pos} for (a, b), mine, pos in both]
    return {"id": record["id"], "engine": segmenter.engine, "sentences": out}


def _by_sentence(words: Sequence[str], spans: Sequence[tuple[int, int]], tags: Sequence[str] | None = None) -> list[list[str]]:
    """The words of each span, or their ``tags``; a word that crosses the end of a span stands, cut in two, in both."""
    ends = list(accumulate(map(len, words)))
    out: list[list[str]] = []
    first = begun = 0
    """The first word of the span, and how much of it stood in the span before."""
    for _, end in spans:
        last = bisect_left(ends, end, first)
        mine = list((words if tags is None else tags)[first : last + 1])
        over = ends[last] - end
        if tags is None and (over or begun):
            if over:
                mine[-1] = mine[-1][:-over]
            mine[0] = mine[0][begun:]
        first = last if over else last + 1
        begun = len(words[last]) - over if over else 0
        out.append(mine)
    return out


def parity(texts: Iterable[str], user_words: Iterable[str] = ()) -> tuple[int, int]:
    """(tokens, differing): how many of jieba's tokens rjieba does not cut at the same two places."""
    lines = list(user_words)
    fast, slow = Segmenter("rjieba", lines), Segmenter("jieba", lines)
    tokens = differing = 0
    for text in texts:
        theirs = set(_spans(fast.cut(text)))
        ours = _spans(slow.cut(text))
        tokens += len(ours)
        differing += sum(span not in theirs for span in ours)
    return tokens, differing


def _spans(words: list[str]) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, words)))
    return list(zip([0, *ends], ends, strict=False))
