"""Columns that a converter set line beside line are read in their turn; everything else is left as it stands."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import pytest
from test_papers import pages, printed

from qingyang import clean
from qingyang.assignment import assigned
from qingyang.issue import clean_issue
from qingyang.ledger import account
from qingyang.lines import read_lines, read_pages
from qingyang.records import Source
from qingyang.scattered import _in_rows

# the Government Work Report of 2023, three passages, as three columns
LEFT = (
    "过去五年极不寻常、极不平凡。在以习近平同志为核心的党中央坚强领导下，我们经受了世界变局加快演变、新冠疫情冲击、国内经"
    "济下行等多重考验，如期打赢脱贫攻坚战，如期全面建成小康社会，实现第一个百年奋斗目标，开启向第二个百年奋斗目标进军新征"
    "程。"
)
MIDDLE = (
    "各地区各部门坚持以习近平新时代中国特色社会主义思想为指导，深刻领悟“两个确立”的决定性意义，增强“四个意识”、坚定“"
    "四个自信”、做到“两个维护”，全面贯彻党的十九大和十九届历次全会精神，深入贯彻党的二十大精神，坚持稳中求进工作总基调"
    "。"
)
RIGHT = (
    "经济发展再上新台阶。国内生产总值增加到一百二十一万亿元，五年年均增长百分之五点二，十年增加近七十万亿元、年均增长百分"
    "之六点二，在高基数基础上实现了中高速增长、迈向高质量发展。财政收入增加到二十点四万亿元。"
)


def column(text: str, width: int = 13) -> list[str]:
    return [text[k : k + width] for k in range(0, len(text), width)]


def across(*texts: str) -> list[list[str]]:
    return [[x for x in row if x] for row in zip_longest(*map(column, texts), fillvalue="")]


def read(page: str) -> list[str]:
    sheet = read_lines(Source("p", page, ""))
    return [page[a:b] for a, b in zip(sheet.starts, sheet.ends, strict=True)]


ROWS = across(LEFT, MIDDLE, RIGHT)


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("\n".join(" ".join(row) for row in ROWS), (LEFT, MIDDLE, RIGHT)),
        ("\n\n".join(line for row in ROWS for line in row), (LEFT, MIDDLE, RIGHT)),
        ("\n".join(line for row in ROWS for line in row), (LEFT, MIDDLE, RIGHT)),
    ],
    ids=["side by side in one line", "every line a block of its own", "lines that alternate"],
)
def test_columns_are_read_one_after_another(page: str, texts: tuple[str, ...]) -> None:
    got = "".join(read(page + "\n"))
    assert sorted(got) == sorted("".join(texts))
    wanted = [a + b for text in texts for a, b in zip(column(text), column(text)[1:], strict=False)]
    assert sum(pair in got for pair in wanted) >= 0.9 * len(wanted)


def test_pages_read_together_are_read_as_each_alone() -> None:
    rows = [" ".join(row) for row in ROWS]
    each = [line for row in ROWS for line in row]
    pages = ["\n".join(rows), "\n".join(column(LEFT)), "\n\n".join(each), "", "小麦丰收", "\n".join(each), "\n\n".join(column(RIGHT))]
    together = read_pages([Source(str(k), page, "") for k, page in enumerate(pages)])
    assert [[sheet.unit(k) for k in range(len(sheet))] for sheet in together] == [read(page) for page in pages]
    assert [sheet.row is not None for sheet in together] == [True, False, True, False, False, True, False]


@pytest.mark.parametrize(
    "page",
    [
        "\n".join(column(LEFT) + column(MIDDLE)),
        "\n\n".join(column(LEFT) + column(MIDDLE)),
        "\n\n".join(["李  舸", "张三丰", "王小二", "赵四海", "钱五常", "孙六合"] * 5),
        "\n\n".join(s + "。" for s in (LEFT + MIDDLE + RIGHT).replace("。", "，").split("，") if s),
    ],
    ids=["lines in order", "lines in order, parted by empty lines", "names", "sentences"],
)
def test_lines_in_order_stay_in_order(page: str) -> None:
    assert read(page) == [line.strip() for line in page.split("\n") if line.strip()]


SIDE_BY_SIDE = [" ".join(row) for row in ROWS[:9]]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (
            "必 须 坚 持 人 民 至 上 ， 坚 推动经济社会持续健康发展完 善宏观经济治理体系建设全国",
            ["必 须 坚 持 人 民 至 上 ， 坚", "推动经济社会持续健康发展完", "善宏观经济治理体系建设全国"],
        ),
        ("新发展。 推动经济社会持续健康发展完", ["新发展。", "推动经济社会持续健康发展完"]),
        ("问。 推动经济社会持续健康发展完", ["问。", "推动经济社会持续健康发展完"]),
        ("比上年增加的部分达到80% 推动经济社会持续健康发展完", ["比上年增加的部分达到80%", "推动经济社会持续健康发展完"]),
        ("国产的手机和传呼机，包括BP 推动经济社会持续健康发展完", ["国产的手机和传呼机，包括BP", "推动经济社会持续健康发展完"]),
        ("必 须 坚 持 人 民 至 上 坚", ["必 须 坚 持 人 民 至 上 坚"]),
        ("李 鹏 作 政 府 工 作 报 告 118.9 万 人", ["李 鹏 作 政 府 工 作 报 告 118.9 万 人"]),
    ],
    ids=[
        "letter-spaced beside others",
        "a short last line",
        "a shorter one",
        "after a percentage",
        "after Latin letters",
        "letter-spaced",
        "with a number",
    ],
)
def test_a_line_is_parted_where_its_columns_are(line: str, pieces: list[str]) -> None:
    assert sorted(p for p in read("\n".join([*SIDE_BY_SIDE, line])) if p in line) == sorted(pieces)


def test_few_lines_of_two_columns_are_parted_on_a_page_that_alternates() -> None:
    alone = [line for row in ROWS for line in row]
    page = [*alone[:12], " ".join(alone[12:14]), *alone[14:24], " ".join(alone[24:26]), *alone[26:]]
    assert sorted(read("\n".join(page))) == sorted(alone)
    headline = "国务院召开会议 研究当前经济工作"
    assert headline in read("\n".join([headline, *page]))


def test_nothing_is_lost_on_a_scattered_page() -> None:
    page = "\n\n".join(line for row in ROWS for line in row) + "\n"
    done = clean_issue([Source("a/1.txt", page, "0" * 64, publication="新报", page="1")])
    account(done.ledger[0], page, {r["id"]: r for r in done.records})
    texts = "".join("".join(r["paragraphs"]) for r in done.records)
    assert sum(texts.count(c) for c in set(page) if c.strip()) >= 0.98 * sum(page.count(c) for c in set(page) if c.strip())


def test_traditional_columns_too() -> None:
    from opencc import OpenCC

    texts = [OpenCC("s2t").convert(t) for t in (LEFT, MIDDLE, RIGHT)]
    got = "".join(read("\n\n".join(line for row in across(*texts) for line in row)))
    wanted = [a + b for text in texts for a, b in zip(column(text), column(text)[1:], strict=False)]
    assert sum(pair in got for pair in wanted) >= 0.9 * len(wanted)


def test_an_assignment_is_the_best_there_is() -> None:
    from itertools import permutations

    rng = np.random.default_rng(3)
    for _ in range(40):
        odds, alone = rng.normal(0, 3, (5, 5)), rng.normal(0, 1, 5)
        got = assigned(odds, np.tile(np.arange(5), (5, 1)), alone)
        taken = got[got >= 0].tolist()
        assert len(set(taken)) == len(taken)
        value = sum(odds[i, j] if j >= 0 else alone[i] for i, j in enumerate(got))
        best = max(sum(max(odds[i, j], alone[i]) for i, j in enumerate(p)) for p in permutations(range(5)))
        assert best - 0.06 <= value <= best + 1e-9


def test_rows_in_step_are_found() -> None:
    odds = np.full((30, 8), -3.0)
    odds[4:, 3] = 1.0
    for j in range(8):
        odds[j, j:] = -99.0
    assert _in_rows(odds).tolist() == [-1] * 4 + list(range(26))


DAM = [
    "三峡大坝全线到顶",
    "　　本报宜昌2006年5月20日电　记者龚达发报道：今天14时，三峡大坝右岸大坝最后一仓混凝土浇筑完毕，大坝全线建成，达到海拔185米设计高程。",
    "　　三峡大坝全长2309.5米，混凝土浇筑总量达1610万立方米，是世界上规模最大的混凝土重力坝。工程于1994年12月14日正式开工，到2006年"
    "5月20日全线到顶，历时11年半。",
    "　　三峡总公司负责人说，2009年工程将全部竣工，届时年发电量847亿千瓦时。咨询电话：0717-6762114，网址www.ctgpc.com.cn。",
]


@pytest.mark.parametrize("width", [7, 8, 9, 10, 12])
def test_one_narrow_column_full_of_numbers_is_not_taken_for_several(width: int) -> None:
    lines = [line.strip() for text in DAM for line in column(text, width)]
    assert [text.strip() for text in read("\n".join(lines) + "\n")] == lines


ARTICLES = [
    # Constitution of the People's Republic of China, articles 33 to 37 and 42
    "凡具有中华人民共和国国籍的人都是中华人民共和国公民。中华人民共和国公民在法律面前一律平等。",
    "中华人民共和国年满十八周岁的公民，不分民族、种族、性别、职业、家庭出身、宗教信仰、教育程度、财产状况、居住期限，都有选举权和被选举权。",
    "中华人民共和国公民有言论、出版、集会、结社、游行、示威的自由。",
    "中华人民共和国公民有宗教信仰自由。任何国家机关、社会团体和个人不得强制公民信仰宗教或者不信仰宗教。",
    "中华人民共和国公民的人身自由不受侵犯。任何公民，非经人民检察院批准或者决定或者人民法院决定，并由公安机关执行，不受逮捕。",
    "中华人民共和国公民有劳动的权利和义务。",
]
TENS = ["二十一", "二十二", "二十三", "二十四", "二十五", "二十六", "二十七", "二十八", "二十九", "三十一", "三十二", "三十三"]


@pytest.mark.parametrize("width", [12, 14, 18, 24])
@pytest.mark.parametrize("label", ["第{}条　", "第{}條  ", "  第{}章  ", "甲方第{}号答　"])
def test_what_stands_behind_the_number_of_an_article_is_no_column(label: str, width: int) -> None:
    texts = [label.format(number) + text for number, text in zip(TENS, ARTICLES + ARTICLES[::-1], strict=True)]
    lines = [line.strip() for text in texts for line in column("　　" + text, width)]
    assert "".join(read("\n".join(lines) + "\n")).split() == "".join(lines).split()


@pytest.mark.parametrize("setting", ["indented", "flush"])
@pytest.mark.parametrize("name", ["county", "hktab", "literary"])
def test_a_short_page_in_order_is_not_taken_for_columns_that_alternate(name: str, setting: str) -> None:
    """Some thirty lines, many of them the ends of short stories, read worse than a long page; they are not shuffled for that."""
    page = next(page for page in pages() if page.name == name)
    text, at = printed(page, setting), 0
    for line in read(text):
        assert text[at:].strip("\u3000 \n《（").startswith(line[:2]) or line in text[at:], line
        at = text.index(line, at) + len(line)


LETTERS = (
    "滨江晚报 1983年7月15日 星期五 第三版",
    "读者来信",
    "这样的“便民”不便民",
    "　　编辑同志：",
    "　　我厂门口的副食店门上写着“便民",
    "服务，早六点开门”。可是我连着去了",
    "四天，没有一天七点以前见到过营业员。",
    "上星期三，二十多位下夜班的工人提着",
    "篮子在雨里站了五十分钟，等来的是一",
    "张“今日盘点”的纸条。",
    "　　我们不是要求售货员不休息，只是",
    "希望写在门上的话能够算数。",
    "第二棉纺织厂细纱车间 周桂芳",
    "候车亭的玻璃谁来擦",
    "　　解放路五个候车亭，春天刚刚装上",
    "玻璃，现在有三个碎了，剩下的贴满了",
    "治疗脚气的广告。电车公司说归市容管，",
    "市容办公室说归电车公司管。乘客只好",
    "不管，打着伞等车。",
    "读者 马国良",
    "关于“谷雨酥”价格的答复",
    "　　七月二日贵报刊登了顾客批评我店",
    "“谷雨酥”短斤少两的来信，我店立即",
    "召开了职工会。经查，确系装盒工人图",
    "省事，用旧盒装新货所致。现已将当班",
    "人员扣发当月奖金，并对该批点心重新",
    "过秤。欢迎广大顾客继续监督。",
    "老同和食品商店经理室",
    "一把钥匙送了三里路",
    "　　六月二十八日傍晚，我在人民公园",
    "丢了一串钥匙，急得满头大汗。卖冰棍",
    "的刘大娘在长椅下面拾到以后，看见上",
    "面有我们机床厂的号牌，步行三里送到",
    "传达室，连口水也没有喝就走了。我借",
    "晚报一角，向这位素不相识的老人说一",
    "声谢谢。",
    "机床厂 赵永年",
    "编者的话",
    "　　最近收到反映夏令商品供应的来信",
    "一百四十多件，限于篇幅不能一一刊登，",
    "已分别转给有关部门处理。来信请写清",
    "真实姓名和单位，发表时可以用笔名。",
    "编者",
    "夏夜小景",
    "田 禾",
    "竹床摆成了一条河，",
    "蒲扇摇出满天的星。",
    "谁家的半导体忽然响了，",
    "全巷子都静下来听。",
    "自行车牌照换发完毕",
    "　　本报讯 历时两个月的自行车牌照",
    "换发工作昨日结束，全市共换发牌照四",
    "十一万三千余副。公安局交通处提醒市",
    "民，八月一日起旧牌照一律作废。",
)
"""Short letters one under another; none of its lines goes on elsewhere."""


def test_letters_one_under_another_are_not_taken_for_columns() -> None:
    text = "".join("".join(("\n".join((r["headline"] or "", *r["paragraphs"]))).split()) for r in clean("\n".join(LETTERS) + "\n"))
    found = [at for line in LETTERS if len(line) > 9 and (at := text.find(line.strip()[1:8])) >= 0]
    assert len(found) > 25 and found == sorted(found)
