"""A copy of a mail to the team, and what the next page says of it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.gates import get_actor
from ridgeway.services.petitions.actions.previewing import NoMailboxError, mail_copy
from ridgeway.services.petitions.staff.saying import say


def send_copy(request: HttpRequest, petition_id: int, kind: str, payload: Mapping[str, Any] | None = None) -> None:
    """The team gets the mail of this kind; the next page says where it went, or that the team has no mailbox."""
    try:
        mailbox = mail_copy(petition_id, kind, payload or {}, actor=get_actor(request), now=timezone.now())
    except NoMailboxError:
        text = gettext("It is saved, but there is no mailbox for a copy. Write one into the settings of the site.")
        say(request, text, kind="error")
        return
    text = gettext("It is saved, and a copy is on its way to %(mailbox)s. Nobody else gets a mail yet.")
    say(request, text % {"mailbox": mailbox})
