"""The signed directory: which parts a configuration has, what they weigh, and until when they count.

Law, in this order and never another: the signature is proven first, with a certificate that was trusted before; only
then is a word of the signed content believed. Then: not expired, then its version, then its parts. A part itself is
proven by its digest when it is fetched.
Source: PR-GCONF §3.2; codes as X-Road 7.8 spells them. Read next: `trusted.py`, which keeps the whole order of trust.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf.algorithms import DIGESTS, digest_of, is_signed_by
from ridgeway.protocol.globalconf.mime import (
    MISSING_PARAMETER,
    UNREADABLE,
    WRONG_VALUE,
    MimePart,
    get_boundary,
    get_header,
    read_part,
    require_header,
    split_multipart,
    split_parameters,
)
from ridgeway.protocol.globalconf.shared import OLDEST_VERSION
from ridgeway.protocol.globalconf.xml import parse_time, render_time

MAX_DIRECTORY_BYTES = 1024 * 1024
PRIVATE_PARAMETERS = "PRIVATE-PARAMETERS"
SHARED_PARAMETERS = "SHARED-PARAMETERS"
WITH_INSTANCE = frozenset({PRIVATE_PARAMETERS, SHARED_PARAMETERS})


@dataclass(frozen=True, slots=True)
class SignedDirectory:
    """A directory that nobody has verified: the exact signed bytes, and what claims to sign them.

    `signature_part` is None when the document ends after the signed part.
    """

    signed: bytes
    boundary: str
    signature_part: MimePart | None


@dataclass(frozen=True, slots=True)
class DirectoryPart:
    """One part that a directory promises: what it is, where it lies, and its digest."""

    identifier: str
    instance: str
    location: str
    hash_algorithm: str
    digest: bytes
    file_name: str = ""

    def require_content(self, content: bytes) -> None:
        """Hold only while `content` is the promised part.

        Raises:  TrustError(global_conf_part_downloaded_file_integrity_failure).
        """
        if not self.is_content(content):
            raise TrustError(
                "global_conf_part_downloaded_file_integrity_failure",
                f"{self.identifier or self.location} at {self.location} is not the part that the directory promises.",
                action="If it persists, the central server's public folder was changed after signing.",
            )

    def is_content(self, content: bytes) -> bool:
        """Whether `content` is the promised part."""
        return digest_of(content, self.hash_algorithm) == self.digest


@dataclass(frozen=True, slots=True)
class VerifiedDirectory:
    """A directory whose signature is proven and which had not expired; only `verify_signed_directory` makes one."""

    version: int
    expires_at: datetime
    parts: tuple[DirectoryPart, ...]
    certificate: bytes
    signature_algorithm: str
    certificate_hash_algorithm: str

    def find_part(self, identifier: str) -> DirectoryPart | None:
        """The part of that content identifier."""
        return next((part for part in self.parts if part.identifier == identifier), None)


def read_signed_directory(data: bytes) -> SignedDirectory:
    """Cut a directory into what is signed and what signs it; nothing is believed yet.

    Raises:  TrustError(global_conf_parsing_downloaded_conf_directory_failure | global_conf_missing_signed_data).
    """
    if len(data) > MAX_DIRECTORY_BYTES:
        raise TrustError(UNREADABLE, f"The directory has {len(data)} bytes; at most {MAX_DIRECTORY_BYTES} are read.")
    document = read_part(data)
    parts = split_multipart(document.body, get_boundary(document))
    if not parts:
        raise TrustError("global_conf_missing_signed_data", "The directory has no signed part.")
    if len(parts) > 2:
        raise TrustError(
            UNREADABLE, f"The directory has {len(parts)} outer parts; expected the content and its signature."
        )
    content = read_part(parts[0])
    signature_part = read_part(parts[1]) if len(parts) == 2 else None
    return SignedDirectory(content.body, get_boundary(content), signature_part)


def verify_signed_directory(
    directory: SignedDirectory, certificates: Iterable[bytes], *, now: datetime
) -> VerifiedDirectory:
    """Prove that one of the trusted `certificates` (DER) signed the directory, and that it still counts at `now`.

    Raises:  TrustError(global_conf_missing_signed_data_expiration_date | global_conf_missing_verification_cert |
             global_conf_signature_verification_failure | global_conf_outdated | global_conf_header_field_*).
    Source:  PR-GCONF §3.2.
    """
    if directory.signature_part is None:
        raise TrustError(
            "global_conf_missing_signed_data_expiration_date",
            "The directory has no signature part, so nothing of its content, not even its expiry, can be believed.",
        )
    certificate, algorithm, hash_algorithm = verify_signature(directory, directory.signature_part, certificates)
    head, *rest = read_signed_parts(directory)
    expires_at = read_expiry(head, now)
    return VerifiedDirectory(
        version=read_version(head),
        expires_at=expires_at,
        parts=tuple(read_directory_part(part) for part in rest),
        certificate=certificate,
        signature_algorithm=algorithm,
        certificate_hash_algorithm=hash_algorithm,
    )


def verify_signature(
    directory: SignedDirectory, part: MimePart, certificates: Iterable[bytes]
) -> tuple[bytes, str, str]:
    """The certificate whose key signed, and the algorithms of the signature and of the certificate's hash.

    Raises:  TrustError.
    """
    signature = decode_base64(part.body, "The signature", "global_conf_signature_decode_failure")
    algorithm = get_header(part, "Signature-Algorithm-Id")
    stated, parameters = split_parameters(get_header(part, "Verification-certificate-hash"))
    hash_algorithm = parameters.get("hash-algorithm-id", "")
    if not hash_algorithm:
        raise TrustError(MISSING_PARAMETER, "Verification-certificate-hash lacks its parameter hash-algorithm-id.")
    wanted = decode_base64(stated.encode(), "Verification-certificate-hash", WRONG_VALUE)
    certificate = find_certificate(certificates, wanted, hash_algorithm)
    if certificate is None:
        raise TrustError(
            "global_conf_missing_verification_cert",
            f"The directory is signed with a certificate that is not trusted here (its hash is {stated}).",
            action="If the authority changed its signing key while this server was away, get its new anchor.",
        )
    if not is_signed_by(certificate, algorithm=algorithm, signature=signature, signed=directory.signed):
        raise TrustError(
            "global_conf_signature_verification_failure",
            "The signature of the directory does not prove its content: it was changed after signing.",
            action="Look at what lies between this server and its source; then tell the authority.",
        )
    return certificate, algorithm, hash_algorithm


def find_certificate(certificates: Iterable[bytes], wanted: bytes, algorithm: str) -> bytes | None:
    """The trusted certificate with that hash; a hash only selects, so a weak one does no harm."""
    return next((each for each in certificates if digest_of(each, algorithm, weak_allowed=True) == wanted), None)


def read_signed_parts(directory: SignedDirectory) -> list[MimePart]:
    """The parts of the signed content, which starts with its first delimiter.

    Raises:  TrustError(global_conf_parsing_downloaded_conf_directory_failure).
    """
    if not directory.signed.startswith(b"--" + directory.boundary.encode("ascii")):
        raise TrustError(UNREADABLE, "The signed content does not start with its delimiter.")
    parts = [read_part(part) for part in split_multipart(directory.signed, directory.boundary)]
    if not parts:
        raise TrustError(UNREADABLE, "The signed content has no part.")
    return parts


def read_expiry(head: MimePart, now: datetime) -> datetime:
    """Until when the directory counts, which is not over.

    Raises:  TrustError(global_conf_header_field_missing | …_wrong_value | global_conf_outdated).
    """
    stated = get_header(head, "Expire-date")
    expires_at = parse_time(stated)
    if expires_at is None:
        raise TrustError(WRONG_VALUE, f"Expire-date is {stated[:80]!r}; expected a time, as in 2026-02-06T00:00:00Z.")
    if expires_at < now:
        raise TrustError(
            "global_conf_outdated",
            f"The directory expired at {render_time(expires_at)}; it is now {render_time(now)}.",
            action="See that the central server signs anew, and that both clocks are right.",
        )
    return expires_at


def read_version(head: MimePart) -> int:
    """The version of the configuration; 2 where none is stated.

    Raises:  TrustError(global_conf_header_field_wrong_value).
    """
    stated = head.headers.get("version", str(OLDEST_VERSION))
    if not re.fullmatch(r"\d{1,4}", stated, re.ASCII):
        raise TrustError(WRONG_VALUE, f"Version is {stated[:80]!r}; expected a whole number.")
    return int(stated)


def read_directory_part(part: MimePart) -> DirectoryPart:
    """One part of the signed content.

    Raises:  TrustError(global_conf_header_field_missing | …_missing_parameter | …_wrong_value).
    """
    require_header(part, "Content-type", "application/octet-stream")
    require_header(part, "Content-transfer-encoding", "base64")
    location = get_header(part, "Content-location")
    hash_algorithm = get_header(part, "Hash-algorithm-id")
    if hash_algorithm not in DIGESTS:
        raise TrustError(WRONG_VALUE, f"Hash-algorithm-id is {hash_algorithm[:80]!r}; known are {', '.join(DIGESTS)}.")
    identifier, parameters = split_parameters(part.headers.get("content-identifier", ""))
    instance = parameters.get("instance", "")
    if identifier in WITH_INSTANCE and not instance:
        raise TrustError(MISSING_PARAMETER, f"Content-identifier of {identifier} lacks its parameter instance.")
    return DirectoryPart(
        identifier=identifier,
        instance=instance,
        location=location,
        hash_algorithm=hash_algorithm,
        digest=decode_base64(part.body, f"The digest of {location}", WRONG_VALUE),
        file_name=part.headers.get("content-file-name", ""),
    )


def decode_base64(data: bytes, what: str, code: str) -> bytes:
    """The bytes behind base64; white space inside is ignored.

    Raises:  TrustError(`code`).
    """
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrustError(code, f"{what} is not base64: {error}.") from error
