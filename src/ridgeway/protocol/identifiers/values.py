"""The identifiers as values: who and what, compared exactly and case-sensitively.

Law: two identifiers are equal when their type and every code are equal; nothing is trimmed, folded or normalised.
Source: PR-MESS §2.1 and Annex A; string form as in X-Road's fault strings (`SUBSYSTEM:EE/GOV/1234/sub`).
Read next: `paths.py` for the form in REST paths and headers, `xml.py` for the form in SOAP and configuration.
"""

from dataclasses import dataclass
from typing import ClassVar

from ridgeway.errors import MessageError


@dataclass(frozen=True, slots=True, order=True)
class MemberId:
    """A member of an instance."""

    object_type: ClassVar[str] = "MEMBER"
    instance: str
    member_class: str
    member_code: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the specification."""
        return (self.instance, self.member_class, self.member_code)

    def __str__(self) -> str:
        return render_identifier(self)


@dataclass(frozen=True, slots=True, order=True)
class SubsystemId:
    """A subsystem of a member: who asks and who answers."""

    object_type: ClassVar[str] = "SUBSYSTEM"
    instance: str
    member_class: str
    member_code: str
    subsystem_code: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the specification."""
        return (self.instance, self.member_class, self.member_code, self.subsystem_code)

    def __str__(self) -> str:
        return render_identifier(self)


ClientId = MemberId | SubsystemId
"""Whoever may ask or answer: a subsystem, or a member acting by itself."""


@dataclass(frozen=True, slots=True, order=True)
class ServiceId:
    """A service of a member or a subsystem; `version` is absent in REST."""

    object_type: ClassVar[str] = "SERVICE"
    instance: str
    member_class: str
    member_code: str
    subsystem_code: str | None
    service_code: str
    version: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are present, in the order of the specification."""
        every = (*self.provider.codes, self.service_code, self.version)
        return tuple(code for code in every if code is not None)

    @property
    def provider(self) -> ClientId:
        """The subsystem (or member) that offers the service."""
        if self.subsystem_code is None:
            return MemberId(self.instance, self.member_class, self.member_code)
        return SubsystemId(self.instance, self.member_class, self.member_code, self.subsystem_code)

    def __str__(self) -> str:
        return render_identifier(self)


@dataclass(frozen=True, slots=True, order=True)
class ServerId:
    """A security server, named by its owner and its own code."""

    object_type: ClassVar[str] = "SERVER"
    instance: str
    member_class: str
    member_code: str
    server_code: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the specification."""
        return (self.instance, self.member_class, self.member_code, self.server_code)

    @property
    def owner(self) -> MemberId:
        """The member that owns the server."""
        return MemberId(self.instance, self.member_class, self.member_code)

    def __str__(self) -> str:
        return render_identifier(self)


@dataclass(frozen=True, slots=True, order=True)
class GlobalGroupId:
    """A group of clients that the central server keeps."""

    object_type: ClassVar[str] = "GLOBALGROUP"
    instance: str
    group_code: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the specification."""
        return (self.instance, self.group_code)

    def __str__(self) -> str:
        return render_identifier(self)


@dataclass(frozen=True, slots=True, order=True)
class LocalGroupId:
    """A group of clients that one provider keeps for itself."""

    object_type: ClassVar[str] = "LOCALGROUP"
    group_code: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The one code."""
        return (self.group_code,)

    def __str__(self) -> str:
        return render_identifier(self)


@dataclass(frozen=True, slots=True, order=True)
class RepresentedParty:
    """On whose behalf the client asks; opaque to the exchange (PR-REST §4.3, representation extension)."""

    party_code: str
    party_class: str | None = None


XRoadId = MemberId | SubsystemId | ServiceId | ServerId | GlobalGroupId | LocalGroupId


def member_of(identifier: MemberId | SubsystemId | ServiceId | ServerId) -> MemberId:
    """The member behind a client, service or server."""
    return MemberId(identifier.instance, identifier.member_class, identifier.member_code)


def render_identifier(identifier: XRoadId) -> str:
    """The form that X-Road prints in faults and logs: `TYPE:` and the present codes, joined by `/`, unescaped."""
    return f"{identifier.object_type}:{'/'.join(identifier.codes)}"


def parse_identifier(text: str) -> XRoadId:
    """Read the printed form back (`SUBSYSTEM:EE/GOV/1234/sub`).

    A service with four codes after its type has no subsystem; its version is not told apart and stays absent.

    Raises:  MessageError(invalid_client_identifier) when the type is unknown or the number of codes does not fit.
    """
    kind, _, rest = text.partition(":")
    codes = rest.split("/")
    if all(codes):
        match kind, len(codes):
            case "MEMBER", 3:
                return MemberId(*codes)
            case "SUBSYSTEM", 4:
                return SubsystemId(*codes)
            case "SERVER", 4:
                return ServerId(*codes)
            case "SERVICE", 4:
                return ServiceId(codes[0], codes[1], codes[2], None, codes[3])
            case "SERVICE", 5 | 6:
                return ServiceId(*codes)
            case "GLOBALGROUP", 2:
                return GlobalGroupId(*codes)
            case "LOCALGROUP", 1:
                return LocalGroupId(*codes)
            case _:
                pass
    raise MessageError(
        "invalid_client_identifier",
        f"{text[:200]!r} is not an identifier; expected a type and its codes, "
        "as in SUBSYSTEM:INSTANCE/CLASS/MEMBER/SUBSYSTEM.",
    )


def render_encoded_id(identifier: XRoadId, *, has_type: bool = False) -> str:
    """The form of X-Road's administration interfaces, never on the wire: codes joined by `:`."""
    return ":".join((identifier.object_type, *identifier.codes) if has_type else identifier.codes)


def parse_encoded_client(text: str) -> ClientId:
    """Read a client in the form of the administration interfaces (`EE:GOV:1234:sub`).

    Raises:  MessageError(invalid_encoded_id).
    """
    codes = text.split(":")
    if len(codes) not in (3, 4) or not all(code.strip() for code in codes):
        raise MessageError(
            "invalid_encoded_id", f"{text[:200]!r} is no client; expected INSTANCE:CLASS:MEMBER:SUBSYSTEM."
        )
    return MemberId(*codes) if len(codes) == 3 else SubsystemId(*codes)
