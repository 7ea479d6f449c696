"""What a system administrator sets for the whole site.

Law: one transaction and one audit line, which names the fields and, where they hold no text of persons, says what they
were and are. A password is kept as its digest and never told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import SiteSettings
from ridgeway.services.petitions.queries.site import read_site

SITE = "site"
PASSWORD = "access_password"  # noqa: S105 - the name of a field


@transaction.atomic
def configure(values: Mapping[str, Any], *, actor: Actor, now: datetime) -> list[str]:
    """The site is set so; which fields were changed."""
    site = SiteSettings.objects.select_for_update().order_by("pk").first() or read_site()
    before = {name: getattr(site, name) for name in values}
    changed = sorted(name for name, value in values.items() if before[name] != value)
    if not changed:
        return []
    for name in changed:
        setattr(site, name, values[name])
    site.updated_at = now
    site.save(update_fields=[*changed, "updated_at"] if site.pk else None)
    figures = {name: [before[name], values[name]] for name in changed if isinstance(values[name], int)}
    Doer(actor, now).note("configure", SITE, details={"fields": changed, "values": figures})
    return changed


def set_access(*, is_public: bool, user: str, password: str, drops: bool, actor: Actor, now: datetime) -> list[str]:
    """Whether the site is open, and which name and password visitors are asked for; no password keeps the old one."""
    values: dict[str, Any] = {"is_public": is_public, "access_user": "" if drops else user}
    if drops:
        values[PASSWORD] = ""
    elif password:
        values[PASSWORD] = make_password(password)
    return configure(values, actor=actor, now=now)
