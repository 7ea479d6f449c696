"""What is needed to prove a container elsewhere: `GET /verificationconf`, the shared parameters as they were signed.

Source: UG-SIGDOC §4; X-Road's folder layout (`protocol/globalconf/disk.py`).
"""

import io
import zipfile

from ridgeway.errors import TrustError
from ridgeway.settings import Settings
from ridgeway.trust import places_of
from ridgeway.trust.files import read_files

FOLDER = "verificationconf"
INSTANCE = "instance-identifier"
PARAMETERS = "shared-params.xml"
WANTED = (PARAMETERS, f"{PARAMETERS}.metadata")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def write_verification_configuration(settings: Settings) -> bytes:
    """A ZIP with the instance's name and the shared parameters of every instance that is trusted here.

    Raises:  TrustError(malformed_global_conf) when no configuration was fetched yet.
    """
    places = places_of(settings)
    files = read_files(places.globalconf_dir, max_bytes=places.limits.max_configuration_bytes)
    if INSTANCE not in files:
        raise TrustError(
            "malformed_global_conf",
            f"{places.globalconf_dir} holds no {INSTANCE}.",
            action="Fetch the configuration: ridgeway trust fetch.",
        )
    wanted = [path for path in files if path == INSTANCE or path.rpartition("/")[2] in WANTED]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(wanted):
            info = zipfile.ZipInfo(f"{FOLDER}/{path}", FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[path])
    return file.getvalue()
