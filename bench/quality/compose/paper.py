"""An issue: stories laid out on pages, with furniture, jumps and captions.

Pages are filled like a skyline: each story takes some neighbouring columns at the lowest place; what does not fit
jumps to a later page. The result is a list of regions per page, each with its heads and its columns of lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from bench.quality.compose.sheet import Flow, Line, Run, set_flow
from bench.quality.compose.story import Desk, Story
from bench.quality.compose.style import WEEKDAYS


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


@dataclass(slots=True)
class Rest:
    """What is left of a story that jumps."""

    story: Story
    flows: list[Flow]
    source: int
    title: str | None


class Composer:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rng = desk.rng
        self.style = desk.style
        self.rests: dict[int, list[Rest]] = {}

    # ------------------------------------------------------------------ setting
    def lines(self, flows: list[Flow], width: int) -> list[Line]:
        d, st = self.desk, self.style
        out: list[Line] = []
        for f in flows:
            out += set_flow(f, d.strings, d.blanks, width, st.mode, st.solid)
        return out

    def head_lines(self, sid: int, role: str, room: int) -> list[Line]:
        """A headline is broken at its blank or colon where there is one, else at the width of its type."""
        text = self.desk.strings[sid].text
        cuts: list[tuple[int, int]] = []
        here = 0
        for k, c in enumerate(text):
            if c in " 　" and 4 <= k < len(text) - 3 and role in ("title", "kicker") and k - here > 3:
                cuts.append((here, k + 1))
                here = k + 1
        cuts.append((here, len(text)))
        out = []
        for a, b in cuts:
            while b - a > room + 2:
                out.append((a, a + room))
                a += room
            out.append((a, b))
        return [Line([Run(text[a:b], sid, a)], 0.0, 0.0, -1, 0, not k, role) for k, (a, b) in enumerate(out)]

    # ------------------------------------------------------------------ pages
    def issue(self) -> list[Page]:
        pages = []
        carry: list[Story] = []
        for n in range(1, self.style.pages + 1):
            page = Page(n)
            self.furnish(page)
            carry = self.fill(page, carry)
            pages.append(page)
        return pages

    def fill(self, page: Page, carry: list[Story]) -> list[Story]:
        r, st = self.rng, self.style
        sky = [0.0] * st.columns
        left: list[Story] = []
        for rest in self.rests.pop(page.number, []):
            self.place_rest(page, sky, rest)
        misses = 0
        queue = list(carry)
        while misses < 2 and sum(sky) < 0.92 * st.height * st.columns:
            story = queue.pop(0) if queue else self.desk.story()
            if not self.place(page, sky, story):
                misses += 1
                if len(left) < 2:
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
        span = r.choice(fits[:3])
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
        captions = [ln for sid in story.captions for ln in set_flow(Flow([(sid, 0, len(d.strings[sid].text))], 0, "caption"), d.strings, d.blanks, width, st.mode, st.solid)]
        for sid in story.captions:
            d.strings[sid].kind = story.gold["id"]
        if height > room:
            if room * count < 8 or height > 4 * room or page.number >= st.pages or r.random() < 0.35:
                return False
            self.jump(page, story, body[: int(room * count) - 1], body[int(room * count) - 1 :], width)
            body = self.lines(story.flows, width)
            height = ceil(len(body) / count)
        elif page.number < st.pages and len(body) > 20 and r.random() < (0.10 if page.number == 1 else 0.02):
            cut = r.randint(len(body) // 4, len(body) - 4)
            self.jump(page, story, body[:cut], body[cut:], width)
            body = self.lines(story.flows, width)
            height = ceil(len(body) / count)
        self.add(page, sky, x, y, span, count, heads, body, tall, captions, story, 0)
        return True

    def add(self, page: Page, sky: list[float], x: int, y: float, span: int, count: int, heads: list[Line], body: list[Line], tall: float,
            captions: list[Line], story: Story, part: int) -> None:  # fmt: skip
        height = ceil(len(body) / count)
        columns = [body[k * height : (k + 1) * height] for k in range(count)]
        for k, h in enumerate(heads):
            h.x, h.y = x, y + 2 * k
        for k, col in enumerate(columns):
            for m, line in enumerate(col):
                line.x, line.y, line.column = x + k * span / count, y + tall + m, k
        columns = [c for c in columns if c]
        page.regions.append(Region(page.number, x, y, span, heads, columns, captions, story, part))
        bottom = y + tall + height + len(captions) + 1
        for k in range(x, x + span):
            sky[k] = bottom
        parts = story.gold["parts"]
        if len(parts) <= part:
            parts.append({"page": page.number, "slot": f"s{page.number}_{len(page.regions)}"})

    # ------------------------------------------------------------------ jumps
    def jump(self, page: Page, story: Story, kept: list[Line], gone: list[Line], width: int) -> None:
        """Cut the story's flows after ``kept``; the rest waits for a later page."""
        r, st, d = self.rng, self.style, self.desk
        target = r.randint(page.number + 1, st.pages)
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
        if r.random() < 0.5:
            head[-1].stretches.append(stretch)
        else:
            head.append(Flow([stretch], 2, "jump_to", True))
        title = d.strings[next(s for s, role in story.heads if role == "title")].text
        story.flows = head
        self.rests.setdefault(target, []).append(Rest(story, rest, page.number, title if r.random() < st.cont_head else None))

    def out_form(self, target: int) -> str:
        st, r = self.style, self.rng
        p = st.page_label(target)
        return r.choice((f"（下转{p}）", f"（下转{p}）", f"（下转{p}）", f"（下转{p}）▶", f"▶▶▶下转{p}", f"下转{p}", f"（转{p}）", f"【下转{p}】"))

    def in_form(self, source: int) -> str:
        st, r = self.style, self.rng
        p = st.page_label(source)
        return r.choice((f"（上接{p}）", f"（上接{p}）", f"（上接{p}）", f"▲（上接{p}）", f"◀◀◀上接{p}", f"上接{p}", f"（紧接{p}）", f"【上接{p}】"))

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
        if r.random() < 0.5:
            rest.flows[0].stretches.insert(0, stretch)
        else:
            rest.flows.insert(0, Flow([stretch], 0, "jump_from", True))
        body = self.lines(rest.flows, width)
        self.add(page, sky, x, y, span, count, heads, body, sum(2 for _ in heads), [], rest.story, 1)

    # ------------------------------------------------------------------ furniture
    def furnish(self, page: Page) -> None:
        r, st, d = self.rng, self.style, self.desk
        day = st.long_date(0)
        week = f"星期{WEEKDAYS[st.date.weekday()]}"

        def line(text: str, kind: str) -> Line:
            sid = d.string("furniture", "furniture", text, kind=kind)
            t = d.strings[sid].text
            return Line([Run(t, sid, 0)], 0.0, -1.0, -1, 0, True, "furniture")

        if page.number == 1:
            page.top = [line(st.paper, "masthead"), line(f"{day}  {week}", "date"), line(f"第{st.serial}期  今日{st.pages}版", "serial")]
            return
        section = r.choice(("要闻", "综合", "经济", "国际", "文化", "体育", "理论", "社会", "专版", "教育·科技", "副刊"))
        form = r.random()
        if form < 0.4:
            page.top = [line(f"{page.number}  {section}    {st.paper}    {day} {week}", "folio")]
        elif form < 0.7:
            page.top = [line(f"{day}  {week}", "folio"), line(section, "section"), line(st.page_label(page.number), "folio")]
        else:
            page.bottom = [line(f"{st.page_label(page.number)}  {day}", "folio")]
        if r.random() < 0.6:
            page.bottom.append(line(f"责任编辑：{d.speech.name()}　美编：{d.speech.name()}", "editor"))
