"""The secret that signs what sites hand out: from the settings, or made once into a file of this deployment's folder.

Law: several machines must share one, so production with more than one machine sets `web.secret_key`; a made one is
readable by its owner alone.
"""

import os
import secrets
from contextlib import suppress

from ridgeway.settings import Settings

FILE = "web.secret"
SECRET_BYTES = 48


def read_secret_key(settings: Settings) -> str:
    """The secret; made when there is none yet. Two processes that make it at once end with the same."""
    if settings.web.secret_key:
        return settings.web.secret_key
    path = settings.path(settings.state_dir / FILE)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{FILE}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_urlsafe(SECRET_BYTES), "ascii")
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_text("ascii")
