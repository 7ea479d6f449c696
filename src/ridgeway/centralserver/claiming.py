"""One process a central server: while it runs nobody else publishes the same folder, and nothing is put back under it.

Next: `ridgeway/processes/claiming.py`, whose lock it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ridgeway.errors import SettingsError
from ridgeway.processes import holding
from ridgeway.settings import Settings

RUNNING_FILE = ".running"


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """The central server with these settings is this process's alone while the block runs.

    Raises:  SettingsError(already_running).
    """
    folder = settings.path(settings.centralserver.public_dir)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    refusal = SettingsError(
        "already_running",
        f"A central server publishes to {folder} already.",
        action="Stop it first; a second one needs a state folder of its own.",
    )
    with holding(folder / RUNNING_FILE, refusal):
        yield
