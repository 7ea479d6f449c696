"""Proving a container offline: trust from a folder or an archive, nothing asked of the network.

Law: the configuration is used whatever its age, because the question is about the past; it is read whole or refused.
"""

import zipfile
import zlib
from datetime import datetime
from pathlib import Path

from ridgeway.errors import ContainerError, SignatureError, TrustError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.globalconf import read_configuration_files
from ridgeway.protocol.signatures.containers import VerifiedContainer, read_container, verify_container
from ridgeway.trust.files import read_files

CONFIGURATION_FOLDER = "verificationconf"
INSTANCE_FILE = "instance-identifier"
MAX_CONFIGURATION_BYTES = 64 * 1024 * 1024
MAX_CONFIGURATION_FILES = 2000


def read_trust(place: Path) -> TrustSnapshot:
    """The trust in a folder of a global configuration, or in a `verificationconf` archive.

    Raises:  TrustError(malformed_global_conf).
    """
    return read_configuration_files(read_configuration(place))


def verify_file(file: Path, trust: TrustSnapshot, *, at: datetime | None) -> VerifiedContainer:
    """Prove the container in a file.

    Raises:  RidgewayError with X-Road's code when it is not proven.
    """
    try:
        with file.open("rb") as stream:
            return verify_container(read_container(stream), trust, at=at)
    except SignatureError as error:
        raise ContainerError(error.code, error.detail, action=error.action) from error
    except OSError as error:
        raise ContainerError("asic_mime_type_not_found", f"{file} cannot be read: {error.strerror}.") from error


def read_configuration(place: Path) -> dict[str, bytes]:
    """The files of a configuration by path below its top, from a folder or an archive.

    Raises:  TrustError(malformed_global_conf).
    """
    if place.is_file():
        return read_configuration_archive(place)
    if not (place / INSTANCE_FILE).is_file() and (place / CONFIGURATION_FOLDER).is_dir():
        place = place / CONFIGURATION_FOLDER
    return read_files(place, max_bytes=MAX_CONFIGURATION_BYTES)


def read_configuration_archive(place: Path) -> dict[str, bytes]:
    """The files of a configuration in a ZIP archive, all of them together within the limit."""
    files: dict[str, bytes] = {}
    left = MAX_CONFIGURATION_BYTES
    try:
        with zipfile.ZipFile(place) as archive:
            if len(archive.infolist()) > MAX_CONFIGURATION_FILES:
                raise zipfile.BadZipFile(f"it has more than {MAX_CONFIGURATION_FILES} files")
            for info in archive.infolist():
                with archive.open(info) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise zipfile.BadZipFile(f"it holds more than {MAX_CONFIGURATION_BYTES} bytes")
                files[info.filename.removeprefix(CONFIGURATION_FOLDER + "/")] = data
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise TrustError("malformed_global_conf", f"The archive cannot be read: {error}.") from error
    return files
