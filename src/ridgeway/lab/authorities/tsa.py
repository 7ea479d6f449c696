"""The time-stamping authority: a key, a self-signed certificate for nothing but stamping, and tokens.

Law: what cannot be stamped is refused in an answer that says why. Certificates are in a token only when asked for
(X-Road does not ask), as RFC 3161 §2.4.1 wants.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.errors import TimestampError
from ridgeway.lab.authorities.identity import (
    AUTHORITY_VALIDITY,
    Identity,
    KeyKind,
    begin_certificate,
    build_name,
    build_usage,
    make_key,
    read_identity,
    write_identity,
)
from ridgeway.protocol.timestamps import (
    prepare_token,
    read_timestamp_request,
    write_timestamp_response,
)
from ridgeway.trust.clock import Clock, read_clock

STAMPER = "tsa"
POLICY = "2.999.3161.1"
"""Below the arc that is kept for examples (ITU-T X.660)."""


@dataclass(frozen=True, slots=True)
class TimestampingAuthority:
    """Who stamps."""

    stamper: Identity
    clock: Clock = field(default=read_clock, repr=False)

    @property
    def certificate(self) -> bytes:
        """Its certificate, DER."""
        return self.stamper.der

    def answer(self, question: bytes) -> bytes:
        """The answer (TimeStampResp, DER) to one request (DER): a token, or why there is none."""
        try:
            request = read_timestamp_request(question)
        except TimestampError as error:
            return write_timestamp_response(None, reason=error.detail[:200])
        prepared = prepare_token(
            request,
            certificate=self.certificate,
            policy=POLICY,
            serial=x509.random_serial_number(),
            at=self.clock().replace(microsecond=0),
        )
        token = prepared.complete(self.stamper.sign(prepared.to_be_signed, hashes.SHA512()))
        return write_timestamp_response(token if request.wants_certificates else remove_certificates(token))


def remove_certificates(token: bytes) -> bytes:
    """The token without the certificates in it, which no signature covers."""
    content = cms.ContentInfo.load(token)
    signed = content["content"]
    kept = ("version", "digest_algorithms", "encap_content_info", "signer_infos")
    bare = cms.SignedData({name: signed[name] for name in kept})
    data: bytes = cms.ContentInfo({"content_type": "signed_data", "content": bare}).dump()
    return data


def create_timestamping_authority(
    state: Path, *, name: str, key_kind: KeyKind = KeyKind.EC_P256, clock: Clock = read_clock
) -> TimestampingAuthority:
    """There is an authority in `state`; one that was there before is kept as it is."""
    if not (state / f"{STAMPER}.pem").exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_identity(make_stamper(name, key_kind, now=clock()), state, STAMPER)
    return open_timestamping_authority(state, clock=clock)


def open_timestamping_authority(state: Path, *, clock: Clock = read_clock) -> TimestampingAuthority:
    """The authority that was made in `state`.

    Raises:  SettingsError when there is none.
    """
    return TimestampingAuthority(read_identity(state, STAMPER), clock)


def make_stamper(name: str, kind: KeyKind, *, now: datetime) -> Identity:
    """A self-signed certificate for stamping alone."""
    key = make_key(kind)
    builder = begin_certificate(build_name(name), build_name(name), key.public_key(), now=now)
    builder = builder.not_valid_after(now + AUTHORITY_VALIDITY)
    builder = builder.add_extension(build_usage("digital_signature"), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Identity(key, builder.sign(key, hashes.SHA256()))
