"""The proof in a real browser, from files and without a network: clicks, keys, filters, theme, phone."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from composed_output import FRONT, SCRIPT, SECOND, write_output

from tasks.proof import page_path, write_proof

CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
DRIVER = shutil.which("chromedriver")

if CHROMIUM is None or DRIVER is None:
    warnings.warn("NO CHROMIUM: the proof is NOT tested in a browser; run tests/set_up_browser.sh as root", stacklevel=1)
    pytest.skip("NO CHROMIUM: the proof is NOT tested in a browser; run tests/set_up_browser.sh as root", allow_module_level=True)

webdriver = pytest.importorskip("selenium.webdriver")
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

DAY = "人民日报/2020-11-25/"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's two pages, and 600 small sources so that the index has pages and two files of data."""
    folder = tmp_path_factory.mktemp("browser")
    issues: list[Any] = [[(DAY + "01.txt", FRONT), (DAY + "02.txt", SECOND)]]
    for k in range(600):
        day = f"2021-{k // 28 % 12 + 1:02}-{k % 28 + 1:02}"
        text = "短消息，一切如常。" + ("而不奋斗。" if k % 100 == 0 else "")
        issues.append([(f"晚报/{day}/{k // 336 + 1:02}.txt", [("new",), ("headline", f"第{k}条消息"), ("gap", "\n"), ("p", text)])])
    write_output(folder, issues, shard=200)
    write_proof(folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    os.environ.setdefault("SE_OFFLINE", "true")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, output: Path) -> Iterator[Open]:
    def go(path: str, width: int = 1280, *, dark: bool = False) -> webdriver.Chrome:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        browser.get((output / "proof" / path).as_uri())
        return browser

    browser.get_log("browser")
    browser.get_log("performance")
    yield go
    assert browser.get_log("browser") == [], "the console is silent"
    asked = [entry["message"] for entry in browser.get_log("performance") if "Network.requestWillBeSent" in entry["message"]]
    assert asked and not [m for m in asked if '"url":"http' in m], "nothing but files is asked for"
    browser.execute_script("localStorage.clear()")


def js(browser: Any, code: str, *args: Any) -> Any:
    return browser.execute_script("return " + code, *args)


def click(browser: Any, selector: str) -> None:
    """A real mouse click in the middle of the element's first line."""
    x, y = js(
        browser,
        "(function(e){e.scrollIntoView({block:'center'});var r=e.getClientRects()[0];return [r.x+r.width/2,r.y+r.height/2]})"
        "(document.querySelector(arguments[0]))",
        selector,
    )
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        event = {"type": kind, "x": x, "y": y, "button": "none" if kind == "mouseMoved" else "left", "clickCount": 1}
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def lit(browser: Any, side: str) -> str:
    return str(js(browser, "Array.from(document.querySelectorAll(arguments[0]+' .lit')).map(e=>e.textContent).join('')", f"#{side}"))


def wait_for(browser: Any, code: str) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20).until(lambda b: js(b, code))


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def contrast(browser: Any, selector: str) -> float:
    """WCAG contrast of the element's text against what lies behind it."""
    code = """(function(e){
      function rgb(s){var m=s.match(/[\\d.]+/g).map(Number);return m}
      var back=[255,255,255];
      for(var n=e;n;n=n.parentElement){var b=rgb(getComputedStyle(n).backgroundColor);if(b.length<4||b[3]>0){back=b;break}}
      function lum(c){c=c.slice(0,3).map(function(v){v/=255;return v<=.03928?v/12.92:Math.pow((v+.055)/1.055,2.4)});
        return .2126*c[0]+.7152*c[1]+.0722*c[2]}
      var a=lum(rgb(getComputedStyle(e).color)),b=lum(back);
      return (Math.max(a,b)+.05)/(Math.min(a,b)+.05)})(document.querySelector(arguments[0]))"""
    return float(js(browser, code, selector))


def test_a_clean_sentence_lights_up_where_it_came_from_and_back(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"))
    click(b, "#clean .row.headline [data-s]")
    assert lit(b, "raw") == lit(b, "clean") == "全会强调构建新发展格局"
    click(b, "#raw [data-s]:has(+ .j)")
    assert lit(b, "clean").startswith("全会提出，要坚定不移") and lit(b, "clean").replace("⏎", "").endswith("推动高质量发展。")
    assert lit(b, "raw").startswith("全会提出,要坚定不移")
    press(b, Keys.ESCAPE)
    assert lit(b, "raw") == lit(b, "clean") == ""


def test_a_change_says_its_rule_and_reason(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"))
    assert js(b, "document.getElementById('tip').hidden")
    click(b, "#raw .q")
    tip = js(b, "document.getElementById('tip').innerText")
    assert "jump.continued-on" in tip and "corpus reader" in tip
    click(b, "#clean ins.c")
    assert ", → ，" in js(b, "document.getElementById('tip').innerText")
    click(b, "#raw .j")
    assert "no mark ends the line" in js(b, "document.getElementById('tip').innerText")
    click(b, "#clean .f")
    tip = js(b, "document.getElementById('tip').innerText")
    assert "而不奋斗 → 而不懈奋斗" in tip and "90% sure" in tip
    box = js(b, "document.getElementById('tip').getBoundingClientRect().toJSON()")
    assert box["left"] >= 0 and box["right"] <= 1280 and box["top"] >= 0 and box["bottom"] <= 900


def test_keys_step_through_the_changes_and_the_sentences(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"))
    press(b, "n")
    assert "furniture.folio" in js(b, "document.getElementById('tip').innerText")
    assert js(b, "document.activeElement.matches('.u')") and js(b, "document.activeElement.matches(':focus-visible')")
    press(b, "n", "n")
    where = js(b, "document.getElementById('where').textContent")
    assert where.startswith("3 of ")
    press(b, "p")
    assert js(b, "document.getElementById('where').textContent").startswith("2 of ")
    press(b, Keys.ESCAPE, "j")
    first = js(b, "document.activeElement.textContent")
    press(b, "j")
    assert js(b, "document.activeElement.textContent") != first and lit(b, "raw")
    press(b, Keys.ENTER)
    assert js(b, "document.getElementById('raw').contains(document.activeElement)")


def test_the_legend_chooses_what_is_stepped_through(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"))
    click(b, "[data-kind=normalised]")
    assert js(b, "document.getElementById('where').textContent") == "1 of 2 · normalised"
    for button in js(b, "Array.from(document.querySelectorAll('[data-kind]')).map(e=>e.dataset.kind)"):
        counted = js(b, "document.querySelector(arguments[0]+' b').textContent", f'[data-kind="{button}"]')
        if js(b, "document.querySelector(arguments[0]).getAttribute('aria-pressed')", f'[data-kind="{button}"]') == "false":
            click(b, f'[data-kind="{button}"]')
        assert js(b, "document.getElementById('where').textContent") == f"1 of {counted} · {button}"


def test_a_source_with_a_script_shows_as_text(open_page: Open) -> None:
    b = open_page(page_path(DAY + "02.txt"))
    assert b.title == DAY + "02.txt · proof"
    assert SCRIPT in js(b, "document.querySelector('#raw .sheet').textContent")
    assert SCRIPT in js(b, "document.querySelectorAll('.row.headline')[1].textContent")
    assert js(b, "document.images.length") == 0


def test_traditional_stands_beside_simplified(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"))
    assert js(b, "document.querySelector('.hant').offsetParent === null")
    click(b, "#hant")
    left, right = (js(b, f"document.querySelector('.row.headline {s}').getBoundingClientRect().left") for s in ("p", ".hant"))
    assert right > left and "全會" in js(b, "document.querySelector('.hant').innerText")


def test_theme_follows_the_system_until_the_reader_chooses(open_page: Open) -> None:
    path = page_path(DAY + "01.txt")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = js(open_page(path), paper)
    b = open_page(path, dark=True)
    dark = js(b, paper)
    assert light != dark
    click(b, "#theme")
    assert js(b, paper) == light and js(b, "document.getElementById('theme').textContent") == "Theme: light"
    b = open_page("index.html", dark=True)
    assert js(b, paper) == light, "the choice holds on every page"
    click(b, "#theme")
    assert js(b, paper) == dark
    click(b, "#theme")
    assert js(b, "document.getElementById('theme').textContent") == "Theme: auto"


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(open_page: Open, dark: bool) -> None:
    b = open_page(page_path(DAY + "01.txt"), dark=dark)
    selectors = [
        "#raw .sheet",
        "#clean .row p",
        ".facts",
        ".label",
        ".ok, .facts",
        "#raw .c",
        "#raw .q",
        "#raw .u",
        "#raw .r",
        "#raw .j",
        ".meta",
        ".f",
    ]
    low = {s: round(c, 2) for s in [*selectors, ".badge"] if (c := contrast(b, s)) < 4.5}
    click(b, "#clean .row.headline [data-s]")
    low |= {s: c for s in ("#raw .lit", "#clean .lit") if (c := contrast(b, s)) < 4.5}
    assert low == {}


def test_phone(open_page: Open) -> None:
    for path in (page_path(DAY + "01.txt"), page_path(DAY + "02.txt"), "index.html"):
        b = open_page(path, 390)
        if path == "index.html":
            wait_for(b, "document.querySelectorAll('#rows tbody tr').length")
        assert js(b, "document.documentElement.scrollWidth") <= 390, path
    b = open_page(page_path(DAY + "01.txt"), 390)
    assert js(b, "document.getElementById('raw').offsetParent === null"), "one column: the clean side first"
    click(b, "#clean .row.headline [data-s]")
    assert js(b, "document.getElementById('raw').offsetParent !== null"), "a tap leads to the other side"
    assert lit(b, "raw") == "全会强调构建新发展格局"
    click(b, "[data-show=clean]")
    assert js(b, "document.getElementById('clean').offsetParent !== null")


def test_index_filters_searches_orders_and_turns_pages(open_page: Open) -> None:
    b = open_page("index.html")
    rows = "document.querySelectorAll('#rows tbody tr').length"
    status = "document.getElementById('status').textContent"
    wait_for(b, rows)
    assert js(b, rows) == 50 and js(b, status) == "1–50 of 602 sources"
    assert js(b, "document.querySelectorAll('script[src^=data]').length") == 1, "only what is shown is loaded"
    click(b, "#pager button:last-child")
    wait_for(b, status + " === '51–100 of 602 sources'")
    js(b, "Array.from(document.querySelectorAll('#pager button')).find(e=>e.textContent==='13').click()")
    wait_for(b, status + " === '601–602 of 602 sources'")
    click(b, '[data-filter="2"]')
    wait_for(b, status + " === '1–8 of 8 sources'")
    click(b, '[data-filter="3"]')
    wait_for(b, status + " === '1–1 of 1 sources'")
    assert "02.txt" in js(b, "document.querySelector('#rows tbody tr').innerText")
    click(b, '[data-filter="2"]')
    click(b, '[data-filter="3"]')
    b.find_element("id", "query").send_keys("第59")
    wait_for(b, status + " === '1–11 of 11 sources'")
    b.find_element("id", "query").clear()
    b.find_element("id", "query").send_keys(" ", Keys.BACKSPACE)
    wait_for(b, status + " === '1–50 of 602 sources'")
    js(b, "(function(s){s.value='8';s.dispatchEvent(new Event('change'))})(document.getElementById('order'))")
    wait_for(b, "document.querySelector('#rows tbody tr').innerText.includes('全会强调')")
    click(b, "#rows tbody tr a")
    assert b.title == DAY + "01.txt · proof"


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    b = open_page("index.html")
    wait_for(b, "document.querySelectorAll('#rows tbody tr').length")
    seen = []
    for _ in range(14):
        press(b, Keys.TAB)
        seen.append(js(b, "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))
        assert js(b, "getComputedStyle(document.activeElement).outlineStyle") != "none", seen
    assert seen[:3] == ["skip", "theme", "query"]
    assert "order" in seen and "heads" in seen


def test_checks_lead_to_their_records(open_page: Open) -> None:
    b = open_page("index.html")
    text = js(b, "document.querySelector('.checks').innerText")
    assert "fragment.linked" in text and "Add the page it comes from." in text


def test_print(open_page: Open) -> None:
    b = open_page(page_path(DAY + "01.txt"), dark=True)
    click(b, "#theme")
    click(b, "#theme")
    assert js(b, "document.documentElement.dataset.theme") == "dark"
    b.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert js(b, "getComputedStyle(document.querySelector('.tools')).display") == "none"
    assert js(b, "getComputedStyle(document.getElementById('raw')).overflowY") == "visible"
    assert js(b, "getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert contrast(b, "#clean .row p") > 7, "dark ink on white paper, whatever the screen shows"
    b.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
