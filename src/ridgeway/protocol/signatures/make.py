"""Making a signature in two steps, so that the private key can live in another process: prepare, then complete.

Law: what is signed is settled in the first step, the second only puts the value in its place. A message that is one
part is signed directly; several parts, or several messages, are signed through a hash chain.
Source: PR-MESSTRANSP §4; ETSI TS 101 903 v1.3.2.
Read next: `templates.py` for the bytes, `verify.py` for the way back.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ridgeway.errors import TokenError
from ridgeway.protocol.hashchains import SHA512, PartDigests, build_hash_chains, compute_digest
from ridgeway.protocol.signatures import templates
from ridgeway.protocol.signatures.digests import (
    Scheme,
    choose_signature_algorithm,
    coordinate_size,
    digest_to_sign,
    ecdsa_to_raw,
    get_signature_algorithm,
)
from ridgeway.protocol.signatures.issuernames import render_issuer_name

MESSAGE = "/message.xml"
CHAIN_RESULT = "/sig-hashchainresult.xml"
MESSAGE_TYPE = "text/xml"
CHAIN_RESULT_TYPE = "application/hash-chain-result"
VALUE_MARK = "\0"
"""Stands in the document for the value until it is known; no text of ours can hold it."""


@dataclass(frozen=True, slots=True)
class SigningMaterial:
    """The public side of a signing key: what goes into a signature beside its value.

    `certificate` and `intermediates` (from the issuer upwards, without the anchor) are DER; `ocsp_responses` are DER,
    the signing certificate's first. An empty `algorithm` takes the key's usual one.
    """

    certificate: bytes
    ocsp_responses: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    algorithm: str = ""


@dataclass(frozen=True, slots=True)
class UnsignedSignature:
    """A signature that lacks only its value.

    `to_be_signed` are the octets over which the value is made with `algorithm`; `digest` is their digest. For the
    batch form `hash_chain_result` and `hash_chains` (one for each message, in order) go beside the signature.
    """

    to_be_signed: bytes
    algorithm: str
    head: str
    tail: str
    coordinate_size: int
    hash_chain_result: bytes | None = None
    hash_chains: tuple[bytes, ...] = ()

    @property
    def digest(self) -> bytes:
        """The raw digest of `to_be_signed`, as a signer wants it."""
        return digest_to_sign(self.algorithm, self.to_be_signed)

    def complete(self, value: bytes) -> bytes:
        """The signature document with its value; an ECDSA value may come as DER or as r and s side by side.

        Raises:  TokenError(cannot_create_signature) when an ECDSA value is neither.
        """
        if self.coordinate_size:
            try:
                value = ecdsa_to_raw(value, self.coordinate_size)
            except ValueError as error:
                raise TokenError(
                    "cannot_create_signature", f"The signer gave {len(value)} bytes that are no ECDSA value: {error}."
                ) from error
        return (self.head + encode(value) + self.tail).encode()


def prepare_message_signature(
    parts: PartDigests, *, material: SigningMaterial, signing_time: datetime
) -> UnsignedSignature:
    """A signature over one message, ready to be signed: direct for one part, through a hash chain for more.

    Shapes:  `parts` are name and raw SHA-512 digest in wire order, `/message.xml` first.
    """
    if len(parts) == 1:
        ((uri, digest),) = parts
        if uri != MESSAGE:
            raise ValueError(f"a single part is {MESSAGE}, not {uri!r}")
        data = Signed(uri, MESSAGE_TYPE, digest)
        return prepare_signature(data, material=material, signing_time=signing_time)
    return prepare_batch_signature([parts], material=material, signing_time=signing_time)


def prepare_batch_signature(
    messages: Sequence[PartDigests], *, material: SigningMaterial, signing_time: datetime
) -> UnsignedSignature:
    """One signature over several messages, ready to be signed; each message gets its own hash chain, in order."""
    chains = build_hash_chains(messages)
    data = Signed(CHAIN_RESULT, CHAIN_RESULT_TYPE, compute_digest(SHA512, chains.result))
    unsigned = prepare_signature(data, material=material, signing_time=signing_time)
    return replace(unsigned, hash_chain_result=chains.result, hash_chains=chains.chains)


@dataclass(frozen=True, slots=True)
class Signed:
    """What the first reference points to, with its raw SHA-512 digest."""

    uri: str
    media_type: str
    digest: bytes


def prepare_signature(data: Signed, *, material: SigningMaterial, signing_time: datetime) -> UnsignedSignature:
    """The document around one reference, split where the value belongs."""
    fixed = render_material(material)
    properties = templates.SIGNED_PROPERTIES.format(
        digest_method=SHA512,
        signing_time=render_time(signing_time),
        certificate_digest=fixed.certificate_digest,
        media_type=data.media_type,
    )
    canonical_properties = templates.with_namespaces(properties, templates.SIGNED_PROPERTIES_TAG)
    signed_info = templates.SIGNED_INFO.format(
        algorithm=fixed.algorithm,
        digest_method=SHA512,
        uri=data.uri,
        data_digest=encode(data.digest),
        properties_digest=encode(compute_digest(SHA512, canonical_properties)),
    )
    document = templates.DOCUMENT.format(
        signed_info=signed_info,
        value=VALUE_MARK,
        certificate=fixed.certificate,
        signed_properties=properties,
        intermediates=fixed.intermediates,
        ocsp_values=fixed.ocsp_values,
    )
    head, _, tail = document.partition(VALUE_MARK)
    return UnsignedSignature(
        to_be_signed=templates.with_namespaces(signed_info, templates.SIGNED_INFO_TAG),
        algorithm=fixed.algorithm,
        head=head,
        tail=tail,
        coordinate_size=fixed.coordinate_size,
    )


@dataclass(frozen=True, slots=True)
class RenderedMaterial:
    """The parts of the document that stay the same from one signature to the next."""

    algorithm: str
    coordinate_size: int
    certificate: str
    certificate_digest: str
    intermediates: str
    ocsp_values: str


@lru_cache(maxsize=64)
def render_material(material: SigningMaterial) -> RenderedMaterial:
    """The fixed parts for one signing key, its certificates and its revocation answers.

    Raises:  TokenError(cannot_create_signature) when an answer is absent, a certificate cannot be read, or the key
             cannot sign with the algorithm.
    """
    try:
        certificate = x509.Certificate.load(material.certificate, strict=True)
        public_key = load_der_public_key(certificate.public_key.dump())
        rendered = [render_certificate_digest(each) for each in (material.certificate, *material.intermediates)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise TokenError("cannot_create_signature", f"A signing certificate cannot be read: {error}.") from error
    if not material.ocsp_responses:
        raise TokenError(
            "cannot_create_signature",
            "There is no revocation answer for the signing certificate.",
            action="See whether its authority's responder answers: ridgeway trust explain.",
        )
    is_ec = isinstance(public_key, ec.EllipticCurvePublicKey)
    algorithm = material.algorithm or choose_signature_algorithm(public_key)
    if is_ec != (get_signature_algorithm(algorithm).scheme is Scheme.ECDSA):
        raise TokenError("cannot_create_signature", f"A key of {type(public_key).__name__} cannot do {algorithm}.")
    return RenderedMaterial(
        algorithm=algorithm,
        coordinate_size=coordinate_size(public_key) if isinstance(public_key, ec.EllipticCurvePublicKey) else 0,
        certificate=encode(material.certificate),
        certificate_digest=rendered[0],
        intermediates=render_intermediates(material.intermediates, rendered[1:]),
        ocsp_values="".join(
            templates.OCSP_VALUE.format(number=number, response=encode(response))
            for number, response in enumerate(material.ocsp_responses, 1)
        ),
    )


def render_certificate_digest(der: bytes) -> str:
    """A certificate's digest, issuer and serial number as XAdES states them."""
    certificate = x509.Certificate.load(der, strict=True)
    return templates.CERTIFICATE_DIGEST.format(
        digest_method=SHA512,
        digest=encode(compute_digest(SHA512, der)),
        issuer=escape(render_issuer_name(certificate.issuer)),
        serial=certificate.serial_number,
    )


def render_intermediates(certificates: Sequence[bytes], digests: Sequence[str]) -> str:
    """The block of the certificates between the signing certificate and its anchor; empty when there are none."""
    if not certificates:
        return ""
    return templates.INTERMEDIATES.format(
        references="".join(
            templates.INTERMEDIATE_REFERENCE.format(number=number, certificate_digest=digest)
            for number, digest in enumerate(digests, 1)
        ),
        values="".join(
            templates.INTERMEDIATE_VALUE.format(number=number, certificate=encode(der))
            for number, der in enumerate(certificates, 1)
        ),
    )


def render_time(at: datetime) -> str:
    """A time as XAdES states it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def escape(text: str) -> str:
    """Text as it stands in canonical XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode(value: bytes) -> str:
    """Base64 on one line."""
    return base64.b64encode(value).decode()
