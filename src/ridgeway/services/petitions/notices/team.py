"""Mails to the team's own mailbox: what visitors say, reports, reminders."""

from ridgeway.office.notices import Attachment, Mail, Notice
from ridgeway.office.notices.addresses import is_address
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.notices.about import Listed, write_mail
from ridgeway.services.petitions.states import PUBLISHED, DebateState

MAX_NAMED = 100


def render_feedback(notice: Notice) -> Mail:
    """What a visitor wrote; an answer goes to them."""
    payload = notice.payload
    email = str(payload.get("email", ""))
    return write_mail(
        "feedback",
        {
            "comment": "\n> ".join(str(payload.get("comment", "")).splitlines()),
            "about": payload.get("petition", ""),
            "email": email,
            "user_agent": payload.get("user_agent", ""),
        },
        language=notice.language,
        reply_to=email if is_address(email) else "",
    )


def render_report(notice: Notice) -> Mail:
    """A report as a file, or what went wrong."""
    payload = notice.payload
    file_name, content = str(payload.get("file_name", "")), str(payload.get("content", ""))
    files = (Attachment(file_name, "text/csv", content.encode()),) if file_name else ()
    context = {key: payload.get(key, "") for key in ("title", "failure", "body")}
    return write_mail("report", context | {"file_name": file_name}, language=notice.language, files=files)


def render_debate_reminder(notice: Notice) -> Mail | None:
    """The petitions past the line of a debate about which nothing is decided; none is no mail."""
    waiting = Petition.objects.filter(state__in=PUBLISHED, debate_state=DebateState.AWAITING, archived_at=None)
    found = waiting.order_by("debate_threshold_reached_at")[:MAX_NAMED]
    petitions = [Listed(each.action, link_to("petition", petition_id=each.pk)) for each in found]
    return write_mail("debate_reminder", {"petitions": petitions}, language=notice.language) if petitions else None
