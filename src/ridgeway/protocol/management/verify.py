"""Proving a management request: who sends it, whose signatures it carries, and that it is meant for this instance.

Law: everything that X-Road checks is checked, and two things that it leaves open: the service must be the configured
one for every request, and where a server's owner must sign it is the owner's certificate that counts, not any. That a
request without signatures comes from whom it says is proven by the management security server it came through.
Source: PR-MSERV §2; X-Road's ManagementRequestVerifier and its callbacks.
"""

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec

from ridgeway.errors import CertificateError, MessageError, SignatureError
from ridgeway.protocol.certificates.chains import find_path, list_anchors, verify_chain
from ridgeway.protocol.certificates.profiles import member_from_subject
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.identifiers import MemberId, SubsystemId
from ridgeway.protocol.management.algorithms import find_algorithm
from ridgeway.protocol.management.parts import Parts, SignaturePart, assign_parts, read_parts
from ridgeway.protocol.management.requests import ManagementRequest, RequestKind, read_request
from ridgeway.protocol.messages import SoapMessage
from ridgeway.protocol.signatures.digests import coordinate_size, ecdsa_to_raw, verify_signature_value

CODE = re.compile(r"[^\x00-\x1f\x7f-\x9f:;/\\%\u200b\ufeff]{1,255}")
LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
MAX_HOST_CHARACTERS = 253
OUTER_CODES = {"cannot_create_cert_path": "cert_validation"}


@dataclass(frozen=True, slots=True)
class VerifiedManagementRequest:
    """A request that was sent by the owner of its server, signed as its kind wants it. `soap` is as received."""

    request: ManagementRequest
    message: SoapMessage
    soap: bytes = field(repr=False)


def verify_management_request(
    content_type: str, body: bytes, *, trust: TrustSnapshot, at: datetime
) -> VerifiedManagementRequest:
    """Prove a request as it came over HTTP.

    Raises:  MessageError(invalid_request | invalid_client_identifier | invalid_content_type, …), TransportError;
             CertificateError(cert_validation | incorrect_validation_info) and SignatureError(invalid_signature_value)
             for what it carries.
    """
    soap, attached = read_parts(content_type, body)
    message, request = read_request(soap)
    parts = assign_parts(request.kind, soap, attached)
    verify_sender(message, request, trust)
    verify_content(request)
    verify_signatures(parts, request, trust=trust, at=at)
    return VerifiedManagementRequest(request, message, soap)


def verify_sender(message: SoapMessage, request: ManagementRequest, trust: TrustSnapshot) -> None:
    """Hold only when the owner of a server of this instance asks the management service of this instance."""
    provider = trust.management.provider
    if message.service.provider != provider or message.service.version is not None:
        raise invalid(
            f"The request is for {message.service}; the management services of {trust.own_instance} are those of "
            f"{provider}."
        )
    if any(not CODE.fullmatch(code) for code in request.server.codes):
        raise MessageError("invalid_client_identifier", f"The server {request.server} is no identifier.")
    if request.server.instance != trust.own_instance:
        raise invalid(f"{request.server} is no server of {trust.own_instance}.")
    if message.client != request.server.owner:
        raise invalid(f"The sender is {message.client}, but the owner of the server is {request.server.owner}.")


def verify_content(request: ManagementRequest) -> None:
    """Hold only when the fields make sense together."""
    client = request.client
    if client is not None:
        if any(not CODE.fullmatch(code) for code in client.codes):
            raise MessageError("invalid_client_identifier", f"The client {client} is no identifier.")
        if client.instance != request.server.instance:
            raise invalid(f"The client {client} is of another instance than {request.server}.")
    if request.kind in {RequestKind.CERTIFICATE_REGISTRATION, RequestKind.ADDRESS_CHANGE} and not is_valid_address(
        request.address or ""
    ):
        raise invalid(f"The address {request.address!r} is no host; expected a name or an IP address alone.")
    if request.name and not isinstance(client, SubsystemId):
        raise invalid(f"Only a subsystem has a name of its own, and {client} is a member.")
    if request.kind is RequestKind.CLIENT_RENAMING and not (request.name or "").strip():
        raise invalid("The new name of the subsystem is empty.")
    if request.kind is RequestKind.CLIENT_RENAMING and not isinstance(client, SubsystemId):
        raise invalid(f"Only a subsystem can be renamed, and {client} is a member.")


def verify_signatures(parts: Parts, request: ManagementRequest, *, trust: TrustSnapshot, at: datetime) -> None:
    """Prove each signature over the SOAP message, and each certificate beside it."""
    member = request.signing_member
    if not parts.signatures or member is None:
        return
    if request.kind is RequestKind.CERTIFICATE_REGISTRATION:
        new = read_part_certificate(parts.certificates[0])
        verify_authentication_certificate(new, trust=trust, at=at)
        verify_value(parts.signatures[0], parts.soap, certificate=new)
        if parts.certificates[0] != request.certificate:
            raise CertificateError(
                "cert_validation", "The certificate in the request is not the one that came beside it."
            )
    signing = read_part_certificate(parts.certificates[-1])
    verify_signing_certificate(signing, parts.ocsp or b"", member=member, trust=trust, at=at)
    verify_value(parts.signatures[-1], parts.soap, certificate=signing)


def read_part_certificate(data: bytes) -> Certificate:
    """The certificate in a part, which is DER.

    Raises:  CertificateError(cert_validation).
    """
    try:
        certificate = read_certificate(data)
    except CertificateError as error:
        raise CertificateError("cert_validation", error.detail) from error
    if certificate.der != data:
        raise CertificateError("cert_validation", "A certificate of a request is in DER, with nothing after it.")
    return certificate


def verify_authentication_certificate(certificate: Certificate, *, trust: TrustSnapshot, at: datetime) -> None:
    """Prove that an approved authority issued the certificate for authentication, and that it is valid.

    Raises:  CertificateError(cert_validation).
    """
    anchors = list_anchors(trust, trust.own_instance, usage="authentication")
    try:
        find_path(certificate, (), anchors=anchors, at=at)
    except CertificateError as error:
        raise CertificateError("cert_validation", error.detail, action=error.action) from error
    if not certificate.is_authentication or certificate.is_signing:
        raise CertificateError(
            "cert_validation", f"The certificate of {certificate.subject} is not for authentication alone."
        )


def verify_signing_certificate(
    certificate: Certificate, ocsp: bytes, *, member: MemberId, trust: TrustSnapshot, at: datetime
) -> None:
    """Prove that the certificate is for signing, is the member's, and was not revoked.

    Raises:  CertificateError(cert_validation | incorrect_validation_info), MessageError(invalid_request).
    """
    if not certificate.is_signing:
        raise CertificateError("cert_validation", f"The certificate of {certificate.subject} is not for signing.")
    try:
        chain = verify_chain(
            certificate, (), trust=trust, instance=trust.own_instance, ocsp_responses=(ocsp,), at=at, usage="signing"
        )
    except CertificateError as error:
        code = error.code.removeprefix("invalid_cert_path.")
        raise CertificateError(OUTER_CODES.get(code, code), error.detail, action=error.action) from error
    try:
        named = member_from_subject(certificate, chain.service.profile, trust.own_instance)
    except SignatureError as error:
        raise CertificateError("cert_validation", error.detail, action=error.action) from error
    if named != member:
        raise invalid(f"The signing certificate is of {named}, but {member} must sign.")


def verify_value(signature: SignaturePart, soap: bytes, *, certificate: Certificate) -> None:
    """Prove that the holder of the certificate's key signed the SOAP message.

    Raises:  SignatureError(invalid_signature_value), MessageError(invalid_request) for an unknown algorithm.
    """
    value, key = signature.value, certificate.public_key
    if isinstance(key, ec.EllipticCurvePublicKey):
        try:
            value = ecdsa_to_raw(value, coordinate_size(key))
        except ValueError as error:
            raise SignatureError("invalid_signature_value", f"The ECDSA value cannot be read: {error}.") from error
    verify_signature_value(value, soap, public_key=key, algorithm=find_algorithm(signature.algorithm))


def is_valid_address(text: str) -> bool:
    """Whether it is an IP address or a name of the domain name system, its letters of any language."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return "%" not in text
    try:
        name = text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = name.removesuffix(".").split(".")
    is_whole = all(LABEL.fullmatch(label) for label in labels) and len(name) <= MAX_HOST_CHARACTERS
    return is_whole and not labels[-1][0].isdigit()


def render_host(text: str) -> str:
    """A valid address as the global configuration has it: IPv6 in brackets, letters of any language encoded."""
    try:
        return f"[{text}]" if ipaddress.ip_address(text).version == 6 else text
    except ValueError:
        return text if text.isascii() else text.encode("idna").decode("ascii")


def invalid(detail: str) -> MessageError:
    """The error for a request that says the wrong things."""
    return MessageError("invalid_request", detail)
