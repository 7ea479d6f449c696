"""Every element and every text of a definition by its key, with the place in the files where it stands.

Law: keys are made from ids alone, so they stay when words or order change. They are also the contexts (msgctxt) of
translations: `page.ID.title`, `question.ID.option.OID.label`, `decision.ID.rule.RID.because`; the form for somebody
else has `@other` behind it.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import StrEnum

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.shapes import (
    Decision,
    Definition,
    Entitlement,
    Outcome,
    Page,
    Question,
    Text,
)

OTHER = "@other"


class Form(StrEnum):
    """How much a text may be: a line, or paragraphs."""

    LINE = "line"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the files of a package."""

    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text in the source language: its key, its form, where it stands and on which page it is read."""

    key: str
    source: str
    form: Form
    spot: Spot
    page: str


Element = tuple[str, Spot]


def list_elements(definition: Definition, tables: Set[str]) -> Iterator[Element]:
    """Every element that has a key; `tables` are the decisions that have a file of their own."""
    for path in ("start", "notice", "publisher", "languages", "valid", "privacy", "theme"):
        yield path, Spot(SERVICE, (path,))
    for name in definition.parameters or {}:
        yield f"parameter.{name}", Spot(SERVICE, ("parameters", name))
    for name in definition.facts or {}:
        yield f"fact.{name}", Spot(SERVICE, ("facts", name))
    for number, page in enumerate(definition.pages):
        yield from list_page_elements(page, ("pages", number))
    for name, decision in (definition.decisions or {}).items():
        yield from list_decision_elements(name, decision, spot_of_decision(name, tables))
    for kind in ("sections", "groups", "entitlements", "outcomes"):
        for number, each in enumerate(getattr(definition, kind)):
            yield f"{kind.removesuffix('s')}.{each.id}", Spot(SERVICE, (kind, number))


def list_page_elements(page: Page, path: Path) -> Iterator[Element]:
    """A page, its routes, its questions and their options."""
    yield f"page.{page.id}", Spot(SERVICE, path)
    for number, route in enumerate(page.routes):
        spot = Spot(SERVICE, (*path, "routes", number))
        yield f"page.{page.id}.route.{number}", spot
        if route.id is not None:
            yield f"page.{page.id}.route.{route.id}", spot
    for question, inside in list_questions(page, path):
        yield f"question.{question.id}", Spot(SERVICE, inside)
        for number, option in enumerate(question.options):
            yield f"question.{question.id}.option.{option.id}", Spot(SERVICE, (*inside, "options", number))


def list_questions(page: Page, path: Path) -> Iterator[tuple[Question, Path]]:
    """The questions of a page with their paths."""
    if page.question is not None:
        yield page.question, (*path, "question")
    for number, question in enumerate(page.questions):
        yield question, (*path, "questions", number)


def list_decision_elements(name: str, decision: Decision, spot: Spot) -> Iterator[Element]:
    """A decision, its inputs and its rules."""
    yield f"decision.{name}", spot
    for number in range(len(decision.inputs)):
        yield f"decision.{name}.input.{number}", Spot(spot.file, (*spot.path, "inputs", number))
    for number, rule in enumerate(decision.rules):
        yield f"decision.{name}.rule.{rule.id}", Spot(spot.file, (*spot.path, "rules", number))


def spot_of_decision(name: str, tables: Set[str]) -> Spot:
    """Where a decision stands: in the definition or in a file of its own."""
    return Spot(f"tables/{name}.yaml", ()) if name in tables else Spot(SERVICE, ("decisions", name))


@dataclass(frozen=True, slots=True)
class Walk:
    """Makes texts of one page or element; `page` is what translators are told."""

    key: str
    spot: Spot
    page: str = ""

    def text(self, name: str, text: Text | None, path: Path, form: Form = Form.LINE) -> Iterator[SourceText]:
        """A text in its one form or both."""
        if text is None:
            return
        key = f"{self.key}.{name}" if self.key else name
        whole = Spot(self.spot.file, (*self.spot.path, *path))
        spot = whole if text.other is None else Spot(whole.file, (*whole.path, "self"))
        yield SourceText(key, text.self_, form, spot, self.page)
        if text.other is not None:
            spot = Spot(whole.file, (*whole.path, "other"))
            yield SourceText(key + OTHER, text.other, form, spot, self.page)


def list_texts(definition: Definition, tables: Set[str]) -> Iterator[SourceText]:
    """Every text of a definition, in the order in which people meet them."""
    start = Walk("start", Spot(SERVICE, ("start",)))
    yield from start.text("title", definition.start.title, ("title",))
    yield from start.text("body", definition.start.body, ("body",), Form.BLOCKS)
    yield from Walk("", Spot(SERVICE, ())).text("notice", definition.notice, ("notice",), Form.BLOCKS)
    for number, section in enumerate(definition.sections):
        yield from Walk(f"section.{section.id}", Spot(SERVICE, ("sections", number))).text(
            "title", section.title, ("title",)
        )
    for number, page in enumerate(definition.pages):
        yield from list_page_texts(page, ("pages", number))
    for name, decision in (definition.decisions or {}).items():
        spot = spot_of_decision(name, tables)
        for number, rule in enumerate(decision.rules):
            walk = Walk(f"decision.{name}.rule.{rule.id}", spot, name)
            yield from walk.text("because", rule.because, ("rules", number, "because"))
    for number, group in enumerate(definition.groups):
        yield from Walk(f"group.{group.id}", Spot(SERVICE, ("groups", number))).text("title", group.title, ("title",))
    for number, entitlement in enumerate(definition.entitlements):
        yield from list_entitlement_texts(entitlement, ("entitlements", number))
    for number, outcome in enumerate(definition.outcomes):
        yield from list_outcome_texts(outcome, ("outcomes", number))
    for name, parameter in (definition.parameters or {}).items():
        if parameter.title is not None:
            spot = Spot(SERVICE, ("parameters", name, "title"))
            yield SourceText(f"parameter.{name}.title", parameter.title, Form.LINE, spot, "")


def list_page_texts(page: Page, path: Path) -> Iterator[SourceText]:
    """The texts of a page."""
    walk = Walk(f"page.{page.id}", Spot(SERVICE, path), page.id)
    yield from walk.text("title", page.title, ("title",))
    yield from walk.text("body", page.body, ("body",), Form.BLOCKS)
    for question, inside in list_questions(page, path):
        yield from list_question_texts(question, inside, page.id)
    if page.repeat is not None:
        yield from walk.text("again", page.repeat.again, ("repeat", "again"))


def list_question_texts(question: Question, path: Path, page: str) -> Iterator[SourceText]:
    """The texts of a question."""
    walk = Walk(f"question.{question.id}", Spot(SERVICE, path), page)
    yield from walk.text("title", question.title, ("title",))
    if isinstance(question.list, tuple):
        for number, point in enumerate(question.list):
            yield from walk.text(f"list.{number}", point, ("list", number))
    yield from walk.text("hint", question.hint, ("hint",))
    yield from walk.text("body", question.body, ("body",), Form.BLOCKS)
    for number, option in enumerate(question.options):
        inside: Path = ("options", number)
        yield from walk.text(f"option.{option.id}.label", option.label, (*inside, "label"))
        yield from walk.text(f"option.{option.id}.hint", option.hint, (*inside, "hint"))
    yield from walk.text("none", question.none, ("none",))
    yield from walk.text("unit", question.unit, ("unit",))
    yield from walk.text("purpose", question.purpose, ("purpose",))


def list_entitlement_texts(entitlement: Entitlement, path: Path) -> Iterator[SourceText]:
    """The texts of an entitlement."""
    walk = Walk(f"entitlement.{entitlement.id}", Spot(SERVICE, path))
    yield from walk.text("title", entitlement.title, ("title",))
    yield from walk.text("body", entitlement.body, ("body",), Form.BLOCKS)
    for number, link in enumerate(entitlement.links):
        yield from walk.text(f"link.{number}", link.text, ("links", number, "text"))


def list_outcome_texts(outcome: Outcome, path: Path) -> Iterator[SourceText]:
    """The texts of an outcome."""
    walk = Walk(f"outcome.{outcome.id}", Spot(SERVICE, path), outcome.id)
    yield from walk.text("title", outcome.title, ("title",))
    yield from walk.text("body", outcome.body, ("body",), Form.BLOCKS)
    for number, link in enumerate(outcome.next_steps):
        yield from walk.text(f"next.{number}", link.text, ("next_steps", number, "text"))
    if outcome.calendar is not None:
        yield from walk.text("calendar", outcome.calendar.title, ("calendar", "title"))
