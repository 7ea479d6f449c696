"""What is registered, as far as this server asked: kept by subject, settled against the global configuration.

Law: a kept state is what was asked last; what it is now follows by one table (`protocol/exchange/registration.py`). The
snapshot that the gateway reads carries the kept states, so a client stops the moment its deletion was asked for.
Read next: `asking.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.exchange.registration import RegistrationState, settle_state
from ridgeway.protocol.exchange.values import LocalClient, ServerSnapshot
from ridgeway.protocol.identifiers import ClientId, ServerId
from ridgeway.protocol.management import RequestKind
from ridgeway.securityserver.models import Registration

CLIENT, CERTIFICATE = "client", "certificate"
ASKED = {
    RequestKind.CERTIFICATE_REGISTRATION: RegistrationState.REGISTERING,
    RequestKind.CERTIFICATE_DELETION: RegistrationState.DELETING,
    RequestKind.CLIENT_REGISTRATION: RegistrationState.REGISTERING,
    RequestKind.CLIENT_DELETION: RegistrationState.DELETING,
    RequestKind.CLIENT_DISABLING: RegistrationState.DISABLING,
    RequestKind.CLIENT_ENABLING: RegistrationState.ENABLING,
}
"""The state of a subject once the central server took the request."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A client or a certificate, and where it stands now."""

    subject: str
    state: RegistrationState


def name_client(client: ClientId) -> str:
    """The subject of a client."""
    return f"{CLIENT} {'/'.join(client.codes[1:])}"


def name_certificate(sha256: bytes) -> str:
    """The subject of an authentication certificate."""
    return f"{CERTIFICATE} {sha256.hex()}"


def read_states() -> dict[str, RegistrationState]:
    """The kept states by subject."""
    return {row.subject: RegistrationState(row.state) for row in Registration.objects.all()}


def keep_state(subject: str, state: RegistrationState, *, now: datetime) -> None:
    """The subject is in that state."""
    Registration.objects.update_or_create(subject=subject, defaults={"state": str(state), "changed_at": now})


def with_states(snapshot: ServerSnapshot, states: Mapping[str, RegistrationState]) -> ServerSnapshot:
    """The snapshot with what was asked about each client; the server's owner is a client of it in any case.

    An owner that the document does not name speaks with the server's own certificate alone.
    """
    owner = snapshot.server.owner
    clients = dict(snapshot.clients)
    clients.setdefault(owner, LocalClient(owner))
    return replace(
        snapshot,
        clients={
            client: replace(local, state=states.get(name_client(client), RegistrationState.SAVED))
            for client, local in clients.items()
        },
    )


def settle_all(
    states: Mapping[str, RegistrationState],
    *,
    server: ServerId,
    clients: Iterable[ClientId],
    certificates: Iterable[bytes],
    trust: InstanceTrust | None,
) -> tuple[Standing, ...]:
    """Where every client and every authentication certificate (SHA-256) stands now."""
    entry = None if trust is None else trust.servers.get(server)
    there: dict[str, bool] = {}
    for client in clients:
        there[name_client(client)] = entry is not None and entry.serves(client)
    for sha256 in certificates:
        there[name_certificate(sha256)] = entry is not None and sha256 in entry.auth_certificate_hashes
    return tuple(
        Standing(
            subject, settle_state(states.get(subject, RegistrationState.SAVED), is_in_configuration=is_in_configuration)
        )
        for subject, is_in_configuration in there.items()
    )
