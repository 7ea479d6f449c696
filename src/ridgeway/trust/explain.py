"""`ridgeway trust explain FILE`: what a file is, and why it can or cannot be used here.

Law: a file is recognised by what it holds, never by its name. Read next: `explain_certificate.py`, `explain_state.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import RidgewayError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.globalconf import (
    anchor_hash,
    read_anchor,
    read_private_parameters,
    read_shared_parameters,
    read_signed_directory,
    verify_signed_directory,
)
from ridgeway.protocol.globalconf.shared import NEWEST_VERSION
from ridgeway.protocol.globalconf.xml import PEM_BLOCK, read_base64
from ridgeway.trust.explain_answers import explain_answer, explain_token, find_refusal, read_token
from ridgeway.trust.explain_certificate import explain_certificate
from ridgeway.trust.findings import Finding, bad, describe_moment, good, refused
from ridgeway.trust.ocsp_answers import find_answer

MAX_FILE_BYTES = 64 * 1024 * 1024
MULTIPART = re.compile(rb"\s*content-type\s*:\s*multipart/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known when a file is explained: the trust, the answers held, and the certificates of the anchor."""

    trust: TrustSnapshot
    answers: Mapping[str, bytes]
    anchor_certificates: tuple[bytes, ...]
    now: datetime


def explain_bytes(data: bytes, known: Knowledge) -> tuple[Finding, ...]:
    """Everything that can be said about the bytes of a file."""
    blocks = list(PEM_BLOCK.finditer(data))
    if blocks:
        return tuple(finding for block in blocks for finding in explain_block(block, known))
    if MULTIPART.match(data):
        return explain_directory(data, known)
    if data.lstrip().startswith(b"<"):
        return explain_xml(data, known)
    return explain_der(data, known)


def explain_block(block: "re.Match[bytes]", known: Knowledge) -> tuple[Finding, ...]:
    """Everything that can be said about one PEM block."""
    label = block[1].decode("ascii")
    if "PRIVATE KEY" in label:
        return (
            bad("private key", "a key in a file proves nothing", action="Keep it in the signer, and delete the file."),
        )
    try:
        der = read_base64(block[2].decode("latin-1"), label)
    except RidgewayError as error:
        return (refused(label.lower(), error),)
    return explain_der(der, known)


def explain_der(data: bytes, known: Knowledge) -> tuple[Finding, ...]:
    """Everything that can be said about DER: a certificate, a revocation answer or a time-stamp."""
    token = read_token(data)
    if token is not None:
        return explain_token(token, trust=known.trust, now=known.now)
    refusal = find_refusal(data)
    if refusal is not None:
        return (refusal,)
    answer = find_answer(data)
    if answer is not None:
        return explain_answer(answer, trust=known.trust, now=known.now)
    return explain_certificate(data, trust=known.trust, answers=known.answers, now=known.now)


def explain_directory(data: bytes, known: Knowledge) -> tuple[Finding, ...]:
    """Whether a signed directory would be believed."""
    certificates = [*known.anchor_certificates]
    for source in known.trust.own.sources:
        certificates += [*source.internal_certificates, *source.external_certificates]
    try:
        directory = verify_signed_directory(read_signed_directory(data), certificates, now=known.now)
    except RidgewayError as error:
        return (refused("signed directory", error),)
    parts = ", ".join(part.identifier for part in directory.parts)
    until = describe_moment(directory.expires_at, known.now)
    return (good("signed directory", f"proven, version {directory.version}, until {until}, with {parts}"),)


def explain_xml(data: bytes, known: Knowledge) -> tuple[Finding, ...]:
    """What a document of the configuration says; nothing signs it by itself."""
    try:
        if b"configurationAnchor" in data[:4096]:
            anchor = read_anchor(data)
            held = "this server's own instance" if anchor.instance == known.trust.own_instance else "another instance"
            return (good("anchor", f"of {anchor.instance}, {held}; compare its hash by hand: {anchor_hash(data)}"),)
        if b"managementService" in data:
            private = read_private_parameters(data)
            return (good("private parameters", f"of {private.instance}"),)
        shared = read_shared_parameters(data, NEWEST_VERSION)
    except RidgewayError as error:
        return (refused("document of the configuration", error),)
    counts = f"{len(shared.members)} members, {len(shared.servers)} security servers"
    return (good("shared parameters", f"of {shared.instance}: {counts}"),)
