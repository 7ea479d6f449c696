"""Signing messages, verifying what others signed, and the containers that keep both provable."""

from ridgeway.protocol.signatures.make import (
    SigningMaterial,
    UnsignedSignature,
    prepare_batch_signature,
    prepare_message_signature,
)
from ridgeway.protocol.signatures.prove import ReceivedParts, receive_parts
from ridgeway.protocol.signatures.verify import VerifiedSignature, verify_signature

__all__ = [
    "ReceivedParts",
    "SigningMaterial",
    "UnsignedSignature",
    "VerifiedSignature",
    "prepare_batch_signature",
    "prepare_message_signature",
    "receive_parts",
    "verify_signature",
]
