"""Rows of figures: every figure on a record that has it, and on one that has not."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from qingyang import metrics
from qingyang.scripts import Converter
from qingyang.sentences import split
from qingyang.words import Segmenter, words_record

# People's Daily, 25 November 2020, page 2
SPEECH = [
    "同志们：",
    "第一，大力弘扬劳模精神、劳动精神、工匠精神。“不惰者，众善之师也。”在长期实践中，我们培育形成了爱岗敬业、争创一流、艰苦奋斗、勇于创新、淡泊名利、甘于奉献的劳模精神。",
    "社会主义是干出来的，新时代是奋斗出来的。这次受到表彰的全国劳动模范和先进工作者，是千千万万奋斗在各行各业劳动群众中的杰出代表。",
]


def record(**changes: Any) -> Any:
    """An article as the sample page gives it, with changes; ``text`` follows ``paragraphs`` unless it is given."""
    out: dict[str, Any] = {
        "id": "8f14e45fceea167a-0",
        "kind": "article",
        "headline": "在全国劳动模范和先进工作者表彰大会上的讲话",
        "kicker": None,
        "deck": None,
        "byline": "习近平",
        "authors": ["习近平"],
        "dateline": None,
        "agency": "新华社",
        "place": "北京",
        "sign_off": "（新华社北京11月24日电）",
        "date": "2020-11-24",
        "publication": "人民日报",
        "issue_date": "2020-11-25",
        "page": "2",
        "paragraphs": list(SPEECH),
        "text": "",
        "lang": "zh-Hans",
        "continued_from": None,
        "continued_on": None,
        "complete": True,
        "parts": [{"source": "人民日报/2020-11-25/02.txt", "page": "2", "start": 0, "end": 200}],
        "flags": [],
        "source": "人民日报/2020-11-25/02.txt",
        "created": "2020-11-25",
        "metadata": {"docdate": "（2020年11月24日）"},
        "checks": {"verdict": "pass", "failed": []},
    }
    out.update(changes)
    if "text" not in changes:
        out["text"] = "\n".join(out["paragraphs"])
    return out


def fragment(**changes: Any) -> Any:
    """The headless end of the German call: a fragment of the same page."""
    base: dict[str, Any] = {
        "kind": "fragment",
        "headline": None,
        "byline": None,
        "authors": [],
        "sign_off": None,
        "date": None,
        "paragraphs": ["默克尔表示，德方愿同中方加强对话，推动德中、欧中关系取得新的更大发展。"],
        "continued_from": {"page": "1", "id": None},
        "complete": False,
    }
    return record(**{**base, **changes})


def words(rec: Any) -> dict[str, Any]:
    """A word view of single characters: what it says must join, whatever cut it."""
    out = []
    for k, paragraph in enumerate(rec["paragraphs"]):
        out += [{"para": k, "start": a, "end": b, "words": list(paragraph[a:b])} for a, b in split(paragraph)]
    return {"id": rec["id"], "engine": "jieba", "sentences": out}


CONVERTERS = {name: Converter(name) for name in ("zh-Hant", "zh-Hant-HK")}


def variants(rec: Any) -> dict[str, Any]:
    return {name: converter.convert(rec) for name, converter in CONVERTERS.items()}


def part(source: str, start: int, end: int) -> dict[str, Any]:
    return {"source": source, "page": None, "start": start, "end": end}


def test_a_row_is_flat_and_has_the_same_keys_for_everybody() -> None:
    shares = {"removed": 0.1, "jump.continued-on": 2.0}
    full = metrics.row(record(), words=words(record()), variants=variants(record()), ledger_share=shares)
    bare = metrics.row(fragment(paragraphs=[], metadata={}))
    assert list(full) == list(bare)
    assert all(isinstance(v, str | int | float | bool | None) for row in (full, bare) for v in row.values())
    json.dumps([full, bare])


def test_characters_counted_together_are_as_counted_alone() -> None:
    some = [
        record(),
        fragment(paragraphs=[], metadata={}),
        record(paragraphs=["哈" * 7, "锟斤拷\ufffd", "１２3 ab"], headline="…" * 9),
        record(),
    ]
    assert metrics.characters(some) == [metrics.characters([each])[0] for each in some]
    assert [each["longest_run"] for each in metrics.characters(some)] == [0, 0, 7, 0]
    assert metrics.characters([]) == []


def test_a_good_article_has_nothing_to_complain_of() -> None:
    row = metrics.row(record(), words=words(record()), variants=variants(record()), ledger_share={"removed": 0.1})
    nothing = ("control_characters", "zero_width_characters", "jump_lines", "furniture", "datelines", "lone_brackets", "lone_quotes",
               "broken_ends", "broken_starts", "untrimmed_paragraphs", "repeated_paragraphs", "longest_run", "han_blanks", "half_width",
               "replacement_characters", "private_characters", "compatibility_characters", "odd_authors", "over_budget",
               "variants_simplified_only")  # fmt: skip
    assert {name: row[name] for name in nothing if row[name]} == {}
    yes = ("text_joined", "parts_ok", "complete_consistent", "date_valid", "words_join", "variants_same_structure", "accounted")
    assert all(row[name] is True for name in yes)
    assert (row["paragraphs"], row["sentences"], row["shortest_paragraph"]) == (3, 6, 4)
    assert row["characters"] == len(record()["text"])
    assert row["good_ends_share"] == 1.0
    assert row["days_after_issue"] == -1
    assert row["han_share"] > 0.85
    assert row["issue"] == "人民日报 2020-11-25"


def test_a_stitched_article_stands_on_all_its_pages() -> None:
    parts = [part("a", 0, 9) | {"page": "1"}, part("b", 0, 9) | {"page": "4"}, part("b", 20, 29) | {"page": "4"}]
    assert metrics.row(record(parts=parts))["page"] == "1,4"
    assert metrics.row(record(parts=[part("a", 0, 9)]))["page"] is None


def test_the_row_leaves_the_record_alone() -> None:
    before = record()
    after = deepcopy(before)
    metrics.row(after, words=words(after), variants=variants(after))
    assert after == before


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("control_characters", 1, {"paragraphs": ["劳动\x07最光荣。"]}),
        ("control_characters", 1, {"headline": "劳动\x00最光荣"}),
        ("control_characters", 0, {"paragraphs": ["甲\t乙。"]}),
        ("zero_width_characters", 2, {"paragraphs": ["劳\u200b动\ufeff最光荣。"]}),
        ("replacement_characters", 1, {"paragraphs": ["劳\ufffd最光荣。"]}),
        ("replacement_characters", 2, {"paragraphs": ["锟斤拷动最光荣。"]}),
        ("private_characters", 1, {"paragraphs": ["\ue001动最光荣。"]}),
        ("compatibility_characters", 2, {"paragraphs": ["⼈⺠最光荣。"]}),
        ("compatibility_characters", 0, {"paragraphs": ["﨎﨏是字。"]}),
        ("jump_lines", 1, {"paragraphs": ["明天将继续讨论。", "（下转第四版）"]}),
        ("jump_lines", 1, {"headline": "上接A1版"}),
        ("jump_lines", 0, {"paragraphs": ["旅客可在石家庄（下转车）换乘。（相关报道见第四版）"]}),
        ("furniture", 1, {"paragraphs": ["4  经济    人民日报    2024年4月22日 星期一", "劳动最光荣。"]}),
        ("furniture", 0, {"paragraphs": ["体育", "劳动最光荣。"]}),
        ("datelines", 1, {"paragraphs": ["新华社北京11月24日电　国家主席习近平11月24日同德国总理默克尔通电话。"]}),
        ("datelines", 0, {"paragraphs": ["新华社记者在现场看到，电梯已经修好。"]}),
        ("longest_run", 12, {"paragraphs": ["目录============第四版。"]}),
        ("longest_run", 0, {"paragraphs": ["他沉默了…………————一共1000000元。"]}),
        ("han_blanks", 2, {"paragraphs": ["张 三　李四。"]}),
        ("han_blanks", 0, {"paragraphs": ["GDP 增长。", "中国。"]}),
        ("half_width", 2, {"paragraphs": ["劳动,光荣!奋斗。"]}),
        ("half_width", 0, {"paragraphs": ["比分3:2，增长1,000人。"]}),
        ("untrimmed_paragraphs", 2, {"paragraphs": [" 劳动。", "", "光荣。"]}),
        ("repeated_paragraphs", 1, {"paragraphs": [SPEECH[2], SPEECH[0], SPEECH[2], SPEECH[0]]}),
        ("text_joined", False, {"text": "同志们：" + SPEECH[1]}),
        ("text_joined", False, {"paragraphs": ["同志\n们：", "劳动。"]}),
        ("parts_ok", False, {"parts": []}),
        ("parts_ok", False, {"parts": [part("a", 5, 5)]}),
        ("parts_ok", False, {"parts": [part("a", 0, 9), part("a", 8, 12)]}),
        ("parts_ok", True, {"parts": [part("b", 8, 12), part("a", 0, 9)]}),
        ("date_valid", False, {"date": "2020-11-31"}),
        ("date_valid", False, {"date": "2020-1-3"}),
        ("date_valid", None, {"date": None}),
        ("days_after_issue", 366, {"date": "2021-11-26"}),
        ("days_after_issue", None, {"issue_date": None}),
        ("complete_consistent", False, {"complete": False}),
        ("complete_consistent", False, {"continued_on": {"page": "4", "id": None}}),
        ("complete_consistent", True, {"continued_on": {"page": "4", "id": None}, "complete": False}),
        ("complete_consistent", True, {"continued_on": {"page": "4", "id": "x"}}),
        ("odd_authors", 2, {"authors": ["习近平", "上接第一版", "今天，我们隆重召开大会"]}),
        ("odd_authors", 0, {"authors": ["安格拉·默克尔", "中共中央", "国务院", "本报评论员", "Mark Wang", "李舸"]}),
        ("good_ends_share", None, {"paragraphs": []}),
        ("headline_length", 0, {"headline": None}),
        ("issue", "unknown unknown", {"publication": None, "issue_date": None}),
    ],
)  # fmt: skip
def test_figures(name: str, value: Any, changes: dict[str, Any]) -> None:
    assert metrics.row(record(**changes))[name] == value


@pytest.mark.parametrize(
    ("brackets", "quotes", "text"),
    [
        (0, 0, "他说：“中德合作好！”默克尔（德国总理）表示同意。"),
        (0, 1, "他说：“中德合作好！默克尔表示同意。"),
        (1, 0, "默克尔（德国总理表示同意。"),
        (1, 0, "默克尔德国总理）表示同意。"),
        (0, 0, "他指出：\n“第一，要实干。\n“第二，要创新。\n“第三，要团结。”"),
        (0, 1, "他指出：\n“第一，要实干。\n“第二，要创新。\n“第三，要团结。"),
        (0, 2, "他说“好“，又说”很好”。"),
        (0, 0, "有两条：1）实干；2）创新；（三）团结。"),
        (0, 0, "1)实干；\n二）创新；\nA）团结。"),
        (0, 0, "答案（A、B），另见(3)和（a）。"),
        (1, 0, "同意1995年的办法）。"),
        (0, 0, "’97—’98全国排球联赛；’97政治经济学研究点评"),
        (0, 0, "《〈资本论〉导读》出版"),
        (1, 0, "《资本论导读出版"),
        (0, 0, "the workers’ club, it’s ’98"),
        (0, 0, "（新华社北京11月24日电)"),
        (0, 2, "“‘十四五’规划“"),
    ],
)
def test_lone_marks(brackets: int, quotes: int, text: str) -> None:
    assert metrics.lone_marks(text) == (brackets, quotes)


def test_a_part_may_close_what_the_missing_head_opened_and_leave_open_what_the_tail_closes() -> None:
    head, tail = "他说：“中德合作好！", "中欧合作也好！”他说。"
    assert metrics.lone_marks(head) == (0, 1)
    assert metrics.lone_marks(head, tail_missing=True) == (0, 0)
    assert metrics.lone_marks(tail) == (0, 1)
    assert metrics.lone_marks(tail, head_missing=True) == (0, 0)
    assert metrics.lone_marks(tail + tail, head_missing=True) == (0, 1)


def test_a_fragment_that_no_jump_line_leads_to_is_incomplete_all_the_same() -> None:
    assert metrics.row(fragment())["complete_consistent"] is True
    assert metrics.row(fragment(continued_from=None))["complete_consistent"] is True
    assert metrics.row(fragment(complete=True))["complete_consistent"] is False


def test_a_paragraph_that_breaks_off_is_told_from_subheads_and_lists() -> None:
    broken = SPEECH[1][:-12]
    assert metrics.row(record(paragraphs=[broken, SPEECH[2]]))["broken_ends"] == 1
    assert metrics.row(record(paragraphs=["我国正处于实现伟大复兴的关键时期，", SPEECH[2]]))["broken_ends"] == 1
    assert metrics.row(record(paragraphs=["他说：“", SPEECH[2]]))["broken_ends"] == 1
    assert metrics.row(record(paragraphs=["从黄土，从历史，", SPEECH[2]]))["broken_ends"] == 0
    assert metrics.row(record(paragraphs=["●" + broken, SPEECH[2]]))["broken_ends"] == 0
    assert metrics.row(record(paragraphs=[SPEECH[2] + "———编者", SPEECH[2]]))["broken_ends"] == 0
    assert metrics.row(record(paragraphs=["劳动最光荣", SPEECH[2]]))["broken_ends"] == 0
    names = "张三、李四、王五、赵六、孙七、周八、吴九、郑十、冯一、陈二、褚三、卫四、蒋五"
    assert metrics.row(record(paragraphs=[names, SPEECH[2]]))["broken_ends"] == 0


def test_the_seam_to_a_missing_part_is_no_broken_paragraph() -> None:
    assert metrics.row(record(paragraphs=["，为党分忧。", "’97中国旅游年是一次宣传。", "”他说。"]))["broken_starts"] == 2
    on = {"continued_on": {"page": "4", "id": None}, "complete": False}
    assert metrics.row(record(paragraphs=[SPEECH[2], SPEECH[1][:-12]]))["broken_ends"] == 1
    assert metrics.row(record(paragraphs=[SPEECH[2], SPEECH[1][:-12]], **on))["broken_ends"] == 0
    assert metrics.row(fragment(paragraphs=["，推动德中关系发展。", "，更大发展。"]))["broken_starts"] == 1


def test_text_in_the_wrong_encoding_is_rarer_than_any_prose() -> None:
    text = "".join(SPEECH)
    plain = metrics.row(record())["han_rarity"]
    traditional = metrics.row(variants(record())["zh-Hant"])["han_rarity"]
    names = "耿飚、姬鹏飞、阙端麟、王务迪、范多富、游碧竹、冉冉、婷婷、邓亚萍、孙雯、惠若琪、袁心玥、龚翔宇" * 2
    assert plain < 7.5
    assert traditional < 8
    assert metrics.row(record(paragraphs=[names]))["han_rarity"] < 9.9
    for bad in (text.encode().decode("gb18030", "ignore"), text.encode("gb18030").decode("big5", "ignore")):
        assert metrics.row(record(headline=None, byline=None, authors=[], sign_off=None, paragraphs=[bad]))["han_rarity"] > 10.5
    assert metrics.row(record(headline=None, byline=None, authors=[], sign_off=None, paragraphs=["霰弹枪麝香蟾蜍"]))["han_rarity"] is None


def test_words_that_do_not_join_back() -> None:
    rec = record()
    assert metrics.row(rec)["words_join"] is None
    for spoil in (
        lambda w: w["sentences"][0]["words"].pop(),
        lambda w: w["sentences"].pop(),
        lambda w: w["sentences"].append(w["sentences"][0]),
        lambda w: w["sentences"][1].update(start=1),
        lambda w: w["sentences"][1].update(para=9),
        lambda w: w["sentences"][1].update(pos=["n"]),
        lambda w: w.update(id="other"),
    ):
        view = words(rec)
        spoil(view)
        assert metrics.row(rec, words=view)["words_join"] is False


def test_words_that_another_engine_cuts_otherwise() -> None:
    view = {"id": "x", "engine": "rjieba", "sentences": [{"para": 0, "start": 0, "end": 6, "words": ["全国", "劳动模范"]}]}
    other = {"id": "x", "engine": "jieba", "sentences": [{"para": 0, "start": 0, "end": 6, "words": ["全国", "劳动", "模范"]}]}
    rec = record(paragraphs=["全国劳动模范"])
    assert metrics.row(rec, words=view)["words_differing"] is None
    assert metrics.row(rec, words=view, reference=view)["words_differing"] == 0.0
    assert metrics.row(rec, words=view, reference=other)["words_differing"] == 0.6667
    assert metrics.row(rec, words=other, reference=view)["words_differing"] == 0.5


def test_a_reference_of_the_first_paragraphs_is_held_against_these_alone() -> None:
    rec = record(paragraphs=["全国劳动模范。先进工作者。", "小麦丰收。"])
    ours = words_record(rec, Segmenter())
    theirs = words_record(rec, Segmenter(), paragraphs=1)
    assert [sentence["para"] for sentence in theirs["sentences"]] == [0, 0]
    assert metrics.row(rec, words=ours, reference=theirs)["words_differing"] == 0.0
    theirs["sentences"][1]["words"] = ["先", "进", "工", "作", "者", "。"]
    cut = [word for sentence in theirs["sentences"] for word in sentence["words"]]
    assert metrics.row(rec, words=ours, reference=theirs)["words_differing"] == round(5 / len(cut), 4)


def test_a_traditional_form_of_another_structure() -> None:
    rec = record()
    for spoil in (
        lambda v: v.update(id="other"),
        lambda v: v["paragraphs"].pop(),
        lambda v: v["paragraphs"].append(""),
        lambda v: v.update(text=v["text"] + "。"),
        lambda v: v.update(headline=None),
        lambda v: v.update(authors=[]),
        lambda v: v.update(parts=[]),
        lambda v: v.update(continued_on={"page": "4", "id": None}),
    ):
        forms = variants(rec)
        spoil(forms["zh-Hant-HK"])
        row = metrics.row(rec, variants=forms)
        assert (row["variants_same_structure"], row["variants_worst"]) == (False, "zh-Hant-HK")


def test_budgets_come_from_the_rules_and_else_from_the_share_of_the_page() -> None:
    def entry(rule: str, hits: int, length: int) -> dict[str, Any]:
        pieces = [["keep", 0, 1000 - hits * length, 0, 0]]
        pieces += [["remove", 0, length, rule, "版" * length] for _ in range(hits)]
        return {"pieces": pieces}

    shares = metrics.ledger_share([entry("layout.rest", 1, 300), entry("layout.rest", 1, 10)])
    assert shares == {"layout.rest": 1.2, "removed": 0.3}
    row = metrics.row(record(), ledger_share=shares)
    assert (row["removed_share"], row["over_budget"], row["over_budget_rules"]) == (0.3, 1, "layout.rest")
    row = metrics.row(record(), ledger_share=shares, over_budget=metrics.excess(entry("layout.rest", 1, 300)))
    assert row["over_budget_rules"] == "layout.rest removed 300 of 1,000 characters, its budget is 250 (page_budget = 1.2 would allow it)"
    assert metrics.ledger_share([{"pieces": [["remove", 0, 30, "layout.rest", "版" * 30]]}]) == {}
    assert metrics.ledger_share([{"source": "x", "error": "not text"}]) == {}
    blanks = {"pieces": [["keep", 0, 500, 0, 0], ["remove", 500, 1500, "layout.blank", " " * 1000]]}
    assert metrics.ledger_share([blanks]) == {"removed": 0.0}


@pytest.mark.parametrize(
    ("kept", "removed", "rule", "said"),
    [
        # a front page: folio, contents, telephone and credits are a quarter of it
        (349, [120], "furniture.page", []),
        (430, [5], "jump.to-be-continued", []),
        (430, [5, 5, 5], "jump.to-be-continued", ["jump.to-be-continued was found 3 times in 445 characters, its budget is 2"]),
        (200, [250], "furniture.page", ["furniture.page removed 250 of 450 characters, its budget is 200"]),
        (700, [300], "furniture.page", ["furniture.page removed 300 of 1,000 characters, its budget is 250"]),
        # one find is within the rule's own budget, but is half of the page
        (500, [500], "jump.to-be-continued", ["jump.to-be-continued removed 500 of 1,000 characters, its budget is 250"]),
    ],
)
def test_a_short_page_has_its_furniture_and_a_rule_that_eats_a_page_is_caught(
    kept: int, removed: list[int], rule: str, said: list[str]
) -> None:
    entry = {"pieces": [["keep", 0, kept, 0, 0], *(["remove", 0, n, rule, "版" * n] for n in removed)]}
    assert [each.partition(" (page_budget")[0] for each in metrics.excess(entry)] == said
    assert [r for r, share in metrics.page_share(entry).items() if share > 1] == ([rule] if said else [])
    assert metrics.excess(entry, times=3) == []
