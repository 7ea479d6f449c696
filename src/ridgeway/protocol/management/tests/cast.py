"""A country whose central authority answers management requests, and a member that sends them."""

import base64
from dataclasses import replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import NameOID

from ridgeway.protocol.certificates.snapshot import ManagementService
from ridgeway.protocol.certificates.tests.cast import (
    AUTHENTICATION,
    NOW,
    RESPONDER,
    ROOT,
    TRUST,
    Holder,
    Wanted,
    answer,
    issue,
)
from ridgeway.protocol.identifiers import MemberId, ServerId, SubsystemId
from ridgeway.protocol.management import (
    ManagementRequest,
    Parts,
    RequestKind,
    SignaturePart,
    Signer,
    render_algorithm,
    write_parts,
    write_request,
)
from ridgeway.protocol.signatures.digests import HASHES, Scheme, choose_signature_algorithm, get_signature_algorithm

OWNER = MemberId("LAB", "GOV", "1001")
OTHER = MemberId("LAB", "COM", "2002")
SERVER = ServerId("LAB", "GOV", "1001", "ss1")
CLIENT = SubsystemId("LAB", "COM", "2002", "desk")
PROVIDER = SubsystemId("LAB", "GOV", "1000", "management")
MANAGED = replace(TRUST, management=ManagementService("https://central:4001/managementservice/", None, PROVIDER))
BOUNDARY = "aBoundaryOfThirtyLettersInAll"


def subject_of(member: MemberId) -> x509.Name:
    """The subject of a member's certificate by the profile FI."""
    attributes = {
        NameOID.COUNTRY_NAME: "FI",
        NameOID.ORGANIZATION_NAME: "A member",
        NameOID.SERIAL_NUMBER: f"{member.instance}/ss1/{member.member_class}",
        NameOID.COMMON_NAME: member.member_code,
    }
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes.items()])


def sign_holder(member: MemberId, **changes) -> Holder:
    """A signing key with the member's certificate."""
    return issue(Wanted("", subject=subject_of(member), **changes), ROOT)


OWNER_SIGNING = sign_holder(OWNER)
OTHER_SIGNING = sign_holder(OTHER)
NEW_AUTHENTICATION = issue(Wanted("ss1", usage=AUTHENTICATION), ROOT)
SIGNERS = {OWNER: OWNER_SIGNING, OTHER: OTHER_SIGNING}


def sign(holder: Holder, data: bytes, algorithm: str | None = None) -> SignaturePart:
    """A signature as it travels."""
    algorithm = algorithm or choose_signature_algorithm(holder.certificate.public_key)
    chosen = get_signature_algorithm(algorithm)
    digest = HASHES[chosen.digest]
    if isinstance(holder.key, ec.EllipticCurvePrivateKey):
        return SignaturePart(render_algorithm(algorithm), holder.key.sign(data, ec.ECDSA(digest)))
    is_pss = chosen.scheme is Scheme.RSA_PSS
    padded = padding.PSS(padding.MGF1(digest), digest.digest_size) if is_pss else padding.PKCS1v15()
    return SignaturePart(render_algorithm(algorithm), holder.key.sign(data, padded, digest))


def example(kind: RequestKind, **changes) -> ManagementRequest:
    """A request of that kind which is right."""
    fields = {
        "client": CLIENT,
        "address": "ss1.example",
        "certificate": NEW_AUTHENTICATION.der,
        "name": "The desk",
        "message": "Back at noon",
    }
    held = {"authCert": "certificate", "subsystemName": "name"}
    request = ManagementRequest(kind, SERVER)
    names = [held.get(name, name) for name in request.form.fields if name != "dryRun"]
    given: dict[str, Any] = {name: fields[name] for name in names}
    if kind is RequestKind.OWNER_CHANGE:
        given["client"] = OTHER
    return replace(request, **(given | changes))


def make_parts(request: ManagementRequest, *, signing: Holder | None = None, provider=PROVIDER) -> Parts:
    """The request as its sender makes it."""
    soap = write_request(request, provider=provider, query_id="q-1")
    if request.form.signer is Signer.NOBODY:
        return Parts(soap)
    member = request.signing_member
    assert member is not None
    signing = signing or SIGNERS[member]
    signatures, certificates = [sign(signing, soap)], [signing.der]
    if request.kind is RequestKind.CERTIFICATE_REGISTRATION:
        signatures.insert(0, sign(NEW_AUTHENTICATION, soap))
        certificates.insert(0, NEW_AUTHENTICATION.der)
    ocsp = answer(signing.certificate, ROOT.certificate, RESPONDER)
    return Parts(soap, tuple(signatures), tuple(certificates), ocsp)


def send(parts: Parts) -> tuple[str, bytes]:
    """What goes over HTTP."""
    return write_parts(parts, boundary=BOUNDARY)


def encoded(data: bytes) -> bytes:
    """As in the SOAP message."""
    return base64.b64encode(data)


__all__ = [
    "BOUNDARY",
    "CLIENT",
    "MANAGED",
    "NEW_AUTHENTICATION",
    "NOW",
    "OTHER",
    "OTHER_SIGNING",
    "OWNER",
    "OWNER_SIGNING",
    "PROVIDER",
    "SERVER",
    "encoded",
    "example",
    "make_parts",
    "send",
    "sign",
    "sign_holder",
    "subject_of",
]
