"""What the pages of a petition say of who works on it. Next: `locks.py`, `../actions/locking.py`."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.actor import Actor
from ridgeway.office.people.gates import get_actor, may
from ridgeway.services.petitions.actions.locking import find_holder, hold
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.service import ANNOTATE, RESPOND


def may_change(actor: Actor) -> bool:
    """Whether this person writes anything on petitions."""
    return may(actor, ANNOTATE) or may(actor, RESPOND)


def describe_lock(request: HttpRequest, petition: Petition) -> dict[str, Any]:
    """The petition is held by who may change it, where it is free; and who holds it otherwise, for the page."""
    actor, now = get_actor(request), timezone.now()
    if not may_change(actor):
        return {"petition": petition, "holder": "", "is_held": False, "held_at": ""}
    is_held = hold(petition.pk, actor=actor, now=now)
    holder = "" if is_held else find_holder(read_again(petition), actor=actor, now=now)
    return {"petition": petition, "holder": holder, "is_held": is_held, "held_at": now.isoformat()}


def is_free(request: HttpRequest, petition: Petition, form: BaseForm) -> bool:
    """Whether this person may save what they wrote; where somebody else works on it the form says who."""
    holder = find_holder(read_again(petition), actor=get_actor(request), now=timezone.now())
    if holder:
        text = gettext("%(name)s is working on this petition. Take it over first, then save.")
        form.add_error(None, text % {"name": holder})
    return not holder


def read_again(petition: Petition) -> Petition:
    """The petition as it is now."""
    return Petition.objects.select_related("locked_by").get(pk=petition.pk)
