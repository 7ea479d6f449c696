"""Options of the verbs that sign, prove and fetch: the door, the trust, and what a person accepts knowingly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ridgeway.catalogue.proving.doors import SERVICE, Door, name_door
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import Settings
from ridgeway.trust.offline import INSTANCE_FILE, read_trust

Command = TypeVar("Command", bound=Callable[..., Any])


def with_door(command: Command) -> Command:
    """The command knows the consumer door: `door_url`, `client`, `service_code`."""
    options = (
        click.option("--door", "door_url", metavar="URL", help="Consumer door of your own security server."),
        click.option("--client", metavar="ID", help="Who asks there: INSTANCE/CLASS/CODE/SUBSYSTEM."),
        click.option(
            "--service", "service_code", default=SERVICE, show_default=True, help="Your own catalogue's service there."
        ),
    )
    return add_options(command, options)


def with_trust(command: Command) -> Command:
    """The command knows by what to prove: `globalconf`, and whether a person does without: `unsigned`."""
    options = (
        click.option(
            "--globalconf",
            type=click.Path(exists=True, path_type=Path),
            help="Folder of a global configuration, or a verificationconf ZIP; default: the one kept here.",
        ),
        click.option("--unsigned", is_flag=True, help="Accept a package that nobody is proven to have published."),
    )
    return add_options(command, options)


def with_waivers(command: Command) -> Command:
    """The command knows what else a person accepts: `older`, `other_publisher`."""
    options = (
        click.option("--older", is_flag=True, help="Accept a version older than the one adopted."),
        click.option("--other-publisher", is_flag=True, help="Accept that somebody else publishes it now."),
    )
    return add_options(command, options)


def add_options(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    """The command with options, which its help shows in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def read_door(door_url: str | None, client: str | None, service_code: str) -> Door | None:
    """The door, when one was named.

    Raises:  click.UsageError when only half of it was.
    """
    if not door_url and not client:
        return None
    if not door_url or not client:
        raise click.UsageError("--door and --client go together.")
    return name_door(door_url, client, service_code=service_code)


def find_trust(named: Path | None, fetched: TrustSnapshot | None = None) -> TrustSnapshot | None:
    """The trust to judge by: the one named, that of the door, or that which is kept here; None without any.

    Raises:  TrustError(malformed_global_conf).
    """
    if named is not None or fetched is not None:
        return fetched if named is None else read_trust(named)
    settings = click.get_current_context().find_object(Settings)
    if settings is None:
        return None
    place = settings.path(settings.trust.globalconf_dir)
    return read_trust(place) if (place / INSTANCE_FILE).is_file() else None
