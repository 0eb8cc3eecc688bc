"""Writes records: every field of an article as stretches of the source, handed to the one hand that applies edits.

What is printed around a text (dateline, byline, document date, sign-off) gets its field; the paragraphs keep the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyang import characters, spacing
from qingyang.codes import code_points
from qingyang.fields import agencies, authors, dateline, is_issuer, squeeze
from qingyang.han import script
from qingyang.leads import lead as opening
from qingyang.leads import paper, placed
from qingyang.ledger import Removal, Slot, Stretch, compose, flat
from qingyang.lines import BLANK, BREAK, COMMA, HAN, STOP, Sheet
from qingyang.markup import Markup
from qingyang.numerals import day_sent, parse_date
from qingyang.patterns import compile_pattern
from qingyang.records import Edit, Link, Part, Record, Source
from qingyang.seams import evidence as seam_evidence
from qingyang.signatures import closing, opens_document
from qingyang.split import Draft, PageDrafts, Unit

_DECK = compile_pattern(r"[ \t\u3000\u00a0]+(?=[—―─－-]{2})")


_REPORTERS = compile_pattern("[（(]?(?:新华社|新華社|本报|本報)?[记記]者.*$")
_AGENCY = compile_pattern(f"[□■●◆（( ]*({'|'.join(agencies())})")


class Writer:
    """Collects slots for all records of an issue, then composes them at once."""

    def __init__(self, sources: Sequence[Source], sheets: Sequence[Sheet], pages: Sequence[PageDrafts]) -> None:
        self.sources, self.sheets, self.pages = sources, sheets, pages
        self.slots: list[Slot] = []
        self.edits: list[list[Edit]] = [characters.normalise(s.text, sheet.book) for s, sheet in zip(sources, sheets, strict=True)]
        self.more: list[list[Edit]] = [[] for _ in sources]
        self.removals: list[Removal] = []
        self.texts = [s.text if sheet.markup is None else sheet.markup.unseen(s.text) for s, sheet in zip(sources, sheets, strict=True)]
        """What fields are looked for in: the sources, a converter's marks made invisible."""
        self.shells: list[tuple[Record, list[int]]] = []
        self.years: dict[int, int | None] = {}
        self.units = [list(map(Stretch, repeat(n), s.starts.tolist(), s.ends.tolist())) for n, s in enumerate(sheets)]
        """The units of each source."""
        self.inside: dict[tuple[int, int, int], bool] = {}
        """(source, end, start) of the line ends in headlines and bylines → whether a word goes on there."""
        self.cells = {(n, d["at"]) for n, page in enumerate(pages) for d in page.decisions if d.get("by") == "tabular.rest_of_row"}
        """(source, start) of what a row of a table had no room for: a cell of its own."""
        self._weigh_seams()

    # ---------------------------------------------------------------- one article
    def add(self, chain: Sequence[Draft]) -> None:
        head = chain[0]
        source = self.sources[head.sheet]
        rid = f"{source.known_as or source.sha256[:16]}-{self._start(head):x}"
        mine: list[int] = []

        def put(field: str, para: int, stretches: list[Stretch]) -> bool:
            stretches = [s for s in stretches if s[2] > s[1]]
            if not stretches:
                return False
            mine.append(len(self.slots))
            self.slots.append(Slot(rid, field, para, stretches))
            return True

        kicker, headline, deck = self._line_field(head.kicker), self._line_field(head.headline), self._line_field(head.deck)
        issued: list[str] = []
        if head.kicker and head.headline:
            words = [w for u in head.kicker for w in self._unit_text(u).split()]
            if words and all(is_issuer(w) for w in words) and opens_document(self.sheets[head.headline[0][0]], head.headline[0][1]):
                # by custom the issuing bodies open the title of a document
                issued = words
                headline = self._line_field([*head.kicker, *head.headline], glue=True)
                kicker = []
                self._decided(headline, "field.headline", "signatures.opens_document")
        if headline and not deck:
            headline, deck = split_deck(self.texts, headline)
            self._decided(deck, "field.deck", "articles.split_deck")
        put("kicker", -1, kicker)
        put("headline", -1, headline)
        put("deck", -1, deck)
        by = self._line_field(head.byline)
        for d in chain[1:]:
            self._drop_head(d)
            for u in d.byline:
                if not by:
                    by = self._line_field([u])
                else:
                    d.paragraphs.insert(0, [u])
        if head.docdate:
            put("metadata.docdate", -1, self._line_field(head.docdate))
        units = self.units
        paragraphs = [[units[n][k] for n, k in para] for para in head.paragraphs]
        lead = None
        begins_here = head.has_head
        for k in range(min(4, len(paragraphs))):
            if k in head.subheads:
                continue
            found = self._lead(paragraphs[k])
            if found:
                lead, line, reporters, rest = found
                begins_here |= k == 0 and head.jump_in is None
                if reporters and not by:
                    by = reporters
                else:
                    line = line + reporters
                put("dateline", -1, line)
                self._decided(line or reporters, "field.dateline" if line else "field.byline", "leads.lead")
                if rest:
                    paragraphs[k] = rest
                else:
                    del paragraphs[k]
                    head.subheads = {s - (s > k) for s in head.subheads}
                break
        subheads = set(head.subheads)
        sign_offs = list(head.sign_off)
        captions = list(head.captions)
        for d in chain[1:]:
            tail = [[units[n][k] for n, k in para] for para in d.paragraphs]
            subheads |= {s + len(paragraphs) for s in d.subheads}
            if tail and paragraphs and self._goes_on(paragraphs[-1], tail[0], d):
                subheads = {s - (s >= len(paragraphs)) for s in subheads}
                paragraphs[-1] = paragraphs[-1] + tail[0]
                paragraphs += tail[1:]
            else:
                paragraphs += tail
            sign_offs += d.sign_off
            captions += d.captions
        noted: list[Stretch] = []
        if paragraphs and not chain[-1].jump_out:
            for _ in range(2):
                # （丁海）（摘自《环球》）
                paragraphs, kind, note = self._closing(paragraphs, signed=bool(by), sourced=bool(sign_offs or noted))
                by, noted = (note, noted) if kind == "byline" else (by, note or noted)
                self._decided(note, f"field.{kind}", "signatures.closing")
        put("byline", -1, by)
        for s in sign_offs[1:]:
            paragraphs.append(self._mark(s))
        put("sign_off", -1, noted)
        if sign_offs:
            put("sign_off", -1, self._mark(sign_offs[0]))
        for k, para in enumerate(paragraphs):
            put("paragraphs", k, self._apart(para))
        for k, cap in enumerate(captions):
            put("metadata.captions", k, self._line_field(cap, glue=True))
        for d in chain:
            for j, rule in ((d.jump_in, "jump.continued-from"), (d.jump_out, "jump.continued-on")):
                if j:
                    self._remove(j[0], j[1].start, j[1].end, j[1].rule or rule)

        record: Record = {
            "id": rid,
            "kind": "article",
            "headline": None,
            "kicker": None,
            "deck": None,
            "byline": None,
            "authors": issued,
            "dateline": None,
            "agency": None,
            "place": None,
            "sign_off": None,
            "date": None,
            "publication": source.publication,
            "issue_date": source.issue_date,
            "page": source.page,
            "paragraphs": [""] * len(paragraphs),
            "text": "",
            "lang": "zh-Hans",
            "continued_from": None,
            "continued_on": None,
            "complete": True,
            "parts": [self._part(d) for d in chain],
            "flags": [],
            "source": source.name,
            "created": source.issue_date,
            "metadata": {},
            "checks": {"verdict": "pass", "failed": []},
        }
        if source.edition:
            record["metadata"]["edition"] = source.edition
        if captions:
            record["metadata"]["captions"] = [""] * len(captions)
        if subheads:
            record["metadata"]["subheads"] = sorted(s for s in subheads if s < len(paragraphs))
        if any(d.unsure for d in chain):
            record["metadata"]["continuation"] = "unsure"
        if any(self.sheets[d.sheet].order_unsure for d in chain):
            record["metadata"]["order"] = "unsure"
        if head.jump_in:
            record["continued_from"] = Link(page=head.jump_in[1].page, id=None)
        elif head.headless:
            record["continued_from"] = Link(page=None, id=None) if head.mid else None
        if chain[-1].jump_out:
            record["continued_on"] = Link(page=chain[-1].jump_out[1].page, id=None)
        if head.headless and not begins_here:
            record["kind"] = "fragment"
        record["complete"] = not (head.jump_in or chain[-1].jump_out or record["kind"] == "fragment")
        if lead:
            record["agency"], record["place"] = lead.agency, lead.place
        self.shells.append((record, mine))

    # ---------------------------------------------------------------- all of them
    def finish(self) -> tuple[list[Record], list[dict[str, Any]]]:
        for number, page in enumerate(self.pages):
            sheet = self.sheets[number]
            page.decisions.sort(key=lambda d: d["at"])
            for k, rule in page.removed:
                self._remove(number, int(sheet.starts[k]), int(sheet.ends[k]), rule)
            for m in page.stray_marks:
                if m.end > m.start:
                    self._remove(number, m.start, m.end, m.rule)
        for n, a, b in self._spaced():
            self.more[n] += characters.blanks(self.sources[n].text, a, b)
        for source, sheet, extra in zip(self.sources, self.sheets, self.more, strict=True):
            known = {e.start for e in extra}
            extra += [e for e in spacing.blanks(source, sheet) if e.start not in known]
        for number, sheet in enumerate(self.sheets):
            if sheet.markup:
                self._take_marks(number, sheet.markup)
        for number, extra in enumerate(self.more):
            if extra:
                merged = sorted(self.edits[number] + extra, key=lambda e: (e.start, e.end))
                self.edits[number] = merged
        strings, pieces = compose(self.sources, self.edits, self.slots, self.removals)
        owner: dict[int, int] = {}
        for n, (record, mine) in enumerate(self.shells):
            for k in mine:
                owner[k] = n
                slot, value = self.slots[k], strings[k]
                if slot.field == "paragraphs":
                    record["paragraphs"][slot.para] = value
                elif slot.field == "metadata.captions":
                    record["metadata"]["captions"][slot.para] = value
                elif slot.field.startswith("metadata."):
                    record["metadata"][slot.field[9:]] = value
                else:
                    record[slot.field] = value  # type: ignore[literal-required]
            record["text"] = "\n".join(record["paragraphs"])
            record["lang"] = script(f"{record['headline'] or ''}{record['text']}")
        for record, _ in self.shells:
            self._read_fields(record)
        entries: list[dict[str, Any]] = []
        for number in range(len(self.sources)):
            local: dict[int, int] = {}
            above = here = -1
            for p in pieces[number]:
                if p[0] != "remove":
                    if p[3] != above:  # the lines of a paragraph follow one another
                        above = p[3]
                        here = local.setdefault(above, len(local))
                    p[3] = here
            slots = [[s.record, s.field, s.para] for s in map(self.slots.__getitem__, local)]
            entries.append({"slots": slots, "pieces": pieces[number]})
        return [r for r, _ in self.shells], entries

    def _take_marks(self, number: int, said: Markup) -> None:
        """A converter's marks go out of the strings of records, and with their rules from around them."""
        length = len(self.sources[number].text)
        placed, removed, text = (np.zeros(length, np.bool_) for _ in range(3))
        for slot in self.slots:
            for n, a, b in slot.stretches:
                if n == number:
                    placed[a:b] = True
                    text[a:b] = slot.field == "paragraphs"
        for n, a, b, _ in self.removals:
            if n == number:
                removed[a:b] = True
        within, around = said.edits(placed)
        between = self.sheets[number].cls
        for k, e in enumerate(within):
            # a blank of the converter stands between ideographs of a text for nothing
            if e.after == " " and text[e.start] and (between[[e.start - 1, e.end]] & (HAN | COMMA | STOP)).any():
                within[k] = e._replace(after="")
        marked = np.zeros(length, np.bool_)
        for e in within:
            marked[e.start : e.end] = True
        for edits in (self.edits, self.more):
            edits[number] = [e for e in edits[number] if not marked[e.start : e.end].any()]
        self.more[number] += within
        for sign in around:
            if not removed[sign.start]:
                self._remove(number, sign.start, sign.end, sign.rule)

    def _spaced(self) -> Iterator[Stretch]:
        """The stretches of paragraphs that have blanks in them."""
        slots = [slot for slot in self.slots if slot.field == "paragraphs"]
        stretches = [s for slot in slots for s in slot.stretches]
        number, start, end = flat(slots)
        spaced = np.zeros(len(stretches), np.bool_)
        for n, sheet in enumerate(self.sheets):
            mine = np.flatnonzero(number == n)
            gaps = characters.gaps(sheet.cps)
            spaced[mine] = gaps[np.searchsorted(gaps, start[mine])] < end[mine]
        return (stretches[k] for k in np.flatnonzero(spaced).tolist())

    def _read_fields(self, r: Record) -> None:
        """Names, agency, place and dates as the printed fields give them."""
        byline = squeeze(r["byline"] or "").text
        if r["byline"]:
            named, place = placed(r["byline"])
            r["authors"] = authors(named)
            r["place"] = r["place"] or place
        elif r["dateline"]:
            m = _REPORTERS.search(r["dateline"])
            if m:
                r["authors"] = authors(m.group())
        off = squeeze(r["sign_off"] or "").text.strip("（()）【】")
        if off:
            d = dateline(off.removeprefix("原载"))
            if not d and not r["agency"] and (m := _SOURCE.match(off)):
                r["agency"] = agencies()[m["agency"]]
            if d:
                r["agency"] = r["agency"] or d.agency
                r["place"] = r["place"] or d.place
                if not r["authors"] and d.by_end >= d.end:
                    r["authors"] = authors(off[d.end :]) if "记者" in off[d.end :] else []
        if not r["agency"] and r["byline"]:
            m = _AGENCY.match(byline)
            r["agency"] = agencies()[m[1]] if m else paper(byline)
        issue = date.fromisoformat(r["issue_date"]) if r["issue_date"] else None
        wired = byline if _WIRED.search(byline) else None
        dated = (("docdate", r["metadata"].get("docdate")), ("dateline", r["dateline"]), ("byline", wired), ("sign_off", r["sign_off"]))
        for source, printed in dated:
            if not printed:
                continue
            text = squeeze(printed).text
            got = parse_date(text, near=issue) if issue else parse_date(text, self._page_year(r))
            if got is None and issue and source != "docdate":
                got = day_sent(text, issue)
            if got and issue and got > issue and "年" not in text:
                # a paper prints no news of days to come: 一月二日 in October is of this year's January
                this = parse_date(text, issue.year)
                got = this if this and this <= issue else parse_date(text, issue.year - 1) or got
            if got:
                r["date"] = got.isoformat()
                r["metadata"]["date_from"] = source
                break
        else:
            if issue and not (r["continued_from"] or r["kind"] == "fragment"):
                # an article that begins here without a date of its own is of the day that printed it
                r["date"] = r["issue_date"]
                r["metadata"]["date_from"] = "issue"

    def _page_year(self, r: Record) -> int | None:
        """The one year that the page's full dates share; None when they disagree."""
        k = next(n for n, s in enumerate(self.sources) if s.name == r["source"])
        if k not in self.years:
            found = {
                m
                for rec, _ in self.shells
                if rec["source"] == r["source"] and (m := re.match(r"\D*((?:19|20)\d\d)年", rec["metadata"].get("docdate") or ""))
            }
            years = {int(m[1]) for m in found}
            self.years[k] = years.pop() if len(years) == 1 else None
        return self.years[k]

    # ---------------------------------------------------------------- stretches
    def _stretch(self, unit: Unit) -> Stretch:
        return self.units[unit[0]][unit[1]]

    def _unit_text(self, unit: Unit) -> str:
        return self.sheets[unit[0]].unit(unit[1])

    def _own(self, d: Draft) -> list[Stretch]:
        """Where the printed units of a draft stand on its page."""
        fields = (d.kicker, d.headline, d.deck, d.byline, d.docdate, *d.paragraphs, *d.captions)
        mine = self.units[d.sheet]
        return [mine[k] for field in fields for n, k in field if n == d.sheet]

    def _start(self, d: Draft) -> int:
        starts = [s[1] for s in self._own(d)]
        return min(starts or [m[1].start for m in (d.jump_in, d.jump_out) if m] or [0])

    def _part(self, d: Draft) -> Part:
        own = self._own(d)
        ends = [s[2] for s in own]
        ends += [m[1].end for m in (d.jump_in, d.jump_out, *d.sign_off) if m and m[0] == d.sheet]
        starts = [s[1] for s in own] or [m[1].start for m in (d.jump_in, d.jump_out) if m] or [0]
        starts += [m[1].start for m in (d.jump_in,) if m]
        source = self.sources[d.sheet]
        return Part(source=source.name, page=source.page, start=min(starts), end=max(ends, default=0))

    def _line_field(self, units: Sequence[Unit], *, glue: bool = False) -> list[Stretch]:
        """Lines of a headline or byline in one string: a blank stands for the line end, unless the seam is inside a word."""
        out: list[Stretch] = []
        for u in units:
            s = self._stretch(u)
            text = self.texts[s.source]
            if out and not glue and out[-1].source == s.source and out[-1].end < s.start:
                gap = text[out[-1].end : s.start]
                if not gap.strip() and not self._inside_word(out[-1], s):
                    self.more[s.source].append(Edit(out[-1].end, s.start, " ", "layout.line-end"))
                    out[-1] = Stretch(s.source, out[-1].start, s.end)
                    continue
            out.append(s)
        return out

    def _apart(self, para: list[Stretch]) -> list[Stretch]:
        """A paragraph with a blank for the line end before each cell that its row had no room for: 1 滨海队 14 9 3 2 / 30."""
        out: list[Stretch] = []
        for s in para:
            if out and (s.source, s.start) in self.cells and out[-1].source == s.source and out[-1].end < s.start:
                self.more[s.source].append(Edit(out[-1].end, s.start, " ", "layout.line-end"))
                s = Stretch(s.source, out.pop().start, s.end)
            out.append(s)
        return out

    def _weigh_seams(self) -> None:
        """Every line end that :meth:`_line_field` may come to, at once: one by one they cost as much as all else here."""
        drafts = [d for page in self.pages for d in page.drafts]
        fields = [f for d in drafts for f in (d.kicker, d.headline, d.deck, d.byline, d.docdate) if len(f) > 1]
        pairs = [(self._stretch(a), self._stretch(b)) for f in fields for a, b in pairwise(f) if a[0] == b[0]]
        # of a line of less than three characters the one above would be seen too, where they were joined
        pairs = [(a, b) for a, b in pairs if a.end - a.start >= 3]
        if not pairs:
            return
        texts = self.texts
        left = "".join([texts[n][end - 3 : end] for (n, _, end), _ in pairs])
        right = "".join([texts[n][start : min(start + 3, end)].ljust(3, "\0") for _, (n, start, end) in pairs])
        e = seam_evidence(code_points(left).reshape(-1, 3), code_points(right).reshape(-1, 3))
        for (a, b), one in zip(pairs, _one_word(e).tolist(), strict=True):
            self.inside[a.source, a.end, b.start] = one

    def _inside_word(self, a: Stretch, b: Stretch) -> bool:
        known = self.inside.get((a.source, a.end, b.start))
        if known is not None and a.end - a.start >= 3:
            return known
        left = np.zeros((1, 3), np.uint32)
        right = np.zeros((1, 3), np.uint32)
        before = self.sheets[a.source].cps[max(a.start, a.end - 3) : a.end]
        after = self.sheets[b.source].cps[b.start : min(b.end, b.start + 3)]
        left[0, 3 - len(before) :] = before
        right[0, : len(after)] = after
        return bool(_one_word(seam_evidence(left, right))[0])

    def _lead(self, para: list[Stretch]) -> tuple[Any, list[Stretch], list[Stretch], list[Stretch]] | None:
        if not para:
            return None
        text = "".join(self.texts[n][a:b] for n, a, b in para[:4])[:160]
        if text[0] not in _OPENERS and not _SENT.search(text, 0, _SENT_WITHIN):
            return None
        sq = squeeze(text)
        d = opening(sq.text, [k for k in range(1, len(sq.at)) if sq.at[k] > sq.at[k - 1] + 1])
        if d is None:
            return None
        end = sq.at[d.end - 1] + 1 if d.end else 0
        line, rest = _cut(para, end)
        reporters: list[Stretch] = []
        if d.by_end > d.end:
            reporters, rest = _cut(rest, sq.at[d.by_end - 1] + 1 - end)
            reporters = self._trim(reporters)
        return d, self._trim(line), reporters, self._trim(rest)

    def _closing(self, paragraphs: list[list[Stretch]], *, signed: bool, sourced: bool) -> tuple[list[list[Stretch]], str, list[Stretch]]:
        """The paragraphs without the note in brackets that closes the last of them, what that is, and the note.

        A column of short items of which each is signed keeps its notes: one record has one byline. What is nothing but a note stays text.
        """
        found = self._note(paragraphs[-1])
        if found is None or (len(paragraphs) == 1 and not found[0]) or (signed if found[1] == "byline" else sourced):
            return paragraphs, "", []
        if any(other and other[1] == found[1] for other in map(self._note, paragraphs[:-1])):
            return paragraphs, "", []
        text, note = _cut(paragraphs[-1], found[0])
        text = self._trim(text)
        return [*paragraphs[:-1], *([text] if text else [])], found[1], self._trim(note)

    def _note(self, para: list[Stretch]) -> tuple[int, str] | None:
        """Where the closing note of a paragraph begins, in characters of its stretches, and what it is."""
        last = para[-1]
        if self.texts[last.source][last.end - 1] not in _SHUTS:
            return None
        text = "".join(self.texts[n][a:b] for n, a, b in para)
        sq = squeeze(text)
        found = closing(sq.text)
        return (sq.at[found[0]], found[1]) if found else None

    def _trim(self, stretches: list[Stretch]) -> list[Stretch]:
        """Without outer blanks: they go as layout."""
        out = [s for s in stretches if s.end > s.start]
        while out:
            n, a, b = out[0]
            cls = self.sheets[n].cls
            while a < b and cls[a] & (BLANK | BREAK):
                a += 1
            if a < b:
                out[0] = Stretch(n, a, b)
                break
            out.pop(0)
        while out:
            n, a, b = out[-1]
            cls = self.sheets[n].cls
            while a < b and cls[b - 1] & (BLANK | BREAK):
                b -= 1
            if a < b:
                out[-1] = Stretch(n, a, b)
                break
            out.pop()
        return out

    def _mark(self, mark: tuple[int, Any]) -> list[Stretch]:
        """A mark's stretches: one per line it stands in."""
        n, m = mark
        cls = self.sheets[n].cls
        out: list[Stretch] = []
        a = m.start
        for i in range(m.start, m.end + 1):
            if i == m.end or cls[i] & BREAK:
                out += self._trim([Stretch(n, a, i)])
                a = i + 1
        return out

    def _decided(self, stretches: list[Stretch], what: str, by: str) -> None:
        """Writes down that a rule made a field of some stretches."""
        if stretches:
            self.pages[stretches[0].source].decisions.append({"at": stretches[0].start, "rule": what, "by": by})

    def _remove(self, n: int, start: int, end: int, rule: str) -> None:
        self.removals.append(Removal(n, start, end, rule))

    def _drop_head(self, d: Draft) -> None:
        """The headline repeated over a continuation goes with its reason; the record has it once."""
        for u in [*d.kicker, *d.headline, *d.deck, *d.docdate]:
            s = self._stretch(u)
            self._remove(s.source, s.start, s.end, "stitch.repeated-headline")

    def _goes_on(self, above: list[Stretch], below: list[Stretch], d: Draft) -> bool:
        """Does the first paragraph after a jump go on with the last one before it?

        An open sentence goes on. After a full stop it does where the text follows the continued-from line in the same
        printed line: a new paragraph would stand on a line of its own.
        """
        n, a, b = above[-1]
        if not self.texts[n][max(a, b - 2) : b].endswith(_ENDS):
            return True
        m = d.jump_in[1] if d.jump_in else None
        first = below[0]
        return m is not None and m.end <= first.start and not (self.sheets[first.source].cls[m.end : first.start] & BREAK).any()


def _one_word(e: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Seams that stand inside a word, beyond doubt."""
    out: NDArray[np.bool_] = (e[:, 0] > 1.0) & (e[:, 1:4].max(1) > 3.0)
    return out


_ENDS = ("。", "！", "？", "!", "?", "”", "’", "）", ")", "…", "』", "」")
_SOURCE = compile_pattern(f"(?:据|據|[综綜]合|均据|来源[：:]|來源[：:])?(?P<agency>{'|'.join(agencies())})")
_SHUTS = frozenset("）)〕］]】")
_WIRED = compile_pattern("日(?:专|專)?[电電]")
_SENT = compile_pattern("[讯訊电電]|消息|[报報][道导導]|[记記]者")
_SENT_WITHIN = 40
"""What closes a dateline stands within so many characters."""
_OPENERS = frozenset("据據【〔（([［") | {a[0] for a in agencies()}


def _cut(stretches: list[Stretch], n: int) -> tuple[list[Stretch], list[Stretch]]:
    """The first ``n`` characters of a run of stretches, and the rest."""
    left: list[Stretch] = []
    for i, (k, a, b) in enumerate(stretches):
        if n <= 0:
            return left, stretches[i:]
        if b - a <= n:
            left.append(Stretch(k, a, b))
            n -= b - a
        else:
            return [*left, Stretch(k, a, a + n)], [Stretch(k, a + n, b), *stretches[i + 1 :]]
    return left, []


def split_deck(texts: Sequence[str], headline: list[Stretch]) -> tuple[list[Stretch], list[Stretch]]:
    """争做奋斗者 建功新征程 ——2020年全国劳动模范和先进工作者倡议书: a dash after a blank opens the deck."""
    for i, s in enumerate(headline):
        m = _DECK.search(texts[s.source], s.start, s.end)
        if m and m.start() > s.start:
            left = [*headline[:i], Stretch(s.source, s.start, m.start())]
            return left, [Stretch(s.source, m.end(), s.end), *headline[i + 1 :]]
    return headline, []
