"""The roles that a desk knows, and what each permits.

Law: roles are declared by a service's plate and never stored; an account keeps only the names that it was granted, so
a role that is taken out of a plate permits nothing from that moment on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

MANAGE_PEOPLE: Final = "people.manage"
READ_AUDIT: Final = "audit.read"


@dataclass(frozen=True, slots=True)
class Role:
    """What one kind of person may do. `code` is short (`moderator`); with its service it is `petitions.moderator`.

    `title` may be a lazy translation.
    """

    code: str
    title: str
    permissions: frozenset[str] = field(default_factory=frozenset)


OFFICE: Final = "office"
ADMINISTRATOR: Final = Role("administrator", "Administrator of accounts", frozenset({MANAGE_PEOPLE, READ_AUDIT}))

declared: Final[dict[str, Role]] = {f"{OFFICE}.{ADMINISTRATOR.code}": ADMINISTRATOR}
"""Every role by its full name; written by `declare_roles` when the process starts."""


def declare_roles(service: str, roles: Iterable[Role]) -> None:
    """The roles of `service` are known under `service.code`."""
    for role in roles:
        declared[f"{service}.{role.code}"] = role


def find_role(name: str) -> Role | None:
    """The role of the full name, or None where no plate declares it."""
    return declared.get(name)


def gather_permissions(names: Iterable[str]) -> frozenset[str]:
    """All that the roles of these names permit together; unknown names permit nothing."""
    found = (declared[name].permissions for name in names if name in declared)
    return frozenset().union(*found)


def may_give(permissions: frozenset[str], name: str) -> bool:
    """Whether somebody with these permissions may grant or take the role: only what they hold themselves."""
    role = find_role(name)
    return role is not None and MANAGE_PEOPLE in permissions and role.permissions <= permissions
