"""Mails that confirm: the link that makes a signature count."""

from ridgeway.office.notices import Mail, Notice
from ridgeway.services.petitions.notices.about import find_about
from ridgeway.services.petitions.notices.supporters import find_in
from ridgeway.services.petitions.states import PUBLISHED, UNPUBLISHED, SignatureState

CONFIRMED_OR_WITHDRAWN = (SignatureState.VALIDATED, SignatureState.INVALIDATED)
"""One that is held for fraudulent gets its mail like any other: who cheats learns nothing from its absence."""


def render_confirm_sponsor(notice: Notice) -> Mail | None:
    """The link that confirms support, with the petition's text."""
    about = find_in(notice, UNPUBLISHED)
    if about is None or about.signature.state in CONFIRMED_OR_WITHDRAWN:
        return None
    return about.write(
        "confirm_sponsor",
        link=about.token_link("verify-sponsor", notice.payload["token"], signature_id=about.signature.pk),
        background=about.petition.background,
        details=about.petition.additional_details,
    )


def render_confirm_signature(notice: Notice) -> Mail | None:
    """The link that confirms a signature."""
    about = find_in(notice, PUBLISHED)
    if about is None or about.signature.state in CONFIRMED_OR_WITHDRAWN:
        return None
    link = about.token_link("verify-signature", notice.payload["token"], signature_id=about.signature.pk)
    return about.write("confirm_signature", link=link)


def render_already_signed(notice: Notice) -> Mail | None:
    """The signature counts already; said by mail alone, so that no page tells a stranger who signed."""
    about = find_about(notice)
    return None if about is None else about.write("already_signed")
