"""Whom and what a document names that the global configuration does not know: warnings, never refusals.

Law: a right may be given to a subsystem before it is registered, and a configuration may be a minute old; so the
operator is told, with the line, and decides. Without a configuration here nothing is said.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path as FilePath

from ridgeway.errors import TrustError
from ridgeway.office.documents import Document, Fault
from ridgeway.office.documents.schema import render_fault
from ridgeway.protocol.certificates.snapshot import InstanceTrust, TrustSnapshot
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, LocalGroupId, MemberId, ServerId, SubsystemId
from ridgeway.securityserver.documents import ClientEntry, Meaning, SecurityServerDocument
from ridgeway.settings import Settings
from ridgeway.trust.keeper import TrustKeeper

Path = tuple[str | int, ...]


def find_trust(settings: Settings, *, now: datetime) -> TrustSnapshot | None:
    """The global configuration as this server has it; None when it has none that can be read."""
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(now)
    try:
        return keeper.snapshot
    except TrustError:
        return None


def list_strangers(document: Document[SecurityServerDocument], trust: TrustSnapshot | None) -> tuple[str, ...]:
    """A line for each thing that `trust` does not know, with where it stands; the document is right in itself."""
    if trust is None:
        return ()
    value = document.value
    looking = Looking(trust, Meaning(value.instance, FilePath(), []))
    own = trust.instances.get(value.instance)
    if own is None:
        known = ", ".join(sorted(trust.instances))
        faults = [Fault(("instance",), f"the configuration here is of {known}, not of {value.instance}")]
    else:
        faults = [*looking.look_at_server(value, own)]
        for number, entry in enumerate(value.clients):
            faults += looking.look_at_client(entry, ("clients", number))
    return tuple(render_fault(document, fault) for fault in faults)


@dataclass(frozen=True, slots=True)
class Looking:
    """One look through a document."""

    trust: TrustSnapshot
    meaning: Meaning

    def look_at_server(self, value: SecurityServerDocument, own: InstanceTrust) -> Iterator[Fault]:
        """The server, where its clients are registered, and its time-stamping services."""
        owner = self.meaning.read_client(value.server.owner, ())
        server = ServerId(owner.instance, owner.member_class, owner.member_code, value.server.code)
        registered = own.servers.get(server)
        if registered is None:
            where = f"{value.server.owner}/{server.server_code}"
            yield Fault(("server",), f"{where} is not registered in {own.instance}")
        for number, entry in enumerate(value.clients):
            client = self.meaning.read_client(entry.id, ())
            if registered is not None and own.is_registered(client) and not registered.serves(client):
                yield Fault(("clients", number, "id"), f"{entry.id} is not registered at this server yet")
        approved = [each.url for each in own.timestamping_services]
        for number, url in enumerate(value.timestamping_services):
            if url not in approved:
                yield Fault(("timestamping_services", number), f"{url} is not approved{nearest(url, approved)}")

    def look_at_client(self, entry: ClientEntry, path: Path) -> Iterator[Fault]:
        """One client, the members of its groups, and who has a right."""
        yield from self.look_at(entry.id, (*path, "id"))
        for number, group in enumerate(entry.local_groups):
            for index, member in enumerate(group.members):
                yield from self.look_at(member, (*path, "local_groups", number, "members", index))
        groups = {group.code for group in entry.local_groups}
        for number, service in enumerate(entry.services):
            for index, access in enumerate(service.access):
                at = (*path, "services", number, "access", index, "subject")
                yield from self.look_at(access.subject, at, groups=groups)

    def look_at(self, text: str, path: Path, *, groups: Iterable[str] = ()) -> Iterator[Fault]:
        """One client or group."""
        subject = self.meaning.read_subject(text, path, groups=set(groups))
        if isinstance(subject, LocalGroupId):
            return
        instance = self.trust.instances.get(subject.instance)
        if instance is None:
            known = ", ".join(sorted(self.trust.instances))
            yield Fault(path, f"the instance {subject.instance} is not known here; known: {known}")
        elif isinstance(subject, GlobalGroupId):
            if subject not in instance.groups:
                known_groups = [f"global-group:{each.group_code}" for each in instance.groups]
                yield Fault(path, f"there is no {text} in {instance.instance}{nearest(text, known_groups)}")
        elif not instance.is_registered(subject):
            close = nearest(shorten(subject), (shorten(each) for each in list_clients(instance)))
            yield Fault(path, f"{text} is not registered in {instance.instance}{close}")


def list_clients(instance: InstanceTrust) -> Iterator[ClientId]:
    """Every member and subsystem of an instance."""
    for member in instance.members.values():
        yield member.id
        for code in member.subsystems:
            yield SubsystemId(member.id.instance, member.id.member_class, member.id.member_code, code)


def shorten(client: MemberId | SubsystemId) -> str:
    """A client as a document writes it, within its instance."""
    codes = (client.member_class, client.member_code)
    return "/".join((*codes, client.subsystem_code) if isinstance(client, SubsystemId) else codes)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that looks most like `name`."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
