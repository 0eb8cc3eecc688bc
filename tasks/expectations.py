"""What is asked of every record and of the corpus: one table, with what each line means and what a reader should do.

Critical: the record would poison a corpus, and goes to quarantine. Warning: something to look at; the record keeps its place
and names the expectation in ``checks``. Info: counted in ``checks/`` and nowhere else. A null is never judged: it stands for
a figure that does not apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CRITICAL, WARNING, INFO = "critical", "warning", "info"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of the table: what is asked of ``column`` and how bad it is when the answer is no.

    ``test`` is ``("between", low, high)`` with None for an open end, ``("in", values)`` or ``("unique",)`` for every row, and
    ``("mean", low, high)`` or ``("rows", low, high)`` for the whole. ``when`` = (column, value) restricts it to some rows.
    """

    id: str
    severity: str
    column: str
    test: tuple[Any, ...]
    meaning: str
    advice: str
    when: tuple[str, Any] | None = None


NONE = ("between", 0, 0)
YES = ("in", (True,))
ARTICLE, FRAGMENT = ("kind", "article"), ("kind", "fragment")
LONG, MANY_PARAGRAPHS = ("long", True), ("many_paragraphs", True)

LONG_FROM = 50
"""Characters. Below, a share says nothing: half of a caption of ten characters may be digits."""
MANY_FROM = 6
"""Paragraphs. Below, a verse of four lines is all of a record."""

E = Expectation
# fmt: off
RECORD: tuple[Expectation, ...] = (
    # ---- what would poison a corpus
    E("record.measured", CRITICAL, "missing_figures", NONE,
      "Every figure that the checks need was measured.",
      "A defect of the software, not of the page: report it with the record's source."),
    E("record.id-unique", CRITICAL, "record_id", ("unique",),
      "No other record has this id.",
      "Look for one page stored twice under raw/ and keep one."),
    E("record.kind", CRITICAL, "kind", ("in", ("article", "fragment")),
      "The record is an article or a fragment.",
      "A defect of the software: report it."),
    E("record.accounted", CRITICAL, "accounted", YES,
      "Every character of its sources is kept, changed or removed by a named rule.",
      "Do not use the record: characters are lost or invented. Report it with the source."),
    E("record.parts", CRITICAL, "parts_ok", YES,
      "The record says where in which source it stood, and no stretch is used twice.",
      "A defect of the software: report it with the source."),
    E("record.text-joins", CRITICAL, "text_joined", YES,
      "The text is its paragraphs, one a line.",
      "A defect of the software: report it."),
    E("record.words-join", CRITICAL, "words_join", YES,
      "The words, joined, are the text.",
      "Look at the user dictionary, and cut again with the engine jieba."),
    E("record.variant-structure", CRITICAL, "variants_same_structure", YES,
      "Every Traditional form has the same id, paragraphs and fields.",
      "Do not align this record across scripts; look for stray line ends in the source."),
    E("record.no-control", CRITICAL, "control_characters", NONE,
      "No control character is left.",
      "Look at the source in an editor that shows control characters: it may be half binary or wrongly decoded."),
    E("record.no-zero-width", CRITICAL, "zero_width_characters", NONE,
      "No zero-width or direction character is left.",
      "It hides words from every search: add the character to the character rules."),
    E("record.no-jump-line", CRITICAL, "jump_lines", NONE,
      "No 上接 or 下转 line is left in the text or in a field.",
      "Read the place: the article may go on elsewhere. A new form of jump line goes into the jump rules, with its example."),
    E("record.readable", CRITICAL, "unreadable_share", ("between", 0, 0.05),
      "At most 5 % of the characters are replacements, private ones or stray symbols.",
      "The source was decoded wrongly, or its font has no Unicode table: try --encoding, or read the page again by OCR.", LONG),
    E("record.not-mojibake", CRITICAL, "han_rarity", ("between", None, 10.5),
      "The Han are those that people write: prose costs 6 to 8 nats a character, lists of names up to 9.",
      "Text like 鍏ㄥ浗 is UTF-8 read as GBK: name the encoding with --encoding."),
    E("record.mostly-chinese", CRITICAL, "han_share", ("between", 0.1, None),
      "At least a tenth of the characters are Han.",
      "A table, an advertisement in another language, or OCR of a picture: leave it out or keep it apart.", LONG),
    E("record.within-budget", CRITICAL, "over_budget", NONE,
      "No rule removed or changed more of the page than its budget allows.",
      "A rule ran wild on this page, or the page is unlike a newspaper: look at it in the proof; where the page is right, raise "
      "page_budget in qingyang.toml."),
    # ---- what a reader should look at
    E("record.has-body", WARNING, "paragraphs", ("between", 1, None),
      "There is text under the headline.",
      "A headline alone: a picture, or an article whose text went to its neighbour."),
    E("record.no-furniture", WARNING, "furniture", NONE,
      "No paragraph is a folio, a credit or other furniture.",
      "Leave the paragraph out of counts, or add its form to the furniture rules."),
    E("record.no-dateline", WARNING, "datelines", NONE,
      "No paragraph opens with a dateline (新华社…电, 本报…讯).",
      "Two articles may have run together here, or the dateline has a form that no rule knows."),
    E("record.continuation", WARNING, "unsure_continuations", NONE,
      "Seam and words do not speak against the continuation that the page numbers give.",
      "Two stories may be one here: read on from where the first part ends."),
    E("record.order", WARNING, "unsure_order", NONE,
      "It is plain whether the page was read in order or across its columns.",
      "Look at the page: its lines may belong in another order than they were read in."),
    E("record.brackets", WARNING, "lone_brackets", NONE,
      "Every bracket has its partner.",
      "A bracket was lost or misread, or a piece of text is missing or out of place."),
    E("record.quotes", WARNING, "lone_quotes", NONE,
      "Every quotation mark has its partner.",
      "A mark was lost or turned round by OCR, or a piece of text is missing or out of place."),
    E("record.paragraph-ends", WARNING, "broken_ends", NONE,
      "No paragraph breaks off in mid-sentence.",
      "The next paragraph may belong to it, or its end stands elsewhere on the page."),
    E("record.paragraph-starts", WARNING, "broken_starts", NONE,
      "No paragraph opens with ，。” or the like.",
      "It belongs to the paragraph before it, or a column is out of order."),
    E("record.like-prose", WARNING, "good_ends_share", ("between", 0.5, None),
      "Half of the paragraphs or more end like paragraphs.",
      "Verse, a list or a table; or the line ends of a column were taken for paragraphs.", MANY_PARAGRAPHS),
    E("record.paragraph-length", WARNING, "longest_paragraph", ("between", 0, 2500),
      "No paragraph is longer than 2,500 characters.",
      "Paragraphs, or whole articles, may have run together."),
    E("record.trimmed", WARNING, "untrimmed_paragraphs", NONE,
      "No paragraph is empty or has blanks around it.",
      "A defect of the software: report it."),
    E("record.no-repeats", WARNING, "repeated_paragraphs", NONE,
      "No long paragraph stands twice.",
      "The page may carry a text twice, or two copies of one page were put together."),
    E("record.no-run", WARNING, "longest_run", ("between", 0, 8),
      "No character is repeated more than eight times.",
      "A rule line, a dotted leader or OCR of a picture."),
    E("record.no-blanks", WARNING, "han_blanks", ("between", 0, 3),
      "Han stand without blanks between them.",
      "A table or a list of names; or a line set wide, whose blanks the extraction kept."),
    E("record.no-replacement", WARNING, "replacement_characters", NONE,
      "No replacement character (U+FFFD, 锟斤拷) stands for a lost one.",
      "The character was lost before qingyang saw it: compare the printed page."),
    E("record.no-private-use", WARNING, "private_characters", NONE,
      "No character is private or unassigned.",
      "A rare character in the private area of a font: compare the printed page."),
    E("record.no-compatibility", WARNING, "compatibility_characters", NONE,
      "No radical or compatibility ideograph stands for an ideograph.",
      "Searches miss the word: add the character to the character rules."),
    E("record.common-characters", WARNING, "han_rarity", ("between", None, 9.5),
      "The Han are no rarer than those of a list of names.",
      "Verse, old texts, names of plants; or text partly read in the wrong encoding."),
    E("record.headline", WARNING, "headline_length", ("between", 1, 80),
      "The article has a headline of at most 80 characters.",
      "The headline may stand in the text or in the neighbour, or text was taken for it.", ARTICLE),
    E("record.date-valid", WARNING, "date_valid", YES,
      "The date is a day of the calendar.",
      "A misread dateline: compare the printed page."),
    E("record.date-near", WARNING, "days_after_issue", ("between", -31, 0),
      "The date is the issue's day or one of the 31 days before.",
      "A misread dateline, a document of an older date, or a wrong issue date in the file's path."),
    E("record.complete", WARNING, "complete_consistent", YES,
      "complete is false if, and only if, a head or a tail is not there.",
      "A defect of the software: report it."),
    E("record.authors", WARNING, "odd_authors", NONE,
      "Every author looks like a person or a body that signs.",
      "Read the byline: it was cut wrongly, or it is text."),
    E("record.words-parity", WARNING, "words_differing", ("between", 0, 0.02),
      "The fast engine cuts as jieba does: at most 2 % of the words of a sampled record differ.",
      "Words of this corpus are not jieba's: cut again with the engine jieba before counting them."),
    E("record.variant-script", WARNING, "variants_simplified_only", NONE,
      "No Traditional form has a character that only Simplified writes.",
      "A word that OpenCC leaves alone: compare the place."),
    E("record.variant-back", WARNING, "variants_back_share", ("between", 0.95, None),
      "95 % or more of each Traditional form converts back to the record.",
      "Words of Taiwan or Hong Kong with two Simplified forms: read them before counting words."),
    E("fragment.linked", WARNING, "head_missing", YES,
      "A fragment tells where it comes from.",
      "No jump line leads to it: its headline was missed, or a column is out of order.", FRAGMENT),
    E("fragment.no-headline", WARNING, "headline_length", NONE,
      "A fragment has no headline.",
      "It may be an article of its own.", FRAGMENT),
    # ---- what is worth counting
    E("record.han-share", INFO, "han_share", ("between", 0.5, None),
      "At least half of the characters are Han.",
      "Tables, results, programmes: leave them out of counts of words.", LONG),
    E("record.half-width", INFO, "half_width", NONE,
      "No half-width punctuation stands between Han.",
      "Printed so, or a form that no rule knows."),
    E("record.flags", INFO, "flags_per_1000", ("between", 0, 20),
      "At most 20 flags in 1,000 characters.",
      "Poor OCR: compare the printed page before quoting."),
    E("record.whole", INFO, "complete", YES,
      "The article is whole.",
      "The other part stands on a page that is not in the corpus."),
)

CORPUS: tuple[Expectation, ...] = (
    E("corpus.not-empty", WARNING, "record_id", ("rows", 1, None),
      "There are records.",
      "Nothing that reads as an article was found: look at quarantine.jsonl."),
    E("corpus.id-unique", CRITICAL, "record_id", ("unique",),
      "No two records have the same id.",
      "Look for one page stored twice under raw/ and keep one."),
    E("corpus.text-unique", WARNING, "long_text_hash", ("unique",),
      "No two records of 50 characters or more have the same text.",
      "A page stored twice in two encodings, a page that two editions share, or an article printed twice."),
    E("corpus.quarantined", WARNING, "failed", ("mean", 0, 0.02),
      "At most 2 % of the records are quarantined.",
      "One cause usually explains most of them: sort quarantine.jsonl by reason."),
    E("corpus.warned", WARNING, "warned", ("mean", 0, 0.3),
      "At most 30 % of the records carry a warning.",
      "Sort the records by checks.failed; the commonest comes first."),
    E("corpus.dated", WARNING, "dated", ("mean", 0.5, 1),
      "At least half of the records are dated, by themselves or by their issue.",
      "Name files by date, or configure the path pattern."),
    E("corpus.placed", WARNING, "placed", ("mean", 0.5, 1),
      "Publication and issue date are known for at least half of the records.",
      "Name folders raw/<publication>/<YYYY-MM-DD>/<page>.txt, or configure the path pattern."),
    E("corpus.fragments", WARNING, "fragment", ("mean", 0, 0.3),
      "At most 30 % of the records are fragments.",
      "Pages are missing, or their order or numbers are wrong."),
    E("corpus.han-share", WARNING, "han_share", ("mean", 0.6, 1),
      "On average at least 60 % of the characters are Han.",
      "Wrong encoding, or not a Chinese newspaper."),
)

ISSUES: tuple[Expectation, ...] = (
    E("corpus.issue-pages", INFO, "missing_pages", NONE,
      "The pages of an issue run from the first to the last without a gap.",
      "A page is missing under raw/: what continues on it stays incomplete."),
)
# fmt: on
BY_ID: dict[str, Expectation] = {e.id: e for e in (*RECORD, *CORPUS, *ISSUES)}

MAY_BE_NULL = frozenset(
    {
        "good_ends_share",
        "han_rarity",
        "date_valid",
        "days_after_issue",
        "words_join",
        "words_differing",
        "variants_same_structure",
        "variants_simplified_only",
        "variants_back_share",
        "over_budget",
    }
)
"""Columns that may be null: what they measure need not be there."""
