"""The visual proof: every source beside the clean articles that were pulled from it, and an index over all of them.

Reads ``output/`` and nothing else: the raw page on the left is put together from records and ledger, which is itself a test of
them. Everything that comes from a source goes through :func:`_esc` or Jinja2's autoescape. The pages are static, ask nothing of
any network, and their bytes depend on the output alone; pages whose shard did not change are left as they are.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qingyang import sentences
from qingyang.explain import beyond, grounds, reasons, why
from qingyang.ledger import LAYOUT, restore_text, slot_string
from qingyang.origins import Origin, Place, Seam, Tiles, origins, seams
from qingyang.records import AccountError
from tasks import counts
from tasks import output as shelf
from tasks.workers import Workers

TEMPLATES = Path(__file__).parent / "templates"
STATE = Path(".qingyang") / "proof"
"""Below the output: one small file per shard with what its pages were made from, and their rows for the index."""

CHUNK = 500
"""Rows per file of index data, some 100 KB: the first is on the screen at once, ten thousand sources are twenty files."""

WORTH_A_POOL = 8_000_000
"""Bytes of ledger above which the pages are made in several processes: about 1,500 pages, ten seconds of one processor."""

PART = 4_000_000
"""Bytes of a shard's ledger whose pages are one piece of work: a month of a daily is one, a large source many."""

PARSED = 4_000_000
"""Bytes of ledger lines that are kept parsed, for pages that articles run over: eighty pages of a newspaper, or one part of a large
source. Parsed they take some fifteen times as much memory."""

HEADLINES = 160
"""Characters of headlines kept per source in the index, for reading and searching."""

THEME = 'try{var t=localStorage.getItem("proof-theme");if(t)document.documentElement.dataset.theme=t}catch(e){}'
"""The only script inside a page: it sets the chosen theme before the first paint. The pages allow no other by its digest."""

VERDICTS = ("pass", "warn", "fail", "unreadable", "duplicate")

_FIELDS = ("kicker", "headline", "deck", "byline", "dateline", "metadata.docdate", "paragraphs", "sign_off", "metadata.captions")
_LABELS = {"metadata.docdate": "document date", "metadata.captions": "caption", "sign_off": "sign-off"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2028\u2029\ufeff]|\r(?!\n)")
_SPECIAL = re.compile('["&<>\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2028\u2029\ufeff]')


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else f"[U+{code:04X}]"


def _esc(text: str) -> str:
    """Text for HTML: nothing of it is markup, and control characters are drawn instead of obeyed."""
    if not _SPECIAL.search(text):
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _CONTROL.sub(_picture, text).replace("\r\n", "\n")


def _escape_of(text: str) -> Callable[[str], str]:
    """What escapes every piece of a text: where nothing in the whole needs it, its pieces are not searched one by one."""
    return _esc if _SPECIAL.search(text) else str


def page_path(source: str) -> str:
    """Where a source's page stands below ``proof/``: a digest, because a path may hold anything.

    >>> page_path("人民日报/2020-11-25/02.txt")
    'pages/6e/99b8e6022bc7.html'
    """
    name = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return f"pages/{name[:2]}/{name[2:14]}.html"


def script_json(value: Any) -> Markup:
    """JSON that may stand inside a ``<script>``: no ``<``, no line separators of its own."""
    text = orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Markup(text)  # every "<" is gone


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), auto_reload=False, autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.filters["thousands"] = lambda n: f"{n:,}"
    env.filters["json"] = script_json
    env.globals["theme_script"] = Markup(THEME)
    env.globals["theme_hash"] = "sha256-" + base64.b64encode(hashlib.sha256(THEME.encode()).digest()).decode()
    return env


# ---------------------------------------------------------------- one page


class _Notes:
    """What the page's script shows on hover: rules with their reasons, and decisions, each told once."""

    def __init__(self) -> None:
        self.rules: dict[str, int] = {}
        self.decisions: list[list[Any]] = []
        self.counts: Counter[str] = Counter()

    def rule(self, name: str) -> int:
        return self.rules.setdefault(name, len(self.rules))

    def decision(self, d: Mapping[str, Any]) -> int:
        self.decisions.append([d["rule"], d.get("p"), grounds(d)])
        return len(self.decisions) - 1


@dataclass(slots=True)
class _Article:
    """One record as the template shows it."""

    number: int
    record: dict[str, Any]
    rows: Markup
    """Every printed string, as :func:`_row` shows it."""
    traditional: bool
    """One of them reads otherwise in Traditional characters."""
    elsewhere: list[tuple[str, str, str | None]]
    """(page path, source, page label) of its parts on other pages."""
    reasons: list[tuple[str, str]]
    continued: list[tuple[str, str | None]]
    variants: list[dict[str, Any]]


_NOWHERE = Origin(0, 0, "", 0, 0)
_LINE_END = "<b class=j data-k=line>⏎</b>"
_LINE_ENDS = frozenset("\n\r\x0b\x0c\u2028\u2029\x85")


def _kind_of_gap(piece: Sequence[Any]) -> tuple[str, str]:
    """The kind of seam that a removed piece leaves when nothing else stood there, and its rule; no kind where it was printed."""
    text, rule = piece[4], "" if piece[3] in LAYOUT else piece[3]
    if rule and text.strip():
        return "", rule
    return "line" if text == "\n" or not _LINE_ENDS.isdisjoint(text) else "blank", rule


@dataclass(slots=True)
class _Run:
    """Pieces ``first`` to ``last`` of a source: one, or several of a string between which the same was taken out each time."""

    first: int
    last: int
    slot: int
    at: int
    start: int
    end: int
    gap: list[Any] | None = None
    """One of the pieces that were taken out."""
    cuts: list[int] = field(default_factory=list)
    """Where in the string they stood."""
    _stretches: list[tuple[int, int, bool]] | None = None
    """For the other side of the page."""

    @property
    def length(self) -> int:
        """Characters of the source, what was taken out between them aside."""
        return self.end - self.start - (len(self.gap[4]) * len(self.cuts) if self.gap else 0)

    def stretches(self, starts: Sequence[int]) -> list[tuple[int, int, bool]]:
        """Where the run stands in the source, sentence by sentence, and whether a gap follows each; ``starts`` are of the string."""
        if self._stretches is None:
            self._stretches = self._parted(starts)
        return self._stretches

    def _parted(self, starts: Sequence[int]) -> list[tuple[int, int, bool]]:
        here, end = self.at, self.at + self.length
        first, last = bisect_right(starts, here), bisect_left(starts, end)
        if self.gap is None:
            base = self.start - here
            stops = [*starts[first:last], end]
            return [(base + a, base + b, False) for a, b in zip([here, *stops], stops, strict=False)]
        base, cuts, size = self.start - here, self.cuts, len(self.gap[4])
        out = []
        begin = self.start
        for stop in (*starts[first:last], end):
            before = bisect_left(cuts, stop)
            cut = before < len(cuts) and cuts[before] == stop
            till = base + stop + size * before
            out.append((begin, till, cut))
            begin = till + size if cut else till
        return out


_AT = attrgetter("at")
_AT_OF_ORIGIN = itemgetter(0)
_NO_GAP: list[Any] = []


class _Page:
    """Builds both sides of one source's page. Sentences are numbered over the page; both sides carry the numbers.

    Most strings stand on this page from end to end, and their pieces are drawn as the ledger has them; what comes from several
    sources, or carries flags, is drawn by its origins.
    """

    def __init__(self, entry: Mapping[str, Any], records: Mapping[str, dict[str, Any]], shard: _Shard) -> None:
        self.entry, self.records, self.shard = entry, records, shard
        self.text = restore_text(entry, records)
        self.name = entry["source"]
        self.pieces: list[list[Any]] = entry["pieces"]
        self.notes = _Notes()
        self.next = 0
        self.bounds: dict[Place, tuple[list[int], int]] = {}
        self.numbers: dict[str, int] = {}
        self.slots: list[Place] = [(r, f, p) for r, f, p in entry["slots"]]
        for rid, _, _ in self.slots:
            self.numbers.setdefault(rid, len(self.numbers) + 1)
        self.grounds = {d["at"]: d for d in entry.get("decisions", ())}
        self.told: set[int] = set()
        self.tiles: dict[str, Tiles] = {self.name: Tiles.of(entry)}
        self.moved: set[tuple[str, int]] = set()
        self.runs = self._runs()
        self.mine = self._by_place()
        self.found: dict[Place, list[Origin]] = {}
        for n in sorted({part["source"] for rid in self.numbers for part in records[rid]["parts"]} - {self.name}):
            if shard.has(n):
                self._take_in(n)
        for rid in self.numbers:
            if not self._in_order(rid):
                self.moved |= _moved(records[rid], self)

    def _runs(self) -> list[_Run]:
        """The pieces that stand in records. Those of one string that follow one another with the same gap each time, nothing
        weighed between them, are one run: the lines of a paragraph, the characters of a headline set wide."""
        pieces, grounds = self.pieces, self.grounds
        out: list[_Run] = []
        run = None
        gap: list[Any] | None = None
        """What was taken out behind the run, while that is one piece."""
        here = -1
        """Where in the string the run goes on."""
        for k, p in enumerate(pieces):
            if p[0] == "remove":
                gap = p if gap is None else _NO_GAP
                continue
            start = p[1]
            if p[0] == "keep":
                if (
                    run is not None and gap and p[4] == here and p[3] == run.slot and p[2] > start > gap[1]
                    and (run.gap is None or (gap[4] == run.gap[4] and gap[3] == run.gap[3]))
                    and start not in grounds and gap[1] not in grounds
                ):  # fmt: skip
                    run.gap = gap
                    run.cuts.append(here)
                    run.last, run.end = k, p[2]
                else:
                    run = _Run(k, k, p[3], p[4], start, p[2])
                    out.append(run)
                here = p[4] + p[2] - start
            else:
                out.append(_Run(k, k, p[3], p[4], start, p[2]))
                run = None
            gap = None
        return [one for run in out for one in self._whole(run)]

    def _whole(self, run: _Run) -> list[_Run]:
        """The run; or its pieces, where what was taken out between them was kept elsewhere among them."""
        if run.gap is None or (self.text.count(run.gap[4], run.start, run.end) == len(run.cuts) and _kind_of_gap(run.gap)[0]):
            return [run]
        return self._single(run)

    def _single(self, run: _Run) -> list[_Run]:
        """A run piece by piece."""
        some = enumerate(self.pieces[run.first : run.last + 1 : 2])
        return [_Run(run.first + 2 * k, run.first + 2 * k, run.slot, p[4], p[1], p[2]) for k, p in some]

    def _by_place(self) -> dict[Place, list[_Run]]:
        """The runs that each string of this source is made of, in the string's order."""
        by_slot: list[list[_Run]] = [[] for _ in self.slots]
        for run in self.runs:
            by_slot[run.slot].append(run)
        out: dict[Place, list[_Run]] = {}
        for place, some in zip(self.slots, by_slot, strict=True):
            out[place] = out[place] + some if place in out else some
        for some in out.values():
            some.sort(key=_AT)
        return out

    def _take_in(self, source: str) -> None:
        """The origins in another source of the strings that it shares with this one."""
        entry = self.shard.entry(source)
        self.tiles[source] = Tiles.of(entry)
        for place, some in origins([entry], self.numbers).items():
            both = self.found.get(place)
            if both is None:
                both = self._own(place)
            self.found[place] = sorted(both + some, key=_AT_OF_ORIGIN)

    def _own(self, place: Place) -> list[Origin]:
        out = []
        for run in self.mine.get(place, ()):
            for p in self.pieces[run.first : run.last + 1 : 2]:
                if p[0] == "keep":
                    out.append(Origin(p[4], p[2] - p[1], self.name, p[1], p[2]))
                else:
                    out.append(Origin(p[4], len(p[7]), self.name, p[1], p[2], p[5], p[6], p[7]))
        return out

    def origins(self, place: Place) -> list[Origin]:
        """What a string is made of."""
        found = self.found.get(place)
        return self._own(place) if found is None else found

    def _in_order(self, rid: str) -> bool:
        """Whether the article's stretches stand on this page, and on no other, in the order in which they are read."""
        here = 0
        for para in range(len(self.records[rid]["paragraphs"])):
            place = (rid, "paragraphs", para)
            if place in self.found:
                return False
            for run in self.mine.get(place, ()):
                if run.start < here:
                    return False
                here = run.end
        return True

    def articles(self) -> list[_Article]:
        return [self._article(rid, number) for rid, number in self.numbers.items()]

    def _article(self, rid: str, number: int) -> _Article:
        record = self.records[rid]
        hant = self.shard.variant(rid)
        variants = self.shard.variants(record)
        flags: dict[int, list[Any]] = defaultdict(list)
        for flag in record["flags"]:
            flags[flag["para"]].append(flag)
        doubts: dict[int, list[Any]] = defaultdict(list)
        for flag in hant["flags"] if hant is not None else ():
            doubts[flag["para"]].append(flag)
        theirs: dict[int, list[Any]] = defaultdict(list)
        for v in variants:
            theirs[v["para"]].append(v)
        rows: list[str] = []
        traditional = False
        for name, para in _printed(record):
            text = slot_string(record, name, para)
            body = name == "paragraphs"
            clean = self._clean((rid, name, para), text, flags.get(para, ()) if body else (), theirs.get(para, ()) if body else ())
            other = None
            if hant is not None:
                same = slot_string(hant, name, para)
                if same != text:
                    other = _flagged(same, doubts.get(para, ()) if body else ())
            rows.append(_row(name, clean, other, self.shard.corpus.lang, record["lang"]))
            traditional |= other is not None
        parts = dict.fromkeys((p["source"], p["page"]) for p in record["parts"] if p["source"] != self.name)
        elsewhere = [(page_path(source), source, page) for source, page in parts]
        continued = []
        for words, other in beyond(record):
            target = self.shard.source_of(other)
            continued.append((words, page_path(target) if target else None))
        reasons = [(str(c), self.shard.meaning(str(c))) for c in record["checks"]["failed"]]
        return _Article(number, record, Markup("".join(rows)), traditional, elsewhere, reasons, continued, variants)  # made of Markup

    # -- the clean side

    def _clean(self, place: Place, text: str, flags: Iterable[Any], variants: Iterable[Any]) -> str:
        """One string of the clean side, every piece of its text escaped."""
        starts = [a for a, _ in sentences.split(text)] if place[1] == "paragraphs" else [0] if text else []
        base = self.next
        self.next += len(starts)
        self.bounds[place] = (starts, base)
        over = [(f["start"], f["end"], "f", f) for f in flags] + [(v["start"], v["end"], "v", v) for v in variants]
        length = len(text)
        if not over and place not in self.found and not _SPECIAL.search(text):
            drawn = self._drawn(self.mine.get(place, ()), text, starts, base)
            if drawn is not None:
                return drawn
        found = self.origins(place)
        joints = self._joints(found)
        origin_at = {o[0]: o for o in found}
        points = {0, length, *starts, *origin_at}
        for start, end, _, _ in over:
            points |= {start, end}
        cuts = sorted(points)
        esc = _escape_of(text)
        name, origin = self.name, _NOWHERE
        out: list[str] = []
        number, following = base, iter([*starts, -1])
        begins = next(following)
        for a, b in zip(cuts, [*cuts[1:], length], strict=True):
            if a == begins and a < length:
                out.append(f"</span><span data-s={number}>" if number > base else f"<span data-s={number}>")
                number += 1
                begins = next(following)
            if a in joints:
                out.append(self._joint(*joints[a]))
            if over:
                out += [self._mark(kind, what, "") for start, end, kind, what in over if start == end == a]
            origin = origin_at.get(a, origin)
            if a == b:
                continue
            piece = esc(text[a:b])
            if origin.rule:
                piece = f"<ins class=c data-r={self.notes.rule(origin.rule)} data-b={_quoted(origin.before)}>{piece}</ins>"
            if origin.source != name and origin is not _NOWHERE:
                piece = f"<span class=x>{piece}</span>"
            for start, end, kind, what in over:
                if start <= a and b <= end:
                    piece = self._mark(kind, what, piece)
            out.append(piece)
        if number > base:
            out.append("</span>")
        return "".join(out)

    def _drawn(self, runs: Sequence[_Run], text: str, starts: Sequence[int], base: int) -> str | None:
        """One string from its runs, nothing of it to be escaped; None where they do not follow one another."""
        here = 0
        for run in runs:
            if run.at != here:
                return None
            here += run.length or len(self.pieces[run.first][7])
        if here != len(text) or not here:
            return None
        out: list[str] = []
        number = base
        sentence = 0
        before: _Run | None = None
        for run in runs:
            p = self.pieces[run.first]
            if sentence < len(starts) and starts[sentence] == run.at:
                out.append(f"</span><span data-s={number}>" if number > base else f"<span data-s={number}>")
                number += 1
                sentence += 1
            if before is not None:
                out.append(self._between(before, run))
            before = run
            if p[0] == "change":
                tag = f"<ins class=c data-r={self.notes.rule(p[5])} data-b={_quoted(p[6])}>"
                begin, end = run.at, run.at + len(p[7])
                while sentence < len(starts) and starts[sentence] < end:
                    out.append(f"{tag}{text[begin : starts[sentence]]}</ins></span><span data-s={number}>")
                    begin = starts[sentence]
                    number += 1
                    sentence += 1
                out.append(f"{tag}{text[begin:end]}</ins>")
                continue
            gap = run.gap
            if gap is None and (sentence == len(starts) or starts[sentence] >= run.at + run.end - run.start):
                out.append(self.text[run.start : run.end])
                continue
            joint = self._joint(*_kind_of_gap(gap)) if gap is not None else ""
            stretches = run.stretches(starts)
            for first, last, cut in stretches[:-1]:
                piece = self.text[first:last] if gap is None else self.text[first:last].replace(gap[4], joint)
                tag = f"</span><span data-s={number}>" if number > base else f"<span data-s={number}>"
                out.append(f"{piece}{tag}{joint}" if cut else f"{piece}{tag}")
                number += 1
                sentence += 1
            first, last, _ = stretches[-1]
            out.append(self.text[first:last] if gap is None else self.text[first:last].replace(gap[4], joint))
        if number > base:
            out.append("</span>")
        return "".join(out)

    def _between(self, before: _Run, after: _Run) -> str:
        """The joint between two runs of a string."""
        if before.end == after.start:
            return ""
        gap = self._gap(self.name, before.end, after.start) if before.end < after.start else None
        if gap is not None:
            return self._joint(*gap)
        found = (Origin(0, 0, self.name, before.start, before.end), Origin(after.at, 0, self.name, after.start, after.end))
        return "".join([self._joint(*joint) for joint in self._joints(found).values()])

    def _gap(self, source: str, start: int, end: int) -> tuple[str, str] | None:
        """The kind of seam and the rule of what was taken out there in one piece and without a decision: nearly all seams are such."""
        pieces, starts = self.tiles[source]
        k = bisect_left(starts, start)
        if k == len(starts):
            return None
        p = pieces[k]
        if p[0] != "remove" or p[1] != start or p[2] != end or start in self.grounds or end in self.grounds:
            return None
        gap = _kind_of_gap(p)
        return gap if gap[0] else None

    def _joints(self, found: Sequence[Origin]) -> dict[int, tuple[str, str] | tuple[Seam]]:
        """The seams of one string by where they stand: kind and rule of what :meth:`_gap` knows, or the seam."""
        out: dict[int, tuple[str, str] | tuple[Seam]] = {}
        for x, y in pairwise(found):
            source, end, start = x[2], x[4], y[3]
            if start > end and source == y[2]:
                gap = self._gap(source, end, start)
                if gap is not None:
                    out[y[0]] = gap
                    continue
            elif start == end and source == y[2]:
                continue
            for seam in seams((x, y), self.tiles):
                out[y[0]] = (seam,)
        return out

    def _joint(self, kind: Any, rule: str = "") -> str:
        if isinstance(kind, Seam):
            return self._seam(kind)
        if not rule:
            return _LINE_END if kind == "line" else ""
        return f"<b class=j data-k={kind} data-r={self.notes.rule(rule)}>{'⏎' if kind == 'line' else ''}</b>"

    def _mark(self, kind: str, what: Mapping[str, Any], inner: str) -> str:
        if kind == "f":
            self.notes.counts["flag"] += 1
            better = f" data-a={_quoted(what['suggestion'])}" if what.get("suggestion") else ""
            said = f"{what['why']} ({what['confidence']:.0%} sure)"
            return f"<mark class=f data-r={self.notes.rule(what['rule'])}{better} data-w={_quoted(said)}>{inner}</mark>"
        self.notes.counts["variant"] += 1
        said = f"{what['witness']} reads: {what['theirs'] or '(nothing)'}"
        return f"<mark class=v data-k={what['kind']} data-w={_quoted(said)}>{inner}</mark>"

    def _seam(self, seam: Seam) -> str:
        if seam.kind == "line" and not seam.rules and seam.end not in self.grounds and seam.start not in self.grounds:
            return _LINE_END
        rules = f" data-r={self.notes.rule(seam.rules[0])}" if seam.rules else ""
        ground = (self.grounds.get(seam.end) or self.grounds.get(seam.start)) if seam.source == self.name else None
        known = f" data-d={self.notes.decision(ground)}" if ground else ""
        glyph = {"line": "⏎", "over": "⏎", "blank": "", "moved": "⤴", "page": "⇥"}[seam.kind]
        if seam.kind == "blank" and not seam.rules:
            return ""
        return f"<b class=j data-k={seam.kind}{rules}{known}>{glyph}</b>"

    # -- the raw side

    def raw(self) -> Markup:
        """The source, character for character, each stretch marked with what became of it. Call after :meth:`articles`."""
        if _SPECIAL.search(self.text):
            return Markup("".join(self._raw_pieces(_esc)))  # every piece of text goes through _esc
        return Markup("".join(self._raw_pieces(str)))  # nothing in the whole needs it

    def _raw_pieces(self, esc: Callable[[str], str]) -> list[str]:
        notes, grounds, moved, name, pieces = self.notes, self.grounds, self.moved, self.name, self.pieces
        out: list[str] = []
        seen: set[str] = set()
        removed: dict[tuple[str, str, bool], tuple[str, str]] = {}
        """Pages have few things taken out that differ, and each thousands of times."""
        last, done = (-1, 0), 0
        """Slot and place where the run before ended, and the first piece behind it."""
        for run in [*self._with_moved(), _Run(len(pieces), len(pieces), -2, 0, 0, 0)]:
            joins = last == (run.slot, run.at)
            for p in pieces[done : run.first]:
                start, end = p[1], p[2]
                weighed = joins and (start in grounds or end in grounds)
                told = None if weighed else removed.get((p[3], p[4], joins))
                if told is None:
                    told = self._removed(p, joins)
                    if not weighed:
                        removed[p[3], p[4], joins] = told
                html, family = told
                out.append(html)
                if family:
                    notes.counts[family] += 1
                if joins and p[3] in LAYOUT:
                    self.told.add(end)
            if run.slot < 0:
                break
            done = run.last + 1
            start = run.start
            if start in grounds and start not in self.told:
                ground = grounds[start]
                notes.counts["decision"] += 1
                weak = ground.get("p") is not None and ground["p"] < 0.9
                shape, glyph = ("'d weak'", "◇") if weak else ("d", "◦")
                out.append(f"<b class={shape} data-d={notes.decision(ground)}>{glyph}</b>")
            record = self.slots[run.slot][0]
            if record not in seen:
                seen.add(record)
                out.append(f"<b class=n data-n={self.numbers[record]} aria-hidden=true></b>")
            kind = ""
            if moved and (name, start) in moved:
                kind = " class=m"
                notes.counts["moved"] += 1
            out.append(self._raw_run(run, kind, esc))
            p = pieces[run.first]
            last = (run.slot, run.at + (len(p[7]) if p[0] == "change" else run.length))
        return out

    def _with_moved(self) -> list[_Run]:
        """The runs in order, those of which a piece was moved piece by piece."""
        starts = self.tiles[self.name].starts
        moved = sorted(bisect_left(starts, start) for source, start in self.moved if source == self.name)
        if not moved:
            return self.runs
        out: list[_Run] = []
        for run in self.runs:
            k = bisect_left(moved, run.first)
            if run.gap is not None and k < len(moved) and moved[k] <= run.last:
                out += self._single(run)
            else:
                out.append(run)
        return out

    def _raw_run(self, run: _Run, kind: str, esc: Callable[[str], str]) -> str:
        """The sentences of a run, each line by line."""
        starts, base = self.bounds[self.slots[run.slot]]
        following = bisect_right(starts, run.at)
        number = base + max(0, following - 1)
        p = self.pieces[run.first]
        if p[0] == "change":
            self.notes.counts["normalised"] += 1
            shape = "c" if p[6].strip() else "'c b'"
            rule = self.notes.rule(p[5])
            return f"<span data-s={number}{kind}><del class={shape} data-r={rule} data-a={_quoted(p[7])}>{esc(p[6])}</del></span>"
        if run.gap is None and (following == len(starts) or starts[following] >= run.at + run.end - run.start):
            return f"<span data-s={number}{kind}>{esc(self.text[run.start : run.end])}</span>"
        gap = between = ""
        if run.gap is not None:
            gap, family = self._removed(run.gap, True)
            between = esc(run.gap[4])
            if family:
                self.notes.counts[family] += len(run.cuts)
        out: list[str] = []
        for sentence, (first, last, cut) in enumerate(run.stretches(starts), number):
            tag = f"<span data-s={sentence}{kind}>"
            lines = esc(self.text[first:last])
            if between:
                lines = lines.replace(between, f"</span>{gap}{tag}")
            out.append(f"{tag}{lines}</span>{gap}" if cut else f"{tag}{lines}</span>")
        return "".join(out)

    def _removed(self, p: list[Any], joins: bool) -> tuple[str, str]:
        """A removed piece as it is drawn, and what it counts as; ``joins`` tells that it parted what stands together now."""
        rule, text = p[3], p[4]
        if rule in LAYOUT:
            if not joins:
                return _esc(text), ""
            lines = "\n" in text or "\r" in text
            ground = self.grounds.get(p[2]) or self.grounds.get(p[1])
            known = f" data-d={self.notes.decision(ground)}" if ground else ""
            shape, glyph = ("j", "⏎") if lines else ("w", "␣")
            drawn = f"<b class={shape} data-r={self.notes.rule(rule)}{known}>{glyph}</b>{_esc(text)}"
            return drawn, "joined" if lines else ""
        family = _family(rule)
        shape = {"jump line": "q", "furniture": "u"}.get(family, "r")
        if not text.strip():
            shape = f"'{shape} b'"
        return f"<del class={shape} data-r={self.notes.rule(rule)}>{_esc(text)}</del>", family


def _row(name: str, clean: str, hant: str | None, lang: str | None, own: str) -> str:
    """One field or paragraph, its Traditional form behind it; a page has a hundred of them, too many for a template's loop."""
    label = "" if name == "paragraphs" else f'<span class="label">{_LABELS.get(name, name)}</span>'
    other = "" if hant is None else f'<p class="hant" lang="{lang}" hidden>{hant}</p>'
    return f'<div class="row {name.replace("metadata.", "")}">{label}<p lang="{_esc(own)}">{clean}</p>{other}</div>\n'


def _quoted(text: str) -> str:
    return f'"{_esc(text)}"'


def _family(rule: str) -> str:
    head = rule.split(".")[0]
    return {"jump": "jump line", "furniture": "furniture"}.get(head, "removed")


def _moved(record: Mapping[str, Any], page: _Page) -> set[tuple[str, int]]:
    """(source, start) of the stretches that stand in the source before what they follow in the article."""
    out: set[tuple[str, int]] = set()
    furthest: dict[str, int] = {}
    for para in range(len(record["paragraphs"])):
        for o in page.origins((record["id"], "paragraphs", para)):
            if o.start < furthest.get(o.source, 0):
                out.add((o.source, o.start))
            else:
                furthest[o.source] = o.end
    return out


def _printed(record: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Fields and paragraphs in the order a reader wants them."""
    meta = record.get("metadata") or {}
    for name in _FIELDS:
        if name == "paragraphs":
            yield from ((name, k) for k in range(len(record["paragraphs"])))
        elif name == "metadata.captions":
            yield from ((name, k) for k in range(len(meta.get("captions") or ())))
        elif meta.get("docdate") if name == "metadata.docdate" else record.get(name):
            yield name, -1


def _flagged(text: str, flags: Sequence[Mapping[str, Any]]) -> str:
    """A string of the Traditional form, every piece of its text escaped."""
    if not flags:
        return _esc(text)
    out, here = [], 0
    for flag in sorted(flags, key=lambda f: (f["start"], f["end"])):
        if flag["start"] < here:
            continue
        out += [
            _esc(text[here : flag["start"]]),
            f"<mark class=f data-w={_quoted(flag['why'])}>{_esc(text[flag['start'] : flag['end']])}</mark>",
        ]
        here = flag["end"]
    out.append(_esc(text[here:]))
    return Markup("".join(out))  # every piece of text went through _esc


# ---------------------------------------------------------------- a shard


class _Shard:
    """The records, variants and ledger entries of one shard, parsed when a page asks for them."""

    def __init__(self, name: str, ledger: Path, corpus: _Corpus) -> None:
        self.name, self.corpus = name, corpus
        self.entries = _Lines(ledger, _source_of_line)
        self._parsed: dict[str, dict[str, Any]] = {}
        self._held = 0
        """Bytes of the lines that they were parsed from."""

    def spans(self) -> list[tuple[int, int]]:
        """The sources in stretches of some :data:`PART` bytes of ledger each."""
        out = []
        first = size = 0
        for last, length in enumerate(self.entries.lengths(), 1):
            size += length
            if size >= PART:
                out.append((first, last))
                first, size = last, 0
        return [*out, (first, len(self.entries))] if first < len(self.entries) else out

    def has(self, source: str) -> bool:
        return source in self.entries

    def entry(self, source: str) -> dict[str, Any]:
        if source not in self._parsed:
            line = self.entries[source]
            if self._held + len(line) > PARSED:
                self._parsed.clear()
                self._held = 0
            self._held += len(line)
            self._parsed[source] = orjson.loads(line)
        return self._parsed[source]

    def record(self, rid: str) -> dict[str, Any]:
        return self.corpus.record(self.name, rid)

    def variant(self, rid: str) -> dict[str, Any] | None:
        return self.corpus.variant(self.name, rid)

    def variants(self, record: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What witnesses read otherwise. An apparatus may be older than the corpus: what no longer reads so is left out."""
        paragraphs = record["paragraphs"]
        known = self.corpus.apparatus.get(record["id"], ())
        return [v for v in known if v["para"] < len(paragraphs) and paragraphs[v["para"]][v["start"] : v["end"]] == v["ours"]]

    def source_of(self, rid: str | None) -> str | None:
        if not rid:
            return None
        try:
            return str(self.record(rid)["source"])
        except KeyError:
            return None

    def meaning(self, check: str) -> str:
        return self.corpus.meanings.get(check, "")


def _source_of_line(line: bytes) -> str:
    """Of a line that begins with ``{"source":"…"``; parsed whole where it does not."""
    if line.startswith(b'{"source":"'):
        end = line.index(b'"', 11)
        if b"\\" not in line[11:end]:
            return line[11:end].decode()
    return str(orjson.loads(line)["source"])


def _id_of_line(line: bytes) -> str:
    """Of a line that begins with ``{"id":"…"``; parsed whole where it does not."""
    if line.startswith(b'{"id":"'):
        return line[7 : line.index(b'"', 7)].decode()
    return str(orjson.loads(line)["id"])


class _Lines:
    """The lines of a file by name, read when they are asked for: a corpus in one file may hold 100 MB, and so may a shard's ledger."""

    def __init__(self, path: Path, name_of: Callable[[bytes], str]) -> None:
        self._file = path.open("rb", buffering=0) if path.is_file() else None
        self._places: dict[str, tuple[int, int]] = {}
        if self._file is not None:
            with path.open("rb") as file:
                start = 0
                for line in file:
                    if not line.isspace():
                        self._places[name_of(line)] = (start, len(line))
                    start += len(line)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def lengths(self) -> Iterator[int]:
        """Bytes of each line."""
        return (length for _, length in self._places.values())

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def get(self, name: str) -> bytes | None:
        place = self._places.get(name)
        if place is None or self._file is None:
            return None
        self._file.seek(place[0])
        return self._file.read(place[1])

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def __getitem__(self, name: str) -> bytes:
        line = self.get(name)
        if line is None:
            raise KeyError(name)
        return line


class _Corpus:
    """Everything under ``output/`` that the proof reads."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.manifest = _json(output / "manifest.json") or {}
        self.checks = [(p.stem, c) for p in sorted((output / "checks").glob("*.json")) if (c := _json(p))]
        self.meanings = {
            r["id"]: f"{r.get('meaning', '')} {r.get('advice', '')}".strip() for _, c in self.checks for r in c.get("results", ())
        }
        self.reasons = reasons(shelf.rules(output))
        """Of the user's own rules."""
        self.seen = {s["source"]: s for s in self.manifest.get("sources", ())}
        self.quarantined: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, str] = {}
        for row in shelf.rows(output, "quarantine"):
            if "record" in row:
                self.quarantined[row["record"]["id"]] = row["record"]
            elif "source" in row:
                self.errors[row["source"]] = str(row.get("error", ""))
        self.apparatus: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in shelf.rows(output, "collation/apparatus"):
            self.apparatus[row["id"]].append(row)
        langs = sorted(p.name.removesuffix(".jsonl")[9:] for p in output.glob("articles.zh-Hant*"))
        self.lang = langs[0] if langs else None
        self._lines: dict[tuple[str, str], _Lines] = {}
        self._one_file: dict[str, bool] = {}
        self._shard: _Shard | None = None

    def shards(self) -> list[tuple[str, Path]]:
        return shelf.shards(self.output, "ledger")

    def shard(self, name: str, ledger: Path) -> _Shard:
        """A shard; the last one asked for is kept."""
        if self._shard is None or self._shard.name != name:
            self._shard = _Shard(name, ledger, self)
        return self._shard

    def record(self, shard: str, rid: str) -> dict[str, Any]:
        if rid in self.quarantined:
            return self.quarantined[rid]
        return orjson.loads(self._view("articles.zh-Hans", shard)[rid])  # type: ignore[no-any-return]

    def variant(self, shard: str, rid: str) -> dict[str, Any] | None:
        line = self._view(f"articles.{self.lang}", shard).get(rid) if self.lang else None
        return orjson.loads(line) if line else None

    def _view(self, view: str, shard: str) -> _Lines:
        """Lines by record id: of the one file of a small corpus, or of one shard, the last one asked for."""
        if view not in self._one_file:
            self._one_file[view] = (self.output / f"{view}.jsonl").is_file()
        key = (view, "" if self._one_file[view] else shard)
        if key not in self._lines:
            for old in [k for k in self._lines if k[0] == view]:
                del self._lines[old]
            path = self.output / f"{view}.jsonl" if self._one_file[view] else self.output / view / f"{shard}.jsonl"
            self._lines[key] = _Lines(path, _id_of_line)
        return self._lines[key]

    def digest(self, shard: _Shard) -> str:
        """Of everything a shard's pages are made from."""
        total = hashlib.sha256(_code())
        ids: dict[str, None] = {}
        for source in shard.entries:
            line = shard.entries[source]
            ids.update(dict.fromkeys(_ids(line)))
            total.update(line)
            total.update(orjson.dumps(self.seen.get(source)))
            if source in self.errors:
                total.update(self.errors[source].encode())
        hans, hant = self._view("articles.zh-Hans", shard.name), self._view(f"articles.{self.lang}", shard.name) if self.lang else None
        for rid in ids:
            total.update(hans.get(rid) or b"-")
            total.update((hant and hant.get(rid)) or b"-")
            if rid in self.quarantined:
                total.update(orjson.dumps(self.quarantined[rid]))
            if rid in self.apparatus:
                total.update(orjson.dumps(self.apparatus[rid]))
        total.update(orjson.dumps(self.meanings, option=orjson.OPT_SORT_KEYS))
        return total.hexdigest()


_SLOT = re.compile(rb'\["([0-9a-f]{16}-[0-9a-f]+)","')


def _ids(line: bytes) -> list[str]:
    """Record ids named in the slots of a ledger line."""
    return [m.decode() for m in dict.fromkeys(_SLOT.findall(line))]


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Of the code that draws the pages; what the rest of the library does shows in the output itself."""
    import qingyang

    library = Path(qingyang.__file__).parent
    modules = [library / f"{name}.py" for name in ("explain", "ledger", "origins", "rulebook", "sentences")]
    total = hashlib.sha256()
    for path in [Path(__file__), *sorted(TEMPLATES.iterdir()), *modules, *sorted(library.rglob("*.toml"))]:
        total.update(path.read_bytes())
    return total.digest()


def _json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


# ---------------------------------------------------------------- writing


@dataclass(slots=True)
class _Made:
    """A shard's contribution to the index."""

    digest: str
    rows: list[list[Any]] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    ids: dict[str, str] = field(default_factory=dict)
    """First 16 digits of a source's digest → its name: how a record's id leads to its page."""

    def add(self, more: _Made) -> None:
        """Take in what the sources that follow contribute."""
        self.rows += more.rows
        for mine, theirs in (
            (self.rules, more.rules),
            (self.verdicts, more.verdicts),
            (self.dates, more.dates),
            (self.totals, more.totals),
        ):
            mine.update(theirs)
        self.lengths.update(more.lengths)
        for sha, source in more.ids.items():
            self.ids.setdefault(sha, source)


def write_proof(output: Path, *, only: set[str] | None = None, pool: Workers | None = None) -> Path:
    """Write ``proof/``; returns the path of its index.

    Pages are made again where something they show has changed; ``only`` narrows the look to these shards and trusts the others.
    ``pool`` are workers that are there already, and stay.
    """
    shelf.require(output)
    corpus = _Corpus(output)
    folder = output / "proof"
    made: dict[str, _Made] = {}
    new: list[str] = []
    jobs: list[_Job] = []
    size = 0
    for name, path in corpus.shards():
        kept = _kept(output / STATE / _state_name(name))
        if only is not None and name not in only and kept is not None and _there(folder, kept):
            made[name] = kept
            continue
        shard = corpus.shard(name, path)
        digest = corpus.digest(shard)
        if kept is not None and kept.digest == digest and _there(folder, kept):
            made[name] = kept
        else:
            made[name] = _Made(digest)
            new.append(name)
            jobs += [_Job(str(output), name, str(path), *span) for span in shard.spans()]
            size += path.stat().st_size
    worth = len(jobs) > 1 and (size > WORTH_A_POOL or (pool is not None and pool.started))
    own = Workers(1 if pool is not None or not worth else os.cpu_count() or 1)
    with own:
        workers = pool if pool is not None and worth else own
        if workers.count == 1:
            _corpora[str(output)] = corpus
        for job, fresh in zip(jobs, workers.map(_make, jobs), strict=True):
            made[job.shard].add(fresh)
    for name in new:
        shelf.replace(output / STATE / _state_name(name), orjson.dumps(made[name], option=orjson.OPT_NON_STR_KEYS))
    _corpora.clear()
    in_order = [made[name] for name, _ in corpus.shards()]
    for asset in ("proof.css", "proof.js"):
        shelf.replace(folder / asset, (TEMPLATES / asset).read_bytes())
    _write_index(folder, corpus, in_order)
    pages = {row[0] for m in in_order for row in m.rows}
    _remove_stale(folder, pages, output / STATE, {_state_name(name) for name in made})
    return folder / "index.html"


def _state_name(shard: str) -> str:
    return f"{shard or 'ledger'}.json"


class _Job(NamedTuple):
    """The pages of sources ``first:last`` of a shard."""

    output: str
    shard: str
    ledger: str
    first: int
    last: int


_corpora: dict[str, _Corpus] = {}
"""What a worker has read of the output, kept from one shard to the next."""


def _make(job: _Job) -> _Made:
    output = Path(job.output)
    if job.output not in _corpora:
        _corpora[job.output] = _Corpus(output)
    shard = _corpora[job.output].shard(job.shard, Path(job.ledger))
    made = _Made("")
    for source in islice(shard.entries, job.first, job.last):
        _write_page(output / "proof", source, shard, made)  # a page of a large source takes a hundred megabytes, gone before the next one
    return made


def _kept(path: Path) -> _Made | None:
    kept = _json(path)
    if not isinstance(kept, dict):
        return None
    try:
        counters = {k: Counter(kept[k]) for k in ("rules", "verdicts", "dates", "totals")}
        lengths = Counter({int(k): n for k, n in kept["lengths"].items()})
        return _Made(kept["digest"], kept["rows"], lengths=lengths, ids=kept["ids"], **counters)
    except (KeyError, TypeError, ValueError):
        return None


def _there(folder: Path, kept: _Made) -> bool:
    return all((folder / row[0]).is_file() for row in kept.rows)


def _write_page(folder: Path, source: str, shard: _Shard, made: _Made) -> None:
    entry = shard.entry(source)
    seen = shard.corpus.seen.get(source, {})
    path = page_path(source)
    sha = str(entry.get("sha256") or "")
    if "pieces" in entry:
        try:
            data, row = _cleaned_page(entry, shard, seen, made)
        except (AccountError, KeyError, IndexError) as error:
            data, row = _error_page(entry, seen, f"{source}: ledger and records do not fit together ({error}); run again")
    else:
        data, row = _error_page(entry, seen, str(entry.get("error") or shard.corpus.errors.get(source) or ""))
    if "duplicate_of" not in entry:
        made.ids.setdefault(sha[:16], source)
    shelf.replace(folder / path, data)
    made.rows.append([path, source, seen.get("publication"), seen.get("issue_date"), seen.get("page"), *row])
    made.verdicts[VERDICTS[row[5]]] += 1
    made.dates[str(seen.get("issue_date") or "unknown")] += 1
    made.totals["sources"] += 1


def _cleaned_page(entry: dict[str, Any], shard: _Shard, seen: dict[str, Any], made: _Made) -> tuple[bytes, list[Any]]:
    """The page's HTML and its row: articles, fragments, characters, edits, flags, verdict, incomplete, variants, headlines."""
    ids = dict.fromkeys(slot[0] for slot in entry["slots"])
    records = {rid: shard.record(rid) for rid in ids}
    page = _Page(entry, records, shard)
    articles = page.articles()
    raw = page.raw()
    first = next(iter(records.values()), None)
    for key in ("publication", "issue_date", "page"):
        if not seen.get(key) and first and first["source"] == entry["source"]:
            seen[key] = first[key]
    used = [p[5] if p[0] == "change" else p[3] for p in entry["pieces"] if p[0] != "keep"]
    edits = [rule for rule in used if rule not in LAYOUT]
    made.rules.update(used)
    own = [r for r in records.values() if r["source"] == entry["source"]]
    for record in own:
        made.ids.setdefault(record["id"][:16], entry["source"])
        made.lengths[len(record["text"]).bit_length()] += 1
        made.totals[record["kind"]] += 1
        made.totals["flags"] += len(record["flags"])
        made.totals["variants"] += len(shard.variants(record))
        made.totals[f"record {record['checks']['verdict']}"] += 1
    made.totals["characters"] += len(page.text)
    made.totals["edits"] += len(edits)
    worst = max((VERDICTS.index(r["checks"]["verdict"]) for r in records.values()), default=VERDICTS.index("unreadable"))
    heads = "｜".join(r["headline"] or r["paragraphs"][0][:24] + "…" if r["paragraphs"] else "" for r in records.values())
    row = [
        sum(r["kind"] == "article" for r in records.values()),
        sum(r["kind"] != "article" for r in records.values()),
        len(page.text),
        len(edits),
        sum(len(r["flags"]) for r in records.values()),
        worst,
        int(any(not r["complete"] for r in records.values())),
        sum(len(a.variants) for a in articles),
        heads[:HEADLINES],
    ]
    legend = [
        ("joined", "j", "⏎", "line end closed"),
        ("normalised", "c", "，", "another form of the same character"),
        ("moved", "m", "⤴", "read at another place"),
        ("jump line", "q", "上接", "removed, kept as a link"),
        ("furniture", "u", "报眉", "removed, belongs to the page"),
        ("removed", "r", "␣", "removed by another rule"),
        ("decision", "d", "◦", "weighed: see the evidence"),
        ("flag", "f", "疑", "suspicious, left as printed"),
        ("variant", "v", "异", "a witness reads otherwise"),
    ]
    html = (
        _environment()
        .get_template("page.html")
        .render(
            name=entry["source"],
            seen=seen,
            entry=entry,
            restored=_restored(entry, page.text),
            raw=raw,
            articles=articles,
            length=len(page.text),
            lang=shard.corpus.lang if any(a.traditional for a in articles) else None,
            legend=[(*item, page.notes.counts[item[0]]) for item in legend],
            notes={"rules": [[r, why(r, shard.corpus.reasons)] for r in page.notes.rules], "decisions": page.notes.decisions},
        )
    )
    return html.encode(), row


def _restored(entry: Mapping[str, Any], text: str) -> bool | None:
    """True where output and ledger alone give the very bytes of the source; None where that cannot be told."""
    from qingyang.decode import to_bytes

    try:
        to_bytes(dict(entry), text)  # holds them against the checksum
    except Exception:
        return None
    return True


def _error_page(entry: dict[str, Any], seen: dict[str, Any], error: str) -> tuple[bytes, list[Any]]:
    original = entry.get("duplicate_of")
    text = ""
    if entry.get("raw"):
        data = zlib.decompressobj().decompress(base64.b64decode(entry["raw"]), 4000)
        text = data.decode("utf-8", "replace")
    html = (
        _environment()
        .get_template("unread.html")
        .render(
            name=entry["source"],
            seen=seen,
            entry=entry,
            error=error,
            original=original,
            original_path=page_path(original) if original else None,
            text=Markup(_esc(text)),  # escaped
        )
    )
    return html.encode(), [0, 0, 0, 0, 0, VERDICTS.index("duplicate" if original else "unreadable"), 0, 0, error[:HEADLINES]]


def _remove_stale(folder: Path, pages: set[str], state: Path, names: set[str]) -> None:
    for path in (folder / "pages").glob("*/*"):
        if path.relative_to(folder).as_posix() not in pages:
            path.unlink(missing_ok=True)
    for path in state.glob("*"):
        if path.name not in names:
            path.unlink(missing_ok=True)


# ---------------------------------------------------------------- the index


def _write_index(folder: Path, corpus: _Corpus, made: list[_Made]) -> None:
    rows = [row for m in made for row in m.rows]
    rows.sort(key=lambda r: (r[2] or "\uffff", r[3] or "\uffff", _page_order(r[4]), r[1]))
    chunks = []
    for number, start in enumerate(range(0, len(rows), CHUNK)):
        some = rows[start : start + CHUNK]
        shelf.replace(folder / "data" / f"{number}.js", b"proof.chunk(" + str(number).encode() + b"," + _packed(some) + b");\n")
        chunks.append([len(some), *(sum(test(r) for r in some) for test in _FILTERS.values())])
    for path in (folder / "data").glob("*.js"):
        if not path.stem.isdigit() or int(path.stem) >= len(chunks):
            path.unlink(missing_ok=True)
    total: Counter[str] = sum((m.totals for m in made), Counter())
    rules: Counter[str] = sum((m.rules for m in made), Counter())
    verdicts: Counter[str] = sum((m.verdicts for m in made), Counter())
    lengths: Counter[int] = sum((m.lengths for m in made), Counter())
    dates: Counter[str] = sum((m.dates for m in made), Counter())
    ids = {sha: source for m in made for sha, source in m.ids.items()}
    checks = [_check(name, c, ids) for name, c in corpus.checks]
    html = (
        _environment()
        .get_template("index.html")
        .render(
            totals=total,
            verdicts=[(v, verdicts[v]) for v in VERDICTS if verdicts[v]],
            bars=_bars(rules, corpus.reasons),
            rules_more=max(0, len(rules) - 16),
            lengths=_histogram(lengths),
            dates=_timeline(dates),
            checks=checks,
            chunks=chunks,
            filters=[(name, sum(c[k + 1] for c in chunks)) for k, name in enumerate(_FILTERS)],
            manifest=corpus.manifest,
            quarantined=counts.quarantined(corpus.manifest.get("counts") or {}),
            sources=len(rows),
        )
    )
    shelf.replace(folder / "index.html", html.encode())


_FILTERS: dict[str, Any] = {
    "quarantined": lambda r: r[10] >= 2,
    "warned": lambda r: r[10] == 1,
    "flagged": lambda r: r[9] > 0,
    "incomplete": lambda r: r[11] > 0,
    "variants": lambda r: r[12] > 0,
}


def _page_order(page: str | None) -> tuple[str, int, str]:
    digits = re.search(r"\d+", page or "")
    return ((page or "\uffff")[: digits.start()] if digits else "\uffff", int(digits.group()) if digits else 0, page or "")


def _packed(value: Any) -> bytes:
    return orjson.dumps(value).replace(b"<", b"\\u003c").replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")


def _bars(rules: Counter[str], own: Mapping[str, str]) -> list[tuple[str, int, float, str]]:
    """(rule, count, width in percent on a square-root scale, reason), the most frequent first."""
    top = sorted(rules.items(), key=lambda r: (-r[1], r[0]))[:16]
    most = max((n for _, n in top), default=1)
    return [(rule, n, round(100 * (n / most) ** 0.5, 1), why(rule, own)) for rule, n in top]


def _histogram(lengths: Counter[int]) -> list[tuple[str, int, float]]:
    """Records by length, in powers of two: (range, count, height in percent)."""
    if not lengths:
        return []
    most = max(lengths.values())
    span = range(min(lengths), max(lengths) + 1)
    return [(f"{1 << (k - 1) if k else 0:,}–{(1 << k) - 1:,}", lengths[k], round(100 * lengths[k] / most, 1)) for k in span]


def _timeline(dates: Counter[str]) -> list[tuple[str, int, float]]:
    """Sources by day, by month or by year: the finest that fits 120 bars."""
    known = {d: n for d, n in dates.items() if re.fullmatch(r"\d{4}-\d\d-\d\d", d)}
    for size in (10, 7, 4):
        merged: Counter[str] = Counter()
        for day, n in known.items():
            merged[day[:size]] += n
        if len(merged) <= 120:
            break
    most = max(merged.values(), default=1)
    return [(day, n, round(100 * n / most, 1)) for day, n in sorted(merged.items())]


def _check(name: str, told: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    results = []
    for r in told.get("results", ()):
        result = r.get("result") or {}
        errored = (r.get("exception_info") or {}).get("exception_message")
        listed = [(i, page_path(ids[i[:16]]) if i[:16] in ids else None) for i in result.get("unexpected_ids") or ()]
        state = (
            "error" if errored else "pass" if r["success"] else {"critical": "fail", "warning": "warn"}.get(r.get("severity", ""), "note")
        )
        count, observed = result.get("unexpected_count"), result.get("observed_value")
        told_as = f"{observed:.3g}" if isinstance(observed, float) and not count else f"{count:,}" if count else ""
        results.append({**r, "state": state, "found": told_as, "count": count or 0, "ids": listed, "errored": errored})
    order = {"error": 0, "fail": 1, "warn": 2, "note": 3, "pass": 4}
    results.sort(key=lambda r: order[r["state"]])
    return {"name": name, "verdict": told.get("verdict", ""), "results": results, "bad": sum(r["state"] != "pass" for r in results)}
