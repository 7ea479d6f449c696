"""Asking for reports, which come by mail."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.office.design.widgets import DateParts
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.reporting import REPORTS, request_report
from ridgeway.services.petitions.models import Parliament
from ridgeway.services.petitions.service import MODERATE
from ridgeway.services.petitions.staff.saying import say, show


class ReportForm(forms.Form):
    """Which report, of which days and which Parliament."""

    report = forms.ChoiceField(
        label=_("Report"),
        choices=list(REPORTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a report.")},
    )
    since = forms.DateField(label=_("Signatures from this day on"), required=False, widget=DateParts)
    until = forms.DateField(label=_("Signatures until this day"), required=False, widget=DateParts)
    parliament = forms.ModelChoiceField(
        Parliament.objects.order_by("-created_at"),
        label=_("Petitions of this Parliament"),
        required=False,
        empty_label=_("Any"),
    )

    def clean(self) -> dict[str, Any]:
        """The days follow one another."""
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["until"] < values["since"]:
            self.add_error("until", gettext("This day comes before the first one."))
        return values


@gate(MODERATE)
def ask_report(request: HttpRequest) -> HttpResponse:
    """`/petitions/reports`."""
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        request_report(
            values["report"],
            actor=get_actor(request),
            now=timezone.now(),
            since=values["since"],
            until=values["until"],
            parliament_id=values["parliament"].pk if values["parliament"] else None,
        )
        say(request, gettext("The report is being made and will be mailed to you."))
        return redirect(reverse("petitions-staff:reports"))
    return show(request, "reports.html", {"form": form}, status=422 if form.is_bound else 200)


urlpatterns = [path("reports", ask_report, name="reports")]
