"""The kinds of keys that X-Road keeps: keystore, keyconf.

Law: as `outcome.py` says; both run through `ridgeway.signer.xroad`, with which a server moves house.
"""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_private_key
from tests.conformance.kinds_certificates import are_described, describe_certificate
from tests.conformance.outcome import Outcome, Vector, valid

from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.signer.xroad import ForeignDevice, ForeignKey, read_keyconf, read_keystore


def check_keystore(vector: Vector, root: Path) -> Outcome:
    """A PKCS#12 file with its password."""
    store = read_keystore(vector.read(root), vector.context["password"])
    described = [describe_certificate(read_certificate(der)) for der in store.certificates]
    values: dict[str, Any] = {
        "has_private_key": store.private_key is not None,
        "certificates": lambda expected: are_described(described, expected),
    }
    if store.private_key is not None:
        key: Any = load_der_private_key(store.private_key, None)
        values |= {"key_type": type(key).__name__.removesuffix("PrivateKey"), "key_bits": key.key_size}
    return valid(values)


def check_keyconf(vector: Vector, root: Path) -> Outcome:
    """The key configuration of a signer."""
    return valid({"devices": [describe_device(each) for each in read_keyconf(vector.read(root))]})


def describe_device(device: ForeignDevice) -> dict[str, Any]:
    """A token as the folder describes it."""
    return {
        "type": device.type,
        "id": device.id,
        "friendly_name": device.name,
        "token_id": device.token_id,
        "keys": [describe_key(each) for each in device.keys],
    }


def describe_key(key: ForeignKey) -> dict[str, Any]:
    """A key as the folder describes it."""
    return {
        "usage": key.usage,
        "key_id": key.id,
        "friendly_name": key.name,
        "certs": [
            {
                "id": each.id,
                "active": None if each.is_active is None else str(each.is_active).lower(),
                "status": each.status,
                "member": each.member and "/".join(each.member.codes),
                "sha256": read_certificate(each.der).sha256.hex(),
            }
            for each in key.certificates
        ],
        "cert_requests": key.requests,
    }
