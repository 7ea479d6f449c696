"""What a mail is about: the petition and the signature that its recipient stands for; and the mail itself.

Law: who has been anonymised is never written to. Next: `supporters.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ridgeway.office.design.letters import render_letter
from ridgeway.office.notices import Attachment, Mail, Notice
from ridgeway.office.notices.remembering import remember
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import SignatureRole

SIGNATURE = "signature:"
TEMPLATES = "petitions/mails"
IS_COPY = "is_copy"
NEEDED = ("petition_id", "role", "state", "name", "canonical_email", "wants_updates", "unsubscribe_token")
"""What of a signature mails say or ask."""


@dataclass(frozen=True, slots=True)
class About:
    """One petition, and one person under it."""

    notice: Notice
    petition: Petition
    signature: Signature

    @property
    def is_creator(self) -> bool:
        """Whether this person started it."""
        return self.signature.role == SignatureRole.CREATOR

    @property
    def is_copy(self) -> bool:
        """Whether this is a copy for the team, who want to see it whether or not anybody else would get it."""
        return bool(self.notice.payload.get(IS_COPY))

    @property
    def link(self) -> str:
        """Where everybody sees the petition."""
        name = "petition" if self.petition.archived_at is None else "archived-petition"
        return link_to(name, language=self.notice.language, petition_id=self.petition.pk)

    @property
    def unsubscribe(self) -> str:
        """Where this person stops mails about it."""
        name = "unsubscribe" if self.petition.archived_at is None else "archived-unsubscribe"
        return self.token_link(name, self.signature.unsubscribe_token, signature_id=self.signature.pk)

    def token_link(self, name: str, token: str, **kwargs: Any) -> str:
        """A page that knows the person by a token."""
        return f"{link_to(name, language=self.notice.language, **kwargs)}?{urlencode({'token': token})}"

    def write(self, template: str, **context: Any) -> Mail:
        """The mail to this person."""
        given = {
            "name": self.signature.name,
            "title": self.petition.action,
            "is_creator": self.is_creator,
            "link": self.link,
        }
        return write_mail(template, given | context, language=self.notice.language)

    def write_update(self, template: str, **context: Any) -> Mail:
        """The mail to this person, one of many, which says how to get no more."""
        mail = self.write(template, unsubscribe=self.unsubscribe, reason=say_why(self.is_creator), **context)
        return replace(mail, unsubscribe_url=self.unsubscribe)


@dataclass(frozen=True, slots=True)
class Listed:
    """A petition in a list."""

    title: str
    link: str


def find_about(notice: Notice) -> About | None:
    """The petition and signature of a notice; None when either is gone or the person was anonymised."""
    signature_id = notice.recipient_key.removeprefix(SIGNATURE)
    if not notice.recipient_key.startswith(SIGNATURE) or not signature_id.isdecimal():
        return None
    signature = Signature.objects.only(*NEEDED).filter(pk=int(signature_id), anonymized_at=None).order_by().first()
    if signature is None:
        return None
    petition_id = signature.petition_id
    return About(notice, remember((Petition, petition_id), partial(read_petition, petition_id)), signature)


def read_petition(petition_id: int) -> Petition:
    """A petition, with what a mail may say of it."""
    return Petition.objects.select_related("rejection_reason", "parliament").get(pk=petition_id)


def say_why(is_creator: bool) -> str:
    """Why somebody gets a mail of many."""
    if is_creator:
        return _("You get this mail because you started this petition.")
    return _("You get this mail because you signed this petition and asked to hear about it.")


def write_mail(
    template: str, context: Mapping[str, Any], *, language: str, reply_to: str = "", files: tuple[Attachment, ...] = ()
) -> Mail:
    """The letter of a template as a mail from the site."""
    site = remember(read_site, read_site)
    common = {"site": site, "home": link_to("home", language=language), "name": "", "unsubscribe": "", "reason": ""}
    letter = render_letter(
        f"{TEMPLATES}/{template}.txt", common | dict(context), language=language, site_name=site.title
    )
    return Mail(
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        sender=site.mail_from,
        reply_to=reply_to or site.reply_to,
        attachments=files,
    )
