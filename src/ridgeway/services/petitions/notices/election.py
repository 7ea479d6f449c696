"""Mails to each person once, whatever they signed: petitions close early; the privacy notice changed."""

from dataclasses import dataclass

from django.db.models import QuerySet

from ridgeway.office.notices import Mail, Notice
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.notices.about import About, Listed, find_about
from ridgeway.services.petitions.notices.recipients import in_open_petitions
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.states import SignatureRole, SignatureState

MAX_LISTED = 5


@dataclass(frozen=True, slots=True)
class Lists:
    """A person's petitions, as many as a mail names."""

    started: tuple[Listed, ...]
    signed: tuple[Listed, ...]
    more: int


def list_petitions(rows: "QuerySet[Signature]", language: str) -> Lists:
    """The petitions of some signatures of one person: those that they started first."""
    found = list(rows.select_related("petition").order_by("-petition__signature_count", "pk"))
    started = [row for row in found if row.role == SignatureRole.CREATOR]
    signed = [row for row in found if row.role != SignatureRole.CREATOR]
    named = (started + signed)[:MAX_LISTED]

    def show(some: list[Signature]) -> tuple[Listed, ...]:
        return tuple(describe(row, language) for row in named if row in some)

    return Lists(show(started), show(signed), len(found) - len(named))


def describe(row: Signature, language: str) -> Listed:
    """One petition in a list."""
    name = "petition" if row.petition.archived_at is None else "archived-petition"
    return Listed(row.petition.action, link_to(name, language=language, petition_id=row.petition.pk))


def find_theirs(about: About) -> "QuerySet[Signature]":
    """The confirmed signatures of the same person."""
    return Signature.objects.filter(
        canonical_email=about.signature.canonical_email, state=SignatureState.VALIDATED, anonymized_at=None
    )


def render_closing_early(notice: Notice) -> Mail | None:
    """An election comes: the person's open petitions close early."""
    about = find_about(notice)
    if about is None:
        return None
    theirs = in_open_petitions(find_theirs(about).filter(wants_updates=True), str(notice.payload.get("whom", "")))
    lists = list_petitions(theirs, notice.language)
    parliament = find_parliament()
    if parliament is None or not (lists.started or lists.signed):
        return None
    return about.write_update(
        "closing_early",
        started=lists.started,
        signed=lists.signed,
        more=lists.more,
        dissolution_at=parliament.dissolution_at,
        registration_closes_at=parliament.registration_closes_at,
        election_on=parliament.election_on,
        faq=parliament.dissolution_faq_url,
    )


def render_privacy(notice: Notice) -> Mail | None:
    """The privacy notice changed: said to everybody whose address is kept."""
    about = find_about(notice)
    if about is None:
        return None
    lists = list_petitions(find_theirs(about), notice.language)
    privacy = link_to("content-page", language=notice.language, slug="privacy")
    return about.write("privacy", link=privacy, started=lists.started, signed=lists.signed, more=lists.more)
