"""The root of the command: it loads a room's commands only when they are called, so that starting stays quick.

Law: a command is `ridgeway ROOM VERB`. Exit 0 done, 1 refused or not proven, 2 misused, 3 the world failed. Every
error that is known prints as one line that names who must act; every command has `--json` where it prints values.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

import click

from ridgeway.errors import RidgewayError, SettingsError, WorldError

ROOMS = {
    "centralserver": (
        "ridgeway.cli.centralserver",
        "Govern an instance: apply its document, sign and publish it.",
    ),
    "django": ("ridgeway.cli.django", "Pass a command through to Django."),
    "gateway": (
        "ridgeway.cli.gateway",
        "Carry messages between information systems and other security servers.",
    ),
    "lab": ("ridgeway.lab.commands", "A country on a laptop."),
    "messagelog": ("ridgeway.cli.messagelog", "Keep messages durable, stamped and provable."),
    "securityserver": (
        "ridgeway.cli.securityserver",
        "One organisation's side: clients, services, access rights.",
    ),
    "settings": ("ridgeway.cli.settings", "Show and check the settings."),
    "signer": ("ridgeway.signer.commands", "Hold private keys and sign."),
    "trust": ("ridgeway.trust.commands", "Fetch, show and explain the global configuration."),
    "verify": ("ridgeway.cli.verify", "Prove a container offline."),
}
"""Name → module that holds a click command of that name, and its one line of help."""


class Rooms(click.Group):
    """A group whose commands are imported when they are first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every room that has something in it."""
        return [name for name in sorted(ROOMS) if has_commands(ROOMS[name][0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one room."""
        if cmd_name not in ROOMS or not has_commands(ROOMS[cmd_name][0]):
            return None
        command: click.Command = getattr(importlib.import_module(ROOMS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of rooms, without importing them."""
        with formatter.section("Rooms"):
            formatter.write_dl([(name, ROOMS[name][1]) for name in self.list_commands(ctx)])


def has_commands(module: str) -> bool:
    """Whether a room's commands are installed."""
    return importlib.util.find_spec(module) is not None


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
    ctx.obj = settings_file


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
