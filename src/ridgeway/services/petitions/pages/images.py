"""The pictures of debates, by what they are: an address with a digest shows the same for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from ridgeway.services.petitions.models import DebateOutcome
from ridgeway.services.petitions.pages.caching import public
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.states import PUBLISHED

YEAR = 365 * 24 * 3600


@public(YEAR)
def show_debate_image(request: HttpRequest, petition_id: str, digest: str) -> HttpResponse:
    """`/images/debates/ID/DIGEST.jpg`."""
    found = DebateOutcome.objects.filter(petition=parse_id(petition_id), image_digest=digest)
    outcome = found.filter(petition__state__in=sorted(PUBLISHED)).first()
    if outcome is None or not outcome.image:
        raise Http404
    response = HttpResponse(bytes(outcome.image), content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


urlpatterns = [
    path("images/debates/<str:petition_id>/<slug:digest>.jpg", show_debate_image, name="debate-image"),
]
