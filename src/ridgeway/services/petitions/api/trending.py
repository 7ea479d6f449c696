"""What is signed most in the last hour, for programs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from ridgeway.services.petitions.api.answers import answer_json, link_petition
from ridgeway.services.petitions.api.attributes import render_time
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.pages.caching import COUNTS, public
from ridgeway.services.petitions.queries.published import list_trending
from ridgeway.services.petitions.queries.site import read_site

LIMIT = 10


@public(COUNTS, cors=True)
def show_trending(request: HttpRequest) -> HttpResponse:
    """`/trending.json`; `signature_count` is that of the hour. Empty while staff have it off."""
    now = timezone.now()
    found = list_trending(now=now, limit=LIMIT) if read_site().shows_trending else []
    data = [
        {
            "type": "petition",
            "id": petition.pk,
            "links": {"self": link_petition(petition, suffix=".json")},
            "attributes": {"action": petition.action, "signature_count": count},
        }
        for petition, count in found
    ]
    updated_at = render_time(now.replace(second=0, microsecond=0))
    return answer_json({"data": data, "links": {"self": link_to("trending-json")}, "meta": {"updated_at": updated_at}})


urlpatterns = [
    path("trending.json", show_trending, name="trending-json"),
    path("trending", show_trending),
]
