"""Limits, lists and rules of domains, as system administrators write them.

Law: a list with a line that cannot be read is refused whole, and each such line is named by its number.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.actions.limiting import mark_of
from ridgeway.services.petitions.models import DomainRule, RateLimits
from ridgeway.services.petitions.queries.guard import read_domains
from ridgeway.services.petitions.rules.addresses import ANY, DOMAIN, encode_domain
from ridgeway.services.petitions.rules.lists import (
    ListError,
    parse_address_list,
    parse_domain_glob,
    parse_list,
    parse_network,
)
from ridgeway.services.petitions.rules.ratelimits import Rates, find_rates_fault

MAX_NAMED_LINES = 5
MAX_RATE = 1_000_000
MAX_SECONDS = 86_400
RATES = (
    "burst_rate",
    "burst_period_seconds",
    "sustained_rate",
    "sustained_period_seconds",
    "creator_rate",
    "sponsor_rate",
    "feedback_rate",
)
NETWORKS = ("allowed_ips", "blocked_ips", "ignored_ips")
DOMAINS = ("allowed_domains", "blocked_domains", "ignored_domains")
LISTS = (*NETWORKS, *DOMAINS, "blocked_emails")
A_NETWORK = _("One address or network a line, as 192.0.2.0/24. What follows a # is a comment.")
A_DOMAIN = _(
    "One domain a line; * stands for one part, ** for several, as *.example.org. What follows a # is a comment."
)
AN_ADDRESS = _("One address a line. All spellings of it are meant. What follows a # is a comment.")
FAULTS = {
    "sustained_rate": _("This has to be more than may be signed at a stretch."),
    "sustained_period_seconds": _("This has to be longer than the short period."),
}


def check_list(text: str, parse_all: Callable[[str], Any]) -> str:
    """The list as it was written.

    Raises:  ValidationError naming the lines that cannot be read.
    """
    try:
        parse_all(text)
    except ListError as error:
        said = gettext("Line %(number)s cannot be read: %(text)s")
        lines = error.lines[:MAX_NAMED_LINES]
        raise forms.ValidationError([said % {"number": bad.number, "text": bad.text[:80]} for bad in lines]) from error
    return text


class LimitsForm(forms.ModelForm[RateLimits]):
    """All limits and lists."""

    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        """In the order of the page."""

        model = RateLimits
        fields = (*RATES, *LISTS, "logs_trending", "trending_threshold", "trending_alert_threshold")
        labels = {  # noqa: RUF012 - Django's form
            "burst_rate": _("Signatures at a stretch"),
            "burst_period_seconds": _("Short period, in seconds"),
            "sustained_rate": _("Signatures over a while"),
            "sustained_period_seconds": _("Long period, in seconds"),
            "creator_rate": _("Petitions in the long period"),
            "sponsor_rate": _("Supporters in the long period"),
            "feedback_rate": _("Feedback in the long period"),
            "allowed_ips": _("Networks that no limit stops"),
            "blocked_ips": _("Networks that may not sign"),
            "ignored_ips": _("Networks that are not noted"),
            "allowed_domains": _("Domains that no limit stops"),
            "blocked_domains": _("Domains that may not sign"),
            "ignored_domains": _("Domains that are not noted"),
            "blocked_emails": _("Addresses that may not sign"),
            "logs_trending": _("Note from where petitions are signed remarkably often"),
            "trending_threshold": _("Noted from so many signatures an hour"),
            "trending_alert_threshold": _("The team is warned from so many"),
        }
        help_texts = {  # noqa: RUF012
            "burst_rate": _("From one place on the net, to one petition."),
            **dict.fromkeys(NETWORKS, A_NETWORK),
            **dict.fromkeys(DOMAINS, A_DOMAIN),
            "blocked_emails": AN_ADDRESS,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = mark_of(self.instance)
        for name in RATES:
            most = MAX_SECONDS if name.endswith("seconds") else MAX_RATE
            field = self.fields[name]
            self.fields[name] = forms.IntegerField(
                label=field.label, help_text=field.help_text, min_value=1, max_value=most
            )
        for name in ("trending_threshold", "trending_alert_threshold"):
            self.fields[name] = forms.IntegerField(label=self.fields[name].label, min_value=1, max_value=MAX_RATE)
        for name in LISTS:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Every list can be read, and the rates do not contradict one another."""
        values = super().clean() or {}
        for name in NETWORKS:
            self.check(name, lambda text: parse_list(text, parse_network))
        for name in DOMAINS:
            self.check(name, lambda text: parse_list(text, parse_domain_glob))
        table = read_domains()
        self.check("blocked_emails", lambda text: parse_address_list(text, table))
        if not any(name in self.errors for name in RATES):
            fault = find_rates_fault(Rates(**{name: values[name] for name in RATES}))
            if fault is not None:
                self.add_error(fault, FAULTS[fault])
        return values

    def check(self, name: str, parse_all: Callable[[str], Any]) -> None:
        """One list."""
        try:
            check_list(self.cleaned_data.get(name, ""), parse_all)
        except forms.ValidationError as error:
            self.add_error(name, error)


class DomainRuleForm(forms.ModelForm[DomainRule]):
    """How addresses of a domain are spelled in one way."""

    class Meta:
        """The rule."""

        model = DomainRule
        fields = ("pattern", "strip_characters", "strip_extension", "aliased_to")
        labels = {  # noqa: RUF012 - Django's form
            "pattern": _("Domain"),
            "strip_characters": _("Signs that do not count"),
            "strip_extension": _("Signs that begin what does not count"),
            "aliased_to": _("The same as the domain"),
        }
        help_texts = {  # noqa: RUF012
            "pattern": _("A domain, *.domain for all below it, or * for every other."),
            "strip_characters": _("Before the @, as the dots of some providers."),
            "strip_extension": _("Mostly a plus sign. Leave it empty where everything counts."),
        }

    def clean_pattern(self) -> str:
        """A domain, `*.parent` or `*`."""
        pattern = encode_domain(self.cleaned_data["pattern"].strip().removeprefix("@"))
        if pattern != ANY and not DOMAIN.fullmatch(pattern.removeprefix("*.")):
            raise forms.ValidationError(gettext("Write a domain, as in example.org or *.example.org."))
        return pattern

    def clean_aliased_to(self) -> str:
        """A domain, or nothing."""
        domain = encode_domain(self.cleaned_data["aliased_to"].strip().removeprefix("@"))
        if domain and not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(gettext("Write a domain, as in example.org."))
        return domain

    def clean_strip_characters(self) -> str:
        """Signs, no letters."""
        return check_signs(self.cleaned_data["strip_characters"])

    def clean_strip_extension(self) -> str:
        """Signs, no letters."""
        return check_signs(self.cleaned_data["strip_extension"])

    def clean(self) -> dict[str, Any]:
        """A domain is not the same as itself."""
        values = super().clean() or {}
        if values.get("aliased_to") and values["aliased_to"] == values.get("pattern"):
            self.add_error("aliased_to", gettext("A domain cannot be the same as itself."))
        return values


def check_signs(text: str) -> str:
    """Signs that may stand in an address.

    Raises:  ValidationError.
    """
    signs = text.strip()
    if any(sign.isalnum() or sign.isspace() or sign == "@" or not sign.isascii() for sign in signs):
        raise forms.ValidationError(gettext("Only signs such as . or + can be left out."))
    return signs
