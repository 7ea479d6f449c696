"""`ridgeway signer …`: make a token, keep it open, make keys, ask for certificates.

Law: a PIN is never an argument; it is asked for, or comes from the settings (`RIDGEWAY_SIGNER__PIN_FILE`).
Read next: `commands_keys.py`, `commands_certificates.py`, `commands_csr.py`, `commands_xroad.py`.
"""

import asyncio
import signal
from pathlib import Path

import click

from ridgeway.errors import SettingsError
from ridgeway.http import run as run_loop
from ridgeway.settings import Mode, Settings
from ridgeway.signer.asking import OUTSIDE, Outside, as_json, ask_new_pin, ask_pin, call, say, say_state
from ridgeway.signer.commands_certificates import activate, certificates, import_certificate
from ridgeway.signer.commands_csr import csr
from ridgeway.signer.commands_keys import find_pin, keys, login, logout, token_option, tokens
from ridgeway.signer.commands_xroad import import_xroad
from ridgeway.signer.devices import read_devices
from ridgeway.signer.expiry import list_signer, warn_daily
from ridgeway.signer.hardware import HardwareDevice
from ridgeway.signer.server import build_service, harden_process, serve_service
from ridgeway.signer.token import Token
from ridgeway.telemetry import metrics_door

LAB_MARK = "made-by-a-lab"
"""A file beside the keys of a lab; the lab puts it there."""


@click.command()
@as_json
@click.pass_obj
def init(settings: Settings, as_json: bool) -> None:
    """Make an empty software token."""
    harden_process()
    pin = settings.signer.pin or ask_new_pin()
    folder = settings.path(settings.signer.token_dir)
    Token(folder, has_pin_policy=settings.signer.pin_policy).create(pin)
    say({"token_dir": str(folder)}, f"The token is in {folder}. Next: ridgeway signer run", as_json=as_json)


@click.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Hold the token open until stopped; unlocked when the PIN is in the settings, else by `ridgeway signer login`."""
    refuse_lab_keys(settings)
    run_loop(serve_until_stopped(settings))


def refuse_lab_keys(settings: Settings) -> None:
    """Hold only where keys of a lab are not used in production.

    Raises:  SettingsError(lab_keys).
    """
    mark = settings.path(settings.signer.token_dir) / LAB_MARK
    if settings.mode is Mode.PRODUCTION and mark.exists():
        raise SettingsError(
            "lab_keys",
            f"The token in {mark.parent} was made by a lab, with its PIN beside it; it is worth nothing in production.",
            action="Make a token of your own in another folder: ridgeway signer init.",
        )


async def serve_until_stopped(settings: Settings) -> None:
    """Answer at the signer's socket until SIGTERM or SIGINT; a fault that nobody foresaw ends the process."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    hardware = tuple(HardwareDevice(each) for each in read_devices(settings.path(settings.signer.devices)))
    signer, folder = settings.signer, settings.path(settings.signer.token_dir)
    service = build_service(folder, pin=signer.pin, hardware=hardware, has_pin_policy=signer.pin_policy)
    try:
        async with (
            serve_service(service, settings.path(signer.socket)) as server,
            metrics_door(settings.telemetry, signer.metrics_port, lambda: list_signer(service, server)),
        ):
            click.echo(f"signer: answering at {settings.path(signer.socket)}")
            for device in hardware:
                await device.start()
            tasks = [
                asyncio.ensure_future(stopped.wait()),
                asyncio.ensure_future(server.wait()),
                asyncio.ensure_future(warn_daily(service, days=signer.expiry_warning_days)),
            ]
            done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            for task in done:
                task.result()
    finally:
        for device in hardware:
            await device.end()


@click.command()
@as_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Say whether the software token is unlocked."""
    say_state(call(settings, lambda client: client.get_state()), as_json=as_json)


@click.group()
def pin() -> None:
    """The PIN of a token."""


@pin.command()
@click.option("--new-pin-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Holds the new PIN.")
@token_option
@as_json
@click.pass_obj
def change(settings: Settings, new_pin_file: Path | None, token: str, as_json: bool) -> None:
    """Change the PIN."""
    old = find_pin(settings, token) or ask_pin("PIN now")
    new = new_pin_file.read_text("utf-8").strip() if new_pin_file else ask_new_pin()
    state = call(settings, lambda client: client.change_pin(old, new, token))
    done = "The PIN is changed. If the old one is in a settings file, change it there too."
    say({"token": state, "pin_changed": True}, done, as_json=as_json)


COMMANDS: tuple[click.Command, ...] = (
    init,
    run,
    status,
    login,
    logout,
    pin,
    tokens,
    keys,
    certificates,
    csr,
    import_certificate,
    activate,
    import_xroad,
)


def build_signer_command(outside: Outside) -> click.Group:
    """The command, with what it needs of other rooms."""

    @click.group("signer")
    @click.pass_context
    def group(context: click.Context) -> None:
        """Hold private keys and sign."""
        context.find_root().meta[OUTSIDE] = outside

    for command in COMMANDS:
        group.add_command(command)
    return group


signer = build_signer_command(Outside())
