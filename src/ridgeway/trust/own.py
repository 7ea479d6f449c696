"""This server's own certificates, as far as trust is concerned: those whose revocation answers are kept ready.

Law: this room does not know the signer; whoever assembles the process hands in how to ask it (`cli/trust.py`).
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """One certificate (DER) of this server: what it is for, and whose it is, in words."""

    certificate: bytes
    usage: str = ""
    member: str = ""


class OwnCertificates(Protocol):
    """Asks for the certificates in use now."""

    async def __call__(self) -> tuple[OwnCertificate, ...]:
        """The certificates that are active.

        Raises:  WorldError when the signer does not answer.
        """
        ...


async def no_certificates() -> tuple[OwnCertificate, ...]:
    """A server without a signer has none."""
    return ()
