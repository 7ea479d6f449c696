"""The writer as a process of its own, while it is killed, doubled and given a wrong clock."""

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections

from ridgeway.errors import RidgewayError
from ridgeway.journal import JournalLimits, JournalServer, SyncJournalClient
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, Signature, Tally
from ridgeway.services.petitions.states import SignatureRole, SignatureState
from ridgeway.services.petitions.tests.cast import NOON, Clock, do, form_of, found_site, link_of, open_petition
from ridgeway.services.petitions.writer.recounting import recount
from ridgeway.services.petitions.writer.store import SignatureStore
from ridgeway.services.petitions.writer.values import Command, Confirm, Outcome, encoder, outcome_decoder

PEOPLE, THREADS, KILLS = 120, 6, 5
PATIENT = JournalLimits(connect_timeout_seconds=30.0)


def write_settings(office: Office, folder: Path) -> None:  # noqa: F811
    (folder / "ridgeway.toml").write_text(
        f'mode = "lab"\n[web]\nsecret_key = "of this test"\ndatabase = "{office.settings.web.database}"\n'
        f'[services.petitions]\nsocket = "{folder}/w.sock"\n'
    )


class Process:
    """The real process; `kill` ends it as a power cut would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "ridgeway.cli", "petitions", "write"]
        with (self.folder / "writer.log").open("ab") as log:
            self.running = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        self.running.terminate()
        assert self.running.wait(20) == 0


@contextmanager
def process_in(folder: Path) -> Iterator[Process]:
    process = Process(folder)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.running.kill()
        process.running.wait()


def ask(client: SyncJournalClient, command: Command, key: str) -> Outcome:
    return outcome_decoder.decode(client.append(encoder.encode(command), key=key, timeout_seconds=60.0))


def sign_and_confirm(client: SyncJournalClient, petition: Petition, number: int) -> None:
    """One person: sends the form, follows the link, and follows it again."""
    ask(client, form_of(petition, f"Person{number}", nonce=f"n{number}"), f"take-{number}")
    signature = Signature.objects.get(nonce=f"n{number}")
    for time_ in range(2):
        ask(client, link_of(signature), f"confirm-{number}-{time_}")
    connections.close_all()


def assert_all_counted(petition: Petition, people: int) -> None:
    valid = Signature.objects.filter(petition=petition, state=SignatureState.VALIDATED, role=SignatureRole.SIGNER)
    assert valid.count() == people
    assert Petition.objects.get(pk=petition.pk).signature_count == people + 1
    assert sorted(number or 0 for number in valid.values_list("number", flat=True)) == list(range(2, people + 2))
    assert sum(Tally.objects.filter(petition=petition).values_list("count", flat=True)) == people
    assert QueuedNotice.objects.filter(kind="petitions.confirm_signature").count() == people


def test_nothing_is_lost_or_counted_twice_while_the_writer_is_killed_again_and_again(
    any_office: Office,  # noqa: F811
    tmp_path: Path,
):
    found_site()
    petition = open_petition()
    recount(petition.pk, now=NOON)
    write_settings(any_office, tmp_path)
    chance = random.Random(4)
    with process_in(tmp_path) as process, SyncJournalClient(tmp_path / "w.sock", limits=PATIENT) as client:
        with ThreadPoolExecutor(THREADS) as threads:
            work = [threads.submit(sign_and_confirm, client, petition, number) for number in range(PEOPLE)]
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.4, 1.2))
                process.kill()
                process.start()
            for each in work:
                each.result()
        process.stop()
    assert_all_counted(petition, PEOPLE)
    assert recount(petition.pk, now=NOON) is None


def test_two_writers_started_by_mistake_at_one_socket_are_one(any_office: Office, tmp_path: Path):  # noqa: F811
    found_site()
    write_settings(any_office, tmp_path)
    with process_in(tmp_path), SyncJournalClient(tmp_path / "w.sock", limits=PATIENT) as client:
        ask(client, form_of(open_petition(), "Suzie"), "1")
        with process_in(tmp_path) as second:
            assert second.running.wait(30) != 0


def test_two_writers_at_different_sockets_count_each_signature_once(any_office: Office, tmp_path: Path):  # noqa: F811
    """On PostgreSQL that is the rule, one on each machine; on SQLite a mistake that must not matter."""
    found_site()
    petition = open_petition()
    recount(petition.pk, now=NOON)
    stores = [SignatureStore(clock=Clock()), SignatureStore(clock=Clock())]
    people = 40

    async def serve() -> None:
        async with (
            JournalServer(stores[0], tmp_path / "a.sock"),
            JournalServer(stores[1], tmp_path / "b.sock"),
        ):
            await asyncio.get_running_loop().run_in_executor(None, crowd)

    def crowd() -> None:
        clients = [SyncJournalClient(tmp_path / name) for name in ("a.sock", "b.sock")]
        with ThreadPoolExecutor(8) as threads:
            takes = [
                threads.submit(
                    ask, clients[number % 2], form_of(petition, f"Person{number}", nonce=f"n{number}"), f"t{number}"
                )
                for number in range(people)
            ]
            for each in takes:
                assert each.result().answer == "accepted"
            links = [link_of(each) for each in Signature.objects.filter(role=SignatureRole.SIGNER)]
            confirms = [
                threads.submit(ask, client, link, f"c{link.signature_id}") for link in links for client in clients
            ]
            for each in confirms:
                assert each.result().answer == "accepted"
        for client in clients:
            client.close()
        connections.close_all()

    asyncio.run(serve())
    assert_all_counted(petition, people)
    assert recount(petition.pk, now=NOON) is None


@pytest.mark.usefixtures("any_office")
def test_a_clock_that_is_set_back_loses_and_doubles_nothing():
    found_site()
    petition = open_petition()
    recount(petition.pk, now=NOON)
    clock = Clock()
    store = SignatureStore(clock=clock)
    do(store, form_of(petition, "Suzie"), form_of(petition, "Bob"))
    clock.now -= timedelta(days=3)
    do(store, link_of(Signature.objects.get(name="Suzie")))
    clock.now += timedelta(days=9)
    do(store, link_of(Signature.objects.get(name="Bob")), link_of(Signature.objects.get(name="Suzie")))
    assert Petition.objects.get(pk=petition.pk).signature_count == 3
    assert recount(petition.pk, now=NOON) is None


@pytest.mark.usefixtures("any_office")
def test_a_database_that_fails_acknowledges_nothing_and_works_again(monkeypatch: pytest.MonkeyPatch):
    found_site()
    petition = open_petition()
    store = SignatureStore(clock=Clock())

    def fail(*_: object) -> None:
        raise OperationalError("disk I/O error of someone@example.org")

    with monkeypatch.context() as broken:
        broken.setattr("ridgeway.services.petitions.writer.mails.Mails.write", fail)
        with pytest.raises(RidgewayError, match="OperationalError") as caught:
            do(store, form_of(petition, "Suzie"))
    assert "example.org" not in caught.value.explain()
    assert not Signature.objects.filter(name="Suzie").exists()
    assert do(store, form_of(petition, "Suzie"))[0].answer == "accepted"


@pytest.mark.usefixtures("office")
def test_a_full_disk_acknowledges_nothing_and_signing_goes_on_when_there_is_room():
    found_site()
    petition = open_petition()
    store = SignatureStore(clock=Clock())
    do(store, form_of(petition, "Suzie"))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    crowd = [form_of(petition, f"Person{number}", wants_updates=False) for number in range(400)]
    with pytest.raises(RidgewayError, match="OperationalError"):
        do(store, *crowd)
    assert Signature.objects.filter(role=SignatureRole.SIGNER).count() == 1
    # The store opened its connection anew, which knows of no such limit: there is room again.
    assert {each.answer for each in do(store, *crowd)} == {"accepted"}
    assert Signature.objects.filter(role=SignatureRole.SIGNER).count() == 401


@pytest.mark.usefixtures("any_office")
def test_guessing_tokens_of_many_signatures_finds_nothing():
    found_site()
    petition = open_petition()
    store = SignatureStore(clock=Clock())
    do(store, *(form_of(petition, f"Person{number}") for number in range(20)))
    numbers = Signature.objects.filter(role=SignatureRole.SIGNER).values_list("pk", flat=True)
    guesses = [Confirm(number, token, "") for number in numbers for token in ("", "0", "confirm", "é" * 300)]
    assert {each.answer for each in do(store, *guesses)} == {"unknown"}
    assert Petition.objects.get(pk=petition.pk).signature_count == 1
