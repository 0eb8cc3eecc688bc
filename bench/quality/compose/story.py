"""Articles: kicker, headline, deck, byline, dateline, paragraphs, sign-off, with the gold of each field.

A story is written before it is set: the strings it prints (:class:`~sheet.String`) and the flows in which they run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.quality.compose.corpus import Matter
from bench.quality.compose.sheet import Flow, String
from bench.quality.compose.style import Style
from bench.quality.compose.words import Speech


@dataclass(slots=True)
class Story:
    gold: dict[str, Any]
    heads: list[tuple[int, str]] = field(default_factory=list)
    """(string, role) above the text, in printed order."""
    flows: list[Flow] = field(default_factory=list)
    captions: list[int] = field(default_factory=list)
    cont_title: str | None = None
    size: int = 0


class Desk:
    """Writes stories into one issue's list of strings."""

    def __init__(self, rng: Random, style: Style) -> None:
        self.rng = rng
        self.style = style
        self.speech = Speech(rng)
        self.strings: list[String] = []
        self.blanks: dict[int, str] = {}
        self.count = 0
        self.used: set[str] = set()

    def string(self, role: str, label: str, text: str, article: str | None = None, para: int = -1, kind: str | None = None) -> int:
        self.strings.append(String(role, label, self.style.dress(text), article, para, kind))
        return len(self.strings) - 1

    def blank(self, text: str) -> tuple[int, int, int]:
        self.blanks[len(self.blanks)] = text
        return (-1, len(self.blanks) - 1, 0)

    # ------------------------------------------------------------------ sentences
    def sentence(self, matter: Matter) -> str:
        r, sp = self.rng, self.speech
        s = matter.next() or sp.fill("{ministry}{post}{name}{say}，{place}{verb}{theme}{shape}，{thing}{n}万吨，同比增长{pct}。")
        x = r.random()
        if x < 0.10 and len(s) < 120:
            body = s.rstrip("。；")
            return r.choice((
                f"{sp.name()}{sp.pick('say')}，“{body}。”", f"“{body}。”{sp.name()}{sp.pick('say')}。", f"{sp.name()}{sp.pick('say')}：“{body}。”",
                f"他{sp.pick('say')}，{body}。", f"{sp.pick('ministry')}{sp.pick('post')}{sp.name()}{sp.pick('say')}，{body}。",
            ))  # fmt: skip
        if x < 0.18:
            return f"{sp.pick('when_ago')}，{sp.place()}{sp.pick('verb')}{sp.pick('theme')}{sp.pick('shape')}，{s}"
        if x < 0.24:
            return f"据{r.choice(('介绍', '了解', '统计', '悉', sp.pick('ministry') + '统计'))}，{s}"
        if x < 0.30:
            return sp.fill("{place}今年{thing}产量达到{n}万吨，比去年增长{pct}。")
        if x < 0.34:
            return sp.fill("《{book}》{when_ago}由{firm}{verb}，{ministry}{post}{name}出席{shape}。")
        if x < 0.38:
            return sp.fill("{country}{post}{foreign_name}{month}月{day}日在{foreign_city}会见记者时{say}，") + s
        if s[-1] == "；" and r.random() < 0.8:
            s = s[:-1] + "。"
        return s

    def paragraph(self, matter: Matter) -> str:
        r = self.rng
        goal = min(520, max(18, int(r.lognormvariate(4.55, 0.75))))
        out = ""
        while len(out) < goal:
            out += self.sentence(matter)
        return out

    # ------------------------------------------------------------------ stories
    def story(self, kind: str | None = None) -> Story:
        r, sp, st = self.rng, self.speech, self.style
        aid = f"{st.serial:05d}{self.count:03d}"
        self.count += 1
        kind = kind or r.choices(("news", "feature", "speech", "brief"), (55, 22, 6, 17))[0]
        matter = Matter(r, st.year, self.used)
        gold: dict[str, Any] = {"id": aid, "kicker": None, "title": "", "subtitle": None, "byline": None, "authors": [], "lead": None, "tail": None,
                                "docdate": None, "agency": None, "place": None, "paragraphs": [], "parts": []}  # fmt: skip
        story = Story(gold)

        def head(role: str, label: str, text: str) -> None:
            sid = self.string(role, label, text, aid)
            gold[role] = self.strings[sid].text
            story.heads.append((sid, role))

        if r.random() < 0.12:
            head("kicker", "kicker", sp.say("kicker"))
        head("title", "headline", sp.say("headline"))
        if r.random() < 0.10:
            head("subtitle", "deck", sp.say("deck"))
        lead: int | None = None
        names = [sp.name() for _ in range(r.choices((1, 2, 3), (70, 22, 8))[0])]
        if kind == "speech":
            head("docdate", "docdate", st.paren(st.long_date()))
            if r.random() < 0.8:
                head("byline", "byline", names[0])
                gold["authors"] = names[:1]
        elif kind == "feature" or r.random() < 0.06:
            text, people, agency = self.byline(names)
            head("byline", "byline", text)
            gold["authors"], gold["agency"] = people, agency
        elif kind == "news" or r.random() < 0.4:
            text, people, agency, place = self.dateline(names)
            lead = self.string("lead", "dateline", text, aid)
            gold["lead"] = self.strings[lead].text
            gold["authors"], gold["agency"], gold["place"] = people, agency, place
        n = {"brief": r.choice((1, 1, 2)), "speech": r.randint(6, 22)}.get(kind) or min(25, max(2, int(r.lognormvariate(1.5, 0.6))))
        texts: list[tuple[str, str]] = []
        for k in range(n):
            if n > 4 and k and r.random() < 0.09:
                texts.append((sp.say("subhead"), "subhead"))
            if kind == "speech" and (k == 0 or r.random() < 0.12):
                texts.append((r.choice(("同志们：", "各位代表：", "同志们！", "女士们，先生们，朋友们：", "各位来宾：")), "body"))
            texts.append((self.paragraph(matter), "body"))
        for k, (text, label) in enumerate(texts):
            sid = self.string("body", label, text, aid, k)
            s = self.strings[sid]
            gold["paragraphs"].append(s.text)
            stretches = [(sid, 0, len(s.text))]
            if k == 0 and lead is not None:
                stretches = [(lead, 0, len(self.strings[lead].text)), self.blank(r.choice(("　", "  ", " ", "　　"))), *stretches]
            story.flows.append(Flow(stretches, r.choice((0, 2)) if label == "subhead" else 2, label, label == "subhead"))
        if lead is None and kind != "speech" and r.random() < 0.08 or kind == "speech" and r.random() < 0.5:
            agency, place = r.choice(("新华社", "本报")), sp.pick("city")
            sid = self.string("tail", "sign_off", st.paren(f"{agency}{place}{st.day()}电"), aid)
            s = self.strings[sid]
            gold["tail"], gold["place"], gold["agency"] = s.text, place, agency
            if r.random() < 0.5:
                story.flows[-1].stretches.append((sid, 0, len(s.text)))
            else:
                story.flows.append(Flow([(sid, 0, len(s.text))], 2, "sign_off", True))
        if r.random() < 0.15:
            story.captions.append(self.string("caption", "caption", self.caption(names), None))
        story.size = sum(len(p) for p in gold["paragraphs"])
        return story

    def byline(self, names: list[str]) -> tuple[str, list[str], str | None]:
        r = self.rng
        spaced = [self.style.spaced(n) for n in names]
        who = r.choice((" ", "　", "  ", "、")).join(spaced)
        form = r.choice(("本报记者{b}{w}", "新华社记者{b}{w}", "{w}", "{w}", "□ 本报记者{b}{w}", "■ 本报记者 {w}", "本报通讯员{b}{w}", "本报记者{b}{w}"))
        text = form.format(b=r.choice(("", " ", "　", "  ")), w=who)
        return text, names, "新华社" if "新华社" in form else "本报" if "本报" in form else None

    def dateline(self, names: list[str]) -> tuple[str, list[str], str, str | None]:
        r, sp, st = self.rng, self.speech, self.style
        agency = r.choice(("新华社", "新华社", "本报"))
        place = sp.pick("city") if r.random() < 0.75 else sp.pick("foreign_city")
        if agency == "本报" and r.random() < 0.25:
            place = ""
            text = "本报讯"
        else:
            text = f"{'据' if agency == '新华社' and r.random() < 0.3 else ''}{agency}{place}{st.day()}{'讯' if agency == '本报' and r.random() < 0.4 else '电'}"
        people: list[str] = []
        x = r.random()
        if x < 0.5:
            people = names
            text += r.choice(("", " ", "　")) + st.paren("记者" + "、".join(names))
        elif x < 0.62:
            people = names
            text += r.choice(("", " ")) + "记者" + "、".join(names) + "报道："
        return text, people, agency, place or None

    def caption(self, names: list[str]) -> str:
        r, sp = self.rng, self.speech
        c = sp.fill("图为{place}{theme}现场。")
        return c + r.choice(("新华社记者 {}摄", "本报记者 {}摄", "{}摄", "")).format(names[0])
