"""Every finding by its code: whether it is an error, what it means, and what to do.

docs/reference/assessment-checks.md repeats this table, and a test compares.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    is_error: bool
    means: str
    action: str


def error(means: str, action: str) -> Code:
    """A package with this is refused."""
    return Code(is_error=True, means=means, action=action)


def warning(means: str, action: str) -> Code:
    """A package with this may be used."""
    return Code(is_error=False, means=means, action=action)


FLOW: Final = {
    "unreachable-page": error(
        "No answers lead to a page.", "Add a route to it, mend the condition that keeps people away, or remove it."
    ),
    "unreachable-outcome": error(
        "No answers lead to an outcome.", "Add a route or a rule that gives it, or remove it."
    ),
    "dead-end": error("Answers lead behind the last page, and nothing is said.", "End the page with a route."),
    "loop": error("A page leads back to itself.", "Send the route to a later page."),
    "condition-always-true": error(
        "A condition holds for everybody who comes there.", "Remove the condition, or mend it."
    ),
    "condition-always-false": error(
        "A condition holds for nobody who comes there.", "Remove what it guards, or mend it."
    ),
    "answer-too-early": error(
        "A condition reads an answer that is given later, or on no way to it.", "Move the question before it."
    ),
    "emergency-not-first": error(
        "A page that can end in an emergency stands behind other questions.",
        "Ask for emergencies first: move the page to the beginning.",
    ),
    "emergency-not-locked": error(
        "A page that can end in an emergency may be changed by those who take the package over.",
        "Write `custom: locked` on the page.",
    ),
    "limits-impossible": error("No answer fits between the limits of a question.", "Mend `min` or `max`."),
    "walk-cut-short": warning(
        "There are more paths than are walked, so what depends on walking them all was not looked for.",
        "Split the assessment, or compare fewer answers with one another.",
    ),
}

TABLES: Final = {
    "table-gap": error("A table gives nothing for some values.", "Add a rule for them, or a `default`."),
    "table-overlap": error(
        "Two rules of a `unique` table hold for the same values.", "Narrow one of them, or say `hit: first`."
    ),
    "table-contradiction": error(
        "Two rules of an `any` table hold for the same values and give different results.",
        "Give both the same result, or narrow one.",
    ),
    "rule-masked": error(
        "Earlier rules of a `first` table take everything that a rule would.", "Move the rule up, or remove it."
    ),
    "rule-never-hit": error("A rule holds for nobody.", "Mend its tests, or remove it."),
    "rule-never-current": error(
        "The days of a rule lie outside the days of the assessment.", "Mend `from` and `until` of the rule."
    ),
    "input-unused": warning("No rule of a table tests an input.", "Remove the column."),
    "because-missing": warning("A rule does not say why.", "Add `because`: one sentence that the person reads."),
    "source-missing": warning(
        "A rule and its table name no source.", "Add `source`: the law, order or guidance behind it."
    ),
}

USE: Final = {
    "answer-unused": warning(
        "An answer is asked for, nothing reads it, and the question does not say why it is asked.",
        "Remove the question, or say its `purpose`.",
    ),
    "option-without-effect": warning(
        "Options of a question make no difference.", "Join them, or use what sets them apart."
    ),
    "fact-unused": warning("Nothing reads a fact.", "Remove it."),
    "parameter-unused": warning("Nothing reads a parameter.", "Remove it."),
    "decision-unused": warning("Nothing asks a table.", "Remove it, or send a route to it."),
    "entitlement-unused": warning("No rule gives an entitlement.", "Remove it, or add a rule."),
    "parameter-past-review": warning(
        "The day on which a parameter should have been looked at again is over.", "Look at it, then move `review`."
    ),
    "parameter-hole": error(
        "A parameter has no value on the first days of the assessment.", "Give it a value from the first day."
    ),
    "review-passed": warning(
        "The day on which the assessment should have been looked at again is over.", "Look at it, then move `review`."
    ),
    "validity-hole": error(
        "On some days a table gives nothing for values for which it gives something on other days.",
        "Let the days of its rules follow one another without a gap.",
    ),
    "validity-over": warning("The last day of the assessment is over.", "Move `valid.until`, or retire it."),
}

TEXTS: Final = {
    "translation-missing": error(
        "A language that is promised complete lacks a text.", "Translate it, or list the language under `partial`."
    ),
    "translation-stale": error(
        "A text was translated from other words than those that stand there now.",
        "Translate it again, and bring the catalogue up to date.",
    ),
    "translation-placeholders": error(
        "A translation has other placeholders than its source.", "Use the same placeholders."
    ),
    "translation-identical": warning(
        "A translation is the same as its source.", "Translate it; leave it when both languages say it so."
    ),
    "translation-unknown": warning(
        "A catalogue holds a text that the definition does not have.", "Remove the entry, or mend its msgctxt."
    ),
    "label-repeated": error("Two options of a question read the same.", "Give each option its own words."),
    "heading-jump": error(
        "A smaller heading stands where no larger one is above it.", "Begin with `##`; use `###` below it."
    ),
    "link-unclear": warning(
        "The text of a link does not say where it leads.", "Say in the link what people find there."
    ),
    "all-capitals": warning("Words are written in capitals.", "Write them in small letters; use ** for stress."),
    "contrast-low": error("Two colours of the theme can hardly be told apart.", "Make one darker or lighter."),
    "reading-hard": warning("A text is harder to read than it should be.", "Use shorter words and sentences."),
    "sentence-long": warning("A sentence is long.", "Make two of it."),
    "double-negative": warning("A sentence says no twice.", "Say it without the second no."),
    "two-facts": warning(
        "A yes-or-no question joins two facts by “or”.", "Ask two questions, or list the facts below one."
    ),
}

PROMISES: Final = {
    "personal-counted": error(
        "An outcome that a personal answer decides is counted, so a count could tell about a person.",
        "Take `outcome` out of `privacy.statistics`, or do not decide by what a person is known by.",
    ),
    "promise-contradicted": error(
        "A text says that answers are kept or sent; the assessment promises that they are not stored.",
        "Change the text: nothing is stored.",
    ),
    "purpose-untrue": error(
        "A question says that its answer is for statistics; answers are never counted.",
        "Say what the answer is for, or remove the question.",
    ),
    "personal-unexplained": warning(
        "A question asks for what a person is known by and does not say why.", "Say its `purpose`."
    ),
}

CASES: Final = {
    "case-fails": error("An example comes out otherwise than it says.", "Mend the rules, or the example."),
    "case-answers-dropped": warning(
        "An example gives answers that are not asked for on its way.", "Take them out of the example."
    ),
    "cases-missing": warning("There are no examples.", "Add `tests`: one for each outcome at least."),
    "outcome-without-case": warning("No example ends in an outcome.", "Add an example that does."),
}

CODES: Final = {**FLOW, **TABLES, **USE, **TEXTS, **PROMISES, **CASES}
