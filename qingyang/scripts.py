"""A record in Traditional Chinese: the same id and structure, every printed field converted by OpenCC.

Three variants: ``zh-Hant`` (OpenCC's s2t), ``zh-Hant-TW`` (s2twp, with Taiwan's words) and ``zh-Hant-HK`` (s2hk). OpenCC
takes the longest dictionary phrase wherever it stands, also across words (护发 in 维护发展: 維護髮展); here a phrase
counts only where it begins and ends with words. Names keep their family name's form, and what neither dictionary nor
context decides is flagged in the variant's own record, with the choice made and the alternative.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qingyang import choices, conversion, names
from qingyang.codes import code_points
from qingyang.records import Flag, Record, SettingError
from qingyang.words import APART, Segmenter

CONFIGS = {"zh-Hant": "s2t", "zh-Hant-TW": "s2twp", "zh-Hant-HK": "s2hk"}
BACK = {"zh-Hant": "t2s", "zh-Hant-TW": "tw2sp", "zh-Hant-HK": "hk2s"}
# Taiwan's forms of the characters without Taiwan's words, for the words that keep their own characters.
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_CHARACTERS = {"zh-Hant": "s2t", "zh-Hant-TW": "s2tw", "zh-Hant-HK": "s2hk"}
_SINGLE = ("headline", "kicker", "deck", "byline", "dateline", "agency", "place", "sign_off")
_SEPARATOR = APART
_HOLE = "\x1d"
_CLAUSE = re.compile(r"([\s\x1d，。；：！？、“”‘’「」『』《》〈〉（）()…—,;:!?]+)")
_CLAUSE_LENGTH = 400
"""Longer is no prose: there the words count, and the comparison, quadratic in the length, is spared."""
_SETTLED = 20_000
"""Clauses whose settlement is remembered: a form letter or a table repeats itself."""
_REACH = 8
"""Characters on either side of a difference in which its phrase is searched: idioms have four, the names in OpenCC's cases nine."""
_PHRASE = "A phrase of the dictionary reaches into the next word; the word's own reading was taken."
_VOCABULARY = 200_000
"""Words whose conversion is remembered: twenty days of a newspaper and seventy years of reports use 71,000."""


class Span(NamedTuple):
    """Characters ``start:end`` whose conversion is decided before OpenCC is asked."""

    start: int
    end: int
    kind: str
    """``words``: word by word, whatever phrase they make; ``form``: what the table says; ``name``; ``term``: its characters alone."""
    surname: int = 0


class Reading(NamedTuple):
    """What some strings say apart from any variant: their words, the people named, what is decided. Shared by the converters."""

    strings: list[str]
    text: str
    words: list[str]
    starts: list[int]
    """Where each word begins, and the end."""
    begins: list[int]
    """Where each string begins, and the next would."""
    people: list[names.Name]
    spans: list[Span]
    """Of two that overlap, the first counts."""
    choices: list[tuple[int, choices.Choice]]
    stand_ins: dict[int, str]
    """Put back at the end: what stands for a control character of the text that is one of our separators."""


class Doubt(NamedTuple):
    """Characters ``start:end`` of the joined text that neither dictionary nor context decides for certain."""

    start: int
    end: int
    rule: str
    options: tuple[str, ...]
    """What may stand there; the first that does not is suggested."""
    why: str
    confidence: float


Ints = npt.NDArray[np.int64]
Pieces = list[tuple[str, str]]
"""A string as (characters of the source, characters of the variant), in order."""


class Converter:
    """Converts records to one variant. OpenCC and the word engine are its own, made at first use.

    >>> Converter("zh-Hant").text("记者范长江说，火药被发明了。")
    '記者范長江說，火藥被發明了。'
    """

    def __init__(self, variant: str = "zh-Hant", segmenter: Segmenter | None = None, lexicon: Lexicon | None = None) -> None:
        if variant not in CONFIGS:
            raise SettingError(f"variant {variant!r} is not known; choose one of {', '.join(CONFIGS)}")
        self.variant = variant
        self.segmenter = segmenter or Segmenter()
        self._lexicon = Lexicon() if lexicon is None else lexicon
        self._words = Forms(self._lexicon)
        self._forms: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._settled: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}

    def text(self, text: str, authors: Iterable[str] = ()) -> str:
        """``text`` in this variant.

        >>> Converter("zh-Hant-TW").text("少数组织参与制造")
        '少數組織參與製造'
        """
        self._lexicon.forget()
        reading = read([text], self.segmenter, authors)
        return _join(self._strings(Sheet([reading], self._lexicon, self.terms))[0][0][0], reading)

    @property
    def terms(self) -> bool:
        """Whether some words keep their characters where the region's dictionary has others."""
        return self.variant == "zh-Hant-TW"

    def convert(self, record: Record) -> Record:
        """The record in this variant: same id, same structure, its own flags."""
        return self.convert_all([record], [read_record(record, self.segmenter)])[0]

    def convert_all(self, records: Sequence[Record], readings: Sequence[Reading], sheet: Sheet | None = None) -> list[Record]:
        """Many records at once; ``readings`` are :func:`read_record` of each, ``sheet`` is made of them."""
        if sheet is None:
            self._lexicon.forget()
            sheet = Sheet(readings, self._lexicon, self.terms)
        told = self._strings(sheet)
        return [self._record(record, reading, *strings) for record, reading, strings in zip(records, readings, told, strict=True)]

    def _record(self, record: Record, reading: Reading, pieces: list[Pieces], doubts: list[Doubt]) -> Record:
        done = iter([_join(string, reading) for string in pieces])
        out: Any = dict(record)
        metadata = out["metadata"] = dict(record["metadata"])
        out["paragraphs"] = [next(done) for _ in record["paragraphs"]]
        out["text"] = "\n".join(out["paragraphs"])
        out["lang"] = self.variant
        out["flags"] = self._flags(reading, pieces, doubts, len(record["paragraphs"]))
        for key in _SINGLE:
            if out[key]:
                out[key] = next(done)
        out["authors"] = [next(done) for _ in record["authors"]]
        if metadata.get("docdate"):
            metadata["docdate"] = next(done)
        if metadata.get("captions"):
            metadata["captions"] = [next(done) for _ in metadata["captions"]]
        return out  # type: ignore[no-any-return]

    # ---- one OpenCC call for everything, and a closer look where words and phrases disagree

    def _all(self, strings: Sequence[str]) -> list[str]:
        if not strings:
            return []
        text = _SEPARATOR.join(strings)
        return conversion.convert(text, CONFIGS[self.variant], conversion.standard(text)).split(_SEPARATOR)

    def known(self) -> Forms:
        """What becomes of every word of the lexicon by itself."""
        forms = self._words
        if new := forms.missing():
            forms.add(self._all(new))
        return forms

    def _by_word(self, words: Sequence[str]) -> list[str]:
        """Each word converted by itself, from memory where it was met before."""
        numbers = [self._lexicon[word] for word in words]
        return list(map(self.known().told.__getitem__, numbers))

    def _strings(self, sheet: Sheet) -> list[tuple[list[Pieces], list[Doubt]]]:
        """Of each reading, every string in pieces, and what is in doubt in it."""
        known = self.known()
        phrases = conversion.convert(sheet.text, CONFIGS[self.variant], sheet.standard).split(_SEPARATOR)
        wholes = known.text(sheet.numbers).split(_SEPARATOR)
        out: list[tuple[list[Pieces], list[Doubt]]] = []
        first = word = 0
        for reading, forced, words in zip(sheet.readings, sheet.forced, sheet.words, strict=True):
            last = first + max(1, len(reading.strings))  # of none there is one, the empty one
            mine = slice(first, last)
            numbers = sheet.numbers[word : word + len(words)]
            out.append(self._weighed(reading, forced, sheet.strings[mine], phrases[mine], wholes[mine], words, numbers))
            first = last
            word += len(words) + 1
        return out

    def _weighed(
        self, reading: Reading, forced: Sequence[Span], sources: Sequence[str], phrases: Sequence[str], wholes: Sequence[str],
        words: Sequence[str], numbers: Ints,
    ) -> tuple[list[Pieces], list[Doubt]]:  # fmt: skip
        """The pieces of ``sources``, which have holes where something is ``forced``; ``phrases`` are their conversions with phrases,
        ``wholes`` those word by word. Where both agree and nothing else is said, nothing is to be weighed."""
        decided, doubts = self._decide(reading)
        begins = reading.begins
        closer = {bisect_right(begins, at) - 1 for at in [*decided, *(doubt.start for doubt in doubts)]}
        out: list[Pieces] = [[pair] for pair in zip(sources, wholes, strict=True)]
        ends: list[int] = []
        holes = iter(forced)
        told = self._words.told
        weighty = {bisect_right(begins, span.start) - 1 for span in forced} | closer
        if phrases != wholes:
            weighty.update(k for k, (phrase, whole) in enumerate(zip(phrases, wholes, strict=True)) if phrase != whole)
        for string in sorted(weighty):
            source, phrase, whole = sources[string], phrases[string], wholes[string]
            if phrase == whole and (string not in closer or len(source) == len(whole)):
                weighed = _plain_pieces(source, whole)
            else:
                if not ends:
                    ends = [-1, *np.flatnonzero(numbers == 0).tolist(), len(words)]
                mine = slice(ends[string] + 1, ends[string + 1])
                weighed = self._weigh(source, phrase, whole, words[mine], list(map(told.__getitem__, numbers[mine].tolist())))
            pieces: Pieces = []
            offset = begins[string]
            for before, after, doubtful in weighed:
                if before == _HOLE:
                    span = next(holes)
                    before, after = reading.text[span.start : span.end], self._of_span(reading, span)
                elif string in closer and len(before) == len(after):
                    after = "".join([decided.get(at, character) for at, character in enumerate(after, offset)])
                if doubtful and offset not in decided:
                    doubts.append(Doubt(offset, offset + len(before), "script.phrase", (after, doubtful), _PHRASE, 0.1))
                pieces.append((before, after))
                offset += len(before)
            out[string] = pieces
        return out, doubts

    def _weigh(self, source: str, phrase: str, whole: str, words: Sequence[str], by_word: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """One string clause by clause, as (source, variant, what else is likely there or nothing).

        A phrase counts where it begins and ends with words; else the words count.
        """
        clauses, phrases, wholes = _CLAUSE.split(source), _CLAUSE.split(phrase), _CLAUSE.split(whole)
        if not len(clauses) == len(phrases) == len(wholes):
            yield from ((before, after, "") for before, after in zip(words, by_word, strict=True))
            return
        starts = list(accumulate(map(len, words), initial=0))
        offset = 0
        for clause, converted, mine in zip(clauses, phrases, wholes, strict=True):
            if converted == mine and len(clause) == len(mine):
                yield from _plain_pieces(clause, mine)
            elif clause:
                first, last = bisect_left(starts, offset), bisect_left(starts, offset + len(clause))
                if converted == mine or len(clause) > _CLAUSE_LENGTH:
                    yield from ((words[i], by_word[i], "") for i in range(first, last))
                else:
                    key = (clause, converted, *words[first:last])
                    if key not in self._settled:
                        if len(self._settled) >= _SETTLED:
                            self._settled.clear()
                        self._settled[key] = list(self._settle(clause, converted, words[first:last], by_word[first:last]))
                    yield from self._settled[key]
            offset += len(clause)

    def _settle(self, clause: str, phrase: str, words: Sequence[str], by_word: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """The pieces of a clause in which words and phrases disagree."""
        starts = list(accumulate(map(len, words), initial=0))
        variant = list(accumulate(map(len, by_word), initial=0))
        groups: list[tuple[int, int, str]] = []
        other: dict[int, str] = {}
        for kind, a, b, low, high in SequenceMatcher(None, phrase, "".join(by_word), autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            first = max(i for i in range(len(words)) if variant[i] <= low)
            last = min(i for i in range(1, len(words) + 1) if variant[i] >= high and i > first)
            found = self._phrase_of(clause, phrase, by_word, starts, first, last)
            for group in found:
                while groups and group[0] <= groups[-1][0]:
                    groups.pop()
                if not groups or group[0] >= groups[-1][1]:
                    groups.append(group)
            if not found and last == first + 1 and len(words[first]) == 1 and b - a == 1:
                other[first] = phrase[a:b]
        index = 0
        for first, last, to in [*groups, (len(words), len(words), "")]:
            yield from ((words[i], by_word[i], other.get(i, "")) for i in range(index, first))
            if first < last:
                yield clause[starts[first] : starts[last]], to, ""
            index = last

    def _phrase_of(
        self, clause: str, phrase: str, by_word: Sequence[str], starts: Sequence[int], first: int, last: int
    ) -> list[tuple[int, int, str]]:
        """The dictionary phrase behind a difference at words ``first:last``, as (first word, last, conversion), if it counts.

        OpenCC does not tell its phrases. One shows in that it converts otherwise than its parts do: 护发 is 護髮, 护 and 发 are 護發.
        """
        low, high, word = starts[first], starts[last], "".join(by_word)
        stretches = [
            (a, b)
            for a in range(max(0, low - _REACH), high)
            for b in range(max(a + 2, low + 1), min(len(clause), high + _REACH) + 1)
        ]  # fmt: skip
        stretches.sort(key=lambda s: (s[1] - s[0], s))
        every = list({clause[a:b] for left, right in stretches for a, b in _parts(left, right)})
        conversions = dict(zip(every, self._all(every), strict=True))
        place = {start: word for word, start in enumerate(starts)}
        crossing = covering = None
        for a, b in stretches:
            to, left, end, start, right = (conversions[clause[x:y]] for x, y in _parts(a, b))
            whole = a <= low and b >= high and a in place and b in place
            if to not in phrase or (to == "".join(by_word[place[a] : place[b]]) if whole else to in word):
                continue
            if to != left + end and to != start + right:
                if whole:
                    return [(place[a], place[b], to)]
                crossing = crossing or (a, b, to)
            elif whole:
                covering = covering or (a, b, to)
        if crossing is None:
            return [(place[covering[0]], place[covering[1]], covering[2])] if covering else []
        a, b, to = crossing
        # 芒果|干, 十几|周: the end of a word lends its sense to the character after it. Not so 洱海|里: 海里 is a nautical mile.
        if last == first + 1 and high - low == 1 and b == high and clause[low] != "里" and len(to) == b - a:
            return [(first, last, to[-1])]
        return []

    # ---- what is decided before OpenCC is asked

    def _of_span(self, reading: Reading, span: Span) -> str:
        """What stands in this variant where a name, a phrase or reading of the table, or a term stands."""
        source = reading.text[span.start : span.end]
        if span.kind == "words":
            return "".join(self._by_word(choices.table().boundaries[source]))
        if span.kind == "form":
            return self._form(choices.table().forms[source])
        return self._name(source, span.surname) if span.kind == "name" else self._own(source)

    def _form(self, form: str) -> str:
        """A form of the tables, which are written in OpenCC's standard characters, in those of this variant."""
        if self.variant == "zh-Hant":
            return form
        if form not in self._forms:
            self._forms[form] = conversion.ask(form, "t2tw" if self.variant == "zh-Hant-TW" else "t2hk")
        return self._forms[form]

    def _own(self, term: str) -> str:
        """A term in this variant's characters, without its words."""
        if term not in self._terms:
            self._terms[term] = conversion.ask(term, _CHARACTERS[self.variant])
        return self._terms[term]

    def _name(self, name: str, surname: int) -> str:
        """A name: the family name in its own form, the given name as the dictionary has it save for the table's characters."""
        head = names.surname_of(name)
        keep = names.table().keep
        given = self._by_word([name])[0][surname:] if len(name) > surname else ""
        if len(given) == len(name) - surname:
            given = "".join(keep.get(before, after) for before, after in zip(name[surname:], given, strict=True))
        return (head.to if head else self._by_word([name[:surname]])[0]) + given

    def _flags(self, reading: Reading, pieces: list[Pieces], doubts: list[Doubt], paragraphs: int) -> list[Flag]:
        """The doubts that stand in a paragraph, each in characters of the variant."""
        begins = reading.begins
        flags: list[Flag] = []
        place = _Place([])
        last = -1
        for doubt in sorted(doubts):
            para = bisect_right(begins, doubt.start) - 1
            if para >= paragraphs:
                break
            if para != last:
                place, last = _Place(pieces[para]), para
            start, end = place.of(doubt.start - begins[para]), place.of(doubt.end - begins[para])
            here = place.text[start:end]
            others = [option for option in doubt.options if option != here]
            if others and len(others) < len(doubt.options):
                rule, why, sure = doubt.rule, doubt.why, doubt.confidence
                flags.append(Flag(para=para, start=start, end=end, rule=rule, suggestion=others[0], why=why, confidence=sure))
        return flags

    def _decide(self, reading: Reading) -> tuple[dict[int, str], list[Doubt]]:
        """The readings that the characters around decide, by place; and the names and readings that stay open."""
        decided: dict[int, str] = {}
        doubts: list[Doubt] = []
        for at, choice in reading.choices:
            if choice.to:
                decided[at] = self._form(choice.to)
            else:
                doubts.append(Doubt(at, at + 1, choice.id, choice.options, choice.why, choice.confidence))
        seen = set()
        for name in reading.people:
            text = reading.text[name.start : name.end]
            head = names.surname_of(text)
            if text in seen:
                continue
            if head and name.surname == 1 and (usual := self._by_word([text[0]])[0]) != head.to:
                doubts.append(Doubt(name.start, name.start + 1, "script.name", (head.to, usual), head.why, 0.1 if name.sure else 0.4))
            seen.add(text)
            if name.sure:
                for at, character in enumerate(text[name.surname :], name.start + name.surname):
                    if options := names.table().either.get(character):
                        doubts.append(Doubt(at, at + 1, "script.given-name", tuple(options), "Both forms are given names.", 0.4))
        return decided, doubts


def _parts(a: int, b: int) -> tuple[tuple[int, int], ...]:
    """A stretch, and what it is without its last and its first character, and these."""
    return (a, b), (a, b - 1), (b - 1, b), (a, a + 1), (a + 1, b)


def _plain_pieces(source: str, variant: str) -> Iterator[tuple[str, str, str]]:
    """Pieces of a string on which words and phrases agree: what stands between the forced stretches, and these."""
    if _HOLE not in source:
        yield source, variant, ""
        return
    for number, pair in enumerate(zip(source.split(_HOLE), variant.split(_HOLE), strict=True)):
        if number:
            yield _HOLE, _HOLE, ""
        yield *pair, ""


class _Place:
    """Where the characters of a string stand in its variant."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.text = "".join(after for _, after in pieces)
        self.source = list(accumulate((len(before) for before, _ in pieces), initial=0))
        self.variant = list(accumulate((len(after) for _, after in pieces), initial=0))

    def of(self, at: int) -> int:
        """The place of source character ``at``; in a piece of another length, the place where that begins."""
        piece = bisect_right(self.source, at) - 1
        if piece >= len(self.pieces):
            return len(self.text)
        before, after = self.pieces[piece]
        return self.variant[piece] + (at - self.source[piece] if len(before) == len(after) else 0)


class Lexicon(dict[str, int]):
    """The words met so far, numbered as they come: ``lexicon[word]`` takes in a new one."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.clear()
        self[_SEPARATOR] = 0
        self.words = [_SEPARATOR]

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def forget(self) -> None:
        """Begin anew, where more was met than is worth remembering."""
        if len(self.words) > _VOCABULARY:
            self._begin()


class Forms:
    """What becomes of the words of a lexicon in one variant, as strings and as one array of code points."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._begin()

    def _begin(self) -> None:
        self._of = self._lexicon.words
        self.told = [_SEPARATOR]
        self._codes = code_points(_SEPARATOR)
        self._ends = np.array([0, 1], np.int64)

    def missing(self) -> list[str]:
        """The words that :meth:`add` is to be told."""
        if self._of is not self._lexicon.words:
            self._begin()
        return self._of[len(self.told) :]

    def add(self, forms: Sequence[str]) -> None:
        self.told += forms
        self._codes = np.concatenate((self._codes, code_points("".join(forms))))
        self._ends = np.concatenate((self._ends, self._ends[-1] + np.cumsum(np.fromiter(map(len, forms), np.int64, len(forms)))))

    def text(self, numbers: Ints) -> str:
        """The words of these numbers, one after the other."""
        starts, sizes = self._ends[numbers], self._ends[numbers + 1] - self._ends[numbers]
        ends = np.cumsum(sizes)
        at = np.repeat(starts - ends + sizes, sizes)
        at += np.arange(len(at))
        text: str = self._codes[at].tobytes().decode("utf-32-le", "surrogatepass")
        return text


class Sheet:
    """Readings one after the other, with a mark in place of each stretch that is decided beforehand."""

    def __init__(self, readings: Sequence[Reading], lexicon: Lexicon, terms: bool = False, plain: Sheet | None = None) -> None:
        """``terms``: the words that keep their characters are such stretches too. ``plain`` is the sheet without them."""
        self.readings = readings
        self.forced: list[list[Span]] = plain.forced if plain else [_apart(reading.spans) for reading in readings]
        self._plain = plain
        if terms:
            found = [choices.terms(reading.text) for reading in readings]
            self.forced = [
                _apart([*reading.spans, *(Span(start, end, "term") for start, end in some)]) if some else spans
                for reading, some, spans in zip(readings, found, self.forced, strict=True)
            ]
        told = [
            (plain.shielded[k], plain.words[k]) if plain and spans is plain.forced[k] else _shield(readings[k], spans)
            for k, spans in enumerate(self.forced)
        ]
        self.shielded: list[str] = [text for text, _ in told]
        self.text = _SEPARATOR.join(self.shielded)
        self.strings = self.text.split(_SEPARATOR)
        self.words: list[list[str]] = [words for _, words in told]
        self.parts: list[Ints] = []
        """The numbers of each reading's words, and of the separator behind them."""
        for k, words in enumerate(self.words):
            if plain and words is plain.words[k]:
                self.parts.append(plain.parts[k])
            else:
                self.parts.append(np.fromiter(map(lexicon.__getitem__, [*words, _SEPARATOR]), np.int64, len(words) + 1))
        self.numbers: Ints = np.concatenate(self.parts) if self.parts else np.zeros(0, np.int64)
        self._take_in(lexicon)

    def _take_in(self, lexicon: Lexicon) -> None:
        """The words that will be asked about beside the text's own, so that all new ones are converted together."""
        parts = choices.table().boundaries
        for reading, forced in zip(self.readings, self.forced, strict=True):
            for span in forced:
                if span.kind == "words":
                    for part in parts[reading.text[span.start : span.end]]:
                        lexicon[part]
            for name in reading.people:
                for end in (name.start + 1, name.start + name.surname, name.end):
                    lexicon[reading.text[name.start : end]]

    @cached_property
    def standard(self) -> str:
        """The whole text as OpenCC's s2t converts it: what all variants begin with."""
        if self._plain is None:
            return conversion.ask(self.text, "s2t") if self.text else ""
        known = dict(zip(self._plain.strings, self._plain.standard.split(_SEPARATOR), strict=True))
        new = list(dict.fromkeys(string for string in self.strings if string not in known))
        if new:
            known.update(zip(new, conversion.ask(_SEPARATOR.join(new), "s2t").split(_SEPARATOR), strict=True))
        return _SEPARATOR.join([known[string] for string in self.strings])


class Converters:
    """Converts records to several variants: words and names are found once for all of them.

    >>> sorted(Converters(["zh-Hant", "zh-Hant-HK"]).converters)
    ['zh-Hant', 'zh-Hant-HK']
    """

    def __init__(self, variants: Iterable[str] = tuple(CONFIGS), segmenter: Segmenter | None = None) -> None:
        self.segmenter = segmenter or Segmenter()
        self._lexicon = Lexicon()
        self.converters = {variant: Converter(variant, self.segmenter, self._lexicon) for variant in variants}

    def convert(self, record: Record) -> dict[str, Record]:
        """The record in every variant, by its name."""
        return self.convert_all([record])[0]

    def convert_all(self, records: Sequence[Record], cut: Sequence[Sequence[list[str]]] | None = None) -> list[dict[str, Record]]:
        """Each record in every variant; many at once take a fraction of the time.

        ``cut`` are the words of the strings that :func:`printed` gives of each, for whoever has them already.
        """
        if not self.converters:
            return [{} for _ in records]
        strings = [printed(record) for record in records]
        if cut is None:
            cut = cut_each(strings, self.segmenter)
        readings = [
            read(each, self.segmenter, record["authors"], words) for record, each, words in zip(records, strings, cut, strict=True)
        ]  # fmt: skip
        self._lexicon.forget()
        plain = Sheet(readings, self._lexicon)
        sheets = [Sheet(readings, self._lexicon, True, plain) if c.terms else plain for c in self.converters.values()]
        for converter in self.converters.values():
            converter.known()  # the new words, in all variants together
        told = [c.convert_all(records, readings, sheet) for c, sheet in zip(self.converters.values(), sheets, strict=True)]
        return [dict(zip(self.converters, variants, strict=True)) for variants in zip(*told, strict=True)]


def cut_each(strings: Sequence[Sequence[str]], segmenter: Segmenter) -> list[list[list[str]]]:
    """The words of each string of each record, cut together."""
    words = iter(segmenter.cut_all([string for some in strings for string in some]))
    return [[next(words) for _ in some] for some in strings]


def read(strings: Sequence[str], segmenter: Segmenter, authors: Iterable[str] = (), cut: Sequence[list[str]] | None = None) -> Reading:
    """The words of ``strings`` (``cut``, for whoever has them already), the people named in them, and what is decided."""
    text = "".join(strings)
    stand_ins = {}
    for ours in (_SEPARATOR, _HOLE):
        if ours in text:
            # Noncharacters: no text means them, and OpenCC passes them on.
            other = next(chr(code) for code in range(0xFDD0, 0xFDF0) if chr(code) not in text and code not in stand_ins)
            strings = [string.replace(ours, other) for string in strings]
            stand_ins[ord(other)] = ours
    text = _SEPARATOR.join(strings)
    words = segmenter.cut(text) if cut is None or stand_ins else [word for some in cut for word in (*some, _SEPARATOR)][:-1]
    starts = list(accumulate(map(len, words), initial=0))
    begins = list(accumulate((len(string) + 1 for string in strings), initial=0))
    people = names.find(words, segmenter.knows, authors, starts, text)
    where = choices.Words(starts)
    spans = [*_of_table(text, where), *(Span(name.start, name.end, "name", name.surname) for name in people if name.sure)]
    return Reading(list(strings), text, words, starts, begins, people, spans, list(choices.decide(text, where)), stand_ins)


def _of_table(text: str, where: choices.Words) -> Iterator[Span]:
    """Phrases that the table takes apart, and forms that it gives to words."""
    rules = choices.table()
    for match in rules.phrases.finditer(text):
        if match[0] in rules.boundaries:
            yield Span(*match.span(), "words")
        elif match.start() in where and match.end() in where:
            yield Span(*match.span(), "form")


def _join(pieces: Pieces, reading: Reading) -> str:
    text = pieces[0][1] if len(pieces) == 1 else "".join([after for _, after in pieces])
    return text.translate(reading.stand_ins) if reading.stand_ins else text


def printed(record: Record) -> list[str]:
    """The strings of a record that a variant converts: paragraphs first, then the other printed fields."""
    metadata = record["metadata"]
    strings = list(record["paragraphs"])
    strings += [record[key] for key in _SINGLE if record[key]]  # type: ignore[literal-required]
    strings += record["authors"]
    strings += [metadata["docdate"]] if metadata.get("docdate") else []
    strings += metadata.get("captions") or []
    return strings


def read_record(record: Record, segmenter: Segmenter) -> Reading:
    """What a record says."""
    return read(printed(record), segmenter, record["authors"])


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of place; of two that overlap, the one that was named first."""
    taken: list[tuple[int, Span]] = []
    for rank, span in sorted(enumerate(spans), key=lambda item: (item[1].start, item[0])):
        while taken and taken[-1][1].end > span.start and taken[-1][0] > rank:
            taken.pop()
        if not taken or taken[-1][1].end <= span.start:
            taken.append((rank, span))
    return [span for _, span in taken]


def _shield(reading: Reading, forced: Sequence[Span]) -> tuple[str, list[str]]:
    """The joined text and its words with one mark in place of each forced stretch."""
    if not forced:
        return reading.text, reading.words
    words: list[str] = []
    starts = reading.starts
    here = index = 0
    for start, end, *_ in forced:
        first = bisect_right(starts, start) - 1
        if first > index or here == starts[index]:
            words += [reading.text[here : starts[index + 1]]] if here > starts[index] else []
            words += reading.words[index + (here > starts[index]) : first]
            here = max(here, starts[first])
        if start > here:
            words.append(reading.text[here:start])
        words.append(_HOLE)
        here = end
        index = bisect_right(starts, end) - 1
    if here < len(reading.text):
        words += [reading.text[here : starts[index + 1]]] if here > starts[index] else []
        words += reading.words[index + (here > starts[index]) :]
    return "".join(words), words


_AT_A_TIME = 5_000


@cache
def _simplified() -> set[str]:
    """Every ideograph that OpenCC turns into another and that no Traditional text writes."""
    every = [code for low, high in _IDEOGRAPHS for code in range(low, high + 1)]
    found: set[str] = set()
    for k in range(0, len(every), _AT_A_TIME):
        some = list(map(chr, every[k : k + _AT_A_TIME]))
        turned = conversion.ask("\n".join(some), "s2t").split("\n")
        found.update(a for a, b in zip(some, turned, strict=True) if a != b)
    return found - choices.table().shared


def simplified_only(text: str) -> set[str]:
    """Characters of ``text`` that only Simplified Chinese writes.

    >>> sorted(simplified_only("后来发展，皇后"))
    ['发', '来']
    """
    return _simplified_only([text])[0]


@cache
def _simplified_codes() -> npt.NDArray[np.bool_]:
    out = np.zeros(0x110000, bool)
    out[[ord(c) for c in _simplified()]] = True
    return out


def _simplified_only(texts: Sequence[str]) -> list[set[str]]:
    """:func:`simplified_only` of each text."""
    codes = code_points("".join(texts))
    out: list[set[str]] = [set() for _ in texts]
    found = np.flatnonzero(_simplified_codes()[codes])
    for k, code in zip(np.searchsorted(np.cumsum(list(map(len, texts))), found, "right").tolist(), codes[found].tolist(), strict=True):
        out[k].add(chr(code))
    return out


class Judged(NamedTuple):
    """How good a variant is."""

    simplified: int
    """Characters that only Simplified Chinese writes."""
    back: float
    """Share of the record's characters that come back (:func:`converts_back`)."""


def judge(records: Sequence[Record], variants: Sequence[Mapping[str, Record]]) -> list[dict[str, Judged]]:
    """How good the variants of each record are; many records at once take a fraction of the time."""
    out: list[dict[str, Judged]] = [{} for _ in records]
    texts = _Texts(records)
    for name in dict.fromkeys(name for each in variants for name in each):
        rows = [k for k, each in enumerate(variants) if name in each]
        theirs = [variants[k][name] for k in rows]
        simplified = _simplified_only([variant["text"] for variant in theirs])
        for k, only, back in zip(rows, simplified, _backs(texts, rows, theirs), strict=True):
            out[k][name] = Judged(len(only), back)
    return out


class _Texts:
    """The paragraphs of records, and how they read in Simplified characters only, worked out for whoever is asked about."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.printed = ["\n".join(record["paragraphs"]) for record in records]
        self._plain: dict[int, str] = {}

    def plain(self, rows: Sequence[int]) -> list[str]:
        new = [k for k in rows if k not in self._plain]
        self._plain.update(zip(new, _same(_each([self.printed[k] for k in new], "t2s")), strict=True))
        return [self._plain[k] for k in rows]


def converts_back(record: Record, variant_record: Record) -> float:
    """Share of the record's characters that come back when its variant is converted to Simplified again.

    What the record itself prints in Traditional or variant forms counts as come back in its Simplified form, and so do
    the few forms that OpenCC does not turn back (``rules/scripts.toml``). Taiwan's words are turned back where that
    gives the clause as it was, and its characters alone where that does: 建立 is no 创建.
    """
    return _backs(_Texts([record]), [0], [variant_record])[0]


def _backs(texts: _Texts, which: Sequence[int], variants: Sequence[Record]) -> list[float]:
    """:func:`converts_back` of some texts; the variants are of one kind."""
    if not which:
        return []
    every = [texts.printed[k] for k in which]
    out = [1.0] * len(every)
    config = BACK[variants[0]["lang"]]
    turned = ["\n".join(variant["paragraphs"]) for variant in variants]
    told = _each(turned, config)
    rows = [k for k, (ours, back) in enumerate(zip(every, told, strict=True)) if ours and back != ours]
    backs = [_same([told[k] for k in rows])]
    differ = [n for n, (a, b) in enumerate(zip(_same([every[k] for k in rows]), backs[0], strict=True)) if a != b]
    rows, backs = [rows[n] for n in differ], [[backs[0][n] for n in differ]]
    plain = texts.plain([which[k] for k in rows])
    if config == "tw2sp":
        backs.append(_same(_each([turned[k] for k in rows], "tw2s")))
    for k, ours, *some in zip(rows, plain, *backs, strict=True):
        out[k] = 1.0 if ours in some else _share(ours, some)
    return out


def _each(texts: Sequence[str], config: str) -> list[str]:
    """Each text converted; together, where that is possible."""
    if not texts or any(_SEPARATOR in text for text in texts):
        return [conversion.convert(text, config) for text in texts]
    return conversion.convert(_SEPARATOR.join(texts), config).split(_SEPARATOR)


def _same(texts: Sequence[str]) -> list[str]:
    """The texts with one form for what OpenCC does not turn back."""
    codes = code_points("".join(texts))
    whole = np.where(codes < 0x10000, _same_codes()[np.minimum(codes, 0xFFFF)], codes).tobytes().decode("utf-32-le", "surrogatepass")
    ends = list(accumulate(map(len, texts), initial=0))
    return [whole[a:b] for a, b in pairwise(ends)]


@cache
def _same_codes() -> npt.NDArray[np.uint32]:
    out = np.arange(0x10000, dtype=np.uint32)
    for code, character in choices.table().same.items():
        out[code] = ord(character)
    return out


def _share(plain: str, backs: Sequence[str]) -> float:
    """Share of the characters of ``plain`` that stand in the best of ``backs``, clause by clause."""
    from rapidfuzz.distance import LCSseq

    clauses, *others = (_CLAUSE.split(text) for text in (plain, *backs))
    if any(len(other) != len(clauses) for other in others):
        clauses, others = plain.split("\n"), [back.split("\n") for back in backs]
    if any(len(other) != len(clauses) for other in others):
        return max(LCSseq.similarity(plain, back) for back in backs) / len(plain)
    kept = sum(map(len, clauses))
    for clause, *back in zip(clauses, *others, strict=True):
        if clause not in back:
            kept += max(LCSseq.similarity(clause, b) for b in back) - len(clause)
    return (kept + len(plain) - sum(map(len, clauses))) / len(plain)
