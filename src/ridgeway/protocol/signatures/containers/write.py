"""Writing a container: the same parts always give the same bytes.

Law: entries come in X-Road's order, text and attachments exactly as signed; the manifests describe and prove nothing.
Source: PR-SIGDOC §3; ETSI TS 102 918 §6; OpenDocument 1.2 part 3 (manifest).
"""

import base64
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ridgeway.protocol.hashchains import SHA512, compute_digest
from ridgeway.protocol.signatures.containers import names

OLDEST_ZIP_YEAR = 1980

MANIFEST_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
MANIFEST_ENTRY = '    <manifest:file-entry manifest:full-path="{path}" manifest:media-type="{type}"/>\n'
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    f'<manifest:manifest xmlns:manifest="{MANIFEST_NAMESPACE}" manifest:version="1.2">\n'
    "{entries}"
    "</manifest:manifest>\n"
)
ASIC_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/2918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
    f'    <asic:SigReference MimeType="vnd.etsi.timestamp-token" URI="{names.TIMESTAMP}"/>\n'
    f'    <asic:DataObjectReference MimeType="text/xml" URI="{names.TS_CHAIN_RESULT}">\n'
    f'        <ds:DigestMethod Algorithm="{SHA512}"/>\n'
    "        <ds:DigestValue>{digest}</ds:DigestValue>\n"
    "    </asic:DataObjectReference>\n"
    "</asic:ASiCManifest>\n"
)


@dataclass(frozen=True, slots=True)
class ContainerParts:
    """What goes into a container; None is left out.

    A batch signature brings `hash_chain_result` and `hash_chain`; a batch time-stamp brings the three after them, a
    single one stands inside the signature. `attachments` are in order; one that was not kept is None.
    """

    message: bytes
    signature: bytes
    hash_chain_result: bytes | None = None
    hash_chain: bytes | None = None
    timestamp_chain_result: bytes | None = None
    timestamp_chain: bytes | None = None
    timestamp: bytes | None = None
    attachments: tuple[bytes | None, ...] = field(default=(), repr=False)


def write_container(parts: ContainerParts, *, at: datetime) -> bytes:
    """The container with these parts; `at` is the time that its entries carry."""
    file = io.BytesIO()
    stamp = at.astimezone(UTC)
    date_time = (max(stamp.year, OLDEST_ZIP_YEAR), stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = f"{names.MIMETYPE}={names.CONTAINER_TYPE}".encode()
        for name, data in list_entries(parts):
            info = zipfile.ZipInfo(name, date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return file.getvalue()


def list_entries(parts: ContainerParts) -> list[tuple[str, bytes]]:
    """The entries in order, absent ones left out."""
    listed: list[tuple[str, bytes | None]] = [
        (names.MIMETYPE, names.CONTAINER_TYPE.encode()),
        (names.MESSAGE, parts.message),
        (names.SIGNATURE, parts.signature),
        (names.SIG_CHAIN_RESULT, parts.hash_chain_result),
        (names.SIG_CHAIN, parts.hash_chain),
        (names.TS_CHAIN_RESULT, parts.timestamp_chain_result),
        (names.TS_CHAIN, parts.timestamp_chain),
        (names.MANIFEST, b""),
        (names.ASIC_MANIFEST, render_asic_manifest(parts.timestamp_chain_result)),
        (names.TIMESTAMP, parts.timestamp),
    ]
    listed += [(names.attachment_entry(number), data) for number, data in enumerate(parts.attachments, 1)]
    present = [(name, data) for name, data in listed if data is not None]
    manifest = render_manifest([name for name, _ in present])
    return [(name, manifest if name == names.MANIFEST else data) for name, data in present]


def render_manifest(entries: list[str]) -> bytes:
    """The OpenDocument manifest of these entries."""
    rows = [MANIFEST_ENTRY.format(path="/", type=names.CONTAINER_TYPE)]
    for name in entries:
        if name != names.MIMETYPE and not name.startswith("META-INF/"):
            media_type = "application/octet-stream" if name.startswith(names.ATTACHMENT) else "text/xml"
            rows.append(MANIFEST_ENTRY.format(path=name, type=media_type))
    return MANIFEST.format(entries="".join(rows)).encode()


def render_asic_manifest(chain_result: bytes | None) -> bytes | None:
    """The manifest of a batch time-stamp; None without one."""
    if chain_result is None:
        return None
    digest = base64.b64encode(compute_digest(SHA512, chain_result)).decode()
    return ASIC_MANIFEST.format(digest=digest).encode()
