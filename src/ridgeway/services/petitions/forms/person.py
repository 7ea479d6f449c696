"""Who somebody is that starts, supports or signs: name, e-mail address twice, where they live.

Law: a postcode is asked for at home alone; abroad it may be given as people write it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import ADDRESS, POSTCODE, AddressField, NameField, say_fault
from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.postcodes import find_postcode_fault, tidy_postcode_of

MAX_POSTCODE_TYPED = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What the site asks of people: where home is, which countries there are, and what kind of address is taken."""

    home_code: str
    countries: Sequence[tuple[str, str]]
    allows_plus: bool = False

    @property
    def home_name(self) -> str:
        """The home country's name in the language of the page."""
        return dict(self.countries).get(self.home_code, gettext("this country"))


class PersonForm(forms.Form):
    """The details of one person."""

    field_order = ("name", "email", "email_again", "location", "postcode", "wants_updates")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, asked: Asked, asks_updates: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.asked = asked
        self.fields["name"] = NameField(label=_("Your full name"))
        self.fields["email"] = AddressField(
            label=_("Your email address"),
            help_text=_("We send you a link to this address. We never publish it."),
            allows_plus=asked.allows_plus,
        )
        again = forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"})
        self.fields["email_again"] = forms.CharField(
            label=_("Type your email address again"), required=False, widget=again
        )
        self.fields["location"] = forms.ChoiceField(
            label=_("Where do you live?"),
            choices=list(asked.countries),
            initial=asked.home_code,
            widget=forms.Select(attrs={"autocomplete": "country"}),
            error_messages={"invalid_choice": _("Choose a country from the list"), "required": _("Choose a country")},
        )
        self.fields["postcode"] = forms.CharField(
            label=_("Your postcode"),
            help_text=_("Not needed if you live abroad. It tells us your constituency."),
            required=False,
            widget=forms.TextInput(
                attrs={"autocomplete": "postal-code", "spellcheck": "false", "data-home": asked.home_code}
            ),
        )
        if asks_updates:
            self.fields["wants_updates"] = forms.BooleanField(
                label=_("Email me about what happens to this petition"), required=False
            )
        self.order_fields(self.field_order)

    def clean_email_again(self) -> str:
        """The address once more, as it was typed the first time."""
        again = str(self.cleaned_data["email_again"]).strip()
        first = self.cleaned_data.get("email")
        if first is not None and again.casefold() != first.casefold():
            raise say_fault(Fault(Wrong.DIFFERENT), ADDRESS)
        return again

    def clean(self) -> dict[str, Any]:
        """The postcode as it is stored, where one is asked for or given."""
        cleaned: dict[str, Any] = self.cleaned_data
        country = cleaned.get("location")
        typed = str(cleaned.get("postcode") or "")
        if country is None:
            return cleaned
        home = self.asked.home_code
        fault = find_postcode_fault(typed[:MAX_POSTCODE_TYPED], country_code=country, home_code=home)
        if fault is not None:
            self.add_error("postcode", say_fault(fault, POSTCODE))
        else:
            cleaned["postcode"] = tidy_postcode_of(typed, country_code=country, home_code=home)
        return cleaned
