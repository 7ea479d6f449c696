"""Signing messages, verifying what others signed, and the containers that keep both provable."""

from ridgeway.protocol.signatures.make import (
    SigningMaterial,
    UnsignedSignature,
    prepare_batch_signature,
    prepare_message_signature,
)

__all__ = [
    "SigningMaterial",
    "UnsignedSignature",
    "prepare_batch_signature",
    "prepare_message_signature",
]
