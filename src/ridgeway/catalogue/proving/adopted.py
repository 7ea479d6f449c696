"""Proving, years later, what an adopted folder stands on: who published it, and who gave it to whom.

Law: the evidence that lies beside the package is held against the release as it lies there, to the byte.
"""

from dataclasses import dataclass, replace

from ridgeway.catalogue.adoption.keeping import Adopted
from ridgeway.catalogue.fetching import FETCHED, TRANSFER
from ridgeway.catalogue.packages.reading import Incoming, read_contents, read_packed
from ridgeway.catalogue.packages.statement import RELEASE_FILE
from ridgeway.catalogue.proving.admitting import RELEASE_EVIDENCE
from ridgeway.catalogue.proving.proof import ProvenTransfer, verify_transfer
from ridgeway.errors import ContainerError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot


@dataclass(frozen=True, slots=True)
class Standing:
    """The release that a folder stands on, and how it came: None where it came as a file."""

    incoming: Incoming
    transfer: ProvenTransfer | None


def read_standing(adopted: Adopted, trust: TrustSnapshot | None) -> Standing:
    """The release in an adopted folder, with its transfer proven where it came over the exchange.

    Raises:  ContainerError(package_altered), and as `verify_transfer`.
    """
    statement = adopted.evidence.get(RELEASE_EVIDENCE)
    files = dict(adopted.upstream) | ({RELEASE_FILE: statement} if statement else {})
    incoming = read_contents(files, adopted.lock.origin)
    if incoming.manifest.digest != adopted.lock.digest:
        raise ContainerError(
            "package_altered",
            f"This is not what was adopted: its files have the digest sha256:{incoming.manifest.digest}.",
            action="Adopt the release again into a new folder.",
        )
    return Standing(replace(incoming, is_listed=True), prove_transfer(adopted, incoming, trust))


def prove_transfer(adopted: Adopted, incoming: Incoming, trust: TrustSnapshot | None) -> ProvenTransfer | None:
    """Who gave the release to whom; None where it came as a file, or nothing is there to prove it by.

    Raises:  ContainerError(other_package), and as `verify_transfer`.
    """
    container, body = adopted.evidence.get(TRANSFER), adopted.evidence.get(FETCHED, b"")
    if container is None or trust is None:
        return None
    transfer = verify_transfer(container, body, trust)
    if read_packed(body, FETCHED).manifest != incoming.manifest:
        raise ContainerError("other_package", "What was transferred is another release than the one that lies here.")
    return transfer
