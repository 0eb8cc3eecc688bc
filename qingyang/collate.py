"""Collation: our record beside a reference copy, and an apparatus of what differs.

A witness is any other copy of the same text: flat, with or without headline and date, longer, or abridged. Our words and
the witness's are aligned character by character; blanks and mere width (， for ,) do not count as differences. The result is a
list of variants. The record is never rewritten; :func:`emend` makes a second record on demand, and :func:`unemend` takes it back.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, cast

from rapidfuzz.distance import Levenshtein

from qingyang.records import AccountError, Record, SourceError

GRAM = 8
"""Characters of an anchor: in the sample's 9,000 characters no 8 in a row recur outside set phrases, and a copy with one wrong
character in ten still has one anchor every 20 characters."""

UNCOVERED = 200
"""A stretch this long without counterpart is no variant of words but matter that the other copy does not have. The longest true
omission of the sample is one sentence of 99 characters, a printed paragraph runs to about 150."""

CANDIDATE = 0.1
"""Share of the sampled 8-grams of either text that must be common before two texts are aligned at all: at one wrong character in
five, 17 in 100 survive."""

CANDIDATES = 6
"""The closest texts that are looked at for one record."""

ALIKE = 0.75
"""Share of the covered stretches that must agree. Copies of one text reach .95 and more, OCR with one wrong character in five .8; a
report that gives a speech sentence by sentence, leaving out some, reaches .56 against the speech itself."""

COVERED = 0.3
"""Share of the record, or of the witness, that must lie in those stretches: less is a quotation. Two articles that were taken for
one still have more than this in common with the copy of either."""

_SAME = str.maketrans({"○": "〇", "◯": "〇", "―": "—", "─": "—", "•": "·", "・": "·", "‧": "·", "⋅": "·", "∙": "·", "〜": "~", "﹏": "_"})
_QUOTES = {"「": "“", "」": "”", "『": "‘", "』": "’", "﹁": "“", "﹂": "”", "〝": "“", "〞": "”"}
_SIDELESS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


@dataclass(frozen=True, slots=True)
class Witness:
    """A reference copy, with the folded text that is compared and where each folded character stands in :attr:`text`."""

    name: str
    text: str
    folded: str
    places: tuple[int, ...]


class Variant(NamedTuple):
    """One place where the two differ: ``ours`` stands at ``start:end`` of paragraph ``para`` of record ``id``."""

    id: str
    para: int
    start: int
    end: int
    ours: str
    theirs: str
    kind: str
    """``omission`` (we lack it), ``addition`` (only we have it), ``substitution``, ``transposition``, ``punctuation``."""
    witness: str
    witness_start: int
    witness_end: int
    before: str
    """Up to 12 characters of our paragraph in front of the place, to find it by eye."""
    after: str


@dataclass(slots=True)
class Witnesses:
    """Reference copies and an index of their 8-grams."""

    copies: list[Witness] = field(default_factory=list)
    index: dict[str, list[int]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        folded, places = fold(text)
        number = len(self.copies)
        self.copies.append(Witness(name, text, folded, places))
        grams = set(_sampled(folded))
        self.sizes.append(len(grams))
        for gram in grams:
            self.index.setdefault(gram, []).append(number)


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """What is compared: no blanks, one width, one form of each quote, dash and dot; and where each character stood.

    >>> fold("党的 “十八大”，(2012年)")
    ('党的"十八大",(2012年)', (0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
    """
    out: list[str] = []
    places: list[int] = []
    known = _FOLDED
    for at, char in enumerate(text):
        one = known.get(char)
        if one is None:
            one = known[char] = _fold_one(char)
        if one:
            out.append(one)
            places.append(at)
    return "".join(out), tuple(places)


_FOLDED: dict[str, str] = {}


def _fold_one(char: str) -> str:
    if char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Zs"):
        return ""
    wide = unicodedata.normalize("NFKC", _QUOTES.get(char, char))
    one = wide if len(wide) == 1 else char
    return one.translate(_SAME).translate(_SIDELESS)


def _sampled(folded: str) -> Iterable[str]:
    """A quarter of all 8-grams, the same quarter in every text: those whose first character's code is divisible by four."""
    for at in range(len(folded) - GRAM + 1):
        if not ord(folded[at]) & 3:
            yield folded[at : at + GRAM]


def witnesses(texts: Iterable[tuple[str, str]]) -> Witnesses:
    """Index reference copies given as (name, text)."""
    out = Witnesses()
    for name, text in texts:
        out.add(name, text)
    return out


def read_witness(name: str, content: str) -> list[tuple[str, str]]:
    """The copies that one file holds: (name, text) of the whole file, or of each of its JSON lines.

    >>> read_witness("copy.txt", "同志们：今天")
    [('copy.txt', '同志们：今天')]
    >>> read_witness("copy.jsonl", '{"title": "公报", "paragraphs": ["全会提出", "要"]}')
    [('copy.jsonl:1', '公报\\n全会提出\\n要')]

    Raises SourceError when a JSON line holds neither ``text`` nor ``paragraphs``.
    """
    if not name.endswith((".jsonl", ".json", ".ndjson")):
        return [(name, content)]
    out = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{name}:{number}: not JSON ({error}); a witness is plain text, or one JSON object a line") from None
        body = row.get("text") if isinstance(row, dict) else None
        if body is None and isinstance(row, dict) and isinstance(row.get("paragraphs"), list):
            body = "\n".join(map(str, row["paragraphs"]))
        if not isinstance(body, str):
            raise SourceError(f'{name}:{number}: no "text" and no "paragraphs" in this line')
        title = row.get("title") or row.get("headline")
        out.append((f"{name}:{number}", f"{title}\n{body}" if title else body))
    return out


def find_witnesses(record: Mapping[str, Any], known: Witnesses) -> list[Witness]:
    """The copies of this very text, the one that shares most of it first; a text that only quotes it is none."""
    ours = fold("".join(record["paragraphs"]))[0]
    grams = set(_sampled(ours))
    hits = Counter(number for gram in grams for number in known.index.get(gram, ()))
    close = [(n, -k) for k, n in hits.items() if n >= CANDIDATE * min(len(grams), known.sizes[k])]
    found = []
    for _, k in sorted(close, reverse=True)[:CANDIDATES]:
        agreed = kinship(ours, known.copies[-k].folded)
        if agreed:
            found.append((agreed, k))
    return [known.copies[-k] for _, k in sorted(found, reverse=True)]


def kinship(ours: str, theirs: str) -> int:
    """Characters that agree when both are copies of one text, 0 when they are not. Both are folded texts.

    >>> kinship("我国经济实力跃上新的台阶，人民生活水平显著提高", "我国经济实力跃上新的大台阶，人民生活水平显著提高")
    23
    >>> kinship("我国经济实力跃上新的台阶，人民生活水平显著提高", "今天多云转晴，气温二十度")
    0
    """
    blocks = align(ours, theirs)
    mine, other = sum(b.a1 - b.a0 for b in blocks), sum(b.b1 - b.b0 for b in blocks)
    agreed = mine - sum(o.a1 - o.a0 for b in blocks for o in b.ops)
    if not blocks or agreed < ALIKE * max(mine, other) or (mine < COVERED * len(ours) and other < COVERED * len(theirs)):
        return 0
    return agreed


def find_witness(record: Mapping[str, Any], known: Witnesses) -> Witness | None:
    """The closest copy of this record, or None.

    >>> known = witnesses([("a", "全会提出，要坚定不移贯彻新发展理念，着力构建新发展格局。"), ("b", "今天多云转晴，气温二十度。")])
    >>> find_witness({"paragraphs": ["全会提出，要坚定不移贯彻发展理念，着力构建新发展格局。"]}, known).name
    'a'
    """
    found = find_witnesses(record, known)
    return found[0] if found else None


class Op(NamedTuple):
    """``a[a0:a1]`` stands against ``b[b0:b1]``, in folded characters; equal stretches are left out."""

    a0: int
    a1: int
    b0: int
    b1: int


class Block(NamedTuple):
    """A stretch that both copies cover, and where they differ inside it."""

    a0: int
    a1: int
    b0: int
    b1: int
    ops: list[Op]


def align(ours: str, theirs: str) -> list[Block]:
    """The stretches both texts share, in order, with their differences; what only one of them has is in no block.

    Both are folded texts. Characters outside every block are not covered by the other copy.

    >>> a = "我国经济实力、科技实力、综合国力跃上新的台阶，人民生活水平显著提高"
    >>> b = "（记者李明）我国经济实力、科技实力、综合国力跃上新的大台阶，人民生活水平显著提高。下转第二版"
    >>> [(b[o.b0:o.b1]) for block in align(a, b) for o in block.ops]
    ['大']
    """
    blocks: list[Block] = []
    for runs in _split_far(_runs(ours, theirs)):
        matched = sum(n for _, _, n in runs)
        a0, b0, a1, b1 = runs[0][0], runs[0][1], runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]
        # 20 matched characters: shorter ones are names and set phrases that happen to stand once in either text
        if matched < min(20, len(ours) * 0.6) or matched < 0.5 * min(a1 - a0, b1 - b0):
            continue
        ops: list[Op] = []
        low_a, low_b = (blocks[-1].a1, blocks[-1].b1) if blocks else (0, 0)
        front = _extend(ours[low_a:a0][::-1], theirs[low_b:b0][::-1])
        ops += [Op(a0 - o.a1, a0 - o.a0, b0 - o.b1, b0 - o.b0) for o in reversed(front[2])]
        for (i, j, n), (i2, j2, _) in pairwise(runs):
            ops += [Op(i + n + x0, i + n + x1, j + n + y0, j + n + y1) for x0, x1, y0, y1 in _inside(ours[i + n : i2], theirs[j + n : j2])]
        back = _extend(ours[a1:], theirs[b1:])
        ops += [Op(a1 + o.a0, a1 + o.a1, b1 + o.b0, b1 + o.b1) for o in back[2]]
        blocks.append(Block(a0 - front[0], a1 + back[0], b0 - front[1], b1 + back[1], ops))
    return blocks


def _runs(a: str, b: str) -> list[tuple[int, int, int]]:
    """The longest chain of common 8-grams that stand once in either text, as runs (place in a, place in b, length)."""
    where: dict[str, int] = {}
    for j in range(len(b) - GRAM + 1):
        gram = b[j : j + GRAM]
        where[gram] = -1 if gram in where else j
    seen: dict[str, int] = {}
    for i in range(len(a) - GRAM + 1):
        gram = a[i : i + GRAM]
        seen[gram] = -1 if gram in seen else i
    pairs = sorted((i, where[gram]) for gram, i in seen.items() if i >= 0 and where.get(gram, -1) >= 0)
    runs: list[tuple[int, int, int]] = []
    for i, j in _rising(pairs):
        n = GRAM
        if runs:
            i0, j0, n0 = runs[-1]
            if i - i0 == j - j0 and i <= i0 + n0:
                runs[-1] = (i0, j0, i + n - i0)
                continue
            lap = max(i0 + n0 - i, j0 + n0 - j, 0)
            i, j, n = i + lap, j + lap, n - lap
            if n <= 0:
                continue
        runs.append((i, j, n))
    if not runs and a and b:
        ends = Levenshtein.opcodes(a, b).as_matching_blocks() if len(a) < 2 * GRAM and len(b) < UNCOVERED else []
        runs = [(m.a, m.b, m.size) for m in ends if m.size >= 4]
    return runs


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs that rises in both members (patience sorting)."""
    tails: list[int] = []
    at: list[int] = []
    before = [-1] * len(pairs)
    for k, (_, j) in enumerate(pairs):
        pile = bisect_left(tails, j)
        if pile == len(tails):
            tails.append(j)
            at.append(k)
        else:
            tails[pile] = j
            at[pile] = k
        before[k] = at[pile - 1] if pile else -1
    out = []
    k = at[-1] if at else -1
    while k >= 0:
        out.append(pairs[k])
        k = before[k]
    return out[::-1]


def _split_far(runs: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Cut the chain where one copy goes on for UNCOVERED characters without the other."""
    groups: list[list[tuple[int, int, int]]] = []
    for run in runs:
        if groups:
            i, j, n = groups[-1][-1]
            if run[0] - i - n < UNCOVERED and run[1] - j - n < UNCOVERED:
                groups[-1].append(run)
                continue
        groups.append([run])
    return groups


def _inside(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """Differences between two anchors, short chance agreements swallowed so that a person can read them."""
    if not a or not b:
        return [(0, len(a), 0, len(b))] if a or b else []
    ops = [(o.src_start, o.src_end, o.dest_start, o.dest_end) for o in Levenshtein.opcodes(a, b) if o.tag != "equal"]
    return _merge(ops, a)


def _merge(ops: list[tuple[int, int, int, int]], a: str) -> list[tuple[int, int, int, int]]:
    """Join neighbours across an agreement no longer than the edits on both sides of it: 个[人]→[人]生 is 个人→人生, one change of a word.

    A point or comma between two short edits keeps them apart: each side is a change of its own.
    """
    out: list[tuple[int, int, int, int]] = []
    for op in ops:
        out.append(op)
        while len(out) > 1:
            x, y = out[-2], out[-1]
            kept = y[0] - x[1]
            left, right = max(x[1] - x[0], x[3] - x[2]), max(y[1] - y[0], y[3] - y[2])
            if kept > min(left, right) or (min(left, right) < 4 and any(_is_mark(c) for c in a[x[1] : y[0]])):
                break
            if kept and (all(map(_is_mark, a[x[0] : x[1]])) or all(map(_is_mark, a[y[0] : y[1]]))) and x[1] > x[0] and y[1] > y[0]:
                break
            out[-2:] = [(x[0], y[1], x[2], y[3])]
    return out


def _extend(a: str, b: str) -> tuple[int, int, list[Op]]:
    """Go on from an anchor towards the end of both texts as long as they agree: (length in a, length in b, differences).

    A match scores +1, a difference −2; the best-scoring end wins, so that a headline, a byline or another article beyond the
    shared stretch is left alone.
    """
    same = 0
    limit = min(len(a), len(b))
    while same < limit and a[same] == b[same]:
        same += 1
    if same == len(a) or (same == len(b) and len(a) - same > 4):
        return same, same, []
    x, y = a[same : same + UNCOVERED], b[same : same + UNCOVERED + 20]
    width = len(y) + 1
    score = [[0] * width for _ in range(len(x) + 1)]
    score[0] = [-2 * j for j in range(width)]
    best, end = 0, (0, 0)
    for i, char in enumerate(x, 1):
        row, above = score[i], score[i - 1]
        row[0] = left = -2 * i
        for j in range(1, width):
            value = above[j - 1] + (1 if char == y[j - 1] else -2)
            up = above[j] - 2
            left -= 2
            if up > value:
                value = up
            if left > value:
                value = left
            row[j] = left = value
            if value > best:
                best, end = value, (i, j)
    rest_a, rest_b = len(a) - same, len(b) - same
    close = max(range(width), key=lambda j: score[-1][j]) if rest_a == len(x) else -1
    if rest_a - end[0] <= 4 and rest_b - end[1] <= 4:
        # both texts end here: a handful of characters left over on both sides is a difference, not the next article
        end = (rest_a, rest_b)
    elif close >= 0 and score[-1][close] >= best - 1:
        # our text ends on an agreement after one more difference, while the witness goes on
        end = (rest_a, close)
    elif best < 3:
        # fewer than three agreeing characters beyond a difference are chance
        return same, same, []
    x, y = x[: end[0]], y[: end[1]]
    ops = [Op(same + p, same + q, same + r, same + s) for p, q, r, s in _inside(x, y)]
    return same + end[0], same + end[1], ops


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] in "PSZ"


def _slide(a: str, b: str, op: Op, seams: set[int]) -> Op:
    """Move a pure omission or addition among its equal positions to where a reader would put it: whole sentences, whole clauses."""
    a0, a1, b0, b1 = op
    if (a1 > a0) == (b1 > b0):
        return op
    text, start, end = (a, a0, a1) if a1 > a0 else (b, b0, b1)
    best, shift = _edge(text, start, end, seams if text is a else set()), 0
    for step in (-1, 1):
        s, e, moved = start, end, 0
        while abs(moved) < 40:
            if step < 0:
                if s == 0 or a0 + moved == 0 or b0 + moved == 0 or text[s - 1] != text[e - 1]:
                    break
            elif e >= len(text) or a1 + moved >= len(a) or b1 + moved >= len(b) or text[s] != text[e]:
                break
            s, e, moved = s + step, e + step, moved + step
            value = _edge(text, s, e, seams if text is a else set())
            if value > best:
                best, shift = value, moved
    return Op(a0 + shift, a1 + shift, b0 + shift, b1 + shift)


def _edge(text: str, start: int, end: int, seams: set[int]) -> int:
    score = 0
    if start == 0 or start in seams or text[start - 1] in "。!?":
        score += 3
    elif _is_mark(text[start - 1]):
        score += 1
    if end == len(text) or end in seams or text[end - 1] in "。!?":
        score += 3
    elif _is_mark(text[end - 1]):
        score += 1
    return score


def _kind(ours: str, theirs: str) -> str:
    """
    >>> [_kind(*p) for p in [("", "大"), ("落实", ""), ("众", "体"), ("中欧", "欧中"), (",", "、")]]
    ['omission', 'addition', 'substitution', 'transposition', 'punctuation']
    """
    if all(map(_is_mark, ours + theirs)):
        return "punctuation"
    if not ours:
        return "omission"
    if not theirs:
        return "addition"
    return "transposition" if len(ours) > 1 and sorted(ours) == sorted(theirs) else "substitution"


def apparatus(record: Mapping[str, Any], witness: Witness) -> list[Variant]:
    """Every place where the record's paragraphs and the witness differ, in reading order.

    >>> record = {"id": "x-0", "paragraphs": ["全会提出，要坚定不移贯彻发展理念，", "着力构建新发展格局。"]}
    >>> known = witnesses([("copy", "全会提出，要坚定不移贯彻新发展理念、着力构建新发展格局。")])
    >>> [(v.para, v.start, v.ours, v.theirs, v.kind) for v in apparatus(record, known.copies[0])]
    [(0, 12, '', '新', 'omission'), (0, 16, '，', '、', 'punctuation')]
    """
    home: list[tuple[int, int]] = []
    seams: set[int] = set()
    parts = []
    for para, text in enumerate(record["paragraphs"]):
        folded, places = fold(text)
        parts.append(folded)
        home += [(para, at) for at in places]
        seams.add(len(home))
    ours, theirs = "".join(parts), witness.folded
    out: list[Variant] = []
    for block in align(ours, theirs):
        ops = [_slide(ours, theirs, op, seams) for op in block.ops]
        moved = _moved([(ours[o.a0 : o.a1], theirs[o.b0 : o.b1]) for o in ops])
        for number, op in enumerate(ops):
            kind = "transposition" if number in moved else _kind(ours[op.a0 : op.a1], theirs[op.b0 : op.b1])
            out += _variants(record, witness, home, op, kind)
    return sorted(out, key=lambda v: (v.para, v.start, v.end, v.witness_start))


def _moved(pairs: Sequence[tuple[str, str]]) -> set[int]:
    """Numbers of the omissions and additions that are one phrase standing elsewhere (at least two characters of it)."""
    lost = {theirs: k for k, (ours, theirs) in enumerate(pairs) if not ours and len(theirs) > 1}
    out: set[int] = set()
    for k, (ours, theirs) in enumerate(pairs):
        if not theirs and ours in lost and abs(lost[ours] - k) <= 2:
            out |= {k, lost[ours]}
    return out


def _variants(record: Mapping[str, Any], witness: Witness, home: list[tuple[int, int]], op: Op, kind: str) -> list[Variant]:
    """One variant for the operation; one per paragraph where it runs over a paragraph's end."""
    b0 = witness.places[op.b0] if op.b0 < len(witness.places) else len(witness.text)
    b1 = witness.places[op.b1 - 1] + 1 if op.b1 > op.b0 else b0
    theirs = witness.text[b0:b1]
    spans: list[tuple[int, int, int]] = []
    if op.a1 == op.a0:
        if op.a0 and (op.a0 == len(home) or home[op.a0][0] != home[op.a0 - 1][0]):
            para, at = home[op.a0 - 1]
            spans.append((para, at + 1, at + 1))
        else:
            para, at = home[op.a0]
            spans.append((para, at, at))
    for para, at in home[op.a0 : op.a1]:
        if spans and spans[-1][0] == para:
            spans[-1] = (para, spans[-1][1], at + 1)
        else:
            spans.append((para, at, at + 1))
    out = []
    for number, (para, start, end) in enumerate(spans):
        text = record["paragraphs"][para]
        said, first, last = (theirs, b0, b1) if number == 0 else ("", b1, b1)
        one = kind if len(spans) == 1 else _kind(text[start:end], said)
        where = (text[max(0, start - 12) : start], text[end : end + 12])
        out.append(Variant(record["id"], para, start, end, text[start:end], said, one, witness.name, first, last, *where))
    return out


class Emendation(NamedTuple):
    """One change of the emended copy: ``before`` at ``start`` of the record's paragraph became ``after``, on a witness's word."""

    id: str
    para: int
    start: int
    before: str
    after: str
    rule: str
    witness: str
    witness_start: int
    witness_end: int


def emend(record: Record, variants: Iterable[Variant]) -> tuple[Record, list[Emendation]]:
    """A copy of the record with the witnesses' readings, and the ledger of it. The record itself stays as it is.

    Where two witnesses read differently nothing is emended: neither is better evidence than our own copy.
    """
    chosen: list[Variant] = []
    for v in sorted(variants, key=lambda v: (v.para, v.start, v.end)):
        rivals = [o for o in chosen if o.para == v.para and (o.start == v.start or (o.start <= v.end and v.start < o.end))]
        if not rivals:
            chosen.append(v)
        elif any((o.start, o.end, fold(o.theirs)[0]) != (v.start, v.end, fold(v.theirs)[0]) for o in rivals):
            chosen = [o for o in chosen if o not in rivals]
    paragraphs = list(record["paragraphs"])
    ledger: list[Emendation] = []
    for v in reversed(chosen):
        text = paragraphs[v.para]
        if text[v.start : v.end] != v.ours:
            raise AccountError(f"record {record['id']}: paragraph {v.para} does not read {v.ours!r} at {v.start}; collate again")
        paragraphs[v.para] = text[: v.start] + v.theirs + text[v.end :]
        rule = f"collate.{v.kind}"
        ledger.append(Emendation(v.id, v.para, v.start, v.ours, v.theirs, rule, v.witness, v.witness_start, v.witness_end))
    ledger.reverse()
    out = cast(Record, dict(record))
    out["paragraphs"] = paragraphs
    out["text"] = "\n".join(paragraphs)
    out["flags"] = [moved for f in record["flags"] if (moved := _carry(f, ledger)) is not None]
    out["metadata"] = {**record["metadata"], "emendations": len(ledger)}
    return out, ledger


def _carry(flag: Any, ledger: Iterable[Emendation]) -> Any:
    """The flag at its new place, or None where an emendation has settled it."""
    shift = 0
    for e in ledger:
        if e.para != flag["para"]:
            continue
        end = e.start + len(e.before)
        if e.start < flag["end"] and flag["start"] < end:
            return None
        if end <= flag["start"]:
            shift += len(e.after) - len(e.before)
    return {**flag, "start": flag["start"] + shift, "end": flag["end"] + shift}


def unemend(record: Mapping[str, Any], ledger: Iterable[Emendation]) -> list[str]:
    """The paragraphs as they stood before :func:`emend`."""
    paragraphs = list(record["paragraphs"])
    for e in ledger:
        # from the left: what stands in front of the place already reads as before, so the offsets hold as they are
        text = paragraphs[e.para]
        if text[e.start : e.start + len(e.after)] != e.after:
            raise AccountError(f"record {record['id']}: paragraph {e.para} does not read {e.after!r} at {e.start}; this is not its ledger")
        paragraphs[e.para] = text[: e.start] + e.before + text[e.start + len(e.after) :]
    return paragraphs
