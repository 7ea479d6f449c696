"""Somebody comes from a sign-on service: who they are, and whether they are let in.

Law: the service is believed about addresses of its own domains alone, and not about one that it calls unverified.
The account is the one that this very identity had before, else the one with the address, else a new one. Roles are
those of the groups, set anew each time: what was taken from a person there is taken here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.utils import timezone

from ridgeway.office.people.actions import Doer, PeopleError, clean_name, set_roles, write_line
from ridgeway.office.people.models import Account, fold_email
from ridgeway.office.people.roles import find_role
from ridgeway.office.people.signon import Kind, Provider, decide_roles, find_provider


class ArrivalError(Exception):
    """Whoever comes is not let in; `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a sign-on service says of somebody."""

    provider: Provider
    email: str
    name: str
    roles: frozenset[str]


def read_arrival(provider: Provider, sociallogin: SocialLogin) -> Arrival:
    """Who comes, with the roles of their groups.

    Raises:  ArrivalError.
    """
    claims = gather_claims(sociallogin.account.extra_data)
    email, name = find_email(provider, claims), find_name(provider, claims)
    if claims.get("email_verified") in (False, "false"):
        raise ArrivalError("unverified_address")
    if find_provider((provider,), email) is None:
        raise ArrivalError("address_of_another_domain")
    roles = frozenset(role for role in decide_roles(provider, claims) if find_role(role) is not None)
    if not roles:
        raise ArrivalError("no_role")
    return Arrival(provider, email, name or email.partition("@")[0], roles)


def gather_claims(said: Mapping[str, Any]) -> dict[str, Any]:
    """All claims in one: those of the token, then those that the service gave on asking, as allauth keeps them."""
    claims: dict[str, Any] = {}
    for part in (said, said.get("id_token"), said.get("userinfo")):
        if isinstance(part, Mapping):
            claims |= part
    return claims


def find_email(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The work e-mail, or nothing."""
    return fold_email(find_text(claims, provider.table.attributes.get("email", "email")))


def find_name(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The name in one line, or nothing that could be one."""
    given = [find_text(claims, provider.table.attributes.get("name", "name"))]
    if provider.table.kind is Kind.OIDC and not given[0]:
        given = [find_text(claims, each) for each in ("given_name", "family_name")]
    try:
        return clean_name(" ".join(given))
    except PeopleError:
        return ""


def find_text(claims: Mapping[str, Any], name: str) -> str:
    """A claim as text; of a list (as SAML has them) the first."""
    said = claims.get(name, "")
    said = said[0] if isinstance(said, list) and said else said
    return said if isinstance(said, str) else ""


@transaction.atomic
def admit_arrival(arrival: Arrival, *, known: Account | None) -> Account:
    """There is an account with the arrival's roles; `known` is the one that this identity had before.

    Raises:  ArrivalError when the account is closed, or belongs to another sign-on service.
    """
    now = timezone.now()
    by = Doer(f"sign-on service {arrival.provider.id}")
    account = known or Account.objects.filter(email=arrival.email).first()
    if account is None:
        account = Account(email=arrival.email, name=arrival.name, created_at=now)
        account.set_unusable_password()
        account.save()
        write_line("people.add", account, by=by, now=now, details={"name": arrival.name})
    if not account.is_active:
        raise ArrivalError("closed_account")
    if account.provider not in {"", arrival.provider.id}:
        raise ArrivalError("account_of_another_service")
    if not account.provider:
        account.provider = arrival.provider.id
        account.set_unusable_password()
        account.save(update_fields=["provider", "password"])
        write_line("people.connect", account, by=by, now=now, details={"service": arrival.provider.id})
    set_roles(account, arrival.roles, by=by, now=now)
    return account
