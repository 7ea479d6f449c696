"""Senders that are killed with kill -9 at any moment, and several at once: everybody gets one mail."""

import random
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from django.db import transaction

from ridgeway.office.notices import request_mailing
from ridgeway.office.notices.claims import list_live_claims
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.sending import CLAIMS
from ridgeway.office.notices.tests.senders import a_sink, command, environment, post_greeting, register_greetings
from ridgeway.office.tests.ready import any_office, cluster, migrated_file

__all__ = ["any_office", "cluster", "migrated_file"]
SINGLE = 1_000
MAILED = 1_500
SECONDS = 80


@contextmanager
def a_sender(place, mail="folder:mail"):
    process = subprocess.Popen(
        command(place.settings, mail), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


def post_all(singles=SINGLE, mailed=MAILED):
    register_greetings()
    now = datetime.now(UTC)
    with transaction.atomic():
        for number in range(1, singles + 1):
            post_greeting(number, now=now, version="alone")
    request_mailing(
        "test.greeting", subject="test:1", version="all", not_before=now, payload={"recipients": mailed}, now=now
    )


def wait_until_done(total, before):
    while time.monotonic() < before:
        if QueuedNotice.objects.filter(state="sent").count() >= total:
            return
        time.sleep(0.2)
    raise AssertionError(f"{QueuedNotice.objects.filter(state='sent').count()} of {total} were sent")


def identify(content):
    mail = message_from_bytes(content)
    return mail["X-Recipient"], mail["Message-ID"]


@pytest.mark.slow
def test_everybody_gets_one_file_from_senders_that_are_killed_at_random(any_office):
    post_all()
    luck, before = random.Random(4), time.monotonic() + SECONDS
    for _ in range(8):
        with a_sender(any_office):
            time.sleep(luck.uniform(0.05, 0.9))
    with a_sender(any_office), a_sender(any_office):
        wait_until_done(SINGLE + MAILED, before)
    files = list((any_office.settings.state_dir / "mail").glob("*.eml"))
    assert len(files) == SINGLE + MAILED
    seen = Counter(identify(file.read_bytes()) for file in files)
    assert set(seen.values()) == {1}
    assert set(QueuedNotice.objects.values_list("state", flat=True)) == {"sent"}
    assert QueuedNotice.objects.count() == SINGLE + MAILED


@pytest.mark.slow
def test_a_server_hears_nothing_twice_from_two_senders_at_once(any_office):
    post_all(singles=600, mailed=600)
    with a_sink() as sink:
        mail = f"smtp://127.0.0.1:{sink.port}"
        with a_sender(any_office, mail), a_sender(any_office, mail):
            wait_until_done(1_200, time.monotonic() + SECONDS)
        assert len(sink.mails) == len({identify(content) for _, content in sink.mails}) == 1_200


@pytest.mark.slow
def test_kills_make_no_more_mails_go_twice_than_there_were_kills(any_office):
    post_all(singles=800, mailed=400)
    luck, kills, before = random.Random(7), 6, time.monotonic() + SECONDS
    with a_sink() as sink:
        mail = f"smtp://127.0.0.1:{sink.port}"
        for _ in range(kills):
            with a_sender(any_office, mail):
                time.sleep(luck.uniform(0.1, 0.6))
        with a_sender(any_office, mail):
            wait_until_done(1_200, before)
        seen = Counter(identify(content) for _, content in sink.mails)
    assert len(seen) == 1_200
    assert sum(seen.values()) - len(seen) <= kills
    assert list_live_claims(any_office.settings.path(CLAIMS)) == set()
