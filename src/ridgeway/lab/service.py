"""The petitions service at the parliament: its settings, its processes, its staff, and where everything is found.

Law: the service runs as it would alone, by the commands of production, in the parliament's folder; only the passwords
that everybody knows are the lab's own. No Django here. Next: `opening.py`, which makes tables, rows and accounts.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ridgeway.journal.places import choose_socket_folder
from ridgeway.lab.country import NORTHMARK, PARLIAMENT, Country, Organisation
from ridgeway.processes import Part, answers_at, has_socket, is_there

READY_FILE = ".petitions.ready"
"""Lies in the parliament's folder once both sites answer and the sample is there."""
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Staff:
    """An account of the lab; `totp_secret` is that of an authenticator app."""

    role: str
    name: str
    email: str
    password: str
    totp_secret: str = ""


STAFF = (
    Staff("reviewer", "Rhian Reviewer", "reviewer@parliament.example", "seven grey herons"),
    Staff("moderator", "Mo Moderator", "moderator@parliament.example", "eleven blue kettles"),
    Staff("moderator", "Max Second", "moderator2@parliament.example", "twelve warm lanterns"),
    Staff("clerk", "Clara Clerk", "clerk@government.example", "nine quiet rivers"),
    Staff("sysadmin", "Sanna Sysadmin", "sysadmin@parliament.example", "four bright anchors"),
    Staff(
        "sysadmin",
        "Toni Second Factor",
        "totp@parliament.example",
        "three tall windmills",
        "NORTHMARKLABSECRET234567",
    ),
)
"""Everybody who works at the desk; two moderators, since some acts need two."""


def has_service(country: Country, organisation: Organisation) -> bool:
    """Whether petitions are this organisation's."""
    return country.instance == NORTHMARK and country.is_serving and organisation.key == PARLIAMENT.key


def describe_service_settings(country: Country) -> dict[str, dict[str, object]]:
    """The tables of the settings that the service and the desk read."""
    sockets, ports = choose_socket_folder(country.folder(PARLIAMENT.key)), country.ports
    web: dict[str, object] = {
        "organisation": "Parliament of Northmark",
        "desk_address": country.desk_url,
        "desk_port": ports.desk,
        "require_second_factor": False,
        "mail": "folder:mail",
    }
    own: dict[str, object] = {
        "address": country.site_url,
        "port": ports.site,
        "socket": sockets / "petitions.sock",
    }
    return {"web": web, "services.petitions": own}


def list_service_parts(country: Country) -> list[Part]:
    """The processes of the service and the desk."""
    folder, ports = country.folder(PARLIAMENT.key), country.ports
    socket = choose_socket_folder(folder) / "petitions.sock"
    where = f"{country.prefix}{PARLIAMENT.key}"
    return [
        Part(f"{where}/writer", ("petitions", "write"), folder, has_socket(socket)),
        Part(f"{where}/petitions", ("web", "run", "petitions"), folder, answers_at(HOST, ports.site)),
        Part(f"{where}/desk", ("web", "run", "desk"), folder, answers_at(HOST, ports.desk)),
        Part(f"{where}/jobs", ("jobs", "run"), folder, is_there),
    ]


def mail_folder(country: Country) -> Path:
    """Where the service's mail is written to."""
    return country.folder(PARLIAMENT.key) / "mail"


def describe_services(country: Country) -> list[dict[str, Any]]:
    """The services of the country: addresses, mail, staff; what a browser test needs."""
    if country.instance != NORTHMARK or not country.is_serving:
        return []
    folder = country.folder(PARLIAMENT.key)
    told: dict[str, Any] = {
        "key": "petitions",
        "name": "Petitions",
        "title": "Petitions to the Parliament of Northmark",
        "organisation": PARLIAMENT.key,
        "site": country.site_url,
        "desk": country.desk_url,
        "mail": str(mail_folder(country)),
        "mail_page": f"{country.page_url}/mail",
        "state": str(folder),
        "database": str(folder / "office.sqlite3"),
        "ready": (folder / READY_FILE).exists(),
        "accounts": [asdict(staff) for staff in STAFF],
    }
    return [told]
