"""The sites of this deployment: the public site of each service that is here, and the desk where staff work.

Law: a site is one origin with processes of its own; public sites have no session and no cookie to read a page. Pure.
Next: `settings.py`, which tells Django of one site; `run.py`, which serves it.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ridgeway.errors import SettingsError
from ridgeway.services import Service, installed
from ridgeway.settings import Settings, read_service_settings

DESK = "desk"


@dataclass(frozen=True, slots=True)
class Site:
    """One origin. `address` is what browsers see, `host` and `port` where its processes listen."""

    name: str
    title: str
    urls: str
    address: str
    host: str
    port: int
    service: Service | None = None

    @property
    def is_desk(self) -> bool:
        """Whether staff work here."""
        return self.name == DESK

    @property
    def host_name(self) -> str:
        """The name that a browser asks for."""
        return urlsplit(self.address).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over HTTPS."""
        return self.address.startswith("https://")


def settings_of(settings: Settings, service: Service) -> Any:
    """A service's own settings.

    Raises:  SettingsError.
    """
    return read_service_settings(settings, service.name, service.settings)


def list_sites(settings: Settings) -> dict[str, Site]:
    """Every site by name, the desk last.

    Raises:  SettingsError(malformed_settings) when an address is none, or a table is of no service that is there.
    """
    require_known(settings)
    sites = {}
    for service in installed().values():
        own = settings_of(settings, service)
        sites[service.name] = Site(service.name, service.title, service.urls, own.address, own.host, own.port, service)
    web = settings.web
    sites[DESK] = Site(DESK, "Desk", "ridgeway.web.desk", web.desk_address, web.desk_host, web.desk_port)
    for site in sites.values():
        require_origin(site)
    return sites


def require_known(settings: Settings) -> None:
    """Hold only where each table `[services.NAME]` is of a service that is there.

    Raises:  SettingsError(malformed_settings) naming those that there are.
    """
    for name in settings.services:
        if name not in installed():
            known = ", ".join(installed())
            raise SettingsError(
                "malformed_settings", f"There is no service {name!r}; write [services.NAME] for {known}."
            )


def get_site(settings: Settings, name: str) -> Site:
    """The site of this name.

    Raises:  SettingsError(malformed_settings) naming those that there are.
    """
    sites = list_sites(settings)
    if name not in sites:
        raise SettingsError("malformed_settings", f"There is no site {name!r}; there are {', '.join(sites)}.")
    return sites[name]


def require_origin(site: Site) -> None:
    """Hold only for an address that is a scheme, a host and perhaps a port.

    Raises:  SettingsError(malformed_settings).
    """
    parts = urlsplit(site.address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(
            "malformed_settings",
            f"The address of the site {site.name} is {site.address!r}; write it as https://petitions.example.",
        )
