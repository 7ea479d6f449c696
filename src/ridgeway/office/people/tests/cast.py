"""Who appears in tests of a desk: accounts with roles, and browsers in which they are signed in."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from ridgeway.office.people.actions import Doer, add_account
from ridgeway.office.people.models import Account
from ridgeway.office.people.roles import MANAGE_PEOPLE, READ_AUDIT, Role, declare_roles

declare_roles(
    "hall",
    (
        Role("porter", "Porter", frozenset({"hall.open"})),
        Role("warden", "Warden", frozenset({"hall.open", "hall.close", MANAGE_PEOPLE, READ_AUDIT})),
    ),
)
PASSWORD = "correct horse battery staple"
OPERATOR = Doer("the operator of tests")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_account(
    email: str = "ann@parliament.example",
    name: str = "Ann Archer",
    roles: Iterable[str] = ("hall.porter",),
    password: str = PASSWORD,
) -> Account:
    """An account with a password."""
    account = add_account(email, name, roles, by=OPERATOR, now=timezone.now())
    account.password = hash_of(password)
    account.save()
    return account


@cache
def hash_of(password: str) -> str:
    """The password as it is kept; made once, for it is meant to be slow."""
    return make_password(password)


def signed_in(account: Account) -> Client:
    """A browser in which the account is signed in; signing in elsewhere ends it, as ever."""
    client = Client()
    client.force_login(account)
    return client


def make_code(secret: str, *, steps: int = 0) -> str:
    """The code that an app shows now, or some steps of 30 seconds later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))
