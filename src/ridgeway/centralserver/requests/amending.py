"""The document as it stands with what was registered since: one fold over its amendments.

Law: the operator's document and the amendments stay apart, so that applying the document again undoes no registration.
An amendment says what shall be (a client is registered, an address is this), in the order of approval; one that the
document says by itself is dropped, for then the document alone decides. One lapses when its server was taken out of
the document, or when the document says another thing since in the same place.
Read next: `rules.py`, what may be registered; `docs/explain/joining.md`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ridgeway.centralserver.documents import Amendment, CentralServerDocument, MemberRow, ServerRow
from ridgeway.centralserver.requests.register import (
    Member,
    Register,
    Server,
    member_name,
    open_register,
    read_pem,
    subsystem_code,
)
from ridgeway.protocol.management import RequestKind


class MisfitError(Exception):
    """The amendment does not fit what is there."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A document with its amendments in it: those that count, those that lapsed, and why."""

    register: Register
    kept: tuple[Amendment, ...]
    lapsed: tuple[tuple[Amendment, str], ...]

    @property
    def document(self) -> CentralServerDocument:
        """The document as it is published."""
        return self.register.build_document(self.kept)


def amend(document: CentralServerDocument, amendments: Iterable[Amendment] | None = None) -> Amended:
    """The document with its own amendments, or with these."""
    register = open_register(document)
    kept: list[Amendment] = []
    lapsed: list[tuple[Amendment, str]] = []
    for each in document.amendments if amendments is None else amendments:
        try:
            if apply_amendment(register, each):
                kept.append(each)
        except MisfitError as error:
            lapsed.append((each, str(error)))
    return Amended(register, tuple(kept), tuple(lapsed))


def add_amendment(document: CentralServerDocument, amendment: Amendment) -> tuple[Amendment, ...]:
    """The amendments with one more, without earlier ones about the same thing that no longer make a difference.

    Raises:  MisfitError.
    """
    whole = (*document.amendments, amendment)
    amended = amend(document, whole)
    for each, why in amended.lapsed:
        if each is amendment:
            raise MisfitError(why)
    rest = [each for each in whole if each is amendment or topic_of(each) != topic_of(amendment)]
    shorter = amend(document, rest)
    return shorter.kept if shorter.register.mark == amended.register.mark else amended.kept


def topic_of(amendment: Amendment) -> tuple[str, ...]:
    """What it is about: a client, a certificate or one field of a server."""
    is_maintenance = amendment.kind in {RequestKind.MAINTENANCE_START, RequestKind.MAINTENANCE_END}
    what = "maintenance" if is_maintenance else "address" if amendment.kind == RequestKind.ADDRESS_CHANGE else ""
    return (amendment.server, amendment.client, amendment.certificate, what)


def carry_over(new: CentralServerDocument, old: CentralServerDocument) -> Amended:
    """`new` with the amendments of `old`, but for those in whose place it says another thing than `old` did."""
    before, after = open_register(old), open_register(new)
    kept, overruled = [], []
    for each in old.amendments:
        if is_overruled(each, before, after):
            overruled.append((each, "the document says another thing since"))
        else:
            kept.append(each)
    amended = amend(new, kept)
    return replace(amended, lapsed=(*overruled, *amended.lapsed))


def is_overruled(amendment: Amendment, before: Register, after: Register) -> bool:
    """Whether the operator wrote something new where the amendment stands."""
    was, is_now = (find_value(amendment, each) for each in (before, after))
    return was is not None and is_now is not None and was != is_now


def find_value(amendment: Amendment, register: Register) -> tuple[object] | None:
    """The one value in a document that the amendment replaces; None when it replaces none, or is not there."""
    server = register.servers.get(amendment.server)
    match amendment.kind:
        case RequestKind.ADDRESS_CHANGE if server is not None:
            return (server.row.address,)
        case RequestKind.MAINTENANCE_START | RequestKind.MAINTENANCE_END if server is not None:
            return (server.row.maintenance,)
        case RequestKind.CLIENT_RENAMING:
            member = register.members.get(member_name(amendment.client))
            name = None if member is None else member.subsystems.get(subsystem_code(amendment.client))
            return None if name is None else (name,)
    return None


def apply_amendment(register: Register, amendment: Amendment) -> bool:
    """What the amendment says is so; says whether it was not so already.

    Raises:  MisfitError.
    """
    kind = RequestKind(amendment.kind)
    if kind in CHANGES_OF_THE_REGISTER:
        return CHANGES_OF_THE_REGISTER[kind](register, amendment)
    server = get_server(register, amendment)
    before = server.mark
    CHANGES_OF_A_SERVER[kind](server, amendment)
    return server.mark != before


def get_server(register: Register, amendment: Amendment) -> Server:
    """The server that is amended.

    Raises:  MisfitError.
    """
    if amendment.server not in register.servers:
        raise MisfitError(f"there is no security server {amendment.server}")
    return register.servers[amendment.server]


def find_or_add_member(register: Register, client: str, called: str) -> Member:
    """The member of a client; a new one without a name has its code for one, until the operator gives it another.

    Raises:  MisfitError when its class is unknown.
    """
    name = member_name(client)
    if name not in register.members:
        class_, _, code = name.partition("/")
        if class_ not in register.document.member_classes:
            raise MisfitError(f"{class_} is not among the member classes")
        register.members[name] = Member(MemberRow(class_, code, called or code), {})
    return register.members[name]


def register_certificate(register: Register, amendment: Amendment) -> bool:
    """The certificate is the server's, at this address; the server and its owner are there."""
    holder = register.find_holder(read_pem(amendment.certificate))
    if holder is not None:
        if holder.name != amendment.server:
            raise MisfitError(f"the certificate is of {holder.name}")
        return False
    owner, _, code = amendment.server.rpartition("/")
    find_or_add_member(register, owner, amendment.member_name)
    server = register.servers.setdefault(amendment.server, Server(ServerRow(owner, code, amendment.address), {}, {}))
    certificates = (*server.row.authentication_certificates, amendment.certificate)
    server.row = replace(server.row, address=amendment.address, authentication_certificates=certificates)
    register.holders[read_pem(amendment.certificate)] = server
    return True


def delete_certificate(register: Register, amendment: Amendment) -> bool:
    """The certificate is not the server's."""
    server, der = get_server(register, amendment), read_pem(amendment.certificate)
    if register.find_holder(der) is not server:
        return False
    del register.holders[der]
    kept = tuple(pem for pem in server.row.authentication_certificates if read_pem(pem) != der)
    server.row = replace(server.row, authentication_certificates=kept)
    return True


def register_client(register: Register, amendment: Amendment) -> bool:
    """The client is registered at the server; the member and the subsystem are there."""
    server = get_server(register, amendment)
    is_new_client = amendment.client not in server.registered and amendment.client != server.row.owner
    is_new = is_new_client or not register.has_client(amendment.client)
    member = find_or_add_member(register, amendment.client, amendment.member_name)
    code = subsystem_code(amendment.client)
    if code and is_new:
        member.subsystems[code] = amendment.name or member.subsystems.get(code, "")
    if is_new_client:
        server.clients[amendment.client] = None
    return is_new


def rename_client(register: Register, amendment: Amendment) -> bool:
    """The subsystem has this name."""
    member, code = register.members.get(member_name(amendment.client)), subsystem_code(amendment.client)
    if member is None or code not in member.subsystems:
        raise MisfitError(f"there is no subsystem {amendment.client}")
    former, member.subsystems[code] = member.subsystems[code], amendment.name
    return former != amendment.name


def change_owner(register: Register, amendment: Amendment) -> bool:
    """The server is owned by another member; the former owner is a client of it.

    Raises:  MisfitError, also when the new owner has a server of that code already.
    """
    former, _, code = amendment.server.rpartition("/")
    name = f"{amendment.client}/{code}"
    if not register.has_member(amendment.client):
        raise MisfitError(f"there is no member {amendment.client}")
    if name in register.servers:
        if amendment.server in register.servers:
            raise MisfitError(f"there is a security server {name} already")
        return False
    server = get_server(register, amendment)
    server.row = replace(server.row, owner=amendment.client)
    server.clients.pop(amendment.client, None)
    server.disabled.pop(amendment.client, None)
    server.clients[former] = None
    register.servers = {name if each is server else key: each for key, each in register.servers.items()}
    return True


def delete_client(server: Server, amendment: Amendment) -> None:
    """The client is not registered at the server."""
    server.clients.pop(amendment.client, None)
    server.disabled.pop(amendment.client, None)


def disable_client(server: Server, amendment: Amendment) -> None:
    """The client is registered at the server, and does not exchange there."""
    if amendment.client in server.clients:
        server.clients.pop(amendment.client)
        server.disabled[amendment.client] = None


def enable_client(server: Server, amendment: Amendment) -> None:
    """The client exchanges again."""
    if amendment.client in server.disabled:
        server.disabled.pop(amendment.client)
        server.clients[amendment.client] = None


def change_address(server: Server, amendment: Amendment) -> None:
    """The server is found at this address."""
    server.row = replace(server.row, address=amendment.address)


def start_maintenance(server: Server, amendment: Amendment) -> None:
    """The server is in maintenance, with this message."""
    server.row = replace(server.row, maintenance=amendment.message)


def end_maintenance(server: Server, _amendment: Amendment) -> None:
    """The server works again."""
    server.row = replace(server.row, maintenance=None)


CHANGES_OF_THE_REGISTER: dict[RequestKind, Callable[[Register, Amendment], bool]] = {
    RequestKind.CERTIFICATE_REGISTRATION: register_certificate,
    RequestKind.CERTIFICATE_DELETION: delete_certificate,
    RequestKind.CLIENT_REGISTRATION: register_client,
    RequestKind.CLIENT_RENAMING: rename_client,
    RequestKind.OWNER_CHANGE: change_owner,
}
CHANGES_OF_A_SERVER: dict[RequestKind, Callable[[Server, Amendment], None]] = {
    RequestKind.CLIENT_DELETION: delete_client,
    RequestKind.CLIENT_DISABLING: disable_client,
    RequestKind.CLIENT_ENABLING: enable_client,
    RequestKind.ADDRESS_CHANGE: change_address,
    RequestKind.MAINTENANCE_START: start_maintenance,
    RequestKind.MAINTENANCE_END: end_maintenance,
}


def without_amendment(document: CentralServerDocument, number: int) -> Sequence[Amendment]:
    """The amendments but for that of one request."""
    return [each for each in document.amendments if each.id != number]
