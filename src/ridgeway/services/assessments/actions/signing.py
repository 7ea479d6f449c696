"""Signing a version off: who, in which role, of exactly which content.

Law: a sign-off holds the digest of what was read. It is given once by each person and never changed; what it was given
for cannot change either.
"""

from django.db import transaction

from ridgeway.services.assessments.actions.doing import Doer, RefusedError, lock_version
from ridgeway.services.assessments.models import SignOff
from ridgeway.services.assessments.states import State

MAX_ROLE_CHARACTERS = 100
MAX_COMMENT_CHARACTERS = 2000


@transaction.atomic
def sign_off(version_id: int, role: str, *, by: Doer, digest: str, comment: str = "") -> SignOff:
    """The doer stands for this content.

    Raises:  UnknownVersionError, RefusedError.
    """
    version = lock_version(version_id)
    role, comment = " ".join(role.split()), comment.strip()
    if not role or len(role) > MAX_ROLE_CHARACTERS or len(comment) > MAX_COMMENT_CHARACTERS:
        raise RefusedError("malformed_sign_off", "Say in which role, in a few words.", action="As in medical director.")
    if digest != version.digest:
        raise RefusedError("other_content", "This is not the content that you have read.", action="Read it again.")
    if version.state == State.WITHDRAWN:
        raise RefusedError("conflict", "The version is withdrawn.", action="Restore it first.")
    if by.account_id is not None and version.sign_offs.filter(account_id=by.account_id).exists():
        raise RefusedError("conflict", "You have signed this version off already.", action="Nothing is left to do.")
    signed = SignOff.objects.create(
        version=version,
        role=role,
        name=by.shown_name,
        account_id=by.account_id,
        digest=digest,
        comment=comment,
        signed_at=by.now,
    )
    by.note("sign_off", version, reason=comment, details={"role": role})
    return signed
