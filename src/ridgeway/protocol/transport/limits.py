"""How much of each thing a message between security servers may hold.

Law: X-Road names no limits here; these leave room for everything that its own servers send. Bodies and attachments
have none: they pass through in constant memory, and their size is the door's matter.
"""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Sizes in bytes, and counts."""

    max_header_block_bytes: int = 16 * KIB
    max_padding_bytes: int = 128
    max_outside_bytes: int = 8 * KIB
    """Before the first delimiter and after the last, both of which are passed over."""
    max_ocsp_parts: int = 10
    max_ocsp_bytes: int = 64 * KIB
    max_rest_message_bytes: int = 256 * KIB
    max_soap_message_bytes: int = 10 * MIB
    max_attachments: int = 1000
    max_hash_chain_result_bytes: int = 64 * KIB
    max_hash_chain_bytes: int = 4 * MIB
    max_signature_bytes: int = MIB
    max_fault_bytes: int = 256 * KIB


DEFAULT_LIMITS = TransportLimits()
MAX_BOUNDARY_CHARACTERS = 200
