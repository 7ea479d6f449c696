"""Who a password lets in: an active account of this place, and nobody whose domain has a sign-on service.

Law: an unknown address, a wrong password and an address of a sign-on service take the same time (one password is hashed
in each case) and give the same answer.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from ridgeway.office.people.providers import find_own_provider


class AccountBackend(AuthenticationBackend):
    """Django's question "who is this?", answered for e-mail and password."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        if find_own_provider(str(credentials.get("email", ""))) is not None:
            return None
        found: AbstractBaseUser | None = super()._authenticate(request, **credentials)
        return found
