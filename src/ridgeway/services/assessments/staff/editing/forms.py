"""The boxes of a sheet as a form of Django, and what begins a draft or a page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ridgeway.services.assessments.definition.names import ID
from ridgeway.services.assessments.operating.samples import list_starters
from ridgeway.services.assessments.staff.editing.boxes import MAX_CHARACTERS, Box, Kind

TYPES = (
    ("yes_no", _("Yes or no")),
    ("radios", _("One of several")),
    ("checkboxes", _("Several of several")),
    ("number", _("A number")),
    ("date", _("A date")),
    ("year", _("A year")),
    ("text", _("A short text")),
    ("information", _("Nothing: a page to read")),
)
NAME = r"\A[a-z][a-z0-9_]{0,63}\Z"


def make_field(box: Box, *, is_cell: bool) -> forms.Field:
    """The field of a box; in a table its label is heard and not seen."""
    attributes: dict[str, Any] = {"aria-label": str(box.label), "class": "input"} if is_cell else {}
    if box.kind is Kind.FLAG:
        return forms.BooleanField(label=box.label, required=False)
    if box.kind is Kind.CHOICE:
        known = box.choices if box.shown in dict(box.choices) else (*box.choices, (box.shown, box.shown))
        return forms.ChoiceField(
            label=box.label, choices=known, required=False, widget=forms.Select(attrs=attributes | {"dir": "ltr"})
        )
    is_long = box.kind is Kind.BLOCK or "\n" in box.shown
    widget: forms.Widget = forms.Textarea(attrs={"rows": 6}) if is_long else forms.TextInput(attrs=attributes)
    return forms.CharField(label=box.label, max_length=MAX_CHARACTERS, required=False, widget=widget)


class SheetForm(forms.Form):
    """The boxes of one element, and the number of the draft that their writer had before them."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, boxes: Iterable[Box], *, number: int, cells: frozenset[str] = frozenset()) -> None:
        boxes = [box for box in boxes if box.path]
        shown: dict[str, Any] = {box.name: box.shown for box in boxes}
        super().__init__(data, initial=shown | {"number": number})
        for box in boxes:
            self.fields[box.name] = make_field(box, is_cell=box.name in cells)


class BeginForm(forms.Form):
    """A new package."""

    name = forms.RegexField(
        rf"\A{ID.pattern}\Z",
        label=_("Name in the address"),
        help_text=_("Small letters, digits and hyphens. It stays for good."),
        max_length=64,
    )
    starter = forms.ChoiceField(label=_("Begin with"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starter"].choices = [(name, name) for name in list_starters()]  # type: ignore[attr-defined]


class PageForm(forms.Form):
    """A new page or result."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    name = forms.RegexField(
        NAME,
        label=_("Short name"),
        help_text=_("Small letters, digits and _. It stays when the words change."),
        max_length=64,
    )
    title = forms.CharField(label=_("Question or title"), max_length=300)
    kind = forms.ChoiceField(label=_("What is asked"), choices=(*TYPES, ("outcome", _("Nothing: it is a result"))))
    after = forms.ChoiceField(label=_("Behind the page"), required=False)

    def __init__(self, *args: Any, pages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].choices = [("", "–"), *((page, page) for page in pages)]  # type: ignore[attr-defined]

    def make_entry(self) -> dict[str, Any]:
        """The page or result as it stands in the file."""
        name, title, kind = (self.cleaned_data[key] for key in ("name", "title", "kind"))
        if kind in {"outcome", "information"}:
            return {"id": name, "title": title}
        question: dict[str, Any] = {"type": kind, "title": title}
        if kind == "checkboxes":
            question["none"] = str(_("None of these"))
        return {"id": name, "question": question}
