"""What visitors told the team."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from ridgeway.office.people.gates import gate
from ridgeway.services.petitions.models import Feedback
from ridgeway.services.petitions.service import MAIL
from ridgeway.services.petitions.staff.saying import show

PAGE_SIZE = 25


@gate(MAIL)
def list_feedback(request: HttpRequest) -> HttpResponse:
    """`/petitions/feedback`: the newest first."""
    page = Paginator(Feedback.objects.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    here = reverse("petitions-staff:feedback")
    return show(request, "feedback.html", {"page": page, "page_href": lambda number: f"{here}?page={number}"})


urlpatterns = [path("feedback", list_feedback, name="feedback")]
