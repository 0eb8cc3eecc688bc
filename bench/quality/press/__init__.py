"""Composed issues printed on paper and read again by real tools: damage and reading order are theirs, not ours.

    python -m bench.quality.press --tool tesseract --first 500000 --count 30 --out DIR

An issue is composed as ever (:mod:`bench.quality.compose`), set as PDF pages (:mod:`.sheet`), and read by Poppler's ``pdftotext`` or,
as a picture, by Tesseract (:mod:`.tools`). Labels and gold are the composer's. Needs reportlab and pillow, and Debian's packages
poppler-utils, tesseract-ocr, tesseract-ocr-chi-sim, fonts-arphic-uming, fonts-arphic-ukai, fonts-wqy-zenhei.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from bench.quality.compose import Issue, printed_issue
from bench.quality.compose.gold import gold_of, labels_of

TOOLS = ("pdftotext", "tesseract")
DPI = (150, 200, 200, 200, 250, 300)


def press(seed: int, tool: str, pages: int | None = None) -> Issue:
    """One issue of ``pages`` pages, printed and read by ``tool``.

    Raises: ValueError for an unknown tool, or where a tool's words and lines do not agree; CalledProcessError where it fails.
    """
    # what prints and reads is asked for where something is printed: the forms of pages need none of it
    from bench.quality.press.sheet import Press, draw_type
    from bench.quality.press.tools import Span, pdftotext, tesseract

    if tool not in TOOLS:
        raise ValueError(f"{tool} is none of {', '.join(TOOLS)}")
    rng = Random(f"press:{seed}")
    desk, sheets = printed_issue(rng, pages)
    setter = Press(desk.style, draw_type(rng), rng)
    dpi, rough = rng.choice(DPI), rng.choice((0.0, 0.0, 0.4, 0.8, 1.2))
    texts: list[str] = []
    spans: list[list[list[Span]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for sheet in sheets:
            pdf = Path(folder) / f"{sheet.number}.pdf"
            lines, _ = setter.page(sheet, pdf)
            text, found = pdftotext(pdf, lines) if tool == "pdftotext" else tesseract(pdf, lines, dpi, rough, seed + sheet.number)
            texts.append(text.strip("\n") + "\n")
            spans.append(found)
    name = f"{tool}-{seed:06d}"
    return Issue(name, tool, texts, gold_of(name, desk, sheets), labels_of(desk.strings, spans))
