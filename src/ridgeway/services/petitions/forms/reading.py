"""The forms of pages that are read: a postcode to find a place by, a word to the team, a closed site's password."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import (
    POSTCODE,
    AddressField,
    LineField,
    ParagraphsField,
    RuledField,
    Words,
)
from ridgeway.services.petitions.rules.faults import Wrong
from ridgeway.services.petitions.rules.postcodes import find_postcode_fault, tidy_postcode

COMMENT_LIMIT = 4000
REFERENCE_LIMIT = 500
COMMENT: Words = {
    Wrong.MISSING: _("Write what you want to tell us"),
    Wrong.TOO_LONG: _("Use %(limit)s characters or fewer"),
}


class PlaceForm(forms.Form):
    """Where somebody lives."""

    def __init__(self, *args: Any, home_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["postcode"] = RuledField(
            label=_("Your postcode"),
            tidy=tidy_postcode,
            find_fault=partial(find_postcode_fault, country_code=home_code, home_code=home_code),
            words=POSTCODE,
            widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false", "dir": "ltr"}),
        )


class OptionalAddressField(AddressField):
    """An address, or nothing."""

    def validate(self, value: str) -> None:
        """Hold for nothing, and for what an address is.

        Raises:  ValidationError.
        """
        if value:
            super().validate(value)


class FeedbackForm(forms.Form):
    """A word to the team."""

    comment = ParagraphsField(
        label=_("What do you want to tell us?"),
        help_text=_("Do not write anything here that you would not tell a stranger, such as your address."),
        limit=COMMENT_LIMIT,
        words=COMMENT,
        rows=8,
    )
    petition = LineField(
        label=_("Which petition is it about?"),
        help_text=_("Its address or its number, if it is about one."),
        limit=REFERENCE_LIMIT,
        words=COMMENT,
        required=False,
    )
    email = OptionalAddressField(
        label=_("Your email address"),
        help_text=_("Only if you want an answer."),
        allows_plus=True,
        required=False,
    )


class AccessForm(forms.Form):
    """The name and password of a site that is not open to everybody."""

    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), max_length=255, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
