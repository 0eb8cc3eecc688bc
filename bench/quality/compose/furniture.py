"""What stands on a page and belongs to no article: nameplate, folio, editors, telephone, index, prices.

Forms are those of printed papers of eight decades; names, numbers and addresses are made up.
"""

from __future__ import annotations

from random import Random

from bench.quality.compose.style import WEEKDAYS, Style
from bench.quality.compose.words import Speech, han_number

SEPS = ("  ", "　", " ", "    ", "　　", " | ", "·", " / ", "  ")
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
ENGLISH = ("DAILY", "EVENING NEWS", "TIMES", "MORNING POST", "RIBAO", "WANBAO", "NEWS")


def week(st: Style) -> str:
    return st.rng.choice(("星期", "星期", "星期", "周", "礼拜")) + WEEKDAYS[st.date.weekday()]


def lunar(sp: Speech, rng: Random, year: int) -> str:
    pair = STEMS[(year - 4) % 10] + BRANCHES[(year - 4) % 12]
    day = f"{pair}年{rng.choice(('正', '二', '三', '四', '五', '六', '七', '八', '九', '十', '冬', '腊'))}月{sp.pick('lunar_day')}"
    return (
        rng.choice(("农历", "夏历", ""))
        + day
        + (rng.choice((" ", "　", "")) + sp.pick("lunar_day") + sp.pick("term") if rng.random() < 0.2 else "")
    )


def date_line(st: Style, sp: Speech, rng: Random) -> str:
    d = st.date
    plain = st.long_date(0)
    forms = (
        f"{plain}{rng.choice(SEPS)}{week(st)}",
        f"{week(st)}{rng.choice(SEPS)}{plain}",
        f"{plain}{week(st)}",
        plain,
        f"{d.year}.{d.month}.{d.day} {week(st)}",
        f"{d.year}年{d.month:02d}月{d.day:02d}日 {week(st)}",
        f"{plain}　{week(st)}　{lunar(sp, rng, d.year)}",
        f"{d.year}-{d.month:02d}-{d.day:02d}",
        f"公元{plain}{rng.choice(SEPS)}{lunar(sp, rng, d.year)}",
        f"{d.month}月{d.day}日 {week(st)}",
    )
    return forms[st.habit("date_line", len(forms), (30, 12, 8, 10, 6, 6, 8, 4, 4, 4))]


def serial(st: Style, rng: Random) -> str:
    n, p = st.serial, st.pages
    return rng.choice(
        (
            f"第{n}期{rng.choice(SEPS)}今日{p}版",
            f"第{n}期",
            f"第{n}号",
            f"总第{n}期",
            f"今日{p}版",
            f"今日{han_number(p)}版",
            f"第{n}期(今日{han_number(p)}版)",
            f"第{n}期（代号{rng.randint(1, 70)}—{rng.randint(1, 99)}）",
            f"NO.{n}",
            f"今日{p}版 总第{n}期",
            f"本期{p}版",
        )
    )


def imprint(st: Style, sp: Speech, rng: Random) -> list[tuple[str, str]]:
    """Registration, publisher, price, telephone: (text, kind)."""
    a, b = rng.randint(11, 65), f"{rng.randint(1, 120):04d}"
    site = rng.choice(("jzrb", "news", "daily", "wanbao", "paper", "dsb", "people"))
    phone = f"0{rng.randint(10, 999)}{rng.choice('-—－ ')}{rng.randint(2000000, 88999999)}"
    pool = [
        (
            rng.choice(
                (
                    f"国内统一连续出版物号{rng.choice((' ', '：', ''))}CN {a}-{b}",
                    f"国内统一刊号：CN{a}-{b}",
                    f"国内统一刊号:CN{a}-{b} 邮发代号:{rng.randint(1, 70)}-{rng.randint(1, 99)}",
                    f"CN{a}—{b}",
                    f"全国统一刊号CN{a}－{b}",
                )
            ),
            "cn",
        ),
        (
            rng.choice((f"邮发代号：{rng.randint(1, 70)}-{rng.randint(1, 99)}", f"邮发代号{rng.randint(1, 70)}－{rng.randint(1, 99)}")),
            "post",
        ),
        (
            rng.choice(
                (
                    f"网址：http://www.{site}.com.cn",
                    f"www.{site}.cn",
                    f"{st.paper}网：www.{site}.com",
                    f"http://paper.{site}.com.cn",
                    f"电子信箱：{site}@{rng.choice(('263.net', '163.com', 'sina.com'))}",
                    f"本报网址 {site}.cn",
                )
            ),
            "web",
        ),
        (
            rng.choice(
                (
                    f"{st.paper}社出版",
                    f"{st.paper}社出版  代号{rng.randint(1, 70)}－{rng.randint(1, 99)}",
                    f"{st.paper}社编辑出版",
                    f"{sp.pick('province')}日报报业集团主管主办",
                    f"中共{sp.pick('city')}市委机关报",
                    f"{st.paper}社　社址：{sp.pick('city')}{sp.pick('county')}路{rng.randint(1, 300)}号",
                    "主管主办：" + sp.pick("firm"),
                )
            ),
            "publisher",
        ),
        (
            rng.choice(
                (
                    f"新闻热线：{phone}",
                    f"新闻热线:{phone}",
                    f"热线电话 {phone}",
                    f"24小时新闻热线 {phone}",
                    f"读者热线：{phone}",
                    f"广告热线 {phone}",
                )
            ),
            "phone",
        ),
        (
            rng.choice(
                (
                    "零售每份0.50元",
                    "每份零售壹元",
                    "零售1元",
                    "定价：1.00元",
                    "每月定价24.00元　零售每份0.60元",
                    "本报零售价：每份五分",
                    "每份人民币三百元",
                )
            ),
            "price",
        ),
        (
            rng.choice(
                (
                    f"今日天气 {sp.pick('city')} 晴转多云 {rng.randint(-9, 30)}～{rng.randint(0, 36)}℃",
                    f"天气预报　今天白天到夜间　晴转多云　偏北风三四级　最高气温{rng.randint(0, 36)}℃",
                )
            ),
            "weather",
        ),
        (f"{sp.pick('latin')} {rng.choice(ENGLISH)}", "latin"),
        (rng.choice(("扫码下载客户端", "扫描二维码 关注本报微信", "官方微博　官方微信　客户端", "数字报：扫一扫")), "qr"),
        (
            rng.choice(
                (
                    f"社址：{sp.pick('city')}市{sp.pick('county')}{rng.randint(1, 300)}号　邮编：{rng.randint(100000, 850000)}",
                    f"本报地址：{sp.pick('city')}　邮政编码：{rng.randint(100000, 850000)}",
                    f"印刷：{st.paper}印刷厂　开印2:{rng.randint(10, 59)}　印完5:{rng.randint(10, 59)}",
                    f"广告经营许可证：{rng.randint(1000, 99999)}号",
                )
            ),
            "address",
        ),
    ]
    rng.shuffle(pool)
    return pool[: rng.randint(0, 5)]


def editors(st: Style, sp: Speech, rng: Random) -> str:
    def who() -> str:
        return st.spaced(sp.name())

    jobs = ("责任编辑", "责编", "本版责编", "本版编辑", "编辑", "本版主编", "值班主任", "主编", "责任编辑")
    more = (
        "美编",
        "校对",
        "版式设计",
        "组版",
        "版式",
        "美术编辑",
        "制图",
        "责校",
        "检校",
        "视觉设计",
        "电话",
        "E-mail",
        "一读",
        "二读",
        "组版",
    )
    colon = rng.choice(("：", "：", ":", "/", " ", "　", "／"))
    sep = rng.choice(("　", "  ", " ", "    ", "　　"))
    names = sep.join(who() for _ in range(rng.choice((1, 1, 2, 3))))
    out = rng.choice(jobs) + colon + names
    for job in rng.sample(more, rng.choice((0, 1, 1, 2, 3))):
        value = who()
        if job == "电话":
            value = f"0{rng.randint(10, 99)}-{rng.randint(2000000, 88999999)}"
        elif job == "E-mail":
            value = f"{rng.choice(('bjb', 'rmrb', 'news', 'zbs2250'))}@{rng.choice(('263.net', '163.com', 'sina.com'))}"
        out += sep + job + colon + value
    if rng.random() < 0.06:
        out = f"一版责编：{who()}  {who()}    二版责编：{who()}  {who()}"
    return out


def folio(st: Style, sp: Speech, rng: Random, n: int, section: str) -> list[tuple[str, str]]:
    """The head or foot of an inside page: one string or several."""
    day, sep, label = date_line(st, sp, rng), rng.choice(SEPS), st.page_label(n)
    two = f"{n:02d}"
    forms: tuple[list[tuple[str, str]], ...] = (
        [(f"{n}{sep}{section}{sep}{st.paper}{sep}{day}", "folio")],
        [(day, "folio"), (section, "section"), (label, "folio")],
        [(f"{label}{sep}{section}{sep}{day}", "folio")],
        [(f"{st.paper}{sep}{day}{sep}{label}", "folio")],
        [(f"{two}{sep}{section}", "folio"), (f"{day}", "folio")],
        [(section, "section"), (f"{day}{sep}{label}", "folio")],
        [(str(n), "folio"), (section, "section"), (st.paper, "folio"), (day, "folio")],
        [(f"A{two}{sep}{section}", "folio"), (f"{st.paper}  {day}", "folio")],
        [(f"·{n}·", "folio")],
        [(f"{day}", "folio"), (label, "folio")],
        [(f"{label}{sep}{day}", "folio"), (st.paper, "folio")],
        [(f"第{n}版:{section}", "folio")],
        [(f"《{st.paper}》（{st.date.year}年{st.date.month:02d}月{st.date.day:02d}日 {two} 版）", "folio")],
        [(f"{st.paper}", "folio"), (f"{section} {two}", "folio"), (f"{day}", "folio")],
        [(f"{section}", "section"), (str(n), "folio")],
        [],
    )
    return list(forms[st.habit("folio", len(forms), (14, 12, 10, 10, 8, 8, 6, 5, 3, 8, 5, 3, 2, 4, 3, 5))])


def teasers(st: Style, sp: Speech, rng: Random, titles: list[tuple[str, int]]) -> list[tuple[str, str]]:
    """The index box of page 1: its lines repeat real headlines with their pages."""
    if not titles:
        return []
    head = rng.choice(("今日导读", "导读", "今日看点", "要目", "今日要目", "本报今日导读", "今日版面", "内容提要", "索引", "导 读", ""))
    form = rng.randrange(7)
    out = [head] if head else []
    for title, page in titles:
        t = title if rng.random() < 0.7 else title[: rng.randint(5, max(6, len(title)))]
        label = st.page_label(page)
        out.append(
            (f"{t}({page}版)", f"{t}　{label}", f"{label}　{t}", f"A{page} {t}", f"▶{t}（{label}）", f"{t}……{page}", f"■{t} 详见{label}")[
                form
            ]
        )
    if form == 0 and head and len(out) > 1 and rng.random() < 0.4:
        out[0:2] = [f"{out[0]}  {out[1]}"]
    return [(t, "teaser") for t in out]
