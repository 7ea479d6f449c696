"""`ridgeway catalogue serve`: the shelf of an organisation as a service behind its provider door."""

import asyncio
import signal
from pathlib import Path

import click

from ridgeway.catalogue.serving.app import build_catalogue
from ridgeway.client import ServiceApp, serve_service
from ridgeway.protocol.identifiers import MemberId, parse_client_path

DEFAULT_PORT = 8470


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--owner", required=True, metavar="MEMBER", help="Whose catalogue it is: INSTANCE/CLASS/CODE.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that only the security server reaches.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535))
def serve(folder: Path, *, owner: str, host: str, port: int) -> None:
    """Serve the shelf FOLDER to the organisation's security server, which says who asks; stop with Ctrl+C."""
    member = parse_client_path(owner)
    if not isinstance(member, MemberId):
        raise click.UsageError(f"{owner!r} is no member; expected INSTANCE/CLASS/CODE.")
    asyncio.run(serve_until_stopped(build_catalogue(folder, owner=member), host=host, port=port))


async def serve_until_stopped(app: ServiceApp, *, host: str, port: int) -> None:
    """The catalogue answers until the process is told to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    async with serve_service(app, host, port) as server:
        click.echo(f"The catalogue answers at http://{host}:{server.port}")
        await stopped.wait()


VERBS = (serve,)
