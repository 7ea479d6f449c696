"""The writer as pages reach it: a question each, answered when it is durable.

Law: every question has a key, so it is asked again when the connection is lost; that it was done twice changes nothing,
for each is such that once is enough.
"""

import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

from ridgeway.journal import JournalLimits, SyncJournalClient
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.writer.values import Command, Outcome, encoder, outcome_decoder

TIMEOUT_SECONDS = 10.0
KEY_BYTES = 12
LIMITS = JournalLimits(connect_timeout_seconds=2.0)
"""A writer that is started again is back sooner; one that is away must not hold the threads that readers need."""


@cache
def connect(path: Path) -> SyncJournalClient:
    """The connections of this process to the writer at `path`."""
    return SyncJournalClient(path, limits=LIMITS)


def ask(command: Command, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Outcome:
    """What came of `command`; it is durable.

    Raises:  NetworkError when the writer does not answer; WorldError when its database failed.
    """
    path = settings.RIDGEWAY_SETTINGS.path(read_own_settings().socket)
    body = encoder.encode(command)
    answer = connect(path).append(body, key=secrets.token_hex(KEY_BYTES), timeout_seconds=timeout_seconds)
    return outcome_decoder.decode(answer)
