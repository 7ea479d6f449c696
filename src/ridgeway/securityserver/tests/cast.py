"""A security server in a temporary place: databases of each kind, and the example document with its certificate."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.tests.cast import EXAMPLES, write_certificates
from ridgeway.messagelog.tests.clusters import BOTH, Cluster, cluster
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.exchange.snapshots import read_server_snapshot
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.securityserver.apply import apply_proposal, read_proposal
from ridgeway.settings import SecurityServerSettings, Settings
from ridgeway.web.setup import setup_django

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Place:
    """The settings of one security server, and its document as a file that a test may change."""

    settings: Settings
    document: Path

    @property
    def snapshot_file(self) -> Path:
        return self.settings.path(self.settings.gateway.snapshot)

    def change(self, old: str, new: str) -> None:
        text = self.document.read_text()
        assert old in text
        self.document.write_text(text.replace(old, new))

    def read(self) -> ServerSnapshot:
        return read_server_snapshot(self.snapshot_file.read_bytes())

    def apply(self) -> ServerSnapshot:
        number = apply_proposal(read_proposal(self.document), self.settings, now=NOW)
        snapshot = self.read()
        assert snapshot.version == number
        return snapshot


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    url = "sqlite:server.sqlite3"
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url = running.new_database()
    settings = replace(Settings(state_dir=tmp_path), securityserver=SecurityServerSettings(database=url))
    setup_django(settings, room="securityserver")
    assert "0001_initial" in bring_forward("securityserver")
    write_certificates(tmp_path)
    document = tmp_path / "server.yaml"
    document.write_text((EXAMPLES / "securityserver.yaml").read_text())
    return Place(settings, document)


__all__ = ["NOW", "Place", "cluster", "place"]
