"""A worker in a process of its own."""

import logging
import sys
from pathlib import Path

from django.conf import settings as django_settings

from ridgeway.http import run
from ridgeway.office.jobs import Duty
from ridgeway.office.tests.ready import settings_in
from ridgeway.web.setup import setup_django

SAMPLE = "ridgeway.office.jobs.tests.sample"


def work(folder: str, database: str, duties: tuple[tuple[str, int], ...]) -> None:
    """Work until told to stop."""
    logging.basicConfig(level="INFO", stream=sys.stdout)
    settings = settings_in(Path(folder), database)
    setup_django(settings, room="office")
    django_settings.RIDGEWAY_DUTIES = tuple(
        Duty(f"test.{name}", f"{SAMPLE}.{name}", every_seconds=seconds) for name, seconds in duties
    )
    from ridgeway.office.jobs.worker import WorkerParts, run_worker

    run(run_worker(settings, WorkerParts()))
