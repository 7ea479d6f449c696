"""The form of one element: its boxes, in groups. Pure but for the words. Next: `boxes.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ridgeway.office.documents.tree import MISSING, Tree
from ridgeway.services.assessments.definition.kinds import QuestionType
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.staff.editing.boxes import (
    Box,
    Kind,
    Path,
    drop_empty,
    find,
    make_box,
    make_text_boxes,
    put,
)

KINDS = ("pages", "outcomes", "parameters", "decisions")
LIMITS = (
    ("min", _("Smallest, or earliest"), Kind.VALUE),
    ("max", _("Largest, or latest"), Kind.VALUE),
    ("decimals", _("Digits after the point"), Kind.VALUE),
    ("unit", _("Unit"), Kind.LINE),
    ("currency", _("Currency"), Kind.LINE),
    ("max_length", _("Most characters"), Kind.VALUE),
)
LIMITS_OF = {
    "number": ("min", "max", "decimals", "unit"),
    "money": ("min", "max", "currency"),
    "date": ("min", "max"),
    "year": ("min", "max"),
    "salary": ("currency",),
    "text": ("max_length",),
    "long_text": ("max_length",),
}
CHOSEN = frozenset({"radios", "checkboxes"})


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes that belong together; `holder` is the list of named entries whose entry `name` may be moved or removed.

    `columns` are the heads of a table in which each group of `rows` is a row.
    """

    title: Any
    boxes: tuple[Box, ...] = ()
    holder: str = ""
    name: str = ""
    rows: tuple["Group", ...] = ()
    columns: tuple[Any, ...] = ()
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of an element: the file in which it stands, and where."""

    file: str
    path: Path
    title: str
    groups: tuple[Group, ...]

    @property
    def boxes(self) -> list[Box]:
        """All its boxes."""
        return [box for group in self.groups for one in (group, *group.rows) for box in one.boxes]

    @property
    def lists(self) -> frozenset[str]:
        """The lists whose entries its buttons add, move and remove."""
        every = [one for group in self.groups for one in (group, *group.rows)]
        return frozenset(name for one in every for name in (one.holder, one.adds) if name)


def make_sheet(trees: dict[str, Tree], element: str) -> Sheet | None:
    """The form of `pages/ID`, `outcomes/ID`, `parameters/ID`, `decisions/ID` or `about`; None where it is not there."""
    tree = trees[SERVICE]
    kind, _slash, name = element.partition("/")
    if element == "about":
        return Sheet(SERVICE, (), str(_("About it")), (Group(_("About it"), tuple(list_about(tree))),))
    table = f"tables/{name}.yaml"
    if kind == "decisions" and table in trees:
        return Sheet(table, (), name, tuple(list_table(trees[table], (), tree)))
    if kind not in KINDS or find(tree, (kind, name)) is MISSING:
        return None
    makers = {"pages": list_page, "outcomes": list_outcome, "parameters": list_parameter}
    path = (kind, name)
    groups = list_table(tree, path, tree) if kind == "decisions" else makers[kind](tree, path)
    return Sheet(SERVICE, path, name, tuple(groups))


def list_about(tree: Tree) -> Iterator[Box]:
    """What the whole is called, and who stands for it."""
    yield make_box(tree, ("version",), _("Version"))
    yield from make_text_boxes(tree, ("start", "title"), _("Title"))
    yield from make_text_boxes(tree, ("start", "body"), _("Text"), Kind.BLOCK)
    yield make_box(tree, ("start", "minutes"), _("Minutes that it takes"), Kind.VALUE)
    yield from make_text_boxes(tree, ("notice",), _("Notice on every page"))
    yield make_box(tree, ("publisher", "name"), _("Publisher"))
    yield make_box(tree, ("publisher", "contact"), _("Contact"))
    yield make_box(tree, ("languages", "complete"), _("Languages that are complete"), Kind.WORDS)
    yield make_box(tree, ("languages", "partial"), _("Languages that are begun"), Kind.WORDS)


def list_page(tree: Tree, path: Path) -> Iterator[Group]:
    """A page, its questions with their options, and where it leads."""
    page = find(tree, path)
    questions = [(*path, "question")] if "question" in page else []
    questions += [(*path, "questions", each["id"]) for each in page.get("questions", []) if "id" in each]
    boxes = [] if "question" in page else make_text_boxes(tree, (*path, "title"), _("Title"))
    boxes += make_text_boxes(tree, (*path, "body"), _("Text"), Kind.BLOCK)
    boxes.append(make_box(tree, (*path, "only_if"), _("Shown only if")))
    for inside in questions:
        yield from list_question(tree, inside)
    yield Group(_("Page"), tuple(boxes))
    yield list_routes(tree, path)


def list_question(tree: Tree, path: Path) -> Iterator[Group]:
    """A question and its options."""
    question = find(tree, path)
    kind = str(question.get("type", ""))
    types = tuple((str(each), str(each)) for each in QuestionType)
    boxes = make_text_boxes(tree, (*path, "title"), _("Question"))
    boxes.append(make_box(tree, (*path, "type"), _("Kind of answer"), Kind.CHOICE, choices=types))
    boxes += make_text_boxes(tree, (*path, "hint"), _("Hint"))
    boxes += make_text_boxes(tree, (*path, "body"), _("Text below the question"), Kind.BLOCK)
    boxes += make_text_boxes(tree, (*path, "purpose"), _("Why it is asked"))
    boxes += [
        make_box(tree, (*path, key), label, holds) for key, label, holds in LIMITS if key in LIMITS_OF.get(kind, ())
    ]
    if kind == "checkboxes":
        boxes += make_text_boxes(tree, (*path, "none"), _("The choice of none of them"))
    boxes.append(make_flag(tree, (*path, "optional"), _("It may be left empty")))
    boxes.append(make_flag(tree, (*path, "unknown"), _("“I don't know” is an answer")))
    yield Group(_("Question"), tuple(boxes))
    if kind in CHOSEN:
        holder = "/".join(str(step) for step in (*path, "options"))
        for option in question.get("options", []):
            inside = (*path, "options", option["id"])
            fields = make_text_boxes(tree, (*inside, "label"), _("Label"))
            fields += make_text_boxes(tree, (*inside, "hint"), _("Hint"))
            yield Group(option["id"], tuple(fields), holder, option["id"])
        yield Group(_("Options"), adds=holder)


def make_flag(tree: Tree, path: Path, label: Any) -> Box:
    """The box of yes or no."""
    return Box(path, label, Kind.FLAG, "true" if find(tree, path) is True else "")


def list_routes(tree: Tree, path: Path) -> Group:
    """Where a page leads: the first row that holds."""
    routes = find(tree, (*path, "routes"))
    targets = list_targets(tree)
    count = len(routes) if isinstance(routes, list) else 0
    rows = []
    for number in range(count + 1):
        inside = (*path, "routes", number)
        boxes = (
            make_box(tree, (*inside, "when"), _("When")),
            make_box(tree, (*inside, "to"), _("To"), Kind.CHOICE, choices=targets),
        )
        rows.append(Group(str(number + 1), boxes))
    return Group(_("Where it leads"), rows=tuple(rows), columns=(_("When"), _("To")))


def list_targets(tree: Tree) -> tuple[tuple[str, str], ...]:
    """Where a route can lead."""
    names = ["next", *(each["id"] for each in tree.get("pages", []))]
    names += [f"decision.{name}" for name in tree.get("decisions", {}) or {}]
    return (("", "–"), *((name, name) for name in names), *list_results(tree))


def list_results(tree: Tree) -> tuple[tuple[str, str], ...]:
    """The outcomes, as rules and routes name them."""
    return tuple((f"outcome.{each['id']}", f"outcome.{each['id']}") for each in tree.get("outcomes", []))


def list_outcome(tree: Tree, path: Path) -> Iterator[Group]:
    """The texts of an outcome."""
    boxes = make_text_boxes(tree, (*path, "title"), _("Title"))
    boxes += make_text_boxes(tree, (*path, "body"), _("Text"), Kind.BLOCK)
    boxes.append(make_box(tree, (*path, "source"), _("Source")))
    yield Group(_("Result"), tuple(boxes))


def list_parameter(tree: Tree, path: Path) -> Iterator[Group]:
    """A parameter, and its values by day."""
    kind = Kind.LINE if find(tree, (*path, "type")) == "text" else Kind.VALUE
    boxes = make_text_boxes(tree, (*path, "title"), _("Title"))
    boxes += [make_box(tree, (*path, key), label) for key, label in (("source", _("Source")), ("unit", _("Unit")))]
    values = find(tree, (*path, "values"))
    if values is MISSING:
        boxes.append(make_box(tree, (*path, "value"), _("Value"), kind))
    yield Group(_("Parameter"), tuple(boxes))
    rows = []
    for number in range(1 if values is MISSING else len(values) + 1):
        inside = (*path, "values", number)
        row = (make_box(tree, (*inside, "from"), _("From")), make_box(tree, (*inside, "value"), _("Value"), kind))
        rows.append(Group(str(number + 1), row))
    yield Group(_("Values by day"), rows=tuple(rows), columns=(_("From"), _("Value")))


def list_table(tree: Tree, path: Path, service: Tree) -> Iterator[Group]:
    """A decision as a table: a row for each rule."""
    decision = find(tree, path)
    inputs = [str(each) for each in decision.get("inputs", [])]
    holder = "/".join(str(step) for step in (*path, "rules"))
    rows = []
    for rule in decision.get("rules", []):
        inside = (*path, "rules", rule["id"])
        boxes = [make_box(tree, (*inside, "if", place), head, Kind.VALUE) for place, head in enumerate(inputs)]
        boxes += list_then(tree, inside, rule.get("then"), list_results(service))
        boxes += make_text_boxes(tree, (*inside, "because"), _("Because"))[:1]
        boxes.append(make_box(tree, (*inside, "source"), _("Source")))
        rows.append(Group(rule["id"], tuple(boxes), holder, rule["id"]))
    columns = (*inputs, _("Then"), _("Because"), _("Source"))
    yield Group(_("Rules"), rows=tuple(rows), columns=columns, adds=holder)


def list_then(tree: Tree, path: Path, then: Any, results: tuple[tuple[str, str], ...]) -> list[Box]:
    """The box of what a rule gives: a result to choose, or a value; several values are changed in the file."""
    inside = (*path, "then")
    if isinstance(then, str) and then.startswith("outcome."):
        return [make_box(tree, inside, _("Then"), Kind.CHOICE, choices=(*results, *missing(then, results)))]
    kind = Kind.WORDS if isinstance(then, list) else Kind.VALUE
    return [make_box(tree, inside, _("Then"), kind)] if not isinstance(then, dict) else [Box((), _("Then"))]


def missing(value: str, choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """A value that stands there and is none of the choices, so that it is not lost."""
    return () if value in dict(choices) else ((value, value),)


def tidy(tree: Tree, path: Path) -> None:
    """Drop rows that say nothing any more; a value that got a second one is the first of its list."""
    element = find(tree, path)
    if not isinstance(element, dict):
        return
    if "value" in element and element.get("values"):
        element["values"] = [{"value": element.pop("value")}, *element["values"]]
    for key in ("routes", "values"):
        if key in element:
            put(tree, (*path, key), drop_empty(element[key]) or None)
