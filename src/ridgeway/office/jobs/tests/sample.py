"""Duties and tasks for tests: they leave a trace in a file, or fail, or last."""

import os
import time
from datetime import datetime
from pathlib import Path

from ridgeway.office.jobs.queue import task

TRACE = "RIDGEWAY_TEST_TRACE"


def leave_trace(text: str) -> None:
    with Path(os.environ[TRACE]).open("a") as file:
        file.write(f"{text}\n")


def read_trace() -> list[str]:
    path = Path(os.environ[TRACE])
    return path.read_text().split() if path.exists() else []


def tick(now: datetime) -> str:
    leave_trace(f"tick:{os.getpid()}")
    return "ticked"


def last_long(now: datetime) -> str:
    leave_trace("begin")
    time.sleep(30)
    leave_trace("end")
    return "lasted"


def fail(now: datetime) -> str:
    raise ValueError("person@example.org is unwell")


@task()
def add(number: int) -> None:
    leave_trace(f"task:{number}")


@task()
def break_down() -> None:
    raise ValueError("person@example.org is unwell")


@task()
def last_for_long() -> None:
    leave_trace("begin")
    time.sleep(30)
