"""The first page of the desk: what waits, how long already, and how much comes in."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.notices.status import count_outbox
from ridgeway.office.people.gates import gate
from ridgeway.services.petitions.queries.desk import count_piles, list_waiting_proposals, measure_ages, measure_load
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.service import VIEW
from ridgeway.services.petitions.staff.lists import link_pile
from ridgeway.services.petitions.staff.saying import show


@gate(VIEW)
def show_home(request: HttpRequest) -> HttpResponse:
    """`/petitions/`."""
    now, site = timezone.now(), read_site()
    ages, counts = measure_ages(site, now=now), count_piles()
    queue = [
        {"label": gettext("Waiting less than %(days)s days") % {"days": site.moderation_near_overdue_days}}
        | {"number": ages.recent, "colour": "green", "href": link_pile("in_moderation")},
        {
            "label": gettext("Nearly overdue"),
            "number": ages.near,
            "colour": "yellow",
            "href": link_pile("in_moderation"),
        },
        {"label": gettext("Overdue"), "number": ages.overdue, "colour": "red", "href": link_pile("in_moderation")},
    ]
    context = {
        "ages": ages,
        "queue": queue,
        "counts": counts,
        "load": measure_load(now=now),
        "outbox": count_outbox(now=now),
        "proposals": list_waiting_proposals(),
        "link_pile": link_pile,
        "is_delayed": ages.waiting >= site.moderation_delay_threshold,
    }
    return show(request, "home.html", context)


urlpatterns = [path("", show_home, name="home")]
