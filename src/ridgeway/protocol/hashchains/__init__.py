"""One signature over many parts: build the chains, walk them back, list what they name."""

from ridgeway.protocol.hashchains.build import SIGNATURE_CHAIN, TIMESTAMP_CHAIN, HashChains, build_hash_chains
from ridgeway.protocol.hashchains.digests import SHA512, Digest, Digester, Part, PartDigests, compute_digest
from ridgeway.protocol.hashchains.verify import DataDigest, VerifiedHashChain, verify_hash_chain

__all__ = [
    "SHA512",
    "SIGNATURE_CHAIN",
    "TIMESTAMP_CHAIN",
    "DataDigest",
    "Digest",
    "Digester",
    "HashChains",
    "Part",
    "PartDigests",
    "VerifiedHashChain",
    "build_hash_chains",
    "compute_digest",
    "verify_hash_chain",
]
