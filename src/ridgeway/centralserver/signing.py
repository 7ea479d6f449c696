"""The keys that sign the configuration: made in the signer, announced by their certificates, one of each kind active.

Law: a new key is announced before it signs, so that servers which follow the configuration know it in time; the active
one cannot be deleted. Reading and writing tables here is synchronous; asking the signer is not.
Source: UG-CS §5 (rotation of configuration signing keys).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import transaction

from ridgeway.centralserver.certificates import write_certificate, write_certificate_content
from ridgeway.centralserver.models import SigningKey
from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.signatures.digests import choose_signature_algorithm, digest_to_sign, ecdsa_to_der
from ridgeway.signer import KeyType, KeyUsage, SignerClient
from ridgeway.signer.values import GenerateRequest


class Kind(StrEnum):
    """For the instance's own servers, or for federated instances."""

    INTERNAL = "internal"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class ConfigurationKey:
    """A key of the signer that may sign one kind; `certificate` is DER, `node` the central server that has it."""

    key_id: str
    kind: Kind
    certificate: bytes
    is_active: bool
    made_at: datetime
    node: str = ""


def list_configuration_keys() -> tuple[ConfigurationKey, ...]:
    """Every key; of each kind the active one first, then the newest."""
    rows = SigningKey.objects.order_by("-kind", "-is_active", "-made_at", "key_id")
    return tuple(
        ConfigurationKey(row.key_id, Kind(row.kind), bytes(row.certificate), row.is_active, row.made_at, row.node)
        for row in rows
    )


async def make_key(
    signer: SignerClient, kind: Kind, *, key_type: KeyType, now: datetime, node: str = ""
) -> ConfigurationKey:
    """A new key is in the signer, with its self-signed certificate; nothing is kept here yet.

    Raises:  TokenError.
    """
    info = await signer.generate(GenerateRequest(KeyUsage.SIGNING, key_type, f"{kind} configuration"))
    public_key = load_der_public_key(info.public_key)
    algorithm = choose_signature_algorithm(public_key)
    content = write_certificate_content(f"{kind}SigningKey", info.public_key, algorithm=algorithm)
    value = await signer.sign(info.id, algorithm, digest_to_sign(algorithm, content))
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        value = ecdsa_to_der(value, public_key)
    return ConfigurationKey(info.id, kind, write_certificate(content, value, algorithm=algorithm), False, now, node)


async def sign_content(signer: SignerClient, key: ConfigurationKey, content: bytes) -> tuple[str, bytes]:
    """The algorithm and the signature value over `content`; an ECDSA value is ASN.1, as the configuration has it.

    Raises:  TokenError.
    """
    public_key = read_certificate(key.certificate).public_key
    algorithm = choose_signature_algorithm(public_key)
    value = await signer.sign(key.key_id, algorithm, digest_to_sign(algorithm, content))
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        value = ecdsa_to_der(value, public_key)
    return algorithm, value


def append_key(key: ConfigurationKey) -> bool:
    """The key is kept and will be announced; the first of its kind is active. Whether it is, is returned."""
    with transaction.atomic():
        is_first = not SigningKey.objects.filter(kind=key.kind, node=key.node, is_active=True).exists()
        SigningKey.objects.create(
            key_id=key.key_id,
            kind=str(key.kind),
            node=key.node,
            certificate=key.certificate,
            is_active=is_first,
            made_at=key.made_at,
        )
    return is_first


def activate_key(key_id: str) -> ConfigurationKey:
    """The key signs from the next publication on; the former one stays announced.

    Raises:  SettingsError(key_not_found).
    """
    with transaction.atomic():
        key = get_key(key_id)
        SigningKey.objects.filter(kind=key.kind, node=key.node, is_active=True).update(is_active=False)
        SigningKey.objects.filter(key_id=key.key_id).update(is_active=True)
    return get_key(key_id)


def delete_key(key_id: str) -> ConfigurationKey:
    """The key is no longer announced.

    Raises:  SettingsError(key_not_found | key_is_active).
    """
    with transaction.atomic():
        key = get_key(key_id)
        if key.is_active:
            raise SettingsError("key_is_active", f"{key_id} signs now; activate another {key.kind} key first.")
        SigningKey.objects.filter(key_id=key_id).delete()
    return key


def get_key(key_id: str) -> ConfigurationKey:
    """The key with that id.

    Raises:  SettingsError(key_not_found).
    """
    keys = list_configuration_keys()
    found = next((key for key in keys if key.key_id == key_id), None)
    if found is None:
        known = ", ".join(key.key_id for key in keys) or "none"
        raise SettingsError(
            "key_not_found",
            f"There is no configuration key {key_id[:80]!r}; known: {known}.",
            action="Make one: ridgeway centralserver init, or keys generate.",
        )
    return found
