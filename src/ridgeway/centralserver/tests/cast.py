"""A central server in a temporary place: databases of each kind, a signer in this process, the example document."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.apply import apply_proposal, read_proposal
from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.signing import Kind, append_key, make_key
from ridgeway.messagelog.tests.clusters import BOTH, Cluster, cluster
from ridgeway.office.documents.forward import bring_forward
from ridgeway.settings import CentralServerSettings, Settings, SignerSettings
from ridgeway.signer import KeyType, SignerClient
from ridgeway.signer.server import build_server
from ridgeway.signer.token import Token
from ridgeway.web.setup import setup_django

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
PIN = "a good long pin"
EXAMPLES = Path(__file__).parents[4] / "deploy" / "examples"
NAMES = ("ca", "ocsp", "tsa", "register-1", "parliament-1", "persons-system")


def write_certificates(folder: Path) -> None:
    """The certificates that the examples name; whose they are does not matter here."""
    for name in NAMES:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW).not_valid_after(NOW + dt.timedelta(days=9))
        (folder / f"{name}.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))


@dataclass
class Place:
    """The settings of one central server, and its document as a file that a test may change."""

    settings: Settings
    document: Path

    @property
    def public(self) -> Path:
        return self.settings.path(self.settings.centralserver.public_dir)

    def change(self, old: str, new: str) -> None:
        text = self.document.read_text()
        assert old in text
        self.document.write_text(text.replace(old, new))

    def apply(self) -> int:
        return apply_proposal(read_proposal(self.document), now=NOW)


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    url = "sqlite:central.sqlite3"
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url = running.new_database()
    settings = Settings(
        state_dir=tmp_path,
        signer=SignerSettings(socket=Path("signer.sock")),
        centralserver=CentralServerSettings(database=url, host="127.0.0.1", port=0),
    )
    setup_django(settings, room="centralserver")
    assert "0001_initial" in bring_forward("centralserver")
    write_certificates(tmp_path)
    document = tmp_path / "central.yaml"
    document.write_text((EXAMPLES / "centralserver.yaml").read_text())
    return Place(settings, document)


@asynccontextmanager
async def a_signer(place: Place, key_type: KeyType = KeyType.RSA_2048) -> AsyncIterator[SignerClient]:
    """A running signer with one active key of each kind."""
    folder = place.settings.path(place.settings.signer.token_dir)
    Token(folder).create(PIN)
    async with (
        build_server(folder, place.settings.path(place.settings.signer.socket), pin=PIN),
        SignerClient.of(place.settings) as client,
    ):
        for kind in Kind:
            await add_key(client, kind, key_type)
        yield client


async def add_key(client: SignerClient, kind: Kind, key_type: KeyType = KeyType.EC_P256, now: datetime = NOW) -> str:
    """One more key is announced."""
    key = await make_key(client, kind, key_type=key_type, now=now)
    await ask_database(lambda: append_key(key))
    return key.key_id


__all__ = ["EXAMPLES", "NOW", "Place", "a_signer", "add_key", "cluster", "place", "write_certificates"]
