"""A time-stamp token as a value: what it says and how it is signed, read but not proven.

Law: BER is read as well as DER, because real tokens come in both; whatever cannot be read raises one error. Times are
turned into UTC, and one without a zone is no time.
Source: RFC 3161 §2.4.2; RFC 5652 §5 (SignedData); RFC 5035 (ESS signing certificate).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp

from ridgeway.errors import TimestampError
from ridgeway.protocol.timestamps.ber import normalise_ber
from ridgeway.protocol.timestamps.request import UNREADABLE

MAX_TOKEN_BYTES = 64 * 1024
MESSAGE_DIGEST = "message_digest"
CONTENT_TYPE = "content_type"
SIGNING_TIME = "signing_time"
ESS_ATTRIBUTES = ("signing_certificate", "signing_certificate_v2")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says, unproven.

    `content` are the octets that are signed over (TSTInfo), `signed_attributes` their DER as a SET, `issuer` the DER
    of the signer's issuer name.
    """

    at: datetime
    serial: int
    policy: str
    imprint_algorithm: str
    imprint: bytes
    content: bytes
    issuer: bytes
    signer_serial: int
    digest_algorithm: str
    signature_algorithm: cms.SignedDigestAlgorithm = field(repr=False)
    signature: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    attributes: dict[str, Any] = field(repr=False)
    certificates: int = 0
    nonce: int | None = None


def read_token(data: bytes) -> Token:
    """The token in a CMS document.

    Raises:  TimestampError(mlog.timestamp_token_signer_info_not_found) when it has not exactly one signer,
             (timestamping_failed) when it is no token at all.
    """
    try:
        if len(data) > MAX_TOKEN_BYTES:
            raise ValueError(f"{len(data)} bytes, at most {MAX_TOKEN_BYTES}")
        content_info = cms.ContentInfo.load(normalise_ber(data))
        if content_info["content_type"].native != "signed_data":
            raise ValueError("it is not signed data")
        signed = content_info["content"]
        encapsulated = signed["encap_content_info"]
        if encapsulated["content_type"].native != "tst_info":
            raise ValueError("its content is not a TSTInfo")
        return read_signed(signed, bytes(encapsulated["content"].contents))
    except UNREADABLE as error:
        raise TimestampError("timestamping_failed", f"This is no time-stamp token: {error}.") from error


def read_signed(signed: cms.SignedData, content: bytes) -> Token:
    """The token in CMS signed data whose encapsulated content is `content`."""
    signers = signed["signer_infos"]
    if len(signers) != 1:
        raise TimestampError(
            "mlog.timestamp_token_signer_info_not_found", f"The token has {len(signers)} signers; expected one."
        )
    signer = signers[0]
    if signer["sid"].name != "issuer_and_serial_number":
        raise TimestampError(
            "mlog.timestamp_token_signer_info_not_found", "The token does not name its signer by issuer and serial."
        )
    info = tsp.TSTInfo.load(content)
    imprint = info["message_imprint"]
    return Token(
        at=read_time(info["gen_time"].native),
        serial=int(info["serial_number"].native),
        policy=info["policy"].native,
        imprint_algorithm=imprint["hash_algorithm"]["algorithm"].native,
        imprint=imprint["hashed_message"].native,
        content=content,
        issuer=signer["sid"].chosen["issuer"].dump(),
        signer_serial=int(signer["sid"].chosen["serial_number"].native),
        digest_algorithm=signer["digest_algorithm"]["algorithm"].native,
        signature_algorithm=signer["signature_algorithm"],
        signature=signer["signature"].native,
        signed_attributes=signer["signed_attrs"].untag().dump(force=True) if signer["signed_attrs"] else b"",
        attributes=read_attributes(signer),
        certificates=len(signed["certificates"]) if signed["certificates"] else 0,
        nonce=info["nonce"].native,
    )


def read_time(value: object) -> datetime:
    """A time as aware UTC.

    Raises:  ValueError when it has no zone, or lies beyond the calendar.
    """
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"the time {value} has no zone")
    return value.astimezone(UTC)


def read_attributes(signer: cms.SignerInfo) -> dict[str, Any]:
    """The signed attributes by name; one that is there twice is an error."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"] or ():
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise ValueError(f"the signed attribute {name} is there more than once")
        found[name] = attribute["values"][0]
    return found
