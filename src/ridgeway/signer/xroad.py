"""The keys of an X-Road software token, read so that a server can move house: its key configuration and key stores.

Law: nothing is trusted for where it came from. A certificate counts only beside the key that it is for; a key store
that does not open is named. Nothing is written here.
Source: X-Road signer: keyconf.xsd, softtoken/{keyId}.p12 (PKCS#12, the PIN is its password, the alias the key's id).
"""

import base64
import warnings
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from lxml import etree

from ridgeway.errors import MessageError, TokenError
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.identifiers.xml import parse_identifier_element, strict_parser
from ridgeway.signer.values import KeyUsage

MAX_KEYCONF_BYTES = 8 * 1024 * 1024
MAX_KEYSTORE_BYTES = 1024 * 1024
ROOT = "{http://x-road.eu/xsd/xroad.xsd}keyConf"


class ForeignUsage(StrEnum):
    """What X-Road says a key is for."""

    SIGNING = "SIGNING"
    AUTHENTICATION = "AUTHENTICATION"


USAGES = {ForeignUsage.SIGNING: KeyUsage.SIGNING, ForeignUsage.AUTHENTICATION: KeyUsage.AUTHENTICATION}


@dataclass(frozen=True, slots=True)
class ForeignCertificate:
    """A certificate (DER) of a key; what the configuration leaves out is None."""

    der: bytes
    member: ClientId | None = None
    is_active: bool | None = None
    status: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A key as X-Road keeps it: its public side."""

    id: str
    usage: ForeignUsage | None
    name: str | None
    certificates: tuple[ForeignCertificate, ...] = ()
    requests: int = 0
    mechanism: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignDevice:
    """A token of X-Road with its keys; `type` is softToken for the one in files."""

    type: str
    id: str | None
    name: str | None
    token_id: str | None
    keys: tuple[ForeignKey, ...]


@dataclass(frozen=True, slots=True)
class Keystore:
    """What a PKCS#12 file holds: a private key (PKCS#8, DER) or none, and certificates (DER), the key's own first."""

    private_key: bytes | None = field(repr=False)
    certificates: tuple[bytes, ...]


def read_keyconf(data: bytes) -> tuple[ForeignDevice, ...]:
    """The tokens that a key configuration names.

    Raises:  MessageError(invalid_keyconf).
    """
    if len(data) > MAX_KEYCONF_BYTES:
        raise invalid(f"it has {len(data)} bytes; at most {MAX_KEYCONF_BYTES} are read")
    try:
        root = etree.fromstring(data, strict_parser())
    except etree.XMLSyntaxError as error:
        raise invalid(f"it is not XML: {error}") from error
    if root.getroottree().docinfo.doctype or root.tag != ROOT:  # type: ignore[union-attr]
        raise invalid(f"its root is {root.tag!r}; expected keyConf, without a DOCTYPE")
    return tuple(read_device(each) for each in root.iterfind("device"))


def read_device(element: etree._Element) -> ForeignDevice:
    """One token."""
    return ForeignDevice(
        type=element.findtext("deviceType") or "",
        id=element.findtext("id"),
        name=element.findtext("friendlyName"),
        token_id=element.findtext("tokenId"),
        keys=tuple(read_key(each) for each in element.iterfind("key")),
    )


def read_key(element: etree._Element) -> ForeignKey:
    """One key."""
    usage, key_id = element.get("usage"), element.findtext("keyId")
    if not key_id:
        raise invalid("a key has no keyId")
    if usage is not None and usage not in set(ForeignUsage):
        raise invalid(f"the key {key_id} is for {usage!r}; expected SIGNING or AUTHENTICATION")
    return ForeignKey(
        id=key_id,
        usage=None if usage is None else ForeignUsage(usage),
        name=element.findtext("friendlyName"),
        certificates=tuple(read_certificate_entry(each, key_id) for each in element.iterfind("cert")),
        requests=len(element.findall("certRequest")),
        mechanism=element.findtext("signMechanismName"),
    )


def read_certificate_entry(element: etree._Element, key_id: str) -> ForeignCertificate:
    """One certificate of a key."""
    try:
        der = base64.b64decode("".join((element.findtext("contents") or "").split()), validate=True)
        named = element.find("memberId")
        member = None if named is None else parse_identifier_element(named)
    except (ValueError, MessageError) as error:  # binascii.Error, or characters that are not ASCII
        raise invalid(f"a certificate of the key {key_id} cannot be read: {error}") from error
    if member is not None and not isinstance(member, MemberId | SubsystemId):
        raise invalid(f"a certificate of the key {key_id} is for {member}; expected a member")
    active = element.get("active")
    return ForeignCertificate(
        der=der,
        member=member,
        is_active=None if active is None else active in {"true", "1"},
        status=element.findtext("status"),
        id=element.get("id"),
    )


def read_keystore(data: bytes, password: str) -> Keystore:
    """What a PKCS#12 file holds.

    Raises:  TokenError(signer.pin_incorrect) when it does not open with `password`; (signer.key_not_found) for a key
             of a kind that no token here can have.
    """
    if len(data) > MAX_KEYSTORE_BYTES:
        raise TokenError("signer.key_not_found", f"A key store of {len(data)} bytes; at most {MAX_KEYSTORE_BYTES}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # X-Road's files are BER, which is read with a warning
            opened = load_pkcs12(data, password.encode())
    except ValueError as error:
        raise TokenError(
            "signer.pin_incorrect", f"The key store does not open: {error}.", action="Try again with its password."
        ) from error
    key = opened.key
    if key is not None and not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TokenError("signer.key_not_found", f"A {type(key).__name__} is no key that a token here can have.")
    found = [opened.cert, *opened.additional_certs]
    return Keystore(
        None if key is None else key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        tuple(each.certificate.public_bytes(Encoding.DER) for each in found if each is not None),
    )


def invalid(why: str) -> MessageError:
    """The error for what is no key configuration."""
    return MessageError("invalid_keyconf", f"The key configuration cannot be read: {why}.")
