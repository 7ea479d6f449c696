"""What a system administrator sets for the whole site: a form for each tab.

Law: a tab saves its own fields alone, so two people on two tabs do not undo one another. Numbers that contradict one
another are refused with the field that is wrong.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import GENERAL, LineField, ParagraphsField
from ridgeway.services.petitions.models import Country, SiteSettings
from ridgeway.services.petitions.rules.addresses import find_address_fault
from ridgeway.services.petitions.rules.lists import ListError, parse_domain_glob, parse_list

MAX_MONTHS = 60
MAX_COUNT = 100_000_000
MAX_SPONSORS = 1000
MAX_DAYS = 365
MESSAGE_LIMIT = 1000
LIST_LIMIT = 5000
NAMED = re.compile(r"[^<>@\"]* ?<(?P<address>[^<>]+)>")
COLOURS = [
    ("default", _("Blue")),
    ("green", _("Green")),
    ("red", _("Red")),
    ("amber", _("Amber")),
    ("grey", _("Grey")),
]


def number(label: Any, *, hint: Any = "", least: int = 1, most: int = MAX_COUNT) -> Any:
    """A whole number within bounds."""
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=most)


def flag(label: Any, hint: Any = "") -> Any:
    """Something that is on or off."""
    return forms.BooleanField(label=label, help_text=hint, required=False)


def line(label: Any, limit: int, *, hint: Any = "", required: bool = True) -> Any:
    """One line of text."""
    return LineField(label=label, help_text=hint, limit=limit, words=GENERAL, required=required)


def message(label: Any) -> Any:
    """A message to visitors, which may be missing."""
    hint = _("Leave it empty to show none.")
    return ParagraphsField(label=label, help_text=hint, limit=MESSAGE_LIMIT, words=GENERAL, required=False)


class SiteForm(forms.Form):
    """A tab; it begins with what is set."""

    def __init__(self, data: Any = None, *, site: SiteSettings) -> None:
        super().__init__(data, initial={name: getattr(site, name) for name in self.base_fields if hasattr(site, name)})
        self.site = site

    def require_order(self, lower: str, higher: str, said: str) -> None:
        """An error at `higher` where it does not exceed `lower`."""
        low, high = self.cleaned_data.get(lower), self.cleaned_data.get(higher)
        if low is not None and high is not None and high <= low:
            self.add_error(higher, said)


class DescriptionForm(SiteForm):
    """Names, and where mail comes from."""

    title = line(_("Name of the site"), 100)
    parliament_name = line(_("Name of the Parliament"), 100)
    government_name = line(_("Name of the government"), 100)
    country_code = forms.ChoiceField(
        label=_("Home country"), help_text=_("Its residents have postcodes and constituencies.")
    )
    mail_from = line(
        _("Sender of mails"), 255, hint=_("As in Petitions <no-reply@parliament.example>."), required=False
    )
    reply_to = line(_("Where answers to mails go"), 255, required=False)
    team_mailbox = line(
        _("Mailbox of the team"), 255, hint=_("Feedback, previews and alerts are sent there."), required=False
    )
    map_url = forms.URLField(label=_("Address of a map"), max_length=500, required=False, assume_scheme="https")
    link_domains = ParagraphsField(
        label=_("Domains that links of a debate may lead to"),
        help_text=_("One in each line."),
        limit=LIST_LIMIT,
        words=GENERAL,
        required=False,
    )

    def __init__(self, data: Any = None, *, site: SiteSettings) -> None:
        super().__init__(data, site=site)
        known = list(Country.objects.filter(ends_on=None).order_by("name").values_list("code", "name"))
        own = self.site.country_code
        missing = [] if own in dict(known) else [(own, own)]
        self.fields["country_code"].choices = [*missing, *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Mailboxes can be written into a mail, the map is a page, and each line of the list is a domain."""
        values = super().clean() or {}
        for name in ("mail_from", "reply_to", "team_mailbox"):
            if values.get(name):
                self.judge_mailbox(name, values[name])
        if values.get("map_url") and not values["map_url"].startswith(("https://", "http://")):
            self.add_error("map_url", gettext("The address must begin with https://"))
        try:
            parse_list(values.get("link_domains", ""), parse_plain_domain)
        except ListError as error:
            self.add_error("link_domains", say_lines(error))
        return values

    def judge_mailbox(self, name: str, value: str) -> None:
        """An error where mail could not be sent so; only a sender and a place for answers have names."""
        match = NAMED.fullmatch(value) if name != "team_mailbox" else None
        address = match["address"] if match else value
        if find_address_fault(address, allows_plus=True) is not None:
            self.add_error(name, gettext("Enter an email address like name@example.com"))


def parse_plain_domain(entry: str) -> str:
    """A domain without stars.

    Raises:  ValueError.
    """
    domain = parse_domain_glob(entry)
    if "*" in domain or "." not in domain:
        raise ValueError("write a domain, as in example.org")
    return domain


def say_lines(error: ListError) -> str:
    """Which lines of a list cannot be read."""
    numbers = ", ".join(str(each.number) for each in error.lines[:20])
    return gettext("These lines are no domains: %(numbers)s") % {"numbers": numbers}


class ThresholdsForm(SiteForm):
    """How many, and how long."""

    minimum_sponsors = number(_("Supporters that a petition needs at least"), most=MAX_SPONSORS)
    maximum_sponsors = number(_("Supporters that a petition takes at most"), most=MAX_SPONSORS)
    threshold_for_moderation = number(_("Supporters after which it is checked"), most=MAX_SPONSORS)
    threshold_for_response = number(_("Signatures for a response of the government"))
    threshold_for_debate = number(_("Signatures for a debate in Parliament"))
    petition_duration_months = number(
        _("Months for which a petition is open"),
        hint=_("Petitions that are open already keep their deadlines."),
        most=MAX_MONTHS,
    )

    def clean(self) -> dict[str, Any]:
        """The lines follow one another."""
        values = super().clean() or {}
        more = gettext("This must be more than %(other)s")
        self.require_order(
            "threshold_for_response",
            "threshold_for_debate",
            more % {"other": gettext("the signatures for a response")},
        )
        self.require_order(
            "minimum_sponsors", "maximum_sponsors", more % {"other": gettext("the supporters needed at least")}
        )
        checked, most = values.get("threshold_for_moderation"), values.get("maximum_sponsors")
        if checked is not None and most is not None and checked > most:
            self.add_error(
                "threshold_for_moderation", gettext("A petition would never be checked: it takes fewer supporters.")
            )
        return values


class ModerationForm(SiteForm):
    """How moderators work."""

    moderation_near_overdue_days = number(_("Days after which a petition is nearly overdue"), most=MAX_DAYS)
    moderation_overdue_days = number(_("Days after which a petition is overdue"), most=MAX_DAYS)
    moderation_delay_threshold = number(
        _("Petitions in the queue from which moderation counts as delayed"),
        hint=_("Mails to creators say so then."),
    )
    needs_four_eyes = flag(_("A second person has to agree before a petition is hidden or removed"))
    locks_petitions = flag(_("A petition that somebody works on is locked for others"))

    def clean(self) -> dict[str, Any]:
        """Nearly overdue comes before overdue."""
        values = super().clean() or {}
        said = gettext("This must be more than the days after which it is nearly overdue.")
        self.require_order("moderation_near_overdue_days", "moderation_overdue_days", said)
        return values


class MessagesForm(SiteForm):
    """What visitors are told."""

    home_message = message(_("Message on the first page"))
    home_message_colour = forms.ChoiceField(label=_("Its colour"), choices=COLOURS)
    petition_message = message(_("Message on pages of petitions"))
    petition_message_colour = forms.ChoiceField(label=_("Its colour"), choices=COLOURS)
    feedback_message = message(_("Message on the feedback page"))
    feedback_message_colour = forms.ChoiceField(label=_("Its colour"), choices=COLOURS)
    pause_message = message(_("Message while signing is paused"))

    def clean(self) -> dict[str, Any]:
        """A pause is explained."""
        values = super().clean() or {}
        if not self.site.accepts_signatures and not values.get("pause_message"):
            self.add_error("pause_message", gettext("Signing is paused: tell visitors why."))
        return values


class AccessForm(SiteForm):
    """Who sees the public site."""

    is_public = flag(_("The public site is open"), _("When it is not, visitors see that it is being worked on."))
    access_user = line(_("Name that visitors are asked for"), 60, required=False)
    new_password = forms.CharField(
        label=_("New password for visitors"),
        help_text=_("At least 12 characters. Leave it empty to keep the one that there is."),
        min_length=12,
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    drops_password = flag(_("Ask visitors for no name and password"))

    def clean(self) -> dict[str, Any]:
        """A name has a password and the other way round."""
        values = super().clean() or {}
        has_password = bool(values.get("new_password") or self.site.access_password)
        if values.get("drops_password"):
            if values.get("new_password"):
                self.add_error("drops_password", gettext("Either set a password, or ask for none."))
        elif values.get("access_user") and not has_password:
            self.add_error("new_password", gettext("Enter a password as well."))
        return values


class FlagsForm(SiteForm):
    """What is on and what is off."""

    accepts_petitions = flag(_("New petitions can be started"))
    accepts_signatures = flag(
        _("Petitions can be signed"), _("While they cannot, each deadline moves by a day every day.")
    )
    shows_trending = flag(_("The first page shows what is signed most just now"))
    finds_constituencies = flag(_("Constituencies are found by postcode"))
    allows_plus_addresses = flag(_("Email addresses with a plus sign are taken"))
    mails_feedback = flag(_("Feedback is mailed to the team"))
    checks_counts = flag(_("Counts are checked every night"))

    def clean(self) -> dict[str, Any]:
        """A pause is explained first."""
        values = super().clean() or {}
        if not values.get("accepts_signatures") and not self.site.pause_message:
            self.add_error(
                "accepts_signatures", gettext("Write the message of the pause first, under Messages: visitors see it.")
            )
        return values


TABS: Mapping[str, tuple[Promise, type[SiteForm]]] = {
    "description": (_("Description and mail"), DescriptionForm),
    "thresholds": (_("Thresholds and durations"), ThresholdsForm),
    "moderation": (_("Moderation"), ModerationForm),
    "messages": (_("Messages"), MessagesForm),
    "access": (_("Access"), AccessForm),
    "features": (_("On and off"), FlagsForm),
}
