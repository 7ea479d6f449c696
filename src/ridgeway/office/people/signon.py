"""`sign-on.toml`: the sign-on services of staff, one table each; its name is the service's id.

    [works]
    title = "Ministry of Works"
    kind = "oidc"                                # or "saml"
    domains = ["works.example"]                  # work e-mails that are sent there
    groups = "groups"                            # claim or attribute that says which groups somebody is in
    asks_second_factor = true                    # it asks for one itself, so we do not
    roles = { "petitions-moderators" = ["petitions.moderator"] }

    server = "https://id.works.example"          # oidc: where .well-known/openid-configuration is
    client_id = "ridgeway"
    client_secret_file = "works.secret"          # beside this file

    entity_id = "https://id.works.example/saml"  # saml
    sso_url = "https://id.works.example/saml/sso"
    certificate_file = "works.pem"               # with which it signs assertions
    attributes = { email = "mail", name = "displayName", uid = "uid" }

Law: an unknown key is refused by name, and the file holds no secret. Whoever's groups give no role is refused, each
time. Pure but for reading files. Next: `adapters.py`, which lets people in.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from ridgeway.errors import SettingsError

MAX_PROVIDERS: Final = 50
MAX_GROUPS: Final = 2_000
"""Most groups of one person that are looked at."""
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Kind(StrEnum):
    """What a sign-on service speaks."""

    OIDC = "oidc"
    SAML = "saml"


class ProviderTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table as it is written."""

    title: str
    kind: Kind
    domains: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]
    groups: str = "groups"
    asks_second_factor: bool = False
    server: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    entity_id: str = ""
    sso_url: str = ""
    certificate_file: str = ""
    attributes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Provider:
    """One sign-on service: its id, its table, and the folder to which its files belong."""

    id: str
    table: ProviderTable
    folder: Path

    def read_file(self, name: str) -> str:
        """The text of a file beside `sign-on.toml`.

        Raises:  SettingsError(malformed_settings).
        """
        try:
            return (self.folder / name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError("malformed_settings", f"sign-on.toml, [{self.id}]: {name} cannot be read.") from error


def read_providers(file: Path) -> tuple[Provider, ...]:
    """The sign-on services that the file names; none when there is no file.

    Raises:  SettingsError(malformed_settings).
    """
    if not file.exists():
        return ()
    try:
        document: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
        tables = {name: msgspec.convert(table, ProviderTable) for name, table in document.items()}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SettingsError("malformed_settings", f"{file} cannot be used: {error}.") from error
    providers = tuple(Provider(name, table, file.parent) for name, table in tables.items())
    faults = list(find_faults(providers))
    if faults:
        raise SettingsError("malformed_settings", f"{file}: {'; '.join(faults)}.")
    return providers


def find_faults(providers: tuple[Provider, ...]) -> Iterable[str]:
    """What is wrong with the tables, beyond their form."""
    if len(providers) > MAX_PROVIDERS:
        yield f"at most {MAX_PROVIDERS} sign-on services can be named"
    domains = [domain for each in providers for domain in each.table.domains]
    for domain in sorted({each for each in domains if domains.count(each) > 1}):
        yield f"the domain {domain} belongs to two sign-on services"
    for each in providers:
        yield from (f"[{each.id}] {fault}" for fault in find_provider_faults(each))


def find_provider_faults(provider: Provider) -> Iterable[str]:
    """What is wrong with one table."""
    table = provider.table
    needed = ("server", "client_id") if table.kind is Kind.OIDC else ("entity_id", "sso_url", "certificate_file")
    addresses = (table.server,) if table.kind is Kind.OIDC else (table.sso_url,)
    if not ID.fullmatch(provider.id):
        yield "is no id; write small letters, digits and hyphens"
    yield from (f"needs {name}" for name in needed if not getattr(table, name))
    yield from (f"{each!r} is no https:// address" for each in addresses if each and not is_safe_address(each))
    yield from (f"{each!r} is no domain in small letters" for each in table.domains if not is_domain(each))
    if not table.domains:
        yield "needs domains"
    if not table.roles:
        yield "needs roles, or nobody is let in"


def is_domain(text: str) -> bool:
    """Whether the text is a domain as the part of an e-mail after `@`."""
    return bool(text) and text == text.lower() and "@" not in text and not any(each.isspace() for each in text)


def is_safe_address(address: str) -> bool:
    """Whether the address is HTTPS, or on this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def find_provider(providers: Iterable[Provider], email: str) -> Provider | None:
    """The sign-on service for a work e-mail, by its domain."""
    domain = email.strip().lower().rpartition("@")[2]
    return next((each for each in providers if domain in each.table.domains), None)


def decide_roles(provider: Provider, claims: Mapping[str, Any]) -> frozenset[str]:
    """The roles that the groups in the claims give; none when there are none, or they are in no shape that is known."""
    said = claims.get(provider.table.groups, ())
    groups = [said] if isinstance(said, str) else list(said)[:MAX_GROUPS] if isinstance(said, list | tuple) else []
    found = (provider.table.roles.get(group, ()) for group in groups if isinstance(group, str))
    return frozenset(role for roles in found for role in roles)
