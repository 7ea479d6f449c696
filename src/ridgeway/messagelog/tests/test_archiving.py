import asyncio
import io
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageLogError, SettingsError
from ridgeway.messagelog.archiving import read_command
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.gnupg import decrypt_file, read_member_keys
from ridgeway.messagelog.tests.cast import (
    COUNTRY,
    NOW,
    Clock,
    Place,
    a_plain_record,
    a_record,
    a_running_log,
    a_time_authority,
    cluster,
    place,
)
from ridgeway.messagelog.tests.gpg import a_gnupg_folder, list_recipients
from ridgeway.messagelog.tests.test_log import WRITER
from ridgeway.messagelog.values import ArchiveReport
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.signatures.archives import VerifiedArchive, read_archive, verify_archive, verify_links
from ridgeway.protocol.signatures.containers import read_container, verify_container
from ridgeway.settings import ArchiveGrouping, MessageLogSettings

__all__ = ["cluster", "place"]

DESK = SubsystemId("RW", "GOV", "1001", "desk")
PORTAL = SubsystemId("RW", "GOV", "1001", "portal")
OTHER = SubsystemId("RW", "GOV", "1002", "desk")
MEMBER = MemberId("RW", "GOV", "1001")


def a_record_of(query_id: str, party: ClientId) -> LogRecord:
    return replace(a_plain_record(query_id), party=party)


def prove_archives(place: Place) -> tuple[VerifiedArchive, ...]:
    """Every archive in the folder, linked; there is nothing else in it."""
    folder = place.settings.state_dir / "archive"
    proven = []
    for file in sorted(folder.iterdir()):
        with file.open("rb") as stream:
            proven.append(verify_archive(read_archive(stream, name=file.name)))
    return verify_links(proven)


def names_of(archives: tuple[VerifiedArchive, ...]) -> list[list[str]]:
    return [[each.name.split("-")[0] for each in archive.containers] for archive in archives]


async def test_stamped_records_are_archived_once_and_their_containers_prove(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        for number in range(3):
            await log.append(a_record(f"q{number}", body=b"body"))
        assert await log.archive() == ArchiveReport(0, [])
        await log.stamp()
        await log.append(a_record("waits"))
        report = await log.archive()
        assert (report.records, len(report.files)) == (3, 1)
        assert await log.archive() == ArchiveReport(0, [])
    (archive,) = prove_archives(place)
    assert archive.is_first
    assert archive.name == report.files[0]
    assert archive.name.startswith("mlog-20260301120000-20260301120000-")
    assert [each.name for each in archive.containers] == [f"q{n}-request-{n + 1}.asice" for n in range(3)]
    with zipfile.ZipFile(place.settings.state_dir / "archive" / archive.name) as file:
        container = read_container(io.BytesIO(file.read("q1-request-2.asice")))
        assert verify_container(container, COUNTRY.trust()).query_id == "q1"


async def test_each_archive_follows_the_one_before_it_even_after_a_restart(place: Place):
    for number in range(3):
        async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
            await log.append(a_record(f"q{number}"))
            await log.stamp()
            await log.archive()
    archives = prove_archives(place)
    assert names_of(archives) == [["q0"], ["q1"], ["q2"]]
    assert [each.previous.file_name for each in archives] == ["", archives[0].name, archives[1].name]


async def test_an_archive_ends_when_it_is_full(place: Place):
    small = place.with_(archive_max_bytes=4000)
    async with a_time_authority() as authority, a_running_log(small, urls=(authority.url,)) as log:
        for number in range(5):
            await log.append(a_plain_record(f"q{number}"))
        await log.stamp()
        assert (await log.archive()).records == 5
    archives = prove_archives(place)
    assert len(archives) > 1
    assert [*chain(*names_of(archives))] == [f"q{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (ArchiveGrouping.NONE, {"": ["m", "d1", "d2", "p", "o"]}),
        (ArchiveGrouping.MEMBER, {"RW_GOV_1001": ["m", "d1", "d2", "p"], "RW_GOV_1002": ["o"]}),
        (
            ArchiveGrouping.SUBSYSTEM,
            {
                "RW_GOV_1001": ["m"],
                "RW_GOV_1001_desk": ["d1", "d2"],
                "RW_GOV_1001_portal": ["p"],
                "RW_GOV_1002_desk": ["o"],
            },
        ),
    ],
)
async def test_records_are_grouped_as_the_settings_say(
    place: Place, grouping: ArchiveGrouping, expected: dict[str, list[str]]
):
    grouped = place.with_(archive_grouping=grouping)
    async with a_time_authority() as authority, a_running_log(grouped, urls=(authority.url,)) as log:
        for name, party in (("o", OTHER), ("d1", DESK), ("p", PORTAL), ("d2", DESK), ("m", MEMBER)):
            await log.append(a_record_of(name, party))
        await log.stamp()
        await log.archive()
        await log.append(a_record_of("later", DESK))
        await log.stamp()
        await log.archive()
    archives = prove_archives(place)
    later = [each for each in archives if not each.is_first]
    assert names_of(tuple(later)) == [["later"]]
    found = {
        each.name.removeprefix("mlog-").rsplit("-", 3)[0] if grouping is not ArchiveGrouping.NONE else "": names
        for each in archives
        if each.is_first
        for names in names_of((each,))
    }
    assert found == expected


DYING = """
import os, signal, sys
import ridgeway.messagelog.archiving as archiving
from ridgeway.messagelog.archivestore import ArchiveStore
from ridgeway.protocol.signatures.archives import ArchiveWriter
from ridgeway.settings import MessageLogSettings
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
step = sys.argv[3]
places = {"written": (ArchiveWriter, "finish"), "known": (ArchiveStore, "add_archive"),
          "named": (archiving, "rename_durably"), "noted": (ArchiveStore, "note_in_place")}
setattr(*places[step], die)
"""


@pytest.mark.parametrize("step", ["written", "known", "named", "noted"])
async def test_a_crash_at_any_step_loses_nothing_and_archives_nothing_twice(place: Place, step: str):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        for number in range(4):
            await log.append(a_plain_record(f"q{number}"))
        await log.stamp()
    settings = place.settings
    command = [sys.executable, "-c", DYING + WRITER, str(settings.state_dir), settings.messagelog.database, step]
    with subprocess.Popen(command) as process:
        try:
            async with MessageLogClient.of(settings) as client:
                await wait_until_it_answers(client)
                with pytest.raises(MessageLogError):
                    await client.archive()
            assert await asyncio.to_thread(process.wait, 20) == -9
        finally:
            process.kill()
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_plain_record("later"))
        await log.stamp()
        await log.archive()
    assert [*chain(*names_of(prove_archives(place)))] == ["q0", "q1", "q2", "q3", "later"]


async def wait_until_it_answers(client: MessageLogClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await client.find_records("none")
            except MessageLogError:
                await asyncio.sleep(0.1)
            else:
                return


async def test_an_archive_that_was_lost_before_it_had_its_name_is_made_again(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_plain_record("q0"))
        await log.stamp()
        (name,) = (await log.archive()).files
    (place.settings.state_dir / "archive" / name).unlink()
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=True)
    database.write("UPDATE messagelog_archive SET is_in_place = %s", (False,))
    database.close()
    async with a_running_log(place) as log:
        assert (await log.archive()).records == 1
    assert names_of(prove_archives(place)) == [["q0"]]


async def test_a_folder_that_cannot_be_written_stops_archiving_and_no_message(place: Place):
    (place.settings.state_dir / "archive").write_text("a file in the way")
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        await log.append(a_record("q0"))
        await log.stamp()
        with pytest.raises(MessageLogError, match="cannot be written") as caught:
            await log.archive()
        assert caught.value.code == "archive_failed"
        status = (await log.read_status()).archive
        assert "cannot be written" in status.why
        assert status.failing_since == NOW
        assert await log.append(a_record("q1")) == 2
        (place.settings.state_dir / "archive").unlink()
        assert (await log.archive()).records == 1
        status = (await log.read_status()).archive
        assert (status.why, status.failing_since) == ("", None)


async def test_each_archive_is_handed_on_once_and_again_when_that_failed(place: Place, tmp_path: Path):
    taken = tmp_path / "taken"
    command = f"cp {{file}} {taken}"
    handing = place.with_(archive_transfer_command=command)
    async with a_time_authority() as authority, a_running_log(handing, urls=(authority.url,)) as log:
        await log.append(a_record("q0"))
        await log.stamp()
        taken.symlink_to("/nonexistent/folder")
        with pytest.raises(MessageLogError, match="tried again"):
            await log.archive()
        assert (await log.read_status()).archive.untransferred == 1
        taken.unlink()
        assert await log.archive() == ArchiveReport(0, [])
        assert taken.read_bytes() == next((tmp_path / "archive").iterdir()).read_bytes()
        assert (await log.read_status()).archive.untransferred == 0
        taken.unlink()
        await log.archive()
        assert not taken.exists()


async def test_archived_records_leave_the_log_after_their_time_and_others_stay(place: Place):
    clock = Clock()
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,), clock=clock) as log:
        for number in range(3):
            await log.append(a_record(f"q{number}", body=b"body"))
        await log.stamp()
        await log.archive()
        await log.append(a_record("unarchived"))
        await log.stamp()
        clock.now = NOW + timedelta(days=29)
        assert await log.clean() == 0
        clock.now = NOW + timedelta(days=31)
        assert await log.clean() == 3
        assert await log.find_records("q0") == []
        assert len(await log.find_records("unarchived")) == 1
        await log.fetch_container(4)
        await log.archive()
        assert await log.clean() == 0
    async with a_running_log(place, clock=clock) as log:
        assert await log.append(a_record("next")) == 5
        assert await log.clean() == 1
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=False)
    counts = [
        database.read(f"SELECT count(*) FROM messagelog_{table}")[0][0]
        for table in ("record", "body", "timestamp", "archive")
    ]
    database.close()
    assert counts == [1, 0, 0, 2]


def migrate_to(step: str) -> None:
    call_command("migrate", "messagelog", step, database="messagelog", verbosity=0)
    connections["messagelog"].close()


async def test_a_log_of_the_release_before_is_brought_forward_with_its_stamps_counted(place: Place):
    async with a_time_authority() as authority, a_running_log(place, urls=(authority.url,)) as log:
        for number in range(3):
            await log.append(a_plain_record(f"q{number}"))
        await log.stamp()
    for step in ("0001", "0002"):
        await asyncio.to_thread(migrate_to, step)
    database = open_database(place.settings.database_url(place.settings.messagelog.database), is_writer=False)
    counted = database.read("SELECT records FROM messagelog_timestamp")
    database.close()
    assert counted == [(3,)]


async def test_archives_are_encrypted_to_the_member_s_keys_and_signed_by_the_server(place: Place, tmp_path: Path):
    with a_gnupg_folder("server", "auditor", "ministry") as folder:
        keys = tmp_path / "keys.txt"
        keys.write_text("# who may read\nRW/GOV/1001=ministry\nRW/GOV/1001 = auditor\n")
        encrypting = place.with_(
            archive_encryption=True,
            archive_grouping=ArchiveGrouping.MEMBER,
            archive_gnupg_dir=folder,
            archive_keys=keys,
        )
        async with a_time_authority() as authority, a_running_log(encrypting, urls=(authority.url,)) as log:
            await log.append(a_record_of("d", DESK))
            await log.append(a_record_of("o", OTHER))
            await log.stamp()
            report = await log.archive()
        files = [tmp_path / "archive" / name for name in report.files]
        assert sorted(each.name for each in (tmp_path / "archive").iterdir()) == sorted(report.files)
        assert [list_recipients(folder, file) for file in files] == [2, 1]
        for file, names in zip(files, (["d"], ["o"]), strict=True):
            assert file.name.endswith(".zip.gpg")
            assert b"asice" not in file.read_bytes()
            opened = tmp_path / "opened.zip"
            decrypt_file(file, opened, folder=folder)
            with opened.open("rb") as stream:
                proven = verify_archive(read_archive(stream, name="opened.zip"), previous_digest="")
            assert names_of((proven,)) == [names]


async def test_a_gpg_that_refuses_stops_archiving_and_leaves_no_file(place: Place, tmp_path: Path):
    with a_gnupg_folder("server") as folder:
        encrypting = place.with_(archive_encryption=True, archive_gnupg_dir=folder, archive_default_keys="nobody")
        async with a_time_authority() as authority, a_running_log(encrypting, urls=(authority.url,)) as log:
            for number in range(40):
                await log.append(a_plain_record(f"q{number}"))
            await log.stamp()
            with pytest.raises(MessageLogError, match="gpg refused"):
                await log.archive()
        assert list((tmp_path / "archive").iterdir()) == []
        changed = tmp_path / "changed.gpg"
        changed.write_bytes(b"no such thing")
        with pytest.raises(MessageLogError, match="gpg refused"):
            decrypt_file(changed, tmp_path / "opened", folder=folder)


@pytest.mark.parametrize("line", ["RW/GOV/1001", "=KEY", "RW/GOV/1001=", "RW/GOV/1001=--homedir"])
def test_a_line_that_gives_no_key_is_named(tmp_path: Path, line: str):
    file = tmp_path / "keys.txt"
    file.write_text(f"# first\n{line}\n")
    with pytest.raises(SettingsError, match=r"keys\.txt:2"):
        read_member_keys(file)
    assert read_member_keys(tmp_path / "absent") == {}


@given(st.binary(max_size=100))
def test_whatever_a_key_file_holds_it_is_read_or_its_line_is_named(data: bytes):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            keys = read_member_keys(Path(file.name))
        except SettingsError:
            return
    assert all(member and all(each and not each.startswith("-") for each in ids) for member, ids in keys.items())


def test_a_transfer_command_with_an_open_quote_is_refused_at_the_start():
    assert read_command(MessageLogSettings(archive_transfer_command="cp '{file}' /there")) == ("cp", "{file}", "/there")
    with pytest.raises(SettingsError, match="archive_transfer_command"):
        read_command(MessageLogSettings(archive_transfer_command="cp '{file}"))
