"""`ridgeway securityserver local-groups`: clients that share rights, kept by one provider.

Source: UG-SS §8 (local access rights groups).
"""

import json
from collections.abc import Callable
from typing import Any

import click

from ridgeway.errors import SettingsError
from ridgeway.securityserver.changing import as_json, changes, client_id, put_in_force
from ridgeway.securityserver.editing import get_client, propose_change, read_in_force
from ridgeway.settings import Settings

group_code = click.argument("code")
member = click.argument("member", metavar="MEMBER")


@click.group("local-groups")
def local_groups() -> None:
    """The local groups of a client."""


@local_groups.command("list")
@client_id
@as_json
def list_groups(client: str, as_json: bool) -> None:
    """List the local groups of a client with their members."""
    found = get_client(read_in_force()[1], client)["local_groups"]
    lines = [f"{each['code']}  {each['description']}  {', '.join(each['members']) or 'nobody'}" for each in found]
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(lines) or "It has no local group.")


@local_groups.command("add")
@client_id
@group_code
@click.option("--description", default="", help="What it is for.")
@changes
def add_group(settings: Settings, client: str, code: str, description: str, **how: bool) -> None:
    """Make a local group without members."""
    entry = {"code": code, "members": [], "description": description}
    proposal = propose_change(lambda content: get_client(content, client)["local_groups"].append(entry))
    put_in_force(proposal, settings, **how)


@local_groups.command("remove")
@client_id
@group_code
@changes
def remove_group(settings: Settings, client: str, code: str, **how: bool) -> None:
    """Take a local group away; refused while a right names it."""

    def change(content: Any) -> None:
        found = get_client(content, client)
        found["local_groups"].remove(get_group(found, code))

    put_in_force(propose_change(change), settings, **how)


@local_groups.command("join")
@client_id
@group_code
@member
@changes
def join_group(settings: Settings, client: str, code: str, member: str, **how: bool) -> None:
    """Make somebody a member: CLASS/MEMBER[/SUBSYSTEM], of another instance INSTANCE:CLASS/MEMBER/SUBSYSTEM."""
    put_in_force(propose_change(change_of_members(client, code, lambda known: [*known, member])), settings, **how)


@local_groups.command("leave")
@client_id
@group_code
@member
@changes
def leave_group(settings: Settings, client: str, code: str, member: str, **how: bool) -> None:
    """Let somebody be a member no longer."""

    def leave(known: list[str]) -> list[str]:
        if member not in known:
            listed = ", ".join(known) or "nobody"
            raise SettingsError("unknown_member", f"{member!r} is not in {code!r}; there is {listed}.")
        return [each for each in known if each != member]

    put_in_force(propose_change(change_of_members(client, code, leave)), settings, **how)


def change_of_members(client: str, code: str, new: Callable[[list[str]], list[str]]) -> Callable[[Any], None]:
    """The change that gives a group other members, each once."""

    def change(content: Any) -> None:
        group = get_group(get_client(content, client), code)
        group["members"] = list(dict.fromkeys(new(group["members"])))

    return change


def get_group(client: Any, code: str) -> Any:
    """The local group as the document has it.

    Raises:  SettingsError(unknown_group) that names those there are.
    """
    for group in client["local_groups"]:
        if group["code"] == code:
            return group
    known = ", ".join(group["code"] for group in client["local_groups"]) or "none"
    raise SettingsError("unknown_group", f"{client['id']} has no local group {code!r}; known are {known}.")
