"""A field of a Django form as the template draws it: which control, which texts, which ids belong together.

Law: forms stay plain Django forms and know nothing of pages; this reads them. Ids: the control has Django's id, its
hint `ID-hint`, its error `ID-error`, its counter `ID-info`; the first of several options has the control's id, so that
a link in the error summary leads to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField

from ridgeway.office.design.widgets import DateParts
from ridgeway.office.design.wording import translate_data


class Kind(StrEnum):
    """Which control is drawn."""

    TEXT = "text"
    TEXTAREA = "textarea"
    PASSWORD = "password"  # noqa: S105 — the name of a control
    RADIOS = "radios"
    CHECKBOXES = "checkboxes"
    CHECKBOX = "checkbox"
    SELECT = "select"
    DATE_PARTS = "date_parts"
    FILE = "file"
    HIDDEN = "hidden"


# The first that fits: a class stands before the class that it is made from.
KINDS: Final[tuple[tuple[type[forms.Widget], Kind], ...]] = (
    (DateParts, Kind.DATE_PARTS),
    (forms.MultipleHiddenInput, Kind.HIDDEN),
    (forms.HiddenInput, Kind.HIDDEN),
    (forms.CheckboxSelectMultiple, Kind.CHECKBOXES),
    (forms.RadioSelect, Kind.RADIOS),
    (forms.Select, Kind.SELECT),
    (forms.CheckboxInput, Kind.CHECKBOX),
    (forms.Textarea, Kind.TEXTAREA),
    (forms.FileInput, Kind.FILE),
    (forms.PasswordInput, Kind.PASSWORD),
)
# What a plain text input says of itself, by widget; `type=email` and `type=number` refuse what people paste.
TEXT_ATTRIBUTES: Final[tuple[tuple[type[forms.Widget], Mapping[str, str]], ...]] = (
    (forms.EmailInput, {"inputmode": "email", "spellcheck": "false", "autocapitalize": "none"}),
    (forms.URLInput, {"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
    (forms.NumberInput, {"inputmode": "numeric"}),
    (forms.DateTimeInput, {"type": "datetime-local"}),
    (forms.DateInput, {"type": "date"}),
    (forms.TimeInput, {"type": "time"}),
)
DRAWN_ELSEWHERE: Final = frozenset({"class", "id", "name", "value", "rows", "cols", "required", "maxlength", "type"})
GROUPED: Final = frozenset({Kind.RADIOS, Kind.CHECKBOXES, Kind.DATE_PARTS})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of several; `group` is the heading that it stands under in a select."""

    value: str
    label: str
    id: str
    is_chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """Everything that `parts.field` draws."""

    kind: Kind
    name: str
    id: str
    label: str
    hint: str
    errors: tuple[str, ...]
    value: str
    values: tuple[str, ...]
    date_parts: Mapping[str, str]
    options: tuple[Option, ...]
    attributes: Mapping[str, str]
    max_length: int | None
    rows: int
    is_required: bool
    is_disabled: bool
    is_multiple: bool

    @property
    def is_grouped(self) -> bool:
        """Whether a fieldset holds several controls."""
        return self.kind in GROUPED

    def described_by(self, *, has_counter: bool = False, hint: str = "") -> str:
        """The ids of the texts that belong to the control."""
        ids = [
            f"{self.id}-hint" if self.hint or hint else "",
            f"{self.id}-error" if self.errors else "",
            f"{self.id}-info" if has_counter else "",
        ]
        return " ".join(filter(None, ids))


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; without `href` it concerns the form as a whole."""

    message: str
    href: str = ""


def describe_field(bound: BoundField) -> Control:
    """The field with its value, errors and ids, ready to be drawn."""
    widget, field = bound.field.widget, bound.field
    kind = find_kind(widget)
    value = bound.value()
    texts = list_values(widget, value)
    return Control(
        kind=kind,
        name=bound.html_name,
        id=bound.auto_id or bound.html_name,
        label=str(bound.label or ""),
        hint=str(bound.help_text or ""),
        errors=tuple(str(error) for error in bound.errors),
        value=texts[0] if texts and kind not in {Kind.PASSWORD, Kind.FILE} else "",
        values=texts,
        date_parts=widget.split(value) if isinstance(widget, DateParts) else {},
        options=list_options(bound, texts),
        attributes=list_attributes(widget),
        max_length=getattr(field, "max_length", None),
        rows=int(widget.attrs.get("rows", 5)),
        is_required=field.required,
        is_disabled=field.disabled,
        is_multiple=bool(getattr(widget, "allow_multiple_selected", False)),
    )


def find_kind(widget: forms.Widget) -> Kind:
    """The control that draws `widget`."""
    return next((kind for maker, kind in KINDS if isinstance(widget, maker)), Kind.TEXT)


def list_values(widget: forms.Widget, value: object) -> tuple[str, ...]:
    """The texts that the control holds; one for most, several for choices."""
    if isinstance(widget, forms.CheckboxInput):
        return ("on",) if value not in (None, False, "", "False", "false", "0") else ()
    if isinstance(widget, DateParts | forms.FileInput):
        return ()
    shown = value.isoformat() if isinstance(value, date | time) else widget.format_value(value)
    if shown is None:
        return ()
    if isinstance(shown, list | tuple):
        return tuple(str(item) for item in shown)
    return (str(shown),)


def list_options(bound: BoundField, chosen: tuple[str, ...]) -> tuple[Option, ...]:
    """The choices of a select, radios or checkboxes, in order."""
    widget = bound.field.widget
    if not isinstance(widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ()
    options: list[Option] = []
    for group, subwidgets, _index in widget.optgroups(bound.html_name, list(chosen)):
        for sub in subwidgets:
            options.append(make_option(bound, sub, str(group or ""), len(options)))
    return tuple(options)


def make_option(bound: BoundField, sub: Mapping[str, Any], group: str, index: int) -> Option:
    """One choice, with an id of its own."""
    first = bound.auto_id or bound.html_name
    return Option(
        value="" if sub["value"] is None else str(sub["value"]),
        label=translate_data(sub["label"]),
        id=first if index == 0 else f"{first}-{index + 1}",
        is_chosen=bool(sub["selected"]),
        group=group,
    )


def list_attributes(widget: forms.Widget) -> dict[str, str]:
    """The attributes of the control: by its kind, then those that the form gives."""
    of_kind = next((dict(given) for maker, given in TEXT_ATTRIBUTES if isinstance(widget, maker)), {})
    own = {
        name: "" if value is True else str(value)
        for name, value in widget.attrs.items()
        if name not in DRAWN_ELSEWHERE and value is not False and value is not None
    }
    return {**of_kind, **own}


def list_problems(*given: forms.BaseForm) -> tuple[Problem, ...]:
    """Every error of these forms: those of the whole first, then by field in the order of the page."""
    problems: list[Problem] = []
    for form in given:
        if not form.is_bound:
            continue
        problems += [Problem(str(message)) for message in form.non_field_errors()]
        for bound in form:
            target = f"#{target_id(bound)}"
            problems += [Problem(name_field(bound, str(message)), target) for message in bound.errors]
    return tuple(problems)


def name_field(bound: BoundField, message: str) -> str:
    """`message` for the summary: one that Django says of any field is told apart by the field's label."""
    defaults = [kind.__dict__.get("default_error_messages", {}) for kind in type(bound.field).__mro__]
    is_general = any(message == str(said) for given in defaults for said in given.values())
    return f"{bound.label}: {message}" if is_general else message


def target_id(bound: BoundField) -> str:
    """The id of the control, or of its first part, that a link to this field leads to."""
    own = bound.auto_id or bound.html_name
    return f"{own}-day" if isinstance(bound.field.widget, DateParts) else own
