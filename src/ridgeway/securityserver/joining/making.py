"""Making a management request: the SOAP message, signed by the keys that its kind wants.

Law: keys stay in the signer; it is given digests. A member's signature comes with its certificate and a revocation
answer that is fresh enough for others, which `ridgeway trust run` keeps.
Source: PR-MSERV §2. Read next: `sending.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ridgeway.errors import RidgewayError, SettingsError, TokenError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.identifiers import ClientId, MemberId
from ridgeway.protocol.management import (
    ManagementRequest,
    Parts,
    RequestKind,
    SignaturePart,
    render_algorithm,
    write_request,
)
from ridgeway.protocol.signatures.digests import choose_signature_algorithm, digest_to_sign, ecdsa_to_der
from ridgeway.protocol.signatures.verify import find_member
from ridgeway.signer import KeyInfo, KeyUsage, SignerClient


@dataclass(frozen=True, slots=True)
class Workshop:
    """What requests are made with: keys, whom we trust, and revocation answers by SHA-1 (hex)."""

    signer: SignerClient
    keys: tuple[KeyInfo, ...]
    trust: TrustSnapshot
    ocsp_responses: Mapping[str, bytes] = field(repr=False)

    @property
    def provider(self) -> ClientId:
        """Who answers management requests in this instance.

        Raises:  SettingsError(no_management_service).
        """
        provider = self.trust.management.provider
        if provider is None:
            raise SettingsError("no_management_service", "The global configuration names no management service.")
        return provider


async def make_parts(request: ManagementRequest, workshop: Workshop, *, query_id: str) -> Parts:
    """The request, ready to be sent.

    Raises:  TokenError(cannot_create_signature) when a key, a certificate or a revocation answer is missing.
    """
    soap = write_request(request, provider=workshop.provider, query_id=query_id)
    member = request.signing_member
    if member is None:
        return Parts(soap)
    info, certificate = find_signing_key(member, workshop)
    ocsp = find_revocation(certificate, workshop)
    signatures, certificates = [await sign_soap(soap, info, workshop.signer)], [certificate.der]
    if request.kind is RequestKind.CERTIFICATE_REGISTRATION:
        assert request.certificate is not None
        holder = find_holder(request.certificate, workshop)
        signatures.insert(0, await sign_soap(soap, holder, workshop.signer))
        certificates.insert(0, request.certificate)
    return Parts(soap, tuple(signatures), tuple(certificates), ocsp)


async def sign_soap(soap: bytes, info: KeyInfo, signer: SignerClient) -> SignaturePart:
    """The signature of a key over the SOAP message; an ECDSA value is ASN.1, as Java writes it."""
    public_key = load_der_public_key(info.public_key)
    algorithm = info.sign_algorithm or choose_signature_algorithm(public_key)
    sign = signer.sign if info.usage is KeyUsage.SIGNING else signer.prove_possession
    value = await sign(info.id, algorithm, digest_to_sign(algorithm, soap))
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        value = ecdsa_to_der(value, public_key)
    return SignaturePart(render_algorithm(algorithm), value)


def find_signing_key(member: MemberId, workshop: Workshop) -> tuple[KeyInfo, Certificate]:
    """The key that signs for a member, with its active certificate.

    Raises:  TokenError(cannot_create_signature).
    """
    for info in workshop.keys:
        der = info.active_certificate
        if info.usage is KeyUsage.SIGNING and der is not None and names_member(der, member, workshop.trust):
            return info, read_certificate(der)
    raise TokenError(
        "cannot_create_signature",
        f"There is no signing key with an active certificate for {member}.",
        action="See the keys: ridgeway signer keys list.",
    )


def names_member(der: bytes, member: MemberId, trust: TrustSnapshot) -> bool:
    """Whether a certificate is the member's, as its approved authority writes subjects."""
    try:
        return find_member(read_certificate(der), trust, member.instance) == member
    except RidgewayError:
        return False


def find_revocation(certificate: Certificate, workshop: Workshop) -> bytes:
    """The revocation answer for a certificate.

    Raises:  TokenError(cannot_create_signature).
    """
    found = workshop.ocsp_responses.get(certificate.sha1.hex())
    if found is None:
        raise TokenError(
            "cannot_create_signature",
            f"There is no revocation answer for the certificate of {certificate.subject}.",
            action="Let `ridgeway trust run` fetch one; see why it cannot: ridgeway trust explain.",
        )
    return found


def find_holder(certificate: bytes, workshop: Workshop) -> KeyInfo:
    """The authentication key of a certificate.

    Raises:  TokenError(signer.cert_not_found).
    """
    for info in workshop.keys:
        if info.usage is KeyUsage.AUTHENTICATION and any(each.der == certificate for each in info.certificates):
            return info
    raise TokenError("signer.cert_not_found", "The certificate is of no authentication key here.")


def choose_certificate(keys: tuple[KeyInfo, ...], sha256: str) -> Certificate:
    """The authentication certificate whose SHA-256 (hex) begins so; without one, the active one.

    Raises:  TokenError(signer.cert_not_found).
    """
    every = [
        (each.is_active, read_certificate(each.der))
        for info in keys
        if info.usage is KeyUsage.AUTHENTICATION
        for each in info.certificates
    ]
    wanted = sha256.replace(":", "").lower()
    found = [each for is_active, each in every if (each.sha256.hex().startswith(wanted) if wanted else is_active)]
    if len(found) != 1:
        known = ", ".join(each.sha256.hex()[:16] for _, each in every) or "none"
        what = f"{len(found)} authentication certificates begin with {sha256!r}" if wanted else "none is active"
        raise TokenError(
            "signer.cert_not_found",
            f"Say which authentication certificate: {what}; known by SHA-256: {known}.",
            action="See them: ridgeway signer keys list.",
        )
    return found[0]
