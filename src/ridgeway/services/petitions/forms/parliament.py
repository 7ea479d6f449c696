"""What an administrator fills in about a Parliament: what it is, and how it ends. Times are on the site's clock."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.office.design.widgets import DateParts
from ridgeway.services.petitions.actions.dissolving import Announcement
from ridgeway.services.petitions.actions.founding import Described
from ridgeway.services.petitions.models import Parliament

PERIOD = re.compile(r"\d{4}-\d{4}")
MAX_MESSAGE = 2000
MIDNIGHT = time(0, 1)


def join(day: date | None, at: time | None) -> datetime | None:
    """The moment on the site's clock."""
    return None if day is None else timezone.make_aware(datetime.combine(day, at or MIDNIGHT))


def split(at: datetime | None) -> tuple[date | None, str]:
    """The day and the time on the site's clock."""
    local = timezone.localtime(at) if at else None
    return (local.date(), f"{local:%H:%M}") if local else (None, "")


class DayField(forms.DateField):
    """A day."""

    widget = DateParts


class ClockField(forms.TimeField):
    """A time of day."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write the time as 00:01.")}  # noqa: RUF012 - Django's documented name


class DescribeForm(forms.Form):
    """A Parliament."""

    period = forms.CharField(label=_("Years"), help_text=_("As 2024-2029; it is also its address."), max_length=9)
    government = forms.CharField(label=_("Government"), max_length=100)
    opening_on = DayField(label=_("Day on which it opens"), required=False)
    opening_time = ClockField(label=_("Time"), required=False)

    @classmethod
    def of(cls, parliament: Parliament | None, data: Any = None) -> "DescribeForm":
        """The form, filled with what is said now."""
        if parliament is None:
            return cls(data)
        day, clock = split(parliament.opening_at)
        said = {"period": parliament.period, "government": parliament.government}
        return cls(data, initial={**said, "opening_on": day, "opening_time": clock})

    def clean_period(self) -> str:
        """Two years."""
        period = str(self.cleaned_data["period"])
        if not PERIOD.fullmatch(period):
            raise forms.ValidationError(gettext("Write two years, as 2024-2029."))
        return period

    def read(self) -> Described:
        """What was filled in."""
        values = self.cleaned_data
        return Described(values["period"], values["government"], join(values["opening_on"], values["opening_time"]))


class DissolutionForm(forms.Form):
    """How a Parliament ends, and what is said of it."""

    dissolution_on = DayField(label=_("Day of the dissolution"), required=False)
    dissolution_time = ClockField(label=_("Time"), help_text=_("As 00:01, on the site's clock."), required=False)
    shows_dissolution = forms.BooleanField(label=_("Show the announcement on the public site"), required=False)
    dissolution_heading = forms.CharField(label=_("Heading before the dissolution"), max_length=200, required=False)
    dissolution_message = forms.CharField(
        label=_("Message before the dissolution"),
        help_text=_("You can use Markdown."),
        max_length=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea,
    )
    dissolved_heading = forms.CharField(label=_("Heading after the dissolution"), max_length=200, required=False)
    dissolved_message = forms.CharField(
        label=_("Message after the dissolution"), max_length=MAX_MESSAGE, required=False, widget=forms.Textarea
    )
    dissolution_faq_url = forms.URLField(
        label=_("Page with questions and answers"), max_length=500, required=False, assume_scheme="https"
    )
    registration_closes_on = DayField(label=_("Last day on which one can register to vote"), required=False)
    registration_closes_time = ClockField(label=_("Time"), required=False)
    election_on = DayField(label=_("Day of the election"), required=False)

    @classmethod
    def of(cls, parliament: Parliament, data: Any = None) -> "DissolutionForm":
        """The form, filled with what is said now."""
        day, clock = split(parliament.dissolution_at)
        last, last_clock = split(parliament.registration_closes_at)
        names = (
            "shows_dissolution",
            "dissolution_heading",
            "dissolution_message",
            "dissolved_heading",
            "dissolved_message",
            "dissolution_faq_url",
            "election_on",
        )
        said = {name: getattr(parliament, name) for name in names}
        times = {"dissolution_on": day, "dissolution_time": clock}
        closing = {"registration_closes_on": last, "registration_closes_time": last_clock}
        return cls(data, initial={**said, **times, **closing})

    def read(self) -> Announcement:
        """What was filled in."""
        values = dict(self.cleaned_data)
        at = join(values.pop("dissolution_on"), values.pop("dissolution_time"))
        closes_at = join(values.pop("registration_closes_on"), values.pop("registration_closes_time"))
        return Announcement(dissolution_at=at, registration_closes_at=closes_at, **values)

    def clean(self) -> dict[str, Any]:
        """Nothing is announced without a day."""
        values = super().clean() or {}
        if values.get("shows_dissolution") and not values.get("dissolution_on"):
            self.add_error("dissolution_on", gettext("Say on which day, before you announce it."))
        return values


class CutoffForm(forms.Form):
    """From when on creators of petitions that are stopped get a mail."""

    cutoff_on = DayField(
        label=_("Tell creators of petitions begun from this day on"),
        help_text=_("They get a mail when their petition is stopped; creators of older ones do not."),
    )

    def read(self) -> datetime:
        """The first moment of the day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["cutoff_on"], time()))


class PrivacyForm(forms.Form):
    """Whom to tell that the privacy notice has changed."""

    since = DayField(
        label=_("Only those who signed since"), help_text=_("Leave it empty for everybody."), required=False
    )
