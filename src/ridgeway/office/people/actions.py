"""What is done to accounts: each verb is one transaction and one line of the audit log.

Law: nobody changes their own roles or closes their own account, and nobody gives or takes a role that permits what
they may not do themselves; the operator of the machine, who has the commands, may do all. What a verb takes away takes
effect at the next request of who it concerns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from ridgeway.errors import RequestError
from ridgeway.office.audit.append import append_entry
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.models import MAX_NAME_CHARACTERS, Account, RoleGrant, fold_email
from ridgeway.office.people.roles import find_role, may_give


class PeopleError(RequestError):
    """What was asked cannot be done to this account; the detail says why, to a person."""

    who = "whoever asked"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something to an account: somebody at the desk, or (without an account) the operator by a command."""

    name: str
    account_id: int | None = None
    permissions: frozenset[str] | None = None

    def may_give(self, role: str) -> bool:
        """Whether they may grant or take the role."""
        return find_role(role) is not None if self.permissions is None else may_give(self.permissions, role)


def doer_of(actor: Actor) -> Doer:
    """Somebody at the desk."""
    return Doer(actor.name, actor.account_id, actor.permissions)


def doer_self(account: Account) -> Doer:
    """Somebody who changes what is their own."""
    return Doer(account.name, account.pk, frozenset())


@transaction.atomic
def add_account(email: str, name: str, roles: Iterable[str], *, by: Doer, now: datetime) -> Account:
    """There is an account without a password, with these roles.

    Raises:  PeopleError(malformed_account, known_account, unknown_role, access_denied).
    """
    email, name = fold_email(email), clean_name(name)
    try:
        validate_email(email)
    except ValidationError as error:
        raise PeopleError("malformed_account", _("Enter a work e-mail, as ann@example.org.")) from error
    if Account.objects.filter(email=email).exists():
        raise PeopleError("known_account", _("There is an account with this e-mail."))
    account = Account(email=email, name=name, created_at=now)
    account.set_unusable_password()
    account.save()
    write_line("people.add", account, by=by, now=now, details={"email": email, "name": name})
    set_roles(account, roles, by=by, now=now)
    return account


@transaction.atomic
def rename_account(account: Account, name: str, *, by: Doer, now: datetime) -> None:
    """The account has this name.

    Raises:  PeopleError(malformed_account, access_denied).
    """
    name = clean_name(name)
    if name == account.name:
        return
    if by.account_id != account.pk:
        require_power(account, by=by)
    details = {"before": account.name, "after": name}
    account.name = name
    account.save(update_fields=["name"])
    write_line("people.rename", account, by=by, now=now, details=details)


@transaction.atomic
def set_roles(account: Account, roles: Iterable[str], *, by: Doer, now: datetime, reason: str = "") -> None:
    """The account has these roles and no other.

    Raises:  PeopleError(access_denied, unknown_role).
    """
    wanted = set(roles)
    held = set(account.grants.values_list("role", flat=True))
    changed = sorted(wanted ^ held)
    if changed and by.account_id == account.pk:
        raise PeopleError("access_denied", _("Nobody changes their own roles: ask another administrator."))
    for role in changed:
        require_gift(role, by=by, is_taken=role in held)
    for role in sorted(wanted - held):
        RoleGrant.objects.create(account=account, role=role, granted_at=now, granted_by=by.name)
        write_line("people.grant", account, by=by, now=now, reason=reason, details={"role": role})
    for role in sorted(held - wanted):
        account.grants.filter(role=role).delete()
        write_line("people.revoke", account, by=by, now=now, reason=reason, details={"role": role})


def require_gift(role: str, *, by: Doer, is_taken: bool) -> None:
    """Hold only where the doer may grant or take the role; a role that no service knows any more may be taken.

    Raises:  PeopleError(access_denied, unknown_role).
    """
    if find_role(role) is None and not is_taken:
        raise PeopleError("unknown_role", _("There is no role %(role)s.") % {"role": role})
    if find_role(role) is not None and not by.may_give(role):
        raise PeopleError("access_denied", _("You cannot give or take a role that permits more than your own."))


@transaction.atomic
def close_account(account: Account, *, by: Doer, now: datetime, reason: str = "") -> None:
    """Its owner is signed out and cannot sign in.

    Raises:  PeopleError(access_denied).
    """
    require_power(account, by=by)
    if account.is_active:
        account.is_active, account.sign_in_mark = False, ""
        account.save(update_fields=["is_active", "sign_in_mark"])
        write_line("people.deactivate", account, by=by, now=now, reason=reason)


@transaction.atomic
def open_account(account: Account, *, by: Doer, now: datetime, reason: str = "") -> None:
    """Its owner can sign in again.

    Raises:  PeopleError(access_denied).
    """
    require_power(account, by=by)
    if not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
        write_line("people.activate", account, by=by, now=now, reason=reason)


@transaction.atomic
def end_session(account: Account, *, by: Doer, now: datetime) -> None:
    """Its owner is signed out, wherever they are.

    Raises:  PeopleError(access_denied).
    """
    require_power(account, by=by)
    account.sign_in_mark = ""
    account.save(update_fields=["sign_in_mark"])
    write_line("people.end_session", account, by=by, now=now)


@transaction.atomic
def reset_second_factor(account: Account, *, by: Doer, now: datetime, reason: str = "") -> None:
    """Its owner is signed out and has no second factor: no app, no passkey, no recovery codes.

    Raises:  PeopleError(access_denied).
    """
    require_power(account, by=by)
    removed = sorted(Authenticator.objects.filter(user_id=account.pk).values_list("type", flat=True))
    Authenticator.objects.filter(user_id=account.pk).delete()
    account.sign_in_mark = ""
    account.save(update_fields=["sign_in_mark"])
    details = {"removed": removed}
    write_line("people.reset_second_factor", account, by=by, now=now, reason=reason, details=details)


@transaction.atomic
def set_password(account: Account, password: str, *, by: Doer, now: datetime) -> None:
    """Its owner signs in with this password; whoever is signed in with the old one is out.

    Raises:  PeopleError(weak_password, access_denied).
    """
    if account.provider:
        raise PeopleError("access_denied", _("This person signs in by a sign-on service and has no password here."))
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise PeopleError("weak_password", " ".join(error.messages)) from error
    account.set_password(password)
    account.sign_in_mark = ""
    account.save(update_fields=["password", "sign_in_mark"])
    write_line("people.set_password", account, by=by, now=now)


@transaction.atomic
def disconnect_account(account: Account, *, by: Doer, now: datetime, reason: str = "") -> None:
    """The account has no sign-on service any more, and no way in until it has a password; its owner is signed out.

    Raises:  PeopleError(access_denied).
    """
    require_power(account, by=by)
    SocialAccount.objects.filter(user_id=account.pk).delete()
    details = {"service": account.provider}
    account.provider, account.sign_in_mark = "", ""
    account.save(update_fields=["provider", "sign_in_mark"])
    write_line("people.disconnect", account, by=by, now=now, reason=reason, details=details)


def require_power(account: Account, *, by: Doer) -> None:
    """Hold only where the doer is the operator, or may give all that the account's roles permit and is not its owner.

    Raises:  PeopleError(access_denied).
    """
    if by.permissions is None:
        return
    if by.account_id == account.pk:
        raise PeopleError("access_denied", _("Nobody does this to their own account: ask another administrator."))
    roles = account.grants.values_list("role", flat=True)
    if not all(by.may_give(role) for role in roles if find_role(role) is not None):
        raise PeopleError("access_denied", _("You cannot do this to somebody who may do more than you."))


def clean_name(name: str) -> str:
    """The name in one line.

    Raises:  PeopleError(malformed_account).
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        detail = _("Enter a name of at most %(number)s characters.") % {"number": MAX_NAME_CHARACTERS}
        raise PeopleError("malformed_account", detail)
    return name


def write_line(
    act: str,
    account: Account,
    *,
    by: Doer,
    now: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """The act on the account is in the audit log."""
    append_entry(
        by.name,
        act,
        f"account:{account.pk}",
        now=now,
        account_id=by.account_id,
        reason=reason,
        details={"email": account.email} | (details or {}),
    )
