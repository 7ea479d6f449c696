"""Django made ready in a process: called once by the command, again by tests with other databases."""

import django
from django.conf import settings as django_settings

from ridgeway.office.people.roles import declare_roles
from ridgeway.services import installed
from ridgeway.settings import Settings
from ridgeway.web.databases import Room, derive_databases, rebind_databases
from ridgeway.web.settings import derive_django_settings
from ridgeway.web.sites import Site


def setup_django(settings: Settings, *, room: Room = "securityserver", site: Site | None = None) -> None:
    """Django's models may be imported, and reach the databases that `settings` name.

    `room` says whose tables `default` holds, `site` which one an office process serves. A second call points the same
    process at other databases.
    """
    if django_settings.configured:
        rebind_databases(derive_databases(settings, room))
        django_settings.RIDGEWAY_ROOM = room
        django_settings.RIDGEWAY_SETTINGS = settings
        return
    django_settings.configure(**derive_django_settings(settings, room, site))
    if room == "office":
        for service in installed().values():
            declare_roles(service.name, service.roles)
    django.setup()
