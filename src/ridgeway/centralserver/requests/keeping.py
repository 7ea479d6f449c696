"""Requests in the database: received, decided, and put in force as a new version of the document.

Law: a request and what it changes are kept in one transaction, so nothing is approved that is not in force. Who
decided and when is kept beside it, and never changed. Everything here is synchronous; doors call it from a thread.

    WAITING ──approve──▶ APPROVED ──revoke──▶ REVOKED
    WAITING ──decline──▶ DECLINED        WAITING ──the server asks to delete it──▶ REVOKED

Source: PR-MSERV; DM-CS `requests`, `request_processings`. Read next: `rules.py`, `amending.py`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from ridgeway.centralserver.documents import Amendment, CentralServerDocument
from ridgeway.centralserver.meaning import Governed, build_governed
from ridgeway.centralserver.models import ReceivedRequest, RequestEvent, Version
from ridgeway.centralserver.requests.amending import MisfitError, add_amendment, amend, without_amendment
from ridgeway.centralserver.requests.register import Register
from ridgeway.centralserver.requests.rules import (
    NEED_APPROVAL,
    Names,
    Pending,
    Situation,
    decide_reception,
    is_of_a_known_member,
    require_approvable,
)
from ridgeway.errors import AccessError, SettingsError
from ridgeway.office.documents import Document, to_content
from ridgeway.office.documents.versions import append_version, find_newest
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.identifiers import ClientId, ServerId
from ridgeway.protocol.management import (
    ManagementRequest,
    RequestKind,
    VerifiedManagementRequest,
    read_parts,
    read_request,
    render_host,
)

FROM_SERVER = "SECURITY_SERVER"
BY_RULE, BY_SETTING, BY_SERVER = "rule", "setting", "server"
"""Who decided when no person did: no approval is needed; a setting approves; the server asked for it itself."""
MAX_TRIES = 20
Done = TypeVar("Done")


class State(StrEnum):
    """What became of a request."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class Received:
    """A proven request with the bytes in which it came, and from where."""

    verified: VerifiedManagementRequest
    content_type: str
    content: bytes = field(repr=False)
    remote_address: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about a request, when, and why."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a request at one time."""

    at: datetime
    by: str
    state: State
    note: str
    version: int | None


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request as it is kept; `events` are oldest first."""

    id: int
    kind: RequestKind
    origin: str
    state: State
    server: str
    client: str
    facts: dict[str, Any]
    remote_address: str
    received_at: datetime
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The document with its version, and the register that it makes with its amendments."""

    version: int
    document: CentralServerDocument
    register: Register


def keep_request(received: Received, *, auto_approved: frozenset[RequestKind], now: datetime) -> int:
    """The request is kept, and in force when it needs no approval or `auto_approved` gives it; its number is returned.

    Raises:  AccessError(management_request_…) when it is refused, SettingsError when no document is in force.
    """
    return repeat(lambda: keep_once(received, auto_approved=auto_approved, now=now))


def keep_once(received: Received, *, auto_approved: frozenset[RequestKind], now: datetime) -> int:
    """As `keep_request`, but for a document that changes meanwhile."""
    request = received.verified.request
    names = names_of(request)
    with transaction.atomic():
        in_force = read_register()
        revoked = decide_reception(request, names, build_situation(in_force))
        for waiting in revoked:
            move(get_row(waiting), State.REVOKED, Decision(BY_SERVER, now, f"Asked to delete: {request.kind}"))
        row = create_row(received, names, now=now)
        if request.kind in NEED_APPROVAL:
            require_meaningful(with_row(in_force, row))
            if request.kind in auto_approved and is_of_a_known_member(request, names, in_force.register):
                approve_row(row, in_force, Decision(BY_SETTING, now))
        elif revoked:
            move(row, State.APPROVED, Decision(BY_RULE, now))
        else:
            approve_row(row, in_force, Decision(BY_RULE, now))
        number: int = row.id
    return number


def approve_request(number: int, decision: Decision, *, member_name: str = "") -> int:
    """The request that waits is in force; the version of the document is returned.

    `member_name` is for a member that is not there yet; without one it is called by its code.

    Raises:  SettingsError(request_not_found | request_is_decided), AccessError(management_request_…).
    """

    def approve() -> int:
        with transaction.atomic():
            row = get_row(number)
            require_state(row, State.WAITING)
            in_force = read_register()
            request = read_kept(row)
            require_approvable(request, names_of(request), in_force.register)
            return approve_row(row, in_force, decision, member_name=member_name)

    return repeat(approve)


def decline_request(number: int, decision: Decision) -> None:
    """The request that waits is declined.

    Raises:  SettingsError(request_not_found | request_is_decided).
    """
    with transaction.atomic():
        row = get_row(number)
        require_state(row, State.WAITING)
        move(row, State.DECLINED, decision)


def revoke_request(number: int, decision: Decision) -> int:
    """What the request registered is taken back; the version of the document is returned.

    Raises:  SettingsError(request_not_found | request_is_decided).
    """

    def revoke() -> int:
        with transaction.atomic():
            row = get_row(number)
            require_state(row, State.APPROVED)
            in_force = read_register()
            rest = without_amendment(in_force.document, number)
            if len(rest) == len(in_force.document.amendments):
                raise SettingsError(
                    "request_is_decided",
                    f"Request {number} makes no difference any more.",
                    action="What it registered is in the document itself, or was replaced by a later request.",
                )
            kept = amend(in_force.document, rest).kept
            version = put_in_force(in_force, replace(in_force.document, amendments=kept), now=decision.at)
            move(row, State.REVOKED, decision, version=version)
            return version

    return repeat(revoke)


def repeat(work: Callable[[], Done]) -> Done:
    """What `work` returns, tried again when another version took effect meanwhile."""
    for _ in range(MAX_TRIES - 1):
        try:
            return work()
        except SettingsError as error:
            if error.code != "changed_meanwhile":
                raise
    return work()


def approve_row(row: Any, in_force: InForce, decision: Decision, *, member_name: str = "") -> int:
    """The row is approved, and what it asks for is in force."""
    version = put_in_force(in_force, with_row(in_force, row, member_name=member_name), now=decision.at)
    move(row, State.APPROVED, decision, version=version)
    return version


def with_row(in_force: InForce, row: Any, *, member_name: str = "") -> CentralServerDocument:
    """The document with what the row asks for.

    Raises:  AccessError(management_request_invalid_state_for_approval).
    """
    try:
        amendments = add_amendment(in_force.document, replace(build_amendment(row), member_name=member_name))
    except MisfitError as error:
        raise AccessError("management_request_invalid_state_for_approval", f"It does not fit: {error}.") from error
    return replace(in_force.document, amendments=amendments)


def require_meaningful(document: CentralServerDocument) -> None:
    """Hold only for a document that can be published with its amendments.

    Raises:  AccessError(management_request_invalid_state_for_approval).
    """
    try:
        build_governed(Document("the document with the request", document, {}))
    except SettingsError as error:
        raise AccessError("management_request_invalid_state_for_approval", error.detail) from error


def put_in_force(in_force: InForce, document: CentralServerDocument, *, now: datetime) -> int:
    """The document is the newest version, if it means something with its amendments.

    Raises:  AccessError(management_request_invalid_state_for_approval), SettingsError(changed_meanwhile).
    """
    require_meaningful(document)
    return append_version(Version, to_content(document), follows=in_force.version, now=now)


def read_register() -> InForce:
    """What is in force now.

    Raises:  SettingsError(no_document | malformed_document).
    """
    version, content = find_newest(Version)
    if content is None:
        raise SettingsError(
            "no_document", "No document is in force.", action="Apply one: ridgeway centralserver apply FILE."
        )
    try:
        document = msgspec.convert(content, CentralServerDocument)
    except msgspec.ValidationError as error:
        raise SettingsError("malformed_document", f"The document in force cannot be read: {error}.") from error
    return InForce(version, document, amend(document).register)


def read_governed() -> Governed:
    """What the document in force means with its amendments.

    Raises:  SettingsError(no_document | malformed_document).
    """
    return build_governed(Document("the document in force", read_register().document, {}))


def build_situation(in_force: InForce) -> Situation:
    """What a new request meets."""
    waiting = ReceivedRequest.objects.filter(state=State.WAITING).order_by("id")
    pending = tuple(
        Pending(row.id, RequestKind(row.kind), row.server, row.client, row.certificate_sha256) for row in waiting
    )
    governed = build_governed(Document("the document in force", in_force.document, {}))
    provider = governed.private.management.provider
    return Situation(in_force.register, pending, "" if provider is None else write_name(provider))


def create_row(received: Received, names: Names, *, now: datetime) -> Any:
    """The row of a new request, which waits."""
    request = received.verified.request
    return ReceivedRequest.objects.create(
        kind=str(request.kind),
        origin=FROM_SERVER,
        state=str(State.WAITING),
        server=names.server,
        client=names.client,
        certificate_sha256=names.certificate_sha256,
        facts=json.dumps(describe_facts(request)),
        content_type=received.content_type,
        content=received.content,
        remote_address=received.remote_address,
        received_at=now,
    )


def describe_facts(request: ManagementRequest) -> dict[str, Any]:
    """What the request says beside the server and the client; a certificate as PEM."""
    pem = None
    if request.certificate is not None:
        pem = read_certificate(request.certificate).loaded.public_bytes(Encoding.PEM).decode("ascii")
    address = None if request.address is None else render_host(request.address)
    facts = {"address": address, "certificate": pem, "name": request.name, "message": request.message}
    return {key: value for key, value in facts.items() if value is not None}


def build_amendment(row: Any) -> Amendment:
    """What the document gains."""
    facts = json.loads(row.facts)
    return Amendment(id=row.id, kind=row.kind, server=row.server, client=row.client, **facts)


def read_kept(row: Any) -> ManagementRequest:
    """The request as it came; it was proven then."""
    soap, _ = read_parts(row.content_type, bytes(row.content))
    return read_request(soap)[1]


def move(row: Any, state: State, decision: Decision, *, version: int | None = None) -> None:
    """The row is in that state, and it is known who brought it there."""
    row.state = str(state)
    row.save(update_fields=["state"])
    RequestEvent.objects.create(
        request=row, at=decision.at, by=decision.by, state=str(state), note=decision.note, version=version
    )


def get_row(number: int) -> Any:
    """The row of a request, held until the transaction ends.

    Raises:  SettingsError(request_not_found).
    """
    row = ReceivedRequest.objects.select_for_update().filter(id=number).first()
    if row is None:
        raise SettingsError(
            "request_not_found",
            f"There is no request {number}.",
            action="See which there are: ridgeway centralserver requests list.",
        )
    return row


def require_state(row: Any, state: State) -> None:
    """Hold only for a request in that state.

    Raises:  SettingsError(request_is_decided).
    """
    if row.state != state:
        raise SettingsError("request_is_decided", f"Request {row.id} is {row.state}, not {state}.")


def list_requests(state: State | None = None) -> tuple[KeptRequest, ...]:
    """Every request, or those in one state, oldest first."""
    rows = ReceivedRequest.objects.prefetch_related("events").order_by("id")
    if state is not None:
        rows = rows.filter(state=state)
    return tuple(describe_row(row) for row in rows)


def get_request(number: int) -> KeptRequest:
    """One request.

    Raises:  SettingsError(request_not_found).
    """
    with transaction.atomic():
        return describe_row(get_row(number))


def describe_row(row: Any) -> KeptRequest:
    """A row as a value."""
    return KeptRequest(
        id=row.id,
        kind=RequestKind(row.kind),
        origin=row.origin,
        state=State(row.state),
        server=row.server,
        client=row.client,
        facts=json.loads(row.facts),
        remote_address=row.remote_address,
        received_at=row.received_at,
        events=tuple(Event(each.at, each.by, State(each.state), each.note, each.version) for each in row.events.all()),
    )


def names_of(request: ManagementRequest) -> Names:
    """What the request is about, as the document writes it.

    Raises:  CertificateError(incorrect_certificate).
    """
    certificate = None if request.certificate is None else read_certificate(request.certificate)
    return Names(
        server=write_name(request.server),
        client="" if request.client is None else write_name(request.client),
        certificate=b"" if certificate is None else certificate.der,
        certificate_sha256="" if certificate is None else certificate.sha256.hex(),
    )


def write_name(identifier: ClientId | ServerId) -> str:
    """An identifier without its instance."""
    return "/".join(identifier.codes[1:])
