"""A server is lost with its disk, and comes back on another machine: its log, its configuration, its records."""

from pathlib import Path

import pytest
from django.db import connections

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.messagelog.serverbackup import backup_server, bring_all_forward, restore_server
from ridgeway.messagelog.tests.cast import NOW
from ridgeway.messagelog.tests.clusters import BOTH, cluster
from ridgeway.opmonitor.models import Record
from ridgeway.securityserver.models import Registration
from ridgeway.settings import MessageLogSettings, OpMonitorSettings, SecurityServerSettings, Settings
from ridgeway.web.setup import setup_django

__all__ = ["cluster"]

SEEN = {
    "monitoring_data_ts": 1,
    "security_server_internal_ip": "192.0.2.1",
    "security_server_type": "Client",
    "request_in_ts": 1000,
    "response_out_ts": 1100,
    "succeeded": True,
}


def with_databases(folder: Path, *urls: str) -> Settings:
    """A server whose log, configuration and monitor are in those databases."""
    log, configuration, monitor = urls
    return Settings(
        state_dir=folder,
        messagelog=MessageLogSettings(database=log),
        securityserver=SecurityServerSettings(database=configuration),
        opmonitor=OpMonitorSettings(database=monitor),
    )


@pytest.mark.parametrize("kind", BOTH)
def test_a_new_machine_takes_what_is_in_every_database(tmp_path: Path, kind: str, request: pytest.FixtureRequest):
    def server(name: str) -> Settings:
        (tmp_path / name).mkdir()
        if kind == "postgres":
            running = request.getfixturevalue("cluster")
            urls = [running.new_database() for _ in range(3)]
        else:
            urls = ["sqlite:log.sqlite3", "sqlite:configuration.sqlite3", "sqlite:monitor.sqlite3"]
        settings = with_databases(tmp_path / name, *urls)
        setup_django(settings)
        return settings

    old = server("old")
    bring_all_forward()
    Registration.objects.create(subject="client GOV/1001/desk", state="registered", changed_at=NOW)
    Record.objects.create(**SEEN)
    connections.close_all()
    backup_server(old, tmp_path / "b", now=NOW)
    new = server("new")
    restore_server(new, tmp_path / "b")
    assert str(Registration.objects.get()) == "client GOV/1001/desk: registered"
    assert Record.objects.filter(**SEEN).count() == 1
    assert Record.objects.create(**SEEN).id == 2
    connections.close_all()


def test_a_monitor_that_never_ran_leaves_nothing_to_put_back(tmp_path: Path, cluster):
    (tmp_path / "run").mkdir(mode=0o700)
    settings = with_databases(tmp_path, "sqlite:log.sqlite3", "sqlite:configuration.sqlite3", cluster.new_database())
    setup_django(settings)
    backup_server(settings, tmp_path / "b", now=NOW)
    restore_server(settings, tmp_path / "b")
    assert Record.objects.count() == 0
    connections.close_all()
