"""The configuration anchor: the few bytes that a person checks by hand, and from which all other trust follows.

Law: an anchor names one instance, where its configuration is found, and the certificates that verify it. People
compare its digest out of band, so the digest is over the file's bytes as they are.
Source: PR-GCONF §2 and Annex B; UC-FED FED_02. Read next: `directory.py`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf.xml import (
    add_bytes,
    add_child,
    find_certificates,
    find_children,
    find_text,
    get_text,
    new_root,
    parse_document,
    parse_time,
    render_time,
    write_document,
)

MALFORMED_ANCHOR = "malformed_anchor"


@dataclass(frozen=True, slots=True)
class AnchorSource:
    """One address of a configuration, and the certificates (DER) of which one verifies what lies there."""

    url: str
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the configuration of `instance` is found, and who signs it."""

    instance: str
    sources: tuple[AnchorSource, ...]
    generated_at: datetime | None = None


def read_anchor(data: bytes) -> Anchor:
    """Read an anchor file.

    Raises:  TrustError(malformed_anchor).
    """
    return read_anchor_element(parse_document(data, "configurationAnchor", what="anchor", code=MALFORMED_ANCHOR))


def read_anchor_element(element: etree._Element) -> Anchor:
    """Read an anchor that stands by itself or inside private parameters.

    Raises:  TrustError(malformed_anchor).
    """
    instance = get_text(element, "instanceIdentifier", code=MALFORMED_ANCHOR)
    sources = tuple(read_source(source) for source in find_children(element, "source"))
    if not sources:
        raise TrustError(MALFORMED_ANCHOR, f"The anchor of {instance!r} names no source; expected one or more.")
    stated = find_text(element, "generatedAt")
    generated_at = None if stated is None else parse_time(stated)
    if stated is not None and generated_at is None:
        raise TrustError(MALFORMED_ANCHOR, f"<generatedAt> is {stated!r}; expected a time, as in 2026-02-06T00:00:00Z.")
    return Anchor(instance, sources, generated_at)


def read_source(element: etree._Element) -> AnchorSource:
    """One source of an anchor.

    Raises:  TrustError(malformed_anchor).
    """
    url = get_text(element, "downloadURL", code=MALFORMED_ANCHOR)
    certificates = find_certificates(element, "verificationCert", code=MALFORMED_ANCHOR)
    if not certificates:
        raise TrustError(MALFORMED_ANCHOR, f"The source {url} has no verificationCert; expected one or more.")
    return AnchorSource(url, certificates)


def write_anchor(anchor: Anchor) -> bytes:
    """The anchor as a file."""
    root = new_root("configurationAnchor")
    add_anchor_content(root, anchor)
    return write_document(root)


def add_anchor_content(element: etree._Element, anchor: Anchor) -> None:
    """The children of an anchor, in the order of the schema."""
    if anchor.generated_at is not None:
        add_child(element, "generatedAt", render_time(anchor.generated_at, milliseconds=True))
    add_child(element, "instanceIdentifier", anchor.instance)
    for source in anchor.sources:
        child = add_child(element, "source")
        add_child(child, "downloadURL", source.url)
        for certificate in source.certificates:
            add_bytes(child, "verificationCert", certificate)


def anchor_hash(data: bytes) -> str:
    """What people compare: SHA-224 of the file's bytes, upper-case hex with colons."""
    return hashlib.sha224(data).digest().hex(":").upper()
