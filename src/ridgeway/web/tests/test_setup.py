from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections

from ridgeway.errors import SettingsError
from ridgeway.settings import CentralServerSettings, Settings
from ridgeway.web.databases import ByAppLabel, derive_database
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import list_sites


def test_a_second_setup_points_the_process_at_other_databases(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        setup_django(Settings(state_dir=tmp_path / name))
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
        connections["default"].close()
        assert (tmp_path / name / "securityserver.sqlite3").exists()


def test_the_default_database_holds_the_tables_of_one_room(tmp_path: Path):
    settings = Settings(
        state_dir=tmp_path,
        centralserver=CentralServerSettings(database="postgresql://ann@/centre?host=/run/pg&port=5433"),
    )
    setup_django(settings, room="centralserver")
    try:
        router = ByAppLabel()
        assert router.allow_migrate("default", "centralserver")
        assert not router.allow_migrate("default", "securityserver")
        assert not router.allow_migrate("default", "messagelog")
        assert router.allow_migrate("messagelog", "messagelog")
        assert django_settings.DATABASES["default"]["NAME"] == "centre"
        assert django_settings.DATABASES["default"]["HOST"] == "/run/pg"
    finally:
        setup_django(Settings(state_dir=tmp_path))


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:", "", "postgresql://[bad", "postgresql://h/?nonsense=1"])
def test_an_address_that_names_no_database_is_refused_with_its_key(url: str):
    with pytest.raises(SettingsError, match=r"room\.database"):
        derive_database(url, key="room.database")


def test_a_table_of_a_service_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(SettingsError, match=r"no service 'petition'.*petitions"):
        list_sites(Settings(services={"petition": {"port": 8420}}))
