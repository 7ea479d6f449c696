"""The countries that the lab starts, as data: who is in them, what each serves, and where each listens.

Law: organisations share nothing but the network. Each has its own folder, its own loopback address and its own
settings, as it would have on a machine of its own; the ports are the same for all, moved by `base_port`. The second
country, started on demand, shares as little with the first: their authorities have exchanged anchors.
Read next: `setup.py`, which builds this once, and `run.py`, which keeps it running.
"""

from dataclasses import dataclass
from pathlib import Path

from ridgeway.protocol.identifiers import MemberId, ServerId, ServiceId, SubsystemId

DEFAULT_BASE_PORT = 8400
MEMBER_CLASS = "GOV"
NORTHMARK, SOUTHMARK = "NORTHMARK", "SOUTHMARK"
MANAGEMENT = "management"
"""The authority's subsystem that answers management requests."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one country, each the base port and a little more."""

    base: int = DEFAULT_BASE_PORT

    @property
    def page(self) -> int:
        """The country page."""
        return self.base

    @property
    def central(self) -> int:
        """The central server, where the global configuration is downloaded."""
        return self.base + 1

    @property
    def ca(self) -> int:
        """The certification authority, with its OCSP responder."""
        return self.base + 2

    @property
    def tsa(self) -> int:
        """The time-stamping authority."""
        return self.base + 3

    @property
    def consumer(self) -> int:
        """The consumer door of every security server, each on its own address."""
        return self.base + 4

    @property
    def peer(self) -> int:
        """The peer door of every security server."""
        return self.base + 5

    @property
    def ocsp(self) -> int:
        """The OCSP door of every security server."""
        return self.base + 6

    @property
    def system(self) -> int:
        """The information system behind a security server."""
        return self.base + 7

    @property
    def consumer_tls(self) -> int:
        """The consumer door over HTTPS."""
        return self.base + 8

    @property
    def registration(self) -> int:
        """Where the central server takes registrations of certificates."""
        return self.base + 9

    @property
    def management(self) -> int:
        """Where the central server takes every other request, from the management security server."""
        return self.base + 10

    @property
    def challenge(self) -> int:
        """Where whoever orders a certificate answers the certification authority."""
        return self.base + 11

    @property
    def site(self) -> int:
        """The public site of the petitions service, at the parliament."""
        return self.base + 20

    @property
    def desk(self) -> int:
        """The parliament's desk, where its staff work."""
        return self.base + 21

    @property
    def assessments(self) -> int:
        """The public site of the health authority's self-assessments."""
        return self.base + 22

    @property
    def of_a_server(self) -> tuple[int, ...]:
        """Every port at an organisation's own address."""
        return (self.consumer, self.consumer_tls, self.peer, self.ocsp, self.system)


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that an organisation offers, and the subsystems (member code/subsystem) that may call it.

    `path` is where the service stands in its information system; `kind` (rest, openapi or wsdl) how it is described
    there. `abroad` are subsystems of the partner country, once there is one.
    """

    code: str
    path: str
    callers: tuple[str, ...]
    abroad: tuple[str, ...] = ()
    kind: str = "openapi"
    timeout_seconds: int = 60


CATALOGUE = "catalogue"
"""The service of an organisation's catalogue of service packages."""


def offer_catalogue(*callers: str, abroad: tuple[str, ...]) -> Offer:
    """An organisation's catalogue, for others and for itself: what it states, it says to its own."""
    return Offer(CATALOGUE, f"/{CATALOGUE}", callers, abroad=abroad, kind="rest")


@dataclass(frozen=True, slots=True)
class Organisation:
    """One member with its security server, its subsystem, and the information system behind it."""

    key: str
    name: str
    member_code: str
    subsystem: str
    host: str
    offers: tuple[Offer, ...] = ()

    def member(self, instance: str) -> MemberId:
        """The member's identifier."""
        return MemberId(instance, MEMBER_CLASS, self.member_code)

    def client(self, instance: str) -> SubsystemId:
        """The subsystem that asks and answers."""
        return SubsystemId(instance, MEMBER_CLASS, self.member_code, self.subsystem)

    def service(self, instance: str, code: str) -> ServiceId:
        """One of its services."""
        return ServiceId(instance, MEMBER_CLASS, self.member_code, self.subsystem, code)

    def server(self, instance: str) -> ServerId:
        """The security server."""
        return ServerId(instance, MEMBER_CLASS, self.member_code, self.server_code)

    @property
    def server_code(self) -> str:
        """The code of the security server."""
        return f"{self.key}-1"


REGISTER = Organisation(
    key="register",
    name="Population Register",
    member_code="1001",
    subsystem="persons",
    host="127.0.11.11",
    offers=(
        Offer("persons", "/persons", callers=("1002/casework", "1003/records"), abroad=("2002/casework",)),
        Offer("personData", "/soap", callers=("1002/casework",), kind="wsdl"),
    ),
)
PARLIAMENT = Organisation(
    key="parliament",
    name="Parliament",
    member_code="1002",
    subsystem="casework",
    host="127.0.11.12",
    offers=(offer_catalogue("1002/casework", "1003/records", abroad=("2002/casework",)),),
)
HEALTH = Organisation(
    key="health",
    name="Health Authority",
    member_code="1003",
    subsystem="records",
    host="127.0.11.13",
    offers=(
        Offer("documents", "/documents", callers=("1001/persons", "1002/casework"), timeout_seconds=120),
        offer_catalogue("1003/records", "1002/casework", abroad=("2002/casework",)),
    ),
)


SOUTH_REGISTER = Organisation(
    key="register",
    name="Register of Southmark",
    member_code="2001",
    subsystem="persons",
    host="127.0.12.11",
    offers=(Offer("persons", "/persons", callers=("2002/casework",), abroad=("1002/casework",)),),
)
SOUTH_ASSEMBLY = Organisation(
    key="parliament",
    name="Assembly of Southmark",
    member_code="2002",
    subsystem="casework",
    host="127.0.12.12",
    offers=(offer_catalogue("2002/casework", abroad=("1002/casework", "1003/records")),),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What tells one country from another, besides its folder and ports.

    `authority` is the member that governs it, `people` begins its people's codes.
    """

    organisations: tuple[Organisation, ...]
    central_host: str
    authorities_host: str
    partner: str
    people: str
    authority: str


PLANS = {
    NORTHMARK: Plan(
        (REGISTER, PARLIAMENT, HEALTH), "127.0.11.1", "127.0.11.2", partner=SOUTHMARK, people="NM", authority="1000"
    ),
    SOUTHMARK: Plan(
        (SOUTH_REGISTER, SOUTH_ASSEMBLY), "127.0.12.1", "127.0.12.2", partner=NORTHMARK, people="SM", authority="2000"
    ),
}


@dataclass(frozen=True, slots=True)
class Country:
    """One instance with everything in it, below one folder; `is_accompanied` says that its partner runs beside it.

    `is_monitored` says that each security server keeps operational records, in one process more; `is_serving`, that the
    parliament has its petitions service and the health authority its self-assessments.
    """

    state: Path
    instance: str = NORTHMARK
    ports: Ports = Ports()
    is_accompanied: bool = False
    is_monitored: bool = False
    is_serving: bool = True

    @property
    def plan(self) -> Plan:
        """What it is made of."""
        return PLANS[self.instance]

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        """Who is in it."""
        return self.plan.organisations

    @property
    def central_host(self) -> str:
        """The address of its central server."""
        return self.plan.central_host

    @property
    def authorities_host(self) -> str:
        """The address of its authorities."""
        return self.plan.authorities_host

    @property
    def partner(self) -> "Country":
        """The country with which it may federate; the second one lies in the first one's folder."""
        other = self.plan.partner
        is_first = self.instance == NORTHMARK
        state = self.state / other.lower() if is_first else self.state.parent
        return Country(state, other, self.ports, self.is_accompanied, self.is_monitored)

    @property
    def authority(self) -> MemberId:
        """The member that governs the country; its subsystem answers management requests."""
        return MemberId(self.instance, MEMBER_CLASS, self.plan.authority)

    @property
    def management_server(self) -> Organisation:
        """Whose security server carries the authority's management services."""
        return self.organisations[0]

    @property
    def management_url(self) -> str:
        """Where the management security server hands on requests."""
        return f"http://{self.central_host}:{self.ports.management}/managementservice/manage/"

    @property
    def prefix(self) -> str:
        """What the names of its processes begin with; nothing in the first country."""
        return "" if self.instance == NORTHMARK else f"{self.instance.lower()}/"

    @property
    def first_person(self) -> str:
        """The code of somebody whom its register knows."""
        return f"{self.plan.people}000001"

    def get_organisation(self, key: str) -> Organisation:
        """The organisation with this key."""
        return next(each for each in self.organisations if each.key == key)

    def description_url(self, organisation: Organisation, offer: Offer) -> str:
        """Where a service is described; empty where it is not."""
        paths = {"openapi": "/openapi.json", "wsdl": f"{offer.path}?wsdl"}
        return f"{self.system_url(organisation)}{paths[offer.kind]}" if offer.kind in paths else ""

    def folder(self, key: str) -> Path:
        """The folder of one organisation, of the central server or of an authority."""
        return self.state / key

    def consumer_door(self, organisation: Organisation) -> str:
        """The address of an organisation's consumer door."""
        return f"http://{organisation.host}:{self.ports.consumer}"

    def shelf(self, organisation: Organisation) -> Path:
        """Where an organisation's catalogue keeps what it publishes."""
        return self.folder(organisation.key) / "system" / "shelf"

    def system_url(self, organisation: Organisation) -> str:
        """The address of an organisation's information system, which it alone uses."""
        return f"http://{organisation.host}:{self.ports.system}"

    @property
    def page_url(self) -> str:
        """The country page."""
        return f"http://localhost:{self.ports.page}"

    @property
    def site_url(self) -> str:
        """The petitions of the parliament, as browsers see them."""
        return f"http://localhost:{self.ports.site}"

    @property
    def assessments_url(self) -> str:
        """The self-assessments of the health authority, as browsers see them."""
        return f"http://localhost:{self.ports.assessments}"

    @property
    def desk_url(self) -> str:
        """The desk of the parliament's staff."""
        return f"http://localhost:{self.ports.desk}"

    @property
    def central_url(self) -> str:
        """Where the internal configuration is downloaded."""
        return f"http://{self.central_host}:{self.ports.central}"

    @property
    def ca_url(self) -> str:
        """The certification authority."""
        return f"http://{self.authorities_host}:{self.ports.ca}"

    @property
    def tsa_url(self) -> str:
        """The time-stamping authority."""
        return f"http://{self.authorities_host}:{self.ports.tsa}"
