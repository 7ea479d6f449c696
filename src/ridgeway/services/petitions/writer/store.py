"""Where the journal keeps commands about signatures: one transaction for all that queued.

Law: every command of a group is durable and counted before any of them is answered; a group that fails is undone whole,
and its members are told to ask again. The clock is read once for a group.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DataError, Error, IntegrityError, connection, transaction

from ridgeway.errors import RidgewayError, WorldError
from ridgeway.journal import Entry
from ridgeway.services.petitions.writer.confirming import LinkQuestions, confirm_all
from ridgeway.services.petitions.writer.ledger import Ledger, lock_petitions
from ridgeway.services.petitions.writer.mails import Mails
from ridgeway.services.petitions.writer.rows import pipelined
from ridgeway.services.petitions.writer.site import SiteReader
from ridgeway.services.petitions.writer.taking import TakeQuestions, take_all
from ridgeway.services.petitions.writer.values import (
    Command,
    Confirm,
    ConfirmCreator,
    Outcome,
    Take,
    encoder,
    read_command,
)

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Numbered = dict[int, Outcome]


class SignatureStore:
    """Writes signatures; used in the writer's thread alone."""

    def __init__(self, *, clock: Clock) -> None:
        self.clock = clock
        self.sites = SiteReader()

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        """Every command that can be read is done and durable; its answer is an `Outcome`.

        Raises:  WorldError(database_error) when none is.
        """
        read = [read_or_refuse(entry.body) for entry in batch]
        commands = {at: each for at, each in enumerate(read) if not isinstance(each, RidgewayError)}
        try:
            outcomes = self.do_together(commands)
        except Error as error:
            connection.close()
            self.sites = SiteReader()
            name = type(error).__name__
            raise WorldError("database_error", f"The database of signatures failed ({name}).") from error
        return [encoder.encode(outcomes[at]) if at in outcomes else refuse(each) for at, each in enumerate(read)]

    def do_together(self, commands: dict[int, Command]) -> Numbered:
        """All commands in one transaction; when a value of one is refused by the database, each in its own.

        Then the outcome of the one that is to blame is missing.
        """
        try:
            with transaction.atomic():
                return self.do_all(commands)
        except (DataError, IntegrityError):
            return self.do_apart(commands)

    def do_apart(self, commands: dict[int, Command]) -> Numbered:
        """Each command in a transaction of its own: one that cannot be done harms no other."""
        outcomes: Numbered = {}
        for at, command in commands.items():
            try:
                with transaction.atomic():
                    outcomes |= self.do_all({at: command})
            except (DataError, IntegrityError) as error:
                log.warning("a command of kind %s was refused: %s", type(command).__name__, type(error).__name__)
        return outcomes

    @pipelined()
    def do_all(self, commands: dict[int, Command]) -> Numbered:
        """The outcomes by number: forms first, then links, each kind in the order in which it came."""
        takes = {at: each for at, each in commands.items() if isinstance(each, Take)}
        confirms = {at: each for at, each in commands.items() if isinstance(each, Confirm)}
        creators = {at: each for at, each in commands.items() if isinstance(each, ConfirmCreator)}
        now, site = self.clock(), self.sites.read()
        mails = Mails(now)
        named = [*(each.petition_id for each in takes.values()), *(each.petition_id for each in creators.values())]
        locked = lock_petitions(named, [each.signature_id for each in confirms.values()])
        about_takes = TakeQuestions(list(takes.values()), site, now=now)
        about_links = LinkQuestions(list(confirms.values()), site)
        ledger = Ledger(locked, site, now=now)
        taken = take_all(ledger, mails, list(takes.values()), about_takes)
        confirmed, created = confirm_all(ledger, mails, list(confirms.values()), list(creators.values()), about_links)
        for page in ledger.pages.values():
            if page.delta:
                ledger.settle(page)
        ledger.write()
        mails.write()
        return {
            **dict(zip(takes, taken, strict=True)),
            **dict(zip(confirms, confirmed, strict=True)),
            **dict(zip(creators, created, strict=True)),
        }

    def close(self) -> None:
        """The writer's connection is closed."""
        connection.close()


def read_or_refuse(body: bytes) -> Command | RidgewayError:
    """The command, or why it is none."""
    try:
        return read_command(body)
    except RidgewayError as error:
        return error


def refuse(read: Command | RidgewayError) -> RidgewayError:
    """What to answer to what is no command."""
    return read if isinstance(read, RidgewayError) else WorldError("database_error", "The command was not done.")
