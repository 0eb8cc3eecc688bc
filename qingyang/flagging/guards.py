"""Where the language table must not be trusted: names of people, foreign names, numerals, strings of old or playful Chinese.

A mask says for each word of a paragraph whether it may belong to a name. It is generous: a name wrongly suspected is
worse than an error missed beside one.
"""

from __future__ import annotations

from functools import lru_cache

from qingyang.fields import surnames
from qingyang.flagging.language import Language, is_han

NUMERALS = frozenset("〇零○一二三四五六七八九十百千万亿两几第多")
TITLES = frozenset(
    "记者 通讯员 书记 主席 总统 总理 市长 省长 部长 局长 处长 厅长 厂长 校长 院长 所长 经理 总经理 董事长 教授 同志 先生 女士 主任 委员 代表 大使 司令 司令员 政委 上校 少将 中将 上将"
    " 大校 教练 队员 选手 村民 农民 职工 工人 演员 导演 作家 诗人 画家 学者 专家 研究员 院士 工程师 博士 硕士 秘书长 会长 理事长 社长 主编 编辑 摄 摄影 供稿 作者 名叫 叫 站长 队长 镇长 县长"
    " 乡长 区长 村长 支书 党委书记 副书记 副主席 副主任 副市长 副省长 外长 首相 议长 国王 发言人 老师 学生 同学 医生 护士 司机 战士 民警 老人 青年 女 男 编剧 女工 妻子 丈夫 儿子 女儿"
    " 父亲 母亲 弟弟 哥哥 姐姐 妹妹 比如 例如 毕业生 烈士 英雄 模范 个体户 业主 老板 班长 排长 连长 营长 团长 旅长 师长 军长 院士 法官 律师 会计 记者站 球员 队医 门将 后卫 前锋".split()
)
PERSONAL = frozenset(t for t in TITLES if t[-1] in "长员记者席任手士师理人相使统督王将帅") | {"副委员长", "委员长", "大使", "书记", "教授"}
"""Titles after which single characters spell a name, whatever its family name."""
_BEFORE = frozenset("、，。（“”：；\u3000 和与及同跟》·？！—…\x02")
_AFTER = frozenset(
    "摄 说 等 同志 先生 女士 教授 摄影 报道 、 ， ） ( ) 。 \x02 和 与 及 告诉 介绍 表示 认为 指出 强调 在 的 为 是 任 主任 书记 市长 ： ； （ 也 就 又 对 从 把 以 将 已 · 》 ” 一 老人 一家 主编 代表 主席"
    " 主持 夫妇 夫人 出席 会见 一行 著 编 主笔 烈士 老师 医生 \u3000".split()
)
_NEVER_GIVEN = frozenset("的了在是和与也就都把被从对为不有将已要会能很更最到向以说着过及或等其之所而且但则若因于个这那哪")
STRONG = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪姜范谭廖邹熊陆郝孔崔康毛邱秦史顾侯邵孟段雷钱汤尹黎易乔贺赖龚樊殷陶洪翟颜倪严"
    "牛温芦季俞葛聂丛焦柳邢岳齐梅莫庄辛祁耿詹凌费靳盛甄裴席鲍覃霍翁隋甘柏宁柯阮桂闵解柴冉辜刁瞿戚滕晋苑邬臧廉简娄盖穆燕郎邸冀肖韦佟栾郜晏闫付"
)
"""Characters that stand alone in a text hardly ever but as a family name."""


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    single, double = surnames()
    return single | double


def names(words: list[str], language: Language, *, cut_off: bool = False) -> list[bool]:
    """For each word, whether it may be part of a person's or a foreign name; ``cut_off`` tells that text stands before.

    >>> from qingyang.flagging.language import language
    >>> cut = language().cut("市公安局局长刘志娇告诉记者")
    >>> [w for w, m in zip(cut, names(cut, language())) if m]
    ['刘', '志', '娇']
    """
    family = _surnames()
    n = len(words)
    mask = [False] * n
    single = [len(w) == 1 and is_han(w) for w in words]
    for k, word in enumerate(words):
        if len(word) > 1:
            if word in language.people:
                mask[k] = True
            if word in PERSONAL:
                for x in range(k + 1, min(n, k + 4)):
                    if not single[x] or words[x] in _NEVER_GIVEN:
                        break
                    mask[x] = True
        if not is_han(word):
            if word in "·•":
                _spread(words, mask, k)
            continue
        alone = word in family
        if not alone and not (len(word) == 2 and word[0] in family):
            continue
        before = words[k - 1] if k else "" if cut_off else "\x02"
        introduced = before in TITLES or before in _BEFORE or (len(before) > 1 and before[-1] in "长员记者席任家手士师授")
        for given in (1, 2):
            length, e = 0, k
            while length < (given if alone else 1) and e + 1 < n and is_han(words[e + 1]):
                e += 1
                length += len(words[e])
            if length != (given if alone else 1) or any(words[x] in _NEVER_GIVEN for x in range(k + 1, e + 1)):
                continue
            after = words[e + 1] if e + 1 < n else "\x02"
            if introduced and (after in _AFTER or after in TITLES or before in TITLES or before in "、（"):
                mask[k : e + 1] = [True] * (e + 1 - k)
        if word in STRONG and not mask[k]:
            mask[k] = True
            for x in (k + 1, k + 2):
                if x >= n or words[x] in _NEVER_GIVEN or not (single[x] or (x == k + 1 and len(words[x]) == 2 and is_han(words[x]))):
                    break
                mask[x] = True
                if len(words[x]) == 2:
                    break
    k = 0
    while k < n:
        e = k
        while e < n and is_han(words[e]) and all(c in language.foreign for c in words[e]):
            e += 1
        if sum(map(len, words[k:e])) >= 3 and any(single[k:e]):
            mask[k:e] = [True] * (e - k)
        k = max(e, k + 1)
    return mask


def _spread(words: list[str], mask: list[bool], dot: int) -> None:
    """Marks the Han words on both sides of the dot inside a foreign name."""
    for step in (-1, 1):
        x, length = dot + step, 0
        while 0 <= x < len(words) and is_han(words[x]) and length < 5 and words[x] not in _NEVER_GIVEN:
            mask[x] = True
            length += len(words[x])
            x += step
