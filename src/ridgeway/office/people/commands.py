"""`ridgeway people …`: accounts, roles and second factors, for the operator of this machine.

Law: each verb calls the action of the same name and is in the audit log under the name of the system's account that ran
it. A password is asked for or read from standard input, never taken from the command line, where others could see it.
"""

import json
import sys
from typing import Any

import click
from django.conf import settings as django_settings
from django.utils import timezone

from ridgeway.errors import SettingsError
from ridgeway.office.audit.who import read_user
from ridgeway.office.people.actions import (
    Doer,
    PeopleError,
    add_account,
    close_account,
    disconnect_account,
    open_account,
    reset_second_factor,
    set_password,
    set_roles,
)
from ridgeway.office.people.invitations import make_invitation
from ridgeway.office.people.models import MAX_EMAIL_CHARACTERS, Account, fold_email
from ridgeway.office.people.providers import list_providers
from ridgeway.office.people.roles import declared
from ridgeway.office.people.secondfactor import has_second_factor
from ridgeway.office.people.tables import with_tables

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
reason = click.option("--reason", default="", help="Why; it is kept in the audit log.")
email = click.argument("email")
role = click.argument("role")
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def people() -> None:
    """Accounts and roles of staff."""


@people.command()
@email
@click.option("--name", required=True, help="The person's name, as others at the desk see it.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="As petitions.moderator; may be given again.")
@click.option("--link", is_flag=True, help="Print a link with which the person sets a password, for a day.")
@from_stdin
@as_json
@with_tables
def add(*, email: str, name: str, roles: tuple[str, ...], link: bool, password_stdin: bool, as_json: bool) -> None:
    """Add an account for the work e-mail EMAIL; asks for a password, unless --link or --password-stdin is given."""
    password = "" if link else ask_password(is_from_stdin=password_stdin)
    now = timezone.now()
    account = add_account(email, name, roles, by=operator(), now=now)
    if password:
        try:
            set_password(account, password, by=operator(), now=now)
        except PeopleError as error:
            raise PeopleError(error.code, f"The account was added without a password: {error.detail}") from error
    show(account, as_json=as_json, link=invite_link(account) if link else "")


@people.command("list")
@click.option("--role", default="", metavar="ROLE", help="Only those with this role.")
@as_json
@with_tables
def list_people(*, role: str, as_json: bool) -> None:
    """List the accounts, with their roles and whether they have a second factor."""
    accounts = Account.objects.prefetch_related("grants").order_by("email")
    rows = [describe(each) for each in (accounts.filter(grants__role=role) if role else accounts)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        marks = ["" if row["is_active"] else "closed", "second factor" if row["second_factor"] else ""]
        click.echo(f"{row['email']:<40} {row['name']:<30} {', '.join([*row['roles'], *filter(None, marks)])}")


@people.command()
@as_json
def roles(*, as_json: bool) -> None:
    """List the roles that there are, and what each permits."""
    rows = [
        {"role": name, "title": str(found.title), "permissions": sorted(found.permissions)}
        for name, found in sorted(declared.items())
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['role']:<30} {', '.join(row['permissions'])}")


@people.command()
@email
@role
@reason
@as_json
@with_tables
def grant(*, email: str, role: str, reason: str, as_json: bool) -> None:
    """Give the account of EMAIL the ROLE."""
    account = get_account(email)
    set_roles(account, {*read_roles(account), role}, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command()
@email
@role
@reason
@as_json
@with_tables
def revoke(*, email: str, role: str, reason: str, as_json: bool) -> None:
    """Take the ROLE from the account of EMAIL; it takes effect at once."""
    account = get_account(email)
    set_roles(account, read_roles(account) - {role}, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command()
@email
@reason
@as_json
@with_tables
def deactivate(*, email: str, reason: str, as_json: bool) -> None:
    """Close the account of EMAIL: its owner is signed out and cannot sign in."""
    account = get_account(email)
    close_account(account, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command()
@email
@reason
@as_json
@with_tables
def activate(*, email: str, reason: str, as_json: bool) -> None:
    """Open the account of EMAIL again."""
    account = get_account(email)
    open_account(account, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command("set-password")
@email
@from_stdin
@as_json
@with_tables
def change_password(*, email: str, password_stdin: bool, as_json: bool) -> None:
    """Set another password for the account of EMAIL; its owner is signed out."""
    account = get_account(email)
    set_password(account, ask_password(is_from_stdin=password_stdin), by=operator(), now=timezone.now())
    show(account, as_json=as_json)


@people.command()
@email
@as_json
@with_tables
def invite(*, email: str, as_json: bool) -> None:
    """Print a link with which the owner of EMAIL sets a password; it counts once, and for a day."""
    account = get_account(email)
    show(account, as_json=as_json, link=invite_link(account))


@people.command("reset-second-factor")
@email
@reason
@as_json
@with_tables
def reset(*, email: str, reason: str, as_json: bool) -> None:
    """Take app, passkeys and recovery codes from the account of EMAIL, whose owner is signed out and starts anew."""
    account = get_account(email)
    reset_second_factor(account, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command()
@email
@reason
@as_json
@with_tables
def disconnect(*, email: str, reason: str, as_json: bool) -> None:
    """Part the account of EMAIL from its sign-on service; then `invite` gives it a password."""
    account = get_account(email)
    disconnect_account(account, by=operator(), now=timezone.now(), reason=reason)
    show(account, as_json=as_json)


@people.command("sign-on")
@as_json
def check_sign_on(*, as_json: bool) -> None:
    """Check the file of sign-on services, and list them."""
    rows = [
        {"id": each.id, "title": each.table.title, "kind": str(each.table.kind), "domains": list(each.table.domains)}
        for each in list_providers()
    ]
    unknown = {role for each in list_providers() for roles in each.table.roles.values() for role in roles} - {*declared}
    if unknown:
        raise SettingsError(
            "malformed_settings", f"sign-on.toml names roles that are not: {', '.join(sorted(unknown))}."
        )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']:<20} {row['kind']:<5} {', '.join(row['domains'])}")


def operator() -> Doer:
    """Who runs the command, as the audit log names them."""
    return Doer(f"{read_user()} (ridgeway people)")


def get_account(email: str) -> Account:
    """The account of the address.

    Raises:  PeopleError(unknown_account).
    """
    account: Account | None = Account.objects.filter(email=fold_email(email)[:MAX_EMAIL_CHARACTERS]).first()
    if account is None:
        raise PeopleError("unknown_account", f"There is no account {email}; see ridgeway people list.")
    return account


def read_roles(account: Account) -> set[str]:
    """The names of the roles of the account."""
    return set(account.grants.values_list("role", flat=True))


def ask_password(*, is_from_stdin: bool) -> str:
    """The password that the operator types, twice, or that stands in the first line of standard input."""
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def invite_link(account: Account) -> str:
    """The whole address of a link with which the owner sets a password."""
    path = make_invitation(account, by=operator(), now=timezone.now())
    return f"{django_settings.RIDGEWAY_SETTINGS.web.desk_address.rstrip('/')}{path}"


def describe(account: Account) -> dict[str, Any]:
    """What is known of the account."""
    return {
        "id": account.pk,
        "email": account.email,
        "name": account.name,
        "roles": sorted(grant.role for grant in account.grants.all()),
        "is_active": account.is_active,
        "second_factor": has_second_factor(account),
        "sign_on": account.provider,
        "last_seen": account.last_seen.isoformat() if account.last_seen else None,
    }


def show(account: Account, *, as_json: bool, link: str = "") -> None:
    """The account as it is now, and the link if there is one."""
    row = describe(Account.objects.get(pk=account.pk)) | ({"link": link} if link else {})
    if as_json:
        click.echo(json.dumps(row, indent=2))
        return
    state = "" if row["is_active"] else " (closed)"
    click.echo(f"{row['email']}  {row['name']}{state}  {', '.join(row['roles']) or 'no role'}")
    if link:
        click.echo(link)
