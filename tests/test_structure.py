"""Lines, columns, articles, threads: what the structure stage makes of pages as they come."""

from __future__ import annotations

import numpy as np
import pytest

from bench.quality.compose import compose
from bench.quality.score import sources_of
from qingyang import clean, plain, subheads, thread
from qingyang.columns import read_in_columns
from qingyang.evidence import gather, gather_all
from qingyang.fields import authors, dateline, is_name, looks_like_byline, squeeze
from qingyang.issue import clean_issue, clean_issues
from qingyang.ledger import account, account_output
from qingyang.lines import Sheet, read_lines
from qingyang.precedence import Decided
from qingyang.records import Record, Source
from qingyang.roles import ROLES
from qingyang.split import Draft, split
from qingyang.stitch import same_page, stitch


def sheet(text: str):
    return read_lines(Source("p.txt", text, "0" * 64))


def seen(roles: list[str], p, X) -> list[str]:
    """Roles with what is plain to see."""
    return Decided(roles, p).hear(plain.see(roles, p, X)).roles


def units(text: str) -> list[str]:
    s = sheet(text)
    return [text[a:b] for a, b in zip(s.starts, s.ends, strict=True)]


# ------------------------------------------------------------------ lines and marks
def test_lines_lose_outer_blanks_and_keep_their_indent() -> None:
    s = sheet("　　小麦丰\r\n收。\r\n\r\n  各国\r\n")
    assert [s.unit(k) for k in range(3)] == ["小麦丰", "收。", "各国"]
    assert s.indent.tolist() == [2.0, 0.0, 1.0]
    assert s.blank_before.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "left", "kind", "page"),
    [
        ("愿提出三点（下转第四版）\n", ["愿提出三点"], "continued_on", "4"),
        ("(上接第1版)中国疫情防控取得好\n", ["中国疫情防控取得好"], "continued_from", "1"),
        ("希望（下转第\n四版）\n", ["希望"], "continued_on", "4"),
        ("同中方深化合作。\n（新华社北京11月\n24日电）\n", ["同中方深化合作。"], "sign_off", None),
        ("同中方深化合作。（新华社北京11月24日电）\n", ["同中方深化合作。"], "sign_off", None),
    ],
)
def test_marks_are_taken_out_of_their_lines(text: str, left: list[str], kind: str, page: str | None) -> None:
    s = sheet(text)
    assert [s.unit(k) for k in range(len(s))] == left
    assert [(m.kind, m.page) for m in s.marks] == [(kind, page)]


def test_a_bracketed_dateline_that_opens_a_paragraph_is_no_sign_off() -> None:
    assert sheet("【新华社重庆十四日电】\n重庆市各界人民代表会议\n").marks == []


def test_a_headline_glued_to_its_dateline_is_cut() -> None:
    assert units("两国元首互致贺电新华社北京11月24日电 国家主席今天\n") == ["两国元首互致贺电", "新华社北京11月24日电 国家主席今天"]
    assert units("小巴撞欄 六人輕傷【本報訊】旺角昨晨\n") == ["小巴撞欄 六人輕傷", "【本報訊】旺角昨晨"]
    assert units("他在會上介紹了【本報訊】欄目的由來\n") == ["他在會上介紹了【本報訊】欄目的由來"]
    assert units("据新华社北京11月24日电 国家主席今天\n") == ["据新华社北京11月24日电 国家主席今天"]


# ------------------------------------------------------------------ columns side by side
def test_columns_side_by_side_are_read_one_after_the_other() -> None:
    left = [
        "劳动模范是民族的精英人民的楷",
        "模是共和国的功臣我国是人民当",
        "家作主的社会主义国家党和国家",
        "始终全心全意依靠工人阶级方针",
        "始终高度重视工人阶级和广大劳",
        "动群众在党和国家事业发展中的",
        "重要地位始终高度重视发挥劳动",
        "模范和先进工作者的重要作用长",
        "期以来广大劳模以平凡的劳动创",
        "造了不平凡的业绩铸就了爱岗敬",
    ]
    right = [
        "当今世界综合国力的竞争归根到",
        "底是人才的竞争劳动者素质的竞",
        "争我国工人阶级和广大劳动群众",
        "要树立终身学习的理念养成善于",
        "学习勤于思考的习惯实现学以养",
        "德学以增智学以致用要适应新一",
        "轮科技革命和产业变革的需要密",
        "切关注行业产业前沿知识和技术",
        "进展勤学苦练深入钻研不断提高",
        "技术技能水平要完善现代职业教",
    ]
    s = sheet("\n".join(f"{a} {b}" for a, b in zip(left, right, strict=True)) + "\n")
    assert [s.unit(k) for k in range(len(s))] == left + right


def test_a_list_of_names_is_no_row_of_columns() -> None:
    text = "\n".join("孙泽洲  白玉晶  刘  丽  王曙群  胡洪炜" for _ in range(12)) + "\n"
    s = sheet(text)
    assert len(s) == 12 and s.row is None and read_in_columns(s) == [False]


def test_columns_whose_baselines_differ_are_told_by_their_turn_and_their_seams() -> None:
    """As pdftotext writes them: lines that stand less than half a line apart share a row, the others have rows of their own."""
    columns = [
        "各级人民政府应当加强对安全生产工作的领导，支持、督促各有关部门依法履行安全生产监督管理职责，建立健全协调机制，及时协调、"
        "解决安全生产监督管理中存在的重大问题。乡镇人民政府和街道办事处应当按照职责，加强对本行政区域内生产经营单位安全生产状况的监督检查。",
        "企业开展经营活动应当遵守法律，不得损害消费者的合法权益。商品价格由经营者依照价格法律自主制定，消费者有权知悉其购买、"
        "使用的商品或者接受的服务的真实情况，有权自主选择提供商品或者服务的经营者，自主决定购买或者不购买任何一种商品的权利。",
        "森林资源属于国家所有，由法律规定属于集体所有的除外。国家采取财政、税收、金融等方面的措施，支持森林资源保护发展。各级人"
        "民政府应当保障森林生态保护修复的投入，促进林业发展。国家建立森林生态效益补偿制度，加大公益林保护支持力度，完善重点生态。",
    ]
    cut = [[text[i : i + 12] for i in range(0, len(text) - len(text) % 12, 12)] for text in columns]
    # the middle column stands half a line lower: its lines are rows of their own, as often as not beside one of the others'
    rows = []
    for k, (a, b, c) in enumerate(zip(*cut, strict=False)):
        rows += [f"{a} {c}", b] if k % 3 else [f"{a} {b} {c}"]
    s = sheet("\n".join(rows) + "\n")
    assert [s.unit(k) for k in range(len(s))] == [line for column in cut for line in column[: min(map(len, cut))]]


def test_a_flush_line_with_room_for_the_next_word_ended_its_paragraph() -> None:
    """Without indents only the width of a line tells that a sentence's end is a paragraph's end."""
    one = "各级人民政府应当加强对安全生产工作的领导，支持、督促各有关部门依法履行安全生产监督管理职责，建立健全协调机制，及时解决问题。"
    two = (
        "企业开展经营活动应当遵守法律，不得损害消费者的合法权益。商品价格由经营者依照价格法律自主制定，消费者有权知悉其购买商品的真实情况。"
    )
    column = 15
    lines = [p[i : i + column] for p in (one, two) * 6 for i in range(0, len(p), column)]
    text = "\n".join(lines) + "\n"
    X = gather(sheet(text))
    ends = [k for k in range(1, len(lines)) if lines[k - 1].endswith("。") and len(lines[k - 1]) < column]
    roles = seen(["start", *["continue"] * (len(lines) - 1)], np.full((len(lines), len(ROLES)), 0.1, np.float32), X)
    assert ends and [k for k, r in enumerate(roles) if r == "start"] == [0, *ends]
    indented = gather(sheet("\n".join("　　" + line if k in ends else line for k, line in enumerate(lines)) + "\n"))
    assert "start" not in seen(["continue"] * len(lines), np.full((len(lines), len(ROLES)), 0.1, np.float32), indented)


def test_a_heading_inside_an_article_is_none_of_a_new_one() -> None:
    """The text under it goes on with the matter of the text above it, and the page has others."""
    text = (
        "用水治理有新招\n\n本报记者 王建国\n\n　　河湖长制办公室负责河道水环境治理，河湖长巡查河道，发现排污口就通知治理单位。\n"
        "　　流域的河道治理由河湖长负责，排污口整治、河道清淤、水质监测由治理单位完成。\n\n"
        "河道治理的办法\n\n　　河道治理单位在排污口安装水质监测设备，河湖长巡查河道时查看水质监测结果，河道清淤由治理单位负责。\n\n"
        "足球联赛昨晚开赛\n\n　　本报北京3月4日电 （记者 李伟）球迷涌入体育场，主队前锋上半场连进两球，门将扑出点球，主教练赛后称赞球员。\n"
    )
    records = clean(text)
    assert [r["headline"] for r in records] == ["用水治理有新招", "足球联赛昨晚开赛"]
    assert "河道治理的办法" in records[0]["paragraphs"]


def test_rare_words_say_more_than_common_ones() -> None:
    """人民, 工作 and 发展 stand in every story, 震害 in those about earthquakes."""
    lines = ["各级人民政府的震害工作要发展。", "专家说震害不可怕。", "人民政府工作，发展经济，各级政府。"]
    s = sheet("\n".join(lines) + "\n")
    page = split(s, 0, ["other"] * 3)
    like = subheads.likeness(s, page.drafts)
    assert len(page.drafts) == 3 and like[0, 1] > 2 * like[0, 2] > 0


def test_a_book_is_compared_a_few_articles_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the bit as all at once."""
    lines = ["各级人民政府的震害工作要发展。", "专家说震害不可怕。", "人民政府工作，发展经济，各级政府。", "专家发展经济。", "震害工作。"]
    s = sheet("\n".join(lines) + "\n")
    page = split(s, 0, ["other"] * len(lines))
    whole = subheads.likeness(s, page.drafts)
    monkeypatch.setattr(subheads, "_AT_ONCE", 60)
    blocks = [len(some) for _, some in subheads._blocks(np.empty((5, 25), np.float32))]
    assert blocks == [2, 2, 1]
    assert np.array_equal(subheads.likeness(s, page.drafts), whole)


def test_a_heading_is_known_by_what_stands_under_the_one_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every heading that was found is looked at together with its article from then on."""
    seen: list[list[int]] = []
    ended = [True]

    def weights(sheet: Sheet, X: np.ndarray, p: np.ndarray, drafts: list[Draft], wanted: list[int]) -> np.ndarray:
        seen.append([len(d.paragraphs) for d in drafts])
        row = np.zeros((len(wanted), len(subheads.FEATURES)), np.float32)
        # the heading under an article of two paragraphs is sure, then the one under what both make
        row[:, 0] = [9.0 * (len(drafts[i - 1].paragraphs) in (2, 3, 4)) for i in wanted]
        row[:, subheads.FEATURES.index("ends_above")] = ended[-1]
        return row

    monkeypatch.setattr(subheads, "evidence", weights)
    monkeypatch.setattr(subheads, "_weights", lambda: np.eye(len(subheads.FEATURES), dtype=np.float32)[0])
    s = sheet("用水有新招\n河道有人管。\n水质有人测。\n办法\n日日巡河。\n成效\n河水变清。\n足球开赛\n主队进球。\n")
    roles = ["headline", "start", "start", *["headline", "start"] * 3]
    p = np.full((len(roles), len(ROLES)), 0.01, np.float32)
    p[np.arange(len(roles)), [ROLES.index(r) for r in roles]] = 0.9
    page = subheads.settle(s, gather(s), p, split(s, 0, roles))
    assert seen == [[2, 1, 1, 1], [4, 1, 1], [6, 1]]
    assert [s.unit(d.headline[0][1]) for d in page.drafts] == ["用水有新招", "足球开赛"]
    assert [s.unit(page.drafts[0].paragraphs[k][0][1]) for k in sorted(page.drafts[0].subheads)] == ["办法", "成效"]
    # where the text below goes on inside the same paragraph, it was no heading but the text's first line
    p[4, ROLES.index("continue")], p[4, ROLES.index("start")] = 0.9, 0.05
    page = subheads.settle(s, gather(s), p, split(s, 0, roles))
    assert [[s.unit(k) for _, k in para] for para in page.drafts[0].paragraphs[2:4]] == [["办法", "日日巡河。"], ["成效"]]
    assert page.drafts[0].subheads == {3}
    ended.append(False)
    page = subheads.settle(s, gather(s), p, split(s, 0, roles))
    assert [[s.unit(k) for _, k in para] for para in page.drafts[0].paragraphs[1:2]] == [["水质有人测。", "办法", "日日巡河。"]]


def test_a_list_goes_on_as_it_began() -> None:
    text = "●省里拨款修水库\n●市里组织抢收，农民收入提高\n●图为农民收割小麦。\n记者报道。\n"
    X = gather(sheet(text))
    p = np.full((4, len(ROLES)), 0.1, np.float32)
    assert seen(["start", "caption", "caption", "start"], p, X) == ["start", "start", "caption", "start"]
    assert seen(["furniture", "caption", "caption", "start"], p, X)[1] == "caption"


def test_the_headline_over_a_continuation_says_what_was_a_heading() -> None:
    """What jumps stands under 河道治理的办法, but the other page repeats the headline of the article above: that was a heading."""
    first = "用水治理有新招\n河湖长制办公室负责河道水环境治理。\n河道治理的办法\n河道治理单位在排污口安装水质（下转第2版）\n"
    other = "足球联赛昨晚开赛\n球迷涌入体育场，主队前锋上半场连进两球。\n"
    on = "（上接第1版）监测设备，河湖长巡查河道时查看结果。\n"
    roles = ["headline", "start", "headline", "start"]
    for repeated, found in (("用水治理有新招\n", ["用水治理有新招"]), ("", ["用水治理有新招", "河道治理的办法"])):
        sources = [Source("p01.txt", first + other, "0" * 64, page="1"), Source("p02.txt", repeated + on, "1" * 64, page="2")]
        sheets = [read_lines(s) for s in sources]
        pages = [split(sheets[0], 0, [*roles, "headline", "start"]), split(sheets[1], 1, ["headline", "start"] if repeated else ["start"])]
        chains = stitch(sheets, pages)
        heads = [sheets[0].unit(c[0].headline[0][1]) for c in chains]
        assert heads == [*found, "足球联赛昨晚开赛"]
        jumped = chains[len(found) - 1]
        assert [d.sheet for d in jumped] == [0, 1]
        if repeated:
            assert sheets[0].unit(jumped[0].paragraphs[1][0][1]) == "河道治理的办法" and jumped[0].subheads == {1}
            assert [d["rule"] for d in pages[0].decisions] == ["stitch.heading"]


@pytest.mark.parametrize("profile", ["lines", "rows", "fragments+heavy"])
def test_pages_gathered_together_have_the_evidence_they_have_alone(profile: str) -> None:
    """To the last bit: what a page comes to must not hang on the pages beside it."""
    texts = [*compose(905_003, profile=profile, pages=3).pages, "小麦丰收\n", "\n", "一二三四五六七八九十百\n　　千。\n", ""]
    sheets = [sheet(text) for text in texts]
    together = gather_all(sheets)
    assert [len(X) for X in together] == [len(s) for s in sheets]
    for s, X in zip(sheets, together, strict=True):
        assert X.tobytes() == gather(s).tobytes()


def test_issues_cleaned_together_come_out_as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    issues = [sources_of(compose(905_010 + k, profile=profile, pages=2)) for k, profile in enumerate(("lines", "disorder+light", "rows"))]
    issues.insert(1, [Source("leer.txt", "\n", "0" * 64)])
    alone = [clean_issue(sources) for sources in issues]
    for held in (20_000, 300):
        monkeypatch.setattr("qingyang.issue.BATCH", held)
        monkeypatch.setattr("qingyang.thread.SEAMS", held)
        if held < 20_000:
            alone = [clean_issue(sources) for sources in issues]
        assert clean_issues(issues) == alone


@pytest.mark.parametrize("profile", ["fragments", "lines+medium", "rows", "disorder"])
def test_nothing_is_lost_where_every_headline_is_taken_for_a_heading(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However wrong the judgement, every character is accounted for: dates, bylines, sign-offs and jump lines too."""
    monkeypatch.setattr(subheads, "SURE", -1e9)
    for seed in (900_001, 900_002):
        sources = sources_of(compose(seed, profile=profile, pages=3))
        cleaned = clean_issue(sources)
        records = {r["id"]: r for r in cleaned.records}
        for source, entry in zip(sources, cleaned.ledger, strict=True):
            account(entry, source.text, records)
        assert any(d["rule"] == "split.subhead" for entry in cleaned.ledger for d in entry["decisions"])
        assert all(entry["decisions"] == sorted(entry["decisions"], key=lambda d: d["at"]) for entry in cleaned.ledger)


# ------------------------------------------------------------------ small print
@pytest.mark.parametrize(
    ("text", "agency", "place", "when"),
    [
        ("据新华社乌鲁木齐7月20日电（记者张先国、段芝璞）天山", "新华社", "乌鲁木齐", "7月20日"),
        ("本报讯（记者江志远）今天", "本报", None, None),
        ("本报北京１２月３１日讯记者杨健报道：走进", "本报", "北京", "１２月３１日"),
        ("【新华社重庆十四日电】重庆", "新华社", "重庆", "十四日"),
        ("新华社北京1997年8月12日电国务院", "新华社", "北京", "1997年8月12日"),
        ("本报平壤、首尔、东京12月1日电记者", "本报", "平壤、首尔、东京", "12月1日"),
        ("本报北京1月4日讯新华社记者李明、本报记者王海报道：昨天", "新华社", "北京", "1月4日"),
    ],
)
def test_datelines(text: str, agency: str, place: str | None, when: str | None) -> None:
    d = dateline(squeeze(text).text)
    assert d is not None and (d.agency, d.place, d.when) == (agency, place, when)


@pytest.mark.parametrize("text", ["本报记者从北京市电信局获悉", "新华社是国家通讯社。", "本报今天发表社论", "本版今日起改版"])
def test_prose_that_opens_like_a_dateline(text: str) -> None:
    assert dateline(text) is None


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("□ 本报记者 张守坤", ["张守坤"]),
        ("本报驻阿联酋记者林皎明", ["林皎明"]),
        ("新华社记者　李　涛摄", ["李涛"]),
        ("韩清忠罗锡亮李亚南", ["韩清忠", "罗锡亮", "李亚南"]),
        ("帕夏古丽·克热木", ["帕夏古丽·克热木"]),
        ("文/周小燕 图/欧阳修", ["周小燕", "欧阳修"]),
        ("新华社记者周志方、赵秀娟，本报记者李舫报道：", ["周志方", "赵秀娟", "李舫"]),
        ("上市出售后不再享受单位分房", []),
    ],
)
def test_authors(printed: str, names: list[str]) -> None:
    assert authors(printed) == names


def test_bylines_and_names() -> None:
    assert looks_like_byline("本报驻朝鲜记者莽九晨") and not looks_like_byline("本报记者从有关部门获悉")
    assert is_name("漕 宇") is False and is_name("周德武") and not is_name("各国人民")


# ------------------------------------------------------------------ articles
LINES = """小麦丰收在望
本报记者 程艳博
　　本报郑州6月10日电　今年夏粮生产形势良好，
全省小麦种植面积稳定在八千五百万亩以上，各地
抓紧抢收。
　　据农业部门介绍，截至目前，全省已收获小麦三
千余万亩，进度快于常年。
"""


def accounted(sources: list[Source]) -> list[Record]:
    done = clean_issue(sources)
    records = {r["id"]: r for r in done.records}
    for s, entry in zip(sources, done.ledger, strict=True):
        account(entry, s.text, records)
    account_output(done.ledger, records)
    return done.records


def test_column_lines_become_paragraphs() -> None:
    (r,) = clean(LINES, issue_date="2019-06-11")
    assert (r["headline"], r["byline"], r["dateline"], r["place"], r["date"]) == (
        "小麦丰收在望", "本报记者 程艳博", "本报郑州6月10日电", "郑州", "2019-06-10",
    )  # fmt: skip
    assert r["paragraphs"][0] == "今年夏粮生产形势良好，全省小麦种植面积稳定在八千五百万亩以上，各地抓紧抢收。"
    assert len(r["paragraphs"]) == 2


def test_a_dateline_of_a_day_to_come_is_of_last_year_or_of_this_january() -> None:
    one = "新年献词\n\n本报北京一月二日讯 今天，各地举行升旗仪式，迎接新的一年。\n"
    assert clean(one, issue_date="2016-10-08")[0]["date"] == "2016-01-02"
    eve = "新年献词\n\n本报北京１２月３１日讯 今天，各地举行联欢活动，迎接新的一年。\n"
    assert clean(eve, issue_date="1998-01-01")[0]["date"] == "1997-12-31"


def test_ids_depend_on_bytes_only() -> None:
    assert [r["id"] for r in clean(LINES, name="a.txt")] == [r["id"] for r in clean(LINES, name="b/c.txt", issue_date="2019-06-11")]


def test_a_tail_goes_to_the_head_whose_story_it_tells() -> None:
    rice = (
        "水稻育种取得突破\n\n本报长沙5月3日电 科研人员培育出水稻新品种，杂交水稻亩产再创新高，水稻专家介绍，育种技术\n\n（下转第四版）\n\n"
    )
    rail = "高铁今日开通运营\n\n本报成都5月3日电 高铁正式开通，列车时速三百公里，沿线旅客乘坐高铁列车出行更加便捷，铁路部门\n\n（下转第四版）\n"
    tails = "（上接第一版）增开高铁列车二十对，铁路部门优化列车运行图，方便旅客出行。\n\n（上接第一版）走在世界前列，水稻专家表示，杂交水稻育种还有潜力。\n"
    pages = [
        Source(f"{n}.txt", t, str(n) * 64, publication="报", issue_date="2019-05-04", page=str(n))
        for n, t in ((1, rice + rail), (4, tails))
    ]
    records = {r["headline"]: r for r in accounted(pages)}
    assert records["水稻育种取得突破"]["paragraphs"][-1].endswith("育种技术走在世界前列，水稻专家表示，杂交水稻育种还有潜力。")
    assert records["高铁今日开通运营"]["paragraphs"][-1].endswith("铁路部门增开高铁列车二十对，铁路部门优化列车运行图，方便旅客出行。")
    assert all(r["complete"] for r in records.values())


def test_a_tail_without_its_page_stays_alone() -> None:
    (r,) = clean("（上接第一版）走在世界前列，水稻专家表示，杂交水稻育种还有潜力。\n", page_label="4")
    assert r["kind"] == "fragment" and r["continued_from"] == {"page": "1", "id": None} and not r["complete"]


def test_pages_with_section_letters() -> None:
    assert same_page("A7", "7") and same_page("7", "7") and not same_page("A7", "B7") and not same_page("17", "7")


def test_the_heading_signs_of_a_converter_are_no_part_of_the_headline() -> None:
    s = Source("p.md.txt", "# 小麦丰收在望\n\n新华社北京11月24日电 今年夏粮生产形势良好，各地抓紧抢收。\n", "3" * 64)
    (r,) = accounted([s])
    assert r["headline"] == "小麦丰收在望"


def test_what_opens_with_its_own_dateline_is_no_fragment() -> None:
    goes_on = "走在世界前列，水稻专家表示，杂交水稻育种还有潜力。\n"
    for text, kind in ((f"新华社长沙5月3日电 {goes_on}", "article"), (f"（上接第一版）{goes_on}", "fragment")):
        (r,) = accounted([Source("p.txt", text, "4" * 64)])
        assert (r["kind"], r["headline"]) == (kind, None)


def test_a_kicker_without_a_headline_is_the_headline() -> None:
    s = sheet("送还一顶帽奖励上千元\n司机把乘客的帽子送还。\n图片新闻\n农民收割小麦。\n")
    roles = ["kicker", "start"] * 2
    p = np.full((4, len(ROLES)), 0.1, np.float32)
    for lost in (0.1, 0.001):
        p[:, [ROLES.index("resume"), ROLES.index("other")]] = lost
        news, picture = subheads.settle(s, gather(s), p, split(s, 0, roles)).drafts
        assert [s.unit(k) for _, k in (news.headline if lost < 0.01 else news.kicker)] == ["送还一顶帽奖励上千元"]
        assert [s.unit(k) for _, k in picture.kicker] == ["图片新闻"] and not picture.headline


def test_a_deck_is_a_head_too() -> None:
    """Text under a deck whose headline was lost begins here: it is no fragment, and looks for nothing to go on with."""
    s = sheet("——记我省小麦生产\n今年我省小麦丰收。\n")
    (d,) = split(s, 0, ["deck", "start"]).drafts
    p = np.zeros((2, len(ROLES)), np.float32)
    p[[0, 1], [ROLES.index("deck"), ROLES.index("start")]] = 0.9
    assert d.headless and d.has_head and thread.lost_pieces([d], p) == []


def test_a_piece_with_a_deck_is_not_given_away_without_it() -> None:
    text = "–ကကကကကက㐀䀀ကࠀ新华社䆐㗀0月0日电欰态护旤ကက取怀　　㛤氫幷(上接第版)ကက新华社ကࠀက日电欰态护旤ကက　　　　ࠀ氫幷"
    done = clean_issue([Source("p.txt", text, "0" * 64)])
    account(done.ledger[0], text, {r["id"]: r for r in done.records})


@pytest.mark.parametrize(
    "head",
    [
        ["全省排球联赛第8轮", "江城队客场受挫 一比三负于平川", "主教练称“输在一传”"],
        ["前三季度工业数据公布", "全市用电增长6.3% 新兴产业“挑大梁”见效", "专家：四季度有望继续回升"],
    ],
)
def test_a_line_inside_a_head_is_no_article_of_its_own(head: list[str]) -> None:
    """Figures and a blank made the middle line look like the page's own, and it stood as an article's only paragraph."""
    body = [
        "　　本报江城11月5日电（记者郭",
        "强）今天下午，市体育馆内四千名",
        "观众目睹了一场令人沮丧的失利：",
        "排名第三的主队不敌客队，名次下",
        "降到第五。",
    ]
    body += [
        "　　比赛开始后客队连得七分，主队",
        "两次叫停都没有止住势头。主教练",
        "赛后说，队员的一传整场都不到位",
        "，拦网也没有发挥出应有的水平。",
    ]
    records = clean("\n".join(["第3版 综合 1995年11月6日", *head, *body]) + "\n")
    assert ["".join(r["headline"].split()) for r in records if r["headline"]] == ["".join("".join(head).split())]
    assert len(records) == 1 and len(records[0]["paragraphs"]) == 2


def test_the_tail_of_another_story_below_the_foot_of_a_page_is_a_fragment() -> None:
    page = """江城日报 2004年5月18日 星期二

# 市民盼来新书店

本报讯（记者李文）城南第一家二十四小时书店昨日开张，市民周女士带着孩子赶来，在童书区一坐就是一个下午。

书店负责人说，今后每周六晚上将请作家来店里与读者见面，座位不收费，也不用预约。

本版编辑 梁冰 电话：85771111

的师傅也表示，仓库里的旧账一定要在月底以前清理完毕，决不把问题带到下一个季度去。
"""
    story, tail = clean(page)
    assert story["headline"] == "市民盼来新书店" and len(story["paragraphs"]) == 2
    assert tail["kind"] == "fragment" and tail["text"].startswith("的师傅也表示")
    # a sentence that the foot of the page stands in goes on below it
    (whole,) = clean(page.replace("座位不收费，也不用预约。", "座位不收费，负责接待").replace("# 市民", "市民"))
    assert "负责接待的师傅也表示" in whole["text"]
    # a row of stars is no foot: what stands below it is of the same article
    stars = page.replace("本版编辑 梁冰 电话：85771111", "＊＊＊")
    assert [r["kind"] for r in clean(stars)] == ["article"]


def test_a_heading_inside_a_text_without_indents_is_no_part_of_the_paragraph_below() -> None:
    # 9 characters to the line, every line full but for last lines and headings
    text = [
        "本报讯（记者李文）县农机站从去年秋天开始为各乡修理农具，到上个月为止一共修好水泵三百多台，播种机八十多台，群众都说这件事办得及时。",
        "修理要赶在春耕前",
        "站里的师傅告诉记者，他们把全县分成六片，每片派两个人带着零件下去，谁家的机器坏了就在谁家的院子里修，修好了当场试车。",
        "过去农民进城修一台水泵来回要走两天，耽误了农活不说，还要花不少路费，如今坐在家里等着就行，零件也只收成本价钱。",
        "钱要花在刀刃上",
        "县里今年拨出的款子不多，农机站算了又算，先买最要紧的零件，旧件能用的洗干净接着用，一年下来节省了将近两万块钱。",
        "买零件的账目每个月贴在门口的墙上，哪一天花了多少钱，买了什么，用在哪个村的哪台机器上，谁来看都看得明白。",
        "邻县的农机站派人来看了两天，回去以后也照着做，先修本县东边山区的水泵，那里的地今年旱得厉害，等着用水。",
        "站长说，明年打算在六个片各设一个固定的修理点，再从各乡挑选一批年轻人来学手艺，让每个村都有自己的修理师傅。",
    ]
    width = 9
    closing = "，。"
    lines: list[str] = []
    for paragraph in text:
        here = 0
        while here < len(paragraph):
            end = here + width
            while end < len(paragraph) and paragraph[end] in closing:
                end -= 1
            lines.append(paragraph[here:end])
            here = end
    (record,) = clean("\n".join(["农机站送修理到田头", *lines]) + "\n")
    assert record["paragraphs"][1:] == text[1:]
