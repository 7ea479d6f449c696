"""The processes of the country: how each is started, and how one sees that it answers.

Law: a server's processes are started by the commands that production uses; only authorities and information systems
have commands of the lab's own. What `ridgeway lab status` and the page tell is derived from this list.
"""

import json
from datetime import datetime
from pathlib import Path

from ridgeway.errors import RidgewayError
from ridgeway.http import Origin, Pool, fetch
from ridgeway.journal.places import choose_socket_folder
from ridgeway.lab.country import Country, Organisation
from ridgeway.lab.setup import AUTHENTICATION_FILE, AUTHORITIES, CENTRAL, list_wanted
from ridgeway.processes import Part, Probe, answers_at, has_socket
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.transport.ocspdoor import MAX_DOCUMENT_BYTES, render_ocsp_query
from ridgeway.trust.clock import read_clock

PURPOSES = {
    "ca": "certification authority with its OCSP responder",
    "tsa": "time-stamping authority",
    "signer": "holds private keys and signs",
    "centralserver": "signs and publishes the global configuration",
    "trust": "fetches the global configuration and revocation answers",
    "messagelog": "makes messages durable, has them time-stamped",
    "gateway": "carries messages: consumer, peer and OCSP doors",
    "opmonitor": "notes what passed, how long it took, what failed",
    "system": "the information system behind the security server",
    "writer": "takes, confirms and counts signatures, many in one transaction",
    "petitions": "the public site of petitions",
    "assessments": "the public site of self-assessments",
    "desk": "the site where staff work",
    "jobs": "duties by the clock, queued work, the sending of mail",
}
"""The last part of a process's name → what it is for."""


def trusts_now(folder: Path, instance: str, *, certificates: int = 2) -> Probe:
    """A probe that waits until a server holds a configuration that counts, and answers for its certificates."""
    metadata = folder / "globalconf" / instance / "shared-params.xml.metadata"

    async def probe() -> bool:
        try:
            said = json.loads(metadata.read_bytes())["expirationDate"]
            is_current = datetime.fromisoformat(said) > read_clock()
        except (OSError, ValueError, KeyError):
            return False
        return is_current and len(list((folder / "ocsp").glob("*.ocsp"))) >= certificates

    return probe


def knows(folder: Path, instance: str) -> Probe:
    """A probe that waits until a server holds the configuration of another instance."""

    async def probe() -> bool:
        return (folder / "globalconf" / instance / "shared-params.xml.metadata").exists()

    return probe


def vouches_for_itself(host: str, port: int, certificate: Path) -> Probe:
    """A probe that asks an OCSP door about its server's own certificate (a PEM file): then the gateway is ready."""

    async def probe() -> bool:
        der = read_certificate(certificate.read_bytes())  # noqa: ASYNC240 — a look, not a wait
        target = render_ocsp_query([(der.sha1.hex(), der.sha256.hex())])
        try:
            async with Pool() as pool:
                answer = await fetch(pool, "GET", (Origin(host, port), target), max_bytes=MAX_DOCUMENT_BYTES)
        except RidgewayError:
            return False
        return answer.status == 200

    return probe


def lab_arguments(country: Country, name: str) -> tuple[str, ...]:
    """How a process of the lab's own is started."""
    where = ("--state", str(country.state), "--base-port", str(country.ports.base), "--instance", country.instance)
    return ("lab", "part", name, *where)


def list_authorities(country: Country) -> list[Part]:
    """The two authorities."""
    folder = country.folder(AUTHORITIES)
    return [
        Part(
            f"{country.prefix}authorities/ca",
            lab_arguments(country, "ca"),
            folder,
            answers_at(country.authorities_host, country.ports.ca),
        ),
        Part(
            f"{country.prefix}authorities/tsa",
            lab_arguments(country, "tsa"),
            folder,
            answers_at(country.authorities_host, country.ports.tsa),
        ),
    ]


def build_signer(country: Country, key: str) -> Part:
    """The signer of the central server or of one organisation."""
    folder = country.folder(key)
    return Part(
        f"{country.prefix}{key}/signer",
        ("signer", "run"),
        folder,
        has_socket(choose_socket_folder(folder) / "signer.sock"),
    )


def build_centralserver(country: Country) -> Part:
    """The central server."""
    probe = answers_at(country.central_host, country.ports.central)
    return Part(f"{country.prefix}{CENTRAL}/centralserver", ("centralserver", "run"), country.folder(CENTRAL), probe)


def list_server_parts(country: Country, organisation: Organisation) -> list[Part]:
    """The processes of one security server, besides its signer."""
    where, folder = f"{country.prefix}{organisation.key}", country.folder(organisation.key)
    log = choose_socket_folder(folder) / "messagelog.sock"
    count = len(list_wanted(country, organisation))
    trusted = trusts_now(folder, country.instance, certificates=count)
    vouches = vouches_for_itself(organisation.host, country.ports.ocsp, folder / AUTHENTICATION_FILE)
    parts = [
        Part(f"{where}/trust", ("trust", "run"), folder, trusted),
        Part(f"{where}/messagelog", ("messagelog", "run"), folder, has_socket(log)),
        Part(f"{where}/gateway", ("gateway", "run"), folder, vouches),
    ]
    if country.is_monitored:
        monitor = has_socket(choose_socket_folder(folder) / "opmonitor.sock")
        parts.append(Part(f"{where}/opmonitor", ("opmonitor", "run"), folder, monitor))
    return parts


def build_system(country: Country, organisation: Organisation) -> Part:
    """The information system behind one security server."""
    probe = answers_at(organisation.host, country.ports.system)
    name = f"system:{organisation.key}"
    folder = country.folder(organisation.key) / "system"
    return Part(f"{country.prefix}{organisation.key}/system", lab_arguments(country, name), folder, probe)
