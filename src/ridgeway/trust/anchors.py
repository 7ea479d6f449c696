"""Taking an anchor into use: shown first, tried against the world, and only then put in its place.

Law: an anchor is the one thing that no signature proves, so a person compares its hash; but a person cannot see
whether it works, so it is tried: a whole download that begins with this anchor and nothing else. An anchor of this
instance must bring private parameters, one of a federated instance must not.
Source: UG-SS §3 (importing the anchor); UC-FED FED_02. Read next: `anchor_commands.py`.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from ridgeway.errors import NetworkError, RidgewayError, TrustError
from ridgeway.protocol.globalconf import Anchor, anchor_hash, folder_of, read_anchor
from ridgeway.protocol.globalconf.disk import PRIVATE_FILE
from ridgeway.settings import TrustSettings
from ridgeway.trust.download import Downloader, open_pool
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.files import find_bytes, write_files
from ridgeway.trust.places import TrustPlaces
from ridgeway.trust.reports import InstanceReport

MAX_ANCHOR_BYTES = 1024 * 1024


class CheckResult(IntEnum):
    """What came of trying an anchor, as X-Road's configuration client exits when it validates one."""

    WORKS = 0
    UNREACHABLE = 122
    EXPIRED = 123
    BAD_SIGNATURE = 124
    OTHER = 125


SIGNATURE_CODES = frozenset({"global_conf_signature_verification_failure", "global_conf_missing_verification_cert"})
EXPIRED_CODES = frozenset({"global_conf_outdated"})


@dataclass(frozen=True, slots=True)
class GivenAnchor:
    """An anchor with the bytes that it was read from; `fingerprint` is what people compare."""

    anchor: Anchor
    data: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-224 of the bytes, upper-case hex with colons."""
        return anchor_hash(self.data)


def read_given_anchor(file: Path) -> GivenAnchor:
    """The anchor in a file.

    Raises:  TrustError(malformed_anchor).
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_ANCHOR_BYTES + 1)
    except OSError as error:
        raise TrustError("malformed_anchor", f"{file} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_ANCHOR_BYTES:
        raise TrustError("malformed_anchor", f"{file} has more than {MAX_ANCHOR_BYTES} bytes; an anchor is small.")
    return GivenAnchor(read_anchor(data), data)


def require_fingerprint(given: GivenAnchor, wanted: str) -> None:
    """Hold only for the anchor whose hash a person was told, in any case, with colons or without.

    Raises:  TrustError(malformed_anchor).
    """
    if given.fingerprint.replace(":", "") != "".join(wanted.split()).replace(":", "").upper():
        raise TrustError(
            "malformed_anchor",
            f"The hash of this anchor is {given.fingerprint}, not {wanted}.",
            action="Do not use it; ask the authority for its anchor again, and compare the hash by another way.",
        )


async def try_anchor(anchor: Anchor, *, limits: TrustSettings, now: datetime) -> tuple[InstanceReport, frozenset[str]]:
    """What a download gives that trusts nothing but this anchor: the report, and the names of the files.

    Raises:  TrustError when a source was refused, NetworkError when none was reached.
    """
    with tempfile.TemporaryDirectory(prefix="ridgeway-anchor-") as name:
        folder = Path(name)
        places = TrustPlaces(folder / "anchor.xml", folder / "globalconf", folder / "ocsp", limits)
        async with open_pool(limits) as pool:
            fetcher = Fetcher(places, Downloader(pool, limits))
            report = await fetcher.fetch_instance(anchor, only_shared=False, now=now)
        report.raise_error()
        found = places.globalconf_dir / folder_of(anchor.instance)
        return report, frozenset(path.name for path in found.iterdir())


async def require_internal(anchor: Anchor, *, limits: TrustSettings, now: datetime) -> InstanceReport:
    """Hold only for an anchor that works and serves an instance's own servers.

    Raises:  TrustError, NetworkError.
    """
    report, files = await try_anchor(anchor, limits=limits, now=now)
    if PRIVATE_FILE not in files:
        raise TrustError(
            "malformed_anchor",
            f"This anchor of {anchor.instance} is for federated instances: no private parameters lie there.",
            action="Ask the authority for the internal anchor.",
        )
    return report


async def require_external(anchor: Anchor, *, limits: TrustSettings, now: datetime) -> InstanceReport:
    """Hold only for an anchor that works and serves federated instances.

    Raises:  TrustError, NetworkError.
    """
    report, files = await try_anchor(anchor, limits=limits, now=now)
    if PRIVATE_FILE in files:
        raise TrustError(
            "malformed_anchor",
            f"This anchor of {anchor.instance} is for its own servers: private parameters lie there.",
            action="Ask the other authority for its external anchor.",
        )
    return report


def require_instance(given: GivenAnchor, held: GivenAnchor | None) -> None:
    """Hold only for an anchor of the instance that this server is in already, if it is in one.

    Raises:  TrustError(malformed_anchor).
    """
    if held is not None and held.anchor.instance != given.anchor.instance:
        raise TrustError(
            "malformed_anchor",
            f"This anchor is of {given.anchor.instance}; this server is in {held.anchor.instance}.",
            action="A server stays in its instance; set up another one for another instance.",
        )


def find_held_anchor(places: TrustPlaces) -> GivenAnchor | None:
    """The anchor in use; None when there is none, or none that can be read."""
    data = find_bytes(places.anchor)
    try:
        return None if data is None else GivenAnchor(read_anchor(data), data)
    except TrustError:
        return None


def keep_anchor(given: GivenAnchor, places: TrustPlaces) -> None:
    """The anchor is in use from the next fetch on, exactly as it was given."""
    write_files(places.anchor.parent, {places.anchor.name: given.data})


def classify_failure(error: RidgewayError) -> CheckResult:
    """Why an anchor did not work, in the four ways that X-Road tells apart."""
    if isinstance(error, NetworkError):
        return CheckResult.UNREACHABLE
    if error.code in EXPIRED_CODES:
        return CheckResult.EXPIRED
    return CheckResult.BAD_SIGNATURE if error.code in SIGNATURE_CODES else CheckResult.OTHER
