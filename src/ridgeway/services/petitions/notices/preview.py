"""A copy to the team of what a creator would get."""

from dataclasses import replace

from django.utils.translation import gettext as _

from ridgeway.office.notices import Mail, Notice
from ridgeway.office.notices.registry import find_kind
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.notices.about import IS_COPY, SIGNATURE

MAX_SUBJECT = 290


def render_preview(notice: Notice) -> Mail | None:
    """The mail of the kind that the payload names, as to the petition's creator, marked, and with no way to stop it."""
    petition = Petition.objects.filter(pk=notice.payload["petition_id"]).first()
    kind = find_kind(str(notice.payload["kind"]))
    if petition is None or petition.creator_id is None or kind is None or kind.name == notice.kind:
        return None
    mail = kind.render(
        replace(
            notice,
            kind=kind.name,
            subject=f"petition:{petition.pk}",
            recipient_key=f"{SIGNATURE}{petition.creator_id}",
            language=petition.language,
            payload={**notice.payload.get("payload", {}), IS_COPY: True},
        )
    )
    if mail is None:
        return None
    subject = _("Copy: %(subject)s") % {"subject": mail.subject}
    return replace(mail, subject=subject[:MAX_SUBJECT], unsubscribe_url="")
