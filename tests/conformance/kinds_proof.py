"""The kinds of proof: hash chains, signature documents and containers.

Law: as `outcome.py` says; every kind runs through the public names of the protocol's rooms, as the product does.
"""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from tests.conformance.outcome import Outcome, Vector, judge_cases, valid

from ridgeway.protocol.hashchains import Digest, verify_hash_chain
from ridgeway.protocol.hashchains.build import tree_top
from ridgeway.protocol.hashchains.digests import SHA256, SHA512
from ridgeway.protocol.signatures.digests import coordinate_size, ecdsa_to_der, ecdsa_to_raw

ALGORITHMS = {"SHA-256": SHA256, "SHA-512": SHA512}
INLINE = "(inline) "


def read_part(root: Path, named: str) -> bytes:
    """A part that a context names: a file, or text written inline."""
    return named.removeprefix(INLINE).encode() if named.startswith(INLINE) else (root / named).read_bytes()


def check_hashchain(vector: Vector, root: Path) -> Outcome:
    """A hash chain result with its chains and inputs."""
    resolve = {uri: read_part(root, named) for uri, named in vector.context["resolve"].items()}
    verify_hash_chain(
        (root / vector.context["result_file"]).read_bytes(),
        resolve=resolve.get,
        inputs={uri: read_input(root, stated) for uri, stated in vector.context["inputs"].items()},
    )
    return valid()


def read_input(root: Path, stated: dict[str, str] | None) -> Digest | None:
    """The digest that comes with an input, if one does."""
    if stated is None:
        return None
    algorithm = ALGORITHMS[stated["alg"]]
    data = (root / stated["digest_of_file"]).read_bytes()
    return Digest(hashlib.new(stated["alg"].replace("-", "").lower(), data).digest(), algorithm)


def check_hashchain_builder(vector: Vector, root: Path) -> Outcome:
    """Tree tops to be computed; the last one is the value that is compared."""
    document = vector.read_json(root)
    tops = []
    for case in document["cases"]:
        leaves = [
            Digest(hashlib.sha256(text.encode()).digest(), document["algorithm"])
            for text in case["inputs_sha256_of_utf8"]
        ]
        tops.append(base64.b64encode(tree_top(leaves, document["algorithm"]).value).decode())
    return valid({"tree_top_base64": tops[-1]})


def check_signature_format(vector: Vector, root: Path) -> Outcome:
    """An ECDSA value as DER, to be written as r and s side by side, and back."""
    der = base64.b64decode(vector.read_json(root)["asn1_der_base64"])
    key = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    raw = ecdsa_to_raw(der, coordinate_size(key))
    if ecdsa_to_der(raw, key) != der or ecdsa_to_raw(raw, coordinate_size(key)) != raw:
        return judge_cases(["the two forms do not lead to each other"], result="valid")
    return valid({"raw_base64": base64.b64encode(raw).decode()})
