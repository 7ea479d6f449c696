"""The desk's own pages: where to go from here, and whether the process is up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ridgeway.office.people.gates import SIGNED_IN, gate, get_actor, may, ungated
from ridgeway.services import installed


@gate(SIGNED_IN)
def show_desk(request: HttpRequest) -> HttpResponse:
    """The first page of the only service that somebody works for, or a list of them."""
    actor = get_actor(request)
    entries = [entry for service in installed().values() for entry in service.menu if may(actor, entry.permission)]
    if len(entries) == 1:
        return redirect(reverse(entries[0].view))
    return render(request, "web/desk.html", {"entries": entries})


@ungated("tells a load balancer that the process answers, and nothing else")
def show_ping(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")
