"""What may happen to the certificates of keys: taken, activated, registered, deleted; as pure rules over the index.

    signing          registered → deleted
    authentication   saved → registration in progress → registered → deletion in progress → deleted
                     registered ↔ global error, when the global configuration stops or begins to name it

Law: a certificate is for one usage and for a key that is here; an authority's, an expired one and one for both usages
or neither are refused. What is in use is not deleted by mistake.
Source: X-Road's signer (certificate states), UG-SS §5.
"""

import hashlib
import hmac
import warnings
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ridgeway.errors import CertificateError, SignatureError, TokenError
from ridgeway.protocol.certificates.profiles import member_from_subject
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.signer.values import (
    ActivateRequest,
    CertificateInfo,
    CertificateStatus,
    CsrInfo,
    ImportRequest,
    KeyInfo,
    KeyUsage,
    StatusRequest,
)

MAX_CERTIFICATES = 20
STATES = {
    KeyUsage.SIGNING: frozenset({CertificateStatus.REGISTERED, CertificateStatus.DELETED}),
    KeyUsage.AUTHENTICATION: frozenset(CertificateStatus),
}
FIRST_STATES = {
    KeyUsage.SIGNING: CertificateStatus.REGISTERED,
    KeyUsage.AUTHENTICATION: CertificateStatus.SAVED,
}
KNOWN_TO_OTHERS = frozenset({CertificateStatus.REGISTRATION_IN_PROGRESS, CertificateStatus.REGISTERED})
"""States of an authentication certificate in which the central server knows it, or is about to."""
BECOME_REGISTERED = frozenset(
    {CertificateStatus.SAVED, CertificateStatus.REGISTRATION_IN_PROGRESS, CertificateStatus.GLOBAL_ERROR}
)

Keys = tuple[KeyInfo, ...]


def take_certificate(keys: Keys, request: ImportRequest, *, now: datetime) -> KeyInfo:
    """The key with its new certificate.

    Raises:  TokenError with signer.incorrect_certificate, signer.wrong_cert_usage, signer.key_not_found,
             signer.cannot_get_member_id_from_certificate or signer.cert_import_failed.
    """
    certificate = read_imported(request.certificate)
    public = certificate.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = next((key for key in keys if hmac.compare_digest(key.public_key, public)), None)
    if info is None:
        raise TokenError("signer.key_not_found", "No key here is the one that this certificate is for.")
    require_leaf(certificate)
    require_usage(certificate, info)
    require_valid(certificate, now)
    member = find_member(certificate, request)
    if any(each.der == certificate.der for each in info.certificates):
        return info
    if len(info.certificates) >= MAX_CERTIFICATES:
        detail = f"The key {info.id} has {MAX_CERTIFICATES} certificates already."
        raise TokenError("signer.cert_import_failed", detail, action="Make a new key for this certificate.")
    status = choose_status(info, request.status)
    is_active = info.active_certificate is None and not request.stays_inactive
    added = CertificateInfo(certificate.der, is_active=is_active, member=member, status=status)
    return msgspec.structs.replace(
        info, certificates=(*info.certificates, added), requests=drop_answered(info, certificate)
    )


def drop_answered(info: KeyInfo, certificate: Certificate) -> tuple[CsrInfo, ...]:
    """The requests of the key that this certificate does not answer: those for another subject."""
    with warnings.catch_warnings(action="ignore"):  # a country may be longer than the library likes
        subject = certificate.loaded.subject.rfc4514_string()
    return tuple(each for each in info.requests if each.subject != subject)


def choose_status(info: KeyInfo, asked: str) -> CertificateStatus:
    """Where the certificate stands at first.

    Raises:  TokenError(signer.cert_import_failed) for a state that certificates of this usage do not have.
    """
    try:
        status = CertificateStatus(asked) if asked else FIRST_STATES[info.usage]
    except ValueError as error:
        raise TokenError("signer.cert_import_failed", f"{asked[:40]!r} is no state of a certificate.") from error
    require_state(info, status)
    return status


def require_state(info: KeyInfo, status: CertificateStatus) -> None:
    """Hold only for a state that certificates of this usage may have.

    Raises:  TokenError(signer.cert_import_failed).
    """
    if status not in STATES[info.usage]:
        known = ", ".join(sorted(STATES[info.usage]))
        raise TokenError("signer.cert_import_failed", f"A certificate for {info.usage} is {known}; not {status}.")


def find_certificate(keys: Keys, sha256: str) -> tuple[KeyInfo, CertificateInfo]:
    """The certificate of that SHA-256 (hex) with its key.

    Raises:  TokenError(signer.cert_not_found).
    """
    for info in keys:
        for each in info.certificates:
            if each.sha256 == sha256.lower():
                return info, each
    raise TokenError(
        "signer.cert_not_found",
        f"No certificate here has the SHA-256 {sha256[:64]!r}.",
        action="See them: ridgeway signer certificates list.",
    )


def change_certificate(info: KeyInfo, changed: CertificateInfo) -> KeyInfo:
    """The key with this certificate in the place of the same one."""
    return msgspec.structs.replace(
        info, certificates=tuple(changed if each.der == changed.der else each for each in info.certificates)
    )


def set_active(keys: Keys, request: ActivateRequest, *, now: datetime) -> KeyInfo:
    """The key with the certificate used and no other, or not used; with the reason when it could not be.

    Raises:  TokenError(signer.cert_not_found | signer.incorrect_certificate).
    """
    info, found = find_certificate(keys, request.sha256)
    if request.ocsp_error:
        return change_certificate(info, msgspec.structs.replace(found, ocsp_error=request.ocsp_error))
    if not request.is_active:
        return change_certificate(info, msgspec.structs.replace(found, is_active=False))
    require_valid(read_imported(found.der), now)
    others = tuple(
        each if each is found else msgspec.structs.replace(each, is_active=False) for each in info.certificates
    )
    used = msgspec.structs.replace(found, is_active=True, ocsp_error="", unproven=request.unproven)
    return change_certificate(msgspec.structs.replace(info, certificates=others), used)


def set_status(keys: Keys, request: StatusRequest) -> KeyInfo:
    """The key with the certificate in that state; without it, when it is deleted.

    Raises:  TokenError(signer.cert_not_found | signer.cert_import_failed | signer.cert_in_use).
    """
    info, found = find_certificate(keys, request.sha256)
    require_state(info, request.status)
    if request.status is not CertificateStatus.DELETED:
        return change_certificate(info, msgspec.structs.replace(found, status=request.status))
    if is_in_use(info, found) and not request.force:
        raise TokenError(
            "signer.cert_in_use",
            f"The certificate {found.sha256[:16]}… is {describe_use(found)}.",
            action="Deactivate it and delete its registration first, or say --force.",
        )
    return msgspec.structs.replace(info, certificates=tuple(each for each in info.certificates if each is not found))


def is_in_use(info: KeyInfo, certificate: CertificateInfo) -> bool:
    """Whether something would stop if the certificate were gone."""
    is_known = info.usage is KeyUsage.AUTHENTICATION and certificate.status in KNOWN_TO_OTHERS
    return certificate.is_active or is_known


def describe_use(certificate: CertificateInfo) -> str:
    """Why it is in use."""
    return f"active and {certificate.status}" if certificate.is_active else str(certificate.status)


def require_unused(info: KeyInfo) -> None:
    """Hold only for a key whose certificates are not in use.

    Raises:  TokenError(signer.key_in_use).
    """
    used = [each for each in info.certificates if is_in_use(info, each)]
    if used:
        raise TokenError(
            "signer.key_in_use",
            f"The key {info.id} has the certificate {used[0].sha256[:16]}…, which is {describe_use(used[0])}.",
            action="Deactivate it and delete its registration first, or say --force.",
        )


def sync_keys(keys: Keys, registered: frozenset[str]) -> Keys:
    """The keys with each authentication certificate where the global configuration says that it stands.

    Shapes:  `registered` are the hashes (hex) of the certificates that the configuration names, SHA-256 or SHA-1.
    """
    return tuple(
        msgspec.structs.replace(
            info, certificates=tuple(sync_certificate(each, registered) for each in info.certificates)
        )
        if info.usage is KeyUsage.AUTHENTICATION
        else info
        for info in keys
    )


def sync_certificate(certificate: CertificateInfo, registered: frozenset[str]) -> CertificateInfo:
    """The certificate in the state that follows from being named by the configuration or not."""
    sha1 = hashlib.sha1(certificate.der, usedforsecurity=False).hexdigest()
    is_named = bool({certificate.sha256, sha1} & registered)
    if is_named and certificate.status in BECOME_REGISTERED:
        return msgspec.structs.replace(certificate, status=CertificateStatus.REGISTERED)
    if not is_named and certificate.status is CertificateStatus.REGISTERED:
        return msgspec.structs.replace(certificate, status=CertificateStatus.GLOBAL_ERROR)
    return certificate


def choose_authentication(keys: Keys) -> tuple[KeyInfo, CertificateInfo]:
    """The key and the certificate that this server shows in TLS: active, registered if there is such a one.

    Raises:  TokenError(signer.key_not_found) when there is none.
    """
    found = [
        (info, each)
        for info in keys
        for each in info.certificates
        if info.usage is KeyUsage.AUTHENTICATION and each.is_active
    ]
    if not found:
        raise TokenError(
            "signer.key_not_found",
            "There is no authentication key with an active certificate.",
            action="Make one: ridgeway signer keys generate, csr, import.",
        )
    return max(found, key=lambda pair: (pair[1].status is CertificateStatus.REGISTERED, pair[1].not_after))


def read_imported(data: bytes) -> Certificate:
    """A certificate in PEM or DER.

    Raises:  TokenError(signer.incorrect_certificate).
    """
    try:
        return read_certificate(data)
    except CertificateError as error:
        raise TokenError("signer.incorrect_certificate", error.detail) from error


def find_member(certificate: Certificate, request: ImportRequest) -> str:
    """Whose the certificate is: as its subject says by the profile, if one is given, else as the importer says.

    Raises:  TokenError(signer.cannot_get_member_id_from_certificate).
    """
    if not request.profile or not certificate.is_signing:
        return request.member
    try:
        return str(member_from_subject(certificate, request.profile, request.instance))
    except SignatureError as error:
        raise TokenError("signer.cannot_get_member_id_from_certificate", error.detail) from error


def require_leaf(certificate: Certificate) -> None:
    """Hold only for a certificate that may not issue others.

    Raises:  TokenError(signer.incorrect_certificate).
    """
    try:
        constraints = certificate.loaded.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, x509.DuplicateExtension) as error:
        raise TokenError("signer.incorrect_certificate", f"Its extensions cannot be read: {error}.") from error
    if constraints.ca:
        raise TokenError(
            "signer.incorrect_certificate",
            "The certificate is that of an authority.",
            action="Give the certificate that the authority issued for this key.",
        )


def require_valid(certificate: Certificate, now: datetime) -> None:
    """Hold only while the certificate has not ended.

    Raises:  TokenError(signer.incorrect_certificate).
    """
    if certificate.not_after <= now:
        raise TokenError(
            "signer.incorrect_certificate",
            f"The certificate ended at {certificate.not_after:%Y-%m-%d %H:%M}.",
            action="Ask the authority for a new one: ridgeway signer csr create.",
        )


def require_usage(certificate: Certificate, info: KeyInfo) -> None:
    """Hold only when the certificate is for the key's usage and for nothing else.

    Raises:  TokenError(signer.wrong_cert_usage).
    Source:  UG-SS §5; X-Road: signing is nonRepudiation, authentication any of three key usages or clientAuth.
    """
    signs, authenticates = certificate.is_signing, certificate.is_authentication
    if (signs, authenticates) != (info.usage is KeyUsage.SIGNING, info.usage is KeyUsage.AUTHENTICATION):
        purposes = [name for name, holds in (("signing", signs), ("authentication", authenticates)) if holds]
        raise TokenError(
            "signer.wrong_cert_usage",
            f"The certificate is for {' and '.join(purposes) or 'neither signing nor authentication'}; the key "
            f"{info.id} is for {info.usage}.",
        )
