"""Damage as recognition does it: rows in, rows out, with every surviving character still knowing its string.

Strengths are drawn per issue: some pages lose a full stop here and there, others their headlines. Nothing here looks at
what a row means except where print does: large type and rules fail in other ways than body text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log
from random import Random

from bench.quality.compose.reading import Row
from bench.quality.compose.sheet import Run

ALIKE_GROUPS = (
    "未末 土士 己已巳 日曰目 人入八 大太犬 天夫无 干千于 王玉主 贝见 儿几 力刀 厂广 田由甲申 戊戌戍 冶治 侯候 待侍 折拆析 拔拨 晴睛情 末来 农衣 "
    "今令 问间闻 口囗 白自 免兔 鸟乌 名各 何向 刺剌 幻幼 壶壹 荼茶 享亨 西酉 洒酒 失矢 木本术 生主 工王 了子孑 小少 午牛 万方 元无 历厉 压庄 书节 专传 "
    "为力 办为 习刁 马鸟 车东 长氏 风凤 开升 井并 户尸 斤斥 月用 氏民 丹舟 勿匆 乌鸟 仓仑 化比 北此 立主 半平 头买 汉叹 宁字 永水冰 皮破 丝纟 动劲 场扬 "
    "协胁 在左 有右 存仔 成戎戒 划刘 同回 吃吸 因困 则侧 网冈 年午 先光 廷延 任住 伟韦 优忧 件伴 价介 份分 伤饬 会全 合台 各备 多夕 壮状 产严 决次 "
    "亥刻 充允 问同 关美 米来 州洲 兴六 军车 农表 设没 访仿 寻导 尽昼 异导 阳阴 收牧 防访 如奴 好奸 戏欢 观规 红江 约药 级极 纪记 驰弛 进讲 远运 违迟 "
    "坏环 技枝 护炉 批此 走定 攻巧 折析 抓爪 抗坑 投没 护沪 却脚 声产 芬苏 花化 严产 劳芳 材村 杨扬 极级 李季 更便 束来 豆登 两雨 医区 还坏 歼纤 来米 连莲 "
    "坚竖 时对 吴昊 县具 里黑 员贝 听所 围国 邮油 男另 困因 吨盹 别到 岗刚 财材 针什 钉针 告吉 我找 利和 秀季 私和 每海 兵丘 估佑 何河 但担 伸仲 作件 伯佰 "
    "领顿 位拉 低底 住佳 身射 近进 返远 余佘 希布 坐座 谷容 邻今 肝肚 肠场 龟电 免兔 角用 条务 卵卯 岛鸟 迎迫 系糸 言音 冻冲 状壮 况祝 床庆 应庄 这过 冷令 "
    "序予 弃奔 冶治 忘忌 间问 判利 兑党 灶炷 弟第 汪江 沙砂 汽气 沃沾 泛乏 沟构 没设 沉沈 快决 完宏 宋未 宏宠 牢军 灾杰 良艮 证征 启后 评坪 补朴 社杜 识积 诉拆 "
    "词问 君群 灵录 即郎 层尽 尾毛 迟退 改政 张涨 际标 陆际 阿问 陈阵 附付 妙沙 妨防 努奴 忍忽 劲功 鸡鸿 驱区 纯钝 纱沙 纳纹 纵纷 驶驳 纷粉 纸纺"
).split()
ALIKE: dict[str, str] = {}
for _g in ALIKE_GROUPS:
    for _c in _g:
        ALIKE[_c] = ALIKE.get(_c, "") + _g.replace(_c, "")
COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"  # fmt: skip
STOP = re.compile("[。，、；：？！“”‘’（）《》()—·…％%]")
HAN = re.compile("[\u4e00-\u9fff]")
DIGIT_EDGE = re.compile(r"(?<=[0-9０-９])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff，。])(?=[0-9０-９])")
SPECKS = "·.,'`-_~^*|/\\:;°"


@dataclass(slots=True)
class Strength:
    alike: float = 0.0
    any: float = 0.0
    drop: float = 0.0
    double: float = 0.0
    stop_lost: float = 0.0
    stop_wrong: float = 0.0
    quote_lost: float = 0.0
    quote_wrong: float = 0.0
    bracket: float = 0.0
    half: float = 0.0
    """share of stops in half width; 1.0 = the engine writes all of them so"""
    half_kinds: str = "，。：；（）？！"
    blank: float = 0.0
    latin_gap: bool = False
    digit: float = 0.0
    split: float = 0.0
    split_digit: float = 0.0
    merge: float = 0.0
    lose_row: float = 0.0
    head_break: float = 0.0
    head_lose: float = 0.0
    spaced: float = 0.0
    """share of body lines whose characters stand apart"""
    garbage: float = 0.0
    gap_more: float = 0.0
    gap_less: float = 0.0
    indent_lost: float = 0.0
    swap: float = 0.0
    edge: float = 0.0
    """share of lines that lose a character or two at either end"""


def strength(rng: Random, level: str) -> Strength:
    r = rng
    if level == "none":
        return Strength(spaced=r.choice((0.0, 0.0, 0.0, 0.01, 0.05)))
    if level == "errors":
        return Strength(alike=0.001, any=0.001, drop=0.001, double=0.0007, swap=0.0003)
    f = {"light": r.uniform(0.1, 0.5), "medium": r.uniform(0.5, 1.2), "heavy": r.uniform(1.2, 2.6)}[level]

    def some(p: float, chance: float = 0.7) -> float:
        return p * f * r.uniform(0.3, 1.7) if r.random() < chance else 0.0

    kinds = r.choice(("，。：；（）？！", "：；（）？！", "（）：", "，：；（）", "（）"))
    return Strength(
        alike=some(0.008), any=some(0.006), drop=some(0.005), double=some(0.001, 0.4), stop_lost=some(0.07), stop_wrong=some(0.05), quote_lost=some(0.12),
        quote_wrong=some(0.15), bracket=some(0.08), half=r.choice((0.0, 0.0, 0.05, 0.3, 1.0)), half_kinds=kinds, blank=some(0.004), latin_gap=r.random() < 0.2,
        digit=some(0.02), split=some(0.008), split_digit=r.choice((0.0, 0.0, 0.02, 0.08, 0.25)) * min(f, 1.5), edge=some(0.02, 0.4), merge=some(0.008, 0.5), lose_row=some(0.004, 0.5), head_break=some(0.25), head_lose=some(0.10),
        spaced=some(0.02, 0.3), garbage=some(0.012), gap_more=some(0.02), gap_less=some(0.1), indent_lost=r.choice((0.0, 0.1, 1.0)), swap=some(0.0005, 0.3),
    )  # fmt: skip


def damaged(rows: list[Row], rng: Random, s: Strength) -> list[Row]:
    """The rows as recognition delivers them."""
    out: list[Row] = []
    for row in rows:
        if row.role in ("title", "kicker", "subtitle"):
            x = rng.random()
            if x < s.head_lose:
                continue
            if x < s.head_lose + s.head_break:
                row = headless(row, rng)
                if row is None:
                    continue
        elif s.lose_row and rng.random() < s.lose_row and len(row.runs) == 1:
            continue
        if s.edge and rng.random() < s.edge:
            n, run = rng.choice((1, 1, 2)), row.runs[0] if rng.random() < 0.5 else row.runs[-1]
            if len(run.text) > 5:
                if run is row.runs[0]:
                    run.text, run.at = run.text[n:], run.at + n
                else:
                    run.text = run.text[:-n]
        for run in row.runs:
            run.text = worn(run.text, rng, s)
        if s.indent_lost and rng.random() < s.indent_lost:
            row.indent = 0
        if row.gap and rng.random() < s.gap_less:
            row.gap = False
        elif not row.gap and rng.random() < s.gap_more:
            row.gap = True
        if s.spaced and rng.random() < s.spaced:
            for run in row.runs:
                run.text = " ".join(run.text)
        if s.merge and out and rng.random() < s.merge and row.role == out[-1].role == "body":
            out[-1].runs += [Run(rng.choice((" ", "", "  ", "|")), -1, 0), *row.runs]
            continue
        out += pieces(row, rng, s)
        if s.garbage and rng.random() < s.garbage:
            out.append(Row([Run(garbage(rng), -2, 0)], rng.random() < 0.5, 0, "furniture"))
    return out


def headless(row: Row, rng: Random) -> Row | None:
    """Large type is cut, thinned out or turned to rubbish."""
    for run in row.runs:
        t = run.text
        way = rng.random()
        if way < 0.35 and len(t) > 3:
            a = rng.randint(0, len(t) // 2)
            b = rng.randint(a + 1, len(t))
            run.text, run.at = t[a:b], run.at + a
        elif way < 0.75:
            p = rng.uniform(0.1, 0.6)
            run.text = "".join(c for c in t if rng.random() > p)
        else:
            run.text = "".join(rng.choice(COMMON) if rng.random() < 0.5 else c for c in t)
    row.runs = [x for x in row.runs if x.text.strip()]
    return row if row.runs else None


def garbage(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return "".join(rng.choice(SPECKS) for _ in range(rng.randint(1, 6)))
    if kind < 0.75:
        return "".join(rng.choice(COMMON + SPECKS * 3) for _ in range(rng.randint(1, 8)))
    return " ".join("".join(rng.choice("abcdefghilmnorstuvwyCEFIJLOST017") for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 4)))


def pieces(row: Row, rng: Random, s: Strength) -> list[Row]:
    """A row, or its parts where recognition breaks it: after numbers, or anywhere."""
    if not (s.split or s.split_digit) or sum(len(x.text) for x in row.runs) < 6:
        return [row]
    rows = [row]
    for _ in range(3):
        last = rows[-1]
        k = next((k for k, x in enumerate(last.runs) if x.sid >= 0 and len(x.text) > 3), None)
        if k is None:
            break
        run = last.runs[k]
        at = 0
        if s.split_digit:
            spots = [m.start() for m in DIGIT_EDGE.finditer(run.text) if 0 < m.start() < len(run.text)]
            spots = [p for p in spots if rng.random() < s.split_digit]
            at = spots[0] if spots else 0
        chance = s.split * (1 if len(run.text) < 60 else len(run.text) / 60)
        if not at and rng.random() < chance:
            at = rng.randint(1, len(run.text) - 1)
        if not at:
            break
        tail = Run(run.text[at:], run.sid, run.at + at)
        rest = last.runs[k + 1 :]
        del last.runs[k + 1 :]
        run.text = run.text[:at]
        rows.append(Row([tail, *rest], rng.random() < 0.2, 0, row.role))
    return rows


def sites(n: int, p: float, rng: Random) -> list[int]:
    """Positions hit when each of ``n`` is hit with probability ``p``; costs the hits only."""
    if p <= 0 or n == 0:
        return []
    out = []
    k = -1
    scale = log(1 - min(p, 0.95))
    while True:
        k += 1 + int(log(1 - rng.random()) / scale)
        if k >= n:
            return out
        out.append(k)


HALVES = {"，": ",", "。": ".", "：": ":", "；": ";", "（": "(", "）": ")", "？": "?", "！": "!", "、": ","}


def worn(text: str, rng: Random, s: Strength) -> str:
    """One run with its characters damaged."""
    cs: list[str] | None = None
    n = len(text)
    for k in sites(n, s.alike, rng):
        cs = cs or list(text)
        cs[k] = rng.choice(ALIKE.get(text[k]) or text[k])
    for k in sites(n, s.any, rng):
        cs = cs or list(text)
        if HAN.match(text[k]):
            cs[k] = rng.choice(COMMON)
    for k in sites(n, s.drop, rng):
        cs = cs or list(text)
        cs[k] = ""
    for k in sites(n, s.double, rng):
        cs = cs or list(text)
        cs[k] = text[k] * 2
    for k in sites(n, s.blank, rng):
        cs = cs or list(text)
        cs[k] += rng.choice((" ", " ", "  ", rng.choice(SPECKS)))
    for k in sites(n - 1, s.swap, rng):
        cs = cs or list(text)
        cs[k], cs[k + 1] = cs[k + 1], cs[k]
    if cs is not None:
        text = "".join(cs)
    if s.stop_lost or s.stop_wrong or s.quote_lost or s.quote_wrong or s.bracket or s.half:

        def stop(m: re.Match[str]) -> str:
            c = m[0]
            x = rng.random()
            if c in "“”‘’":
                if x < s.quote_lost:
                    return ""
                if x < s.quote_lost + s.quote_wrong:
                    return rng.choice(('"', '"', "“", "”", "〈", "〉", "《", "'", "‘", "’", "″", "”", "“", "w", "「", "『"))
                return c
            if c in "（）()《》":
                if x < s.bracket:
                    return rng.choice("() 〔〕[]CJ1】【《》「") if rng.random() < 0.8 else ""
            elif x < s.stop_lost:
                return rng.choice(("", "", "", " "))
            elif x < s.stop_lost + s.stop_wrong:
                return rng.choice({"。": ".，,、。o,”；", "，": ".,、。；·", "、": ".,，`“", "；": ":：,，;", "：": ":;；", "—": "一-~_", "·": ".•、", "…": "-.·"}.get(c, ",.'"))
            if s.half and c in s.half_kinds and (s.half >= 1 or rng.random() < s.half):
                return HALVES.get(c, c)
            return c

        text = STOP.sub(stop, text)
    if s.digit:
        text = re.sub("[0-9]", lambda m: rng.choice("lIioOZzB|S7183?") if rng.random() < s.digit else m[0], text)
    if s.latin_gap:
        text = re.sub(r"(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])", " ", text)
    return text
