"""What `ridgeway assessments up` and `serve` run: settings, places and processes of the service alone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings as django_settings

from ridgeway.processes import Part, answers_at, is_there
from ridgeway.processes.alone import write_tables
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.settings import DEFAULT_FILE, Settings

LOCK_FILE = "assessments.lock"
HOST = "127.0.0.1"


def write_settings(folder: Path, *, port: int) -> Path:
    """The settings of a service alone, where the folder has none yet."""
    file = folder / DEFAULT_FILE
    if not file.exists():
        write_tables(
            file,
            "assessments up",
            {
                "web": {"desk_address": f"http://localhost:{port + 1}", "desk_port": port + 1},
                "services.assessments": {"address": f"http://localhost:{port}", "port": port},
            },
        )
    return file


def list_places(settings: Settings) -> list[tuple[str, int]]:
    """Where its sites listen."""
    own = read_own_settings()
    return [(own.host, own.port), (settings.web.desk_host, settings.web.desk_port)]


def list_parts(folder: Path, before: tuple[str, ...]) -> list[Part]:
    """The processes of the service: the two sites, the worker. `before` comes before each verb."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    own, web = read_own_settings(), settings.web
    return [
        Part("assessments", (*before, "web", "run", "assessments"), folder, answers_at(own.host, own.port)),
        Part("desk", (*before, "web", "run", "desk"), folder, answers_at(web.desk_host, web.desk_port)),
        Part("jobs", (*before, "jobs", "run"), folder, is_there),
    ]


@contextmanager
def preview_folder(package: Path, *, port: int, today: str) -> Iterator[Path]:
    """A folder with the settings of a preview, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="ridgeway-preview-") as name:
        own = {
            "address": f"http://localhost:{port}",
            "port": port,
            "packages": str(package.resolve()),
            "reloads": True,
            "preview_today": today,
        }
        write_tables(Path(name) / DEFAULT_FILE, "assessments serve", {"services.assessments": own})
        yield Path(name)


def list_preview_parts(folder: Path, *, port: int) -> list[Part]:
    """The one process of a preview."""
    return [Part("assessments", ("web", "run", "assessments"), folder, answers_at(HOST, port))]
