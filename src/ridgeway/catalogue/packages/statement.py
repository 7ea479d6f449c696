"""What an organisation states of a package, in one spelling, and the envelope that carries it with its proof.

Law: a statement has one spelling, so that what was signed is what is read; an envelope from a stranger is bounded and
read whole or refused. Nothing here says that a statement is true: `ridgeway.catalogue.proving` does. Pure.
Source:  DSSE 1.0 (pre-authentication encoding, envelope); docs/reference/package-format.md
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from ridgeway.catalogue.packages.manifest import PACKAGE, VERSION, Manifest
from ridgeway.errors import ContainerError, RequestError

FORMAT: Final = "statement/1"
PAYLOAD_TYPE: Final = "application/vnd.ridgeway.statement+json"
RELEASE_FILE: Final = "signatures/release.dsse.json"
"""Where a package carries its publisher's statement."""
MAX_PAYLOAD_BYTES: Final = 64 * 1024
MAX_CONTAINER_BYTES: Final = 512 * 1024
MAX_ENVELOPE_BYTES: Final = 1024 * 1024
MAX_NAME_CHARACTERS: Final = 200
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
KEY_ID: Final = re.compile(r"[0-9a-f]{64}")
TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
OWN: Final = ("format", "kind", "package", "version", "digest", "by", "at")
"""What every statement says; the rest is of its kind."""
UNREADABLE: Final = (ValueError, KeyError, TypeError, RecursionError, AttributeError)


class Kind(StrEnum):
    """What is stated of a package."""

    RELEASE = "release"
    ADOPTION = "adoption"
    PROPOSAL = "proposal"
    ACCEPTANCE = "acceptance"
    NOTICE = "notice"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Statement:
    """`by` states this of one version of a package. `digest` is that of the list of its files, as `sha256:HEX`.

    `at` is what the author wrote; `more` is what its kind says besides.
    """

    kind: Kind
    package: str
    version: str
    digest: str
    by: str
    at: datetime
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A statement's bytes with the container (ASiC-E) in which they were signed, as they came."""

    payload: bytes
    container: bytes = field(repr=False)
    key_id: str

    @property
    def signed(self) -> bytes:
        """The bytes that were signed."""
        return encode_signed(self.payload)


def make_payload(kind: Kind | str, manifest: Manifest, *, by: str, at: datetime, **more: Any) -> bytes:
    """The statement in its one spelling.

    Raises:  RequestError(invalid_statement) for one that nobody could read back.
    """
    try:
        statement = Statement(
            Kind(kind),
            manifest.package,
            manifest.version,
            f"sha256:{manifest.digest}",
            by,
            at.astimezone(UTC).replace(microsecond=0),
            more,
        )
        payload = render_statement(statement)
        read_payload(payload)
    except (ContainerError, *UNREADABLE) as error:
        raise RequestError("invalid_statement", f"This cannot be stated: {error}.") from error
    return payload


def render_statement(statement: Statement) -> bytes:
    """The one spelling: JSON with sorted keys, without spaces, in UTF-8."""
    said = {
        "format": FORMAT,
        "kind": str(statement.kind),
        "package": statement.package,
        "version": statement.version,
        "digest": statement.digest,
        "by": statement.by,
        "at": f"{statement.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    if set(statement.more) & set(said):
        raise ValueError(f"what a kind says besides may not be named {', '.join(OWN)}")
    return render_canonical({**statement.more, **said})


def render_canonical(content: Any) -> bytes:
    """JSON in one spelling; ValueError or TypeError for what has none."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_payload(data: bytes) -> Statement:
    """The statement in `data`; nothing is proven by that.

    Raises:  ContainerError(malformed_statement) for anything that `make_payload` would not have written.
    """
    if len(data) > MAX_PAYLOAD_BYTES:
        raise refuse(f"it is larger than {MAX_PAYLOAD_BYTES} bytes")
    try:
        content = json.loads(data)
        statement = read_content(content)
        is_one_spelling = render_statement(statement) == data
    except UNREADABLE as error:
        raise refuse(f"it cannot be read ({type(error).__name__})") from error
    if not is_one_spelling:
        raise refuse("it is not in its one spelling")
    return statement


def read_content(content: Any) -> Statement:
    """The statement of parsed JSON; any fault is one of `UNREADABLE`."""
    said = {name: content[name] for name in OWN}
    fits = (
        said["format"] == FORMAT
        and PACKAGE.fullmatch(said["package"])
        and VERSION.fullmatch(said["version"])
        and DIGEST.fullmatch(said["digest"])
        and TIME.fullmatch(said["at"])
        and is_name(said["by"])
    )
    if not fits:
        raise ValueError
    at = datetime.fromisoformat(said["at"])
    more = {name: value for name, value in content.items() if name not in OWN}
    return Statement(Kind(said["kind"]), said["package"], said["version"], said["digest"], said["by"], at, more)


def is_name(text: str) -> bool:
    """Whether somebody can be named so."""
    return 0 < len(text) <= MAX_NAME_CHARACTERS and text.isprintable() and text == text.strip()


def encode_signed(payload: bytes) -> bytes:
    """What is signed in place of the payload: its type and its length are in it, so that it can be nothing else."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def decode_signed(data: bytes) -> bytes:
    """The payload in what is to be signed.

    Raises:  ContainerError(malformed_statement) for what `encode_signed` would not have written.
    """
    payload = data[len(encode_signed(b"")) - len(b"0 ") :].partition(b" ")[2]
    if encode_signed(payload) != data:
        raise refuse(f"it does not begin as one of {PAYLOAD_TYPE} does")
    return payload


def render_envelope(envelope: Envelope) -> bytes:
    """The envelope in its one spelling."""
    content = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(envelope.payload).decode(),
        "signatures": [{"keyid": envelope.key_id, "sig": base64.b64encode(envelope.container).decode()}],
    }
    return render_canonical(content) + b"\n"


def read_envelope(data: bytes) -> Envelope:
    """The envelope in `data`; nothing is proven by that.

    Raises:  ContainerError(malformed_envelope) for anything that `render_envelope` would not have written.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise refuse_envelope(f"it is larger than {MAX_ENVELOPE_BYTES} bytes")
    try:
        content = json.loads(data)
        (signature,) = content["signatures"]
        container = base64.b64decode(signature["sig"], validate=True)
        envelope = Envelope(base64.b64decode(content["payload"], validate=True), container, signature["keyid"])
        is_one_spelling = bool(KEY_ID.fullmatch(envelope.key_id)) and render_envelope(envelope) == data
    except (binascii.Error, *UNREADABLE) as error:
        raise refuse_envelope(f"it cannot be read ({type(error).__name__})") from error
    if not is_one_spelling:
        raise refuse_envelope("it is not in its one spelling")
    if len(envelope.container) > MAX_CONTAINER_BYTES:
        raise refuse_envelope(f"its container is larger than {MAX_CONTAINER_BYTES} bytes")
    return envelope


def name_key(certificate: bytes) -> str:
    """The `keyid` of a signing certificate (DER)."""
    return hashlib.sha256(certificate).hexdigest()


def refuse(why: str) -> ContainerError:
    """The error of a statement that is none."""
    return ContainerError("malformed_statement", f"This is no statement of a package: {why}.")


def refuse_envelope(why: str) -> ContainerError:
    """The error of an envelope that is none."""
    return ContainerError(
        "malformed_envelope",
        f"This is no signed statement: {why}.",
        action="Fetch the package again from its publisher.",
    )
