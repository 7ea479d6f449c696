"""`ridgeway django …`: Django's own management commands, with the settings of this deployment."""

import click
from django.core.management import execute_from_command_line

from ridgeway.settings import Settings
from ridgeway.web.databases import Room
from ridgeway.web.setup import setup_django


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--room",
    type=click.Choice(["securityserver", "centralserver"]),
    default="securityserver",
    help="Whose tables the default database holds.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def django(settings: Settings, room: Room, arguments: tuple[str, ...]) -> None:
    """Pass ARGUMENTS to Django, as in `ridgeway django --room centralserver migrate`."""
    setup_django(settings, room=room)
    execute_from_command_line(["ridgeway django", *arguments])
