"""Form fields that a rule decides about: tidied, then judged, and every fault said in the person's language.

Law: what is wrong is decided in `rules`; here it gets its words. A value that comes out of a field is tidied and may be
stored as it is.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ridgeway.office.notices.addresses import is_address
from ridgeway.services.petitions.rules.addresses import ADDRESS_LIMIT, find_address_fault, tidy_address
from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.names import NAME_LIMIT, find_name_fault
from ridgeway.services.petitions.rules.texts import find_line_fault, find_text_fault, tidy_line, tidy_text

Words = Mapping[Wrong, str | Promise]

FORMULA = _("Begin with a letter or a number, not with =, +, - or @")
CONTROL = _("This holds signs that cannot be seen. Type it again instead of pasting it")
GENERAL: Words = {
    Wrong.MISSING: _("This must not be empty"),
    Wrong.TOO_LONG: _("Use %(limit)s characters or fewer"),
    Wrong.FORMULA: FORMULA,
    Wrong.CONTROL: CONTROL,
}
NAME: Words = {
    Wrong.MISSING: _("Enter your full name"),
    Wrong.TOO_LONG: _("Your name must be %(limit)s characters or fewer"),
    Wrong.FORMULA: _("Your name must begin with a letter, not with =, +, - or @"),
    Wrong.CONTROL: _("Your name holds signs that cannot be seen. Type it again instead of pasting it"),
    Wrong.LINK: _("Your name must not hold a web address"),
}
ADDRESS: Words = {
    Wrong.MISSING: _("Enter your email address"),
    Wrong.TOO_LONG: _("Your email address must be %(limit)s characters or fewer"),
    Wrong.FORMULA: _("Your email address must begin with a letter or a number, not with =, +, - or @"),
    Wrong.SHAPE: _("Enter an email address like name@example.com"),
    Wrong.PLUS: _("Enter your email address without the plus sign and what follows it"),
    Wrong.DIFFERENT: _("The two email addresses are not the same. Type your address again"),
}
POSTCODE: Words = {
    Wrong.MISSING: _("Enter your postcode"),
    Wrong.TOO_LONG: _("Enter a real postcode"),
    Wrong.FORMULA: _("Your postcode must begin with a letter or a number"),
    Wrong.CONTROL: _("Enter a real postcode"),
    Wrong.SHAPE: _("Enter a real postcode, like SW1A 1AA"),
}


def say_fault(fault: Fault, words: Words) -> ValidationError:
    """The fault as an error of a form."""
    message = words.get(fault.wrong) or GENERAL[fault.wrong]
    return ValidationError(cast("str", message), code=fault.wrong, params={"limit": fault.limit})


def find_mail_fault(address: str, *, allows_plus: bool) -> Fault | None:
    """What is wrong with an address: by the rules, or because no mail of ours could be sent there."""
    fault = find_address_fault(address, allows_plus=allows_plus)
    if fault is None and not is_address(address):
        return Fault(Wrong.SHAPE)
    return fault


class RuledField(forms.CharField):
    """A text that is tidied, then judged by a rule; `limit` is what the counter shows."""

    def __init__(
        self,
        *,
        tidy: Callable[[str], str],
        find_fault: Callable[[str], Fault | None],
        words: Words,
        limit: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(strip=False, **kwargs)
        self.tidy = tidy
        self.find_fault = find_fault
        self.words = words
        self.max_length = limit  # after the field is made: the rule judges the length, not the browser

    def to_python(self, value: Any) -> str:
        """The tidied text."""
        return self.tidy(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Hold only for a text that the rule finds nothing wrong with.

        Raises:  ValidationError in words.
        """
        fault = self.find_fault(value)
        if fault is not None:
            raise say_fault(fault, self.words)


class LineField(RuledField):
    """One line of free text."""

    def __init__(self, *, limit: int, words: Words, required: bool = True, **kwargs: Any) -> None:
        find = partial(find_line_fault, limit=limit, is_required=required)
        super().__init__(tidy=tidy_line, find_fault=find, words=words, limit=limit, required=required, **kwargs)


class ParagraphsField(RuledField):
    """Free text of several lines."""

    def __init__(self, *, limit: int, words: Words, required: bool = True, rows: int = 5, **kwargs: Any) -> None:
        find = partial(find_text_fault, limit=limit, is_required=required)
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(
            tidy=tidy_text, find_fault=find, words=words, limit=limit, required=required, widget=widget, **kwargs
        )


class NameField(RuledField):
    """A person's name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"})
        super().__init__(
            tidy=tidy_line, find_fault=find_name_fault, words=NAME, limit=NAME_LIMIT, widget=widget, **kwargs
        )


class AddressField(RuledField):
    """An e-mail address; whether one with a plus sign is taken, the site's staff decide."""

    def __init__(self, *, allows_plus: bool = False, **kwargs: Any) -> None:
        find = partial(find_mail_fault, allows_plus=allows_plus)
        # A text input: one for e-mail refuses addresses that are in order, and says so in the browser's words.
        widget = forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"})
        super().__init__(
            tidy=tidy_address, find_fault=find, words=ADDRESS, limit=ADDRESS_LIMIT, widget=widget, **kwargs
        )
