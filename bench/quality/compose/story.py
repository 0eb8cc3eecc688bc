"""Articles: kicker, headline, deck, byline, dateline, paragraphs, sign-off, with the gold of each field.

A story is written before it is set: the strings it prints (:class:`~sheet.String`) and the flows in which they run.
Kinds differ as in a paper: news with a dateline, features, comment, speeches, briefs, questions and answers, statutes,
lists, tables, verse, letters, notices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.quality.compose.corpus import Matter, documents
from bench.quality.compose.sheet import Flow, String
from bench.quality.compose.style import Style
from bench.quality.compose.words import Speech, han_number

KINDS = {
    "news": 44,
    "feature": 18,
    "comment": 6,
    "speech": 4,
    "brief": 9,
    "briefs": 2.5,
    "qa": 2,
    "law": 1.2,
    "list": 0.8,
    "table": 0.5,
    "verse": 0.5,
    "letter": 2,
    "notice": 1.5,
    "voices": 0.8,
    "forum": 1.2,
    "events": 0.8,
}
NBSP2 = "\u00a0\u00a0"


@dataclass(slots=True)
class Story:
    gold: dict[str, Any]
    kind: str = "news"
    heads: list[tuple[int, str]] = field(default_factory=list)
    """(string, role) above the text, in printed order."""
    flows: list[Flow] = field(default_factory=list)
    captions: list[int] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Text:
    """One paragraph to be."""

    text: str
    label: str = "body"
    indent: int = 2
    alone: bool = False


class Desk:
    """Writes stories into one issue's list of strings."""

    def __init__(self, rng: Random, style: Style) -> None:
        self.rng = rng
        self.style = style
        self.speech = Speech(rng, style.year)
        self.strings: list[String] = []
        self.blanks: dict[int, str] = {}
        self.count = 0
        self.used: set[str] = set()
        self.news = rng.uniform(0.05, 0.6)
        """Share of sentences from the grammar rather than from the documents."""
        self.hero = self.speech.name()
        """Who is spoken of in the present story."""

    # ------------------------------------------------------------------ strings
    def string(self, role: str, label: str, text: str, article: str | None = None, para: int = -1, kind: str | None = None) -> int:
        self.strings.append(String(role, label, self.style.dress(text, role != "furniture"), article, para, kind))
        return len(self.strings) - 1

    def blank(self, text: str) -> tuple[int, int, int]:
        self.blanks[len(self.blanks)] = text
        return (-1, len(self.blanks) - 1, 0)

    def whole(self, sid: int) -> tuple[int, int, int]:
        return (sid, 0, len(self.strings[sid].text))

    def broken(self, text: str) -> tuple[str, list[str]]:
        """A headline pattern's lines, joined as this paper joins them."""
        lines = text.split("/")
        return self.style.title_join.join(lines), lines

    # ------------------------------------------------------------------ sentences
    def said(self, kinds: tuple[str, ...]) -> str:
        """A sentence of the grammar that this issue does not have yet: what stands twice would make the gold ambiguous."""
        s = ""
        for _ in range(8):
            s = self.speech.say(self.rng.choice(kinds))
            if s not in self.used:
                break
        self.used.add(s)
        return s

    def sentence(self, matter: Matter, news: float, first: bool = False) -> str:
        r, sp = self.rng, self.speech
        if r.random() < news:
            return self.said(("sentence", "opener") if first else ("sentence", "sentence_mid", "sentence_mid"))
        s = matter.next()
        if s is None:
            return self.said(("sentence",))
        if len(s) > 45 and r.random() < 0.14:
            k = s.find("，", len(s) // 3)
            if 0 < k < len(s) - 10 and "“" not in s[:k]:
                s = s[:k] + "。" + s[k + 1 :]
        x = r.random()
        if x < 0.08 and len(s) < 140:
            body = s.rstrip("。；！？…").replace("“", "‘").replace("”", "’")
            name = sp.name() if r.random() < 0.6 else self.hero
            return r.choice(
                (
                    f"{name}{sp.pick('say')}，“{body}。”",
                    f"“{body}。”{name}{sp.pick('say')}。",
                    f"{name}{sp.pick('say')}：“{body}。”",
                    f"他{sp.pick('say')}，{body}。",
                    f"{sp.pick('ministry')}{sp.pick('post')}{name}{sp.pick('say')}，{body}。",
                    f"“{body}，”{sp.foreign_name()}{sp.pick('say')}，“{sp.clause()}。”",
                    f"{name}{sp.pick('say')}，“{body}”，{sp.clause()}。",
                    f"有人问：“{sp.clause()}？”{body}。",
                    f"{self.hero}{sp.pick('say')}，{body}。",
                    f"他{sp.pick('say')}，{body}。",
                )
            )
        if x < 0.12 and first:
            return f"{sp.pick('when_ago')}，{sp.place()}{sp.pick('verb')}{sp.pick('theme')}{sp.pick('shape')}，{s}"
        if x < 0.16:
            return f"据{sp.say('source')}，{s}"
        if x < 0.18:
            k = s.find("，")
            if 2 < k < 24:
                return f"“{s[:k]}”，{s[k + 1 :]}"
        if x < 0.195:
            return s[:-1] + r.choice(("……", "！", "？", "——", "。”"))
        if s[-1] == "；" and r.random() < 0.85:
            s = s[:-1] + "。"
        return s

    def paragraph(self, matter: Matter, news: float | None = None, goal: float = 4.85) -> str:
        """Some sentences; like the document's own paragraphs it mostly begins and ends where one of them does."""
        r = self.rng
        news = self.news if news is None else news
        want = min(600, max(14, int(r.lognormvariate(goal, 0.75))))
        if not matter.fresh and r.random() < 0.65:
            matter.turn()
        out = self.sentence(matter, news, True)
        if len(out) > want * 1.6 and r.random() < 0.6:
            k = max(out.rfind("；", 0, want), out.rfind("，", 0, want))
            if k > 12:
                out = out[:k] + "。" + ("”" if out[:k].count("“") > out[:k].count("”") else "")
        while len(out) < want:
            if matter.fresh and len(out) > 0.5 * want and r.random() < 0.75:
                break
            out += self.sentence(matter, news)
        return out

    def ended(self, text: str) -> str:
        """Now and then a paragraph ends otherwise than in a full stop."""
        r = self.rng
        x = r.random()
        if x < 0.012:
            return text.rstrip("。") + "："
        if x < 0.02:
            return text.rstrip("。") + "；"
        if x < 0.026:
            return text.rstrip("。") + "——"
        if x < 0.034:
            return text.rstrip("。") + "……"
        if x < 0.05:
            return text.rstrip("。") + r.choice(("！", "？"))
        if x < 0.058:
            return text.rstrip("。；！？")
        return text

    # ------------------------------------------------------------------ bodies
    def body(self, kind: str, matter: Matter) -> list[Text]:
        r = self.rng
        make = getattr(self, f"body_{kind}", None)
        if make is not None:
            return make(matter)  # type: ignore[no-any-return]
        n = min(26, max(2, int(r.lognormvariate(1.5, 0.62) * (1.3 if kind == "feature" else 1.0))))
        if kind == "brief":
            n = r.choice((1, 1, 1, 2, 2, 3))
        out: list[Text] = []
        if n > 3 and r.random() < 0.03:
            out.append(Text(r.choice(("编者按：", "编者按　", "开栏的话　", "【编者按】", "核心提示：")) + self.paragraph(matter)))
        heads = r.choice((0.0, 0.0, 0.0, 0.12, 0.25)) if n > 4 else 0.0
        form = r.choice(self.speech.patterns["subhead"])
        numbered = 0
        k = 0
        while k < n:
            if heads and k and r.random() < heads:
                out.append(
                    Text(
                        self.speech.fill(form if r.random() < 0.8 else r.choice(self.speech.patterns["subhead"])).replace("/", ""),
                        "subhead",
                        r.choice((0, 2)),
                        True,
                    )
                )
            if n > 3 and r.random() < 0.015:
                out += self.points(matter)
                k += 2
                continue
            if r.random() < 0.007:
                out += self.quoted_run(matter)
                k += 2
                continue
            if r.random() < 0.004:
                out += self.verse_lines()
            text = self.ended(self.paragraph(matter))
            if r.random() < 0.015:
                numbered += 1
                text = self.counter(numbered) + text
            out.append(Text(text))
            k += 1
        return out

    def counter(self, n: int) -> str:
        r = self.rng
        han = han_number(n)
        return (f"{han}、", f"（{han}）", f"第{han}，", f"{n}．", f"{n}、", f"{han}是", f"({n})", f"{n}. ", "——", "●", "▲", "■")[
            self.style.habit("counter", 12) if r.random() < 0.8 else r.randrange(12)
        ]

    def points(self, matter: Matter) -> list[Text]:
        """An opening that ends in a colon, then points that end in semicolons or full stops."""
        r, sp = self.rng, self.speech
        out = [Text(self.paragraph(matter, goal=4.0).rstrip("。；！？") + r.choice(("：", "：", "：", "。", "——")))]
        n, stop = r.randint(2, 6), r.choice(("；", "；", "。", "。", ""))
        form = r.randrange(8)
        for k in range(1, n + 1):
            head = (
                f"{han_number(k)}、",
                f"（{han_number(k)}）",
                f"{han_number(k)}是",
                f"第{han_number(k)}，",
                f"{k}．",
                f"{k}、",
                f"（{k}）",
                "——",
            )[form]
            text = sp.clause() + "，" + sp.clause() if r.random() < 0.5 else self.paragraph(matter, 0.1, 3.8).rstrip("。；！？")
            out.append(Text(head + text + ("。" if k == n else stop)))
        return out

    def quoted_run(self, matter: Matter) -> list[Text]:
        """A quotation over several paragraphs: each opens it, only the last closes it."""
        r, sp = self.rng, self.speech
        n = r.randint(2, 4)
        out = []
        for k in range(n):
            inner = self.paragraph(matter, 0.0).replace("“", "‘").replace("”", "’")
            out.append(Text((f"{sp.name()}{sp.pick('say')}：“" if not k else "“") + inner + ("”" if k == n - 1 else "")))
        return out

    def verse_lines(self) -> list[Text]:
        r, sp = self.rng, self.speech
        stop = r.choice(("", "", "，", "。"))
        indent = r.choice((0, 2, 2, 1))
        return [
            Text(sp.say("verse").rstrip("，。") + ("" if not stop else ("，" if k % 2 == 0 else "。")), "body", indent, True)
            for k in range(r.randint(2, 8))
        ]

    def body_speech(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        salute = sp.say("salutation")
        out = [Text(salute, "body", r.choice((0, 2)))]
        for k in range(r.randint(5, 24) if r.random() < 0.85 else r.randint(30, 70)):
            if k > 2 and r.random() < 0.1:
                out.append(Text(salute.replace("：", r.choice(("：", "！")))))
            if k > 1 and r.random() < 0.08:
                out.append(Text(f"{han_number(k // 2 + 1)}、{sp.clause()}", "subhead", 2, True))
            text = self.paragraph(matter, 0.02, 4.9)
            if r.random() < 0.12:
                text = r.choice(("第一，", "第二，", "第三，", "首先，", "其次，", "最后，")) + text
            out.append(Text(text))
        if r.random() < 0.4:
            out.append(Text(r.choice(("谢谢大家！", "谢谢各位。", "谢谢！", "谢谢大家。", "我的话完了。"))))
        return out

    def body_qa(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        q, a = r.choice(
            (
                ("问：", "答："),
                ("记者：", f"{sp.name()}："),
                ("问　", "答　"),
                ("主持人：", "嘉宾："),
                ("记者问：", "答："),
                ("■", ""),
                ("——", ""),
                ("《" + sp.pick("paper_head") + "》记者：", "发言人："),
            )
        )
        out = [Text(self.paragraph(matter))]
        for _ in range(r.randint(2, 8)):
            out.append(Text(q + sp.clause() + "，" + sp.clause() + r.choice(("？", "？", "？", "。"))))
            out.append(Text(a + self.paragraph(matter, 0.1)))
            if r.random() < 0.3:
                out.append(Text(self.paragraph(matter, 0.1)))
        return out

    def body_law(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        law = r.choice([d for d in documents() if d.law])
        out: list[Text] = []
        at = r.randrange(max(1, len(law.paragraphs) - 20))
        n, chapter = r.randint(1, 40), r.randint(1, 6)
        gap = r.choice(("　", " ", "  "))
        for p in law.paragraphs[at : at + r.randint(6, 24)]:
            text = "".join(p)
            if text in self.used or len(text) < 4:
                continue
            self.used.add(text)
            if r.random() < 0.08:
                out.append(Text(f"第{han_number(chapter)}章{gap}{sp.pick('theme')}", "subhead", r.choice((0, 2)), True))
                chapter += 1
            if text.startswith("（") or r.random() < 0.25:
                out.append(Text(text))
            else:
                out.append(Text(f"第{han_number(n)}条{gap}{text}"))
                n += 1
        return out or [Text(self.paragraph(matter))]

    def body_list(self, matter: Matter) -> list[Text]:
        """Names without end: winners, committees, the elected."""
        r, sp = self.rng, self.speech
        out = (
            [Text(self.paragraph(matter, goal=3.9).rstrip("。") + r.choice(("：", "。", "（按姓氏笔画为序）")))] if r.random() < 0.8 else []
        )
        sep, spaced = r.choice(("　", " ", "  ", "、", "　　")), r.random() < 0.7
        for _ in range(r.randint(1, 5)):
            if r.random() < 0.5:
                out.append(
                    Text(
                        r.choice(
                            (
                                sp.pick("province") + r.choice(("省", f"（{r.randint(2, 30)}名）", "：")),
                                sp.pick("post"),
                                f"{han_number(r.randint(1, 3))}等奖",
                                sp.pick("ministry"),
                            )
                        ),
                        "subhead",
                        r.choice((0, 2)),
                        True,
                    )
                )
            names = [self.style.spaced(sp.name()) if spaced else sp.name() for _ in range(r.randint(6, 60))]
            if r.random() < 0.2:
                names = [n + r.choice(("（女）", "（回族）", "（满族）", "（女，蒙古族）")) if r.random() < 0.15 else n for n in names]
            out.append(Text(sep.join(names), "body", r.choice((0, 2))))
        return out

    def body_table(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        gap = r.choice(("　", "  ", " ", "    "))
        out = [Text(self.paragraph(matter, goal=3.6))] if r.random() < 0.5 else []
        shape = r.randrange(4)
        for _ in range(r.randint(3, 9)):
            row = (
                f"{sp.pick('city')}{gap}{sp.pick('sky')}{gap}{r.randint(-15, 25)}～{r.randint(0, 38)}℃",
                f"{sp.pick('thing')}{gap}{sp.number()}{gap}{sp.number()}{gap}{r.choice('+-')}{r.randint(0, 9)}.{r.randint(0, 9)}",
                f"{sp.pick('team')}{gap}{r.randint(0, 6)}∶{r.randint(0, 6)}{gap}{sp.pick('team')}",
                f"{r.randint(6, 23)}:{r.randint(10, 59)}{gap}{sp.pick('art')}：{sp.pick('book')[:8]}",
            )[shape]
            out.append(Text(row, "body", r.choice((0, 0, 2)), True))
        return out

    def body_verse(self, matter: Matter) -> list[Text]:
        out: list[Text] = []
        for _ in range(self.rng.randint(1, 2)):
            out += self.verse_lines()
        return out

    def body_briefs(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        mark = r.choice((sp.pick("mark"), "", "本报讯　", "据新华社电　", "△", "●"))
        out = []
        for _ in range(r.randint(3, 10)):
            if not mark and r.random() < 0.5:
                out.append(Text(sp.clause(), "subhead", r.choice((0, 2)), True))
            out.append(Text(mark + self.paragraph(matter, 0.7, 4.2)))
        return out

    def body_voices(self, matter: Matter) -> list[Text]:
        """Readers' short opinions, each signed on a line of its own."""
        r, sp = self.rng, self.speech
        dash, b = r.choice(("——", "———", "", "——", "——　")), r.choice((("（", "）"), ("", ""), ("　", ""), ("（", "）")))
        out: list[Text] = []
        for _ in range(r.randint(2, 7)):
            out += [Text(self.paragraph(matter, 0.4, 4.4)) for _ in range(r.choice((1, 1, 1, 2)))]
            who = sp.name() + (sp.name() if r.random() < 0.15 else "")
            sign = (
                f"{dash}{who}{b[0]}{sp.pick('province')}{b[1]}" if r.random() < 0.7 else f"{b[0] or '（'}{sp.place()}　{who}{b[1] or '）'}"
            )
            out.append(Text(sign, "body", r.choice((0, 2)), True))
        return out

    def body_forum(self, matter: Matter) -> list[Text]:
        """Speakers in turn: a name on its line or before a colon, then what was said."""
        r, sp, st = self.rng, self.speech, self.style
        form = r.choice(("{w}", "{w}：", "{w}（{p}）", "{p}　{w}", "■{w}", "{w}{p}", "{w}（{p}）："))
        alone = "：" not in form or r.random() < 0.4
        out = [Text(self.paragraph(matter))] if r.random() < 0.6 else []
        for _ in range(r.randint(2, 7)):
            name = form.format(w=st.spaced(sp.name()), p=sp.pick("firm") + sp.pick("post") if r.random() < 0.6 else sp.pick("person"))
            if alone:
                out.append(Text(name, "subhead", r.choice((0, 2)), True))
                out.append(Text(self.paragraph(matter, 0.2, 5.0)))
            else:
                out.append(Text(name + self.paragraph(matter, 0.2, 5.0)))
            out += [Text(self.paragraph(matter, 0.2)) for _ in range(r.choice((0, 0, 1, 2)))]
        return out

    def body_events(self, matter: Matter) -> list[Text]:
        """Ten great events, a chronicle, a series of figures: numbered or dated paragraphs."""
        r, sp, st = self.rng, self.speech, self.style
        form = r.randrange(5)
        out = [Text(self.paragraph(matter))] if r.random() < 0.5 else []
        year = st.year - r.randint(5, 30)
        for k in range(1, r.randint(4, 11)):
            text = sp.clause() + "。" + self.paragraph(matter, 0.4, 4.2)
            head = (
                f"{han_number(k)}、",
                f"{year + k}年　",
                f"{r.randint(1, 12)}月{r.randint(1, 28)}日　",
                f"{k}．",
                f"●{sp.pick('city')}：",
            )[form]
            if form == 1 and r.random() < 0.5:
                out.append(Text(f"{year + k}年{r.choice(('　', '  ', ''))}{sp.number()}", "body", 0, True))
            else:
                out.append(Text(head + text))
        return out

    def body_letter(self, matter: Matter) -> list[Text]:
        r, sp = self.rng, self.speech
        out = [Text(r.choice(("编辑同志：", "编辑部：", "尊敬的编辑：", "亲爱的编辑同志：", "敬爱的编辑同志：")), "body", r.choice((0, 2)))]
        out += [Text(self.ended(self.paragraph(matter, 0.6))) for _ in range(r.randint(1, 5))]
        out.append(
            Text(
                r.choice(
                    (
                        f"{sp.place()}　{sp.name()}",
                        f"{sp.firm()} {sp.name()}",
                        f"读者　{sp.name()}",
                        sp.name(),
                        f"（{sp.place()}{sp.name()}）",
                    )
                ),
                "body",
                2,
                True,
            )
        )
        if r.random() < 0.3:
            out.append(Text(r.choice(("编后：", "编后　", "编者附言：", "编辑同志：")) + self.paragraph(matter)))
        return out

    def body_notice(self, matter: Matter) -> list[Text]:
        r, sp, st = self.rng, self.speech, self.style
        out = [Text(self.ended(self.paragraph(matter, 0.4))) for _ in range(r.randint(1, 4))]
        out.insert(r.randint(0, len(out)), Text(sp.fill("特此{verb}。")))
        out.append(Text(sp.pick("ministry"), "body", 2, True))
        out.append(Text(st.long_date(r.randint(1, 20)), "body", 2, True))
        return out

    # ------------------------------------------------------------------ stories
    def story(self, kind: str | None = None) -> Story:
        r, sp, st = self.rng, self.speech, self.style
        aid = f"{st.serial:05d}{self.count:03d}"
        self.count += 1
        kind = kind or r.choices(list(KINDS), list(KINDS.values()))[0]
        matter = Matter(r, st.year, self.used)
        sp.turn_to(matter.clauses())
        self.hero = sp.people[0] if r.random() < 0.8 else sp.foreign_name()
        gold: dict[str, Any] = {
            "id": aid,
            "kicker": None,
            "title": "",
            "subtitle": None,
            "byline": None,
            "authors": [],
            "lead": None,
            "tail": None,
            "docdate": None,
            "agency": None,
            "place": None,
            "paragraphs": [],
            "parts": [],
        }
        story = Story(gold, kind)

        def head(role: str, label: str, text: str) -> None:
            whole, lines = self.broken(text)
            if role == "subtitle" and not whole.startswith("—"):
                whole, lines = text.replace("/", " "), [text.replace("/", " ")]
            sid = self.string(role, label, whole, aid)
            s = self.strings[sid]
            if len(lines) > 1:
                here, s.breaks = 0, []
                for line in lines[:-1]:
                    here += len(st.dress(line)) + len(st.title_join)
                    s.breaks.append(here)
            gold[role] = s.text
            story.heads.append((sid, role))

        title = self.headline(kind)
        if len(title) <= 4 and r.random() < 0.2:
            title = r.choice((" ", "　")).join(title)
        if r.random() < 0.13:
            head("kicker", "kicker", sp.say("kicker"))
        elif r.random() < 0.05:
            head("kicker", "kicker", sp.say("column"))
        head("title", "headline", title)
        if r.random() < 0.11 and "——" not in title:
            head("subtitle", "deck", sp.say("deck"))
        lead: int | None = None
        tail: str | None = None
        names = [sp.name() for _ in range(r.choices((1, 2, 3, 5), (66, 24, 8, 2))[0])]
        signed = False
        if kind == "speech":
            order = ["docdate", "byline"] if r.random() < 0.7 else ["byline", "docdate"]
            for what in order:
                if what == "docdate" and r.random() < 0.75:
                    head(
                        "docdate",
                        "docdate",
                        r.choice((st.paren(st.long_date()), st.paren(st.long_date()), st.long_date(), f"（{st.day()}）")),
                    )
                elif what == "byline" and r.random() < 0.8:
                    who = names[0] if r.random() < 0.7 else sp.foreign_name()
                    form = r.choice(("{w}", "{w}", "{p}　{w}", "{p} {w}"))
                    head("byline", "byline", form.format(w=st.spaced(who), p=sp.pick("ministry") + sp.pick("post")))
                    gold["authors"], signed = [who], True
        elif (
            kind in ("feature", "comment", "verse")
            or (kind == "qa" and r.random() < 0.6)
            or (kind in ("brief", "news") and r.random() < 0.1)
        ):
            if kind == "comment" and r.random() < 0.5:
                head(
                    "byline",
                    "byline",
                    r.choice(("本报评论员", "本报评论员", "人民日报评论员", "新华社评论员", "本报特约评论员", "本报编辑部", "评论员")),
                )
            else:
                text, people, agency = self.byline(names)
                head("byline", "byline", text)
                gold["authors"], gold["agency"] = people, agency
            signed = True
        if (not signed and (kind == "news" or (kind in ("brief", "list", "table", "qa", "notice") and r.random() < 0.5))) or (
            signed and kind == "news" and r.random() < 0.3
        ):
            text, people, agency, place = self.dateline(names)
            if signed:
                gold["agency"] = gold["agency"] or agency
            else:
                gold["agency"] = agency
            lead = self.string("lead", "dateline", text, aid)
            gold["lead"], gold["place"] = self.strings[lead].text, place
            gold["authors"] = gold["authors"] or people
        texts = self.body(kind, matter)
        if kind in ("news", "brief") and r.random() < 0.45:
            texts[0].text = self.said(("lead_sentence",)) + ("" if r.random() < 0.4 else texts[0].text)
        if r.random() < 0.13:
            texts.append(Text(sp.say("endnote"), "body", r.choice((0, 2, 2)), r.random() < 0.6))
        if r.random() < 0.03:
            texts.append(Text(sp.say("crossref"), "body", 2, r.random() < 0.6))
        glue_note = r.random() < 0.4
        for k, t in enumerate(texts):
            sid = self.string("body", t.label, t.text, aid, k)
            gold["paragraphs"].append(self.strings[sid].text)
            stretches = [self.whole(sid)]
            if lead is not None and (
                (k == 0 and not t.text.startswith(("编者按", "开栏", "【编", "核心")))
                or (k == 1 and gold["lead"] and story.flows[0].stretches[0][0] != lead)
            ):
                gap = [self.blank(st.lead_gap)] if st.lead_gap else []
                stretches = [self.whole(lead), *gap, *stretches]
            flow = Flow(stretches, t.indent if t.indent != 2 else st.indent, t.label, t.alone)
            if t.indent == 2 and t.alone and t.label == "body" and r.random() < 0.5:
                flow.right = True
            if (
                glue_note
                and k
                and k == len(texts) - 1
                and t.text.startswith("（")
                and t.text.endswith("）")
                and len(t.text) < 40
                and story.flows[-1].role == "body"
            ):
                story.flows[-1].stretches.append(self.whole(sid))
            else:
                story.flows.append(flow)
        if lead is None and (r.random() < (0.5 if kind == "speech" else 0.07)):
            tail, people, agency, place = self.sign_off(names)
            sid = self.string("tail", "sign_off", tail, aid)
            s = self.strings[sid]
            gold["tail"], gold["place"], gold["agency"] = s.text, place, agency
            gold["authors"] = gold["authors"] or people
            if r.random() < 0.45:
                story.flows[-1].stretches.append(self.whole(sid))
            else:
                flow = Flow([self.whole(sid)], 2, "sign_off", True)
                flow.right = r.random() < 0.5
                story.flows.append(flow)
        if r.random() < 0.2:
            text = sp.say("caption")
            if r.random() < 0.7:
                text += r.choice(("", " ", "　", "")) + sp.say("credit")
            story.captions.append(self.string("caption", "caption", text, None, kind=aid))
            if r.random() < 0.2:
                story.captions.append(self.string("caption", "caption", sp.say("credit"), None, kind=aid))
        for what in ("agency", "place"):
            gold[what] = gold[what] and st.script(gold[what])
        gold["authors"] = [st.dress(n) for n in gold["authors"]]
        story.size = sum(len(p) for p in gold["paragraphs"])
        sp.turn_away()
        return story

    def headline(self, kind: str) -> str:
        r, sp, st = self.rng, self.speech, self.style
        if kind == "law":
            return r.choice(
                (
                    f"中华人民共和国{sp.pick('theme')}法",
                    f"{sp.pick('theme')}条例",
                    f"{sp.pick('theme')}管理办法",
                    f"关于{sp.pick('theme')}的决定",
                )
            )
        if kind == "speech" and r.random() < 0.8:
            return r.choice(
                (
                    f"在{sp.place()}{sp.pick('theme')}{sp.pick('shape')}上的讲话",
                    f"在{sp.pick('theme')}{sp.pick('shape')}开幕式上的致辞",
                    f"{sp.clause()}/——在{sp.pick('theme')}{sp.pick('shape')}上的讲话",
                    f"关于{sp.pick('theme')}的报告",
                    f"在纪念{sp.name()}诞辰一百周年大会上的讲话",
                )
            )
        if kind == "list":
            return r.choice(
                (
                    f"{sp.pick('theme')}委员会名单",
                    f"全国{sp.pick('person')}名单",
                    f"{sp.pick('theme')}{sp.pick('shape')}获奖名单",
                    sp.say("headline"),
                )
            )
        if kind in ("qa",) and r.random() < 0.5:
            return sp.fill("{ministry}负责人就{theme}答记者问")
        x = r.random()
        if st.year >= 2012 and x < 0.1:
            return sp.say("headline_new")
        if st.year < 1979 and x < 0.2:
            return sp.say("headline_old")
        return sp.say("headline_long" if r.random() < 0.5 and kind != "verse" else "headline")

    def byline(self, names: list[str]) -> tuple[str, list[str], str | None]:
        r, sp = self.rng, self.speech
        if r.random() < 0.05:
            names = [sp.foreign_name()]
        one = [self.style.spaced(n) for n in names]
        sep = r.choice((" ", "　", "  ", "、", "  ", NBSP2))
        w = sep.join(one)
        b = r.choice(("", " ", "　", "  ", NBSP2))
        k = r.choices(range(30), (26, 14, 24, 6, 4, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1))[0]
        half = max(1, len(one) // 2)
        a, c = sep.join(one[:half]), sep.join(one[half:])
        two = bool(c)
        text = (
            f"本报记者{b}{w}",
            f"新华社记者{b}{w}",
            w,
            f"□ 本报记者 {w}",
            f"■ 本报记者 {w}",
            f"□{w}",
            f"■{w}",
            f"本报通讯员{b}{w}",
            f"本报特约记者{b}{w}",
            f"本报驻{sp.pick('country')}记者{b}{w}",
            f"本报特派记者{b}{w}",
            f"记者{b}{w}",
            f"（记者{w}）",
            f"{w}/文",
            f"{w}／文",
            f"文／{w}",
            f"作者：{w}",
            f"撰文{b}{w}",
            f"●{w}",
            f"本报记者{b}{w}{b}文/图",
            f"{sp.pick('firm')}{b}{w}",
            f"{sp.pick('ministry')}{b}{w}",
            f"本报见习记者{b}{w}",
            f"◎{w}",
            f"本报记者{b}{a}{sep}通讯员{b}{c}" if two else f"通讯员{b}{w}",
            f"新华社记者{b}{a}{sep}本报记者{b}{c}" if two else f"本报实习生{b}{w}",
            f"本报记者{b}{w}{b}摄影报道",
            f"［{sp.pick('country')}］{w}",
            f"{w}{b}整理",
            f"本报{sp.pick('city')}记者站{b}{w}",
        )[k]
        agency = "新华社" if text.startswith("新华社") else "本报" if "本报" in text[:6] else None
        return text, names, agency

    def dateline(self, names: list[str]) -> tuple[str, list[str], str | None, str | None]:
        """Text, authors, agency, place of an opening like 新华社北京11月24日电（记者樊曦、刘夏村）."""
        r, sp, st = self.rng, self.speech, self.style
        agency = r.choices(("新华社", "本报", "中新社"), (52, 44, 4))[0]
        place: str | None = sp.pick("city") if r.random() < 0.72 else sp.pick("foreign_city")
        if r.random() < 0.02:
            place = f"{place}、{sp.pick('foreign_city')}、{sp.pick('foreign_city')}"
        day = st.day(r.choices((1, 0, 2), (80, 14, 6))[0])
        kind = "电"
        if agency == "本报":
            kind = r.choice(("电", "讯", "电", "讯"))
            if r.random() < 0.28:
                place = None
        prefix = "据" if agency != "本报" and r.random() < 0.28 else ""
        if place is None:
            text = r.choice(
                (
                    "本报讯",
                    "本报讯",
                    "本报讯",
                    f"本报{day}讯",
                    f"本报讯{day}",
                    "【本报讯】",
                    "〔本报讯〕",
                    "[本报讯]",
                    "（本报讯）",
                    "本报专讯",
                )
            )
        else:
            text = f"{prefix}{agency}{place}{day}{kind}"
            if r.random() < 0.03:
                text = f"{prefix}{agency}{place}{kind}"
            if st.year < 1966 and r.random() < 0.5:
                text = f"【{text}】"
        if st.traditional and st.year > 1955 and r.random() < 0.6:
            # as in Taiwan and Hong Kong
            one, where = names[0], place or sp.pick("city")
            forms = (
                f"〔記者{one}／{where}報導〕",
                f"【記者{one}{where}報導】",
                "【本報訊】",
                f"【本報{where}專訊】",
                f"（記者{one}{where}{day}電）",
                f"【{sp.pick('paper_head')}專訊】",
                f"記者{one}／{where}報導",
            )
            text = r.choice(forms)
            return text, [one] if one in text else [], "本报" if "本報" in text else None, where if where in text else None
        people: list[str] = []
        sep = r.choice(("、", "、", "、", " ", "　", "，"))
        gap = r.choice(("", "", " ", "　", "  ", NBSP2))
        x = r.random()
        who = sep.join(names)
        if x < 0.42:
            people, text = names, text + gap + st.paren("记者" + r.choice(("", "", "", " ")) + who)
        elif x < 0.50:
            people, text = (
                names,
                text + gap + "记者" + "、".join(names) + "报道：" if r.random() < 0.7 else text + gap + "记者" + "、".join(names) + "报道",
            )
        elif x < 0.53:
            people, text = (
                names,
                text + gap + st.paren(r.choice(("通讯员", "本报记者", "特派记者", "新华社记者", "特约记者", "见习记者")) + who),
            )
        elif x < 0.55 and len(names) > 1:
            people, text = names, text + gap + st.paren(f"记者{names[0]}　通讯员{'、'.join(names[1:])}")
        elif x < 0.57:
            people, text = names, text + gap + st.paren(who)
        elif x < 0.59 and len(names) > 1:
            people, text = names, text + gap + f"新华社记者{names[0]}、本报记者{'、'.join(names[1:])}报道："
        elif x < 0.63:
            people, text = names, text + (gap or " ") + "记者" + who
        elif x < 0.65:
            text += "："
        return text, people, agency, place

    def sign_off(self, names: list[str]) -> tuple[str, list[str], str, str | None]:
        r, sp, st = self.rng, self.speech, self.style
        agency = r.choice(("新华社", "新华社", "本报"))
        place: str | None = sp.pick("city") if r.random() < 0.7 else sp.pick("foreign_city")
        day = st.day()
        gap = r.choice(("　", " ", "  ", NBSP2))
        x = r.random()
        people: list[str] = []
        if x < 0.62:
            text = f"{agency}{place}{day}电"
        elif x < 0.75:
            text, people = f"{agency}{place}{day}电{gap}记者{'、'.join(names)}", names
        elif x < 0.82:
            text = f"据{agency}{place}{day}电"
        elif x < 0.87:
            text = f"{agency}{place}电"
        elif x < 0.90:
            text, people = f"{agency}{place}{day}电{gap}执笔记者：{'、'.join(names)}", names
        elif x < 0.93:
            text, place = r.choice(("本报专电", "本报讯")), None
            agency = "本报"
        elif x < 0.96:
            text, place, agency = "据新华社电", None, "新华社"
        else:
            text = f"{agency}{place}{day}电{gap}{agency}记者"
        return st.paren(text), people, agency, place
