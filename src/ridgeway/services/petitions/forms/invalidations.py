"""What a batch of signatures to be withdrawn is: a summary and at least one condition."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.models import Constituency, Country, Invalidation, Petition
from ridgeway.services.petitions.queries.invalidations import CONDITIONS
from ridgeway.services.petitions.rules.lists import parse_network

MAX_NUMBER = 10**18
PATTERN = _("You can write % for anything, as in Su%.")


class InvalidationForm(forms.ModelForm[Invalidation]):
    """The batch."""

    petition = forms.IntegerField(label=_("Number of the petition"), min_value=1, max_value=MAX_NUMBER, required=False)
    constituency_code = forms.ChoiceField(label=_("Constituency"), required=False)
    country_code = forms.ChoiceField(label=_("Country"), required=False)
    created_after = forms.DateTimeField(
        label=_("Signed from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    created_before = forms.DateTimeField(
        label=_("Signed until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        """The conditions, after what it is for."""

        model = Invalidation
        fields = ("summary", "details", *CONDITIONS)
        labels = {  # noqa: RUF012 - Django's form
            "summary": _("What it is for"),
            "details": _("Notes"),
            "name": _("Name"),
            "postcode": _("Postcode"),
            "ip": _("IP address or network"),
            "email": _("Email address"),
            "domain": _("Domain of the email address"),
        }
        help_texts = {"name": PATTERN, "email": PATTERN, "domain": PATTERN}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_one = [("", gettext("Any"))]
        places = Constituency.objects.order_by("name").values_list("code", "name")
        countries = Country.objects.order_by("name").values_list("code", "name")
        self.fields["constituency_code"].choices = any_one + list(places)  # type: ignore[attr-defined]
        self.fields["country_code"].choices = any_one + list(countries)  # type: ignore[attr-defined]
        for name in ("name", "postcode", "ip", "email", "domain"):
            self.fields[name].required = False

    def clean_petition(self) -> Petition | None:
        """The petition of that number."""
        number = self.cleaned_data["petition"]
        if number is None:
            return None
        petition = Petition.objects.filter(pk=number, archived_at=None).first()
        if petition is None:
            raise forms.ValidationError(gettext("There is no petition of this number."))
        return petition

    def clean_ip(self) -> str:
        """A network, spelled in one way."""
        text = self.cleaned_data["ip"].strip()
        try:
            return parse_network(text) if text else ""
        except ValueError as error:
            said = gettext("Write an address or a network, as in 192.0.2.7 or 192.0.2.0/24.")
            raise forms.ValidationError(said) from error

    def clean(self) -> dict[str, Any]:
        """At least one condition, and one that says something."""
        values = super().clean() or {}
        for name in ("name", "email", "domain"):
            if values.get(name) and not values[name].strip("%@ "):
                self.add_error(name, gettext("This would fit everybody."))
        if not self.errors and not any(values.get(name) for name in CONDITIONS):
            raise forms.ValidationError(gettext("Give at least one condition."))
        after, before = values.get("created_after"), values.get("created_before")
        if after and before and after >= before:
            self.add_error("created_before", gettext("This is before the beginning."))
        return values
