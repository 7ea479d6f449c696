"""The models, for those who are imported before Django's apps are ready.

Law: `ridgeway.office.notices` is an app and names its functions, so what it names cannot import models. Next:
`models.py`.
"""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import QuerySet

if TYPE_CHECKING:
    from ridgeway.office.notices.models import QueuedNotice, RequestedMailing


def notices() -> "QuerySet[QueuedNotice]":
    """Every notice."""
    return apps.get_model("notices", "QueuedNotice").objects.all()


def mailings() -> "QuerySet[RequestedMailing]":
    """Every mailing."""
    return apps.get_model("notices", "RequestedMailing").objects.all()
