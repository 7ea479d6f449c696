"""Make the reference pages from the code: settings, commands, and what proves conformance with X-Road.

Law: the pages say what the code says, and nothing that the code does not; `tests/architecture/test_docs.py` compares.
Run: scripts/docs
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import click

from conformance import render_conformance
from ridgeway.cli.main import find_room, ridgeway
from ridgeway.services import installed
from ridgeway.settings import Settings
from ridgeway.settingsfile import SERVICES, describe
from ridgeway.web.setup import setup_django

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Made by scripts/docs from the code; change the code, not this page. -->"
HELP_WIDTH = 100

SETTINGS_INTRODUCTION = """# Settings

A setting comes from its default, then from `ridgeway.toml` (in the folder where the command runs, or the file that
`--settings FILE` or `RIDGEWAY_SETTINGS` names), then from a variable such as `RIDGEWAY_GATEWAY__PEER_PORT`. A secret
may also lie in a file that a variable names: `RIDGEWAY_SIGNER__PIN_FILE`. Relative paths are relative to `state_dir`.
An unknown key is refused, with the nearest known one.

`ridgeway settings show` prints each value and where it comes from, never a secret; `ridgeway settings check` names
all faults at once.
"""

LIVES_INTRODUCTION = """# Lives

How what a service keeps passes from state to state: each picture is drawn from the table that the code follows.
"""

COMMANDS_INTRODUCTION = """# Commands

One command, `ridgeway ROOM VERB`. Exit 0 done, 1 refused or not proven, 2 misused, 3 the world failed (it may pass).
This is what `--help` says.
"""


def main(folder: Path) -> None:
    """Write the pages."""
    setup_django(Settings(), room="office")  # nothing is opened: the commands' modules want the models to be importable
    for name, text in render_pages().items():
        (folder / name).write_text(text, "utf-8")


def render_pages() -> dict[str, str]:
    """File name → content of every page that is made from the code."""
    return {
        "settings.md": render_settings(),
        "commands.md": render_commands(),
        "conformance.md": f"{NOTE}\n{render_conformance()}",
        "lives.md": f"{NOTE}\n{render_lives()}",
    }


def render_settings() -> str:
    """One table for the top of the file, and one for each room."""
    top = [known for known in fields(Settings) if not is_dataclass(known.default) and known.name != SERVICES]
    parts = [NOTE, SETTINGS_INTRODUCTION, "## Top of the file\n", render_table(Settings, top)]
    for known in fields(Settings):
        if is_dataclass(known.default):
            room = type(known.default)
            parts += [f"## [{known.name}]\n", f"{room.__doc__}\n", render_table(room, list(fields(room)))]
    for name, plate in installed().items():
        kind = type(plate.settings)
        parts += [f"## [services.{name}]\n", f"{kind.__doc__}\n", render_table(kind, list(fields(kind)))]
    return "\n".join(parts)


def render_lives() -> str:
    """The life of what each service keeps, as a picture and a table drawn from `states.py`."""
    parts = [LIVES_INTRODUCTION]
    for name, plate in installed().items():
        states = importlib.import_module(f"ridgeway.services.{name}.states")
        for title, table in states.LIVES.items():
            parts += [f"## {plate.title}: {title}\n", render_life(table)]
    return "\n".join(parts)


def render_life(table: Mapping[Any, Mapping[Any, Any]]) -> str:
    """One table of states as a Mermaid picture."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for state, moves in table.items():
        lines += [f"    {state} --> {after}: {event.replace('_', ' ')}" for event, after in moves.items()]
    return "\n".join([*lines, "```\n"])


def render_table(room: type, rows: list[Field[Any]]) -> str:
    """A table of settings."""
    kinds = get_type_hints(room)
    lines = ["| key | default | type | meaning |", "|---|---|---|---|"]
    for row in rows:
        meaning = row.metadata["meaning"] + (" Secret." if row.metadata["secret"] else "")
        kind = describe(kinds[row.name]).removeprefix("a ")
        lines.append(
            f"| `{row.name}` | {render_default(row.default)} | {kind} | {meaning.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(lines) + "\n"


def render_default(value: object) -> str:
    """A default as a reader sees it."""
    return f"`{value}`" if str(value) else "(empty)"


def render_commands() -> str:
    """The help of every command, room by room."""
    parts = [NOTE, COMMANDS_INTRODUCTION]
    for path, command in list_commands():
        depth = "##" if len(path) <= 2 else "###"
        parts.append(f"{depth} {' '.join(path)}\n\n```text\n{render_help(path, command)}\n```\n")
    return "\n".join(parts)


def list_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that is not hidden, each group before its members."""
    parent = click.Context(ridgeway, info_name="ridgeway")
    yield ("ridgeway",), ridgeway
    for name in ridgeway.list_commands(parent):
        yield from walk(("ridgeway", name), load_command(name))


def load_command(name: str) -> click.Command:
    """The command of a room; for one with tables, Django must be set up."""
    room = find_room(name)
    assert room is not None
    module = importlib.import_module(room.module)
    command: click.Command = getattr(module, name)
    return command


def walk(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The command, and all below it."""
    if command.hidden:
        return
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk((*path, name), command.commands[name])


def render_help(path: tuple[str, ...], command: click.Command) -> str:
    """What `--help` prints, at one width."""
    context = click.Context(command, info_name=" ".join(path), terminal_width=HELP_WIDTH, max_content_width=HELP_WIDTH)
    context.help_option_names = ["-h", "--help"]
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE)
