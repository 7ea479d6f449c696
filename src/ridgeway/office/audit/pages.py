"""The audit log at the desk: who did what, by filters, and as CSV."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ridgeway.office.audit.queries import iterate_entries, list_entries
from ridgeway.office.audit.table import render_lines
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.gates import gate
from ridgeway.office.people.roles import READ_AUDIT

PAGE = 50
MAX_CHARACTERS = 200
MAX_NUMBER = 2**63 - 1


class FiltersForm(forms.Form):
    """Which lines are wanted."""

    who = forms.CharField(label=_("Who"), required=False, max_length=MAX_CHARACTERS)
    act = forms.CharField(label=_("Act"), required=False, max_length=MAX_CHARACTERS)
    subject = forms.CharField(label=_("Done to"), required=False, max_length=MAX_CHARACTERS)
    text = forms.CharField(label=_("Words of the reason"), required=False, max_length=MAX_CHARACTERS)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=MAX_NUMBER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].help_text = _("As petitions.approve, or petitions. for all of them.")
        self.fields["subject"].help_text = _("As petition:700001, or petition for all of them.")


def read_filters(given: Mapping[str, Any]) -> Filters:
    """The filters of a form that is right; days are those of the time zone of the site, both included."""
    return Filters(
        who=given.get("who", ""),
        act=given.get("act", ""),
        subject=given.get("subject", ""),
        text=given.get("text", ""),
        since=begin_day(given.get("since"), days=0),
        until=begin_day(given.get("until"), days=1),
    )


def begin_day(day: Any, *, days: int) -> datetime | None:
    """The first moment of the day that comes `days` after `day`; a day beyond the calendar limits nothing."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
    except (OverflowError, ValueError):
        return None


@gate(READ_AUDIT)
def show_log(request: HttpRequest) -> HttpResponse:
    """A page of lines, newest first."""
    form = FiltersForm(request.GET)
    entries, following = [], ""
    if form.is_valid():
        found = list_entries(read_filters(form.cleaned_data), before=form.cleaned_data["before"], limit=PAGE + 1)
        entries = found[:PAGE]
        if len(found) > PAGE:
            following = f"?{urlencode({**plain_query(request), 'before': entries[-1].pk})}"
    context = {
        "form": form,
        "entries": entries,
        "following": following,
        "newest": f"?{urlencode(plain_query(request))}" if request.GET.get("before") else "",
        "query": urlencode(plain_query(request)),
    }
    return render(request, "audit/log.html", context)


@gate(READ_AUDIT)
def download_log(request: HttpRequest) -> HttpResponseBase:
    """Every line that fits, as CSV."""
    form = FiltersForm(request.GET)
    if not form.is_valid():
        return render(request, "audit/log.html", {"form": form, "entries": []}, status=400)
    lines = render_lines(iterate_entries(read_filters(form.cleaned_data)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def plain_query(request: HttpRequest) -> dict[str, str]:
    """The filters as they were asked for, without the page."""
    names = [name for name in FiltersForm.base_fields if name != "before"]
    return {name: request.GET[name] for name in names if request.GET.get(name)}
