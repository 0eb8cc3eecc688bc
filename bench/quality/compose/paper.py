"""An issue: stories laid out on pages, with furniture, jumps and captions.

Pages are filled like a skyline: each story takes some neighbouring columns at the lowest place; what does not fit
jumps to a later page. The result is a list of regions per page, each with its heads and its columns of lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from bench.quality.compose import furniture
from bench.quality.compose.sheet import NOT_FIRST, NOT_LAST, Flow, Line, Run, set_flow
from bench.quality.compose.story import Desk, Story


@dataclass(slots=True)
class Region:
    page: int
    x: int
    y: float
    span: int
    heads: list[Line]
    columns: list[list[Line]]
    captions: list[Line] = field(default_factory=list)
    story: Story | None = None
    part: int = 0


@dataclass(slots=True)
class Page:
    number: int
    regions: list[Region] = field(default_factory=list)
    top: list[Line] = field(default_factory=list)
    middle: list[Line] = field(default_factory=list)
    bottom: list[Line] = field(default_factory=list)
    boxes: list[list[Line]] = field(default_factory=list)
    """Lines that stay together somewhere in the page."""


@dataclass(slots=True)
class Rest:
    """What is left of a story that jumps."""

    story: Story
    flows: list[Flow]
    source: int
    title: str | None
    part: int


class Composer:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rng = desk.rng
        self.style = desk.style
        self.rests: dict[int, list[Rest]] = {}
        self.target = 0
        """Where the last jump went: several go to the same page."""
        self.upright = False
        """The story at hand has its head set from top to bottom."""

    # ------------------------------------------------------------------ setting
    def lines(self, flows: list[Flow], width: int) -> list[Line]:
        d, st = self.desk, self.style
        out: list[Line] = []
        for f in flows:
            out += set_flow(f, d.strings, d.blanks, width, st.mode, st.solid)
        return out

    def head_lines(self, sid: int, role: str, room: int) -> list[Line]:
        """A headline is broken where its writer meant it, else at its blanks, else at the width of its type."""
        s, r = self.desk.strings[sid], self.rng
        text = s.text
        marks = set(s.breaks or ()) if s.breaks and (len(text) > room or r.random() < 0.75) else set()
        if not marks and len(text) > room and role != "byline":
            marks = {k + 1 for k, c in enumerate(text) if c in " 　" and 3 <= k < len(text) - 4}
        if role == "title":
            self.upright = len(text) <= 26 and r.random() < 0.025
        if self.upright and role in ("title", "byline", "subtitle") and (role == "title" or r.random() < 0.5):
            marks = set(range(1, len(text)))
        out = []
        here = 0
        for end in [*sorted(marks), len(text)]:
            a, n = here, end - here
            if n > room + 1:
                even = ceil(n / ceil(n / room)) if r.random() < 0.5 else room
                while end - a > even + 1:
                    k = a + even
                    while k > a + 2 and (text[k] in NOT_FIRST or text[k - 1] in NOT_LAST):
                        k -= 1
                    out.append((a, k))
                    a = k
            out.append((a, end))
            here = end
        return [Line([Run(text[a:b], sid, a)], 0.0, 0.0, -1, max(0, room - (b - a)), not k, role) for k, (a, b) in enumerate(out)]

    # ------------------------------------------------------------------ pages
    def issue(self) -> list[Page]:
        pages = []
        carry: list[Story] = []
        for n in range(1, self.style.pages + 1):
            page = Page(n)
            self.furnish(page)
            carry = self.fill(page, carry)
            pages.append(page)
        self.index(pages)
        return pages

    def fill(self, page: Page, carry: list[Story]) -> list[Story]:
        st = self.style
        sky = [0.0] * st.columns
        left: list[Story] = []
        for rest in self.rests.pop(page.number, []):
            self.place_rest(page, sky, rest)
        misses = 0
        queue = list(carry)
        while misses < 5:
            free = st.height * st.columns - sum(sky)
            if free < 0.06 * st.height * st.columns or max(st.height - y for y in sky) < 7:
                break
            story = queue.pop(0) if queue else self.desk.story("brief" if free * st.cell < 450 or misses > 1 else None)
            if not self.place(page, sky, story):
                misses += 1
                if len(left) < 2 and story.kind != "brief":
                    left.append(story)
        if st.rng.random() < 0.5:
            page.regions.sort(key=lambda g: (round(g.y / 6), g.x))
        return left + queue

    def spot(self, sky: list[float], span: int) -> tuple[int, float]:
        best = min(range(len(sky) - span + 1), key=lambda x: (max(sky[x : x + span]), x))
        return best, max(sky[best : best + span])

    def geometry(self, size: int, sky: list[float], free: float) -> tuple[int, int, int]:
        """(span in grid columns, text columns in it, their width)."""
        r, st = self.rng, self.style
        need = ceil(size / st.cell * 1.12) + 2
        fits = [c for c in range(1, st.columns + 1) if 3 <= need / c <= free * 0.9] or [max(1, min(st.columns, round(need / 30)))]
        span = r.choices(fits[:3], (6, 3, 1)[: len(fits[:3])])[0]
        count, width = span, st.cell
        if r.random() < 0.22 and span > 1:
            count = r.randint(1, span)
            width = max(8, (span * st.cell + (span - count) * 1) // count)
            if width > 40:
                count, width = span, st.cell
        elif r.random() < 0.12:
            width = max(8, st.cell + r.randint(-3, 3))
        return span, count, width

    def place(self, page: Page, sky: list[float], story: Story) -> bool:
        r, st, d = self.rng, self.style, self.desk
        low = min(sky)
        free = st.height - low
        if free < 6:
            return False
        span, count, width = self.geometry(story.size, sky, free)
        x, y = self.spot(sky, span)
        heads: list[Line] = []
        for sid, role in story.heads:
            scale = {"title": r.choice((1.6, 2.0, 2.4)), "kicker": 1.3, "subtitle": 1.3}.get(role, 1.0)
            heads += self.head_lines(sid, role, max(5, int(span * st.cell / scale)))
        tall = sum(2 if h.role == "title" else 1 for h in heads)
        room = st.height - y - tall - 2
        if room < 3:
            return False
        body = self.lines(story.flows, width)
        height = ceil(len(body) / count)
        captions = [
            ln
            for sid in story.captions
            for ln in set_flow(Flow([(sid, 0, len(d.strings[sid].text))], 0, "caption"), d.strings, d.blanks, width, st.mode, st.solid)
        ]
        if height > room:
            if room * count < 8 or height > 4 * room or page.number >= st.pages or r.random() < 0.6:
                return False
            self.jump(page, story, body[: int(room * count) - 1], body[int(room * count) - 1 :])
            body = self.lines(story.flows, width)
            height = ceil(len(body) / count)
        elif page.number < st.pages and len(body) > 20 and r.random() < (st.jumps if page.number == 1 else st.jumps / 4):
            cut = r.randint(len(body) // 4, len(body) - 4)
            self.jump(page, story, body[:cut], body[cut:])
            body = self.lines(story.flows, width)
            height = ceil(len(body) / count)
        self.add(page, sky, x, y, span, count, heads, body, tall, captions, story, 0)
        return True

    def add(
        self,
        page: Page,
        sky: list[float],
        x: int,
        y: float,
        span: int,
        count: int,
        heads: list[Line],
        body: list[Line],
        tall: float,
        captions: list[Line],
        story: Story,
        part: int,
    ) -> None:
        height = ceil(len(body) / count)
        columns = [body[k * height : (k + 1) * height] for k in range(count)]
        for k, h in enumerate(heads):
            h.x, h.y = x, y + 2 * k
        for k, col in enumerate(columns):
            for m, line in enumerate(col):
                line.x, line.y, line.column = x + k * span / count, y + tall + m, k
        columns = [c for c in columns if c]
        for m, c in enumerate(captions):
            c.x, c.y = x, y + tall - 1 + m * 0.3
        page.regions.append(Region(page.number, x, y, span, heads, columns, captions, story, part))
        bottom = y + tall + height + len(captions) + 1
        for k in range(x, x + span):
            sky[k] = bottom
        parts = story.gold["parts"]
        if len(parts) <= part:
            parts.append({"page": page.number, "slot": f"s{page.number}_{len(page.regions)}"})

    # ------------------------------------------------------------------ jumps
    def jump(self, page: Page, story: Story, kept: list[Line], gone: list[Line], part: int = 0) -> None:
        """Cut the story's flows after ``kept``; the rest waits for a later page."""
        r, st, d = self.rng, self.style, self.desk
        target = r.randint(page.number + 1, st.pages)
        if self.target > page.number and r.random() < 0.5:
            target = self.target
        self.target = target
        cut = next((run for ln in gone for run in ln.runs if run.sid >= 0 and d.strings[run.sid].role == "body"), None)
        if cut is None or not kept:
            return
        sid, at = cut.sid, cut.at
        head: list[Flow] = []
        rest: list[Flow] = []
        for f in story.flows:
            hit = next((k for k, (s, a, b) in enumerate(f.stretches) if s == sid), None)
            if hit is None or rest:
                (rest if rest else head).append(f)
                continue
            s, a, b = f.stretches[hit]
            if at > a:
                head.append(Flow([*f.stretches[:hit], (s, a, at)], f.indent, f.role, f.alone))
                rest.append(Flow([(s, at, b), *f.stretches[hit + 1 :]], 0, f.role, f.alone))
            else:
                rest.append(f)
        if not head or not rest:
            return
        aid = story.gold["id"]
        out = self.desk.string("marker_out", "jump_to", self.out_form(target), aid)
        stretch = (out, 0, len(d.strings[out].text))
        if r.random() < 0.05:
            pass
        elif r.random() < 0.5:
            head[-1].stretches.append(stretch)
        else:
            head.append(Flow([stretch], 2, "jump_to", True))
        title = d.strings[next(s for s, role in story.heads if role == "title")].text
        story.flows = head
        self.rests.setdefault(target, []).append(
            Rest(story, rest, page.number, self.repeated(title) if r.random() < st.cont_head else None, part + 1)
        )

    def out_form(self, target: int) -> str:
        st = self.style
        p = st.page_label(target)
        forms = (
            f"（下转{p}）",
            f"（下转{p}）▶",
            f"▶▶▶下转{p}",
            f"下转{p}",
            f"（转{p}）",
            f"【下转{p}】",
            f"（下转 {p}）",
            f"（紧转{p}）",
            f"→下转{p}",
            f"（文转{p}）",
            f"▼下转{p}",
            f"（下转{p}）▼",
            f"[下转{p}]",
            f"（未完，下转{p}）",
            f"（下接{p}）",
            f"（续见{p}）",
            f"（下转{p}】",
            f"〔下转{p}〕",
            f"（下转{p}·{self.desk.speech.pick('section')}）",
        )
        return forms[st.habit("jump to", len(forms), (60, 4, 4, 6, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1))]

    def in_form(self, source: int) -> str:
        st, r = self.style, self.rng
        p = st.page_label(source)
        if source == 1 and r.random() < 0.04:
            p = "头版"
        forms = (
            f"（上接{p}）",
            f"▲（上接{p}）",
            f"◀◀◀上接{p}",
            f"上接{p}",
            f"（紧接{p}）",
            f"【上接{p}】",
            f"（上接 {p}）",
            f"◀上接{p}",
            f"◀ 上接 {p}",
            f"（接{p}）",
            f"（续{p}）",
            f"←上接{p}",
            f"▲上接{p}",
            f"[上接{p}]",
            f"（续接{p}）",
            f"（上接{p}】",
            f"〔上接{p}〕",
            f"（上接{p}·{self.desk.speech.pick('section')}）",
            f"■上接{p}",
        )
        return forms[st.habit("jump from", len(forms), (60, 4, 4, 6, 6, 3, 3, 2, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1))]

    def repeated(self, title: str) -> str:
        """A headline as a continuation repeats it: whole, its first line, or shortened."""
        r = self.rng
        x = r.random()
        if x < 0.75 or len(title) < 10:
            return title
        k = next((k for k, c in enumerate(title) if c in " 　，：" and k > 3), 0)
        return title[:k] if k else title[: r.randint(6, len(title))]

    def place_rest(self, page: Page, sky: list[float], rest: Rest) -> None:
        r, st, d = self.rng, self.style, self.desk
        size = sum(b - a for f in rest.flows for _, a, b in f.stretches)
        free = st.height - min(sky)
        span, count, width = self.geometry(size, sky, free)
        x, y = self.spot(sky, span)
        heads: list[Line] = []
        aid = rest.story.gold["id"]
        if rest.title:
            sid = d.string("cont_title", "cont_title", rest.title, aid)
            heads += self.head_lines(sid, "title", max(6, int(span * st.cell / 1.8)))
        sid = d.string("marker_in", "jump_from", self.in_form(rest.source), aid)
        stretch = (sid, 0, len(d.strings[sid].text))
        if not rest.title and r.random() < 0.06:
            pass
        elif r.random() < 0.5:
            rest.flows[0].stretches.insert(0, stretch)
        else:
            rest.flows.insert(0, Flow([stretch], 0, "jump_from", True))
        body = self.lines(rest.flows, width)
        room = int((st.height - y - 2 * len(heads)) * count)
        if len(body) > room > 8 and page.number < st.pages and r.random() < 0.7:
            # on to a third page
            rest.story.flows = rest.flows
            self.jump(page, rest.story, body[: room - 1], body[room - 1 :], rest.part)
            body = self.lines(rest.story.flows, width)
        self.add(page, sky, x, y, span, count, heads, body, sum(2 for _ in heads), [], rest.story, rest.part)

    # ------------------------------------------------------------------ furniture
    def plain(self, text: str, kind: str, x: float, y: float, label: str = "furniture") -> Line:
        sid = self.desk.string("furniture", label, text, kind=kind)
        return Line([Run(self.desk.strings[sid].text, sid, 0)], x, y, -1, 0, True, "furniture")

    def furnish(self, page: Page) -> None:
        r, st, sp = self.rng, self.style, self.desk.speech
        n, high = page.number, st.height + 2.0
        top: list[tuple[str, str]] = []
        bottom: list[tuple[str, str]] = []
        if n == 1:
            gap = r.choice(("", "", "", " ", "　"))
            top = [(gap.join(st.paper), "masthead"), (furniture.date_line(st, sp, r), "date")]
            if r.random() < 0.8:
                top.append((furniture.serial(st, r), "serial"))
            for item in furniture.imprint(st, sp, r):
                (top if r.random() < 0.6 else bottom).append(item)
            if r.random() < 0.2:
                r.shuffle(top)
        else:
            section = sp.pick("section")
            if r.random() < 0.1:
                section += r.choice(("·", "/", " ")) + sp.pick("section")
            head = furniture.folio(st, sp, r, n, section)
            (top if st.habit("folio at", 2, (85, 15)) == 0 else bottom).extend(head)
        if r.random() < 0.75:
            (bottom if st.habit("editors at", 2, (60, 40)) == 0 else top).append((furniture.editors(st, sp, r), "editor"))
        if n > 1 and r.random() < 0.3:
            (bottom if r.random() < 0.6 else top).extend(
                [x for x in furniture.imprint(st, sp, r) if x[1] in ("phone", "web", "qr", "address")][:1]
            )
        if r.random() < 0.08:
            bottom.append((sp.say("foot"), "foot"))
        page.top = [self.plain(t, k, float(m), -3.0 + 0.5 * m) for m, (t, k) in enumerate(top)]
        page.bottom = [self.plain(t, k, r.uniform(0, st.columns - 1), high + 0.5 * m) for m, (t, k) in enumerate(bottom)]
        if r.random() < 0.12:
            for _ in range(r.choice((1, 1, 2))):
                page.middle.append(
                    self.plain(
                        sp.pick("stray" if r.random() < 0.6 else "section"),
                        "stray",
                        float(r.randrange(st.columns)),
                        r.uniform(3, st.height),
                    )
                )

    def index(self, pages: list[Page]) -> None:
        """The index box of page 1, made when the headlines inside are known."""
        r, st, d = self.rng, self.style, self.desk
        if len(pages) < 2 or r.random() > 0.4:
            return
        inner = [
            (d.strings[sid].text, p.number)
            for p in pages[1:]
            for g in p.regions
            if g.story and g.part == 0
            for sid, role in g.story.heads
            if role == "title"
        ]
        chosen = sorted(r.sample(inner, min(len(inner), r.randint(1, 6))), key=lambda t: t[1])
        x, y = float(r.randrange(st.columns)), r.uniform(-1, st.height)
        lines = []
        for m, (t, kind) in enumerate(furniture.teasers(st, d.speech, r, chosen)):
            lines.append(self.plain(t, kind, x, y + m, "index"))
        where = r.random()
        first = pages[0]
        if where < 0.45:
            first.top += lines
        elif where < 0.75:
            first.bottom += lines
        else:
            first.boxes.append(lines)
