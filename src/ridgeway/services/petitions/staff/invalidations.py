"""Withdrawing many signatures at once: a batch is written down, counted, started, watched, cancelled."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import background, gate, get_actor
from ridgeway.services.petitions.actions import invalidating
from ridgeway.services.petitions.forms.invalidations import InvalidationForm
from ridgeway.services.petitions.models import Invalidation
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.queries.invalidations import is_over
from ridgeway.services.petitions.service import FRAUD
from ridgeway.services.petitions.staff.saying import say, show

PAGE_SIZE = 50
VERBS: dict[str, tuple[Callable[..., Any], Promise]] = {
    "count": (invalidating.count_again, _("The signatures are counted.")),
    "start": (invalidating.start, _("The batch is started. You can watch it here.")),
    "cancel": (invalidating.cancel, _("The batch is cancelled. What it has done stays.")),
    "delete": (invalidating.delete, _("The batch is deleted.")),
}


@gate(FRAUD)
def list_batches(request: HttpRequest) -> HttpResponse:
    """`/petitions/invalidations`."""
    batches = Invalidation.objects.select_related("created_by", "petition").order_by("-pk")
    page = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "page_href": lambda number: f"?page={number}", "state_of": describe_state}
    return show(request, "invalidations.html", context)


@gate(FRAUD)
def add_batch(request: HttpRequest) -> HttpResponse:
    """`/petitions/invalidations/new`."""
    form = InvalidationForm(request.POST or None, initial={"petition": request.GET.get("petition", "")})
    if request.method == "POST" and form.is_valid():
        batch = invalidating.write_down(form.save(commit=False), actor=get_actor(request), now=timezone.now())
        return redirect(reverse("petitions-staff:invalidation", kwargs={"invalidation_id": batch.pk}))
    return show(request, "invalidation-form.html", {"form": form}, status=422 if form.is_bound else 200)


def get_batch(invalidation_id: str) -> Invalidation:
    """The batch.

    Raises:  Http404; BadRequest for what is no number.
    """
    found = Invalidation.objects.select_related("created_by", "petition").filter(pk=parse_id(invalidation_id)).first()
    if found is None:
        raise Http404
    return found


def describe_state(batch: Invalidation) -> Promise:
    """Where it stands."""
    if batch.cancelled_at:
        return _("Cancelled")
    if batch.completed_at:
        return _("Done")
    if batch.started_at:
        return _("Under way")
    return _("Waiting for a worker") if batch.enqueued_at else _("Not started")


def describe(batch: Invalidation) -> dict[str, Any]:
    """The context of its page."""
    return {"batch": batch, "state": describe_state(batch), "is_over": is_over(batch)}


@gate(FRAUD)
def show_batch(request: HttpRequest, invalidation_id: str) -> HttpResponse:
    """`/petitions/invalidations/ID`."""
    return show(request, "invalidation.html", describe(get_batch(invalidation_id)))


@gate(FRAUD)
@background
def show_progress(request: HttpRequest, invalidation_id: str) -> HttpResponse:
    """`/petitions/invalidations/ID/progress`: the part of the page that a script keeps fresh."""
    return render(request, "petitions/staff/invalidation-progress.html", describe(get_batch(invalidation_id)))


@gate(FRAUD)
@require_POST
def act(request: HttpRequest, invalidation_id: str, act: str) -> HttpResponse:
    """`/petitions/invalidations/ID/ACT`."""
    if act not in VERBS:
        raise Http404
    batch = get_batch(invalidation_id)
    verb, said = VERBS[act]
    verb(batch.pk, actor=get_actor(request), now=timezone.now())
    say(request, str(said))
    if act == "delete":
        return redirect(reverse("petitions-staff:invalidations"))
    return redirect(reverse("petitions-staff:invalidation", kwargs={"invalidation_id": batch.pk}))


urlpatterns = [
    path("invalidations", list_batches, name="invalidations"),
    path("invalidations/new", add_batch, name="add-invalidation"),
    path("invalidations/<str:invalidation_id>", show_batch, name="invalidation"),
    path("invalidations/<str:invalidation_id>/progress", show_progress, name="invalidation-progress"),
    path("invalidations/<str:invalidation_id>/<str:act>", act, name="act-invalidation"),
]
