"""What pages of the desk share: the version that an address names, the words for states, what the last act said."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.states import State

SAID = "assessments.said"
MAX_ID_DIGITS = 12
STATES = {
    State.DRAFT: _("Draft"),
    State.SCHEDULED: _("Scheduled"),
    State.LIVE: _("Live"),
    State.REPLACED: _("Replaced"),
    State.ENDED: _("Ended"),
    State.WITHDRAWN: _("Withdrawn"),
}
COLOURS = {State.LIVE: "green", State.SCHEDULED: "blue", State.DRAFT: "yellow", State.WITHDRAWN: "red"}
ACTS = {
    "assessments.add": _("Added"),
    "assessments.activate": _("Put live"),
    "assessments.schedule": _("Scheduled"),
    "assessments.unschedule": _("Taken off the schedule"),
    "assessments.withdraw": _("Withdrawn"),
    "assessments.restore": _("Restored as a draft"),
    "assessments.end": _("Ended"),
    "assessments.sign_off": _("Signed off"),
    "assessments.comment": _("Commented"),
    "assessments.settle_comment": _("Settled a comment"),
    "assessments.begin_draft": _("Began a draft"),
    "assessments.change_draft": _("Saved a draft"),
    "assessments.drop_draft": _("Dropped a draft"),
}


def get_version(version_id: str) -> Version:
    """The version that the address names, without its package and document.

    Raises:  Http404.
    """
    if not (version_id.isascii() and version_id.isdigit() and len(version_id) <= MAX_ID_DIGITS):
        raise Http404
    found = Version.objects.defer("archive", "compiled").filter(pk=int(version_id)).first()
    if found is None:
        raise Http404
    return found


def say(request: HttpRequest, text: str, *, kind: str = "success") -> None:
    """`text` is shown on the next page; `kind` is success, important or error."""
    request.session[SAID] = [kind, str(text)]


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the desk, with what the last act said."""
    said = request.session.pop(SAID, None)
    messages = [{"kind": said[0], "text": said[1]}] if said else []
    shared = {"messages": messages, "states": STATES, "colours": COLOURS, "acts": ACTS}
    return render(request, f"assessments/staff/{template}", shared | context, status=status)
