"""Pieces that lost their place find their articles again."""

from __future__ import annotations

import numpy as np
import pytest

from bench.quality.compose import compose
from bench.quality.score import sources_of
from qingyang import plain, thread
from qingyang.evidence import gather
from qingyang.issue import clean_issue
from qingyang.ledger import account
from qingyang.lines import Sheet, read_lines
from qingyang.precedence import Decided
from qingyang.records import Source
from qingyang.roles import ROLES, weigh
from qingyang.split import Draft
from qingyang.thread import CONTEXT, FEATURES, context, cut, doubtful, evidence, likeness, standing_out, trusted

_STORIES = {
    "我市加强安全生产监督": [
        "本报北京3月4日讯 记者王建国报道：各级人民政府应当加强对安全生产工作的领导，支持、督促各有关部门依法履行",
        "安全生产监督管理职责，建立健全安全生产协调机制，及时协调、解决安全生产监督管理中存在的重大问题。",
        "乡镇人民政府应当按照职责，加强对本行政区域内生产经营单位安全生产状况的监督检查。",
    ],
    "森林资源保护有新规": [
        "本报北京3月4日讯 记者李小明报道：森林资源属于国家所有，由法律规定属于集体所有的除外。国家采取财政、税收、",
        "金融等方面的措施，支持森林资源保护发展。各级人民政府应当保障森林生态保护修复的投入，促进林业发展。",
        "国家建立森林生态效益补偿制度，加大公益林保护支持力度，完善森林生态保护。",
    ],
    "消费者权益保护有法可依": [
        "本报北京3月4日讯 记者陈志强报道：企业开展经营活动应当遵守法律，不得损害消费者的合法权益。商品价格由经营者",
        "依照价格法律自主制定，消费者有权知悉其购买、使用的商品或者接受的服务的真实情况，有权自主选择提供商品的",
        "经营者，自主决定购买或者不购买任何一种商品。",
    ],
}
WIDTH, DEEP = 14, 4


def _in_columns() -> tuple[str, list[str]]:
    """Stories one below the other, each over several columns; read column by column, as OCR reads them. And the roles."""
    texts = {head: "".join(text) for head, text in _STORIES.items()}
    lines = {head: [text[i : i + WIDTH] for i in range(0, len(text), WIDTH)] for head, text in texts.items()}
    out: list[str] = []
    roles: list[str] = []
    for column in range(0, max(map(len, lines.values())), DEEP):
        for head, story in lines.items():
            piece = story[column : column + DEEP]
            out += piece if column else [head, *piece]
            roles += [*(["headline", "start"] if not column else ["resume"]), *["continue"] * (len(piece) - 1)][: len(piece) + (not column)]
    return "\n".join(out) + "\n", roles


def _probable(roles: list[str], p: float = 0.97) -> np.ndarray:
    out = np.full((len(roles), len(ROLES)), (1 - p) / (len(ROLES) - 1), np.float32)
    out[np.arange(len(roles)), [ROLES.index(r) for r in roles]] = p
    return out


def test_stories_read_column_by_column_are_put_together() -> None:
    text, roles = _in_columns()
    sheet = read_lines(Source("p01.txt", text, ""))
    assert len(sheet) == len(roles)
    p = _probable(roles)
    page = thread.thread(sheet, gather(sheet), p, cut(sheet, 0, roles, p))
    found = {sheet.unit(d.headline[0][1]): "".join(sheet.unit(k) for para in d.paragraphs for _, k in para) for d in page.drafts}
    assert found == {head: "".join(text) for head, text in _STORIES.items()}
    assert {d["rule"] for d in page.decisions} == {"thread.resume"}


def test_links_that_come_in_turn_speak_for_one_that_does_too() -> None:
    """A1 B1 C1 A2 B2 C2: where A and C are known, B1 goes on with B2 (it reaches as far), not the other way about."""
    q = np.full((3, 7), 0.01, np.float32)  # the pieces 3, 4 and 5; six pieces and none
    q[0, 0] = q[2, 2] = 0.9
    c = context([3, 4, 5], q, np.array([0, -1, 2]), np.eye(6, dtype=np.float32))
    in_turn, in_step = (c[1, :, CONTEXT.index(name)] for name in ("in_turn", "in_step"))
    assert in_turn[1] > in_turn[[0, 2, 3]].max() + 0.2 and in_step[1] > 1.5 > in_step[[0, 2, 3]].max() + 1


def test_what_stands_after_something_else_is_asked_for_once_more() -> None:
    roles = ["headline", "start", "continue", "caption", "continue", "continue", "continue"]
    p = _probable(roles)
    p[5] = _probable(["continue"], 0.7)
    assert doubtful(roles, p) == {0, 3, 4, 5}
    lines = [
        "小麦丰收",
        "　　今年我省小麦丰收，比上年增产",
        "一成以上，农民收入也",
        "图为农民收割小麦。",
        "有了提高，生活比去年",
        "好得多了，今年的秋粮",
        "也长势喜人。",
    ]
    text = "\n".join(lines) + "\n"
    sheet = read_lines(Source("p01.txt", text, ""))
    drafts = cut(sheet, 0, roles, p).drafts
    assert [d.first[1] for d in drafts] == [0, 4, 5] and [d.doubtful for d in drafts] == [False, True, True]
    # after a caption a piece may begin a text of its own; right below the text above it goes on with something
    assert trusted(gather(sheet), p, drafts, [1, 2]).tolist() == [False, True]


def test_a_note_is_no_text_of_its_own() -> None:
    lines = ["小麦丰收", "　　今年我省小麦丰收。", "（附图片1张）", "（记者从有关部门获悉）农民收入有了提高，", "生活好得多了。"]
    sheet = read_lines(Source("p01.txt", "\n".join(lines) + "\n", ""))
    roles = ["headline", "start", "start", "start", "continue"]
    p = _probable(roles, 0.5)
    p[[1, 4]] = _probable(["start", "continue"])
    p[:, [ROLES.index("resume"), ROLES.index("other")]] = 0.001
    drafts = cut(sheet, 0, roles, p).drafts
    assert [d.first[1] for d in drafts] == [0, 2, 3]
    assert trusted(gather(sheet), p, drafts, [1, 2]).tolist() == [True, False]
    p[0, ROLES.index("other")] = 0.5  # where text stands in the wrong order, what is right above says little
    assert trusted(gather(sheet), p, drafts, [1, 2]).tolist() == [False, False]


def test_a_piece_right_below_goes_on_as_the_roles_have_it_that_go_on() -> None:
    at = {r: ROLES.index(r) for r in ROLES}
    p = np.zeros(len(ROLES), np.float32)
    p[at["resume"]], p[at["start"]], p[at["continue"]], p[at["other"]] = 0.6, 0.25, 0.1, 0.05
    assert not thread._inside(p, True) and thread._inside(p, False)


@pytest.mark.parametrize("profile", ["lines+medium", "blocks", "disorder"])
def test_nothing_is_lost_where_every_line_is_doubted(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "SURE", 2.0)
    monkeypatch.setattr(thread, "TRUST", 2.0)
    monkeypatch.setattr(thread, "HEADED", 2.0)
    sources = sources_of(compose(900_003, profile=profile, pages=3))
    cleaned = clean_issue(sources)
    records = {r["id"]: r for r in cleaned.records}
    for source, entry in zip(sources, cleaned.ledger, strict=True):
        account(entry, source.text, records)
    assert any(d["rule"].startswith("thread.") for entry in cleaned.ledger for d in entry["decisions"])


def test_more_pieces_than_can_be_asked_for_stay_as_the_network_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    text, roles = _in_columns()
    sheet = read_lines(Source("p01.txt", text, ""))
    p = _probable(roles, 0.7)
    assert any(d.doubtful for d in cut(sheet, 0, roles, p).drafts)
    monkeypatch.setattr(thread, "MOST", 5)
    assert not any(d.doubtful for d in cut(sheet, 0, roles, p).drafts)


def test_seams_of_many_pages_are_known_as_those_of_each_alone() -> None:
    """To the last bit: what a page comes to must not hang on the pages beside it."""
    asked = []
    for text in compose(905_021, profile="disorder", pages=4).pages:
        sheet = read_lines(Source("p.txt", text, ""))
        X = gather(sheet)
        roles, p = weigh([X])[0]
        drafts = cut(sheet, 0, Decided(roles, p).hear(plain.see(roles, p, X)).roles, p).drafts
        asked.append(thread.asked(sheet, X, p, drafts, thread.lost_pieces(drafts, p)))
    assert sum(len(page.wanted) > 1 and page.open_end.any() for page in asked) > 1
    for page, together in zip(asked, thread.said_of(asked), strict=True):
        for a, b in zip(together, thread.said_of([page])[0], strict=True):
            assert a.shape == b.shape and a.tobytes() == b.tobytes()


def _pieces(*texts: str) -> tuple[Sheet, list[Draft]]:
    """Texts of one line each, every one a piece without a head."""
    sheet = read_lines(Source("p01.txt", "\n\n".join(texts) + "\n", ""))
    return sheet, [Draft(0, paragraphs=[[(0, k)]], headless=True, mid=k > 0, first=(0, k), last=(0, k)) for k in range(len(sheet))]


def test_texts_without_a_pair_in_common_are_not_alike_however_long() -> None:
    han = ["".join(chr(c) for c in range(a, a + 1200)) for a in (0x4E00, 0x5400, 0x5A00)]
    sheet, drafts = _pieces(han[0], han[1], han[2] + han[0][:40])
    alike = likeness(sheet, drafts)
    assert alike[0, 1] == alike[1, 2] == 0 and alike[0, 2] > 0
    assert np.array_equal(alike, alike.T) and not np.diag(alike).any()


def test_pieces_without_words_are_like_nothing() -> None:
    sheet, drafts = _pieces("12345", "……")
    assert not likeness(sheet, drafts).any() and np.isfinite(standing_out(likeness(sheet, drafts))).all()


def test_what_all_pieces_of_a_page_share_says_little() -> None:
    """Two pieces that are as alike as any two of their page say nothing; where nothing else is alike, the same likeness says much."""
    alike = np.zeros((4, 4), np.float32)
    alike[0, 1] = alike[1, 0] = 0.05
    everywhere = np.full((4, 4), 0.05, np.float32)
    np.fill_diagonal(everywhere, 0)
    assert abs(standing_out(everywhere)[0, 1]) < 1e-6
    assert standing_out(alike)[0, 1] > 1 > 0 > standing_out(alike)[2, 3]


def test_the_words_across_a_seam_tell_where_a_piece_goes_on() -> None:
    sheet, drafts = _pieces(
        "会议强调必须坚持从严治党，高举邓小平理论伟", "该市去年全面完成了各项生产任务，年产量达", "大旗帜，把各项工作做得更好。"
    )
    p = np.full((3, len(ROLES)), 0.01, np.float32)
    p[:, ROLES.index("resume")] = 0.87
    pairs, _ = evidence(sheet, gather(sheet), p, drafts, [2], standing_out(likeness(sheet, drafts)))
    reads = pairs[0, :, FEATURES.index("mid_reads")]
    assert reads[0] > 1 > reads[1] and pairs[0, :, FEATURES.index("mid_reads_best")].tolist() == [pytest.approx(0.88), 0, 0]


def _with_a_scrap(scrap: str, sure: float) -> tuple[Sheet, list[str], np.ndarray]:
    """A story with what recognition took for a headline within it."""
    text, roles = _in_columns()
    first = text.split("\n")[: roles.index("headline", 1)]
    at = len(first)
    rest = ["金融等方面的措施，支持森林", "资源保护发展。各级人民政府", "应当保障森林生态保护修复的"]
    lines = [*first, scrap, *rest]
    mine = [*roles[:at], "headline", "start", "continue", "continue"]
    p = _probable(mine)
    p[at] = _probable(["headline"], sure)
    return read_lines(Source("p01.txt", "\n".join(lines) + "\n", "")), mine, p


def test_a_scrap_that_the_network_half_takes_for_a_headline_may_stand_within_a_story() -> None:
    for sure, lost in ((0.45, True), (0.95, False)):
        sheet, roles, p = _with_a_scrap("浇", sure)
        drafts = cut(sheet, 0, roles, p).drafts
        assert [d.has_head for d in drafts] == [True, True]
        assert (1 in thread.lost_pieces(drafts, p)) == lost


def test_what_was_no_head_stays_in_the_text() -> None:
    d = Draft(0, kicker=[(0, 1)], headline=[(0, 2), (0, 3)], paragraphs=[[(0, 4)], [(0, 5)]], subheads={1})
    thread._without_head(d)
    assert d.paragraphs == [[(0, 1)], [(0, 2), (0, 3)], [(0, 4)], [(0, 5)]] and d.subheads == {0, 1, 3}
    assert d.headless and not d.has_head and not d.mid


def test_words_alone_make_a_seam_plain() -> None:
    """规 | 划纲要 goes on from nothing else, and nothing else goes on from it; where two fit alike, neither is plain."""
    known = thread.Known(
        belongs=np.array([[9.0, -2.0, -1.0], [0.0, 1.0, 0.5], [-1.0, 8.0, 8.0]], np.float32),
        reads=np.array([[12.0, 0.5, 0.2], [0.0, 2.0, 1.0], [1.0, 9.0, 9.0]], np.float32),
    )
    plain = thread.plainly(known)
    assert plain[0, 0] > 4 and np.count_nonzero(plain) == 1
    alone = thread.plainly(thread.Known(known.belongs[:1, :1], known.reads[:1, :1]))
    assert alone[0, 0] == plain[0, 0]


def test_a_plain_seam_outweighs_the_piece_right_above() -> None:
    pairs = np.zeros((1, 3, len(FEATURES)), np.float32)
    pairs[0, 2, 0] = -99
    pairs[0, 1, FEATURES.index("next_piece")] = 1
    w = np.zeros(len(FEATURES), np.float32)
    w[FEATURES.index("next_piece")], w[0] = 3, 1
    nothing = np.zeros((1, 1), np.float32)
    some = np.zeros(1, bool)
    v = np.zeros(1, np.float32)
    assert thread.choose(pairs, nothing, w, v, some)[1].tolist() == [1]
    plain = np.array([[5.0, 0, 0]], np.float32)
    assert thread.choose(pairs, nothing, w, v, some, 0.0, plain)[1].tolist() == [0]
