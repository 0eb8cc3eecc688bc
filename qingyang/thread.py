"""Gives the pieces of a page that lost their place back to their articles."""

from __future__ import annotations

from qingyang.evidence import Floats
from qingyang.lines import Sheet
from qingyang.split import PageDrafts


def thread(sheet: Sheet, X: Floats, page: PageDrafts, p: Floats) -> PageDrafts:
    return page
