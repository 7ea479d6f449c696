"""Asking a time-stamping authority, and its answer.

Law: a request holds the SHA-512 digest and nothing else (no nonce, no policy, no wish for certificates), as X-Road's;
an answer counts when its status is granted, with or without modifications.
Source: RFC 3161 §2.4; X-Road's log manager. Read next: `verify.py`.
"""

from dataclasses import dataclass

from asn1crypto import cms, core, tsp

from ridgeway.errors import TimestampError
from ridgeway.protocol.timestamps.ber import normalise_ber

MAX_REQUEST_BYTES = 4096
MAX_RESPONSE_BYTES = 64 * 1024
GRANTED = ("granted", "granted_with_mods")
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""What the ASN.1 library raises for octets that are something else, some of it only when a field is looked at."""
DIGEST_SIZES = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}


class Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp with the optional token of RFC 3161 §2.4.2; asn1crypto's own class demands it."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """What is to be stamped: the name of a digest algorithm (as `sha512`) and the raw digest."""

    algorithm: str
    digest: bytes
    nonce: int | None = None
    wants_certificates: bool = False


def write_timestamp_request(digest: bytes) -> bytes:
    """The DER request for a SHA-512 digest (64 bytes)."""
    if len(digest) != DIGEST_SIZES["sha512"]:
        raise ValueError(f"a SHA-512 digest has 64 bytes, not {len(digest)}")
    imprint = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": digest}
    data: bytes = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint}).dump()
    return data


def read_timestamp_request(data: bytes) -> TimestampRequest:
    """What a client asks an authority to stamp.

    Raises:  TimestampError(timestamping_failed) when it is no request, or its digest does not fit its algorithm.
    """
    try:
        if len(data) > MAX_REQUEST_BYTES:
            raise ValueError("too long")
        request = tsp.TimeStampReq.load(data, strict=True)
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        digest = imprint["hashed_message"].native
        nonce = request["nonce"].native
        wants = bool(request["cert_req"].native)
    except UNREADABLE as error:
        raise TimestampError("timestamping_failed", f"This is no time-stamp request: {error}.") from error
    if DIGEST_SIZES.get(algorithm) != len(digest):
        raise TimestampError(
            "timestamping_failed", f"A digest of {len(digest)} bytes does not fit {algorithm}; expected e.g. sha512."
        )
    return TimestampRequest(algorithm, digest, nonce, wants)


def read_timestamp_response(data: bytes) -> bytes:
    """The token (CMS, in DER) in an authority's answer; nothing about it is proven yet.

    Raises:  TimestampError(timestamping_failed) when the authority refused or the answer cannot be read.
    """
    try:
        if len(data) > MAX_RESPONSE_BYTES:
            raise ValueError(f"{len(data)} bytes, at most {MAX_RESPONSE_BYTES}")
        response = Answer.load(normalise_ber(data))
        status = response["status"]["status"].native
        reason = "; ".join(response["status"]["status_string"].native or ())
        token = b"" if status not in GRANTED else response["time_stamp_token"].dump()
    except UNREADABLE as error:
        raise TimestampError("timestamping_failed", f"The authority's answer cannot be read: {error}.") from error
    if not token:
        raise TimestampError("timestamping_failed", f"The authority refused to stamp: {status} {reason[:200]}.")
    return bytes(token)


def write_timestamp_response(token: bytes | None, *, reason: str = "") -> bytes:
    """An authority's answer: the granted token, or a refusal with its reason."""
    if token is None:
        refusal = {"status": "rejection", "status_string": [reason or "refused"]}
        data: bytes = Answer({"status": refusal}).dump()
        return data
    granted = Answer({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)})
    granted_data: bytes = granted.dump()
    return granted_data
