"""Prose free of rights, cut to documents, paragraphs and sentences.

Reads ``../texts/prose.txt`` (statutes and reports, see the README there) once and hands out stretches that stay
inside one document, so that the paragraphs of a composed article share their matter as a printed article's do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random

PROSE = Path(__file__).resolve().parent.parent / "texts" / "prose.txt"
SENTENCE = re.compile(r".*?(?:[。！？；…]+[”’）》]*|$)")
CLAUSE = re.compile("[，。；：！？、“”（）]")
NUMBERED = re.compile("^(?:（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、)")
BAD_FIRST = "的了和而并也又其是使以"
HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
DIGITS = str.maketrans("０１２３４５６７８９．％", "0123456789.%")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    year: int
    title: str
    law: bool
    paragraphs: tuple[tuple[str, ...], ...]
    """Each paragraph as its sentences."""


@lru_cache(maxsize=1)
def documents() -> tuple[Document, ...]:
    out: list[Document] = []
    head: tuple[int, str, bool] | None = None
    paragraphs: list[tuple[str, ...]] = []

    def close() -> None:
        if head and paragraphs:
            out.append(Document(*head, tuple(paragraphs)))

    for line in PROSE.read_text("utf-8").splitlines():
        if line.startswith("# "):
            close()
            year, title, source = line[2:].split("\t")
            head, paragraphs = (int(year) or 2008, title, source == "statute"), []
        else:
            sentences = tuple(s for s in SENTENCE.findall(line.translate(DIGITS)) if s)
            if sentences:
                paragraphs.append(sentences)
    close()
    return tuple(out)


@lru_cache(maxsize=64)
def near(year: int) -> tuple[Document, ...]:
    """Documents of about that time: the words of 1958 do not stand beside those of 2021."""
    docs = documents()
    for reach in (4, 8, 15, 200):
        hit = tuple(d for d in docs if abs(d.year - year) <= reach and len(d.paragraphs) > 12)
        if len(hit) >= 4:
            return hit
    return docs


@cache
def clauses_of(document: Document) -> tuple[str, ...]:
    """Short clauses of 5 to 16 ideographs: raw material of headlines and subheads."""
    out = set()
    for p in document.paragraphs:
        for s in p:
            for c in CLAUSE.split(s):
                if 5 <= len(c) <= 16 and c[0] not in BAD_FIRST and c[-1] not in "的和了" and HAN_ONLY.fullmatch(c):
                    out.add(c)
    return tuple(sorted(out)) or ("这项工作取得成效",)


def clause(rng: Random, year: int) -> str:
    docs = near(year)
    for _ in range(4):
        d = rng.choice(docs)
        if not d.law:
            break
    return rng.choice(clauses_of(d))


class Matter:
    """The matter of one article: a walk through one document, sentence by sentence, from a random place.

    ``used`` is shared by the stories of an issue: no sentence stands in it twice, else the gold would be ambiguous.
    """

    def __init__(self, rng: Random, year: int, used: set[str]) -> None:
        docs = near(year)
        if rng.random() < 0.12:
            docs = documents()
        self.document = rng.choice(docs)
        if self.document.law and rng.random() < 0.85:
            self.document = rng.choice(docs)
        self.rng = rng
        self.used = used
        self.at = rng.randrange(len(self.document.paragraphs))
        self.sentence = 0

    def clauses(self) -> tuple[str, ...]:
        """Clauses of the paragraphs that come next: words for the headline and between the sentences."""
        paragraphs = self.document.paragraphs
        out = []
        for k in range(self.at, self.at + 14):
            for s in paragraphs[k % len(paragraphs)]:
                out += [
                    c
                    for c in CLAUSE.split(s)
                    if 5 <= len(c) <= 16 and c[0] not in BAD_FIRST and c[-1] not in "的和了" and HAN_ONLY.fullmatch(c)
                ]
        return tuple(out)

    @property
    def fresh(self) -> bool:
        """The next sentence opens a paragraph of the document."""
        return self.sentence == 0 or self.sentence >= len(self.document.paragraphs[self.at])

    def turn(self) -> None:
        """Go on to the document's next paragraph."""
        if self.sentence:
            self.at, self.sentence = (self.at + 1) % len(self.document.paragraphs), 0

    def next(self) -> str | None:
        """The next sentence, ending in its own punctuation; None when the document is used up."""
        paragraphs = self.document.paragraphs
        for _ in range(60):
            if self.sentence >= len(paragraphs[self.at]):
                self.at = (self.at + 1) % len(paragraphs)
                self.sentence = 0
                continue
            s = paragraphs[self.at][self.sentence]
            self.sentence += 1
            if 8 <= len(s) <= 260 and s[-1] in "。！？；”…）" and s not in self.used:
                self.used.add(s)
                if s.count("“") != s.count("”"):
                    s = s.replace("“", "").replace("”", "")
                if s[0] in "（一二三四五六七八九" and self.rng.random() < 0.7:
                    s = NUMBERED.sub("", s) or s
                return s
        return None
