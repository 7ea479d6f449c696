"""The root of the command: it loads a room's commands only when they are called, so that starting stays quick.

Law: a command is `ridgeway ROOM VERB`. Exit 0 done, 1 refused or not proven, 2 misused, 3 the world failed. Every
error that is known prints as one line that names who must act; every command has `--json` where it prints values.
"""

import gc
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from ridgeway.errors import RidgewayError, SettingsError, WorldError
from ridgeway.settings import load_settings


@dataclass(frozen=True, slots=True)
class Room:
    """Where a room's click command is, what it is for, and whether it keeps tables."""

    module: str
    help: str
    needs_django: bool = False
    database: Literal["securityserver", "centralserver", "office"] = "securityserver"
    """Whose tables the default database holds."""


SERVICE_HELP = "A public service: what its operator does."
ROOMS = {
    "audit": Room("ridgeway.office.audit.commands", "What staff and operators did, proven.", True, "office"),
    "catalogue": Room("ridgeway.catalogue.commands", "Service packages: pass on, adopt, adapt, keep up to date."),
    "centralserver": Room(
        "ridgeway.cli.centralserver", "Govern an instance: sign and publish it.", True, "centralserver"
    ),
    "django": Room("ridgeway.cli.django", "Pass a command through to Django.", True),
    "gateway": Room("ridgeway.cli.gateway", "Carry messages between systems and other security servers."),
    "jobs": Room("ridgeway.office.jobs.commands", "Do duties, queued work and the sending of mail.", True, "office"),
    "lab": Room("ridgeway.lab.commands", "A country on a laptop."),
    "messagelog": Room("ridgeway.messagelog.commands", "Keep messages durable, stamped and provable.", True),
    "opmonitor": Room("ridgeway.opmonitor.commands", "Note what passed, how long it took, what failed.", True),
    "people": Room("ridgeway.office.people.commands", "Accounts and roles of staff.", True, "office"),
    "securityserver": Room("ridgeway.cli.securityserver", "One organisation's clients, services, rights.", True),
    "settings": Room("ridgeway.cli.settings", "Show and check the settings."),
    "signer": Room("ridgeway.cli.signer", "Hold private keys and sign."),
    "trust": Room("ridgeway.cli.trust", "Fetch, show and explain the global configuration."),
    "verify": Room("ridgeway.cli.verify", "Prove a container offline."),
    "web": Room("ridgeway.web.commands", "Serve the sites of services and of their staff."),
}
"""Name of the command → its room. The module holds a click command of that name."""


def list_services() -> dict[str, Room]:
    """The commands of the services that are there; a service's folder is all that names it."""
    folder = importlib.util.find_spec("ridgeway.services")
    places = folder.submodule_search_locations if folder is not None else None
    names = [path.parent.name for place in places or () for path in Path(place).glob("*/commands.py")]
    return {name: Room(f"ridgeway.services.{name}.commands", SERVICE_HELP, True, "office") for name in names}


def find_room(name: str) -> Room | None:
    """The room or service whose command this is."""
    return ROOMS.get(name) or list_services().get(name)


class Rooms(click.Group):
    """A group whose commands are imported when they are first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Every room that has something in it."""
        return sorted([name for name in ROOMS if is_installed(ROOMS[name].module)] + list(list_services()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one room; a room with tables gets Django set up from the settings first."""
        room = find_room(cmd_name)
        if room is None or not is_installed(room.module):
            return None
        with building():
            if room.needs_django:
                web = importlib.import_module("ridgeway.web.setup")
                web.setup_django(load_settings(ctx.params.get("settings_file")), room=room.database)
            command: click.Command = getattr(importlib.import_module(room.module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of rooms, without importing them."""
        found = [(name, find_room(name)) for name in self.list_commands(ctx)]
        rows = [(name, room.help) for name, room in found if room is not None]
        if rows:
            with formatter.section("Rooms"):
                formatter.write_dl(rows)


@contextmanager
def building() -> Iterator[None]:
    """What is made within stays: looking for garbage among it, while it is made and ever after, is time lost."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    gc.freeze()


def is_installed(module: str) -> bool:
    """Whether a room's commands are there."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ridgeway")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Settings file; default ./ridgeway.toml, if present.",
)
@click.pass_context
def ridgeway(ctx: click.Context, settings_file: Path | None) -> None:
    """Organisations exchange signed, logged, provable messages; public services stand on that."""
    ctx.obj = settings_file if ctx.invoked_subcommand in {"settings", "lab"} else load_settings(settings_file)


def main() -> None:
    """Run the command, and render what it raises as one line and an exit code."""
    try:
        ridgeway(prog_name="ridgeway", standalone_mode=True)
    except SettingsError as error:
        print(f"ridgeway: {error.explain()}", file=sys.stderr)
        sys.exit(2)
    except WorldError as error:
        print(f"ridgeway: {error.explain()}", file=sys.stderr)
        sys.exit(3)
    except RidgewayError as error:
        print(f"ridgeway: {error.explain()}", file=sys.stderr)
        sys.exit(1)
