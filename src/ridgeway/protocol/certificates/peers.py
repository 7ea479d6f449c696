"""Whether the certificate at the other end of a connection is that of a security server that may speak for a client.

Law: the certificate is bound to the exact client of the message. A member's own identifier stands for its owner's
servers or for servers at which it is registered, never for its subsystems.
Source: PR-MESSTRANSP §2.1 and §3.3 step 1; X-Road's `AuthTrustVerifier` and `verifyClientProxyCert`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.chains import VerifiedChain, verify_chain
from ridgeway.protocol.certificates.snapshot import ServerEntry, TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache, digest_key
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.identifiers import ClientId

SSL = "ssl_authentication_failed"


@dataclass(frozen=True, slots=True)
class VerifiedPeer:
    """The other end is this registered security server."""

    server: ServerEntry
    chain: VerifiedChain


def verify_peer_chain(
    chain: Sequence[bytes],
    *,
    instance: str,
    trust: TrustSnapshot,
    ocsp_responses: Sequence[bytes],
    at: datetime,
    client: ClientId,
    verdicts: VerdictCache | None = None,
) -> VerifiedPeer:
    """Prove that the owner of this chain (DER, leaf first) is a security server that serves `client`.

    Raises:  CertificateError, its code under ssl_authentication_failed; TrustError for an unknown instance.
    """
    if not chain or not ocsp_responses:
        missing = "certificate" if not chain else "revocation answer for its certificate"
        raise CertificateError(SSL, f"The other security server sent no {missing}.")
    named = ("peer", instance, client.object_type, *client.codes)
    key = digest_key(named, chain, ocsp_responses)
    known = None if verdicts is None else verdicts.find(key, trust=trust, at=at)
    if known is not None:
        found: VerifiedPeer = known
        return found
    try:
        leaf, *extra = (read_certificate(der) for der in chain)
        require_authentication(leaf)
        proven = verify_chain(
            leaf,
            extra,
            trust=trust,
            instance=instance,
            ocsp_responses=ocsp_responses,
            at=at,
            usage="authentication",
        )
        peer = VerifiedPeer(get_server(leaf, client, trust), proven)
    except CertificateError as error:
        raise error.prefixed(SSL) from error
    if verdicts is not None:
        verdicts.keep(key, peer, trust=trust, since=at, until=proven.good_until)
    return peer


def require_authentication(leaf: Certificate) -> None:
    """Hold only for a certificate that is for authentication."""
    if not leaf.is_authentication:
        raise CertificateError(SSL, f"The certificate of {leaf.subject} is not for authentication.")


def get_server(leaf: Certificate, client: ClientId, trust: TrustSnapshot) -> ServerEntry:
    """The server that this certificate is registered for, which serves `client`.

    Raises:  CertificateError(ssl_authentication_failed).
    """
    for server in trust.servers_of(client):
        if has_certificate(server, leaf):
            return server
    registered = find_server_by_certificate(leaf.der, trust=trust)
    whose = "no registered security server" if registered is None else f"{registered.id}, which does not serve it"
    raise CertificateError(
        SSL,
        f"The certificate of {leaf.subject} does not speak for {client}: it is of {whose}.",
        action="The client, and the certificate, must be registered for the security server at the central server.",
    )


def has_certificate(server: ServerEntry, certificate: Certificate) -> bool:
    """Whether the certificate is registered for the server, by SHA-256, or by SHA-1 in a V2 configuration."""
    return certificate.sha256 in server.auth_certificate_hashes or certificate.sha1 in server.auth_certificate_hashes


def find_server_by_certificate(der: bytes, *, trust: TrustSnapshot) -> ServerEntry | None:
    """The registered security server of any known instance whose authentication certificate this is."""
    try:
        certificate = read_certificate(der)
    except CertificateError:
        return None
    for instance in trust.instances.values():
        for digest in (certificate.sha256, certificate.sha1):
            if digest in instance.servers_by_hash:
                return instance.servers_by_hash[digest]
    return None
