"""A link with which somebody sets a password: for a new account, or instead of a lost password.

Law: a link counts once and for a day; signing in, another password, or closing the account makes it void. It is shown
to the administrator who asks for it and stored nowhere.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ridgeway.office.people.actions import Doer, PeopleError, require_power, write_line
from ridgeway.office.people.models import Account


class Tokens(PasswordResetTokenGenerator):
    """Django's tokens of lost passwords, for this purpose alone."""

    key_salt = "ridgeway.office.people.invitations"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.sign_in_mark}"


TOKENS = Tokens()


@transaction.atomic
def make_invitation(account: Account, *, by: Doer, now: datetime) -> str:
    """The path of a link with which the account's owner sets a password.

    Raises:  PeopleError(access_denied) where a sign-on service knows the person, or the account is closed.
    """
    require_power(account, by=by)
    if account.provider or not account.is_active:
        raise PeopleError("access_denied", _("This account has no password to set."))
    write_line("people.invite", account, by=by, now=now)
    return reverse("people:invitation", args=[account.pk, TOKENS.make_token(account)])


def find_invited(account_id: int, token: str) -> Account | None:
    """The account for which the link counts, or None."""
    account = Account.objects.filter(pk=account_id, is_active=True, provider="").first()
    return account if account is not None and TOKENS.check_token(account, token) else None
