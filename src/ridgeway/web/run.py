"""One site, served: processes that share a port, each with a few threads, nothing kept between requests.

Law: WSGI, a standard, so that any server may take granian's place (docs/decisions). Next: `sites.py`, `middleware.py`.
"""

import importlib
import logging
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from ridgeway.settings import Settings, load_settings
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import Site, get_site

BACKLOG = 1024
HEAD_TIMEOUT_MS = 10_000
"""How long a head may take to come; a body's time is the proxy's to limit, for granian limits none."""
STOP_SECONDS = 20


def run_site(settings: Settings, site: Site, *, settings_file: Path | None) -> None:
    """Serve `site` until SIGTERM or SIGINT."""
    server = Granian(
        "ridgeway.web.run",
        address=site.host,
        port=site.port,
        interface=Interfaces.WSGI,
        workers=settings.web.processes,
        blocking_threads=settings.web.threads,
        backlog=BACKLOG,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT_MS),
        log_access=False,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=partial(load_site, settings_file, site.name))


def load_site(settings_file: Path | None, name: str, *_: Any) -> Any:
    """The WSGI application of the site `name`, in a process that serves nothing else."""
    settings = load_settings(settings_file)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # A page that is not there is no news, and its address may be anybody's secret.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    return build_application(settings, get_site(settings, name))


def build_application(settings: Settings, site: Site) -> Any:
    """The WSGI application of `site`; Django is set up for it in this process."""
    setup_django(settings, room="office", site=site)
    application = importlib.import_module("django.core.wsgi").get_wsgi_application()
    return importlib.import_module("ridgeway.web.static").serve_static(application)
