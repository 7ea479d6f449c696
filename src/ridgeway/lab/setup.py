"""Building the country once: folders, settings, keys, certificates and documents, as each operator would make them.

Law: what is there already stays (keys, data, log); what is missing is made. Keys are made in each signer and leave it
never; certificates come from the authority over HTTP; the central server learns a server's certificate as its operator
would, by a file.
Read next: `run.py`, which starts the parts around this.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography import x509

from ridgeway.errors import NetworkError
from ridgeway.http import Pool, fetch
from ridgeway.journal.places import choose_socket_folder
from ridgeway.lab.assessments import describe_assessment_settings
from ridgeway.lab.country import MEMBER_CLASS, Country, Organisation
from ridgeway.lab.service import describe_service_settings, has_service
from ridgeway.protocol.identifiers import MemberId
from ridgeway.signer import KeyUsage, SignerClient
from ridgeway.signer.commands import LAB_MARK
from ridgeway.signer.token import Token
from ridgeway.signer.values import CsrRequest, GenerateRequest, ImportRequest, KeyType, TokenState

CENTRAL = "central"
AUTHORITIES = "authorities"
SETTINGS_FILE = "ridgeway.toml"
ANCHOR_FILE = "configuration-anchor.xml"
EXTERNAL_ANCHOR_FILE = "external-anchor.xml"
"""The anchor that the partner country gets; where it lies, the two countries are federated."""
DOCUMENT_FILE = "document.yaml"
APPLIED_FILE = ".document.applied"
"""The document as the lab last put it in force; it is not asked again while it would write the same."""
AUTHENTICATION_FILE = "authentication.pem"
MAX_CERTIFICATE_BYTES = 64 * 1024
FETCH_SECONDS, STAMP_SECONDS, RELOAD_SECONDS = 1.0, 2.0, 0.25
"""A laptop need not wait a minute for what a country waits a minute for."""
REQUESTS_PER_MINUTE = 60
"""Everybody on a laptop comes from one address."""


def find_partner_anchor(country: Country) -> str | None:
    """The external anchor that the partner country's authority handed over; None while they are not federated."""
    file = country.partner.folder(CENTRAL) / EXTERNAL_ANCHOR_FILE
    return file.read_text("utf-8") if file.exists() else None


def quote(value: object) -> str:
    """A value as TOML writes it; JSON's form of texts and numbers is TOML's too."""
    return msgspec.json.encode(value if isinstance(value, int | float | bool) else str(value)).decode()


def render_settings(tables: dict[str, dict[str, object]]) -> str:
    """A settings file of the lab."""
    lines = ['mode = "lab"', 'state_dir = "."']
    for room, values in tables.items():
        lines += ["", f"[{room}]", *(f"{key} = {quote(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def read_or_draw_pin(folder: Path) -> str:
    """The PIN of a lab's token; drawn once, and kept beside it, which a lab may."""
    file = folder / "pin"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12), "ascii")
    return file.read_text("ascii")


def write_settings(folder: Path, tables: dict[str, dict[str, object]]) -> None:
    """The settings of one organisation, readable by it alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sockets = choose_socket_folder(folder)
    signer = {"socket": sockets / "signer.sock", "pin": read_or_draw_pin(folder)}
    file = folder / SETTINGS_FILE
    file.touch(mode=0o600)
    log = {"socket": sockets / "messagelog.sock"} | tables.get("messagelog", {})
    monitor: dict[str, dict[str, object]] = {"opmonitor": {"socket": sockets / "opmonitor.sock"}}
    file.write_text(render_settings({"signer": signer} | monitor | tables | {"messagelog": log}), "utf-8")


def describe_office(country: Country) -> dict[str, dict[str, object]]:
    """The tables of the settings that the sites, the desk and the worker read."""
    return describe_service_settings(country) | describe_assessment_settings(country)


def write_organisation_settings(country: Country, organisation: Organisation) -> None:
    """The settings of one organisation: of its security server, and of its service where it has one."""
    ports = country.ports
    write_settings(
        country.folder(organisation.key),
        (describe_office(country) if has_service(country, organisation) else {})
        | {
            "trust": {
                "anchor": ANCHOR_FILE,
                "fetch_interval_seconds": FETCH_SECONDS,
                "allowed_federations": country.plan.partner,
            },
            "messagelog": {"stamp_interval_seconds": STAMP_SECONDS},
            "acme": {"challenge_host": "127.0.0.1", "challenge_port": ports.challenge},
            "gateway": {
                "host": organisation.host,
                "peer_host": organisation.host,
                "consumer_port": ports.consumer,
                "consumer_tls_port": ports.consumer_tls,
                "peer_port": ports.peer,
                "ocsp_port": ports.ocsp,
                "remote_peer_port": ports.peer,
                "remote_ocsp_port": ports.ocsp,
                "reload_interval_seconds": RELOAD_SECONDS,
            },
        },
    )


def write_central_settings(country: Country) -> None:
    """The settings of the central server: it takes registrations, and lets members add clients by themselves."""
    host, ports = country.central_host, country.ports
    serving = {"host": host, "port": ports.central, "publish_interval_seconds": 60.0}
    registering = {
        "registration_host": host,
        "registration_port": ports.registration,
        "management_host": host,
        "management_port": ports.management,
        "requests_per_minute": REQUESTS_PER_MINUTE,
        "auto_approve_clients": True,
    }
    write_settings(country.folder(CENTRAL), {"centralserver": serving | registering})


def make_token(folder: Path) -> None:
    """There is a software token in the folder."""
    token = Token(folder / "keys")
    if token.state is TokenState.ABSENT:
        token.create(read_or_draw_pin(folder))
    (token.folder / LAB_MARK).touch()


@dataclass(frozen=True, slots=True)
class Certified:
    """A security server's authentication certificate, as its operator hands it to the central server."""

    organisation: Organisation
    certificate_file: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that a security server needs, and whose it is."""

    usage: KeyUsage
    member: MemberId
    name: str


async def certify(country: Country, organisation: Organisation, pool: Pool) -> Certified:
    """The organisation has the keys that it needs, with a certificate each."""
    folder = country.folder(organisation.key)
    sockets = choose_socket_folder(folder)
    file = folder / AUTHENTICATION_FILE
    async with SignerClient(sockets / "signer.sock") as signer:
        have = {(key.usage, key.certificates[0].member) for key in await signer.list_keys() if key.certificates}
        for wanted in list_wanted(country, organisation):
            if (wanted.usage, str(wanted.member)) not in have:
                pem = await make_key(country, organisation, wanted, signer=signer, pool=pool)
                if wanted.usage is KeyUsage.AUTHENTICATION:
                    file.write_bytes(pem)
    return Certified(organisation, file)


def list_wanted(country: Country, organisation: Organisation) -> list[Wanted]:
    """The keys of a security server; the one that carries the management services signs for the authority, too."""
    own = organisation.member(country.instance)
    wanted = [Wanted(usage, own, organisation.name) for usage in KeyUsage]
    if organisation == country.management_server:
        wanted.append(Wanted(KeyUsage.SIGNING, country.authority, "Central Authority"))
    return wanted


async def make_key(
    country: Country, organisation: Organisation, wanted: Wanted, *, signer: SignerClient, pool: Pool
) -> bytes:
    """A key with a certificate (PEM, returned) from the country's authority."""
    key = await signer.generate(GenerateRequest(wanted.usage, KeyType.EC_P256, f"{wanted.usage} of {wanted.name}"))
    subject = (
        ("C", "FI"),
        ("O", wanted.name),
        ("serialNumber", f"{country.instance}/{organisation.server_code}/{MEMBER_CLASS}"),
        ("CN", wanted.member.member_code),
    )
    csr = await signer.make_csr(CsrRequest(key.id, subject))
    kind = "sign" if wanted.usage is KeyUsage.SIGNING else "auth"
    url = f"{country.ca_url}/sign?type={kind}"
    answer = await fetch(pool, "POST", url, body=csr, max_bytes=MAX_CERTIFICATE_BYTES)
    if answer.status != 200:
        raise NetworkError(
            "http_error", f"The authority refused the request: {answer.body[:200].decode('utf-8', 'replace')}"
        )
    x509.load_pem_x509_certificate(answer.body)
    await signer.import_certificate(ImportRequest(answer.body, str(wanted.member)))
    return answer.body
