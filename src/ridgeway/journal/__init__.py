"""One writer process that commits in groups and acknowledges after the commit.

Law: whoever got an answer from `append` has a durable record. Exactly one process writes a store; the others send to
it over a Unix socket. Server: `JournalServer` with a `Store`. Clients: `JournalClient`, and `SyncJournalClient` for
threads.
"""

from ridgeway.journal.client import JournalClient
from ridgeway.journal.frames import Entry
from ridgeway.journal.limits import JournalLimits
from ridgeway.journal.measures import list_journal
from ridgeway.journal.server import Handler, JournalServer, Store
from ridgeway.journal.sync import SyncJournalClient

__all__ = [
    "Entry",
    "Handler",
    "JournalClient",
    "JournalLimits",
    "JournalServer",
    "Store",
    "SyncJournalClient",
    "list_journal",
]
