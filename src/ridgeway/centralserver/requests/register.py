"""Members and servers while they are being amended: what a document says, open to changes by name.

Law: codes are written as the document writes them, without the instance: CLASS/MEMBER, CLASS/MEMBER/SUBSYSTEM and
CLASS/MEMBER/SERVER. A client that is disabled is still registered.
Read next: `amending.py`.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from ridgeway.centralserver.documents import Amendment, CentralServerDocument, MemberRow, ServerRow, SubsystemEntry
from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.x509 import read_certificate

REMEMBERED_CERTIFICATES = 4096


@dataclass(slots=True)
class Server:
    """A security server."""

    row: ServerRow
    clients: dict[str, None]
    disabled: dict[str, None]

    @property
    def name(self) -> str:
        """CLASS/MEMBER/SERVER."""
        return f"{self.row.owner}/{self.row.code}"

    @property
    def registered(self) -> tuple[str, ...]:
        """Its clients, those that are disabled with them."""
        return (*self.clients, *self.disabled)

    @property
    def mark(self) -> tuple[object, ...]:
        """What it is now; the order of its clients says nothing."""
        return (replace(self.row, clients=(), disabled_clients=()), frozenset(self.clients), frozenset(self.disabled))


@dataclass(slots=True)
class Member:
    """A member: its row, and its subsystems by code → name."""

    row: MemberRow
    subsystems: dict[str, str]

    @property
    def mark(self) -> tuple[object, ...]:
        """What it is now."""
        return (replace(self.row, subsystems=()), frozenset(self.subsystems.items()))


@dataclass(slots=True)
class Register:
    """Members by CLASS/MEMBER and servers by CLASS/MEMBER/SERVER."""

    document: CentralServerDocument
    members: dict[str, Member] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    holders: dict[bytes, Server] = field(default_factory=dict)
    """Authentication certificates (DER), each with the server that it is registered for."""

    @property
    def mark(self) -> tuple[object, ...]:
        """What it is now, to be compared."""
        return (
            {name: each.mark for name, each in self.members.items()},
            {name: each.mark for name, each in self.servers.items()},
        )

    def find_holder(self, der: bytes) -> Server | None:
        """The server for which an authentication certificate is registered."""
        return self.holders.get(der)

    def has_member(self, client: str) -> bool:
        """Whether the member of a client is there."""
        return member_name(client) in self.members

    def has_client(self, client: str) -> bool:
        """Whether the client is there, whatever server it uses."""
        member, code = self.members.get(member_name(client)), subsystem_code(client)
        return member is not None and (not code or code in member.subsystems)

    def build_document(self, amendments: tuple[Amendment, ...]) -> CentralServerDocument:
        """The document that says all of this, and which amendments made it so."""
        return replace(
            self.document,
            members=tuple(
                replace(
                    each.row, subsystems=tuple(SubsystemEntry(code, name) for code, name in each.subsystems.items())
                )
                for each in self.members.values()
            ),
            security_servers=tuple(
                replace(each.row, clients=tuple(each.clients), disabled_clients=tuple(each.disabled))
                for each in self.servers.values()
            ),
            amendments=amendments,
        )


def open_register(document: CentralServerDocument) -> Register:
    """What the document says by itself, without its amendments."""
    register = Register(document)
    for row in document.members:
        register.members[f"{row.class_}/{row.code}"] = Member(row, {each.code: each.name for each in row.subsystems})
    for server in document.security_servers:
        opened = Server(server, dict.fromkeys(server.clients), dict.fromkeys(server.disabled_clients))
        register.servers[opened.name] = opened
        for pem in server.authentication_certificates:
            register.holders[read_pem(pem)] = opened
    return register


def member_name(client: str) -> str:
    """CLASS/MEMBER of a client."""
    return "/".join(client.split("/")[:2])


def subsystem_code(client: str) -> str:
    """The subsystem of a client, empty for a member."""
    return client.split("/")[2] if client.count("/") == 2 else ""


@lru_cache(maxsize=REMEMBERED_CERTIFICATES)
def read_pem(pem: str) -> bytes:
    """The DER of a certificate in a document; empty for what is none, of which `meaning.py` tells."""
    try:
        return read_certificate(pem.encode()).der
    except CertificateError:
        return b""
