"""Decides what each unit of a page is, from what the network finds probable and what the rules saw, and keeps who decided.

A rule proposes: this unit, this role, on whose word. One hand decides (:meth:`Decided.hear`), by an order of precedence that stands
here and nowhere else (:data:`PRECEDENCE`): what is heard later does not undo a rule of more weight. The word of a rule is the id of a
rule in a table (``title.notice``), or a module and its function (``signatures.stands_under``); with it the ledger tells who decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyang.roles import ROLES

Floats = NDArray[np.float32]

PRECEDENCE = (
    # what the page as a whole says once more of a line that the network weighed
    "setting.weigh_again",
    "midsentence.inside",
    "midsentence.unshaped",
    "midsentence.torn_credits",
    "bodymatter.is_text",
    "bodymatter.within_head",
    "bodymatter.over_head",
    "bodymatter.no_captions",
    # how lines are set: without looking at their words
    "tabular.rows",
    "tabular.rest_of_row",
    "tabular.verse",
    "tabular.poet",
    "tabular.after_short",
    "tabular.items",
    # names and sources
    "signatures.closing",
    "signatures.runs_over",
    "leads.opens",
    "signatures.label",
    "signatures.writes",
    "signatures.stands_under",
    # titles, and what stands at the seams of articles, known by its words
    "title",
    "titles.document",
    "titles.serial",
    "titles.author",
    "titles.contact",
    "titles.signature",
    "titles.opens_text",
    # what a converter's marks show
    "headings.row",
    "headings.headline",
    "headings.lone_head",
    "headings.over",
    "headings.author",
    "headings.under",
    "headings.in_bold",
    "headings.unmarked",
    # what is plain to see, whoever says otherwise: one headline under another goes on with it, be it a standing title
    "plain.mark",
    "plain.docdate",
    "plain.item",
    "plain.one_headline",
    "plain.below_foot",
    "plain.question",
    "plain.room_above",
)
"""The rules, those of least weight first; a family stands for all rules of its table (``title`` for ``rules/titles.toml``)."""

_WEIGHT = {rule: k for k, rule in enumerate(PRECEDENCE)}


def weight(rule: str) -> int:
    """The place of a rule in :data:`PRECEDENCE`.

    >>> weight("title.notice") == weight("title.column") > weight("tabular.rows")
    True
    """
    known = _WEIGHT.get(rule)
    return _WEIGHT[rule.split(".")[0]] if known is None else known


FIELDS = ("leads.lead", "signatures.closing", "signatures.opens_document", "articles.split_deck", "subheads.lone_kicker")
"""The rules that give a field of a record its text when the roles are decided."""


def told(rule: str) -> str:
    """What the function says of itself whose word a rule of ours is; empty for the rules of tables.

    >>> told("plain.question")
    'A question or an answer (答：) after the end of a sentence begins a paragraph.'
    >>> told("title.notice")
    ''
    """
    if "." not in rule or rule not in (*PRECEDENCE, *FIELDS):
        return ""
    module, function = rule.split(".")
    said = getattr(import_module(f"qingyang.{module}"), function).__doc__ or ""
    return " ".join(said.split("\n\n")[0].replace("``", "").split())


class Proposal(NamedTuple):
    """What a rule takes a unit for."""

    unit: int
    role: str
    by: str
    """Its word, as in :data:`PRECEDENCE`."""
    p: Floats | None = None
    """The probabilities of the roles that it leaves; None: it is certain."""


class Decided:
    """The roles of a page as far as they are decided, and by whom."""

    def __init__(self, roles: Sequence[str], p: Floats) -> None:
        """``roles`` and ``p`` as :func:`qingyang.roles.weigh` gives them."""
        self.roles, self.p = list(roles), p.copy()
        self.network = p
        """What the network alone found."""
        self.by: dict[int, str] = {}
        """The rule that decided, for each unit where one did."""

    def hear(self, proposals: Iterable[Proposal]) -> Decided:
        """Takes each unit for what the rule of most weight does that has spoken of it; of one rule the last word counts.

        >>> page = Decided(["start", "start"], np.full((2, len(ROLES)), 1 / len(ROLES), np.float32))
        >>> page.hear([Proposal(1, "headline", "title.notice"), Proposal(1, "byline", "signatures.stands_under")]).roles, page.by
        (['start', 'headline'], {1: 'title.notice'})
        """
        for k, role, by, p in proposals:
            if k in self.by and weight(by) < weight(self.by[k]):
                continue
            if p is None or role != self.roles[k]:
                self.by[k] = by
            self.roles[k] = role
            self.p[k] = certain(role) if p is None else p
        return self

    def weigh_again(self, p: Floats, by: str) -> None:
        """Takes the probabilities of a rule that looks at the page as a whole."""
        now = p.argmax(1)
        for k in np.flatnonzero(now != self.p.argmax(1)).tolist():
            self.roles[k], self.by[k] = ROLES[now[k]], by
        self.p = p.copy()

    def found(self, k: int) -> tuple[str, float]:
        """The role that the network alone found most probable, and how probable."""
        best = int(self.network[k].argmax())
        return ROLES[best], float(self.network[k, best])


def certain(role: str) -> Floats:
    """The probabilities of the roles where one is certain."""
    out = np.zeros(len(ROLES), np.float32)
    out[ROLES.index(role)] = 1
    return out
